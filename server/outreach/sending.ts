import { markDead } from '../cards/consent.ts';
import type { App } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { isNoSuchMailbox, type Outcome, pauseAfter } from './answers.ts';
import { claimForContact, type InHand } from './contacts.ts';
import { deliver, type Mail, type MailServer } from './deliver.ts';
import { giveBack } from './facts.ts';
import { type Letter, oneLine, toHtml, toText } from './letters.ts';
import { queueSending } from './members.ts';
import * as queries from './queries.ts';

/** How this workspace's mail leaves; undefined: it does not. As the keeper. */
export async function openMailServer(app: App, tx: Tx, workspaceId: string): Promise<MailServer | undefined> {
  const row = await queries.findMailServer(tx, workspaceId);
  return (
    row && {
      host: row.host,
      port: row.port,
      security: row.security as MailServer['security'],
      username: row.username,
      password: row.password && app.secrets.decrypt(row.password),
      sender: { name: oneLine(row.sender_name), address: row.sender_address },
      replyTo: row.reply_to,
    }
  );
}

/**
 * Sends one message of the queue. Claimed and committed before the mail server hears of it: whoever comes later, after a crash
 * too, finds it in hand and leaves it alone.
 */
export async function sendMessage(app: App, workspaceId: string, messageId: string): Promise<void> {
  const asKeeper = <T>(work: (tx: Tx) => Promise<T>) => app.db.asSystem('keeper', work);
  const message = await asKeeper((tx) => queries.findMessage(tx, workspaceId, messageId));
  if (message?.state !== 'queued') return;
  // Before the claim: settings that cannot be read (another master key) leave the message waiting.
  const server = await asKeeper((tx) => openMailServer(app, tx, workspaceId));
  const inHand =
    message.kind === 'contact'
      ? await claimForContact(app, workspaceId, messageId, message)
      : await asKeeper((tx) => claimPlain(app, tx, workspaceId, messageId, message));
  if (!inHand) return;
  const outcome: Outcome = !inHand.mail
    ? { state: 'failed', answer: 'nobody' }
    : server
      ? await deliver(server, inHand.mail)
      : { state: 'failed', answer: 'no_mail_server' };
  await asKeeper((tx) => conclude(app, tx, { workspaceId, messageId, message }, outcome, inHand.attempts));
}

async function claimPlain(
  app: App,
  tx: Tx,
  workspaceId: string,
  messageId: string,
  message: queries.QueuedMessage,
): Promise<InHand | null> {
  const attempts = await queries.claim(tx, workspaceId, messageId);
  if (attempts === null) return null;
  const write = message.kind === 'asked' ? writeToAsker : writeToMember;
  return { attempts, mail: await write(app, tx, workspaceId, messageId, message) };
}

/** The mail that a message to a member is; undefined when the member has gone, or what it said. */
async function writeToMember(
  _app: App,
  tx: Tx,
  workspaceId: string,
  messageId: string,
  message: queries.QueuedMessage,
): Promise<Mail | undefined> {
  const content = await queries.findContent(tx, workspaceId, messageId);
  const recipient = message.recipient_id && (await queries.findRecipient(tx, workspaceId, message.recipient_id));
  if (!content || !recipient) return undefined;
  const { action, ...rest } = content;
  const letter = { ...rest, footer: content.footer ?? '', ...(action ? { action } : {}) };
  return {
    messageId: message.mail_id,
    to: { name: oneLine(recipient.name), address: recipient.address },
    subject: oneLine(content.subject),
    text: toText(letter),
    html: toHtml(letter, content.locale),
    // RFC 3834, 5: whoever answers by itself does not answer this.
    headers: { 'Auto-Submitted': 'auto-generated' },
  };
}

/** The mail that somebody asked for; undefined once what it said is gone. */
async function writeToAsker(
  app: App,
  tx: Tx,
  workspaceId: string,
  messageId: string,
  message: queries.QueuedMessage,
): Promise<Mail | undefined> {
  const content = await queries.findContent(tx, workspaceId, messageId);
  if (!content?.sealed) return undefined;
  const { address, action } = JSON.parse(app.secrets.decrypt(content.sealed)) as Pick<Letter, 'action'> & {
    address: string;
  };
  const letter = { ...content, footer: content.footer ?? '', action };
  return {
    messageId: message.mail_id,
    to: { name: '', address },
    subject: oneLine(content.subject),
    text: toText(letter),
    html: toHtml(letter, content.locale),
    headers: { 'Auto-Submitted': 'auto-generated' },
  };
}

interface Sent {
  workspaceId: string;
  messageId: string;
  message: queries.QueuedMessage;
}

/** What will never arrive gives back what it took of a quota; an address that does not exist is remembered as dead. */
async function conclude(
  app: App,
  tx: Tx,
  { workspaceId, messageId, message }: Sent,
  outcome: Outcome,
  attempts: number,
): Promise<void> {
  if (outcome.state === 'sent') {
    await queries.settle(tx, workspaceId, messageId, { state: 'sent', answer: null });
    if (message.kind === 'asked') await queries.eraseContent(tx, workspaceId, messageId);
    return queries.noteHealth(tx, workspaceId, null);
  }
  const { answer } = outcome;
  const minutes = outcome.state === 'later' ? pauseAfter(attempts) : null;
  if (minutes !== null) {
    await queries.settle(tx, workspaceId, messageId, { state: 'queued', answer, minutes });
    await queueSending(app, tx, workspaceId, messageId, minutes * 60 + 1);
  } else if (outcome.state === 'in_doubt') {
    await queries.settle(tx, workspaceId, messageId, { state: 'in_doubt', answer });
  } else {
    await queries.settle(tx, workspaceId, messageId, { state: 'failed', answer });
    await giveBack(tx, workspaceId, messageId);
    if (message.kind === 'asked') await queries.eraseContent(tx, workspaceId, messageId);
    if (isNoSuchMailbox(answer) && message.contact_point_id) await markDead(tx, workspaceId, message.contact_point_id);
  }
  await queries.noteHealth(tx, workspaceId, answer);
}
