import compress from '@fastify/compress';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { App, AppInside } from './app.ts';
import {
  type Contract,
  errorStatus,
  type Input,
  type Output,
  type Parsed,
  type Problem,
  type Role,
  type Scope,
} from './contract.ts';
import { type Actor, NoConnection, type SystemRole, type Tx } from './database.ts';
import { AppError } from './errors.ts';
import { rememberAnswer, rememberOutside } from './idempotency.ts';
import { describeIssues } from './issues.ts';
import { type Locale, pickLocale, translator } from './messages.ts';
import { whileAnswering } from './pace.ts';
import { isDiskFull } from './trouble.ts';

/** Who sent a request, as `identify` found out. */
export interface Caller {
  actor: Actor;
  role: Role;
  /** The charter has changed, or is new to them, and they have not accepted it. */
  charterDue: boolean;
  /** Those that the caller may choose among, this one included; a key has one. */
  workspaces: readonly { id: string; name: string }[];
  /** Present for keys and tokens: what they may do. Sessions may do all. */
  scopes?: readonly Scope[];
  /** Present where an API key was shown: what it makes that goes on by itself ends with it. */
  key?: { id: string; endsAt: Date | null };
  /** Of an app: who authorised it. Nothing of theirs is the app's. */
  behalf?: { memberId: string; role: Role };
  /** Whether a cookie carries the identity; only then can another site forge requests. */
  cookie: boolean;
}

/** Who asks, and by which request. */
export interface Asking {
  actor: Actor;
  role: Role;
  charterDue: boolean;
  /** Those that the caller may choose among. */
  workspaces: Caller['workspaces'];
  /** The API key that was shown, if one was. */
  key?: Caller['key'];
  request: FastifyRequest;
  reply: FastifyReply;
}

/** What an operation gets besides its input. */
export interface Context extends Asking {
  app: AppInside;
  /** The request's transaction: what it reads has passed row security. */
  tx: Tx;
  /** Runs after the transaction has committed and before the answer: index upkeep that the caller must see at once. */
  afterCommit(work: (app: App) => Promise<void>): void;
}

/**
 * What an operation gets that has a system do some of its work, or waits for somebody outside: it opens its transactions itself,
 * one after the other, and holds no connection in between. What it writes must be whole in each of them.
 */
export interface OutsideContext extends Asking {
  app: App;
  /** A transaction as the caller, with what is to follow its commit. */
  asCaller<T>(work: (context: Context) => Promise<T>): Promise<T>;
  /** A transaction above row security. What it reads is for the operation to judge by, not to answer with. */
  asSystem<T>(role: SystemRole, work: (tx: Tx) => Promise<T>): Promise<T>;
}

export interface PublicContext {
  app: App;
  request: FastifyRequest;
  reply: FastifyReply;
}

// biome-ignore lint/suspicious/noExplicitAny: operations of all inputs stand in one list; `implement` has checked each.
export interface Operation<C extends Contract<any, any> = Contract<any, any>> {
  contract: C;
  run(input: never, context: never): Promise<unknown>;
  /** It runs in no transaction: it gets an `OutsideContext`. */
  outside?: true;
}

/** Who calls is known. */
type Signed = Exclude<Contract['access'], 'public'>;

/** Binds a contract to its function. The function's types follow from the contract. */
export function implement<C extends Contract>(
  contract: C & { access: 'public' },
  run: (input: Parsed<C>, context: PublicContext) => Promise<Output<C>>,
): Operation<C>;
export function implement<C extends Contract>(
  contract: C & { access: Signed },
  run: (input: Parsed<C>, context: Context) => Promise<Output<C>>,
): Operation<C>;
export function implement<C extends Contract>(contract: C, run: Operation['run']): Operation<C> {
  return { contract, run };
}

/** As `implement`, for an operation that opens its transactions itself. */
export function implementOutside<C extends Contract>(
  contract: C & { access: Signed },
  run: (input: Parsed<C>, context: OutsideContext) => Promise<Output<C>>,
): Operation<C> {
  return { contract, run, outside: true };
}

/** How a module adds what is no JSON operation: uploads, downloads, event streams. */
export type Routes = (server: FastifyInstance, app: App) => void;

export const apiPrefix = '/api/v1';

export function localeOf(request: FastifyRequest): Locale {
  return pickLocale(request.headers['accept-language']);
}

/** The message of a problem in the caller's language. */
function problemOf(error: AppError, request: FastifyRequest): Problem {
  const t = translator(localeOf(request));
  const fields = error.details.fields;
  return {
    type: `https://entregent.org/problems/${error.code}`,
    title: t(`error.${error.code}`, error.details.values),
    status: errorStatus[error.code],
    code: error.code,
    ...(fields ? { fields } : {}),
    requestId: request.id,
  };
}

/** What any error says to who called; all that nobody foresaw is `internal`. */
export function asAppError(error: unknown, locale: Locale): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof NoConnection) return new AppError('unavailable');
  if (error instanceof z.ZodError) {
    return new AppError('invalid_input', { fields: describeIssues(error, translator(locale)) });
  }
  const code = (error as { code?: string }).code ?? '';
  if (isDiskFull(code)) return new AppError('disk_full');
  // U+0000 and half surrogates cannot be stored as text.
  if (/^22(021|P05)$/.test(code)) return new AppError('invalid_input');
  const status = (error as { statusCode?: number }).statusCode;
  if (status === 413) return new AppError('too_large');
  if (status === 429) return new AppError('too_many_requests');
  if (status !== undefined && status >= 400 && status < 500) return new AppError('invalid_input');
  return new AppError('internal');
}

/** Builds the server with its general manners: headers, compression, rate limits, problem+json. */
export async function createServer(app: App): Promise<FastifyInstance> {
  const server = Fastify({
    logger: false,
    trustProxy: app.config.trustedProxies.length > 0 ? app.config.trustedProxies : false,
    bodyLimit: 8 * 2 ** 20,
    // Fastify's own is none: whoever sends an octet now and then would hold a connection for ever. The largest upload, over a slow line, takes less.
    requestTimeout: 3_600_000,
    routerOptions: { maxParamLength: 200 },
    forceCloseConnections: true,
  });
  await server.register(helmet, {
    contentSecurityPolicy: {
      directives: {
        defaultSrc: ["'self'"],
        // Helmet's own let fonts come from anywhere, and a base point within this site.
        baseUri: ["'none'"],
        fontSrc: ["'self'", 'data:'],
        imgSrc: ["'self'", 'data:', 'blob:'],
        styleSrc: ["'self'", "'unsafe-inline'"],
        scriptSrc: app.config.dev ? ["'self'", "'unsafe-inline'"] : ["'self'"],
        // A letter is looked at before it is printed: a PDF that the page has made a file of.
        frameSrc: ["'self'", 'blob:'],
        connectSrc: app.config.dev ? ["'self'", 'ws:'] : ["'self'"],
        frameAncestors: ["'none'"],
        upgradeInsecureRequests: app.config.publicUrl.startsWith('https:') ? [] : null,
      },
    },
    strictTransportSecurity: app.config.publicUrl.startsWith('https:'),
    referrerPolicy: { policy: 'no-referrer' },
  });
  await server.register(compress, { threshold: 1024, encodings: ['br', 'gzip'], brotliOptions: { params: { 1: 4 } } });
  await server.register(rateLimit, { global: false, errorResponseBuilder: () => new AppError('too_many_requests') });
  server.addContentTypeParser('application/octet-stream', (_request, payload, done) => done(null, payload));
  server.setErrorHandler((error, request, reply) => {
    const known = asAppError(error, localeOf(request));
    if (known.status >= 500 && known !== error)
      app.log.error('request failed', { requestId: request.id, route: request.routeOptions.url ?? '', error });
    // Where a program that is refused learns how to be authorised (RFC 9728, 5.1); an entrance of its own has said it already.
    const said = reply.hasHeader('www-authenticate');
    if (known.status === 401 && request.headers.authorization !== undefined && !said)
      reply.header(
        'www-authenticate',
        `Bearer error="invalid_token", resource_metadata="${app.config.publicUrl}/.well-known/oauth-protected-resource/api/v1"`,
      );
    return reply.code(known.status).type('application/problem+json').send(problemOf(known, request));
  });
  return server;
}

/** `/people/:personId` takes path parameters, query and body as one flat input. */
function readInput(contract: Contract, request: FastifyRequest): unknown {
  const params = request.params as Record<string, string>;
  const rest = contract.method === 'GET' || contract.method === 'DELETE' ? request.query : request.body;
  return contract.input.parse({ ...(rest && typeof rest === 'object' ? rest : {}), ...params });
}

const admittedRoles: Partial<Record<Contract['access'], readonly Role[]>> = {
  marketer: ['admin', 'marketing'],
  overseer: ['admin', 'auditor'],
  admin: ['admin'],
};

/**
 * Who calls, or an error: unauthenticated, a forged cross-site write, beyond what role and key allow, or a charter that has not been
 * accepted.
 */
export async function authorise(
  app: App,
  request: FastifyRequest,
  contract: Pick<Contract, 'access' | 'scope' | 'method' | 'beforeCharter' | 'apps'>,
): Promise<Caller> {
  const caller = await app.identify(request);
  if (!caller) throw new AppError('unauthenticated');
  // A custom header cannot be sent across origins without a preflight, which we never answer.
  if (caller.cookie && contract.method !== 'GET' && request.headers['x-entregent-csrf'] === undefined)
    throw new AppError('forbidden');
  const admitted = admittedRoles[contract.access];
  if (admitted && !admitted.includes(caller.role)) throw new AppError('forbidden');
  if (caller.charterDue && !contract.beforeCharter) throw new AppError('charter_due');
  if (caller.actor.app && !contract.apps) throw new AppError('forbidden');
  if (caller.scopes && !allows(caller, contract.scope)) throw new AppError('forbidden');
  return caller;
}

/** A member's key that reads may take along too, as its owner does; an app must have been allowed it. */
function allows({ scopes, actor }: Caller, scope: Scope | undefined): boolean {
  if (!scope) return false;
  return scopes!.includes(scope) || (scope === 'contacts:export' && !actor.app && scopes!.includes('contacts:read'));
}

/** Publishes operations as routes. */
export function publish(server: FastifyInstance, app: App, operations: readonly Operation[]): void {
  for (const operation of operations) {
    const contract: Contract = operation.contract;
    server.route({
      method: contract.method,
      url: apiPrefix + contract.path,
      ...(contract.bodyLimit !== undefined && { bodyLimit: contract.bodyLimit }),
      config: {
        rateLimit: limitOf(contract),
      },
      handler: (request, reply) => whileAnswering(() => answer(app, operation, request, reply)),
    });
  }
}

function limitOf({ access, method, rate }: Contract): { max: number; timeWindow: string } | false {
  const max = rate ?? (access === 'public' && method !== 'GET' ? 20 : null);
  return max === null ? false : { max, timeWindow: '1 minute' };
}

async function answer(app: App, operation: Operation, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const contract: Contract = operation.contract;
  reply.header('cache-control', 'no-store');
  if (contract.access === 'public') {
    const run = operation.run as (input: unknown, context: PublicContext) => Promise<unknown>;
    return run(readInput(contract, request), { app, request, reply });
  }
  const caller = await authorise(app, request, contract);
  const input = readInput(contract, request);
  const asking: Asking = {
    actor: caller.actor,
    role: caller.role,
    charterDue: caller.charterDue,
    workspaces: caller.workspaces,
    ...(caller.key && { key: caller.key }),
    request,
    reply,
  };
  const inside = <T>(work: (context: Context) => Promise<T>) => asCaller(app, asking, work);
  if (!operation.outside) {
    const run = operation.run as (input: unknown, context: Context) => Promise<unknown>;
    return inside((context) =>
      rememberAnswer(context.tx, caller.actor, contract, request, input, () => run(input, context)),
    );
  }
  const run = operation.run as (input: unknown, context: OutsideContext) => Promise<unknown>;
  const context = outsideOf(app, asking);
  return rememberOutside(inside, caller.actor, contract, request, input, () => run(input, context));
}

const outsideOf = (app: App, asking: Asking): OutsideContext => ({
  ...asking,
  app,
  asCaller: (work) => asCaller(app, asking, work),
  asSystem: (role, work) => retryOnConflict(() => app.db.asSystem(role, work)),
});

/** Runs an operation for another door, which has asked who may: its input is parsed, and its answer is the operation's own. */
export async function perform<C extends Contract>(
  app: App,
  operation: Operation<C>,
  asking: Asking,
  input: Input<C>,
): Promise<Output<C>> {
  const parsed = operation.contract.input.parse(input);
  const run = operation.run as (input: unknown, context: unknown) => Promise<Output<C>>;
  return operation.outside
    ? run(parsed, outsideOf(app, asking))
    : asCaller(app, asking, (context) => run(parsed, context));
}

/** One transaction of the request, and what is to follow its commit. */
export async function asCaller<T>(app: App, asking: Asking, work: (context: Context) => Promise<T>): Promise<T> {
  let later: ((app: App) => Promise<void>)[] = [];
  const result = await retryOnConflict(() => {
    later = [];
    return app.db.asActor(asking.actor, (tx) =>
      work({ ...asking, app, tx, afterCommit: (step) => void later.push(step) }),
    );
  });
  for (const step of later) await step(app);
  return result;
}

/**
 * A transaction that lost against another (deadlock, serialisation failure), or met a table that has just got other columns, has changed
 * nothing and is simply run again.
 */
async function retryOnConflict<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === 3 || !/^(40P01|40001|0A000)$/.test((error as { code?: string }).code ?? '')) throw error;
    }
  }
}
