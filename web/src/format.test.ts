import { expect, test } from 'vitest';
import { phoneNumber } from './format.ts';

test.each([
  ['+33612345678', '+33 6 12 34 56 78'],
  ['+12025550123', '+1 202 555 0123'],
  ['+493023125373', '+49 3023125373'],
  ['+442071838750', '+44 2071838750'],
  ['+352621123456', '+352 621123456'],
  ['+3361234', '+33 61234'],
  ['06 12 34', '06 12 34'],
])('%s is written %s', (number, written) => {
  expect(phoneNumber(number).replaceAll('\u00a0', ' ')).toBe(written);
});
