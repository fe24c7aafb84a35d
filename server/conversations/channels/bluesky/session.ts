import { createHash } from 'node:crypto';
import { z } from 'zod';
import { Trouble } from '../../../connectors/connector.ts';
import type { GuardedRequest } from '../../../kernel/guarded.ts';
import { type Answered, ask, json, type Posted, post, read, troubleOf } from '../asking.ts';
import type { Access } from '../channel.ts';

export const settings = z.object({
  /** Where the account is kept; most are at `https://bsky.social`. */
  service: z
    .url({ protocol: /^https?$/ })
    .max(300)
    .default('https://bsky.social')
    .transform((url) => new URL(url).origin),
  /** Its handle, or its DID. */
  identifier: z
    .string()
    .trim()
    .regex(/^[a-zA-Z0-9.:_-]{3,300}$/),
});
/** An app password, not the account's own. */
export const secret = z.object({ password: z.string().trim().min(8).max(200) });
export type BlueskyAccess = Access<z.output<typeof settings>, z.output<typeof secret>>;

const session = z.object({ accessJwt: z.string(), refreshJwt: z.string(), did: z.string(), handle: z.string() });
type Session = z.output<typeof session>;

/**
 * Sessions of this process. A new one may be opened some hundred times a day only ("Rate limits": createSession), and one lasts for hours.
 * The key says nothing of the password.
 */
const sessions = new Map<string, Session>();
const mostSessions = 1000;

const keyOf = ({ settings: { service, identifier }, secret: { password } }: BlueskyAccess): string =>
  createHash('sha256')
    .update(JSON.stringify([service, identifier, password]))
    .digest('hex');

const url = ({ settings: { service } }: BlueskyAccess, method: string) => `${service}/xrpc/${method}`;

const errorOf = ({ said }: Answered): string => z.object({ error: z.string() }).safeParse(said).data?.error ?? '';

/** What is too much says until when (`ratelimit-reset`, seconds since 1970). */
export function blueskyTrouble(answer: Answered): Trouble {
  const reset = Number(answer.headers.get('ratelimit-reset'));
  const trouble = troubleOf(answer);
  if (answer.status !== 429 || trouble.afterSeconds !== undefined || !(reset > 0)) return trouble;
  return new Trouble('busy', Math.max(0, Math.ceil(reset - Date.now() / 1000)));
}

async function open(access: BlueskyAccess): Promise<Session> {
  const { settings: own, secret: known } = access;
  const body = { identifier: own.identifier, password: known.password };
  const answer = await ask(access, url(access, 'com.atproto.server.createSession'), json({}, body));
  if (answer.status === 400 || errorOf(answer) === 'AccountTakedown') throw new Trouble('refused');
  if (answer.status !== 200) throw blueskyTrouble(answer);
  return keep(access, read(answer.said, session));
}

function keep(access: BlueskyAccess, opened: Session): Session {
  if (sessions.size >= mostSessions) sessions.clear();
  sessions.set(keyOf(access), opened);
  return opened;
}

async function refresh(access: BlueskyAccess, { refreshJwt }: Session): Promise<Session> {
  const headers = { authorization: `Bearer ${refreshJwt}` };
  const answer = await ask(access, url(access, 'com.atproto.server.refreshSession'), { method: 'POST', headers });
  if (answer.status === 200) return keep(access, read(answer.said, session));
  if (answer.status === 429 || answer.status >= 500) throw blueskyTrouble(answer);
  sessions.delete(keyOf(access));
  return open(access);
}

export const sessionOf = (access: BlueskyAccess): Promise<Session> | Session =>
  sessions.get(keyOf(access)) ?? open(access);

const isExpired = (answer: Answered): boolean =>
  (answer.status === 400 || answer.status === 401) && /^(?:ExpiredToken|InvalidToken)$/.test(errorOf(answer));

const authorised = ({ accessJwt }: Session, request: GuardedRequest): GuardedRequest => ({
  ...request,
  headers: { ...request.headers, authorization: `Bearer ${accessJwt}` },
});

/** Asks as the account; a session that has run out is renewed, once. */
export async function query(access: BlueskyAccess, method: string, parameters: URLSearchParams): Promise<Answered> {
  const opened = await sessionOf(access);
  const address = `${url(access, method)}?${parameters}`;
  const answer = await ask(access, address, authorised(opened, {}));
  return isExpired(answer) ? ask(access, address, authorised(await refresh(access, opened), {})) : answer;
}

export async function procedure(access: BlueskyAccess, method: string, request: GuardedRequest): Promise<Posted> {
  const opened = await sessionOf(access);
  const posted = await post(access, url(access, method), authorised(opened, request));
  if (posted.kind !== 'answered' || !isExpired(posted.answer)) return posted;
  return post(access, url(access, method), authorised(await refresh(access, opened), request));
}
