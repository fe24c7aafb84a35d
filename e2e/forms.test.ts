import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MailSink, openMailSink } from '../server/outreach/testing.ts';
import { expectAccessible } from './browser.ts';
import { stageStory } from './story.ts';

// Claire makes a form; a visitor of a page elsewhere under a strict content policy fills it in, and confirms by the mail they get; Claire sees what
// they wrote, and that they agreed.

const story = stageStory();
let site: Server;
let sink: MailSink;
let embed = '';
let origin = '';

beforeAll(async () => {
  sink = await openMailSink();
  site = createServer((_request, response) => {
    const home = new URL(story.product.url).origin;
    response.setHeader('content-security-policy', `default-src 'none'; script-src ${home}; frame-src ${home}`);
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(`<!doctype html><html lang="en"><title>A shop</title><h1>A shop</h1>${embed}<p>Below.</p></html>`);
  });
  await new Promise<void>((ready) => site.listen(0, '127.0.0.1', ready));
  origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
  await story.begin('Claire Delmas', { permissions: ['clipboard-read', 'clipboard-write'] });
  await story.send('Claire', 'PUT', '/mail', {
    ...{ host: '127.0.0.1', port: sink.port, security: 'none', username: null, senderName: 'Exemple SA' },
    ...{ senderAddress: 'bonjour@exemple.example', replyTo: null },
  });
  const me = await story.send<{ memberId: string }>('Claire', 'GET', '/me');
  await story.send('Claire', 'POST', '/books', { name: 'From the site', stewardIds: [me.memberId] });
});
afterAll(async () => {
  site.close();
  await sink.close();
});

test('a form is made: what it asks, what is agreed to, where it may stand', async () => {
  const page = await story.at('Claire', '/settings/channels');
  await page.getByRole('button', { name: 'Open a channel' }).click();
  await page.getByRole('menuitem', { name: 'Form' }).click();
  const editor = page.getByRole('dialog');
  await editor.getByLabel('Name', { exact: true }).fill('Contact');
  await editor.getByRole('button', { name: 'Open a channel' }).click();
  await editor.getByText('Words are lacking here.').first().waitFor();
  await editor.getByRole('textbox', { name: 'Title' }).fill('Ask us anything');
  await editor.getByRole('button', { name: 'Ask something' }).click();
  await page.getByRole('menuitem', { name: 'Own question: one of several' }).click();
  await editor.getByRole('textbox', { name: 'Question' }).fill('How did you hear of us?');
  await editor.getByRole('textbox', { name: 'Choices' }).fill('A friend\nThe web');
  await editor.getByRole('button', { name: 'Ask for a consent' }).click();
  await editor.getByRole('textbox', { name: 'What they agree to, in words' }).fill('Send me your newsletter.');
  expect(await editor.getByLabel('Ask for confirmation by mail (double opt-in)').isChecked()).toBe(true);
  await editor.getByLabel('Cards').selectOption({ label: 'From the site' });
  await editor.getByRole('textbox', { name: 'Sites' }).fill(origin);
  await expectAccessible(page, 'the editor of a form');
  await editor.getByRole('button', { name: 'Open a channel' }).click();
  embed = await editor.getByText('<script async').innerText();
  await expectAccessible(page, 'a form that has been made');
  await editor.getByRole('button', { name: 'Done' }).click();
});

test('a visitor of a page elsewhere fills it in, is told what is wrong, and loses nothing of it', async () => {
  const page = await story.open('Visitor', { viewport: { width: 390, height: 800 } });
  await page.goto(origin);
  const form = page.frameLocator('iframe[title="Form"]');
  await form.getByRole('heading', { name: 'Ask us anything' }).waitFor();
  // As tall as what stands in it: nothing scrolls within the page.
  await expect.poll(async () => (await page.locator('iframe').boundingBox())!.height).toBeGreaterThan(700);
  await form.getByLabel('Your name').fill('Léa Moreau');
  await form.getByLabel('E-mail address').fill('lea@gmail');
  await form.getByLabel('Your message').fill('Do you have blue socks? 🧦');
  await form.getByLabel('The web').check();
  await form.getByLabel('Send me your newsletter.').check();
  await page.waitForTimeout(2100);
  await form.getByRole('button', { name: 'Send' }).click();
  await form.getByText('One answer needs another look:').waitFor();
  expect(await form.getByLabel('Your message').inputValue()).toBe('Do you have blue socks? 🧦');
  expect(await form.getByLabel('The web').isChecked()).toBe(true);
  await expectAccessible(page, 'a form with something wrong');
  await form.getByLabel('E-mail address').fill('lea@gmail.com');
  await form.getByRole('button', { name: 'Send' }).click();
  await form.getByText('open the mail that goes to the address you gave').waitFor();
});

test('it is in the inbox, as something that somebody claims', async () => {
  const agent = await story.at('Claire', '/conversations');
  await agent.getByRole('link', { name: /Léa Moreau/ }).click();
  await agent.getByRole('log').getByText('blue socks? 🧦').waitFor();
  await agent.getByRole('log').getByText('How did you hear of us?: The web').waitFor();
  await agent.getByText('They say that this is their address.').waitFor();
});

test('whoever has the address confirms with a button, without a script', async () => {
  await expect.poll(() => sink.mails.length).toBe(1);
  const link = /https?:\/\/\S+\/forms\/confirm\/[\w-]+/.exec(sink.mails[0]!.mail.text!)![0];
  const page = await story.open('Visitor', { javaScriptEnabled: false, colorScheme: 'dark' });
  await page.goto(link);
  await page.getByText('Send me your newsletter.').waitFor();
  await page.getByRole('button', { name: 'Yes, it was me' }).click();
  await page.getByRole('heading', { name: 'Thank you, it is confirmed.' }).waitFor();
});

test('Claire sees that they agreed, in the conversation and on their card', async () => {
  const agent = story.page('Claire');
  await agent.getByText('They agreed: “Send me your newsletter.”').waitFor();
  await agent.getByText('They say that this is their address.').waitFor({ state: 'detached' });
  await agent.getByLabel('Your answer').fill('We do, in all sizes.');
  await agent.keyboard.press('Control+Enter');
  await expect.poll(() => sink.mails.length).toBe(2);
  expect(sink.mails[1]!.mail.subject).toBe('Re: Ask us anything');
  expect(sink.mails[1]!.to).toEqual(['lea@gmail.com']);
  const { items } = await story.send<{ items: { id: string }[] }>('Claire', 'GET', '/people?q=Moreau');
  const person = await story.at('Claire', `/people/${items[0]!.id}`);
  await person.getByText('Agreed').first().waitFor();
  await expectAccessible(person, 'a person who agreed by a form');
});
