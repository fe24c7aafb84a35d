import { z } from 'zod';
import { bringBack, hideForOccasion, listCardsInSight, setFieldsAside } from '../cards/set-aside.ts';
import { refreshReach } from '../delegation/queries.ts';
import { getMember, setMember, takeBookNo } from '../identity/queries.ts';
import type { App } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { defineTask, type Task } from '../kernel/jobs.ts';
import * as queries from './queries.ts';
import { bookStays } from './rules.ts';

const payload = z.object({ departureId: z.uuid() });
const batch = 2000;

/** What else ends when somebody leaves: their sessions and keys. Run again after a crash, it finds nothing more to end. */
type EndAccess = (app: App, workspaceId: string, accountId: string) => Promise<void>;

/** Matching and the lists follow what became of cards. */
async function announce(app: App, tx: Tx, workspaceId: string, bookNos: number[], cardIds: string[]): Promise<void> {
  const queue = `matching ${workspaceId}`;
  for (let at = 0; at < cardIds.length; at += batch) {
    const part = { cardIds: cardIds.slice(at, at + batch), refresh: true };
    await app.enqueue(tx, { workspaceId, task: 'cards.changed', payload: part, queue });
  }
  for (const bookNo of bookNos)
    await app.enqueue(tx, { workspaceId, task: 'delegation.bookShared', payload: { bookNo }, queue });
}

/** Handles one book of the leaver in one transaction, and writes down that it did. */
async function handleBook(app: App, tx: Tx, workspaceId: string, row: queries.DepartureRow, book: queries.HeldBook) {
  const occasion = row.departure_id;
  if (!bookStays(book, row.lent_stays ?? true)) {
    const gone = await hideForOccasion(tx, workspaceId, occasion, book, book, true);
    const told = { book_id: book.book_id, name: book.name, main: book.main, stays: false, kept_book_id: null };
    await queries.addHandled(tx, workspaceId, occasion, { ...told, cards_stay: 0, cards_go: gone.length });
    return announce(app, tx, workspaceId, [book.book_no], gone);
  }
  const keptNo = await takeBookNo(tx, workspaceId);
  const member = { id: row.member_id, name: row.member };
  const kept = await queries.handOver(tx, workspaceId, book, { member, stewardId: row.successor_id!, keptNo });
  const gone = await hideForOccasion(tx, workspaceId, occasion, book, kept, false);
  const { book_no: bookNo } = book;
  await setFieldsAside(tx, workspaceId, occasion, { bookNo, mask: book.mask! });
  await refreshReach(tx, workspaceId, book.book_id);
  const staying = await listCardsInSight(tx, workspaceId, bookNo);
  await queries.addHandled(tx, workspaceId, occasion, {
    book_id: book.book_id,
    name: book.name,
    main: book.main,
    stays: true,
    kept_book_id: kept.book_id,
    cards_stay: staying.length,
    cards_go: gone.length,
  });
  await announce(app, tx, workspaceId, [bookNo, kept.book_no], [...staying, ...gone]);
}

async function carryOut(app: App, workspaceId: string, departureId: string, endAccess: EndAccess): Promise<void> {
  const next = async (tx: Tx): Promise<boolean> => {
    const [row] = await queries.listDepartures(tx, workspaceId, { departureId });
    if (row?.state !== 'leaving') return false;
    const handled = new Set(
      (await queries.listHandled(tx, workspaceId, departureId)).flatMap((one) => [one.book_id, one.kept_book_id]),
    );
    const book = (await queries.listHeldBooks(tx, workspaceId, row.member_id)).find((one) => !handled.has(one.book_id));
    if (book) {
      await handleBook(app, tx, workspaceId, row, book);
      return true;
    }
    for (const { id } of await queries.listOrphaned(tx, workspaceId, row.member_id))
      await queries.addSteward(tx, workspaceId, id, row.successor_id!);
    await queries.setState(tx, workspaceId, departureId, 'leaving', 'done');
    return false;
  };
  const [row] = await app.db.asSystem('keeper', (tx) => queries.listDepartures(tx, workspaceId, { departureId }));
  if (row?.state === 'leaving') await endAccess(app, workspaceId, row.account_id);
  while (await app.db.asSystem('keeper', next));
}

/** A book at a time goes back to what it was; then the member may sign in again. */
async function takeBack(app: App, workspaceId: string, departureId: string): Promise<void> {
  const next = async (tx: Tx): Promise<boolean> => {
    const [row] = await queries.listDepartures(tx, workspaceId, { departureId });
    if (row?.state !== 'returning') return false;
    const [book] = await queries.listHandled(tx, workspaceId, departureId);
    if (book) {
      const at = { book_id: book.book_id, book_no: book.book_no };
      const from = book.stays ? { book_id: book.kept_book_id!, book_no: book.kept_book_no! } : at;
      const back = await bringBack(tx, workspaceId, departureId, from, at);
      if (book.stays) await queries.takeOver(tx, workspaceId, row.member_id, book);
      await queries.deleteHandled(tx, workspaceId, departureId, book.book_id);
      await announce(app, tx, workspaceId, [book.book_no], back);
      return true;
    }
    const member = { workspaceId, memberId: row.member_id };
    if ((await getMember(tx, member))?.status === 'left') await setMember(tx, member, { status: 'active' });
    await queries.setState(tx, workspaceId, departureId, 'returning', 'returned');
    return false;
  };
  while (await app.db.asSystem('keeper', next));
}

export const leavingTasks = (endAccess: EndAccess): Task[] => [
  defineTask({
    name: 'leaving.carryOut',
    payload,
    run: ({ departureId }, { app, workspaceId }) => carryOut(app, workspaceId, departureId, endAccess),
  }),
  defineTask({
    name: 'leaving.takeBack',
    payload,
    run: ({ departureId }, { app, workspaceId }) => takeBack(app, workspaceId, departureId),
  }),
];
