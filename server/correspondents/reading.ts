import type { Email } from 'postal-mime';
import type { FieldInput } from '../cards/contract.ts';
import { inputOf } from '../cards/recognised.ts';
import { answeredIds } from '../formats/mail-facts/answered.ts';
import { type MailFacts, readMailFacts } from '../formats/mail-facts/index.ts';
import { openMessage } from '../formats/mail-facts/message.ts';
import { headerOf } from '../formats/mail-facts/origin.ts';
import { personalMark } from '../formats/mail-facts/personal.ts';
import { whenWritten } from '../formats/mail-facts/written.ts';
import { normaliseEmail } from '../formats/normalise/email.ts';
import { bodyLines, proposeContact } from '../formats/signatures/index.ts';
import { sha256 } from '../kernel/ids.ts';
import { sureEnough } from './rules.ts';

/** A message as it lies in a mailbox, or the beginning of one. */
export interface Received {
  raw: Uint8Array;
  /** Path of its folder, and what else it is filed under. */
  filedUnder: readonly string[];
  receivedAt: Date;
  /** It lies among what the owner sent. */
  sent: boolean;
}

/** One thing that a message says of somebody, and where. */
export interface Said {
  field: FieldInput;
  /** How likely it is right, 0 to 1. */
  confidence: number;
  /** The line it was read from. */
  line: string;
}

/** What is taken from one message; nothing else of it is kept. */
export interface Reading {
  /** The same for every copy of the message. */
  key: Buffer;
  /** The mailbox's owner wrote it. */
  own: boolean;
  at: Date;
  machine: boolean;
  people: MailFacts['people'];
  bounces: MailFacts['bounces'];
  /** Somebody called a message unwanted. */
  complaint?: NonNullable<MailFacts['complaint']>;
  /** The message that came back. */
  returned?: Buffer;
  /** Somebody wrote to the owner: who, and which messages they say they answer, the nearest first. What a mailbox writes by itself is no answer (RFC 3834). */
  answering?: { email: string; answers: string[] };
  /** The sender, where they are away. */
  away?: { email: string; left: boolean; until?: string };
  /** Whom to write to in place of somebody who has left. */
  successors: { email: string; said: Said[]; of: string }[];
  /** An address that the sender gave up, and what says so. */
  moved?: { email: string; said: Said[] };
  signature?: { email: string; said: Said[] };
}

export interface ReadingOptions {
  /** Addresses of the mailbox's owner, normalised. */
  own: readonly string[];
  /** ISO 3166-1 alpha-2, for numbers without prefix. */
  country: string;
}

/** The key of a message: of its Message-ID (RFC 5322, 3.6.4), else of how it begins. */
const keyOf = (mail: Email, raw: Uint8Array): Buffer =>
  sha256(mail.messageId?.trim() || Buffer.concat([Buffer.from('no id '), raw.subarray(0, 4096)]));

/**
 * Reads one message in memory. `private`: it is marked so, and nothing of it was read; `unreadable`: it goes beyond the limits of
 * `openMessage`.
 */
export async function readMessage(
  received: Received,
  { own, country }: ReadingOptions,
): Promise<Reading | 'private' | 'unreadable'> {
  const opened = await openMessage(received.raw);
  if (!opened) return 'unreadable';
  const { mail } = opened;
  const from = normaliseEmail(mail.from?.address ?? '') ?? '';
  const owner = received.sent && from !== '' ? [...own, from] : own;
  if (received.filedUnder.some((place) => personalMark(mail, place))) return 'private';
  const facts = readMailFacts(opened, { own: owner, received: received.receivedAt });
  if ('personal' in facts) return 'private';
  const incoming = !owner.includes(from);
  return {
    key: keyOf(mail, received.raw),
    own: !incoming,
    at: whenWritten(mail.date, received.receivedAt),
    machine: facts.origin !== 'person' && facts.origin !== 'absence',
    people: facts.people.filter(({ email }) => !own.includes(email)),
    bounces: facts.bounces,
    ...(facts.complaint && { complaint: facts.complaint }),
    ...(facts.returned && { returned: sha256(facts.returned) }),
    ...(incoming &&
      from !== '' &&
      facts.origin === 'person' && { answering: { email: from, answers: answeredIds(mail) } }),
    ...(incoming && from !== '' ? learned(mail, from, facts, country) : { successors: [] }),
  };
}

function learned(mail: Email, from: string, facts: MailFacts, country: string) {
  const { absence, moved } = facts;
  const lines = [...bodyLines(mail, 'text'), ...bodyLines(mail, 'html')];
  const lineWith = (address: string) => lines.find((line) => line.toLowerCase().includes(address))?.trim() ?? address;
  const signature = facts.origin === 'person' && !isForwarded(mail) ? readSignature(mail, from, country) : undefined;
  return {
    ...(absence && { away: { email: from, left: absence.left, ...(absence.back && { until: absence.back.date }) } }),
    successors: (absence?.left ? absence.instead : []).map(({ email, name }) => ({
      email,
      of: from,
      said: [
        ...(name ? [{ field: inputOf({ kind: 'name', value: name, ...guess }, country), ...guess }] : []),
        { field: emailField(email), ...guess },
      ].map((one) => ({ ...one, line: lineWith(email) })),
    })),
    // Of somebody else's address a message proves nothing.
    ...(moved &&
      (moved.old === from || moved.new === from) && {
        moved: { email: moved.old, said: [{ field: emailField(moved.new), ...guess, line: lineWith(moved.new) }] },
      }),
    ...(signature && { signature }),
  };
}

/** Of what a sentence says. */
const guess = { confidence: 0.8, line: '' };

const emailField = (value: string): FieldInput => ({ kind: 'email', value: { value, type: 'work' } });

/** Lists and agents that resend a message leave its sender's name in place. */
const isForwarded = (mail: Email): boolean => headerOf(mail, 'resent-from') !== undefined;

function readSignature(mail: Email, from: string, country: string): Reading['signature'] {
  const said = (proposeContact(mail, country)?.fields ?? [])
    .filter(({ kind, value, confidence }) => confidence >= sureEnough && !(kind === 'email' && value === from))
    .map((field) => ({ field: inputOf(field, country), confidence: field.confidence, line: field.line.trim() }));
  return said.some(({ field }) => field.kind !== 'name') ? { email: from, said } : undefined;
}
