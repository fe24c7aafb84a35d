import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { expect } from 'vitest';
import { openGuarded } from '../../kernel/guarded.ts';
import {
  type Access,
  type Channel,
  Forged,
  type Heard,
  type HookRequest,
  type Incoming,
  type Outgoing,
  pointChannels,
  Unreadable,
} from './channel.ts';

export const now = new Date('2026-03-04T10:00:00Z');

export const hook = (body: string | Buffer, headers: HookRequest['headers'] = {}): HookRequest => ({
  method: 'POST',
  headers,
  query: {},
  body: Buffer.from(body),
  url: 'https://crm.example/hooks/1',
});

export const accessTo = <S, K>(settings: S, secret: K, signal = new AbortController().signal): Access<S, K> => ({
  settings,
  secret,
  guarded: openGuarded(['127.0.0.0/8']),
  signal,
});

export const outgoing = (address: string, more: Partial<Outgoing> = {}): Outgoing => ({
  messageId: '0195f000-0000-7000-8000-000000000001',
  to: { point: { channel: address.startsWith('+') ? 'phone' : 'handle', address }, name: '' },
  thread: 't',
  subject: null,
  text: 'Bonjour 👋🏽 مرحبا',
  files: [],
  earlier: [],
  answering: null,
  signedBy: null,
  locale: 'fr',
  ...more,
});

export const messagesOf = (incoming: readonly Incoming[]) =>
  incoming.flatMap((one) => (one.kind === 'message' ? [one.message] : []));

const isText = (text: string) => text.isWellFormed() && !text.includes('\0');
const isId = (id: string) => id.length > 0 && id.length <= 500 && isText(id);

function checkPoint({ channel, address }: { channel: string; address: string }) {
  expect(pointChannels).toContain(channel);
  if (channel === 'phone') expect(address).toMatch(/^\+[1-9]\d{4,14}$/);
  else expect(isText(address) && address.length > 2 && address.length <= 600).toBe(true);
}

/** What every channel promises of all that it brings. */
export function checkSound(incoming: readonly Incoming[]): void {
  for (const one of incoming) {
    const at = one.kind === 'message' ? one.message.at : one.at;
    expect(Number.isNaN(at.getTime())).toBe(false);
    if (one.kind === 'moved') [one.from, one.to].map(checkPoint);
    else if (one.kind === 'message') {
      const { message } = one;
      expect([message.externalId, message.thread, ...(message.answers ?? [])].filter((id) => !isId(id))).toEqual([]);
      checkPoint(message.correspondent.point);
      const texts = [message.text, message.subject, message.html, message.correspondent.name];
      expect(texts.every((text) => text === undefined || isText(text))).toBe(true);
      for (const { name } of message.files ?? []) expect(name).toMatch(/^[^\p{Cc}/\\]+$/u);
    } else expect(isId(one.externalId)).toBe(true);
  }
}

type Json = unknown;

/** Every place in a JSON value, as a path. */
function places(value: Json, path: (string | number)[] = []): (string | number)[][] {
  const inner = Array.isArray(value)
    ? value.flatMap((one, index) => places(one, [...path, index]))
    : typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, one]) => places(one, [...path, key]))
      : [];
  return [path, ...inner];
}

function replace(value: Json, [first, ...rest]: (string | number)[], by: Json): Json {
  if (first === undefined) return by;
  if (Array.isArray(value)) return value.map((one, index) => (index === first ? replace(one, rest, by) : one));
  const thing = value as Record<string, Json>;
  if (by === undefined && rest.length === 0) {
    const { [first as string]: _, ...others } = thing;
    return others;
  }
  return { ...thing, [first]: replace(thing[first as string], rest, by) };
}

const strange = fc.oneof(
  fc.constantFrom(undefined, null, '', 0, -1, 1e300, true, [], {}, '\ud800', '\0', '__proto__', '9'.repeat(700)),
  fc.jsonValue(),
  fc.string({ unit: 'binary', maxLength: 40 }),
);

/** A valid JSON value with one to three places that hold something else. */
export const spoilt = (valid: readonly Json[]): fc.Arbitrary<Json> =>
  fc
    .tuple(fc.constantFrom(...valid), fc.array(fc.tuple(fc.nat(), strange), { minLength: 1, maxLength: 3 }))
    .map(([value, changes]) =>
      changes.reduce<Json>((now, [which, by]) => {
        const all = places(now);
        return replace(now, all[which % all.length]!, by);
      }, value),
    );

/** Whatever comes in, it is unreadable or sound; nothing else is thrown. */
export function checkHears(hear: (value: Json) => Heard, valid: readonly Json[], runs = 400): void {
  for (const value of valid) checkSound(hear(value).incoming);
  fc.assert(
    fc.property(spoilt(valid), (value) => {
      try {
        const { incoming, ignored } = hear(value);
        checkSound(incoming);
        expect(ignored).toBeGreaterThanOrEqual(0);
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error;
      }
    }),
    { numRuns: runs },
  );
}

/** One octet of a signed body changed, anywhere: it is somebody else's. `signs` gives what of a body is signed: its octets, if nothing is said. */
export function checkSigned<S, K>(
  channel: Channel<S, K>,
  setup: { settings: S; secret: K; now: Date },
  request: HookRequest,
  signs: (body: Buffer) => string = (body) => body.toString('latin1'),
): void {
  expect(() => channel.hear!(request, setup)).not.toThrow();
  fc.assert(
    fc.property(fc.nat(request.body.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
      const body = Buffer.from(request.body);
      body[at] = body[at]! ^ by;
      fc.pre(signs(body) !== signs(request.body));
      expect(() => channel.hear!({ ...request, body }, setup)).toThrow(Forged);
    }),
    { numRuns: 60 },
  );
  for (const name of Object.keys(request.headers).filter((header) => /signature|secret/.test(header))) {
    const header = request.headers[name]!;
    for (const wrong of [
      undefined,
      '',
      header.slice(0, -1),
      `${header}a`,
      header.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')),
    ])
      expect(() => channel.hear!({ ...request, headers: { ...request.headers, [name]: wrong } }, setup)).toThrow(
        Forged,
      );
  }
}

export interface Asked {
  method: string;
  /** Path and query. */
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: string;
  json: Record<string, never> & Record<string, unknown>;
}

/** `break`: takes the request whole and hangs up; `silence`: takes it, and says nothing. */
export type Answer = { status?: number; headers?: Record<string, string>; body?: unknown } | 'break' | 'silence';

/** A platform on this machine, which says what a test has it say. */
export interface Platform {
  url: string;
  asked: Asked[];
  /** Of each request, in order; the last one goes on for ever. */
  answer(...by: (Answer | ((asked: Asked) => Answer))[]): void;
  close(): void;
}

export async function openPlatform(): Promise<Platform> {
  let answers: (Answer | ((asked: Asked) => Answer))[] = [];
  const server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const url = new URL(request.url!, 'http://platform.test');
    const body = Buffer.concat(pieces).toString('latin1');
    const asked: Asked = {
      method: request.method!,
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body,
      json: parse(Buffer.concat(pieces).toString()),
    };
    platform.asked.push(asked);
    const by = answers.length > 1 ? answers.shift()! : (answers[0] ?? { status: 500 });
    const said = typeof by === 'function' ? by(asked) : by;
    if (said === 'silence') return;
    if (said === 'break') return request.socket.destroy();
    const text =
      Buffer.isBuffer(said.body) || typeof said.body === 'string' ? said.body : JSON.stringify(said.body ?? {});
    response.writeHead(said.status ?? 200, { 'content-type': 'application/json', ...said.headers }).end(text);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const platform: Platform = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: [],
    answer(...by) {
      answers = by;
      platform.asked = [];
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return platform;
}

function parse(text: string): Asked['json'] {
  try {
    return JSON.parse(text);
  } catch {
    return {} as Asked['json'];
  }
}

/** What a platform is asked to do and answers nothing to, or that it cannot now: nobody sends it twice by mistake. */
export async function checkSends<S, K>(
  platform: Platform,
  channel: Channel<S, K>,
  access: Access<S, K>,
  message: Outgoing,
  { repeatable = false, before = [] as Answer[] } = {},
): Promise<void> {
  const tried = (...answers: Answer[]) => {
    platform.answer(...before, ...answers);
    return channel.send!(access, message);
  };
  expect(await tried({ status: 429, headers: { 'retry-after': '7' } })).toEqual({
    kind: 'later',
    code: 'busy',
    afterSeconds: 7,
  });
  expect(await tried({ status: 503, body: 'down' })).toMatchObject({ kind: 'later' });
  expect(await tried({ status: 502, body: 'bad gateway' })).toMatchObject({ kind: repeatable ? 'later' : 'unsure' });
  expect(await tried('break')).toMatchObject({ kind: repeatable ? 'later' : 'unsure' });
  await expect(tried({ status: 401, body: {} })).rejects.toMatchObject({ name: 'Trouble', code: 'refused' });
  const { guarded } = access;
  const deaf = {
    ...access,
    guarded: { ...guarded, fetch: (url: string, request = {}) => guarded.fetch(url.replace(/:\d+/, ':1'), request) },
  };
  await expect(channel.send!(deaf, message)).rejects.toMatchObject({ name: 'Unreached', code: 'unreachable' });
}
