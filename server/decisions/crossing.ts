import { sql } from 'kysely';
import type { Tx } from '../kernel/database.ts';
import { newId } from '../kernel/ids.ts';
import type { Threshold } from './contract.ts';

// What the company as a whole hears, for thresholds alone: the company's channels, cards that are lent to the whole company, opportunities that
// everybody sees. As the keeper; no row of it is given to a member.

export interface Mass {
  people: number;
  accounts: number;
  cents: number;
}

/** Said on a topic in a tone since a time: messages on the company's channels, and what was reported to everybody. */
const said = (workspaceId: string, topicId: string, { tone }: Pick<Threshold, 'tone'>, since: Date) => {
  const such = tone === 'any' ? sql`true` : sql`r.tone = ${tone}`;
  return sql`
    select r.message_id as voice_id, 'message' as origin, r.conversation_id, r.channel_no, null::uuid as audience_id, r.contact_point_id,
      null::uuid as card_id, r.sent_at as said_at, r.tone
    from voices.reading_topic r
    join conversations.channel k on k.workspace_id = ${workspaceId} and k.channel_no = r.channel_no and k.owner_id is null
    where r.workspace_id = ${workspaceId} and r.topic_id = ${topicId} and r.sent_at >= ${since} and ${such}
    union all
    select r.origin_id, r.origin, null, null, r.audience_id, r.contact_point_id, r.card_id, r.said_at, r.tone
    from voices.reported r
    where r.workspace_id = ${workspaceId} and r.topic_id = ${topicId} and r.said_at >= ${since} and r.audience_id = ${workspaceId} and ${such}`;
};

/** How much weight the voices on a topic have. Two contact points are one person where the cards that everybody may read say so. */
export async function readMass(
  tx: Tx,
  workspaceId: string,
  topicId: string,
  threshold: Threshold,
  since: Date,
): Promise<Mass> {
  const { rows } = await sql<Mass>`
    with said as (${said(workspaceId, topicId, threshold, since)}),
    points as (select distinct coalesce(contact_point_id, card_id) as id from said),
    whose as (
      select p.id, min(e.person_id::text) as person, min(lower(e.organization)) as organization, array_agg(distinct c.cluster_id) as clusters
      from points p
      join cards.card c on c.workspace_id = ${workspaceId} and c.exposure = 0
        and (c.card_id = p.id or c.card_id in (select f.card_id from cards.card_field f
          where f.workspace_id = ${workspaceId} and f.contact_point_id = p.id and f.value <> '{}'))
      join cards.entry e on e.workspace_id = ${workspaceId} and e.audience_id = ${workspaceId} and e.cluster_id = c.cluster_id
        and c.book_no = any(e.book_nos)
      group by p.id having count(distinct e.person_id) = 1),
    worth as (
      select coalesce(sum(o.value_cents), 0)::bigint as cents from opportunities.opportunity o
      where o.workspace_id = ${workspaceId} and o.audience_id = ${workspaceId} and o.removed_at is null
        and o.outcome is distinct from 'lost' and o.currency = ${threshold.currency}
        and (lower(o.organization_name) in (select organization from whose)
          or exists (select from cards.participant t join cards.card c on c.workspace_id = ${workspaceId} and c.card_id = t.card_id
            where t.workspace_id = ${workspaceId} and t.opportunity_id = o.opportunity_id
              and c.cluster_id in (select unnest(clusters) from whose))))
    select (select count(distinct coalesce(w.person, p.id::text))::int from points p left join whose w on w.id = p.id) as people,
      (select count(distinct organization)::int from whose) as accounts, (select cents from worth) as cents`.execute(
    tx,
  );
  return rows[0]!;
}

/** Since when the last decision on a topic stands; what was said before is answered by it. */
export async function findSettled(tx: Tx, workspaceId: string, topicId: string): Promise<Date | null> {
  const { rows } = await sql<{ at: Date | null }>`
    select max(settled_at) as at from decisions.case where workspace_id = ${workspaceId} and topic_id = ${topicId}`.execute(
    tx,
  );
  return rows[0]?.at ?? null;
}

/** @returns its id; undefined where one is open already */
export async function openCase(
  tx: Tx,
  workspaceId: string,
  topicId: string,
  threshold: Threshold,
  since: Date,
): Promise<string | undefined> {
  const caseId = newId();
  const { numAffectedRows } = await sql`
    insert into decisions.case (workspace_id, case_id, topic_id, threshold, since, team_id)
    values (${workspaceId}, ${caseId}, ${topicId}, ${JSON.stringify(threshold)}, ${since}, ${threshold.teamId})
    on conflict (workspace_id, topic_id) where settled_at is null do nothing`.execute(tx);
  return numAffectedRows === 1n ? caseId : undefined;
}

export interface OpenCase {
  case_id: string;
  topic_id: string;
  threshold: Threshold;
  since: Date;
}

export async function findOpenCase(tx: Tx, workspaceId: string, topicId: string): Promise<OpenCase | undefined> {
  const { rows } = await sql<OpenCase>`
    select case_id, topic_id, threshold, since from decisions.case
    where workspace_id = ${workspaceId} and topic_id = ${topicId} and settled_at is null`.execute(tx);
  return rows[0];
}

/** Takes what was said into the evidence of a case; what stands there stays. @param from left out: since the case's beginning */
export async function gather(tx: Tx, workspaceId: string, of: OpenCase, from: Date = of.since): Promise<void> {
  const since = from > of.since ? from : of.since;
  await sql`
    insert into decisions.evidence (workspace_id, case_id, voice_id, origin, conversation_id, channel_no, audience_id, contact_point_id,
      card_id, said_at, tone)
    select ${workspaceId}, ${of.case_id}, s.* from (${said(workspaceId, of.topic_id, of.threshold, since)}) s
    on conflict on constraint evidence_pk do nothing`.execute(tx);
}

/** Nothing is left as evidence of what was taken back, is unwanted, or gone. */
export async function forgetTakenBack(tx: Tx, workspaceId: string, topicId: string): Promise<void> {
  await sql`
    delete from decisions.evidence e using decisions.case c
    where c.workspace_id = ${workspaceId} and c.topic_id = ${topicId} and e.workspace_id = ${workspaceId} and e.case_id = c.case_id
      and (e.conversation_id is not null and not exists (select from conversations.message m
          join conversations.conversation o on o.workspace_id = ${workspaceId} and o.conversation_id = m.conversation_id and o.status <> 'spam'
          where m.workspace_id = ${workspaceId} and m.conversation_id = e.conversation_id and m.message_id = e.voice_id and m.deleted_at is null)
        or e.conversation_id is null and not exists (select from voices.reported r
          where r.workspace_id = ${workspaceId} and r.origin = e.origin and r.origin_id = e.voice_id))`.execute(tx);
}

/** What is said of conversations that were purged: evidence, and the words of answers. */
export async function forgetPurged(tx: Tx): Promise<void> {
  // No workspace: housekeeping of all of them.
  await sql`
    delete from decisions.evidence e where e.conversation_id is not null and not exists (select from conversations.message m
      where m.workspace_id = e.workspace_id and m.conversation_id = e.conversation_id and m.message_id = e.voice_id)`.execute(
    tx,
  );
  // No workspace: housekeeping of all of them.
  await sql`
    update decisions.answer a set text = '' where a.text <> '' and a.conversation_id is not null and not exists (
      select from conversations.conversation c where c.workspace_id = a.workspace_id and c.conversation_id = a.conversation_id and c.erased_at is null)`.execute(
    tx,
  );
}

/** Who is told of a new case: its team, else admins; and who tends the channels on which it was said. */
export async function listConcerned(tx: Tx, workspaceId: string, caseId: string): Promise<string[]> {
  const { rows } = await sql<{ member_id: string }>`
    select m.member_id from identity.member m
    join decisions.case c on c.workspace_id = ${workspaceId} and c.case_id = ${caseId}
    where m.workspace_id = ${workspaceId} and m.status = 'active' and (
      c.team_id is null and m.role = 'admin'
      or exists (select from identity.team_member t where t.workspace_id = ${workspaceId} and t.team_id = c.team_id and t.member_id = m.member_id)
      or exists (select from decisions.evidence e
        join conversations.channel k on k.workspace_id = ${workspaceId} and k.channel_no = e.channel_no
        join conversations.access a on a.workspace_id = ${workspaceId} and a.channel_id = k.channel_id
        where e.workspace_id = ${workspaceId} and e.case_id = c.case_id
          and (a.audience_id in (m.member_id, m.workspace_id) or exists (select from identity.team_member t
            where t.workspace_id = ${workspaceId} and t.team_id = a.audience_id and t.member_id = m.member_id))))`.execute(
    tx,
  );
  return rows.map((row) => row.member_id);
}

/** Workspaces in which a case is open. */
export async function listWorkspaces(tx: Tx): Promise<string[]> {
  // No workspace: housekeeping of all of them.
  const { rows } = await sql<{ workspace_id: string }>`
    select distinct workspace_id from decisions.case where settled_at is null`.execute(tx);
  return rows.map((row) => row.workspace_id);
}

export async function listOpenTopics(tx: Tx, workspaceId: string): Promise<string[]> {
  const { rows } = await sql<{ topic_id: string }>`
    select topic_id from decisions.case where workspace_id = ${workspaceId} and settled_at is null`.execute(tx);
  return rows.map((row) => row.topic_id);
}
