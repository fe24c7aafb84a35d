import { sql } from 'kysely';
import type { UsedCard } from '../delegation/ledger.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import type { DestinationKind, SentField } from './contract.ts';

// What stands at destinations, and whose turn it is. As the keeper, unless a function says otherwise.

/** Whom a destination `d` is for is there still, and whoever made it may speak for them. */
const isSound = sql`coalesce(d.key_ends_at, 'infinity') > now() and exists (select from identity.member m where m.workspace_id = d.workspace_id and m.member_id = d.created_by and m.status = 'active')
  and (d.grantee_kind = 'member' or exists (select from identity.team t
    join identity.team_member i on i.workspace_id = t.workspace_id and i.team_id = t.team_id and i.member_id = d.created_by
    where t.workspace_id = d.workspace_id and t.team_id = d.grantee_id and coalesce(t.ends_at, 'infinity') > now()))`;

/** A destination whose turn it is. */
export interface Held {
  workspace_id: string;
  destination_id: string;
  kind: DestinationKind;
  settings: unknown;
  secret: Buffer;
  grantee_kind: 'member' | 'team' | 'process';
  grantee_id: string;
  segment_id: string;
  fields: SentField[];
  every_minutes: number;
  state: 'draft' | 'active' | 'paused' | 'failing' | 'ended';
  created_by: string;
  failures: number;
  ending_at: Date | null;
  version: number;
  /** Otherwise all that was sent is taken back. */
  sound: boolean;
  run_id: string;
}

/** Those whose turn it is, whoever waits longest first. */
export async function findDue(tx: Tx, limit: number): Promise<{ workspace_id: string; destination_id: string }[]> {
  // No workspace: it is asked which there are.
  const { rows } = await sql<{ workspace_id: string; destination_id: string }>`
    select d.workspace_id, d.destination_id from destinations.destination d
    where d.due_at <= now() and d.state not in ('paused', 'ended') and coalesce(d.held_until, '-infinity') < now()
    order by d.due_at limit ${limit}`.execute(tx);
  return rows;
}

/** Holds one for a run: nobody else is at it until the time is over. @returns undefined where somebody else is */
export async function hold(
  tx: Tx,
  { workspace_id, destination_id }: Pick<Held, 'workspace_id' | 'destination_id'>,
  runId: string,
): Promise<Held | undefined> {
  const { rows } = await sql<Omit<Held, 'run_id'>>`
    update destinations.destination d set held_until = now() + interval '5 minutes', held_by = ${runId},
      -- After a crash its turn comes again when it is held no longer; whoever wants it sooner says so by another time.
      due_at = now() + interval '5 minutes'
    where d.workspace_id = ${workspace_id} and d.destination_id = ${destination_id} and d.due_at <= now()
      and d.state not in ('paused', 'ended') and coalesce(d.held_until, '-infinity') < now()
    returning d.workspace_id, d.destination_id, d.kind, d.settings, d.secret, d.grantee_kind, d.grantee_id, d.segment_id, d.fields,
      d.every_minutes, d.state, d.created_by, d.failures, d.ending_at, d.version, ${isSound} as sound`.execute(tx);
  const [row] = rows;
  if (!row) return undefined;
  await sql`update destinations.run set ended_at = now(), outcome = 'interrupted'
    where workspace_id = ${workspace_id} and destination_id = ${destination_id} and ended_at is null`.execute(tx);
  await sql`insert into destinations.run (workspace_id, run_id, destination_id) values (${workspace_id}, ${runId}, ${destination_id})`.execute(
    tx,
  );
  return { ...row, run_id: runId };
}

/** The run goes on, unless somebody paused, changed or removed the destination, or another run has taken over. */
export async function goOn(tx: Tx, held: Held): Promise<boolean> {
  const { rows } = await sql`
    update destinations.destination set held_until = now() + interval '5 minutes'
    where workspace_id = ${held.workspace_id} and destination_id = ${held.destination_id} and held_by = ${held.run_id}
      and state = ${held.state} and version = ${held.version} and (ending_at is null) = ${held.ending_at === null}
    returning destination_id`.execute(tx);
  return rows.length > 0;
}

export interface SentRow {
  key: string;
  person_id: string;
  digest: string;
  state: 'leaving' | 'waiting' | 'sent' | 'refused' | 'removing';
  arrived: boolean;
}

export async function listSent(tx: Tx, workspaceId: string, destinationId: string): Promise<SentRow[]> {
  const { rows } = await sql<SentRow>`
    select key, person_id, digest, state, arrived from destinations.sent
    where workspace_id = ${workspaceId} and destination_id = ${destinationId} order by key`.execute(tx);
  return rows;
}

export interface Leaving {
  key: string;
  personId: string;
  digest: string;
}

/**
 * Writes down, before they leave, what is about to stand there. Of those that were written down with the same words before, holders have heard.
 * @returns the keys of what holders are to hear of, and of what may stand there since an earlier try; null where the run is over
 */
export async function markLeaving(
  tx: Tx,
  held: Held,
  all: readonly Leaving[],
): Promise<{ fresh: Set<string>; doubtful: Set<string> } | null> {
  if (!(await goOn(tx, held))) return null;
  const { rows } = await sql<{ key: string; fresh: boolean; doubtful: boolean }>`
    with next as (select * from unnest(${all.map((one) => one.key)}::text[], ${all.map((one) => one.personId)}::uuid[],
        ${all.map((one) => one.digest)}::text[]) as n (key, person_id, digest)),
    known as (select s.key, s.digest, s.state from destinations.sent s join next n on n.key = s.key
      where s.workspace_id = ${held.workspace_id} and s.destination_id = ${held.destination_id}),
    written as (
      insert into destinations.sent as s (workspace_id, destination_id, key, person_id, digest, state)
      select ${held.workspace_id}, ${held.destination_id}, n.key, n.person_id, n.digest, 'leaving' from next n
      on conflict on constraint sent_pk do update set person_id = excluded.person_id, digest = excluded.digest, state = 'leaving', at = now())
    select n.key, (k.key is null or k.digest <> n.digest or k.state not in ('leaving', 'waiting')) as fresh,
      coalesce(k.state in ('leaving', 'removing'), false) as doubtful
    from next n left join known k on k.key = n.key`.execute(tx);
  const keysOf = (which: 'fresh' | 'doubtful') => new Set(rows.filter((row) => row[which]).map((row) => row.key));
  return { fresh: keysOf('fresh'), doubtful: keysOf('doubtful') };
}

/** @returns false where the run is over */
export async function markRemoving(tx: Tx, held: Held, keys: readonly string[]): Promise<boolean> {
  if (!(await goOn(tx, held))) return false;
  await sql`update destinations.sent set state = 'removing', at = now()
    where workspace_id = ${held.workspace_id} and destination_id = ${held.destination_id} and key = any(${keys})`.execute(
    tx,
  );
  return true;
}

export interface Settled {
  /** Which of them stand there now. */
  sent: readonly string[];
  refused: readonly string[];
  removed: readonly string[];
  counts: { added: number; changed: number };
}

/** What came of a batch. */
export async function settle(tx: Tx, held: Held, { sent, refused, removed, counts }: Settled): Promise<void> {
  const { workspace_id: workspaceId, destination_id: destinationId, run_id: runId } = held;
  await sql`update destinations.sent set state = 'sent', arrived = true, at = now()
    where workspace_id = ${workspaceId} and destination_id = ${destinationId} and key = any(${sent})`.execute(tx);
  await sql`update destinations.sent set state = 'refused', at = now()
    where workspace_id = ${workspaceId} and destination_id = ${destinationId} and key = any(${refused})`.execute(tx);
  await forget(tx, workspaceId, destinationId, removed);
  await sql`update destinations.run set added = added + ${counts.added}, changed = changed + ${counts.changed},
      removed = removed + ${removed.length}, refused = refused + ${refused.length}
    where workspace_id = ${workspaceId} and run_id = ${runId}`.execute(tx);
}

/** Of what stands there no longer, or surely never did, nothing is kept. */
export async function forget(
  tx: Tx,
  workspaceId: string,
  destinationId: string,
  keys: readonly string[],
): Promise<void> {
  await sql`delete from destinations.sent
    where workspace_id = ${workspaceId} and destination_id = ${destinationId} and key = any(${keys})`.execute(tx);
}

/** Of a batch that surely did not arrive nothing is in doubt. */
export async function markUnsent(tx: Tx, held: Held, keys: readonly string[]): Promise<void> {
  await sql`update destinations.sent set state = case when state = 'removing' then 'leaving' else 'waiting' end
    where workspace_id = ${held.workspace_id} and destination_id = ${held.destination_id} and key = any(${keys})
      and state in ('leaving', 'removing')`.execute(tx);
}

export interface Ended {
  /** `ok`, `interrupted`, or a code of trouble. */
  outcome: string;
  /** When its turn comes again. */
  dueAt: Date;
  failures: number;
  /** It is tried once a day from now on. */
  failing: boolean;
}

/** Ends a run, and says when the next one is due; whoever made it due meanwhile is heard. */
export async function endRun(tx: Tx, held: Held, { outcome, dueAt, failures, failing }: Ended): Promise<void> {
  const ok = outcome === 'ok';
  const trouble = ok || outcome === 'interrupted' ? null : outcome;
  await sql`update destinations.run set ended_at = now(), outcome = ${outcome}
    where workspace_id = ${held.workspace_id} and run_id = ${held.run_id}`.execute(tx);
  await sql`update destinations.destination d set held_until = null, held_by = null, ran_at = now(),
      due_at = case when d.due_at <> r.started_at + interval '5 minutes' then least(d.due_at, ${dueAt}) else ${dueAt} end,
      succeeded_at = case when ${ok} then now() else succeeded_at end, trouble = case when ${outcome} = 'interrupted' then trouble else ${trouble} end,
      failures = ${failures}, state = case when d.state = 'active' and ${failing} then 'failing' when d.state = 'failing' and ${ok} then 'active' else d.state end
    from destinations.run r
    where d.workspace_id = ${held.workspace_id} and d.destination_id = ${held.destination_id} and d.held_by = ${held.run_id}
      and r.workspace_id = ${held.workspace_id} and r.run_id = ${held.run_id}`.execute(tx);
}

/** What was taken back whole ends: the one is removed that was to be, the other stands as ended. */
export async function endWhole(tx: Tx, held: Held): Promise<void> {
  const { workspace_id: workspaceId, destination_id: destinationId, run_id: runId } = held;
  if (held.ending_at)
    await sql`delete from destinations.destination
      where workspace_id = ${workspaceId} and destination_id = ${destinationId} and held_by = ${runId}`.execute(tx);
  await sql`update destinations.run set ended_at = now(), outcome = 'ok'
    where workspace_id = ${workspaceId} and run_id = ${runId}`.execute(tx);
  if (!held.ending_at)
    await sql`update destinations.destination set state = 'ended', held_until = null, due_at = null
      where workspace_id = ${workspaceId} and destination_id = ${destinationId} and held_by = ${runId}`.execute(tx);
}

/** Something changed of who may be where: all of the workspace look, a minute after their last look at the earliest. */
export async function setDue(tx: Tx, workspaceId: string): Promise<void> {
  await sql`update destinations.destination
    set due_at = least(coalesce(due_at, 'infinity'), greatest(now(), coalesce(ran_at, '-infinity') + interval '1 minute'))
    where workspace_id = ${workspaceId} and failures = 0 and (state = 'active' or state = 'draft' and exists (select from destinations.sent s
      where s.workspace_id = ${workspaceId} and s.destination_id = destination.destination_id))`.execute(tx);
}

/** Whom destinations are for may be gone without a word: these take back what they sent, for three days at most. */
export async function endUnsound(tx: Tx): Promise<void> {
  // No workspace: all are looked after.
  await sql`update destinations.destination d set due_at = least(coalesce(d.due_at, 'infinity'), now())
    where d.state <> 'ended' and d.failures = 0 and not (${isSound})`.execute(tx);
  // No workspace: all are looked after. A date that has come is a change that nobody is told of; one that came while a round was planned, too.
  await sql`update destinations.destination d set due_at = least(coalesce(d.due_at, 'infinity'), now())
    where d.state = 'active' and d.failures = 0 and exists (select from delegation.grant g where g.workspace_id = d.workspace_id
      and (g.starts_at between d.ran_at - interval '5 minutes' and now() or g.ends_at between d.ran_at - interval '5 minutes' and now()))`.execute(
    tx,
  );
  // No workspace: all are looked after.
  await sql`delete from destinations.destination where ending_at < now() - interval '3 days'`.execute(tx);
}

/** By which keys those that stand were made. */
export async function listKeys(tx: Tx): Promise<string[]> {
  // No workspace: keys are asked for all at once.
  const { rows } = await sql<{ key_id: string }>`select distinct key_id from destinations.destination
    where key_id is not null and coalesce(key_ends_at, 'infinity') > now()`.execute(tx);
  return rows.map((row) => row.key_id);
}

/** What these keys made is for nobody from now on. */
export async function endKeys(tx: Tx, keyIds: readonly string[]): Promise<void> {
  // No workspace: a key is of one.
  await sql`update destinations.destination set key_ends_at = now() where key_id = any(${keyIds}::uuid[])`.execute(tx);
}

/** It is said anew, and told anew: it goes to another place. */
export async function forgetWhatWasSaid(tx: Tx, workspaceId: string, destinationId: string): Promise<void> {
  await sql`update destinations.sent set digest = '', arrived = false, state = 'sent'
    where workspace_id = ${workspaceId} and destination_id = ${destinationId}`.execute(tx);
}

export async function forgetOld(tx: Tx): Promise<void> {
  // No workspace: all are looked after.
  await sql`delete from destinations.run where started_at < now() - interval '30 days'`.execute(tx);
}

/** The admins, who alone open the page where it stands. */
export async function findConcerned(tx: Tx, workspaceId: string): Promise<string[]> {
  const { rows } = await sql<{ member_id: string }>`
    select member_id from identity.member where workspace_id = ${workspaceId} and status = 'active' and role = 'admin'`.execute(
    tx,
  );
  return rows.map((row) => row.member_id);
}

/** At which of these contact points somebody objected. As the grantee. */
export async function findObjected(tx: Tx, { workspaceId }: Actor, ids: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ contact_point_id: string }>`
    select contact_point_id from cards.contact_point
    where workspace_id = ${workspaceId} and contact_point_id = any(${ids}::uuid[]) and consent = 'objected'`.execute(
    tx,
  );
  return new Set(rows.map((row) => row.contact_point_id));
}

/** These cards for the ledger: what the maker holds themself is told to nobody. As the grantee. */
export async function findUsed(
  tx: Tx,
  { workspaceId }: Actor,
  makerId: string,
  cardIds: readonly string[],
): Promise<UsedCard[]> {
  const { rows } = await sql<UsedCard>`
    select c.card_id, c.book_no, b.book_id, coalesce(strpos(current_setting('app.own_books', true), b.book_id::text) > 0
        or b.holder_id = ${makerId} or exists (select from delegation.steward s
          where s.workspace_id = ${workspaceId} and s.book_id = b.book_id and s.member_id = ${makerId}), false) as mine
    from cards.card c join delegation.book b on b.workspace_id = ${workspaceId} and b.book_no = c.book_no
    where c.workspace_id = ${workspaceId} and c.card_id = any(${cardIds}::uuid[]) and c.exposure < 2`.execute(tx);
  return rows;
}
