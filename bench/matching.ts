import { spawn } from 'node:child_process';
import { createReadStream, createWriteStream, existsSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { root } from '../server/kernel/root.ts';
import { find } from '../server/matching/engine/cluster.ts';
import {
  evaluateClusters,
  evaluatePairs,
  Incremental,
  type MatchResult,
  match,
} from '../server/matching/engine/index.ts';
import { contactLines, HEADER } from '../server/matching/engine/testing.ts';
import type { FileCards } from '../server/matching/file-cards.ts';
import { readCards } from '../server/matching/files.ts';
import { readCardsOnTwo } from '../server/matching/halves.ts';
import { matchOnTwo, Second } from '../server/matching/threads.ts';
import { median, print, quantile, seconds } from './figures.ts';

export const about =
  'the matching engine: F1 and precision against the truth (real sets where they lie, invented ones else), time and memory to 1,000,000 cards';

const data = join(root, '../shared/data/matching');
const seeds = [1, 2, 3];

interface Set {
  name: string;
  file: string;
  truth: { column: string; pattern: RegExp | undefined };
  /** Least F1 of the clusters that was promised. */
  asked?: number;
}

const cluster = { column: 'cluster', pattern: undefined };
const febrl = { column: 'rec_id', pattern: /rec-(\d+)/ };

const SETS: Set[] = [
  { name: 'fake_1000', file: 'fake_1000.csv', truth: cluster, asked: 0.93 },
  { name: 'FEBRL 1', file: 'dataset1.csv', truth: febrl },
  { name: 'FEBRL 2', file: 'dataset2.csv', truth: febrl },
  { name: 'FEBRL 3', file: 'dataset3.csv', truth: febrl, asked: 0.998 },
  { name: 'French contacts, 10,000', file: 'contacts_10000.csv.gz', truth: cluster },
  { name: 'French contacts, 100,000', file: 'contacts_100000.csv.gz', truth: cluster, asked: 0.91 },
];

function source(path: string) {
  const bytes = () => createReadStream(path, { highWaterMark: 1 << 18 });
  return path.endsWith('.gz') ? () => bytes().pipe(createGunzip()) : bytes;
}

function read(path: string, truth: Set['truth']): Promise<FileCards> {
  return readCards([{ name: path.replace(/\.gz$/, ''), source: source(path) }], {
    country: 'FR',
    compare: new Map(),
    truth,
  });
}

function numbers(texts: readonly string[]): Int32Array {
  const seen = new Map<string, number>();
  return Int32Array.from(texts, (text) => {
    if (!seen.has(text)) seen.set(text, seen.size);
    return seen.get(text)!;
  });
}

/** What exact keys can do: one e-mail, one phone or one full name in common is one person. */
function exactKeys({ population }: FileCards): Int32Array {
  const roots = new Int32Array(population.size).map((_, card) => card);
  const holder = new Map<number, number>();
  for (let card = 0; card < population.size; card++) {
    const keys = [...population.list(card, population.emails)].map((id) => id * 2);
    keys.push(...[...population.list(card, population.phones)].map((id) => id * 2 + 1));
    const [given, family] = [population.value(card, population.given), population.value(card, population.family)];
    if (given >= 0 && family >= 0) keys.push(-1 - (given * 0x2000000 + family));
    for (const key of keys) {
      const other = holder.get(key);
      if (other === undefined) holder.set(key, card);
      else roots[find(roots, card)] = find(roots, other);
    }
  }
  return roots.map((_, card) => find(roots, card));
}

function quality(name: string, cards: FileCards, results: readonly MatchResult[], asked?: number): void {
  const truth = numbers(cards.truth);
  const f1 = results.map(({ clusters }) => evaluateClusters(clusters, truth).f1);
  const sure = results.map(({ pairs, thresholds }) => evaluatePairs(pairs, truth, thresholds.sure));
  const shown = f1.map((one) => one.toFixed(4)).join(' ');
  print({
    name: `${name}: cluster F1, threshold of the engine (seeds: ${shown})`,
    measured: Math.min(...f1),
    unit: '',
    atLeast: asked,
  });
  print({
    name: `${name}: cluster F1 of exact keys, the yardstick`,
    measured: evaluateClusters(exactKeys(cards), truth).f1,
    unit: '',
  });
  print({
    name: `${name}: precision of links made without asking`,
    measured: Math.min(...sure.map((one) => one.precision)),
    unit: '',
    atLeast: 0.998,
  });
  print({
    name: `${name}: share of the true pairs that they find`,
    measured: median(sure.map((one) => one.recall)),
    unit: '',
  });
}

async function generate(folder: string, count: number): Promise<string> {
  const file = join(folder, `${count}.csv`);
  function* text(): Generator<string> {
    let part = `${HEADER}\n`;
    for (const line of contactLines(count, 1)) {
      part += `${line}\n`;
      if (part.length < 1 << 18) continue;
      yield part;
      part = '';
    }
    yield part;
  }
  await pipeline(Readable.from(text()), createWriteStream(file));
  return file;
}

const tellPeak = `data:text/javascript,process.on('exit',()=>{const u=process.resourceUsage();process.stderr.write('peak '+u.maxRSS+' '+u.userCPUTime)})`;

/** The command as a user runs it, from the file to the file of clusters. */
async function command(file: string): Promise<{ seconds: number; user: number; peak: number }> {
  const child = spawn(process.execPath, ['--import', tellPeak, 'cli/main.ts', 'match', file, '--out', `${file}.out`], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let told = '';
  child.stderr.on('data', (piece) => {
    told += piece;
  });
  const taken = await seconds(() => new Promise((done) => child.on('close', done)));
  const [, peak, user] = /peak (\d+) (\d+)$/.exec(told) ?? [];
  return { seconds: taken, user: Number(user) / 1e6, peak: Number(peak) / 1024 };
}

/** One card after the other against all that are there. */
function incremental(cards: FileCards, result: MatchResult): void {
  const { population } = cards;
  const one = new Incremental(population, result.scorer, result.thresholds.sure, (i, j) => i - j);
  for (let card = 0; card < population.size - 2000; card++) one.add(card);
  const times: number[] = [];
  for (let card = population.size - 2000; card < population.size; card++) {
    const began = performance.now();
    one.add(card);
    times.push(performance.now() - began);
  }
  const size = population.size.toLocaleString('en');
  print({ name: `one new card against ${size}, in the engine, median`, measured: median(times), unit: 'ms', asked: 5 });
  print({
    name: `one new card against ${size}, in the engine, p99`,
    measured: quantile(times, 0.99),
    unit: 'ms',
    asked: 5,
  });
}

async function scale(folder: string, count: number, asked: { engine: number; peak?: number }): Promise<number> {
  const file = await generate(folder, count);
  const name = `invented contacts, ${count.toLocaleString('en')}`;
  const whole = await command(file);
  const second = Second.isPossible() ? new Second() : undefined;
  let cards: FileCards | undefined;
  const reading = await seconds(async () => {
    const input = { name: file, path: file, source: source(file) };
    cards = await readCardsOnTwo([input], { country: 'FR', compare: new Map(), truth: cluster }, second);
  });
  let result: MatchResult | undefined;
  const matching = await seconds(async () => {
    result = await matchOnTwo(cards!.population, second);
  });
  await second?.close();
  quality(name, cards!, [result!], count === 1_000_000 ? 0.82 : undefined);
  print({ name: `${name}: read from CSV`, measured: reading, unit: 's' });
  print({ name: `${name}: matched`, measured: matching, unit: 's', asked: asked.engine });
  print({ name: `${name}: the whole command, file to file`, measured: whole.seconds, unit: 's', asked: asked.engine });
  print({ name: `${name}: the whole command, processor time of all threads`, measured: whole.user, unit: 's' });
  print({ name: `${name}: the whole command, memory`, measured: whole.peak, unit: 'MB', asked: asked.peak });
  if (count >= 1_000_000) incremental(cards!, result!);
  return matching;
}

export async function run(args: readonly string[]): Promise<void> {
  for (const { name, file, truth, asked } of SETS) {
    const path = join(data, file);
    if (!existsSync(path)) continue;
    const cards = await read(path, truth);
    quality(
      name,
      cards,
      seeds.map((seed) => match(cards.population, { seed })),
      asked,
    );
  }
  const folder = join(tmpdir(), `entregent-bench-${process.pid}`);
  mkdirSync(folder);
  try {
    const small = await scale(folder, 10_000, { engine: 3 });
    await scale(folder, 100_000, { engine: 3 });
    if (args.includes('--small')) return;
    const large = await scale(folder, 1_000_000, { engine: 15, peak: 1500 });
    const growth = large / small / ((1_000_000 * Math.log(1_000_000)) / (10_000 * Math.log(10_000)));
    print({ name: 'time at 1,000,000 over that at 10,000, over n log n', measured: growth, unit: '×', asked: 1 });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
