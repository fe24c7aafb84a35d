import { lookup } from 'node:dns';
import { type ClientRequest, type IncomingMessage, request as requestPlain } from 'node:http';
import { request as requestSafe } from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { Readable } from 'node:stream';

/**
 * The way out to addresses that people type in. Networks that are not the internet (this machine, the ones it stands in, cloud metadata)
 * are refused unless the operator allows them; names are judged by the addresses they lead to at the moment of connecting, so that a name
 * that changes its mind gains nothing.
 */
export interface Guarded {
  /** @throws Unreached */
  fetch: GuardedFetch;
  /** For other protocols: the address that a host leads to, to be connected to whatever its name says later. @throws Unreached */
  resolve(host: string): Promise<{
    address: string;
    /** It lies in a network that the operator has allowed: there one may speak in the clear. */
    inside: boolean;
  }>;
}

export interface GuardedRequest {
  method?: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
  signal?: AbortSignal;
  /** Until the answer has come whole. */
  seconds?: number;
  /** Octets of the answer. */
  limit?: number;
}

/** One request without following redirects. The body of the answer fails with `Unreached` beyond its limit and its time. */
type GuardedFetch = (url: string, request?: GuardedRequest) => Promise<Response>;

export type UnreachedCode =
  | 'bad_address'
  | 'private_network'
  | 'not_encrypted'
  | 'unreachable'
  | 'certificate'
  | 'timeout'
  | 'too_large';

/** The other side was not asked, or did not answer in bounds. */
export class Unreached extends Error {
  override name = 'Unreached';
  readonly code: UnreachedCode;
  constructor(code: UnreachedCode, cause?: unknown) {
    super(code, { cause });
    this.code = code;
  }
}

/** Special-purpose addresses (IANA registries, RFC 6890), and those in which others are embedded (RFC 4291, 4380, 3056, 6052, 2765). */
const special = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/96',
  '::ffff:0:0:0/96',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '2001::/32',
  '2002::/16',
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
];

const familyOf = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** @throws Error when one of them is no network ("10.0.0.0/8") or address */
export function toBlockList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    if (!isIP(address)) throw new Error(`${network} is no network.`);
    if (prefix === undefined) list.addAddress(address, familyOf(address));
    else list.addSubnet(address, Number(prefix), familyOf(address));
  }
  return list;
}

const specialList = toBlockList(special);

/** Whether an address is none of the internet's. */
export const isPrivateNetwork = (address: string): boolean => specialList.check(address, familyOf(address));

/** @param allowed networks and addresses that may be asked though they are not the internet */
export function openGuarded(allowed: readonly string[]): Guarded {
  const exempt = toBlockList(allowed);
  const isExempt = (address: string) => exempt.check(address, familyOf(address));
  const isRefused = (address: string) => isPrivateNetwork(address) && !isExempt(address);
  const guardedLookup: LookupFunction = (host, options, done) =>
    lookup(host, { ...options, all: true }, (error, found) => {
      const addresses = (error ? [] : found) as { address: string; family: number }[];
      const refused = addresses.some(({ address }) => isRefused(address));
      const failure = error ?? (refused ? new Unreached('private_network') : null);
      if (failure || !addresses[0]) return done(failure ?? new Unreached('unreachable'), '', 0);
      return options.all ? done(null, addresses) : done(null, addresses[0].address, addresses[0].family);
    });
  const check = (host: string) => {
    const bare = host.replace(/^\[(.*)\]$/, '$1');
    if (isIP(bare) && isRefused(bare)) throw new Unreached('private_network');
  };
  const fetch: GuardedFetch = async (address, request = {}) => {
    const url = URL.canParse(address) ? new URL(address) : null;
    if (!url || !/^https?:$/.test(url.protocol) || url.username) throw new Unreached('bad_address');
    check(url.hostname);
    // In the clear only within a network that the operator has allowed.
    if (url.protocol === 'http:' && !(await leadsTo(url.hostname, isExempt))) throw new Unreached('not_encrypted');
    return ask(url, guardedLookup, request);
  };
  const resolve = async (host: string) => {
    check(host);
    const address = isIP(host) ? host : await lookUp(host, guardedLookup);
    return { address, inside: isExempt(address) };
  };
  return { fetch, resolve };
}

const lookUp = (host: string, through: LookupFunction): Promise<string> =>
  new Promise((done, failed) =>
    through(host, { all: false }, (error, address) => {
      if (error) failed(error instanceof Unreached ? error : new Unreached('unreachable', error));
      else done(address as string);
    }),
  );

/** Whether all addresses of a host are such. */
function leadsTo(host: string, such: (address: string) => boolean): Promise<boolean> {
  return new Promise((done) =>
    lookup(host.replace(/^\[(.*)\]$/, '$1'), { all: true }, (error, found) =>
      done(!error && found.length > 0 && found.every(({ address }) => such(address))),
    ),
  );
}

const withoutBody = new Set([101, 204, 205, 304]);

function ask(url: URL, through: LookupFunction, request: GuardedRequest): Promise<Response> {
  const { method = 'GET', headers = {}, body, seconds = 60, limit = 64 * 2 ** 20 } = request;
  const time = AbortSignal.timeout(seconds * 1000);
  const signal = request.signal ? AbortSignal.any([request.signal, time]) : time;
  const open = url.protocol === 'https:' ? requestSafe : requestPlain;
  return new Promise((done, failed) => {
    // The answer comes as it is: what is packed could unpack to any size.
    const all = { 'accept-encoding': 'identity', ...headers };
    const sent: ClientRequest = open(url, { method, headers: all, lookup: through, signal, agent: false });
    sent.on('error', (error) => failed(request.signal?.aborted ? error : toUnreached(error, time)));
    sent.on('response', (answer) => {
      const status = answer.statusCode ?? 0;
      if (status < 200 || status > 599) {
        sent.destroy();
        return failed(new Unreached('unreachable'));
      }
      const bare = withoutBody.has(status) || method === 'HEAD';
      if (bare) answer.resume();
      const stream = bare ? null : (Readable.toWeb(Readable.from(bounded(answer, limit, time))) as ReadableStream);
      done(new Response(stream, { status, headers: toHeaders(answer) }));
    });
    sent.end(body);
  });
}

async function* bounded(answer: IncomingMessage, limit: number, time: AbortSignal): AsyncGenerator<Uint8Array> {
  let size = 0;
  try {
    for await (const piece of answer as AsyncIterable<Uint8Array>) {
      size += piece.length;
      if (size > limit) throw new Unreached('too_large');
      yield piece;
    }
  } catch (error) {
    throw error instanceof Unreached ? error : toUnreached(error as Error, time);
  } finally {
    answer.destroy();
  }
}

function toHeaders({ rawHeaders }: IncomingMessage): Headers {
  const headers = new Headers();
  for (let at = 0; at < rawHeaders.length; at += 2) headers.append(rawHeaders[at]!, rawHeaders[at + 1]!);
  return headers;
}

/** What Node says of a certificate that does not hold (tls.TLSSocket, X509 errors). */
const ofCertificate = /^(?:CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|ERR_TLS_CERT|INVALID_CA|INVALID_PURPOSE|HOSTNAME_)/;

function toUnreached(error: Error & { code?: string }, time: AbortSignal): Unreached {
  if (error instanceof Unreached) return error;
  if (time.aborted) return new Unreached('timeout', error);
  return new Unreached(ofCertificate.test(error.code ?? '') ? 'certificate' : 'unreachable', error);
}
