import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';

export interface ImageRow {
  image_id: string;
  name: string;
  alt_fr: string;
  alt_en: string;
  width: number;
  height: number;
  size: number;
  secret: Buffer;
  owner_id: string;
}

/** The library, the newest first; @param imageIds these ones, removed or not: mails go on showing them */
export async function listImages(tx: Tx, workspaceId: string, imageIds?: readonly string[]): Promise<ImageRow[]> {
  const { rows } = await sql<ImageRow>`
    select image_id, name, alt_fr, alt_en, width, height, size, secret, owner_id from content.image
    where workspace_id = ${workspaceId} and ${imageIds ? sql`image_id = any(${imageIds}::uuid[])` : sql`removed_at is null`}
    order by image_id desc limit 1000`.execute(tx);
  return rows;
}

export async function addImage(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  row: Pick<ImageRow, 'image_id' | 'name' | 'width' | 'height' | 'secret'> & { media_type: string; octets: Buffer },
): Promise<void> {
  const { octets, ...image } = row;
  await tx
    .insertInto('content.image')
    .values({ workspace_id: workspaceId, owner_id: memberId, size: octets.length, ...image })
    .execute();
  await tx
    .insertInto('content.image_octets')
    .values({ workspace_id: workspaceId, image_id: row.image_id, octets })
    .execute();
}

export async function changeImage(
  tx: Tx,
  { workspaceId }: Actor,
  imageId: string,
  set: { name: string; alt_fr: string; alt_en: string },
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('content.image')
    .set(set)
    .where('workspace_id', '=', workspaceId)
    .where('image_id', '=', imageId)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** What its public address shows; undefined: none of ours. As the keeper. */
export async function findOctets(tx: Tx, workspaceId: string, imageId: string) {
  return tx
    .selectFrom('content.image as i')
    .innerJoin('content.image_octets as o', (join) =>
      join.onRef('o.image_id', '=', 'i.image_id').on('o.workspace_id', '=', workspaceId),
    )
    .select(['i.secret', 'i.media_type', 'o.octets'])
    .where('i.workspace_id', '=', workspaceId)
    .where('i.image_id', '=', imageId)
    .executeTakeFirst();
}

/** The octets of images, by id. As the keeper. */
export async function findOctetsOf(
  tx: Tx,
  workspaceId: string,
  imageIds: readonly string[],
): Promise<Map<string, Buffer>> {
  if (imageIds.length === 0) return new Map();
  const { rows } = await sql<{ id: string; octets: Buffer }>`
    select image_id as id, octets from content.image_octets
    where workspace_id = ${workspaceId} and image_id = any(${imageIds}::uuid[])`.execute(tx);
  return new Map(rows.map(({ id, octets }) => [id, octets]));
}

/** Ids of what an image stands in, as it is being written; as the keeper. */
export async function listUsing(tx: Tx, workspaceId: string, imageId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select c.content_id as id from content.content c
    join content.version v on v.workspace_id = ${workspaceId} and v.content_id = c.content_id and v.version = c.version
    where c.workspace_id = ${workspaceId} and c.removed_at is null and strpos(v.said::text, ${imageId}) > 0
    union all
    select p.part_id from content.part p
    where p.workspace_id = ${workspaceId} and p.removed_at is null and strpos(p.said::text, ${imageId}) > 0`.execute(
    tx,
  );
  return rows.map(({ id }) => id);
}
