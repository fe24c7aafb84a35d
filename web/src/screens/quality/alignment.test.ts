import { expect, test } from 'vitest';
import { align, resemblance, type Side } from './alignment.ts';

function side(
  values: [kind: Side['values'][number]['kind'], display: string, value?: Record<string, unknown>][],
): Side {
  return {
    card: {} as Side['card'],
    personId: '01900000-0000-7000-8000-000000000000',
    name: '',
    values: values.map(([kind, display, value = {}]) => ({ kind, display, value })),
  };
}

test.each([
  ['Lefèvre', 'LEFEVRE', 1],
  ['+33 6 12', '+33612', 1],
  ['abab', 'baba', 2 / 3],
  ['ab', 'cd', 0],
  ['a', 'ab', 0],
])('%s resembles %s by %d', (one, other, expected) => {
  expect(resemblance(one, other)).toBeCloseTo(expected);
});

test('equal values meet first, then those that resemble, and what is left stands alone on its line', () => {
  const left = side([
    ['email', 'anne.durand@acme.example'],
    ['email', 'anne@home.example'],
    ['title', 'Buyer'],
  ]);
  const right = side([
    ['email', 'anne@home.example'],
    ['email', 'anne.durant@acme.example'],
    ['email', 'info@elsewhere.example'],
  ]);
  expect(align(left, right, [])).toEqual([
    { kind: 'email', left: 'anne@home.example', right: 'anne@home.example', mark: 'equal' },
    { kind: 'email', left: 'anne.durand@acme.example', right: 'anne.durant@acme.example', mark: 'near' },
    { kind: 'email', left: undefined, right: 'info@elsewhere.example', mark: 'different' },
    { kind: 'title', left: 'Buyer', right: undefined, mark: 'alone' },
  ]);
});

test('numbers are compared as they are dialled', () => {
  const left = side([['phone', '06 12 34 56 78', { e164: '+33612345678' }]]);
  const right = side([['phone', '+33 6 12 34 56 78', { e164: '+33612345678' }]]);
  expect(align(left, right, []).map(({ mark }) => mark)).toEqual(['equal']);
});

test('first and last names are judged as the reasons judge them', () => {
  const left = side([['name', 'Bob Martin', { given: 'Bob', family: 'Martin' }]]);
  const right = side([['name', 'Robert Martin', { given: 'Robert', family: 'Martin' }]]);
  const reason = { feature: 'given', level: 'form', weight: 3 } as const;
  expect(align(left, right, [reason]).map(({ kind, mark }) => [kind, mark])).toEqual([
    ['given', 'near'],
    ['family', 'equal'],
  ]);
});

test('a name that one card does not know in parts is compared as a whole', () => {
  const rows = align(
    side([['name', 'B. Martin', { full: 'B. Martin' }]]),
    side([['name', 'Bob Martin', { given: 'Bob', family: 'Martin' }]]),
    [],
  );
  expect(rows).toEqual([{ kind: 'name', left: 'B. Martin', right: 'Bob Martin', mark: 'near' }]);
});
