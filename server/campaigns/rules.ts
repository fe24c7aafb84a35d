import type { Kind } from '../content/index.ts';
import { channelOf, type Way } from '../outreach/ways-contract.ts';
import type { PlannedCampaign } from '../plan/index.ts';
import type { Numbers, Pace, SendingState } from './contract.ts';

/** Reasons by which a message was refused because its content could not be written for its reader: they are set aside. */
export const ofContent = ['missing_variable', 'bad_link', 'no_language', 'unwritable', 'content_gone'] as const;

/** Fewer people than this and a number that rests on mailboxes of colleagues would tell of one. */
export const fewest = 10;

const hour = 3_600_000;

/** In which lot the person is who comes as so-manieth, of so many: lots differ by one at most. */
export const lotOf = (at: number, people: number, lots: number): number => Math.floor((at * lots) / people);

/** The last lot whose turn has come; they begin evenly spread, the first at once. */
export function lotDue({ lots, overHours }: Pace, startedAt: Date, now: Date): number {
  if (overHours === 0) return lots - 1;
  const each = (overHours * hour) / lots;
  return Math.min(lots - 1, Math.max(0, Math.floor((now.getTime() - startedAt.getTime()) / each)));
}

/** When the lot after this one begins; null: it is the last. */
export function nextLotAt({ lots, overHours }: Pace, startedAt: Date, due: number): Date | null {
  if (due >= lots - 1) return null;
  return new Date(startedAt.getTime() + ((due + 1) * overHours * hour) / lots);
}

/** How many may be written now: what fits into a minute of the pace, once what was written before has filled its time. */
export function roomAt({ perHour }: Pace, pacedUntil: Date | null, now: Date, most: number): number {
  if (perHour === null) return most;
  if (pacedUntil !== null && pacedUntil > now) return 0;
  return Math.min(most, Math.max(1, Math.floor(perHour / 60)));
}

/** Until when so many written now fill the pace; null: there is none. */
export function fills({ perHour }: Pace, pacedUntil: Date | null, now: Date, written: number): Date | null {
  if (perHour === null) return null;
  // Time in which nothing was written is not made up for: an hour never sees more than it may.
  const from = Math.max(now.getTime(), pacedUntil?.getTime() ?? 0);
  return new Date(from + (written * hour) / perHour);
}

/** What became of people: how many are in each state here, and how many of the messages in each of theirs. */
export interface Tallied {
  recipients: { waiting: number; written: number; refused: number; aside: number; stopped: number; held: number };
  messages: {
    queued: number;
    sending: number;
    sent: number;
    in_doubt: number;
    failed: number;
    /** By the gate, and because the content could not be written. */
    refused: number;
    aside: number;
  };
}

/** The numbers that are shown. Whatever became of each, they add up to those who were planned. */
export function numbersOf({ recipients, messages }: Tallied): Numbers {
  const known =
    messages.queued +
    messages.sending +
    messages.sent +
    messages.in_doubt +
    messages.failed +
    messages.refused +
    messages.aside;
  return {
    planned:
      recipients.waiting +
      recipients.written +
      recipients.refused +
      recipients.aside +
      recipients.stopped +
      recipients.held,
    held: recipients.held,
    waiting: recipients.waiting + messages.queued + messages.sending,
    sent: messages.sent,
    inDoubt: messages.in_doubt,
    failed: messages.failed,
    refused: recipients.refused + messages.refused,
    aside: recipients.aside + messages.aside,
    // A message that its author cancelled by hand is none of these any more.
    stopped: recipients.stopped + (recipients.written - known),
  };
}

/** Whether a content of a kind is what a campaign by such a way sends. */
export const goesBy = (kind: Kind, channel: PlannedCampaign['channel']): kind is Way =>
  kind !== 'page' && channel === channelOf(kind);

/** What may be done with a sending in a state. */
export const may = {
  change: (state: SendingState): boolean => state === 'draft' || state === 'scheduled',
  start: (state: SendingState): boolean => state === 'draft' || state === 'scheduled',
  pause: (state: SendingState): boolean => state === 'gathering' || state === 'sending',
  resume: (state: SendingState): boolean => state === 'paused',
  stop: (state: SendingState): boolean =>
    state === 'scheduled' || state === 'gathering' || state === 'sending' || state === 'paused',
};
