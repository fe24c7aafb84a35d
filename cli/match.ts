import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { countryCode } from '../server/formats/normalise/address.ts';
import { pickLocale, type Translate, translator } from '../server/kernel/messages.ts';
import {
  bestThreshold,
  evaluateClusters,
  evaluatePairs,
  type FieldKind,
  type MatchResult,
  probability,
  type Quality,
} from '../server/matching/engine/index.ts';
import type { FileCards } from '../server/matching/file-cards.ts';
import { MatchProblem } from '../server/matching/files.ts';
import { readCardsOnTwo } from '../server/matching/halves.ts';
import { matchOnTwo, Second } from '../server/matching/threads.ts';
import { language } from './language.ts';
import { reason } from './reason.ts';

const KINDS: readonly FieldKind[] = [
  'given',
  'family',
  'email',
  'phone',
  'organization',
  'street',
  'postcode',
  'city',
  'date',
  'identifier',
  'text',
  'category',
];

interface Arguments {
  files: string[];
  country: string;
  out: string | undefined;
  pairs: string | undefined;
  explain: [string, string] | undefined;
  compare: Map<string, FieldKind>;
  truth: { column: string; pattern: RegExp | undefined } | undefined;
  seed: number;
}

/**
 * `entregent match FILE… [--out clusters.csv] [--pairs pairs.csv] [--explain A B] [--truth COLUMN[:REGEX]]
 * [--compare COLUMN:KIND]… [--country FR] [--seed 1]`: finds duplicates in contact files, without a database.
 *
 * @returns exit code: 0, or 2 when a file could not be read or the arguments are wrong
 */
export async function run(args: string[]): Promise<number> {
  // Millions of short-lived strings: a wide nursery spares a fifth of the time.
  setFlagsFromString('--max-semi-space-size=64');
  const t = translator(pickLocale(language()));
  const parsed = parse(args, t);
  if (args.includes('--help')) {
    process.stdout.write(`${t('match.usage')}\n`);
    return 0;
  }
  if (typeof parsed === 'string') return fail(parsed);
  const second = Second.isPossible() ? new Second() : undefined;
  try {
    const files = parsed.files.map((file) => ({
      name: basename(file),
      path: file,
      source: () => createReadStream(file, { highWaterMark: 1 << 18 }),
    }));
    const cards = await readCardsOnTwo(files, parsed, second);
    const result = await matchOnTwo(cards.population, second, { seed: parsed.seed });
    await second?.close();
    if (parsed.explain) return explain(cards, result, parsed.explain, t);
    const name = parsed.files.length > 1;
    if (parsed.out) await writeLines(parsed.out, clusterLines(cards, result, name));
    if (parsed.pairs) await writeLines(parsed.pairs, pairLines(cards, result, name));
    process.stdout.write(`${summary(cards, result, t).join('\n')}\n`);
    if (parsed.truth) process.stdout.write(`${truthLines(cards, result, t).join('\n')}\n`);
    return 0;
  } catch (error) {
    if (error instanceof MatchProblem) return fail(t(`match.${error.code}`, error.details));
    const { path } = error as NodeJS.ErrnoException;
    return fail(`${path === undefined ? '' : `${path}: `}${reason(error, t)}`);
  } finally {
    await second?.close();
  }
}

function fail(message: string): number {
  process.stderr.write(`${message}\n`);
  return 2;
}

function parse(args: string[], t: Translate): Arguments | string {
  try {
    const { values, positionals } = parseArgs({
      args: pairUp(args),
      allowPositionals: true,
      options: {
        out: { type: 'string' },
        pairs: { type: 'string' },
        explain: { type: 'string' },
        truth: { type: 'string' },
        compare: { type: 'string', multiple: true, default: [] },
        country: { type: 'string', default: 'FR' },
        seed: { type: 'string', default: '1' },
      },
    });
    const country = countryCode(values.country);
    if (!country) return t('read.country', { country: values.country });
    if (positionals.length === 0 || !/^\d{1,9}$/.test(values.seed)) return t('match.usage');
    const compare = new Map<string, FieldKind>();
    for (const one of values.compare) {
      const [column, kind] = cutLast(one);
      if (!KINDS.includes(kind as FieldKind)) return t('match.kind', { kind, kinds: KINDS.join(', ') });
      compare.set(column, kind as FieldKind);
    }
    const [a, b] = values.explain?.split('\0') ?? [];
    return {
      files: positionals,
      country,
      out: values.out,
      pairs: values.pairs,
      explain: a !== undefined && b !== undefined ? [a, b] : undefined,
      compare,
      truth: values.truth === undefined ? undefined : truthOf(values.truth),
      seed: Number(values.seed),
    };
  } catch (error) {
    return error instanceof SyntaxError ? t('match.regex', { message: error.message }) : t('match.usage');
  }
}

/** `--explain A B` takes two values; `parseArgs` knows options of one. */
function pairUp(args: readonly string[]): string[] {
  const at = args.indexOf('--explain');
  if (at < 0 || at + 2 >= args.length) return [...args];
  return [...args.slice(0, at + 1), `${args[at + 1]}\0${args[at + 2]}`, ...args.slice(at + 3)];
}

function cutLast(text: string): [string, string] {
  const at = text.lastIndexOf(':');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function truthOf(text: string): { column: string; pattern: RegExp | undefined } {
  const at = text.indexOf(':');
  return at < 0
    ? { column: text, pattern: undefined }
    : { column: text.slice(0, at), pattern: new RegExp(text.slice(at + 1)) };
}

const cell = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

function* clusterLines(cards: FileCards, result: MatchResult, named: boolean): Generator<string> {
  yield [...(named ? ['file'] : []), cell(cards.idName), 'cluster'].join(',');
  for (let card = 0; card < cards.population.size; card++) {
    const { file, id } = cards.places.of(card);
    const { id: cluster } = cards.places.of(result.clusters[card]!);
    yield [...(named ? [cell(file)] : []), cell(id), named ? result.clusters[card]! : cell(cluster)].join(',');
  }
}

function* pairLines(cards: FileCards, result: MatchResult, named: boolean): Generator<string> {
  const side = (letter: string): string[] => [...(named ? [`file_${letter}`] : []), `${cards.idName}_${letter}`];
  yield [...side('a'), ...side('b'), 'probability', 'decision'].map(cell).join(',');
  const { pairs, thresholds } = result;
  const order = Int32Array.from({ length: pairs.length }, (_, at) => at).sort(
    (x, y) => pairs.score[y]! - pairs.score[x]!,
  );
  for (const at of order) {
    const score = pairs.score[at]!;
    const decision = score >= thresholds.sure ? 'sure' : score >= thresholds.same ? 'same' : 'doubtful';
    const place = (card: number): string[] => [
      ...(named ? [cell(cards.places.of(card).file)] : []),
      cell(cards.places.of(card).id),
    ];
    yield [...place(pairs.a[at]!), ...place(pairs.b[at]!), probability(score).toFixed(5), decision].join(',');
  }
}

async function writeLines(path: string, lines: Iterable<string>): Promise<void> {
  const file = await open(path, 'w');
  try {
    let text = '';
    for (const line of lines) {
      text += `${line}\n`;
      if (text.length < 1 << 20) continue;
      await file.write(text);
      text = '';
    }
    await file.write(text);
  } finally {
    await file.close();
  }
}

function summary(cards: FileCards, result: MatchResult, t: Translate): string[] {
  const { size } = cards.population;
  const roots = new Set(result.clusters);
  const { score } = result.pairs;
  const sure = score.reduce((count, one) => count + (one >= result.thresholds.sure ? 1 : 0), 0);
  const doubtful = score.reduce((count, one) => count + (one < result.thresholds.same ? 1 : 0), 0);
  const used = cards.columns.filter((column) => column.used !== '' && column.used !== 'id' && column.used !== 'truth');
  return [
    ...(used.length > 0
      ? [t('match.columns', { columns: used.map(({ header, used: kind }) => `${header} (${kind})`).join(', ') })]
      : []),
    t('match.found', { cards: size, clusters: roots.size, duplicates: size - roots.size }),
    t('match.links', { sure, doubtful }),
    ...(result.model.converged ? [] : [t('match.notConverged')]),
  ];
}

function truthLines(cards: FileCards, result: MatchResult, t: Translate): string[] {
  const numbers = new Map<string, number>();
  const truth = Int32Array.from(cards.truth, (one) => {
    if (one === '') return -1;
    if (!numbers.has(one)) numbers.set(one, numbers.size);
    return numbers.get(one)!;
  });
  const { pairs, thresholds, clusters, scorer } = result;
  const byPairs = bestThreshold(pairs, truth);
  const byClusters = bestThreshold(pairs, truth, (i, j) => scorer.score(i, j));
  const line = (what: string, threshold: number, { precision, recall, f1 }: Quality): string =>
    [
      what,
      `P ${precision.toFixed(4)}`,
      `R ${recall.toFixed(4)}`,
      `F1 ${f1.toFixed(4)}`,
      probability(threshold).toFixed(4),
    ].join('\t');
  return [
    t('match.truth'),
    line(t('match.ownPairs'), thresholds.same, evaluatePairs(pairs, truth, thresholds.same)),
    line(t('match.ownClusters'), thresholds.same, evaluateClusters(clusters, truth)),
    line(t('match.bestPairs'), byPairs.threshold, byPairs.quality),
    line(t('match.bestClusters'), byClusters.threshold, byClusters.quality),
    line(t('match.sureLinks'), thresholds.sure, evaluatePairs(pairs, truth, thresholds.sure)),
  ];
}

/** A column of its own goes by its own name. */
function featureName(feature: string, t: Translate): string {
  return FEATURES.has(feature) ? t(`match.feature.${feature}`) : feature;
}

const FEATURES = new Set([
  'given',
  'family',
  'email',
  'phone',
  'organization',
  'address',
  'birthday',
  'title',
  'identifier',
  'birthplace',
  'gender',
  'occupation',
]);

function explain(cards: FileCards, result: MatchResult, ids: [string, string], t: Translate): number {
  const [a, b] = ids.map((id) => cards.places.find(id)) as [number, number];
  const missing = ids.find((_, at) => [a, b][at]! < 0);
  if (missing !== undefined) return fail(t('match.noRow', { id: missing }));
  const { prior, evidence, groupCap, score, probability: chance } = result.scorer.explain(a, b);
  const bits = (weight: number): string => `${weight >= 0 ? '+' : '−'}${Math.abs(weight).toFixed(1)}`;
  const lines = [
    `${bits(prior)}\t${t('match.prior', { count: cards.population.size })}`,
    ...evidence.map(
      (one) =>
        `${bits(one.weight)}\t${featureName(one.feature, t)}: ${t(`match.level.${one.level.replaceAll(/[ ,]+/g, '_')}`)}${
          Math.abs(one.frequency) < 0.5
            ? ''
            : ` (${t(one.frequency > 0 ? 'match.rare' : 'match.frequent', { bits: bits(one.frequency) })})`
        }`,
    ),
    ...(groupCap < -0.05 ? [`${bits(groupCap)}\t${t('match.groupCap')}`] : []),
    `= ${bits(score)}\t${t('match.chance', { chance: (chance * 100).toFixed(chance > 0.99 || chance < 0.01 ? 3 : 1) })}`,
    result.clusters[a] === result.clusters[b] ? t('match.together') : t('match.apart'),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  return 0;
}
