// Services that open accounts by their own page, played on loopback as RFC 6749, 7636, 7009 and the public descriptions of Google and Microsoft say.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sha256 } from '../../kernel/ids.ts';

export interface Played {
  address: string;
  client: { id: string; secret: string };
  /** Whose account is signed in at the service. */
  who: { id: string; email: string };
  /** Seconds for which an access token opens it. */
  lasts: number;
  /** Whether a refresh token opens once, and is replaced (RFC 9700, 4.14.2). */
  rotates: boolean;
  /** What is allowed of what is asked, where it is not all. */
  allows: ((scopes: string[]) => string[]) | null;
  /** Requests that came by: method and path, without what stands behind `?`. */
  seen: string[];
  /** Deals with a request instead, or returns false. */
  meddle: ((request: IncomingMessage, answer: ServerResponse) => Promise<boolean> | boolean) | null;
  /** Closes the account to everybody. */
  closeAccount(): void;
  close(): void;
}

/** What an account opens. @returns the answer; undefined: there is nothing of that name */
export type Interface = (
  url: URL,
  request: IncomingMessage,
  played: Played,
) => [status: number, body: object] | undefined;

interface Code {
  challenge: string;
  redirect: string;
  scope: string;
}

const newToken = () => randomBytes(12).toString('hex');

/** @param issuer as tokens and answers name it; absent where they do not */
export async function playService(answers: Interface, issuer?: string): Promise<Played> {
  const codes = new Map<string, Code>();
  const refreshing = new Map<string, string>();
  const opening = new Map<string, number>();
  const server = createServer(async (request, answer) => {
    const url = new URL(request.url!, played.address);
    played.seen.push(`${request.method} ${url.pathname}`);
    const say = (status: number, body: object) =>
      answer.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (await played.meddle?.(request, answer)) return;
    if (/\/(?:auth|authorize)$/.test(url.pathname)) return askPerson(url, answer);
    if (request.method === 'POST') {
      const form = new URLSearchParams(await textOf(request));
      if (!url.pathname.endsWith('/revoke')) return say(...give(form));
      refreshing.delete(form.get('token') ?? '');
      return say(200, {});
    }
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    if ((opening.get(token) ?? 0) < Date.now()) return say(401, { error: { code: 401, status: 'UNAUTHENTICATED' } });
    say(...(answers(url, request, played) ?? [404, { error: { code: 404 } }]));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');

  /** The page on which people allow or decline. */
  function askPerson(url: URL, answer: ServerResponse): void {
    const asked = Object.fromEntries(url.searchParams);
    const {
      client_id,
      redirect_uri = '',
      response_type,
      code_challenge = '',
      code_challenge_method,
      scope = '',
    } = asked;
    const sound = client_id === played.client.id && response_type === 'code' && code_challenge_method === 'S256';
    if (!sound || !URL.canParse(redirect_uri)) return void answer.writeHead(400).end('invalid_request');
    if (!asked.decision) {
      const link = (decision: string, label: string) => {
        url.searchParams.set('decision', decision);
        return `<p><a href="${url.href.replaceAll('&', '&amp;')}">${label}</a></p>`;
      };
      const body = `<!doctype html><title>Sign in</title><h1>${played.who.email}</h1>${link('allow', 'Allow')}${link('deny', 'Cancel')}`;
      return void answer.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(body);
    }
    const back = new URL(redirect_uri);
    back.searchParams.set('state', asked.state ?? '');
    if (issuer) back.searchParams.set('iss', issuer);
    if (asked.decision === 'allow') {
      const code = newToken();
      codes.set(code, { challenge: code_challenge, redirect: redirect_uri, scope });
      back.searchParams.set('code', code);
    } else back.searchParams.set('error', 'access_denied');
    answer.writeHead(302, { location: back.href }).end();
  }

  function give(form: URLSearchParams): [number, object] {
    const of = (name: string) => form.get(name) ?? '';
    if (of('client_id') !== played.client.id || of('client_secret') !== played.client.secret)
      return [401, { error: 'invalid_client' }];
    if (of('grant_type') === 'refresh_token') {
      const scope = refreshing.get(of('refresh_token'));
      if (scope === undefined) return [400, { error: 'invalid_grant' }];
      if (!played.rotates) return [200, tokensFor(scope)];
      refreshing.delete(of('refresh_token'));
      return [200, { ...tokensFor(scope), refresh_token: keep(scope) }];
    }
    const code = codes.get(of('code'));
    codes.delete(of('code'));
    const challenge = sha256(of('code_verifier')).toString('base64url');
    if (!code || code.challenge !== challenge || code.redirect !== of('redirect_uri'))
      return [400, { error: 'invalid_grant' }];
    const asked = code.scope.split(' ');
    const scope = (played.allows?.(asked) ?? asked).join(' ');
    return [200, { ...tokensFor(scope), refresh_token: keep(scope) }];
  }
  const keep = (scope: string): string => {
    const token = newToken();
    refreshing.set(token, scope);
    return token;
  };
  function tokensFor(scope: string): object {
    const token = newToken();
    opening.set(token, Date.now() + played.lasts * 1000);
    const said = { access_token: token, token_type: 'Bearer', expires_in: played.lasts, scope };
    return issuer ? { ...said, id_token: idToken(issuer, played) } : said;
  }

  const played: Played = {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    client: { id: 'company', secret: 'sesame-of-the-company' },
    who: { id: 'u1', email: 'alice@example.com' },
    lasts: 3600,
    rotates: false,
    allows: null,
    seen: [],
    meddle: null,
    closeAccount: () => {
      refreshing.clear();
      opening.clear();
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  return played;
}

/** Signed by nobody: it comes over the channel to the service itself (OpenID Connect Core 1.0, 3.1.3.7). */
function idToken(iss: string, { client, who }: Played): string {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss, aud: client.id, sub: who.id, email: who.email, iat: now, exp: now + 3600 };
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256' })}.${part(claims)}.${part({})}`;
}

async function textOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString();
}

/** An answer of a service that is busy, or broken. */
export const failing =
  (status: number, path: RegExp, headers: Record<string, string> = {}): NonNullable<Played['meddle']> =>
  ({ url = '' }, answer) => {
    if (!path.test(url)) return false;
    answer.writeHead(status, headers).end('{}');
    return true;
  };
