import { listTeams, takeBookNo } from '../identity/queries.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { implement, type Operation } from '../kernel/http.ts';
import type { Book } from './contract.ts';
import * as contracts from './contract.ts';
import * as queries from './queries.ts';

function publish({ no: _no, ...book }: Book & { no: number }): Book {
  return book;
}

/** A book the caller holds. @throws AppError not_found for any other, readable or not */
async function getOwnBook(tx: Tx, actor: Actor, bookId: string) {
  const book = (await queries.listBooks(tx, actor)).find((one) => one.id === bookId);
  if (!book?.mine) throw notFound();
  return book;
}

function nameTaken(error: unknown): never {
  if ((error as { code?: string }).code === '23505') throw new AppError('conflict', { fields: { name: 'taken' } });
  throw error;
}

export const delegationOperations: Operation[] = [
  implement(contracts.listBooks, async (_input, { tx, actor }) => ({
    items: (await queries.listBooks(tx, actor)).map(publish),
  })),

  implement(contracts.createBook, async ({ name, stewardIds }, { tx, actor, role }) => {
    if (stewardIds && role !== 'admin') throw new AppError('forbidden');
    const bookNo = await takeBookNo(tx, actor.workspaceId);
    const bookId = await queries
      .addBook(tx, actor, { bookNo, name, holderId: stewardIds ? null : actor.memberId })
      .catch(nameTaken);
    await queries.addStewards(tx, actor.workspaceId, bookId, stewardIds ?? []);
    // The book came into being after this transaction entered: it is described by what was written.
    const names = await queries.nameMembers(tx, actor.workspaceId);
    const nameOf = (id: string) => names.get(id) ?? '';
    const holder: Book['holder'] = stewardIds
      ? { kind: 'workspace', stewards: stewardIds.map((id) => ({ id, name: nameOf(id) })) }
      : { kind: 'member', memberId: actor.memberId, name: nameOf(actor.memberId) };
    return {
      id: bookId,
      name,
      main: false,
      holder,
      mine: !stewardIds || stewardIds.includes(actor.memberId),
      cards: 0,
      organizations: 0,
      following: false,
      sharing: [],
    };
  }),

  implement(contracts.renameBook, async ({ bookId, name }, { tx, actor }) => {
    await getOwnBook(tx, actor, bookId);
    await queries.renameBook(tx, actor, bookId, name).catch(nameTaken);
    return publish(await getOwnBook(tx, actor, bookId));
  }),

  implement(contracts.deleteBook, async ({ bookId }, { app, tx, actor }) => {
    await getOwnBook(tx, actor, bookId);
    const deleted = await app.db.asSystem('keeper', (keeper) =>
      queries.deleteEmptyBook(keeper, actor.workspaceId, bookId),
    );
    if (!deleted) throw new AppError('conflict', { fields: { bookId: 'in_use' } });
    return {};
  }),

  implement(contracts.shareBook, async ({ bookId, sharing }, { app, tx, actor, afterCommit }) => {
    const book = await getOwnBook(tx, actor, bookId);
    const teams = await listTeams(tx, actor.workspaceId);
    const grantees = sharing.map(({ grantee }) => (grantee.kind === 'team' ? grantee.teamId : actor.workspaceId));
    if (new Set(grantees).size < grantees.length) throw new AppError('invalid_input', { fields: { sharing: 'twice' } });
    if (sharing.some(({ grantee }) => grantee.kind === 'team' && !teams.some((team) => team.id === grantee.teamId)))
      throw notFound();
    await queries.replaceSharing(tx, actor, bookId, sharing);
    await queries.setListsDue(tx, actor.workspaceId, book.no);
    // Withdrawal holds from the next request on (row security). Of the list's index the rows made of this book and others'
    // follow before the answer, so that nobody misses a contact of their own; the rest follows in the background.
    const { workspaceId } = actor;
    const payload = { bookNo: book.no };
    const joined = 'delegation.joinedShared';
    const outboxId = await app.enqueue(tx, { workspaceId, task: joined, payload, delaySeconds: 20 });
    afterCommit(() => app.runNow(workspaceId, outboxId, joined));
    const queue = `matching ${workspaceId}`;
    await app.enqueue(tx, { workspaceId, task: 'delegation.bookShared', payload, queue });
    return publish(await getOwnBook(tx, actor, bookId));
  }),
];
