import { afterAll, beforeAll, expect, test } from 'vitest';
import { services } from '../services.ts';
import { accessTo, checkSends, openPlatform, outgoing, type Platform } from '../testing.ts';
import { whatsapp } from './index.ts';

const settings = { phoneNumberId: '100200300' };
const secret = { appSecret: 'app-secret', verifyToken: 'verify-me', accessToken: 'EAAG-token' };

let platform: Platform;
const real = services.graph;
beforeAll(async () => {
  platform = await openPlatform();
  services.graph = () => `${platform.url}/v25.0`;
});
afterAll(() => {
  services.graph = real;
  platform.close();
});
const access = accessTo(settings, secret);
const done = { body: { messages: [{ id: 'wamid.NEW' }] } };

test('a text goes to the number, with the token', async () => {
  platform.answer(done);
  expect(await whatsapp.send!(access, outgoing('+33612345678'))).toEqual({ kind: 'sent', externalId: 'wamid.NEW' });
  const [asked] = platform.asked;
  expect(asked).toMatchObject({
    method: 'POST',
    path: '/v25.0/100200300/messages',
    json: {
      messaging_product: 'whatsapp',
      recipient_type: 'individual',
      to: '33612345678',
      type: 'text',
      text: { body: 'Bonjour 👋🏽 مرحبا' },
    },
  });
  expect(asked!.headers.authorization).toBe('Bearer EAAG-token');
});

test('who shows no number is reached by their id, a group by its own', async () => {
  platform.answer(done);
  const hidden = { point: { channel: 'handle', address: 'whatsapp:FR.5' }, replyTo: 'FR.5', name: '' } as const;
  await whatsapp.send!(access, outgoing('', { to: hidden }));
  expect(platform.asked[0]!.json).toMatchObject({ recipient: 'FR.5' });
  await whatsapp.send!(access, outgoing('', { to: { ...hidden, replyTo: 'G1' }, thread: 'group:G1' }));
  expect(platform.asked[1]!.json).toMatchObject({ to: 'G1', recipient_type: 'group' });
});

test('an agreed text goes with its values', async () => {
  platform.answer(done);
  await whatsapp.send!(
    access,
    outgoing('+33612345678', { template: { name: 'rappel', language: 'fr', values: ['Zoé', '10 h'] } }),
  );
  expect(platform.asked[0]!.json).toMatchObject({
    type: 'template',
    template: {
      name: 'rappel',
      language: { code: 'fr' },
      components: [
        {
          type: 'body',
          parameters: [
            { type: 'text', text: 'Zoé' },
            { type: 'text', text: '10 h' },
          ],
        },
      ],
    },
  });
});

test('files are uploaded first; the text stands below the first one', async () => {
  const files = [
    { name: 'plan.pdf', mediaType: 'application/pdf', content: Buffer.from('%PDF') },
    { name: 'photo.png', mediaType: 'image/png', content: Buffer.from('PNG') },
  ];
  platform.answer({ body: { id: 'm1' } }, { body: { id: 'm2' } }, done);
  expect(await whatsapp.send!(access, outgoing('+33612345678', { files, text: 'Voici' }))).toEqual({
    kind: 'sent',
    externalId: 'wamid.NEW',
  });
  expect(platform.asked.map(({ path }) => path.split('/').at(-1))).toEqual(['media', 'media', 'messages', 'messages']);
  expect(platform.asked[0]!.body).toContain('filename="plan.pdf"');
  expect(platform.asked.slice(2).map(({ json }) => json)).toMatchObject([
    { type: 'document', document: { id: 'm1', filename: 'plan.pdf', caption: 'Voici' } },
    { type: 'image', image: { id: 'm2' } },
  ]);
  platform.answer({ body: { id: 'm1' } }, { status: 400, body: { error: { code: 131053 } } });
  expect(await whatsapp.send!(access, outgoing('+33612345678', { files }))).toEqual({
    kind: 'refused',
    code: 'file_refused',
  });
  platform.answer({ body: { id: 'm1' } }, { body: { id: 'm2' } }, done, {
    status: 400,
    body: { error: { code: 131026 } },
  });
  expect(await whatsapp.send!(access, outgoing('+33612345678', { files }))).toEqual({ kind: 'unsure' });
});

test.each([
  [131047, { kind: 'refused', code: 'window_shut' }],
  [131026, { kind: 'refused', code: 'no_recipient' }],
  [131050, { kind: 'refused', code: 'blocked' }],
  [132001, { kind: 'refused', code: 'template_refused' }],
  [100, { kind: 'refused', code: 'rejected' }],
  [130429, { kind: 'later', code: 'busy' }],
  [131056, { kind: 'later', code: 'busy' }],
  [131016, { kind: 'later', code: 'server_error' }],
])('the error %i is understood', async (code, sent) => {
  platform.answer({ status: 400, body: { error: { code, message: 'x', type: 'OAuthException' } } });
  expect(await whatsapp.send!(access, outgoing('+33612345678'))).toEqual(sent);
});

test.each([
  [190, 'refused'],
  [200, 'forbidden'],
  [131031, 'forbidden'],
  [131042, 'forbidden'],
])('the error %i is one of the account', async (code, trouble) => {
  platform.answer({ status: 400, body: { error: { code } } });
  await expect(whatsapp.send!(access, outgoing('+33612345678'))).rejects.toMatchObject({
    name: 'Trouble',
    code: trouble,
  });
});

test('nothing is sent twice by mistake', () => checkSends(platform, whatsapp, access, outgoing('+33612345678')));

test('being stopped while it is sent leaves it unsure; before that, nothing is sent', async () => {
  const stop = new AbortController();
  const stopped = accessTo(settings, secret, stop.signal);
  platform.answer(() => {
    stop.abort();
    return { status: 200 };
  });
  expect(await whatsapp.send!(stopped, outgoing('+33612345678'))).toEqual({ kind: 'unsure' });
  await expect(whatsapp.send!(stopped, outgoing('+33612345678'))).rejects.toMatchObject({ name: 'AbortError' });
  expect(platform.asked).toHaveLength(1);
});

test('no answer in time leaves it unsure', async () => {
  // One of its own: what it is asked late is nobody else's.
  const silent = await openPlatform();
  silent.answer('silence');
  services.graph = () => silent.url;
  const { guarded } = access;
  const fetch: typeof guarded.fetch = (url, request) => guarded.fetch(url, { ...request, seconds: 0.5 });
  expect(await whatsapp.send!({ ...access, guarded: { ...guarded, fetch } }, outgoing('+33612345678'))).toEqual({
    kind: 'unsure',
  });
  services.graph = () => `${platform.url}/v25.0`;
  silent.close();
});

test('a file is fetched by its id, and the token goes to nobody else', async () => {
  platform.answer(
    { body: { url: `${platform.url}/file`, mime_type: 'image/jpeg' } },
    { status: 302, headers: { location: platform.url.replace('127.0.0.1', 'localhost') } },
    { body: 'JPEG' },
  );
  const file = { name: 'a', mediaType: 'image/jpeg', content: { id: '90/01' } };
  expect(Buffer.from(await whatsapp.fetchFile!(access, file)).toString()).toBe('JPEG');
  expect(platform.asked.map(({ path }) => path)).toEqual(['/v25.0/90%2F01', '/file', '/']);
  expect(platform.asked.map(({ headers }) => headers.authorization)).toEqual([
    'Bearer EAAG-token',
    'Bearer EAAG-token',
    undefined,
  ]);
  platform.answer({ body: { url: platform.url.replace('127.0.0.1', 'localhost') } }, { body: 'JPEG' });
  await whatsapp.fetchFile!(access, file);
  expect(platform.asked[1]!.headers.authorization).toBeUndefined();
});

test('it says under which name it stands there', async () => {
  platform.answer({ body: { display_phone_number: '+33 1 23 45 67 89', verified_name: 'Bistrot' } });
  expect(await whatsapp.check!(access)).toEqual({ name: 'Bistrot, +33 1 23 45 67 89' });
  platform.answer({ status: 401 });
  await expect(whatsapp.check!(access)).rejects.toMatchObject({ code: 'refused' });
  platform.answer({ body: 'x' });
  await expect(whatsapp.check!(access)).rejects.toMatchObject({ code: 'malformed' });
});
