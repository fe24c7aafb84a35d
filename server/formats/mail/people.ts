import type { Address, Email, Mailbox } from 'postal-mime';
import { isRobot, normaliseEmail } from '../normalise/email.ts';

/** Somebody a message names as sender or receiver. */
export interface Correspondent {
  /** Normalised. */
  email: string;
  /** As the message writes it. */
  written: string;
  name?: string;
  /** Whether this message was written by them. */
  author: boolean;
}

/** The humans and shared mailboxes of one message: robots, mailing lists, bounces and newsletters name none. */
export function correspondents(mail: Email): Correspondent[] {
  const header = (name: string) => mail.headers.find(({ key }) => key === name)?.value.toLowerCase();
  if (isReport(mail, header)) return organisers(mail);
  const lists = listAddresses(mail);
  const generated = /auto-generated/.test(header('auto-submitted') ?? '');
  const bulk =
    lists.size === 0 && (header('list-unsubscribe') !== undefined || /bulk|junk/.test(header('precedence') ?? ''));
  if (bulk) return organisers(mail);
  const from = generated ? [] : mailboxes([mail.from]);
  const found = [
    ...from.map((mailbox) => person(mailbox, true)),
    ...mailboxes([...(generated ? [] : (mail.replyTo ?? [])), ...(mail.to ?? []), ...(mail.cc ?? [])]).map((mailbox) =>
      person(mailbox, false),
    ),
    ...organisers(mail),
  ];
  return found.filter(
    (one): one is Correspondent => one !== undefined && !lists.has(one.email) && !isMachine(one.email),
  );
}

type Header = (name: string) => string | undefined;

/** Delivery reports (RFC 3464), complaints (RFC 5965), and what daemons write without saying so. */
function isReport(mail: Email, header: Header): boolean {
  const sender = mail.from?.address?.toLowerCase() ?? '';
  const type = header('content-type') ?? '';
  return (
    /^multipart\/report/.test(type) ||
    /^(mailer-daemon|postmaster|mail-daemon)@/.test(sender) ||
    header('x-failed-recipients') !== undefined
  );
}

/** Addresses of the lists a message came through (RFC 2369). */
export function listAddresses(mail: Email): Set<string> {
  const lists = new Set<string>();
  for (const { key, value } of mail.headers) {
    if (key !== 'list-post' && key !== 'x-mailing-list' && key !== 'mailing-list') continue;
    for (const match of value.slice(0, 1000).matchAll(/[^\s<>:;,]+@[^\s<>:;,?]+/g))
      lists.add(match[0].replace(/^mailto:/i, '').toLowerCase());
  }
  return lists;
}

export function isMachine(email: string): boolean {
  const local = email.slice(0, email.lastIndexOf('@'));
  return isRobot(email) || local.length >= 40 || LIST.test(email);
}

/** What list managers call their lists; only members of a list write to it, and it is nobody. */
const LIST =
  /^(?:owner-|.*(?:^|[-_.])(?:lists?|liste|request)@|.*@(?:lists?|listes|listserv|googlegroups|yahoogroups|groupes)\.)/;

export function mailboxes(addresses: (Address | undefined)[]): Mailbox[] {
  return addresses.flatMap((address): Mailbox[] => {
    if (!address) return [];
    return address.group ? address.group : [address, ...addressesInName(address)];
  });
}

/** "From: a@example.com b@example.com", without a comma: the second address is taken for a name. */
function addressesInName({ name, address }: Mailbox): Mailbox[] {
  const found = name.slice(0, 500).match(/[^\s<>()",;]+@[^\s<>()",;]+/g) ?? [];
  return found.filter((other) => other !== address).map((other) => ({ name: '', address: other }));
}

export function person(mailbox: Mailbox, author: boolean): Correspondent | undefined {
  const email = mailbox.address ? normaliseEmail(mailbox.address) : undefined;
  if (!email) return undefined;
  const name = cleanName(mailbox.name, email);
  const written = mailbox.address ?? email;
  return name ? { email, written, name, author } : { email, written, author };
}

/** A display name that says more than the address does. */
function cleanName(name: string | undefined, email: string): string | undefined {
  const plain = (name ?? '')
    .slice(0, 300)
    .replace(/^['"\s]+|['"\s]+$/g, '')
    .replace(/\s+[-–|]\s+.*$/, '')
    .replace(/\s*\((?:via|par) .*\)$/i, '')
    .trim();
  if (plain === '' || plain.toLowerCase() === email || plain.includes('@') || /^undisclosed/i.test(plain))
    return undefined;
  return plain;
}

/** The organiser of an invitation (RFC 5545, 3.8.4.3), who is often not the sender. */
function organisers(mail: Email): Correspondent[] {
  return mail.attachments
    .filter(({ mimeType, filename }) => mimeType === 'text/calendar' || /\.ics$/i.test(filename ?? ''))
    .flatMap(({ content }) => {
      const text = typeof content === 'string' ? content : Buffer.from(content as ArrayBuffer).toString('utf8');
      const unfolded = text.slice(0, 100_000).replace(/\r?\n[ \t]/g, '');
      const line = /^ORGANIZER([^:\r\n"]*(?:"[^"\r\n]*"[^:\r\n"]*)*):(.+)$/im.exec(unfolded);
      const address =
        /EMAIL="?([^\s;:"]+@[^\s;:"]+)/i.exec(line?.[1] ?? '')?.[1] ?? /mailto:([^\s;"]+)/i.exec(line?.[0] ?? '')?.[1];
      const name = /CN="?([^";:]+)/i.exec(line?.[1] ?? '')?.[1];
      const found = address ? person({ address, name: name ?? '' }, false) : undefined;
      return found && !isMachine(found.email) ? [found] : [];
    });
}
