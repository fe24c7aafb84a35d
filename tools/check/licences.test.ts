import { expect, test } from 'vitest';
import { root } from '../../server/kernel/config.ts';
import { billOfMaterials, checkLicences, isAllowed, namesInstalled } from './licences.ts';

test.each([
  ['MIT', true],
  ['(MIT OR EUPL-1.1+)', true],
  ['Apache-2.0 AND LGPL-3.0-or-later AND MIT', true],
  ['MIT AND SSPL-1.0', false],
  ['BUSL-1.1', false],
  ['GPL-2.0-only', false],
  ['GPL-2.0-only OR MIT', true],
  ['', false],
])('a package under %j: %s', (expression, due) => {
  expect(isAllowed(expression)).toBe(due);
});

test('the bill of materials names what the server is made of, with version and checksum, and nothing of development', () => {
  const { components, dependencies, specVersion } = billOfMaterials(root);
  expect(specVersion).toBe('1.5');
  const names = components.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['fastify', 'pg', 'zod', 'graphile-worker']));
  expect(names).not.toContain('vitest');
  expect(components.every(({ purl, hashes }) => /^pkg:npm\//.test(String(purl)) && Array.isArray(hashes))).toBe(true);
  // What npm leaves out because it is for another system is named, too: the package runs there.
  expect(components).toHaveLength(namesInstalled(root).size);
  expect(dependencies[0]!.dependsOn.some((ref) => ref.startsWith('pg@'))).toBe(true);
  expect(checkLicences(root)).toBe('');
});
