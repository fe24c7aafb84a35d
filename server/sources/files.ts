import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import { openImport } from './queries.ts';

/** Uploaded files, in pieces of 1 MiB. */

/** The uploaded file, piece by piece; each piece is a query of its own, so that memory holds one. */
export async function* readPieces(
  inTx: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>,
  workspaceId: string,
  importId: string,
): AsyncGenerator<Uint8Array> {
  for (let no = 0; ; no++) {
    const piece = await inTx((tx) =>
      tx
        .selectFrom('sources.file_piece')
        .select('data')
        .where('workspace_id', '=', workspaceId)
        .where('import_id', '=', importId)
        .where('no', '=', no)
        .executeTakeFirst(),
    );
    if (!piece) return;
    yield piece.data;
  }
}

export async function addPiece(tx: Tx, actor: Actor, importId: string, no: number, data: Buffer): Promise<void> {
  await openImport(tx, importId);
  await tx
    .insertInto('sources.file_piece')
    .values({ workspace_id: actor.workspaceId, import_id: importId, no, data })
    .execute();
}

/** Lets the uploaded file go: nothing will read it any more. */
export async function dropPieces(tx: Tx, workspaceId: string, importId: string): Promise<void> {
  await tx
    .deleteFrom('sources.file_piece')
    .where('workspace_id', '=', workspaceId)
    .where('import_id', '=', importId)
    .execute();
}

/** Lets go of the files of uploads that broke off and of previews that nobody acted on for a week; the record stays. */
export async function dropStaleFiles(tx: Tx): Promise<void> {
  await sql`
    with stale as (
      update sources.import set state = 'cancelled', finished_at = now()
      where state in ('uploading', 'ready') and created_at < now() - interval '7 days'
      returning workspace_id, import_id
    )
    delete from sources.file_piece p using stale s
    where p.workspace_id = s.workspace_id and p.import_id = s.import_id`.execute(tx);
}
