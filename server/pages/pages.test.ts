import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Block, Saying } from '../content/blocks-contract.ts';
import * as content from '../content/contract.ts';
import * as channels from '../conversations/channels-contract.ts';
import { list } from '../conversations/testing.ts';
import { aWhile } from '../forms/testing.ts';
import { type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as contracts from './contract.ts';

let app: TestApp;
let alice: Member;
/** Marketing. */
let mia: Member;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  mia = await app.invite(alice, 'Mia Marsh', { role: 'marketing' });
});
afterAll(() => app.close());
afterEach(() => expect(app.errors).toEqual([]));

const text = (words: string): Block => ({ id: 'a', kind: 'text', text: words });
const saying = (subject: string, ...blocks: Block[]): Saying => ({ subject, preheader: `About: ${subject}`, blocks });

let pages = 0;
/** A page of Mia's that says something. */
async function aPage(said: Partial<Record<'fr' | 'en', Saying>>, audience: content.Audience = { kind: 'workspace' }) {
  const name = `Page ${++pages}`;
  const { id: contentId } = await mia.call(content.addContent, { name, kind: 'page', audience });
  await mia.call(content.saveContent, { contentId, edition: 1, said });
  return { contentId, slug: `page-${pages}` };
}

const browser = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0', 'accept-language': 'en' };
const open = async (path: string, headers: Record<string, string> = browser, method = 'GET') => {
  const answer = await fetch(app.url + path, { headers, method });
  return { status: answer.status, headers: answer.headers, html: await answer.text() };
};
const opened = async (contentId: string) =>
  (await mia.call(contracts.getPublication, { contentId })).publication!.openings;

test('a page is shown to everybody once it is published, as it was then, in each of its languages', async () => {
  const of = await aPage({
    fr: saying('Salon 2027', text('Venez nous voir.')),
    en: saying('Fair 2027', text('Come and see us & more.')),
  });
  expect((await open(`/pages/${of.slug}`)).status).toBe(404);
  const { publication, stops } = await mia.call(contracts.publish, of);
  expect(stops).toEqual([]);
  expect(publication).toMatchObject({ online: true, changed: false, openings: 0, publishedBy: 'Mia Marsh' });
  const path = new URL(publication!.url).pathname;
  const page = await open(path);
  expect(page.html).toContain('<h1>Fair 2027</h1><p>Come and see us &amp; more.</p>');
  expect(page.html).toContain('<meta name="description" content="About: Fair 2027">');
  expect(page.html).not.toContain('noindex');
  expect(page.headers.get('x-robots-tag')).toBeNull();
  expect(page.headers.get('set-cookie')).toBeNull();
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect((await open(`${path}?lang=fr`)).html).toContain('Venez nous voir.');
  expect((await open(path, { ...browser, 'accept-language': 'fr-FR' })).html).toContain('<html lang="fr">');
  const { edition } = await mia.call(content.getContent, { contentId: of.contentId });
  await mia.call(content.saveContent, {
    ...{ contentId: of.contentId, edition },
    said: { en: saying('Fair 2028', text('Later.')) },
  });
  expect((await open(path)).html).toContain('Fair 2027');
  expect((await mia.call(contracts.getPublication, of)).publication).toMatchObject({ changed: true });
  await mia.call(contracts.publish, { ...of, indexed: false });
  const later = await open(path);
  expect(later.html).toContain('Fair 2028');
  expect(later.html).toContain('<meta name="robots" content="noindex">');
  expect(later.headers.get('x-robots-tag')).toBe('noindex');
});

test('openings are counted, programs and requests for the head alone are not', async () => {
  const of = await aPage({ en: saying('Counted', text('Words.')) });
  await mia.call(contracts.publish, of);
  const path = `/pages/${of.slug}`;
  await Promise.all([open(path), open(path), open(path, { ...browser, 'accept-language': 'fr' })]);
  await open(path, { 'user-agent': 'Googlebot/2.1 (+http://www.google.com/bot.html)' });
  await open(path, browser, 'HEAD');
  expect(await opened(of.contentId)).toBe(3);
});

test('taken offline it is gone, and its address stays its own', async () => {
  const of = await aPage({ en: saying('Offline', text('Words.')) });
  await mia.call(contracts.publish, of);
  await mia.call(contracts.withdraw, of);
  const gone = await open(`/pages/${of.slug}`);
  expect([gone.status, gone.html.includes('no longer here')]).toEqual([404, true]);
  expect((await mia.call(contracts.getPublication, of)).publication).toMatchObject({ online: false });
  const other = await aPage({ en: saying('Other', text('Words.')) });
  const refused = mia.call(contracts.publish, { ...other, slug: of.slug });
  await expect(refused).rejects.toMatchObject({ problem: { status: 400, fields: { slug: 'taken' } } });
  await expect(mia.call(contracts.withdraw, of)).rejects.toMatchObject({ problem: { status: 404 } });
  await mia.call(contracts.publish, of);
  expect((await open(`/pages/${of.slug}`)).status).toBe(200);
});

test('a content that is put away is offline until it is taken back', async () => {
  const of = await aPage({ en: saying('Put away', text('Words.')) });
  await mia.call(contracts.publish, of);
  await mia.call(content.removeContent, of);
  expect((await open(`/pages/${of.slug}`)).status).toBe(404);
  await mia.call(content.restoreContent, of);
  expect((await open(`/pages/${of.slug}`)).status).toBe(200);
});

test('what the checker stops is not published: values of nobody, pictures that are not there', async () => {
  const hello = saying('Hello {{ person.givenName }}', text('Dear {{ person.familyName | default: "you" }}'));
  const of = await aPage({ en: hello });
  const { publication, stops } = await mia.call(contracts.publish, of);
  expect(publication).toBeNull();
  expect(stops.map(({ kind, about }) => [kind, about])).toEqual([
    // Of its title, its summary and a text.
    ['page_variable', '{{ person.givenName }}'],
    ['page_variable', '{{ person.givenName }}'],
    ['page_variable', '{{ person.familyName | default: "you" }}'],
  ]);
  expect((await open(`/pages/${of.slug}`)).status).toBe(404);
  // Nothing of a page is for some only.
  const section: Block = {
    ...{ id: 's', kind: 'section', blocks: [] },
    condition: { match: 'all', clauses: [{ variable: 'person.city', is: 'present', value: '' }] },
  };
  const { edition } = await mia.call(content.getContent, of);
  const refused = mia.call(content.saveContent, {
    ...{ contentId: of.contentId, edition },
    said: { en: saying('Some', section) },
  });
  await expect(refused).rejects.toMatchObject({ problem: { status: 400 } });
});

test('what looks like a template on a page are words', async () => {
  const of = await aPage({ en: saying('Braces', text('Write {% raw %} and {{ 1 | times: 2 }}.')) });
  const trial = await mia.call(content.tryContent, {
    ...{ kind: 'page' as const, language: 'en' as const },
    saying: saying('Braces', text('A {% raw %} here.')),
  });
  expect(trial.mail!.html).toContain('<p>A {% raw %} here.</p>');
  expect((await mia.call(contracts.publish, of)).stops.map(({ kind }) => kind)).toContain('wrong_liquid');
});

test('marketing and admins publish, and who may change it; a content of another kind is no page', async () => {
  const bob = await app.invite(alice, 'Bob Bird');
  const of = await aPage({ en: saying('Whose', text('Words.')) });
  await expect(bob.call(contracts.publish, of)).rejects.toMatchObject({ problem: { status: 403 } });
  const rival = await app.invite(alice, 'Rita Rival', { role: 'marketing' });
  await expect(rival.call(contracts.publish, of)).rejects.toMatchObject({ problem: { status: 403 } });
  await alice.call(contracts.publish, of);
  await expect(rival.call(contracts.withdraw, of)).rejects.toMatchObject({ problem: { status: 403 } });
  expect((await bob.call(contracts.getPublication, of)).publication).toMatchObject({ online: true });
  const own = await aPage({ en: saying('Own', text('Words.')) }, { kind: 'mine' });
  await mia.call(contracts.publish, own);
  await expect(bob.call(contracts.getPublication, own)).rejects.toMatchObject({ problem: { status: 404 } });
  const { id: contentId } = await mia.call(content.addContent, { name: 'A mail', audience: { kind: 'workspace' } });
  await expect(mia.call(contracts.publish, { contentId, slug: 'a-mail' })).rejects.toMatchObject({
    problem: { status: 404 },
  });
  await expect(mia.call(content.sendTrial, { ...of, language: 'en' })).rejects.toMatchObject({
    problem: { status: 404 },
  });
});

test('a form of the company’s stands below it, and what is sent there arrives', async () => {
  const settings = {
    title: { en: 'Ask us', fr: 'Posez votre question' },
    fields: [
      { key: 'email', kind: 'email', required: true },
      { key: 'message', kind: 'message', required: true },
    ],
  };
  const access = [{ kind: 'workspace' as const }];
  const { id: formId } = await alice.call(channels.addChannel, { kind: 'form', name: 'Question', settings, access });
  expect((await mia.call(contracts.listForms, {})).items).toEqual([{ id: formId, name: 'Question' }]);
  const of = await aPage({ en: saying('With a form', text('Words.')) });
  await expect(mia.call(contracts.publish, { ...of, formId: of.contentId })).rejects.toMatchObject({
    problem: { status: 400 },
  });
  await mia.call(contracts.publish, { ...of, formId });
  const { html } = await open(`/pages/${of.slug}`);
  expect(html).toContain('<h2>Ask us</h2>');
  const [, action] = /<form method="post" action="([^"]+)"/.exec(html)!;
  const [, stamp] = /name="stamp" value="([^"]+)"/.exec(html)!;
  await aWhile();
  const sent = await fetch(app.url + action!.replaceAll('&amp;', '&'), {
    ...{ method: 'POST', redirect: 'manual' },
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ stamp: stamp!, f_email: 'lea@page.example', f_message: 'Is there a ramp?' }).toString(),
  });
  expect(sent.status).toBe(303);
  await app.settle();
  expect((await list(alice)).map(({ excerpt }) => excerpt).join()).toContain('Is there a ramp?');
  await alice.call(channels.updateChannel, { channelId: formId, state: 'paused' });
  expect((await open(`/pages/${of.slug}`)).html).toContain('not open at the moment');
});
