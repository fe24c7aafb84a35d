/** Logistic regression over the features of a text, learnt by stochastic gradient steps (AdaGrad); the same seed gives the same weights. */
import { type Feature, featuresOf } from '../../server/voices/reading/features.ts';
import { randomOf } from '../../server/voices/reading/simulated.ts';
import { EVENNESS, TONES, type Tone, type Weights } from '../../server/voices/reading/tone.ts';
import { tokensOf } from '../../server/voices/reading/words.ts';
import type { Example } from './sources.ts';

export interface Recipe {
  seed: number;
  /** Examples in which something must occur to be counted. */
  least: number;
  /** What an example of each tone counts for once all tones count alike. */
  prior: Record<Tone, number>;
}

const ROUNDS = 6;
/** The mean of the last rounds is kept: it hangs less on the order of the examples. */
const AVERAGED = 4;
const STEP = 0.1;

/** A model while it is learnt: the weight of a feature for each tone. */
export interface Model {
  index: Map<string, number>;
  weights: Float64Array[];
  bias: number[];
}

interface Read {
  ids: Int32Array;
  values: Float64Array;
  tone: number;
  weight: number;
}

const namesOf = (text: string): Set<string> => new Set(featuresOf(tokensOf(text)).map(({ name }: Feature) => name));

/** What of a text is in the lexicon, as four further features: glad and sad, turned or not. */
function feltIn(names: Iterable<string>, lexicon: Map<string, number>): Map<string, number> {
  const felt = new Map<string, number>();
  for (const name of names) {
    const turned = name.startsWith('¬');
    const value = lexicon.get(turned ? name.slice(1) : name);
    if (value === undefined) continue;
    const key = feltName(turned, value);
    felt.set(key, (felt.get(key) ?? 0) + Math.abs(value));
  }
  return felt;
}

const feltName = (turned: boolean, value: number): string =>
  `${turned ? '¬' : ''}${value > 0 ? '\u0001glad' : '\u0001sad'}`;
const FELT = ['\u0001glad', '\u0001sad', '¬\u0001glad', '¬\u0001sad'];

/** Learns from the examples. Names of people are no features: words that are written with a capital within sentences most of the time. */
export function learn(examples: readonly Example[], lexicon: Map<string, number>, recipe: Recipe): Model {
  const names = examples.map(({ text }) => namesOf(text));
  const index = vocabularyOf(names, lexicon, properNames(examples), recipe.least);
  const weightOf = evened(examples, recipe.prior);
  const read = examples.map((example, at): Read => {
    const known = [...names[at]!].flatMap((name) => index.get(name) ?? []);
    const evenness = Math.max(1, known.length) ** -EVENNESS;
    const felt = [...feltIn(names[at]!, lexicon)].map(([name, value]) => [index.get(name)!, value] as const);
    return {
      ids: Int32Array.from([...known, ...felt.map(([id]) => id)]),
      values: Float64Array.from(
        [...known.map(() => 1), ...felt.map(([, value]) => value)],
        (value) => value * evenness,
      ),
      tone: TONES.indexOf(example.tone),
      weight: weightOf(example),
    };
  });
  return withLexicon(descend(read, index, recipe.seed), lexicon);
}

function vocabularyOf(
  names: readonly Set<string>[],
  lexicon: Map<string, number>,
  proper: Set<string>,
  least: number,
): Map<string, number> {
  const seen = new Map<string, number>();
  for (const set of names) for (const name of set) seen.set(name, (seen.get(name) ?? 0) + 1);
  const kept = [...seen].filter(
    ([name, count]) => count >= least && !name.split(' ').some((word) => proper.has(word.replace('¬', ''))),
  );
  return new Map(
    [...new Set([...kept.map(([name]) => name), ...lexicon.keys(), ...FELT])].map((name, id) => [name, id]),
  );
}

/** Words that stand with a capital, within a sentence, in most of their occurrences. */
function properNames(examples: readonly Example[]): Set<string> {
  const seen = new Map<string, [capital: number, all: number]>();
  for (const { text } of examples) {
    const tokens = tokensOf(text);
    tokens.forEach((token, at) => {
      if (token.kind !== 'word' || token.loud || tokens[at - 1]?.kind !== 'word') return;
      const counts = seen.get(token.form) ?? seen.set(token.form, [0, 0]).get(token.form)!;
      if (/^\p{Lu}/u.test(text.slice(token.start))) counts[0]++;
      counts[1]++;
    });
  }
  return new Set(
    [...seen].filter(([form, [capital, all]]) => capital / all > 0.6 && form !== 'i').map(([form]) => form),
  );
}

function evened(examples: readonly Example[], prior: Record<Tone, number>): (example: Example) => number {
  const sums = new Map<Tone, number>();
  for (const { tone, weight } of examples) sums.set(tone, (sums.get(tone) ?? 0) + weight);
  const mean = [...sums.values()].reduce((sum, one) => sum + one, 0) / TONES.length;
  return ({ tone, weight }) => (weight * mean * prior[tone]) / sums.get(tone)!;
}

function descend(read: readonly Read[], index: Map<string, number>, seed: number): Model {
  const size = index.size;
  const weights = TONES.map(() => new Float64Array(size + 1));
  const steps = TONES.map(() => new Float64Array(size + 1).fill(0.01));
  const means = TONES.map(() => new Float64Array(size + 1));
  const random = randomOf(seed);
  const order = read.map((_, at) => at);
  for (let round = 0; round < ROUNDS; round++) {
    for (let at = order.length - 1; at > 0; at--) {
      const other = Math.floor(random() * (at + 1));
      [order[at], order[other]] = [order[other]!, order[at]!];
    }
    for (const at of order) step(read[at]!, weights, steps, size);
    if (round >= ROUNDS - AVERAGED)
      means.forEach((row, tone) => {
        weights[tone]!.forEach((value, id) => {
          row[id]! += value / AVERAGED;
        });
      });
  }
  return { index, weights: means.map((row) => row.subarray(0, size)), bias: means.map((row) => row[size]!) };
}

function step({ ids, values, tone, weight }: Read, weights: Float64Array[], steps: Float64Array[], bias: number): void {
  const sums = weights.map((row) => ids.reduce((sum, id, at) => sum + row[id]! * values[at]!, row[bias]!));
  const most = Math.max(...sums);
  const shares = sums.map((sum) => Math.exp(sum - most));
  const whole = shares.reduce((sum, share) => sum + share, 0);
  weights.forEach((row, one) => {
    const slope = weight * (shares[one]! / whole - (one === tone ? 1 : 0));
    const past = steps[one]!;
    const move = (id: number, gradient: number) => {
      past[id]! += gradient * gradient;
      row[id]! -= (STEP * gradient) / Math.sqrt(past[id]!);
    };
    ids.forEach((id, at) => {
      move(id, slope * values[at]!);
    });
    move(bias, slope);
  });
}

/** The same model without the lexicon's features: their weights go to its words. */
function withLexicon({ index, weights, bias }: Model, lexicon: Map<string, number>): Model {
  for (const row of weights)
    for (const [name, id] of index) {
      const turned = name.startsWith('¬');
      const value = lexicon.get(turned ? name.slice(1) : name);
      if (value !== undefined) row[id]! += Math.abs(value) * row[index.get(feltName(turned, value))!]!;
    }
  for (const name of FELT) for (const row of weights) row[index.get(name)!] = 0;
  return { index, weights, bias };
}

/** Weights as they are shipped: three octets a feature, what weighs next to nothing left out. `scale` sets how sure the model says to be. */
export function shipped({ index, weights, bias }: Model, scale = 1): Weights {
  const centred = (values: number[]) =>
    values.map((value) => value - values.reduce((sum, one) => sum + one, 0) / TONES.length);
  const rows = [...index].map(([name, id]) => ({ name, values: centred(weights.map((row) => row[id]!)) }));
  const unit = rows.reduce((most, { values }) => Math.max(most, ...values.map(Math.abs)), 0) / 127;
  const kept = rows
    .filter(({ values }) => values.some((value) => Math.abs(value) >= 1.5 * unit))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const octets = Int8Array.from(kept.flatMap(({ values }) => values.map((value) => Math.round(value / unit))));
  return {
    unit: unit * scale,
    bias: centred(bias).map((value) => value * scale),
    features: kept.map(({ name }) => name).join('\n'),
    weights: Buffer.from(octets.buffer).toString('base64'),
  };
}
