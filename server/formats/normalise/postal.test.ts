import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CardAddress, mostLines, mostSigns, postalKey, postalLines, postalOrder } from './postal.ts';

const anne = { name: 'Mme Anne Durand', organization: 'Durand & Fils' };

describe('The lines of an address', () => {
  const cases: [string, CardAddress, string, string[] | null][] = [
    [
      'in France end with postcode and town in capitals, without accents or punctuation',
      { street: '12, rue de l’Église', postcode: '63 000', city: 'Clermont-Ferrand', type: 'work' },
      'FR',
      ['Durand & Fils', 'Mme Anne Durand', '12 RUE DE L EGLISE', '63000 CLERMONT FERRAND'],
    ],
    [
      'name no company at home',
      { street: 'Bât. B\n3 allée des Œillets', postcode: '33000', city: 'Bordeaux', type: 'home' },
      'FR',
      ['Mme Anne Durand', 'BAT B', '3 ALLEE DES OEILLETS', '33000 BORDEAUX'],
    ],
    [
      'keep what a company’s post wants',
      { street: 'BP 12', postcode: '75441', city: 'PARIS CEDEX 09', type: 'home' },
      'FR',
      ['Mme Anne Durand', 'BP 12', '75441 PARIS CEDEX 09'],
    ],
    [
      'abroad have the country last, as the sender’s post reads it',
      { street: 'Hauptstraße 5', postcode: '10115', city: 'Berlin', country: 'Deutschland', type: 'home' },
      'FR',
      ['Mme Anne Durand', 'Hauptstraße 5', '10115 BERLIN', 'ALLEMAGNE'],
    ],
    [
      'follow the order of the country they go to',
      { street: '10 Downing Street', postcode: 'sw1a 2aa', city: 'London', countryCode: 'GB', type: 'home' },
      'FR',
      ['Mme Anne Durand', '10 Downing Street', 'LONDON', 'SW1A 2AA', 'ROYAUME-UNI'],
    ],
    [
      'name no country within it',
      { street: '10 Downing Street', postcode: 'SW1A 2AA', city: 'London', countryCode: 'GB', type: 'home' },
      'GB',
      ['Mme Anne Durand', '10 Downing Street', 'LONDON', 'SW1A 2AA'],
    ],
    [
      'are read from a text where there is nothing else',
      { raw: '12 rue de la Paix\n75002 Paris', type: 'home' },
      'FR',
      ['Mme Anne Durand', '12 RUE DE LA PAIX', '75002 PARIS'],
    ],
    ['are none without a town', { street: '12 rue de la Paix', postcode: '75002' }, 'FR', null],
    ['are none with a postcode that is none', { street: '1 rue X', postcode: '7500', city: 'Paris' }, 'FR', null],
    [
      'are none with a country that is none',
      { street: '1 rue X', postcode: '75002', city: 'Paris', country: 'Zubrowka' },
      'FR',
      null,
    ],
    [
      'are none where they do not fit',
      { street: ['a', 'b', 'c', 'd', 'e'].join('\n'), postcode: '75002', city: 'Paris', type: 'home' },
      'FR',
      null,
    ],
  ];
  for (const [what, address, home, lines] of cases)
    test(what, () => {
      expect(postalLines(anne, address, home)).toEqual(lines);
    });

  test('break at blanks where a name is long', () => {
    const who = { name: '', organization: 'Société coopérative des producteurs de lait de la vallée' };
    expect(postalLines(who, { postcode: '01000', city: 'Bourg-en-Bresse', street: '1 rue A' }, 'FR')).toEqual([
      'Société coopérative des producteurs de',
      'lait de la vallée',
      '1 RUE A',
      '01000 BOURG EN BRESSE',
    ]);
  });

  const text = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 60 }),
    fc.constantFrom('12 rue de la Paix', 'Été', '\u0000', 'a\nb', ''),
  );
  const address = fc.record(
    {
      ...{
        raw: text,
        street: text,
        postcode: fc.oneof(text, fc.constantFrom('75002', '69 002')),
        city: text,
        region: text,
      },
      country: fc.oneof(text, fc.constantFrom('France', 'Suisse')),
      countryCode: fc.constantFrom('FR', 'DE', 'US', 'GB', 'CH'),
      type: fc.constantFrom<'home' | 'work'>('home', 'work'),
    },
    { requiredKeys: [] },
  );

  test('fit an envelope whatever stands on a card', () => {
    fc.assert(
      fc.property(
        fc.record({ name: text, organization: text }),
        address,
        fc.constantFrom('FR', 'BE', 'GB'),
        (who, place, home) => {
          const lines = postalLines(who, place, home);
          if (lines === null) return;
          expect(lines.length).toBeGreaterThanOrEqual(2);
          expect(lines.length).toBeLessThanOrEqual(mostLines + 1);
          for (const line of lines) {
            expect([...line].length).toBeLessThanOrEqual(mostSigns);
            expect(line).toBe(line.trim());
            expect(line).not.toMatch(/^$|\p{Cc}/u);
          }
          if (lines.length === mostLines + 1) expect(lines.at(-1)).toBe(lines.at(-1)!.toUpperCase());
        },
      ),
    );
  });

  test('of a French town are sorted by its postcode, and those for abroad come last', () => {
    const order = [
      { postcode: '75002', city: 'Paris' },
      { postcode: '10115', city: 'Berlin', countryCode: 'DE' },
      { postcode: '01000', city: 'Bourg' },
      { postcode: '97400', city: 'Saint-Denis', countryCode: 'RE' },
    ].map((one) => postalOrder(one, 'FR'));
    expect([...order].sort()).toEqual([order[2], order[0], order[3], order[1]]);
  });
});

describe('What makes somebody at an address one', () => {
  const home = { street: '12, rue de la Paix', postcode: '75002', city: 'PARIS' };

  test('is not how it is written', () => {
    const other = { street: '12 Rue de la Paix', postcode: '75002', city: 'Paris', country: 'France' };
    expect(postalKey({ name: 'Durand Anne', organization: '' }, home, 'FR')).toBe(
      postalKey({ name: 'Anne DURAND', organization: 'X' }, other, 'FR'),
    );
  });

  test('is the person there, not the house', () => {
    expect(postalKey({ name: 'Anne Durand', organization: 'X' }, home, 'FR')).not.toBe(
      postalKey({ name: 'Paul Martin', organization: 'X' }, home, 'FR'),
    );
  });
});
