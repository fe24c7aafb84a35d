import { createHmac } from 'node:crypto';
import type { Email } from 'postal-mime';
import { findForwarded } from '../formats/mail/forwarded.ts';
import { linesOfHtml } from '../formats/mail/html.ts';
import { openMessage } from '../formats/mail-facts/message.ts';
import { normaliseEmail } from '../formats/normalise/email.ts';
import type { Secrets } from '../kernel/secrets.ts';
import { type Received, readMessage } from './reading.ts';
import type { Outcome } from './taking.ts';

// The drop-box: one mailbox of the company, to which its members send copies of what they exchange with others.

/** Digits of base 32 (RFC 4648), which no program of mail changes. */
const DIGITS = 'abcdefghijklmnopqrstuvwxyz234567';
const TAG_LENGTH = 12;

/** The secret in a member's drop-box address: 60 bits that only the master key makes. */
export function tagOf(secrets: Pick<Secrets, 'links'>, workspaceId: string, memberId: string, version: number): string {
  const digest = createHmac('sha256', secrets.links).update(`drop-box ${workspaceId} ${memberId} ${version}`).digest();
  return [...digest.subarray(0, TAG_LENGTH)].map((octet) => DIGITS[octet & 31]).join('');
}

/** "copies@company.example" with a tag: "copies+tag@company.example" (RFC 5233). */
export const tagged = (address: string, tag: string): string => address.replace('@', `+${tag}@`);

const RECEIVED_FOR = /^(?:to|cc|bcc|delivered-to|x-original-to|envelope-to|x-envelope-to|x-forwarded-to|received)$/;

/** The tags with which a message was addressed to the drop-box. */
function tagsIn(mail: Email, address: string): Set<string> {
  const [local = '', host = ''] = address.toLowerCase().split('@');
  const literal = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const pattern = new RegExp(
    `(?<![\\w.+-])${literal(local)}\\+([a-z2-7]{${TAG_LENGTH}})@${literal(host)}(?![\\w.-])`,
    'g',
  );
  const found = new Set<string>();
  for (const { key, value } of mail.headers.slice(0, 200))
    if (RECEIVED_FOR.test(key))
      for (const [, tag] of value.slice(0, 10_000).toLowerCase().matchAll(pattern)) found.add(tag!);
  return found;
}

const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1).toLowerCase();

/** Of one organisation, as relaxed alignment has it (RFC 7489, 3.1), by whole labels. */
const isAligned = (domain: string, from: string): boolean =>
  domain === from || domain.endsWith(`.${from}`) || from.endsWith(`.${domain}`);

/**
 * Whether the provider says that a message comes from its sender's domain: by its Authentication-Results (RFC 8601), of which only the
 * topmost is the last server's own. True where there is none: then the tag alone tells.
 */
function isAuthentic(mail: Email, from: string): boolean {
  const said = mail.headers.find(({ key }) => key === 'authentication-results')?.value.toLowerCase();
  if (said === undefined) return true;
  const dmarc = /\bdmarc\s*=\s*(\w+)/.exec(said)?.[1];
  if (dmarc === 'pass' || dmarc === 'bestguesspass') return true;
  if (dmarc !== undefined && dmarc !== 'none') return false;
  const domain = domainOf(from);
  return said.split(';').some((result) => {
    if (!/^\s*(?:dkim|spf)\s*=\s*pass\b/.test(result)) return false;
    const of = /header\.(?:d|i)\s*=\s*@?([^\s;]+)/.exec(result) ?? /smtp\.mailfrom\s*=\s*([^\s;]+)/.exec(result);
    return of !== null && isAligned(domainOf(of[1]!), domain);
  });
}

/** Whoever may send copies: an active member, their own address, and their tag. */
export interface Sender {
  memberId: string;
  email: string;
  tag: string;
}

/**
 * Reads what a member dropped, for them: a copy of what they wrote, or a message that they pass on, which counts as one they received.
 * Undefined for what no member sent: the tag, the sender's own address and what the provider says of it must agree.
 */
export async function readDropped(
  received: Received,
  address: string,
  senders: readonly Sender[],
  country: string,
): Promise<{ memberId: string; outcome: Outcome } | undefined> {
  const opened = await openMessage(received.raw);
  if (!opened) return undefined;
  const { mail } = opened;
  const from = normaliseEmail(mail.from?.address ?? '') ?? '';
  const tags = tagsIn(mail, address);
  const sender = senders.find(({ email, tag }) => email === from && tags.has(tag));
  if (!sender || !isAuthentic(mail, from)) return undefined;
  const { memberId } = sender;
  const options = { own: [from, address, tagged(address, sender.tag)], country };
  const copy = await readMessage({ ...received, sent: true }, options);
  if (typeof copy === 'string' || copy.people.length > 0) return { memberId, outcome: copy };
  const inner = passedOn(mail, from);
  return { memberId, outcome: inner ? await readMessage({ ...received, ...inner, sent: false }, options) : copy };
}

/** The message that a text passes on, as if it had arrived. Only the outermost: what it passes on itself is quoted. */
function passedOn(mail: Email, to: string): { raw: Uint8Array } | undefined {
  const text = mail.text?.trim() ? mail.text : linesOfHtml(mail.html ?? '').join('\n');
  const found = findForwarded(text);
  const address = found && normaliseEmail(found.from.address);
  if (!found || !address) return undefined;
  const word = (value: string) => `=?utf-8?B?${Buffer.from(value.slice(0, 300)).toString('base64')}?=`;
  const written = new Date(found.date);
  const date = Number.isNaN(written.getTime()) ? mail.date : written.toUTCString();
  const head = [
    `From: ${found.from.name ? `${word(found.from.name)} ` : ''}<${address}>`,
    `To: <${to}>`,
    ...(date ? [`Date: ${date}`] : []),
    `Subject: ${word(found.subject)}`,
    // Passed on twice it is the same message.
    `Message-ID: <passed-on ${address} ${word(found.date)} ${word(found.subject)}>`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
  ];
  return { raw: Buffer.from(`${head.join('\r\n')}\r\n\r\n${Buffer.from(found.text).toString('base64')}\r\n`) };
}
