import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import { sql } from 'kysely';
import type { App } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { newId } from '../kernel/ids.ts';
import type { InWords } from './content-port.ts';
import { type LinkOf, octetsOf, uuidOf } from './token.ts';
import { counting, isProgram, type Sight } from './tracking-rules.ts';

// Whether mails are opened and their links followed, of whom they agreed to that. Of everybody else a mail carries neither picture nor link of ours.

export const linkPath = '/l';
export const picturePath = '/o';

const sign = (key: KeyObject, octets: Buffer): Buffer =>
  createHmac('sha256', key).update('tracking').update(octets).digest().subarray(0, 16);

/** Workspace (16 octets) ‖ message (16) ‖ which link (1; 0: the picture) ‖ the first 128 bits of their HMAC-SHA-256, in base64url. No address, and no target. */
function makeSightToken(key: KeyObject, { workspaceId, messageId }: LinkOf, linkNo: number): string {
  const octets = Buffer.concat([octetsOf(workspaceId), octetsOf(messageId), Buffer.from([linkNo])]);
  return Buffer.concat([octets, sign(key, octets)]).toString('base64url');
}

/** @returns null for a token that is not ours, or was altered */
function readSightToken(key: KeyObject, token: string): (LinkOf & { linkNo: number }) | null {
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.length !== 49 || bytes.toString('base64url') !== token) return null;
  const octets = bytes.subarray(0, 33);
  if (!timingSafeEqual(sign(key, octets), bytes.subarray(33))) return null;
  return {
    workspaceId: uuidOf(octets.subarray(0, 16)),
    messageId: uuidOf(octets.subarray(16, 32)),
    linkNo: octets[32]!,
  };
}

/** A content for its reader, with what its message is. */
export interface Written {
  messageId: string;
  contactPointId: string;
  contentId: string;
  version: number;
  words: InWords;
}

/** Links of one content that are told apart at most. */
const mostLinks = 255;

const plain = (escaped: string): string =>
  escaped
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');

/**
 * Puts a picture and links of ours into the copies of those who agreed; all others stay as they are. In the transaction of their author, which claims them.
 * Only links that stand in the sealed content, the same for every reader, lead by us: those of one reader alone (their own page, to unsubscribe) stay.
 * @returns the words of each, by message
 */
export async function trackAgreed(
  { app, tx, workspaceId }: { app: Pick<App, 'config' | 'secrets'>; tx: Tx; workspaceId: string },
  written: readonly Written[],
): Promise<Map<string, InWords>> {
  const agreed = await findAgreed(tx, workspaceId, [...new Set(written.map(({ contactPointId }) => contactPointId))]);
  const tracked = written.filter(({ contactPointId }) => agreed.has(contactPointId));
  await setTracked(
    tx,
    workspaceId,
    written.map(({ messageId }) => messageId),
    tracked.map(({ messageId }) => messageId),
  );
  for (const of of Map.groupBy(
    tracked,
    ({ contentId, version, words }) => `${contentId} ${version} ${words.locale}`,
  ).values())
    await keepLinks(tx, workspaceId, of[0]!);
  const url = (path: string, messageId: string, linkNo: number) =>
    `${app.config.publicUrl}${path}/${makeSightToken(app.secrets.links, { workspaceId, messageId }, linkNo)}`;
  return new Map(
    tracked.map(({ messageId, words }) => {
      const links = (words.links ?? []).slice(0, mostLinks);
      const html = words.html.replaceAll(/href="([^"]*)"/g, (whole, href: string) => {
        const at = links.indexOf(href);
        return at === -1 ? whole : `href="${url(linkPath, messageId, at + 1)}"`;
      });
      const picture = `<img src="${url(picturePath, messageId, 0)}" width="1" height="1" alt="" style="border:0">`;
      const end = html.lastIndexOf('</body>');
      const withPicture = end === -1 ? html + picture : html.slice(0, end) + picture + html.slice(end);
      return [messageId, { ...words, html: withPicture }];
    }),
  );
}

/** Which of these addresses agreed to it, and do not object to all mail. */
async function findAgreed(tx: Tx, workspaceId: string, ids: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    select contact_point_id as id from cards.contact_point
    where workspace_id = ${workspaceId} and contact_point_id = any(${ids}::uuid[]) and tracking_since is not null and consent <> 'objected'`.execute(
    tx,
  );
  return new Set(rows.map(({ id }) => id));
}

async function setTracked(
  tx: Tx,
  workspaceId: string,
  ids: readonly string[],
  tracked: readonly string[],
): Promise<void> {
  await sql`update outreach.message set tracked = message_id = any(${tracked}::uuid[])
    where workspace_id = ${workspaceId} and message_id = any(${ids}::uuid[]) and tracked <> (message_id = any(${tracked}::uuid[]))`.execute(
    tx,
  );
}

/** A sealed version does not change, so neither do its links. */
async function keepLinks(tx: Tx, workspaceId: string, { contentId, version, words }: Written): Promise<void> {
  const links = (words.links ?? []).slice(0, mostLinks).map(plain);
  if (links.length === 0) return;
  await sql`
    insert into outreach.content_link (workspace_id, content_id, version, locale, link_no, target)
    select ${workspaceId}, ${contentId}, ${version}, ${words.locale}, n.no, n.target
    from unnest(${links.map((_, at) => at + 1)}::int[], ${links}::text[]) n (no, target)
    on conflict do nothing`.execute(tx);
}

/** Sights of one message that are kept: more tell nothing. */
const mostSights = 200;

/**
 * Notes that the picture of a message was shown, or a link of it followed, where its reader still agrees to that.
 * @returns where the link leads; null: to nothing that stands in the content
 */
export function noteSight(
  app: App,
  token: string,
  userAgent: string | undefined,
  now = new Date(),
): Promise<string | null> {
  const about = readSightToken(app.secrets.links, token);
  if (!about) return Promise.resolve(null);
  const { workspaceId, messageId, linkNo } = about;
  return app.db.asSystem('keeper', async (tx) => {
    const agreed = await lockTracked(tx, workspaceId, messageId);
    if (agreed) await addSight(tx, workspaceId, messageId, { linkNo, at: now, named: isProgram(userAgent) });
    return linkNo === 0 ? null : findTarget(tx, workspaceId, messageId, linkNo);
  });
}

/** Where a link leads; nothing is noted. */
export function findTargetOf(app: App, token: string): Promise<string | null> {
  const about = readSightToken(app.secrets.links, token);
  if (!about || about.linkNo === 0) return Promise.resolve(null);
  return app.db.asSystem('keeper', (tx) => findTarget(tx, about.workspaceId, about.messageId, about.linkNo));
}

async function lockTracked(tx: Tx, workspaceId: string, messageId: string): Promise<boolean> {
  const { rows } = await sql`
    select from outreach.message m
    join cards.contact_point p on p.workspace_id = ${workspaceId} and p.contact_point_id = m.contact_point_id
      and p.tracking_since is not null and p.consent <> 'objected'
    where m.workspace_id = ${workspaceId} and m.message_id = ${messageId} and m.tracked and m.state in ('sending', 'sent', 'in_doubt')
    for update of m`.execute(tx);
  return rows.length > 0;
}

async function findTarget(tx: Tx, workspaceId: string, messageId: string, linkNo: number): Promise<string | null> {
  const { rows } = await sql<{ target: string }>`
    select l.target from outreach.message m
    join outreach.message_content c on c.workspace_id = ${workspaceId} and c.message_id = m.message_id
    join outreach.content_link l on l.workspace_id = ${workspaceId} and l.content_id = c.content_id and l.version = c.content_version
      and l.locale = c.locale and l.link_no = ${linkNo}
    where m.workspace_id = ${workspaceId} and m.message_id = ${messageId} and m.tracked`.execute(tx);
  return rows[0]?.target ?? null;
}

async function addSight(tx: Tx, workspaceId: string, messageId: string, sight: Sight): Promise<void> {
  const { rows: before } = await sql<Sight & { id: string }>`
    select sight_id as id, link_no as "linkNo", at, named from outreach.sight
    where workspace_id = ${workspaceId} and message_id = ${messageId}`.execute(tx);
  if (before.length >= mostSights) return;
  const { rows: left } = await sql<{ at: Date | null }>`
    select settled_at as at from outreach.message where workspace_id = ${workspaceId} and message_id = ${messageId}`.execute(
    tx,
  );
  const all = [...before, { ...sight, id: newId() }];
  const counts = counting(all, left[0]?.at ?? null);
  // What came before counts no more where this shows that a machine follows all.
  for (const [at, one] of all.entries())
    await sql`
      insert into outreach.sight (workspace_id, message_id, sight_id, link_no, at, named, counts)
      values (${workspaceId}, ${messageId}, ${one.id}, ${one.linkNo}, ${one.at}, ${one.named}, ${counts[at]!})
      on conflict on constraint sight_pk do update set counts = excluded.counts where sight.counts <> excluded.counts`.execute(
      tx,
    );
}

/**
 * What somebody says of being seen, at the link of a message of theirs. Whoever takes it back has what was seen of them erased. As the keeper.
 * @returns false where it stood like that already
 */
export async function sayTracking(
  tx: Tx,
  workspaceId: string,
  contactPointId: string,
  agrees: boolean,
  evidence: string,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update cards.contact_point set tracking_since = ${agrees ? sql`now()` : null}, tracking_evidence = ${evidence}
    where workspace_id = ${workspaceId} and contact_point_id = ${contactPointId} and (tracking_since is not null) <> ${agrees}`.execute(
    tx,
  );
  if (!agrees)
    await sql`delete from outreach.sight s using outreach.message m
      where s.workspace_id = ${workspaceId} and m.workspace_id = ${workspaceId} and m.message_id = s.message_id and m.contact_point_id = ${contactPointId}`.execute(
      tx,
    );
  return (numAffectedRows ?? 0n) > 0n;
}

/** Whether forms and contacts' own pages ask for it: only where an admin has said so. As the keeper. */
export async function asksForTracking(tx: Tx, workspaceId: string): Promise<boolean> {
  const { rows } = await sql<{ asks: boolean }>`
    select coalesce((rules ->> 'askTracking')::boolean, false) as asks from outreach.rules where workspace_id = ${workspaceId}`.execute(
    tx,
  );
  return rows[0]?.asks ?? false;
}

/** Whether somebody agrees to be seen. */
export async function agreesToTracking(tx: Tx, workspaceId: string, contactPointId: string): Promise<boolean> {
  return (await findAgreed(tx, workspaceId, [contactPointId])).size > 0;
}
