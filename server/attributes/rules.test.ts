import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { themself } from '../cards/contract.ts';
import { origins, refusals } from './contract.ts';
import { composeWords, type Definition, isRefusal, readTyped, readValue, type Word } from './rules.ts';

const of = (more: Partial<Definition>): Definition => ({ type: 'text', choices: [], many: false, bounds: {}, ...more });
const ab = [{ key: 'a' }, { key: 'b' }];

describe('reading values', () => {
  test.each([
    [of({}), ' hello ', 'hello'],
    [of({}), ' \u0000 ', 'empty'],
    [of({ bounds: { most: 3 } }), 'four', 'too_long'],
    [of({}), 4, 'type'],
    [of({ type: 'number' }), 2.5, 2.5],
    [of({ type: 'number', bounds: { whole: true } }), 2.5, 'not_whole'],
    [of({ type: 'number', bounds: { min: 0 } }), -1, 'too_small'],
    [of({ type: 'number', bounds: { max: 9 } }), 10, 'too_large'],
    [of({ type: 'number' }), Number.POSITIVE_INFINITY, 'type'],
    [of({ type: 'boolean' }), false, false],
    [of({ type: 'date' }), '2024-02-29', '2024-02-29'],
    [of({ type: 'date' }), '2023-02-29', 'no_day'],
    [of({ type: 'date' }), '0000-01-01', 'no_day'],
    [of({ type: 'date' }), '12/03/2024', 'no_day'],
    [of({ type: 'date', bounds: { past: true } }), '9999-01-01', 'future'],
    [of({ type: 'date', bounds: { from: '1900-01-01' } }), '1899-12-31', 'too_early'],
    [of({ type: 'date', bounds: { to: '2000-01-01' } }), '2000-01-02', 'too_late'],
    [of({ type: 'choice', choices: ab }), 'a', ['a']],
    [of({ type: 'choice', choices: ab }), ['a', 'b'], 'one_only'],
    [of({ type: 'choice', choices: ab, many: true }), ['b', 'a', 'a'], ['a', 'b']],
    [of({ type: 'choice', choices: ab }), 'c', 'unknown_choice'],
    [of({ type: 'choice', choices: ab, many: true }), [], 'empty'],
  ] as const)('%o reads %o as %o', (definition, given, expected) => {
    const read = readValue(definition, given as never);
    expect(isRefusal(read) ? read : read.value).toEqual(expected);
  });

  test.each([
    ['1 250,5', 1250.5],
    ['-3', -3],
    ['1.250,5', 'type'],
    ['1e9', 'type'],
    ['', undefined],
  ] as const)('a number typed as %o is %o', (typed, expected) => {
    const read = readTyped(of({ type: 'number' }), [typed]);
    expect(typeof read === 'object' ? read.value : read).toEqual(expected);
  });

  test('whatever is given is a value that reads the same again, or is refused with a code', () => {
    const definition = fc.record({
      type: fc.constantFrom('text', 'number', 'boolean', 'date', 'choice' as const),
      choices: fc.constant(ab),
      many: fc.boolean(),
      bounds: fc.record(
        { min: fc.double({ noNaN: true }), whole: fc.boolean(), past: fc.boolean() },
        { requiredKeys: [] },
      ),
    });
    const given = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.double(),
      fc.boolean(),
      fc.array(fc.constantFrom('a', 'b', 'c')),
    );
    fc.assert(
      fc.property(definition, given, (what, value) => {
        const read = readValue(what as Definition, value);
        if (isRefusal(read)) expect(refusals).toContain(read);
        else expect(readValue(what as Definition, read.value)).toEqual(read);
      }),
    );
  });
});

const word = fc.record({
  subjectId: fc.uuid(),
  value: fc.constantFrom('a', 'b', 'c'),
  origin: fc.constantFrom(...origins),
  saidBy: fc.constantFrom(themself, '11111111-1111-4111-8111-111111111111'),
  at: fc.date({ min: new Date('2020-01-01'), max: new Date('2026-01-01'), noInvalidDate: true }),
});

describe('composing words', () => {
  test('depends on what is said, never on its order, and loses no word', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(word, { selector: (one) => one.subjectId, maxLength: 8 }),
        fc.integer(),
        (words, turn) => {
          const at = words.length === 0 ? 0 : Math.abs(turn) % words.length;
          const turned = [...words.slice(at), ...words.slice(0, at)].reverse();
          const one = composeWords(words);
          expect(composeWords(turned)).toEqual(one);
          expect(one?.said.length ?? 0).toBe(words.length);
        },
      ),
    );
  });

  test('what the person said stands before everything, and a member’s correction before what a program says', () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 8 }), (words) => {
        const { value, reason } = composeWords(words)!;
        const own = words.filter(({ saidBy }) => saidBy === themself).sort((a, b) => b.at.getTime() - a.at.getTime());
        if (own[0])
          expect(own.filter(({ at }) => at.getTime() === own[0]!.at.getTime()).map((one) => one.value)).toContain(
            value,
          );
        else if (words.some(({ origin }) => origin === 'member'))
          expect(words.some((one) => one.value === value && one.origin === 'member')).toBe(true);
        if (new Set(words.map((one) => one.value)).size === 1) expect(reason).toBe(own[0] ? 'confirmed' : 'only');
      }),
    );
  });

  const said = (value: string, origin: Word['origin'], at: string, saidBy = 'm'): Word => ({
    ...{ subjectId: `${value}${at}${origin}`, value, origin, saidBy, at: new Date(at) },
  });
  test.each([
    ['recent', [said('old', 'api', '2024-01-01'), said('new', 'api', '2024-02-01')], 'new'],
    ['trusted', [said('x', 'api', '2024-01-01T10:00Z'), said('y', 'import', '2024-01-01T09:00Z')], 'y'],
    [
      'frequent',
      [said('b', 'api', '2024-01-01'), said('b', 'api', '2024-01-01T01:00Z'), said('a', 'api', '2024-01-01')],
      'b',
    ],
    ['corrected', [said('x', 'api', '2025-01-01'), said('y', 'member', '2024-01-01')], 'y'],
    ['confirmed', [said('x', 'member', '2025-01-01'), said('y', 'form', '2024-01-01', themself)], 'y'],
  ] as const)('%s', (reason, words, value) => {
    expect(composeWords(words)).toMatchObject({ reason, value });
  });
});
