import { Trouble, troubleOf } from '../connectors/connector.ts';
import type { App, AppInside } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { openGuarded } from '../kernel/guarded.ts';
import { applyEarly, tellAgents } from './arrivals.ts';
import { findCarrier, mailboxOf } from './carrying.ts';
import { refused } from './channels/asking.ts';
import type { Access, AnyChannel, Outgoing, Sent } from './channels/channel.ts';
import { channelOf } from './channels/local.ts';
import { findReplyFacts } from './facts.ts';
import { readFiles } from './files.ts';
import {
  claim,
  findAnswered,
  findEarlier,
  findWaiting,
  type Leaving,
  noteId,
  type Settlement,
  settle,
} from './leaving.ts';
import { pauseAfter, refusals } from './rules.ts';

interface MessageRef {
  conversationId: string;
  messageId: string;
}

/** Wakes the job that sends a message, in the transaction that wrote it. What one conversation says leaves in its order. */
export async function queueSending(
  app: Pick<AppInside, 'enqueue'>,
  tx: Tx,
  workspaceId: string,
  { conversationId, messageId }: MessageRef,
  delaySeconds = 0,
): Promise<void> {
  const job = { workspaceId, task: 'conversations.send', payload: { conversationId, messageId } };
  await app.enqueue(tx, { ...job, queue: `conversation ${conversationId}`, delaySeconds });
}

/** What was written after a message that has left, or never will, is next. */
export async function wakeNext(
  app: Pick<AppInside, 'enqueue'>,
  tx: Tx,
  workspaceId: string,
  conversationId: string,
): Promise<void> {
  const messageId = await findWaiting(tx, workspaceId, conversationId);
  if (messageId) await queueSending(app, tx, workspaceId, { conversationId, messageId });
}

/** What a channel's functions work with. Settings and secret are as they were checked when they were entered. */
export const accessTo = (
  app: App,
  { settings, secret, owner_id }: { settings: unknown; secret: Buffer | null; owner_id?: string | null },
  signal: AbortSignal,
): Access => ({
  settings,
  secret: secret ? JSON.parse(app.secrets.decrypt(secret)) : {},
  guarded: openGuarded(app.config.privateNetworks),
  signal,
  ...(owner_id ? { personal: true } : {}),
});

/**
 * Sends a message of ours. It is asked again whether it may leave; it is claimed and committed before the platform hears of it, so that
 * whoever comes later, after a crash too, finds it in hand and leaves it alone.
 */
export async function sendMessage(
  app: App,
  channels: readonly AnyChannel[],
  workspaceId: string,
  { conversationId, messageId }: MessageRef,
  signal: AbortSignal,
): Promise<void> {
  const asKeeper = <T>(work: (tx: Tx) => Promise<T>) => app.db.asSystem('keeper', work);
  const ready = await asKeeper(async (tx) => {
    const row = await claim(tx, workspaceId, conversationId, messageId);
    if (!row) return null;
    const facts = await findReplyFacts(tx, workspaceId, channels, {
      ...row,
      channel_kind: row.kind,
    });
    const against = refusals({ ...facts, template: row.template !== null, length: row.text.length }, new Date());
    if (against.length > 0) {
      await settle(tx, workspaceId, conversationId, messageId, { state: 'refused', answer: null, refusals: against });
      await wakeNext(app, tx, workspaceId, conversationId);
      await tellAgents(tx, { workspaceId, channelId: row.channel_id }, [conversationId]);
      return null;
    }
    const files = await readFiles(tx, workspaceId, conversationId, messageId);
    const { idOf } = channelOf(channels, row.kind);
    if (idOf) await noteId(tx, workspaceId, row, idOf(messageId, row.settings));
    const earlier = await findEarlier(tx, workspaceId, conversationId);
    return { row, outgoing: outgoingOf(row, files, earlier, await findAnswered(tx, workspaceId, row)) };
  });
  if (!ready) return;
  const { row, outgoing } = ready;
  const sent = await attempt(app, channels, row, outgoing, signal);
  await asKeeper(async (tx) => {
    const { settlement, again } = conclude(sent, row.attempts);
    await settle(tx, workspaceId, conversationId, messageId, settlement);
    if (settlement.externalId)
      await applyEarly(tx, { workspaceId, channelId: row.channel_id }, [settlement.externalId]);
    if (again !== null) await queueSending(app, tx, workspaceId, { conversationId, messageId }, again);
    else await wakeNext(app, tx, workspaceId, conversationId);
    await tellAgents(tx, { workspaceId, channelId: row.channel_id }, [conversationId]);
  });
}

const outgoingOf = (
  row: Leaving,
  files: Outgoing['files'],
  earlier: string[],
  answering: Outgoing['answering'],
): Outgoing => ({
  messageId: row.message_id,
  to: {
    point: { channel: row.point_channel, address: row.address },
    name: row.contact_name,
    ...(row.reply_to ? { replyTo: row.reply_to } : {}),
  },
  thread: row.thread,
  subject: row.subject || null,
  text: row.text,
  files,
  earlier,
  answering,
  signedBy: row.author,
  locale: row.locale ?? 'fr',
  ...(row.template ? { template: row.template } : {}),
});

/** What a channel's refusal to answer means: before it was reached nothing has left. A fault of ours is in doubt, and logged. */
async function attempt(
  app: App,
  channels: readonly AnyChannel[],
  row: Leaving,
  outgoing: Outgoing,
  signal: AbortSignal,
): Promise<Sent> {
  const channel = channelOf(channels, row.kind);
  try {
    if (channel.carried) return await carry(app, channels, row, outgoing, signal);
    return await channel.send!(accessTo(app, row, signal), outgoing);
  } catch (error) {
    const trouble = troubleOf(error);
    if (trouble instanceof Trouble)
      return {
        kind: 'later',
        code: trouble.code,
        ...(trouble.afterSeconds ? { afterSeconds: trouble.afterSeconds } : {}),
      };
    app.log.error('a message did not leave', { kind: channel.kind, error });
    return { kind: 'unsure' };
  }
}

/** Has an answer leave as mail. @throws Trouble | Unreached */
async function carry(
  app: App,
  channels: readonly AnyChannel[],
  { workspace_id: workspaceId, settings }: Leaving,
  outgoing: Outgoing,
  signal: AbortSignal,
): Promise<Sent> {
  const find = (tx: Tx) => findCarrier(app, channels, tx, workspaceId, mailboxOf(settings), signal);
  const carrier = await app.db.asSystem('keeper', find);
  return carrier ? carrier.send(outgoing) : refused('no_recipient');
}

/** Hours at most that a platform may ask us to wait. */
const longestWait = 24 * 3600;

function conclude(sent: Sent, attempts: number): { settlement: Settlement; again: number | null } {
  switch (sent.kind) {
    case 'sent':
      return { settlement: { state: 'sent', answer: null, externalId: sent.externalId }, again: null };
    case 'refused':
      return { settlement: { state: 'failed', answer: sent.code }, again: null };
    case 'unsure':
      return { settlement: { state: 'in_doubt', answer: null }, again: null };
    case 'later': {
      const pause = pauseAfter(attempts);
      if (pause === null) return { settlement: { state: 'failed', answer: sent.code }, again: null };
      return {
        settlement: { state: 'queued', answer: sent.code },
        again: Math.max(pause, Math.min(sent.afterSeconds ?? 0, longestWait)),
      };
    }
  }
}
