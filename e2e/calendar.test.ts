import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, test } from 'vitest';
import { calendarOf, event } from '../server/correspondents/testing.ts';
import { expectAccessible } from './browser.ts';
import { stageStory } from './story.ts';

// Claire drops a calendar file, connects a calendar by its secret address, and sees on a person when they met.

const mine = 'claire@exemple.example';
const story = stageStory(['--private-network', '127.0.0.1']);
let server: Server;
let page: Page;

beforeAll(async () => {
  server = createServer((_request, answer) => {
    const meeting = event('s1', -9, [`=${mine}`, '+lina.roy@atelier.example'], 'RRULE:FREQ=WEEKLY;COUNT=2');
    answer.writeHead(200, { 'content-type': 'text/calendar' }).end(calendarOf(meeting));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  page = await story.begin('Claire Delmas');
});
afterAll(() => void server?.close());

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
  await form.getByLabel('Secret address').fill(`${story.product.url}/`);
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
