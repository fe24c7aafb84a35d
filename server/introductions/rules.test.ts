import { expect, test } from 'vitest';
import { askState, choice } from './contract.ts';
import { isAnswer, nextState } from './rules.ts';

test('an answer is given once, from where it waits; declining and beginning can be taken back', () => {
  const table = Object.fromEntries(
    askState.options.map((state) => [
      state,
      choice.options.flatMap((one) => (nextState(state, one) ? [`${one} → ${nextState(state, one)}`] : [])),
    ]),
  );
  const ends = ['pass_on → passed_on', 'lend → lent', 'tell → told', 'decline → declined'];
  expect(table).toEqual({
    waiting: ['introduce → introducing', ...ends],
    introducing: ['introduced → introduced', ...ends, 'reconsider → waiting'],
    introduced: [],
    passed_on: [],
    lent: [],
    told: [],
    declined: ['reconsider → waiting'],
    resting: [],
    over: [],
  });
});

test('the asker hears of answers, and of nothing else', () => {
  expect(askState.options.filter(isAnswer)).toEqual(['introduced', 'passed_on', 'lent', 'told']);
});
