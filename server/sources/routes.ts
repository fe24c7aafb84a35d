import type { Readable } from 'node:stream';
import { z } from 'zod';
import { writeCsvRow } from '../formats/table/write.ts';
import { country } from '../identity/contract.ts';
import { getMember } from '../identity/queries.ts';
import type { App } from '../kernel/app.ts';
import type { Actor } from '../kernel/database.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { apiPrefix, authorise, type Routes } from '../kernel/http.ts';
import { newId } from '../kernel/ids.ts';
import type { ApiPaths } from '../kernel/openapi.ts';
import { businessCardPaths, businessCardRoutes } from './business-cards.ts';
import { failuresPath, importRecord, maxUpload, uploadPath } from './contract.ts';
import { addPiece } from './files.ts';
import { describeImport } from './operations.ts';
import { addImport, deleteImport, findImport, listFailures, listOwnBooks, setImport } from './queries.ts';

const pieceSize = 2 ** 20;

const uploadQuery = z.object({ fileName: z.string().min(1).max(255), country: country.optional() });

async function savePieces(app: App, actor: Actor, importId: string, body: AsyncIterable<Buffer>): Promise<number> {
  let size = 0;
  let no = 0;
  let held: Buffer[] = [];
  let heldSize = 0;
  const save = async () => {
    const data = Buffer.concat(held);
    held = [];
    heldSize = 0;
    await app.db.asActor(actor, (tx) => addPiece(tx, actor, importId, no++, data));
  };
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxUpload) throw new AppError('too_large', { values: { limit: maxUpload / 2 ** 20 } });
    held.push(chunk);
    heldSize += chunk.length;
    if (heldSize >= pieceSize) await save();
  }
  if (heldSize > 0) await save();
  return size;
}

export const sourcesRoutes: Routes = (server, app) => {
  businessCardRoutes(server, app);
  server.post(apiPrefix + uploadPath, { bodyLimit: maxUpload + 1 }, async (request, reply) => {
    reply.header('cache-control', 'no-store');
    const { actor } = await authorise(app, request, { access: 'member', scope: 'imports:write', method: 'POST' });
    const query = uploadQuery.parse(request.query);
    if (Number(request.headers['content-length'] ?? 0) > maxUpload)
      throw new AppError('too_large', { values: { limit: maxUpload / 2 ** 20 } });
    const importId = newId();
    await app.db.asActor(actor, async (tx) => {
      const member = await getMember(tx, actor);
      const [main] = await listOwnBooks(tx, actor);
      await addImport(tx, {
        workspace_id: actor.workspaceId,
        import_id: importId,
        member_id: actor.memberId,
        file_name: query.fileName,
        state: 'uploading',
        country: query.country ?? member?.country ?? 'FR',
        book_id: main?.book_id ?? null,
      });
    });
    try {
      const size = await savePieces(app, actor, importId, request.body as Readable);
      return await app.db.asActor(actor, async (tx) => {
        await setImport(tx, actor.workspaceId, importId, { size, state: 'analysing' });
        await app.enqueue(tx, { workspaceId: actor.workspaceId, task: 'sources.analyseImport', payload: { importId } });
        return describeImport((await findImport(tx, actor.workspaceId, importId))!);
      });
    } catch (error) {
      await app.db.asSystem('keeper', (tx) => deleteImport(tx, actor, importId));
      throw error;
    }
  });

  server.get<{ Params: { importId: string } }>(apiPrefix + failuresPath, async (request, reply) => {
    const { actor } = await authorise(app, request, { access: 'member', scope: 'contacts:read', method: 'GET' });
    const importId = z.uuid().parse(request.params.importId);
    const rows = await app.db.asActor(actor, async (tx) => {
      if (!(await findImport(tx, actor.workspaceId, importId))) throw notFound();
      return listFailures(tx, actor, importId);
    });
    const lines = [
      ['position', 'code', 'original'],
      ...rows.map((row) => [String(row.position), row.code, row.original]),
    ].map(writeCsvRow);
    return reply
      .header('content-disposition', 'attachment; filename="failures.csv"')
      .type('text/csv; charset=utf-8')
      .send(lines.join(''));
  });
};

export const sourcesPaths: ApiPaths = {
  ...businessCardPaths,
  [uploadPath]: {
    post: {
      operationId: 'sources.upload',
      summary: 'Upload a file of contacts; it is analysed, and imported once started',
      scope: 'imports:write',
      query: uploadQuery,
      body: 'application/octet-stream',
      answers: importRecord,
    },
  },
  [failuresPath]: {
    get: {
      operationId: 'sources.getFailures',
      summary: 'The rows that could not be imported, with the reason, as CSV',
      scope: 'contacts:read',
      answers: ['text/csv'],
    },
  },
};
