import { getDomain } from 'tldts';
import {
  childOf,
  childrenOf,
  document,
  element,
  type ReadElement,
  readXml,
  UnreadableXml,
  write,
  type XmlElement,
} from '../../dav/xml.ts';
import type { GuardedRequest } from '../../kernel/guarded.ts';
import { type Access, passingTrouble, Trouble } from '../connector.ts';
import type { Secret, Settings } from './settings.ts';

export type DavAccess = Access<Settings, Secret>;

/** What a server says of one of its resources (RFC 4918, 14.24). */
export interface Said {
  /** Absolute path, each letter written in one way. */
  path: string;
  /** Of the resource itself, where its properties have none of their own. */
  status: number;
  /** Properties that are there. */
  props: ReadElement[];
}

export interface MultiStatus {
  said: Said[];
  syncToken: string | null;
}

/** Octets of an answer: 50,000 cards listed, or fifty with large pictures. */
const largest = 48 * 2 ** 20;
/** Tags of an answer, a dozen for a contact: whoever runs the server decides how many there are, and nobody else is served while they are read. */
const mostTags = 1_000_000;
const mostRedirects = 5;

/**
 * Asks and follows redirects (discovery lives by them). Name and password go along to hosts of the domain that was entered only: an address
 * that leads to somebody else's is no mistake of theirs.
 * @throws Trouble for what is no answer to work with; 404, 409, 412 and the like are answers
 */
export async function ask(
  access: DavAccess,
  url: string,
  request: GuardedRequest & { method: string },
): Promise<{ url: string; answer: Response }> {
  const { settings, secret, guarded, signal } = access;
  const authorization = `Basic ${Buffer.from(`${settings.username}:${secret.password}`).toString('base64')}`;
  const headers = { authorization, 'user-agent': 'Entregent', ...request.headers };
  for (let at = new URL(url), hops = 0; ; hops++) {
    const answer = await guarded.fetch(at.href, { signal, limit: largest, ...request, headers });
    const location = [301, 302, 303, 307, 308].includes(answer.status) ? answer.headers.get('location') : null;
    if (!location) return { url: at.href, answer: await judge(answer) };
    await answer.body?.cancel();
    const next = URL.canParse(location, at) ? new URL(location, at) : null;
    if (!next || hops === mostRedirects) throw new Trouble('malformed');
    if (!isSameSite(at, next)) throw new Trouble('elsewhere');
    at = next;
  }
}

/** Whether a password that was entered for one address is for the other too. */
export function isSameSite(from: URL, to: URL): boolean {
  if (from.protocol === 'https:' && to.protocol !== 'https:') return false;
  if (from.hostname === to.hostname) return true;
  const domain = getDomain(from.hostname, { allowPrivateDomains: true });
  return domain !== null && domain === getDomain(to.hostname, { allowPrivateDomains: true });
}

/** What is said of everything that is asked there. */
async function judge(answer: Response): Promise<Response> {
  const { status } = answer;
  if (status === 401) throw new Trouble('refused');
  const passing = passingTrouble(answer);
  // 501: what was asked is not known there; 507: there is no room.
  if (passing && status !== 501 && status !== 507) throw passing;
  return answer;
}

/** Asks for properties, or for a report. @returns null where the server does not know what was asked, or has nothing there */
export async function askXml(
  access: DavAccess,
  url: string,
  method: 'PROPFIND' | 'REPORT',
  root: string,
  children: readonly XmlElement[],
  depth: '0' | '1',
): Promise<(MultiStatus & { url: string }) | null> {
  const body = document(root, children.map(write).join(''));
  const headers = { 'content-type': 'application/xml; charset=utf-8', depth };
  const { url: at, answer } = await ask(access, url, { method, headers, body });
  if (answer.status === 403) throw new Trouble('forbidden');
  if (answer.status !== 207) {
    await answer.body?.cancel();
    return null;
  }
  return { ...readMultiStatus(Buffer.from(await answer.arrayBuffer()), at), url: at };
}

export const askProps = (access: DavAccess, url: string, props: readonly string[], depth: '0' | '1' = '0') =>
  askXml(
    access,
    url,
    'PROPFIND',
    'propfind',
    [
      element(
        'prop',
        props.map((name) => element(name)),
      ),
    ],
    depth,
  );

/** @throws Trouble malformed */
function readMultiStatus(body: Buffer, base: string): MultiStatus {
  let root: ReadElement | null;
  try {
    root = readXml(body, mostTags);
  } catch (error) {
    if (error instanceof UnreadableXml) throw new Trouble('malformed');
    throw error;
  }
  if (!root?.name.endsWith('}multistatus')) throw new Trouble('malformed');
  const said = childrenOf(root, 'response').flatMap((response): Said[] =>
    childrenOf(response, 'href').flatMap(({ text }) => {
      const path = toPath(text.trim(), base);
      return path === null ? [] : [{ path, status: statusOf(response) ?? 200, props: propsOf(response) }];
    }),
  );
  return { said, syncToken: childOf(root, 'sync-token')?.text.trim() || null };
}

const statusOf = (within: ReadElement): number | null => {
  const status = Number(/^HTTP\/\S+\s+(\d{3})/.exec(childOf(within, 'status')?.text.trim() ?? '')?.[1]);
  return Number.isNaN(status) ? null : status;
};

function propsOf(response: ReadElement): ReadElement[] {
  return childrenOf(response, 'propstat')
    .filter((one) => (statusOf(one) ?? 200) === 200)
    .flatMap((one) => childOf(one, 'prop')?.children ?? []);
}

export const propOf = ({ props }: Said, short: string): ReadElement | undefined =>
  childOf({ name: '', attributes: {}, children: props, text: '' }, short);

/** The path of an address, with the same signs escaped whoever wrote it; null where it is on another site. */
export function toPath(href: string, base: string): string | null {
  if (!URL.canParse(href, base)) return null;
  const url = new URL(href, base);
  if (url.host !== new URL(base).host) return null;
  return url.pathname
    .split('/')
    .map((part) => {
      try {
        return encodeURIComponent(decodeURIComponent(part));
      } catch {
        return part;
      }
    })
    .join('/');
}
