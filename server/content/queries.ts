import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import { newId } from '../kernel/ids.ts';
import { toJsonb } from '../kernel/jsonb.ts';
import type { PartSaid, Said } from './blocks-contract.ts';
import type { Kind } from './kinds-contract.ts';
import type { CompiledSet } from './rendering/compile.ts';

export interface ContentRow {
  content_id: string;
  name: string;
  kind: Kind;
  audience_id: string;
  owner_id: string;
  edition: number;
  version: number;
  owner: string;
  team: string | null;
  languages: ('fr' | 'en')[];
  saved_at: Date;
  author: string;
  author_id: string;
}

/** Those that the viewer sees, or one of them, the last changed first; row security shows no others. */
export async function listContents(tx: Tx, { workspaceId }: Actor, contentId?: string): Promise<ContentRow[]> {
  const { rows } = await sql<ContentRow>`
    select c.content_id, c.name, c.kind, c.audience_id, c.owner_id, c.edition, c.version, o.name as owner, t.name as team,
      array(select jsonb_object_keys(v.said)) as languages, v.saved_at, a.name as author, v.author_id
    from content.content c
    join content.version v on v.workspace_id = ${workspaceId} and v.content_id = c.content_id and v.version = c.version
    join identity.member o on o.workspace_id = ${workspaceId} and o.member_id = c.owner_id
    join identity.member a on a.workspace_id = ${workspaceId} and a.member_id = v.author_id
    left join identity.team t on t.workspace_id = ${workspaceId} and t.team_id = c.audience_id
    where c.workspace_id = ${workspaceId} and c.removed_at is null and ${contentId ? sql`c.content_id = ${contentId}` : sql`true`}
    order by v.saved_at desc, c.content_id limit 500`.execute(tx);
  return rows;
}

/** Whoever saves waits for whoever is just saving, so that each sees the other's edition. */
export async function lockContent(tx: Tx, { workspaceId }: Actor, contentId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`content ${workspaceId} ${contentId}`}, 0))`.execute(tx);
}

export async function findSaid(
  tx: Tx,
  workspaceId: string,
  contentId: string,
  version: number,
): Promise<Said | undefined> {
  const row = await tx
    .selectFrom('content.version')
    .select('said')
    .where('workspace_id', '=', workspaceId)
    .where('content_id', '=', contentId)
    .where('version', '=', version)
    .executeTakeFirst();
  return row?.said as Said | undefined;
}

export async function addContent(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  row: { name: string; kind: Kind; audience_id: string; said: Said },
): Promise<string> {
  const contentId = newId();
  const { said, ...content } = row;
  const of = { workspace_id: workspaceId, content_id: contentId, owner_id: memberId };
  await tx
    .insertInto('content.content')
    .values({ ...of, ...content })
    .execute();
  await addVersion(
    tx,
    { workspaceId, memberId },
    { contentId, version: 1, said, owner_id: memberId, audience_id: row.audience_id },
  );
  return contentId;
}

interface NewVersion {
  contentId: string;
  version: number;
  said: Said;
  owner_id: string;
  audience_id: string;
}

export async function addVersion(tx: Tx, { workspaceId, memberId }: Actor, row: NewVersion): Promise<void> {
  const { contentId, said, ...rest } = row;
  await tx
    .insertInto('content.version')
    .values({ workspace_id: workspaceId, content_id: contentId, author_id: memberId, said: toJsonb(said), ...rest })
    .execute();
}

/** Says something else in a version that is still being written. @returns false where it is not the actor's to change */
export async function rewriteVersion(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  contentId: string,
  version: number,
  said: Said,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('content.version')
    .set({ said: toJsonb(said), author_id: memberId, saved_at: sql<Date>`now()` })
    .where('workspace_id', '=', workspaceId)
    .where('content_id', '=', contentId)
    .where('version', '=', version)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

export async function updateContent(
  tx: Tx,
  { workspaceId }: Actor,
  contentId: string,
  set: { name?: string; version?: number; audience_id?: string },
): Promise<number | undefined> {
  const row = await tx
    .updateTable('content.content')
    .set({ ...set, edition: sql<number>`edition + 1` })
    .where('workspace_id', '=', workspaceId)
    .where('content_id', '=', contentId)
    .where('removed_at', 'is', null)
    .returning('edition')
    .executeTakeFirst();
  if (row && set.audience_id)
    for (const table of ['content.version', 'content.sealed'] as const)
      await tx
        .updateTable(table)
        .set({ audience_id: set.audience_id })
        .where('workspace_id', '=', workspaceId)
        .where('content_id', '=', contentId)
        .execute();
  return row?.edition;
}

/** Puts something away, or takes it back within thirty days. @returns false where it is not there, or not the actor's to change */
export async function putAway(
  tx: Tx,
  { workspaceId }: Actor,
  what: 'content' | 'part' | 'image',
  itemId: string,
  away: boolean,
): Promise<boolean> {
  const { rows } = await sql`
    update ${sql.table(`content.${what}`)} set removed_at = ${away ? sql`now()` : sql`null`}
    where workspace_id = ${workspaceId} and ${sql.ref(`${what}_id`)} = ${itemId}
      and ${away ? sql`removed_at is null` : sql`removed_at > now() - interval '30 days'`}
    returning 1`.execute(tx);
  return rows.length > 0;
}

export interface VersionRow {
  version: number;
  author: string;
  author_id: string;
  begun_at: Date;
  saved_at: Date;
  sealed: boolean;
}

export async function listVersions(tx: Tx, { workspaceId }: Actor, contentId: string): Promise<VersionRow[]> {
  const { rows } = await sql<VersionRow>`
    select v.version, a.name as author, v.author_id, v.begun_at, v.saved_at, 
      exists (select from content.sealed s where s.workspace_id = ${workspaceId} and s.content_id = v.content_id and s.version = v.version) as sealed
    from content.version v
    join identity.member a on a.workspace_id = ${workspaceId} and a.member_id = v.author_id
    where v.workspace_id = ${workspaceId} and v.content_id = ${contentId} order by v.version desc limit 200`.execute(
    tx,
  );
  return rows;
}

/** Whether a new version begins: it is sealed, another wrote it last, or it was begun an hour ago. */
export async function isClosed(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  contentId: string,
  version: number,
): Promise<boolean> {
  const { rows } = await sql<{ closed: boolean }>`
    select author_id <> ${memberId} or begun_at < now() - interval '1 hour' or exists (select from content.sealed s where s.workspace_id = ${workspaceId} and s.content_id = v.content_id and s.version = v.version) as closed
    from content.version v where v.workspace_id = ${workspaceId} and v.content_id = ${contentId} and v.version = ${version}`.execute(
    tx,
  );
  return rows[0]?.closed ?? true;
}

/** Seals a version with what it compiles to: of two at once the first does. */
export async function seal(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  row: { content_id: string; version: number; audience_id: string },
  compiled: CompiledSet,
): Promise<void> {
  await tx
    .insertInto('content.sealed')
    .values({ workspace_id: workspaceId, sealed_by: memberId, ...row, compiled: toJsonb(compiled) })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** What a sealed version compiles to. */
export async function findCompiledRow(
  tx: Tx,
  workspaceId: string,
  contentId: string,
  version: number,
): Promise<CompiledSet | undefined> {
  const row = await tx
    .selectFrom('content.sealed')
    .select('compiled')
    .where('workspace_id', '=', workspaceId)
    .where('content_id', '=', contentId)
    .where('version', '=', version)
    .executeTakeFirst();
  return row?.compiled as CompiledSet | undefined;
}

export interface PartRow {
  part_id: string;
  name: string;
  audience_id: string;
  owner_id: string;
  owner: string;
  team: string | null;
  said: PartSaid;
  edition: number;
}

export async function listParts(tx: Tx, { workspaceId }: Actor, partId?: string): Promise<PartRow[]> {
  const { rows } = await sql<PartRow>`
    select p.part_id, p.name, p.audience_id, p.owner_id, o.name as owner, t.name as team, p.said, p.edition
    from content.part p
    join identity.member o on o.workspace_id = ${workspaceId} and o.member_id = p.owner_id
    left join identity.team t on t.workspace_id = ${workspaceId} and t.team_id = p.audience_id
    where p.workspace_id = ${workspaceId} and p.removed_at is null and ${partId ? sql`p.part_id = ${partId}` : sql`true`}
    order by p.name, p.part_id limit 500`.execute(tx);
  return rows;
}

export async function addPart(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  { said, ...row }: { name: string; audience_id: string; said: PartSaid },
): Promise<string> {
  const partId = newId();
  const of = { workspace_id: workspaceId, part_id: partId, owner_id: memberId };
  await tx
    .insertInto('content.part')
    .values({ ...of, ...row, said: toJsonb(said) })
    .execute();
  return partId;
}

/** @returns the new edition; undefined where somebody saved meanwhile, or it is not the actor's to change */
export async function updatePart(
  tx: Tx,
  { workspaceId }: Actor,
  partId: string,
  edition: number,
  { said, ...set }: { name?: string; audience_id?: string; said?: PartSaid },
): Promise<number | undefined> {
  const row = await tx
    .updateTable('content.part')
    .set({
      ...set,
      ...(said ? { said: toJsonb(said) } : {}),
      edition: sql<number>`edition + 1`,
      changed_at: sql<Date>`now()`,
    })
    .where('workspace_id', '=', workspaceId)
    .where('part_id', '=', partId)
    .where('edition', '=', edition)
    .where('removed_at', 'is', null)
    .returning('edition')
    .executeTakeFirst();
  return row?.edition;
}

export async function readStyle(tx: Tx, workspaceId: string) {
  return tx
    .selectFrom('content.house_style')
    .select(['language', 'rules', 'version'])
    .where('workspace_id', '=', workspaceId)
    .execute();
}

/** @param version 0: none was saved before @returns false where somebody saved meanwhile */
export async function saveStyle(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  language: string,
  version: number,
  rules: object,
): Promise<boolean> {
  const values = { rules: toJsonb(rules), changed_by: memberId };
  if (version === 0) {
    const { numInsertedOrUpdatedRows } = await tx
      .insertInto('content.house_style')
      .values({ workspace_id: workspaceId, language, ...values })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    return numInsertedOrUpdatedRows === 1n;
  }
  const { numUpdatedRows } = await tx
    .updateTable('content.house_style')
    .set({ ...values, version: version + 1, changed_at: sql<Date>`now()` })
    .where('workspace_id', '=', workspaceId)
    .where('language', '=', language)
    .where('version', '=', version)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

export async function findLetterhead(tx: Tx, workspaceId: string) {
  return tx
    .selectFrom('content.letterhead')
    .select(['lines', 'place', 'version'])
    .where('workspace_id', '=', workspaceId)
    .executeTakeFirst();
}

/** @param version 0: none was saved before @returns false where somebody saved meanwhile */
export async function saveLetterhead(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  version: number,
  { lines, place }: { lines: string[]; place: string },
): Promise<boolean> {
  const values = { lines, place, changed_by: memberId };
  if (version === 0) {
    const { numInsertedOrUpdatedRows } = await tx
      .insertInto('content.letterhead')
      .values({ workspace_id: workspaceId, ...values })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    return numInsertedOrUpdatedRows === 1n;
  }
  const { numUpdatedRows } = await tx
    .updateTable('content.letterhead')
    .set({ ...values, version: version + 1, changed_at: sql<Date>`now()` })
    .where('workspace_id', '=', workspaceId)
    .where('version', '=', version)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Whether the viewer belongs to an audience. */
export async function isAudience(tx: Tx, audienceId: string): Promise<boolean> {
  const { rows } = await sql<{ is: boolean }>`
    select strpos(current_setting('app.audiences', true), ${audienceId}) > 0 as is`.execute(tx);
  return rows[0]!.is;
}

/** What was put away thirty days ago goes: contents that were never sent, reusable blocks, images that stand nowhere. As the keeper. */
export async function purge(tx: Tx): Promise<void> {
  // No workspace: retention is the same for all.
  await sql`delete from content.content c where c.removed_at < now() - interval '30 days' and not exists (
    select from content.sealed s where s.workspace_id = c.workspace_id and s.content_id = c.content_id)`.execute(tx);
  // No workspace: the same.
  await sql`delete from content.part where removed_at < now() - interval '30 days'`.execute(tx);
  // No workspace: the same.
  await sql`delete from content.image i where i.removed_at < now() - interval '30 days'
    and not exists (select from content.version v
      where v.workspace_id = i.workspace_id and strpos(v.said::text, i.image_id::text) > 0)
    and not exists (select from content.sealed s
      where s.workspace_id = i.workspace_id and strpos(s.compiled::text, i.image_id::text) > 0)
    and not exists (select from content.part p
      where p.workspace_id = i.workspace_id and strpos(p.said::text, i.image_id::text) > 0)`.execute(tx);
}
