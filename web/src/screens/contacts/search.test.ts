import { expect, test } from 'vitest';
import { listSearch } from './search.ts';

test('the address of a list keeps what makes sense and drops the rest', () => {
  expect(listSearch({ q: 'benali', freshness: 'year', sort: 'sideways', limit: '3', open: '' })).toEqual({
    q: 'benali',
    freshness: 'year',
  });
});
