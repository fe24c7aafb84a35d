import { apiPrefix, type Routes } from '../kernel/http.ts';
import type { AnyConnector } from './connector.ts';
import { returnPath } from './contract.ts';
import { comeBack } from './oauth/authorising.ts';

/** Where services lead browsers back to, with an account or without. */
export const connectorsRoutes =
  (connectors: readonly AnyConnector[]): Routes =>
  (server, app) => {
    const limit = { rateLimit: { max: 60, timeWindow: '1 minute' } };
    server.get(apiPrefix + returnPath, { config: limit }, async (request, reply) => {
      reply.header('cache-control', 'no-store');
      return reply.redirect(await comeBack(app, connectors, request, reply), 303);
    });
  };
