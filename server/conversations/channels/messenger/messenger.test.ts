import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Forged, Unreadable } from '../channel.ts';
import { services } from '../services.ts';
import {
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
import { instagram, messenger } from './index.ts';

const settings = { accountId: '777' };
const secret = { appSecret: 's', verifyToken: 'v', accessToken: 't' };
const setup = { settings, secret, now };
const signed = (value: unknown) => {
  const body = JSON.stringify(value) ?? '';
  return hook(body, { 'x-hub-signature-256': `sha256=${createHmac('sha256', 's').update(body).digest('hex')}` });
};
const hear = (value: unknown) => messenger.hear!(signed(value), setup);
const hearInstagram = (value: unknown) => instagram.hear!(signed(value), setup);

const inbound = { sender: { id: 'PSID1' }, recipient: { id: '777' }, timestamp: 1772618400123 };
const outbound = { sender: { id: '777' }, recipient: { id: 'PSID1' }, timestamp: 1772618400123 };
const at = new Date(1772618400123);
const event = (one: object, object = 'page') => ({
  object,
  entry: [{ id: '777', time: 1772618400999, messaging: [{ ...inbound, ...one }] }],
});
const who = (network: string) => ({
  point: { channel: 'handle', address: `${network}:PSID1` },
  replyTo: 'PSID1',
  name: '',
});

const kinds: Record<string, [object, object]> = {
  text: [{ mid: 'm1', text: 'Vous êtes ouverts ? 🥐' }, { text: 'Vous êtes ouverts ? 🥐' }],
  'an answer': [
    { mid: 'm1', text: 'Oui', reply_to: { mid: 'm0' } },
    { text: 'Oui', answers: ['m0'] },
  ],
  'an answer to a story': [
    { mid: 'm1', text: 'Joli', reply_to: { story: { id: '1', url: 'https://x' } } },
    { text: 'Joli' },
  ],
  'a picture': [
    { mid: 'm1', attachments: [{ type: 'image', payload: { url: 'https://cdn.example/a/photo_1.png?x=1' } }] },
    {
      text: '',
      files: [
        { name: 'photo_1.png', mediaType: 'image/jpeg', content: { url: 'https://cdn.example/a/photo_1.png?x=1' } },
      ],
    },
  ],
  'a sticker': [
    {
      mid: 'm1',
      attachments: [{ type: 'image', payload: { url: 'https://cdn.example/like', sticker_id: 369239263222822 } }],
    },
    {
      nature: 'sticker',
      files: [{ name: 'image.jpeg', mediaType: 'image/jpeg', content: { url: 'https://cdn.example/like' } }],
    },
  ],
  'a place': [
    {
      mid: 'm1',
      attachments: [{ type: 'location', title: 'Ici', payload: { coordinates: { lat: 48.8, long: 2.3 } } }],
    },
    { text: 'Ici\n48.8, 2.3', nature: 'location' },
  ],
  'a shared page': [
    {
      mid: 'm1',
      text: 'regarde',
      attachments: [{ type: 'fallback', title: 'Une page', url: 'https://page.example/', payload: null }],
    },
    { text: 'regarde\nUne page\nhttps://page.example/', nature: 'shared' },
  ],
};

test.each(Object.entries(kinds))('%s is read', (_name, [message, read]) => {
  expect(messagesOf(hear(event({ message })).incoming)).toEqual([
    expect.objectContaining({
      externalId: 'm1',
      thread: 'PSID1',
      correspondent: who('messenger'),
      direction: 'in',
      at,
      ...read,
    }),
  ]);
  expect(messagesOf(hearInstagram(event({ message }, 'instagram')).incoming)[0]!.correspondent).toEqual(
    who('instagram'),
  );
});

test('what we wrote elsewhere went out, to the other one', () => {
  const echo = event({ ...outbound, message: { mid: 'm2', text: 'Oui, jusqu’à 19 h', is_echo: true, app_id: 1 } });
  expect(messagesOf(hear(echo).incoming)).toEqual([
    {
      externalId: 'm2',
      thread: 'PSID1',
      correspondent: who('messenger'),
      direction: 'out',
      at,
      text: 'Oui, jusqu’à 19 h',
    },
  ]);
});

test.each([
  [
    'an edit',
    { message_edit: { mid: 'm1', text: 'Mieux', num_edit: 1 } },
    [{ kind: 'edited', externalId: 'm1', text: 'Mieux', at }],
  ],
  ['taken back', { message: { mid: 'm1', is_deleted: true } }, [{ kind: 'deleted', externalId: 'm1', at }]],
  [
    'a reaction',
    { reaction: { mid: 'm2', action: 'react', reaction: 'love', emoji: '❤️' } },
    [{ kind: 'reacted', externalId: 'm2', emoji: '❤️', at, correspondent: who('messenger') }],
  ],
  [
    'a reaction taken back',
    { reaction: { mid: 'm2', action: 'unreact' } },
    [{ kind: 'reacted', externalId: 'm2', emoji: null, at, correspondent: who('messenger') }],
  ],
  [
    'delivered',
    { delivery: { mids: ['m2', 'm3'], watermark: 1 } },
    [
      { kind: 'settled', externalId: 'm2', state: 'delivered', at },
      { kind: 'settled', externalId: 'm3', state: 'delivered', at },
    ],
  ],
  ['read on Instagram', { read: { mid: 'm2' } }, [{ kind: 'settled', externalId: 'm2', state: 'read', at }]],
  [
    'a button',
    { postback: { mid: 'm4', title: 'Commencer', payload: 'START' } },
    [{ kind: 'message', message: expect.objectContaining({ text: 'Commencer', nature: 'choice' }) }],
  ],
])('%s is what it is', (_name, said, incoming) => {
  expect(hear(event(said))).toEqual({ incoming, ignored: 0 });
});

test.each([
  ['read up to a time', { read: { watermark: 1 } }],
  ['delivered without ids', { delivery: { watermark: 1 } }],
  ['a kind that is not shown', { message: { mid: 'm1', is_unsupported: true } }],
  ['typing', {}],
  ['an opt-in', { optin: { ref: 'x' } }],
  ['a reaction without sign', { reaction: { mid: 'm2', action: 'react', reaction: 'other' } }],
])('%s never becomes text', (_name, said) => {
  expect(hear(event(said))).toEqual({ incoming: [], ignored: 1 });
});

test('messages of another page, another product and comments are left', () => {
  const other = {
    object: 'page',
    entry: [{ id: '778', messaging: [{ ...inbound, message: { mid: 'x', text: 'x' } }] }],
  };
  expect(hear(other)).toEqual({ incoming: [], ignored: 1 });
  expect(hear(event({ message: { mid: 'x', text: 'x' } }, 'instagram'))).toEqual({ incoming: [], ignored: 1 });
  expect(hear({ object: 'page', entry: [{ id: '777', changes: [{ field: 'feed', value: {} }] }] })).toEqual({
    incoming: [],
    ignored: 1,
  });
});

test('while another program answers, we still hear', () => {
  const standby = {
    object: 'page',
    entry: [{ id: '777', standby: [{ ...inbound, message: { mid: 'm1', text: 'Allô' } }] }],
  };
  expect(messagesOf(hear(standby).incoming)[0]!.text).toBe('Allô');
});

test('only what is signed is heard; the challenge is answered', () => {
  checkSigned(messenger, setup, signed(event({ message: { mid: 'm', text: 'x' } })));
  const query = { 'hub.mode': 'subscribe', 'hub.verify_token': 'v', 'hub.challenge': '12' };
  expect(messenger.hear!({ ...hook(''), method: 'GET', query }, setup).answer?.body).toBe('12');
  expect(() =>
    messenger.hear!({ ...hook(''), method: 'GET', query: { ...query, 'hub.verify_token': 'w' } }, setup),
  ).toThrow(Forged);
  expect(() => hear({ object: 'whatsapp_business_account', entry: [] })).toThrow(Unreadable);
  expect(() => hear(event({ timestamp: undefined, message: { mid: 'm', text: 'x' } }))).toThrow(Unreadable);
});

test('whatever stands in a request, it is unreadable or sound', () => {
  checkHears(
    hear,
    [
      ...Object.values(kinds).map(([message]) => event({ message })),
      event({ reaction: { mid: 'm2', action: 'react', emoji: 'x' } }),
      event({ postback: { mid: 'm4', title: 'Commencer' } }),
    ],
    1000,
  );
});

describe('sending', () => {
  let platform: Platform;
  const real = services.graph;
  beforeAll(async () => {
    platform = await openPlatform();
    services.graph = () => platform.url;
  });
  afterAll(() => {
    services.graph = real;
    platform.close();
  });
  const access = accessTo(settings, secret);
  const message = outgoing('messenger:PSID1');

  test('a text answers within the window', async () => {
    platform.answer({ body: { recipient_id: 'PSID1', message_id: 'm9' } });
    expect(await messenger.send!(access, message)).toEqual({ kind: 'sent', externalId: 'm9' });
    expect(platform.asked[0]).toMatchObject({
      path: '/777/messages',
      json: { recipient: { id: 'PSID1' }, messaging_type: 'RESPONSE', message: { text: message.text } },
    });
  });

  test('on Instagram the page answers, whose token it is', async () => {
    platform.answer({ body: { recipient_id: 'PSID1', message_id: 'm9' } });
    expect(await instagram.send!(access, outgoing('instagram:PSID1'))).toEqual({ kind: 'sent', externalId: 'm9' });
    expect(platform.asked[0]).toMatchObject({ path: '/me/messages', json: { recipient: { id: 'PSID1' } } });
  });

  test('a file goes before its text; a text that fails after it leaves it unsure', async () => {
    const files = [{ name: 'a.png', mediaType: 'image/png', content: Buffer.from('PNG') }];
    platform.answer({ body: { message_id: 'm9' } }, { body: { message_id: 'm10' } });
    expect(await messenger.send!(access, { ...message, files })).toEqual({ kind: 'sent', externalId: 'm10' });
    expect(platform.asked[0]!.body).toContain('{"attachment":{"type":"image"');
    platform.answer({ body: { message_id: 'm9' } }, { status: 400, body: { error: { code: 551 } } });
    expect(await messenger.send!(access, { ...message, files })).toEqual({ kind: 'unsure' });
  });

  test.each([
    [10, 2018278, { kind: 'refused', code: 'window_shut' }],
    [551, 1545041, { kind: 'refused', code: 'no_recipient' }],
    [100, 2018001, { kind: 'refused', code: 'no_recipient' }],
    [100, 1, { kind: 'refused', code: 'rejected' }],
    [613, undefined, { kind: 'later', code: 'busy' }],
  ])('the error %i, %s is understood', async (code, error_subcode, sent) => {
    platform.answer({ status: 400, body: { error: { code, error_subcode } } });
    expect(await messenger.send!(access, message)).toEqual(sent);
  });

  test('a right that is missing is a trouble of the account', async () => {
    platform.answer({ status: 403, body: { error: { code: 10 } } });
    await expect(messenger.send!(access, message)).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('nothing is sent twice by mistake', () => checkSends(platform, messenger, access, message));

  test('files are fetched without the token, and no further than they may be large', async () => {
    platform.answer({ body: 'JPEG' });
    const file = { name: 'a', mediaType: '', content: { url: `${platform.url}/a` } };
    expect(Buffer.from(await messenger.fetchFile!(access, file)).toString()).toBe('JPEG');
    expect(platform.asked[0]!.headers.authorization).toBeUndefined();
    platform.answer({ body: Buffer.alloc(26 * 2 ** 20) });
    await expect(messenger.fetchFile!(access, file)).rejects.toMatchObject({ name: 'Unreached', code: 'too_large' });
    platform.answer({ status: 302, headers: { location: '/again' } });
    await expect(messenger.fetchFile!(access, file)).rejects.toMatchObject({ code: 'elsewhere' });
  });
});
