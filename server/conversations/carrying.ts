import { troubleOf } from '../connectors/connector.ts';
import { normaliseEmail } from '../formats/normalise/email.ts';
import type { App } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import type { Outcome } from '../outreach/answers.ts';
import { handOver, type Relay } from '../outreach/deliver.ts';
import { findSender } from '../outreach/queries.ts';
import { openMailServer } from '../outreach/sending.ts';
import { refused } from './channels/asking.ts';
import type { AnyChannel, Outgoing, Sent } from './channels/channel.ts';
import { channelOf } from './channels/local.ts';
import { ourId } from './channels/mail/ids.ts';
import { compose, relayOf, sentOf } from './channels/mail/sending.ts';
import type { MailAccess } from './channels/mail/settings.ts';
import { findMailbox, findWorking } from './channels.ts';
import { accessTo } from './sending.ts';

/** By which mail leaves for a channel that has no road of its own. */
export interface Carrier {
  from: { name: string; address: string };
  replyTo: string | null;
  /** A mail of any kind. It never throws. */
  handOver(mail: { to: string; subject: string; text: string; html: string; messageId: string }): Promise<Outcome>;
  /** An answer in a conversation. @throws Trouble | Unreached */
  send(outgoing: Outgoing): Promise<Sent>;
}

/** The mailbox that a channel's settings name. */
export const mailboxOf = (settings: unknown): string | null =>
  (settings as { mailboxId?: string | null } | null)?.mailboxId ?? null;

/** Whether mail could leave: from the mailbox where one is named, else as the company's mail does. */
export async function isCarried(tx: Tx, workspaceId: string, mailboxId: string | null): Promise<boolean> {
  if (mailboxId) return findMailbox(tx, workspaceId, mailboxId);
  return (await findSender(tx, workspaceId)) !== undefined;
}

/** As the keeper. @returns null where no mail leaves */
export async function findCarrier(
  app: App,
  channels: readonly AnyChannel[],
  tx: Tx,
  workspaceId: string,
  mailboxId: string | null,
  signal: AbortSignal,
): Promise<Carrier | null> {
  if (mailboxId) {
    if (!(await findMailbox(tx, workspaceId, mailboxId))) return null;
    const row = (await findWorking(tx, workspaceId, mailboxId))!;
    const access = accessTo(app, row, signal) as MailAccess;
    const { name, address } = access.settings;
    const relay = () => relayOf(access);
    const send = (outgoing: Outgoing) => channelOf(channels, 'mail').send!(access, outgoing);
    return { from: { name, address }, replyTo: null, handOver: overRelay(relay, { name, address }), send };
  }
  const server = await openMailServer(app, tx, workspaceId);
  if (!server) return null;
  const { sender, replyTo } = server;
  const relay = async () => server;
  return {
    ...{ from: sender, replyTo },
    handOver: overRelay(relay, sender, replyTo),
    async send(outgoing) {
      const to = outgoing.to.replyTo ?? outgoing.to.point.address;
      if (outgoing.to.point.channel !== 'email' || normaliseEmail(to) !== to) return refused('no_recipient');
      const raw = await compose({ ...sender, ...(replyTo ? { replyTo } : {}) }, outgoing, to);
      const outcome = await handOver(server, { envelope: { from: sender.address, to }, raw });
      return sentOf(outcome, ourId(outgoing.messageId, sender.address));
    },
  };
}

function overRelay(
  relay: () => Promise<Relay>,
  from: Carrier['from'],
  replyTo: string | null = null,
): Carrier['handOver'] {
  return async (mail) => {
    try {
      // RFC 3834, 5: whoever answers by itself does not answer this.
      const headers = { 'Auto-Submitted': 'auto-generated' };
      return await handOver(await relay(), { from, ...(replyTo ? { replyTo } : {}), ...mail, headers });
    } catch (error) {
      if (!troubleOf(error)) throw error;
      return { state: 'later', answer: 'connection' };
    }
  };
}
