import fc from 'fast-check';
import { expect, test } from 'vitest';
import { searchTextOf } from '../cards/octets.ts';
import { escapeText } from '../formats/vcard/index.ts';
import { readFilter } from './filter.ts';
import { childOf, nameIn, readXml } from './xml.ts';

const names = ['FN', 'NOTE', 'EMAIL', 'PHOTO'];
const collations = ['i;unicode-casemap', 'i;ascii-casemap', 'i;octet'];
const types = ['contains', 'equals', 'starts-with', 'ends-with'];
// Letters that capitals, accents and their order turn into one another, and the signs that patterns know.
const letters = [
  'a',
  'A',
  'e',
  'é',
  'E\u0301',
  '\u0323',
  '\u0345',
  'ß',
  'S',
  'σ',
  'ς',
  'Σ',
  'İ',
  'ı',
  'ﬁ',
  'f',
  'i',
  ' ',
  ',',
  '\\',
  '%',
  '_',
];
const text = fc.array(fc.constantFrom(...letters), { minLength: 1, maxLength: 6 }).map((some) => some.join(''));
const match = fc.record({
  name: fc.constantFrom(...names),
  // What is looked for stands in the card more often than not: a piece of a value, in capitals or not.
  wanted: fc.oneof(
    text,
    fc.record({ of: fc.nat(3), from: fc.nat(3), capitals: fc.constantFrom('keep', 'upper', 'lower') }),
  ),
  collation: fc.constantFrom(...collations),
  type: fc.constantFrom(...types),
  negated: fc.boolean(),
});
const joined = fc.constantFrom('anyof', 'allof');
const card = fc.array(fc.tuple(fc.constantFrom(...names), text), { minLength: 1, maxLength: 4 });

type Wanted = string | { of: number; from: number; capitals: string };
function wordsOf(wanted: Wanted, properties: readonly [string, string][]): string {
  if (typeof wanted === 'string') return wanted;
  const piece = properties[wanted.of % properties.length]![1].slice(wanted.from) || 'a';
  if (wanted.capitals === 'keep') return piece;
  return wanted.capitals === 'upper' ? piece.toUpperCase() : piece.toLowerCase();
}

const escapeXml = (value: string) => value.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const octetsOf = (properties: [string, string][]) =>
  [
    'BEGIN:VCARD',
    'VERSION:3.0',
    ...properties.map(([name, value]) => `${name}:${escapeText(value)}`),
    'END:VCARD',
    '',
  ].join('\r\n');

test('whatever meets a filter says one of its words', () => {
  let met = 0;
  fc.assert(
    fc.property(card, fc.array(match, { minLength: 1, maxLength: 3 }), joined, (properties, matches, joins) => {
      const inner = matches.map(
        ({ name, wanted, collation, type, negated }) =>
          `<C:prop-filter name="${name}"><C:text-match collation="${collation}" match-type="${type}" negate-condition="${negated ? 'yes' : 'no'}">${escapeXml(wordsOf(wanted, properties))}</C:text-match></C:prop-filter>`,
      );
      const xml = `<C:addressbook-query xmlns:C="urn:ietf:params:xml:ns:carddav"><C:filter test="${joins}">${inner.join('')}</C:filter></C:addressbook-query>`;
      const asked = readXml(Buffer.from(xml))!;
      expect(asked.name).toBe(nameIn('C:addressbook-query'));
      const { meets, words } = readFilter(childOf(asked, 'C:filter')!);
      const octets = octetsOf(properties);
      if (!meets(octets) || words === null) return;
      met++;
      const said = searchTextOf(octets);
      expect(words.some((word) => said.includes(word))).toBe(true);
    }),
    { numRuns: 5000 },
  );
  // It is about something: some 100 of these filters are met.
  expect(met).toBeGreaterThan(20);
});
