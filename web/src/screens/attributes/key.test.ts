import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keyOf } from './key.ts';

test('a key is made of a name', () => {
  expect(keyOf('Nombre d’employés')).toBe('nombre_d_employes');
  expect(keyOf('  2e étage ')).toBe('e_etage');
});

test('whatever the name, it is a key that the dictionary takes, or empty', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (name) => {
      expect(keyOf(name)).toMatch(/^([a-z][a-z0-9]*(_[a-z0-9]+)*)?$/);
    }),
  );
});
