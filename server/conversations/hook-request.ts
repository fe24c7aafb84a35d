import type { FastifyRequest } from 'fastify';
import type { App } from '../kernel/app.ts';
import type { HookRequest } from './channels/channel.ts';

const single = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value);

/** What a platform sends, as it came: its signature is over the octets. */
export function hookRequestOf(app: App, request: FastifyRequest): HookRequest {
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, single(value)]));
  const query = Object.fromEntries(
    Object.entries(request.query as Record<string, string | string[]>).map(([name, value]) => [name, single(value)]),
  );
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  return {
    method: request.method === 'GET' ? 'GET' : 'POST',
    headers,
    query,
    body,
    url: app.config.publicUrl + request.url,
  };
}
