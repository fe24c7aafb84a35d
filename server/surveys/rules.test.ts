import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Question } from './contract.ts';
import { npsOf, readAnswers, readToken, writeOpenToken, writeToken } from './rules.ts';

const ask = (id: string, kind: Question['kind'], more: Partial<Question> = {}): Question => ({
  ...{ id, kind, text: { fr: id, en: id }, choices: [], required: false },
  ...more,
});
const choices = [
  { fr: 'a', en: 'a' },
  { fr: 'b', en: 'b' },
];

test('what is no answer to a question counts as none', () => {
  const questions = [
    ask('n', 'nps', { required: true }),
    ask('c', 'csat'),
    ask('o', 'choice', { choices }),
    ask('t', 'text'),
  ];
  const read = (said: Record<string, string>) => readAnswers(questions, new URLSearchParams(said));
  expect(read({ q_n: '10', q_c: '5', q_o: '1', q_t: ' well ' })).toEqual({
    given: { n: 10, c: 5, o: 1, t: 'well' },
    missing: [],
  });
  expect(read({ q_n: '11', q_c: '0', q_o: '2', q_t: ' ' })).toEqual({ given: {}, missing: ['n'] });
  expect(read({ q_n: '-1', q_c: '6', q_o: '1.5', q_x: 'strange' }).given).toEqual({});
  expect(read({ q_n: '0' })).toEqual({ given: { n: 0 }, missing: [] });
});

test('whatever is sent, an answer is within its range and its length', () => {
  const questions = [ask('n', 'nps'), ask('t', 'text')];
  fc.assert(
    fc.property(fc.string(), fc.string({ unit: 'binary', maxLength: 9000 }), (n, text) => {
      const { given } = readAnswers(
        questions,
        new URLSearchParams([
          ['q_n', n],
          ['q_t', text],
        ]),
      );
      if ('n' in given) expect([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]).toContain(given.n);
      if ('t' in given) expect(String(given.t).length).toBeLessThanOrEqual(4000);
    }),
  );
});

test('the score is promoters less detractors, its interval holds it and narrows with more answers', () => {
  expect(npsOf([])).toBeNull();
  expect(npsOf([10, 9, 8, 0])).toMatchObject({ score: 25 });
  expect(npsOf([10, 10])).toMatchObject({ score: 100, high: 100 });
  expect(npsOf([10, 10])!.low).toBeLessThan(100);
  const width = ({ low, high }: { low: number; high: number }) => high - low;
  const scores = [10, 9, 7, 7, 3];
  expect(width(npsOf([...scores, ...scores, ...scores, ...scores])!)).toBeLessThan(width(npsOf(scores)!));
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 10 }), { minLength: 1 }), (all) => {
      const { score, low, high } = npsOf(all)!;
      expect(low).toBeLessThanOrEqual(score);
      expect(high).toBeGreaterThanOrEqual(score);
    }),
  );
});

test('a token that was altered or cut is none of ours', () => {
  const [workspaceId, other] = ['0193a000-0000-7000-8000-000000000001', '0193a000-0000-7000-8000-000000000002'];
  const token = writeToken(workspaceId, other, Buffer.alloc(32, 7));
  expect(readToken(token)).toMatchObject({ workspaceId, invitationId: other });
  expect(readToken(writeOpenToken(workspaceId, other))).toEqual({ workspaceId, surveyId: other });
  expect(readToken(token.slice(0, -1))).toBeNull();
  expect(readToken(`${token}=`)).toBeNull();
  expect(readToken('')).toBeNull();
});
