import type { z } from 'zod';
import { passingTrouble, Trouble } from '../../connectors/connector.ts';
import { type GuardedRequest, Unreached } from '../../kernel/guarded.ts';
import type { Access, Sent } from './channel.ts';

type Way = Pick<Access, 'guarded' | 'signal'>;

/** Octets of one file, whatever the platform lets through. */
export const largestFile = 25 * 2 ** 20;
/** Octets of an answer that is no file. */
const largestAnswer = 8 * 2 ** 20;

export interface Answered {
  status: number;
  headers: Headers;
  /** JSON, where it is some. */
  said: unknown;
}

export async function ask({ guarded, signal }: Way, url: string, request: GuardedRequest = {}): Promise<Answered> {
  const headers = { accept: 'application/json', 'user-agent': 'Entregent', ...request.headers };
  const answer = await guarded.fetch(url, { limit: largestAnswer, seconds: 30, ...request, headers, signal });
  return { status: answer.status, headers: answer.headers, said: parse(await answer.text()) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What a status means that nobody has a better word for. */
export function troubleOf({ status, headers }: Pick<Answered, 'status' | 'headers'>): Trouble {
  if (status === 401) return new Trouble('refused');
  if (status === 403) return new Trouble('forbidden');
  if (status === 404 || status === 410) return new Trouble('place_gone');
  if (status >= 300 && status < 400) return new Trouble('elsewhere');
  return passingTrouble({ status, headers }) ?? new Trouble('malformed');
}

/** Asks for something to read. @throws Trouble | Unreached */
export async function get<T>(way: Way, url: string, request: GuardedRequest, schema: z.ZodType<T>): Promise<T> {
  const answer = await ask(way, url, request);
  if (answer.status !== 200) throw troubleOf(answer);
  return read(answer.said, schema);
}

/** @throws Trouble malformed */
export function read<T>(said: unknown, schema: z.ZodType<T>): T {
  const { data, success } = schema.safeParse(said);
  if (!success) throw new Trouble('malformed');
  return data;
}

/** What is said to be JSON, as a request has it. */
export const json = (headers: Record<string, string>, body: unknown): GuardedRequest => ({
  method: 'POST',
  headers: { ...headers, 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

/** A form with files (RFC 7578), as a request has it. */
export async function form(headers: Record<string, string>, data: FormData): Promise<GuardedRequest> {
  const packed = new Response(data);
  const type = packed.headers.get('content-type')!;
  return {
    method: 'POST',
    headers: { ...headers, 'content-type': type },
    body: new Uint8Array(await packed.arrayBuffer()),
    seconds: 120,
  };
}

export const fileOf = ({ name, mediaType, content }: { name: string; mediaType: string; content: Uint8Array }): File =>
  new File([content as Uint8Array<ArrayBuffer>], name, { type: mediaType });

/** What became of a request that was to do something there. `repeatable`: the platform knows it again (an idempotency key). */
export type Posted =
  | { kind: 'answered'; answer: Answered; repeatable: boolean }
  | Extract<Sent, { kind: 'unsure' | 'later' }>;

/** What Node says of a connection that was never made: nothing has left. */
const neverLeft = /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL)$/;

/**
 * Has something done there that must not be done twice. No answer leaves open whether it was done: it is unsure, or later where it is
 * repeatable. So does being stopped meanwhile.
 * @throws Unreached where nothing has left
 */
export async function post(way: Way, url: string, request: GuardedRequest, repeatable = false): Promise<Posted> {
  way.signal.throwIfAborted();
  try {
    return { kind: 'answered', answer: await ask(way, url, request), repeatable };
  } catch (error) {
    const code = way.signal.aborted ? 'unreachable' : codeIfLeft(error);
    if (code === undefined) throw error;
    return repeatable ? later(code) : { kind: 'unsure' };
  }
}

/** What is asked before anything is sent may pass by itself: then it is later. */
export async function sendingLater(send: () => Promise<Sent>): Promise<Sent> {
  try {
    return await send();
  } catch (error) {
    if (!(error instanceof Trouble) || (error.code !== 'busy' && error.code !== 'server_error')) throw error;
    return later(error.code, error.afterSeconds);
  }
}

export const later = (code: string, afterSeconds?: number): Extract<Sent, { kind: 'later' }> => ({
  kind: 'later',
  code,
  ...(afterSeconds !== undefined && { afterSeconds }),
});

/** @returns why there is no answer, where the request may have arrived */
function codeIfLeft(error: unknown): string | undefined {
  if (!(error instanceof Unreached)) return undefined;
  const { code, cause } = error;
  if (code === 'timeout' || code === 'too_large') return code;
  const why = (cause as { code?: string } | undefined)?.code ?? '';
  return code === 'unreachable' && !neverLeft.test(why) ? code : undefined;
}

/**
 * What an answer says of it: the id of what was done, or why not. One that says it was done and gives no id is unsure: nobody could be
 * asked about it. So is a platform at fault, but where it says that it takes nothing now (503).
 * @param judge what the platform's own words of refusal mean; undefined: what the status says
 * @throws Trouble
 */
export function settle(
  posted: Posted,
  idIn: (said: unknown) => string | undefined,
  judge: (answer: Answered) => Sent | Trouble | undefined,
): Sent {
  if (posted.kind !== 'answered') return posted;
  const { answer, repeatable } = posted;
  if (answer.status >= 200 && answer.status < 300) {
    const externalId = idIn(answer.said);
    return externalId === undefined ? { kind: 'unsure' } : { kind: 'sent', externalId };
  }
  const judged = judge(answer) ?? troubleOf(answer);
  if (!(judged instanceof Trouble)) return judged;
  if (judged.code === 'busy') return later('busy', judged.afterSeconds);
  if (judged.code !== 'server_error') throw judged;
  return repeatable || answer.status === 503 ? later('server_error') : { kind: 'unsure' };
}

/**
 * Why a platform does not take a message, for good. Sentences stand in the catalogues under `channels.refusal.<code>`.
 */
export const refusals = [
  /** They have not written for so long that the platform lets nothing through but agreed texts. */
  'window_shut',
  /** Nobody is there under this address, or they cannot be reached on this channel. */
  'no_recipient',
  /** They do not want messages from us there. */
  'blocked',
  'too_long',
  'file_refused',
  'template_refused',
  /** What was to be answered is there no more. */
  'gone',
  /** The platform has read it and does not take it. */
  'rejected',
] as const;
export type Refusal = (typeof refusals)[number];
export const refused = (code: Refusal): Extract<Sent, { kind: 'refused' }> => ({ kind: 'refused', code });

const mostRedirects = 3;

/**
 * Fetches a file within bounds. Where it leads on to another host, what opens the first one stays behind.
 * @param entitled which addresses get the headers @throws Trouble | Unreached
 */
export async function fetchFile(
  { guarded, signal }: Way,
  address: string,
  headers: Record<string, string> = {},
  entitled: (url: URL) => boolean = () => true,
): Promise<Uint8Array> {
  const first = URL.canParse(address) ? new URL(address) : null;
  if (!first) throw new Trouble('malformed');
  for (let url = first, led = 0; led <= mostRedirects; led++) {
    const own = url.origin === first.origin && entitled(url) ? headers : {};
    const answer = await guarded.fetch(url.href, {
      headers: { 'user-agent': 'Entregent', ...own },
      signal,
      limit: largestFile,
      seconds: 120,
    });
    if (answer.status === 200) return new Uint8Array(await answer.arrayBuffer());
    const location = answer.headers.get('location');
    await answer.body?.cancel();
    if (answer.status < 300 || answer.status >= 400 || !location || !URL.canParse(location, url))
      throw troubleOf(answer);
    url = new URL(location, url);
  }
  throw new Trouble('elsewhere');
}
