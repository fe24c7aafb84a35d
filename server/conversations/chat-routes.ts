import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import type { App } from '../kernel/app.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { apiPrefix, type Routes } from '../kernel/http.ts';
import type { ApiPaths } from '../kernel/openapi.ts';
import { root } from '../kernel/root.ts';
import { visitorSubject } from './arrivals.ts';
import type { ChatSettings } from './channels/local.ts';
import { findWorking } from './channels.ts';
import { chatFilePath, chatFilesPath, chatLivePath, chatPagePath, mostVisitorFile } from './chat-contract.ts';
import { getVisitor, say } from './chat-operations.ts';
import { readOctets } from './files.ts';
import { readBody } from './routes.ts';
import { findVisit, findVisitorFile } from './visitors.ts';

const place = z.object({ workspaceId: z.uuid(), channelId: z.uuid() });
const fileQuery = z.object({
  name: z.string().min(1).max(255),
  type: z.string().max(150).default(''),
  messageId: z.uuid(),
});

export const chatRoutes: Routes = (server, app) => {
  page(server, app);
  live(server, app);
  files(server, app);
};

/** The page in the window: it may stand within the sites that the channel names, and nowhere else. */
function page(server: FastifyInstance, app: App): void {
  server.get(chatPagePath, async (request, reply) => {
    const params = place.safeParse(request.params);
    if (!params.success) throw notFound();
    const { workspaceId, channelId } = params.data;
    const channel = await app.db.asSystem('keeper', (tx) => findWorking(tx, workspaceId, channelId));
    const file = join(root, 'dist/web/chat.html');
    if (channel?.kind !== 'chat' || channel.state === 'ended' || !existsSync(file)) throw notFound();
    const { origins } = channel.settings as ChatSettings;
    return framed(reply, origins).type('text/html; charset=utf-8').send(readFileSync(file));
  });
}

function framed(reply: FastifyReply, origins: readonly string[]): FastifyReply {
  const sites = origins.length > 0 ? origins.map((origin) => new URL(origin).origin).join(' ') : '*';
  const policy = `default-src 'self'; img-src 'self' blob: data:; style-src 'self' 'unsafe-inline'; frame-ancestors ${sites}; base-uri 'none'; form-action 'none'`;
  return reply
    .removeHeader('x-frame-options')
    .removeHeader('cross-origin-resource-policy')
    .header('content-security-policy', policy)
    .header('cache-control', 'no-cache');
}

/** Milliseconds between two signs of life. */
const heartbeat = 25_000;
/** Streams of one conversation. */
const mostStreams = 5;
const streams = new Map<string, number>();

/** Says when to look again. Whoever has not written yet has nothing to wait for. */
function live(server: FastifyInstance, app: App): void {
  server.get(apiPrefix + chatLivePath, async (request, reply) => {
    const params = place.parse(request.params);
    const visit = await app.db.asSystem('keeper', async (tx) => findVisit(tx, await getVisitor(tx, request, params)));
    if (!visit) throw notFound();
    const { conversation_id: id } = visit;
    // Who has gone while we looked is not waited for.
    if (request.raw.destroyed) return;
    const open = streams.get(id) ?? 0;
    if (open >= mostStreams) throw new AppError('too_many_requests');
    streams.set(id, open + 1);
    reply.hijack();
    const { raw } = reply;
    const headers = { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' };
    raw.writeHead(200, { ...reply.getHeaders(), ...headers } as Record<string, string>);
    const stop = app.live.watch(visitorSubject(id), () => raw.write('data:\n\n'));
    const beat = setInterval(() => raw.write(':\n\n'), heartbeat);
    raw.on('close', () => {
      clearInterval(beat);
      stop();
      const left = (streams.get(id) ?? 1) - 1;
      if (left > 0) streams.set(id, left);
      else streams.delete(id);
    });
    raw.write('data:\n\n');
  });
}

function files(server: FastifyInstance, app: App): void {
  const limit = { rateLimit: { max: 20, timeWindow: '1 minute' } };
  server.post(apiPrefix + chatFilesPath, { bodyLimit: mostVisitorFile + 1, config: limit }, async (request, reply) => {
    reply.header('cache-control', 'no-store');
    const params = place.parse(request.params);
    const { name, type, messageId } = fileQuery.parse(request.query);
    await app.db.asSystem('keeper', (tx) => getVisitor(tx, request, params));
    const content = await readBody((request.body ?? []) as AsyncIterable<Buffer>, mostVisitorFile);
    await say(app, request, params, { messageId, text: '', files: [{ name, mediaType: type, content }] });
    return {};
  });

  server.get(apiPrefix + chatFilePath, async (request, reply) => {
    const params = place.extend({ fileId: z.uuid() }).parse(request.params);
    const found = await app.db.asSystem('keeper', async (tx) => {
      const file = await findVisitorFile(tx, await getVisitor(tx, request, params), params.fileId);
      return file && { file, octets: await readOctets(tx, params.workspaceId, file.file_id) };
    });
    if (!found) throw notFound();
    return reply
      .header('cache-control', 'no-store')
      .header('content-security-policy', "default-src 'none'; sandbox")
      .type(found.file.shown ? found.file.media_type : 'application/octet-stream')
      .send(found.octets);
  });
}

export const chatPaths: ApiPaths = {
  [chatLivePath]: {
    get: {
      operationId: 'conversations.listenInChat',
      summary: 'Server-sent events for a visitor (header x-visitor): something was said, look again',
      scope: null,
      answers: ['text/event-stream'],
    },
  },
  [chatFilesPath]: {
    post: {
      operationId: 'conversations.putFileInChat',
      summary: 'A visitor sends a file (header x-visitor)',
      scope: null,
      query: fileQuery,
      body: 'application/octet-stream',
      answers: z.object({}),
    },
  },
  [chatFilePath]: {
    get: {
      operationId: 'conversations.getFileInChat',
      summary: 'A file of the visitor’s own conversation (header x-visitor)',
      scope: null,
      answers: ['application/octet-stream'],
    },
  },
};
