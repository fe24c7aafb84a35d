import { z } from 'zod';
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
import { getMember } from '../identity/queries.ts';
import type { App } from '../kernel/app.ts';
import { notFound } from '../kernel/errors.ts';
import { apiPrefix, authorise, type Caller, type Routes } from '../kernel/http.ts';
import { examplesPath } from './contract.ts';
import { handle } from './describing.ts';

const access = { access: 'member', scope: 'contacts:read', method: 'GET' } as const;
const headers = { 'cache-control': 'no-store, private', 'x-content-type-options': 'nosniff' };

export const campaignsRoutes: Routes = (server, app) => {
  server.get(apiPrefix + examplesPath, async (request, reply) => {
    const caller = await authorise(app, request, access);
    const { campaignId } = z.object({ campaignId: z.uuid() }).parse(request.params);
    reply.headers(headers).header('content-disposition', 'inline; filename="examples.pdf"');
    return reply.type('application/pdf').send(await examples(app, caller, campaignId));
  });
};

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
