import { Readable } from 'node:stream';
import { z } from 'zod';
import { findUsedCards } from '../cards/persons.ts';
import { recordUses } from '../delegation/ledger.ts';
import type { App } from '../kernel/app.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { apiPrefix, authorise, type Caller, type Routes } from '../kernel/http.ts';
import { findPostalPlaces } from '../outreach/people.ts';
import { findLetters } from '../outreach/queries.ts';
import { batchFilePath } from './contract.ts';
import { opened } from './making.ts';
import * as queries from './queries.ts';

const access = { access: 'member', scope: 'contacts:read', method: 'GET' } as const;
const headers = { 'cache-control': 'no-store, private', 'x-content-type-options': 'nosniff' };

/** Piece by piece, each read when the one before has gone. */
async function* read(
  app: App,
  { actor }: Caller,
  batchId: string,
  { first, pieces }: { first: Buffer; pieces: number },
): AsyncGenerator<Buffer> {
  yield opened(app, first);
  for (let no = 1; no < pieces; no++) {
    const piece = await app.db.asActor(actor, (tx) => queries.readPiece(tx, actor.workspaceId, batchId, no));
    // It was called back or is made anew: half a file is none, and is not to be printed.
    if (!piece) throw new Error('The file of the batch is gone.');
    yield opened(app, piece);
  }
}

export const lettersRoutes: Routes = (server, app) => {
  server.get(apiPrefix + batchFilePath, async (request, reply) => {
    const caller = await authorise(app, request, access);
    const { campaignId, batchId } = z.object({ campaignId: z.uuid(), batchId: z.uuid() }).parse(request.params);
    const { actor } = caller;
    const found = await app.db.asActor(actor, async (tx) => {
      const batch = await queries.findBatch(tx, actor.workspaceId, batchId);
      const first = await queries.readPiece(tx, actor.workspaceId, batchId, 0);
      if (batch?.campaign_id !== campaignId || !first) return undefined;
      await lookAt(tx, actor, batchId);
      return { batch, first, pieces: await queries.countPieces(tx, actor.workspaceId, batchId) };
    });
    if (!found) throw notFound();
    reply.headers(headers).header('content-disposition', `attachment; filename="letters-${found.batch.no}.pdf"`);
    return reply.type('application/pdf').send(Readable.from(read(app, caller, batchId, found)));
  });
};

/**
 * Names and addresses are looked at, and whoever lends them hears of it, whether the letters are posted or not.
 * @throws AppError conflict where one of those addresses was withdrawn since the file was made: nobody reads it any more
 */
async function lookAt(tx: Tx, actor: Actor, batchId: string): Promise<void> {
  const letters = await queries.listLetters(tx, actor.workspaceId, batchId);
  const ids = letters.filter(({ pages }) => pages !== null).map(({ message_id }) => message_id);
  const messages = await findLetters(tx, actor.workspaceId, ids, 'made');
  const pointIds = [...new Set(messages.flatMap(({ contact_point_id }) => contact_point_id ?? []))];
  if ((await findPostalPlaces(tx, actor, pointIds)).size < pointIds.length)
    throw new AppError('conflict', { fields: { batch: 'withdrawn' } });
  const cardIds = messages.flatMap(({ card_id }) => card_id ?? []);
  await recordUses(tx, actor, 'opened', await findUsedCards(tx, actor, cardIds));
}
