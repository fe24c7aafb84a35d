import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { root } from '../../../kernel/config.ts';
import { checkSound, messagesOf, now } from '../testing.ts';
import { ourId } from './ids.ts';
import { readMail } from './reading.ts';

const own = ['help@us.example', 'sav@us.example'];

const raw = (headers: Record<string, string | null>, body = 'Bonjour,\n\nOù est ma commande ?') => {
  const all: Record<string, string | null> = {
    From: 'Léa Martin <lea@client.example>',
    To: 'help@us.example',
    Subject: 'Commande',
    Date: 'Wed, 4 Mar 2026 09:00:00 +0000',
    'Message-ID': '<one@client.example>',
    'Content-Type': 'text/plain; charset=utf-8',
    ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === null ? [] : [`${name}: ${value}`]));
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body.replaceAll('\n', '\r\n')}\r\n`);
};
const read = (octets: Uint8Array, more: { sent?: boolean; personal?: boolean } = {}) =>
  readMail({ raw: octets, sent: more.sent ?? false, receivedAt: now }, { own, personal: more.personal ?? false });
const one = async (headers: Record<string, string | null>, body?: string, more = {}) =>
  messagesOf(await read(raw(headers, body), more))[0];

describe('a mail', () => {
  test('comes with who wrote it, when, and in which thread', async () => {
    expect(await one({})).toEqual({
      externalId: '<one@client.example>',
      thread: '<one@client.example> lea@client.example',
      answers: [],
      apart: true,
      correspondent: { point: { channel: 'email', address: 'lea@client.example' }, name: 'Léa Martin' },
      direction: 'in',
      at: new Date('2026-03-04T09:00:00Z'),
      subject: 'Commande',
      text: 'Bonjour,\n\nOù est ma commande ?',
      files: [],
      automatic: false,
      others: [],
    });
  });

  test('belongs where its references begin, and answers the nearest of them first', async () => {
    const references = { References: '<root@x> <two@x>\r\n <three@x>', 'In-Reply-To': '<three@x>' };
    expect(await one(references)).toMatchObject({
      thread: '<root@x> lea@client.example',
      answers: ['<three@x>', '<two@x>', '<root@x>'],
    });
    expect(await one({ 'In-Reply-To': '<three@x>' })).toMatchObject({ thread: '<three@x> lea@client.example' });
  });

  test('is written apart from its quotes and its signature, which are kept', async () => {
    const said = await one(
      {},
      'Merci, c’est parfait.\n\n-- \nLéa Martin\nTél. 01 02 03 04 05\n\nLe 3 mars 2026, Bob a écrit :\n> Bonjour Léa,\n> voici.\n',
    );
    expect(said!.text).toBe('Merci, c’est parfait.');
    expect(said!.quoted).toContain('01 02 03 04 05');
    expect(said!.quoted).toContain('> voici.');
    expect(said!.quoted).not.toContain('parfait');
  });

  test('is answered where it asks for, and belongs to who is in From', async () => {
    expect((await one({ 'Reply-To': 'Léa <lea.martin@private.example>' }))!.correspondent).toEqual({
      point: { channel: 'email', address: 'lea@client.example' },
      replyTo: 'lea.martin@private.example',
      name: 'Léa Martin',
    });
    expect((await one({ 'Reply-To': 'lea@client.example' }))!.correspondent.replyTo).toBeUndefined();
    // To ourselves no answer goes.
    expect((await one({ 'Reply-To': 'help@us.example' }))!.correspondent.replyTo).toBeUndefined();
  });

  test('with our own address in From is not ours for that: only what lies among what was sent is', async () => {
    expect(await one({ From: 'Help <help@us.example>', To: 'victim@client.example' })).toBeUndefined();
    expect(await one({ From: 'help@us.example', 'Reply-To': 'Form <lea@client.example>' })).toMatchObject({
      direction: 'in',
      correspondent: { point: { address: 'lea@client.example' } },
    });
    expect(
      await one({ From: 'help@us.example', To: 'sav@us.example, lea@client.example', Cc: 'max@x.example' }, undefined, {
        sent: true,
      }),
    ).toMatchObject({
      direction: 'out',
      correspondent: { point: { address: 'lea@client.example' } },
      others: ['max@x.example'],
    });
  });

  test.each([
    ['Auto-Submitted', 'auto-replied'],
    ['Auto-Submitted', 'auto-generated'],
    ['List-Unsubscribe', '<https://x.example/u>'],
    ['Precedence', 'bulk'],
    ['X-Autoreply', 'yes'],
    ['From', 'No Reply <noreply@x.example>'],
  ])('with %s: %s is a machine’s', async (name, value) => {
    expect(await one({ [name]: value })).toMatchObject({ automatic: true });
  });

  test('marked as private is not read in a member’s own mailbox, and is in one that several tend', async () => {
    for (const [name, value] of [
      ['Sensitivity', 'personal'],
      ['Subject', '[Privé] dimanche'],
      ['Subject', 'Personnel'],
    ]) {
      const headers = { [name!]: value! };
      expect(await one(headers, undefined, { personal: true })).toBeUndefined();
      expect(await one(headers)).toBeDefined();
    }
  });

  test('without an identifier has the same one whenever it is read, and another one than any other', async () => {
    const [a, again, b] = [
      await one({ 'Message-ID': null }),
      await one({ 'Message-ID': null }),
      await one({ 'Message-ID': null }, 'Autre'),
    ];
    expect(a!.externalId).toBe(again!.externalId);
    expect(a!.externalId).not.toBe(b!.externalId);
    expect(a!.externalId).toBe(
      `sha256:${createHash('sha256')
        .update(raw({ 'Message-ID': null }))
        .digest('hex')}`,
    );
  });

  test('of a clock that is ahead was said when it arrived', async () => {
    expect((await one({ Date: 'Wed, 4 Mar 2099 09:00:00 +0000' }))!.at).toEqual(now);
    expect((await one({ Date: 'yesterday' }))!.at).toEqual(now);
  });

  test('brings its files, with the names by which its page calls them', async () => {
    const body = `--b\nContent-Type: text/html\n\n<p>Voir <img src="cid:logo@x"></p>\n--b\nContent-Type: image/png; name="logo.png"\nContent-ID: <logo@x>\nContent-Transfer-Encoding: base64\n\niVBORw0KGgo=\n--b--`;
    const said = await one({ 'MIME-Version': '1.0', 'Content-Type': 'multipart/related; boundary=b' }, body);
    expect(said!.html).toContain('cid:logo@x');
    expect(said!.files).toEqual([
      { name: 'logo.png', mediaType: 'image/png', contentId: 'logo@x', content: expect.any(Uint8Array) },
    ]);
    expect(said!.text).toBe('Voir');
  });
});

describe('what became of ours', () => {
  const report = (action: string, status: string) =>
    `--b\nContent-Type: text/plain\n\nSorry.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; lea@client.example\nAction: ${action}\nStatus: ${status}\n\n--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <ours@us.example>\nTo: lea@client.example\n--b--`;
  const bounce = (action: string, status: string) =>
    read(
      raw(
        {
          From: 'MAILER-DAEMON@mx.example',
          'Message-ID': '<dsn@mx.example>',
          'MIME-Version': '1.0',
          'Content-Type': 'multipart/report; report-type=delivery-status; boundary=b',
        },
        report(action, status),
      ),
    );

  test('a report of failure is of the mail that it is about, and no message', async () => {
    const settled = { kind: 'settled', externalId: '<ours@us.example>', state: 'failed', at: now };
    expect(await bounce('failed', '5.1.1')).toEqual([{ ...settled, reason: 'no_recipient' }]);
    expect(await bounce('failed', '5.2.2')).toEqual([{ ...settled, reason: 'rejected' }]);
    expect(await bounce('failed', '4.4.7')).toEqual([{ ...settled, reason: 'rejected' }]);
  });

  test('that it is late is no news yet', async () => {
    expect(await bounce('delayed', '4.4.1')).toEqual([]);
  });

  test('a copy among what was sent shows that ours has left; in the inbox it shows nothing', async () => {
    const id = ourId('0195f000-0000-7000-8000-000000000001', 'help@us.example');
    const headers = { From: 'help@us.example', To: 'lea@client.example', 'Message-ID': id };
    expect((await read(raw(headers), { sent: true })).at(-1)).toMatchObject({ kind: 'settled', state: 'sent' });
    expect(await read(raw(headers))).toEqual([]);
    expect(await read(raw({ 'Message-ID': id }))).toMatchObject([{ kind: 'message' }]);
  });
});

describe('whatever stands in a mail', () => {
  const names = ['From', 'To', 'Cc', 'Reply-To', 'Subject', 'Date', 'Message-ID', 'In-Reply-To', 'References'];
  const value = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 80 }),
    fc.constantFrom(
      '<>',
      '<<a>>',
      '=?utf-8?B?////?=',
      '=?x?Q?=00?=',
      `<${'i'.repeat(1200)}@x>`,
      'undisclosed-recipients:;',
      'A: b@c.example, d@e.example;',
      '"@" <@>',
      `${'é'.repeat(3000)} <a@b.example>`,
      '\u202e<a@b.example>',
    ),
  );

  test('it is read without a throw, and what it brings is sound', async () => {
    const header = fc.tuple(
      fc.constantFrom(...names, 'Content-Type', 'Content-Transfer-Encoding', 'Auto-Submitted'),
      value,
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(header, { maxLength: 6 }),
        fc.string({ unit: 'binary', maxLength: 300 }),
        fc.boolean(),
        async (headers, body, sent) => {
          const incoming = await read(raw(Object.fromEntries(headers), body), { sent });
          checkSound(incoming);
          for (const { correspondent } of messagesOf(incoming)) {
            expect(own).not.toContain(correspondent.point.address);
            expect(own).not.toContain(correspondent.replyTo);
          }
        },
      ),
      { numRuns: 400 },
    );
  });

  test('nothing of what was written is lost between what is said and what was cut off', async () => {
    const line = fc.constantFrom(
      'Bonjour',
      '',
      '> cité',
      'Le 3 mars 2026, Bob a écrit :',
      'Merci',
      '-- ',
      'Léa Martin',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 15 }), async (lines) => {
        const [said] = messagesOf(await read(raw({}, lines.join('\n'))));
        const words = (text: string) =>
          text
            .split('\n')
            .map((one) => one.trim())
            .filter(Boolean)
            .sort();
        expect(words(`${said!.text}\n${said!.quoted ?? ''}`)).toEqual(words(lines.join('\n')));
      }),
      { numRuns: 200 },
    );
  });

  const corpus = globSync(join(root, '../shared/data/emails/*.eml'));
  test.runIf(corpus.length > 0)('real mails are read', { timeout: 60_000 }, async () => {
    let messages = 0;
    for (const path of corpus) {
      const incoming = await read(readFileSync(path));
      checkSound(incoming);
      messages += messagesOf(incoming).length;
    }
    expect(messages).toBeGreaterThan(corpus.length / 2);
    process.stdout.write(`${messages} messages of ${corpus.length} mails.\n`);
  });
});
