import type { Context } from '../kernel/http.ts';
import { imageUrl } from './address.ts';
import { allBlocks, type Block, type Language, type PartSaid, type Saying } from './blocks-contract.ts';
import { listImages } from './images.ts';
import * as queries from './queries.ts';
import { imagesIn } from './rendering/compile.ts';
import type { Material, Picture } from './rendering/html.ts';

/** What blocks name, as far as the caller sees it. */
export interface Gathered {
  images: Map<string, Picture>;
  parts: Map<string, PartSaid>;
}

/** Reads what some contents are made ready with: two queries, however many blocks. */
export async function gather(
  { tx, actor, app }: Pick<Context, 'tx' | 'actor'> & { app: Pick<Context['app'], 'config'> },
  sayings: readonly Saying[],
): Promise<Gathered> {
  const blocks: Block[] = sayings.flatMap((one) => one.blocks);
  const named = new Set(
    allBlocks(blocks).flatMap((one) => (one.kind === 'reusable' && one.partId ? [one.partId] : [])),
  );
  const rows = named.size === 0 ? [] : await queries.listParts(tx, actor);
  const parts = new Map(rows.filter(({ part_id }) => named.has(part_id)).map(({ part_id, said }) => [part_id, said]));
  const within = [...parts.values()].flatMap(({ fr = [], en = [] }) => [...fr, ...en]);
  const imageIds = imagesIn([...blocks, ...within]);
  const images = imageIds.length === 0 ? [] : await listImages(tx, actor.workspaceId, imageIds);
  return {
    parts,
    images: new Map(
      images.map((row) => [
        row.image_id,
        { url: imageUrl(app.config.publicUrl, actor.workspaceId, row), width: row.width },
      ]),
    ),
  };
}

/** In one language; a reusable block that does not speak it stands in the other. */
export const materialIn = ({ images, parts }: Gathered, language: Language): Material => ({
  language,
  images,
  parts: new Map([...parts].map(([partId, said]) => [partId, said[language] ?? said.fr ?? said.en ?? []])),
});
