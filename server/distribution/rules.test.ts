import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { isWanted, nextAttempt, pieceFor, triedFor } from './rules.ts';
import { newSecret, signedHeaders } from './signing.ts';

const now = new Date('2026-01-15T09:30:00Z');
const secondsOf = (next: Date | null) => next && (next.getTime() - now.getTime()) / 1000;

test('attempts come further and further apart, for three days at most', () => {
  let at = now;
  const all: number[] = [];
  for (let attempts = 1; ; attempts++) {
    const next = nextAttempt(attempts, now, at, 0.5);
    if (!next) break;
    expect(next.getTime()).toBeGreaterThan(at.getTime());
    at = next;
    all.push((next.getTime() - now.getTime()) / 3_600_000);
  }
  expect(all).toHaveLength(9);
  expect(all[0]! * 3600).toBeCloseTo(5);
  expect(all.at(-1)).toBeGreaterThan(70);
  expect(all.at(-1)).toBeLessThanOrEqual(72);
});

test('whatever the lot and the receiver say, nothing is tried after three days', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 0, max: triedFor }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.option(fc.oneof(fc.nat().map(String), fc.string())),
      (attempts, ago, chance, retryAfter) => {
        const since = new Date(now.getTime() - ago);
        const next = nextAttempt(attempts, since, now, chance, retryAfter);
        if (next === null) return;
        expect(next.getTime()).toBeGreaterThan(now.getTime());
        expect(next.getTime()).toBeLessThanOrEqual(since.getTime() + triedFor);
      },
    ),
  );
});

test('a receiver that asks to be left alone for a while is, for a day at most', () => {
  expect(secondsOf(nextAttempt(1, now, now, 0.5, '120'))).toBe(120);
  expect(secondsOf(nextAttempt(1, now, now, 0.5, '999999'))).toBe(86_400);
  expect(secondsOf(nextAttempt(1, now, now, 0.5, 'tomorrow'))).toBe(5);
  expect(secondsOf(nextAttempt(1, now, now, 0, '-3'))).toBe(4);
});

test('the lot spreads attempts that failed together', () => {
  expect(secondsOf(nextAttempt(2, now, now, 0))).toBe(240);
  expect(secondsOf(nextAttempt(2, now, now, 1))).toBe(360);
});

test.each([
  [null, [], true],
  [null, [null], true],
  [['a'], ['a', 'b'], true],
  [['a'], ['b', null], false],
  [['a'], [], false],
])('narrowed to %o, %o is wanted: %s', (only, ids, wanted) => expect(isWanted(only, ids)).toBe(wanted));

test('any body is taken by the official library, with any of two secrets, and no other', () => {
  fc.assert(
    fc.property(fc.json(), fc.uuid(), (body, id) => {
      const [former, next] = [newSecret(), newSecret()];
      const headers = signedHeaders([next, former], `msg_${id}`, Date.now(), body);
      for (const secret of [former, next]) new Webhook(secret).verify(body, headers);
      expect(() => new Webhook(newSecret()).verify(body, headers)).toThrow();
      expect(() => new Webhook(next).verify(body, { ...headers, 'webhook-id': 'msg_other' })).toThrow();
    }),
    { numRuns: 50 },
  );
});

test('the less of what happens is open to an endpoint, the more is looked at together', () => {
  expect(pieceFor(4, undefined)).toBe(4);
  expect(pieceFor(4, { claimed: 4, ready: 4 })).toBe(4);
  expect(pieceFor(4, { claimed: 4, ready: 0 })).toBe(32);
  expect(pieceFor(4, { claimed: 32, ready: 0 })).toBe(256);
  expect(pieceFor(4, { claimed: 500, ready: 0 })).toBe(500);
  expect(pieceFor(24, { claimed: 500, ready: 100 })).toBe(120);
});
