import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Trouble } from '../../../connectors/connector.ts';
import {
  type Answer,
  type Asked,
  accessTo,
  checkSound,
  messagesOf,
  openPlatform,
  outgoing,
  type Platform,
  spoilt,
} from '../testing.ts';
import { bluesky } from './index.ts';

let platform: Platform;
beforeAll(async () => {
  platform = await openPlatform();
});
afterAll(() => platform.close());

let accounts = 0;
/** Each with an account of its own: sessions of one are kept. */
let access = () => accessTo({ service: '', identifier: '' }, { password: '' });
beforeEach(() => {
  const own = accessTo(
    { service: platform.url, identifier: `nous${++accounts}.example` },
    { password: 'app-pass-word' },
  );
  access = () => own;
});

const session = (name = 'a') => ({
  body: { accessJwt: `access-${name}`, refreshJwt: `refresh-${name}`, did: 'did:plc:nous', handle: 'nous.example' },
});
const author = { did: 'did:plc:zoe', handle: 'zoe.example', displayName: 'Zoé 🌱' };
const uri = (key: string, did = 'did:plc:zoe') => `at://${did}/app.bsky.feed.post/${key}`;
const ref = (key: string, did?: string) => ({ uri: uri(key, did), cid: `cid-${key}` });
const post = (key: string, more: object = {}) => ({
  $type: 'app.bsky.feed.post',
  text: `Bonjour ${key} 👋🏽 مرحبا`,
  createdAt: '2020-01-01T00:00:00Z',
  ...more,
});
const told = (key: string, minute: number, more: object = {}) => ({
  ...ref(key),
  author,
  reason: 'mention',
  record: post(key),
  isRead: false,
  indexedAt: `2026-03-04T10:${String(minute).padStart(2, '0')}:00.123Z`,
  ...more,
});

/** Answers as the service does: the latest first, pages of a hundred. */
function serve(all: object[], page = 100) {
  platform.answer(({ path, query }: Asked): Answer => {
    if (path.endsWith('createSession')) return session();
    const from = Number(query.get('cursor') ?? 0);
    const notifications = all.toReversed().slice(from, from + page);
    return { body: { notifications, ...(from + page < all.length && { cursor: String(from + page) }) } };
  });
}
async function pullAll(cursor: unknown) {
  const pieces = [];
  for await (const piece of bluesky.pull!(access(), cursor)) pieces.push(piece);
  return { incoming: pieces.flatMap(({ incoming }) => incoming), cursor: pieces.at(-1)?.cursor ?? cursor };
}

describe('listening', () => {
  test('a mention is a message, at the time at which the network saw it', async () => {
    serve([told('k1', 1)]);
    expect(messagesOf((await pullAll(null)).incoming)).toEqual([
      {
        externalId: uri('k1'),
        thread: uri('k1'),
        correspondent: { point: { channel: 'handle', address: 'bluesky:did:plc:zoe' }, name: 'Zoé 🌱' },
        direction: 'in',
        at: new Date('2026-03-04T10:01:00.123Z'),
        text: 'Bonjour k1 👋🏽 مرحبا',
        url: 'https://bsky.app/profile/did:plc:zoe/post/k1',
      },
    ]);
    expect(platform.asked[0]!.json).toEqual({ identifier: access().settings.identifier, password: 'app-pass-word' });
    expect(platform.asked[1]!.query.getAll('reasons')).toEqual(['mention', 'reply', 'quote']);
    expect(platform.asked[1]!.headers.authorization).toBe('Bearer access-a');
  });

  test('an answer stands where its first post stands; pictures come with it', async () => {
    const reply = { root: ref('r0', 'did:plc:nous'), parent: ref('p1') };
    const images = [
      { alt: 'Une fuite', image: { $type: 'blob', ref: { $link: 'bafkreiabcdefgh' }, mimeType: 'image/png', size: 1 } },
    ];
    serve([
      told('k1', 1, {
        reason: 'reply',
        record: post('k1', { reply, embed: { $type: 'app.bsky.embed.images', images } }),
      }),
    ]);
    expect(messagesOf((await pullAll(null)).incoming)[0]).toMatchObject({
      thread: uri('r0', 'did:plc:nous'),
      answers: [uri('p1'), uri('r0', 'did:plc:nous')],
      files: [
        {
          name: 'Une fuite',
          mediaType: 'image/png',
          content: { url: 'https://cdn.bsky.app/img/feed_fullsize/plain/did:plc:zoe/bafkreiabcdefgh@jpeg' },
        },
      ],
    });
  });

  test('a link that was cut for the eye stands whole', async () => {
    const text = '👋🏽 a.example/long… et b.example';
    const byteStart = Buffer.byteLength('👋🏽 ');
    const link = (from: number, to: number, uri: string) => ({
      index: { byteStart: from, byteEnd: to },
      features: [{ $type: 'app.bsky.richtext.facet#link', uri }],
    });
    const end = byteStart + Buffer.byteLength('a.example/long…');
    const facets = [
      link(end + 4, end + 13, 'https://b.example'),
      link(byteStart, end, 'https://a.example/long/way'),
      link(0, 9999, 'https://x/'),
    ];
    serve([told('k1', 1, { record: post('k1', { text, facets }) })]);
    expect(messagesOf((await pullAll(null)).incoming)[0]!.text).toBe('👋🏽 https://a.example/long/way et b.example');
  });

  test('likes, reposts and follows never become text', async () => {
    serve([
      told('k1', 1, { reason: 'repost', record: { $type: 'app.bsky.feed.repost' } }),
      told('k2', 2, { reason: 'like', record: {} }),
      told('k3', 3, { record: { $type: 'app.bsky.feed.like' } }),
    ]);
    expect((await pullAll(null)).incoming).toEqual([]);
  });

  test('after an outage all is caught up with, the earliest first, and each once', async () => {
    const all = Array.from({ length: 25 }, (_, at) => told(`k${at}`, Math.floor(at / 2)));
    serve(all.slice(0, 3));
    const first = await pullAll(null);
    expect(messagesOf(first.incoming).map(({ externalId }) => externalId)).toEqual([uri('k0'), uri('k1'), uri('k2')]);
    serve(all, 4);
    const rest = await pullAll(first.cursor);
    expect(messagesOf(rest.incoming).map(({ externalId }) => externalId)).toEqual(all.slice(3).map((one) => one.uri));
    expect((await pullAll(rest.cursor)).incoming).toEqual([]);
    serve([...all, told('late', 12)], 4);
    expect(messagesOf((await pullAll(rest.cursor)).incoming).map(({ externalId }) => externalId)).toEqual([
      uri('late'),
    ]);
  });

  test('a session is kept, renewed when it has run out, and opened again when that fails', async () => {
    serve([]);
    await pullAll(null);
    await pullAll(null);
    expect(platform.asked.map(({ path }) => path.split('.').at(-1))).toEqual([
      'createSession',
      'listNotifications',
      'listNotifications',
    ]);
    const expired = { status: 400, body: { error: 'ExpiredToken', message: 'Token has expired' } };
    platform.answer(expired, session('b'), { body: { notifications: [] } });
    await pullAll(null);
    expect(platform.asked.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer access-a',
      'Bearer refresh-a',
      'Bearer access-b',
    ]);
    platform.answer(expired, expired, session('c'), { body: { notifications: [] } });
    await pullAll(null);
    expect(platform.asked.map(({ path }) => path.split('.').at(-1))).toEqual([
      'listNotifications',
      'refreshSession',
      'createSession',
      'listNotifications',
    ]);
  });

  test('what the service would not do is a trouble', async () => {
    platform.answer({
      status: 401,
      body: { error: 'AuthenticationRequired', message: 'Invalid identifier or password' },
    });
    await expect(pullAll(null)).rejects.toMatchObject({ code: 'refused' });
    const reset = Math.floor(Date.now() / 1000) + 3000;
    platform.answer({
      status: 429,
      body: { error: 'RateLimitExceeded' },
      headers: { 'ratelimit-reset': String(reset) },
    });
    const { code, afterSeconds } = (await pullAll(null).catch((error: unknown) => error)) as Trouble;
    expect(code).toBe('busy');
    expect(Math.abs(afterSeconds! - 3000)).toBeLessThan(60);
  });

  test('whatever the service says, it is a trouble or sound', async () => {
    serve([]);
    await pullAll(null);
    const reply = { root: ref('r0'), parent: ref('p1') };
    await fc.assert(
      fc.asyncProperty(
        spoilt([{ notifications: [told('k1', 1), told('k2', 2, { record: post('k2', { reply }) })] }]),
        async (body) => {
          platform.answer({ body: body === undefined ? '' : body });
          try {
            for await (const { incoming } of bluesky.pull!(access(), null)) checkSound(incoming);
          } catch (error) {
            if (!(error instanceof Trouble)) throw error;
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('answering', () => {
  const message = outgoing('bluesky:did:plc:zoe', { earlier: [uri('k1')] });
  const view = (record: object = post('k1')) => ({
    body: { posts: [{ ...ref('k1'), author, record, indexedAt: '2026-03-04T10:00:00Z' }] },
  });
  const done = { body: { uri: uri('new', 'did:plc:nous'), cid: 'c' } };
  const sending = (...answers: Answer[]) => {
    platform.answer(session(), ...answers);
    return bluesky.send!(access(), message);
  };

  test('an answer hangs at the last post, below the first one', async () => {
    expect(await sending(view(post('k1', { reply: { root: ref('r0'), parent: ref('p1') } })), done)).toEqual({
      kind: 'sent',
      externalId: uri('new', 'did:plc:nous'),
    });
    expect(platform.asked.at(-1)!.json).toMatchObject({
      repo: 'did:plc:nous',
      collection: 'app.bsky.feed.post',
      record: { $type: 'app.bsky.feed.post', text: message.text, reply: { root: ref('r0'), parent: ref('k1') } },
    });
  });

  test('links can be followed, wherever emoji stand before them', async () => {
    platform.answer(session(), view(), done);
    await bluesky.send!(access(), { ...message, text: '👋🏽 Voir https://a.example/é?x=1, merci' });
    const uri = 'https://a.example/é?x=1';
    const byteStart = Buffer.byteLength('👋🏽 Voir ');
    expect(platform.asked.at(-1)!.json).toMatchObject({
      record: { facets: [{ index: { byteStart, byteEnd: byteStart + Buffer.byteLength(uri) }, features: [{ uri }] }] },
    });
  });

  test('the first post is its own root', async () => {
    await sending(view(), done);
    expect(platform.asked.at(-1)!.json).toMatchObject({ record: { reply: { root: ref('k1'), parent: ref('k1') } } });
  });

  test('what is gone, or too long in signs, is not answered', async () => {
    expect(await sending({ body: { posts: [] } })).toEqual({ kind: 'refused', code: 'gone' });
    platform.answer(view(), done);
    const family = '👨‍👩‍👧‍👦';
    expect(await bluesky.send!(access(), { ...message, text: family.repeat(301) })).toEqual({
      kind: 'refused',
      code: 'too_long',
    });
    expect(await bluesky.send!(access(), { ...message, text: family.repeat(300) })).toMatchObject({ kind: 'sent' });
  });

  test('nothing is sent twice by mistake', async () => {
    expect(await sending(view(), { status: 503, body: 'x' })).toEqual({ kind: 'later', code: 'server_error' });
    platform.answer(view(), 'break');
    expect(await bluesky.send!(access(), message)).toEqual({ kind: 'unsure' });
    platform.answer(view(), { status: 500, body: { error: 'InternalServerError' } });
    expect(await bluesky.send!(access(), message)).toEqual({ kind: 'unsure' });
    platform.answer(view(), { status: 429, headers: { 'retry-after': '7' } });
    expect(await bluesky.send!(access(), message)).toEqual({ kind: 'later', code: 'busy', afterSeconds: 7 });
    platform.answer(view(), { status: 400, body: { error: 'InvalidRequest' } });
    expect(await bluesky.send!(access(), message)).toEqual({ kind: 'refused', code: 'rejected' });
    platform.answer(view(), { status: 400, body: { error: 'ExpiredToken' } }, session('b'), done);
    expect(await bluesky.send!(access(), message)).toMatchObject({ kind: 'sent' });
    expect(platform.asked.at(-1)!.headers.authorization).toBe('Bearer access-b');
  });
});
