import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App } from '../kernel/app.ts';
import { AppError } from '../kernel/errors.ts';
import type { Routes } from '../kernel/http.ts';
import { whileAnswering } from '../kernel/pace.ts';
import { remove } from './delete.ts';
import { openEntrance } from './entrance.ts';
import { DavError } from './errors.ts';
import { get } from './get.ts';
import { mkcol } from './mkcol.ts';
import { move } from './move.ts';
import { methods, options } from './options.ts';
import { davPath, readPath } from './paths.ts';
import { largestCard } from './properties.ts';
import { propfind } from './propfind.ts';
import { proppatch } from './proppatch.ts';
import { put } from './put.ts';
import { report } from './report.ts';
import { assertOwn, assertWritable, type Method } from './request.ts';
import { document, UnreadableXml, write } from './xml.ts';

const table: Record<(typeof methods)[number], Method> = {
  OPTIONS: options,
  GET: get,
  HEAD: get,
  PUT: put,
  DELETE: remove,
  PROPFIND: propfind,
  PROPPATCH: proppatch,
  REPORT: report,
  MKCOL: mkcol,
  MOVE: move,
};

/** Octets of the largest body that is read: a card, and what XML asks of ten thousands of them. */
const bodyLimit = largestCard + (1 << 20);

/** The CardDAV server (RFC 6352): a second front door that owns no data. */
export const davRoutes: Routes = (server, app) => {
  for (const method of ['PROPFIND', 'PROPPATCH', 'REPORT', 'MKCOL', 'MOVE'])
    server.addHttpMethod(method, { hasBody: true });
  const identify = openEntrance(app);
  void server.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit }, (_request, body, done) => done(null, body));
    scope.setErrorHandler((error, request, reply) => refuse(app, error, request, reply));
    // RFC 6764, 5; as programs do that were given the bare host.
    scope.route({
      method: [...methods],
      url: '/.well-known/carddav',
      exposeHeadRoute: false,
      handler: (_request, reply) => reply.redirect(davPath, 301),
    });
    for (const url of ['/dav', '/dav/*'])
      scope.route({
        method: [...methods],
        url,
        exposeHeadRoute: false,
        bodyLimit,
        handler: (request, reply) => whileAnswering(() => answer(app, identify, request, reply)),
      });
    scope.route({
      method: ['PROPFIND'],
      url: '/',
      handler: (_request, reply) => reply.redirect(davPath, 301),
    });
  });
};

async function answer(
  app: App,
  identify: ReturnType<typeof openEntrance>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  reply.header('cache-control', 'no-store');
  const device = await identify(request);
  const target = readPath(request.url.split('?')[0]!);
  if (!target) throw new DavError(404);
  const actor = { workspaceId: device.workspaceId, memberId: device.memberId };
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const dav = { app, device, actor, target, body, request, reply };
  assertOwn(dav);
  assertWritable(dav);
  return table[request.method as keyof typeof table](dav);
}

/** Errors in WebDAV's own format, without words: programs read them. */
function refuse(app: App, error: unknown, request: FastifyRequest, reply: FastifyReply): unknown {
  const { status, condition } = toDavError(app, error, request);
  // Said in the charset of RFC 7617, 2.1.
  if (status === 401) reply.header('www-authenticate', 'Basic realm="Entregent", charset="UTF-8"');
  reply.code(status);
  if (!condition) return reply.send();
  return reply.type('application/xml; charset=utf-8').send(document('error', write(condition)));
}

function toDavError(app: App, error: unknown, request: FastifyRequest): DavError {
  if (error instanceof DavError) return error;
  if (error instanceof UnreadableXml) return new DavError(400);
  if (error instanceof AppError) return new DavError(error.status);
  const code = (error as { code?: string }).code ?? '';
  // The library's: a body beyond the limit, a header that is none. PostgreSQL's: text that it cannot hold; two that met.
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new DavError(413);
  if (/^22(021|P05)$/.test(code)) return new DavError(400);
  if (/^(40P01|40001)$/.test(code)) return new DavError(503);
  const status = (error as { statusCode?: number }).statusCode;
  if (status !== undefined && status >= 400 && status < 500) return new DavError(status);
  app.log.error('request failed', { requestId: request.id, route: request.routeOptions.url ?? '', error });
  return new DavError(500);
}
