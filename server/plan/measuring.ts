import { type RawBuilder, sql } from 'kysely';
import { enterConversations } from '../conversations/queries.ts';
import { enterFacts } from '../facts/index.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { noTopic } from '../voices/contract.ts';
import type { Flow } from './contract.ts';
import type { Weekly } from './rules.ts';

// What happened while an objective ran, counted in the reader's own transaction, under row security: nobody counts what they could not list.

/** From which day to which, both included (UTC). */
interface Span {
  since: string;
  until: string;
}

type Counting = (tx: Tx, actor: Actor, span: Span, currency: string | null) => Promise<Weekly[] | null>;

/** Whether a time lies within a span. */
const within = ({ since, until }: Span, time: RawBuilder<unknown>) =>
  sql`${time} >= ${since}::date::timestamp at time zone 'UTC' and ${time} < (${until}::date + 1)::timestamp at time zone 'UTC'`;
const weekAt = (time: RawBuilder<unknown>) =>
  sql`to_char(date_trunc('week', ${time} at time zone 'UTC'), 'YYYY-MM-DD')`;

const channels = sql`coalesce(nullif(current_setting('app.channels', true), ''), '\\x00')::bytea`;
const kinds = sql`coalesce(nullif(current_setting('app.fact_kinds', true), ''), '\\x00')::bytea`;

/** Opportunities that were won, or what they were worth in one currency: those that the reader sees. */
const won =
  (what: 'count' | 'amount'): Counting =>
  async (tx, { workspaceId }, { since, until }, currency) => {
    const { rows } = await sql<Weekly>`
      select to_char(date_trunc('week', o.closed_on), 'YYYY-MM-DD') as week,
        ${what === 'count' ? sql`count(*)::int` : sql`sum(o.value_cents)::float8 / 100`} as value
      from opportunities.opportunity o
      where o.workspace_id = ${workspaceId} and o.outcome = 'won' and o.removed_at is null and o.closed_on between ${since}::date and ${until}::date
        ${what === 'count' ? sql`` : sql`and o.currency = ${currency}`}
      group by 1`.execute(tx);
    return rows;
  };

/** The numbers of kinds of fact; null where one of them is not open to the reader. */
async function findOpen(tx: Tx, { workspaceId }: Actor, keys: readonly string[]): Promise<number[] | null> {
  await enterFacts(tx);
  const { rows } = await sql<{ kind_no: number }>`
    select kind_no from facts.kind where workspace_id = ${workspaceId} and key = any(${[...keys]}::text[])
      and kind_no < 8 * length(${kinds}) and get_bit(${kinds}, kind_no) = 1`.execute(tx);
  return rows.length < keys.length ? null : rows.map((one) => one.kind_no);
}

/** Facts of kinds that are all open to the reader, of persons whom they see. */
const facts =
  (...keys: readonly string[]): Counting =>
  async (tx, actor, span) => {
    const { workspaceId } = actor;
    const open = await findOpen(tx, actor, keys);
    if (!open) return null;
    const { rows } = await sql<Weekly>`
      select ${weekAt(sql`f.at`)} as week, count(*)::int as value from facts.fact f
      where f.workspace_id = ${workspaceId} and f.kind_no = any(${open}::int[]) and ${within(span, sql`f.at`)}
        and (exists (select from cards.card c where c.workspace_id = ${workspaceId} and c.card_id = f.subject_id)
          or exists (select from cards.card_field v where v.workspace_id = ${workspaceId} and v.contact_point_id = f.subject_id))
      group by 1`.execute(tx);
    return rows;
  };

/** Visits and video meetings that were noted, each once however many people were there: one's own, and those that are shared with the reader. */
const meetings: Counting = async (tx, { workspaceId }, span) => {
  await enterConversations(tx);
  const { rows } = await sql<Weekly>`
    select ${weekAt(sql`n.at`)} as week, count(*)::int as value from (
      select min(m.sent_at) as at from conversations.message m
      where m.workspace_id = ${workspaceId} and m.kind = 'note' and m.nature in ('meeting', 'visit') and m.held is not null and m.deleted_at is null
        and ${within(span, sql`m.sent_at`)}
      group by split_part(m.external_id, ' ', 2)) n
    group by 1`.execute(tx);
  return rows;
};

/** The company's channels that the reader tends; of members' own nothing is counted. */
async function findTended(tx: Tx, { workspaceId }: Actor): Promise<{ channel_id: string; channel_no: number }[]> {
  await enterConversations(tx);
  const { rows } = await sql<{ channel_id: string; channel_no: number }>`
    select channel_id, channel_no from conversations.channel
    where workspace_id = ${workspaceId} and owner_id is null and channel_no < 8 * length(${channels}) and get_bit(${channels}, channel_no) = 1`.execute(
    tx,
  );
  return rows;
}

/** Voices that were raised: a contact point on a topic of a channel, once a calendar month, by the day on which it was first heard. */
const voices: Counting = async (tx, actor, { since, until }) => {
  const tended = await findTended(tx, actor);
  if (tended.length === 0) return null;
  const { rows } = await sql<Weekly>`
    select to_char(date_trunc('week', v.day), 'YYYY-MM-DD') as week, sum(v.voices)::int as value from voices.tally v
    where v.workspace_id = ${actor.workspaceId} and v.day between ${since}::date and ${until}::date and v.tone = 'any' and v.topic_id <> ${noTopic}
      and v.channel_no = any(${tended.map((one) => one.channel_no)}::int[])
    group by 1`.execute(tx);
  return rows;
};

/** What a reader may see of what people did, so that somebody who counts above row security counts no more than that. */
export interface Sight {
  memberId: string;
  audienceIds: string[];
  /** Channels of the company that they tend. */
  channelNos: number[];
  /** Numbers of the kinds of fact behind each deed; none where one of them is not open to them. */
  kinds: { attended: number[]; answered: number[]; bought: number[] };
  noTopic: string;
}

/** Of the viewer, in their own transaction. */
export async function findSight(tx: Tx, actor: Actor): Promise<Sight> {
  const tended = await findTended(tx, actor);
  const { rows } = await sql<{ ids: string[] }>`
    select string_to_array(nullif(current_setting('app.audiences', true), ''), ',') as ids`.execute(tx);
  const kinds = {
    attended: (await findOpen(tx, actor, ['attendance'])) ?? [],
    answered: (await findOpen(tx, actor, ['form', 'survey'])) ?? [],
    bought: (await findOpen(tx, actor, ['order', 'till'])) ?? [],
  };
  const channelNos = tended.map((one) => one.channel_no);
  return { memberId: actor.memberId, audienceIds: rows[0]?.ids ?? [], channelNos, kinds, noTopic };
}

/** Conversations in which customers wrote, by the day on which they began. */
const conversations: Counting = async (tx, actor, span) => {
  const tended = await findTended(tx, actor);
  if (tended.length === 0) return null;
  const { rows } = await sql<Weekly>`
    select ${weekAt(sql`c.opened_at`)} as week, count(*)::int as value from conversations.conversation c
    where c.workspace_id = ${actor.workspaceId} and c.channel_id = any(${tended.map((one) => one.channel_id)}::uuid[]) and c.status <> 'spam'
      and c.last_in_at is not null and ${within(span, sql`c.opened_at`)}
    group by 1`.execute(tx);
  return rows;
};

const counting: Record<Flow, Counting> = {
  ...{
    won: won('count'),
    won_amount: won('amount'),
    purchases: facts('order', 'till'),
    answers: facts('form', 'survey'),
  },
  ...{ attendance: facts('attendance'), meetings, voices, conversations },
};

/**
 * What happened between two days, week by week, as the viewer sees it.
 * @returns null where the viewer may see nothing of the kind: they tend no channel of the company, or the kind of fact is not open to them
 */
export const measure = (
  tx: Tx,
  actor: Actor,
  flow: Flow,
  span: Span,
  currency: string | null,
): Promise<Weekly[] | null> => counting[flow](tx, actor, span, currency);
