import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fieldClass } from '../delegation/field-classes.ts';
import { freshnessScore, likelyRight, lossAYear, measuredLoss, signsFor } from './ageing.ts';

const now = new Date('2026-11-28T12:00:00Z');
const years = (count: number) => new Date(now.getTime() - count * 365.25 * 86_400_000);
const of = (name: keyof typeof fieldClass, seen: number, signs: ('moved' | 'failing' | 'dead')[] = []) =>
  likelyRight({ class: fieldClass[name], seenAt: years(seen), signs }, now);

describe('a value', () => {
  test.each([
    ['title', 1, [], 0.8],
    ['title', 2, [], 0.64],
    ['emailWork', 1, [], 0.82],
    ['phoneWork', 1, [], 0.88],
    ['emailWork', 1, ['moved'], 0.82 ** 4],
    ['emailWork', 1, ['failing'], 0.82 ** 3],
    ['emailWork', 0, ['dead'], 0],
    ['emailPrivate', 1, ['moved'], 0.94],
  ] as const)('%s of %d years, %j, is likely right by %d', (name, seen, signs, likely) => {
    expect(of(name, seen, [...signs])).toBeCloseTo(likely, 6);
  });

  test('that does not age has no age', () => {
    expect(of('name', 10)).toBeNull();
    expect(of('birthday', 10)).toBeNull();
  });

  test('never becomes likelier with time or signs, and one of tomorrow is of today', () => {
    const name = fc.constantFrom(...(Object.keys(lossAYear) as (keyof typeof lossAYear)[]));
    const signs = fc.subarray(['moved', 'failing', 'dead'] as const);
    fc.assert(
      fc.property(
        name,
        fc.double({ min: -2, max: 60, noNaN: true }),
        fc.double({ min: 0, max: 20, noNaN: true }),
        signs,
        (one, seen, more, said) => {
          const likely = of(one, seen, said)!;
          expect(likely).toBeGreaterThanOrEqual(0);
          expect(likely).toBeLessThanOrEqual(1);
          expect(of(one, seen + more, said)!).toBeLessThanOrEqual(likely);
          expect(likely).toBeLessThanOrEqual(of(one, seen)!);
          if (seen <= 0 && !said.includes('dead')) expect(likely).toBe(1);
        },
      ),
    );
  });

  test('at home says nothing of a new employer', () => {
    expect(signsFor(fieldClass.phonePrivate, ['moved', 'failing'])).toEqual(['failing']);
    expect(signsFor(fieldClass.title, ['moved'])).toEqual(['moved']);
  });
});

describe('a person', () => {
  test('is as fresh as what they are reached by', () => {
    expect(
      freshnessScore([
        { kind: 'email', likely: 1 },
        { kind: 'phone', likely: 0.5 },
        { kind: 'title', likely: 0 },
        { kind: 'name', likely: null },
        { kind: 'note', likely: 0 },
      ]),
    ).toBe(Math.round((100 * (3 + 1.5)) / 8));
    expect(freshnessScore([{ kind: 'name', likely: null }])).toBeNull();
  });
});

describe('what a company loses itself', () => {
  test('is the usual share until it has seen something, and what it saw in the end', () => {
    expect(measuredLoss(0.18, 0, 0)).toBeCloseTo(0.18, 6);
    expect(measuredLoss(0.18, 1000, 10_000)).toBeCloseTo(1 - Math.exp(-0.1), 2);
    expect(measuredLoss(0.18, 1, 2)).toBeGreaterThan(0.17);
    expect(measuredLoss(0.18, 1, 2)).toBeLessThan(0.21);
  });
});
