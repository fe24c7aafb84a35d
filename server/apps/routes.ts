import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Accounts, headersOf } from '../identity/accounts.ts';
import { readInstallationSettings } from '../identity/apps.ts';
import { appScope } from '../identity/contract.ts';
import { resourceOf } from '../identity/oauth.ts';
import type { App } from '../kernel/app.ts';
import { notFound } from '../kernel/errors.ts';
import type { Routes } from '../kernel/http.ts';

const base = '/api/auth';
const wellKnown = '/.well-known/oauth-authorization-server';
const minute = '1 minute';

/** Forms that protocols of the web send; JSON and octets are known already. */
function readForms(server: FastifyInstance): void {
  server.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, body),
  );
}

/** Hands a request to the authorization server, without the cookies of whoever may sit at the browser unless they matter. */
async function pass(accounts: Accounts, app: App, request: FastifyRequest, withSession: boolean): Promise<Response> {
  const headers = new Headers();
  for (const name of ['authorization', 'content-type', 'accept']) {
    const value = request.headers[name];
    if (typeof value === 'string') headers.set(name, value);
  }
  if (withSession) headers.set('cookie', request.headers.cookie ?? '');
  const { body } = request;
  return accounts.oauth.handle(
    new Request(app.config.publicUrl + request.url, {
      method: request.method,
      headers,
      ...(request.method === 'POST' ? { body: typeof body === 'string' ? body : JSON.stringify(body ?? {}) } : {}),
    }),
  );
}

async function send(reply: FastifyReply, answer: Response): Promise<FastifyReply> {
  for (const name of ['content-type', 'www-authenticate']) {
    const value = answer.headers.get(name);
    if (value !== null) reply.header(name, value);
  }
  return reply
    .code(answer.status)
    .header('cache-control', 'no-store')
    .send(await answer.text());
}

/**
 * The way to the consent page: people sign in first, then the authorization server looks at the question. What it signs is
 * carried as one parameter, because its own repeats some.
 */
async function authorise(accounts: Accounts, app: App, request: FastifyRequest, reply: FastifyReply) {
  const asked = request.url.slice(request.url.indexOf('?') + 1);
  const session = request.headers.cookie ? await accounts.ofSession(headersOf(request)) : null;
  if (!session) return reply.redirect(`/authorise?ask=${encodeURIComponent(asked)}`);
  const answer = await pass(accounts, app, request, true);
  const to = answer.headers.get('location');
  if (to === null) return send(reply, answer);
  const ours = new URL(to, app.config.publicUrl);
  if (ours.origin !== new URL(app.config.publicUrl).origin) return reply.redirect(to);
  return reply.redirect(
    ours.pathname === '/authorise' && ours.searchParams.has('sig')
      ? `/authorise?request=${encodeURIComponent(ours.search.slice(1))}`
      : '/authorise?refused=1',
  );
}

/** OAuth 2.1 over HTTP: what the standards name, and nothing else of the library's. */
export const appsRoutes =
  (accounts: Accounts): Routes =>
  (server, app) => {
    const isOpen = async () => (await app.db.asSystem('identity', readInstallationSettings)).selfRegistration;
    const limit = (max: number) => ({ config: { rateLimit: { max, timeWindow: minute } } });

    // A scope of their own, so that no other route reads forms, which pages of other sites can send.
    void server.register(async (scope) => {
      readForms(scope);
      scope.get(`${base}/oauth2/authorize`, limit(60), (request, reply) => authorise(accounts, app, request, reply));
      for (const [path, max] of [
        ['token', 120],
        ['revoke', 120],
        ['introspect', 600],
      ] as const)
        scope.post(`${base}/oauth2/${path}`, limit(max), async (request, reply) =>
          send(reply, await pass(accounts, app, request, false)),
        );
      scope.post(`${base}/oauth2/register`, limit(10), async (request, reply) => {
        if (!(await isOpen())) throw notFound();
        return send(reply, await pass(accounts, app, request, false));
      });
    });

    // The panel of a person may stand in frames of the sites that an admin named; everything else in none.
    server.addHook('onSend', async (request, reply) => {
      if (!request.url.startsWith('/embed/')) return;
      const { embedOrigins } = await app.db.asSystem('identity', readInstallationSettings);
      if (embedOrigins.length === 0) return;
      const policy = String(reply.getHeader('content-security-policy'));
      reply.header(
        'content-security-policy',
        policy.replace(/frame-ancestors [^;]*/, `frame-ancestors ${embedOrigins.join(' ')}`),
      );
      reply.removeHeader('x-frame-options');
    });

    // RFC 8414: where clients look for the issuer's own, and at the root.
    for (const url of [`${wellKnown}${base}`, wellKnown])
      server.get(url, limit(120), async (_request, reply) => {
        const answer = await accounts.oauth.handle(new Request(app.config.publicUrl + wellKnown + base));
        const metadata = (await answer.json()) as Record<string, unknown>;
        if (!(await isOpen())) delete metadata.registration_endpoint;
        return reply.header('cache-control', 'no-store').send(metadata);
      });
    // RFC 9728: which authorization server guards the API.
    for (const url of ['/.well-known/oauth-protected-resource/api/v1', '/.well-known/oauth-protected-resource'])
      server.get(url, limit(120), async () => ({
        resource: resourceOf(app.config),
        authorization_servers: [app.config.publicUrl + base],
        scopes_supported: appScope.options,
        bearer_methods_supported: ['header'],
      }));
  };
