import { findApp } from '../identity/apps.ts';
import { listProcesses, listTeams } from '../identity/queries.ts';
import { announce } from '../kernel/announce.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import type { Context } from '../kernel/http.ts';
import type { Grantee, GrantTerms } from './contract.ts';
import * as grants from './grants.ts';
import * as queries from './queries.ts';
import { stateOf } from './rules.ts';

/** A book the caller holds. @throws AppError not_found for any other, readable or not */
export async function getOwnBook(tx: Tx, actor: Actor, bookId: string): Promise<{ id: string; no: number }> {
  const book = await queries.findOwnBook(tx, actor, bookId);
  if (!book) throw notFound();
  return book;
}

/** The last version of a grant of one of the caller's books. @throws AppError not_found for any other */
export async function getOwnGrant(tx: Tx, actor: Actor, grantId: string): Promise<grants.GrantRow> {
  const [last] = await grants.listVersions(tx, actor, grantId);
  if (!last) throw notFound();
  return last;
}

/** Whether a book can be lent to this: it is here, stands, and (a key) is one's own. */
async function isHere(tx: Tx, actor: Actor, grantee: Grantee): Promise<boolean> {
  const { workspaceId } = actor;
  switch (grantee.kind) {
    case 'team':
      return (await listTeams(tx, workspaceId)).some((team) => team.id === grantee.teamId);
    case 'member':
      return (await queries.nameMembers(tx, workspaceId)).has(grantee.memberId);
    case 'process':
      return (await listProcesses(tx, workspaceId)).some((one) => one.id === grantee.processId && !one.over);
    case 'app': {
      const found = await findApp(tx, workspaceId, grantee.appId);
      return (
        found !== undefined && found.ended_at === null && (found.kind === 'oauth' || found.member_id === actor.memberId)
      );
    }
    case 'workspace':
      return true;
  }
}

/** @throws AppError not_found for a grantee that is not here, invalid_input for an end before its beginning or the past */
export async function checkTerms(tx: Tx, actor: Actor, { grantee, startsAt, endsAt }: GrantTerms): Promise<void> {
  if (!(await isHere(tx, actor, grantee))) throw notFound();
  const begins = Math.max(Date.now(), startsAt ? Date.parse(startsAt) : 0);
  if (endsAt && Date.parse(endsAt) <= begins) throw new AppError('invalid_input', { fields: { endsAt: 'past' } });
}

/**
 * What follows a change of a book's grants. Withdrawal holds from the next request on (row security). Of the list's index the
 * rows made of this book and others' follow before the answer, so that nobody misses a contact of their own; the rest follows
 * in the background, and once more when a dated grant begins or ends.
 */
export async function followGrants(context: Context, bookNo: number, dates: (string | null)[] = []): Promise<void> {
  const { app, tx, actor, afterCommit } = context;
  const { workspaceId } = actor;
  const joined = 'delegation.joinedShared';
  const outboxId = await app.enqueue(tx, { workspaceId, task: joined, payload: { bookNo }, delaySeconds: 20 });
  afterCommit(() => app.runNow(workspaceId, outboxId, joined));
  await followLists(context, workspaceId, bookNo, dates);
}

/** Open pages ask again, and the list's index follows in the background: now, and when each of these dates has come. */
export async function followLists(
  { app, tx }: Pick<Context, 'app' | 'tx'>,
  workspaceId: string,
  bookNo: number,
  dates: (string | null)[],
): Promise<void> {
  await queries.setListsDue(tx, workspaceId, bookNo);
  await announce(tx, workspaceId, await queries.findConcerned(tx, workspaceId, bookNo), 'visibility');
  const shared = { workspaceId, task: 'delegation.bookShared', queue: `matching ${workspaceId}` };
  await app.enqueue(tx, { ...shared, payload: { bookNo, ifDue: true } });
  for (const date of dates) {
    const delaySeconds = date ? (Date.parse(date) - Date.now()) / 1000 : 0;
    if (delaySeconds > 0) await app.enqueue(tx, { ...shared, payload: { bookNo }, delaySeconds });
  }
}

/** Seconds in which a withdrawal can be taken back before anybody is told; whether it still holds is looked at then. */
const undoable = 30;

/** Has those whom a version of a grant names told that it was made or ended; one with a date, when it has come. */
export async function tellGrantees(
  { app, tx, actor }: Pick<Context, 'app' | 'tx' | 'actor'>,
  kind: 'grant_made' | 'grant_ended',
  { grant_id, version }: Pick<grants.GrantRow, 'grant_id' | 'version'>,
  at: string | null = null,
): Promise<void> {
  const actorId = at === null ? actor.memberId : null;
  const payload = { kind, subjectId: grant_id, actorId, occasion: String(version) };
  const usual = kind === 'grant_ended' ? undoable : 0;
  const delaySeconds = at === null ? usual : (Date.parse(at) - Date.now()) / 1000 + 1;
  await app.enqueue(tx, { workspaceId: actor.workspaceId, task: 'notices.tell', payload, delaySeconds });
}

/** Lends a book of the caller's. @returns the grant's id. @throws AppError not_found, invalid_input (see `checkTerms`) */
export async function lend(context: Context, bookId: string, terms: GrantTerms): Promise<string> {
  const { tx, actor } = context;
  const book = await getOwnBook(tx, actor, bookId);
  await checkTerms(tx, actor, terms);
  await grants.lockBook(tx, actor, bookId);
  const grantId = await grants.addGrant(tx, actor, bookId, terms);
  await followGrants(context, book.no, [terms.startsAt, terms.endsAt]);
  const made = await getOwnGrant(tx, actor, grantId);
  await tellGrantees(context, 'grant_made', made);
  if (terms.endsAt) await tellGrantees(context, 'grant_ended', made, terms.endsAt);
  return grantId;
}

/** Withdraws a grant of the caller's. @throws AppError not_found */
export async function withdraw(context: Context, grantId: string): Promise<void> {
  const { tx, actor, app } = context;
  const { book_id: bookId } = await getOwnGrant(tx, actor, grantId);
  const book = await getOwnBook(tx, actor, bookId);
  await grants.lockBook(tx, actor, bookId);
  const last = await getOwnGrant(tx, actor, grantId);
  await grants.endVersion(tx, actor, last);
  await followGrants(context, book.no);
  if (stateOf(last.starts_at, last.ends_at, new Date()) !== 'ended') await tellGrantees(context, 'grant_ended', last);
  // Without any grant an app does not enter; its tokens go too, unless the withdrawal is soon taken back.
  if (last.grantee_kind === 'app')
    await app.enqueue(tx, {
      workspaceId: actor.workspaceId,
      task: 'apps.forgetIdle',
      payload: { appId: last.grantee_id },
      delaySeconds: 600,
    });
}

/** Withdraws what the caller lends to one grantee. */
export async function withdrawFrom(context: Context, granteeId: string): Promise<void> {
  const standing = await grants.listGrants(context.tx, context.actor, { mine: true, ended: false });
  for (const grant of standing) if (grant.grantee_id === granteeId) await withdraw(context, grant.grant_id);
}
