import { describe, expect, it } from 'vitest';
import { BODIES, bodyUnderstood, corpusFolder, disappointments, FILES, OWN_TEXTS, ownTextOf } from './corpus.ts';

const folder = corpusFolder();

describe.skipIf(!folder)('the corpus of real files', () => {
  it.each(Object.keys(FILES))('%s gives what its description says', async (file) => {
    expect(await disappointments(folder!, file)).toEqual([]);
  });

  it.each(Object.entries(OWN_TEXTS))('%s is stripped of its quotes', async (file, text) => {
    expect(await ownTextOf(folder!, file)).toBe(text);
  });

  it.each(Object.keys(BODIES))('%s has its quotes left out', (name) => {
    expect(bodyUnderstood(folder!, name)).toBe(true);
  });
});
