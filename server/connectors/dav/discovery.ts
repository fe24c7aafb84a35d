import { resolveSrv } from 'node:dns/promises';
import { isIP } from 'node:net';
import { childOf, childrenOf } from '../../dav/xml.ts';
import { Trouble } from '../connector.ts';
import type { Place } from '../contract.ts';
import { askProps, type DavAccess, isSameSite, propOf, type Said } from './client.ts';
import type { CollectionKind } from './collection.ts';
import { startOf } from './settings.ts';

const ofCollection = ['resourcetype', 'displayname', 'current-user-privilege-set'];

/**
 * The collections of an account that hold what is looked for (RFC 6764, 6): those at the address itself, or of whom the server says the caller
 * is, first there and then at the well-known address of its host.
 */
export async function findCollections(access: DavAccess, kind: CollectionKind): Promise<Place[]> {
  const start = new URL(startOf(access.settings, kind));
  const wellKnown = new URL(`/.well-known/${kind.service}`, start).href;
  const candidates = [...new Set([start.href, wellKnown, ...(await announced(start, kind))])];
  let principal: URL | null = null;
  for (const url of candidates) {
    const here = await askProps(access, url, [...ofCollection, 'current-user-principal', kind.home]);
    const [self] = here?.said ?? [];
    if (!here || !self) continue;
    if (isOf(kind, self)) return [toPlace(self, here.url)];
    const home = hrefIn(self, kind.home, here.url);
    if (home) return listCollections(access, kind, home);
    principal ??= hrefIn(self, 'current-user-principal', here.url);
    if (principal) break;
  }
  if (!principal) throw new Trouble('place_gone');
  const who = await askProps(access, principal.href, [kind.home]);
  const home = who?.said[0] && hrefIn(who.said[0], kind.home, who.url);
  if (!home) throw new Trouble('place_gone');
  return listCollections(access, kind, home);
}

async function listCollections(access: DavAccess, kind: CollectionKind, home: URL): Promise<Place[]> {
  const found = await askProps(access, home.href, ofCollection, '1');
  return (found?.said ?? []).filter((said) => isOf(kind, said)).map((said) => toPlace(said, found!.url));
}

/** Where a domain says in DNS that they are (RFC 6764, 3): the most wanted host. */
async function announced({ hostname, protocol }: URL, { service }: CollectionKind): Promise<string[]> {
  if (protocol !== 'https:' || isIP(hostname.replace(/^\[|\]$/g, ''))) return [];
  const hosts = await resolveSrv(`_${service}s._tcp.${hostname}`).catch(() => []);
  const [best] = hosts.filter(({ name }) => name !== '').sort((a, b) => a.priority - b.priority || b.weight - a.weight);
  const url = best && new URL(`https://${best.name}:${best.port}/.well-known/${service}`);
  return url && isSameSite(new URL(`https://${hostname}`), url) ? [url.href] : [];
}

const isOf = ({ type }: CollectionKind, said: Said): boolean => {
  const types = propOf(said, 'resourcetype');
  return types !== undefined && childOf(types, type) !== undefined;
};

function hrefIn(said: Said, prop: string, base: string): URL | null {
  const within = propOf(said, prop);
  const href = within && childOf(within, 'href')?.text.trim();
  if (!href || !URL.canParse(href, base)) return null;
  const url = new URL(href, base);
  if (!isSameSite(new URL(base), url)) throw new Trouble('elsewhere');
  return url;
}

const writes = ['all', 'write', 'write-content', 'bind'];

function toPlace(said: Said, base: string): Place {
  const url = new URL(said.path.endsWith('/') ? said.path : `${said.path}/`, base);
  const name = propOf(said, 'displayname')?.text.trim() || decodeURIComponent(url.pathname.split('/').at(-2) ?? '');
  const rights = propOf(said, 'current-user-privilege-set');
  const held = rights && childrenOf(rights, 'privilege');
  // Who does not say what one may do lets one try.
  const writable = !held || held.some((one) => writes.some((right) => childOf(one, right)));
  return { id: url.href, name: name.slice(0, 500), writable };
}
