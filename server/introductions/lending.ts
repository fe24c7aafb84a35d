import { findCardsWithWays } from '../cards/persons.ts';
import {
  getCardRow,
  getOwnSource,
  hideCards,
  insertCardRows,
  insertFields,
  linkByEdit,
  takeChangeNos,
} from '../cards/rows.ts';
import type { GrantTerms } from '../delegation/contract.ts';
import { addGrant, endVersion, findStandingGrant, type GrantRow, lockBook, termsOf } from '../delegation/grants.ts';
import { followLists } from '../delegation/lend.ts';
import { findConcerned } from '../delegation/queries.ts';
import { maskWithout } from '../delegation/rules.ts';
import { getMember, takeBookNo } from '../identity/queries.ts';
import { announce } from '../kernel/announce.ts';
import type { AppInside } from '../kernel/app.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { newId } from '../kernel/ids.ts';
import { type Locale, translator } from '../kernel/messages.ts';
import * as queries from './queries.ts';

/** What stays with the holder when a card is lent for once, as when a book is lent in the usual way. */
const except: GrantTerms['except'] = ['privateNumbers', 'privateEmails', 'privateAddresses', 'notes'];

const mask = maskWithout(except);

/** Which of these cards would be lent for once with a number or an address to reach the contact by; the rest holds private ones, or none. */
export const findReachable = (viewer: { tx: Tx; actor: Actor }, cardIds: readonly string[]): Promise<Set<string>> =>
  findCardsWithWays(viewer, cardIds, mask);

interface OnceBook {
  book_id: string;
  book_no: number;
}

/**
 * Lends one card to one member for some days, as the keeper for its holder. Grants open books, and row security asks for nothing
 * finer; so what may be seen is copied into a book of the holder's that is marked so and lent to that member alone.
 * @returns the copy's id
 */
export async function lendOnce(
  app: AppInside,
  tx: Tx,
  holder: Actor,
  askerId: string,
  cardId: string,
  days: number,
): Promise<string> {
  const { workspaceId } = holder;
  const endsAt = new Date(Date.now() + days * 86_400_000);
  const book = (await queries.findOnceBook(tx, holder, askerId)) ?? (await makeBook(tx, holder, askerId));
  await lockBook(tx, holder, book.book_id);
  const standing = await findStandingGrant(tx, holder, book.book_id, askerId);
  const copies = await queries.listCopies(tx, workspaceId, book.book_no);
  // What the holder has withdrawn meanwhile stays withdrawn.
  if (!standing) for (const copy of copies) await takeBack(app, tx, workspaceId, copy);
  const copyId = await copyCard(tx, holder, cardId, book);
  if (!standing) await addGrant(tx, holder, book.book_id, onceTerms(askerId, endsAt));
  else if (standing.ends_at && standing.ends_at < endsAt) await prolong(app, tx, holder, { standing, copies, endsAt });
  await followLists({ app, tx }, workspaceId, book.book_no, [endsAt.toISOString()]);
  const queue = `matching ${workspaceId}`;
  await app.enqueue(tx, { workspaceId, task: 'cards.changed', payload: { cardIds: [copyId], refresh: true }, queue });
  await app.enqueue(tx, {
    workspaceId,
    task: 'introductions.takeBack',
    payload: { cardId: copyId },
    delaySeconds: days * 86_400,
  });
  return copyId;
}

async function makeBook(tx: Tx, holder: Actor, askerId: string): Promise<OnceBook> {
  const { workspaceId } = holder;
  const [owner, asker] = [await getMember(tx, holder), await getMember(tx, { workspaceId, memberId: askerId })];
  const t = translator((owner?.locale ?? 'en') as Locale);
  const book = { book_id: newId(), book_no: await takeBookNo(tx, workspaceId) };
  const name = t('introduction.book', { who: asker?.name ?? '' });
  await queries.addOnceBook(tx, holder, askerId, { bookId: book.book_id, bookNo: book.book_no, name });
  return book;
}

/** Only the fields that will be seen are copied: what stays with the holder is not even there. */
async function copyCard(tx: Tx, holder: Actor, cardId: string, to: OnceBook): Promise<string> {
  const { workspaceId, memberId } = holder;
  const { card, fields } = await getCardRow(tx, workspaceId, cardId);
  const copyId = newId();
  const now = new Date();
  await insertCardRows(tx, [
    {
      workspace_id: workspaceId,
      card_id: copyId,
      book_no: to.book_no,
      source_id: await getOwnSource(tx, holder),
      source_key: `lent ${copyId}`,
      kind: card.kind,
      cluster_id: copyId,
      change_no: await takeChangeNos(tx, workspaceId, to.book_id, 1),
      content_hash: card.content_hash,
      created_at: now,
      created_by: memberId,
      seen_at: card.seen_at,
    },
  ]);
  await insertFields(
    tx,
    fields
      .filter((field) => ((mask >>> field.class) & 1) === 1)
      .map(({ source_value: _source, value, ...field }) => ({
        ...field,
        card_id: copyId,
        book_no: to.book_no,
        exposure: 0,
        value: JSON.stringify(value),
        author_id: memberId,
      })),
  );
  await linkByEdit(tx, holder, copyId, cardId);
  return copyId;
}

const onceTerms = (askerId: string, endsAt: Date): GrantTerms => ({
  grantee: { kind: 'member', memberId: askerId },
  acts: ['read'],
  except,
  purposes: [],
  channels: [],
  quota: null,
  askFirst: false,
  startsAt: null,
  endsAt: endsAt.toISOString(),
});

/**
 * The book is lent until the last of its copies is taken back, in the words that the holder may have changed since. The copies that
 * are there end when it would have ended for them.
 */
async function prolong(
  app: AppInside,
  tx: Tx,
  holder: Actor,
  { standing, copies, endsAt }: { standing: GrantRow; copies: readonly string[]; endsAt: Date },
): Promise<void> {
  const { workspaceId } = holder;
  const delaySeconds = Math.max(0, (standing.ends_at!.getTime() - Date.now()) / 1000);
  for (const cardId of copies)
    await app.enqueue(tx, { workspaceId, task: 'introductions.takeBack', payload: { cardId }, delaySeconds });
  await endVersion(tx, holder, standing);
  await addGrant(tx, holder, standing.book_id, { ...termsOf(standing), endsAt: endsAt.toISOString() }, standing);
}

/** Cards that were lent for once are kept back, or are out of sight: their copies go. */
export async function takeCopiesBack(
  app: AppInside,
  tx: Tx,
  workspaceId: string,
  originalIds: readonly string[],
): Promise<void> {
  for (const copyId of await queries.findCopiesOf(tx, workspaceId, originalIds))
    await takeBack(app, tx, workspaceId, copyId);
}

/** The copy goes: out of sight at once, and for good 30 days later, as every card that is removed. */
export async function takeBack(app: AppInside, tx: Tx, workspaceId: string, cardId: string): Promise<void> {
  const card = await queries.findCard(tx, workspaceId, cardId);
  if (!card || card.exposure >= 2) return;
  await hideCards(tx, workspaceId, [card]);
  await announce(tx, workspaceId, await findConcerned(tx, workspaceId, card.book_no), 'visibility');
  await app.enqueue(tx, {
    workspaceId,
    task: 'cards.changed',
    payload: { cardIds: [cardId], refresh: true },
    queue: `matching ${workspaceId}`,
  });
}
