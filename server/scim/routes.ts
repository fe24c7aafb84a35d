import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Accounts } from '../identity/accounts.ts';
import type { App } from '../kernel/app.ts';
import type { Routes } from '../kernel/http.ts';
import { noSuch, ScimError } from './errors.ts';
import * as groups from './groups.ts';
import * as people from './people.ts';
import * as queries from './queries.ts';
import { type Resource, readFilter } from './resources.ts';
import { describeSchemas, resourceTypes, serviceConfig } from './schemas.ts';
import { scimPath, workspaceOf } from './token.ts';

/** Entra ID sends 25 requests a second at most. */
const limit = { rateLimit: { max: 3000, timeWindow: '1 minute' } };
const mediaType = 'application/scim+json; charset=utf-8';

type Asking = FastifyRequest<{
  Params: { id: string };
  Querystring: Record<string, string | undefined>;
  Body: unknown;
}>;
type Work<T> = (directory: people.Directory, request: Asking) => Promise<T>;

const largestPage = 200;
const paging = z.object({
  startIndex: z.coerce.number().int().catch(1),
  count: z.coerce.number().int().catch(largestPage),
  filter: z.string().max(1000).optional(),
});

/** A list answer (RFC 7644, 3.4.2). */
function toList(all: readonly Resource[], query: Record<string, string | undefined>) {
  const { startIndex, count, filter } = paging.parse(query);
  const matches = readFilter(filter);
  const found = matches ? all.filter(matches) : all;
  const start = Math.max(1, startIndex);
  const shown = found
    .slice(start - 1, start - 1 + Math.min(Math.max(0, count), largestPage))
    .map((one) => pick(one, query));
  return {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
    totalResults: found.length,
    startIndex: start,
    itemsPerPage: shown.length,
    Resources: shown,
  };
}

/** Directories ask for a group without its members (RFC 7644, 3.9), of whom there may be thousands. */
function pick(
  resource: Resource,
  { excludedAttributes = '' }: Record<string, string | undefined>,
): Record<string, unknown> {
  const without = new Set(excludedAttributes.split(',').map((one) => one.trim()));
  return Object.fromEntries(
    Object.entries(resource).filter(([key]) => !without.has(key) || key === 'id' || key === 'schemas'),
  );
}

/** Whose directory asks. @throws ScimError 401 */
async function workspaceFor(app: App, request: FastifyRequest): Promise<string> {
  const token = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
  const workspaceId = workspaceOf(token);
  const admitted =
    workspaceId !== null && (await app.db.asSystem('keeper', (tx) => queries.isToken(tx, workspaceId, token)));
  if (!admitted) throw new ScimError(401, 'This token opens nothing (any more).');
  return workspaceId;
}

/** SCIM 2.0 below /scim/v2, for who shows a token of the workspace. */
export const scimRoutes =
  (accounts: Accounts): Routes =>
  (server, app) => {
    /** Changes come one after the other, each in one transaction. */
    async function inDirectory<T>(request: Asking, work: Work<T>): Promise<T> {
      const workspaceId = await workspaceFor(app, request);
      if (request.params.id !== undefined && !z.uuid().safeParse(request.params.id).success) throw noSuch();
      const works: (() => Promise<void>)[] = [];
      const base = app.config.publicUrl + scimPath;
      const result = await app.db.asSystem('keeper', async (tx) => {
        if (request.method !== 'GET') await queries.lockDirectory(tx, workspaceId);
        return work({ app, accounts, tx, workspaceId, base, later: (one) => void works.push(one) }, request);
      });
      for (const one of works) await one();
      return result;
    }
    const answer =
      (work: Work<Resource>, status = 200) =>
      async (request: Asking, reply: FastifyReply) =>
        reply.code(status).send(pick(await inDirectory(request, work), request.query));
    const list = (work: Work<Resource[]>) => async (request: Asking) =>
      toList(await inDirectory(request, work), request.query);
    const remove = (work: Work<void>) => async (request: Asking, reply: FastifyReply) => {
      await inDirectory(request, work);
      return reply.code(204).send();
    };
    const tell = (describe: (base: string) => unknown) => async (request: Asking) => {
      await workspaceFor(app, request);
      return describe(app.config.publicUrl + scimPath);
    };

    void server.register(
      async (scope) => {
        const json = scope.getDefaultJsonParser('error', 'error');
        scope.addContentTypeParser(
          'application/scim+json',
          { parseAs: 'string', bodyLimit: 4 << 20 },
          (request, body, done) =>
            // Some directories name the type of a body that a DELETE does not have.
            body === '' ? done(null, undefined) : json(request, body as string, done),
        );
        scope.addHook(
          'onSend',
          async (_request, reply) => void reply.header('cache-control', 'no-store').type(mediaType),
        );
        scope.setErrorHandler((error, request, reply) => send(app, error, request, reply));
        const config = { config: limit };
        scope.get('/Users', config, list(people.listUsers));
        scope.post(
          '/Users',
          config,
          answer((directory, { body }) => people.createUser(directory, body), 201),
        );
        scope.get(
          '/Users/:id',
          config,
          answer((directory, { params }) => people.getUser(directory, params.id)),
        );
        scope.put(
          '/Users/:id',
          config,
          answer((directory, { params, body }) => people.replaceUser(directory, params.id, body)),
        );
        scope.patch(
          '/Users/:id',
          config,
          answer((directory, { params, body }) => people.patchUser(directory, params.id, body)),
        );
        scope.delete(
          '/Users/:id',
          config,
          remove((directory, { params }) => people.deleteUser(directory, params.id)),
        );
        scope.get('/Groups', config, list(groups.listGroups));
        scope.post(
          '/Groups',
          config,
          answer((directory, { body }) => groups.createGroup(directory, body), 201),
        );
        scope.get(
          '/Groups/:id',
          config,
          answer((directory, { params }) => groups.getGroup(directory, params.id)),
        );
        scope.put(
          '/Groups/:id',
          config,
          answer((directory, { params, body }) => groups.replaceGroup(directory, params.id, body)),
        );
        scope.patch(
          '/Groups/:id',
          config,
          answer((directory, { params, body }) => groups.patchGroup(directory, params.id, body)),
        );
        scope.delete(
          '/Groups/:id',
          config,
          remove((directory, { params }) => groups.deleteGroup(directory, params.id)),
        );
        scope.get('/ServiceProviderConfig', config, tell(serviceConfig));
        scope.get(
          '/ResourceTypes',
          config,
          tell((base) => toList(resourceTypes(base), {})),
        );
        scope.get(
          '/Schemas',
          config,
          tell((base) => toList(describeSchemas(base), {})),
        );
        scope.all('/*', config, async () => {
          throw noSuch();
        });
      },
      { prefix: scimPath },
    );
  };

/** An error in SCIM's format (RFC 7644, 3.12). */
function send(app: App, error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const told = (error as { status?: number; statusCode?: number }).statusCode;
  const known =
    error instanceof ScimError
      ? error
      : new ScimError(told !== undefined && told < 500 ? told : 500, 'This request was not understood.');
  if (known.status === 500)
    app.log.error('request failed', { requestId: request.id, route: request.routeOptions.url ?? '', error });
  return reply.code(known.status).send({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
    status: String(known.status),
    ...(known.scimType ? { scimType: known.scimType } : {}),
    detail: known.message,
  });
}
