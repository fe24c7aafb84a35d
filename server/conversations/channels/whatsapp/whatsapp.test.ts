import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { Forged, Unreadable } from '../channel.ts';
import { checkHears, checkSigned, hook, messagesOf, now } from '../testing.ts';
import { whatsapp } from './index.ts';

const settings = { phoneNumberId: '100200300' };
const secret = { appSecret: 'app-secret', verifyToken: 'verify-me', accessToken: 'EAAG-token' };
const setup = { settings, secret, now };

const signed = (value: unknown) => {
  const body = JSON.stringify(value) ?? '';
  const signature = createHmac('sha256', secret.appSecret).update(body).digest('hex');
  return hook(body, { 'x-hub-signature-256': `sha256=${signature}` });
};
const hear = (value: unknown) => whatsapp.hear!(signed(value), setup);

const metadata = { display_phone_number: '33123456789', phone_number_id: '100200300' };
const contacts = [{ profile: { name: 'Zoé Lefèvre' }, wa_id: '33612345678', user_id: 'FR.555000111' }];
const change = (value: object, field = 'messages') => ({
  object: 'whatsapp_business_account',
  entry: [{ id: '42', changes: [{ field, value: { messaging_product: 'whatsapp', metadata, ...value } }] }],
});
const message = (one: object) =>
  change({ contacts, messages: [{ from: '33612345678', id: 'wamid.A1', timestamp: '1772618400', ...one }] });
const at = new Date(1772618400_000);

const kinds: Record<string, [object, object]> = {
  text: [
    { type: 'text', text: { body: 'Bonjour 👋🏽 \u202bمرحبا\u202c' } },
    { text: 'Bonjour 👋🏽 \u202bمرحبا\u202c' },
  ],
  'an answer to one of ours': [
    { type: 'text', text: { body: 'Oui' }, context: { from: '33123456789', id: 'wamid.OURS' } },
    { text: 'Oui', answers: ['wamid.OURS'] },
  ],
  'a picture with a caption': [
    { type: 'image', image: { id: '9001', mime_type: 'image/jpeg', sha256: 'x', caption: 'La panne' } },
    { text: 'La panne', files: [{ name: 'image.jpeg', mediaType: 'image/jpeg', content: { id: '9001' } }] },
  ],
  'a document': [
    { type: 'document', document: { id: '9002', mime_type: 'application/pdf', filename: '../dé/vis.pdf' } },
    { text: '', files: [{ name: '.. dé vis.pdf', mediaType: 'application/pdf', content: { id: '9002' } }] },
  ],
  'a voice message': [
    { type: 'audio', audio: { id: '9003', mime_type: 'audio/ogg; codecs=opus', voice: true } },
    {
      text: '',
      nature: 'voice',
      files: [{ name: 'audio.ogg', mediaType: 'audio/ogg; codecs=opus', content: { id: '9003' } }],
    },
  ],
  'a sticker': [
    { type: 'sticker', sticker: { id: '9004', mime_type: 'image/webp' } },
    { text: '', nature: 'sticker' },
  ],
  'a place': [
    { type: 'location', location: { latitude: 48.85, longitude: 2.35, name: 'Mairie', address: 'Paris' } },
    { text: 'Mairie\nParis\n48.85, 2.35', nature: 'location' },
  ],
  'an order': [
    {
      type: 'order',
      order: {
        catalog_id: '1',
        text: 'Vite',
        product_items: [{ product_retailer_id: 'CAFE', quantity: 2, item_price: 3.5, currency: 'EUR' }],
      },
    },
    { text: '2 × CAFE, 3.5 EUR\nVite', nature: 'order' },
  ],
  'a button of a template': [
    { type: 'button', button: { payload: 'p', text: 'Oui, merci' } },
    { text: 'Oui, merci', nature: 'choice' },
  ],
  'a choice from a list': [
    {
      type: 'interactive',
      interactive: { type: 'list_reply', list_reply: { id: '1', title: 'Mardi', description: '10 h' } },
    },
    { text: 'Mardi\n10 h', nature: 'choice' },
  ],
  'a form': [
    {
      type: 'interactive',
      interactive: {
        type: 'nfm_reply',
        nfm_reply: { name: 'flow', body: 'Sent', response_json: '{"flow_token":"x","ville":"Lyon"}' },
      },
    },
    { text: 'ville: Lyon', nature: 'form' },
  ],
};

describe('what people send', () => {
  test.each(Object.entries(kinds))('%s is read', (_name, [said, read]) => {
    const { incoming, ignored } = hear(message(said));
    expect(ignored).toBe(0);
    expect(messagesOf(incoming)).toEqual([
      expect.objectContaining({
        externalId: 'wamid.A1',
        thread: '+33612345678',
        correspondent: { point: { channel: 'phone', address: '+33612345678' }, name: 'Zoé Lefèvre' },
        direction: 'in',
        at,
        ...read,
      }),
    ]);
  });

  test('people who are recommended come as words and as cards', () => {
    const card = {
      name: { formatted_name: 'Ana Gómez', first_name: 'Ana', last_name: 'Gómez' },
      phones: [{ phone: '+34 600 111 222', wa_id: '34600111222' }],
    };
    const [one] = messagesOf(
      hear(message({ type: 'contacts', contacts: [card, { name: { formatted_name: 'Bo' }, phones: [] }] })).incoming,
    );
    expect(one).toMatchObject({ text: 'Ana Gómez: +34 600 111 222\nBo', nature: 'contacts' });
    const vcards = Buffer.from(one!.files![0]!.content as Uint8Array).toString();
    expect(vcards.match(/BEGIN:VCARD/g)).toHaveLength(2);
    expect(vcards).toContain('FN:Ana Gómez');
    expect(vcards).toContain('+34 600 111 222');
  });

  test.each([
    ['unsupported', { type: 'unsupported', errors: [{ code: 131051, title: 'Message type unknown' }] }],
    ['a poll that is not known yet', { type: 'poll_creation' }],
    ['an interactive message whose content got lost', { type: 'interactive' }],
    [
      'a changed identity key',
      { type: 'system', system: { type: 'customer_identity_changed', body: 'User identity changed' } },
    ],
  ])('%s never becomes text', (_name, said) => {
    expect(hear(message(said))).toEqual({ incoming: [], ignored: 1 });
  });

  test('reactions, deletions and edits are about another message', () => {
    const correspondent = { point: { channel: 'phone', address: '+33612345678' }, name: 'Zoé Lefèvre' };
    const react = (emoji: object) =>
      hear(message({ type: 'reaction', reaction: { message_id: 'wamid.OURS', ...emoji } })).incoming;
    expect(react({ emoji: '❤️' })).toEqual([
      { kind: 'reacted', externalId: 'wamid.OURS', correspondent, emoji: '❤️', at },
    ]);
    expect(react({ emoji: '' })).toMatchObject([{ emoji: null }]);
    expect(react({})).toMatchObject([{ emoji: null }]);
    expect(hear(message({ type: 'revoke', revoke: { original_message_id: 'wamid.A0' } })).incoming).toEqual([
      { kind: 'deleted', externalId: 'wamid.A0', at },
    ]);
    const edit = {
      original_message_id: 'wamid.A0',
      message: { context: { id: 'x' }, type: 'text', text: { body: 'Mieux' } },
    };
    expect(hear(message({ type: 'edit', edit })).incoming).toEqual([
      { kind: 'edited', externalId: 'wamid.A0', text: 'Mieux', at },
    ]);
  });

  test('a new number is the same person: the point moves', () => {
    const moved = change({
      messages: [
        {
          from: '33612345678',
          id: 'wamid.S',
          timestamp: '1772618400',
          type: 'system',
          system: { type: 'user_changed_number', wa_id: '33699999999', body: 'User A changed' },
        },
      ],
    });
    expect(hear(moved).incoming).toEqual([
      {
        kind: 'moved',
        from: { channel: 'phone', address: '+33612345678' },
        to: { channel: 'phone', address: '+33699999999' },
        at,
      },
    ]);
    const renamed = change({
      messages: [
        {
          id: 'wamid.S',
          timestamp: '1772618400',
          type: 'system',
          system: { type: 'user_changed_user_id', user_id: 'FR.2', previous_user_id: 'FR.1' },
        },
      ],
    });
    expect(hear(renamed).incoming).toMatchObject([
      { kind: 'moved', from: { address: 'whatsapp:FR.1' }, to: { address: 'whatsapp:FR.2' } },
    ]);
  });

  test('who shows no number is known by the id that the company has for them', () => {
    const hidden = change({
      contacts: [{ profile: { name: 'Zoé', username: 'zoe' }, user_id: 'FR.555' }],
      messages: [
        { from_user_id: 'FR.555', id: 'wamid.B', timestamp: 1772618400, type: 'text', text: { body: 'Allô' } },
      ],
    });
    expect(messagesOf(hear(hidden).incoming)[0]).toMatchObject({
      thread: 'FR.555',
      correspondent: { point: { channel: 'handle', address: 'whatsapp:FR.555' }, replyTo: 'FR.555', name: 'Zoé' },
    });
  });

  test('what was written in the app of WhatsApp itself went out', () => {
    const echo = change(
      {
        message_echoes: [
          {
            from: '33123456789',
            to: '33612345678',
            id: 'wamid.E',
            timestamp: '1772618400',
            type: 'text',
            text: { body: 'On arrive' },
          },
        ],
      },
      'smb_message_echoes',
    );
    expect(messagesOf(hear(echo).incoming)[0]).toMatchObject({
      direction: 'out',
      text: 'On arrive',
      thread: '+33612345678',
    });
  });

  test('of a group, everybody who speaks stands in one conversation', () => {
    const { incoming } = hear(message({ type: 'text', group_id: 'G1', text: { body: 'Hé' } }));
    expect(messagesOf(incoming)[0]).toMatchObject({
      thread: 'group:G1',
      correspondent: { point: { address: '+33612345678' }, replyTo: 'G1' },
    });
  });

  test('one request with several messages gives several, in order; those of another number are left', () => {
    const two = message({ type: 'text', text: { body: '1' } });
    two.entry[0]!.changes.push(...message({ id: 'wamid.A2', type: 'text', text: { body: '2' } }).entry[0]!.changes);
    two.entry.push(
      ...change({
        metadata: { phone_number_id: '999' },
        contacts,
        messages: [{ from: '33612345678', id: 'z', timestamp: '1772618400', type: 'text', text: { body: '3' } }],
      }).entry,
    );
    const { incoming, ignored } = hear(two);
    expect(messagesOf(incoming).map(({ text }) => text)).toEqual(['1', '2']);
    expect(ignored).toBe(1);
  });

  test('an id that is too long is kept by its hash, always the same one', () => {
    const [first, again] = [1, 2].map(
      () =>
        messagesOf(hear(message({ id: 'w'.repeat(501), type: 'text', text: { body: 'x' } })).incoming)[0]!.externalId,
    );
    expect(first).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(again).toBe(first);
  });
});

const status = (one: object) =>
  change({ contacts, statuses: [{ id: 'wamid.OURS', timestamp: '1772618400', recipient_id: '33612345678', ...one }] });

test.each([
  ['sent', undefined],
  ['delivered', { state: 'delivered' }],
  ['read', { state: 'read' }],
  ['played', { state: 'read' }],
  ['failed', { state: 'failed', reason: 'window_shut' }],
  ['constructor', undefined],
])('the status "%s" is no message', (name, told) => {
  const errors = name === 'failed' ? { errors: [{ code: 131047, title: 'Re-engagement message' }] } : {};
  const { incoming, ignored } = hear(status({ status: name, ...errors }));
  expect(incoming).toEqual(told ? [{ kind: 'settled', externalId: 'wamid.OURS', at, ...told }] : []);
  expect(ignored).toBe(told ? 0 : 1);
});

describe('who is let in', () => {
  test('what Meta has signed, octet for octet', () =>
    checkSigned(whatsapp, setup, signed(message({ type: 'text', text: { body: 'x' } }))));

  test('a challenge is answered for whoever knows the word', () => {
    const ask = (query: Record<string, string>) => whatsapp.hear!({ ...hook(''), method: 'GET', query }, setup);
    const good = { 'hub.mode': 'subscribe', 'hub.verify_token': 'verify-me', 'hub.challenge': '1158201444' };
    expect(ask(good).answer).toEqual({ status: 200, type: 'text/plain', body: '1158201444' });
    expect(() => ask({ ...good, 'hub.verify_token': 'verify-mE' })).toThrow(Forged);
    expect(() => ask({ ...good, 'hub.mode': 'x' })).toThrow(Forged);
    expect(() => ask({})).toThrow(Forged);
    expect(() => ask({ ...good, 'hub.challenge': '<script>' })).toThrow(Unreadable);
  });

  test.each([
    ['no JSON', '{'],
    ['not UTF-8', Buffer.from([0x22, 0xff, 0x22])],
    ['a list', '[]'],
    ['another product', '{"object":"page","entry":[]}'],
  ])('%s is unreadable', (_name, body) => {
    const signature = createHmac('sha256', secret.appSecret).update(body).digest('hex');
    expect(() => whatsapp.hear!(hook(body, { 'x-hub-signature-256': `sha256=${signature}` }), setup)).toThrow(
      Unreadable,
    );
  });
});

test('whatever stands in a request, it is unreadable or sound', () => {
  checkHears(
    hear,
    [
      ...Object.values(kinds).map(([said]) => message(said)),
      status({ status: 'read' }),
      message({ type: 'reaction', reaction: { message_id: 'a', emoji: 'x' } }),
    ],
    1500,
  );
});
