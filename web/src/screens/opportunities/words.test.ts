import { expect, test } from 'vitest';
import { opportunitySearch } from './search.ts';
import { centsOf, typedOf } from './words.ts';

test.each([
  ['', null],
  ['1250', 125_000],
  ['1 250,50', 125_050],
  ['1\u202f250.5', 125_050],
  ['0', 0],
  ['-5', undefined],
  ['1,2,3', undefined],
  ['about ten', undefined],
  ['1.005', undefined],
])('the amount typed as %j is %s', (text, cents) => {
  expect(centsOf(text)).toBe(cents);
});

test('an amount is typed on as it stands', () => {
  for (const cents of [0, 1, 99, 100, 125_050, 1_000_000_000_001]) expect(centsOf(typedOf(cents))).toBe(cents);
});

test('of an address what makes no sense is left out', () => {
  expect(opportunitySearch({ view: 'board', state: 'gone', whose: 'mine', q: '', x: 1 })).toEqual({ whose: 'mine' });
  expect(opportunitySearch({ view: 'table', state: 'lost', q: 'acme' })).toEqual({
    view: 'table',
    state: 'lost',
    q: 'acme',
  });
});
