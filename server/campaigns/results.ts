import { type RawBuilder, sql } from 'kysely';
import type { Tx } from '../kernel/database.ts';
import type { Deed, Outcome, WhyNot } from './contract.ts';
import { ofContent, type Tallied } from './rules.ts';

// What became of campaigns, read as the keeper: numbers for who handles them, and ids for whoever sees the persons.

const contentReasons = sql`${[...ofContent]}::text[]`;

/** What became of the people of a campaign, in numbers. */
export async function tally(tx: Tx, workspaceId: string, campaignId: string): Promise<Tallied> {
  const { rows: recipients } = await sql<{ state: string; count: number }>`
    select state, count(*)::int as count from campaigns.recipient
    where workspace_id = ${workspaceId} and campaign_id = ${campaignId} group by state`.execute(tx);
  const { rows: messages } = await sql<{ state: string; count: number }>`
    select state, count(*)::int as count from outreach.message
    where workspace_id = ${workspaceId} and campaign_id = ${campaignId} and kind = 'contact' and state <> 'refused' group by state
    union all
    select case when reasons && ${contentReasons} then 'aside' else 'refused' end, count(*)::int from outreach.message
    where workspace_id = ${workspaceId} and campaign_id = ${campaignId} and kind = 'contact' and state = 'refused' group by 1`.execute(
    tx,
  );
  const of = (rows: readonly { state: string; count: number }[], state: string) =>
    rows.find((row) => row.state === state)?.count ?? 0;
  const recipient = (state: string) => of(recipients, state);
  const message = (state: string) => of(messages, state);
  return {
    recipients: {
      ...{ waiting: recipient('waiting'), written: recipient('written'), refused: recipient('refused') },
      ...{ aside: recipient('aside'), stopped: recipient('stopped'), held: recipient('held') },
    },
    messages: {
      // A letter that is made waits to be posted.
      ...{
        queued: message('queued') + message('made'),
        sending: message('sending'),
        sent: message('sent'),
        failed: message('failed'),
      },
      ...{ in_doubt: message('in_doubt'), refused: message('refused'), aside: message('aside') },
    },
  };
}

/** Each reason with how many it holds for. */
export async function countReasons(
  tx: Tx,
  workspaceId: string,
  campaignId: string,
): Promise<{ outcome: 'refused' | 'aside'; reason: WhyNot; people: number }[]> {
  const { rows } = await sql<{ outcome: 'refused' | 'aside'; reason: WhyNot; people: number }>`
    select outcome, reason, count(*)::int as people from (
      select r.state as outcome, unnest(r.reasons) as reason from campaigns.recipient r
      where r.workspace_id = ${workspaceId} and r.campaign_id = ${campaignId} and r.state in ('refused', 'aside')
      union all
      select case when m.reasons && ${contentReasons} then 'aside' else 'refused' end, unnest(m.reasons) from outreach.message m
      where m.workspace_id = ${workspaceId} and m.campaign_id = ${campaignId} and m.kind = 'contact' and m.state = 'refused') o
    group by outcome, reason order by people desc, reason`.execute(tx);
  return rows;
}

/** What mail servers answered for good. */
export async function countAnswers(
  tx: Tx,
  workspaceId: string,
  campaignId: string,
): Promise<{ answer: string; people: number }[]> {
  const { rows } = await sql<{ answer: string; people: number }>`
    select coalesce(answer, '') as answer, count(*)::int as people from outreach.message
    where workspace_id = ${workspaceId} and campaign_id = ${campaignId} and kind = 'contact' and state = 'failed'
    group by 1 order by people desc, 1 limit 20`.execute(tx);
  return rows;
}

const unsubscribed = (workspaceId: string) => sql`exists (select from outreach.objection o
  where o.workspace_id = ${workspaceId} and o.contact_point_id = r.contact_point_id and o.message_id = r.message_id)`;

/** Their answer names the message. @param memberId only what lies in a private mailbox of theirs, or is read by a team */
const replied = (workspaceId: string, fits = sql``) => sql`exists (select from outreach.answer a
  where a.workspace_id = ${workspaceId} and a.message_id = r.message_id ${fits})`;

/** How many asked by its message to get no more, whose came back, who answered it (and of these whose answer is seen by a member), and how many of those whom it reached wrote since: to a channel, or to a mailbox that is read. */
export async function countAnswered(
  tx: Tx,
  workspaceId: string,
  campaignId: string,
  memberId: string,
): Promise<{ unsubscribed: number; bounced: number; replied: number; repliedToMe: number; heardFrom: number }> {
  const { rows } = await sql<Awaited<ReturnType<typeof countAnswered>>>`
    select count(*) filter (where ${unsubscribed(workspaceId)})::int as unsubscribed, count(*) filter (where m.bounced_at is not null)::int as bounced,
      count(*) filter (where ${replied(workspaceId)})::int as replied,
      count(*) filter (where ${replied(workspaceId, sql`and (a.member_id = ${memberId} or a.member_id is null)`)})::int as "repliedToMe",
      count(*) filter (where
        exists (select from conversations.conversation c where c.workspace_id = ${workspaceId} and c.contact_point_id = r.contact_point_id
          and c.erased_at is null and c.last_in_at > m.sending_at)
        or exists (select from correspondents.correspondent k where k.workspace_id = ${workspaceId} and k.contact_point_id = r.contact_point_id
          and k.last_received_at is not null and k.last_received_at > m.sending_at))::int as "heardFrom"
    from campaigns.recipient r
    join outreach.message m on m.workspace_id = ${workspaceId} and m.message_id = r.message_id and m.state in ('sent', 'in_doubt')
    where r.workspace_id = ${workspaceId} and r.campaign_id = ${campaignId} and r.state = 'written'`.execute(tx);
  return rows[0]!;
}

/** Of those whom it reached and who agreed to be seen: who opened it, and who followed a link, which shows that it was opened. */
export async function countSeen(tx: Tx, workspaceId: string, campaignId: string): Promise<Seen> {
  const { rows } = await sql<Seen>`
    select ${seenBy(workspaceId)} from ${agreed(workspaceId, campaignId)}`.execute(tx);
  return rows[0]!;
}

interface Seen {
  agreed: number;
  opened: number;
  clicked: number;
}

function seenBy(workspaceId: string): RawBuilder<unknown> {
  const seen = (fits = sql``) => sql`exists (select from outreach.sight s
    where s.workspace_id = ${workspaceId} and s.message_id = m.message_id and s.counts ${fits})`;
  return sql`count(*)::int as agreed, count(*) filter (where ${seen()})::int as opened,
    count(*) filter (where ${seen(sql`and s.link_no > 0`)})::int as clicked`;
}

/** Messages that reached somebody who agreed to be seen, and agrees still. */
const agreed = (workspaceId: string, campaignId: string): RawBuilder<unknown> => sql`(
  select m.message_id from outreach.message m
  join cards.contact_point p on p.workspace_id = ${workspaceId} and p.contact_point_id = m.contact_point_id and p.tracking_since is not null
    and p.consent <> 'objected'
  where m.workspace_id = ${workspaceId} and m.campaign_id = ${campaignId} and m.kind = 'contact' and m.state in ('sent', 'in_doubt') and m.tracked) m`;

/** The same of each variant, of those to whom the lot dealt it. */
export async function countSeenOf(
  tx: Tx,
  workspaceId: string,
  campaignId: string,
): Promise<(Seen & { variant_no: number })[]> {
  const { rows } = await sql<Seen & { variant_no: number }>`
    select r.variant_no, ${seenBy(workspaceId)} from ${agreed(workspaceId, campaignId)}
    join campaigns.recipient r on r.workspace_id = ${workspaceId} and r.campaign_id = ${campaignId} and r.message_id = m.message_id
    where r.variant_no is not null group by r.variant_no`.execute(tx);
  return rows;
}

export interface LeftOf {
  campaign_id: string;
  sent: number;
  bounced: number;
  unsubscribed: number;
  replied: number;
  weight: number;
}

/** What left of campaigns and scenarios, whoever wrote it, and what came of that. None of those of which nothing has left. */
export async function countLeftOf(tx: Tx, workspaceId: string, campaignIds: readonly string[]): Promise<LeftOf[]> {
  const { rows } = await sql<LeftOf>`
    select m.campaign_id, count(*)::int as sent, count(*) filter (where m.bounced_at is not null)::int as bounced,
      count(*) filter (where exists (select from outreach.objection o where o.workspace_id = ${workspaceId}
        and o.contact_point_id = m.contact_point_id and o.message_id = m.message_id))::int as unsubscribed,
      count(*) filter (where exists (select from outreach.answer a where a.workspace_id = ${workspaceId} and a.message_id = m.message_id))::int as replied,
      coalesce(sum(m.weight), 0)::int as weight
    from outreach.message m
    where m.workspace_id = ${workspaceId} and m.campaign_id = any(${campaignIds}::uuid[]) and m.kind = 'contact' and m.state in ('sent', 'in_doubt')
    group by m.campaign_id`.execute(tx);
  return rows;
}

export interface RecipientRow {
  recipient_id: string;
  card_id: string;
  outcome: Outcome;
  reasons: WhyNot[];
  answer: string | null;
  message_id: string | null;
  at: Date | null;
}

/** In which of the outcomes somebody is: the same as `numbersOf` counts. */
const outcome = sql`case
  when r.state <> 'written' then r.state
  when m.state in ('queued', 'sending', 'made') then 'waiting'
  when m.state = 'in_doubt' then 'inDoubt'
  when m.state = 'refused' and m.reasons && ${contentReasons} then 'aside'
  when m.state in ('sent', 'failed', 'refused') then m.state
  else 'stopped' end`;

/** Those of an outcome, by id. */
export async function listOf(
  tx: Tx,
  workspaceId: string,
  campaignId: string,
  which: {
    outcome: Outcome | 'unsubscribed' | 'bounced' | 'replied';
    reason: WhyNot | null;
    variant: number | null;
    /** Who asks: answers are told of by whoever has them in their mailbox. */
    memberId: string;
  },
  after: string | null,
  limit: number,
): Promise<RecipientRow[]> {
  const fits: RawBuilder<unknown> =
    which.outcome === 'unsubscribed'
      ? unsubscribed(workspaceId)
      : which.outcome === 'bounced'
        ? sql`m.bounced_at is not null`
        : which.outcome === 'replied'
          ? replied(workspaceId, sql`and a.member_id = ${which.memberId}`)
          : sql`${outcome} = ${which.outcome}`;
  const { rows } = await sql<RecipientRow>`
    select r.recipient_id, r.card_id, ${outcome} as outcome, r.reasons || coalesce(case when m.state = 'refused' then m.reasons end, '{}') as reasons,
      case when m.state <> 'sent' then m.answer end as answer, r.message_id, coalesce(m.settled_at, m.sending_at) as at
    from campaigns.recipient r
    left join outreach.message m on m.workspace_id = ${workspaceId} and m.message_id = r.message_id
    where r.workspace_id = ${workspaceId} and r.campaign_id = ${campaignId} and ${fits}
      ${which.reason ? sql`and (${which.reason} = any(r.reasons) or m.state = 'refused' and ${which.reason} = any(m.reasons))` : sql``}
      ${which.variant ? sql`and r.variant_no = ${which.variant}` : sql``}
      ${after ? sql`and r.recipient_id > ${after}` : sql``}
    order by r.recipient_id limit ${limit}`.execute(tx);
  return rows;
}

export interface ArmRow {
  held: boolean;
  /** Which one the lot dealt to them; null: none. */
  variant_no: number | null;
  people: number;
  wrote: number;
  attended: number;
  answered: number;
  bought: number;
}

/** Keys of the kinds of fact that are each deed. */
const kindsOf: Record<Exclude<Deed, 'wrote'>, readonly string[]> = {
  attended: ['attendance'],
  answered: ['form', 'survey'],
  bought: ['order', 'till'],
};

/**
 * What the people of a campaign did between two instants, those it was for, by the variant that was dealt to them, and those held back: by their card
 * there, and its contact points. Each counts once for a deed.
 */
export async function countDeeds(
  tx: Tx,
  workspaceId: string,
  campaignId: string,
  since: Date,
  until: Date,
): Promise<ArmRow[]> {
  const within = (time: RawBuilder<unknown>) => sql`${time} > ${since} and ${time} <= ${until}`;
  const did = (deed: Exclude<Deed, 'wrote'>) =>
    sql`coalesce(bool_or(f.key = any(${[...kindsOf[deed]]}::text[])), false)`;
  const { rows } = await sql<ArmRow>`
    with subject as (
      select r.recipient_id, r.card_id as id from campaigns.recipient r where r.workspace_id = ${workspaceId} and r.campaign_id = ${campaignId}
      union
      select r.recipient_id, f.contact_point_id from campaigns.recipient r
      join cards.card_field f on f.workspace_id = ${workspaceId} and f.card_id = r.card_id and f.contact_point_id is not null
      where r.workspace_id = ${workspaceId} and r.campaign_id = ${campaignId}),
    fact as (
      select s.recipient_id, ${did('attended')} as attended, ${did('answered')} as answered, ${did('bought')} as bought
      from subject s
      cross join lateral (select k.key from facts.fact v join facts.kind k on k.workspace_id = ${workspaceId} and k.kind_no = v.kind_no
        where v.workspace_id = ${workspaceId} and v.subject_id = s.id and ${within(sql`v.at`)} offset 0) f
      group by s.recipient_id),
    wrote as (
      select distinct s.recipient_id from subject s
      where exists (select from conversations.conversation c join conversations.message m on m.workspace_id = ${workspaceId}
          and m.conversation_id = c.conversation_id and m.kind = 'in' and m.deleted_at is null and ${within(sql`m.sent_at`)}
        where c.workspace_id = ${workspaceId} and c.contact_point_id = s.id and c.erased_at is null)
      or exists (select from correspondents.correspondent k where k.workspace_id = ${workspaceId} and k.contact_point_id = s.id
        and k.last_received_at is not null and ${within(sql`k.last_received_at`)}))
    select r.state = 'held' as held, r.variant_no, count(*)::int as people, count(w.recipient_id)::int as wrote, count(*) filter (where f.attended)::int as attended,
      count(*) filter (where f.answered)::int as answered, count(*) filter (where f.bought)::int as bought
    from campaigns.recipient r
    left join fact f on f.recipient_id = r.recipient_id
    left join wrote w on w.recipient_id = r.recipient_id
    where r.workspace_id = ${workspaceId} and r.campaign_id = ${campaignId} group by 1, 2`.execute(tx);
  return rows;
}

/** The arms together that are, or are not, held back. */
export function sumOf(arms: readonly ArmRow[], held: boolean): Omit<ArmRow, 'held' | 'variant_no'> {
  const sum = { people: 0, wrote: 0, attended: 0, answered: 0, bought: 0 };
  for (const arm of arms)
    if (arm.held === held) for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += arm[key];
  return sum;
}

interface LeftRow {
  variant_no: number;
  sent: number;
  replied: number;
  unsubscribed: number;
  bounced: number;
}

/** Of those to whom each variant was dealt: to how many it left, and who of them answered it, came back or unsubscribed by it until an instant. */
export async function countLeft(tx: Tx, workspaceId: string, campaignId: string, until: Date): Promise<LeftRow[]> {
  const { rows } = await sql<LeftRow>`
    select r.variant_no, count(*)::int as sent, count(*) filter (where m.bounced_at <= ${until})::int as bounced,
      count(*) filter (where ${replied(workspaceId, sql`and a.at <= ${until}`)})::int as replied,
      count(*) filter (where exists (select from outreach.objection o where o.workspace_id = ${workspaceId}
        and o.contact_point_id = r.contact_point_id and o.message_id = r.message_id and o.at <= ${until}))::int as unsubscribed
    from campaigns.recipient r
    join outreach.message m on m.workspace_id = ${workspaceId} and m.message_id = r.message_id and m.state in ('sent', 'in_doubt')
    where r.workspace_id = ${workspaceId} and r.campaign_id = ${campaignId} and r.state = 'written' and r.variant_no is not null
    group by r.variant_no`.execute(tx);
  return rows;
}
