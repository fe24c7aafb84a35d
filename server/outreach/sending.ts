import type { App } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { deliver, type Mail, type MailServer } from './deliver.ts';
import { oneLine, toHtml, toText } from './letters.ts';
import { queueSending } from './members.ts';
import * as queries from './queries.ts';
import { type Outcome, pauseAfter } from './rules.ts';

/** How this workspace's mail leaves; undefined: it does not. */
export async function openMailServer(app: App, tx: Tx, workspaceId: string): Promise<MailServer | undefined> {
  const row = await queries.findMailServer(tx, workspaceId);
  return (
    row && {
      host: row.host,
      port: row.port,
      security: row.security as MailServer['security'],
      username: row.username,
      password: row.password && app.secrets.decrypt(row.password),
      sender: { name: row.sender_name, address: row.sender_address },
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
  const attempts = await asKeeper((tx) => queries.claim(tx, workspaceId, messageId));
  if (attempts === null) return;
  const prepared = await asKeeper(async (tx) => ({
    server: await openMailServer(app, tx, workspaceId),
    mail: await writeToMember(tx, workspaceId, messageId),
  }));
  const outcome: Outcome =
    prepared.server && prepared.mail
      ? await deliver(prepared.server, prepared.mail)
      : { state: 'failed', answer: prepared.mail ? 'no_mail_server' : 'nobody' };
  await asKeeper((tx) => conclude(app, tx, workspaceId, messageId, outcome, attempts));
}

/** The mail that a message to a member is; undefined when the member has gone, or what it said. */
async function writeToMember(tx: Tx, workspaceId: string, messageId: string): Promise<Mail | undefined> {
  const message = await queries.findMessage(tx, workspaceId, messageId);
  const content = await queries.findContent(tx, workspaceId, messageId);
  const recipient = message?.recipient_id && (await queries.findRecipient(tx, workspaceId, message.recipient_id));
  if (!message || !content || !recipient) return undefined;
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

async function conclude(
  app: App,
  tx: Tx,
  workspaceId: string,
  messageId: string,
  outcome: Outcome,
  attempts: number,
): Promise<void> {
  if (outcome.state === 'sent') {
    await queries.settle(tx, workspaceId, messageId, { state: 'sent', answer: null });
    return queries.noteHealth(tx, workspaceId, null);
  }
  const { answer } = outcome;
  const minutes = outcome.state === 'later' ? pauseAfter(attempts) : null;
  if (minutes !== null) {
    await queries.settle(tx, workspaceId, messageId, { state: 'queued', answer, minutes });
    await queueSending(app, tx, workspaceId, messageId, minutes * 60 + 1);
  } else {
    const state = outcome.state === 'in_doubt' ? 'in_doubt' : 'failed';
    await queries.settle(tx, workspaceId, messageId, { state, answer });
  }
  await queries.noteHealth(tx, workspaceId, answer);
}
