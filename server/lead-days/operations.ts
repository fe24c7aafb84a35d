import { findOwnBook } from '../delegation/queries.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { type Context, implement, implementOutside, type Operation } from '../kernel/http.ts';
import { newId } from '../kernel/ids.ts';
import * as contracts from './contract.ts';
import { endDay, readBoard } from './counting.ts';
import * as queries from './queries.ts';
import { scoreOf, sinceFor, stateOf } from './rules.ts';

const today = (): string => new Date().toISOString().slice(0, 10);

type Viewer = Pick<Context, 'actor' | 'role'>;

const isMine = ({ actor, role }: Viewer, day: queries.DayRow): boolean =>
  role === 'admin' || day.planned_by === actor.memberId;

const teamsOf = (day: queries.DayRow, teams: readonly queries.TeamRow[]) =>
  teams.filter(({ team_id }) => day.team_ids.includes(team_id)).map(({ team_id, name }) => ({ id: team_id, name }));

const describeDay = (viewer: Viewer, day: queries.DayRow, teams: readonly queries.TeamRow[]): contracts.LeadDay => ({
  id: day.day_id,
  goal: day.goal,
  prizes: day.prizes,
  on: day.on_date,
  teams: teamsOf(day, teams),
  state: stateOf(day.on_date, day.ended_at, today()),
  mine: isMine(viewer, day),
});

/** @throws AppError not_found for a day of teams that the actor is not in */
async function getDay(tx: Tx, { workspaceId }: Actor, dayId: string): Promise<queries.DayRow> {
  const day = await queries.findDay(tx, workspaceId, dayId);
  if (!day) throw notFound();
  return day;
}

/** @throws AppError not_found, or conflict where its result stands already */
async function getOpen(tx: Tx, actor: Actor, dayId: string): Promise<queries.DayRow> {
  const day = await getDay(tx, actor, dayId);
  if (day.ended_at) throw new AppError('conflict');
  return day;
}

export const leadDaysOperations: Operation[] = [
  implement(contracts.planDay, async ({ goal, prizes, on, teamIds }, context) => {
    const { app, tx, actor, role } = context;
    const teams = await queries.listTeams(tx, actor);
    const wanted = teams.filter(({ team_id }) => teamIds.includes(team_id));
    if (wanted.length < new Set(teamIds).size) throw notFound();
    if (role !== 'admin' && !wanted.every(({ lead }) => lead)) throw new AppError('forbidden');
    if (on < today()) throw new AppError('invalid_input', { fields: { on: 'past' } });
    const [dayId, { workspaceId, memberId }] = [newId(), actor];
    await queries.addDay(tx, {
      workspace_id: workspaceId,
      day_id: dayId,
      goal,
      prizes,
      on_date: on,
      team_ids: [...new Set(teamIds)],
      planned_by: memberId,
    });
    const memberIds = await queries.listTeamMembers(tx, workspaceId, teamIds);
    const payload = { kind: 'lead_day_planned', memberIds, subjectId: dayId, actorId: memberId };
    await app.enqueue(tx, { workspaceId, task: 'notices.tell', payload });
    return describeDay(context, await getDay(tx, actor, dayId), teams);
  }),

  implement(contracts.listDays, async (_input, context) => {
    const { tx, actor, role } = context;
    const teams = await queries.listTeams(tx, actor);
    return {
      items: (await queries.listDays(tx, actor.workspaceId)).map((day) => describeDay(context, day, teams)),
      teams: teams.filter(({ lead }) => lead || role === 'admin').map(({ team_id, name }) => ({ id: team_id, name })),
    };
  }),

  implementOutside(contracts.getDay, async ({ dayId }, context) => {
    const { actor, asCaller, asSystem } = context;
    const seen = await asCaller(async ({ tx }) => ({
      day: await getDay(tx, actor, dayId),
      teams: await queries.listTeams(tx, actor),
      me: await queries.findEntrant(tx, actor, dayId),
    }));
    const { day, teams, me } = seen;
    const board = await asSystem('keeper', (tx) => readBoard(tx, actor.workspaceId, day, teamsOf(day, teams)));
    const mine = board.counts.get(actor.memberId);
    return {
      ...describeDay(context, day, teams),
      me:
        me && mine
          ? { teamId: me.team_id, named: me.named, since: me.since.toISOString(), score: scoreOf(mine) }
          : null,
      myTeams: teams
        .filter(({ team_id, member }) => member && day.team_ids.includes(team_id))
        .map(({ team_id }) => team_id),
      scores: board.scores,
    };
  }),

  implement(contracts.joinDay, async ({ dayId, teamId, named }, { tx, actor }) => {
    const day = await getOpen(tx, actor, dayId);
    const team = (await queries.listTeams(tx, actor)).find(({ team_id }) => team_id === teamId);
    if (!team?.member || !day.team_ids.includes(teamId)) throw notFound();
    const since = sinceFor(await queries.findLastTime(tx, actor, day.on_date), day.on_date);
    await queries.setEntrant(tx, actor, { dayId, teamId, named, since });
    return {};
  }),

  implement(contracts.leaveDay, async ({ dayId }, { tx, actor }) => {
    await getDay(tx, actor, dayId);
    await queries.removeEntrant(tx, actor, dayId);
    return {};
  }),

  implement(contracts.getRound, async ({ dayId }, { tx, actor }) => {
    const day = await getDay(tx, actor, dayId);
    const me = await queries.findEntrant(tx, actor, dayId);
    const since = me?.since ?? sinceFor(await queries.findLastTime(tx, actor, day.on_date), day.on_date);
    const rows = await queries.countFresh(tx, actor, dayId, day.team_ids, since);
    const books = [...Map.groupBy(rows, (row) => row.book_id).values()].map((sources) => {
      const { book_id, book, lent, decided } = sources[0]!;
      return {
        id: book_id,
        name: book,
        lent,
        decided,
        fresh: sources.reduce((sum, { count }) => sum + count, 0),
        sources: sources.map(({ source_id, source, kind, count }) => ({ id: source_id, name: source, kind, count })),
      };
    });
    return { since: since.toISOString(), books };
  }),

  implement(contracts.decideBook, async ({ dayId, bookId, decided }, { tx, actor }) => {
    await getDay(tx, actor, dayId);
    if (!(await findOwnBook(tx, actor, bookId))) throw notFound();
    await queries.setChoice(tx, actor, dayId, bookId, decided);
    return {};
  }),

  implementOutside(contracts.endDay, async ({ dayId }, context) => {
    const { app, actor, asCaller } = context;
    const day = await asCaller(({ tx }) => getDay(tx, actor, dayId));
    if (!isMine(context, day)) throw notFound();
    if (!(await endDay(app, actor.workspaceId, dayId))) throw new AppError('conflict');
    return {};
  }),

  implement(contracts.deleteDay, async ({ dayId }, { tx, actor }) => {
    if (!(await queries.deleteDay(tx, actor.workspaceId, dayId))) throw notFound();
    return {};
  }),
];
