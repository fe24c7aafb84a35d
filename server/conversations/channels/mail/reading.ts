import type { Email } from 'postal-mime';
import { linesOfHtml } from '../../../formats/mail/html.ts';
import { mailboxes } from '../../../formats/mail/people.ts';
import { answeredIds, idsIn } from '../../../formats/mail-facts/answered.ts';
import { readBounces } from '../../../formats/mail-facts/bounces.ts';
import { returnedId } from '../../../formats/mail-facts/index.ts';
import { openMessage } from '../../../formats/mail-facts/message.ts';
import { headerOf, originOf } from '../../../formats/mail-facts/origin.ts';
import { personalMark } from '../../../formats/mail-facts/personal.ts';
import { whenWritten } from '../../../formats/mail-facts/written.ts';
import { normaliseEmail } from '../../../formats/normalise/email.ts';
import { replyText } from '../../../formats/signatures/index.ts';
import type { Correspondent, Incoming, IncomingFile } from '../channel.ts';
import { idOf as bounded, clean, namelessFile, toMessage } from '../reading.ts';
import { idOf, isOurs } from './ids.ts';

/** A message as it lies in a mailbox, or the beginning of a long one. */
export interface Received {
  raw: Uint8Array;
  /** Of a long one, what stands beyond: its texts whole, and its files to be fetched. */
  beyond?: { text: string; html: string; files: readonly IncomingFile[] };
  /** It lies among what was sent. */
  sent: boolean;
  receivedAt: Date;
}

export interface ReadingOptions {
  /** Addresses of the mailbox, normalised. */
  own: readonly string[];
  /** What is marked as private is not read. */
  personal: boolean;
}

/** The most to whom else a message went. */
const mostOthers = 100;

/**
 * What a mail brings, by its octets alone: a message, what became of one of ours (RFC 3464), or nothing: where it is marked as private, names
 * nobody one could answer, or goes beyond the limits of `openMessage`.
 */
export async function readMail(received: Received, { own, personal }: ReadingOptions): Promise<Incoming[]> {
  const opened = await openMessage(received.raw);
  if (!opened) return [];
  const { beyond } = received;
  const mail: Email = beyond
    ? { ...opened.mail, text: beyond.text || opened.mail.text!, html: beyond.html || opened.mail.html! }
    : opened.mail;
  if (personal && personalMark(mail)) return [];
  const origin = originOf(mail);
  if (origin === 'bounce') return bounceOf(mail, opened.raw, received.receivedAt);
  const correspondent = received.sent ? receiverOf(mail, own) : senderOf(mail, own);
  if (!correspondent) return [];
  const externalId = bounded(idOf(mail.messageId, received.raw));
  const at = whenWritten(mail.date, received.receivedAt);
  const message = toMessage({
    externalId,
    ...placeOf(mail, externalId, correspondent),
    ...{ correspondent, at, apart: true, direction: received.sent ? 'out' : 'in' },
    ...(mail.subject ? { subject: mail.subject } : {}),
    ...partsOf(mail),
    ...(mail.html ? { html: mail.html } : {}),
    files: beyond?.files ?? filesOf(mail),
    automatic: origin !== 'person',
    others: othersOf(mail, [...own, correspondent.point.address]),
  });
  // A copy of what we sent shows that it left, where nobody knew.
  return received.sent && isOurs(externalId)
    ? [message, { kind: 'settled', externalId, state: 'sent', at }]
    : [message];
}

const failed = /^action:[ \t]*failed/im;

/** That a mail of ours came back for good; what is only late says nothing yet. */
function bounceOf(mail: Email, raw: Uint8Array, at: Date): Incoming[] {
  const bounces = readBounces(mail, raw);
  const about = returnedId(raw) ?? idsIn(headerOf(mail, 'in-reply-to'))[0];
  const report = Buffer.from(raw.buffer, raw.byteOffset, Math.min(raw.byteLength, 1 << 20)).toString('latin1');
  if (!about || !(bounces.some(({ kind }) => kind === 'hard') || failed.test(report))) return [];
  const reason = bounces.some(({ invalidates }) => invalidates) ? 'no_recipient' : 'rejected';
  return [{ kind: 'settled', externalId: bounded(about), state: 'failed', at, reason }];
}

interface Named {
  address: string;
  name: string;
}

/** The addresses of a field that mail can reach. */
const named = (list: Parameters<typeof mailboxes>[0]): Named[] =>
  mailboxes(list).flatMap(({ name, address }) => {
    const normal = normaliseEmail(address ?? '');
    return normal ? [{ address: normal, name: clean(name ?? '') }] : [];
  });

const emailPoint = (address: string): Correspondent['point'] => ({ channel: 'email', address });

/**
 * Who wrote: the address in From, which shows nothing more than that; what they want answers sent to where that is another. A form that writes
 * in our own name says in Reply-To who filled it in.
 */
function senderOf(mail: Email, own: readonly string[]): Correspondent | undefined {
  const replyTo = named(mail.replyTo ?? []).find(({ address }) => !own.includes(address));
  const [from] = named([mail.from]).filter(({ address }) => !own.includes(address));
  const who = from ?? replyTo;
  if (!who) return undefined;
  const elsewhere = replyTo && replyTo.address !== who.address ? { replyTo: replyTo.address } : {};
  return { point: emailPoint(who.address), name: who.name, ...elsewhere };
}

/** To whom it went, the first of them. */
function receiverOf(mail: Email, own: readonly string[]): Correspondent | undefined {
  const all = named([...(mail.to ?? []), ...(mail.cc ?? []), ...(mail.bcc ?? [])]);
  const to = all.find(({ address }) => !own.includes(address));
  return to && { point: emailPoint(to.address), name: to.name };
}

function othersOf(mail: Email, known: readonly string[]): string[] {
  const all = named([...(mail.to ?? []), ...(mail.cc ?? [])]).map(({ address }) => address);
  return [...new Set(all)].filter((address) => !known.includes(address)).slice(0, mostOthers);
}

/** The conversation with this address that began with the first message of the thread; and what it answers, nearest first. */
function placeOf(mail: Email, externalId: string, { point }: Correspondent) {
  const inReplyTo = idsIn(mail.inReplyTo ?? headerOf(mail, 'in-reply-to'));
  const references = idsIn(mail.references ?? headerOf(mail, 'references'));
  const root = references[0] ?? inReplyTo[0] ?? externalId;
  return { thread: `${root} ${point.address}`, answers: answeredIds(mail).filter((id) => id !== externalId) };
}

/** What was written, and what was cut off it: all other lines of the mail, in their order. */
function partsOf(mail: Email): { text: string; quoted?: string } {
  const text = replyText(mail);
  const body = mail.text?.trim() ? mail.text.split(/\r\n|\r|\n/) : mail.html ? linesOfHtml(mail.html) : [];
  const kept = text.split('\n');
  let at = 0;
  const rest = body.filter((line) => {
    if (at >= kept.length || line.trim() !== kept[at]!.trim()) return true;
    at++;
    return false;
  });
  const quoted = rest
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();
  return quoted === '' ? { text } : { text, quoted };
}

const filesOf = ({ attachments }: Email): IncomingFile[] =>
  attachments.map(({ filename, mimeType, content, contentId }) => ({
    name: filename || namelessFile('file', mimeType),
    mediaType: mimeType,
    content: typeof content === 'string' ? Buffer.from(content) : new Uint8Array(content as ArrayBuffer),
    ...(contentId && { contentId: plainContentId(contentId) }),
  }));

export const plainContentId = (id: string): string => clean(id).replace(/^<|>$/g, '').slice(0, 500);
