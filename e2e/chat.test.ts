import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectAccessible } from './browser.ts';
import { stageStory } from './story.ts';

// A visitor of a plain page under a strict content policy writes; Claire answers in another window; the visitor says who they are.

const story = stageStory();
let site: Server;
let embed = '';

beforeAll(async () => {
  site = createServer((_request, response) => {
    const home = new URL(story.product.url).origin;
    const policy = `default-src 'none'; script-src ${home}; frame-src ${home}`;
    response.setHeader('content-security-policy', policy);
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(`<!doctype html><html lang="en"><title>A shop</title><h1>A shop</h1><p>Socks.</p>${embed}</html>`);
  });
  await new Promise<void>((ready) => site.listen(0, '127.0.0.1', ready));
  await story.begin('Claire Delmas');
  const origins = [`http://127.0.0.1:${(site.address() as AddressInfo).port}`];
  const settings = { origins, greeting: { fr: 'Bonjour !', en: 'Hello! What can we do for you?' } };
  ({ embed } = await story.send<{ embed: string }>('Claire', 'POST', '/channels', {
    ...{ kind: 'chat', name: 'Site', settings, access: [{ kind: 'workspace' }] },
  }));
  const visitor = await story.open('Visitor', { viewport: { width: 1000, height: 800 } });
  await visitor.goto(origins[0]!);
});
afterAll(() => void site.close());

const inWindow = () => story.page('Visitor').frameLocator('iframe[title="Conversation"]');

test('a visitor opens the window, and what they write is on the agent’s screen', async () => {
  const agent = await story.at('Claire', '/conversations');
  await agent.getByText('No conversation matches this choice now.').waitFor();
  const page = story.page('Visitor');
  await page.getByRole('button', { name: 'Write to us' }).click();
  await inWindow().getByText('Hello! What can we do for you?').waitFor();
  await inWindow().getByText('Somebody is there').waitFor();
  await inWindow().getByLabel('Your message').fill('Do you have blue socks? 🧦');
  await inWindow().getByLabel('Your message').press('Enter');
  await inWindow().getByRole('article').getByText('blue socks').waitFor();
  await agent.getByRole('link', { name: /Visitor/ }).click();
  await agent.getByRole('log').getByText('blue socks? 🧦').waitFor();
  await agent.getByText('An anonymous visitor: they have not said who they are.').waitFor();
});

test('the answer is in their window, and they are seen writing', async () => {
  const agent = story.page('Claire');
  await agent.getByLabel('Your answer').fill('We do, in all sizes.');
  await inWindow().getByText('Exemple SA is writing…').waitFor();
  await agent.keyboard.press('Control+Enter');
  await inWindow().getByText('We do, in all sizes.').waitFor();
  await inWindow().getByLabel('Your message').pressSequentially('Size 38');
  await agent.getByText('Visitor is writing…').waitFor();
  await inWindow().getByLabel('Your message').press('Enter');
  await agent.getByRole('log').getByText('Size 38').waitFor();
  await expectAccessible(story.page('Visitor'), 'the window on a site');
});

test('who goes and comes back finds what was said, and says who they are', async () => {
  const page = story.page('Visitor');
  await page.reload();
  await page.getByRole('button', { name: 'Write to us' }).click();
  await inWindow().getByText('We do, in all sizes.').waitFor();
  // Nobody looks at a page any more.
  await story.page('Claire').goto('about:blank');
  await page.reload();
  await page.getByRole('button', { name: 'Write to us' }).click();
  await inWindow().getByText('Nobody is there just now').waitFor();
  await inWindow().getByLabel('Your e-mail address').fill('lea@client.example');
  await inWindow().getByLabel('Your name').fill('Léa Moreau');
  await inWindow().getByRole('button', { name: 'Keep' }).click();
  await inWindow().getByText('Thank you, noted.').waitFor();
  const agent = await story.at('Claire', '/conversations?status=open');
  await agent.getByRole('link', { name: /Léa Moreau/ }).click();
  await agent.getByText('They say that they are Léa Moreau (lea@client.example)').waitFor();
  await agent.getByText('Nothing has shown it').waitFor();
  await expectAccessible(agent, 'a conversation with who says who they are');
  expect(await agent.getByRole('log').getByRole('article').count()).toBe(3);
});
