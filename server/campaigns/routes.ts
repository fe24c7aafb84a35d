import { Readable } from 'node:stream';
import { z } from 'zod';
import { findUsedCards } from '../cards/persons.ts';
import {
  compileNow,
  findOctetsOf,
  Paper,
  readLetterhead,
  renderFor,
  sampleAddress,
  samples,
  senderVariables,
  toLetter,
} from '../content/index.ts';
import { recordUses } from '../delegation/ledger.ts';
import { getMember } from '../identity/queries.ts';
import type { App } from '../kernel/app.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { apiPrefix, authorise, type Caller, type Routes } from '../kernel/http.ts';
import { findPostalPlaces } from '../outreach/people.ts';
import { findLetters } from '../outreach/queries.ts';
import * as batches from './batches.ts';
import { handle } from './describing.ts';
import { opened } from './letters.ts';
import { batchFilePath, examplesPath } from './letters-contract.ts';

const access = { access: 'member', scope: 'contacts:read', method: 'GET' } as const;
const headers = { 'cache-control': 'no-store, private', 'x-content-type-options': 'nosniff' };

/** Piece by piece, each read when the one before has gone. */
async function* read(app: App, { actor }: Caller, batchId: string, first: Buffer): AsyncGenerator<Buffer> {
  yield opened(app, first);
  for (let no = 1; ; no++) {
    const piece = await app.db.asActor(actor, (tx) => batches.readPiece(tx, actor.workspaceId, batchId, no));
    if (!piece) return;
    yield opened(app, piece);
  }
}

export const campaignsRoutes: Routes = (server, app) => {
  server.get(apiPrefix + batchFilePath, async (request, reply) => {
    const caller = await authorise(app, request, access);
    const { campaignId, batchId } = z.object({ campaignId: z.uuid(), batchId: z.uuid() }).parse(request.params);
    const { actor } = caller;
    const found = await app.db.asActor(actor, async (tx) => {
      const batch = await batches.findBatch(tx, actor.workspaceId, batchId);
      const first = await batches.readPiece(tx, actor.workspaceId, batchId, 0);
      if (batch?.campaign_id !== campaignId || !first) return undefined;
      await lookAt(tx, actor, batchId);
      return { batch, first };
    });
    if (!found) throw notFound();
    reply.headers(headers).header('content-disposition', `attachment; filename="letters-${found.batch.no}.pdf"`);
    return reply.type('application/pdf').send(Readable.from(read(app, caller, batchId, found.first)));
  });

  server.get(apiPrefix + examplesPath, async (request, reply) => {
    const caller = await authorise(app, request, access);
    const { campaignId } = z.object({ campaignId: z.uuid() }).parse(request.params);
    reply.headers(headers).header('content-disposition', 'inline; filename="examples.pdf"');
    return reply.type('application/pdf').send(await examples(app, caller, campaignId));
  });
};

/**
 * Names and addresses are looked at, and whoever lends them hears of it, whether the letters are posted or not.
 * @throws AppError conflict where one of those addresses was withdrawn since the file was made: nobody reads it any more
 */
async function lookAt(tx: Tx, actor: Actor, batchId: string): Promise<void> {
  const letters = await batches.listLetters(tx, actor.workspaceId, batchId);
  const ids = letters.filter(({ pages }) => pages !== null).map(({ message_id }) => message_id);
  const messages = await findLetters(tx, actor.workspaceId, ids, 'made');
  const pointIds = [...new Set(messages.flatMap(({ contact_point_id }) => contact_point_id ?? []))];
  if ((await findPostalPlaces(tx, actor, pointIds)).size < pointIds.length) throw new AppError('conflict');
  const cardIds = messages.flatMap(({ card_id }) => card_id ?? []);
  await recordUses(tx, actor, 'opened', await findUsedCards(tx, actor, cardIds));
}

/** Each content of a campaign in each of its languages, to somebody made up. @throws AppError not_found, forbidden */
async function examples(app: App, { actor, role }: Caller, campaignId: string): Promise<Buffer> {
  const found = await app.db.asActor(actor, async (tx) => {
    const context = { app, tx, actor, role };
    const { row } = await handle(context, campaignId);
    if (row?.way !== 'letter') throw notFound();
    const ids = [row.content_id, ...row.variants.map(({ contentId }) => contentId)];
    const sets = [];
    for (const id of ids) sets.push(await compileNow(context, id));
    const sender = { ...actor, memberId: row.sender_id };
    const head = await readLetterhead(tx, actor.workspaceId);
    return { sets, head, me: (await getMember(tx, actor))!, variables: await senderVariables(tx, sender) };
  });
  const { sets, head, me, variables } = found;
  const imageIds = [...new Set(sets.flatMap((set) => Object.values(set).flatMap(({ images }) => images)))];
  const images = await app.db.asSystem('keeper', (tx) => findOctetsOf(tx, actor.workspaceId, imageIds));
  const paper = new Paper(me.workspace, 'fr', { company: me.workspace, ...head }, images);
  const url = `${app.config.publicUrl}/u/0000-0000-0000`;
  for (const set of sets)
    for (const language of ['fr', 'en'] as const) {
      if (!set[language]) continue;
      const links = { 'link.unsubscribe': url, 'link.preferences': url };
      const words = renderFor(set, { ...samples[language], ...links, ...variables }, language);
      if ('aside' in words) continue;
      const said = { subject: words.subject, sheet: words.sheet ?? [], locale: language, purpose: 'service', url };
      const from = { workspace: me.workspace, country: me.country, date: new Date() };
      const letter = toLetter(sampleAddress[language], said, from);
      if (letter) await paper.add(letter);
    }
  return paper.end();
}
