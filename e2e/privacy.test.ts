import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defaultRules } from '../server/outreach/pressure.ts';
import { type MailSink, openMailSink } from '../server/outreach/testing.ts';
import { expectAccessible } from './browser.ts';
import { stageStory } from './story.ts';

// Hedy asks what is held of her, reads it, and has it erased; Louis is at the desk, and holds a card of hers.

const story = stageStory();
const email = 'hedy@hop.example';
let sink: MailSink;
let louis: Page;
let hedy: Page;

beforeAll(async () => {
  sink = await openMailSink();
  louis = await story.begin('Louis Martin');
  hedy = await story.open('Hedy', { viewport: { width: 390, height: 844 } });
  await story.send('Louis', 'PUT', '/gate/rules', { ...defaultRules, quiet: null });
  await story.send('Louis', 'PUT', '/mail', {
    ...{ host: '127.0.0.1', port: sink.port, security: 'none', username: null, replyTo: null },
    ...{ senderName: 'Exemple SA', senderAddress: 'crm@exemple.example' },
  });
  const { id } = await story.send<{ id: string }>('Louis', 'POST', '/cards', {
    fields: [
      { kind: 'name', value: { given: 'Hedy', family: 'Lamarr' } },
      { kind: 'email', value: { value: email, type: 'work' } },
      { kind: 'title', value: { value: 'Inventor' } },
    ],
  });
  await story.send('Louis', 'POST', `/people/${id}/notes`, { text: 'Prefers the telephone' });
});
afterAll(() => sink?.close());

async function mailOfHers(words: RegExp): Promise<string> {
  const find = () => sink.mails.find(({ to, mail }) => to.includes(email) && words.test(mail.text!))?.mail.text;
  await expect.poll(find, { timeout: 20_000 }).toBeTruthy();
  return find()!;
}

async function record(what: string): Promise<void> {
  await louis.goto(`${story.product.url}/settings/privacy`);
  await louis.getByRole('heading', { name: 'Privacy desk' }).waitFor();
  await louis.getByRole('button', { name: 'Record a request' }).first().click();
  await louis.getByLabel('What the person asks').selectOption(what);
  await louis.getByLabel('Their e-mail address').fill(email);
  await expectAccessible(louis, `recording ${what}`);
  await louis.getByRole('button', { name: 'Record', exact: true }).click();
  await louis.getByText(/^Recorded\. Due by/).waitFor();
}

async function agree(button: string): Promise<void> {
  await louis.goto(`${story.product.url}/privacy`);
  await louis.getByRole('heading', { name: 'Rights of people' }).waitFor();
  await louis.getByRole('link', { name: 'Hedy Lamarr' }).first().waitFor();
  await expectAccessible(louis, 'what a holder is asked');
  await louis.getByRole('button', { name: button }).click();
  await louis.getByText('Answered.').waitFor();
}

async function openRequest(name: RegExp, heading: RegExp): Promise<void> {
  await louis.goto(`${story.product.url}/settings/privacy`);
  await louis.getByRole('link', { name }).first().click();
  await louis.getByRole('heading', { name: heading }).waitFor();
}

test('the desk records what she asks, its holder confirms the card, and the answer leaves for her alone', async () => {
  await record('access');
  await mailOfHers(/access to your data/);
  await agree('Confirm');
  await openRequest(/^Access/, /Access: what is held/);
  await expectAccessible(louis, 'a request');
  await louis.getByRole('button', { name: 'Send the answer' }).click();
  await louis.getByText('Answer sealed and sent').waitFor();
  expect(await louis.getByText('Prefers the telephone').count()).toBe(0);
});

test('she reads it on her phone and keeps it', async () => {
  const text = await mailOfHers(/privacy-answer/);
  await hedy.goto(/http\S+privacy-answer#token=\S+/.exec(text)![0]);
  await hedy.getByRole('button', { name: 'Show what is held' }).click();
  await hedy.getByRole('heading', { name: /What .* holds of you/ }).waitFor();
  await hedy.getByText('Prefers the telephone').waitFor();
  await expectAccessible(hedy, 'the answer');
  expect(await hedy.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  const [file] = await Promise.all([
    hedy.waitForEvent('download'),
    hedy.getByRole('button', { name: 'Keep as a PDF' }).click(),
  ]);
  expect(file.suggestedFilename()).toBe('access.pdf');
  await hedy.getByText('Français').click();
  await hedy.getByRole('heading', { name: /conserve à votre sujet/ }).waitFor();
});

test('she has it erased, which asks twice, and nothing of her is left but proof', async () => {
  await record('erasure');
  await agree('Agree to erase');
  await openRequest(/^Erasure/, /Erasure: to be forgotten/);
  await louis.getByRole('button', { name: 'Erase', exact: true }).click();
  await louis.getByRole('button', { name: 'Yes, erase for good' }).click();
  await louis.getByText('The erasure has begun.').waitFor();
  await mailOfHers(/It is erased/);
  await louis.getByText('Erased', { exact: true }).waitFor();
  await louis.getByText('address forgotten').waitFor();
  const { items } = await story.send<{ items: unknown[] }>('Louis', 'GET', '/people?q=Lamarr');
  expect(items).toEqual([]);
});
