import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { corpusFolder } from '../server/formats/corpus.ts';
import { corpusMessages, replyUnderstood } from '../server/formats/signatures/corpus.ts';
import { DEFAULT_TOPICS } from '../server/voices/reading/default-topics.ts';
import { readMessage } from '../server/voices/reading/index.ts';
import { languageOf } from '../server/voices/reading/language.ts';
import { proposeTopics } from '../server/voices/reading/proposals.ts';
import { risesOn } from '../server/voices/reading/rises.ts';
import { quietCells, randomOf, until } from '../server/voices/reading/simulated.ts';
import { TONES, type Tone, toneOf } from '../server/voices/reading/tone.ts';
import { learn, nothingLearnt, prepareTopics, type Topic, topicsOf } from '../server/voices/reading/topics.ts';
import { read, rowsOf } from '../tools/tone/sources.ts';
import { print, quantile } from './figures.ts';

export const about =
  'what messages say: tone on labelled reviews and tweets, topics learnt by half of them, replies without quotes and signature, false and true alarms, messages a second';

interface Labelled {
  text: string;
  tone: Tone;
  reason: string;
}

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

function tweetsOf(folder: URL): Labelled[] {
  return rowsOf(read(folder.pathname, 'conversations/airline__tweets_1_800.csv'))
    .filter(({ length }) => length > 10)
    .map((row) => ({ text: row[10]!.replaceAll('&amp;', '&'), tone: row[1] as Tone, reason: row[3]! }));
}

const reviewsOf = (folder: URL): Labelled[] =>
  rowsOf(read(folder.pathname, 'conversations/anfer__reviews_fr_1_400.csv'))
    .filter(({ length }) => length > 4)
    .map((row) => ({ text: row[0]!, tone: row[4] as Tone, reason: '' }));

/** Rows are what is right, columns what was read. */
function tell(confusion: ReadonlyMap<string, Map<string, number>>, columns: readonly string[]): void {
  say(['', ...columns].join('\t'));
  for (const [row, counts] of confusion) say([row, ...columns.map((column) => counts.get(column) ?? 0)].join('\t'));
}

function count(confusion: Map<string, Map<string, number>>, right: string, found: string): void {
  const row = confusion.get(right) ?? confusion.set(right, new Map()).get(right)!;
  row.set(found, (row.get(found) ?? 0) + 1);
}

/** Over the tones that occur; whatever is read as another, neutral too, is wrong. */
function macroF1(confusion: ReadonlyMap<string, Map<string, number>>): number {
  const scores = [...confusion].map(([tone, row]) => {
    const right = row.get(tone) ?? 0;
    const said = [...confusion.values()].reduce((sum, other) => sum + (other.get(tone) ?? 0), 0);
    return (2 * right) / (said + [...row.values()].reduce((sum, one) => sum + one, 0));
  });
  return scores.reduce((sum, score) => sum + score, 0) / scores.length;
}

function benchTone(name: string, messages: readonly Labelled[], language: 'fr' | 'en', atLeast: number): void {
  const [known, read_] = [new Map<string, Map<string, number>>(), new Map<string, Map<string, number>>()];
  for (const { text, tone } of messages) {
    count(known, tone, toneOf(text, language).tone);
    count(read_, tone, toneOf(text, languageOf(text).language).tone);
  }
  print({ name: `tone, ${name}: macro-F1`, measured: macroF1(known), unit: '', atLeast });
  print({ name: '… the language read from the text, too', measured: macroF1(read_), unit: '' });
  tell(known, TONES);
}

/** What one would write for them in the tree. */
const PHRASES: Record<string, string> = {
  'Bad Flight': 'seat, seats, wifi, food, entertainment, legroom, plane, uncomfortable, drinks',
  "Can't Tell": '',
  'Cancelled Flight': 'cancel*',
  'Customer Service Issue': 'on hold, customer service, service, no answer, no response, phone, call*, rude, dm',
  'Damaged Luggage': 'broken suitcase, damaged, broke my',
  'Flight Attendant Complaints': 'attendant*, crew, agent*, staff',
  'Flight Booking Problems': 'book*, website, site, reservation*, app, online, check in, ticket*',
  'Late Flight': 'late, delay*, waiting, hours, missed, sitting, stuck',
  'Lost Luggage': 'lost, bag, bags, luggage, baggage',
  longlines: 'line, lines, queue',
};

/** The surest topic of each negative tweet of one half, after learning from the other. */
function benchTopics(
  messages: readonly Labelled[],
  phrases: boolean,
  seed: number,
): { right: number; placed: number; all: number } {
  const told = messages.filter(({ reason }) => reason !== '' && reason in PHRASES);
  const random = randomOf(seed);
  const mixed = told
    .map((one) => ({ one, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one);
  const half = Math.floor(mixed.length / 2);
  const tree = prepareTopics(
    Object.entries(PHRASES).map(
      ([id, words]): Topic => ({ id, name: { fr: id, en: id }, words: phrases ? words.split(', ') : [] }),
    ),
  );
  const learnt = nothingLearnt();
  for (const { text, reason } of mixed.slice(0, half)) learn(learnt, { text, topics: [reason] }, tree);
  const confusion = new Map(Object.keys(PHRASES).map((reason) => [reason, new Map<string, number>()]));
  for (const { text, reason } of mixed.slice(half))
    count(confusion, reason, topicsOf(text, tree, learnt)[0]?.topic ?? 'none');
  if (seed === 1) tell(confusion, [...Object.keys(PHRASES), 'none']);
  const cells = [...confusion].flatMap(([row, counts]) =>
    [...counts].map(([column, number]) => ({ row, column, number })),
  );
  const sum = (which: (cell: { row: string; column: string }) => boolean) =>
    cells.filter(which).reduce((all, { number }) => all + number, 0);
  return {
    right: sum(({ row, column }) => row === column),
    placed: sum(({ column }) => column !== 'none'),
    all: sum(() => true),
  };
}

function tellTopics(messages: readonly Labelled[]): void {
  for (const phrases of [false, true])
    for (const seed of [1, 2, 3]) {
      const { right, placed, all } = benchTopics(messages, phrases, seed);
      const how = `topics of ${all} negative tweets, learnt from as many others${phrases ? ', with phrases' : ''}, seed ${seed}`;
      print({ name: `${how}: placed`, measured: (100 * placed) / all, unit: '%' });
      print({ name: '… of them right', measured: (100 * right) / placed, unit: '%' });
    }
}

async function benchReplies(folder: URL): Promise<void> {
  const told = (await corpusMessages(folder))
    .map((message) => replyUnderstood(folder, message))
    .filter((one) => one !== undefined);
  print({
    name: `replies told from quotes and signature, of ${told.length} files that state it`,
    measured: (100 * told.filter(Boolean).length) / told.length,
    unit: '%',
    atLeast: 95,
  });
}

function benchSpeed(messages: readonly Labelled[]): void {
  const topics = prepareTopics(DEFAULT_TOPICS);
  const learnt = nothingLearnt();
  messages.slice(0, 300).forEach(({ text, reason }) => {
    learn(learnt, { text, topics: reason ? ['contact'] : [] }, topics);
  });
  for (const { text } of messages) readMessage(text, topics, learnt);
  const processor = process.cpuUsage();
  const took: number[] = [];
  for (let round = 0; round < 5; round++)
    for (const { text } of messages) {
      const began = performance.now();
      readMessage(text, topics, learnt);
      took.push(performance.now() - began);
    }
  const whole = took.reduce((sum, one) => sum + one, 0);
  print({
    name: 'language, tone and topics together, one thread',
    measured: (1_000 * took.length) / whole,
    unit: 'messages/s',
    atLeast: 500,
  });
  const { user, system } = process.cpuUsage(processor);
  print({ name: '… processor time of a message', measured: (user + system) / 1_000 / took.length, unit: 'ms' });
  print({ name: '… p95 of a message', measured: quantile(took, 0.95), unit: 'ms' });
  const long = 'La livraison est en retard, je suis très déçu. '.repeat(25_000);
  const began = performance.now();
  readMessage(long, topics, learnt);
  print({ name: `a message of ${(long.length / 1e6).toFixed(1)} MB`, measured: performance.now() - began, unit: 'ms' });
  const correction = performance.now();
  for (const { text } of messages) learn(learnt, { text, topics: ['price'] }, topics);
  print({ name: 'learning one correction', measured: (performance.now() - correction) / messages.length, unit: 'ms' });
}

function benchRises(): void {
  for (const spread of [1, 1.5, 2, 3]) {
    let alarms = 0;
    const seen: boolean[] = [];
    for (const seed of [1, 2]) {
      const cells = quietCells(seed, 60, 400, spread);
      for (let day = 57; day < 400; day++) alarms += risesOn(until(cells, day)).length;
      for (const { key, counts } of cells) {
        const usual = counts.reduce((sum, one) => sum + one, 0) / counts.length;
        if (usual < 3) continue;
        for (let day = 60; day < 400; day += 20)
          seen.push(risesOn(until(cells, day, key, Math.ceil(3 * usual))).some((rise) => rise.key === key));
      }
    }
    print({
      name: `alarms in 686 quiet days of 60 cells (spread ${spread}, seeds 1 and 2), a day`,
      measured: alarms / 686,
      unit: '',
      asked: 0.02,
    });
    print({
      name: `… days of four times the usual that are seen, of ${seen.length}`,
      measured: (100 * seen.filter(Boolean).length) / seen.length,
      unit: '%',
    });
  }
}

function benchProposals(messages: readonly Labelled[]): void {
  const topics = prepareTopics(DEFAULT_TOPICS);
  const unplaced = messages
    .map(({ text }, at) => ({ id: `${at}`, sender: `${at}`, text }))
    .filter(({ text }) => topicsOf(text, topics).length === 0);
  const began = performance.now();
  const proposals = proposeTopics(unplaced);
  print({
    name: `topics proposed from ${unplaced.length} messages that fit none: ${proposals.length}`,
    measured: performance.now() - began,
    unit: 'ms',
  });
  for (const { words, senders } of proposals) say(`\t${words.join(', ')} (${senders})`);
}

/** What stays in memory once both models are read; the detector of languages is there since the process began. */
function benchMemory(): void {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  collect();
  const before = process.memoryUsage();
  for (const language of ['fr', 'en'] as const) toneOf('merci, thanks', language);
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  const taken = heapUsed + arrayBuffers - before.heapUsed - before.arrayBuffers;
  print({ name: 'memory that the two models of tone take', measured: taken / 1e6, unit: 'MB' });
}

export async function run(): Promise<void> {
  benchMemory();
  const folder = corpusFolder();
  if (folder) {
    const [reviews, tweets] = [reviewsOf(folder), tweetsOf(folder)];
    benchTone(`${reviews.length} French reviews`, reviews, 'fr', 0.8);
    benchTone(`${tweets.length} tweets to airlines`, tweets, 'en', 0.7);
    tellTopics(tweets.filter(({ tone }) => tone === 'negative'));
    benchProposals([...tweets, ...reviews]);
    await benchReplies(folder);
    benchSpeed([...reviews, ...tweets]);
  } else say('The corpus is not there: only alarms were measured.');
  benchRises();
}
