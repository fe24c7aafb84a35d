import { describe, expect, it } from 'vitest';
import { corpusFolder } from '../corpus.ts';
import { corpusMessages, reading } from './corpus.ts';

const folder = corpusFolder();
const messages = folder ? await corpusMessages(folder) : [];

describe.skipIf(!folder)('signatures of the corpus of real messages', () => {
  it.each(messages.filter(({ stated }) => stated.length > 0))('$file says what its annotation says', (message) => {
    // A handle of Skype, which was closed in 2025, is no field.
    const stated = message.stated.filter((field) => !field.includes('skype'));
    expect(reading(message).fields.toSorted()).toEqual(stated.toSorted());
  });

  it('make no contact where nothing is stated, and none of what a machine wrote', () => {
    const invented = messages.filter((one) => one.stated.length === 0 && reading(one).fields.length > 0);
    expect(invented.map(({ file }) => file)).toEqual([]);
    expect(messages.filter((one) => !reading(one).person).length).toBeGreaterThanOrEqual(12);
  });
});
