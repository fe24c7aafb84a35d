import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rounded } from '../kernel/rounded.ts';
import { arrowsOf, count, gapsOf, isStranded, keptFlows, type OwnCard, overlapsOf } from './rules.ts';

test('fewer than five are not told, and more in steps of five', () => {
  expect([0, 1, 4].map(rounded)).toEqual([null, null, null]);
  expect([5, 7, 8, 12, 1234].map(rounded)).toEqual([5, 5, 10, 10, 1235]);
  fc.assert(
    fc.property(
      fc.nat(),
      (count) => (rounded(count) ?? 0) % 5 === 0 && Math.abs((rounded(count) ?? count) - count) < 5,
    ),
  );
});

const card = (cardId: string, sourceId: string, person = true): OwnCard => ({
  cardId,
  sourceId,
  bookId: 'book',
  person,
  complete: cardId === 'a',
  fresh: true,
});

test('people are counted by what joins one’s cards, and as one’s own where nobody else’s card is joined', () => {
  const cards = [card('a', 'phone'), card('b', 'mail'), card('c', 'phone'), card('d', 'phone', false)];
  const links = [
    ['a', 'b'],
    ['c', 'theirs'],
  ] as const;
  const person: Record<string, string> = { b: 'a', theirs: 'c' };
  const { elsewhere, people } = overlapsOf(cards, links, (id) => person[id] ?? id);
  expect([...elsewhere]).toEqual(['a', 'b']);
  expect(people).toEqual({ total: 2, onlyMine: 1 });
  expect(count(cards, elsewhere)).toEqual({ cards: 4, complete: 1, fresh: 4, elsewhere: 2 });
});

const flow = (direction: 'to' | 'from', other: string) => ({ direction, other, how: 'file' as const, what: '' });

test('a flow told by both ends is one, and what leads nowhere is left out', () => {
  const systems = [
    { id: 'shop', flows: [flow('to', 'erp')] },
    { id: 'erp', flows: [flow('from', 'shop'), flow('to', 'entregent')] },
    { id: 'paper', flows: [flow('to', 'gone')] },
  ];
  expect(arrowsOf(systems)).toEqual([
    { from: 'shop', to: 'erp' },
    { from: 'erp', to: 'entregent' },
    { from: 'paper', to: 'gone' },
  ]);
  expect(keptFlows(systems[2]!.flows, systems)).toEqual([]);
  expect(keptFlows(systems[1]!.flows, systems)).toHaveLength(2);
  // The shop reaches the reference through the ERP, paper does not.
  expect(systems.map((system) => isStranded(system, systems))).toEqual([false, false, true]);
});

test('however flows run in circles, whether a system is stranded is found', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(5), fc.nat(6)), { maxLength: 20 }), (pairs) => {
      const systems = Array.from({ length: 6 }, (_, id) => ({
        id: String(id),
        flows: pairs.flatMap(([from, to]) => (from === id ? [flow('to', to === 6 ? 'entregent' : String(to))] : [])),
      }));
      const reaches = (at: number, seen: number[]): boolean =>
        pairs.some(([from, to]) => from === at && (to === 6 || (!seen.includes(to) && reaches(to, [...seen, to]))));
      for (const [id, system] of systems.entries()) expect(isStranded(system, systems)).toBe(!reaches(id, [id]));
    }),
  );
});

test('a need that nothing supplies, or that is met of too few, is a gap, with why', () => {
  const row = (more: object) => ({
    ...{ need_id: 'n', need: 'Menus', wanted: null, item_id: 'i', kind: 'field' as const, ref: 'birthday', name: null },
    ...{ day: null, people: null, filled: null, collected: false, told: false, ...more },
  });
  const counted = (filled: number, more: object = {}) => row({ day: '2026-01-01', people: 100, filled, ...more });
  const why = (one: ReturnType<typeof row>, systems: Parameters<typeof gapsOf>[1] = []) =>
    gapsOf([one], systems).map(({ unsupplied, share }) => [unsupplied, share]);
  expect(why(row({}))).toEqual([[true, null]]);
  expect(why(counted(0))).toEqual([[true, 0]]);
  expect(why(counted(40))).toEqual([]);
  expect(why(counted(40, { wanted: 60 }))).toEqual([[false, 40]]);
  expect(why(counted(60, { wanted: 60 }))).toEqual([]);
  // Fewer than five are told as none, here too.
  expect(why(counted(3, { wanted: 1 }))).toEqual([[true, 0]]);
  expect(why(row({ collected: true }))).toEqual([]);
  expect(why(row({ kind: 'fact', ref: 'order', told: true }))).toEqual([]);
  const holding = (to: string) => [{ id: 'erp', fields: ['birthday' as const], flows: [flow('to', to)] }];
  expect(why(row({}), holding('entregent'))).toEqual([]);
  expect(why(row({}), holding('paper'))).toEqual([[true, null]]);
});
