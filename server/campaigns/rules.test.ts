import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fills, lotDue, lotOf, may, nextLotAt, numbersOf, roomAt, type Tallied } from './rules.ts';

const at = (minutes: number) => new Date(Date.UTC(2026, 2, 2, 9, minutes));

describe('lots', () => {
  test('hold all, each as many as any other but one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 100 }), (people, lots) => {
        const sizes = new Map<number, number>();
        for (let no = 0; no < people; no++)
          sizes.set(lotOf(no, people, lots), (sizes.get(lotOf(no, people, lots)) ?? 0) + 1);
        const counts = Array.from({ length: lots }, (_, lot) => sizes.get(lot) ?? 0);
        expect(counts.reduce((a, b) => a + b)).toBe(people);
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test.each([
    [{ perHour: null, lots: 4, overHours: 2 }, 0, 0, 30],
    [{ perHour: null, lots: 4, overHours: 2 }, 29, 0, 30],
    [{ perHour: null, lots: 4, overHours: 2 }, 30, 1, 60],
    [{ perHour: null, lots: 4, overHours: 2 }, 90, 3, null],
    [{ perHour: null, lots: 4, overHours: 2 }, 6000, 3, null],
    [{ perHour: null, lots: 4, overHours: 0 }, 0, 3, null],
    [{ perHour: null, lots: 1, overHours: 12 }, 0, 0, null],
  ])('of %j begin evenly: after %i minutes it is the turn of lot %i', (pace, minutes, due, next) => {
    expect(lotDue(pace, at(0), at(minutes))).toBe(due);
    expect(nextLotAt(pace, at(0), due)).toEqual(next === null ? null : at(next));
  });
});

describe('a pace', () => {
  test('is never exceeded in any hour, whenever it is looked', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000 }),
        fc.array(fc.integer({ min: 0, max: 900_000 }), { minLength: 1, maxLength: 200 }),
        (perHour, pauses) => {
          const pace = { perHour, lots: 1, overHours: 0 };
          const written: { at: number; count: number }[] = [];
          let [now, pacedUntil] = [0, null as Date | null];
          for (const pause of pauses) {
            now += pause;
            const count = roomAt(pace, pacedUntil, new Date(now), 250);
            pacedUntil = fills(pace, pacedUntil, new Date(now), count);
            written.push({ at: now, count });
          }
          for (const { at: from } of written) {
            const within = written.filter((one) => one.at >= from && one.at < from + 3_600_000);
            // What is begun in the last minute of an hour may fill the next.
            const most = perHour + Math.max(1, Math.floor(perHour / 60));
            expect(within.reduce((sum, { count }) => sum + count, 0)).toBeLessThanOrEqual(most);
          }
        },
      ),
    );
  });

  test('without a number lets all through', () => {
    const pace = { perHour: null, lots: 1, overHours: 0 };
    expect(roomAt(pace, null, at(0), 250)).toBe(250);
    expect(fills(pace, null, at(0), 250)).toBeNull();
  });
});

test('numbers add up to those who were planned, whatever became of each', () => {
  const count = fc.nat(1000);
  const recipients = fc.record({ waiting: count, refused: count, aside: count, stopped: count, held: count });
  const messages = fc.record({
    ...{ queued: count, sending: count, sent: count, in_doubt: count, failed: count, refused: count, aside: count },
  });
  fc.assert(
    fc.property(recipients, messages, count, (people, of, cancelled) => {
      const written = Object.values(of).reduce((a, b) => a + b) + cancelled;
      const tallied: Tallied = { recipients: { ...people, written }, messages: of };
      const { planned, ...rest } = numbersOf(tallied);
      expect(Object.values(rest).reduce((a, b) => a + b)).toBe(planned);
      expect(rest.sent).toBe(of.sent);
      expect(rest.stopped).toBe(people.stopped + cancelled);
    }),
  );
});

test('what has ended goes on no more, and what runs is not changed', () => {
  for (const state of ['done', 'stopped'] as const)
    expect(Object.values(may).map((one) => one(state))).toEqual([false, false, false, false, false]);
  for (const state of ['gathering', 'sending'] as const)
    expect([may.change(state), may.start(state), may.pause(state), may.stop(state)]).toEqual([
      false,
      false,
      true,
      true,
    ]);
});
