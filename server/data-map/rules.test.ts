import fc from 'fast-check';
import { expect, test } from 'vitest';
import { count, type OwnCard, overlapsOf, rounded } from './rules.ts';

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
