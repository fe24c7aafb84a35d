import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { newId } from '../kernel/ids.ts';
import { isHeld, upliftOf, wilson } from './uplift.ts';

describe('the difference of two shares', () => {
  // The examples of Newcombe's paper, table II, method 10.
  test.each([
    [56, 70, 48, 80, 0.0524, 0.3339],
    [9, 10, 3, 10, 0.1705, 0.809],
    [6, 7, 2, 7, 0.0582, 0.8062],
    [5, 56, 0, 29, -0.0381, 0.1926],
    [0, 10, 0, 20, -0.1611, 0.2775],
    [10, 10, 0, 20, 0.6791, 1],
  ])('of %i/%i and %i/%i lies between what the paper says', (did, people, otherDid, others, from, to) => {
    const uplift = upliftOf({ did, people }, { did: otherDid, people: others })!;
    expect(uplift.from).toBeCloseTo(from, 3);
    expect(uplift.to).toBeCloseTo(to, 3);
  });

  test('lies within its interval, the other way round it is the opposite, and with nobody there is none', () => {
    const share = fc
      .tuple(fc.integer({ min: 1, max: 100_000 }), fc.double({ min: 0, max: 1, noNaN: true }))
      .map(([people, of]) => ({ people, did: Math.round(people * of) }));
    fc.assert(
      fc.property(share, share, (one, other) => {
        const { difference, from, to } = upliftOf(one, other)!;
        expect(from).toBeLessThanOrEqual(difference + 1e-12);
        expect(to).toBeGreaterThanOrEqual(difference - 1e-12);
        expect(from).toBeGreaterThanOrEqual(-1 - 1e-9);
        expect(to).toBeLessThanOrEqual(1 + 1e-9);
        const back = upliftOf(other, one)!;
        expect(back.difference).toBeCloseTo(-difference, 10);
        expect(back.from).toBeCloseTo(-to, 10);
        const [low, high] = wilson(one);
        expect(low).toBeLessThanOrEqual(one.did / one.people + 1e-12);
        expect(high).toBeGreaterThanOrEqual(one.did / one.people - 1e-12);
      }),
    );
    expect(upliftOf({ did: 0, people: 0 }, { did: 1, people: 2 })).toBeNull();
  });

  test('holds nineteen times out of twenty', () => {
    // A generator of its own, so that the test says the same each time.
    let seed = 20261130;
    const draw = () => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      return seed / 2 ** 32;
    };
    const sample = (people: number, share: number) => {
      let did = 0;
      for (let at = 0; at < people; at++) if (draw() < share) did++;
      return { did, people };
    };
    let covered = 0;
    const rounds = 2000;
    for (let round = 0; round < rounds; round++) {
      const { from, to } = upliftOf(sample(180, 0.08), sample(20, 0.05))!;
      if (from <= 0.03 && 0.03 <= to) covered++;
    }
    expect(covered / rounds).toBeGreaterThan(0.93);
  });
});

describe('who is held back', () => {
  test('is about the share that was said, the same each time, and another for another campaign', () => {
    const [campaign, other] = [newId(), newId()];
    const people = Array.from({ length: 5000 }, () => newId());
    const held = people.filter((person) => isHeld(campaign, person, 10));
    expect(held.length).toBeGreaterThan(400);
    expect(held.length).toBeLessThan(600);
    expect(people.filter((person) => isHeld(campaign, person, 10))).toEqual(held);
    const both = held.filter((person) => isHeld(other, person, 10));
    expect(both.length).toBeLessThan(100);
    expect(people.filter((person) => isHeld(campaign, person, 0))).toEqual([]);
  });
});
