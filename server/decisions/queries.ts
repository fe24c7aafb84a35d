import { sql } from 'kysely';
import type { ChannelKind } from '../conversations/contract.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { newId } from '../kernel/ids.ts';
import type { Origin, Tone } from '../voices/contract.ts';
import type { FullCase, Outcome, Threshold } from './contract.ts';

// What members see: cases everybody, evidence and answers who tends the channel (`enterConversations` before).

interface ThresholdRow extends Omit<Threshold, 'teamId' | 'off'> {
  topic_id: string;
  team_id: string | null;
  is_off: boolean;
}

/** Thresholds by topic, as somebody said them. */
export async function listThresholds(tx: Tx, workspaceId: string): Promise<Map<string, Threshold>> {
  const { rows } = await sql<ThresholdRow>`
    select topic_id, tone, people, accounts, cents, currency, days, team_id, is_off from decisions.threshold
    where workspace_id = ${workspaceId}`.execute(tx);
  return new Map(
    rows.map(({ topic_id, team_id, is_off, ...row }) => [topic_id, { ...row, teamId: team_id, off: is_off }]),
  );
}

export async function setThreshold(
  tx: Tx,
  { workspaceId }: Actor,
  topicId: string,
  threshold: Threshold | null,
): Promise<void> {
  if (threshold === null) {
    await sql`delete from decisions.threshold where workspace_id = ${workspaceId} and topic_id = ${topicId}`.execute(
      tx,
    );
    return;
  }
  const { teamId, off, ...said } = threshold;
  const row = { ...said, team_id: teamId, is_off: off };
  await tx
    .insertInto('decisions.threshold')
    .values({ workspace_id: workspaceId, topic_id: topicId, ...row })
    .onConflict((conflict) => conflict.constraint('threshold_pk').doUpdateSet(row))
    .execute();
}

export interface CaseRow {
  case_id: string;
  topic_id: string;
  threshold: Threshold;
  since: Date;
  opened_at: Date;
  team_id: string | null;
  team: string | null;
  outcome: Outcome | null;
  words: string;
  owner_id: string | null;
  owner: string | null;
  due_on: string | null;
  decided_at: Date | null;
  settled_at: Date | null;
  task_id: string | null;
  proposed: 'done' | null;
  version: number;
  cursor: string;
  may_decide: boolean;
  heard: number;
  unanswered: number;
}

/** More are not counted in lists. */
const mostCounted = 1000;

/** Has left, or somebody said why not; what was handed on, waits for an introduction, or did not leave, is no answer. Of `a` with `m` and `o`. */
export const isAnswered = sql`(a.kind = 'not_answered' or a.kind = 'reply' and m.state not in ('refused', 'failed', 'cancelled')
  or a.kind = 'mail' and (o.state is null or o.state not in ('refused', 'failed', 'cancelled')))`;

/** What became of an answer `a`: of a reply as `m`, of a mail as `o`. */
export const sent = (workspaceId: string) => sql`
  left join conversations.message m on m.workspace_id = ${workspaceId} and m.conversation_id = a.conversation_id and m.message_id = a.message_id
    and a.kind = 'reply'
  left join outreach.message o on o.workspace_id = ${workspaceId} and o.message_id = a.message_id and a.kind = 'mail'`;

/** Counts the contact points (or cards) of a case `c` that the viewer hears, and those of them whom nobody has answered. */
const counted = (workspaceId: string, most: number | null = mostCounted) => sql`
  cross join lateral (
    select count(*)::int as heard, (count(*) filter (where not exists (select from decisions.answer a ${sent(workspaceId)}
        where a.workspace_id = ${workspaceId} and a.case_id = c.case_id and a.point_id = e.point_id and ${isAnswered})))::int as unanswered
    from (select distinct coalesce(e.contact_point_id, e.card_id) as point_id from decisions.evidence e
      where e.workspace_id = ${workspaceId} and e.case_id = c.case_id limit ${most}) e) n`;

const columns = ({ workspaceId, memberId }: Actor) => sql`
  c.case_id, c.topic_id, c.threshold, c.since, c.opened_at, c.team_id, t.name as team, c.outcome, c.words, c.owner_id, o.name as owner,
  c.due_on::text, c.decided_at, c.settled_at, c.task_id, c.proposed, c.version, to_json(c.opened_at) #>> '{}' as cursor,
  coalesce(current_setting('app.role', true) = 'admin' or c.owner_id = ${memberId}
    or strpos(current_setting('app.audiences', true), c.team_id::text) > 0, false) as may_decide, n.heard, n.unanswered
  from decisions.case c
  left join identity.team t on t.workspace_id = ${workspaceId} and t.team_id = c.team_id
  left join identity.member o on o.workspace_id = ${workspaceId} and o.member_id = c.owner_id`;

export async function listCases(
  tx: Tx,
  actor: Actor,
  state: 'open' | 'settled',
  after: readonly [at: string, id: string] | null,
  limit: number,
): Promise<CaseRow[]> {
  const { workspaceId } = actor;
  const { rows } = await sql<CaseRow>`
    select ${columns(actor)} ${counted(workspaceId)}
    where c.workspace_id = ${workspaceId} and ${state === 'open' ? sql`c.settled_at is null` : sql`c.settled_at is not null`}
      and ${after ? sql`(c.opened_at, c.case_id) < (${after[0]}::timestamptz, ${after[1]}::uuid)` : sql`true`}
    order by c.opened_at desc, c.case_id desc limit ${limit}`.execute(tx);
  return rows;
}

export async function findCase(tx: Tx, actor: Actor, caseId: string): Promise<CaseRow | undefined> {
  const { rows } = await sql<CaseRow>`
    select ${columns(actor)} ${counted(actor.workspaceId)}
    where c.workspace_id = ${actor.workspaceId} and c.case_id = ${caseId}`.execute(tx);
  return rows[0];
}

export interface Decided {
  outcome: Outcome;
  words: string;
  owner_id: string;
  due_on: string | null;
  task_id: string | null;
}

/** @returns false where somebody else has decided since `version`, or it is not the actor's to decide */
export async function decide(
  tx: Tx,
  { workspaceId }: Actor,
  caseId: string,
  version: number,
  decided: Decided,
): Promise<boolean> {
  const settled = decided.outcome === 'will_not_do' || decided.outcome === 'done';
  const done = await tx
    .updateTable('decisions.case')
    .set({
      ...{ ...decided, decided_at: sql<Date>`now()`, proposed: null, version: version + 1 },
      settled_at: settled ? sql<Date>`coalesce(settled_at, now())` : null,
    })
    .where('workspace_id', '=', workspaceId)
    .where('case_id', '=', caseId)
    .where('version', '=', version)
    .executeTakeFirst();
  return done.numUpdatedRows === 1n;
}

/** Whether another case of the same topic is open. */
export async function findOpen(tx: Tx, workspaceId: string, topicId: string): Promise<string | undefined> {
  const { rows } = await sql<{ case_id: string }>`
    select case_id from decisions.case where workspace_id = ${workspaceId} and topic_id = ${topicId} and settled_at is null`.execute(
    tx,
  );
  return rows[0]?.case_id;
}

/** What became of a case, for good. @param memberId null: nobody did it, it happened */
export async function addStep(
  tx: Tx,
  workspaceId: string,
  caseId: string,
  kind: FullCase['history'][number]['kind'],
  memberId: string | null,
  detail: Record<string, unknown> = {},
): Promise<void> {
  await tx
    .insertInto('decisions.step')
    .values({
      ...{ workspace_id: workspaceId, case_id: caseId, step_id: newId(), kind, member_id: memberId },
      detail: JSON.stringify(detail),
    })
    .execute();
}

export async function listSteps(tx: Tx, { workspaceId }: Actor, caseId: string): Promise<FullCase['history']> {
  const { rows } = await sql<{
    kind: FullCase['history'][number]['kind'];
    at: Date;
    by: string | null;
    detail: { outcome?: Outcome; words?: string; dueOn?: string; title?: string };
    owner: string | null;
  }>`
    select s.kind, s.at, m.name as by, s.detail, o.name as owner from decisions.step s
    left join identity.member m on m.workspace_id = ${workspaceId} and m.member_id = s.member_id
    left join identity.member o on o.workspace_id = ${workspaceId} and o.member_id = (s.detail ->> 'ownerId')::uuid
    where s.workspace_id = ${workspaceId} and s.case_id = ${caseId} order by s.step_id desc limit 200`.execute(tx);
  return rows.map(({ kind, at, by, detail, owner }) => ({
    ...{ kind, at: at.toISOString(), by, outcome: detail.outcome ?? null, words: detail.words ?? '', owner },
    ...{ dueOn: detail.dueOn ?? null, title: detail.title ?? null },
  }));
}

export interface EvidenceRow {
  voice_id: string;
  origin: Origin;
  conversation_id: string | null;
  channel_id: string | null;
  channel_no: number | null;
  channel_kind: ChannelKind | null;
  channel_name: string | null;
  contact_point_id: string | null;
  card_id: string | null;
  text: string;
  said_at: Date;
  cursor: string;
  tone: Tone;
  by_name: boolean;
}

/** What was said, as it stands now: of what was taken back nothing is left. */
export async function listEvidence(
  tx: Tx,
  { workspaceId }: Actor,
  caseId: string,
  after: readonly [at: string, id: string] | null,
  limit: number,
  voiceIds: readonly string[] | null = null,
): Promise<EvidenceRow[]> {
  const { rows } = await sql<EvidenceRow>`
    select e.voice_id, e.origin, e.conversation_id, k.channel_id, e.channel_no, k.kind as channel_kind, k.name as channel_name,
      e.contact_point_id, e.card_id, left(coalesce(m.text, r.text), 1000) as text, e.said_at, to_json(e.said_at) #>> '{}' as cursor, e.tone,
      coalesce(r.quotable, exists (select from decisions.consent q where q.workspace_id = ${workspaceId}
        and q.contact_point_id = e.contact_point_id and q.channel_no = e.channel_no)) as by_name
    from decisions.evidence e
    left join conversations.message m on m.workspace_id = ${workspaceId} and m.conversation_id = e.conversation_id and m.message_id = e.voice_id
      and m.deleted_at is null
    left join lateral (select r.text, r.quotable from voices.reported r where r.workspace_id = ${workspaceId} and r.origin = e.origin
      and r.origin_id = e.voice_id limit 1) r on e.conversation_id is null
    left join conversations.channel k on k.workspace_id = ${workspaceId} and k.channel_no = e.channel_no
    where e.workspace_id = ${workspaceId} and e.case_id = ${caseId} and coalesce(m.text, r.text) is not null
      and ${voiceIds ? sql`e.voice_id = any(${voiceIds}::uuid[])` : sql`true`}
      and ${after ? sql`(e.said_at, e.voice_id) < (${after[0]}::timestamptz, ${after[1]}::uuid)` : sql`true`}
    order by e.said_at desc, e.voice_id desc limit ${limit}`.execute(tx);
  return rows;
}

/** Who spoke, each contact point or card once, who spoke last first. */
export async function listPoints(tx: Tx, { workspaceId }: Actor, caseId: string, limit: number) {
  const { rows } = await sql<{ contact_point_id: string | null; card_id: string | null }>`
    select contact_point_id, card_id from (
      select contact_point_id, card_id, max(said_at) as last from decisions.evidence
      where workspace_id = ${workspaceId} and case_id = ${caseId} group by contact_point_id, card_id) p
    order by last desc limit ${limit}`.execute(tx);
  return rows;
}

export async function setConsent(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  pointId: string,
  channelNo: number,
  agreed: boolean,
): Promise<void> {
  if (agreed)
    await sql`
      insert into decisions.consent (workspace_id, contact_point_id, channel_no, member_id)
      values (${workspaceId}, ${pointId}, ${channelNo}, ${memberId}) on conflict on constraint consent_pk do nothing`.execute(
      tx,
    );
  else
    await sql`
      delete from decisions.consent
      where workspace_id = ${workspaceId} and contact_point_id = ${pointId} and channel_no = ${channelNo}`.execute(tx);
}

/** Whether anybody of a case is left unanswered, whoever hears them. As the keeper: no more than this is told. */
export async function isAllAnswered(tx: Tx, workspaceId: string, caseId: string): Promise<boolean> {
  const { rows } = await sql<{ unanswered: number }>`
    select n.unanswered from decisions.case c ${counted(workspaceId, null)}
    where c.workspace_id = ${workspaceId} and c.case_id = ${caseId}`.execute(tx);
  return (rows[0]?.unanswered ?? 0) === 0;
}

/** What contact points said next after they were answered, by tone. */
export async function countReactions(tx: Tx, { workspaceId }: Actor, caseId: string): Promise<FullCase['reactions']> {
  const { rows } = await sql<{ tone: Tone; count: number }>`
    select r.tone, count(distinct r.contact_point_id)::int as count from decisions.answer a
    join voices.reading r on r.workspace_id = ${workspaceId} and r.conversation_id = a.conversation_id and r.sent_at > a.at
    where a.workspace_id = ${workspaceId} and a.case_id = ${caseId} and a.kind in ('reply', 'mail') group by r.tone`.execute(
    tx,
  );
  const count = (tone: Tone) => rows.find((row) => row.tone === tone)?.count ?? 0;
  return { negative: count('negative'), neutral: count('neutral'), positive: count('positive') };
}

export async function findTeam(tx: Tx, { workspaceId }: Actor, teamId: string): Promise<string | undefined> {
  const row = await tx
    .selectFrom('identity.team')
    .select('name')
    .where('workspace_id', '=', workspaceId)
    .where('team_id', '=', teamId)
    .executeTakeFirst();
  return row?.name;
}
