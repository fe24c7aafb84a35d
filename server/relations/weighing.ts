import { sql } from 'kysely';
import type { FoundKind } from '../cards/tie-contract.ts';
import type { Tx } from '../kernel/database.ts';
import { newId } from '../kernel/ids.ts';
import { stir } from '../kernel/stirring.ts';
import { type Evidence, toldStrength, type Weighed, weigh, weighMet } from './strength.ts';

export interface EvidenceRow extends Evidence {
  cardId: string;
}

/**
 * What is known of how a member is in touch with those whose cards they hold, card by card; cards of which nothing but holding is known are left
 * out. In the member's own transaction, or as the keeper.
 *
 * @param cardIds only these; null: all
 */
export async function loadEvidence(
  tx: Tx,
  workspaceId: string,
  memberId: string,
  cardIds: readonly string[] | null,
): Promise<EvidenceRow[]> {
  const among = cardIds ? sql`and c.card_id = any(${cardIds})` : sql``;
  const { rows } = await sql<EvidenceRow>`
    with own as (
      select c.card_id from cards.card c
      join delegation.book b on b.workspace_id = ${workspaceId} and b.book_no = c.book_no and b.holder_id = ${memberId} and b.once_for is null
      where c.workspace_id = ${workspaceId} and c.exposure < 2 and c.kind = 'person' ${among}),
    point as (
      select distinct f.card_id, f.contact_point_id from cards.card_field f
      where f.workspace_id = ${workspaceId} and f.contact_point_id is not null and f.card_id in (select card_id from own)),
    mail as (
      select p.card_id, sum(r.received)::int as received, sum(r.sent)::int as sent, sum(r.beside)::int as beside, min(r.first_at) as first_at,
        max(r.last_at) as last_at
      from point p
      join correspondents.correspondent r on r.workspace_id = ${workspaceId} and r.contact_point_id = p.contact_point_id
        and r.member_id = ${memberId}
      group by p.card_id),
    -- One meeting counts once, in however many calendars and under however many addresses.
    meeting as (
      select distinct p.card_id, m.meeting_key, m.starts, m.minutes, m.people from point p
      join correspondents.attendee a on a.workspace_id = ${workspaceId} and a.contact_point_id = p.contact_point_id
        and a.member_id = ${memberId} and a.answer <> 'declined'
      join correspondents.meeting m on m.workspace_id = ${workspaceId} and m.source_id = a.source_id and m.meeting_key = a.meeting_key),
    met as (
      select m.card_id, count(*)::int as meetings, sum(least(m.minutes, 240) / 60.0 / greatest(m.people - 1, 1))::float8 as hours,
        min(t.at) as first_at, max(t.at) as last_at
      from meeting m cross join unnest(m.starts) t(at) where t.at <= now() group by m.card_id),
    introduced as (
      select a.card_id, count(*)::int as introductions from introductions.ask a
      where a.workspace_id = ${workspaceId} and a.holder_id = ${memberId} and a.state = 'introduced' and a.card_id is not null
      group by a.card_id),
    said as (
      select distinct on (v.card_id) v.card_id, v.closeness from cards.viewpoint v
      where v.workspace_id = ${workspaceId} and v.author_id = ${memberId} and v.ended_at is null and v.closeness is not null and v.opportunity_id is null
      order by v.card_id, v.created_at desc)
    select o.card_id as "cardId", coalesce(mail.received, 0) as received, coalesce(mail.sent, 0) as sent, coalesce(mail.beside, 0) as beside,
      coalesce(met.meetings, 0) as meetings, coalesce(met.hours, 0) as "meetingHours", least(mail.first_at, met.first_at) as "firstAt",
      greatest(mail.last_at, met.last_at) as "lastAt", coalesce(introduced.introductions, 0) as introductions, said.closeness
    from own o
    left join mail on mail.card_id = o.card_id
    left join met on met.card_id = o.card_id
    left join introduced on introduced.card_id = o.card_id
    left join said on said.card_id = o.card_id
    where mail.card_id is not null or met.card_id is not null or introduced.card_id is not null or said.card_id is not null`.execute(
    tx,
  );
  return rows;
}

/** Keeps what was weighed: for the member's own sight, and, where they tell how well they know people, for readers of the card. */
async function keep(
  tx: Tx,
  workspaceId: string,
  memberId: string,
  weighed: readonly (Weighed & { cardId: string })[],
  shared: boolean,
): Promise<void> {
  const rows = JSON.stringify(weighed);
  await sql`
    insert into cards.acquaintance as a (workspace_id, card_id, shared, member_id, book_no, exposure, strength, grounds)
    select ${workspaceId}, c.card_id, ${shared}, ${memberId}, c.book_no, c.exposure, w.strength,
      array(select jsonb_array_elements_text(w.grounds))
    from jsonb_to_recordset(${rows}::jsonb) w("cardId" uuid, strength smallint, grounds jsonb)
    join cards.card c on c.workspace_id = ${workspaceId} and c.card_id = w."cardId"
    on conflict on constraint acquaintance_pk do update set strength = excluded.strength, grounds = excluded.grounds, weighed_at = now(),
      member_id = excluded.member_id, book_no = excluded.book_no, exposure = excluded.exposure`.execute(tx);
}

/** Each card with whether it is told and how well, in a word. */
async function listStrengths(tx: Tx, workspaceId: string, memberId: string): Promise<Set<string>> {
  const { rows } = await sql<{ word: string }>`
    select concat_ws(' ', card_id, shared, strength) as word from cards.acquaintance
    where workspace_id = ${workspaceId} and member_id = ${memberId}`.execute(tx);
  return new Set(rows.map((row) => row.word));
}

/** Drops what is not said any more; that the member wants not to be asked about somebody stays. */
async function dropOthers(tx: Tx, workspaceId: string, memberId: string, cardIds: readonly string[], shared: boolean) {
  await sql`delete from cards.acquaintance where workspace_id = ${workspaceId} and member_id = ${memberId} and shared = ${shared}
    and not hidden and not card_id = any(${cardIds})`.execute(tx);
  await sql`update cards.acquaintance set strength = 0, grounds = '{}' where workspace_id = ${workspaceId} and member_id = ${memberId}
    and shared = ${shared} and hidden and not card_id = any(${cardIds})`.execute(tx);
}

/** Meetings of more people than this say nothing of any two of them. */
const tableful = 12;
/** Ties that one member's meetings may make: the strongest, and of each card so many. */
const mostMet = { inAll: 5000, ofCard: 20 } as const;

interface MetRow {
  kind: FoundKind;
  cardA: string;
  cardB: string;
  hours: number;
  lastAt: Date;
}

/** What a message that both stand on says, in hours of a meeting. */
const hoursOfMessage = 0.1;

/** Which two of those whose cards a member holds stand on the same messages of theirs. As the keeper. */
async function loadCopied(tx: Tx, workspaceId: string, memberId: string): Promise<MetRow[]> {
  const { rows } = await sql<MetRow>`
    with own as (
      select distinct f.contact_point_id, f.card_id, c.cluster_id from correspondents.correspondent r
      join cards.card_field f on f.workspace_id = ${workspaceId} and f.contact_point_id = r.contact_point_id
      join cards.card c on c.workspace_id = ${workspaceId} and c.card_id = f.card_id and c.exposure < 2 and c.kind = 'person'
      join delegation.book b on b.workspace_id = ${workspaceId} and b.book_no = c.book_no and b.holder_id = ${memberId} and b.once_for is null
      where r.workspace_id = ${workspaceId} and r.member_id = ${memberId})
    select 'copied' as kind, least(one.card_id, other.card_id) as "cardA", greatest(one.card_id, other.card_id) as "cardB",
      sum(p.messages) * ${sql.lit(hoursOfMessage)}::float8 as hours, max(p.last_at) as "lastAt"
    from correspondents.pair p
    join own one on one.contact_point_id = p.point_a
    join own other on other.contact_point_id = p.point_b and other.cluster_id <> one.cluster_id
    where p.workspace_id = ${workspaceId} and p.member_id = ${memberId}
    group by 2, 3 order by 4 desc, 2, 3 limit ${sql.lit(mostMet.inAll)}`.execute(tx);
  return strongestOf(rows);
}

/** Of each card the strongest few. */
function strongestOf(rows: readonly MetRow[]): MetRow[] {
  const counted = new Map<string, number>();
  return rows.filter(({ cardA, cardB }) => {
    const counts = [cardA, cardB].map((id) => (counted.get(id) ?? 0) + 1);
    if (counts.some((count) => count > mostMet.ofCard)) return false;
    counted.set(cardA, counts[0]!).set(cardB, counts[1]!);
    return true;
  });
}

/** Which two of those whose cards a member holds were at meetings with them, and for how long. As the keeper. */
async function loadMet(tx: Tx, workspaceId: string, memberId: string): Promise<MetRow[]> {
  const { rows } = await sql<MetRow>`
    with there as (
      select distinct f.card_id, c.cluster_id, m.meeting_key, m.starts, m.minutes, m.people
      from correspondents.attendee a
      join correspondents.meeting m on m.workspace_id = ${workspaceId} and m.source_id = a.source_id and m.meeting_key = a.meeting_key
        and m.people <= ${sql.lit(tableful)}
      join cards.card_field f on f.workspace_id = ${workspaceId} and f.contact_point_id = a.contact_point_id
      join cards.card c on c.workspace_id = ${workspaceId} and c.card_id = f.card_id and c.exposure < 2 and c.kind = 'person'
      join delegation.book b on b.workspace_id = ${workspaceId} and b.book_no = c.book_no and b.holder_id = ${memberId} and b.once_for is null
      where a.workspace_id = ${workspaceId} and a.member_id = ${memberId} and a.answer <> 'declined')
    select 'met' as kind, one.card_id as "cardA", other.card_id as "cardB",
      sum(least(one.minutes, 240) / 60.0 / greatest(one.people - 1, 1))::float8 as hours, max(t.at) as "lastAt"
    from there one
    join there other on other.meeting_key = one.meeting_key and one.card_id < other.card_id and one.cluster_id <> other.cluster_id
    cross join unnest(one.starts) t(at)
    where t.at <= now()
    group by 2, 3 order by 4 desc, 2, 3 limit ${sql.lit(mostMet.inAll)}`.execute(tx);
  return strongestOf(rows);
}

/** Keeps the ties that a member's meetings and messages show, in place of those of before. */
async function keepMet(tx: Tx, workspaceId: string, memberId: string, met: readonly MetRow[], shared: boolean) {
  const rows = JSON.stringify(
    met.map(({ hours, ...one }) => ({
      ...one,
      tieId: newId(),
      strength: shared ? Math.min(weighMet(hours), toldStrength(weighMet(hours))) : weighMet(hours),
    })),
  );
  await sql`delete from cards.tie where workspace_id = ${workspaceId} and author_id = ${memberId} and not declared`.execute(
    tx,
  );
  await sql`insert into cards.tie (workspace_id, tie_id, kind, card_a, card_b, book_no_a, book_no_b, exposure_a, exposure_b, cluster_a, cluster_b,
      author_id, declared, shared, strength, seen_at)
    select ${workspaceId}, m."tieId", m.kind, a.card_id, b.card_id, a.book_no, b.book_no, a.exposure, b.exposure, a.cluster_id, b.cluster_id,
      ${memberId}, false, ${shared} and not exists (select from cards.acquaintance h
        where h.workspace_id = ${workspaceId} and h.card_id in (a.card_id, b.card_id) and h.shared and h.hidden), m.strength, m."lastAt"
    from jsonb_to_recordset(${rows}::jsonb) m("tieId" uuid, kind text, "cardA" uuid, "cardB" uuid, strength smallint, "lastAt" timestamptz)
    join cards.card a on a.workspace_id = ${workspaceId} and a.card_id = m."cardA"
    join cards.card b on b.workspace_id = ${workspaceId} and b.card_id = m."cardB"`.execute(tx);
}

/** Weighs anew how well a member knows those whose cards they hold. As the keeper; done twice it changes nothing. */
export async function weighMember(tx: Tx, workspaceId: string, memberId: string): Promise<void> {
  // Two at once would each replace what the other has just written.
  await sql`select pg_advisory_xact_lock(hashtextextended(${`relations ${memberId}`}, 0))`.execute(tx);
  const now = new Date();
  const { rows } = await sql<{ tells: string }>`
    select tells from relations.connector where workspace_id = ${workspaceId} and member_id = ${memberId}`.execute(tx);
  const evidence = await loadEvidence(tx, workspaceId, memberId, null);
  const weighed = evidence.map(({ cardId, ...one }) => ({ cardId, ...weigh(one, now) }));
  const tells = rows[0]?.tells;
  const told = tells === 'strength' ? weighed.map((one) => ({ ...one, strength: toldStrength(one.strength) })) : [];
  const before = await listStrengths(tx, workspaceId, memberId);
  for (const [list, shared] of [
    [weighed, false],
    [told, true],
  ] as const) {
    const ids = list.map(({ cardId }) => cardId);
    await dropOthers(tx, workspaceId, memberId, ids, shared);
    await keep(tx, workspaceId, memberId, list, shared);
  }
  const after = await listStrengths(tx, workspaceId, memberId);
  const changed = [...before, ...after].filter((row) => !before.has(row) || !after.has(row));
  await stir(
    tx,
    workspaceId,
    'tie',
    changed.map((row) => row.split(' ')[0]!),
  );
  const met = [...(await loadMet(tx, workspaceId, memberId)), ...(await loadCopied(tx, workspaceId, memberId))];
  await keepMet(tx, workspaceId, memberId, met, tells === 'strength');
}

/** What a member's mail, meetings and words said of whom they know goes with them when they leave. As the keeper. */
export async function forgetTiesOf(tx: Tx, workspaceId: string, accountId: string): Promise<void> {
  const member = sql`(select member_id from identity.member where workspace_id = ${workspaceId} and account_id = ${accountId})`;
  const { rows } = await sql<{ card_id: string }>`
    delete from cards.acquaintance where workspace_id = ${workspaceId} and member_id = ${member} returning card_id`.execute(
    tx,
  );
  await stir(
    tx,
    workspaceId,
    'tie',
    rows.map((row) => row.card_id),
  );
  await sql`delete from cards.tie where workspace_id = ${workspaceId} and author_id = ${member} and not declared`.execute(
    tx,
  );
}

/** Members who hold cards and may have new evidence: of one workspace after the other. As the keeper. */
export async function listWeighed(tx: Tx): Promise<{ workspace_id: string; member_id: string }[]> {
  // No workspace: the nightly round goes through all of them.
  const { rows } = await sql<{ workspace_id: string; member_id: string }>`
    select m.workspace_id, m.member_id from identity.member m where m.status = 'active'
    order by m.workspace_id, m.member_id`.execute(tx);
  return rows;
}
