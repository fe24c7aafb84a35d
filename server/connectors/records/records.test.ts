import fc from 'fast-check';
import { expect, test } from 'vitest';
import { secondsOf } from '../connector.ts';
import { type Stamped, vanished, walk } from './walking.ts';

interface Row {
  id: number;
  /** Milliseconds. */
  at: number;
}

/** A service of pages that hold few records, some of which are changed between two pages. */
function serve(rows: Map<number, number>, size: number, change: () => void): Stamped<Row> {
  const all = (holds: (row: Row) => boolean) => [...rows].map(([id, at]) => ({ id, at })).filter(holds);
  return {
    changedAt: ({ at }) => at,
    async from(second) {
      const found = all(({ at }) => at >= second * 1000).sort((a, b) => a.at - b.at);
      change();
      return { records: found.slice(0, size), more: found.length > size };
    },
    async within(second, after) {
      const found = all(({ id, at }) => Math.floor(at / 1000) === second && id > Number(after ?? -1));
      const records = found.sort((a, b) => a.id - b.id).slice(0, size);
      change();
      return { records, next: found.length > size ? String(records.at(-1)!.id) : null };
    },
  };
}

test('a walk meets every record, also those that change meanwhile, however many bear one second', async () => {
  const times = fc.array(fc.integer({ min: 0, max: 6000 }), { maxLength: 40 });
  const changes = fc.array(fc.nat(39), { maxLength: 10 });
  await fc.assert(
    fc.asyncProperty(times, changes, fc.integer({ min: 1, max: 7 }), async (stamps, changing, size) => {
      const rows = new Map(stamps.map((at, id) => [id, at]));
      const waiting = [...changing];
      const change = () => {
        const id = waiting.pop();
        if (id !== undefined && rows.has(id)) rows.set(id, 7000 + (10 - waiting.length) * 700);
      };
      const met = new Set<number>();
      let pages = 0;
      for await (const { records } of walk(serve(rows, size, change), { second: 0, within: null })) {
        expect(++pages).toBeLessThan(400);
        for (const { id } of records) met.add(id);
      }
      expect(met).toEqual(new Set(rows.keys()));
    }),
    { numRuns: 200 },
  );
});

test('a walk that broke off goes on from where its last page led', async () => {
  const rows = new Map(Array.from({ length: 30 }, (_, id) => [id, id < 20 ? 1500 : 2000 + id]));
  const service = serve(rows, 4, () => {});
  const met = new Set<number>();
  let position = { second: 0, within: null as { after: string | null } | null };
  for (let breaks = 0; breaks < 100 && met.size < 30; breaks++)
    for await (const page of walk(service, position)) {
      for (const { id } of page.records) met.add(id);
      position = page.position;
      break;
    }
  expect(met.size).toBe(30);
});

test.each([
  ['3600', 3600],
  ['0', 0],
  ['Mon, 02 Mar 2026 10:00:30 GMT', 30],
  ['Mon, 02 Mar 2026 09:00:00 GMT', 0],
  ['soon', undefined],
  [null, undefined],
])('“Retry-After: %s” asks for %s seconds', (header, seconds) => {
  expect(secondsOf(header, Date.parse('2026-03-02T10:00:00Z'))).toBe(seconds);
});

const named = (count: number) => Array.from({ length: count }, (_, no) => String(no));
const known = (count: number) => new Map(named(count).map((key) => [key, null]));

test.each([
  ['some', 100, 60, 40],
  ['half', 100, 50, 50],
  ['more than half', 100, 49, 0],
  ['all of a few', 8, 0, 8],
  ['all of many', 30, 0, 0],
])('where a list lacks %s of what was there, that has vanished, unless it is no list of everything', (_what, before, now, gone) => {
  expect(vanished(known(before), new Set(named(now)))).toHaveLength(gone);
});
