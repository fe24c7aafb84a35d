import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { expectAccessible } from './browser.ts';
import { stageStory } from './story.ts';

// What is under way, what is wrong and what can still be taken back is said where one stands.

const story = stageStory();
let page: Page;

const contacts = [
  'First Name,Last Name,E-mail,Company,Job Title',
  'Ada,Lovelace,ada@engine.example,Analytical Engines,Countess',
  'Grace,Hopper,not an address,Navy,Captain',
].join('\n');

beforeAll(async () => {
  page = await story.begin('Claire Delmas');
  const file = { name: 'contacts.csv', mimeType: 'text/csv', buffer: Buffer.from(contacts) };
  await page.locator('input[type=file]').first().setInputFiles(file);
  await page.getByRole('button', { name: /import 2 contacts/i }).click();
  await page.getByText(/the import is done/i).waitFor();
});
const open = (path: string) => page.goto(new URL(path, story.product.url).href);

test('what an import was unsure of is a filter of the list, and companies named by people only are found', async () => {
  await open('/people');
  await page.getByRole('button', { name: /unsure details/i }).click();
  await page.getByText('1 person', { exact: true }).waitFor();
  await page.getByRole('row', { name: /Grace Hopper/ }).waitFor();
  await open('/organizations');
  await page.getByRole('region', { name: /named on people/i }).waitFor();
  await expectAccessible(page, 'organisations');
  await page.getByRole('link', { name: 'Analytical Engines' }).click();
  await page.getByRole('row', { name: /Ada Lovelace/ }).waitFor();
});

test('a correction is given back to its source from the history, long after it was made', async () => {
  await page.getByRole('row', { name: /Ada Lovelace/ }).click();
  const panel = page.getByRole('complementary').last();
  await panel.getByRole('button', { name: /edit.*countess|countess.*edit|change.*countess/i }).click();
  await panel.getByRole('textbox', { name: /title/i }).fill('Programmer');
  await panel.getByRole('button', { name: /^save$/i }).click();
  await panel.getByText('Programmer', { exact: true }).waitFor();
  await page.reload();
  await page.getByRole('button', { name: /give it back to its source/i }).click();
  await page.getByText(/what the source said stands there again/i).waitFor();
  expect(await page.getByRole('button', { name: /give it back to its source/i }).count()).toBe(0);
});

test('an empty book goes with one click and comes back with another', async () => {
  await open('/settings/books');
  await page.getByRole('button', { name: /new book/i }).click();
  await page.getByLabel(/name of the book/i).fill('Clients');
  await page.getByRole('button', { name: /create the book/i }).click();
  const book = page.getByRole('region', { name: 'Clients' });
  await book.waitFor();
  await expectAccessible(page, 'books');
  await book.getByRole('button', { name: /delete the empty book/i }).click();
  await book.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: /^undo$/i }).click();
  await book.waitFor();
});

test('a server that does not answer is told of, nothing typed is lost, and the word goes away when it is back', async () => {
  await open('/people');
  await page.getByRole('button', { name: /new contact/i }).click();
  const given = page.getByLabel(/first name|given name/i);
  await given.fill('Joséphine');
  await story.product.stop('SIGKILL');
  const word = page.getByText(/entregent does not answer/i);
  await word.waitFor({ timeout: 30_000 });
  await expectAccessible(page, 'lost');
  await story.restart();
  await word.waitFor({ state: 'detached' });
  expect(await given.inputValue()).toBe('Joséphine');
});
