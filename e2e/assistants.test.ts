import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { searchPeople } from '../server/mcp/contract.ts';
import { type Assistant, arrive } from '../server/mcp/testing.ts';
import { expectAccessible } from './browser.ts';
import { stageStory } from './story.ts';

// An assistant from the address that Claire copies to its end, with the protocol's own client as the assistant.

const story = stageStory();
let claire: Page;
let assistant: Assistant;

const contacts = [
  'First Name,Last Name,Work E-mail',
  'Hedy,Lamarr,hedy@hop.example',
  'Alan,Turing,alan@bletchley.example',
];

beforeAll(async () => {
  claire = await story.begin('Claire Delmas');
  const file = { name: 'phone.csv', mimeType: 'text/csv', buffer: Buffer.from(contacts.join('\n')) };
  await claire.locator('input[type=file]').first().setInputFiles(file);
  await claire.getByRole('button', { name: /import 2 contacts/i }).click();
  await claire
    .getByText(/the import is done/i)
    .first()
    .waitFor();
});

test('Claire reads how an assistant is connected, and lets programs register themselves', async () => {
  await claire.goto(`${story.product.url}/settings/apps`);
  const section = claire.getByRole('region', { name: 'Connect an assistant' });
  expect(await section.locator('code').textContent()).toBe(`${story.product.url}/mcp`);
  await section.getByText('It joins no contacts, and sends nothing.').waitFor();
  await expectAccessible(claire, 'connecting an assistant');
  await section.screenshot({ path: 'test-results/assistants.png' });
  await claire.getByLabel('Programs may register themselves').check();
  await claire.getByRole('button', { name: 'Save' }).click();
  await claire.getByText('Saved.').waitFor();
});

test('Louis reads it in French, on his phone, in the dark', async () => {
  const phone = { viewport: { width: 390, height: 844 } };
  const louis = await story.join('Louis Martin', { locale: 'fr-FR', colorScheme: 'dark', ...phone });
  await louis.goto(`${story.product.url}/settings/apps`);
  const section = louis.getByRole('region', { name: 'Brancher un assistant' });
  await section.getByText('Copier l’adresse').waitFor();
  await expectAccessible(louis, 'brancher un assistant');
  await section.screenshot({ path: 'test-results/assistants-phone.png' });
});

test('the assistant asks, and gets what she allows: to look, and to write nothing', async () => {
  await claire.route('http://127.0.0.1:9/**', (route) => route.fulfill({ body: 'Back in the assistant' }));
  assistant = await arrive(new URL('/mcp', story.product.url), { name: 'Note taker' }, async (sentTo) => {
    if (assistant) throw new Error('It asks again.');
    sentTo.searchParams.set('scope', 'contacts:read assistant:read assistant:write offline_access');
    await claire.goto(sentTo.href);
    await claire.getByText('Note taker asks to use your contacts').waitFor();
    await claire.getByLabel(/\(2 contacts\)/).check();
    await claire.getByLabel(/know what you know of them/).waitFor();
    await claire.screenshot({ path: 'test-results/assistants-consent.png', fullPage: true });
    await expectAccessible(claire, 'an assistant asks');
    await claire.getByLabel(/prepare notes/).uncheck();
    await claire.getByRole('button', { name: 'Allow' }).click();
    await claire.waitForURL('http://127.0.0.1:9/**');
    return claire.url();
  });
  const { people } = await assistant.use(searchPeople, { query: 'Hedy' });
  expect(people.map(({ name }) => name)).toEqual(['Hedy Lamarr']);
});

test('she ends it, and it sees nothing from then on', async () => {
  await claire.goto(`${story.product.url}/settings/apps`);
  await claire.getByRole('listitem').getByLabel('End “Note taker”').first().click();
  await claire.getByText('“Note taker” is ended').first().waitFor();
  await expect(assistant.use(searchPeople, { query: 'Hedy' })).rejects.toThrow();
});
