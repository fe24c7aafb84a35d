import { request } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as campaigns from '../campaigns/contract.ts';
import { anApprovedCampaign, aProgramme, aSegment } from '../campaigns/testing.ts';
import { addContact } from '../cards/testing.ts';
import type { Member, TestApp } from '../kernel/testing.ts';
import { openTestApp } from '../kernel/testing.ts';
import { eraseWritten } from './queries.ts';
import { type MailSink, openMailSink, setUpMail } from './testing.ts';

// Whoever agreed at the link of an earlier mail gets a picture and links of ours in the next; nobody else does.

let app: TestApp;
let sink: MailSink;
let alice: Member;
let bob: Member;
let programmeId: string;
let runs = 0;
const browser = 'Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0';
const page = 'https://www.maison.example/offre?a=1&b=2';

beforeAll(async () => {
  app = await openTestApp();
  sink = await openMailSink();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Sender');
  await setUpMail(alice, sink.port);
  programmeId = await aProgramme(alice, bob);
});
beforeEach(() => {
  sink.mails.length = 0;
  runs++;
});
afterEach(() => expect(app.errors).toEqual([]));
afterAll(async () => {
  await app.close();
  await sink.close();
});

const addressOf = (at: number) => `eli${at}.${runs}@firma.example`;
const local = (url: string) => url.replace('localhost', '127.0.0.1');

async function people(count: number) {
  for (let at = 0; at < count; at++)
    await addContact(bob, { name: `Eli${at} Seen${runs}`, email: addressOf(at), organization: 'Firma' });
  const { id } = await aSegment(bob, `name contains "Seen${runs}"`);
  await app.settle();
  return id;
}
async function sent(segmentId: string) {
  sink.mails.length = 0;
  const text = `Bonjour, [notre offre](${page}) et [l'autre](https://www.maison.example/autre).`;
  const { campaignId } = await anApprovedCampaign(alice, bob, programmeId, segmentId, { text });
  await bob.call(campaigns.startSending, { campaignId, at: null });
  await app.settle();
  return campaignId;
}
const mailTo = (at: number) => sink.mails.find(({ to }) => to[0] === addressOf(at))!;
const unsubscribing = (at: number) =>
  local(
    /<(http[^>]+\/u\/[^>]+)>/.exec(mailTo(at).mail.headers.find(({ key }) => key === 'list-unsubscribe')!.value)![1]!,
  );
const say = (url: string, agree: 'on' | 'off') =>
  fetch(`${url}/tracking`, {
    ...{ method: 'POST', body: `agree=${agree}` },
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
const linksIn = (at: number, path: 'l' | 'o') =>
  [...mailTo(at).mail.html!.matchAll(new RegExp(`"(http[^"]+/${path}/[^"]+)"`, 'g'))].map(([, url]) => local(url!));
/** Follows a link without going where it leads. */
const follow = (url: string, agent = browser, method = 'GET') =>
  fetch(url, { method, redirect: 'manual', headers: { 'user-agent': agent } });
/** Lets so many seconds pass since mails left. */
async function passTime(seconds = 60): Promise<void> {
  await app.query(`update outreach.message set settled_at = settled_at - $1 * interval '1 second'`, [seconds]);
  await app.query(`update outreach.sight set at = at - $1 * interval '1 second'`, [seconds]);
}
const seen = async (campaignId: string) => (await bob.call(campaigns.getResults, { campaignId })).results!.seen;

describe('a copy for who has not agreed', () => {
  test('carries neither picture nor link of ours, and says what it leads to', async () => {
    await sent(await people(1));
    const { raw, mail } = mailTo(0);
    expect(mail.html).toContain('href="https://www.maison.example/offre?a=1&amp;b=2"');
    expect(raw).not.toMatch(/\/l\/|\/o\//);
    expect(mail.html).not.toMatch(/<img/);
    expect(await app.query('select from outreach.message where tracked')).toEqual([]);
  });
});

describe('somebody who agrees at the link of a mail', () => {
  test('has a picture and links of ours in the next; what they do counts, what machines do does not, until they take it back', async () => {
    const segmentId = await people(11);
    await sent(segmentId);
    // A look changes nothing, and a GET neither agrees nor unsubscribes.
    expect(await (await fetch(unsubscribing(0))).text()).toContain('agree');
    for (let at = 0; at < 10; at++) expect((await say(unsubscribing(at), 'on')).status).toBe(200);
    expect(await app.query('select from outreach.objection')).toEqual([]);
    const campaignId = await sent(segmentId);
    expect(mailTo(10).raw).not.toMatch(/\/l\/|\/o\//);
    expect(linksIn(0, 'l')).toHaveLength(2);
    expect(linksIn(0, 'o')).toHaveLength(1);
    expect(mailTo(0).mail.html).not.toContain(addressOf(0));
    expect(mailTo(0).mail.html).toContain('/u/');
    expect(linksIn(0, 'l').join()).not.toContain('maison');
    const [offer, other] = linksIn(0, 'l') as [string, string];
    // At once: a gateway looks before anybody reads.
    expect((await follow(offer)).headers.get('location')).toBe(page);
    expect(await seen(campaignId)).toEqual({ agreed: 10, opened: 0, clicked: 0 });
    await passTime();
    expect((await follow(offer, browser, 'HEAD')).headers.get('location')).toBe(page);
    await follow(offer, 'Mozilla/5.0');
    expect(await seen(campaignId)).toEqual({ agreed: 10, opened: 0, clicked: 0 });
    // All links within a moment.
    await Promise.all(linksIn(1, 'l').map((url) => follow(url)));
    expect(await seen(campaignId)).toEqual({ agreed: 10, opened: 0, clicked: 0 });
    const shown = await follow(linksIn(2, 'o')[0]!);
    expect(shown.headers.get('content-type')).toBe('image/gif');
    expect(await seen(campaignId)).toEqual({ agreed: 10, opened: 1, clicked: 0 });
    expect((await follow(linksIn(3, 'l')[0]!)).headers.get('location')).toBe(page);
    expect((await follow(other)).headers.get('location')).toBe('https://www.maison.example/autre');
    expect((await seen(campaignId))!.opened).toBeGreaterThanOrEqual(2);
    const before = await seen(campaignId);
    await follow(linksIn(3, 'l')[0]!);
    expect(await seen(campaignId)).toEqual(before);
    // Taken back: erased, not seen any more, and of nine nothing is told.
    await say(unsubscribing(3), 'off');
    await follow(linksIn(3, 'l')[0]!);
    const kept = await app.query(
      `select from outreach.sight s join outreach.message m using (workspace_id, message_id)
       join cards.contact_point p on p.workspace_id = m.workspace_id and p.contact_point_id = m.contact_point_id where p.tracking_since is null`,
    );
    expect(kept).toEqual([]);
    expect(await seen(campaignId)).toBeNull();
  });

  test('is led nowhere by a link that was altered, or that stands in no content', async () => {
    const segmentId = await people(1);
    await sent(segmentId);
    await say(unsubscribing(0), 'on');
    await sent(segmentId);
    const [url] = linksIn(0, 'l') as [string];
    const token = url.slice(url.lastIndexOf('/') + 1);
    const bytes = Buffer.from(token, 'base64url');
    for (const at of [0, 20, 32, 48]) {
      const forged = Buffer.from(bytes);
      forged[at]! ^= 1;
      const answer = await follow(url.replace(token, forged.toString('base64url')));
      expect([answer.status, answer.headers.get('location')]).toEqual([404, null]);
    }
    expect((await follow(`${url}?to=https://evil.example`)).headers.get('location')).toBe(page);
    // The address of another page in the path leads nowhere, either.
    expect(await rawStatus(url.replace(token, 'https:%2F%2Fevil.example'))).toBe(404);
  });

  test('is forgotten with what was seen of them', async () => {
    const segmentId = await people(1);
    await sent(segmentId);
    await say(unsubscribing(0), 'on');
    const campaignId = await sent(segmentId);
    await passTime();
    await follow(linksIn(0, 'l')[0]!);
    const sights = () =>
      app.query<{ card_id: string }>(
        'select m.card_id from outreach.sight s join outreach.message m using (message_id) where m.campaign_id = $1',
        [campaignId],
      );
    const [{ card_id: cardId }] = (await sights()) as [{ card_id: string }];
    const holder = { workspaceId: bob.me.workspace.id, memberId: bob.me.memberId };
    await app.app.db.asSystem('keeper', (tx) => eraseWritten(tx, holder, [cardId], []));
    expect(await sights()).toEqual([]);
  });

  test('who objects to all mail afterwards is not seen', async () => {
    const segmentId = await people(1);
    await sent(segmentId);
    await say(unsubscribing(0), 'on');
    await sent(segmentId);
    await passTime();
    await fetch(unsubscribing(0), {
      ...{ method: 'POST', body: 'all=on' },
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    const count = async () =>
      (
        await app.query(
          `select from outreach.sight s join outreach.message m using (workspace_id, message_id) where m.contact_point_id in
           (select contact_point_id from cards.contact_point where consent = 'objected')`,
        )
      ).length;
    const before = await count();
    await follow(linksIn(0, 'l')[0]!);
    expect(await count()).toBe(before);
  });
});

describe('what was seen of each variant', () => {
  test('is told of those who agreed, of ten at least, and names no winner', async () => {
    const segmentId = await people(50);
    const agreeTo = (most: number) =>
      app.query(
        `update cards.contact_point set tracking_since = case when contact_point_id in (
           select contact_point_id from outreach.message where tracked limit $1) then now() end`,
        [most],
      );
    const text = `Bonjour, [notre offre](${page}).`;
    const variants = [{ text: `Salut, [notre offre](${page}).`, share: 50 }];
    await app.query(`update cards.contact_point set tracking_since = now()`);
    sink.mails.length = 0;
    const { campaignId } = await anApprovedCampaign(alice, bob, programmeId, segmentId, { text, variants });
    await bob.call(campaigns.startSending, { campaignId, at: null });
    await app.settle();
    await passTime();
    const second = sink.mails.findIndex(({ mail }) => mail.text!.includes('Salut'));
    const at = Number(/eli(\d+)\./.exec(sink.mails[second]!.to[0]!)![1]);
    await follow(linksIn(at, 'l')[0]!);
    const armsOf = async () => (await bob.call(campaigns.getVariants, { campaignId })).arms;
    const arms = await armsOf();
    expect(arms.map(({ seen, sent }) => seen!.agreed - sent)).toEqual([0, 0]);
    expect(arms.map(({ seen }) => [seen!.opened, seen!.clicked])).toEqual([
      [0, 0],
      [1, 1],
    ]);
    expect((await bob.call(campaigns.getVariants, { campaignId })).proposed).toBeNull();
    // Of nine in all, nothing is told of either.
    await agreeTo(9);
    expect((await armsOf()).map(({ seen }) => seen)).toEqual([null, null]);
  });
});

const rawStatus = (url: string) =>
  new Promise<number>((done, failed) => {
    const asked = request(url, (answer) => done(answer.statusCode!));
    asked.on('error', failed).end();
  });
