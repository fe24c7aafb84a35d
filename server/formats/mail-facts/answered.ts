import type { Email } from 'postal-mime';
import { headerOf } from './origin.ts';

/** The identifiers of a header field (RFC 5322, 3.6.4), angle brackets included, each once. */
export const idsIn = (field: string | undefined): string[] => [
  ...new Set((field ?? '').slice(0, 100_000).match(/<[^<>\s]{1,900}>/g) ?? []),
];

/** Messages that one is believed to answer at most. */
const most = 100;

/** The messages that a mail says it answers, the nearest first (RFC 5322, 3.6.4): those of In-Reply-To, then References from the end. */
export function answeredIds(mail: Email): string[] {
  const inReplyTo = idsIn(mail.inReplyTo ?? headerOf(mail, 'in-reply-to'));
  const references = idsIn(mail.references ?? headerOf(mail, 'references'));
  const own = idsIn(mail.messageId)[0];
  return [...new Set([...inReplyTo, ...references.toReversed()])].filter((id) => id !== own).slice(0, most);
}
