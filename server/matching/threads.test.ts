import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { match } from './engine/index.ts';
import { contactLines, HEADER } from './engine/testing.ts';
import type { FileCards } from './file-cards.ts';
import { readCards } from './files.ts';
import { readCardsOnTwo } from './halves.ts';
import { matchOnTwo, Second } from './threads.ts';

const folder = mkdtempSync(join(tmpdir(), 'entregent-threads-'));
const second = new Second();
afterAll(async () => {
  await second.close();
  rmSync(folder, { recursive: true, force: true });
});

const options = { country: 'FR', compare: new Map(), truth: { column: 'cluster', pattern: undefined } };

async function both(name: string, lines: readonly string[]): Promise<[FileCards, FileCards]> {
  const path = join(folder, name);
  writeFileSync(path, `${lines.join('\r\n')}\r\n`);
  const files = [{ name, path, source: () => createReadStream(path) }];
  return [await readCards(files, options), await readCardsOnTwo(files, options, second, 0)];
}

/** All that a card says, and where it stands. */
function cardsOf({ population, places, truth }: FileCards) {
  const { given, family, organization, street, postcode, city, emails, phones, further } = population;
  const singles = [given, family, organization, street, postcode, city, ...further.map(({ column }) => column)];
  return Array.from({ length: population.size }, (_, card) => ({
    place: places.of(card),
    truth: truth[card],
    said: singles.map((column) => {
      const id = population.value(card, column);
      return id < 0 ? '' : column.dictionary.value(id).key;
    }),
    emails: [...population.list(card, emails)].map((id) => emails.dictionary.value(id).key),
    phones: [...population.list(card, phones)].map((id) => phones.dictionary.value(id).key),
  }));
}

test('two threads read and match as one does, down to the numbers of the values', async () => {
  const [alone, halved] = await both('people.csv', [HEADER, ...contactLines(3000, 11)]);
  expect(cardsOf(halved)).toEqual(cardsOf(alone));
  const { size, stride } = alone.population;
  expect(halved.population.rows.subarray(0, size * stride)).toEqual(alone.population.rows.subarray(0, size * stride));
  const one = match(alone.population, { seed: 3 });
  const two = await matchOnTwo(halved.population, second, { seed: 3 }, 0);
  expect(two.pairs.length).toBeGreaterThan(1000);
  expect(two.pairs).toEqual(one.pairs);
  expect(two.clusters).toEqual(one.clusters);
  expect({ ...two.model, thresholds: two.thresholds }).toEqual({ ...one.model, thresholds: one.thresholds });
  expect([two.compared, two.blocking]).toEqual([one.compared, one.blocking]);
});

test('a row of many lines in the middle of a file is one card, not the end of a half', async () => {
  const lines = [...contactLines(400, 5)];
  const note = Array.from({ length: 300 }, (_, at) => `line ${at}`).join('\n');
  const header = HEADER.replace('title', 'Notes');
  const columns = HEADER.split(',');
  const long = columns.map((name) => (name === 'title' ? `"${note}"` : name === 'first_name' ? 'Zoé' : '')).join(',');
  const [alone, halved] = await both('notes.csv', [
    header,
    ...lines.slice(0, 200),
    ...Array(40).fill(long),
    ...lines.slice(200),
  ]);
  expect(alone.population.size).toBe(440);
  expect(cardsOf(halved)).toEqual(cardsOf(alone));
});

test('rows without an id go by their number, in both halves', async () => {
  const lines = Array.from({ length: 100 }, (_, at) => `Nom${at},prenom${at}@example.org`);
  const [alone, halved] = await both(
    'names.csv',
    ['Nom,E-mail', ...lines].map((line) => `${line},c`).map((line, at) => (at === 0 ? 'Nom,E-mail,cluster' : line)),
  );
  expect(halved.places.of(99)).toEqual({ file: 'names.csv', id: '99' });
  expect(cardsOf(halved)).toEqual(cardsOf(alone));
});
