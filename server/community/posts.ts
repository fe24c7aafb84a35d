import { sql } from 'kysely';
import type { Tx } from '../kernel/database.ts';
import type { Status } from './contract.ts';

// What people of communities write: ideas, what is said about them, votes, reports, stories.

export interface PostRow {
  post_id: string;
  community_id: string;
  space_id: string;
  parent_id: string | null;
  person_id: string;
  author: string;
  member_id: string | null;
  contact_point_id: string | null;
  banned: boolean;
  title: string;
  text: string;
  state: 'pending' | 'shown' | 'hidden';
  reason: string;
  status: Status;
  status_reason: string;
  votes: number;
  comments: number;
  at: Date;
}

const columns = (workspaceId: string) => sql`
  p.post_id, p.community_id, p.space_id, p.parent_id, p.person_id, q.name as author, q.member_id, q.contact_point_id, q.banned, p.title, p.text,
  p.state, p.reason, p.status, p.status_reason, p.at,
  (select count(*)::int from community.vote v join community.person b on b.workspace_id = ${workspaceId} and b.person_id = v.person_id
    and not b.banned where v.workspace_id = ${workspaceId} and v.post_id = p.post_id) as votes,
  (select count(*)::int from community.post o where o.workspace_id = ${workspaceId} and o.parent_id = p.post_id and o.state = 'shown') as comments`;

const from = (workspaceId: string) => sql`
  from community.post p join community.person q on q.workspace_id = ${workspaceId} and q.person_id = p.person_id`;

/** One after the other who changes what is heard of a community's ideas, until the end of the transaction: read the idea after it. */
export async function lockIdeas(tx: Tx, workspaceId: string, communityId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`ideas ${workspaceId} ${communityId}`}, 0))`.execute(tx);
}

export async function findPost(
  tx: Tx,
  workspaceId: string,
  communityId: string,
  postId: string,
): Promise<PostRow | undefined> {
  const { rows } = await sql<PostRow>`select ${columns(workspaceId)} ${from(workspaceId)}
    where p.workspace_id = ${workspaceId} and p.community_id = ${communityId} and p.post_id = ${postId}`.execute(tx);
  return rows[0];
}

export interface PostFilter {
  spaceId?: string | undefined;
  status?: Status | undefined;
  before?: string | undefined;
}
/** Ideas, the newest first; for moderators those that are not shown too. */
export async function listIdeas(
  tx: Tx,
  workspaceId: string,
  communityId: string,
  { spaceId, status, before }: PostFilter,
  limit: number,
): Promise<PostRow[]> {
  const { rows } = await sql<PostRow>`select ${columns(workspaceId)} ${from(workspaceId)}
    where p.workspace_id = ${workspaceId} and p.community_id = ${communityId} and p.parent_id is null
      and ${spaceId ? sql`p.space_id = ${spaceId}` : sql`true`} and ${status ? sql`p.status = ${status}` : sql`true`}
      and ${before ? sql`p.post_id < ${before}` : sql`true`}
    order by p.post_id desc limit ${limit}`.execute(tx);
  return rows;
}

/** Those that everybody sees, and one's own; most wanted first. */
export async function listShown(
  tx: Tx,
  workspaceId: string,
  communityId: string,
  viewerId: string | null,
  spaceId: string | null,
) {
  const { rows } = await sql<PostRow>`select ${columns(workspaceId)} ${from(workspaceId)}
    where p.workspace_id = ${workspaceId} and p.community_id = ${communityId} and p.parent_id is null
      and (p.state = 'shown' or p.person_id = ${viewerId}::uuid) and ${spaceId ? sql`p.space_id = ${spaceId}` : sql`true`}
    order by votes desc, p.post_id desc limit 200`.execute(tx);
  return rows;
}

/** What is said about an idea, the oldest first. @param all what is not shown too; else one's own of it */
export async function listComments(tx: Tx, workspaceId: string, postId: string, viewerId: string | null, all = false) {
  const { rows } = await sql<PostRow>`select ${columns(workspaceId)} ${from(workspaceId)}
    where p.workspace_id = ${workspaceId} and p.parent_id = ${postId} and (${all} or p.state = 'shown' or p.person_id = ${viewerId}::uuid)
    order by p.post_id limit 500`.execute(tx);
  return rows;
}

export interface NewPost {
  post_id: string;
  community_id: string;
  space_id: string;
  parent_id: string | null;
  person_id: string;
  title: string;
  text: string;
  state: 'pending' | 'shown';
}
export async function addPost(tx: Tx, workspaceId: string, row: NewPost): Promise<void> {
  await tx
    .insertInto('community.post')
    .values({ workspace_id: workspaceId, ...row })
    .execute();
}

/** Posts of somebody within so many minutes; two at once wait for each other. */
export async function countPosts(tx: Tx, workspaceId: string, personId: string) {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`posts ${workspaceId} ${personId}`}, 0))`.execute(tx);
  const { rows } = await sql<{ ten: number; day: number }>`
    select count(*) filter (where at > now() - interval '10 minutes')::int as ten, count(*)::int as day from community.post
    where workspace_id = ${workspaceId} and person_id = ${personId} and at > now() - interval '1 day'`.execute(tx);
  return rows[0]!;
}

/** A moderator's word; what was reported is settled with it. Whoever has a post shown is trusted from then on. */
export async function decidePost(
  tx: Tx,
  workspaceId: string,
  { post_id, person_id }: Pick<PostRow, 'post_id' | 'person_id'>,
  show: boolean,
  reason: string,
): Promise<void> {
  await sql`update community.post set state = ${show ? 'shown' : 'hidden'}, reason = ${show ? '' : reason}
    where workspace_id = ${workspaceId} and post_id = ${post_id}`.execute(tx);
  await sql`update community.report set settled_at = now()
    where workspace_id = ${workspaceId} and post_id = ${post_id} and settled_at is null`.execute(tx);
  if (show)
    await sql`update community.person set trusted = true where workspace_id = ${workspaceId} and person_id = ${person_id}`.execute(
      tx,
    );
}

export async function setStatus(
  tx: Tx,
  workspaceId: string,
  postId: string,
  status: Status,
  reason: string,
): Promise<void> {
  await sql`update community.post set status = ${status}, status_reason = ${reason}
    where workspace_id = ${workspaceId} and post_id = ${postId}`.execute(tx);
}

/** Votes for an idea, or takes that back; once for each person who is there. @returns whether they want it now */
export async function toggleVote(tx: Tx, workspaceId: string, postId: string, personId: string): Promise<boolean> {
  const { rows } = await sql`
    insert into community.vote (workspace_id, post_id, person_id)
    select q.workspace_id, ${postId}, q.person_id from community.person q
    where q.workspace_id = ${workspaceId} and q.person_id = ${personId} and not q.banned
    on conflict do nothing returning 1`.execute(tx);
  if (rows.length > 0) return true;
  await sql`delete from community.vote where workspace_id = ${workspaceId} and post_id = ${postId} and person_id = ${personId}`.execute(
    tx,
  );
  return false;
}
export async function listVotes(tx: Tx, workspaceId: string, personId: string): Promise<Set<string>> {
  const { rows } = await sql<{ post_id: string }>`
    select post_id from community.vote where workspace_id = ${workspaceId} and person_id = ${personId}`.execute(tx);
  return new Set(rows.map((row) => row.post_id));
}
/** Whose vote it is, and when they gave it. */
export interface Voter {
  person_id: string;
  contact_point_id: string | null;
  banned: boolean;
  at: Date;
}
/** Who voted for an idea, those who are kept out too. */
export async function listVoters(tx: Tx, workspaceId: string, postId: string): Promise<Voter[]> {
  const { rows } = await sql<Voter>`
    select v.person_id, q.contact_point_id, q.banned, v.at from community.vote v
    join community.person q on q.workspace_id = ${workspaceId} and q.person_id = v.person_id
    where v.workspace_id = ${workspaceId} and v.post_id = ${postId}`.execute(tx);
  return rows;
}
/** What somebody voted for. */
export async function listVotesOf(tx: Tx, workspaceId: string, personId: string) {
  const { rows } = await sql<Voter & { post_id: string }>`
    select v.post_id, v.person_id, q.contact_point_id, q.banned, v.at from community.vote v
    join community.person q on q.workspace_id = ${workspaceId} and q.person_id = v.person_id
    where v.workspace_id = ${workspaceId} and v.person_id = ${personId} order by v.post_id`.execute(tx);
  return rows;
}
/** Ideas that somebody wrote or voted for. */
export async function listTouched(tx: Tx, workspaceId: string, personId: string): Promise<string[]> {
  const { rows } = await sql<{ post_id: string }>`
    select post_id from community.vote where workspace_id = ${workspaceId} and person_id = ${personId}
    union select post_id from community.post where workspace_id = ${workspaceId} and person_id = ${personId} and parent_id is null`.execute(
    tx,
  );
  return rows.map((row) => row.post_id);
}

export async function addReport(
  tx: Tx,
  workspaceId: string,
  report: { post_id: string; person_id: string; community_id: string; reason: string },
): Promise<void> {
  await tx
    .insertInto('community.report')
    .values({ workspace_id: workspaceId, ...report })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function listPending(tx: Tx, workspaceId: string, communityId: string): Promise<PostRow[]> {
  const { rows } = await sql<PostRow>`select ${columns(workspaceId)} ${from(workspaceId)}
    where p.workspace_id = ${workspaceId} and p.community_id = ${communityId} and p.state = 'pending' order by p.post_id limit 200`.execute(
    tx,
  );
  return rows;
}
export async function listReported(tx: Tx, workspaceId: string, communityId: string) {
  const { rows } = await sql<PostRow & { reasons: string[] }>`
    select ${columns(workspaceId)}, r.reasons ${from(workspaceId)}
    join (select post_id, array_agg(reason order by at) as reasons from community.report
      where workspace_id = ${workspaceId} and community_id = ${communityId} and settled_at is null group by post_id) r on r.post_id = p.post_id
    where p.workspace_id = ${workspaceId} order by p.post_id limit 200`.execute(tx);
  return rows;
}

export interface StoryRow {
  story_id: string;
  person_id: string;
  author: string;
  member_id: string | null;
  contact_point_id: string | null;
  banned: boolean;
  text: string;
  consent: string;
  consented_at: Date;
  state: 'pending' | 'shown' | 'hidden';
}
/** Stories that were not withdrawn: in one state, or somebody's own. */
export async function listStories(
  tx: Tx,
  workspaceId: string,
  communityId: string,
  which: { state: StoryRow['state'] } | { personId: string },
): Promise<StoryRow[]> {
  const { rows } = await sql<StoryRow>`
    select s.story_id, s.person_id, q.name as author, q.member_id, q.contact_point_id, q.banned, s.text, s.consent, s.consented_at, s.state
    from community.story s join community.person q on q.workspace_id = ${workspaceId} and q.person_id = s.person_id
    where s.workspace_id = ${workspaceId} and s.community_id = ${communityId} and s.withdrawn_at is null
      and ${'state' in which ? sql`s.state = ${which.state} and not q.banned` : sql`s.person_id = ${which.personId}`}
    order by s.story_id desc limit 100`.execute(tx);
  return rows;
}
export async function addStory(
  tx: Tx,
  workspaceId: string,
  story: { story_id: string; community_id: string; person_id: string; text: string; consent: string },
): Promise<void> {
  await tx
    .insertInto('community.story')
    .values({ workspace_id: workspaceId, ...story })
    .execute();
}
/** Its text goes with it; that it was agreed to, and until when, stays. */
export async function withdrawStory(tx: Tx, workspaceId: string, personId: string, storyId: string): Promise<void> {
  await sql`update community.story set withdrawn_at = now(), text = ''
    where workspace_id = ${workspaceId} and story_id = ${storyId} and person_id = ${personId} and withdrawn_at is null`.execute(
    tx,
  );
}
/** @returns whether there is one that was not withdrawn */
export async function decideStory(
  tx: Tx,
  workspaceId: string,
  communityId: string,
  storyId: string,
  show: boolean,
): Promise<boolean> {
  const done = await sql`update community.story set state = ${show ? 'shown' : 'hidden'}
    where workspace_id = ${workspaceId} and community_id = ${communityId} and story_id = ${storyId} and withdrawn_at is null`.execute(
    tx,
  );
  return done.numAffectedRows === 1n;
}
