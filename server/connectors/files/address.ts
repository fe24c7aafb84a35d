import { z } from 'zod';
import { type Access, type Connector, Trouble } from '../connector.ts';
import { type ChangedFile, largestFile, recognise, takeFiles } from './taking.ts';

const settings = z.object({
  url: z.url({ protocol: /^https?$/ }).max(2000),
  username: z.string().trim().max(320).default(''),
});
const secret = z.object({ password: z.string().max(1000).default('') });
type FileAccess = Access<z.output<typeof settings>, z.output<typeof secret>>;

/** What tells that a file has not changed (RFC 9110, 13.1). */
const cursor = z.object({ etag: z.string().nullable(), modified: z.string().nullable() });

async function ask(access: FileAccess, since: z.output<typeof cursor> | null): Promise<Response> {
  const { settings: entered, secret: hidden, guarded, signal } = access;
  const headers: Record<string, string> = { 'user-agent': 'Entregent' };
  if (entered.username)
    headers.authorization = `Basic ${Buffer.from(`${entered.username}:${hidden.password}`).toString('base64')}`;
  if (since?.etag) headers['if-none-match'] = since.etag;
  else if (since?.modified) headers['if-modified-since'] = since.modified;
  const answer = await guarded.fetch(entered.url, { headers, signal, limit: largestFile, seconds: 300 });
  const { status } = answer;
  if (status === 200 || (status === 304 && since)) return answer;
  await answer.body?.cancel();
  if (status === 401) throw new Trouble('refused');
  if (status === 403) throw new Trouble('forbidden');
  if (status === 404 || status === 410) throw new Trouble('place_gone');
  if (status >= 300 && status < 400) throw new Trouble('elsewhere');
  throw new Trouble(status === 429 ? 'busy' : status >= 500 ? 'server_error' : 'malformed');
}

const nameOf = (url: string): string => {
  const name = new URL(url).pathname.split('/').at(-1);
  return (name ? decodeURIComponent(name) : new URL(url).hostname).slice(0, 200);
};

const read = async (access: FileAccess, answer: Response): Promise<ChangedFile> =>
  recognise(nameOf(access.settings.url), Buffer.from(await answer.arrayBuffer()), access.country);

/** A file of contacts at an address, as an ERP or a CRM exports it: fetched each hour, imported when it has changed. */
export const fileAtAddress: Connector<z.output<typeof settings>, z.output<typeof secret>, ChangedFile> = {
  kind: 'file_at_address',
  settings,
  secret,
  every: 3600,
  async connect(access) {
    await read(access, await ask(access, null));
    return [{ id: access.settings.url, name: nameOf(access.settings.url), writable: false }];
  },
  async *pull(access, since) {
    const answer = await ask(access, cursor.safeParse(since.cursor).data ?? null);
    if (answer.status === 304) return;
    const file = await read(access, answer);
    const { headers } = answer;
    yield { items: [file], gone: [], cursor: { etag: headers.get('etag'), modified: headers.get('last-modified') } };
  },
  take: takeFiles,
};
