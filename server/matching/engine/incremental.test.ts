import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BlockIndex } from './blocking.ts';
import { cluster, type Verdict } from './cluster.ts';
import { Comparer } from './compare.ts';
import { match } from './engine.ts';
import { byChance, estimate } from './estimate.ts';
import { countHolders } from './holders.ts';
import { Incremental } from './incremental.ts';
import { keysOf } from './keys.ts';
import type { Model } from './model.ts';
import { firstPersons } from './persons.ts';
import { type Field, Population } from './population.ts';
import { Scorer } from './score.ts';
import { contactLines, HEADER } from './testing.ts';

const FIELDS: Field[] = [
  { name: 'given', kind: 'given' },
  { name: 'family', kind: 'family' },
  { name: 'email', kind: 'email' },
  { name: 'phone', kind: 'phone' },
  { name: 'organization', kind: 'organization' },
  { name: 'city', kind: 'city' },
  { name: 'birthday', kind: 'date' },
];

const columns = HEADER.split(',');
const rows = [...contactLines(400, 3)].map((line) => line.split(','));
const cell = (row: string[], name: string): string => row[columns.indexOf(name)]!;
/** More cards of one number and name than a block may hold, with different employers and towns. */
const crowd = Array.from({ length: 90 }, (_, at) => [
  'Zélie',
  'Quintrand',
  at % 3 === 0 ? `zelie${at % 7}@quintrand.example` : '',
  ['+33612345678'],
  at % 2 === 0 ? `Firme ${at % 5}` : '',
  at % 4 === 0 ? 'Lyon' : '',
  '',
]);
const values = [
  ...crowd,
  ...rows.map((row) => [
    cell(row, 'first_name'),
    cell(row, 'last_name'),
    cell(row, 'email'),
    [cell(row, 'phone'), cell(row, 'phone2')].filter((phone) => phone !== ''),
    cell(row, 'company'),
    cell(row, 'city'),
    cell(row, 'dob'),
  ]),
];

/** A population that holds every row once already, so that all runs number values alike and share one model. */
function known(): Population {
  const population = new Population(FIELDS);
  for (const one of values) population.add(one);
  return population;
}

const KNOWN = known();
const holders = countHolders(KNOWN, firstPersons(KNOWN));
const model = learn();

function learn(): Model {
  const index = new BlockIndex();
  for (let card = 0; card < KNOWN.size; card++) index.add(card, (sink) => keysOf(KNOWN, card, sink));
  const comparer = new Comparer(KNOWN, holders);
  return estimate(KNOWN, comparer, index, byChance(KNOWN, comparer, firstPersons(KNOWN), 1));
}

const scorerOf = (population: Population): Scorer => new Scorer(population, new Comparer(population, holders), model);

type Step = { kind: 'add' | 'remove'; row: number } | { kind: 'decide'; row: number; other: number; same: boolean };

const row = fc.nat(values.length - 1);
const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('add' as const), row }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('remove' as const), row }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('decide' as const), row, other: row, same: fc.boolean() }) },
  ),
  { maxLength: 200, minLength: 20, size: 'max' },
);

/** Clusters as sets of rows, whatever they are called. */
function partition(cards: Iterable<[row: number, root: unknown]>): string {
  const groups = new Map<unknown, number[]>();
  for (const [one, root] of cards) groups.set(root, [...(groups.get(root) ?? []), one]);
  return JSON.stringify([...groups.values()].map((group) => group.sort((a, b) => a - b)).sort((a, b) => a[0]! - b[0]!));
}

const THRESHOLD = -3;

/** Cards come, change, go and are decided on in any order. */
function runSteps(all: readonly Step[]): { incremental: string; full: string } {
  const population = known();
  const rowOf: number[] = values.map((_, at) => at);
  const incremental = new Incremental(population, scorerOf(population), THRESHOLD, (i, j) => rowOf[i]! - rowOf[j]!);
  const living = new Map<number, number>();
  let verdicts: { a: number; b: number; same: boolean }[] = [];
  for (const step of all) {
    const card = living.get(step.row);
    if (step.kind === 'add' && card === undefined) {
      const added = population.add(values[step.row]!);
      rowOf.push(step.row);
      living.set(step.row, added);
      incremental.add(added);
    } else if (step.kind === 'remove' && card !== undefined) {
      incremental.remove(card);
      living.delete(step.row);
      verdicts = verdicts.filter(({ a, b }) => a !== step.row && b !== step.row);
    } else if (step.kind === 'decide' && card !== undefined && step.other !== step.row && living.has(step.other)) {
      incremental.decide({ a: card, b: living.get(step.other)!, same: step.same });
      verdicts = verdicts.filter(
        (one) => !(one.same === step.same && [one.a, one.b].sort().join() === [step.row, step.other].sort().join()),
      );
      verdicts.push({ a: step.row, b: step.other, same: step.same });
    }
  }
  return {
    incremental: partition([...living].map(([one, card]) => [one, incremental.clusterOfCard(card)])),
    full: partition(
      fullRun(
        [...living.keys()].sort((a, b) => a - b),
        verdicts,
      ),
    ),
  };
}

function fullRun(living: number[], decided: readonly { a: number; b: number; same: boolean }[]): [number, number][] {
  const population = new Population(FIELDS);
  const index = new BlockIndex();
  for (const one of values) population.add(one);
  const cards = living.map((one) => population.add(values[one]!));
  for (let card = 0; card < population.size; card++)
    index.add(card, (sink) => card >= cards[0]! && keysOf(population, card, sink));
  const scorer = scorerOf(population);
  const [a, b, scores]: [number[], number[], number[]] = [[], [], []];
  for (const card of cards) {
    const others = new Set<number>();
    index.walkOlder(card, (other) => {
      others.add(other);
    });
    for (const other of others) {
      a.push(other - values.length);
      b.push(card - values.length);
      scores.push(scorer.scoreCandidate(other, card));
    }
  }
  const pairs = { length: a.length, a: Int32Array.from(a), b: Int32Array.from(b), score: Float32Array.from(scores) };
  const verdicts: Verdict[] = decided.map((one) => ({
    a: living.indexOf(one.a),
    b: living.indexOf(one.b),
    same: one.same,
  }));
  const score = (i: number, j: number): number => scorer.score(cards[i]!, cards[j]!);
  const roots = cluster(cards.length, pairs, { threshold: THRESHOLD, score, verdicts });
  return living.map((one, card) => [one, roots[card]!]);
}

test('whatever the order in which cards and verdicts come and go, the clusters are those of a full run', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const { incremental, full } = runSteps(all);
      expect(incremental).toBe(full);
    }),
    { numRuns: 40 },
  );
});

test('a crowd of cards of one person is one, in whatever order they come and go', () => {
  const order = fc.shuffledSubarray([...crowd.keys()], { minLength: 70 });
  fc.assert(
    fc.property(order, fc.shuffledSubarray([...crowd.keys()], { maxLength: 60 }), (come, go) => {
      const all: Step[] = [
        ...come.map((one) => ({ kind: 'add' as const, row: one })),
        ...go.map((one) => ({ kind: 'remove' as const, row: one })),
      ];
      const { incremental, full } = runSteps([...all, { kind: 'add', row: go[0] ?? 0 }]);
      expect(incremental).toBe(full);
      expect(JSON.parse(full)).toHaveLength(1);
    }),
    { numRuns: 25 },
  );
});

test('the score of two cards does not depend on which comes first', () => {
  const scorer = scorerOf(KNOWN);
  fc.assert(
    fc.property(row, row, (i, j) => {
      expect(scorer.score(i, j)).toBeCloseTo(scorer.score(j, i), 6);
    }),
    { numRuns: 2000 },
  );
});

test('a verdict parts for good what looks alike, and joins what does not, until it is taken back', () => {
  const population = known();
  const first = population.size;
  const same = [
    'Zélie',
    'Quintrand',
    'zelie@quintrand.example',
    ['+33612345678'],
    'Quintrand SA',
    'Lyon',
    '1980-02-03',
  ];
  const incremental = new Incremental(population, scorerOf(population), THRESHOLD, (i, j) => i - j);
  for (const one of [same, same, ['Bob', 'Marley', '', [], '', '', '']]) incremental.add(population.add(one));
  const clusters = (): number[] => [0, 1, 2].map((card) => incremental.clusterOfCard(first + card) - first);
  expect(clusters()).toEqual([0, 0, 2]);
  incremental.decide({ a: first + 0, b: first + 1, same: false });
  incremental.decide({ a: first + 2, b: first + 1, same: true });
  expect(clusters()).toEqual([0, 1, 1]);
  incremental.decide({ a: first + 0, b: first + 1, same: false }, false);
  incremental.decide({ a: first + 2, b: first + 1, same: true }, false);
  expect(clusters()).toEqual([0, 0, 2]);
});

test('of contradicting verdicts the last word counts', () => {
  const verdicts: Verdict[] = [
    { a: 0, b: 1, same: true },
    { a: 1, b: 2, same: true },
    { a: 0, b: 2, same: false },
  ];
  const nothing = { length: 0, a: new Int32Array(0), b: new Int32Array(0), score: new Float32Array(0) };
  const rules = { threshold: 0, score: () => 0 };
  expect([...cluster(3, nothing, { ...rules, verdicts })]).toEqual([0, 1, 1]);
  expect([...cluster(3, nothing, { ...rules, verdicts: verdicts.toReversed() })]).toEqual([0, 0, 0]);
});

test('a match is found in the same way every time, and every sure link is right among invented contacts', () => {
  const runs = [0, 1].map(() => {
    const population = new Population(FIELDS);
    for (const one of values) population.add(one);
    return match(population);
  });
  expect([...runs[0]!.clusters]).toEqual([...runs[1]!.clusters]);
  const { pairs, thresholds } = runs[0]!;
  const truth = [...crowd.map(() => 'crowd'), ...rows.map((one) => cell(one, 'cluster'))];
  let sure = 0;
  for (let at = 0; at < pairs.length; at++) {
    if (pairs.score[at]! < thresholds.sure) continue;
    sure++;
    expect(truth[pairs.a[at]!]).toBe(truth[pairs.b[at]!]);
  }
  expect(sure).toBeGreaterThan(50);
});
