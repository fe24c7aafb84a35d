import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Field } from '../cards/fields.ts';
import { fold } from '../formats/normalise/fold.ts';
import { type RuleId, ruleIds } from './contract.ts';
import { contradictsPostcode, postalLine, toPostal } from './postal.ts';
import { type Habits, type Held, mend } from './rules.ts';

const habits: Habits = { country: 'FR', naming: 'as_typed', today: '2026-06-01' };
const held = (...fields: Field[]): Held[] => fields.map((field, no) => ({ no, ...field }));
/** The fields of a card once a rule has been there. */
function cleaned(rule: RuleId, fields: readonly Held[], by = habits): Held[] {
  const mends = new Map(mend(rule, fields, by).map((one) => [one.no, one.to]));
  return fields.flatMap((one) => {
    const to = mends.get(one.no);
    return to === null ? [] : [{ no: one.no, ...(to ?? { kind: one.kind, value: one.value }) }];
  });
}
const address = (value: Record<string, string>): Field => ({ kind: 'address', value: { countryCode: 'FR', ...value } });

describe('the postal norm', () => {
  test.each([
    ['12, rue de l’Église', '12 RUE DE L EGLISE'],
    ['3-5 av. J.-Jaurès', '3-5 AV J JAURES'],
    ['12 / 14 quai Œuvre', '12/14 QUAI OEUVRE'],
    ['Bât. C – Apt 4', 'BAT C APT 4'],
  ])('%s → %s', (line, expected) => {
    expect(postalLine(line)).toBe(expected);
  });

  test('the last line is postcode and town, in the order of the norm', () => {
    const before = { street: 'Résidence du Parc\n8, rue d’Ulm', postcode: '75 005', city: 'Paris' };
    expect(toPostal(before)).toMatchObject({
      ...{ street: 'RESIDENCE DU PARC\n8 RUE D ULM', postcode: '75005', city: 'PARIS' },
      raw: 'RESIDENCE DU PARC\n8 RUE D ULM\n75005 PARIS',
    });
  });

  test('what would lose something is left: a line too long, a part that is missing, another script, another country', () => {
    const whole = { street: '1 rue A', postcode: '75005', city: 'Paris' };
    expect(toPostal({ ...whole, street: 'x'.repeat(39) })).toBeNull();
    expect(toPostal({ ...whole, postcode: '7500' })).toBeNull();
    expect(toPostal({ ...whole, city: '' })).toBeNull();
    expect(toPostal({ ...whole, city: 'Москва' })).toBeNull();
    expect(mend('postal', held(address({ ...whole, countryCode: 'BE' })), habits)).toEqual([]);
    expect(mend('postal', held(address({ ...whole, countryCode: '' })), { ...habits, country: 'BE' })).toEqual([]);
  });

  test('a department that the postcode contradicts is taken away, a region is not', () => {
    expect(contradictsPostcode({ region: 'Rhône', postcode: '75001' })).toBe(true);
    expect(contradictsPostcode({ region: '69', postcode: '75001' })).toBe(true);
    expect(contradictsPostcode({ region: 'Côte d’Or', postcode: '21000' })).toBe(false);
    expect(contradictsPostcode({ region: 'Haute-Corse', postcode: '20200' })).toBe(false);
    expect(contradictsPostcode({ region: 'Île-de-France', postcode: '69001' })).toBe(false);
    const [mended] = mend(
      'impossible',
      held(address({ region: 'Rhône', postcode: '75001', raw: '1 rue A\nRhône' })),
      habits,
    );
    expect(mended).toMatchObject({ why: 'other_department', to: { value: { raw: '1 rue A', postcode: '75001' } } });
  });
});

describe('values one by one', () => {
  test.each([
    [
      { given: 'jean', family: 'DUPONT', full: 'DUPONT jean' },
      { given: 'Jean', family: 'Dupont', full: 'Dupont Jean' },
    ],
    [
      { given: 'ANNE', family: 'DE LA TOUR', full: 'ANNE DE LA TOUR' },
      { given: 'Anne', family: 'de La Tour' },
    ],
    [
      { given: 'Ian', family: 'McDonald', full: 'Ian McDonald' },
      { given: 'Ian', family: 'McDonald' },
    ],
  ])('names: %o', (value, expected) => {
    expect(cleaned('name_case', held({ kind: 'name', value }))[0]!.value).toMatchObject(expected);
  });

  test.each([
    ['0612345678', '+33612345678', '06 12 34 56 78'],
    ['+32 2 555 12 12', '+3225551212', '+32 2 555 12 12'],
    ['06 12 34 56 78 (demander Léa)', '+33612345678', '06 12 34 56 78 (demander Léa)'],
    ['17', null, '17'],
  ])('numbers: %s', (raw, e164, expected) => {
    expect(cleaned('phone_format', held({ kind: 'phone', value: { raw, e164 } }))[0]!.value.raw).toBe(expected);
  });

  test.each([
    ['birthday', '2027-01-01', 'future'],
    ['birthday', '1890-01-01', 'too_old'],
    ['birthday', '1980-01-01', null],
    ['birthday', '--02-30', null],
    ['email', 'nobody', 'no_address'],
    ['email', 'a@firm.invalid', 'no_domain'],
    ['email', 'a@firm.notatld', 'no_domain'],
    ['email', 'a@firm.fr', null],
    ['email', 'a@demo.example', null],
  ] as const)('%s %s: %s', (kind, value, why) => {
    expect(mend('impossible', held({ kind, value: { value } }), habits)[0]?.why ?? null).toBe(why);
  });

  test.each([
    ['N/A', true],
    ['-', true],
    ['Mme', true],
    ['à compléter', true],
    ['Directrice', false],
    ['CTO', false],
  ])('title %s', (value, dead) => {
    expect(mend('dead_titles', held({ kind: 'title', value: { value } }), habits).length === 1).toBe(dead);
  });

  test('what is said twice goes, the first of it stays; another extension is another number', () => {
    const fields = held(
      { kind: 'email', value: { value: 'A@x.fr', normalised: 'a@x.fr' } },
      { kind: 'email', value: { value: 'a@X.fr', normalised: 'a@x.fr' } },
      { kind: 'phone', value: { raw: '01', e164: '+33155555555' } },
      { kind: 'phone', value: { raw: '01', e164: '+33155555555', extension: '12' } },
      { kind: 'url', value: { value: 'https://a-b.fr' } },
      { kind: 'url', value: { value: 'https://a.b.fr' } },
    );
    expect(mend('duplicates', fields, habits)).toEqual([{ no: 1, to: null, why: 'twice' }]);
  });
});

const words = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.constantFrom('DUPONT', 'de LA tour', 'œuvre', 'Straße', '12bis', 'n° 4', '3-5', '12/14', 'L’Haÿ', 'İzmir', 'ﬁn'),
);
const text = fc.array(words, { maxLength: 4 }).map((all) => all.join(' '));
const field: fc.Arbitrary<Field> = fc.oneof(
  fc
    .record({ given: text, family: text, full: text }, { requiredKeys: [] })
    .map((value): Field => ({ kind: 'name', value })),
  fc
    .record({ raw: text, e164: fc.constantFrom(null, '+33612345678', '+3225551212') })
    .map((value): Field => ({ kind: 'phone', value })),
  fc
    .record(
      {
        street: text,
        postcode: fc.constantFrom('75005', '69 001', 'x'),
        city: text,
        region: fc.constantFrom('Rhône', 'Paris', ''),
        raw: text,
      },
      { requiredKeys: ['postcode'] },
    )
    .map((value) => address(value as Record<string, string>)),
  text.map((value): Field => ({ kind: 'title', value: { value } })),
  text.map((value): Field => ({ kind: 'email', value: { value } })),
  fc
    .constantFrom('1980-01-01', '2090-01-01', '--01-01')
    .map((value): Field => ({ kind: 'birthday', value: { value } })),
);
const fields = fc.array(field, { maxLength: 6 }).map((all) => held(...all));
// Some letters of old scripts have the same capital as others.
const lettersIn = (value: string): string => fold(fold(value).toUpperCase()).replaceAll(/[^\p{L}\p{N}]/gu, '');

describe('of any card', () => {
  test('a rule done twice changes nothing the second time', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ruleIds), fields, (rule, all) => {
        expect(mend(rule, cleaned(rule, all), habits)).toEqual([]);
      }),
    );
  });

  test('what is written otherwise has its letters and digits still, in their order', () => {
    const parts: [RuleId, string[]][] = [
      ['name_case', ['given', 'additional', 'family', 'full']],
      ['postal', ['street', 'postcode', 'city']],
    ];
    fc.assert(
      fc.property(fc.constantFrom(...parts), fields, ([rule, names], all) => {
        for (const { no, to } of mend(rule, all, habits))
          for (const name of names) {
            const before = all.find((one) => one.no === no)!.value[name];
            if (typeof before === 'string') expect(lettersIn(String(to!.value[name] ?? ''))).toBe(lettersIn(before));
          }
      }),
      { numRuns: 500 },
    );
  });

  test('only what is impossible, dead or said twice goes, and it says why', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ruleIds), fields, (rule, all) => {
        for (const { to, why } of mend(rule, all, habits))
          if (to === null)
            expect([why !== null, ['duplicates', 'impossible', 'dead_titles'].includes(rule)]).toEqual([true, true]);
      }),
    );
  });
});
