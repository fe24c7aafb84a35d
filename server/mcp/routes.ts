import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import type { McpHttpHandler } from '@modelcontextprotocol/server';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { metadataOf, resourceOf } from '../identity/oauth.ts';
import { getMember } from '../identity/queries.ts';
import type { App } from '../kernel/app.ts';
import type { AppScope } from '../kernel/contract.ts';
import { AppError } from '../kernel/errors.ts';
import type { Caller, Operation, Routes } from '../kernel/http.ts';
import { sha256 } from '../kernel/ids.ts';
import { type Locale, translator } from '../kernel/messages.ts';
import { whileAnswering } from '../kernel/pace.ts';
import { openCall } from './calling.ts';
import { entrance, everyTool, tools } from './contract.ts';
import { bodyLimit, findTool, openProtocol } from './serving.ts';

/** What a program should ask for at first: to read. To write it asks for more, when it comes to that (`insufficient_scope`). */
const asksFirst: readonly AppScope[] = [everyTool, 'assistant:read'];
const allScopes = [...new Set([everyTool, ...tools.flatMap(({ scope }) => scope ?? [])])];

/** Calls a minute: of one token, and from one address with tokens that open nothing. A company's assistants may all come from a few addresses. */
const pace = { token: 120, address: 600 };

/** Tells a program how to be authorised, and for what (RFC 6750, 3; RFC 9728, 5.1). */
function challenge(app: App, reply: FastifyReply, error: string | null, scopes: readonly string[]): void {
  const said = [
    ...(error ? [`error="${error}"`] : []),
    `resource_metadata="${metadataOf(app.config, 'mcp')}"`,
    `scope="${scopes.join(' ')}"`,
  ];
  reply.header('www-authenticate', `Bearer ${said.join(', ')}`);
}

interface Body {
  method?: unknown;
  params?: { name?: unknown };
}

/** What the tools of a request need: a batch of an earlier revision may call several. What cannot be read needs nothing, and is refused as such. */
function scopesFor(text: string): AppScope[] {
  const bodies = ((): unknown[] => {
    try {
      return [JSON.parse(text)].flat();
    } catch {
      return [];
    }
  })();
  const asked = (bodies as (Body | null)[]).flatMap((body) =>
    body?.method === 'tools/call' ? (findTool(body.params?.name)?.scope ?? []) : [],
  );
  return [...new Set([everyTool, ...asked])];
}

/** Pages of other sites do not come in, whatever name they call this computer by (DNS rebinding); programs send no origin. */
function checkOrigin(app: App, request: FastifyRequest): void {
  const { origin } = request.headers;
  if (origin !== undefined && origin !== new URL(app.config.publicUrl).origin) throw new AppError('forbidden');
}

type Admitted = Caller & Required<Pick<Caller, 'behalf'>>;

/** Who calls. @throws AppError unauthenticated or invalid_token, with the way to be authorised; charter_due; forbidden */
async function admit(app: App, request: FastifyRequest, reply: FastifyReply): Promise<Admitted> {
  const caller = await app.identify(request, 'mcp').catch((error: unknown) => {
    if (error instanceof AppError && error.status === 401) challenge(app, reply, 'invalid_token', asksFirst);
    throw error;
  });
  if (!caller?.behalf) {
    challenge(app, reply, null, asksFirst);
    throw new AppError('unauthenticated');
  }
  if (caller.charterDue) throw new AppError('charter_due');
  const needed = scopesFor(String(request.body ?? ''));
  if (!needed.every((scope) => caller.scopes?.includes(scope))) {
    challenge(app, reply, 'insufficient_scope', [...new Set([...(caller.scopes ?? []), ...needed])]);
    throw new AppError('forbidden');
  }
  return caller as Admitted;
}

/** Goes in once, as every tool will. @returns the member's language. @throws AppError invalid_token when nothing is lent to the app any more */
async function enter(app: App, { actor, behalf }: Admitted, reply: FastifyReply): Promise<Locale> {
  const member = { workspaceId: actor.workspaceId, memberId: behalf.memberId };
  const inside = { ...actor, within: behalf.memberId };
  const found = await app.db
    .asActor(inside, (tx) => getMember(tx, member))
    .catch((error: unknown) => {
      if (!(error instanceof AppError) || error.status !== 401) throw error;
      challenge(app, reply, 'invalid_token', asksFirst);
      throw new AppError('invalid_token');
    });
  return found?.locale === 'fr' ? 'fr' : 'en';
}

/** The request in the words of the web's own interface, which the library reads. */
function toWeb(app: App, request: FastifyRequest): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers))
    if (typeof value === 'string' && !/^(content-length|authorization|cookie)$/.test(name)) headers.set(name, value);
  const { method } = request;
  const body = method === 'POST' ? { body: String(request.body ?? '') } : {};
  return new Request(app.config.publicUrl + entrance, { method, headers, ...body });
}

async function send(reply: FastifyReply, answer: Response): Promise<FastifyReply> {
  reply.code(answer.status).header('cache-control', 'no-store');
  for (const name of ['content-type', 'allow', 'mcp-protocol-version', 'x-accel-buffering']) {
    const value = answer.headers.get(name);
    if (value !== null) reply.header(name, value);
  }
  return reply.send(answer.body ? Readable.fromWeb(answer.body as ReadableStream) : '');
}

/** @param operations all of the product's, of which the tools are made */
export const mcpRoutes =
  (operations: readonly Operation[]): Routes =>
  (server, app) => {
    const byName = new Map(operations.map((operation) => [operation.contract.name, operation]));
    let protocol: Promise<McpHttpHandler> | undefined;
    let paced: ReturnType<typeof paceOf> | undefined;
    let strangers: ReturnType<typeof strangersOf> | undefined;

    // A scope of their own: here alone a body is read as it was sent, so that what is no JSON is answered in the protocol's own words.
    void server.register(async (scope) => {
      readAsSent(scope);
      scope.route({
        method: ['POST', 'GET', 'DELETE'],
        url: entrance,
        bodyLimit,
        handler: (request, reply) =>
          whileAnswering(async () => {
            checkOrigin(app, request);
            strangers ??= strangersOf(scope);
            const caller = await admit(app, request, reply).catch((error) => slowDown(strangers!, request, error));
            paced ??= paceOf(scope);
            const limit = await paced(request);
            if (!limit.isAllowed && limit.isExceeded) throw new AppError('too_many_requests');
            const locale = await enter(app, caller, reply);
            const call = openCall(app, byName, caller, { request, reply }, translator(locale));
            protocol ??= openProtocol();
            const authInfo = { token: '', clientId: caller.actor.memberId, scopes: [...(caller.scopes ?? [])] };
            const extra = { call, locale, scopes: authInfo.scopes };
            return send(reply, await (await protocol).fetch(toWeb(app, request), { authInfo: { ...authInfo, extra } }));
          }),
      });
    });

    // RFC 9728: which authorization server guards the entrance.
    server.get(
      new URL(metadataOf(app.config, 'mcp')).pathname,
      { config: { rateLimit: { max: 120, timeWindow: '1 minute' } } },
      async () => ({
        resource: resourceOf(app.config, 'mcp'),
        resource_name: 'Entregent',
        authorization_servers: [`${app.config.publicUrl}/api/auth`],
        scopes_supported: allScopes,
        bearer_methods_supported: ['header'],
      }),
    );
  };

/** Counts by token, from whichever address it is shown. */
const paceOf = (scope: FastifyInstance) =>
  scope.createRateLimit({
    max: pace.token,
    timeWindow: '1 minute',
    keyGenerator: (request) => `mcp ${sha256(request.headers.authorization ?? '').toString('base64url')}`,
  });

/** Counts by address those who show nothing that opens. */
const strangersOf = (scope: FastifyInstance) => scope.createRateLimit({ max: pace.address, timeWindow: '1 minute' });

/** @throws AppError too_many_requests to whoever tries token after token; else what they were refused with */
async function slowDown(
  strangers: ReturnType<typeof strangersOf>,
  request: FastifyRequest,
  error: unknown,
): Promise<never> {
  if (error instanceof AppError && error.status === 401) {
    const limit = await strangers(request);
    if (!limit.isAllowed && limit.isExceeded) throw new AppError('too_many_requests');
  }
  throw error;
}

function readAsSent(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) =>
    // A byte order mark is no JSON (RFC 8259, 8.1), and readers differ in whether they pass over it: here it is seen by none.
    done(null, String(body).replace(/^\uFEFF/, '')),
  );
}
