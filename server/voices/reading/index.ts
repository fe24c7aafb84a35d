import { type LanguageReading, languageOf } from './language.ts';
import { type ToneReading, toneOf } from './tone.ts';
import { type Learnt, type TopicReading, type Topics, topicsOf } from './topics.ts';

/** What was read of a message: with the words it was read from, so that "why?" has an answer. */
export interface Reading extends LanguageReading {
  tone: ToneReading;
  topics: TopicReading[];
}

/** Reads a message: its language, its tone and its topics, from its first 6,000 characters. Of mail give what `replyText` says of it. */
export function readMessage(text: string, topics: Topics, learnt?: Learnt): Reading {
  const { language, code } = languageOf(text);
  return { language, ...(code && { code }), tone: toneOf(text, language), topics: topicsOf(text, topics, learnt) };
}
