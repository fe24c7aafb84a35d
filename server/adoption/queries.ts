import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import type { Lot, Part } from './contract.ts';
import type { Standing } from './rules.ts';

/** Which parts are open to everybody; a workspace that says nothing begins with the simple ones. */
export async function findHouse(tx: Tx, { workspaceId }: Actor): Promise<{ allOpen: boolean; open: Part[] }> {
  const { rows } = await sql<{ allOpen: boolean; open: Part[] }>`
    select all_open as "allOpen", open from adoption.house where workspace_id = ${workspaceId}`.execute(tx);
  return rows[0] ?? { allOpen: false, open: [] };
}

export async function setHouse(tx: Tx, { workspaceId }: Actor, allOpen: boolean, open: readonly Part[]) {
  await sql`
    insert into adoption.house (workspace_id, all_open, open) values (${workspaceId}, ${allOpen}, ${open})
    on conflict on constraint house_pk do update set all_open = ${allOpen}, open = ${open}, changed_at = now()`.execute(
    tx,
  );
}

/** Teams of the actor. */
export async function listOwnTeams(tx: Tx, { workspaceId, memberId }: Actor): Promise<string[]> {
  const { rows } = await sql<{ team_id: string }>`
    select team_id from identity.team_member where workspace_id = ${workspaceId} and member_id = ${memberId}`.execute(
    tx,
  );
  return rows.map((row) => row.team_id);
}

interface LotRow
  extends Pick<Lot, 'id' | 'name' | 'startsOn' | 'state' | 'teamIds' | 'sources' | 'parts' | 'goal' | 'version'> {
  teams: { id: string; name: string }[];
}

export async function listLots(tx: Tx, { workspaceId }: Actor): Promise<LotRow[]> {
  const { rows } = await sql<LotRow>`
    select l.lot_id as id, l.name, l.starts_on as "startsOn", l.state, l.team_ids as "teamIds", l.sources, l.parts, l.goal, l.version,
      (select coalesce(json_agg(json_build_object('id', t.team_id, 'name', t.name) order by t.name), '[]') from identity.team t
        where t.workspace_id = ${workspaceId} and t.team_id = any(l.team_ids)) as teams
    from adoption.lot l where l.workspace_id = ${workspaceId} and l.removed_at is null order by l.starts_on, l.created_at`.execute(
    tx,
  );
  return rows;
}

export type Said = Pick<Lot, 'name' | 'startsOn' | 'state' | 'teamIds' | 'sources' | 'parts' | 'goal'>;

export async function addLot(tx: Tx, { workspaceId }: Actor, lotId: string, said: Said): Promise<void> {
  await sql`
    insert into adoption.lot (workspace_id, lot_id, name, starts_on, state, team_ids, sources, parts, goal)
    values (${workspaceId}, ${lotId}, ${said.name}, ${said.startsOn}, ${said.state}, ${said.teamIds}, ${said.sources}, ${said.parts}, ${said.goal})`.execute(
    tx,
  );
}

/** @returns false when it is not there, or has another version by now */
export async function changeLot(tx: Tx, { workspaceId }: Actor, lotId: string, version: number, said: Said) {
  const { rows } = await sql`
    update adoption.lot set name = ${said.name}, starts_on = ${said.startsOn}, state = ${said.state}, team_ids = ${said.teamIds},
      sources = ${said.sources}, parts = ${said.parts}, goal = ${said.goal}, version = version + 1, changed_at = now()
    where workspace_id = ${workspaceId} and lot_id = ${lotId} and version = ${version} and removed_at is null returning lot_id`.execute(
    tx,
  );
  return rows.length > 0;
}

export async function setRemoved(tx: Tx, { workspaceId }: Actor, lotId: string, removed: boolean): Promise<boolean> {
  const { rows } = await sql`
    update adoption.lot set removed_at = case when ${removed} then now() end
    where workspace_id = ${workspaceId} and lot_id = ${lotId} and (removed_at is null) = ${removed} returning lot_id`.execute(
    tx,
  );
  return rows.length > 0;
}

/** Deletes those that can be brought back no longer. */
export async function purgeLots(tx: Tx): Promise<void> {
  // No workspace: of all.
  await sql`delete from adoption.lot where removed_at < now() - interval '30 days'`.execute(tx);
}

export async function listLessons(tx: Tx, { workspaceId, memberId }: Actor) {
  const { rows } = await sql<{ lot_id: string; id: string; text: string; author: string; at: Date; mine: boolean }>`
    select s.lot_id, s.lesson_id as id, s.text, coalesce(m.name, '') as author, s.at, s.author_id = ${memberId} as mine
    from adoption.lesson s left join identity.member m on m.workspace_id = ${workspaceId} and m.member_id = s.author_id
    where s.workspace_id = ${workspaceId} order by s.at desc`.execute(tx);
  return rows;
}

export async function addLesson(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  lessonId: string,
  lotId: string,
  text: string,
) {
  await sql`insert into adoption.lesson (workspace_id, lesson_id, lot_id, text, author_id)
    values (${workspaceId}, ${lessonId}, ${lotId}, ${text}, ${memberId})`.execute(tx);
}

export async function deleteLesson(tx: Tx, { workspaceId }: Actor, lessonId: string): Promise<boolean> {
  const { rows } = await sql`
    delete from adoption.lesson where workspace_id = ${workspaceId} and lesson_id = ${lessonId} returning lesson_id`.execute(
    tx,
  );
  return rows.length > 0;
}

export interface LotCounts {
  lot_id: string;
  people: number;
  joined: number;
  charter: number;
  source: number;
  lent: number;
  device: number;
  active: number;
  cards: number;
  lent_cards: number;
  uses: number;
  introductions: number;
}

/** Of the people of each lot together, as the keeper: to be rounded before it is told. */
export async function countLots(tx: Tx, workspaceId: string): Promise<LotCounts[]> {
  const { rows } = await sql<LotCounts>`
    with who as (
      select distinct l.lot_id, m.member_id, m.charter_version, m.status from adoption.lot l
      join identity.team_member t on t.workspace_id = ${workspaceId} and t.team_id = any(l.team_ids)
      join identity.member m on m.workspace_id = ${workspaceId} and m.member_id = t.member_id and m.status <> 'left'
      where l.workspace_id = ${workspaceId} and l.removed_at is null
    ), lending as (
      select distinct b.book_id, b.book_no, b.holder_id from delegation.book b
      join delegation.grant g on g.workspace_id = ${workspaceId} and g.book_id = b.book_id and g.reads
        and g.starts_at <= now() and (g.ends_at is null or g.ends_at > now())
      where b.workspace_id = ${workspaceId} and b.holder_id is not null
    ), each as (
      select w.lot_id, w.member_id, w.status = 'active' as joined,
        w.charter_version >= (select charter_version from identity.workspace where workspace_id = ${workspaceId}) as charter,
        exists (select from sources.source s where s.workspace_id = ${workspaceId} and s.holder_id = w.member_id and s.kind <> 'entregent') as source,
        exists (select from lending b where b.holder_id = w.member_id) as lent,
        exists (select from dav.device d where d.workspace_id = ${workspaceId} and d.member_id = w.member_id) as device,
        (select count(*) from cards.card c join delegation.book b on b.workspace_id = ${workspaceId} and b.book_no = c.book_no
          where c.workspace_id = ${workspaceId} and b.holder_id = w.member_id and c.exposure < 2) as cards,
        (select count(*) from cards.card c join lending b on b.book_no = c.book_no
          where c.workspace_id = ${workspaceId} and b.holder_id = w.member_id and c.exposure = 0) as lent_cards,
        (select coalesce(sum(h.count), 0) from delegation.happening h
          where h.workspace_id = ${workspaceId} and h.user_id = w.member_id and h.at > now() - interval '30 days') as uses,
        (select count(*) from introductions.request r
          where r.workspace_id = ${workspaceId} and r.asker_id = w.member_id and r.created_at > now() - interval '30 days') as introductions,
        exists (select from cards.card c join delegation.book b on b.workspace_id = ${workspaceId} and b.book_no = c.book_no
          where c.workspace_id = ${workspaceId} and b.holder_id = w.member_id and c.created_at > now() - interval '30 days') as brought
      from who w
    )
    select lot_id, count(*)::int as people, count(*) filter (where joined)::int as joined, count(*) filter (where charter)::int as charter,
      count(*) filter (where source)::int as source, count(*) filter (where lent)::int as lent, count(*) filter (where device)::int as device,
      count(*) filter (where brought or uses > 0 or introductions > 0)::int as active, sum(cards)::int as cards,
      sum(lent_cards)::int as lent_cards, sum(uses)::int as uses, sum(introductions)::int as introductions
    from each group by lot_id`.execute(tx);
  return rows;
}

/** What stands in the workspace, as the keeper: what the next part is chosen by. Nothing of it is told. */
export async function readStanding(tx: Tx, workspaceId: string): Promise<Standing> {
  const { rows } = await sql<Standing>`
    select (select count(*)::int from identity.member where workspace_id = ${workspaceId} and status = 'active') as members,
      (select count(*)::int from cards.card where workspace_id = ${workspaceId} and exposure < 2) as cards,
      (select count(*)::int from cards.card where workspace_id = ${workspaceId} and exposure < 2 and kind = 'organization') as organizations,
      (select count(distinct book_id)::int from delegation.grant where workspace_id = ${workspaceId} and reads
        and (ends_at is null or ends_at > now())) as "lentBooks",
      (select count(*)::int from correspondents.mailbox where workspace_id = ${workspaceId}) as mailboxes,
      (select count(*)::int from conversations.channel where workspace_id = ${workspaceId} and ended_at is null) as channels,
      (select count(*)::int from conversations.conversation where workspace_id = ${workspaceId}) as conversations`.execute(
    tx,
  );
  return rows[0]!;
}
