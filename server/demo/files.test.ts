import { inflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { Contact } from '../formats/contact.ts';
import { readContacts } from '../formats/index.ts';
import { planCompany } from './company.ts';
import { type FileKind, writeFile } from './files.ts';
import { contactAt } from './mess.ts';
import { initialsPng } from './photo.ts';

const world = { seed: 1, organizations: 100, reservedNumbers: true };
const entries = Array.from({ length: 200 }, (_, index) => contactAt(world, index));

async function read(data: Uint8Array): Promise<Contact[]> {
  const pieces = async function* () {
    yield data;
  };
  return Array.fromAsync(readContacts(pieces, { country: 'FR', fileName: 'x' }));
}

const kinds: FileKind[] = ['google', 'outlook-fr', 'linkedin', 'vcard21', 'vcard30', 'ledger', 'fair'];

test.each(kinds)('every contact written as %s is read again, and every number is one', async (kind) => {
  const contacts = await read(await writeFile(kind, 'Salon', entries));
  expect(contacts).toHaveLength(entries.length);
  expect(contacts.flatMap((contact) => contact.phones).filter((phone) => phone.e164 === null)).toEqual([]);
});

test('the same plan is made every time, with about 20,000 cards of 40 members', () => {
  const [once, again] = [planCompany(), planCompany()];
  const contents = (files: typeof once.files) => files.map((file) => file.entries());
  const made = contents(once.files);
  expect(contents(again.files)).toEqual(made);
  expect(once.members).toHaveLength(40);
  expect(made.flat().length).toBeGreaterThan(19_000);
  expect(made.flat().length).toBeLessThan(22_000);
  expect(new Set(once.files.map((file) => `${file.member} ${file.fileName}`)).size).toBe(once.files.length);
});

test('numbers are of the ranges reserved for fiction, mail of domains that cannot exist', () => {
  const reserved =
    /^(0[1-9] (99 00|61 91|53 01|65 71|36 49|39 98) \d\d \d\d|\+49 30 23125 \d{3}|\+44 20 7946 0\d{3}|\+44 7700 900\d{3})$/;
  for (const file of planCompany().files.slice(0, 12)) {
    for (const entry of file.entries()) {
      expect(`${entry.workEmail}${entry.privateEmail}`).toMatch(/^$|\.example$/i);
      const written = [entry.mobile, entry.workPhone, entry.homePhone].filter((number) =>
        /^(0\d |\+4\d \d)/.test(number),
      );
      for (const number of written) expect(number).toMatch(reserved);
    }
  }
});

test('a portrait is a PNG of 64 × 64', () => {
  const png = initialsPng('ÉD', 200);
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([64, 64]);
  const data = png.indexOf('IDAT');
  const rows = inflateSync(png.subarray(data + 4, data + 4 + png.readUInt32BE(data - 4)));
  expect(rows).toHaveLength(64 * 65);
  expect(rows.includes(1)).toBe(true);
});
