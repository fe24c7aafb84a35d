import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Unreadable } from '../channel.ts';
import {
  type Asked,
  accessTo,
  checkHears,
  checkSends,
  checkSigned,
  hook,
  messagesOf,
  now,
  openPlatform,
  outgoing,
  type Platform,
} from '../testing.ts';
import { discourse } from './index.ts';

const settings = discourse.settings.parse({ server: 'https://forum.example/comm/', username: 'Equipe' });
const secret = { apiKey: 'k'.repeat(64), webhookSecret: 'a-webhook-secret' };
const setup = { settings, secret, now };
function signed(name: string, value: unknown) {
  const body = JSON.stringify(value) ?? '';
  const signature = createHmac('sha256', secret.webhookSecret).update(body).digest('hex');
  return hook(body, { 'x-discourse-event': name, 'x-discourse-event-signature': `sha256=${signature}` });
}
const hear = (name: string, value: unknown) => discourse.hear!(signed(name, value), setup);

const post = (id: number, more: object = {}) => ({
  id,
  user_id: 77,
  username: 'zoe',
  name: 'Zoé Lefèvre',
  created_at: '2026-03-04T10:00:00.000Z',
  updated_at: '2026-03-04T11:00:00.000Z',
  cooked: '<p>Ça <strong>fuit</strong> 💧</p>',
  raw: 'Ça **fuit** 💧',
  post_number: 3,
  post_type: 1,
  topic_id: 12,
  topic_slug: 'ca-fuit',
  topic_title: 'Ça fuit',
  topic_archetype: 'regular',
  reply_to_user: null,
  ...more,
});

test('a post is a message in its topic, which everybody may read', () => {
  expect(messagesOf(hear('post_created', { post: post(501) }).incoming)).toEqual([
    {
      externalId: '501',
      thread: '12',
      correspondent: { point: { channel: 'handle', address: 'discourse:forum.example/77' }, name: 'Zoé Lefèvre' },
      direction: 'in',
      at: now,
      text: 'Ça **fuit** 💧',
      html: '<p>Ça <strong>fuit</strong> 💧</p>',
      subject: 'Ça fuit',
      url: 'https://forum.example/comm/t/ca-fuit/12/3',
    },
  ]);
  const [secretly] = messagesOf(
    hear('post_created', { post: post(501, { topic_archetype: 'private_message', raw: undefined }) }).incoming,
  );
  expect(secretly).not.toHaveProperty('url');
  expect(secretly!.text).toBe('Ça fuit 💧');
});

test('what we wrote there ourselves went to whom it answers; to nobody in particular it is no message', () => {
  const ours = { username: 'equipe', user_id: 1, reply_to_user: { id: 77, username: 'zoe' } };
  expect(messagesOf(hear('post_created', { post: post(502, ours) }).incoming)[0]).toMatchObject({
    direction: 'out',
    correspondent: { point: { address: 'discourse:forum.example/77' }, name: 'zoe' },
  });
  expect(hear('post_created', { post: post(502, { ...ours, reply_to_user: null }) })).toEqual({
    incoming: [],
    ignored: 1,
  });
});

test('edits and deletions are about another post', () => {
  const said = { text: 'Ça **fuit** 💧', html: '<p>Ça <strong>fuit</strong> 💧</p>' };
  const edited = { kind: 'edited', externalId: '501', ...said, at: new Date('2026-03-04T11:00:00Z') };
  expect(hear('post_edited', { post: post(501) }).incoming).toEqual([edited]);
  expect(hear('post_recovered', { post: post(501) }).incoming).toEqual([edited]);
  expect(hear('post_destroyed', { post: post(501) }).incoming).toEqual([
    { kind: 'deleted', externalId: '501', at: now },
  ]);
});

test.each([
  ['ping', { ping: 'OK' }],
  ['topic_created', { topic: { id: 12 } }],
  ['user_created', { user: { id: 1 } }],
  ['post_created', { post: post(503, { post_type: 4 }) }],
  ['post_created', { post: post(504, { post_type: 3 }) }],
])('%s never becomes text', (name, value) => {
  expect(hear(name, value)).toEqual({ incoming: [], ignored: 1 });
});

test('only what is signed is heard', () => {
  checkSigned(discourse, setup, signed('post_created', { post: post(501) }));
  const { 'x-discourse-event-signature': signature } = signed('post_created', { post: post(501) }).headers;
  expect(() =>
    discourse.hear!(
      { ...signed('x', { post: post(501) }), headers: { 'x-discourse-event-signature': signature } },
      setup,
    ),
  ).toThrow(Unreadable);
});

test('whatever stands in a request, it is unreadable or sound', () => {
  checkHears(
    (value) => hear('post_created', value),
    [{ post: post(501) }, { post: post(502, { username: 'equipe', reply_to_user: { id: 77, username: 'zoe' } }) }],
    600,
  );
  checkHears((value) => hear('post_edited', value), [{ post: post(501) }], 300);
});

describe('over its API', () => {
  let platform: Platform;
  beforeAll(async () => {
    platform = await openPlatform();
  });
  afterAll(() => platform.close());
  const access = () => accessTo({ ...settings, server: platform.url }, secret);
  const serve = (ids: number[], page = 3) =>
    platform.answer(({ query }: Asked) => {
      const before = Number(query.get('before') ?? Number.POSITIVE_INFINITY);
      return {
        body: {
          latest_posts: ids
            .filter((id) => id < before)
            .sort((a, b) => b - a)
            .slice(0, page)
            .map((id) => post(id)),
        },
      };
    });
  const pullAll = async (cursor: unknown) => {
    const pieces = [];
    for await (const piece of discourse.pull!(access(), cursor)) pieces.push(piece);
    return {
      ids: pieces.flatMap(({ incoming }) => messagesOf(incoming).map(({ externalId }) => Number(externalId))),
      cursor: pieces.at(-1)?.cursor ?? cursor,
    };
  };

  test('after an outage all is caught up with, in order and each once', async () => {
    serve([1, 2, 3, 4]);
    const first = await pullAll(null);
    expect(first.ids).toEqual([2, 3, 4]);
    serve([1, 2, 3, 4, 5, 6, 9, 10, 11, 12, 13, 14]);
    const rest = await pullAll(first.cursor);
    expect(rest.ids).toEqual([5, 6, 9, 10, 11, 12, 13, 14]);
    expect((await pullAll(rest.cursor)).ids).toEqual([]);
    expect(platform.asked[0]!.headers).toMatchObject({ 'api-key': secret.apiKey, 'api-username': 'Equipe' });
  });

  const message = outgoing('discourse:forum.example/77', { thread: '12', earlier: ['501'] });

  test('an answer goes to the topic, and to the post that it answers', async () => {
    platform.answer({ body: { id: 501, post_number: 3 } }, { body: { id: 900, topic_id: 12 } });
    expect(await discourse.send!(access(), message)).toEqual({ kind: 'sent', externalId: '900' });
    expect(platform.asked[1]!.json).toEqual({ topic_id: 12, raw: message.text, reply_to_post_number: 3 });
    platform.answer({ status: 404 }, { body: { action: 'enqueued', pending_post: { id: 4 } } });
    expect(await discourse.send!(access(), message)).toEqual({ kind: 'sent', externalId: 'pending:4' });
    expect(platform.asked[1]!.json).toEqual({ topic_id: 12, raw: message.text });
  });

  test.each([
    [
      422,
      { errors: ['Body is limited to 32000 characters; you entered 40000.'] },
      { kind: 'refused', code: 'too_long' },
    ],
    [422, { errors: ['Body is too similar to what you recently posted'] }, { kind: 'refused', code: 'rejected' }],
    [404, {}, { kind: 'refused', code: 'gone' }],
    [429, { extras: { wait_seconds: 12.2 } }, { kind: 'later', code: 'busy', afterSeconds: 13 }],
  ])('%i with %o is understood', async (status, body, sent) => {
    platform.answer({ body: { post_number: 3 } }, { status, body });
    expect(await discourse.send!(access(), message)).toEqual(sent);
  });

  test('nothing is sent twice by mistake', () =>
    checkSends(platform, discourse, access(), message, { before: [{ body: { post_number: 3 } }] }));
});
