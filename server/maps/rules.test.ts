import { describe, expect, test } from 'vitest';
import { gapsOf, rolesOf, settle } from './rules.ts';

const says = (mine: boolean, influence: number | null, stance: number | null = null) => ({ mine, influence, stance });

describe('where somebody stands', () => {
  test.each([
    ['by hand, whatever is thought', 4, [says(true, 1)], { value: 4, by: 'hand' }],
    ['as I think, before the others', null, [says(false, 5), says(true, 2)], { value: 2, by: 'mine' }],
    ['as the others agree', null, [says(false, 3), says(false, 3), says(false, null)], { value: 3, by: 'others' }],
    [
      'nowhere where they differ: nothing is averaged',
      null,
      [says(false, 2), says(false, 4)],
      { value: null, by: 'spread' },
    ],
    [
      'as the others think where I say nothing of it',
      null,
      [says(true, null), says(false, 1)],
      { value: 1, by: 'others' },
    ],
    ['nowhere where nobody said', null, [says(true, null)], { value: null, by: 'none' }],
  ])('%s', (_name, byHand, said, settled) => {
    expect(settle(byHand, said, 'influence')).toEqual(settled);
  });

  test('with the roles that I name, else with all that others name', () => {
    const others = [
      { mine: false, roles: ['buyer' as const] },
      { mine: false, roles: ['user' as const, 'buyer' as const] },
    ];
    expect(rolesOf(others)).toEqual(['buyer', 'user']);
    expect(rolesOf([...others, { mine: true, roles: ['ally' as const] }])).toEqual(['ally']);
    expect(rolesOf([...others, { mine: true, roles: [] }])).toEqual(['buyer', 'user']);
  });
});

const nobody = { id: 'a', access: [], roles: [], influence: null, stance: null };
const access = (strength: number | null, closeness: number | null = null) => [
  { member: { id: 'm', name: 'M' }, mine: false, strength, closeness },
];

describe('a map has gaps', () => {
  test('where a role is nobody’s', () => {
    const kinds = gapsOf([{ ...nobody, roles: ['decider'], access: access(50) }]);
    expect(kinds).toEqual([
      { kind: 'role', role: 'economic_buyer' },
      { kind: 'role', role: 'technical_validator' },
    ]);
  });

  test.each([
    ['whom nobody holds', [], true],
    ['whose card is all that we have', access(10), true],
    ['of whom more is not known', access(null), true],
    ['whom somebody never met', access(null, 0), true],
    ['to whom somebody writes', access(11), false],
    ['whom somebody has met', access(null, 1), false],
  ])('where the technical validator is one %s', (_name, known, missing) => {
    const gaps = gapsOf([{ ...nobody, roles: ['technical_validator'], access: known }]);
    expect(gaps.some(({ kind }) => kind === 'untouched')).toBe(missing);
  });

  test('where somebody of influence is known to nobody, or none of them is for us', () => {
    expect(gapsOf([{ ...nobody, influence: 4 }]).slice(3)).toEqual([
      { kind: 'untouched', personId: 'a', role: null },
      { kind: 'support' },
    ]);
    expect(gapsOf([{ ...nobody, influence: 3 }])).toHaveLength(3);
    const supported = gapsOf([
      { ...nobody, influence: 5, stance: -2, access: access(30) },
      { ...nobody, influence: 4, stance: 1, access: access(30) },
    ]);
    expect(supported).toHaveLength(3);
  });
});
