import type { Email } from 'postal-mime';
import { linesOfHtml } from '../mail/html.ts';
import { isMachine, listAddresses, mailboxes, person } from '../mail/people.ts';
import { ownText } from '../mail/quotes.ts';
import { normaliseEmail } from '../normalise/email.ts';
import { type Absence, readAbsence } from './absence.ts';
import { type Bounce, readBounces } from './bounces.ts';
import { type Complaint, readComplaint } from './complaint.ts';
import type { OpenedMessage } from './message.ts';
import { findMoved, type Moved } from './moved.ts';
import { type Origin, originOf } from './origin.ts';
import { type PersonalMark, personalMark } from './personal.ts';

/** Somebody a message names, seen from the mailbox it lies in. */
interface MailPerson {
  /** Normalised. */
  email: string;
  name?: string;
  role: 'from' | 'to' | 'cc';
  /** They wrote to the mailbox's owner, the owner wrote to them, or both received what a third wrote. */
  direction: 'incoming' | 'outgoing' | 'beside';
}

/** What one message says, beside its content, which is kept nowhere. */
export interface MailFacts {
  origin: Origin;
  people: MailPerson[];
  /** Of a bounce. */
  bounces: Bounce[];
  /** The message that a bounce is about, to tell whether it was ours. */
  returned?: string;
  absence?: Absence;
  moved?: Moved;
  /** Somebody called a message unwanted (RFC 5965). */
  complaint?: Complaint;
}

export interface FactsOptions {
  /** Addresses of the mailbox's owner. */
  own: readonly string[];
  /** Where the message lies. */
  folder?: string;
  /** When it arrived: dates without a year are counted from there when the message does not say when it was written. */
  received?: Date;
}

/** A message that is marked as private: nothing of it is read. */
export interface Skipped {
  personal: PersonalMark;
}

/** Reads the facts of one message (`openMessage`), in memory only. */
export function readMailFacts({ mail, raw }: OpenedMessage, options: FactsOptions): MailFacts | Skipped {
  const personal = personalMark(mail, options.folder);
  return personal ? { personal } : factsOf(mail, raw, options);
}

function factsOf(mail: Email, raw: Uint8Array, options: FactsOptions): MailFacts {
  const origin = originOf(mail);
  const bounces = origin === 'bounce' ? readBounces(mail, raw) : [];
  const returned = origin === 'bounce' ? returnedId(raw) : undefined;
  const human = origin === 'person' || origin === 'absence';
  const text = human ? ownText(mail.text?.trim() ? mail.text : linesOfHtml(mail.html ?? '').join('\n')) : '';
  const from = normaliseEmail(mail.from?.address ?? '') ?? '';
  const written = validDate(mail.date) ?? options.received;
  const subject = mail.subject ?? '';
  const complaint = readComplaint(mail, raw);
  const moved = human ? findMoved(subject, text, from) : undefined;
  return {
    origin,
    people: human ? peopleOf(mail, options.own) : [],
    bounces,
    ...(returned && { returned }),
    ...(origin === 'absence' && { absence: readAbsence(subject, text, from, written) }),
    ...(moved && { moved }),
    ...(complaint && { complaint }),
  };
}

function validDate(written: string | undefined): Date | undefined {
  const date = new Date(written ?? '');
  return Number.isNaN(date.getTime()) ? undefined : date;
}

const MOST_PEOPLE = 500;

/** Senders and receivers without the owner, robots and lists; each once, in their first role. */
function peopleOf(mail: Email, own: readonly string[]): MailPerson[] {
  const mine = new Set(own.map((address) => normaliseEmail(address) ?? address));
  const lists = listAddresses(mail);
  const sent = mine.has(normaliseEmail(mail.from?.address ?? '') ?? '');
  const named = (['from', 'to', 'cc'] as const).flatMap((role) => {
    const list = role === 'from' ? [mail.from] : (mail[role] ?? []);
    return mailboxes(list).map((mailbox) => ({ role, found: person(mailbox, role === 'from') }));
  });
  const people = new Map<string, MailPerson>();
  for (const { role, found } of named) {
    if (!found || people.size >= MOST_PEOPLE || people.has(found.email)) continue;
    if (mine.has(found.email) || lists.has(found.email) || isMachine(found.email)) continue;
    const direction = role === 'from' ? 'incoming' : sent ? 'outgoing' : 'beside';
    people.set(found.email, { email: found.email, ...(found.name && { name: found.name }), role, direction });
  }
  return [...people.values()];
}

/** The identifier in the header of the message that came back, the last one that the report holds. */
export function returnedId(raw: Uint8Array): string | undefined {
  const text = Buffer.from(raw.buffer, raw.byteOffset, Math.min(raw.byteLength, 1 << 20)).toString('latin1');
  const found = [...text.matchAll(/^message-id:[ \t]*(?:\r?\n[ \t]+)?(<[^<>\s]{3,300}>)/gim)];
  return found.length > 1 ? found.at(-1)![1] : undefined;
}
