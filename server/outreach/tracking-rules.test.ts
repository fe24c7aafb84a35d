import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { counting, isProgram, type Sight, together, tooSoon } from './tracking-rules.ts';

const left = new Date('2026-11-30T10:00:00Z');
const sight = (linkNo: number, after: number, named = false): Sight => ({
  ...{ linkNo, named },
  at: new Date(left.getTime() + after),
});

describe('a program that says so', () => {
  test.each([
    'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
    'Mozilla/5.0',
    'BarracudaCentral/1.0',
    'python-requests/2.31',
    'curl/8.5.0',
    'HeadlessChrome/120',
    '',
    undefined,
  ])('%s', (agent) => expect(isProgram(agent)).toBe(true));

  test.each([
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
  ])('is not a browser: %s', (agent) => expect(isProgram(agent)).toBe(false));
});

describe('what counts', () => {
  test('is what a person can have done: later than some seconds, one link at a time, by no program', () => {
    expect(counting([sight(0, tooSoon - 1), sight(0, tooSoon)], left)).toEqual([false, true]);
    expect(counting([sight(1, 60_000), sight(2, 60_000 + together)], left)).toEqual([false, false]);
    expect(counting([sight(1, 60_000), sight(2, 60_001 + together)], left)).toEqual([true, true]);
    // The same link twice is a person who presses twice.
    expect(counting([sight(1, 60_000), sight(1, 60_500)], left)).toEqual([true, true]);
    expect(counting([sight(1, 60_000, true)], left)).toEqual([false]);
    expect(counting([sight(0, 60_000)], null)).toEqual([false]);
  });

  test('never grows by what else is seen, in whatever order it comes', () => {
    const any = fc.record({
      linkNo: fc.integer({ min: 0, max: 5 }),
      named: fc.boolean(),
      at: fc.integer({ min: 0, max: 200_000 }).map((after) => new Date(left.getTime() + after)),
    });
    fc.assert(
      fc.property(fc.array(any, { maxLength: 20 }), any, (sights, one) => {
        const before = counting(sights, left);
        const after = counting([...sights, one], left);
        expect(before.every((counted, at) => counted || !after[at])).toBe(true);
        expect(counting(sights.toReversed(), left).toReversed()).toEqual(before);
      }),
    );
  });
});
