import { COMMON, GENERIC } from './common.ts';
import { type Token, tokensOf } from './words.ts';

/** A message that fits no topic. */
export interface Unplaced {
  id: string;
  sender: string;
  text: string;
}

/** A topic that messages suggest: by which words they are held together, and some of them. */
export interface Proposal {
  /** The most telling first, as they are written most often; five at most. */
  words: string[];
  /** All messages of it, in the order given. */
  messages: string[];
  senders: number;
}

export interface ProposalOptions {
  /** People who must speak of it. */
  leastSenders?: number;
  most?: number;
}

interface Term {
  form: string;
  messages: Set<number>;
  senders: number;
}

/** Words that people say of anything: they hold nothing together. */
const SHARE = 0.4;
/** A word belongs to a proposal where so much of its use is within it. */
const WITHIN = 0.5;

/**
 * Proposes topics from messages that fit none: again and again the word that most different people use, with the words that go with
 * it, until no word is left that enough people use. The same messages in the same order give the same proposals.
 */
export function proposeTopics(
  messages: readonly Unplaced[],
  { leastSenders = 5, most = 10 }: ProposalOptions = {},
): Proposal[] {
  const written = new Map<string, Map<string, number>>();
  const forms = messages.map(({ text }) => formsOf(text, written));
  const left = new Set(messages.map((_, at) => at));
  const found: Proposal[] = [];
  while (found.length < most) {
    const terms = termsOf(forms, messages, left).filter(({ senders }) => senders >= leastSenders);
    const seed = terms.find(({ messages: { size } }) => size <= Math.max(leastSenders, SHARE * messages.length));
    if (!seed) break;
    const near = terms.filter((term) => term !== seed && shared(term, seed) >= WITHIN * term.messages.size);
    const members = [...seed.messages].sort((a, b) => a - b);
    for (const at of members) left.delete(at);
    found.push({
      words: distinct([seed, ...near].map(({ form }) => spelling(form, written))).slice(0, 5),
      messages: members.map((at) => messages[at]!.id),
      senders: seed.senders,
    });
  }
  return found;
}

const shared = (one: Term, other: Term): number => [...one.messages].filter((at) => other.messages.has(at)).length;

function formsOf(text: string, written: Map<string, Map<string, number>>): Set<string> {
  const words = tokensOf(text).filter(({ kind }) => kind === 'word');
  const note = (form: string, from: Token, to: Token) => {
    const ways = written.get(form) ?? written.set(form, new Map()).get(form)!;
    const way = text.slice(from.start, to.end).toLowerCase().replace(/\s+/g, ' ');
    ways.set(way, (ways.get(way) ?? 0) + 1);
    return form;
  };
  const telling = ({ form }: Token) => form.length > 2 && !COMMON.has(form) && !GENERIC.has(form);
  return new Set(
    words.flatMap((word, at) => {
      const next = words[at + 1];
      const pair = next && telling(word) && telling(next) && next.start - word.end <= 2;
      return [
        ...(telling(word) ? [note(singular(word), word, word)] : []),
        ...(pair ? [note(`${singular(word)} ${singular(next)}`, word, next)] : []),
      ];
    }),
  );
}

/** "flights" and "flight" are one. */
const singular = ({ form }: Token): string => (form.length > 3 ? form.replace(/s$/, '') : form);

/** Words and pairs of what is left, those that most people use first. */
function termsOf(forms: readonly Set<string>[], messages: readonly Unplaced[], left: ReadonlySet<number>): Term[] {
  const terms = new Map<string, { messages: Set<number>; senders: Set<string> }>();
  for (const at of left)
    for (const form of forms[at]!) {
      const term = terms.get(form) ?? terms.set(form, { messages: new Set(), senders: new Set() }).get(form)!;
      term.messages.add(at);
      term.senders.add(messages[at]!.sender);
    }
  return [...terms]
    .map(([form, term]) => ({ form, messages: term.messages, senders: term.senders.size }))
    .sort(
      (a, b) =>
        b.senders - a.senders || b.form.split(' ').length - a.form.split(' ').length || (a.form < b.form ? -1 : 1),
    );
}

const spelling = (form: string, written: Map<string, Map<string, number>>): string =>
  [...written.get(form)!].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))[0]![0];

/** Without words that are part of one before them. */
function distinct(words: readonly string[]): string[] {
  const kept: string[] = [];
  for (const word of words)
    if (!kept.some((one) => one.split(' ').includes(word) || word.split(' ').includes(one))) kept.push(word);
  return kept;
}
