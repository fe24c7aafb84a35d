import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Trouble } from '../../../connectors/connector.ts';
import { Forged, type HookRequest, Unreadable } from '../channel.ts';
import { services } from '../services.ts';
import {
  accessTo,
  checkHears,
  checkSends,
  checkSigned,
  checkSound,
  hook,
  messagesOf,
  now,
  openPlatform,
  outgoing,
  type Platform,
  spoilt,
} from '../testing.ts';
import { ovh } from './ovh.ts';
import { twilio } from './twilio.ts';

const settings = { accountSid: `AC${'0'.repeat(32)}`, from: '+33700000001' };
const secret = { authToken: 'twilio-auth-token' };
const setup = { settings, secret, now };

function signed(parameters: Record<string, string>, url = 'https://crm.example/hooks/1?a=1'): HookRequest {
  const said =
    url +
    Object.keys(parameters)
      .sort()
      .map((name) => name + parameters[name])
      .join('');
  const signature = createHmac('sha1', secret.authToken).update(said).digest('base64');
  return { ...hook(new URLSearchParams(parameters).toString(), { 'x-twilio-signature': signature }), url };
}
const hear = (parameters: Record<string, string>) => twilio.hear!(signed(parameters), setup);
const received = {
  MessageSid: 'SM1',
  AccountSid: settings.accountSid,
  SmsStatus: 'received',
  From: '+33612345678',
  To: '+33700000001',
  NumMedia: '0',
  Body: 'Où êtes-vous ? 🚚 & +1',
};

describe('Twilio', () => {
  test('a text comes with its number, and the time at which it came', () => {
    expect(messagesOf(hear(received).incoming)).toEqual([
      {
        externalId: 'SM1',
        thread: '+33612345678',
        correspondent: { point: { channel: 'phone', address: '+33612345678' }, name: '' },
        direction: 'in',
        at: now,
        text: 'Où êtes-vous ? 🚚 & +1',
      },
    ]);
  });

  test('pictures are fetched later; senders that nobody can call are handles', () => {
    const [picture] = messagesOf(
      hear({ ...received, NumMedia: '1', MediaUrl0: 'https://api.twilio.com/m/1', MediaContentType0: 'image/png' })
        .incoming,
    );
    expect(picture!.files).toEqual([
      { name: 'media.png', mediaType: 'image/png', content: { url: 'https://api.twilio.com/m/1' } },
    ]);
    expect(messagesOf(hear({ ...received, From: '38600' }).incoming)[0]!.correspondent.point).toEqual({
      channel: 'handle',
      address: 'sms:38600',
    });
    expect(messagesOf(hear({ ...received, From: 'whatsapp:+33612345678' }).incoming)[0]!.correspondent).toMatchObject({
      point: { address: '+33612345678' },
      replyTo: 'whatsapp:+33612345678',
    });
  });

  test.each([
    ['delivered', [{ kind: 'settled', externalId: 'SM2', state: 'delivered', at: now }]],
    ['undelivered', [{ kind: 'settled', externalId: 'SM2', state: 'failed', at: now, reason: 'no_recipient' }]],
    ['queued', []],
    ['toString', []],
  ])('the status "%s" is no message', (MessageStatus, incoming) => {
    expect(hear({ MessageSid: 'SM2', MessageStatus, ErrorCode: '30003' }).incoming).toEqual(incoming);
  });

  test('only what is signed is heard, whatever port the address says', () => {
    // Twilio signs what a form says, not how it is written: %f0 is %F0.
    checkSigned(twilio, setup, signed(received), (body) => JSON.stringify([...new URLSearchParams(body.toString())]));
    const signedAs = (url: string) => signed(received, url).headers;
    const heardAt = (url: string, headers: HookRequest['headers']) =>
      twilio.hear!({ ...signed(received, url), headers }, setup);
    expect(heardAt('https://crm.example/h', signedAs('https://crm.example:443/h')).incoming).toHaveLength(1);
    expect(heardAt('https://crm.example:8443/h', signedAs('https://crm.example/h')).incoming).toHaveLength(1);
    expect(() => heardAt('https://crm.example/other', signedAs('https://crm.example/h'))).toThrow(Forged);
    expect(() => heardAt('https://evil.example/h', signedAs('https://crm.example/h'))).toThrow(Forged);
  });

  test('whatever stands in a form, it is unreadable or sound', () => {
    expect(() => hear({ MessageSid: 'SM3', Body: 'x' })).toThrow(Unreadable);
    expect(() => hear({})).toThrow(Unreadable);
    // An object may bring a `toString` of its own, which says nothing.
    const said = (one: unknown) => (typeof one === 'object' ? JSON.stringify(one) : String(one));
    const asForm = (value: unknown) =>
      hear(
        Object.fromEntries(
          Object.entries(Object(value)).map(([name, one]) => [name.toWellFormed(), said(one).toWellFormed()]),
        ),
      );
    checkHears(asForm, [received, { ...received, NumMedia: '2', MediaUrl0: 'https://x/', MediaUrl1: 'https://y' }]);
  });

  describe('sending', () => {
    let platform: Platform;
    const real = services.twilio;
    beforeAll(async () => {
      platform = await openPlatform();
      services.twilio = () => platform.url;
    });
    afterAll(() => {
      services.twilio = real;
      platform.close();
    });
    const access = accessTo(settings, secret);

    test('a text goes from the number, or from a service', async () => {
      platform.answer({ status: 201, body: { sid: 'SM9', status: 'queued' } });
      expect(await twilio.send!(access, outgoing('+33612345678'))).toEqual({ kind: 'sent', externalId: 'SM9' });
      const [asked] = platform.asked;
      expect(asked!.path).toBe(`/2010-04-01/Accounts/${settings.accountSid}/Messages.json`);
      expect(Object.fromEntries(new URLSearchParams(asked!.body))).toEqual({
        To: '+33612345678',
        From: '+33700000001',
        Body: 'Bonjour 👋🏽 مرحبا',
      });
      expect(Buffer.from(asked!.headers.authorization!.slice(6), 'base64').toString()).toBe(
        `${settings.accountSid}:twilio-auth-token`,
      );
      await twilio.send!(
        { ...access, settings: { ...settings, from: `MG${'1'.repeat(32)}` } },
        outgoing('+33612345678'),
      );
      expect(platform.asked[1]!.body).toContain('MessagingServiceSid=MG');
    });

    test.each([
      [21610, { kind: 'refused', code: 'blocked' }],
      [21211, { kind: 'refused', code: 'no_recipient' }],
      [21617, { kind: 'refused', code: 'too_long' }],
      [99999, { kind: 'refused', code: 'rejected' }],
      [20429, { kind: 'later', code: 'busy' }],
    ])('the error %i is understood', async (code, sent) => {
      platform.answer({ status: 400, body: { code, message: 'x', status: 400 } });
      expect(await twilio.send!(access, outgoing('+33612345678'))).toEqual(sent);
    });

    test('nothing is sent twice by mistake', () => checkSends(platform, twilio, access, outgoing('+33612345678')));

    test('files are fetched with the account, which stays at Twilio', async () => {
      platform.answer(
        { status: 307, headers: { location: platform.url.replace('127.0.0.1', 'localhost') } },
        { body: 'PNG' },
      );
      await twilio.fetchFile!(access, { name: 'a', mediaType: '', content: { url: `${platform.url}/m` } });
      expect(platform.asked.map(({ headers }) => headers.authorization?.slice(0, 6))).toEqual(['Basic ', undefined]);
      platform.answer({ body: 'PNG' });
      await twilio.fetchFile!(access, {
        name: 'a',
        mediaType: '',
        content: { url: platform.url.replace('127.0.0.1', 'localhost') },
      });
      expect(platform.asked[0]!.headers.authorization).toBeUndefined();
    });
  });
});

describe('OVHcloud', () => {
  let platform: Platform;
  const real = services.ovh;
  beforeAll(async () => {
    platform = await openPlatform();
    services.ovh = () => `${platform.url}/1.0`;
  });
  afterAll(() => {
    services.ovh = real;
    platform.close();
  });
  const keys = { applicationKey: 'app-key-1', applicationSecret: 'app-secret-1', consumerKey: 'consumer-1' };
  const access = accessTo({ serviceName: 'sms-ab12345-1' }, keys);
  const one = (id: number, sender = '+33612345678') => ({
    body: {
      id,
      creationDatetime: `2026-03-04T10:00:0${id % 10}+01:00`,
      sender,
      message: `n° ${id} 👍`,
      tag: '',
      credits: 1,
    },
  });
  const pullAll = async (cursor: unknown) => {
    const pieces = [];
    for await (const piece of ovh.pull!(access, cursor)) pieces.push(piece);
    return pieces;
  };

  test('answers are asked for one by one, the earliest first, and each once', async () => {
    platform.answer({ body: [12, 11] }, one(11, '0033612345678'), one(12, '36180'));
    const [piece] = await pullAll(null);
    expect(messagesOf(piece!.incoming)).toMatchObject([
      { externalId: '11', text: 'n° 11 👍', thread: '+33612345678', at: new Date('2026-03-04T09:00:01Z') },
      { externalId: '12', correspondent: { point: { channel: 'handle', address: 'sms:36180' } } },
    ]);
    expect(piece!.cursor).toEqual({ last: 12 });
    platform.answer({ body: [12, 11, 13, 14] }, { status: 404, body: {} }, one(14));
    const [next] = await pullAll(piece!.cursor);
    expect(messagesOf(next!.incoming).map(({ externalId }) => externalId)).toEqual(['14']);
    platform.answer({ body: [12, 11] });
    expect(await pullAll(next!.cursor)).toEqual([]);
  });

  test('each request is signed as OVHcloud says', async () => {
    platform.answer({ body: [] });
    await pullAll(null);
    const { headers } = platform.asked[0]!;
    const said = `app-secret-1+consumer-1+GET+${platform.url}/1.0/sms/sms-ab12345-1/incoming++${headers['x-ovh-timestamp']}`;
    expect(headers['x-ovh-signature']).toBe(`$1$${createHash('sha1').update(said).digest('hex')}`);
  });

  test('a text goes out so that it can be answered', async () => {
    platform.answer({
      body: { ids: [991], validReceivers: ['+33612345678'], invalidReceivers: [], totalCreditsRemoved: 1 },
    });
    expect(await ovh.send!(access, outgoing('+33612345678'))).toEqual({ kind: 'sent', externalId: '991' });
    expect(platform.asked[0]!.json).toMatchObject({
      receivers: ['+33612345678'],
      senderForResponse: true,
      noStopClause: true,
    });
    platform.answer({
      body: { ids: [], validReceivers: [], invalidReceivers: ['+33612345678'], totalCreditsRemoved: 0 },
    });
    expect(await ovh.send!(access, outgoing('+33612345678'))).toEqual({ kind: 'refused', code: 'no_recipient' });
    platform.answer({ status: 400, body: { message: 'Missing credits' } });
    expect(await ovh.send!(access, outgoing('+33612345678'))).toEqual({ kind: 'refused', code: 'rejected' });
  });

  test('nothing is sent twice by mistake', () => checkSends(platform, ovh, access, outgoing('+33612345678')));

  test('whatever the service says, it is a trouble or sound', async () => {
    await fc.assert(
      fc.asyncProperty(spoilt([[11]]), spoilt([one(11).body]), async (list, body) => {
        platform.answer({ body: list ?? '' }, { body: body ?? '' });
        try {
          for await (const { incoming } of ovh.pull!(access, null)) checkSound(incoming);
        } catch (error) {
          if (!(error instanceof Trouble)) throw error;
        }
      }),
      { numRuns: 150 },
    );
  });

  test('what stands there in another shape is a trouble of the service', async () => {
    platform.answer({ body: { message: 'x' } });
    await expect(pullAll(null)).rejects.toMatchObject({ code: 'malformed' });
    platform.answer({ status: 403, body: {} });
    await expect(pullAll(null)).rejects.toMatchObject({ code: 'forbidden' });
  });
});
