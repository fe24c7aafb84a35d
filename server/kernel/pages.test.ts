import { expect, test } from 'vitest';
import { formOf } from './pages.ts';

test('what is filled in comes without U+0000, however that is written, and with our line ends', () => {
  const sent = formOf({ body: 'a=x%0%000y%00z\0&b%00=1%0D%0A2%0d%0a3&c=%2500&a=2' });
  expect([...sent]).toEqual([
    ['a', 'x%00yz'],
    ['b', '1\n2\n3'],
    ['c', '%00'],
    ['a', '2'],
  ]);
  expect([...formOf({ body: undefined })]).toEqual([]);
});
