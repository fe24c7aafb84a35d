/**
 * What tone is learnt from, each with its licence (docs/subsystems/voices-reading.md). None of it is kept in the project: the
 * repositories are laid side by side in one folder, by name.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tone } from '../../server/voices/reading/tone.ts';
import { fold } from '../../server/voices/reading/words.ts';

export type Language = 'fr' | 'en';

/** A text whose tone is known. */
export interface Example {
  text: string;
  tone: Tone;
  source: string;
  weight: number;
}

/** Whom the weights are owed to; it stands in the files themselves, which are shipped. */
export const CREDITS: Record<Language, readonly string[]> = {
  fr: [
    'mini-bar: bilingual app reviews, Jialiang Wei and others, 2023, MIT',
    'XED, Emily Öhman and others, 2020, CC BY 4.0',
    'Pattern, subjectivity lexicon for French, Tom De Smedt and Walter Daelemans, PDDL',
    "sentences of Entregent's own, CC0",
  ],
  en: [
    'SemEval-2017 task 4 A, Sara Rosenthal, Noura Farra and Preslav Nakov, CC BY 3.0',
    'GoEmotions, Dorottya Demszky and others, 2020, CC BY 4.0',
    'Banking77, Iñigo Casanueva and others, 2020, CC BY 4.0',
    'mini-bar: bilingual app reviews, Jialiang Wei and others, 2023, MIT',
    'VADER lexicon, C.J. Hutto and Eric Gilbert, 2014, MIT',
    "sentences of Entregent's own, CC0",
  ],
};

export const read = (folder: string, file: string): string => readFileSync(join(folder, file), 'utf8');

/** Rows of a CSV file with quoted fields, without its header. */
export function rowsOf(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    row.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (end === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows.slice(1).filter((one) => one.length > 1);
}

const APPS = ['Garmin Connect', 'Huawei Health', 'Samsung Health'];

/** App reviews (mini-bar, MIT): one or two stars are negative, four or five positive, three are left out. */
export function appReviews(folder: string, language: Language): Example[] {
  return APPS.flatMap((app) =>
    rowsOf(read(folder, `mini-bar/dataset/for_classification/${app}.${language}.csv`)).map(
      ([text, score, , , , , written]) => ({ text: text!, score: Number(score), written, app }),
    ),
  )
    .filter(({ score, written }) => written === language && score !== 3)
    .map(({ text, score, app }) => ({ text, tone: score < 3 ? 'negative' : 'positive', source: app, weight: 1 }));
}

/** Tweets (SemEval-2017 task 4 A, CC BY 3.0), by the year they were labelled for. */
export function tweets(folder: string): Example[] {
  const root = 'datastories-semeval2017-task4/dataset/Subtask_A';
  const files = readdirSync(join(folder, root, 'downloaded')).filter((file) => !file.includes('sarcasm'));
  const gold = 'gold/SemEval2017-task4-test.subtask-A.english.txt';
  return [...files.sort().map((file) => `downloaded/${file}`), gold].flatMap((file) =>
    read(folder, join(root, file))
      .split('\n')
      .map((line) => line.split('\t'))
      .filter(([, tone, text]) => tone && text && text.trim() !== 'Not Available')
      .map(([, tone, text]) => ({
        text: unescaped(text!),
        tone: tone as Tone,
        source: file === gold ? 'tweets of 2017' : 'tweets',
        weight: 1,
      })),
  );
}

const unescaped = (text: string): string =>
  text
    .trim()
    .replace(/^"(.*)"$/, '$1')
    .replaceAll('""', '"')
    .replace(/\\u([0-9a-f]{4})/gi, (_, code) => String.fromCharCode(Number.parseInt(code, 16)))
    .replaceAll('&amp;', '&')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>');

const GLAD = 'admiration amusement approval caring excitement gratitude joy love optimism pride relief'.split(' ');
const SAD =
  'anger annoyance disappointment disapproval disgust embarrassment fear grief nervousness remorse sadness'.split(' ');

/** Comments on Reddit with emotions (GoEmotions, CC BY 4.0); those with both kinds are left out. */
export function comments(folder: string, part: 'train' | 'dev'): Example[] {
  const labels = read(folder, 'GoEmotions-pytorch/data/original/labels.txt').trim().split('\n');
  return read(folder, `GoEmotions-pytorch/data/original/${part}.tsv`)
    .trim()
    .split('\n')
    .flatMap((line) => {
      const [text, numbers] = line.split('\t');
      const felt = numbers!.split(',').map((number) => labels[Number(number)]!);
      const [glad, sad] = [GLAD, SAD].map((list) => felt.some((one) => list.includes(one)));
      if (glad && sad) return [];
      return [
        {
          text: text!,
          tone: glad ? 'positive' : sad ? 'negative' : 'neutral',
          source: `comments, ${part}`,
          weight: 1,
        } satisfies Example,
      ];
    });
}

/** Lines of films with emotions, brought from English to French along subtitles (XED, CC BY 4.0). */
export function subtitles(folder: string): Example[] {
  return read(folder, 'XED/Projections/fr-projections.tsv')
    .trim()
    .split('\n')
    .flatMap((line) => {
      const [text, numbers = ''] = line.split('\t');
      const felt = numbers.split(',').map(Number);
      const sad = felt.some((one) => [1, 3, 4, 6].includes(one));
      const glad = felt.some((one) => [5, 8].includes(one));
      return sad === glad
        ? []
        : [{ text: text!, tone: glad ? 'positive' : 'negative', source: 'subtitles', weight: 0.3 } satisfies Example];
    });
}

const BROKEN =
  /not_|declined|failed|swallowed|compromised|charged|extra_charge|pending_|wrong_|reverted|unable|card_arrival|_fee_/;
const EITHER = /card_delivery_estimate|top_up_by_|verify_source|passcode_forgotten|lost_or|blocked|pin_/;

/** Questions to a bank (Banking77, CC BY 4.0): what is broken is negative, what is asked neutral, by the intent they are labelled with. */
export function questions(folder: string): Example[] {
  return rowsOf(read(folder, 'task-specific-datasets/banking_data/train.csv'))
    .filter(([, intent]) => !EITHER.test(intent!))
    .map(([text, intent]) => ({
      text: text!,
      tone: BROKEN.test(intent!) ? 'negative' : 'neutral',
      source: 'questions',
      weight: 0.5,
    }));
}

/** Words of a lexicon with how they are felt, -1 to 1: VADER (MIT) for English, Pattern's (PDDL) for French, emoji of our own. */
export function lexiconOf(folder: string, language: Language): Map<string, number> {
  const found = new Map<string, number>();
  if (language === 'en')
    for (const [, word, felt] of read(folder, 'vaderSentiment/vaderSentiment/vader_lexicon.txt').matchAll(
      /^([a-z']+)\t(-?[\d.]+)/gm,
    ))
      found.set(fold(word!), Math.max(-1, Math.min(1, Number(felt) / 3)));
  else
    for (const [, word, felt] of read(folder, 'pattern/pattern/text/fr/fr-sentiment.xml').matchAll(
      /form="([^" ]+)"[^>]*polarity="(-?[\d.]+)"/g,
    ))
      if (Math.abs(Number(felt)) >= 0.1) found.set(fold(word!), Number(felt));
  for (const [emoji, felt] of EMOJI) found.set(emoji, felt);
  return found;
}

const EMOJI: [string, number][] = [
  ...[...'😀😃😄😁😊🙂😍🥰😘🤩😎👍👏🙏❤💙💚💛🧡💜🎉🥳🤗😻💪👌✨🌟⭐💯🙌😇☺♥✅'].map((one): [string, number] => [
    one,
    0.8,
  ]),
  ...[...'😡😠🤬😤😞😔😟😕🙁☹😣😖😫😩😢😭👎💔🤮🤢😒🙄😑😨😱🤦🤡💩😾❌⚠'].map((one): [string, number] => [one, -0.8]),
];

/** Sentences of our own (CC0): a line gives as many as its longest choice has turns, twice over, each choice at its own pace. */
export function ownSentences(language: Language): Example[] {
  const lines = readFileSync(new URL(`sentences.${language}.txt`, import.meta.url), 'utf8').split('\n');
  const tones: Record<string, Tone> = { '-': 'negative', '0': 'neutral', '+': 'positive' };
  return lines.flatMap((line, number) => {
    const [, sign, template] = /^([-0+]) (.+)$/.exec(line) ?? [];
    if (!sign || !template) return [];
    const parts = template
      .split(/(\{[^}]*\})/)
      .map((part) => (part.startsWith('{') ? part.slice(1, -1).split('|') : [part]));
    return Array.from({ length: 2 * Math.max(...parts.map((part) => part.length)) }, (_, at) => ({
      text: spoken(parts, at),
      tone: tones[sign]!,
      source: `own, line ${number}`,
      weight: 6,
    }));
  });
}

function spoken(parts: readonly string[][], at: number): string {
  let pace = 0;
  const turns = parts.map(
    (part) => part[(at + (part.length > 1 ? ++pace * Math.floor(at / part.length) : 0)) % part.length]!,
  );
  return turns
    .join('')
    .replace(/\s+/g, ' ')
    .replace(/ ([,.!?])/g, '$1')
    .trim();
}
