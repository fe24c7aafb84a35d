import { describe, expect, test } from 'vitest';
import { gateRules, type Profile } from './contract.ts';
import { countUnder, defaultRules, isTooMuch, type Load, profileFor } from './pressure.ts';

const now = new Date('2026-11-30T10:00:00Z');
const days = (n: number) => new Date(now.getTime() + n * 86_400_000);
const load = (change: Partial<Load> = {}): Load => ({
  ...{ state: 'left', id: 'b', at: days(-1), channel: 'email', weight: 2, priority: 2 },
  ...change,
});
const asking = { messageId: null, planId: null, channel: 'email', weight: 2, priority: 2 };
const week = { days: 7, channel: null, most: 4 };

describe('what counts under a cap', () => {
  test.each<[string, Partial<Load>, Partial<typeof asking> | { messageId: string } | { planId: string }, number]>([
    ['what left', {}, {}, 2],
    ['what left exactly a week ago no more', { at: days(-7) }, {}, 0],
    ['what left of less priority, too', { priority: 0 }, {}, 2],
    ['what waits of the same priority', { state: 'queued', at: days(1) }, {}, 2],
    ['what waits of less priority not', { state: 'queued', priority: 1 }, {}, 0],
    ['what waits and was written later not', { state: 'queued' }, { messageId: 'a' }, 0],
    ['what waits and was written before', { state: 'queued' }, { messageId: 'c' }, 2],
    ['itself not', { state: 'queued' }, { messageId: 'b' }, 0],
    ['what is planned of greater priority', { state: 'planned', priority: 3, at: days(3) }, {}, 2],
    ['what is planned of the same priority not', { state: 'planned', at: days(3) }, {}, 0],
    ['what is planned for later than the cap looks not', { state: 'planned', priority: 3, at: days(8) }, {}, 0],
    ['its own plan not', { state: 'planned', priority: 3, at: days(3) }, { planId: 'b' }, 0],
  ])('%s', (_name, change, by, expected) => {
    expect(countUnder(week, [load(change)], { ...asking, ...by }, now)).toBe(expected);
  });

  test('another channel only where the cap is for all', () => {
    const phoned = [load({ channel: 'phone' })];
    expect(countUnder({ days: 7, channel: 'email' }, phoned, asking, now)).toBe(0);
    expect(countUnder({ days: 7, channel: null }, phoned, asking, now)).toBe(2);
  });
});

test('there is room up to the most, and not beyond', () => {
  expect(isTooMuch([week], [load()], asking, now)).toBe(false);
  expect(isTooMuch([week], [load(), load()], asking, now)).toBe(true);
  expect(isTooMuch([week, { days: 30, channel: null, most: 2 }], [load({ at: days(-20) })], asking, now)).toBe(true);
  expect(isTooMuch([{ ...week, channel: 'phone' }], [load({ weight: 9 })], asking, now)).toBe(false);
  expect(isTooMuch([{ ...week, most: 0 }], [], asking, now)).toBe(true);
  expect(isTooMuch([{ ...week, most: 0 }], [], { ...asking, weight: 0 }, now)).toBe(false);
});

test('a profile is the one assigned, else the first that fits, else the default one', () => {
  const of = (key: string, fits: Profile['fits']): Profile => ({ key, name: key, fits, caps: [] });
  const profiles = [
    of('default', null),
    of('vip', null),
    of('home', { purposes: [], address: 'private' }),
    of('news', { purposes: ['newsletter'], address: null }),
  ];
  const keyFor = (assigned: string | null, purpose: string, privateAddress: boolean) =>
    profileFor(profiles, { assigned, purpose, privateAddress }).key;
  expect(keyFor('vip', 'newsletter', true)).toBe('vip');
  expect(keyFor('gone', 'newsletter', true)).toBe('home');
  expect(keyFor(null, 'newsletter', false)).toBe('news');
  expect(keyFor(null, 'service', false)).toBe('default');
});

test('the rules that the product comes with are sound', () => {
  expect(gateRules.parse(defaultRules)).toEqual(defaultRules);
});
