import { type Insertable, sql, type Updateable } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import type { DB } from '../kernel/db-types.ts';
import { AppError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import { stir } from '../kernel/stirring.ts';
import { tell } from '../kernel/telling.ts';
import type { Move, Outcome, Reason } from './contract.ts';

export interface OpportunityRow {
  opportunity_id: string;
  name: string;
  organization_card: string | null;
  organization_name: string;
  stage_id: string;
  value_cents: number | null;
  currency: string | null;
  expected_on: string | null;
  opened_on: string;
  closed_on: string | null;
  outcome: Outcome | null;
  reasons: Reason[];
  outcome_note: string;
  owner_id: string;
  owner: string;
  audience_id: string;
  note: string;
  source: string | null;
  external_id: string | null;
  source_state: { cells?: [string, string][] } | null;
  imported_by: string | null;
  ended_at: Date | null;
  version: number;
  word_task_id: string | null;
  word_due_on: string | null;
  created_by: string;
  changed_by: string | null;
  changer: string | null;
  changed_at: Date;
  people: number;
}

export interface OpportunityFilter {
  state: 'open' | Outcome;
  whose: 'mine' | 'team' | 'all';
  q?: string | undefined;
  stageId?: string | undefined;
  /** Cards of a person or organisation that has a part in it. */
  cardIds?: readonly string[] | undefined;
}

const isOpen = (state: OpportunityFilter['state']): boolean => state === 'open';

/** Open ones by the day they are expected, those without one last; closed ones from the last on. */
const order = (state: OpportunityFilter['state']) =>
  isOpen(state) ? sql`o.expected_on, o.opportunity_id` : sql`o.closed_on desc, o.opportunity_id desc`;

/** What comes in that order after a row of this day (empty: without one) and id. */
function beyond(state: OpportunityFilter['state'], [day, id]: readonly [day: string, id: string]) {
  if (!isOpen(state)) return sql`(o.closed_on, o.opportunity_id) < (${day}::date, ${id}::uuid)`;
  if (day === '') return sql`o.expected_on is null and o.opportunity_id > ${id}::uuid`;
  return sql`((o.expected_on, o.opportunity_id) > (${day}::date, ${id}::uuid) or o.expected_on is null)`;
}

function condition({ workspaceId, memberId }: Actor, { state, whose, q, stageId, cardIds }: OpportunityFilter) {
  const teams = sql`(select team_id from identity.team_member where workspace_id = ${workspaceId} and member_id = ${memberId})`;
  const theirs = sql`(o.audience_id in ${teams} or o.owner_id in (select member_id from identity.team_member
    where workspace_id = ${workspaceId} and team_id in ${teams}))`;
  return sql`o.workspace_id = ${workspaceId} and o.removed_at is null
    and ${isOpen(state) ? sql`o.outcome is null` : sql`o.outcome = ${state}`}
    and ${whose === 'mine' ? sql`o.owner_id = ${memberId}` : whose === 'team' ? theirs : sql`true`}
    and ${q ? sql`position(lower(${q}) in lower(o.name || ' ' || o.organization_name)) > 0` : sql`true`}
    and ${stageId ? sql`o.stage_id = ${stageId}` : sql`true`}
    and ${
      cardIds
        ? sql`(o.organization_card = any(${cardIds}) or exists (select from cards.participant p
            where p.workspace_id = ${workspaceId} and p.opportunity_id = o.opportunity_id and p.card_id = any(${cardIds})))`
        : sql`true`
    }`;
}

const columns = (workspaceId: string) => sql`
  o.opportunity_id, o.name, o.organization_card, o.organization_name, o.stage_id, o.value_cents, o.currency, o.expected_on, o.opened_on,
  o.closed_on, o.outcome, o.reasons, o.outcome_note, o.owner_id, coalesce(m.name, '') as owner, o.audience_id, o.note, o.source, o.external_id,
  o.source_state, o.imported_by, o.ended_at, o.version, o.word_task_id, o.word_due_on, o.created_by, o.changed_by,
  (select h.name from identity.member h where h.workspace_id = ${workspaceId} and h.member_id = o.changed_by) as changer, o.changed_at,
  (select count(*)::int from cards.participant p join cards.card c on c.workspace_id = ${workspaceId} and c.card_id = p.card_id
    where p.workspace_id = ${workspaceId} and p.opportunity_id = o.opportunity_id) as people`;

/** A page of what the viewer sees; row security shows no others. */
export async function listOpportunities(
  tx: Tx,
  actor: Actor,
  filter: OpportunityFilter,
  after: readonly [day: string, id: string] | null,
  limit: number,
): Promise<OpportunityRow[]> {
  const { workspaceId } = actor;
  const { rows } = await sql<OpportunityRow>`
    select ${columns(workspaceId)} from opportunities.opportunity o
    left join identity.member m on m.workspace_id = ${workspaceId} and m.member_id = o.owner_id
    where ${condition(actor, filter)} and ${after ? beyond(filter.state, after) : sql`true`}
    order by ${order(filter.state)} limit ${limit}`.execute(tx);
  return rows;
}

export interface SumRow {
  stage_id: string;
  currency: string | null;
  count: number;
  cents: number;
  likely: number;
}

export async function sumOpportunities(tx: Tx, actor: Actor, filter: OpportunityFilter): Promise<SumRow[]> {
  const { rows } = await sql<SumRow>`
    select o.stage_id, o.currency, count(*)::int as count, coalesce(sum(o.value_cents), 0)::bigint as cents,
      coalesce(sum(o.value_cents * s.probability / 100), 0)::bigint as likely
    from opportunities.opportunity o
    join opportunities.stage s on s.workspace_id = ${actor.workspaceId} and s.stage_id = o.stage_id
    where ${condition(actor, filter)}
    group by o.stage_id, s.position, o.currency order by s.position, o.stage_id, o.currency nulls last`.execute(tx);
  return rows;
}

/** @param removed the ones out of sight instead, as long as they can be brought back */
export async function findOpportunity(
  tx: Tx,
  { workspaceId }: Actor,
  opportunityId: string,
  removed: { restorableDays: number } | null = null,
): Promise<OpportunityRow | undefined> {
  const { rows } = await sql<OpportunityRow>`
    select ${columns(workspaceId)} from opportunities.opportunity o
    left join identity.member m on m.workspace_id = ${workspaceId} and m.member_id = o.owner_id
    where o.workspace_id = ${workspaceId} and o.opportunity_id = ${opportunityId}
      and ${removed ? sql`o.removed_at > now() - make_interval(days => ${removed.restorableDays})` : sql`o.removed_at is null`}`.execute(
    tx,
  );
  return rows[0];
}

type NewOpportunity = Omit<Insertable<DB['opportunities.opportunity']>, 'workspace_id' | 'created_by'>;

/** Rows per insert, below PostgreSQL's 65,535 parameters. */
const perInsert = 1500;

/**
 * Writes opportunities; what the actor brought before by a file, and does not see any more because it was handed on, is left alone.
 *
 * @returns the ids of those written
 * @throws AppError invalid_input when the owner is nobody here
 */
export async function addOpportunities(tx: Tx, actor: Actor, rows: readonly NewOpportunity[]): Promise<Set<string>> {
  const written = new Set<string>();
  for (let at = 0; at < rows.length; at += perInsert) {
    const added = await tx
      .insertInto('opportunities.opportunity')
      .values(
        rows
          .slice(at, at + perInsert)
          .map((row) => ({ workspace_id: actor.workspaceId, created_by: actor.memberId, ...row })),
      )
      .onConflict((conflict) => conflict.doNothing())
      .returning('opportunity_id')
      .execute()
      .catch(asInput);
    for (const { opportunity_id } of added) written.add(opportunity_id);
  }
  return written;
}

/** What the database refuses of an input, at its field. */
function asInput(error: { constraint?: string }): never {
  if (error.constraint === 'opportunity_owner_fk')
    throw new AppError('invalid_input', { fields: { ownerId: 'unknown' } });
  throw error;
}

/**
 * Changes an opportunity as it was read.
 *
 * @throws AppError conflict when somebody else changed it meanwhile; nothing is changed then
 */
export async function updateOpportunity(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  { opportunity_id, version }: Pick<OpportunityRow, 'opportunity_id' | 'version'>,
  changes: Updateable<DB['opportunities.opportunity']>,
): Promise<void> {
  const done = await tx
    .updateTable('opportunities.opportunity')
    .set({ ...changes, version: version + 1, changed_at: sql`now()`, changed_by: memberId })
    .where('workspace_id', '=', workspaceId)
    .where('opportunity_id', '=', opportunity_id)
    .where('version', '=', version)
    .executeTakeFirst()
    .catch(asInput);
  if (done.numUpdatedRows === 0n) throw new AppError('conflict');
  await stir(tx, workspaceId, 'opportunity', [opportunity_id]);
}

/** Its history follows it to another owner or audience. As the keeper. */
export async function setMovesAudience(
  tx: Tx,
  workspaceId: string,
  to: { opportunity_id: string; owner_id: string; audience_id: string },
): Promise<void> {
  await sql`update opportunities.move set owner_id = ${to.owner_id}, audience_id = ${to.audience_id}
    where workspace_id = ${workspaceId} and opportunity_id = ${to.opportunity_id}`.execute(tx);
}

export interface NewMove {
  of: Pick<OpportunityRow, 'opportunity_id' | 'owner_id' | 'audience_id'>;
  kind: Move['kind'];
  from?: string;
  to?: string;
  reasons?: readonly Reason[];
  note?: string;
}

export async function addMoves(tx: Tx, actor: Actor, moves: readonly NewMove[]): Promise<void> {
  const rows = moves.map(({ of, kind, from, to, reasons = [], note = '' }) => ({
    workspace_id: actor.workspaceId,
    move_id: newId(),
    opportunity_id: of.opportunity_id,
    owner_id: of.owner_id,
    audience_id: of.audience_id,
    kind,
    from_stage: from ?? null,
    to_stage: to ?? null,
    reasons: [...reasons],
    note,
    member_id: actor.memberId,
  }));
  for (let at = 0; at < rows.length; at += perInsert)
    await tx
      .insertInto('opportunities.move')
      .values(rows.slice(at, at + perInsert))
      .execute();
  await tell(
    tx,
    actor.workspaceId,
    'move',
    rows.map(({ opportunity_id }) => opportunity_id),
  );
}

/** What became of an opportunity, the last first. */
export async function listMoves(tx: Tx, { workspaceId }: Actor, opportunityId: string) {
  const { rows } = await sql<{
    kind: Move['kind'];
    from_stage: string | null;
    to_stage: string | null;
    reasons: Reason[];
    note: string;
    member_id: string;
    member: string;
    at: Date;
  }>`
    select v.kind, v.from_stage, v.to_stage, v.reasons, v.note, v.member_id, coalesce(m.name, '') as member, v.at from opportunities.move v
    left join identity.member m on m.workspace_id = ${workspaceId} and m.member_id = v.member_id
    where v.workspace_id = ${workspaceId} and v.opportunity_id = ${opportunityId}
    order by v.move_id desc limit 200`.execute(tx);
  return rows;
}

/** The name of a team that is there. */
export async function findTeamName(
  tx: Tx,
  { workspaceId }: Actor,
  teamId: string,
): Promise<{ name: string; mine: boolean } | undefined> {
  const { rows } = await sql<{ name: string; mine: boolean }>`
    select name, strpos(current_setting('app.audiences', true), team_id::text) > 0 as mine from identity.team
    where workspace_id = ${workspaceId} and team_id = ${teamId} and purpose is null`.execute(tx);
  return rows[0];
}

/** Deletes for good what was removed so many days ago, with the maps of it. As the keeper, over all workspaces. */
export async function purgeRemoved(tx: Tx, days: number): Promise<void> {
  // No workspace: retention is the same for all.
  await sql`with gone as (delete from opportunities.opportunity where removed_at < now() - make_interval(days => ${days})
      returning workspace_id, opportunity_id),
    maps as (delete from cards.power_map m using gone g
      where m.workspace_id = g.workspace_id and m.subject_kind = 'opportunity' and m.subject_id = g.opportunity_id
      returning m.workspace_id, m.map_id),
    nodes as (delete from cards.map_node n using maps where n.workspace_id = maps.workspace_id and n.map_id = maps.map_id)
    delete from cards.map_line l using maps where l.workspace_id = maps.workspace_id and l.map_id = maps.map_id`.execute(
    tx,
  );
}
