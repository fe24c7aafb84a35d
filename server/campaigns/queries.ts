import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import { newId } from '../kernel/ids.ts';
import type { Way } from '../outreach/ways-contract.ts';
import type { Aim, Estimate, SendingProblem, SendingState, WhyNot } from './contract.ts';

// How campaigns are sent, and the people of their targets.

/** A variant besides the first, as it was approved. */
interface ApprovedVariant {
  no: number;
  contentId: string;
  version: number;
}

export interface SendingRow {
  campaign_id: string;
  content_id: string;
  way: Way;
  sender_id: string;
  sender: string;
  sender_locale: string;
  seeds: { id: string; name: string }[];
  seed_addresses: string[];
  per_hour: number | null;
  lots: number;
  over_hours: number;
  holdout: number;
  watch_days: number;
  /** The contents besides the first, by number. */
  variants: { no: number; contentId: string; share: number }[];
  test_share: number;
  aim: Aim;
  chosen_no: number | null;
  chosen_by: string | null;
  chosen_by_name: string | null;
  chosen_at: Date | null;
  choice_task_id: string | null;
  approved_variants: ApprovedVariant[];
  state: SendingState;
  problem: SendingProblem | null;
  approved_content_id: string | null;
  approved_version: number | null;
  approved_segment_id: string | null;
  approved_sender_id: string | null;
  approved_purpose: string | null;
  approved_filter: string | null;
  planned_after: string | null;
  agreed_ids: string[];
  /** Its people are known. */
  gathered: boolean;
  starts_at: Date | null;
  started_at: Date | null;
  ended_at: Date | null;
  chain: string | null;
  paced_until: Date | null;
  estimate: Estimate | null;
  edition: number;
}

/** @param lock keeps others from changing it until the end of the transaction */
export async function findSending(
  tx: Tx,
  workspaceId: string,
  campaignId: string,
  lock = false,
): Promise<SendingRow | undefined> {
  const { rows } = await sql<SendingRow>`
    select s.campaign_id, s.content_id, s.way, s.sender_id, coalesce(m.name, '') as sender, coalesce(m.locale, 'fr') as sender_locale,
      coalesce((select jsonb_agg(jsonb_build_object('id', e.member_id, 'name', e.name) order by e.name) from identity.member e
        where e.workspace_id = ${workspaceId} and e.member_id = any(s.seed_ids)), '[]') as seeds, s.seed_addresses,
      s.per_hour, s.lots, s.over_hours, s.holdout, s.watch_days, s.test_share, s.aim, s.chosen_no, s.chosen_by, c.name as chosen_by_name, s.chosen_at,
      s.choice_task_id, s.approved_variants,
      coalesce((select jsonb_agg(jsonb_build_object('no', v.variant_no, 'contentId', v.content_id, 'share', v.share) order by v.variant_no)
        from campaigns.variant v where v.workspace_id = ${workspaceId} and v.campaign_id = s.campaign_id), '[]') as variants, s.state, s.problem, s.approved_content_id, s.approved_version, s.approved_segment_id, s.approved_sender_id,
      s.approved_purpose, s.approved_filter, s.planned_after, s.agreed_ids, s.gathered, s.starts_at, s.started_at, s.ended_at, s.chain, s.paced_until, s.estimate, s.edition
    from campaigns.sending s
    left join identity.member m on m.workspace_id = ${workspaceId} and m.member_id = s.sender_id
    left join identity.member c on c.workspace_id = ${workspaceId} and c.member_id = s.chosen_by
    where s.workspace_id = ${workspaceId} and s.campaign_id = ${campaignId} ${lock ? sql`for update of s` : sql``}`.execute(
    tx,
  );
  return rows[0];
}

export interface Said {
  contentId: string;
  way: Way;
  senderId: string;
  seedIds: readonly string[];
  seedAddresses: readonly string[];
  perHour: number | null;
  lots: number;
  overHours: number;
  holdout: number;
  watchDays: number;
  testShare: number;
  aim: Aim;
}

/** @returns false where there is one already */
export async function addSending(tx: Tx, actor: Actor, campaignId: string, said: Said): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('campaigns.sending')
    .values({
      ...{ workspace_id: actor.workspaceId, campaign_id: campaignId, changed_by: actor.memberId },
      ...{ content_id: said.contentId, way: said.way, sender_id: said.senderId, seed_ids: [...said.seedIds] },
      seed_addresses: [...said.seedAddresses],
      ...{ per_hour: said.perHour, lots: said.lots, over_hours: said.overHours },
      ...{ holdout: said.holdout, watch_days: said.watchDays, test_share: said.testShare, aim: said.aim },
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

export async function changeSending(tx: Tx, actor: Actor, campaignId: string, said: Said): Promise<void> {
  await tx
    .updateTable('campaigns.sending')
    .set({
      ...{ content_id: said.contentId, way: said.way, sender_id: said.senderId, seed_ids: [...said.seedIds] },
      seed_addresses: [...said.seedAddresses],
      ...{ per_hour: said.perHour, lots: said.lots, over_hours: said.overHours, changed_by: actor.memberId },
      ...{ holdout: said.holdout, watch_days: said.watchDays, test_share: said.testShare, aim: said.aim },
      edition: sql<number>`edition + 1`,
    })
    .where('workspace_id', '=', actor.workspaceId)
    .where('campaign_id', '=', campaignId)
    .execute();
}

/** The contents besides the first, in place of those there were. */
export async function setVariants(
  tx: Tx,
  workspaceId: string,
  campaignId: string,
  variants: readonly { contentId: string; share: number }[],
): Promise<void> {
  await tx
    .deleteFrom('campaigns.variant')
    .where('workspace_id', '=', workspaceId)
    .where('campaign_id', '=', campaignId)
    .execute();
  if (variants.length === 0) return;
  const rows = variants.map(({ contentId, share }, at) => ({
    ...{ workspace_id: workspaceId, campaign_id: campaignId, variant_no: at + 2, content_id: contentId, share },
  }));
  await tx.insertInto('campaigns.variant').values(rows).execute();
}

/** Says which variant those get to whom none was dealt. */
export async function setChosen(tx: Tx, actor: Actor, campaignId: string, variantNo: number): Promise<void> {
  await sql`update campaigns.sending set chosen_no = ${variantNo}, chosen_by = ${actor.memberId}, chosen_at = now()
    where workspace_id = ${actor.workspaceId} and campaign_id = ${campaignId}`.execute(tx);
}

export async function setChoiceTask(
  tx: Tx,
  workspaceId: string,
  campaignId: string,
  taskId: string | null,
): Promise<void> {
  await sql`update campaigns.sending set choice_task_id = ${taskId}
    where workspace_id = ${workspaceId} and campaign_id = ${campaignId}`.execute(tx);
}

/** Whether everybody to whom a variant was dealt has been written to. As the keeper. */
export async function isDealtOut(tx: Tx, workspaceId: string, campaignId: string): Promise<boolean> {
  const { rows } = await sql<{ out: boolean }>`
    select not exists (select from campaigns.recipient where workspace_id = ${workspaceId} and campaign_id = ${campaignId}
      and state = 'waiting' and variant_no is not null) as out`.execute(tx);
  return rows[0]!.out;
}

export async function saveEstimate(
  tx: Tx,
  workspaceId: string,
  campaignId: string,
  estimate: Estimate | null,
): Promise<void> {
  await tx
    .updateTable('campaigns.sending')
    .set({ estimate: estimate && JSON.stringify(estimate) })
    .where('workspace_id', '=', workspaceId)
    .where('campaign_id', '=', campaignId)
    .execute();
}

export interface Approved {
  contentId: string;
  version: number;
  segmentId: string;
  senderId: string;
  purpose: string;
  filter: string | null;
  variants: readonly ApprovedVariant[];
}

/** What may be sent; null: nothing any more. */
export async function setApproved(
  tx: Tx,
  workspaceId: string,
  campaignId: string,
  approved: Approved | null,
): Promise<void> {
  await tx
    .updateTable('campaigns.sending')
    .set({
      approved_content_id: approved?.contentId ?? null,
      approved_version: approved?.version ?? null,
      approved_segment_id: approved?.segmentId ?? null,
      approved_sender_id: approved?.senderId ?? null,
      approved_purpose: approved?.purpose ?? null,
      approved_filter: approved?.filter ?? null,
      approved_variants: JSON.stringify(approved?.variants ?? []),
    })
    .where('workspace_id', '=', workspaceId)
    .where('campaign_id', '=', campaignId)
    .execute();
}

export interface NewState {
  state: SendingState;
  problem?: SendingProblem | null;
  startsAt?: Date | null;
}

/**
 * Brings a sending into a state; whoever works on it by an older chain has had their turn.
 * @returns the chain of whoever works on it from now on
 */
export async function setState(
  tx: Tx,
  workspaceId: string,
  campaignId: string,
  { state, problem = null, startsAt }: NewState,
): Promise<string> {
  const chain = newId();
  await sql`
    update campaigns.sending set state = ${state}, problem = ${problem}, chain = ${chain}, beat_at = now(), planned_after = null,
      starts_at = ${startsAt === undefined ? sql`starts_at` : startsAt},
      started_at = case when ${state} = 'gathering' then coalesce(started_at, now()) else started_at end,
      gathered = gathered or ${state} = 'sending', ended_at = case when ${state} in ('done', 'stopped') then now() end
    where workspace_id = ${workspaceId} and campaign_id = ${campaignId}`.execute(tx);
  return chain;
}

/** Its sender says of these contents that they go in their name. */
export async function setAgreed(
  tx: Tx,
  actor: Actor,
  campaignId: string,
  contentIds: readonly string[],
): Promise<void> {
  await sql`update campaigns.sending set agreed_ids = ${contentIds}::uuid[]
    where workspace_id = ${actor.workspaceId} and campaign_id = ${campaignId}`.execute(tx);
}

/** From now on it goes in the actor's name. */
export async function setSender(tx: Tx, actor: Actor, campaignId: string): Promise<void> {
  await sql`update campaigns.sending set sender_id = ${actor.memberId}, changed_by = ${actor.memberId}, estimate = null, edition = edition + 1
    where workspace_id = ${actor.workspaceId} and campaign_id = ${campaignId}`.execute(tx);
}

/** Whoever waits to be written to is written to by its sender, whoever that is now. As the keeper. */
export async function handOver(tx: Tx, workspaceId: string, campaignId: string): Promise<void> {
  await sql`
    update campaigns.recipient r set author_id = s.sender_id from campaigns.sending s
    where r.workspace_id = ${workspaceId} and r.campaign_id = ${campaignId} and r.state = 'waiting'
      and s.workspace_id = ${workspaceId} and s.campaign_id = ${campaignId} and s.state = 'paused' and r.author_id <> s.sender_id`.execute(
    tx,
  );
}

/** Up to whom its people are planned in the gate. */
export async function setPlanned(tx: Tx, workspaceId: string, campaignId: string, after: string): Promise<void> {
  await sql`update campaigns.sending set planned_after = ${after}
    where workspace_id = ${workspaceId} and campaign_id = ${campaignId}`.execute(tx);
}

/** The filter of a campaign's segment as it stands, whoever sees it; null: it has none, or it is gone. As the keeper. */
export async function findFilter(tx: Tx, workspaceId: string, campaignId: string): Promise<string | null> {
  const { rows } = await sql<{ filter: string }>`
    select s.filter from plan.campaign c
    join segments.segment s on s.workspace_id = ${workspaceId} and s.segment_id = c.segment_id and s.ended_at is null
    where c.workspace_id = ${workspaceId} and c.campaign_id = ${campaignId}`.execute(tx);
  return rows[0]?.filter ?? null;
}

/** Somebody works on it. @param pacedUntil until when what was written fills the pace */
export async function beat(tx: Tx, workspaceId: string, campaignId: string, pacedUntil: Date | null): Promise<void> {
  await sql`update campaigns.sending set beat_at = now(), paced_until = ${pacedUntil}
    where workspace_id = ${workspaceId} and campaign_id = ${campaignId}`.execute(tx);
}

/** Sendings on which somebody should work, and nobody has for two minutes: a crash, or a word that was lost. As the keeper. */
export async function findForgotten(
  tx: Tx,
): Promise<{ workspace_id: string; campaign_id: string; state: SendingState }[]> {
  // No workspace: a crash asks for none.
  const { rows } = await sql<{ workspace_id: string; campaign_id: string; state: SendingState }>`
    select workspace_id, campaign_id, state from campaigns.sending
    where beat_at < now() - interval '2 minutes' and (state in ('gathering', 'sending') or state = 'scheduled' and starts_at < now())
    for update skip locked`.execute(tx);
  return rows;
}

/** Campaigns that stand still of which something waits to leave: an attempt that failed comes back to the queue, whatever happened meanwhile. */
export async function findLeftovers(tx: Tx): Promise<{ workspace_id: string; campaign_id: string }[]> {
  // No workspace: a crash asks for none.
  const { rows } = await sql<{ workspace_id: string; campaign_id: string }>`
    select s.workspace_id, s.campaign_id from campaigns.sending s where s.state in ('paused', 'stopped')
      and exists (select from outreach.message m where m.workspace_id = s.workspace_id and m.campaign_id = s.campaign_id and m.state = 'queued')`.execute(
    tx,
  );
  return rows;
}

/** Campaigns that are being prepared with a content. As the keeper. */
export async function listPreparedWith(tx: Tx, workspaceId: string, contentId: string): Promise<string[]> {
  const { rows } = await sql<{ campaign_id: string }>`
    select s.campaign_id from campaigns.sending s
    where s.workspace_id = ${workspaceId} and s.state in ('draft', 'scheduled') and (s.content_id = ${contentId}
      or exists (select from campaigns.variant v where v.workspace_id = ${workspaceId} and v.campaign_id = s.campaign_id and v.content_id = ${contentId}))`.execute(
    tx,
  );
  return rows.map((row) => row.campaign_id);
}

/** Members who are active. */
export async function countActive(tx: Tx, workspaceId: string, memberIds: readonly string[]): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from identity.member
    where workspace_id = ${workspaceId} and member_id = any(${memberIds}::uuid[]) and status = 'active'`.execute(tx);
  return rows[0]!.count;
}

/** Whether nobody could look at what somebody wrote: the workspace has one active member. */
export async function isAlone(tx: Tx, workspaceId: string): Promise<boolean> {
  const { rows } = await sql<{ alone: boolean }>`
    select count(*) < 2 as alone from identity.member where workspace_id = ${workspaceId} and status = 'active'`.execute(
    tx,
  );
  return rows[0]!.alone;
}

// --- the people of a target ---

/** Rows of one insert. */
const atOnce = 5000;

/** Whom a campaign is for, in place of those gathered before. As the keeper. @param lot of each by its place @param held who gets nothing, by lot @param variant which is dealt to whom */
export async function setRecipients(
  tx: Tx,
  workspaceId: string,
  { campaignId, authorId }: { campaignId: string; authorId: string },
  personIds: readonly string[],
  {
    lot,
    held,
    variant,
  }: {
    lot: (at: number) => number;
    held: (personId: string) => boolean;
    variant: (personId: string) => number | null;
  },
): Promise<void> {
  await sql`delete from campaigns.recipient where workspace_id = ${workspaceId} and campaign_id = ${campaignId}`.execute(
    tx,
  );
  for (let from = 0; from < personIds.length; from += atOnce) {
    const some = personIds.slice(from, from + atOnce);
    await sql`
      insert into campaigns.recipient (workspace_id, campaign_id, recipient_id, author_id, card_id, lot, state, variant_no)
      select ${workspaceId}, ${campaignId}, n.id, ${authorId}, n.card_id, n.lot, case when n.held then 'held' else 'waiting' end,
        case when not n.held then n.variant_no end
      from unnest(${some.map(() => newId())}::uuid[], ${some}::uuid[], ${some.map((_, at) => lot(from + at))}::int[], ${some.map(held)}::boolean[],
        ${some.map(variant)}::int[]) n (id, card_id, lot, held, variant_no)`.execute(tx);
  }
}

/**
 * Some who wait in lots whose turn has come, in their order; nobody else takes them until the end of the transaction.
 * @param dealt only those to whom a variant was dealt: the others wait for somebody to choose
 */
export async function takeWaiting(
  tx: Tx,
  workspaceId: string,
  campaignId: string,
  { lot, most, dealt }: { lot: number; most: number; dealt: boolean },
): Promise<{ recipient_id: string; card_id: string; variant_no: number | null }[]> {
  const { rows } = await sql<{ recipient_id: string; card_id: string; variant_no: number | null }>`
    select recipient_id, card_id, variant_no from campaigns.recipient
    where workspace_id = ${workspaceId} and campaign_id = ${campaignId} and state = 'waiting' and lot <= ${lot} and (not_before is null or not_before <= now())
      ${dealt ? sql`and variant_no is not null` : sql``}
    order by lot, recipient_id limit ${most} for update skip locked`.execute(tx);
  return rows;
}

/** How many wait to be written to, and how many messages have not come to an end. */
export async function countOpen(tx: Tx, workspaceId: string, campaignId: string) {
  const { rows } = await sql<{ waiting: boolean; unsettled: boolean }>`
    select exists (select from campaigns.recipient where workspace_id = ${workspaceId} and campaign_id = ${campaignId} and state = 'waiting') as waiting,
      exists (select from outreach.message where workspace_id = ${workspaceId} and campaign_id = ${campaignId}
        and state in ('queued', 'sending', 'made')) as unsettled`.execute(tx);
  return rows[0]!;
}

/** Which of these contact points the campaign has written to. */
export async function findWritten(
  tx: Tx,
  workspaceId: string,
  campaignId: string,
  contactPointIds: readonly string[],
): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    select contact_point_id as id from campaigns.recipient
    where workspace_id = ${workspaceId} and campaign_id = ${campaignId} and contact_point_id = any(${contactPointIds}::uuid[])`.execute(
    tx,
  );
  return new Set(rows.map(({ id }) => id));
}

/** Which of these cards are those of somebody to whom the campaign has written. */
export async function findWrittenCards(
  tx: Tx,
  workspaceId: string,
  campaignId: string,
  cardIds: readonly string[],
): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    select card_id as id from campaigns.recipient
    where workspace_id = ${workspaceId} and campaign_id = ${campaignId} and card_id = any(${cardIds}::uuid[]) and state = 'written'`.execute(
    tx,
  );
  return new Set(rows.map(({ id }) => id));
}

/** When the first of those whom the gate has wait is to be written to; null: nobody waits so. */
export async function findNotBefore(tx: Tx, workspaceId: string, campaignId: string): Promise<Date | null> {
  const { rows } = await sql<{ at: Date | null }>`
    select min(not_before) as at from campaigns.recipient
    where workspace_id = ${workspaceId} and campaign_id = ${campaignId} and state = 'waiting' and not_before > now()`.execute(
    tx,
  );
  return rows[0]!.at;
}

/** Those whom the gate has wait: until when. */
export async function setNotBefore(
  tx: Tx,
  workspaceId: string,
  campaignId: string,
  waiting: readonly { recipientId: string; at: Date }[],
): Promise<void> {
  if (waiting.length === 0) return;
  await sql`
    update campaigns.recipient r set not_before = n.at
    from unnest(${waiting.map((one) => one.recipientId)}::uuid[], ${waiting.map((one) => one.at)}::timestamptz[]) n (id, at)
    where r.workspace_id = ${workspaceId} and r.campaign_id = ${campaignId} and r.recipient_id = n.id`.execute(tx);
}

/** What became of somebody. */
export interface Settled {
  recipientId: string;
  state: 'written' | 'refused' | 'aside';
  reasons: readonly WhyNot[];
  contactPointId: string | null;
  messageId: string | null;
}

export async function settle(
  tx: Tx,
  workspaceId: string,
  campaignId: string,
  settled: readonly Settled[],
): Promise<void> {
  if (settled.length === 0) return;
  await sql`
    update campaigns.recipient r set state = n.state, reasons = string_to_array(n.reasons, ' '), contact_point_id = n.contact_point_id,
      message_id = n.message_id
    from unnest(${settled.map((one) => one.recipientId)}::uuid[], ${settled.map((one) => one.state)}::text[],
      ${settled.map((one) => one.reasons.join(' '))}::text[], ${settled.map((one) => one.contactPointId)}::uuid[],
      ${settled.map((one) => one.messageId)}::uuid[]) n (id, state, reasons, contact_point_id, message_id)
    where r.workspace_id = ${workspaceId} and r.campaign_id = ${campaignId} and r.recipient_id = n.id`.execute(tx);
}

/** Those whose messages were taken back wait again, or are not written to any more. As the keeper. */
export async function takeBack(
  tx: Tx,
  workspaceId: string,
  campaignId: string,
  messageIds: readonly string[],
  state: 'waiting' | 'stopped',
): Promise<void> {
  await sql`
    update campaigns.recipient set state = ${state}, message_id = null, contact_point_id = null
    where workspace_id = ${workspaceId} and campaign_id = ${campaignId} and message_id = any(${messageIds}::uuid[])`.execute(
    tx,
  );
}

/** Whoever waits is not written to any more. As the keeper. @returns how many, `most` at once */
export async function stopWaiting(tx: Tx, workspaceId: string, campaignId: string, most: number): Promise<number> {
  const done = await sql`
    update campaigns.recipient set state = 'stopped'
    where workspace_id = ${workspaceId} and campaign_id = ${campaignId} and recipient_id = any(array(
      select recipient_id from campaigns.recipient where workspace_id = ${workspaceId} and campaign_id = ${campaignId} and state = 'waiting'
      limit ${most} for update skip locked))`.execute(tx);
  return Number(done.numAffectedRows ?? 0);
}

/** Whose letter was called back after it was made is written to no more. As the keeper. */
export async function stopCalledBack(tx: Tx, workspaceId: string, campaignId: string): Promise<void> {
  await sql`update campaigns.recipient r set state = 'stopped', message_id = null, contact_point_id = null
    from outreach.message m
    where r.workspace_id = ${workspaceId} and r.campaign_id = ${campaignId} and m.workspace_id = ${workspaceId} and m.message_id = r.message_id
      and m.campaign_id = ${campaignId} and m.way = 'letter' and m.state = 'cancelled'`.execute(tx);
}
