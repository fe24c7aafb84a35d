import { expect, test } from 'vitest';
import type { BusinessCard } from '../../../../server/sources/contract.ts';
import { fieldsOf, isDoubtful, rowsOf } from './rows.ts';

const card: BusinessCard = {
  kind: 'person',
  code: false,
  lines: [],
  cards: [],
  fields: [
    { field: { kind: 'phone', value: { raw: '06 39 98 12 34', type: 'mobile' } }, confidence: 0.9, line: 'x' },
    { field: { kind: 'name', value: { given: 'Hélène', family: 'Lefèvre' } }, confidence: 0.6, line: 'y' },
  ],
};

test('what was read stands in the usual order, with places for what was not', () => {
  const rows = rowsOf(card);
  expect(rows.map(({ kind }) => kind)).toEqual(['name', 'organization', 'title', 'email', 'phone']);
  expect(rows.map(isDoubtful)).toEqual([true, false, false, false, false]);
});

test('what is sent keeps what else was read of a value, and leaves out what is empty or was emptied', () => {
  const rows = rowsOf(card);
  expect(fieldsOf(rows, 'person')).toEqual([
    { kind: 'name', value: { given: 'Hélène', family: 'Lefèvre' } },
    { kind: 'phone', value: { raw: '06 39 98 12 34', type: 'mobile' } },
  ]);
  const emptied = rows.map((row) => (row.kind === 'phone' ? { ...row, draft: { ...row.draft, raw: ' ' } } : row));
  expect(fieldsOf(emptied, 'person').map(({ kind }) => kind)).toEqual(['name']);
});

test('of an organisation, its name is the name', () => {
  const company: BusinessCard = {
    ...card,
    kind: 'organization',
    fields: [{ field: { kind: 'name', value: { full: 'Lumière SAS' } }, confidence: 0.9, line: 'z' }],
  };
  const rows = rowsOf(company);
  expect(rows.find(({ kind }) => kind === 'organization')?.draft).toEqual({ name: 'Lumière SAS' });
  expect(fieldsOf(rows, 'organization')).toEqual([{ kind: 'name', value: { full: 'Lumière SAS' } }]);
});
