import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { notFound } from './errors.ts';
import { root } from './root.ts';

const built = join(root, 'dist/web');
const stamp = join(built, '.stamp');

/** What the interface is made of, as one hash: a changed source, catalogue or contract means a new build. */
function fingerprint(): string {
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')));
  const files = ['web', 'locales', 'server']
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length))
    .filter((file) => !file.startsWith('/server/') || file.endsWith('contract.ts'))
    .sort();
  for (const file of files) hash.update(file).update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

/** Builds the interface unless it is there already; a few seconds at the first start of a version. */
export async function buildWeb(report: () => void): Promise<void> {
  if (!existsSync(join(root, 'web/index.html'))) return;
  const wanted = fingerprint();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  report();
  const child = spawn(
    process.execPath,
    [join(root, 'node_modules/vite/bin/vite.js'), 'build', 'web', '--logLevel', 'error'],
    { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] },
  );
  const code = await new Promise((done) => child.on('close', done));
  if (code !== 0) throw new Error('The interface could not be built.');
  writeFileSync(stamp, wanted);
}

/** Serves the built interface; every path that is no file is the application's own route. */
export async function serveWeb(server: FastifyInstance): Promise<void> {
  if (!existsSync(built)) {
    server.setNotFoundHandler(() => {
      throw notFound();
    });
    return;
  }
  await server.register(fastifyStatic, {
    root: built,
    wildcard: false,
    index: false,
    setHeaders: (reply, path) => {
      reply.header('cache-control', path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache');
      // What other sites load.
      if (path.endsWith('/chat.js') || path.endsWith('/form.js'))
        reply.header('cross-origin-resource-policy', 'cross-origin');
    },
  });
  const page = readFileSync(join(built, 'index.html'));
  server.setNotFoundHandler((request, reply) => {
    if (request.method !== 'GET' || request.url.startsWith('/api/')) throw notFound();
    return reply.header('cache-control', 'no-cache').type('text/html; charset=utf-8').send(page);
  });
}

/** Development: Vite answers for the interface, with hot reload, on the same port. */
export async function serveWebInDevelopment(server: FastifyInstance): Promise<void> {
  const { createServer } = await import('vite');
  const vite = await createServer({
    root: join(root, 'web'),
    server: { middlewareMode: true, hmr: { server: server.server } },
    appType: 'spa',
  });
  server.addHook('onClose', () => vite.close());
  server.setNotFoundHandler((request, reply) => {
    if (request.url.startsWith('/api/')) throw notFound();
    reply.hijack();
    vite.middlewares(request.raw, reply.raw);
  });
}
