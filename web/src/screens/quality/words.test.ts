import { expect, test } from 'vitest';
import { chanceOf, strengthOf, timesOf } from './words.ts';

test.each([
  [9, 'decisive'],
  [7, 'decisive'],
  [4, 'strong'],
  [1, 'some'],
  [0, 'little'],
  [-1, 'against'],
  [-5, 'stronglyAgainst'],
] as const)('%d bits are %s evidence', (weight, strength) => {
  expect(strengthOf(weight)).toBe(strength);
});

test.each([
  [3, 8],
  [-3, 8],
  [7, 100],
  [10, 1000],
  [0.6, 2],
])('%d bits make it %d times as likely or unlikely', (weight, times) => {
  expect(timesOf(weight)).toBe(times);
});

test.each([
  [0.999, 'certain'],
  [0.95, 'veryProbable'],
  [0.7, 'probable'],
  [0.5, 'even'],
  [0.2, 'possible'],
] as const)('a probability of %d is said to be %s', (probability, chance) => {
  expect(chanceOf(probability)).toBe(chance);
});
