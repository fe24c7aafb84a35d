import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { expectAccessible } from './browser.ts';
import { stageStory } from './story.ts';

// Claire connects her phone, which brings a contact, takes over what she corrects here, and is lost.

const story = stageStory();
let page: Page;
let authorization = '';
let book = '';

beforeAll(async () => {
  page = await story.begin('Claire Delmas');
});
/** What the phone does. */
const send = (method: string, path: string, body?: string): Promise<Response> =>
  fetch(new URL(path, story.product.url), {
    method,
    headers: { authorization, depth: '1' },
    ...(body === undefined ? {} : { body }),
  });

test('she is told what to type where, and the phone finds its address book', async () => {
  await page.goto(`${story.product.url}/settings/devices`);
  await page.getByRole('button', { name: /add a device/i }).click();
  await page.getByLabel('What is it called?').fill('Claire’s iPhone');
  await page.getByRole('button', { name: /create its password/i }).click();
  await page.getByText('“Claire’s iPhone” can connect now').waitFor();
  expect(await page.getByLabel('Which device?').inputValue()).toBe('iphone');
  await page.getByText(/Add CardDAV Account/).waitFor();
  await expectAccessible(page, 'connecting a device');
  await page.getByLabel('Which device?').selectOption('android');
  await page.getByRole('img', { name: /QR code/ }).waitFor();
  const shown = async (name: string) => page.locator('dt', { hasText: name }).locator('+ dd code').innerText();
  const [user, password] = [await shown('User'), await shown('Password')];
  authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const home = /<D:href>(\/dav\/principals\/[^<]+)</.exec(await (await send('PROPFIND', '/dav/')).text())![1]!;
  const books = await (await send('PROPFIND', home.replace('principals', 'books'))).text();
  book = [...books.matchAll(/<D:href>([^<]+)<\/D:href>/g)]
    .map((match) => match[1]!)
    .find((one) => one.split('/').length === 6)!;
  await page.reload();
  await page.getByText(/last synchronised/).waitFor();
});

test('what the phone brings is in the list; what she corrects is on the phone', async () => {
  const octets =
    'BEGIN:VCARD\r\nVERSION:3.0\r\nUID:hedy\r\nFN:Hedy Lamarr\r\nN:Lamarr;Hedy;;;\r\nX-PHONE:kept\r\nEND:VCARD\r\n';
  await page.goto(`${story.product.url}/people`);
  await page.getByRole('heading', { name: 'People' }).waitFor();
  expect((await send('PUT', `${book}hedy.vcf`, octets)).status).toBe(201);
  // By itself: the page hears of it.
  await page.getByText('Hedy Lamarr').first().click();
  await page.getByText('Claire’s iPhone').filter({ visible: true }).first().waitFor();
  await page.evaluate(async () => {
    const headers = { 'content-type': 'application/json', 'x-entregent-csrf': '1' };
    const { items } = await (await fetch('/api/v1/people?q=lamarr')).json();
    const add = [{ kind: 'email', value: { value: 'hedy@hop.example' } }];
    await fetch(`/api/v1/cards/${items[0].id}`, { method: 'PATCH', headers, body: JSON.stringify({ add }) });
  });
  const given = await (await send('GET', `${book}hedy.vcf`)).text();
  expect(given).toContain('EMAIL:hedy@hop.example');
  expect(given).toContain('X-PHONE:kept');
});

test('a lost phone is removed, in French, in the dark, under a thumb', async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.evaluate(() =>
    fetch('/api/v1/me', {
      method: 'PATCH',
      headers: { 'content-type': 'application/json', 'x-entregent-csrf': '1' },
      body: JSON.stringify({ locale: 'fr' }),
    }),
  );
  await page.goto(`${story.product.url}/settings/devices`);
  await page.getByText(/dernière synchronisation/).waitFor();
  await expectAccessible(page, 'devices in French, dark, on a phone');
  await page.getByRole('button', { name: /retirer l’appareil claire’s iphone/i }).click();
  await page.getByText('Aucun appareil pour l’instant').waitFor();
  expect((await send('GET', `${book}hedy.vcf`)).status).toBe(401);
});
