import { takeBookNo } from '../identity/queries.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { type Context, implement, implementOutside, localeOf, type Operation } from '../kernel/http.ts';
import { translator } from '../kernel/messages.ts';
import type { Book, Grant } from './contract.ts';
import * as contracts from './contract.ts';
import * as grants from './grants.ts';
import { checkTerms, followGrants, getOwnBook, getOwnGrant, lend, tellGrantees, withdraw } from './lend.ts';
import * as queries from './queries.ts';
import { stateOf } from './rules.ts';
import { grantSentence } from './sentence.ts';

function publish({ no: _no, ...book }: Book & { no: number }): Book {
  return book;
}

function nameTaken(error: unknown): never {
  if ((error as { code?: string }).code === '23505') throw new AppError('conflict', { fields: { name: 'taken' } });
  throw error;
}

function describeGrant(row: grants.GrantRow, { request }: Pick<Context, 'request'>): Grant {
  const locale = localeOf(request);
  const terms = grants.termsOf(row);
  // That a grant has been withdrawn is said beside the sentence, which tells what was agreed.
  const agreed = row.ended_by === null ? terms : { ...terms, endsAt: null };
  return {
    ...terms,
    id: row.grant_id,
    version: row.version,
    book: { id: row.book_id, name: row.book, holder: row.holder },
    state: stateOf(row.starts_at, row.ends_at, new Date()),
    sentence: grantSentence(translator(locale), locale, agreed, { book: row.book, grantee: row.grantee }),
    createdAt: row.created_at.toISOString(),
    createdBy: row.created_by,
    endedBy: row.ended_by,
  };
}

export const delegationOperations: Operation[] = [
  implement(contracts.listBooks, async (_input, { tx, actor }) => ({
    items: (await queries.listBooks(tx, actor)).map(publish),
  })),

  implement(contracts.createBook, async ({ name, stewardIds }, { tx, actor, role }) => {
    if (stewardIds && role !== 'admin') throw new AppError('forbidden');
    const names = await queries.nameMembers(tx, actor.workspaceId);
    if (stewardIds?.some((id) => !names.has(id))) throw notFound();
    const bookNo = await takeBookNo(tx, actor.workspaceId);
    const bookId = await queries
      .addBook(tx, actor, { bookNo, name, holderId: stewardIds ? null : actor.memberId })
      .catch(nameTaken);
    await queries.addStewards(tx, actor.workspaceId, bookId, stewardIds ?? []);
    // The book came into being after this transaction entered: it is described by what was written.
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
    };
  }),

  implement(contracts.renameBook, async ({ bookId, name }, { tx, actor }) => {
    await getOwnBook(tx, actor, bookId);
    await queries.renameBook(tx, actor, bookId, name).catch(nameTaken);
    return publish((await queries.listBooks(tx, actor)).find((one) => one.id === bookId)!);
  }),

  // By the keeper, who sees the cards that are set aside and others' imports.
  implementOutside(contracts.deleteBook, async ({ bookId }, { actor, asCaller, asSystem }) => {
    await asCaller(({ tx }) => getOwnBook(tx, actor, bookId));
    const deleted = await asSystem('keeper', (keeper) => queries.deleteEmptyBook(keeper, actor, bookId));
    if (!deleted) throw new AppError('conflict', { fields: { bookId: 'in_use' } });
    return {};
  }),

  implement(contracts.listGrants, async ({ direction, state, bookId }, context) => {
    const filter = { mine: direction === 'mine', ended: state === 'ended', bookId };
    const rows = await grants.listGrants(context.tx, context.actor, filter);
    return { items: rows.map((row) => describeGrant(row, context)) };
  }),

  implement(contracts.createGrant, async ({ bookId, ...terms }, context) => {
    const grantId = await lend(context, bookId, terms);
    return describeGrant(await getOwnGrant(context.tx, context.actor, grantId), context);
  }),

  implement(contracts.changeGrant, async ({ grantId, ...terms }, context) => {
    const { tx, actor } = context;
    const { book_id: bookId } = await getOwnGrant(tx, actor, grantId);
    const book = await getOwnBook(tx, actor, bookId);
    await checkTerms(tx, actor, terms);
    await grants.lockBook(tx, actor, bookId);
    // Read once more under the lock: of two changes at once the second follows the first.
    const last = await getOwnGrant(tx, actor, grantId);
    await grants.endVersion(tx, actor, last);
    await grants.addGrant(tx, actor, bookId, terms, last);
    await followGrants(context, book.no, [terms.startsAt, terms.endsAt]);
    const made = await getOwnGrant(tx, actor, grantId);
    if (terms.endsAt) await tellGrantees(context, 'grant_ended', made, terms.endsAt);
    return describeGrant(made, context);
  }),

  implement(contracts.endGrant, async ({ grantId }, context) => {
    await withdraw(context, grantId);
    return {};
  }),

  implement(contracts.listGrantVersions, async ({ grantId }, context) => {
    await getOwnGrant(context.tx, context.actor, grantId);
    const rows = await grants.listVersions(context.tx, context.actor, grantId);
    return { items: rows.map((row) => describeGrant(row, context)) };
  }),
];
