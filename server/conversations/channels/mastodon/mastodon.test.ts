import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Trouble } from '../../../connectors/connector.ts';
import {
  type Asked,
  accessTo,
  checkSends,
  checkSound,
  messagesOf,
  openPlatform,
  outgoing,
  type Platform,
  spoilt,
} from '../testing.ts';
import { mastodon } from './index.ts';

let platform: Platform;
beforeAll(async () => {
  platform = await openPlatform();
});
afterAll(() => platform.close());

const secret = { token: 'a-token-of-mastodon' };
const access = () => accessTo(mastodon.settings.parse({ server: `${platform.url}/about` }), secret);
const host = () => new URL(platform.url).host;

const account = { id: '9', acct: 'Zoe@autre.example', display_name: 'Zoé 🌱', bot: false };
const status = (id: string, more: object = {}) => ({
  id,
  uri: `https://autre.example/users/zoe/statuses/${id}`,
  url: `https://autre.example/@zoe/${id}`,
  created_at: '2026-03-04T10:00:00.000Z',
  edited_at: null,
  account,
  content:
    '<p><span class="h-card"><a href="https://a.example/@nous">@<span>nous</span></a></span> Bonjour<br>مرحبا 👋🏽</p>',
  spoiler_text: '',
  visibility: 'public',
  in_reply_to_id: null,
  media_attachments: [],
  ...more,
});
const mention = (id: string, one: object, type = 'mention') => ({
  id,
  type,
  created_at: '2026-03-04T10:00:00.000Z',
  account,
  status: one,
});

/** Answers as the server does, by what is there. */
function serve(there: { notifications?: object[]; statuses?: Record<string, object>; context?: object }) {
  const statuses = there.statuses ?? {};
  platform.answer(({ path, query }: Asked) => {
    if (path === '/api/v1/notifications') {
      const since = query.get('min_id');
      const all = (there.notifications ?? []) as { id: string }[];
      const newer = since === null ? all.slice(-40) : all.filter(({ id }) => BigInt(id) > BigInt(since)).slice(0, 40);
      return { body: newer.toReversed() };
    }
    if (path === '/api/v1/statuses')
      return { body: query.getAll('id[]').flatMap((id) => (statuses[id] ? [statuses[id]] : [])) };
    const [, id, more] = /^\/api\/v1\/statuses\/(\d+)(\/context)?$/.exec(path) ?? [];
    if (more) return there.context ? { body: there.context } : { status: 404 };
    return id && statuses[id] ? { body: statuses[id] } : { status: 404 };
  });
}
async function pullAll(cursor: unknown) {
  const incoming = [];
  let last = cursor;
  for await (const piece of mastodon.pull!(access(), cursor)) {
    incoming.push(...piece.incoming);
    last = piece.cursor;
  }
  return { incoming, cursor: last };
}

describe('listening', () => {
  test('a mention is a message of whoever wrote it', async () => {
    serve({ notifications: [mention('1', status('100'))] });
    expect(messagesOf((await pullAll(null)).incoming)).toEqual([
      {
        externalId: '100',
        thread: '100',
        correspondent: { point: { channel: 'handle', address: 'mastodon:zoe@autre.example' }, name: 'Zoé 🌱' },
        direction: 'in',
        at: new Date('2026-03-04T10:00:00Z'),
        text: '@nous Bonjour\nمرحبا 👋🏽',
        html: status('100').content,
        url: 'https://autre.example/@zoe/100',
      },
    ]);
    expect(platform.asked[0]!.query.getAll('types[]')).toEqual(['mention']);
    expect(platform.asked[0]!.headers.authorization).toBe('Bearer a-token-of-mastodon');
  });

  test('an answer stands where its first post stands', async () => {
    const one = status('103', { in_reply_to_id: '102', account: { ...account, acct: 'voisin' } });
    serve({
      notifications: [mention('1', one)],
      context: { ancestors: [status('100'), status('101'), status('102')], descendants: [] },
    });
    const [message] = messagesOf((await pullAll(null)).incoming);
    expect(message).toMatchObject({
      thread: '100',
      answers: ['102', '101', '100'],
      correspondent: { point: { address: `mastodon:voisin@${host()}` } },
    });
    serve({ notifications: [mention('1', one)] });
    expect(messagesOf((await pullAll(null)).incoming)[0]).toMatchObject({ thread: '102', answers: ['102'] });
  });

  test('what is said to us alone has no address on the web; warnings, files and bots are told', async () => {
    const media_attachments = [
      { id: '1', type: 'image', url: 'https://files.example/a.png', description: 'Une fuite' },
    ];
    serve({
      notifications: [
        mention(
          '1',
          status('100', {
            visibility: 'direct',
            spoiler_text: 'Râleur',
            media_attachments,
            account: { ...account, bot: true },
          }),
        ),
      ],
    });
    const [message] = messagesOf((await pullAll(null)).incoming);
    expect(message).not.toHaveProperty('url');
    expect(message!.text).toMatch(/^Râleur\n\n@nous/);
    expect(message).toMatchObject({
      automatic: true,
      files: [{ name: 'Une fuite', mediaType: 'image/jpeg', content: { url: 'https://files.example/a.png' } }],
    });
  });

  test('after an outage all is caught up with, in order and each once; boosts are no messages', async () => {
    const notifications = Array.from({ length: 130 }, (_, at) =>
      mention(String(at + 998), status(String(at + 5000)), at === 7 ? 'reblog' : 'mention'),
    );
    const statuses = Object.fromEntries(notifications.map(({ status: one }) => [(one as { id: string }).id, one]));
    serve({ notifications: notifications.slice(0, 2), statuses });
    const first = await pullAll(null);
    expect(first.incoming).toHaveLength(2);
    serve({ notifications, statuses });
    const rest = await pullAll(first.cursor);
    expect(messagesOf(rest.incoming).map(({ externalId }) => Number(externalId))).toEqual(
      Array.from({ length: 128 }, (_, at) => at + 5002).filter((id) => id !== 5007),
    );
    expect((await pullAll(rest.cursor)).incoming).toEqual([]);
  });

  test('edits and deletions of the latest posts are found', async () => {
    const notifications = [mention('1', status('100')), mention('2', status('101'))];
    serve({ notifications, statuses: { 100: status('100'), 101: status('101') } });
    const { cursor } = await pullAll(null);
    expect((await pullAll(cursor)).incoming).toEqual([]);
    const edited = status('100', { content: '<p>Mieux</p>', edited_at: '2026-03-04T11:00:00.000Z' });
    serve({ notifications, statuses: { 100: edited } });
    const again = await pullAll(cursor);
    expect(again.incoming).toEqual([
      { kind: 'edited', externalId: '100', text: 'Mieux', html: '<p>Mieux</p>', at: new Date('2026-03-04T11:00:00Z') },
      { kind: 'deleted', externalId: '101', at: expect.any(Date) },
    ]);
    expect((await pullAll(again.cursor)).incoming).toEqual([]);
  });

  test('a server that is busy, closed or at fault says so', async () => {
    const said = async (answer: object) => {
      platform.answer(answer);
      return pullAll(null).then(
        () => undefined,
        ({ code, afterSeconds }: Trouble) => [code, afterSeconds],
      );
    };
    expect(await said({ status: 429, headers: { 'retry-after': '30' } })).toEqual(['busy', 30]);
    expect(await said({ status: 401 })).toEqual(['refused', undefined]);
    expect(await said({ status: 500 })).toEqual(['server_error', undefined]);
    expect(await said({ body: '<html>' })).toEqual(['malformed', undefined]);
  });

  test('whatever a server says, it is a trouble or sound', async () => {
    await fc.assert(
      fc.asyncProperty(
        spoilt([
          [
            mention('1', status('100')),
            mention('2', status('101', { media_attachments: [{ type: 'image', url: 'https://x/' }] })),
          ],
        ]),
        async (body) => {
          platform.answer({ body: body === undefined ? '' : body });
          try {
            for await (const { incoming } of mastodon.pull!(access(), null)) checkSound(incoming);
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
  const message = outgoing('mastodon:zoe@autre.example', { earlier: ['99', '100'] });

  test('an answer is seen by whoever sees what it answers, and names them', async () => {
    platform.answer({ body: status('100', { visibility: 'direct' }) }, { body: status('200') });
    expect(await mastodon.send!(access(), message)).toEqual({ kind: 'sent', externalId: '200' });
    const [, asked] = platform.asked;
    expect(asked!.json).toEqual({
      status: `@zoe@autre.example ${message.text}`,
      in_reply_to_id: '100',
      visibility: 'direct',
    });
    expect(asked!.headers['idempotency-key']).toBe(message.messageId);
  });

  test('pictures are uploaded, and waited for', async () => {
    const files = [{ name: 'a.png', mediaType: 'image/png', content: Buffer.from('PNG') }];
    platform.answer(
      { body: status('100') },
      { status: 202, body: { id: 'm1' } },
      { body: { id: 'm1' } },
      { body: status('200') },
    );
    await mastodon.send!(access(), { ...message, files });
    expect(platform.asked.map(({ path }) => path)).toEqual([
      '/api/v1/statuses/100',
      '/api/v2/media',
      '/api/v1/media/m1',
      '/api/v1/statuses',
    ]);
    expect(platform.asked[3]!.json).toMatchObject({ media_ids: ['m1'] });
    platform.answer({ body: status('100') }, { status: 422, body: { error: 'Unsupported' } });
    expect(await mastodon.send!(access(), { ...message, files })).toEqual({ kind: 'refused', code: 'file_refused' });
  });

  test('what is gone or too long is not answered', async () => {
    platform.answer({ status: 404 });
    expect(await mastodon.send!(access(), message)).toEqual({ kind: 'refused', code: 'gone' });
    platform.answer(
      { body: status('100') },
      { status: 422, body: { error: 'Validation failed: Text character limit of 500 exceeded' } },
    );
    expect(await mastodon.send!(access(), message)).toEqual({ kind: 'refused', code: 'too_long' });
    expect(await mastodon.send!(access(), { ...message, earlier: [] })).toEqual({ kind: 'refused', code: 'gone' });
    platform.answer({ status: 500, body: 'x' });
    expect(await mastodon.send!(access(), message)).toEqual({ kind: 'later', code: 'server_error' });
  });

  test('nothing is sent twice by mistake', () =>
    checkSends(platform, mastodon, access(), message, { before: [{ body: status('100') }] }));

  test('it says under which name it stands there', async () => {
    platform.answer({ body: { id: '1', acct: 'nous' } });
    expect(await mastodon.check!(access())).toEqual({ name: `@nous@${host()}` });
  });
});
