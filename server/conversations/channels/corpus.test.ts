import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { corpusFolder } from '../../formats/corpus.ts';
import { readPost } from './bluesky/posts.ts';
import type { Incoming } from './channel.ts';
import { readFeed } from './feeds/entries.ts';
import { readReviews } from './reviews/index.ts';
import { checkSound, hook, messagesOf, now } from './testing.ts';
import { readZendesk } from './tickets/zendesk.ts';
import { readWhatsappExport } from './whatsapp/export.ts';
import { whatsapp } from './whatsapp/index.ts';

const folder = corpusFolder();
const octets = (file: string) => readFileSync(new URL(file, folder));
const json = (name: string) => JSON.parse(octets(`conversations/${name}`).toString()) as Record<string, unknown>;

const secret = { appSecret: 's', verifyToken: 'v', accessToken: 't' };
/** What one payload brings, as if Meta had sent it. */
function hear(payload: unknown, phoneNumberId = '1122334455667') {
  const body = JSON.stringify(payload);
  const signature = `sha256=${createHmac('sha256', secret.appSecret).update(body).digest('hex')}`;
  const setup = { settings: { phoneNumberId }, secret, now };
  const { incoming, ignored } = whatsapp.hear!(hook(body, { 'x-hub-signature-256': signature }), setup);
  checkSound(incoming);
  return { incoming, ignored };
}
const all = (name: string): Record<string, readonly Incoming[]> =>
  Object.fromEntries(Object.entries(json(name)).map(([kind, payload]) => [kind, hear(payload).incoming]));

describe.skipIf(!folder)('the corpus of real files', () => {
  test('WhatsApp: each kind of message is what it is, of whoever sent it', () => {
    const heard = all('pywa__message.json');
    const nothing = ['unsupported', 'unsupported_with_type', 'interactive_message_with_err'];
    const reactions = ['reaction', 'unreaction_empty', 'unreaction_no_emoji'];
    for (const [kind, incoming] of Object.entries(heard)) {
      if (nothing.includes(kind)) expect(incoming, kind).toEqual([]);
      else if (reactions.includes(kind))
        expect(incoming, kind).toMatchObject([{ kind: 'reacted', emoji: kind === 'reaction' ? '😮' : null }]);
      else
        expect(messagesOf(incoming)[0]!.correspondent, kind).toEqual({
          point: { channel: 'phone', address: '+972987654321' },
          name: 'Test Name',
        });
    }
    const texts = Object.fromEntries(
      Object.entries(heard).map(([kind, incoming]) => [kind, messagesOf(incoming)[0]?.text]),
    );
    expect(texts).toMatchObject({
      text: 'Body Text',
      video: 'caption',
      reply: 'replied text',
      referral: 'BODY',
      forwarded: 'forwarded text',
    });
    expect(texts.order).toBe('3 × HAMBURGER, 30 ILS\n2 × FRENCH_FRIES, 35 ILS\n2 × SODA, 10 ILS');
    expect(messagesOf(heard.reply!)[0]!.answers).toEqual(['wamid.xyzxyz==']);
    const [file] = messagesOf(heard.contacts!)[0]!.files!;
    expect(
      Buffer.from(file!.content as Uint8Array)
        .toString()
        .match(/BEGIN:VCARD/g),
    ).toHaveLength(3);
  });

  test('WhatsApp: statuses and system messages are no messages; a changed number is the same person', () => {
    const statuses = json('pywa__message_status.json');
    const states = Object.entries(statuses).map(([kind, payload]) => {
      const id = kind === 'group' ? '<BUSINESS_PHONE_NUMBER_ID>' : undefined;
      return [kind, hear(payload, id).incoming.map((one) => (one.kind === 'settled' ? one.state : one.kind))];
    });
    expect(Object.fromEntries(states)).toEqual({
      sent: [],
      delivered: ['delivered'],
      read: ['read'],
      played: ['read'],
      failed: ['failed'],
      with_tracker: [],
      group: ['read'],
    });
    const system = all('pywa__system.json');
    expect(system.identity_change).toEqual([]);
    expect(system.phone_number_change).toMatchObject([
      { kind: 'moved', from: { address: '+972987654321' }, to: { address: '+972912345678' } },
    ]);
    for (const [kind, incoming] of Object.entries(all('pywa__callback_button.json')))
      expect(messagesOf(incoming), kind).toMatchObject([{ text: 'title', nature: 'choice' }]);
  });

  test('WhatsApp: chats that were exported', () => {
    const pokemon = readWhatsappExport(octets('conversations/whatstk__pokemon.txt'), { own: 'Ash Ketchum', chat: 'p' });
    checkSound(pokemon.incoming);
    const messages = messagesOf(pokemon.incoming);
    expect([messages.length, pokemon.ignored]).toEqual([18, 2]);
    expect(messages.some(({ correspondent }) => correspondent.name === 'Pokemon Chat')).toBe(false);
    expect(messages[0]).toMatchObject({ text: 'Hey guys!', direction: 'out', at: new Date('2016-08-06T13:23:00Z') });
    const lorem = readWhatsappExport(octets('conversations/whatstk__lorem-merge-part1.txt'), {
      own: 'John',
      chat: 'l',
    });
    checkSound(lorem.incoming);
    const named = octets('conversations/whatstk__lorem-merge-part1.txt')
      .toString()
      .match(/^\d{4}-\d\d-\d\d, \d\d:\d\d - [^:\n]+: /gm)!;
    expect(lorem.incoming).toHaveLength(named.length);
  });

  test('Bluesky: a post is its author’s; that somebody repeats it is nothing said to us', () => {
    const { post } = json('granary__note.bsky.json') as {
      post: Parameters<typeof readPost>[0] & { indexedAt: unknown };
    };
    const at = { indexedAt: new Date(String(post.indexedAt)) };
    const [note] = messagesOf([readPost({ ...post, ...at })!]);
    expect(note).toMatchObject({
      text: 'too cool to summarize',
      correspondent: { point: { address: 'bluesky:did:plc:asdf' }, name: 'Ryan Barrett' },
    });
    const repost = json('granary__repost.bsky.json') as {
      reason: { $type: string };
      post: { author: { did: string } };
    };
    expect(repost.reason.$type).toContain('Repost');
    // As a notification, a repetition holds no post of whoever repeats it.
    expect(
      readPost({
        uri: 'at://did:web:alice.example.com/app.bsky.feed.repost/1',
        author: { did: 'did:web:alice.example.com', handle: 'alice.example.com' },
        record: { $type: 'app.bsky.feed.repost', subject: repost.post },
        ...at,
      }),
    ).toBeNull();
  });

  test('feeds: as many entries as they have, with their accents', () => {
    const read = (file: string) => readFeed(octets(file), undefined, 'https://feed.example/', now);
    const [untitled, ...rest] = read('conversations/granary__feed_with_note.rss.xml');
    expect(rest).toEqual([]);
    expect(untitled).toMatchObject({
      id: 'http://a/note',
      title: '',
      url: 'http://a/note',
      at: new Date('2012-12-04'),
    });
    expect(untitled!.text).toMatch(/^something i have to say\. and just long enough/);
    const counts = ['encoding.rss', 'gulp-atom.atom', 'heise.atom', 'reddit.rss'].map(
      (name) => read(`feeds/rssparser__${name}`).length,
    );
    expect(counts).toEqual([40, 10, 15, 24]);
    const encoded = read('feeds/rssparser__encoding.rss');
    expect(encoded.some(({ title, text }) => /[éèáàóíñç]/i.test(title + text))).toBe(true);
    expect(encoded.some(({ title, text }) => /\ufffd|Ã©/.test(title + text))).toBe(false);
  });

  test('reviews: 122 French ones of 68 people, all with a thumb up, at their times', async () => {
    const { incoming, problems } = await readReviews(octets('conversations/comeup__avis.csv'), {
      now,
      source: 'comeup',
    });
    checkSound(incoming);
    const messages = messagesOf(incoming);
    expect(problems).toEqual([]);
    expect(messages).toHaveLength(122);
    expect(new Set(messages.map(({ correspondent }) => correspondent.point.address)).size).toBe(68);
    expect(messages.every(({ rating }) => rating?.value === 1 && rating.of === 1)).toBe(true);
    expect(messages[0]!.at).toEqual(new Date('2025-01-25T07:05:00Z'));
    const scored = await readReviews(octets('conversations/anfer__reviews_fr_1_400.csv'), { now });
    expect(messagesOf(scored.incoming).every(({ rating, text }) => rating?.of === 5 && text !== '')).toBe(true);
  });

  test('Zendesk: tickets that were deleted are left; people of one mailbox stay apart', async () => {
    const [tickets, comments, users] = ['ticket', 'ticket_comment', 'user'].map((name) =>
      octets(`conversations/zendesk__${name}_data.csv`),
    );
    const { incoming, ignored } = await readZendesk({ tickets: tickets!, comments: comments!, users: users! });
    checkSound(incoming);
    const messages = messagesOf(incoming);
    expect(messages.filter(({ externalId }) => externalId.startsWith('ticket:'))).toHaveLength(8);
    expect(messages.filter(({ externalId }) => externalId.startsWith('comment:'))).toHaveLength(20);
    expect(ignored).toBe(2);
    const asked = messages.find(({ thread }) => thread === '11071');
    expect(asked!.correspondent).toEqual({
      point: { channel: 'handle', address: 'zendesk:2222' },
      name: 'Earnest End User',
    });
    expect(messages.some(({ correspondent }) => correspondent.point.channel === 'email')).toBe(false);
  });
});
