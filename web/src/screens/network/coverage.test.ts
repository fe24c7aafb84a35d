import { expect, test } from 'vitest';
import { coverageOf } from './coverage.ts';

const me = { id: 'a', name: 'Alice', mine: true };
const bob = { id: 'b', name: 'Bob', mine: false };
const person = (id: string, organization: string | null, ...knownBy: [number, number][]) => ({
  id,
  name: id.toUpperCase(),
  organization,
  knownBy: knownBy.map(([member, strength]) => ({ member, strength })),
});

test('accounts say who knows anybody there, how well, and to the viewer alone that they hang on them', () => {
  const persons = [
    person('p', 'Acme', [0, 40]),
    person('q', 'Acme', [0, 10]),
    person('r', 'Duval', [0, 10], [1, 80]),
    person('s', 'Duval', [1, 10]),
    person('t', 'Seul', [0, 10]),
    person('u', 'Bob only', [1, 10]),
    person('v', 'Bob only', [1, 10]),
    person('w', null, [0, 99]),
    person('x', 'Nobody'),
  ];
  const found = coverageOf({ members: [me, bob], persons, ties: [], more: false });
  expect(found.map(({ organization, best, onlyMe }) => [organization, best, onlyMe])).toEqual([
    ['Acme', 40, true],
    ['Bob only', 10, false],
    ['Duval', 80, false],
    ['Nobody', 0, false],
    // One contact is no account that hangs on anybody.
    ['Seul', 10, false],
  ]);
  expect(found[2]!.members.map(({ name, persons: count }) => [name, count])).toEqual([
    ['Bob', 2],
    ['Alice', 1],
  ]);
});
