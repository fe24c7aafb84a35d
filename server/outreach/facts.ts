import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';

/** An address on a card, as its viewer sees it. */
export interface Sighting {
  cardId: string;
  bookNo: number;
  bookId: string;
  mine: boolean;
  /** Typed by the viewer while they read it on a colleague's card. */
  copied: boolean;
  fieldClass: number;
  address: string;
  atCompany: boolean;
}

/** Where an address stands among these cards. Row security lets through only fields that the actor may read. */
export async function findSightings(
  tx: Tx,
  actor: Actor,
  cardIds: readonly string[],
  contactPointId: string,
): Promise<Sighting[]> {
  const { rows } = await sql<Sighting>`
    select c.card_id as "cardId", c.book_no as "bookNo", b.book_id as "bookId", f.class as "fieldClass", f.copied,
      f.value ->> 'normalised' as address, strpos(current_setting('app.own_books', true), b.book_id::text) > 0 as mine,
      exists (select from cards.card_field o where o.workspace_id = ${actor.workspaceId} and o.card_id = c.card_id
        and o.kind = 'organization' and o.value <> '{}') as "atCompany"
    from cards.card_field f
    join cards.card c on c.workspace_id = ${actor.workspaceId} and c.card_id = f.card_id
    join delegation.book b on b.workspace_id = ${actor.workspaceId} and b.book_no = c.book_no
    where f.workspace_id = ${actor.workspaceId} and f.card_id = any(${cardIds}) and f.contact_point_id = ${contactPointId}
      and f.kind = 'email' and f.value ? 'normalised'
    order by c.card_id`.execute(tx);
  return rows;
}

/** Grants of books for writing, made to the actor, their teams or the workspace: the last version of each, whatever its dates. */
export async function findContactGrants(tx: Tx, actor: Actor, bookIds: readonly string[]) {
  const { rows } = await sql<{
    book_id: string;
    grant_id: string;
    version: number;
    grantee_id: string;
    distance: number;
    field_mask: number;
    purposes: string[];
    channels: string[];
    quota_count: number | null;
    quota_period: string | null;
    quota_each: boolean;
    ask_first: boolean;
    starts_at: Date;
    ends_at: Date | null;
  }>`
    select book_id, grant_id, version, grantee_id, array_position(array['member', 'team', 'workspace'], grantee_kind) as distance,
      field_mask, purposes, channels, quota_count, quota_period, quota_each, ask_first, starts_at, ends_at
    from (select distinct on (g.grant_id) g.* from delegation.grant g
      where g.workspace_id = ${actor.workspaceId} and g.book_id = any(${bookIds})
        and strpos(current_setting('app.audiences', true), g.grantee_id::text) > 0
      order by g.grant_id, g.version desc) last
    where 'contact' = any(acts)
    order by grant_id`.execute(tx);
  return rows;
}
export type ContactGrant = Awaited<ReturnType<typeof findContactGrants>>[number];

/** What is known of an address, whoever asks: consent, health, objections, suppression. */
export async function findStanding(tx: Tx, workspaceId: string, contactPointId: string) {
  const point = await tx
    .selectFrom('cards.contact_point')
    .select(['consent', 'consent_purposes', 'health'])
    .where('workspace_id', '=', workspaceId)
    .where('contact_point_id', '=', contactPointId)
    .executeTakeFirst();
  const objections = await tx
    .selectFrom('outreach.objection')
    .select('purpose')
    .where('workspace_id', '=', workspaceId)
    .where('contact_point_id', '=', contactPointId)
    .execute();
  const suppressed = await tx
    .selectFrom('outreach.suppression')
    .select('at')
    .where('workspace_id', '=', workspaceId)
    .where('contact_point_id', '=', contactPointId)
    .executeTakeFirst();
  return {
    consent: (point?.consent ?? 'unknown') as 'unknown' | 'given' | 'objected',
    /** For what they agreed; null: whatever for. */
    agreedTo: point?.consent_purposes ?? null,
    health: (point?.health ?? 'unknown') as 'unknown' | 'good' | 'failing' | 'dead',
    objectedTo: objections.map((row) => row.purpose),
    suppressed: suppressed !== undefined,
  };
}

/** A row of the tally: how often a grant was used in a period, in all or for a card. */
export interface Counter {
  grantId: string;
  /** The grant's own id where it is counted in all. */
  cardId: string;
  period: string;
  beginsOn: string;
  granteeId: string;
}

export const keyOf = ({ grantId, cardId, period, beginsOn }: Omit<Counter, 'granteeId'>): string =>
  [grantId, cardId, period, beginsOn].join(' ');

/** Each once, in the one order in which all writers lock them. */
const inOrder = (counters: readonly Counter[]): Counter[] =>
  [...new Map(counters.map((one) => [keyOf(one), one])).entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, one]) => one);

const listed = (
  counters: readonly Counter[],
) => sql`(select * from unnest(${counters.map((one) => one.grantId)}::uuid[],
  ${counters.map((one) => one.cardId)}::uuid[], ${counters.map((one) => one.period)}::text[], ${counters.map((one) => one.beginsOn)}::date[]))`;

/**
 * What counters say, by `keyOf`. Locked, they stay so until the transaction ends: of writers at once, each sees what the one before took.
 */
export async function readCounters(
  tx: Tx,
  workspaceId: string,
  counters: readonly Counter[],
  lock: boolean,
): Promise<Map<string, number>> {
  const sorted = inOrder(counters);
  if (sorted.length === 0) return new Map();
  if (lock)
    await tx
      .insertInto('outreach.tally')
      .values(
        sorted.map((one) => ({
          ...{ workspace_id: workspaceId, grant_id: one.grantId, card_id: one.cardId, period: one.period },
          ...{ begins_on: one.beginsOn, grantee_id: one.granteeId },
        })),
      )
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  const { rows } = await sql<{ grantId: string; cardId: string; period: string; beginsOn: string; count: number }>`
    select grant_id as "grantId", card_id as "cardId", period, begins_on as "beginsOn", count from outreach.tally
    where workspace_id = ${workspaceId} and (grant_id, card_id, period, begins_on) in ${listed(sorted)}
    order by grant_id, card_id, period, begins_on ${lock ? sql`for update` : sql``}`.execute(tx);
  return new Map(rows.map((row) => [keyOf(row), row.count]));
}

/** Counts up, each as often as it stands there. */
export async function countUp(tx: Tx, workspaceId: string, counters: readonly Counter[]): Promise<void> {
  if (counters.length === 0) return;
  const times = Map.groupBy(counters, keyOf);
  const sorted = inOrder(counters);
  await sql`update outreach.tally t set count = t.count + n.times
    from unnest(${sorted.map((one) => one.grantId)}::uuid[], ${sorted.map((one) => one.cardId)}::uuid[],
      ${sorted.map((one) => one.period)}::text[], ${sorted.map((one) => one.beginsOn)}::date[],
      ${sorted.map((one) => times.get(keyOf(one))!.length)}::int[]) n (grant_id, card_id, period, begins_on, times)
    where t.workspace_id = ${workspaceId} and t.grant_id = n.grant_id and t.card_id = n.card_id and t.period = n.period
      and t.begins_on = n.begins_on`.execute(tx);
}

/** Gives back what a message took that will not leave, of quotas and of its reader's patience; as the keeper, once for each message. */
export const giveBack = (tx: Tx, workspaceId: string, messageId: string): Promise<void> =>
  giveBackAll(tx, workspaceId, [messageId]);

/** The same of many at once: of a tally its rows are locked in the one order in which all writers lock them. */
export async function giveBackAll(tx: Tx, workspaceId: string, messageIds: readonly string[]): Promise<void> {
  if (messageIds.length === 0) return;
  await sql`
    with taken as (
      select grant_id, tally_card_id, tally_period, tally_begins_on, count(*)::int as times from outreach.message_card
      where workspace_id = ${workspaceId} and message_id = any(${messageIds}::uuid[]) and tally_card_id is not null
      group by grant_id, tally_card_id, tally_period, tally_begins_on),
    locked as (
      select t.grant_id, t.card_id, t.period, t.begins_on, k.times from outreach.tally t
      join taken k on k.grant_id = t.grant_id and k.tally_card_id = t.card_id and k.tally_period = t.period and k.tally_begins_on = t.begins_on
      where t.workspace_id = ${workspaceId}
      order by t.grant_id, t.card_id, t.period, t.begins_on for update of t)
    update outreach.tally t set count = t.count - l.times from locked l
    where t.workspace_id = ${workspaceId} and t.grant_id = l.grant_id and t.card_id = l.card_id and t.period = l.period
      and t.begins_on = l.begins_on`.execute(tx);
  await sql`delete from outreach.received where workspace_id = ${workspaceId} and message_id = any(${messageIds}::uuid[])`.execute(
    tx,
  );
  await sql`delete from outreach.message_card where workspace_id = ${workspaceId} and message_id = any(${messageIds}::uuid[])`.execute(
    tx,
  );
}
