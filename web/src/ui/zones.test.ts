import fc from 'fast-check';
import { expect, test } from 'vitest';
import { instantOf, wallOf } from './zones.ts';

test.each([
  ['2026-07-01T09:00', 'Europe/Paris', '2026-07-01T07:00:00.000Z'],
  ['2026-01-01T09:00', 'Europe/Paris', '2026-01-01T08:00:00.000Z'],
  // The hour that comes twice: the first; the one that is left out: as far behind the gap.
  ['2026-10-25T02:30', 'Europe/Paris', '2026-10-25T00:30:00.000Z'],
  ['2026-03-29T02:30', 'Europe/Paris', '2026-03-29T01:30:00.000Z'],
  ['2026-06-01T00:15', 'Asia/Kathmandu', '2026-05-31T18:30:00.000Z'],
  ['2026-06-01T00:15', 'UTC', '2026-06-01T00:15:00.000Z'],
])('%s in %s is %s', (wall, zone, instant) => expect(instantOf(wall, zone).toISOString()).toBe(instant));

test('clocks show what was asked for, but for the hour that spring leaves out', () => {
  const minute = fc.integer({ min: Date.UTC(2020, 0) / 60_000, max: Date.UTC(2035, 0) / 60_000 });
  const zone = fc.constantFrom('Europe/Paris', 'America/New_York', 'Australia/Lord_Howe', 'Pacific/Auckland', 'UTC');
  fc.assert(
    fc.property(minute, zone, (at, of) => {
      const wall = wallOf(new Date(at * 60_000), of);
      expect(wallOf(instantOf(wall, of), of)).toBe(wall);
    }),
  );
});
