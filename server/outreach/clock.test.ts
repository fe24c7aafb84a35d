import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { offsetOf, quietUntil, zoneOf } from './clock.ts';

const night = { from: '20:00', to: '08:00', weekdays: [7], dates: ['2026-12-25'] };
const until = (at: string, quiet = {}, zone = 'Europe/Paris') =>
  quietUntil(new Date(at), zone, { ...night, ...quiet })?.at.toISOString() ?? null;

describe('people are left alone', () => {
  test.each([
    ['by day, not at all', '2026-11-30T10:00:00Z', {}, null],
    ['in the evening, until the morning', '2026-11-30T20:30:00Z', {}, '2026-12-01T07:00:00.000Z'],
    ['after midnight, until the same morning', '2026-12-01T02:30:00Z', {}, '2026-12-01T07:00:00.000Z'],
    ['from the first minute on', '2026-11-30T19:00:00Z', {}, '2026-12-01T07:00:00.000Z'],
    ['until the last one', '2026-12-01T06:59:59.999Z', {}, '2026-12-01T07:00:00.000Z'],
    ['from Saturday evening over Sunday until Monday morning', '2026-11-28T21:00:00Z', {}, '2026-11-30T07:00:00.000Z'],
    ['on a day of theirs, and the night after', '2026-12-25T11:00:00Z', {}, '2026-12-26T07:00:00.000Z'],
    ['at no time, where from and to are the same', '2026-11-30T23:00:00Z', { to: '20:00' }, null],
    ['over noon', '2026-11-30T11:30:00Z', { from: '12:00', to: '14:00' }, '2026-11-30T13:00:00.000Z'],
    // 29 March 2026, 02:00 → 03:00: a Sunday of 23 hours.
    [
      'until a time that the clocks jump over',
      '2026-03-29T00:15:00Z',
      { from: '01:00', to: '02:30', weekdays: [] },
      '2026-03-29T01:00:00.000Z',
    ],
    ['on a day of 23 hours, until it is over', '2026-03-29T09:00:00Z', { to: '20:00' }, '2026-03-29T22:00:00.000Z'],
    // 25 October 2026, 03:00 → 02:00: a Sunday of 25 hours; the second 02:15 is as quiet as the first.
    [
      'in the hour that comes twice, until its end the first time',
      '2026-10-25T00:15:00Z',
      { from: '02:00', to: '02:30', weekdays: [] },
      '2026-10-25T00:30:00.000Z',
    ],
    [
      'in the hour that comes twice, the second time too',
      '2026-10-25T01:15:00Z',
      { from: '02:00', to: '02:30', weekdays: [] },
      '2026-10-25T01:30:00.000Z',
    ],
    ['on a day of 25 hours, until it is over', '2026-10-24T22:00:00Z', { to: '20:00' }, '2026-10-25T23:00:00.000Z'],
  ])('%s', (_name, at, quiet, expected) => {
    expect(until(at, quiet)).toBe(expected);
  });

  test('until the very first minute in which they are not, in any zone and on any day', () => {
    const minute = 60_000;
    // Slowly, minute by minute, with what a clock on the wall there reads.
    const isQuiet = (at: number, zone: string, [from, to, weekday]: [number, number, number]) => {
      const wall = new Date(at + offsetOf(zone, at));
      const now = wall.getUTCHours() * 60 + wall.getUTCMinutes();
      if ((wall.getUTCDay() || 7) === weekday) return true;
      return from <= to ? now >= from && now < to : now >= from || now < to;
    };
    const two = (n: number) => String(n).padStart(2, '0');
    const timeOf = (minutes: number) => `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
    const nights = [
      '2026-03-28T12:00Z',
      '2026-10-24T12:00Z',
      '2026-04-04T06:00Z',
      '2026-10-03T06:00Z',
      '2026-07-07T00:00Z',
    ];
    const zone = fc.constantFrom(
      'Europe/Paris',
      'America/New_York',
      'Australia/Lord_Howe',
      'Asia/Kathmandu',
      'Africa/Casablanca',
      'UTC',
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...nights),
        fc.integer({ min: 0, max: 2 * 1440 }),
        zone,
        fc.integer({ min: 0, max: 1439 }),
        fc.integer({ min: 0, max: 1439 }),
        fc.integer({ min: 1, max: 7 }),
        (start, later, where, from, to, weekday) => {
          const at = Date.parse(start) + later * minute;
          let expected = at;
          while (isQuiet(expected, where, [from, to, weekday])) expected += minute;
          const found = quietUntil(new Date(at), where, {
            from: timeOf(from),
            to: timeOf(to),
            weekdays: [weekday],
            dates: [],
          });
          expect(found?.at.getTime() ?? at).toBe(expected);
        },
      ),
      { numRuns: 300 },
    );
  });
});

test('a country’s time zone is known where all its clocks show the same', () => {
  const [winter, nowhere] = [new Date('2026-12-01'), null];
  expect(['FR', 'DE', 'GB', 'CH'].map((country) => zoneOf(country, winter))).toEqual([
    'Europe/Paris',
    'Europe/Berlin',
    'Europe/London',
    'Europe/Zurich',
  ]);
  expect(['US', 'ES', 'ZZ', 'no country'].map((country) => zoneOf(country, winter))).toEqual(Array(4).fill(nowhere));
});
