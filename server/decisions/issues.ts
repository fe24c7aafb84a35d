import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import { newId } from '../kernel/ids.ts';
import type { Issue } from './contract.ts';

type Kind = Issue['tracker']['kind'];

export interface TrackerRow {
  tracker_id: string;
  kind: Kind;
  name: string;
  settings: Record<string, string>;
}

export async function listTrackers(tx: Tx, { workspaceId }: Actor): Promise<TrackerRow[]> {
  const { rows } = await sql<TrackerRow>`
    select tracker_id, kind, name, settings from decisions.tracker
    where workspace_id = ${workspaceId} and ended_at is null order by name, tracker_id`.execute(tx);
  return rows;
}

/** @returns its id */
export async function addTracker(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  { settings, secret, ...row }: Omit<TrackerRow, 'tracker_id'> & { secret: Buffer },
): Promise<string> {
  const trackerId = newId();
  await tx
    .insertInto('decisions.tracker')
    .values({
      ...{ workspace_id: workspaceId, tracker_id: trackerId, created_by: memberId, secret },
      ...{ ...row, settings: JSON.stringify(settings) },
    })
    .execute();
  return trackerId;
}

/** @returns false where there is none */
export async function endTracker(tx: Tx, { workspaceId }: Actor, trackerId: string): Promise<boolean> {
  const done = await tx
    .updateTable('decisions.tracker')
    .set({ ended_at: sql<Date>`now()`, secret: Buffer.alloc(0) })
    .where('workspace_id', '=', workspaceId)
    .where('tracker_id', '=', trackerId)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  return done.numUpdatedRows === 1n;
}

/** With its sealed secret; as the keeper. */
export async function findTracker(tx: Tx, workspaceId: string, trackerId: string) {
  return tx
    .selectFrom('decisions.tracker')
    .select(['tracker_id', 'kind', 'settings', 'secret'])
    .where('workspace_id', '=', workspaceId)
    .where('tracker_id', '=', trackerId)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
}

export async function listIssues(tx: Tx, { workspaceId }: Actor, caseId: string): Promise<Issue[]> {
  const { rows } = await sql<{
    id: string;
    state: Issue['state'];
    title: string;
    url: string | null;
    answer: string | null;
    tracker: Issue['tracker'];
  }>`
    select i.issue_id as id, i.state, i.title, i.url, i.answer, json_build_object('id', t.tracker_id, 'kind', t.kind, 'name', t.name) as tracker
    from decisions.issue i
    join decisions.tracker t on t.workspace_id = ${workspaceId} and t.tracker_id = i.tracker_id
    where i.workspace_id = ${workspaceId} and i.case_id = ${caseId} order by i.issue_id`.execute(tx);
  return rows;
}

/** @returns its id */
export async function addIssue(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  caseId: string,
  { trackerId, title, text }: { trackerId: string; title: string; text: string },
): Promise<string> {
  const issueId = newId();
  await tx
    .insertInto('decisions.issue')
    .values({
      ...{ workspace_id: workspaceId, issue_id: issueId, case_id: caseId, tracker_id: trackerId, title, text },
      member_id: memberId,
    })
    .execute();
  return issueId;
}

export interface LeavingIssue {
  issue_id: string;
  case_id: string;
  tracker_id: string;
  title: string;
  text: string;
  attempts: number;
}

/** Takes a waiting issue in hand: whoever comes later, after a crash too, finds it so and leaves it alone. As the keeper. */
export async function claimIssue(tx: Tx, workspaceId: string, issueId: string): Promise<LeavingIssue | undefined> {
  const { rows } = await sql<LeavingIssue>`
    update decisions.issue set state = 'sending', attempts = attempts + 1, claimed_at = now()
    where workspace_id = ${workspaceId} and issue_id = ${issueId} and state = 'queued'
    returning issue_id, case_id, tracker_id, title, text, attempts`.execute(tx);
  return rows[0];
}

export interface Settlement {
  state: 'queued' | 'open' | 'failed' | 'in_doubt';
  answer: string | null;
  externalId?: string;
  url?: string;
}

/** As the keeper. */
export async function settleIssue(tx: Tx, workspaceId: string, issueId: string, said: Settlement): Promise<void> {
  await sql`
    update decisions.issue set state = ${said.state}, answer = ${said.answer}, external_id = ${said.externalId ?? null}, url = ${said.url ?? null}
    where workspace_id = ${workspaceId} and issue_id = ${issueId} and state in ('sending', 'in_doubt')`.execute(tx);
}

/** What a member says of an issue whose outcome nobody knows, or that was not made. As the keeper. @returns false where it is neither */
export async function decideDoubt(
  tx: Tx,
  workspaceId: string,
  caseId: string,
  issueId: string,
  arrived: boolean,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update decisions.issue set state = ${arrived ? 'open' : 'queued'}, answer = null, attempts = 0
    where workspace_id = ${workspaceId} and case_id = ${caseId} and issue_id = ${issueId}
      and (state = 'in_doubt' or state = 'failed' and ${!arrived})`.execute(tx);
  return numAffectedRows === 1n;
}

/** Minutes after which an issue in hand is in doubt: whoever had it is gone. */
const inHandAtMost = 5;

export async function doubtStranded(tx: Tx): Promise<void> {
  // No workspace: housekeeping of all of them.
  await sql`
    update decisions.issue set state = 'in_doubt', answer = 'interrupted'
    where state = 'sending' and claimed_at < now() - make_interval(mins => ${inHandAtMost})`.execute(tx);
}

/** Notes what a tracker says of an issue. As the keeper. @returns its case, where that is news */
export async function noteState(
  tx: Tx,
  workspaceId: string,
  trackerId: string,
  externalId: string,
  state: 'open' | 'closed',
) {
  const { rows } = await sql<{ case_id: string; title: string }>`
    update decisions.issue set state = ${state}
    where workspace_id = ${workspaceId} and tracker_id = ${trackerId} and external_id = ${externalId}
      and state = ${state === 'closed' ? 'open' : 'closed'}
    returning case_id, title`.execute(tx);
  return rows[0];
}

/** Proposes that a case is done, where somebody has it in hand, or no longer. As the keeper. @returns its owner, where it is proposed now */
export async function propose(tx: Tx, workspaceId: string, caseId: string, done: boolean): Promise<string | null> {
  const { rows } = await sql<{ owner_id: string | null }>`
    update decisions.case set proposed = ${done ? 'done' : null}, version = version + 1
    where workspace_id = ${workspaceId} and case_id = ${caseId} and settled_at is null
      and (not ${done} or not exists (select from decisions.issue i
        where i.workspace_id = ${workspaceId} and i.case_id = ${caseId} and i.state = 'open'))
    returning owner_id`.execute(tx);
  return done ? (rows[0]?.owner_id ?? null) : null;
}
