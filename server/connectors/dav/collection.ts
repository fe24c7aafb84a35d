import { z } from 'zod';
import { childOf, element } from '../../dav/xml.ts';
import { sha256 } from '../../kernel/ids.ts';
import { type Batch, type Since, Trouble } from '../connector.ts';
import { ask, askProps, askXml, type DavAccess, propOf, type Said, toPath } from './client.ts';

/** Where reading goes on: the token of the last synchronisation (RFC 6578), or what tells that nothing has changed. */
const cursor = z.object({ token: z.string().nullable(), ctag: z.string().nullable() });

/** What a collection holds, in the words of its protocol: CardDAV (RFC 6352) or CalDAV (RFC 4791). */
export interface CollectionKind {
  /** In the names of well-known addresses and of DNS (RFC 6764). */
  service: 'carddav' | 'caldav';
  /** Services whose address is known; of the others their members know it. */
  addresses: { google?: string; icloud: string; fastmail: string };
  /** Its type, the property that says where an account has such ones, the report that gives several at once, and what holds each. */
  type: string;
  home: string;
  multiget: string;
  data: string;
  mediaType: string;
}

/** What one of a collection's resources holds; nothing where it is not of interest, or unreadable. */
export type ReadResource<I> = (path: string, state: string, octets: string) => Promise<I[]> | I[];

/** Resources that a request asks for. */
const together = 50;
/** Of one resource. A picture of a contact has a few hundred thousand octets. */
const largestResource = 10 * 2 ** 20;

interface Listed {
  /** Path and state of what is there: all of it, or what has changed. */
  there: Map<string, string | null>;
  gone: string[];
  next: z.output<typeof cursor>;
}

/**
 * What has changed in a collection. A token that the server knows no more, or an account that has no tokens, means a whole list, of which
 * only what is in another state than it was is fetched.
 */
export async function* pullCollection<I>(
  access: DavAccess,
  since: Since,
  kind: CollectionKind,
  read: ReadResource<I>,
): AsyncGenerator<Batch<I>> {
  const at = cursor.safeParse(since.cursor).data ?? { token: null, ctag: null };
  const about = await askAbout(access, since.place, kind);
  if (about.ctag !== null && about.ctag === at.ctag && !about.syncs) return;
  const changed = about.syncs ? await listChanges(access, since.place, at.token) : null;
  const listed = changed ?? (await listAll(access, since, about));
  // What has gone comes first, or what only got another name there would be taken for something new.
  let { gone } = listed;
  const paths = [...listed.there.keys()];
  for (let from = 0; from < paths.length; from += together) {
    const some = paths.slice(from, from + together);
    const fetched = await fetchSome(access, since.place, kind, some, listed.there, read);
    yield { items: fetched.items, gone: [...gone, ...fetched.gone] };
    gone = [];
  }
  yield { items: [], gone, cursor: listed.next };
}

interface About {
  syncs: boolean;
  ctag: string | null;
  token: string | null;
}

async function askAbout(access: DavAccess, place: string, kind: CollectionKind): Promise<About> {
  const found = await askProps(access, place, ['resourcetype', 'supported-report-set', 'sync-token', 'S:getctag']);
  const [said] = found?.said ?? [];
  const type = said && propOf(said, 'resourcetype');
  if (!said || !type || !childOf(type, kind.type)) throw new Trouble('place_gone');
  const reports = propOf(said, 'supported-report-set')?.children ?? [];
  const syncs = reports.some((one) => one.children.some((report) => childOf(report, 'sync-collection')));
  const textOf = (prop: string) => propOf(said, prop)?.text.trim() || null;
  return { syncs, ctag: textOf('S:getctag'), token: textOf('sync-token') };
}

/** Changes since a token, in as many answers as the server makes of them. @returns null where it gives none */
async function listChanges(access: DavAccess, place: string, token: string | null): Promise<Listed | null> {
  // Without a token all is new, and only a list tells what has gone meanwhile.
  if (token === null) return null;
  const listed: Listed = { there: new Map(), gone: [], next: { token, ctag: null } };
  for (let last = token; ; last = listed.next.token!) {
    const body = [
      element('sync-token', [last]),
      element('sync-level', ['1']),
      element('prop', [element('getetag'), element('resourcetype')]),
    ];
    const found = await askXml(access, place, 'REPORT', 'sync-collection', body, '0').catch((error) => {
      // Some say so where the token is not known any more (RFC 6578, 3.2: 403 with `valid-sync-token`).
      if (error instanceof Trouble && error.code === 'forbidden') return null;
      throw error;
    });
    if (!found?.syncToken) return null;
    const self = toPath(found.url, found.url);
    for (const said of found.said) {
      if (said.path === self || said.path === `${self}/`) continue;
      if (said.status === 404) listed.gone.push(said.path);
      else if (isResource(said)) listed.there.set(said.path, etagOf(said));
    }
    listed.next.token = found.syncToken;
    const cutShort = found.said.some(({ status }) => status === 507);
    if (!cutShort || found.syncToken === last) break;
  }
  listed.gone = listed.gone.filter((path) => !listed.there.has(path));
  return listed;
}

/** Everything there is; of it what is in another state than when it was read, and what was there and is no more. */
async function listAll(access: DavAccess, since: Since, { ctag, token }: About): Promise<Listed> {
  const found = await askProps(access, since.place, ['getetag', 'resourcetype'], '1');
  if (!found) throw new Trouble('place_gone');
  const known = await since.known();
  const all = new Map(found.said.filter(isResource).map((said) => [said.path, etagOf(said)]));
  const there = new Map([...all].filter(([path, state]) => state === null || known.get(path) !== state));
  // The token was given before the list, so that nothing falls in between.
  return { there, gone: [...known.keys()].filter((path) => !all.has(path)), next: { token, ctag } };
}

function isResource(said: Said): boolean {
  const type = propOf(said, 'resourcetype');
  return said.status < 300 && !said.path.endsWith('/') && !(type && childOf(type, 'collection'));
}

const etagOf = (said: Said): string | null => propOf(said, 'getetag')?.text.trim() || null;

/** Fetches resources by name; what is there no more has gone since it was listed. */
async function fetchSome<I>(
  access: DavAccess,
  place: string,
  kind: CollectionKind,
  paths: readonly string[],
  states: ReadonlyMap<string, string | null>,
  read: ReadResource<I>,
): Promise<{ items: I[]; gone: string[] }> {
  const wanted = [
    element('prop', [element('getetag'), element(kind.data)]),
    ...paths.map((path) => element('href', [path])),
  ];
  const found = await askXml(access, place, 'REPORT', kind.multiget, wanted, '0');
  const [items, gone]: [I[], string[]] = [[], []];
  const take = async (path: string, etag: string | null, octets: string) => {
    if (octets.length <= largestResource)
      items.push(...(await read(path, stateOf(etag ?? states.get(path) ?? null, octets), octets)));
  };
  const asked = new Set(paths);
  for (const said of found?.said ?? []) {
    if (!asked.delete(said.path)) continue;
    const data = propOf(said, kind.data)?.text;
    if (said.status === 404) gone.push(said.path);
    else if (data === undefined) asked.add(said.path);
    else await take(said.path, etagOf(said), data);
  }
  // A server that gives fewer than it was asked for, or none at once, is asked for each.
  for (const path of asked) {
    const one = await getResource(access, new URL(path, place).href, kind.mediaType);
    if (one) await take(path, one.etag, one.octets);
    else gone.push(path);
  }
  return { items, gone };
}

/** A resource as it stands; null: there is none. */
export async function getResource(
  access: DavAccess,
  url: string,
  accept: string,
): Promise<{ octets: string; etag: string | null } | null> {
  const { answer } = await ask(access, url, { method: 'GET', headers: { accept }, limit: largestResource });
  const { status, headers } = answer;
  const octets = await answer.text();
  if (status === 404 || status === 410) return null;
  if (status === 403) throw new Trouble('forbidden');
  if (status !== 200) throw new Trouble('malformed');
  return { octets, etag: headers.get('etag') };
}

/** The state of a resource whose server has no ETag for it: what it says. */
export const stateOf = (etag: string | null, octets: string): string =>
  etag ?? `sha256 ${sha256(octets).toString('hex')}`;
