import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { atWork, timesFor, writeLetter, wrongIn } from './rules.ts';

const zone = 'Europe/Paris';
const minutes = (from: Date, to: Date) => (to.getTime() - from.getTime()) / 60_000;

describe('letters leave as people write them', () => {
  test('in hours of work of the workspace’s zone, from Monday to Friday', () => {
    for (const [at, expected] of [
      ['2026-11-30T10:00:00Z', '2026-11-30T10:00:00.000Z'],
      ['2026-11-30T05:03:00Z', '2026-11-30T07:00:00.000Z'],
      ['2026-11-30T18:00:00Z', '2026-12-01T07:00:00.000Z'],
      // A Friday evening, and the night on which clocks go back.
      ['2026-12-04T19:10:00Z', '2026-12-07T07:00:00.000Z'],
      ['2026-10-24T20:00:00Z', '2026-10-26T07:00:00.000Z'],
    ] as const)
      expect(atWork(new Date(at), zone).toISOString(), at).toBe(expected);
  });

  test('one behind the other with a pace, whatever the lot, the zone and the hour', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 60 }),
        fc.integer({ min: 1, max: 240 }),
        fc.date({ min: new Date('2026-01-01'), max: new Date('2027-12-31'), noInvalidDate: true }),
        fc.constantFrom('Europe/Paris', 'America/St_Johns', 'Asia/Kolkata', 'Pacific/Auckland', 'UTC'),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 5 }),
        (many, pace, now, where, lots) => {
          let drawn = 0;
          const lot = () => lots[drawn++ % lots.length]!;
          const times = timesFor(many, { now, last: null, pace, zone: where, lot });
          expect(times).toHaveLength(many);
          for (const [at, time] of times.entries()) {
            expect(time.getTime()).toBeGreaterThan(now.getTime());
            expect(atWork(time, where)).toEqual(time);
            if (at > 0) expect(minutes(times[at - 1]!, time)).toBeGreaterThanOrEqual(pace - 1e-6);
          }
        },
      ),
    );
  });

  test('behind those that have a time already', () => {
    const now = new Date('2026-11-30T10:00:00Z');
    const last = new Date('2026-11-30T13:00:00Z');
    expect(timesFor(2, { now, last, pace: 10, zone, lot: () => 0.5 }).map((one) => minutes(last, one))).toEqual([
      15, 30,
    ]);
  });
});

describe('a letter', () => {
  const variables = { 'person.givenName': 'léa', 'sender.name': 'Bob' } as const;

  test('holds what is known, else its fall-back, else says what is missing', () => {
    expect(
      writeLetter('Hello {{ person.givenName | capitalize }}, {{ person.city | default: "there" }}', variables),
    ).toEqual({
      words: 'Hello Léa, there',
      missing: [],
    });
    expect(writeLetter('In {{ person.city }}', variables).missing).toEqual(['person.city']);
  });

  test('has no marks that cannot be read, and names no page that it does not have', () => {
    expect(wrongIn('Hello {{ person.givenName }}')).toEqual([]);
    expect(wrongIn('{{ person.shoe }} {% if x %} {{ link.rsvp }}')).toEqual(['person.shoe', '{% if x %}', 'link.rsvp']);
  });
});
