import { type RawBuilder, sql } from 'kysely';
import { z } from 'zod';
import { liveTopic } from './contract.ts';
import type { Tx } from './database.ts';

/** What pages are told, and, for the server alone, `session`: it looks whether the sessions of open streams still stand. */
const topic = z.enum([...liveTopic.options, 'session']);
export type Topic = z.output<typeof topic>;

export const channel = 'entregent_live';
/** What travels: ids and a code, never what has changed. Null: everybody of the workspace. */
export const announcement = z.object({
  workspaceId: z.uuid(),
  members: z.array(z.uuid()).nullable(),
  topic,
  /** What it is about, where pages ask for that alone again. */
  subject: z.uuid().nullish(),
});
export type Announcement = z.output<typeof announcement>;

/** NOTIFY takes 8,000 octets: beyond so many members everybody is told. */
const mostMembers = 150;

/**
 * Tells the open pages of these members, once the transaction of the fact has committed, that something of this kind changed.
 * From the application's transaction: a trigger would run on a shard.
 */
export async function announce(
  tx: Tx,
  workspaceId: string,
  to: readonly string[] | 'all',
  about: Topic,
): Promise<void> {
  if (to.length === 0) return;
  const members = to === 'all' || to.length > mostMembers ? null : [...to];
  const said: Announcement = { workspaceId, members, topic: about };
  await sql`select pg_notify(${channel}, ${JSON.stringify(said)})`.execute(tx);
}

/** Tells those who wait for one subject alone (see `LiveHub.watch`), and no member. */
export async function announceSubject(tx: Tx, workspaceId: string, subject: string): Promise<void> {
  const said: Announcement = { workspaceId, members: [], topic: 'conversations', subject };
  await sql`select pg_notify(${channel}, ${JSON.stringify(said)})`.execute(tx);
}

/** `announce`, as the last part of a statement, to whom a query finds. @param to gives `member_id` */
export const announcing = (workspaceId: string, to: RawBuilder<unknown>, about: Topic) =>
  announcingEach(workspaceId, sql`select null::uuid as subject, l.member_id from (${to}) l`, about);

/** The same of several things, to whom each concerns. @param to gives `subject`, what it is about, and `member_id` */
export const announcingEach = (workspaceId: string, to: RawBuilder<unknown>, about: Topic) => sql`
  select pg_notify(${channel}, json_build_object('workspaceId', ${workspaceId}::uuid, 'topic', ${about}::text,
    'subject', case when count(*) <= ${mostMembers} then m.subject end,
    'members', case when count(*) <= ${mostMembers} then json_agg(m.member_id) end)::text)
  from (${to}) m group by m.subject`;
