import type { Weighed } from './tone.ts';
import { type Token, tokensOf } from './words.ts';

/** Something people speak of; a company keeps its own tree of them. */
export interface Topic {
  id: string;
  parent?: string;
  name: { fr: string; en: string };
  /** Words and phrases that speak of it; `*` at the end of a word stands for any ending. */
  words: readonly string[];
}

/** What somebody said a message is about: all of its topics, or none. */
export interface Correction {
  text: string;
  topics: readonly string[];
}

/** What corrections taught: counts only, to be kept as JSON. Made of words of messages: who erases a message takes its correction back. */
export interface Learnt {
  messages: number;
  words: Record<string, number>;
  topics: Record<string, { messages: number; words: Record<string, number> }>;
}

export interface TopicReading {
  topic: string;
  /** 0 to 1. */
  confidence: number;
  /** The strongest first, five at most. */
  why: Weighed[];
}

interface Phrase {
  topic: string;
  /** Folded words; a prefix where it ends in `*`. */
  words: string[];
}

/** Topics with their phrases by the first letters of the first word. */
export interface Topics {
  ids: readonly string[];
  phrases: Map<string, Phrase[]>;
}

const KEY = 2;

/** Makes a tree ready to read with. Phrases without a word are passed over. */
export function prepareTopics(topics: readonly Topic[]): Topics {
  const phrases = new Map<string, Phrase[]>();
  for (const { id, words } of topics)
    for (const written of words) {
      const forms = wordsOfPhrase(written);
      if (forms.length === 0) continue;
      const key = forms[0]!.slice(0, KEY);
      phrases.set(key, [...(phrases.get(key) ?? []), { topic: id, words: forms }]);
    }
  return { ids: topics.map(({ id }) => id), phrases };
}

function wordsOfPhrase(written: string): string[] {
  return written
    .split(/\s+/)
    .flatMap((part) => {
      const forms = tokensOf(part).filter(({ kind }) => kind === 'word').map(({ form }) => form);
      return part.endsWith('*') && forms.length > 0 ? [...forms.slice(0, -1), `${forms.at(-1)}*`] : forms;
    });
}

const matches = (word: string, form: string): boolean => (word.endsWith('*') ? form.startsWith(word.slice(0, -1)) : word === form);

interface Hit {
  topic: string;
  from: number;
  to: number;
}

function hitsIn(words: readonly Token[], { phrases }: Topics): Hit[] {
  return words.flatMap(({ form }, from) =>
    (phrases.get(form.slice(0, KEY)) ?? [])
      .filter((phrase) => phrase.words.every((word, at) => words[from + at] !== undefined && matches(word, words[from + at]!.form)))
      .map(({ topic, words: { length } }) => ({ topic, from, to: from + length - 1 })),
  );
}

/** Words too common to speak of anything, in both languages; pairs of them are kept. */
const COMMON = new Set(
  `a an the and or but of to in on at for with from by is are was were be been am i you he she it we they me my your our his her its their this
  that so as if do does did has have had not no will would can could just very too le la les un une des du de d l et ou mais a au aux en
  dans sur pour par avec est sont suis es ai as avons avez ont je j tu il elle on nous vous ils elles me m te t se s ce c cette ces mon ma
  mes ton ta votre vos notre nos leur qui que qu ne n pas plus tres si y`.split(/\s+/),
);

interface Count {
  name: string;
  from: number;
  to: number;
}

/** What is counted of a message: its words, pairs of neighbours, and the topics whose phrases it has. */
function countsOf(words: readonly Token[], hits: readonly Hit[]): Map<string, Count> {
  const found = new Map<string, Count>();
  words.forEach(({ form }, at) => {
    if (!COMMON.has(form)) found.set(form, { name: form, from: at, to: at });
    const before = words[at - 1];
    if (before) found.set(`${before.form} ${form}`, { name: `${before.form} ${form}`, from: at - 1, to: at });
  });
  for (const { topic, from, to } of hits) found.set(`#${topic}`, { name: `#${topic}`, from, to });
  return found;
}

export const nothingLearnt = (): Learnt => ({ messages: 0, words: {}, topics: {} });

/** Adds a correction to what was learnt, or takes it back (`times` -1): the counts are then as if it had never been. In place. */
export function learn(learnt: Learnt, { text, topics: right }: Correction, topics: Topics, times: 1 | -1 = 1): void {
  const words = wordsIn(text);
  const names = [...countsOf(words, hitsIn(words, topics)).keys()];
  learnt.messages += times;
  add(learnt.words, names, times);
  for (const id of new Set(right)) {
    const topic = Object.hasOwn(learnt.topics, id) ? learnt.topics[id]! : { messages: 0, words: {} };
    topic.messages += times;
    add(topic.words, names, times);
    if (topic.messages > 0) learnt.topics[id] = topic;
    else delete learnt.topics[id];
  }
}

function add(counts: Record<string, number>, names: readonly string[], times: number): void {
  for (const name of names) {
    const count = (Object.hasOwn(counts, name) ? counts[name]! : 0) + times;
    if (count > 0) Object.defineProperty(counts, name, { value: count, writable: true, enumerable: true, configurable: true });
    else delete counts[name];
  }
}

const wordsIn = (text: string): Token[] => tokensOf(text).filter(({ kind }) => kind === 'word');
const countIn = (counts: Record<string, number>, name: string): number => (Object.hasOwn(counts, name) ? counts[name]! : 0);

/** A phrase of a topic is worth as much as this many corrections with it and without it, before anybody corrected anything. */
const PHRASE = { yes: 3, no: 0.5 };
/** Corrections of a topic from which its words are trusted; below, its phrases decide. */
const FEW = 3;
const SMOOTH = 0.5;
const MOST_WHY = 5;

/** The topics of a message, the surest first; none where nothing speaks for any. */
export function topicsOf(text: string, topics: Topics, learnt: Learnt = nothingLearnt()): TopicReading[] {
  const words = wordsIn(text);
  const hits = hitsIn(words, topics);
  const counts = [...countsOf(words, hits).values()];
  return topics.ids
    .flatMap((topic): TopicReading[] => {
      const { odds, weighed } = weigh(topic, counts, learnt);
      if (odds <= 0 || weighed.length === 0) return [];
      const why = weighed.map(({ from, to, weight }) => ({ text: text.slice(words[from]!.start, words[to]!.end), start: words[from]!.start, end: words[to]!.end, weight }));
      return [{ topic, confidence: 1 / (1 + Math.exp(-odds)), why: why.sort((a, b) => b.weight - a.weight || a.start - b.start).slice(0, MOST_WHY) }];
    })
    .sort((a, b) => b.confidence - a.confidence || (a.topic < b.topic ? -1 : 1));
}

interface WeighedCount extends Count {
  weight: number;
}

/** Naive Bayes, the topic against all others: the logarithm of the odds, and what speaks for it. */
function weigh(topic: string, counts: readonly Count[], learnt: Learnt): { odds: number; weighed: WeighedCount[] } {
  const own = Object.hasOwn(learnt.topics, topic) ? learnt.topics[topic]! : { messages: 0, words: {} };
  const rest = learnt.messages - own.messages;
  const trusted = own.messages >= FEW;
  const weighed = counts.flatMap(({ name, from, to }): WeighedCount[] => {
    const phrase = name === `#${topic}`;
    if (!phrase && (!trusted || countIn(learnt.words, name) < 2)) return [];
    const yes = countIn(own.words, name) + (phrase ? PHRASE.yes : 0);
    const no = countIn(learnt.words, name) - countIn(own.words, name) + (phrase ? PHRASE.no : 0);
    const [with_, without] = [(yes + SMOOTH) / (own.messages + 1 + (phrase ? PHRASE.yes : 0)), (no + SMOOTH) / (rest + 1 + (phrase ? PHRASE.yes : 0))];
    return [{ name, from, to, weight: Math.log(with_ / without) }];
  });
  const evenness = Math.max(1, weighed.length) ** -0.5;
  const prior = Math.log((own.messages + 1) / (rest + 2));
  const odds = prior + weighed.reduce((sum, { weight }) => sum + weight * evenness, 0);
  return { odds, weighed: weighed.filter(({ weight }) => weight > 0) };
}

