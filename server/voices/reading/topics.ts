import { COMMON } from './common.ts';
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

/** In how many messages something was counted. */
export interface Counts {
  messages: number;
  words: Record<string, number>;
}

/** What corrections taught, to be kept as JSON. Made of words of messages: who erases a message takes its correction back. */
export interface Learnt extends Counts {
  topics: Record<string, Counts>;
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
  return written.split(/\s+/).flatMap((part) => {
    const forms = tokensOf(part)
      .filter(({ kind }) => kind === 'word')
      .map(({ form }) => form);
    return part.endsWith('*') && forms.length > 0 ? [...forms.slice(0, -1), `${forms.at(-1)}*`] : forms;
  });
}

const matches = (word: string, form: string): boolean =>
  word.endsWith('*') ? form.startsWith(word.slice(0, -1)) : word === form;

interface Hit {
  topic: string;
  from: number;
  to: number;
}

function hitsIn(words: readonly Token[], { phrases }: Topics): Hit[] {
  return words.flatMap(({ form }, from) =>
    (phrases.get(form.slice(0, KEY)) ?? [])
      .filter((phrase) =>
        phrase.words.every((word, at) => words[from + at] !== undefined && matches(word, words[from + at]!.form)),
      )
      .map(({ topic, words: { length } }) => ({ topic, from, to: from + length - 1 })),
  );
}

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

const none = (): Counts => ({ messages: 0, words: {} });
export const nothingLearnt = (): Learnt => ({ ...none(), topics: {} });

/**
 * Adds a correction to what was learnt, in place, or takes it back (`times` -1): the counts are then as if it had never been, as long
 * as the topics' phrases are those that it was added with.
 */
export function learn(learnt: Learnt, { text, topics: right }: Correction, topics: Topics, times: 1 | -1 = 1): void {
  const words = wordsIn(text);
  const names = [...countsOf(words, hitsIn(words, topics)).keys()];
  add(learnt, names, times);
  for (const id of new Set(right)) {
    const topic = Object.hasOwn(learnt.topics, id) ? learnt.topics[id]! : none();
    add(topic, names, times);
    if (topic.messages > 0) put(learnt.topics, id, topic);
    else delete learnt.topics[id];
  }
}

function add(counts: Counts, names: readonly string[], times: number): void {
  counts.messages += times;
  for (const name of names) {
    const count = countIn(counts, name) + times;
    if (count > 0) put(counts.words, name, count);
    else delete counts.words[name];
  }
}

/** Messages may hold "__proto__". */
const put = <T>(into: Record<string, T>, name: string, value: T): void => {
  Object.defineProperty(into, name, { value, writable: true, enumerable: true, configurable: true });
};
const countIn = ({ words }: Counts, name: string): number => (Object.hasOwn(words, name) ? words[name]! : 0);

const wordsIn = (text: string): Token[] => tokensOf(text).filter(({ kind }) => kind === 'word');

/** What a phrase of a topic is worth before anybody corrected anything: as if so many messages with it had been on it, and not. */
const PHRASE = { on: 3, off: 0.5 };
/** A word is drawn to what is usual by so many messages: one that was seen once says little. */
const DRAWN = 2;
/** Words of one message say much the same: each counts for less than if it stood alone. */
const TOGETHER = 0.75;
const MOST_WHY = 5;

/** The topics of a message, the surest first; none where nothing speaks for any. */
export function topicsOf(text: string, topics: Topics, learnt: Learnt = nothingLearnt()): TopicReading[] {
  const words = wordsIn(text);
  const counts = [...countsOf(words, hitsIn(words, topics)).values()]
    .map((one): Known => ({ ...one, all: countIn(learnt, one.name) }))
    .filter(({ name, all }) => all > 0 || name.startsWith('#'));
  return topics.ids
    .flatMap((topic): TopicReading[] => {
      const { odds, weighed } = weigh(topic, counts, learnt);
      if (odds <= 0 || weighed.length === 0) return [];
      return [{ topic, confidence: 1 / (1 + Math.exp(-odds)), why: whyOf(text, words, weighed) }];
    })
    .sort((a, b) => b.confidence - a.confidence || (a.topic < b.topic ? -1 : 1));
}

/** With how many corrected messages have it. */
interface Known extends Count {
  all: number;
}

interface WeighedCount extends Known {
  weight: number;
}

/** The strongest places, none within another. */
function whyOf(text: string, words: readonly Token[], weighed: readonly WeighedCount[]): Weighed[] {
  const kept: WeighedCount[] = [];
  for (const one of [...weighed].sort((a, b) => b.weight - a.weight || a.from - b.from))
    if (kept.length < MOST_WHY && !kept.some(({ from, to }) => one.from <= to && one.to >= from)) kept.push(one);
  return kept.map(({ from, to, weight }) => {
    const [start, end] = [words[from]!.start, words[to]!.end];
    return { text: text.slice(start, end), start, end, weight };
  });
}

const logit = (share: number): number => Math.log(share / (1 - share));

/** The logarithm of the odds of a topic: how usual it is, and how much more or less so in messages with each of the words; and what speaks for it. */
function weigh(topic: string, counts: readonly Known[], learnt: Learnt): { odds: number; weighed: WeighedCount[] } {
  const own = Object.hasOwn(learnt.topics, topic) ? learnt.topics[topic]! : none();
  const usual = (own.messages + 0.5) / (learnt.messages + 1);
  const phrase = `#${topic}`;
  const weighed = counts.flatMap((count): WeighedCount[] => {
    const on = countIn(own, count.name) + DRAWN * usual;
    const all = count.all + DRAWN;
    if (count.name !== phrase)
      return count.all > 0 ? [{ ...count, weight: TOGETHER * (logit(on / all) - logit(usual)) }] : [];
    return [{ ...count, weight: logit((on + PHRASE.on) / (all + PHRASE.on + PHRASE.off)) - logit(usual) }];
  });
  const odds = weighed.reduce((sum, { weight }) => sum + weight, logit(usual));
  return { odds, weighed: weighed.filter(({ weight }) => weight > 0) };
}
