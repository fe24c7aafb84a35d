import { fold } from '../formats/normalise/fold.ts';
import { decide } from '../outreach/rules.ts';
import type { Incoming, IncomingMessage } from './channels/channel.ts';
import type { Refusal } from './contract.ts';

/** A conversation as far as what arrives changes it. */
export interface State {
  status: 'open' | 'pending' | 'snoozed' | 'closed' | 'spam';
  lastAt: Date | null;
  lastInAt: Date | null;
  openedAt: Date;
  firstAnswerAt: Date | null;
  waitingSince: Date | null;
  closedAt: Date | null;
}

/** A clock that goes ahead of ours by more than this (milliseconds) is not believed: what it says would stand above all that follows. */
const aheadAtMost = 5 * 60_000;

/** When something was said: the platform's word, unless its clock is ahead of ours. */
export const believed = (at: Date, now: Date): Date =>
  Number.isNaN(at.getTime()) || at.getTime() > now.getTime() + aheadAtMost ? now : at;

/**
 * What a message that arrives makes of its conversation. What a person writes opens it, and begins their waiting; what a machine writes
 * (RFC 3834) or what we have written elsewhere does not open it, nor does what is older than our last word, which has come late. Unwanted
 * ones stay that.
 */
export function arrive(before: State, message: Pick<IncomingMessage, 'direction' | 'automatic'>, at: Date): State {
  const lastAt = before.lastAt && before.lastAt > at ? before.lastAt : at;
  if (message.direction === 'out')
    return {
      ...before,
      lastAt,
      waitingSince: before.waitingSince && before.waitingSince <= at ? null : before.waitingSince,
      firstAnswerAt: before.firstAnswerAt ?? (at >= before.openedAt && before.lastInAt ? at : null),
    };
  const lastInAt = before.lastInAt && before.lastInAt > at ? before.lastInAt : at;
  if (message.automatic || before.status === 'spam') return { ...before, lastAt, lastInAt };
  const late = before.closedAt !== null && before.closedAt > at;
  if (late) return { ...before, lastAt, lastInAt };
  const anew = before.status === 'closed';
  return {
    status: 'open',
    lastAt,
    lastInAt,
    closedAt: null,
    openedAt: anew ? at : before.openedAt < at || before.lastInAt ? before.openedAt : at,
    firstAnswerAt: anew ? null : before.firstAnswerAt,
    waitingSince: anew ? at : earliest(before.waitingSince, at),
  };
}

const earliest = (known: Date | null, at: Date): Date => (known && known < at ? known : at);

/** What our answer makes of it: nobody waits any more. */
export const answered = ({ firstAnswerAt }: Pick<State, 'firstAnswerAt'>, at: Date) => ({
  waitingSince: null,
  firstAnswerAt: firstAnswerAt ?? at,
});

/** Days after which a closed conversation is over: what comes then begins another one. */
const overAfterDays = 14;

export const isOver = ({ status, closedAt }: Pick<State, 'status' | 'closedAt'>, at: Date): boolean =>
  status === 'closed' && closedAt !== null && at.getTime() - closedAt.getTime() > overAfterDays * 86_400_000;

/** Characters of an excerpt. */
const excerptLength = 140;

/** The beginning of a text, on one line. */
export function excerptOf(text: string): string {
  const line = text.slice(0, 2000).replaceAll(/\s+/g, ' ').trim();
  if (line.length <= excerptLength) return line;
  // Not between the halves of an emoji.
  return `${line
    .slice(0, excerptLength)
    .toWellFormed()
    .replace(/\uFFFD$/, '')}…`;
}

/** Characters of a message that are kept, and that are searched. Nobody writes more by hand. */
export const mostCharacters = 200_000;
const mostSearched = 20_000;
/** The most different words of one message that are found: PostgreSQL keeps a megabyte of them. */
const mostWords = 2000;

/** A word as it is searched: folded by its text, without the sign of a plural, which French and English share. */
const stem = (word: string): string => (word.length > 3 ? word.replace(/[sx]$/, '') : word).slice(0, 60);

const split = (text: string): readonly string[] => fold(text).match(/[\p{L}\p{N}]+/gu) ?? [];

/** The words of texts as they are searched: folded, without signs and plurals, each once. */
export function wordsOf(...texts: readonly (string | null | undefined)[]): string {
  const words = new Set<string>();
  for (const text of texts)
    for (const word of split((text ?? '').slice(0, mostSearched))) if (words.size < mostWords) words.add(stem(word));
  return [...words].join(' ');
}

/** Letters from which on the last word may be a beginning: shorter ones begin half of all words, and an index is of no help there. */
const leastBeginning = 3;

/** A query for `to_tsquery('simple', …)`: all words, the last one perhaps not typed to its end; null where there are none. */
export function queryOf(q: string): string | null {
  const words = split(q).slice(0, 10).map(stem);
  const last = words.pop();
  if (last === undefined) return null;
  return [...words, last.length < leastBeginning ? last : `${last}:*`].join(' & ');
}

/** What is known when we are about to answer. */
export interface ReplyFacts {
  channelState: 'working' | 'paused' | 'ended';
  /** The channel takes what we write. */
  sends: boolean;
  windowHours: number | null;
  template: boolean;
  lastInAt: Date | null;
  /** The contact point: their word, and whether anything arrives there. */
  objectedAt: Date | null;
  health: 'unknown' | 'good' | 'failing' | 'dead';
  suppressed: boolean;
  /** Characters; null: no bound. */
  mostCharacters: number | null;
  length: number;
}

/** What the gate says of an answer: the one place that decides about every message. */
function askGate({ lastInAt, objectedAt, health, suppressed }: ReplyFacts, now: Date): Refusal[] {
  const said = { consent: objectedAt ? ('objected' as const) : ('unknown' as const), health, suppressed };
  const { reasons } = decide(
    {
      ...{ purpose: 'service', channel: 'email', manner: 'answer', answering: { lastInAt, objectedAt } },
      ...{ hasMailServer: true, own: true, grants: [], objectedTo: [], privateAddress: false },
      ...said,
    },
    now,
  );
  return reasons as Extract<Refusal, (typeof reasons)[number]>[];
}

/**
 * Whether an answer may leave, with ALL reasons against it: the gate's, for which whoever writes to us asks for an answer (it needs no grant and no
 * consent, and an objection stands in its way only where it came after their last word), and the channel's own.
 */
export function refusals(facts: ReplyFacts, now: Date): Refusal[] {
  const silent = facts.lastInAt ? (now.getTime() - facts.lastInAt.getTime()) / 3_600_000 : Number.POSITIVE_INFINITY;
  const holding = (all: [Refusal, boolean][]) => all.flatMap(([reason, holds]) => (holds ? [reason] : []));
  return [
    ...holding([
      ['not_begun', facts.lastInAt === null],
      ['channel_ended', facts.channelState === 'ended'],
      ['channel_paused', facts.channelState === 'paused'],
      ['only_listens', !facts.sends],
      ['window', facts.windowHours !== null && silent > facts.windowHours && !facts.template],
    ]),
    ...askGate(facts, now),
    ...holding([['too_long', facts.mostCharacters !== null && facts.length > facts.mostCharacters]]),
  ];
}

/**
 * Words that alone say that somebody wants no more short messages: STOP as French law has it, with what networks elsewhere know, whatever the case, accents
 * and signs around them.
 */
const stopping = new Set([
  'stop',
  'stopall',
  'stop sms',
  'stop pub',
  'arret',
  'arreter',
  'desabonner',
  'desinscrire',
  'unsubscribe',
  'opt out',
]);

export const isStop = (text: string): boolean =>
  text.length <= 40 && stopping.has((fold(text).match(/[\p{L}\p{N}]+/gu) ?? []).join(' '));

/** Seconds until a message that could not leave is tried again; null: no more. Ten times over some 17 hours. */
export function pauseAfter(attempts: number): number | null {
  return [5, 15, 60, 300, 900, 1800, 3600, 7200, 14_400, 28_800][attempts - 1] ?? null;
}

/** In the order in which they were said; what belongs to a message comes after it. */
export function inOrder(incoming: readonly Incoming[]): Incoming[] {
  const rank = (one: Incoming) => (one.kind === 'message' ? 0 : 1);
  const at = (one: Incoming) => (one.kind === 'message' ? one.message.at : one.at).getTime();
  return [...incoming].sort((a, b) => rank(a) - rank(b) || at(a) - at(b));
}
