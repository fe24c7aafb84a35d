import { z } from 'zod';
import { Forged, Unreadable } from '../conversations/channels/channel.ts';
import { hookRequestOf } from '../conversations/hook-request.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { apiPrefix, type Routes } from '../kernel/http.ts';
import { hearTracker } from './issues-sending.ts';
import { trackerHookPath } from './trackers-contract.ts';

const params = z.object({ workspaceId: z.uuid(), trackerId: z.uuid() });

/** Octets of what a tracker tells: the whole issue, with its text. */
const largest = 2 * 2 ** 20;

/** Where trackers tell what became of issues. */
export const decisionsRoutes: Routes = (server, app) => {
  // Its own parsers: signatures are over the octets as they came.
  void server.register(async (scoped) => {
    scoped.removeAllContentTypeParsers();
    scoped.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    scoped.post(apiPrefix + trackerHookPath, { bodyLimit: largest }, async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const of = params.safeParse(request.params);
      if (!of.success) throw notFound();
      const known = await hearTracker(app, of.data, hookRequestOf(app, request)).catch((error: unknown) => {
        if (error instanceof Forged) throw new AppError('forbidden');
        throw error instanceof Unreadable ? new AppError('invalid_input') : error;
      });
      if (!known) throw notFound();
      return reply.code(204).send();
    });
  });
};
