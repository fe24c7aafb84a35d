// node tools/launch.mjs tools/train-tone.ts FOLDER [SEED]: learns the tone of messages anew and writes server/voices/reading/weights.*.json.
// FOLDER holds the sources side by side (docs/subsystems/voices-reading.md). First what is measured on examples kept aside, a line each.
import { writeFileSync } from 'node:fs';
import { corpusFolder } from '../server/formats/corpus.ts';
import { modelOf, TONES, type Tone, type Weights, weigh } from '../server/voices/reading/tone.ts';
import { tokensOf } from '../server/voices/reading/words.ts';
import { learn, type Recipe, shipped } from './tone/learn.ts';
import {
  appReviews,
  CREDITS,
  comments,
  type Example,
  type Language,
  lexiconOf,
  ownSentences,
  questions,
  read,
  rowsOf,
  subtitles,
  tweets,
} from './tone/sources.ts';

/** Missed dissatisfaction costs more than one that is suspected; who reviews an app is content more often than not. */
const PRIORS: Record<Language, Record<Tone, number>> = {
  en: { negative: 1.25, neutral: 1, positive: 1 },
  fr: { negative: 0.8, neutral: 1, positive: 1.2 },
};
const LEAST = { en: 8, fr: 3 };

function examplesOf(folder: string, language: Language): Example[] {
  const own = [...appReviews(folder, language), ...ownSentences(language)];
  return language === 'fr'
    ? [...own, ...subtitles(folder)]
    : [...own, ...tweets(folder), ...comments(folder, 'train'), ...questions(folder)];
}

const plain = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^\p{L}]+/gu, ' ')
    .trim();

/** Texts of the files that the classifier is measured on: none of five words or more is learnt from. */
function measuredTexts(): Set<string> {
  const corpus = corpusFolder();
  if (!corpus) return new Set();
  const texts = (file: string, column: number) =>
    rowsOf(read(corpus.pathname, `conversations/${file}`)).map((row) => row[column] ?? '');
  return new Set(
    [...texts('anfer__reviews_fr_1_400.csv', 0), ...texts('airline__tweets_1_800.csv', 10)]
      .map(plain)
      .filter((text) => text.split(' ').length > 4),
  );
}

/** Parts that are kept aside in turn: an app, a year of tweets, every fifth of our own lines. */
const ASIDE: Record<string, (example: Example) => boolean> = {
  'Huawei Health': ({ source }) => source === 'Huawei Health',
  'Garmin Connect': ({ source }) => source === 'Garmin Connect',
  'Samsung Health': ({ source }) => source === 'Samsung Health',
  'tweets of 2017': ({ source }) => source === 'tweets of 2017',
  'own lines, every fifth': ({ source }) => source.startsWith('own') && Number(/\d+/.exec(source)![0]) % 5 === 0,
};

function judge(
  weights: Weights,
  examples: readonly Example[],
): { f1: number; confusion: number[][]; surprise: (scale: number) => number } {
  const confusion = TONES.map(() => TONES.map(() => 0));
  const model = modelOf(weights);
  const shares = examples.map(({ text, tone }) => {
    const { reading } = weigh(text, tokensOf(text), model);
    confusion[TONES.indexOf(tone)]![TONES.indexOf(reading.tone)]!++;
    return { right: reading.shares[tone], all: TONES.map((one) => reading.shares[one]) };
  });
  const present = TONES.map((_, tone) => tone).filter((tone) => confusion[tone]!.some((count) => count > 0));
  const scores = present.map(
    (tone) =>
      (2 * confusion[tone]![tone]!) /
      (confusion[tone]!.reduce((a, b) => a + b) + confusion.reduce((sum, row) => sum + row[tone]!, 0)),
  );
  return {
    f1: scores.reduce((sum, score) => sum + score, 0) / scores.length,
    confusion,
    surprise: (scale) =>
      shares.reduce(
        (sum, { right, all }) =>
          sum - scale * Math.log(right) + Math.log(all.reduce((whole, share) => whole + share ** scale, 0)),
        0,
      ) / shares.length,
  };
}

/** As the formatter has it, with what the weights were learnt from. */
const written = (language: Language, { bias, ...weights }: Weights): string =>
  `${JSON.stringify({ sources: CREDITS[language], bias: 0, ...weights }, null, 2).replace('"bias": 0', `"bias": [${bias.join(', ')}]`)}\n`;

function train(folder: string, language: Language, seed: number): void {
  const measured = measuredTexts();
  const all = examplesOf(folder, language);
  const examples = all.filter(({ text }) => !measured.has(plain(text)));
  const lexicon = lexiconOf(folder, language);
  const recipe: Recipe = { seed, least: LEAST[language], prior: PRIORS[language] };
  process.stdout.write(
    `${language}\t${examples.length} examples\t${all.length - examples.length} also measured, left out\tseed ${seed}\n`,
  );
  const surprises: ((scale: number) => number)[] = [];
  for (const [name, aside] of Object.entries(ASIDE)) {
    const kept = examples.filter(aside);
    if (kept.length === 0) continue;
    const { f1, confusion, surprise } = judge(
      shipped(
        learn(
          examples.filter((one) => !aside(one)),
          lexicon,
          recipe,
        ),
      ),
      kept,
    );
    surprises.push(surprise);
    process.stdout.write(`${language}\t${name}\tmacro-F1 ${f1.toFixed(3)}\t${JSON.stringify(confusion)}\n`);
  }
  const scales = Array.from({ length: 26 }, (_, at) => 0.5 + at / 10);
  const total = (scale: number) => surprises.reduce((sum, surprise) => sum + surprise(scale), 0);
  const scale = scales.reduce((best, one) => (total(one) < total(best) ? one : best));
  const weights = shipped(learn(examples, lexicon, recipe), scale);
  writeFileSync(
    new URL(`../server/voices/reading/weights.${language}.json`, import.meta.url),
    written(language, weights),
  );
  process.stdout.write(`${language}\t${weights.features.split('\n').length} features\tscale ${scale}\n`);
}

const [folder, seed = '1'] = process.argv.slice(2);
if (!folder) {
  process.stderr.write('train-tone FOLDER [SEED]\n');
  process.exitCode = 2;
} else for (const language of ['fr', 'en'] as const) train(folder, language, Number(seed));
