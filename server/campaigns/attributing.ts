import { sql } from 'kysely';
import type { Tx } from '../kernel/database.ts';
import type { Sight } from '../plan/index.ts';
import { attributionDays } from './brought-contract.ts';

// What people did after messages of campaigns and scenarios had left to them: that it came after, not that it came of it. As the keeper, within what
// the reader may see.

/** Of those to whom messages left of one, several or all: how many contacts, and how many of them did what within the days that follow. */
export interface AfterRow {
  campaign_id: string | null;
  programme_id: string | null;
  reached: number;
  met: number;
  attended: number;
  answered: number;
  bought: number;
  voices: number;
}

interface Of {
  campaignId: string;
  programmeId: string;
}

/** To how many contacts messages of each have left. */
export async function countReached(
  tx: Tx,
  workspaceId: string,
  campaignIds: readonly string[],
): Promise<Map<string, number>> {
  const { rows } = await sql<{ campaign_id: string; reached: number }>`
    select m.campaign_id, count(distinct coalesce(m.card_id, m.contact_point_id))::int as reached from outreach.message m
    where m.workspace_id = ${workspaceId} and m.campaign_id = any(${campaignIds}::uuid[]) and m.kind = 'contact' and m.state in ('sent', 'in_doubt')
    group by m.campaign_id`.execute(tx);
  return new Map(rows.map((row) => [row.campaign_id, row.reached]));
}

/**
 * What followed the messages of these campaigns and scenarios, of each, of each programme and of all: who, in the `attributionDays` days after a message
 * had left to them, was met (a visit or video meeting that somebody noted and shared with the reader), attended an event, answered a form or survey,
 * bought (an order, a till receipt, a part in an opportunity that was won, by days); and how many voices they raised, each topic once for a contact.
 * A contact is the card to which was written, with its contact points; it counts once in each number, so that what several campaigns reached is not
 * doubled in a programme's. Nothing says that it would not have been done anyway: only people held back by lot tell that (`countDeeds`).
 */
export async function countAfter(tx: Tx, workspaceId: string, of: readonly Of[], sight: Sight): Promise<AfterRow[]> {
  const soon = sql`make_interval(days => ${attributionDays})`;
  const { rows } = await sql<AfterRow>`
    with sent as materialized (
      select n.programme_id, m.campaign_id, coalesce(m.card_id, m.contact_point_id) as contact, m.card_id, m.contact_point_id, m.sending_at as left_at
      from unnest(${of.map((one) => one.campaignId)}::uuid[], ${of.map((one) => one.programmeId)}::uuid[]) n (campaign_id, programme_id)
      join outreach.message m on m.workspace_id = ${workspaceId} and m.campaign_id = n.campaign_id and m.kind = 'contact'
        and m.state in ('sent', 'in_doubt')),
    subject as materialized (
      select programme_id, campaign_id, contact, left_at, card_id as id from sent where card_id is not null
      union select programme_id, campaign_id, contact, left_at, contact_point_id from sent
      union select s.programme_id, s.campaign_id, s.contact, s.left_at, f.contact_point_id from sent s
        join cards.card_field f on f.workspace_id = ${workspaceId} and f.card_id = s.card_id and f.contact_point_id is not null),
    deed as (
      select s.programme_id, s.campaign_id, s.contact, 'reached' as what, null::uuid as topic_id from sent s
      union
      select s.programme_id, s.campaign_id, s.contact, case when v.kind_no = any(${sight.kinds.attended}::int[]) then 'attended'
        when v.kind_no = any(${sight.kinds.answered}::int[]) then 'answered' else 'bought' end, null
      from subject s join facts.fact v on v.workspace_id = ${workspaceId} and v.subject_id = s.id and v.at > s.left_at and v.at <= s.left_at + ${soon}
        and v.kind_no = any(${Object.values(sight.kinds).flat()}::int[])
      union
      select s.programme_id, s.campaign_id, s.contact, 'bought', null
      from subject s
      join cards.participant p on p.workspace_id = ${workspaceId} and p.card_id = s.id
      join opportunities.opportunity o on o.workspace_id = ${workspaceId} and o.opportunity_id = p.opportunity_id and o.outcome = 'won'
        and o.removed_at is null and o.closed_on between (s.left_at at time zone 'UTC')::date and ((s.left_at + ${soon}) at time zone 'UTC')::date
        and (o.owner_id = ${sight.memberId} or o.audience_id = any(${sight.audienceIds}::uuid[]))
      union
      select s.programme_id, s.campaign_id, s.contact, 'met', null
      from subject s
      join conversations.conversation c on c.workspace_id = ${workspaceId} and c.contact_point_id = s.id and c.erased_at is null
        and (c.owner_id = ${sight.memberId} or c.shared_with = any(${sight.audienceIds}::uuid[]))
      join conversations.message n on n.workspace_id = ${workspaceId} and n.conversation_id = c.conversation_id and n.kind = 'note'
        and n.nature in ('meeting', 'visit') and n.held is not null and n.deleted_at is null and n.sent_at > s.left_at and n.sent_at <= s.left_at + ${soon}
      union
      select s.programme_id, s.campaign_id, s.contact, 'voice', t.topic_id
      from subject s
      join voices.reading r on r.workspace_id = ${workspaceId} and r.contact_point_id = s.id and r.sent_at > s.left_at and r.sent_at <= s.left_at + ${soon}
        and r.channel_no = any(${sight.channelNos}::int[])
      join voices.reading_topic t on t.workspace_id = ${workspaceId} and t.conversation_id = r.conversation_id and t.message_id = r.message_id
        and t.topic_id <> ${sight.noTopic})
    select d.campaign_id, d.programme_id, count(distinct d.contact) filter (where d.what = 'reached')::int as reached,
      count(distinct d.contact) filter (where d.what = 'met')::int as met, count(distinct d.contact) filter (where d.what = 'attended')::int as attended,
      count(distinct d.contact) filter (where d.what = 'answered')::int as answered, count(distinct d.contact) filter (where d.what = 'bought')::int as bought,
      count(distinct (d.contact, d.topic_id)) filter (where d.what = 'voice')::int as voices
    from deed d group by grouping sets ((d.campaign_id), (d.programme_id), ())`.execute(tx);
  return rows;
}
