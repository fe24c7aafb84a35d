import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import * as channels from '../conversations/channels-contract.ts';
import { type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as outreach from '../outreach/contract.ts';
import { type MailSink, openMailSink, setUpMail } from '../outreach/testing.ts';
import { writeStamp } from './rules.ts';
import { visit } from './testing.ts';

// Forms ask, in a box of its own, whether it may be seen what becomes of mails: where the company wants to, of whoever confirms their address.

let app: TestApp;
let alice: Member;
let sink: MailSink;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  sink = await openMailSink();
  await setUpMail(alice, sink.port);
});
afterAll(async () => {
  await app.close();
  await sink.close();
});
afterEach(() => expect(app.errors).toEqual([]));

async function asks(askTracking: boolean): Promise<void> {
  const { rules } = await alice.call(outreach.getGateRules, {});
  await alice.call(outreach.saveGateRules, { ...rules, askTracking });
}
const both = (en: string) => ({ en, fr: en });
async function makeForm(more: object = {}) {
  const settings = {
    title: both('Contact us'),
    fields: [
      { key: 'name', kind: 'name' },
      { key: 'email', kind: 'email', required: true },
    ],
    confirm: true,
    ...more,
  };
  const access = [{ kind: 'workspace' as const }];
  const { id, pageUrl } = await alice.call(channels.addChannel, { kind: 'form', name: 'Contact', settings, access });
  return { id, path: new URL(pageUrl!).pathname };
}
const send = ({ id, path }: { id: string; path: string }, email: string, more: Record<string, string> = {}) => {
  const stamp = writeStamp(app.app.secrets.links, id, {
    ...{ at: Date.now() - 5000, nonce: randomBytes(16).toString('base64url') },
  });
  return visit(app, path).post(path, new URLSearchParams({ stamp, f_name: 'Ida', f_email: email, ...more }));
};
const ticked = { c__tracking: '1' };
async function linkTo(email: string): Promise<string> {
  await app.settle();
  const { mail } = sink.mails.find(({ to }) => to[0] === email)!;
  return new URL(/https?:\/\/\S+\/forms\/confirm\/[\w-]+/.exec(mail.text!)![0]).pathname;
}
async function confirm(path: string): Promise<string> {
  const page = await (await visit(app, path).get(path)).text();
  const ids = [...page.matchAll(/name="sent" value="([^"]+)"/g)].map(([, id]) => ['sent', id!]);
  return (await visit(app, path).post(path, new URLSearchParams(ids))).text();
}
/** Those who agreed, by what it rests on. */
const agreed = async () =>
  (
    await app.query<{ evidence: string }>(
      `select tracking_evidence as evidence from cards.contact_point where tracking_since is not null`,
    )
  ).map(({ evidence }) => evidence);

test('nobody is asked before an admin says so, and whoever ticks a box that was not there agrees to nothing', async () => {
  const form = await makeForm();
  expect((await visit(app, form.path).open()).html).not.toContain('c__tracking');
  await send(form, 'early@seen.example', ticked);
  await confirm(await linkTo('early@seen.example'));
  expect(await agreed()).toEqual([]);
});

test('the box is its own and not ticked; what was ticked stands once the address is confirmed, with its words, until it is taken back there', async () => {
  await asks(true);
  const form = await makeForm();
  const { html } = await visit(app, form.path).open();
  expect(html).toMatch(/name="c__tracking" value="1">/);
  await send(form, 'ida@seen.example', ticked);
  const path = await linkTo('ida@seen.example');
  expect(await agreed()).toEqual([]);
  // Whoever only follows the link is told nothing of it, and takes nothing back.
  const page = await (await visit(app, path).get(path)).text();
  expect(page).toContain('may see whether I open its messages');
  expect(await confirm(path)).toContain('No longer, and erase what was seen');
  const [{ submission_id: id, consents }] = (await app.query<{ submission_id: string; consents: object[] }>(
    `select submission_id, consents from forms.submission order by created_at desc limit 1`,
  )) as [{ submission_id: string; consents: object[] }];
  expect(consents).toEqual([
    { key: '_tracking', purpose: 'tracking', granted: true, words: expect.stringContaining('which links I follow') },
  ]);
  expect(await agreed()).toEqual([`form ${id}`]);
  // No advertising is agreed to with it.
  const points = await app.query<{ consent: string }>(
    `select consent from cards.contact_point where tracking_since is not null`,
  );
  expect(points).toEqual([{ consent: 'unknown' }]);
  const stopped = await visit(app, path).post(path, new URLSearchParams({ tracking: 'off' }));
  expect(await stopped.text()).not.toContain('No longer, and erase');
  expect(await agreed()).toEqual([]);
});

test('who does not tick it, objects to all mail, or fills in a form that confirms nobody is not seen', async () => {
  await asks(true);
  const form = await makeForm();
  await send(form, 'not@seen.example');
  await confirm(await linkTo('not@seen.example'));
  await send(form, 'obj@seen.example', ticked);
  await app.settle();
  await app.query(
    `update cards.contact_point set consent = 'objected' where contact_point_id =
     (select contact_point_id from forms.submission order by created_at desc limit 1)`,
  );
  expect(await confirm(await linkTo('obj@seen.example'))).toContain('You had asked earlier');
  const unconfirmed = await makeForm({ confirm: false });
  expect((await visit(app, unconfirmed.path).open()).html).not.toContain('c__tracking');
  await send(unconfirmed, 'any@seen.example', ticked);
  await app.settle();
  expect(await agreed()).toEqual([]);
});

test('a link that was not used takes nothing back', async () => {
  await asks(true);
  const form = await makeForm();
  await send(form, 'kim@seen.example', ticked);
  await confirm(await linkTo('kim@seen.example'));
  await app.query(`update forms.confirmation set created_at = created_at - interval '2 hours'`);
  const before = sink.mails.length;
  await send(form, 'kim@seen.example');
  await app.settle();
  const { mail } = sink.mails[before]!;
  const path = new URL(/https?:\/\/\S+\/forms\/confirm\/[\w-]+/.exec(mail.text!)![0]).pathname;
  await visit(app, path).post(path, new URLSearchParams({ tracking: 'off' }));
  expect(await agreed()).toHaveLength(1);
});
