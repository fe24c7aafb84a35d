import fc from 'fast-check';
import { expect, test } from 'vitest';
import { looksLikeOrganization, organizationKey } from './organization.ts';

test.each([
  ['Dupont SA', true],
  ['S.A.R.L. Dupont & Fils', true],
  ['Mairie de Lyon', true],
  ['Apple Computer AG', true],
  ['Bubba Gump Shrimp Co.', true],
  ['Müller GmbH & Co. KG', true],
  ['ABC, Inc.', true],
  ['KDE e.V.', true],
  ["Université de l'Ouest", true],
  ['Stadtsparkasse Köln', true],
  ['Rossi S.p.A.', true],
  ['Jean Dupont', false],
  ['Les Paul', false],
  ['Charlotte Church', false],
  ['Paulo Sa', false],
  ['Renault', false],
  ['jean@example.fr', false],
  ['', false],
])('looksLikeOrganization(%j) is %j', (text, expected) => {
  expect(looksLikeOrganization(text)).toBe(expected);
});

test.each([
  [['S.A.R.L. Dupont & Fils', 'Dupont et Fils', 'DUPONT ET FILS SARL'], 'dupont fils'],
  [['Müller GmbH & Co. KG', 'Muller', 'müller gmbh'], 'muller'],
  [['Société Générale', 'SOCIETE GENERALE SA'], 'generale'],
  [['Verein e. V.', 'Verein e.V.'], 'verein'],
  [['S.A.', 'SA'], 'sa'],
])('organizationKey of %j is %j', (names, key) => {
  for (const name of names) expect(organizationKey(name)).toBe(key);
});

test('neither throws, and a name with a letter keeps a key', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(typeof looksLikeOrganization(text)).toBe('boolean');
      if (/[a-z]/i.test(text)) expect(organizationKey(text)).not.toBe('');
    }),
  );
});
