import { createHmac, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Forged, Unreadable } from '../channel.ts';
import {
  accessTo,
  checkHears,
  checkSends,
  checkSigned,
  hook,
  now,
  openPlatform,
  outgoing,
  type Platform,
} from '../testing.ts';
import { webhook } from './index.ts';

const key = randomBytes(32);
const secret = { signing: `whsec_${key.toString('base64')}` };
const setup = { settings: { url: null }, secret, now };

function signed(value: unknown, seconds = now.getTime() / 1000, more = '') {
  const body = JSON.stringify(value) ?? '';
  const signature = createHmac('sha256', key).update(`msg_1.${seconds}.${body}`).digest('base64');
  return hook(body, {
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(seconds),
    'webhook-signature': `${more}v1,${signature}`,
  });
}
const hear = (value: unknown) => webhook.hear!(signed(value), setup);

const correspondent = { point: { channel: 'email', address: 'Zoe@Client.example' }, name: '  Zoé\n Lefèvre ' };
const message = {
  externalId: 'a1',
  thread: 'ticket-7',
  correspondent,
  at: '2026-03-04T10:59:00+01:00',
  text: 'Bonjour 👋🏽 مرحبا',
};
const events = (...all: object[]) => ({ events: all });
const said = (more: object = {}) => events({ kind: 'message', message: { ...message, ...more } });

test('a message says all that a message can say', () => {
  const full = said({
    answers: ['a0'],
    direction: 'out',
    subject: 'Devis\n 12',
    quoted: '> avant',
    html: '<p>Bonjour</p>',
    files: [
      { name: 'a.txt', mediaType: 'Text/Plain', base64: Buffer.from('été').toString('base64') },
      { url: 'https://files.example/b', contentId: 'logo' },
    ],
    automatic: true,
    url: 'https://forum.example/7',
    rating: { value: 4, of: 5 },
    others: ['b@client.example'],
    nature: 'call',
    seconds: 312,
  });
  expect(hear(full).incoming).toEqual([
    {
      kind: 'message',
      message: {
        externalId: 'a1',
        thread: 'ticket-7',
        answers: ['a0'],
        correspondent: { point: { channel: 'email', address: 'zoe@client.example' }, name: 'Zoé Lefèvre' },
        direction: 'out',
        at: new Date('2026-03-04T09:59:00Z'),
        subject: 'Devis 12',
        text: message.text,
        quoted: '> avant',
        html: '<p>Bonjour</p>',
        files: [
          { name: 'a.txt', mediaType: 'text/plain', content: Buffer.from('été') },
          {
            name: 'file',
            mediaType: 'application/octet-stream',
            content: { url: 'https://files.example/b' },
            contentId: 'logo',
          },
        ],
        automatic: true,
        url: 'https://forum.example/7',
        rating: { value: 4, of: 5 },
        others: ['b@client.example'],
        nature: 'call',
        seconds: 312,
      },
    },
  ]);
});

const at = '2026-03-04T10:00:00Z';
const point = { channel: 'phone', address: '+33612345678' };

test('everything else that can happen to a message is told, too, in order', () => {
  const { incoming } = hear(
    events(
      { kind: 'edited', externalId: 'a1', text: 'Mieux', at },
      { kind: 'deleted', externalId: 'a1', at },
      { kind: 'settled', externalId: 'a2', state: 'failed', reason: 'no_recipient', at },
      { kind: 'reacted', externalId: 'a2', correspondent: { point }, emoji: null, at },
      { kind: 'moved', from: point, to: { channel: 'phone', address: '+33699999999' }, at },
    ),
  );
  expect(incoming).toEqual([
    { kind: 'edited', externalId: 'a1', text: 'Mieux', at: now },
    { kind: 'deleted', externalId: 'a1', at: now },
    { kind: 'settled', externalId: 'a2', state: 'failed', reason: 'no_recipient', at: now },
    { kind: 'reacted', externalId: 'a2', correspondent: { point, name: '' }, emoji: null, at: now },
    { kind: 'moved', from: point, to: { channel: 'phone', address: '+33699999999' }, at: now },
  ]);
});

test.each([
  ['no event', { events: [] }],
  ['a word that nobody knows', said({ colour: 'red' })],
  ['no number', said({ correspondent: { point: { channel: 'phone', address: '0612345678' } } })],
  ['no address', said({ correspondent: { point: { channel: 'email', address: 'zoe' } } })],
  ['no handle', said({ correspondent: { point: { channel: 'handle', address: 'zoe' } } })],
  ['a file that is there twice', said({ files: [{ base64: 'AAAA', url: 'https://a.example/' }] })],
  ['a file that is nowhere', said({ files: [{ name: 'a' }] })],
  ['a file on this machine', said({ files: [{ url: 'file:///etc/passwd' }] })],
  ['more stars than there are', said({ rating: { value: 6, of: 5 } })],
  ['no time', said({ at: 'yesterday' })],
  ['too many at once', { events: Array.from({ length: 101 }, () => ({ kind: 'deleted', externalId: 'a', at })) }],
])('%s is unreadable', (_name, value) => {
  expect(() => hear(value)).toThrow(Unreadable);
});

describe('who is let in', () => {
  test('what is signed, octet for octet, whatever else is signed beside it', () => {
    checkSigned(webhook, setup, signed(said()));
    expect(webhook.hear!(signed(said(), undefined, 'v1,b2xk v1a,x '), setup).incoming).toHaveLength(1);
  });

  test('the example of Standard Webhooks', () => {
    const body = '{"test": 2432232314}';
    const request = hook(body, {
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
    const known = {
      settings: { url: null },
      secret: { signing: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' },
      now: new Date(1614265330_000),
    };
    // It is let in; its content is of another kind.
    expect(() => webhook.hear!(request, known)).toThrow(Unreadable);
    expect(() => webhook.hear!({ ...request, body: Buffer.from(`${body} `) }, known)).toThrow(Forged);
  });

  test('nothing that is older, or younger, than five minutes, or said again as another', () => {
    const seconds = now.getTime() / 1000;
    expect(webhook.hear!(signed(said(), seconds - 300), setup).incoming).toHaveLength(1);
    expect(() => webhook.hear!(signed(said(), seconds - 301), setup)).toThrow(Forged);
    expect(() => webhook.hear!(signed(said(), seconds + 301), setup)).toThrow(Forged);
    const request = signed(said(), seconds - 301);
    expect(() =>
      webhook.hear!({ ...request, headers: { ...request.headers, 'webhook-timestamp': String(seconds) } }, setup),
    ).toThrow(Forged);
    expect(() =>
      webhook.hear!({ ...signed(said()), headers: { ...signed(said()).headers, 'webhook-id': 'msg_2' } }, setup),
    ).toThrow(Forged);
    expect(() => webhook.hear!(signed(said(), 'now' as unknown as number), setup)).toThrow(Forged);
  });

  test.each([
    'whsec_',
    'whsec_AAAA',
    'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    `whsec_${'A'.repeat(200)}`,
  ])('"%s" is no secret', (signing) => {
    expect(webhook.secret.safeParse({ signing }).success).toBe(false);
  });
});

test('whatever stands in a request, it is unreadable or sound', () => {
  checkHears(
    hear,
    [
      said(),
      said({ files: [{ name: 'a', base64: 'AAAA' }], answers: ['x'], rating: { value: 1, of: 5 } }),
      events(
        { kind: 'reacted', externalId: 'a2', correspondent: { point }, emoji: '👍', at },
        { kind: 'moved', from: point, to: point, at },
      ),
    ],
    1000,
  );
});

describe('sending', () => {
  let platform: Platform;
  beforeAll(async () => {
    platform = await openPlatform();
  });
  afterAll(() => platform.close());
  const access = () => accessTo({ url: `${platform.url}/in` }, secret);
  const files = [{ name: 'a.txt', mediaType: 'text/plain', content: Buffer.from('été') }];
  const sending = outgoing('crm:42', { files, subject: 'Devis', signedBy: 'Ana' });

  test('what goes out is signed as what comes in, and named by their answer', async () => {
    platform.answer({ body: { externalId: 'their-1' } });
    expect(await webhook.send!(access(), sending)).toEqual({ kind: 'sent', externalId: 'their-1' });
    const [{ headers, body, json }] = platform.asked as [(typeof platform.asked)[0]];
    expect(json).toMatchObject({
      type: 'message.send',
      data: {
        messageId: sending.messageId,
        text: sending.text,
        subject: 'Devis',
        signedBy: 'Ana',
        files: [{ name: 'a.txt', base64: 'w6l0w6k=' }],
      },
    });
    const octets = Buffer.from(body, 'latin1');
    const signature = createHmac('sha256', key)
      .update(`${headers['webhook-id']}.${headers['webhook-timestamp']}.`)
      .update(octets)
      .digest('base64');
    expect(headers['webhook-signature']).toBe(`v1,${signature}`);
    expect(headers['webhook-id']).toBe(sending.messageId);
    platform.answer({ status: 202, body: '' });
    expect(await webhook.send!(access(), sending)).toEqual({ kind: 'sent', externalId: sending.messageId });
  });

  test.each([
    [422, { code: 'no_recipient' }, { kind: 'refused', code: 'no_recipient' }],
    [422, { code: 'whatever' }, { kind: 'refused', code: 'rejected' }],
    [400, 'x', { kind: 'refused', code: 'rejected' }],
    [408, {}, { kind: 'later', code: 'timeout' }],
  ])('%i with %o is understood', async (status, body, sent) => {
    platform.answer({ status, body });
    expect(await webhook.send!(access(), sending)).toEqual(sent);
  });

  test.each([
    [410, 'place_gone'],
    [404, 'place_gone'],
    [403, 'forbidden'],
    [302, 'elsewhere'],
  ])('%i is a trouble of the channel', async (status, code) => {
    platform.answer({ status });
    await expect(webhook.send!(access(), sending)).rejects.toMatchObject({ code });
  });

  test('it is tried again, since they know its id', () =>
    checkSends(platform, webhook, access(), sending, { repeatable: true }));

  test('without an address one only listens', async () => {
    expect(await webhook.send!(accessTo({ url: null }, secret), sending)).toEqual({
      kind: 'refused',
      code: 'no_recipient',
    });
    platform.answer({ status: 204 });
    expect(await webhook.check!(access())).toEqual({ name: new URL(platform.url).host });
    expect(platform.asked[0]!.json).toMatchObject({ type: 'ping' });
  });
});
