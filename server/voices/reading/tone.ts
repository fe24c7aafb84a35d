import { featuresOf } from './features.ts';
import type { Language } from './language.ts';
import english from './weights.en.json' with { type: 'json' };
import french from './weights.fr.json' with { type: 'json' };
import { type Token, tokensOf } from './words.ts';

export const TONES = ['negative', 'neutral', 'positive'] as const;
export type Tone = (typeof TONES)[number];

/** Words of a message that weighed, as they stand in it. */
export interface Weighed {
  text: string;
  start: number;
  end: number;
  /** How much they speak for what was decided; below 0: against it. */
  weight: number;
}

export interface ToneReading {
  tone: Tone;
  /** The share of `tone`, 0 to 1. A third means that nothing in the message says anything. */
  confidence: number;
  shares: Record<Tone, number>;
  /** The strongest first, five at most. */
  why: Weighed[];
}

/** Weights as `tools/train-tone.ts` writes them: three octets (one a tone) for each feature, in units. */
export interface Weights {
  unit: number;
  bias: number[];
  /** One a line. */
  features: string;
  /** Base64. */
  weights: string;
}

interface Model {
  ids: Map<string, number>;
  octets: Int8Array;
  unit: number;
  bias: number[];
}

/** A message of n known features weighs each by n to the minus this, so that long ones are not surer by length alone. */
export const EVENNESS = 0.4;
const MOST_WHY = 5;

export function modelOf({ unit, bias, features, weights }: Weights): Model {
  const octets = Buffer.from(weights, 'base64');
  return {
    ids: new Map(features.split('\n').map((name, id) => [name, id])),
    octets: new Int8Array(octets.buffer, octets.byteOffset, octets.length),
    unit,
    bias,
  };
}

const models: { fr?: Model; en?: Model } = {};
const modelFor = (language: 'fr' | 'en'): Model => {
  models[language] ??= modelOf(language === 'fr' ? french : english);
  return models[language];
};

/**
 * How a message sounds. It learns nothing and knows no context: irony is read as it is written. Of a language other than French
 * and English, emoji and marks are read only.
 */
export function toneOf(text: string, language: Language): ToneReading {
  const tokens = tokensOf(text);
  if (language === 'fr' || language === 'en') return weigh(text, tokens, modelFor(language)).reading;
  const read =
    language === 'other'
      ? tokens.map((token): Token => (token.kind === 'word' ? { ...token, kind: 'break' } : token))
      : tokens;
  const [fr, en] = [weigh(text, read, modelFor('fr')), weigh(text, read, modelFor('en'))];
  return (en.known > fr.known ? en : fr).reading;
}

const SILENT: ToneReading = {
  tone: 'neutral',
  confidence: 1 / 3,
  shares: { negative: 1 / 3, neutral: 1 / 3, positive: 1 / 3 },
  why: [],
};

/** The same by given weights; `known` says how many features the model knows. */
export function weigh(
  text: string,
  tokens: readonly Token[],
  { ids, octets, unit, bias }: Model,
): { reading: ToneReading; known: number } {
  const features = featuresOf(tokens).filter(({ name }) => ids.has(name));
  const known = [...new Map(features.map((feature) => [feature.name, feature])).values()];
  const evenness = unit * Math.max(1, known.length) ** -EVENNESS;
  const weightOf = (name: string, tone: number) => octets[ids.get(name)! * TONES.length + tone]! * evenness;
  if (known.every(({ name }) => name.startsWith('#'))) return { reading: SILENT, known: 0 };
  const sums = TONES.map((_, tone) => known.reduce((sum, { name }) => sum + weightOf(name, tone), bias[tone]!));
  const most = Math.max(...sums);
  const powers = sums.map((sum) => Math.exp(sum - most));
  const whole = powers.reduce((sum, power) => sum + power, 0);
  const tone = sums.indexOf(most);
  const [negative, neutral, positive] = powers.map((power) => power / whole) as [number, number, number];
  const credits = new Float64Array(tokens.length);
  for (const { name, from, to } of known)
    if (!name.startsWith('#'))
      for (let at = from; at <= to; at++) credits[at]! += weightOf(name, tone) / (to - from + 1);
  return {
    reading: {
      tone: TONES[tone]!,
      confidence: 1 / whole,
      shares: { negative, neutral, positive },
      why: phrasesOf(text, tokens, credits),
    },
    known: known.length,
  };
}

/** Neighbours that weigh to the same side are one phrase. */
function phrasesOf(text: string, tokens: readonly Token[], credits: Float64Array): Weighed[] {
  const least = 0.1 * credits.reduce((most, credit) => Math.max(most, Math.abs(credit)), 0);
  const found: Weighed[] = [];
  let last = -2;
  tokens.forEach(({ start, end }, at) => {
    const weight = credits[at]!;
    if (weight === 0 || Math.abs(weight) < least) return;
    const before = found.at(-1);
    if (before && last === at - 1 && Math.sign(before.weight) === Math.sign(weight) && end - before.start <= 40) {
      before.end = end;
      before.weight += weight;
      before.text = text.slice(before.start, end);
    } else found.push({ text: text.slice(start, end), start, end, weight });
    last = at;
  });
  return found.sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight) || a.start - b.start).slice(0, MOST_WHY);
}
