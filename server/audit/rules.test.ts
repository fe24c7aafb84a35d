import { createSecretKey } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newId, sha256 } from '../kernel/ids.ts';
import { beginning, breakOf, fingerprintOf, firstIdOf, instantOf, macOf, type Seal, type Sealed } from './rules.ts';

const key = createSecretKey(Buffer.alloc(32, 1));
const other = createSecretKey(Buffer.alloc(32, 2));
const workspace = newId();
const digest = fc.uint8Array({ minLength: 1, maxLength: 8 }).map((bytes) => sha256(bytes));
const counts = fc.record({ entries: fc.nat(1000), entriesDigest: digest, uses: fc.nat(1000), usesDigest: digest });

/** A chain of seals, one a day. */
function chainOf(all: readonly Pick<Sealed, 'entries' | 'entriesDigest' | 'uses' | 'usesDigest'>[]): Seal[] {
  const chain: Seal[] = [];
  for (const [n, found] of all.entries()) {
    const before = chain.at(-1);
    const sealedAt = new Date(1_700_000_000_000 + n * 86_400_000);
    const sealed = {
      ...found,
      sealNo: n + 1,
      fromId: before?.untilId ?? beginning,
      untilId: firstIdOf(sealedAt),
      sealedAt,
    };
    chain.push({ ...sealed, mac: macOf(key, workspace, sealed, before?.mac ?? Buffer.alloc(0)) });
  }
  return chain;
}
const breaksOf = (chain: readonly Seal[], real: readonly Seal[], under = key) =>
  chain.flatMap((seal, n) => breakOf(under, workspace, seal, chain[n - 1], real[n] ?? seal) ?? []);

test('a chain as it was made has no break; under another key, in another order or without one of them it has', () => {
  fc.assert(
    fc.property(fc.array(counts, { minLength: 2, maxLength: 6 }), (all) => {
      const chain = chainOf(all);
      expect(breaksOf(chain, chain)).toEqual([]);
      expect(breaksOf(chain, chain, other).length).toBe(chain.length);
      const swapped = [chain[1]!, chain[0]!, ...chain.slice(2)];
      expect(breaksOf(swapped, swapped).length).toBeGreaterThan(0);
      const without = chain.slice(1);
      expect(breaksOf(without, without)[0]).toEqual({ sealNo: 2, problem: 'seal_missing' });
    }),
  );
});

test('a seal hangs on the one before it: numbered anew, the rest of a chain does not fit another beginning', () => {
  const found = { entries: 1, entriesDigest: sha256('a'), uses: 0, usesDigest: sha256('') };
  const [one, two] = chainOf([found, found]) as [Seal, Seal];
  const [elsewhere] = chainOf([{ ...found, entries: 2 }]) as [Seal];
  expect(breakOf(key, workspace, two, one, two)).toBeUndefined();
  expect(breakOf(key, workspace, two, elsewhere, two)).toEqual({ sealNo: 2, problem: 'seal_changed' });
  expect(breakOf(key, newId(), two, one, two)).toEqual({ sealNo: 2, problem: 'seal_changed' });
});

test('ids lie between the bounds of their instants', () => {
  const [before, id, after] = [firstIdOf(new Date(Date.now() - 1)), newId(), firstIdOf(new Date(Date.now() + 1))];
  expect([after, id, before].sort()).toEqual([before, id, after]);
  expect(instantOf(firstIdOf(new Date(1_700_000_000_123))).getTime()).toBe(1_700_000_000_123);
  expect(fingerprintOf(Buffer.alloc(32, 0xab))).toBe('abab abab abab abab abab abab abab abab');
});
