import { listTeams, takeBookNo } from '../identity/queries.ts';
import { announce } from '../kernel/announce.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { type Context, implement, localeOf, type Operation } from '../kernel/http.ts';
import { translator } from '../kernel/messages.ts';
import type { Book, Grant, GrantTerms } from './contract.ts';
import * as contracts from './contract.ts';
import * as grants from './grants.ts';
import * as queries from './queries.ts';
import { groupsLeftOut, stateOf } from './rules.ts';
import { grantSentence } from './sentence.ts';

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

function termsOf(row: grants.GrantRow): GrantTerms {
  const name = row.grantee ?? '';
  return {
    grantee:
      row.grantee_kind === 'team'
        ? { kind: 'team', teamId: row.grantee_id, name }
        : row.grantee_kind === 'member'
          ? { kind: 'member', memberId: row.grantee_id, name }
          : { kind: 'workspace' },
    acts: row.acts,
    except: groupsLeftOut(row.field_mask),
    purposes: row.purposes,
    channels: row.channels,
    quota:
      row.quota_count && row.quota_period
        ? { count: row.quota_count, period: row.quota_period, each: row.quota_each }
        : null,
    askFirst: row.ask_first,
    startsAt: row.starts_at > row.created_at ? row.starts_at.toISOString() : null,
    endsAt: row.ends_at?.toISOString() ?? null,
  };
}

function describeGrant(row: grants.GrantRow, { request }: Pick<Context, 'request'>): Grant {
  const locale = localeOf(request);
  const terms = termsOf(row);
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

/** The last version of a grant of one of the caller's books. @throws AppError not_found for any other */
async function getOwnGrant(tx: Tx, actor: Actor, grantId: string): Promise<grants.GrantRow> {
  const [last] = await grants.listVersions(tx, actor, grantId);
  if (!last) throw notFound();
  return last;
}

/** @throws AppError not_found for a team or member that is not here, invalid_input for an end before its beginning or the past */
async function checkTerms(tx: Tx, actor: Actor, { grantee, startsAt, endsAt }: GrantTerms): Promise<void> {
  const teams = grantee.kind === 'team' ? await listTeams(tx, actor.workspaceId) : [];
  if (grantee.kind === 'team' && !teams.some((team) => team.id === grantee.teamId)) throw notFound();
  const members = grantee.kind === 'member' ? await queries.nameMembers(tx, actor.workspaceId) : new Map();
  if (grantee.kind === 'member' && !members.has(grantee.memberId)) throw notFound();
  const begins = Math.max(Date.now(), startsAt ? Date.parse(startsAt) : 0);
  if (endsAt && Date.parse(endsAt) <= begins) throw new AppError('invalid_input', { fields: { endsAt: 'past' } });
}

/**
 * What follows a change of a book's grants. Withdrawal holds from the next request on (row security). Of the list's index the
 * rows made of this book and others' follow before the answer, so that nobody misses a contact of their own; the rest follows
 * in the background, and once more when a dated grant begins or ends.
 */
async function followGrants({ app, tx, actor, afterCommit }: Context, bookNo: number, dates: (string | null)[] = []) {
  const { workspaceId } = actor;
  await queries.setListsDue(tx, workspaceId, bookNo);
  await announce(tx, workspaceId, await queries.findConcerned(tx, workspaceId, bookNo), 'visibility');
  const payload = { bookNo };
  const joined = 'delegation.joinedShared';
  const outboxId = await app.enqueue(tx, { workspaceId, task: joined, payload, delaySeconds: 20 });
  afterCommit(() => app.runNow(workspaceId, outboxId, joined));
  const queue = `matching ${workspaceId}`;
  await app.enqueue(tx, { workspaceId, task: 'delegation.bookShared', payload, queue });
  for (const date of dates) {
    const delaySeconds = date ? (Date.parse(date) - Date.now()) / 1000 : 0;
    if (delaySeconds > 0)
      await app.enqueue(tx, { workspaceId, task: 'delegation.bookShared', payload, queue, delaySeconds });
  }
}

/** Has those whom a version of a grant names told that it was made or ended; one with a date, when it has come. */
async function tellGrantees(
  { app, tx, actor }: Pick<Context, 'app' | 'tx' | 'actor'>,
  kind: 'grant_made' | 'grant_ended',
  { grant_id, version }: Pick<grants.GrantRow, 'grant_id' | 'version'>,
  at: string | null = null,
): Promise<void> {
  const actorId = at === null ? actor.memberId : null;
  const payload = { kind, subjectId: grant_id, actorId, occasion: String(version) };
  const delaySeconds = at === null ? 0 : (Date.parse(at) - Date.now()) / 1000 + 1;
  await app.enqueue(tx, { workspaceId: actor.workspaceId, task: 'notices.tell', payload, delaySeconds });
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

  implement(contracts.listGrants, async ({ direction, state, bookId }, context) => {
    const filter = { mine: direction === 'mine', ended: state === 'ended', bookId };
    const rows = await grants.listGrants(context.tx, context.actor, filter);
    return { items: rows.map((row) => describeGrant(row, context)) };
  }),

  implement(contracts.createGrant, async ({ bookId, ...terms }, context) => {
    const { tx, actor } = context;
    const book = await getOwnBook(tx, actor, bookId);
    await checkTerms(tx, actor, terms);
    await grants.lockBook(tx, actor, bookId);
    const grantId = await grants.addGrant(tx, actor, bookId, terms);
    await followGrants(context, book.no, [terms.startsAt, terms.endsAt]);
    const made = await getOwnGrant(tx, actor, grantId);
    await tellGrantees(context, 'grant_made', made);
    if (terms.endsAt) await tellGrantees(context, 'grant_ended', made, terms.endsAt);
    return describeGrant(made, context);
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
    const { tx, actor } = context;
    const { book_id: bookId } = await getOwnGrant(tx, actor, grantId);
    const book = await getOwnBook(tx, actor, bookId);
    await grants.lockBook(tx, actor, bookId);
    const last = await getOwnGrant(tx, actor, grantId);
    await grants.endVersion(tx, actor, last);
    await followGrants(context, book.no);
    if (stateOf(last.starts_at, last.ends_at, new Date()) !== 'ended') await tellGrantees(context, 'grant_ended', last);
    return {};
  }),

  implement(contracts.listGrantVersions, async ({ grantId }, context) => {
    await getOwnGrant(context.tx, context.actor, grantId);
    const rows = await grants.listVersions(context.tx, context.actor, grantId);
    return { items: rows.map((row) => describeGrant(row, context)) };
  }),
];
