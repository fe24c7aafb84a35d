import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringFor } from './connections.ts';

const login = {
  host: 'crm.example',
  port: 5433,
  database: 'entregent',
  user: 'entregent_bi_a',
  password: 'p',
  schema: 'bi_a',
};

test('each program gets what it reads', () => {
  expect(stringFor('psql', login)).toBe('psql "postgresql://entregent_bi_a:p@crm.example:5433/entregent"');
  expect(stringFor('superset', login)).toBe('postgresql+psycopg2://entregent_bi_a:p@crm.example:5433/entregent');
  expect(stringFor('excel', login)).toContain(
    'Server=crm.example;Port=5433;Database={entregent};Uid=entregent_bi_a;Pwd={p};',
  );
  expect(stringFor('metabase', login)).toContain('Schemas: only these → bi_a');
  expect(stringFor('psql', { ...login, host: '::1' })).toContain('@[::1]:5433');
});

test('whatever a password holds, an address gives it back', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (password) => {
      fc.pre(password.isWellFormed());
      const url = new URL(stringFor('superset', { ...login, password }).replace('postgresql+psycopg2', 'http'));
      expect(decodeURIComponent(url.password)).toBe(password);
      const [, kept] = /Pwd=\{((?:[^}]|\}\})*)\};/s.exec(stringFor('excel', { ...login, password }))!;
      expect(kept!.replaceAll('}}', '}')).toBe(password);
    }),
  );
});
