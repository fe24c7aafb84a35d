import { expect, test } from 'vitest';
import { match } from './engine.ts';
import { type Field, Population } from './population.ts';
import { contactLines, HEADER } from './testing.ts';

const FIELDS: Field[] = [
  { name: 'given', kind: 'given' },
  { name: 'family', kind: 'family' },
  { name: 'email', kind: 'email' },
];

function clusters(population: Population): number {
  return new Set(match(population).clusters).size;
}

test('a hundred thousand identical cards are one person, and take no longer than others', () => {
  const population = new Population(FIELDS);
  for (let card = 0; card < 100_000; card++) population.add(['Zoé', 'Quintrand', 'zoe@quintrand.example']);
  expect(clusters(population)).toBe(1);
});

test('a name that a tenth of all bear joins nobody', () => {
  const population = new Population(FIELDS);
  const columns = HEADER.split(',');
  const lines = [...contactLines(3000, 5)].map((line) => line.split(','));
  lines.forEach((cells, at) => {
    const of = (name: string): string => cells[columns.indexOf(name)]!;
    population.add(at % 10 === 0 ? ['Jean', 'Martin', ''] : [of('first_name'), of('last_name'), of('email')]);
  });
  const { clusters: roots } = match(population);
  const martins = new Set([...roots.keys()].filter((card) => card % 10 === 0).map((card) => roots[card]));
  expect(martins.size).toBe(300);
});

test('empty cards are nobody, and few cards are matched with what is known beforehand', () => {
  const empty = new Population(FIELDS);
  for (let card = 0; card < 50; card++) empty.add(['', '', '']);
  expect(clusters(empty)).toBe(50);
  const few = new Population(FIELDS);
  few.add(['Jean', 'Martin', 'jean.martin@orange.fr']);
  few.add(['J', 'MARTIN', 'jean.martin@orange.fr']);
  few.add(['Jeanne', 'Martin', 'jeanne.martin@orange.fr']);
  few.add(['Paul', 'Durand', 'contact@durand.example']);
  few.add(['Anne', 'Durand', 'contact@durand.example']);
  expect([...match(few).clusters]).toEqual([0, 0, 2, 3, 4]);
  expect(clusters(new Population(FIELDS))).toBe(0);
});

test('colleagues and families stay apart: what a group shares cannot tell who of them it is', () => {
  const population = new Population([
    ...FIELDS,
    { name: 'phone', kind: 'phone' },
    { name: 'street', kind: 'street' },
    { name: 'city', kind: 'city' },
  ]);
  const home = ['+33140000001', '12 rue des Lilas', 'Nantes'];
  population.add(['Paul', 'Kerbrat', '', ...home]);
  population.add(['Anne', 'Kerbrat', '', ...home]);
  population.add(['Paul', 'Kerbrat', 'paul@kerbrat.example', '', '12, r. des lilas', 'Nantes']);
  population.add(['', 'Kerbrat', '', ...home]);
  const { clusters: roots } = match(population);
  expect(roots[0]).toBe(roots[2]);
  expect(roots[1]).not.toBe(roots[0]);
});
