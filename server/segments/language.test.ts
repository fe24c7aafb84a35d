import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  builtIn,
  type Filter,
  FilterSyntaxError,
  fieldTypes,
  isName,
  type Literal,
  most,
  type Op,
  type Pattern,
  parseFilter,
  parseValue,
  printFilter,
  printValue,
  type Span,
  type Step,
  units,
  type Value,
} from './language-contract.ts';

const name = fc.stringMatching(/^[a-z_][a-z0-9_.]{0,12}$/).filter(isName);
const number = fc.oneof(
  fc.integer({ min: -1e9, max: 1e9 }),
  fc.integer({ min: -1e6, max: 1e6 }).map((n) => n / 1000),
);
const literal: fc.Arbitrary<Literal> = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  number.map((n) => (Object.is(n, -0) ? 0 : n)),
  fc.boolean(),
);
const span: fc.Arbitrary<Span> = fc.record({ n: fc.integer({ min: 1, max: 500 }), unit: fc.constantFrom(...units) });
const asked: fc.Arbitrary<{ op: Op; to: Literal[] }> = fc.oneof(
  fc.record({
    op: fc.constantFrom<Op>('=', '!=', '<', '<=', '>', '>=', 'contains', 'starts', 'like'),
    to: fc.tuple(literal),
  }),
  fc.record({ op: fc.constantFrom<Op>('known', 'unknown'), to: fc.constant<Literal[]>([]) }),
  fc.record({ op: fc.constant<Op>('in'), to: fc.array(literal, { minLength: 1, maxLength: 4 }) }),
  fc.record({ op: fc.constant<Op>('between'), to: fc.tuple(literal, literal) }),
);
const pattern: fc.Arbitrary<Pattern> = fc.record({
  kind: name,
  where: fc.array(
    fc.tuple(name, asked).map(([property, one]) => ({ property, ...one })),
    { maxLength: 2 },
  ),
  last: fc.option(span),
});
const { value } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.record({ is: fc.constant('name' as const), name }),
    fc.record({ is: fc.constant('number' as const), number: number.map((n) => (Object.is(n, -0) ? 0 : n)) }),
    fc.record({ is: fc.constantFrom('count' as const, 'first' as const, 'last' as const), of: pattern }),
    fc.record({ is: fc.constantFrom('sum' as const, 'distinct' as const), property: name, of: pattern }),
    fc.record({ is: fc.constantFrom('days_since' as const, 'days_until' as const), value: tie('value') }),
    fc.record({
      is: fc.constantFrom('+' as const, '-' as const, '*' as const, '/' as const),
      left: tie('value'),
      right: tie('value'),
    }),
  ),
}));
const step: fc.Arbitrary<Step> = fc.record({ no: fc.constant(false), of: pattern, within: fc.option(span) });
const steps = fc
  .tuple(step, fc.array(step, { maxLength: 2 }), fc.boolean())
  .map(([first, rest, no]) => [
    { ...first, within: null },
    ...rest.map((one, index) => ({ ...one, no: no && index === rest.length - 1 })),
  ]);
const { filter } = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 3 },
    fc.record({ is: fc.constant('test' as const), value, op: fc.constant<Op>('='), to: fc.tuple(literal) }),
    fc.tuple(value, asked).map(([one, rest]) => ({ is: 'test' as const, value: one, ...rest })),
    fc.constant({ is: 'everyone' as const }),
    fc.record({
      is: fc.constant('within' as const),
      value,
      direction: fc.constantFrom('last' as const, 'next' as const),
      span,
    }),
    fc.record({ is: fc.constant('did' as const), steps }),
    fc.record({ is: fc.constant('in' as const), segment: name }),
    fc.record({ is: fc.constant('not' as const), of: tie('filter') }),
    fc.record({
      is: fc.constantFrom('all' as const, 'any' as const),
      of: fc.array(tie('filter'), { minLength: 2, maxLength: 3 }),
    }),
  ),
}));

const problemOf = (text: string): string => {
  try {
    parseFilter(text);
  } catch (error) {
    if (error instanceof FilterSyntaxError) return error.problem;
    throw error;
  }
  return 'none';
};

describe('the text of a condition', () => {
  test('is read back as the tree that it was written from', () => {
    fc.assert(
      fc.property(filter, (one) => {
        expect(parseFilter(printFilter(one))).toEqual(one);
      }),
      { numRuns: 2000 },
    );
  });

  test('of what is computed, too', () => {
    fc.assert(
      fc.property(value, (one) => {
        expect(parseValue(printValue(one))).toEqual(one);
      }),
      { numRuns: 1000 },
    );
  });

  test('whatever is typed is read or refused at a place of it, at once', () => {
    const words =
      'and or not in segment did ( ) then no where count sum of last 12 months = != "a" city order ~ matches between is known * - within next 7 days , 1e9 é "'.split(
        ' ',
      );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(fc.constantFrom(...words), { maxLength: 40 }).map((all) => all.join(' ')),
        ),
        (text) => {
          try {
            expect(printFilter(parseFilter(text))).toBeTypeOf('string');
          } catch (error) {
            if (!(error instanceof FilterSyntaxError)) throw error;
            expect(error.at).toBeLessThanOrEqual(text.length);
          }
        },
      ),
      { numRuns: 3000 },
    );
  });

  test('reads as one would say it', () => {
    const text =
      'stage = customer and count(order where amount > 100 last 12 months) >= 3 and did (cart then no order within 3 days) and (city in (Lyon, "Paris") or not in segment vip)';
    expect(() => parseFilter(text)).toThrow(FilterSyntaxError);
    for (const said of [
      'count(opportunity where state = open and amount >= 1000 and role = decider last 3 months) > 0 and group is unknown',
      'category = "Salon 2025" or sum(amount of opportunity where currency = "EUR") > 5000',
    ])
      expect(printFilter(parseFilter(said))).toBe(said);
    const mended = text.replace('Lyon', '"Lyon"');
    expect(printFilter(parseFilter(mended))).toBe(mended);
  });

  test('can say everything that has a name everywhere', () => {
    for (const name of [...builtIn, ...Object.keys(fieldTypes)]) expect(isName(name), name).toBe(true);
  });

  test('that asks too much is refused with what is wrong', () => {
    expect(problemOf(`city in (${Array.from({ length: 10_000 }, (_, n) => n).join(',')})`)).toBe('too_long');
    expect(problemOf(`city in (${Array.from({ length: 1001 }, (_, n) => n % 10).join(',')})`)).toBe('too_many_values');
    expect(problemOf(`${'('.repeat(5000)}city = "x"${')'.repeat(5000)}`)).toBe('too_deep');
    expect(problemOf(`${'not '.repeat(1000)}everyone`)).toBe('too_deep');
    expect(problemOf(Array.from({ length: most.nodes }, () => 'everyone').join(' or '))).toBe('too_much');
    expect(problemOf('x'.repeat(30_000))).toBe('too_long');
    expect(problemOf('city ~ "(a+)+$"')).toBe('no_patterns');
    expect(problemOf('city matches "(a+)+$"')).toBe('no_patterns');
    expect(problemOf('city = "Lyon')).toBe('unclosed');
    expect(problemOf('(city = "Lyon"')).toBe('unclosed');
    expect(problemOf('did (no order)')).toBe('first_step');
  });
});
