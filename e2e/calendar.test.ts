import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { calendarOf, event } from '../server/correspondents/testing.ts';
import { expectAccessible, keepScreenshot, openBrowser, openPage } from './browser.ts';
import { newDataFolder, type Product, startProduct } from './product.ts';

// Claire drops a calendar file, connects a calendar by its secret address, and sees on a person when they met.

const mine = 'claire@exemple.example';
const data = newDataFolder();
const problems: string[] = [];
let server: Server;
let product: Product;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  server = createServer((_request, answer) => {
    const meeting = event('s1', -9, [`=${mine}`, '+lina.roy@atelier.example'], 'RRULE:FREQ=WEEKLY;COUNT=2');
    answer.writeHead(200, { 'content-type': 'text/calendar' }).end(calendarOf(meeting));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  browser = await openBrowser();
  product = await startProduct(data.path, ['--private-network', '127.0.0.1']);
  page = await openPage(browser, {}, problems);
  await page.goto(product.setupLink!);
  await page.getByLabel(/your company/i).fill('Exemple SA');
  await page.getByLabel(/your name/i).fill('Claire Delmas');
  await page.getByLabel(/e-mail/i).fill(mine);
  await page
    .getByLabel(/password/i)
    .first()
    .fill('seven green bicycles');
  await page.getByRole('button', { name: /create the workspace/i }).click();
  await page.waitForURL(/\/imports/);
});
afterAll(async () => {
  await browser?.close();
  await product?.stop();
  server?.close();
  data.remove();
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await keepScreenshot(page, task.name);
  expect(problems.splice(0)).toEqual([]);
});

test('a calendar file is read at a word, private events are passed over', async () => {
  await page.getByRole('link', { name: 'Mail and calendar' }).click();
  await page.getByRole('link', { name: 'Mailboxes and calendars' }).click();
  await page.getByText('No calendar is connected').waitFor();
  const text = calendarOf(
    event('f1', -3, [`=${mine}`, '+marc.aubert@fonderie.example']),
    event('f2', -2, [`=${mine}`, 'x@secret.example'], 'SUMMARY:Private'),
  );
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Read a calendar file' }).click();
  await (await chooser).setFiles({ name: 'mine.ics', mimeType: 'text/calendar', buffer: Buffer.from(text) });
  await page.getByText('1 meeting with others read, 1 private one passed over').waitFor();
  await page.getByText(/^1 meeting with 1 person; 1 passed over as private/).waitFor();
  await expectAccessible(page, 'mailboxes and calendars');
});

test('a calendar at a secret address is connected, after a wrong one was refused in words', async () => {
  await page.getByRole('button', { name: 'Connect a calendar' }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Secret address').fill(`${product.url}/`);
  await form.getByRole('button', { name: 'Connect', exact: true }).click();
  await form.getByText('What answers at this address is no calendar.').waitFor();
  await expectAccessible(page, 'connecting a calendar');
  await form.getByLabel('Secret address').fill(`http://127.0.0.1:${(server.address() as AddressInfo).port}/s.ics`);
  await form.getByRole('button', { name: 'Connect', exact: true }).click();
  await page.getByText(/^2 meetings with 1 person/).waitFor();
});

test('who was met and has no card is asked about, and their page says when', async () => {
  await page.getByRole('link', { name: 'Correspondents' }).click();
  await page.getByText('2 meetings (1 hr)').waitFor();
  await page.getByText('x@secret.example').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Make a card of lina.roy@atelier.example' }).click();
  await page.getByText('lina.roy@atelier.example has a card in your book.').waitFor();
  await page.locator('label', { hasText: 'Everybody' }).click();
  await page.getByRole('link', { name: 'lina.roy@atelier.example' }).click();
  const exchanges = page.getByRole('region', { name: 'My exchanges' });
  await exchanges.getByText('2 called by you').waitFor();
  await expectAccessible(page, 'exchanges with a person');
});
