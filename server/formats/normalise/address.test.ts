import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countryCode, parseAddress } from './address.ts';

test.each([
  ['12 rue X, 75001 Paris', { street: '12 rue X', postcode: '75001', city: 'Paris' }],
  ['12 rue de la Paix 75002 Paris', { street: '12 rue de la Paix', postcode: '75002', city: 'Paris' }],
  [
    'Bât. B\n12 rue X\n92800 PUTEAUX CEDEX\nFrance',
    { street: 'Bât. B, 12 rue X', postcode: '92800', city: 'PUTEAUX CEDEX', country: 'France', countryCode: 'FR' },
  ],
  [
    'Marienplatz 1, D-80331 München',
    { street: 'Marienplatz 1', postcode: '80331', city: 'München', countryCode: 'DE' },
  ],
  [
    'Bahnhofstrasse 1\n8001 Zürich\nSchweiz',
    { street: 'Bahnhofstrasse 1', postcode: '8001', city: 'Zürich', country: 'Schweiz', countryCode: 'CH' },
  ],
  [
    '10 Downing Street, London SW1A 2AA',
    { street: '10 Downing Street', postcode: 'SW1A 2AA', city: 'London', countryCode: 'GB' },
  ],
  [
    '10 Downing Street\nLondon\nSW1A 2AA',
    { street: '10 Downing Street', postcode: 'SW1A 2AA', city: 'London', countryCode: 'GB' },
  ],
  [
    '123 Main St, Springfield, IL 62704',
    { street: '123 Main St', postcode: '62704', city: 'Springfield', region: 'IL', countryCode: 'US' },
  ],
  [
    '123 Main St, Austin TX 78701, USA',
    { street: '123 Main St', postcode: '78701', city: 'Austin', region: 'TX', country: 'USA', countryCode: 'US' },
  ],
  [
    '2875 Laurier, Quebec QC G1V 2M2',
    { street: '2875 Laurier', postcode: 'G1V 2M2', city: 'Quebec', region: 'QC', countryCode: 'CA' },
  ],
  ['Damrak 1, 1012 LG Amsterdam', { street: 'Damrak 1', postcode: '1012 LG', city: 'Amsterdam', countryCode: 'NL' }],
  ['Lyon', { street: 'Lyon' }],
  ['', {}],
])('%j', (raw, expected) => {
  expect(parseAddress(raw, 'FR')).toEqual(expected);
});

test.each([
  ['Allemagne', 'DE'],
  ['Deutschland', 'DE'],
  ['germany', 'DE'],
  ['FR', 'FR'],
  ['U.S.A.', 'US'],
  ['États-Unis', 'US'],
  ['etats unis', 'US'],
  ['UK', 'GB'],
  ['Royaume-Uni', 'GB'],
  ['España', 'ES'],
  ['Österreich', 'AT'],
  ['日本', 'JP'],
  ['CHE', 'CH'],
  ['Paris', undefined],
  ['XX', undefined],
  ['', undefined],
])('countryCode(%j) is %j', (name, expected) => {
  expect(countryCode(name)).toBe(expected);
});

test('never throws', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme' }),
      fc.string({ maxLength: 2 }),
      (raw, country) => typeof parseAddress(raw, country) === 'object',
    ),
  );
});
