import type { AppInside } from '../kernel/app.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { sha256 } from '../kernel/ids.ts';
import { asField, toStored } from './fields.ts';
import {
  countRemoval,
  endHolding,
  holdCards,
  holdEarlier,
  putOnDevices,
  type Removal,
  setRemoval,
  takeDecision,
} from './holding.ts';
import { bringAlong, type Condition, isOnDevices, meets, type Outcome, type Put, rewriteCard } from './putting.ts';
import {
  addDeparted,
  type DeviceBook,
  findKnown,
  getContent,
  type KnownRow,
  keepOriginal,
  listOnDevices,
  removeGroups,
  setUnsettled,
} from './resources.ts';
import { addChanges, hideCards, takeChangeNos, updateCardRow } from './rows.ts';
import { announceGone, tellReaders } from './visibility.ts';
import { addressKey } from './writing.ts';

/** Cards that a device takes out of a book, or gives another name. As the keeper: the caller has made sure that the device may. */

/** What is in sight under a name, and what else the holder has with its UID. */
async function findNamed(tx: Tx, book: DeviceBook, name: string): Promise<{ here?: KnownRow; others: KnownRow[] }> {
  const isHere = (row: KnownRow) => isOnDevices(row) && row.book_no === book.bookNo && row.name === name;
  const here = (await findKnown(tx, book, [{ name, uid: '' }])).find(isHere);
  if (!here) return { others: [] };
  const others = (await findKnown(tx, book, [{ name, uid: here.uid }])).filter((row) => row.mine && !isHere(row));
  return { here, others };
}

/**
 * Takes what stands under a name out of the book, restorable for 30 days. Where a device has put the same UID into another book of the
 * holder before, this is the second half of a move: the older card goes there, with its history, and the newer one is let go.
 * @returns false when the condition is not met, null when there is nothing
 */
export async function removeResource(
  app: AppInside,
  tx: Tx,
  from: DeviceBook,
  name: string,
  condition: Condition,
): Promise<boolean | null> {
  const changeNo = await takeChangeNos(tx, from.workspaceId, from.bookId, 1);
  const { here, others } = await findNamed(tx, from, name);
  if (!here) return null;
  if (!meets(here, condition)) return false;
  if (here.card_id === null) {
    await removeGroups(tx, from, name, changeNo);
    return true;
  }
  const newer = others.find(
    (row) => isOnDevices(row) && row.book_no !== from.bookNo && row.card_id !== null && row.card_id > here.card_id!,
  );
  if (newer) await moveAfter(app, tx, from, { ...here, change_no: changeNo }, newer);
  else await takeOut(app, tx, from, [here.card_id], changeNo);
  return true;
}

/**
 * Many: half a hundred and more than a fifth of what devices saw in the book, or five hundred. A slip of the finger, a reset or a broken
 * program does that more often than somebody who means it.
 */
const isMany = ({ count, bookSize }: Removal): boolean => count >= 500 || (count >= 50 && count * 5 > bookSize);

/** A device takes cards out: few are out of sight here too; many stay here until the member has said what becomes of them. */
async function takeOut(
  app: AppInside,
  tx: Tx,
  from: DeviceBook,
  cardIds: readonly string[],
  changeNo: number,
): Promise<void> {
  if (cardIds.length === 0) return;
  const removal = await countRemoval(tx, from, cardIds.length);
  const { removalId } = removal;
  if (!isMany(removal)) {
    await setRemoval(tx, from.workspaceId, removalId, cardIds);
    return hide(app, tx, from, cardIds, changeNo);
  }
  await holdCards(tx, from, removalId, cardIds);
  if (removal.held) return;
  const { workspaceId, memberId, bookNo } = from;
  const earlier = await holdEarlier(tx, from, removalId);
  const at = { book_no: bookNo, member_id: memberId, kind: 'restored' };
  await addChanges(
    tx,
    workspaceId,
    earlier.map((card) => ({ ...card, ...at })),
  );
  await tellReaders(tx, workspaceId, [bookNo]);
  await setUnsettled(app, tx, from, changeNo - 1);
  const told = { kind: 'removal_held', memberIds: [memberId], subjectId: removalId, actorId: null };
  await app.enqueue(tx, { workspaceId, task: 'notices.tell', payload: told });
}

export type Decision = 'take_out' | 'put_back';

/**
 * What becomes of the cards that a removal holds. As the keeper: whose removal it is, the question itself asks.
 * @returns false when there is nothing of the member's to decide (any more)
 */
export async function decideRemoval(
  app: AppInside,
  tx: Tx,
  actor: Actor,
  removalId: string,
  decision: Decision,
): Promise<boolean> {
  const taken = await takeDecision(tx, actor, removalId);
  if (!taken) return false;
  for (const book of taken.held) {
    if (decision === 'put_back') await putOnDevices(tx, actor.workspaceId, book);
    else {
      const from = { ...actor, sourceId: taken.sourceId, bookId: book.bookId, bookNo: book.bookNo };
      const changeNo = await takeChangeNos(tx, actor.workspaceId, book.bookId, 1);
      await endHolding(tx, actor.workspaceId, book.cardIds);
      await hide(app, tx, from, book.cardIds, changeNo);
    }
  }
  return true;
}

/** Takes everything out of a book, restorable for 30 days. */
export async function removeBook(app: AppInside, tx: Tx, from: DeviceBook): Promise<void> {
  const changeNo = await takeChangeNos(tx, from.workspaceId, from.bookId, 1);
  await takeOut(app, tx, from, await listOnDevices(tx, from), changeNo);
  await removeGroups(tx, from, null, changeNo);
}

async function hide(
  app: AppInside,
  tx: Tx,
  from: DeviceBook,
  cardIds: readonly string[],
  changeNo: number,
): Promise<void> {
  const { workspaceId, memberId, bookId, bookNo } = from;
  const at = { book_no: bookNo, exposure: 2, change_no: changeNo, member_id: memberId };
  await addChanges(
    tx,
    workspaceId,
    cardIds.map((cardId) => ({ ...at, card_id: cardId, kind: 'removed' })),
  );
  await hideCards(
    tx,
    workspaceId,
    cardIds.map((cardId) => ({ card_id: cardId, book_id: bookId })),
  );
  const gone = cardIds.map((cardId) => ({ card_id: cardId, book_no: bookNo }));
  await announceGone({ app, tx }, workspaceId, gone);
  await setUnsettled(app, tx, from, changeNo - 1);
}

/** The older of two cards takes the place, and the content, of the newer one. */
async function moveAfter(app: AppInside, tx: Tx, from: DeviceBook, older: KnownRow, newer: KnownRow): Promise<void> {
  const { workspaceId } = from;
  const to: DeviceBook = { ...from, bookId: newer.book_id, bookNo: newer.book_no };
  const { fields, original } = await getContent(tx, workspaceId, newer.card_id!);
  await hideCards(tx, workspaceId, [{ card_id: newer.card_id!, book_id: to.bookId }]);
  const changeNo = await takeChangeNos(tx, workspaceId, to.bookId, 1);
  const said = fields.map(asField).map(toStored);
  const contentHash = sha256(JSON.stringify(said));
  const put: Put = {
    name: newer.name,
    uid: newer.uid,
    card: { cardId: newer.card_id!, kind: newer.kind, fields: said, photo: null, contentHash },
    octets: original ? Buffer.from(original.data, 'base64').toString('utf8') : '',
    group: false,
    condition: { kind: 'any' },
    lentPoints: new Set(
      fields.flatMap((field) =>
        field.copied ? [...(field.contact_point_id ? [field.contact_point_id] : []), ...addressKey(field)] : [],
      ),
    ),
  };
  await rewriteCard(app, tx, to, older, put, changeNo);
  await setUnsettled(app, tx, from, older.change_no - 1);
  await setUnsettled(app, tx, to, changeNo - 1);
}

/**
 * Gives a card another name, in the same book or another of the holder's.
 * @returns null when no card stands under the old name
 */
export async function moveResource(
  app: AppInside,
  tx: Tx,
  from: DeviceBook,
  name: string,
  to: DeviceBook,
  newName: string,
  overwrites: boolean,
): Promise<Outcome | null> {
  const { workspaceId, memberId } = from;
  const goneNo = await takeChangeNos(tx, workspaceId, from.bookId, 1);
  const { here } = await findNamed(tx, from, name);
  if (!here || here.card_id === null) return null;
  const cardId = here.card_id;
  const there = (await findKnown(tx, to, [{ name: newName, uid: here.uid }])).filter(
    (row) => isOnDevices(row) && row.book_no === to.bookNo && row.card_id !== cardId,
  );
  const place = there.find((row) => row.name === newName);
  if (place && !overwrites) return { kind: 'precondition_failed' };
  const twin = there.find((row) => row.uid === here.uid && row !== place);
  if (twin) return { kind: 'uid_conflict', name: twin.name };
  if (place) await removeResource(app, tx, to, newName, { kind: 'any' });
  const changeNo = await takeChangeNos(tx, workspaceId, to.bookId, 1);
  const now = { book_no: to.bookNo, resource_name: newName, uid: here.uid, change_no: changeNo };
  await updateCardRow(tx, workspaceId, cardId, now);
  await keepOriginal(tx, workspaceId, cardId, { from: here.change_no, to: changeNo });
  if (from.bookNo === to.bookNo) await addDeparted(tx, workspaceId, [{ bookNo: from.bookNo, name, changeNo: goneNo }]);
  else {
    const at = {
      card_id: cardId,
      book_no: to.bookNo,
      exposure: here.exposure,
      change_no: changeNo,
      member_id: memberId,
    };
    await bringAlong(tx, to, { ...here, change_no: goneNo }, at);
    await setUnsettled(app, tx, to, changeNo - 1);
  }
  return { kind: place ? 'updated' : 'created', changeNo };
}
