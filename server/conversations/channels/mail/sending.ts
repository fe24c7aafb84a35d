import { isIP } from 'node:net';
import { createTransport } from 'nodemailer';
import { Trouble } from '../../../connectors/connector.ts';
import { openImap } from '../../../connectors/imap-session.ts';
import { normaliseEmail } from '../../../formats/normalise/email.ts';
import { Unreached } from '../../../kernel/guarded.ts';
import { isNoSuchMailbox, type Outcome } from '../../../outreach/answers.ts';
import { greet, handOver, type Mail, type Relay } from '../../../outreach/deliver.ts';
import { later, refused } from '../asking.ts';
import type { Outgoing, Sent } from '../channel.ts';
import { isIdentifier, ourId } from './ids.ts';
import { findFolders, imapOf } from './pulling.ts';
import type { MailAccess, MailSettings } from './settings.ts';

/** Milliseconds in which a copy is put among what was sent; what it is a copy of has left. */
const copyPatience = 60_000;
/** Characters of a quote. */
const mostQuoted = 10_000;

/** The sending server at the address that was judged, whatever its name says by now. @throws Unreached */
export async function relayOf({ settings: { smtp }, secret, guarded }: MailAccess): Promise<Relay> {
  const { address, inside } = await guarded.resolve(smtp.host);
  if (smtp.security === 'none' && !inside) throw new Unreached('not_encrypted');
  return {
    ...{ host: address, port: smtp.port, security: smtp.security },
    ...{ username: secret.smtpUser ?? secret.user, password: secret.smtpPassword ?? secret.password },
    ...(isIP(smtp.host) ? {} : { servername: smtp.host }),
  };
}

/** What stands in the way of all mails, in a word for people. */
function troubleOf(answer: string): Trouble {
  if (answer.startsWith('authentication')) return new Trouble('refused');
  if (answer === 'certificate') return new Trouble('certificate');
  if (answer.startsWith('tls')) return new Trouble('not_encrypted');
  if (answer.startsWith('timeout')) return new Trouble('timeout');
  return new Trouble(/ \d{3}/.test(answer) ? 'busy' : 'unreachable');
}

/** Signs in at the sending server. @throws Trouble | Unreached */
export async function checkRelay(access: MailAccess): Promise<void> {
  const outcome = await greet(await relayOf(access));
  if (outcome.state !== 'sent') throw troubleOf(outcome.answer);
}

/** "Re:" once, whatever stands before it. */
const subjectOf = (subject: string | null): string =>
  `Re: ${(subject ?? '').replace(/^(?:\s*(?:re|aw|sv|antw|rép|réf)\s*:)+/i, '').trim()}`.trim();

/** What is answered, below the answer, with who said it when. */
export function quoteOf(answering: Outgoing['answering'], locale: Outgoing['locale']): string {
  if (!answering || answering.text.trim() === '') return '';
  const { at, name } = answering;
  const day = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' }).format(at);
  const who = name.replaceAll(/\s+/g, ' ').trim();
  const said = locale === 'fr' ? `Le ${day}, ${who} a écrit :` : `On ${day}, ${who} wrote:`;
  const lines = answering.text.slice(0, mostQuoted).toWellFormed().split('\n');
  return `\n\n${said}\n${lines.map((line) => (line === '' ? '>' : `> ${line}`)).join('\n')}\n`;
}

const senderName = ({ name }: Writer, signedBy: string | null): string =>
  signedBy && name && signedBy !== name ? `${signedBy} – ${name}` : signedBy || name;

/** As whom one writes. */
export type Writer = Pick<MailSettings, 'name' | 'address'> & { replyTo?: string };

/** The octets of a mail: what is sent, and what is kept as its copy. */
export async function compose(settings: Writer, outgoing: Outgoing, to: string): Promise<Buffer> {
  const { messageId, subject, text, files, earlier, answering, signedBy, locale } = outgoing;
  const references = earlier.filter(isIdentifier);
  const inReplyTo = references.at(-1);
  const composer = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
  const { message } = await composer.sendMail({
    from: { name: senderName(settings, signedBy), address: settings.address },
    to: { name: outgoing.to.replyTo ? '' : outgoing.to.name, address: to },
    ...(settings.replyTo ? { replyTo: settings.replyTo } : {}),
    subject: subjectOf(subject),
    messageId: ourId(messageId, settings.address),
    ...(inReplyTo ? { inReplyTo, references } : {}),
    text: text + quoteOf(answering && { ...answering, name: answering.name || to }, locale),
    attachments: files.map(({ name, mediaType, content }) => ({
      ...{ filename: name, contentType: mediaType, content: Buffer.from(content) },
      contentDisposition: 'attachment' as const,
    })),
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return message as Buffer;
}

/** Puts a copy among what was sent. The mail has left: what goes wrong here changes nothing of that. */
async function keepCopy(access: MailAccess, raw: Buffer): Promise<void> {
  const signal = AbortSignal.any([access.signal, AbortSignal.timeout(copyPatience)]);
  try {
    const client = await openImap({ ...imapOf(access), signal });
    try {
      const sent = (await findFolders(client, access.settings)).find((folder) => folder.sent);
      if (sent) await client.append(sent.path, raw, ['\\Seen']);
    } finally {
      await client.logout().catch(() => client.close());
    }
  } catch {
    // It is missing there, and stands here.
  }
}

/** Answers by mail, on the address that the conversation is with. @throws Trouble | Unreached */
export async function send(access: MailAccess, outgoing: Outgoing): Promise<Sent> {
  const to = outgoing.to.replyTo ?? outgoing.to.point.address;
  // As it was kept, or nothing: an address is never made of something that looks like one.
  if (normaliseEmail(to) !== to) return refused('no_recipient');
  const relay = await relayOf(access);
  const raw = await compose(access.settings, outgoing, to);
  const outcome = await handOver(relay, { envelope: { from: access.settings.address, to }, raw });
  if (outcome.state === 'sent' && access.settings.copies === 'ours') await keepCopy(access, raw);
  return sentOf(outcome, ourId(outgoing.messageId, access.settings.address));
}

/** A letter of the mailbox's owner, as their own server sends it; answers come to it, not elsewhere. It never throws. */
export async function sendLetter(access: MailAccess, { replyTo: _elsewhere, from, ...letter }: Mail): Promise<Outcome> {
  const { address, copies } = access.settings;
  const relay = await relayOf(access).catch(() => undefined);
  if (!relay) return { state: 'later', answer: 'connection' };
  const composer = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
  const { message } = await composer.sendMail({
    ...letter,
    from: { name: from?.name ?? '', address },
    ...{ disableFileAccess: true, disableUrlAccess: true },
  });
  const raw = message as Buffer;
  const outcome = await handOver(relay, { envelope: { from: address, to: letter.to.address }, raw });
  if (outcome.state === 'sent' && copies === 'ours') await keepCopy(access, raw);
  return outcome;
}

/** What an outcome at a mail server means for a message. */
export function sentOf(outcome: Outcome, externalId: string): Sent {
  if (outcome.state === 'sent') return { kind: 'sent', externalId };
  if (outcome.state === 'in_doubt') return { kind: 'unsure' };
  if (outcome.state === 'later') return later(troubleOf(outcome.answer).code);
  if (isNoSuchMailbox(outcome.answer)) return refused('no_recipient');
  return refused(/ 552\b/.test(outcome.answer) ? 'too_long' : 'rejected');
}
