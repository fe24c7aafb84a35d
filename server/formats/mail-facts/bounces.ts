import type { Email } from 'postal-mime';
import { normaliseEmail } from '../normalise/email.ts';
import { headerOf } from './origin.ts';

/** What a report says of one recipient. */
export interface Bounce {
  /** Normalised. */
  recipient: string;
  /** Whom it was sent to, where that was passed on to `recipient` (RFC 3464, 2.3.1). Normalised. */
  original?: string;
  /** RFC 3463, "5.1.1". */
  status: string;
  /** Hard: for good (5.x.x). Soft: for now (4.x.x). */
  kind: 'hard' | 'soft';
  /** Whether the address is to be held invalid: hard, and for the address's sake rather than for what was sent. */
  invalidates: boolean;
  /** It is only late: the server goes on trying. */
  delayed?: true;
}

const MOST = 1000;
/** Of a message's text what a daemon writes; below stands what it gives back. */
const MOST_TEXT = 20_000;

/** Reads a report on delivery (RFC 3464), or what daemons write in its place. Recipients that were reached are left out. */
export function readBounces(mail: Email, raw: Uint8Array): Bounce[] {
  const reports = statusParts(mail, raw);
  const stated = reports.flatMap(readReport).slice(0, MOST);
  const found = stated.length > 0 ? stated : readProse(mail);
  const worst = new Map<string, Bounce>();
  for (const one of found) {
    const known = worst.get(one.recipient);
    if (!known || isWorse(one, known)) worst.set(one.recipient, one);
  }
  return [...worst.values()];
}

/** How bad it is: the address for good, the message for good, for now, only late. */
const weightOf = ({ invalidates, kind, delayed }: Omit<Bounce, 'recipient'>): number =>
  invalidates ? 3 : kind === 'hard' ? 2 : delayed ? 0 : 1;

/** Of two reports on the same the worse holds: what is permanent over what passes. */
export const isWorse = (one: Omit<Bounce, 'recipient'>, other: Omit<Bounce, 'recipient'>): boolean =>
  weightOf(one) > weightOf(other);

function statusParts(mail: Email, raw: Uint8Array): string[] {
  const decoded = mail.attachments
    .filter(({ mimeType }) => /^message\/(?:global-)?delivery-status$/.test(mimeType))
    .map(({ content }) =>
      typeof content === 'string' ? content : Buffer.from(content as ArrayBuffer).toString('utf8'),
    );
  const told = decoded.filter((text) => /^(?:final|original)-recipient:/im.test(text));
  return told.length > 0 ? told : rawStatus(raw);
}

/** Where the boundary that is announced is not the one that is used, the report stands in the text all the same. */
function rawStatus(raw: Uint8Array): string[] {
  const text = Buffer.from(raw.buffer, raw.byteOffset, Math.min(raw.byteLength, 1 << 20)).toString('latin1');
  const start = text.search(/^content-type:\s*message\/(?:global-)?delivery-status/im);
  if (start < 0) return [];
  const behind = text.slice(start);
  const end = behind.search(/^content-type:\s*(?:message\/(?:rfc822|global)|text\/rfc822-headers)/im);
  return [end < 0 ? behind : behind.slice(0, end)];
}

/** One group of fields a recipient, a blank line between them (RFC 3464, 2.1). */
function readReport(report: string): Bounce[] {
  const groups = report
    .slice(0, 1 << 20)
    .replace(/\r\n/g, '\n')
    .replace(/\n[ \t]+/g, ' ')
    .split(/\n{2,}/);
  return groups.slice(0, 2 * MOST).flatMap((group) => {
    const field = (name: string) => new RegExp(`^${name}:[ \\t]*(.*)$`, 'im').exec(group)?.[1]?.trim();
    const addressIn = (name: string) => {
      const written = field(name);
      return written && normaliseEmail(written.replace(/^[\w-]+\s*;\s*/, '').replace(/^<|>$/g, ''));
    };
    const original = addressIn('original-recipient');
    const recipient = addressIn('final-recipient') ?? original;
    const action = field('action')?.toLowerCase();
    if (!recipient || /^(?:delivered|relayed|expanded)/.test(action ?? '')) return [];
    const status =
      /\b([245]\.\d{1,3}\.\d{1,3})\b/.exec(field('status') ?? '')?.[1] ?? codeOf(field('diagnostic-code') ?? '');
    if (!status || status.startsWith('2')) return [];
    const told = bounce(recipient, status, action?.startsWith('delayed') ?? false);
    return [original && original !== recipient ? { ...told, original } : told];
  });
}

function bounce(recipient: string, status: string, delayed: boolean): Bounce {
  const kind = status.startsWith('5') && !delayed ? 'hard' : 'soft';
  const invalidates = kind === 'hard' && isOfAddress(status);
  return { recipient, status, kind, invalidates, ...(delayed && { delayed }) };
}

/**
 * Whether a status speaks of the address (RFC 3463: x.1 addressing, x.2.1 mailbox disabled, x.4.4 no route to the host, x.0 nothing
 * more known). A full mailbox, a message that is too long, a policy or a filter say nothing against it.
 */
function isOfAddress(status: string): boolean {
  return /^5\.(?:1\.(?!7$|8$|9$)\d+|2\.[016]|4\.4|0\.0|10\.\d+)$/.test(status);
}

/** "550 5.1.1 …" has an enhanced status; of "550 …" alone only the first digit is told. */
function codeOf(text: string): string | undefined {
  const enhanced =
    /\b[45]\d\d[ -]+#?([45]\.\d{1,3}\.\d{1,3})\b/.exec(text) ?? /\b([45]\.\d{1,3}\.\d{1,3})\b(?!\.\d)/.exec(text);
  if (enhanced) return enhanced[1];
  const plain = /(?:^|[^\d.])([45])([0-5])\d(?=[\s-])/.exec(text);
  return plain ? `${plain[1]}.0.0` : undefined;
}

const RETURNED =
  /^[ \t]*(?:-{3,}.{0,60}(?:original|returned|copy of|message follows|urspr|d['’]origine|original).{0,60}-{0,}|original message headers|message headers follow|return-path:|received:)/im;
/** Bounded and without a second @, so that no text makes it try each of its places with each other. */
const ADDRESS = /[^\s@<>()[\]:;,"'|]{1,64}@[^\s@<>()[\]:;,"'|]{1,255}\.[a-z]{2,24}/gi;

/** Reports of daemons that know no RFC 3464: the recipients of a header field, else the addresses before a reply code. */
function readProse(mail: Email): Bounce[] {
  const whole = (mail.text ?? mail.html?.replace(/<[^<>]{0,2000}>/g, ' ') ?? '').slice(0, MOST_TEXT);
  const end = whole.search(RETURNED);
  const text = end > 0 ? whole.slice(0, end) : whole;
  const status = codeOf(text);
  if (!status) return [];
  const failed = headerOf(mail, 'x-failed-recipients');
  const [from, to] = [mail.from?.address?.toLowerCase(), mail.to?.map(({ address }) => address?.toLowerCase()) ?? []];
  const found = (failed ?? text).match(ADDRESS) ?? [];
  const recipients = found.map(normaliseEmail).filter((one) => one !== undefined);
  return [...new Set(recipients)]
    .filter((one) => one !== from && !to.includes(one) && !/^(?:postmaster|mailer-daemon)@/.test(one))
    .slice(0, 20)
    .map((one) => bounce(one, status, /\bdelayed\b|will (?:be )?retr/i.test(text) && status.startsWith('4')));
}
