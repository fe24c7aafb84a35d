import { resolveSrv } from 'node:dns/promises';
import { isIP } from 'node:net';
import { childOf, childrenOf } from '../../dav/xml.ts';
import { Trouble } from '../connector.ts';
import type { Place } from '../contract.ts';
import { askProps, type DavAccess, isSameSite, propOf, type Said } from './client.ts';
import { startOf } from './settings.ts';

const ofBook = ['resourcetype', 'displayname', 'current-user-privilege-set'];

/**
 * The address books of an account (RFC 6764, 6): those at the address itself, or of whom the server says the caller is, first there and then
 * at the well-known address of its host.
 */
export async function findBooks(access: DavAccess): Promise<Place[]> {
  const start = new URL(startOf(access.settings));
  const wellKnown = new URL('/.well-known/carddav', start).href;
  const candidates = [...new Set([start.href, wellKnown, ...(await announced(start))])];
  let principal: URL | null = null;
  for (const url of candidates) {
    const here = await askProps(access, url, [...ofBook, 'current-user-principal', 'C:addressbook-home-set']);
    const [self] = here?.said ?? [];
    if (!here || !self) continue;
    if (isBook(self)) return [toPlace(self, here.url)];
    const home = hrefIn(self, 'C:addressbook-home-set', here.url);
    if (home) return listBooks(access, home);
    principal ??= hrefIn(self, 'current-user-principal', here.url);
    if (principal) break;
  }
  if (!principal) throw new Trouble('place_gone');
  const who = await askProps(access, principal.href, ['C:addressbook-home-set']);
  const home = who?.said[0] && hrefIn(who.said[0], 'C:addressbook-home-set', who.url);
  if (!home) throw new Trouble('place_gone');
  return listBooks(access, home);
}

async function listBooks(access: DavAccess, home: URL): Promise<Place[]> {
  const found = await askProps(access, home.href, ofBook, '1');
  return (found?.said ?? []).filter(isBook).map((said) => toPlace(said, found!.url));
}

/** Where a domain says in DNS that its address books are (RFC 6764, 3): the most wanted host. */
async function announced({ hostname, protocol }: URL): Promise<string[]> {
  if (protocol !== 'https:' || isIP(hostname.replace(/^\[|\]$/g, ''))) return [];
  const hosts = await resolveSrv(`_carddavs._tcp.${hostname}`).catch(() => []);
  const [best] = hosts.filter(({ name }) => name !== '').sort((a, b) => a.priority - b.priority || b.weight - a.weight);
  const url = best && new URL(`https://${best.name}:${best.port}/.well-known/carddav`);
  return url && isSameSite(new URL(`https://${hostname}`), url) ? [url.href] : [];
}

const isBook = (said: Said): boolean => {
  const type = propOf(said, 'resourcetype');
  return type !== undefined && childOf(type, 'C:addressbook') !== undefined;
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
