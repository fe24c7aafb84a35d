import { createSecretKey, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { newId } from '../kernel/ids.ts';
import { badgeOf, isOpen, place, type Room, readToken, roomFor, type Seated, seatNext, writeToken } from './rules.ts';

const room = (seats: number | null, taken: [string | null, number][] = [], quotas: [string, number][] = []): Room => ({
  seats,
  taken: new Map(taken),
  quotas: new Map(quotas),
});

describe('seats left', () => {
  test.each([
    ['as many as come', room(null), null, Number.POSITIVE_INFINITY],
    ['of ten, four taken', room(10, [[null, 4]]), null, 6],
    ['kept for a team are not for others', room(10, [], [['a', 4]]), null, 6],
    ['what a team took of its own is not counted twice', room(10, [['a', 3]], [['a', 4]]), null, 6],
    ['of a team', room(10, [['a', 3]], [['a', 4]]), 'a', 1],
    ['of a team, in a full house', room(10, [[null, 10]], [['a', 4]]), 'a', 0],
    ['of a team without a number in all', room(null, [['a', 3]], [['a', 4]]), 'a', 1],
    ['of a team that none are kept for', room(10, [['b', 2]], [['a', 4]]), 'b', 4],
    ['a team beyond its lowered quota sits on everybody’s', room(10, [['a', 6]], [['a', 4]]), null, 4],
  ])('%s', (_what, of, team, left) => expect(roomFor(of, team)).toBe(left));
});

const guest = (state: Seated['state'], companions = 0, teamId: string | null = null): Seated => ({
  state,
  companions,
  teamId,
});
const yes = (companions = 0) => ({ coming: true, companions });

describe('an answer', () => {
  test.each([
    ['finds a seat', room(1), guest('invited'), yes(), true, { state: 'coming', companions: 0, full: false }],
    [
      'waits where there is none',
      room(1, [[null, 1]]),
      guest('invited'),
      yes(),
      true,
      { state: 'waiting', companions: 0, full: false },
    ],
    [
      'is turned away where nobody waits',
      room(1, [[null, 1]]),
      guest('invited'),
      yes(),
      false,
      { state: 'invited', companions: 0, full: true },
    ],
    [
      'said again keeps its own seat',
      room(2, [[null, 2]]),
      guest('coming', 1),
      yes(1),
      true,
      { state: 'coming', companions: 1, full: false },
    ],
    [
      'with one more than there is room for changes nothing',
      room(2, [[null, 2]]),
      guest('coming', 0),
      yes(1),
      true,
      { state: 'coming', companions: 0, full: true },
    ],
    [
      'with fewer gives seats back',
      room(2, [[null, 2]]),
      guest('coming', 1),
      yes(0),
      true,
      { state: 'coming', companions: 0, full: false },
    ],
    [
      'of no brings nobody',
      room(2, [[null, 2]]),
      guest('coming', 1),
      { coming: false, companions: 3 },
      true,
      { state: 'declined', companions: 0, full: false },
    ],
  ] as const)('%s', (_what, of, who, wish, waits, due) => expect(place(of, who, wish, waits)).toEqual(due));
});

test('who waits gets what is free in their order, and a large party does not hold up those behind it', () => {
  const waiting = [guest('waiting', 2), guest('waiting', 0), guest('waiting', 1), guest('waiting', 0)];
  expect(seatNext(room(5, [[null, 3]]), waiting)).toEqual([waiting[1], waiting[3]]);
});

test('however people come, go and wait, there are never more than seats, nor more of a team than are kept for it', () => {
  const act = fc.record({ who: fc.nat(7), coming: fc.boolean(), companions: fc.nat(3) });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), fc.nat(4), fc.array(act, { maxLength: 40 }), (seats, kept, acts) => {
      const quotas = new Map(kept > 0 && kept <= seats ? [['a', kept] as const] : []);
      const guests = Array.from({ length: 8 }, (_, at): Seated => guest('invited', 0, at % 2 ? 'a' : null));
      const taken = () =>
        new Map(
          ['a', null].map((team) => [
            team,
            guests
              .filter((one) => one.teamId === team && one.state === 'coming')
              .reduce((sum, one) => sum + 1 + one.companions, 0),
          ]),
        );
      for (const { who, ...wish } of acts) {
        const { full, ...placed } = place({ seats, quotas, taken: taken() }, guests[who]!, wish, true);
        if (full) expect(placed).toMatchObject({ state: 'coming', companions: guests[who]!.companions });
        Object.assign(guests[who]!, placed);
        const waiting = guests.filter(({ state }) => state === 'waiting');
        for (const one of seatNext({ seats, quotas, taken: taken() }, waiting)) one.state = 'coming';
        const now = taken();
        expect((now.get('a') ?? 0) + (now.get(null) ?? 0)).toBeLessThanOrEqual(seats);
        if (quotas.has('a')) {
          expect(now.get('a')).toBeLessThanOrEqual(kept);
          expect(now.get(null)).toBeLessThanOrEqual(seats - kept);
        }
        // Nobody waits for a seat that they could have.
        for (const one of guests.filter(({ state }) => state === 'waiting'))
          expect(roomFor({ seats, quotas, taken: now }, one.teamId)).toBeLessThan(1 + one.companions);
      }
    }),
  );
});

test('a link opens what it was made for and nothing else', () => {
  const [key, other] = [createSecretKey(randomBytes(32)), createSecretKey(randomBytes(32))];
  const link = { workspaceId: newId(), guestId: newId() };
  const token = writeToken(key, link);
  expect(readToken(key, token)).toEqual(link);
  expect(readToken(other, token)).toBeNull();
  fc.assert(
    fc.property(fc.nat(token.length - 1), fc.constantFrom(...'ABCabc019_-'), (at, sign) => {
      const changed = token.slice(0, at) + sign + token.slice(at + 1);
      expect(readToken(key, changed)).toEqual(changed === token ? link : null);
    }),
  );
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(readToken(key, text)).toBeNull();
    }),
  );
});

test('answers are taken until their day, else until it begins, and never once it is called off', () => {
  const [now, later] = [new Date('2027-01-01T12:00:00Z'), new Date('2027-01-02T12:00:00Z')];
  const timing = { startsAt: later, answersUntil: null, cancelledAt: null };
  expect(isOpen(timing, now)).toBe(true);
  expect(isOpen(timing, later)).toBe(false);
  expect(isOpen({ ...timing, answersUntil: now }, now)).toBe(false);
  expect(isOpen({ ...timing, cancelledAt: now }, now)).toBe(false);
});

test('a name for the door is one line', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      const badge = badgeOf(text);
      expect(badge.length).toBeLessThanOrEqual(80);
      expect(badge).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
      expect(badge.isWellFormed()).toBe(true);
    }),
  );
});
