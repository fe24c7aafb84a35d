import type { Recognised } from '../formats/contact.ts';
import type { App } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { newId } from '../kernel/ids.ts';
import { addPiece } from './files.ts';
import { addImport, isImporting } from './queries.ts';

/** A file that nobody uploads: a connection has fetched it. */
export interface Fetched {
  fileName: string;
  data: Buffer;
  recognised: Recognised;
  country: string;
}

/** Whose it is, and where its contacts go. */
export interface FileOf {
  workspaceId: string;
  memberId: string;
  sourceId: string;
  bookId: string;
}

const pieceSize = 2 ** 20;

/**
 * Has a file imported, as if its member had looked at it and started it. @returns false while an earlier one of the same source is under way
 */
export async function queueFile(app: Pick<App, 'enqueue'>, tx: Tx, of: FileOf, file: Fetched): Promise<boolean> {
  const { workspaceId, memberId, sourceId, bookId } = of;
  const { fileName, data, recognised, country } = file;
  if (await isImporting(tx, workspaceId, sourceId)) return false;
  const importId = newId();
  await addImport(tx, {
    workspace_id: workspaceId,
    import_id: importId,
    member_id: memberId,
    source_id: sourceId,
    book_id: bookId,
    file_name: fileName,
    size: data.length,
    state: 'queued',
    recognised: JSON.stringify(recognised),
    country,
  });
  for (let no = 0; no * pieceSize < data.length; no++)
    await addPiece(tx, { workspaceId, memberId }, importId, no, data.subarray(no * pieceSize, (no + 1) * pieceSize));
  await app.enqueue(tx, { workspaceId, task: 'sources.runImport', payload: { importId } });
  return true;
}
