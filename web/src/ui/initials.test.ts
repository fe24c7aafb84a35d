import { expect, test } from 'vitest';
import { initials } from './initials.ts';

test.each([
  ['Jean-Baptiste de La Tour', 'JT'],
  ['Éloïse', 'É'],
  ['Camille d’Aubigny', 'CA'],
  ['(sans nom)', 'N'],
  ['Bruce Banner, PhD', 'BB'],
  ['Dr. Ann Able, M.D., MBA', 'DA'],
  ['Dupont, Jean', 'DJ'],
  ['', ''],
])('the initials of %s are %s', (name, expected) => {
  expect(initials(name)).toBe(expected);
});
