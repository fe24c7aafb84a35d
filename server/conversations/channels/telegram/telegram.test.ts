import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Forged, Unreadable } from '../channel.ts';
import { services } from '../services.ts';
import { accessTo, checkHears, hook, messagesOf, now, openPlatform, outgoing, type Platform } from '../testing.ts';
import { telegram } from './index.ts';

const secret = { token: '123456:AAbbCCddEEffGGhhIIjjKKll', secretToken: 'a-secret-of-sixteen' };
const setup = { settings: {}, secret, now };
const told = (body: string) => hook(body, { 'x-telegram-bot-api-secret-token': secret.secretToken });
const hear = (value: unknown) => telegram.hear!(told(JSON.stringify(value) ?? ''), setup);

const from = { id: 5001, is_bot: false, first_name: 'Zoé', last_name: 'Lefèvre', language_code: 'fr' };
const chat = { id: 5001, type: 'private', first_name: 'Zoé' };
const at = new Date(1772618400_000);
const update = (one: object, more: object = {}) => ({
  update_id: 1,
  message: { message_id: 7, date: 1772618400, chat, from, ...more, ...one },
});

const file = (more: object = {}) => ({ file_id: 'F1', file_unique_id: 'U1', file_size: 12, ...more });
const kinds: Record<string, [object, object]> = {
  text: [{ text: 'Bonjour 👋🏽' }, { text: 'Bonjour 👋🏽' }],
  'an answer': [
    { text: 'Oui', reply_to_message: { message_id: 6, date: 1772618300, chat } },
    { text: 'Oui', answers: ['5001/6'] },
  ],
  'a photo, the largest of its sizes': [
    { photo: [file({ file_id: 'S' }), file({ file_id: 'L' })], caption: 'Ici' },
    { text: 'Ici', files: [{ name: 'image.jpeg', mediaType: 'image/jpeg', content: { id: 'L' }, size: 12 }] },
  ],
  'a document': [
    { document: file({ file_name: 'devis.pdf', mime_type: 'application/pdf' }) },
    { text: '', files: [{ name: 'devis.pdf', mediaType: 'application/pdf', content: { id: 'F1' }, size: 12 }] },
  ],
  'a voice message': [
    { voice: file({ mime_type: 'audio/ogg', duration: 9 }) },
    { text: '', nature: 'voice', seconds: 9 },
  ],
  'an animation, once': [
    { animation: file({ mime_type: 'video/mp4' }), document: file() },
    { files: [expect.objectContaining({ name: 'animation.mp4' })] },
  ],
  'a sticker': [{ sticker: file({ emoji: '👍', type: 'regular' }) }, { text: '', nature: 'sticker' }],
  'a place': [{ location: { latitude: 48.8, longitude: 2.3 } }, { text: '48.8, 2.3', nature: 'location' }],
  'a place with a name': [
    {
      venue: { location: { latitude: 48.8, longitude: 2.3 }, title: 'Mairie', address: '1 place' },
      location: { latitude: 48.8, longitude: 2.3 },
    },
    { text: 'Mairie\n1 place\n48.8, 2.3', nature: 'location' },
  ],
  'somebody recommended': [
    { contact: { phone_number: '+33612345678', first_name: 'Ana', last_name: 'G' } },
    { text: 'Ana G: +33612345678', nature: 'contacts' },
  ],
};

test.each(Object.entries(kinds))('%s is read', (_name, [said, read]) => {
  expect(messagesOf(hear(update(said)).incoming)).toEqual([
    expect.objectContaining({
      externalId: '5001/7',
      thread: '5001',
      correspondent: { point: { channel: 'handle', address: 'telegram:5001' }, replyTo: '5001', name: 'Zoé Lefèvre' },
      direction: 'in',
      at,
      ...read,
    }),
  ]);
});

test('in a group each one speaks for themselves, by topic where it has topics', () => {
  const group = { id: -1009, type: 'supergroup', title: 'Clients' };
  const [one] = messagesOf(
    hear(update({ text: 'Hé' }, { chat: group, is_topic_message: true, message_thread_id: 3 })).incoming,
  );
  expect(one).toMatchObject({
    thread: '-1009#3',
    subject: 'Clients',
    externalId: '-1009/7',
    correspondent: { replyTo: '-1009', point: { address: 'telegram:5001' } },
  });
});

test('what a bot says is automatic', () => {
  expect(messagesOf(hear(update({ text: 'Bip' }, { from: { ...from, is_bot: true } })).incoming)[0]!.automatic).toBe(
    true,
  );
});

test('edits and reactions are about another message', () => {
  const edited = { update_id: 2, edited_message: { ...update({ text: 'Mieux' }).message, edit_date: 1772618500 } };
  expect(hear(edited).incoming).toEqual([
    { kind: 'edited', externalId: '5001/7', text: 'Mieux', at: new Date(1772618500_000) },
  ]);
  const react = (new_reaction: object[]) =>
    hear({
      update_id: 3,
      message_reaction: { chat, message_id: 7, user: from, date: 1772618400, old_reaction: [], new_reaction },
    });
  expect(react([{ type: 'emoji', emoji: '🔥' }]).incoming).toMatchObject([
    { kind: 'reacted', externalId: '5001/7', emoji: '🔥', at },
  ]);
  expect(react([]).incoming).toMatchObject([{ kind: 'reacted', emoji: null }]);
  expect(react([{ type: 'custom_emoji', custom_emoji_id: '1' }])).toEqual({ incoming: [], ignored: 1 });
});

test.each([
  ['somebody joined', update({ new_chat_members: [from] })],
  ['a poll', update({ poll: { id: '1', question: 'Q' } })],
  ['a channel', update({ text: 'News' }, { sender_chat: { id: -5, type: 'channel', title: 'N' } })],
  ['a button', { update_id: 4, callback_query: { id: '1', from, data: 'x' } }],
  ['the bot was blocked', { update_id: 5, my_chat_member: {} }],
])('%s never becomes text', (_name, said) => {
  expect(hear(said)).toEqual({ incoming: [], ignored: 1 });
});

test('only who knows the word is heard', () => {
  const request = told(JSON.stringify(update({ text: 'x' })));
  for (const wrong of [undefined, '', 'a-secret-of-sixteeN', 'a-secret-of-sixteen ', 'a-secret-of-sixtee'])
    expect(() => telegram.hear!({ ...request, headers: { 'x-telegram-bot-api-secret-token': wrong } }, setup)).toThrow(
      Forged,
    );
  expect(() => telegram.hear!(told('nonsense'), setup)).toThrow(Unreadable);
});

test('whatever stands in an update, it is unreadable or sound', () => {
  checkHears(
    hear,
    Object.values(kinds).map(([said]) => update(said)),
    1000,
  );
});

describe('sending', () => {
  let platform: Platform;
  const real = services.telegram;
  beforeAll(async () => {
    platform = await openPlatform();
    services.telegram = () => platform.url;
  });
  afterAll(() => {
    services.telegram = real;
    platform.close();
  });
  const access = accessTo({}, secret);
  const message = outgoing('telegram:5001');
  const done = (message_id: number) => ({ body: { ok: true, result: { message_id, chat: { id: 5001 }, date: 1 } } });

  test('a text goes to the chat', async () => {
    platform.answer(done(8));
    expect(await telegram.send!(access, message)).toEqual({ kind: 'sent', externalId: '5001/8' });
    expect(platform.asked[0]).toMatchObject({
      path: `/bot${secret.token}/sendMessage`,
      json: { chat_id: '5001', text: message.text },
    });
  });

  test('in a group the answer goes to its topic', async () => {
    platform.answer(done(8));
    await telegram.send!(access, { ...message, to: { ...message.to, replyTo: '-1009' }, thread: '-1009#3' });
    expect(platform.asked[0]!.json).toMatchObject({ chat_id: '-1009', message_thread_id: '3' });
  });

  test('a text stands below its file, or before it where it is too long for that', async () => {
    const files = [
      { name: 'a.pdf', mediaType: 'application/pdf', content: Buffer.from('%PDF') },
      { name: 'b.png', mediaType: 'image/png', content: Buffer.from('PNG') },
    ];
    platform.answer(done(8), done(9));
    expect(await telegram.send!(access, { ...message, files })).toEqual({ kind: 'sent', externalId: '5001/8' });
    expect(platform.asked.map(({ path }) => path.split('/').at(-1))).toEqual(['sendDocument', 'sendPhoto']);
    expect(platform.asked[0]!.body).toContain('name="caption"');
    expect(platform.asked[1]!.body).not.toContain('name="caption"');
    platform.answer(done(8), done(9), done(10));
    await telegram.send!(access, { ...message, files, text: 'x'.repeat(1025) });
    expect(platform.asked.map(({ path }) => path.split('/').at(-1))).toEqual([
      'sendMessage',
      'sendDocument',
      'sendPhoto',
    ]);
    platform.answer(done(8), 'break');
    expect(await telegram.send!(access, { ...message, files })).toEqual({ kind: 'unsure' });
  });

  test.each([
    [403, 'Forbidden: bot was blocked by the user', { kind: 'refused', code: 'blocked' }],
    [403, 'Forbidden: user is deactivated', { kind: 'refused', code: 'no_recipient' }],
    [400, 'Bad Request: chat not found', { kind: 'refused', code: 'no_recipient' }],
    [400, 'Bad Request: message is too long', { kind: 'refused', code: 'too_long' }],
    [400, 'Bad Request: something new', { kind: 'refused', code: 'rejected' }],
  ])('%i, "%s" is understood', async (status, description, sent) => {
    platform.answer({ status, body: { ok: false, error_code: status, description } });
    expect(await telegram.send!(access, message)).toEqual(sent);
  });

  test('it waits as long as it is asked to', async () => {
    platform.answer({
      status: 429,
      body: { ok: false, description: 'Too Many Requests: retry after 35', parameters: { retry_after: 35 } },
    });
    expect(await telegram.send!(access, message)).toEqual({ kind: 'later', code: 'busy', afterSeconds: 35 });
  });

  test('nothing is sent twice by mistake', async () => {
    platform.answer('break');
    expect(await telegram.send!(access, message)).toEqual({ kind: 'unsure' });
    platform.answer({ status: 502, body: 'bad gateway' });
    expect(await telegram.send!(access, message)).toEqual({ kind: 'unsure' });
    platform.answer({ status: 404, body: { ok: false, description: 'Not Found' } });
    await expect(telegram.send!(access, message)).rejects.toMatchObject({ code: 'refused' });
  });

  test('a file is fetched by its id', async () => {
    platform.answer(
      { body: { ok: true, result: { file_id: 'F1', file_path: 'documents/file_1.pdf' } } },
      { body: '%PDF' },
    );
    const one = { name: 'a', mediaType: '', content: { id: 'F 1' } };
    expect(Buffer.from(await telegram.fetchFile!(access, one)).toString()).toBe('%PDF');
    expect(platform.asked[0]!.query.get('file_id')).toBe('F 1');
    expect(platform.asked[1]!.path).toBe(`/file/bot${secret.token}/documents/file_1.pdf`);
    platform.answer({ body: { ok: true, result: { username: 'bistrot_bot', first_name: 'B' } } });
    expect(await telegram.check!(access)).toEqual({ name: '@bistrot_bot' });
  });
});
