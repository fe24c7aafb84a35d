import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import { newId } from '../kernel/ids.ts';
import type { ApproachState } from './contract.ts';

export interface HuntRow {
  hunt_id: string;
  campaign_id: string;
  opened_by: string;
  opener: string;
  language: 'fr' | 'en';
  subject: string;
  letter: string;
  ends_on: string;
  pace: number;
  unknown: number;
  shared_out_at: Date | null;
  ended_at: Date | null;
  version: number;
}

const huntColumns = (workspaceId: string) => sql`
  h.hunt_id, h.campaign_id, h.opened_by, coalesce((select m.name from identity.member m where m.workspace_id = ${workspaceId} and m.member_id = h.opened_by), '') as opener,
  h.language, h.subject, h.letter, h.ends_on::text, h.pace, h.unknown, h.shared_out_at, h.ended_at, h.version`;

export async function findHunt(
  tx: Tx,
  workspaceId: string,
  which: { huntId: string } | { campaignId: string },
): Promise<HuntRow | undefined> {
  const condition = 'huntId' in which ? sql`h.hunt_id = ${which.huntId}` : sql`h.campaign_id = ${which.campaignId}`;
  const { rows } = await sql<HuntRow>`
    select ${huntColumns(workspaceId)} from hunting.hunt h where h.workspace_id = ${workspaceId} and ${condition}`.execute(
    tx,
  );
  return rows[0];
}

interface HuntWords {
  language: string;
  subject: string;
  letter: string;
  endsOn: string;
  pace: number;
}

/** @returns false where the campaign has one */
export async function addHunt(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  { huntId, campaignId, language, subject, letter, endsOn, pace }: HuntWords & { huntId: string; campaignId: string },
): Promise<boolean> {
  const done = await sql`
    insert into hunting.hunt (workspace_id, hunt_id, campaign_id, opened_by, language, subject, letter, ends_on, pace)
    values (${workspaceId}, ${huntId}, ${campaignId}, ${memberId}, ${language}, ${subject}, ${letter}, ${endsOn}, ${pace})
    on conflict on constraint hunt_campaign_uq do nothing`.execute(tx);
  return done.numAffectedRows === 1n;
}

/** @returns false where somebody has changed it meanwhile, or it has ended */
export async function changeHunt(
  tx: Tx,
  workspaceId: string,
  huntId: string,
  version: number,
  { language, subject, letter, endsOn, pace }: HuntWords,
): Promise<boolean> {
  const done = await sql`
    update hunting.hunt set language = ${language}, subject = ${subject}, letter = ${letter}, ends_on = ${endsOn}, pace = ${pace}, version = version + 1
    where workspace_id = ${workspaceId} and hunt_id = ${huntId} and version = ${version} and ended_at is null`.execute(
    tx,
  );
  return done.numAffectedRows === 1n;
}

/** @returns false where it had ended before */
export async function endHunt(tx: Tx, workspaceId: string, huntId: string): Promise<boolean> {
  const done = await sql`
    update hunting.hunt set ended_at = now(), version = version + 1
    where workspace_id = ${workspaceId} and hunt_id = ${huntId} and ended_at is null`.execute(tx);
  return done.numAffectedRows === 1n;
}

/** Keeps others from giving out or ending a hunt until the end of the transaction. */
export async function lockHunt(tx: Tx, workspaceId: string, huntId: string): Promise<HuntRow | undefined> {
  await sql`select hunt_id from hunting.hunt where workspace_id = ${workspaceId} and hunt_id = ${huntId} for update`.execute(
    tx,
  );
  return findHunt(tx, workspaceId, { huntId });
}

// --- giving out, as the keeper ---

/** Whether a segment is of the whole company, so that everybody may have its people on their list. */
export async function isOfEverybody(tx: Tx, workspaceId: string, segmentId: string): Promise<boolean> {
  const { rows } = await sql`
    select from segments.segment where workspace_id = ${workspaceId} and segment_id = ${segmentId} and audience_kind = 'workspace'
      and not asks_ties and ended_at is null and built_at is not null and problem is null`.execute(tx);
  return rows.length > 0;
}

export interface Known {
  card_id: string | null;
  holder_id: string | null;
}

/**
 * For each person of a segment the lent card of whoever of ours knows them best: by the strength that is shared, then by whose card was seen last. Without
 * a holder: nobody's own card is lent to all. Those who are on a list already, or are written to by the campaign itself, are left out.
 */
export async function listKnown(
  tx: Tx,
  workspaceId: string,
  { hunt_id: huntId, campaign_id: campaignId }: HuntRow,
  segmentId: string,
): Promise<Known[]> {
  const { rows } = await sql<Known>`
    select distinct on (m.cluster_id, m.person_id) c.card_id, c.holder_id
    from segments.member m
    join cards.entry e on e.workspace_id = ${workspaceId} and e.audience_id = m.audience_id and e.person_id = m.person_id
    left join lateral (
      select c.card_id, b.holder_id, coalesce(a.strength, 0) as strength, c.seen_at
      from cards.card c
      join delegation.book b on b.workspace_id = ${workspaceId} and b.book_no = c.book_no
      join identity.member h on h.workspace_id = ${workspaceId} and h.member_id = b.holder_id and h.status = 'active'
      left join cards.acquaintance a on a.workspace_id = ${workspaceId} and a.card_id = c.card_id and a.shared and not a.hidden
      where c.workspace_id = ${workspaceId} and c.cluster_id = m.cluster_id and c.card_id = any(e.subject_ids) and c.exposure = 0) c on true
    where m.workspace_id = ${workspaceId} and m.segment_id = ${segmentId}
      and not exists (select from hunting.approach x join cards.card o on o.workspace_id = ${workspaceId} and o.card_id = x.card_id
        where x.workspace_id = ${workspaceId} and x.hunt_id = ${huntId} and o.cluster_id = m.cluster_id)
      and not exists (select from campaigns.recipient x join cards.card o on o.workspace_id = ${workspaceId} and o.card_id = x.card_id
        where x.workspace_id = ${workspaceId} and x.campaign_id = ${campaignId} and o.cluster_id = m.cluster_id)
    order by m.cluster_id, m.person_id, c.strength desc nulls last, c.seen_at desc, c.card_id`.execute(tx);
  return rows;
}

const together = 2000;

/** @returns how many were added: whoever is on a list stays as they are */
export async function addApproaches(
  tx: Tx,
  workspaceId: string,
  huntId: string,
  all: readonly { holderId: string; cardId: string }[],
  contributed: boolean,
): Promise<number> {
  let added = 0;
  for (let from = 0; from < all.length; from += together) {
    const rows = all
      .slice(from, from + together)
      .map(({ holderId, cardId }) => ({ approach_id: newId(), holder_id: holderId, card_id: cardId }));
    const done = await sql`
      insert into hunting.approach (workspace_id, hunt_id, approach_id, holder_id, card_id, contributed)
      select ${workspaceId}, ${huntId}, n.approach_id, n.holder_id, n.card_id, ${contributed}
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) n (approach_id uuid, holder_id uuid, card_id uuid)
      on conflict on constraint approach_card_uq do nothing`.execute(tx);
    added += Number(done.numAffectedRows);
  }
  return added;
}

export async function markSharedOut(tx: Tx, workspaceId: string, huntId: string, unknown: number): Promise<void> {
  await sql`update hunting.hunt set shared_out_at = now(), unknown = ${unknown} where workspace_id = ${workspaceId} and hunt_id = ${huntId}`.execute(
    tx,
  );
}

export interface HolderRow {
  holder_id: string;
  locale: string;
  people: number;
}

/** Those who have contacts on their list, with how many. */
export async function listHolders(tx: Tx, workspaceId: string, huntId: string): Promise<HolderRow[]> {
  const { rows } = await sql<HolderRow>`
    select a.holder_id, m.locale, count(*)::int as people from hunting.approach a
    join identity.member m on m.workspace_id = ${workspaceId} and m.member_id = a.holder_id
    where a.workspace_id = ${workspaceId} and a.hunt_id = ${huntId} group by a.holder_id, m.locale order by a.holder_id`.execute(
    tx,
  );
  return rows;
}

/** Hunts that have not been given out, or whose last day has passed, in all workspaces. */
export async function listOverdue(tx: Tx): Promise<{ workspace_id: string; hunt_id: string }[]> {
  // No workspace: it is asked in which there are any.
  const { rows } = await sql<{ workspace_id: string; hunt_id: string }>`
    select workspace_id, hunt_id from hunting.hunt where ended_at is null and ends_on < current_date`.execute(tx);
  return rows;
}

/** Proposes again what was put off until today, in all workspaces. */
export async function proposeAgain(tx: Tx): Promise<void> {
  // No workspace: housekeeping of all of them.
  await sql`update hunting.approach set state = 'proposed', until_on = null, changed_at = now()
    where state = 'postponed' and until_on <= current_date`.execute(tx);
}

/** Whose letters it is time to write, in all workspaces. */
export async function listDue(tx: Tx): Promise<{ workspace_id: string; holder_id: string }[]> {
  // No workspace: it is asked in which there are any.
  const { rows } = await sql<{ workspace_id: string; holder_id: string }>`
    select distinct workspace_id, holder_id from hunting.approach where state = 'accepted' and due_at <= now()`.execute(
    tx,
  );
  return rows;
}

/**
 * Letters that left and were answered: a mail says so, or since then the holder's read mailbox, or a conversation, shows a message from that contact point.
 * @returns how many
 */
export async function markAnswered(tx: Tx): Promise<number> {
  const done = await sql`
    update hunting.approach a set outcome = 'answered', outcome_seen = true, outcome_at = v.at
    from outreach.message m
    cross join lateral (select max(x.at) as at from (
      select greatest(w.at, m.settled_at) as at from outreach.answer w where w.workspace_id = m.workspace_id and w.message_id = m.message_id
      union all
      select c.last_received_at from correspondents.correspondent c
      where c.workspace_id = m.workspace_id and c.contact_point_id = m.contact_point_id and c.member_id = m.author_id and c.last_received_at > m.settled_at
      union all
      select t.last_in_at from conversations.conversation t
      where t.workspace_id = m.workspace_id and t.contact_point_id = m.contact_point_id and t.erased_at is null and t.last_in_at > m.settled_at) x) v
    where m.workspace_id = a.workspace_id and m.message_id = a.message_id and a.state = 'written' and a.outcome is null
      and m.state = 'sent' and v.at is not null`.execute(tx);
  return Number(done.numAffectedRows);
}

// --- mine ---

export interface ApproachRow {
  approach_id: string;
  card_id: string;
  contributed: boolean;
  state: ApproachState;
  rank: number;
  until_on: string | null;
  due_at: Date | null;
  subject: string | null;
  letter: string | null;
  contact_point_id: string | null;
  message_id: string | null;
  reasons: string[];
  outcome: 'answered' | 'meeting' | 'later' | 'declined' | null;
  outcome_seen: boolean | null;
  strength: number | null;
  delivery: string | null;
  position: string;
}

/** Those to be decided first, then by rank and by how well they are known. */
const order = sql`(case a.state when 'proposed' then 1 when 'refused' then 2 when 'accepted' then 3 when 'postponed' then 4 when 'written' then 5 else 6 end)::text
  || a.rank || lpad((100 - coalesce(k.strength, 0))::text, 3, '0')`;

/** @param after the place of the last one of the page before */
export async function listApproaches(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  huntId: string,
  which: {
    states?: readonly string[] | undefined;
    ids?: readonly string[];
    after?: readonly [string, string] | null;
    limit: number;
    lock?: boolean;
  },
): Promise<ApproachRow[]> {
  const { states, ids, after, limit } = which;
  const { rows } = await sql<ApproachRow>`
    select a.approach_id, a.card_id, a.contributed, a.state, a.rank, a.until_on::text, a.due_at, a.subject, a.letter, a.contact_point_id, a.message_id,
      a.reasons, a.outcome, a.outcome_seen, k.strength, m.state as delivery, ${order} as position
    from hunting.approach a
    join cards.card c on c.workspace_id = ${workspaceId} and c.card_id = a.card_id
    left join lateral (select max(k.strength) as strength from cards.acquaintance k where k.workspace_id = ${workspaceId} and k.card_id = a.card_id
      and k.member_id = ${memberId}) k on true
    left join outreach.message m on m.workspace_id = ${workspaceId} and m.message_id = a.message_id
    where a.workspace_id = ${workspaceId} and a.hunt_id = ${huntId} and a.holder_id = ${memberId}
      ${states ? sql`and a.state = any(${states})` : sql``} ${ids ? sql`and a.approach_id = any(${ids}::uuid[])` : sql``}
      ${after ? sql`and (${order}, a.approach_id) > (${after[0]}, ${after[1]}::uuid)` : sql``}
    order by ${order}, a.approach_id limit ${limit}`.execute(tx);
  return rows;
}

/** Hunts in which the actor has contacts, by state. */
export async function countMine(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  huntId?: string,
): Promise<{ hunt_id: string; state: ApproachState; people: number }[]> {
  const { rows } = await sql<{ hunt_id: string; state: ApproachState; people: number }>`
    select a.hunt_id, a.state, count(*)::int as people from hunting.approach a
    join cards.card c on c.workspace_id = ${workspaceId} and c.card_id = a.card_id
    where a.workspace_id = ${workspaceId} and a.holder_id = ${memberId} ${huntId ? sql`and a.hunt_id = ${huntId}` : sql``}
    group by a.hunt_id, a.state`.execute(tx);
  return rows;
}

/** Locks approaches of the actor's that are in one of these states, in the order of their list. */
export async function lockMine(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  huntId: string,
  approachIds: readonly string[],
  states: readonly ApproachState[],
): Promise<string[]> {
  const { rows } = await sql<{ approach_id: string }>`
    select a.approach_id from hunting.approach a
    where a.workspace_id = ${workspaceId} and a.hunt_id = ${huntId} and a.holder_id = ${memberId}
      and a.approach_id = any(${approachIds}::uuid[]) and a.state = any(${states})
    order by a.rank, a.approach_id for update`.execute(tx);
  return rows.map((row) => row.approach_id);
}

/** When the last letter of the actor's that was given a time leaves, in any hunt; null: there is none to come. */
export async function findLastTime(tx: Tx, { workspaceId, memberId }: Actor): Promise<Date | null> {
  const { rows } = await sql<{ at: Date | null }>`
    select max(due_at) as at from hunting.approach where workspace_id = ${workspaceId} and holder_id = ${memberId} and state = 'accepted'`.execute(
    tx,
  );
  return rows[0]!.at;
}

export async function accept(
  tx: Tx,
  { workspaceId }: Actor,
  huntId: string,
  all: readonly { approachId: string; at: Date }[],
): Promise<void> {
  const rows = all.map(({ approachId, at }) => ({ approach_id: approachId, due_at: at }));
  await sql`
    update hunting.approach a set state = 'accepted', due_at = n.due_at, until_on = null, reasons = '{}', changed_at = now()
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) n (approach_id uuid, due_at timestamptz)
    where a.workspace_id = ${workspaceId} and a.hunt_id = ${huntId} and a.approach_id = n.approach_id`.execute(tx);
}

export async function setState(
  tx: Tx,
  { workspaceId }: Actor,
  huntId: string,
  approachIds: readonly string[],
  {
    state,
    untilOn = null,
    reasons = [],
  }: { state: ApproachState; untilOn?: string | null; reasons?: readonly string[] },
): Promise<void> {
  await sql`
    update hunting.approach set state = ${state}, until_on = ${untilOn}, due_at = null, reasons = ${reasons}, changed_at = now()
    where workspace_id = ${workspaceId} and hunt_id = ${huntId} and approach_id = any(${approachIds}::uuid[])`.execute(
    tx,
  );
}

/** @param changed undefined: as it is; null: the hunt's words again */
export async function edit(
  tx: Tx,
  { workspaceId }: Actor,
  huntId: string,
  approachId: string,
  {
    subject,
    letter,
    rank,
  }: { subject?: string | null | undefined; letter?: string | null | undefined; rank?: number | undefined },
): Promise<void> {
  const changes = [
    sql`changed_at = now()`,
    ...(subject === undefined ? [] : [sql`subject = ${subject}`]),
    ...(letter === undefined ? [] : [sql`letter = ${letter}`]),
    ...(rank === undefined ? [] : [sql`rank = ${rank}`]),
  ];
  await sql`update hunting.approach set ${sql.join(changes)}
    where workspace_id = ${workspaceId} and hunt_id = ${huntId} and approach_id = ${approachId}`.execute(tx);
}

export async function markWritten(
  tx: Tx,
  { workspaceId }: Actor,
  huntId: string,
  {
    approachId,
    messageId,
    contactPointId,
    subject,
    letter,
  }: { approachId: string; messageId: string; contactPointId: string; subject: string; letter: string },
): Promise<void> {
  await sql`
    update hunting.approach set state = 'written', due_at = null, message_id = ${messageId}, contact_point_id = ${contactPointId}, subject = ${subject},
      letter = ${letter}, reasons = '{}', changed_at = now()
    where workspace_id = ${workspaceId} and hunt_id = ${huntId} and approach_id = ${approachId}`.execute(tx);
}

/** @returns false where no letter was written */
export async function setOutcome(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  huntId: string,
  approachId: string,
  outcome: string | null,
): Promise<boolean> {
  const done = await sql`
    update hunting.approach set outcome = ${outcome}, outcome_seen = ${outcome === null ? null : false}, outcome_at = ${outcome === null ? null : sql`now()`}
    where workspace_id = ${workspaceId} and hunt_id = ${huntId} and approach_id = ${approachId} and holder_id = ${memberId} and state = 'written'`.execute(
    tx,
  );
  return done.numAffectedRows === 1n;
}

/** Letters of the actor's that it is time to write, locked: another process leaves them out. */
export async function takeDue(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  most: number,
): Promise<{ hunt_id: string; approach_id: string }[]> {
  const { rows } = await sql<{ hunt_id: string; approach_id: string }>`
    select a.hunt_id, a.approach_id from hunting.approach a
    where a.workspace_id = ${workspaceId} and a.holder_id = ${memberId} and a.state = 'accepted' and a.due_at <= now()
    order by a.due_at limit ${most} for update skip locked`.execute(tx);
  return rows;
}

// --- contributing ---

/** The actor's own cards of persons: each of these card ids with one that they hold of the same cluster. */
export async function findOwnCards(
  tx: Tx,
  { workspaceId }: Actor,
  cardIds: readonly string[],
): Promise<{ card_id: string; cluster_id: string }[]> {
  const { rows } = await sql<{ card_id: string; cluster_id: string }>`
    select c.card_id, c.cluster_id from cards.card c
    join delegation.book b on b.workspace_id = ${workspaceId} and b.book_no = c.book_no
    where c.workspace_id = ${workspaceId} and c.card_id = any(${cardIds}::uuid[]) and c.kind = 'person' and c.exposure < 2
      and strpos(current_setting('app.own_books', true), b.book_id::text) > 0 and b.holder_id is not null
    order by c.card_id`.execute(tx);
  return rows;
}

/** Of these clusters, those of whom somebody is on a list of the hunt, as far as a holder may know: whom others have added is theirs to know. As the keeper. */
export async function listInHunt(
  tx: Tx,
  workspaceId: string,
  huntId: string,
  holderId: string,
  clusterIds: readonly string[],
): Promise<Set<string>> {
  const { rows } = await sql<{ cluster_id: string }>`
    select distinct c.cluster_id from hunting.approach a join cards.card c on c.workspace_id = ${workspaceId} and c.card_id = a.card_id
    where a.workspace_id = ${workspaceId} and a.hunt_id = ${huntId} and c.cluster_id = any(${clusterIds}::uuid[])
      and (not a.contributed or a.holder_id = ${holderId})`.execute(tx);
  return new Set(rows.map((row) => row.cluster_id));
}

// --- how far it is ---

export interface CoverageRow {
  holder_id: string;
  holder: string;
  proposed: number;
  contributed: number;
  written: number;
  answered: number;
  meetings: number;
}

/** How far each holder is, in numbers alone. */
export async function countCoverage(tx: Tx, { workspaceId }: Actor, huntId: string): Promise<CoverageRow[]> {
  const { rows } = await sql<CoverageRow>`
    select v.holder_id, coalesce(m.name, '') as holder, v.proposed, v.contributed, v.written, v.answered, v.meetings
    from hunting.count_coverage(${huntId}) v
    left join identity.member m on m.workspace_id = ${workspaceId} and m.member_id = v.holder_id
    order by v.proposed + v.contributed desc, m.name`.execute(tx);
  return rows;
}

/** To whom letters left: cards that are lent, by the time they were written. */
export async function listWritten(
  tx: Tx,
  { workspaceId }: Actor,
  huntId: string,
  after: string | null,
  limit: number,
): Promise<
  { approach_id: string; card_id: string; holder_id: string; holder: string; outcome: ApproachRow['outcome'] }[]
> {
  const { rows } = await sql<{
    approach_id: string;
    card_id: string;
    holder_id: string;
    holder: string;
    outcome: ApproachRow['outcome'];
  }>`
    select a.approach_id, a.card_id, a.holder_id, coalesce(m.name, '') as holder, a.outcome from hunting.approach a
    join cards.card c on c.workspace_id = ${workspaceId} and c.card_id = a.card_id
    left join identity.member m on m.workspace_id = ${workspaceId} and m.member_id = a.holder_id
    where a.workspace_id = ${workspaceId} and a.hunt_id = ${huntId} and a.state = 'written' and not a.contributed
      ${after ? sql`and a.approach_id > ${after}::uuid` : sql``}
    order by a.approach_id limit ${limit}`.execute(tx);
  return rows;
}

/** Whether a holder has contacts of whom they have said nothing. */
export async function hasUndecided(tx: Tx, workspaceId: string, huntId: string, holderId: string): Promise<boolean> {
  const { rows } = await sql`
    select from hunting.approach where workspace_id = ${workspaceId} and hunt_id = ${huntId} and holder_id = ${holderId} and state = 'proposed' limit 1`.execute(
    tx,
  );
  return rows.length > 0;
}

/** Of these persons, by cards of theirs, those who are on somebody's list in the hunt of a campaign, whatever was decided. As the keeper. */
export async function listHunted(
  tx: Tx,
  workspaceId: string,
  campaignId: string,
  cardIds: readonly string[],
): Promise<Set<string>> {
  const { rows } = await sql<{ card_id: string }>`
    select c.card_id from cards.card c
    where c.workspace_id = ${workspaceId} and c.card_id = any(${cardIds}::uuid[]) and c.cluster_id in (
      select o.cluster_id from hunting.hunt h
      join hunting.approach a on a.workspace_id = ${workspaceId} and a.hunt_id = h.hunt_id
      join cards.card o on o.workspace_id = ${workspaceId} and o.card_id = a.card_id
      join identity.member m on m.workspace_id = ${workspaceId} and m.member_id = a.holder_id
      where h.workspace_id = ${workspaceId} and h.campaign_id = ${campaignId} and not a.contributed and (m.status = 'active' or a.state = 'written'))`.execute(
    tx,
  );
  return new Set(rows.map((row) => row.card_id));
}

/** Letters that did not leave after all, in all workspaces: their holder decides again, and nobody counts them as written. */
export async function reopenUnsent(tx: Tx): Promise<void> {
  // No workspace: housekeeping of all of them.
  await sql`update hunting.approach a set state = 'refused', message_id = null, changed_at = now(),
      reasons = case when m.state = 'refused' then m.reasons else array['unsent'] end
    from outreach.message m where m.workspace_id = a.workspace_id and m.message_id = a.message_id and a.state = 'written'
      and m.state in ('refused', 'failed', 'cancelled') and a.outcome is null`.execute(tx);
}

/** What a holder had accepted who is gone: it is written no more. As the keeper. */
export async function refuseOf(tx: Tx, workspaceId: string, holderId: string): Promise<void> {
  await sql`update hunting.approach set state = 'refused', due_at = null, reasons = array['author_gone'], changed_at = now()
    where workspace_id = ${workspaceId} and holder_id = ${holderId} and state = 'accepted'`.execute(tx);
}

/** Of a hunt whose letter has changed, what was accepted in its own words is to be accepted again. As the keeper. */
export async function proposeChanged(tx: Tx, workspaceId: string, huntId: string): Promise<void> {
  await sql`update hunting.approach set state = 'proposed', due_at = null, changed_at = now()
    where workspace_id = ${workspaceId} and hunt_id = ${huntId} and state = 'accepted' and (subject is null or letter is null)`.execute(
    tx,
  );
}

/** Whether the lists of a campaign's hunt are still to be given out. As the keeper. */
export async function isBeingSharedOut(tx: Tx, workspaceId: string, campaignId: string): Promise<boolean> {
  const { rows } = await sql`
    select from hunting.hunt where workspace_id = ${workspaceId} and campaign_id = ${campaignId} and shared_out_at is null and ended_at is null`.execute(
    tx,
  );
  return rows.length > 0;
}
