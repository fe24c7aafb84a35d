import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Unreadable } from '../channel.ts';
import { checkSound, messagesOf } from '../testing.ts';
import { readWhatsappExport } from './export.ts';

const read = (text: string) => readWhatsappExport(Buffer.from(text), { own: 'Bistrot', chat: 'c1' });
const told = (text: string) =>
  messagesOf(read(text).incoming).map(({ at, direction, correspondent, text: said }) => [
    at.toISOString().slice(0, 19),
    direction,
    correspondent.name,
    said,
  ]);

test('an export of Android, in French, with lines that go on', () => {
  const text = [
    '01/03/2026 à 09:05 - Les messages et les appels sont chiffrés de bout en bout.',
    '01/03/2026 à 09:06 - Zoé 🌱: Bonjour,',
    'une table pour 4 ?',
    '13/03/2026 à 21:07 - Bistrot: Oui : à 20 h',
    '13/03/2026 à 21:08 - Zoé 🌱: <Médias omis>',
  ].join('\n');
  expect(told(text)).toEqual([
    ['2026-03-01T09:06:00', 'in', 'Zoé 🌱', 'Bonjour,\nune table pour 4 ?'],
    ['2026-03-13T21:07:00', 'out', 'Zoé 🌱', 'Oui : à 20 h'],
  ]);
  expect(read(text).ignored).toBe(2);
});

test.each([
  ['iOS', '\u200e[01/03/2026, 09:06:07] Zoé: \u200eBonjour', '2026-03-01T09:06:07'],
  ['America', '12/31/25, 9:06\u202fPM - Zoé: Bonjour', '2025-12-31T21:06:00'],
  ['America, where nothing else shows it', '1/2/26, 12:06 AM - Zoé: Bonjour', '2026-01-02T00:06:00'],
  ['Germany', '01.03.26, 09:06 - Zoé: Bonjour', '2026-03-01T09:06:00'],
  ['the year first', '2026-03-01, 09:06 - Zoé: Bonjour', '2026-03-01T09:06:00'],
])('one of %s', (_name, text, at) => {
  expect(told(text)).toEqual([[at, 'in', 'Zoé', 'Bonjour']]);
});

test('who has no name has a number; read again, all has the same ids', () => {
  const text = '2026-03-01, 09:06 - +33 6 12 34 56 78: Ok\n2026-03-01, 09:06 - +33 6 12 34 56 78: Ok';
  const [one, two] = messagesOf(read(text).incoming);
  expect(one!.correspondent.point).toEqual({ channel: 'phone', address: '+33612345678' });
  expect(two!.externalId).toBe(`${one!.externalId}#2`);
  expect(read(text)).toEqual(read(text));
});

test('whatever stands in a file, it is no chat or a sound one', () => {
  expect(() => read('Bonjour')).toThrow(Unreadable);
  const piece = fc.constantFrom(
    '2026-03-01, 09:06 - ',
    '99.99.9999, 99:99 - ',
    'Zoé: ',
    ': ',
    '\n',
    '\0',
    '\ud800',
    '[1/1/26, 1:1',
    '<Media omitted>',
    'x'.repeat(300),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
      try {
        checkSound(read(pieces.join('')).incoming);
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error;
      }
    }),
    { numRuns: 500 },
  );
});
