import { sql } from 'kysely';
import type { ChannelKind } from '../conversations/contract.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import type { Tone } from '../voices/contract.ts';
import type { Raised } from './loop-contract.ts';
import { isAnswered, sent } from './queries.ts';

// Who raised a point, and who was answered. As the viewer (`enterConversations` before).

export interface RaisedRow {
  point_id: string;
  contact_point_id: string | null;
  card_id: string | null;
  conversation_id: string | null;
  channel_no: number | null;
  audience_id: string | null;
  channel_id: string | null;
  channel_kind: ChannelKind | null;
  channel_name: string | null;
  text: string;
  said_at: Date;
  tone: Tone;
  language: string | null;
  assignee_id: string | null;
  assignee: string | null;
  /** The last message of the conversation that they or we wrote. */
  seen: string | null;
  kind: NonNullable<Raised['answer']>['kind'] | null;
  state: NonNullable<Raised['answer']>['state'];
  member_id: string | null;
  member: string | null;
  to_id: string | null;
  to_name: string | null;
  answer_text: string;
  reason: string;
  answered_at: Date | null;
  answered: boolean;
}

/** Contact points (or cards) that spoke, with their last word on it: of too many, those who have not been answered. @param pointIds only these */
export async function listRaised(
  tx: Tx,
  { workspaceId }: Actor,
  caseId: string,
  limit: number,
  pointIds: readonly string[] | null = null,
): Promise<RaisedRow[]> {
  const { rows } = await sql<RaisedRow>`
    with last as (
      select distinct on (coalesce(e.contact_point_id, e.card_id)) coalesce(e.contact_point_id, e.card_id) as point_id, e.contact_point_id,
        e.card_id, e.conversation_id, e.channel_no, e.audience_id, e.voice_id, e.said_at, e.tone, left(coalesce(m.text, r.text), 300) as text
      from decisions.evidence e
      left join conversations.message m on m.workspace_id = ${workspaceId} and m.conversation_id = e.conversation_id
        and m.message_id = e.voice_id and m.deleted_at is null
      left join lateral (select r.text from voices.reported r where r.workspace_id = ${workspaceId} and r.origin = e.origin
        and r.origin_id = e.voice_id limit 1) r on e.conversation_id is null
      where e.workspace_id = ${workspaceId} and e.case_id = ${caseId} and coalesce(m.text, r.text) is not null
        and ${pointIds ? sql`coalesce(e.contact_point_id, e.card_id) = any(${pointIds}::uuid[])` : sql`true`}
      order by 1, e.said_at desc)
    select l.*, k.channel_id, k.kind as channel_kind, k.name as channel_name, g.language, c.assignee_id, s.name as assignee,
      (select n.message_id from conversations.message n where n.workspace_id = ${workspaceId} and n.conversation_id = l.conversation_id
        and n.kind in ('in', 'out') order by n.created_at desc limit 1) as seen,
      a.kind, coalesce(m.state, o.state) as state, a.member_id, w.name as member, a.to_id, t.name as to_name, coalesce(a.text, '') as answer_text,
      coalesce(a.reason, '') as reason, a.at as answered_at, coalesce(${isAnswered}, false) as answered
    from last l
    left join conversations.channel k on k.workspace_id = ${workspaceId} and k.channel_no = l.channel_no
    left join conversations.conversation c on c.workspace_id = ${workspaceId} and c.conversation_id = l.conversation_id
    left join voices.reading g on g.workspace_id = ${workspaceId} and g.conversation_id = l.conversation_id and g.message_id = l.voice_id
    left join identity.member s on s.workspace_id = ${workspaceId} and s.member_id = c.assignee_id
    left join decisions.answer a on a.workspace_id = ${workspaceId} and a.case_id = ${caseId} and a.point_id = l.point_id
    ${sent(workspaceId)}
    left join identity.member w on w.workspace_id = ${workspaceId} and w.member_id = a.member_id
    left join identity.member t on t.workspace_id = ${workspaceId} and t.member_id = a.to_id
    order by answered, l.said_at desc, l.point_id desc limit ${limit}`.execute(tx);
  return rows.sort((a, b) => b.said_at.getTime() - a.said_at.getTime() || (a.point_id < b.point_id ? 1 : -1));
}

export interface ReactionRow {
  point_id: string;
  conversation_id: string;
  message_id: string;
  text: string;
  tone: Tone;
  sent_at: Date;
}

/** What these said next after they were answered: the first three messages of each. */
export async function listReactions(
  tx: Tx,
  { workspaceId }: Actor,
  caseId: string,
  pointIds: readonly string[],
): Promise<ReactionRow[]> {
  const { rows } = await sql<ReactionRow>`
    select a.point_id, r.* from decisions.answer a
    cross join lateral (
      select r.conversation_id, r.message_id, left(m.text, 300) as text, r.tone, r.sent_at from voices.reading r
      join conversations.message m on m.workspace_id = ${workspaceId} and m.conversation_id = r.conversation_id and m.message_id = r.message_id
      where r.workspace_id = ${workspaceId} and r.conversation_id = a.conversation_id and r.sent_at > a.at
      order by r.sent_at, r.message_id limit 3) r
    where a.workspace_id = ${workspaceId} and a.case_id = ${caseId} and a.point_id = any(${pointIds}::uuid[]) and a.kind in ('reply', 'mail')
    order by r.sent_at`.execute(tx);
  return rows;
}

/** One after the other who answers the same: until the end of the transaction. */
export async function lockAnswer(tx: Tx, { workspaceId }: Actor, caseId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${workspaceId} answers ${caseId}`}, 0))`.execute(tx);
}

export interface NewAnswer {
  kind: NonNullable<Raised['answer']>['kind'];
  conversation_id?: string | null;
  message_id?: string | null;
  request_id?: string | null;
  to_id?: string | null;
  text?: string;
  reason?: string;
}

/** Notes what became of those contact points of a person: in the transaction in which it leaves. */
export async function keepAnswer(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  caseId: string,
  points: readonly Pick<RaisedRow, 'point_id' | 'channel_no' | 'audience_id' | 'conversation_id'>[],
  answer: NewAnswer,
): Promise<void> {
  for (const { point_id, channel_no, audience_id, conversation_id } of points) {
    const row = {
      ...{ conversation_id, message_id: null, request_id: null, to_id: null, text: '', reason: '', ...answer },
      ...{ member_id: memberId, at: sql<Date>`now()` },
    };
    await tx
      .insertInto('decisions.answer')
      .values({ workspace_id: workspaceId, case_id: caseId, point_id, channel_no, audience_id, ...row })
      .onConflict((conflict) => conflict.constraint('answer_pk').doUpdateSet(row))
      .execute();
  }
}

/** Addresses that stand on these cards, as far as the viewer reads them. */
export async function findAddresses(tx: Tx, { workspaceId }: Actor, cardIds: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select contact_point_id as id from cards.card_field
    where workspace_id = ${workspaceId} and card_id = any(${cardIds}::uuid[]) and kind = 'email' and contact_point_id is not null
      and value ? 'normalised'
    order by card_id, no`.execute(tx);
  return [...new Set(rows.map((row) => row.id))];
}
