import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { learned, nearness } from './nearness.ts';
import { bandOf, type Evidence, faded, halfLifeDays, weigh, weighMet } from './strength.ts';

const now = new Date('2026-11-01');
const ago = (days: number) => new Date(now.getTime() - days * 86_400_000);
const none: Evidence = {
  received: 0,
  sent: 0,
  beside: 0,
  meetings: 0,
  meetingHours: 0,
  firstAt: null,
  lastAt: null,
  introductions: 0,
  closeness: null,
};
const of = (evidence: Partial<Evidence>) => weigh({ ...none, ...evidence }, now);
const recent = { firstAt: ago(400), lastAt: ago(3) };

describe('how well somebody is known', () => {
  test.each([
    ['a card alone', {}, 10, ['held']],
    ['ten thousand mails that nobody answered', { ...recent, received: 10_000 }, 21, ['held', 'mail']],
    ['forty messages each way', { ...recent, received: 40, sent: 40 }, 74, ['held', 'mail']],
    ['two hours of meetings each', { ...recent, meetings: 3, meetingHours: 2 }, 41, ['held', 'meetings']],
    ['an introduction that was made', { introductions: 1 }, 27, ['held', 'introduced']],
    ['never met, whatever was counted', { ...recent, received: 40, sent: 40, closeness: 0 }, 2, ['said']],
    ['friends', { closeness: 4 }, 95, ['said']],
  ] as const)('by %s', (_what, evidence, strength, grounds) => {
    expect(of(evidence)).toEqual({ strength, grounds });
  });

  test('is much less by mail in one direction than in both', () => {
    expect(of({ ...recent, received: 80 }).strength).toBeLessThan(
      of({ ...recent, received: 40, sent: 40 }).strength / 1.5,
    );
  });

  const evidence = fc.record({
    received: fc.nat(5000),
    sent: fc.nat(5000),
    beside: fc.nat(5000),
    meetings: fc.nat(500),
    meetingHours: fc.double({ min: 0, max: 2000, noNaN: true }),
    firstAt: fc.constant(ago(700)),
    lastAt: fc.integer({ min: 0, max: 699 }).map(ago),
    introductions: fc.nat(20),
    closeness: fc.constant(null),
  });
  test('stays between 0 and 99, and more of anything never makes it less', () => {
    fc.assert(
      fc.property(
        evidence,
        fc.constantFrom('received', 'sent', 'beside', 'meetingHours', 'introductions'),
        (one, what) => {
          const { strength } = weigh(one, now);
          expect(strength).toBeGreaterThanOrEqual(10);
          expect(strength).toBeLessThanOrEqual(99);
          expect(weigh({ ...one, [what]: one[what] + 10 }, now).strength).toBeGreaterThanOrEqual(strength);
        },
      ),
    );
  });
  test('fades by half in a year of silence, and never grows with it', () => {
    expect(faded(80, ago(halfLifeDays), now)).toBeCloseTo(40);
    fc.assert(
      fc.property(evidence, (one) => {
        expect(weigh(one, new Date(now.getTime() + 30 * 86_400_000)).strength).toBeLessThanOrEqual(
          weigh(one, now).strength,
        );
      }),
    );
  });
  test('is strong from 60, good from 25, else weak', () => {
    expect([100, 60, 59, 25, 24, 0].map(bandOf)).toEqual(['strong', 'strong', 'good', 'good', 'weak', 'weak']);
  });
  test('of two who met stays below what anybody says', () => {
    expect([0, 1, 4, 1000].map(weighMet)).toEqual([1, 13, 38, 60]);
  });
});

describe('what a kind of reason is worth', () => {
  test.each([
    ['as it was while nothing became of it', undefined, 0.6],
    ['less when it was dismissed', { taken: 0, dismissed: 1 }, 0.4],
    ['next to nothing when it always was', { taken: 0, dismissed: 58 }, 0.02],
    ['more when it was followed', { taken: 1, dismissed: 0 }, 0.8],
    ['as it was when both', { taken: 3, dismissed: 3 }, 0.6],
  ] as const)('is %s', (_what, became, worth) => {
    expect(learned(0.6, became)).toBeCloseTo(worth);
  });
});

describe('how near two persons are', () => {
  const ties = fc.uniqueArray(fc.tuple(fc.integer({ min: 2, max: 12 }), fc.integer({ min: 1, max: 100 })), {
    selector: ([n]) => n,
  });
  test('is the same from both sides, nothing without anybody in common, and more by somebody in common than by two others', () => {
    fc.assert(
      fc.property(ties, ties, (one, other) => {
        const [a, b] = [new Map(one), new Map(other)];
        const near = nearness(0, a, 1, b, () => 3);
        expect(nearness(1, b, 0, a, () => 3)).toBeCloseTo(near);
        expect(near === 0).toBe(one.every(([node]) => !b.has(node)));
        const shared = nearness(0, new Map([...a, [99, 50]]), 1, new Map([...b, [99, 50]]), () => 3);
        const apart = nearness(0, new Map([...a, [99, 50]]), 1, new Map([...b, [98, 50]]), () => 3);
        expect(shared).toBeGreaterThan(apart);
      }),
    );
  });
});
