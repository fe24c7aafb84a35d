import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectAccessible } from './browser.ts';
import { stageStory } from './story.ts';

// Claire puts the tag on the pages of a shop elsewhere; a visitor agrees, looks around, and signs in there; Claire reads on their page what they did.
// Of who does not agree nothing is sent.

const story = stageStory();
let site: Server;
let origin = '';
let head = '';
let secret = '';
let personId = '';
/** A browser that does not call itself headless. */
const agent = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';

beforeAll(async () => {
  site = createServer((request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    const home = new URL(story.product.url).origin;
    response.setHeader(
      'content-security-policy',
      `default-src 'none'; script-src 'unsafe-inline' ${home}; connect-src ${home}`,
    );
    response.end(`<!doctype html><html lang="en"><head><title>Shop ${request.url?.split('?')[0]}</title>${head}</head><body><h1>Shop</h1>
      <button id="yes" onclick="entregent('consent', true)">Yes</button><button id="no" onclick="entregent('consent', false)">No</button></body></html>`);
  });
  await new Promise<void>((ready) => site.listen(0, '127.0.0.1', ready));
  origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
  await story.begin('Claire Delmas', { permissions: ['clipboard-read', 'clipboard-write'] });
  const card = await story.send<{ id: string }>('Claire', 'POST', '/cards', {
    fields: [
      { kind: 'name', value: { given: 'Hedy', family: 'Lamarr' } },
      { kind: 'email', value: { value: 'hedy@hop.example', type: 'work' } },
    ],
  });
  personId = card.id;
});
afterAll(() => site.close());

test('Claire sets up a site, and gets what is to be put in its pages', async () => {
  const page = await story.at('Claire', '/facts/sources');
  await page.getByRole('heading', { name: 'No facts yet' }).waitFor();
  await expectAccessible(page, 'no facts');
  await page.getByRole('button', { name: 'Add a source' }).click();
  await page.getByRole('menuitem', { name: 'Site' }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Name', { exact: true }).fill('Our shop');
  await form.getByLabel('Sites').fill(origin);
  await expectAccessible(page, 'a new site');
  await form.getByRole('button', { name: 'Save' }).click();
  head = await form.getByText('<script async').innerText();
  secret = await form.getByRole('status').filter({ hasText: 'Secret, shown once' }).locator('code').innerText();
  await expectAccessible(page, 'a site that is set up');
  await form.getByRole('button', { name: 'Done' }).click();
});

test('nothing is sent or kept before the visitor agrees, nor of one who asks not to be tracked', async () => {
  const sent: string[] = [];
  const page = await story.open('Visitor', { userAgent: agent });
  page.on('request', (request) => request.method() === 'POST' && sent.push(request.url()));
  await page.goto(`${origin}/socks?utm_campaign=spring&mail=private`);
  await page.goto(`${origin}/hats`);
  await page.locator('#no').click();
  await page.waitForTimeout(800);
  expect(sent).toEqual([]);
  expect(await page.evaluate('document.cookie')).toBe('');
  const quiet = await story.open('Quiet', { userAgent: agent });
  quiet.on('request', (request) => request.method() === 'POST' && sent.push(request.url()));
  await quiet.addInitScript("Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })");
  await quiet.goto(`${origin}/hats`);
  await quiet.locator('#yes').click();
  await quiet.waitForTimeout(800);
  expect(sent).toEqual([]);
  expect(await quiet.evaluate('document.cookie')).toBe('');
});

test('a visitor agrees, looks around, and signs in at the shop', async () => {
  const page = story.page('Visitor');
  await page.goto(`${origin}/socks?utm_campaign=spring&mail=private`);
  const first = page.waitForResponse((response) => response.request().method() === 'POST');
  await page.locator('#yes').click();
  expect((await first).status()).toBe(204);
  expect(await page.evaluate('document.cookie')).toMatch(/^entregent_visitor=[0-9a-f]{32}$/);
  await page.goto(`${origin}/hats`);
  await page.evaluate("entregent('event', 'download', { file: 'catalogue.pdf' })");
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { email: 'hedy@hop.example', exp: Math.floor(Date.now() / 1000) + 600 };
  const said = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
  const token = `${said}.${createHmac('sha256', secret).update(said).digest('base64url')}`;
  const answered = page.waitForResponse((response) => (response.request().postData() ?? '').includes('identify'));
  const told = page.waitForResponse((response) => (response.request().postData() ?? '').includes('catalogue.pdf'));
  await page.evaluate(`entregent('identify', '${token}')`);
  expect([(await answered).status(), (await told).status()]).toEqual([204, 204]);
});

test('Claire reads on their page what they did, and why she sees it', async () => {
  const page = await story.at('Claire', `/people/${personId}`);
  const facts = page.getByRole('region', { name: 'What happened' });
  await facts.getByRole('button', { name: /^Visit 2/ }).waitFor();
  await facts.getByText(`${origin}/socks`, { exact: true }).waitFor();
  await facts.getByText('spring', { exact: true }).waitFor();
  expect(await facts.getByText('private').count()).toBe(0);
  await facts.getByRole('button', { name: /^Download 1/ }).click();
  await facts.getByText('catalogue.pdf').waitFor();
  await expect.poll(() => facts.getByText(`${origin}/socks`).count()).toBe(0);
  await facts
    .getByRole('button', { name: /^Why.*Download/ })
    .first()
    .click();
  await page.getByText('Seen on the site “Our shop”, by a browser whose user agreed.').waitFor();
  await expectAccessible(page, 'a person with facts');
  await page.keyboard.press('Escape');
  await page.screenshot({ path: 'test-results/facts-person.png', fullPage: true });
});

test('orders of a file are looked at before they are brought in, and stand beside the visits', async () => {
  const page = await story.at('Claire', '/facts/files');
  await page.getByRole('heading', { name: 'No file yet' }).waitFor();
  await page.locator('input[type=file]').setInputFiles({
    name: 'orders.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(
      `Order ID;Date;E-mail;Total\n1;2026-01-31 10:00;hedy@hop.example;49,90\n2;tomorrow;hedy@hop.example;5\n`,
    ),
  });
  await page.getByText('2 lines are read, 1 can be taken.').waitFor();
  await page.getByText('1 line would not be taken').click();
  await page.getByText('Line 3:').waitFor();
  await expectAccessible(page, 'a file before it is brought in');
  await page.screenshot({ path: 'test-results/facts-file.png', fullPage: true });
  await page.getByRole('button', { name: 'Bring in 1 fact' }).click();
  await page.getByText('1 new, 0 changed, 0 known, 1 not taken').waitFor();
  await story.at('Claire', `/people/${personId}`);
  await page.getByRole('button', { name: /^Order 1 · €49.90/ }).waitFor();
});

test('kinds say what they are kept for; a new one has fields of its own; nothing breaks on a phone', async () => {
  const page = await story.at('Claire', '/facts');
  await page.getByRole('button', { name: 'Change the kind Visit' }).waitFor();
  await expectAccessible(page, 'kinds of fact');
  await page.getByRole('button', { name: 'Add a kind' }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Name', { exact: true }).fill('Wine tasting');
  await form.getByLabel('What it is kept for').fill('Invite to the next ones');
  await form.getByRole('button', { name: 'Add a field' }).click();
  await form.getByLabel('Key', { exact: true }).last().fill('wine');
  await form.getByLabel('Name shown').fill('Wine');
  await expectAccessible(page, 'a new kind of fact');
  await form.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: 'Change the kind Wine tasting' }).waitFor();
  await page.screenshot({ path: 'test-results/facts-kinds.png', fullPage: true });
  await page.setViewportSize({ width: 390, height: 844 });
  for (const path of ['/facts', '/facts/sources', '/facts/files', `/people/${personId}`]) {
    await story.at('Claire', path);
    await page.getByRole('heading', { level: 1 }).first().waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  }
});

test('Claire says how the database of the till is read, is told what is wrong with it, and pauses it', async () => {
  const page = await story.at('Claire', '/facts/sources');
  await page.getByRole('button', { name: 'Add a source' }).click();
  await page.getByRole('menuitem', { name: 'Database' }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Name', { exact: true }).fill('Till');
  await form.getByLabel('Make').selectOption('mysql');
  await form.getByLabel('Address of the server').fill('10.0.0.1');
  await form.getByLabel('Name of the database').fill('till');
  await form.getByLabel('Login').fill('reader');
  await form.getByLabel('Password', { exact: true }).fill('a word that stays here');
  await form.getByRole('button', { name: 'Try it: the first rows' }).click();
  await form
    .getByRole('alert')
    .filter({ hasText: /network/ })
    .waitFor();
  await expectAccessible(page, 'a database that is not reached');
  await form.getByRole('button', { name: 'Save' }).click();
  const line = page.getByRole('button', { name: 'Change the source Till' });
  await line
    .getByText('needs you')
    .waitFor({ timeout: 60_000 })
    .catch(async () => {
      await page.reload();
      await line.getByText('needs you').waitFor();
    });
  await expectAccessible(page, 'a database that needs somebody');
  await line.click();
  await form.getByRole('button', { name: 'Pause' }).click();
  await line.getByText('paused').waitFor();
});
