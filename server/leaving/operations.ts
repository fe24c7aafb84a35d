import { findCharter } from '../charter/queries.ts';
import { recordAudit } from '../identity/audit.ts';
import { countActiveAdmins, getMember, lockActiveAdmins, setMember } from '../identity/queries.ts';
import { announce } from '../kernel/announce.ts';
import type { AppInside } from '../kernel/app.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { implement, implementOutside, type Operation, type OutsideContext } from '../kernel/http.ts';
import type { Departure } from './contract.ts';
import * as contracts from './contract.ts';
import * as queries from './queries.ts';
import { partOf, returnableUntil } from './rules.ts';

function describe(row: queries.DepartureRow): Departure {
  const until = row.state === 'done' && row.done_at ? returnableUntil(row.done_at) : null;
  return {
    id: row.departure_id,
    member: { id: row.member_id, name: row.member },
    state: row.state,
    origin: row.origin,
    openedAt: row.opened_at.toISOString(),
    openedBy: row.opened_by,
    doneAt: row.done_at?.toISOString() ?? null,
    returnableUntil: until && until > new Date() ? until.toISOString() : null,
    successor: row.successor_id ? { id: row.successor_id, name: row.successor ?? '' } : null,
  };
}

/** @throws AppError not_found for one that row security does not show */
async function getRow(tx: Tx, actor: Actor, departureId: string): Promise<queries.DepartureRow> {
  const [row] = await queries.listDepartures(tx, actor.workspaceId, { departureId });
  if (!row) throw notFound();
  return row;
}

async function lentStays(tx: Tx, workspaceId: string): Promise<boolean> {
  return (await findCharter(tx, workspaceId))?.on_leaving !== 'go';
}

interface Known {
  row: queries.DepartureRow;
  /** What was lent stays. */
  stays: boolean;
}

async function know(tx: Tx, { workspaceId }: Actor, row: queries.DepartureRow): Promise<Known> {
  return { row, stays: row.lent_stays ?? (await lentStays(tx, workspaceId)) };
}

/** What would happen, or did, in numbers: counted by the keeper, who shows no card. */
async function describeDetails({ actor, asSystem }: OutsideContext, { row, stays }: Known, own: boolean) {
  const { workspaceId } = actor;
  const over = row.state === 'done' || row.state === 'leaving';
  const { parts, orphaned } = await asSystem('keeper', async (keeper) => {
    const handled = over ? await queries.listHandled(keeper, workspaceId, row.departure_id) : [];
    const held = over ? [] : await queries.listHeldBooks(keeper, workspaceId, row.member_id);
    return {
      parts: [
        ...handled.map(({ book_id, name, stays: kept, cards_stay, cards_go }) => ({
          id: book_id,
          name: own || kept ? name : null,
          stays: cards_stay,
          goes: cards_go,
        })),
        ...held.map((book) => partOf(book, stays, own)),
      ],
      orphaned: over ? [] : await queries.listOrphaned(keeper, workspaceId, row.member_id),
    };
  });
  return {
    ...describe(row),
    books: parts,
    orphaned,
    needsSuccessor: orphaned.length > 0 || parts.some((part) => part.stays > 0),
    onLeaving: stays ? ('stay' as const) : ('go' as const),
  };
}

/** @throws AppError invalid_input unless it is an active member other than the leaver */
async function checkSuccessor(tx: Tx, workspaceId: string, leaver: string, successorId: string | undefined) {
  const member = successorId ? await getMember(tx, { workspaceId, memberId: successorId }) : undefined;
  if (member?.status !== 'active' || successorId === leaver)
    throw new AppError('invalid_input', { fields: { successorId: successorId ? 'unknown' : 'required' } });
}

async function follow(app: AppInside, tx: Tx, workspaceId: string, task: string, departureId: string): Promise<void> {
  await app.enqueue(tx, { workspaceId, task, payload: { departureId }, queue: `matching ${workspaceId}` });
}

export const leavingOperations: Operation[] = [
  implement(contracts.listDepartures, async (_input, { tx, actor }) => ({
    items: (await queries.listDepartures(tx, actor.workspaceId)).map(describe),
  })),

  implementOutside(contracts.openDeparture, async ({ memberId }, context) => {
    const { actor } = context;
    const opened = await context.asCaller(async ({ tx }) => {
      const member = await getMember(tx, { workspaceId: actor.workspaceId, memberId });
      if (!member || member.status === 'left') throw notFound();
      const by = { origin: 'admin' as const, openedBy: actor.memberId };
      const departureId = await queries.openDeparture(tx, actor.workspaceId, memberId, by);
      await recordAudit(tx, actor, 'departure.opened', memberId);
      return know(tx, actor, await getRow(tx, actor, departureId));
    });
    return describeDetails(context, opened, false);
  }),

  implementOutside(contracts.getDeparture, async ({ departureId }, context) => {
    const { actor, asCaller } = context;
    const known = await asCaller(async ({ tx }) => know(tx, actor, await getRow(tx, actor, departureId)));
    return describeDetails(context, known, false);
  }),

  implementOutside(contracts.getMyDeparture, async (_input, context) => {
    const { actor } = context;
    const known = await context.asCaller(async ({ tx }) => {
      const [row] = await queries.listDepartures(tx, actor.workspaceId, { openOf: actor.memberId });
      return row ? know(tx, actor, row) : null;
    });
    return { departure: known && (await describeDetails(context, known, true)) };
  }),

  implement(contracts.cancelDeparture, async ({ departureId }, { tx, actor }) => {
    const { member_id } = await getRow(tx, actor, departureId);
    if (!(await queries.setState(tx, actor.workspaceId, departureId, 'open', 'cancelled'))) throw notFound();
    await recordAudit(tx, actor, 'departure.cancelled', member_id);
    return {};
  }),

  implementOutside(contracts.confirmDeparture, async ({ departureId, name, successorId }, context) => {
    const { actor, asCaller } = context;
    const { workspaceId } = actor;
    const known = await asCaller(async ({ tx }) => know(tx, actor, await getRow(tx, actor, departureId)));
    const { row } = known;
    if (name.trim() !== row.member) throw new AppError('invalid_input', { fields: { name: 'other_name' } });
    const { needsSuccessor } = await describeDetails(context, known, false);
    return asCaller(async ({ app, tx }) => {
      await lockActiveAdmins(tx, workspaceId);
      if (needsSuccessor || successorId) await checkSuccessor(tx, workspaceId, row.member_id, successorId);
      if (!(await queries.setState(tx, workspaceId, departureId, 'open', 'leaving'))) throw new AppError('conflict');
      await queries.confirm(tx, actor, departureId, { successorId, lentStays: known.stays });
      await setMember(tx, { workspaceId, memberId: row.member_id }, { status: 'left' });
      if ((await countActiveAdmins(tx, workspaceId)) === 0) throw new AppError('last_admin');
      await announce(tx, workspaceId, [row.member_id], 'session');
      await recordAudit(tx, actor, 'member.left', row.member_id);
      await follow(app, tx, workspaceId, 'leaving.carryOut', departureId);
      return describe(await getRow(tx, actor, departureId));
    });
  }),

  implement(contracts.undoDeparture, async ({ departureId }, { app, tx, actor }) => {
    const row = await getRow(tx, actor, departureId);
    const inTime = row.done_at !== null && returnableUntil(row.done_at) > new Date();
    if (!inTime || !(await queries.setState(tx, actor.workspaceId, departureId, 'done', 'returning')))
      throw new AppError('not_undoable');
    await recordAudit(tx, actor, 'member.returned', row.member_id);
    await follow(app, tx, actor.workspaceId, 'leaving.takeBack', departureId);
    return describe(await getRow(tx, actor, departureId));
  }),
];
