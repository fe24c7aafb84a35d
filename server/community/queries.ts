import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import { newId } from '../kernel/ids.ts';

// Communities, their spaces and people. What members read passes row security; what is written is the keeper's to write.

export interface CommunityRow {
  workspace_id: string;
  community_id: string;
  slug: string;
  name: string;
  intro_fr: string;
  intro_en: string;
  invited_only: boolean;
  first_reviewed: boolean;
  moderators_id: string;
  closed_at: Date | null;
}
const columns = sql`c.workspace_id, c.community_id, c.slug, c.name, c.intro_fr, c.intro_en, c.invited_only, c.first_reviewed, c.moderators_id,
  c.closed_at`;

/** By its address; as the keeper. */
export async function findBySlug(tx: Tx, slug: string) {
  // No workspace: the address is of the whole installation, and says which.
  const { rows } = await sql<CommunityRow & { workspace: string }>`
    select ${columns}, w.name as workspace from community.community c
    join identity.workspace w on w.workspace_id = c.workspace_id
    where c.slug = ${slug} and c.closed_at is null`.execute(tx);
  return rows[0];
}

export type ListedRow = CommunityRow & { team: string | null; mine: boolean; people: number; waiting: number };

/** Those of the workspace, or one of them. */
export async function listCommunities(tx: Tx, { workspaceId }: Actor, communityId?: string): Promise<ListedRow[]> {
  const { rows } = await sql<ListedRow>`
    select ${columns}, t.name as team,
      current_setting('app.role', true) = 'admin' or strpos(current_setting('app.audiences', true), c.moderators_id::text) > 0 as mine,
      (select count(*)::int from community.person p where p.workspace_id = ${workspaceId} and p.community_id = c.community_id) as people,
      (select count(*)::int from community.post p where p.workspace_id = ${workspaceId} and p.community_id = c.community_id
        and p.state = 'pending')
      + (select count(distinct r.post_id)::int from community.report r where r.workspace_id = ${workspaceId}
        and r.community_id = c.community_id and r.settled_at is null)
      + (select count(*)::int from community.story s where s.workspace_id = ${workspaceId} and s.community_id = c.community_id
        and s.state = 'pending' and s.withdrawn_at is null) as waiting
    from community.community c
    left join identity.team t on t.workspace_id = ${workspaceId} and t.team_id = c.moderators_id
    where c.workspace_id = ${workspaceId} and ${communityId ? sql`c.community_id = ${communityId}` : sql`true`}
    order by c.closed_at is not null, c.name, c.community_id`.execute(tx);
  return rows;
}

export type NewCommunity = Omit<CommunityRow, 'closed_at'>;
/** @returns false where somebody has this address */
export async function addCommunity(tx: Tx, row: NewCommunity): Promise<boolean> {
  const done = await tx
    .insertInto('community.community')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return done.numInsertedOrUpdatedRows === 1n;
}

export async function updateCommunity(
  tx: Tx,
  workspaceId: string,
  communityId: string,
  set: Partial<Omit<CommunityRow, 'workspace_id' | 'community_id' | 'slug'>>,
): Promise<void> {
  if (Object.keys(set).length === 0) return;
  await tx
    .updateTable('community.community')
    .set(set)
    .where('workspace_id', '=', workspaceId)
    .where('community_id', '=', communityId)
    .execute();
}

/** A team of this workspace. */
export async function findTeam(tx: Tx, { workspaceId }: Actor, teamId: string) {
  const { rows } = await sql<{ name: string }>`select name from identity.team
    where workspace_id = ${workspaceId} and team_id = ${teamId} and purpose is null`.execute(tx);
  return rows[0];
}

export interface SpaceRow {
  space_id: string;
  community_id: string;
  kind: 'ideas' | 'call';
  name_fr: string;
  name_en: string;
  intro_fr: string;
  intro_en: string;
  closes_on: string | null;
  feedback: string;
  ideas: number;
}

export async function listSpaces(tx: Tx, workspaceId: string, communityIds: readonly string[]): Promise<SpaceRow[]> {
  const { rows } = await sql<SpaceRow>`
    select s.space_id, s.community_id, s.kind, s.name_fr, s.name_en, s.intro_fr, s.intro_en, s.closes_on::text, s.feedback,
      (select count(*)::int from community.post p where p.workspace_id = ${workspaceId} and p.space_id = s.space_id
        and p.parent_id is null and p.state = 'shown') as ideas
    from community.space s where s.workspace_id = ${workspaceId} and s.community_id = any(${communityIds}::uuid[])
    order by s.space_id`.execute(tx);
  return rows;
}

export type NewSpace = Omit<SpaceRow, 'feedback' | 'ideas'>;
/** @returns false for one of another community */
export async function keepSpace(tx: Tx, workspaceId: string, row: NewSpace): Promise<boolean> {
  const { rows } = await sql`
    insert into community.space as s (workspace_id, space_id, community_id, kind, name_fr, name_en, intro_fr, intro_en, closes_on)
    values (${workspaceId}, ${row.space_id}, ${row.community_id}, ${row.kind}, ${row.name_fr}, ${row.name_en}, ${row.intro_fr},
      ${row.intro_en}, ${row.closes_on})
    on conflict (workspace_id, space_id) do update set kind = excluded.kind, name_fr = excluded.name_fr, name_en = excluded.name_en,
      intro_fr = excluded.intro_fr, intro_en = excluded.intro_en, closes_on = excluded.closes_on
      where s.community_id = excluded.community_id
    returning 1`.execute(tx);
  return rows.length > 0;
}

/** Says what became of a call, once. @returns its name; undefined where that was said, or it is none */
export async function keepFeedback(tx: Tx, workspaceId: string, communityId: string, spaceId: string, text: string) {
  const { rows } = await sql<{ name_fr: string; name_en: string }>`
    update community.space set feedback = ${text}, fed_back_at = now()
    where workspace_id = ${workspaceId} and community_id = ${communityId} and space_id = ${spaceId} and kind = 'call'
      and fed_back_at is null
    returning name_fr, name_en`.execute(tx);
  return rows[0];
}

/** Who proposed something to a call, and is not kept out. */
export async function listProposers(tx: Tx, workspaceId: string, spaceId: string) {
  const { rows } = await sql<{ contact_point_id: string; address: Buffer; locale: 'fr' | 'en' }>`
    select q.contact_point_id, q.address, q.locale from community.person q
    where q.workspace_id = ${workspaceId} and q.contact_point_id is not null and q.address is not null and not q.banned
      and exists (select from community.post p where p.workspace_id = ${workspaceId} and p.space_id = ${spaceId}
        and p.person_id = q.person_id and p.parent_id is null and p.state = 'shown')`.execute(tx);
  return rows;
}

export interface PersonRow {
  person_id: string;
  community_id: string;
  contact_point_id: string | null;
  member_id: string | null;
  name: string;
  locale: 'fr' | 'en';
  banned: boolean;
  trusted: boolean;
  code: string;
}

const person = sql`q.person_id, q.community_id, q.contact_point_id, q.member_id, q.name, q.locale, q.banned, q.trusted, q.code`;

/** As the keeper. */
export async function findByPoint(tx: Tx, workspaceId: string, communityId: string, contactPointId: string) {
  const { rows } = await sql<PersonRow>`select ${person} from community.person q
    where q.workspace_id = ${workspaceId} and q.community_id = ${communityId} and q.contact_point_id = ${contactPointId}`.execute(
    tx,
  );
  return rows[0];
}
export async function findByCode(tx: Tx, workspaceId: string, communityId: string, code: string) {
  const { rows } = await sql<PersonRow>`select ${person} from community.person q
    where q.workspace_id = ${workspaceId} and q.community_id = ${communityId} and q.code = ${code} and not q.banned`.execute(
    tx,
  );
  return rows[0];
}
export async function findBySession(tx: Tx, workspaceId: string, communityId: string, secretHash: Buffer) {
  const { rows } = await sql<PersonRow>`
    select ${person} from community.session s
    join community.person q on q.workspace_id = ${workspaceId} and q.person_id = s.person_id
    where s.workspace_id = ${workspaceId} and s.secret_hash = ${secretHash} and s.community_id = ${communityId} and s.expires_at > now()
      and not q.banned`.execute(tx);
  return rows[0];
}

/** One of ours, by the name that they have here; made when first needed. @returns null where somebody else has that name there */
export async function staffPerson(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  communityId: string,
  key: (name: string) => string,
) {
  const { rows: known } = await sql<{ person_id: string }>`select person_id from community.person
    where workspace_id = ${workspaceId} and community_id = ${communityId} and member_id = ${memberId}`.execute(tx);
  if (known[0]) return known[0].person_id;
  const member = await tx
    .selectFrom('identity.member')
    .select(['name', 'locale'])
    .where('workspace_id', '=', workspaceId)
    .where('member_id', '=', memberId)
    .executeTakeFirstOrThrow();
  const personId = newId();
  // Somebody joined under this name before they did: theirs is told apart by the mark.
  await sql`
    insert into community.person (workspace_id, community_id, person_id, member_id, name, name_key, locale, trusted, code)
    values (${workspaceId}, ${communityId}, ${personId}, ${memberId}, ${member.name}, ${`${key(member.name)} ${personId}`}, ${member.locale},
      true, ${personId})`.execute(tx);
  return personId;
}

export interface NewPerson {
  community_id: string;
  person_id: string;
  contact_point_id: string;
  address: Buffer;
  name: string;
  name_key: string;
  locale: string;
  referrer_id: string | null;
  code: string;
}
/** @returns false where somebody there has a name that looks the same */
export async function addPerson(tx: Tx, workspaceId: string, row: NewPerson): Promise<boolean> {
  const done = await tx
    .insertInto('community.person')
    .values({ workspace_id: workspaceId, ...row })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return done.numInsertedOrUpdatedRows === 1n;
}
/** @returns false where somebody there has a name that looks the same */
export async function renamePerson(
  tx: Tx,
  workspaceId: string,
  of: PersonRow,
  name: string,
  key: string,
): Promise<boolean> {
  const done = await sql`
    update community.person q set name = ${name}, name_key = ${key}
    where q.workspace_id = ${workspaceId} and q.person_id = ${of.person_id} and not exists (select from community.person o
      where o.workspace_id = ${workspaceId} and o.community_id = ${of.community_id} and o.name_key = ${key} and o.person_id <> q.person_id)`.execute(
    tx,
  );
  return done.numAffectedRows === 1n;
}
/** Takes somebody out, with all that they wrote, voted, reported and told. */
export async function removePerson(tx: Tx, workspaceId: string, personId: string): Promise<void> {
  await sql`delete from community.person where workspace_id = ${workspaceId} and person_id = ${personId}`.execute(tx);
}
/** Keeps somebody out, or lets them in again; their sessions end. @returns whether they belong there and are none of ours */
export async function setBanned(tx: Tx, workspaceId: string, communityId: string, personId: string, banned: boolean) {
  const done = await sql`update community.person set banned = ${banned}
    where workspace_id = ${workspaceId} and community_id = ${communityId} and person_id = ${personId} and member_id is null`.execute(
    tx,
  );
  if (banned)
    await sql`delete from community.session where workspace_id = ${workspaceId} and person_id = ${personId}`.execute(
      tx,
    );
  return done.numAffectedRows === 1n;
}

/** Names of who works here. */
export async function listStaffNames(tx: Tx, workspaceId: string): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select name from identity.member where workspace_id = ${workspaceId} and status = 'active'`.execute(tx);
  return rows.map((row) => row.name);
}

export interface NewLink {
  link_id: string;
  community_id: string;
  contact_point_id: string;
  address: Buffer;
  locale: string;
  referrer_id: string | null;
  secret_hash: Buffer;
  expires_at: Date;
}
export async function addLink(tx: Tx, workspaceId: string, row: NewLink): Promise<void> {
  await tx
    .insertInto('community.link')
    .values({ workspace_id: workspaceId, ...row })
    .execute();
}
/** A link that stands; locked, so that it is used once. */
export async function lockLink(tx: Tx, workspaceId: string, communityId: string, linkId: string) {
  const { rows } = await sql<Omit<NewLink, 'expires_at' | 'locale'> & { locale: 'fr' | 'en' }>`
    select link_id, community_id, contact_point_id, address, locale, referrer_id, secret_hash from community.link
    where workspace_id = ${workspaceId} and community_id = ${communityId} and link_id = ${linkId} and used_at is null and expires_at > now()
    for update`.execute(tx);
  return rows[0];
}
export async function spendLink(tx: Tx, workspaceId: string, linkId: string): Promise<void> {
  await sql`update community.link set used_at = now() where workspace_id = ${workspaceId} and link_id = ${linkId}`.execute(
    tx,
  );
}
/** Takes away links that were used or have expired, with the addresses in them, and sessions that have ended. */
export async function forgetEnded(tx: Tx): Promise<void> {
  // No workspace: they end alike in all.
  await sql`delete from community.link where used_at is not null or expires_at <= now()`.execute(tx);
  await sql`delete from community.session where expires_at <= now()`.execute(tx);
}
export async function addSession(
  tx: Tx,
  workspaceId: string,
  of: PersonRow,
  secretHash: Buffer,
  days: number,
): Promise<void> {
  await sql`insert into community.session (workspace_id, secret_hash, community_id, person_id, expires_at)
    values (${workspaceId}, ${secretHash}, ${of.community_id}, ${of.person_id}, now() + make_interval(days => ${days}))`.execute(
    tx,
  );
}
export async function endSession(tx: Tx, workspaceId: string, secretHash: Buffer): Promise<void> {
  await sql`delete from community.session where workspace_id = ${workspaceId} and secret_hash = ${secretHash}`.execute(
    tx,
  );
}

export async function isInvited(
  tx: Tx,
  workspaceId: string,
  communityId: string,
  contactPointId: string,
): Promise<boolean> {
  const { rows } = await sql`select 1 from community.invitation where workspace_id = ${workspaceId}
    and community_id = ${communityId} and contact_point_id = ${contactPointId}`.execute(tx);
  return rows.length > 0;
}
export async function addInvitations(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  communityId: string,
  spaceId: string | null,
  contactPointIds: readonly string[],
): Promise<void> {
  await sql`
    insert into community.invitation (workspace_id, community_id, contact_point_id, space_id, invited_by)
    select ${workspaceId}, ${communityId}, n.id, ${spaceId}, ${memberId} from unnest(${contactPointIds}::uuid[]) n (id)
    on conflict do nothing`.execute(tx);
}

export async function addAct(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  act: { community_id: string; kind: string; subject_id: string; reason: string },
): Promise<void> {
  await tx
    .insertInto('community.act')
    .values({ workspace_id: workspaceId, act_id: newId(), member_id: memberId, ...act })
    .execute();
}
export async function listActs(tx: Tx, { workspaceId }: Actor, communityId: string) {
  const { rows } = await sql<{
    act_id: string;
    member: string;
    kind: string;
    subject: string;
    reason: string;
    at: Date;
  }>`
    select a.act_id, coalesce(m.name, '') as member, a.kind, coalesce(nullif(p.title, ''), left(p.text, 80), q.name, '') as subject,
      a.reason, a.at from community.act a
    left join identity.member m on m.workspace_id = ${workspaceId} and m.member_id = a.member_id
    left join community.post p on p.workspace_id = ${workspaceId} and p.post_id = a.subject_id
    left join community.person q on q.workspace_id = ${workspaceId} and q.person_id = a.subject_id
    where a.workspace_id = ${workspaceId} and a.community_id = ${communityId} order by a.act_id desc limit 200`.execute(
    tx,
  );
  return rows;
}

export interface ListedPerson {
  person_id: string;
  contact_point_id: string | null;
  member_id: string | null;
  name: string;
  banned: boolean;
  joined_at: Date;
  came_through: string | null;
  brought: number;
}
export async function listPeople(
  tx: Tx,
  { workspaceId }: Actor,
  communityId: string,
  before: string | null,
  limit: number,
) {
  const { rows } = await sql<ListedPerson>`
    select q.person_id, q.contact_point_id, q.member_id, q.name, q.banned, q.joined_at, r.name as came_through,
      (select count(*)::int from community.person o where o.workspace_id = ${workspaceId} and o.referrer_id = q.person_id) as brought
    from community.person q
    left join community.person r on r.workspace_id = ${workspaceId} and r.person_id = q.referrer_id
    where q.workspace_id = ${workspaceId} and q.community_id = ${communityId}
      and ${before ? sql`q.person_id < ${before}` : sql`true`}
    order by q.person_id desc limit ${limit}`.execute(tx);
  return rows;
}
