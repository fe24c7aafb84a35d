import type { App } from '../kernel/app.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { askAgain, type Free, refuse, tellHolders, wishOf } from './claiming.ts';
import { readyContents, shortUrl } from './composing.ts';
import { toDecision } from './contacts.ts';
import type { InWords, WriteContents } from './content-port.ts';
import type { Reason } from './contract.ts';
import { giveBackAll } from './facts.ts';
import { findPostalPlaces, type PostalPlace } from './people.ts';
import * as queries from './queries.ts';
import { shortCode } from './token.ts';

// Letters: asked of the gate as they are made, and again before they are posted. Between the two they wait, and may be called back.

/** A letter that may be made. */
export interface ReadyLetter {
  messageId: string;
  purpose: string;
  words: InWords;
  to: PostalPlace;
  /** The address of the page by which its reader objects, short enough to be typed. */
  url: string;
  free: Free;
}

/** Letters that may be made now, and why the others may not. */
export interface AskedLetters {
  ready: ReadyLetter[];
  refused: { message: queries.WaitingMessage; reasons: Reason[] }[];
}

/**
 * Asks the gate about letters that wait, as their author, and puts those it lets through into words. Nothing is written: `settleMade` does that, once there
 * is something to be printed.
 */
export async function askToMake(
  { app, writeContents, tx, actor }: { app: App; writeContents: WriteContents; tx: Tx; actor: Actor },
  messageIds: readonly string[],
): Promise<AskedLetters> {
  const messages = await queries.findLetters(tx, actor.workspaceId, messageIds, 'queued');
  const { free, refused } = await askAgain({ tx, actor }, messages);
  const { words, asides } = await readyContents({ app, writeContents, tx, actor }, free);
  const places = await findPostalPlaces(
    tx,
    actor,
    free.flatMap(({ message }) => message.contact_point_id ?? []),
  );
  const ready: ReadyLetter[] = [];
  for (const one of free) {
    const { message_id: messageId, contact_point_id, purpose } = one.message;
    const [said, to] = [words.get(messageId), places.get(contact_point_id!)];
    if (!said || !to) refused.push({ message: one.message, reasons: [asides.get(messageId) ?? 'bad_address'] });
    else
      ready.push({ messageId, purpose, words: said, to, url: shortUrl(app, actor.workspaceId, messageId), free: one });
  }
  return { ready, refused };
}

/**
 * Letters stand in a file: they are made, with what the gate said, and the others are refused. As the keeper.
 * @returns false where one of them waits no more, so that the file holds what is not to be: nothing counts then, and the transaction is to be left
 */
export async function settleMade(
  { app, tx, actor }: { app: Pick<App, 'secrets'>; tx: Tx; actor: Actor },
  { ready, refused }: AskedLetters,
): Promise<boolean> {
  const { workspaceId } = actor;
  const ids = ready.map(({ messageId }) => messageId);
  if ((await queries.setMade(tx, workspaceId, ids)) < ids.length) return false;
  for (const { message, reasons } of refused) await refuse(tx, actor, message, reasons);
  await queries.addDecisions(
    tx,
    actor,
    ready.map(({ messageId, free }) => toDecision(wishOf(free.message), messageId, 'leaving', free.asked)),
  );
  await queries.noteWords(
    tx,
    workspaceId,
    ready.map(({ messageId, words }) => ({ messageId, subject: words.subject, locale: words.locale })),
  );
  const links = ids.map((messageId) => ({ code: shortCode(app.secrets.links, { workspaceId, messageId }), messageId }));
  await queries.addShortLinks(tx, workspaceId, links);
  return true;
}

/** Of letters that were made, those of which the gate says no by now. As their author; nothing is written. */
export async function askToPost(tx: Tx, actor: Actor, messageIds: readonly string[]) {
  const messages = await queries.findLetters(tx, actor.workspaceId, messageIds, 'made');
  return askAgain({ tx, actor }, messages);
}

/** Their author has posted them: they have left, and the holders of the lent cards by which they went hear of it. In the author's transaction. */
export async function settlePosted(tx: Tx, actor: Actor, free: readonly Free[]): Promise<void> {
  await queries.setPosted(
    tx,
    actor.workspaceId,
    free.map(({ message }) => message.message_id),
  );
  await tellHolders(tx, actor, free);
}

/** Letters that were made are not to be posted: they give back what they took. As the keeper. @returns the ids of those that waited to be */
export async function takeOut(
  tx: Tx,
  actor: Actor,
  letters: readonly { message: queries.WaitingMessage; reasons: Reason[] }[],
): Promise<void> {
  for (const { message, reasons } of letters) {
    const [id] = await queries.callBack(tx, actor.workspaceId, [message.message_id], { state: 'refused', reasons });
    if (!id) continue;
    const answer = { reasons, uses: [], later: null };
    await queries.addDecisions(tx, actor, [toDecision(wishOf(message), id, 'leaving', answer)]);
    await giveBackAll(tx, actor.workspaceId, [id]);
  }
}

/** The same because somebody wants them back. */
export async function callBackLetters(tx: Tx, workspaceId: string, messageIds: readonly string[]): Promise<string[]> {
  const ids = await queries.callBack(tx, workspaceId, messageIds, { state: 'cancelled' });
  await giveBackAll(tx, workspaceId, ids);
  return ids;
}
