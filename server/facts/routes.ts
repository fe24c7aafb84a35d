import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { App } from '../kernel/app.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { apiPrefix, authorise, localeOf, type Routes } from '../kernel/http.ts';
import { newId } from '../kernel/ids.ts';
import { translator } from '../kernel/messages.ts';
import type { ApiPaths } from '../kernel/openapi.ts';
import { root } from '../kernel/root.ts';
import { answered, mostFacts, mostOctets } from './contract.ts';
import { addImport } from './imports.ts';
import { importsPath, mostFile } from './imports-contract.ts';
import { mapFacts } from './mapping.ts';
import { record } from './recording.ts';
import { isBot, readTagKey } from './rules.ts';
import { isSigned } from './signing.ts';
import { findWorking } from './sources.ts';
import { hookPath, type SourceSettings, tagPath } from './sources-contract.ts';
import { said, takeSaid } from './visiting.ts';

export const factsRoutes: Routes = (server, app) => {
  // Their own parsers: signatures are over the octets as they came, and browsers send JSON as plain text.
  void server.register(async (scoped) => {
    scoped.removeAllContentTypeParsers();
    scoped.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    tag(scoped, app);
    hook(scoped, app);
  });
  files(server, app);
};

/** Without what only its readers need: comments, and where lines begin. */
const shorten = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('//'))
    .join('\n');

let script: string | undefined;
/** The script as it is sent: under five thousand octets. */
function tagScript(): string {
  const built = join(root, 'dist/web/tag.js');
  script ??= shorten(readFileSync(existsSync(built) ? built : join(root, 'web/public/tag.js'), 'utf8'));
  return script;
}

type Keyed = FastifyRequest<{ Params: { key: string } }>;

/** What may be said in a minute from one address, at which a whole company may sit; octets of one word. */
const perVisitor = { max: 600, timeWindow: '1 minute' };
const mostSaid = 64 * 1024;

function tag(server: FastifyInstance, app: App): void {
  server.get(tagPath, async (request: Keyed, reply) => {
    if (!readTagKey(request.params.key.replace(/\.js$/, ''))) throw notFound();
    return reply
      .removeHeader('cross-origin-resource-policy')
      .header('cross-origin-resource-policy', 'cross-origin')
      .header('cache-control', 'public, max-age=3600')
      .type('text/javascript; charset=utf-8')
      .send(tagScript());
  });
  server.post(tagPath, { bodyLimit: mostSaid, config: { rateLimit: perVisitor } }, async (request: Keyed, reply) => {
    reply.header('cache-control', 'no-store');
    const key = readTagKey(request.params.key);
    const source =
      key && (await app.db.asSystem('keeper', (tx) => findWorking(tx, key.workspaceId, key.sourceId, 'tag')));
    if (!source) throw notFound();
    const { origin } = request.headers;
    if (!origin || !(source.settings as Partial<SourceSettings>).origins?.includes(origin))
      throw new AppError('forbidden');
    allow(reply, origin);
    // Programs are answered as everybody is, and nothing of theirs is kept; nor is the address of anybody.
    if (!isBot(request.headers['user-agent'])) {
      const words = said.safeParse(readJson(request.body));
      if (!words.success) throw new AppError('invalid_input');
      await takeSaid(app, key.workspaceId, source, words.data);
    }
    return reply.code(204).send();
  });
}

/** The page of that site may read that it worked; no cookie of ours goes along or comes back. */
const allow = (reply: FastifyReply, origin: string): FastifyReply =>
  reply
    .header('access-control-allow-origin', origin)
    .header('vary', 'origin')
    .header('cross-origin-resource-policy', 'cross-origin');

function readJson(body: unknown): unknown {
  try {
    return JSON.parse(Buffer.isBuffer(body) ? body.toString('utf8') : '');
  } catch {
    throw new AppError('invalid_input');
  }
}

const place = z.object({ workspaceId: z.uuid(), sourceId: z.uuid() });
const batch = z.object({ facts: z.array(z.unknown()).min(1).max(mostFacts) });

/** Where programs bring facts. What is answered with 2xx has been committed: whatever is not, they bring again. */
function hook(server: FastifyInstance, app: App): void {
  server.post(apiPrefix + hookPath, { bodyLimit: mostOctets }, async (request, reply) => {
    reply.header('cache-control', 'no-store');
    const params = place.safeParse(request.params);
    if (!params.success) throw notFound();
    const { workspaceId, sourceId } = params.data;
    const source = await app.db.asSystem('keeper', (tx) => findWorking(tx, workspaceId, sourceId, 'hook'));
    if (!source?.secret) throw notFound();
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const secret = Buffer.from(app.secrets.decrypt(source.secret), 'base64');
    if (!isSigned(request.headers, body, secret, new Date())) throw new AppError('forbidden');
    const facts = readFacts((source.settings as Partial<SourceSettings>).mapping ?? null, readJson(body));
    const t = translator(localeOf(request));
    const { lines } = await app.db.asSystem('keeper', (tx) =>
      record(app, tx, workspaceId, source, facts, { cards: new Set(), points: 'all' }),
    );
    return {
      items: lines.map(({ code, ...line }) =>
        code ? { ...line, code, message: t(`facts.refused.${code}`, { field: line.field ?? '' }) } : line,
      ),
    };
  });
}

function readFacts(mapping: SourceSettings['mapping'], body: unknown): unknown[] {
  const read = batch.safeParse(mapping ? { facts: mapFacts(mapping, body) } : body);
  if (!read.success) throw new AppError('invalid_input', { fields: { facts: `1–${mostFacts}` } });
  return read.data.facts;
}

const fileQuery = z.object({ fileName: z.string().min(1).max(255) });

/** Files to be brought in. */
function files(server: FastifyInstance, app: App): void {
  server.post(apiPrefix + importsPath, { bodyLimit: mostFile + 1 }, async (request, reply) => {
    reply.header('cache-control', 'no-store');
    const { actor } = await authorise(app, request, { access: 'marketer', scope: 'imports:write', method: 'POST' });
    const { fileName } = fileQuery.parse(request.query);
    const octets = await readBody((request.body ?? []) as AsyncIterable<Buffer>);
    const importId = newId();
    const said = { importId, fileName: fileName.replaceAll(/[\p{C}/\\]/gu, ' ').trim() || 'file', octets };
    await app.db.asSystem('keeper', (tx) => addImport(tx, actor, said));
    return { id: importId };
  });
}

/** @throws AppError too_large */
async function readBody(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of body) {
    size += piece.length;
    if (size > mostFile) throw new AppError('too_large', { values: { limit: mostFile / 2 ** 20 } });
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

export const factsPaths: ApiPaths = {
  [importsPath]: {
    post: {
      operationId: 'facts.putImport',
      summary: 'Put a file of facts there that is to be brought in; it is forgotten after a week',
      scope: 'imports:write',
      query: fileQuery,
      body: 'application/octet-stream',
      answers: z.object({ id: z.uuid() }),
    },
  },
  [hookPath]: {
    post: {
      operationId: 'facts.bringFacts',
      summary: 'A program brings facts, and signs them (Standard Webhooks 1.0) with the secret of its source',
      scope: null,
      body: 'application/json',
      answers: z.object({ items: z.array(answered) }),
    },
  },
};
