import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Sharing } from '../../../../server/delegation/contract.ts';
import { type Level, levelFor, withLevel } from './sharing.ts';

const teams = ['a', 'b', 'c'];
const grantee = fc.constantFrom<string | null>(null, ...teams);
const level = fc.constantFrom<Level>('private', 'discover', 'read');
const sharing = fc
  .array(fc.tuple(grantee, level), { maxLength: 6 })
  .map((choices) => choices.reduce<Sharing[]>((before, [one, how]) => withLevel(before, one, how), []));

describe('what a book is lent to', () => {
  test('holds the level just chosen', () => {
    fc.assert(
      fc.property(sharing, grantee, level, (before, one, how) => levelFor(withLevel(before, one, how), one) === how),
    );
  });

  test('keeps everybody else as they were', () => {
    fc.assert(
      fc.property(sharing, grantee, level, (before, one, how) => {
        const after = withLevel(before, one, how);
        for (const other of [null, ...teams])
          if (other !== one) expect(levelFor(after, other)).toBe(levelFor(before, other));
      }),
    );
  });

  test('names nobody twice, and nobody who sees nothing', () => {
    fc.assert(
      fc.property(
        sharing,
        (given) => new Set(given.map(({ grantee: one }) => JSON.stringify(one))).size === given.length,
      ),
    );
  });
});
