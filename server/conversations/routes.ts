import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { App } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { apiPrefix, authorise, type Routes } from '../kernel/http.ts';
import { newId } from '../kernel/ids.ts';
import type { ApiPaths } from '../kernel/openapi.ts';
import { inRounds } from '../kernel/rounds.ts';
import { arrived } from './arriving.ts';
import { type AnyChannel, Forged, type Heard, type HookRequest, Unreadable } from './channels/channel.ts';
import { channelOf } from './channels/local.ts';
import { findWorking, noteHeard } from './channels.ts';
import { hookPath } from './channels-contract.ts';
import { file, filePath, mostFile, putFilePath } from './contract.ts';
import { getConversation } from './describing.ts';
import { addLoose, attachFiles, fileNameOf, findFile, judged, readOctets } from './files.ts';
import { hookRequestOf } from './hook-request.ts';
import { addImport, findImport, keepParts } from './imports.ts';
import { importFilePath, importKind, importRoles, importsPath } from './imports-contract.ts';
import { findOwnNote } from './notes.ts';
import { recordingPath } from './notes-contract.ts';
import { enterConversations } from './queries.ts';

export const conversationsRoutes =
  (channels: readonly AnyChannel[]): Routes =>
  (server, app) => {
    // Its own parsers: signatures are over the octets as they came.
    void server.register(async (scoped) => {
      scoped.removeAllContentTypeParsers();
      scoped.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
      hooks(scoped, app, channels);
    });
    files(server, app);
    recordings(server, app);
    imported(server, app);
  };

const hookParams = z.object({ workspaceId: z.uuid(), channelId: z.uuid() });

/** Where platforms call. What is answered with 2xx has been committed: whatever is not, they bring again. */
function hooks(server: FastifyInstance, app: App, channels: readonly AnyChannel[]): void {
  // A flood that comes in many requests is kept in few transactions.
  const together = inRounds(
    (calls: Call[]) => takeCalls(app, channels, calls),
    () => false,
    mostCalls,
  );
  server.route({
    method: ['GET', 'POST'],
    url: apiPrefix + hookPath,
    handler: async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const params = hookParams.safeParse(request.params);
      if (!params.success) throw notFound();
      const { workspaceId, channelId } = params.data;
      const heard = await together(`${workspaceId} ${channelId}`, {
        ...params.data,
        request: hookRequestOf(app, request),
      });
      if (heard instanceof Error) throw heard;
      if (!heard.answer) return reply.code(204).send();
      return reply.code(heard.answer.status).type(heard.answer.type).send(heard.answer.body);
    },
  });
}

/** Calls of one transaction. */
const mostCalls = 100;

interface Call {
  workspaceId: string;
  channelId: string;
  request: HookRequest;
}

/** Keeps what several calls of one channel bring, in one transaction. @returns what each is answered, or why it is not taken */
function takeCalls(app: App, channels: readonly AnyChannel[], calls: readonly Call[]): Promise<(Heard | AppError)[]> {
  const { workspaceId, channelId } = calls[0]!;
  return app.db.asSystem('keeper', async (tx) => {
    const row = await findWorking(tx, workspaceId, channelId);
    const channel = row && channelOf(channels, row.kind);
    if (!row || !channel?.hear || row.state === 'ended') return calls.map(() => notFound());
    const secret = row.secret ? JSON.parse(app.secrets.decrypt(row.secret)) : {};
    const heard = calls.map(({ request }) => hear(channel, request, { settings: row.settings, secret }));
    const incoming = heard.flatMap((one) => (one instanceof AppError ? [] : one.incoming));
    if (incoming.length > 0) {
      await arrived(app, tx, row, incoming);
      await noteHeard(tx, workspaceId, channelId);
    }
    return heard;
  });
}

/** @returns the error forbidden for what is not the platform's, invalid_input for what cannot be read */
function hear(
  channel: AnyChannel,
  request: HookRequest,
  setup: { settings: unknown; secret: unknown },
): Heard | AppError {
  try {
    return channel.hear!(request, { ...setup, now: new Date() });
  } catch (error) {
    if (error instanceof Forged) return new AppError('forbidden');
    if (error instanceof Unreadable) return new AppError('invalid_input');
    throw error;
  }
}

const putQuery = z.object({
  name: z.string().min(1).max(255),
  type: z.string().max(150).default('application/octet-stream'),
});

function files(server: FastifyInstance, app: App): void {
  server.post<{ Params: { conversationId: string } }>(
    apiPrefix + putFilePath,
    { bodyLimit: mostFile + 1 },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const { actor } = await authorise(app, request, { access: 'member', scope: 'messages:write', method: 'POST' });
      const query = putQuery.parse(request.query);
      const conversationId = z.uuid().parse(request.params.conversationId);
      const find = async (tx: Tx) => {
        const row = await getConversation({ tx, actor }, conversationId);
        if (!row.tends) throw new AppError('forbidden');
        return row;
      };
      // Before its octets are taken, and again when they are kept: they may be long on their way.
      await app.db.asActor(actor, find);
      const octets = await readBody((request.body ?? []) as AsyncIterable<Buffer>);
      const name = fileNameOf(query.name);
      const said = await judged(name, query.type, octets);
      const fileId = newId();
      return app.db.asActor(actor, async (tx) => {
        const row = await find(tx);
        await addLoose(tx, actor, row, { fileId, name, octets, ...said });
        return { id: fileId, name, size: octets.length, state: 'kept', ...said };
      });
    },
  );

  server.get<{ Params: { fileId: string } }>(apiPrefix + filePath, async (request, reply) => {
    const { actor } = await authorise(app, request, { access: 'member', scope: 'contacts:read', method: 'GET' });
    const fileId = z.uuid().parse(request.params.fileId);
    const found = await app.db.asActor(actor, async (tx) => {
      await enterConversations(tx);
      const row = await findFile(tx, actor.workspaceId, fileId);
      return row?.state === 'kept' ? { row, octets: await readOctets(tx, actor.workspaceId, fileId) } : undefined;
    });
    if (!found) throw notFound();
    const { name, shown, media_type } = found.row;
    const encoded = encodeURIComponent(name).replaceAll("'", '%27');
    return reply
      .header('cache-control', 'private, max-age=3600')
      .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; sandbox")
      .header('x-content-type-options', 'nosniff')
      .header('content-disposition', `${shown ? 'inline' : 'attachment'}; filename="file"; filename*=UTF-8''${encoded}`)
      .type(shown ? media_type : 'application/octet-stream')
      .send(found.octets);
  });
}

const importQuery = z.object({ kind: importKind, fileName: z.string().min(1).max(255) });
const importPlace = z.object({ importId: z.uuid(), role: z.enum(importRoles) });
const forImports = { access: 'admin', scope: 'workspace:write', method: 'POST' } as const;

/** Files to be brought in: the first one, and those beside it. */
function imported(server: FastifyInstance, app: App): void {
  const limit = { bodyLimit: mostFile + 1 };
  server.post(apiPrefix + importsPath, limit, async (request, reply) => {
    reply.header('cache-control', 'no-store');
    const { actor } = await authorise(app, request, forImports);
    const { kind, fileName } = importQuery.parse(request.query);
    const octets = await readBody((request.body ?? []) as AsyncIterable<Buffer>);
    const importId = newId();
    await app.db.asSystem('keeper', async (tx) => {
      await addImport(tx, actor, { importId, kind, fileName: fileNameOf(fileName) });
      await keepParts(tx, actor.workspaceId, importId, 'main', octets);
    });
    return { id: importId };
  });
  server.put(apiPrefix + importFilePath, limit, async (request, reply) => {
    reply.header('cache-control', 'no-store');
    const { actor } = await authorise(app, request, { ...forImports, method: 'PUT' });
    const params = importPlace.safeParse(request.params);
    if (!params.success) throw notFound();
    const { importId, role } = params.data;
    const octets = await readBody((request.body ?? []) as AsyncIterable<Buffer>);
    await app.db.asSystem('keeper', async (tx) => {
      const row = await findImport(tx, actor.workspaceId, importId);
      if (row?.state !== 'ready') throw notFound();
      await keepParts(tx, actor.workspaceId, importId, role, octets);
    });
    return { id: importId };
  });
}

/** What browsers record is often a film without pictures, by its octets. */
const asSound: Record<string, string> = {
  'video/webm': 'audio/webm',
  'video/mp4': 'audio/mp4',
  'application/ogg': 'audio/ogg',
};

/** The voice of a note of one's own: what its octets say is no sound is refused. */
function recordings(server: FastifyInstance, app: App): void {
  server.post<{ Params: { conversationId: string } }>(
    apiPrefix + recordingPath,
    { bodyLimit: mostFile + 1 },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const { actor } = await authorise(app, request, { access: 'member', scope: 'messages:write', method: 'POST' });
      const query = putQuery.parse(request.query);
      const conversationId = z.uuid().parse(request.params.conversationId);
      const find = async (tx: Tx) => {
        const row = await getConversation({ tx, actor }, conversationId);
        const messageId = await findOwnNote(tx, actor, conversationId);
        if (!row.tends || !messageId) throw notFound();
        return { row, messageId };
      };
      await app.db.asActor(actor, find);
      const octets = await readBody((request.body ?? []) as AsyncIterable<Buffer>);
      const name = fileNameOf(query.name);
      const said = await judged(name, query.type, octets);
      const mediaType = asSound[said.mediaType] ?? said.mediaType;
      if (!mediaType.startsWith('audio/')) throw new AppError('unreadable_file');
      const fileId = newId();
      return app.db.asActor(actor, async (tx) => {
        const { row, messageId } = await find(tx);
        const file = { mediaType, shown: true, reason: null };
        await addLoose(tx, actor, row, { fileId, name, octets, ...file });
        await attachFiles(tx, actor, { conversationId, messageId }, [fileId]);
        return { id: fileId, name, size: octets.length, state: 'kept', ...file };
      });
    },
  );
}

/** @throws AppError too_large */
export async function readBody(body: AsyncIterable<Buffer>, most = mostFile): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of body) {
    size += piece.length;
    if (size > most) throw new AppError('too_large', { values: { limit: most / 2 ** 20 } });
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

export const conversationsPaths: ApiPaths = {
  [putFilePath]: {
    post: {
      operationId: 'conversations.putFile',
      summary: 'Put a file there for an answer; it leaves with it, or is forgotten after a day',
      scope: 'messages:write',
      query: putQuery,
      body: 'application/octet-stream',
      answers: file,
    },
  },
  [recordingPath]: {
    post: {
      operationId: 'conversations.putRecording',
      summary: 'Put a recorded voice with a note of mine',
      scope: 'messages:write',
      query: putQuery,
      body: 'application/octet-stream',
      answers: file,
    },
  },
  [importsPath]: {
    post: {
      operationId: 'conversations.putImport',
      summary:
        'Put a file there that is to be brought in: reviews, an exported chat, tickets; it is forgotten after a week',
      scope: 'workspace:write',
      query: importQuery,
      body: 'application/octet-stream',
      answers: z.object({ id: z.uuid() }),
    },
  },
  [importFilePath]: {
    put: {
      operationId: 'conversations.putImportFile',
      summary: 'Put a file beside the first: comments, users',
      scope: 'workspace:write',
      body: 'application/octet-stream',
      answers: z.object({ id: z.uuid() }),
    },
  },
  [filePath]: {
    get: {
      operationId: 'conversations.getFile',
      summary: 'A file of a message; what is not shown in pages comes as a download',
      scope: 'contacts:read',
      answers: ['application/octet-stream'],
    },
  },
};
