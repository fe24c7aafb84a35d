import { sayConsent } from '../cards/consent.ts';
import { recordUses } from '../delegation/ledger.ts';
import type { App } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import type { Locale } from '../kernel/messages.ts';
import * as queries from './queries.ts';
import { makeToken, readShortCode, readToken } from './token.ts';
import { agreesToTracking, sayTracking } from './tracking.ts';
import { channelOf, type Way } from './ways-contract.ts';

/** What an unsubscribing link is about, in words of the page. */
export interface Subscription {
  workspace: string;
  purpose: string;
  /** The message's language. */
  locale: Locale;
  /** They agreed that it is seen whether they open mails and follow links. */
  tracking: boolean;
}

/** The token that a short address of a letter stands for; null: it is none, or none of ours. */
export async function findToken(app: App, typed: string): Promise<string | null> {
  const code = readShortCode(typed);
  const found = code && (await app.db.asSystem('keeper', (tx) => queries.findShortLink(tx, code)));
  return found ? makeToken(app.secrets.links, found) : null;
}

/** What a link is about; null for one that is not ours, or whose message is gone. Changes nothing: scanners follow links. */
export function findSubscription(app: App, token: string): Promise<Subscription | null> {
  return withMessage(app, token, describe);
}

const describe = async (tx: Tx, { workspaceId, messageId, message }: About): Promise<Subscription> => ({
  workspace: await queries.findWorkspaceName(tx, workspaceId),
  purpose: message.purpose,
  locale: (await queries.findContent(tx, workspaceId, messageId))?.locale ?? 'fr',
  tracking: await agreesToTracking(tx, workspaceId, message.contact_point_id!),
});

/** Agrees in the contact's name that it is seen whether they open mails and follow links, or takes that back. */
export function setTracking(app: App, token: string, agrees: boolean): Promise<Subscription | null> {
  return withMessage(app, token, async (tx, about) => {
    const { workspaceId, messageId, message } = about;
    await sayTracking(tx, workspaceId, message.contact_point_id!, agrees, `message ${messageId}`);
    return describe(tx, about);
  });
}

/**
 * Objects in the contact's name, for the purpose of the message or to all mail. It holds at once, for what is queued too; those
 * whose cards were used hear of it. Asked twice, it is done once.
 */
export function unsubscribe(app: App, token: string, fromAll: boolean): Promise<Subscription | null> {
  return withMessage(app, token, async (tx, about) => {
    const { workspaceId, messageId, message } = about;
    const contactPointId = message.contact_point_id!;
    const added = await queries.addObjection(tx, workspaceId, { contactPointId, purpose: message.purpose, messageId });
    const stopped = fromAll && (await sayConsent(tx, workspaceId, contactPointId, 'objected', `message ${messageId}`));
    if (added || stopped) await tellOfObjection(tx, about);
    return describe(tx, about);
  });
}

/**
 * Somebody answered a short message that they want no more of them: they object to all that goes to their number, at once, for what is queued too.
 * Who lent their card for the last message hears of it. As the keeper.
 */
export async function stopByAnswer(tx: Tx, workspaceId: string, contactPointId: string): Promise<void> {
  const message = await queries.findLastCarried(tx, workspaceId, contactPointId);
  if (!message) {
    await sayConsent(tx, workspaceId, contactPointId, 'objected', 'stop');
    return;
  }
  const { message_id: messageId, purpose } = message;
  const added = await queries.addObjection(tx, workspaceId, { contactPointId, purpose, messageId });
  const stopped = await sayConsent(tx, workspaceId, contactPointId, 'objected', `message ${messageId}`);
  if (added || stopped) await tellOfObjection(tx, { workspaceId, messageId, message });
}

/** A message that a contact says something about. */
export interface About {
  workspaceId: string;
  messageId: string;
  message: queries.QueuedMessage;
}

async function withMessage<T>(app: App, token: string, work: (tx: Tx, about: About) => Promise<T>): Promise<T | null> {
  const link = readToken(app.secrets.links, token);
  if (!link) return null;
  return app.db.asSystem('keeper', async (tx) => {
    const message = await queries.findMessage(tx, link.workspaceId, link.messageId);
    return message?.kind === 'contact' ? work(tx, { ...link, message }) : null;
  });
}

/** Tells the holders of the lent cards it went by; where it went by the author's own card, the author. */
export async function tellOfObjection(tx: Tx, about: About): Promise<void> {
  const lent = await queries.listMessageCards(tx, about.workspaceId, about.messageId);
  await tell(
    tx,
    about,
    'objected',
    lent,
    lent.length > 0 ? lent.map((card) => card.card_id) : [about.message.card_id!],
  );
}

/** Tells the holders of the lent cards by which a message went that it was answered. As the keeper. */
export async function tellOfAnswer(tx: Tx, workspaceId: string, messageId: string): Promise<void> {
  const message = await queries.findMessage(tx, workspaceId, messageId);
  const lent = await queries.listMessageCards(tx, workspaceId, messageId);
  const cardIds = lent.map((card) => card.card_id);
  if (message && lent.length > 0) await tell(tx, { workspaceId, messageId, message }, 'answered', lent, cardIds);
}

async function tell(
  tx: Tx,
  { workspaceId, message }: About,
  kind: 'objected' | 'answered',
  lent: Awaited<ReturnType<typeof queries.listMessageCards>>,
  cardIds: readonly string[],
): Promise<void> {
  const grants = new Map<string, { grant_id: string; version: number }>();
  const used = [];
  for (const cardId of cardIds) {
    const book = await queries.findBookOf(tx, workspaceId, cardId);
    if (!book) continue;
    used.push({ card_id: cardId, ...book, mine: false });
    const grant = lent.find((card) => card.card_id === cardId);
    if (grant) grants.set(book.book_id, { grant_id: grant.grant_id, version: grant.grant_version });
  }
  const actor = { workspaceId, memberId: message.author_id! };
  await recordUses(tx, actor, kind, used, {
    ...{ purpose: message.purpose, channel: channelOf(message.way as Way), grants },
  });
}
