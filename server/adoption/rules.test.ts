import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Part, parts } from './contract.ts';
import { nextPart, partsFor, simple } from './rules.ts';

const some = fc.subarray([...parts]);
const lot = fc.record({
  state: fc.constantFrom('planned' as const, 'running' as const, 'done' as const),
  teamIds: fc.subarray(['a', 'b', 'c']),
  parts: some,
});

test('what one is shown is the simple set, what is open to all, and what one’s lots have begun with', () => {
  fc.assert(
    fc.property(some, fc.array(lot, { maxLength: 4 }), fc.subarray(['a', 'b', 'c']), (open, lots, teams) => {
      const shown = partsFor({ allOpen: false, open }, lots, teams);
      expect(shown).toEqual(parts.filter((part) => shown.includes(part)));
      for (const part of parts) {
        const byLot = lots.some(
          (one) =>
            one.state !== 'planned' && one.parts.includes(part) && one.teamIds.some((team) => teams.includes(team)),
        );
        expect(shown.includes(part)).toBe(simple.includes(part) || open.includes(part) || byLot);
      }
      expect(partsFor({ allOpen: true, open }, lots, teams)).toEqual(parts);
    }),
  );
});

test('a part is proposed when what it needs is there, one after the other, and never one that is open', () => {
  const empty = { members: 1, cards: 0, organizations: 0, lentBooks: 0, mailboxes: 0, channels: 0, conversations: 0 };
  expect(nextPart([], empty)).toBeNull();
  expect(nextPart([], { ...empty, members: 5, lentBooks: 3 })).toEqual({ part: 'mail', why: 'mail' });
  expect(nextPart(['mail'], { ...empty, members: 5, lentBooks: 3 })?.part).toBe('introductions');
  const all = {
    members: 99,
    cards: 9999,
    organizations: 99,
    lentBooks: 9,
    mailboxes: 9,
    channels: 9,
    conversations: 99,
  };
  const opened: Part[] = [];
  for (let next = nextPart(opened, all); next; next = nextPart(opened, all)) {
    expect(opened).not.toContain(next.part);
    opened.push(next.part);
  }
  expect(new Set([...opened, ...simple])).toEqual(new Set(parts));
});
