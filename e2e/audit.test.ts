import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { expectAccessible, keepScreenshot } from './browser.ts';
import { password, stageStory } from './story.ts';

// Louis opens what Claire lends. Both see who used it; Claire, who oversees, sees how often, has the seals checked and takes the audit along.

const story = stageStory();
let personId: string;

test('who holds a contact sees who used it, and who used it what they did themselves', async () => {
  await story.begin('Claire Delmas');
  await story.join('Louis Martin', { locale: 'fr-FR', colorScheme: 'dark', viewport: { width: 390, height: 844 } });
  const fields = [{ kind: 'name', value: { given: 'Ada', family: 'Lovelace' } }];
  ({ id: personId } = await story.send<{ id: string }>('Claire', 'POST', '/cards', { fields }));
  const books = await story.send<{ items: { id: string }[] }>('Claire', 'GET', '/books');
  const lent = { grantee: { kind: 'workspace' }, acts: ['read'] };
  await story.send('Claire', 'POST', `/books/${books.items[0]!.id}/grants`, lent);

  const phone = await story.at('Louis', `/people/${personId}`);
  await phone.getByRole('heading', { name: 'Ada Lovelace', level: 1 }).waitFor();
  await phone.getByRole('button', { name: /Qui s’est servi de ce contact/ }).click();
  await phone.getByText('Louis Martin : a ouvert.').waitFor();
  await expectAccessible(phone, 'who used a contact, dark, phone');
  await keepScreenshot(phone, 'uses of a person phone');

  const page = await story.at('Claire', `/people/${personId}`);
  await page.getByRole('button', { name: 'Who has used this contact?' }).click();
  await page.getByText('Louis Martin: opened.').waitFor();
});

test('who oversees sees how often, not which; that she looked stands in the audit, which she takes along', async () => {
  const page = await story.at('Claire', '/settings/audit');
  await page.getByText('Nothing is sealed yet').waitFor();
  await page.getByLabel('Member', { exact: true }).selectOption({ label: 'Louis Martin' });
  await page.getByText('Louis Martin: opened (one contact). Lent by Claire Delmas.').waitFor();
  expect(await page.getByText('Lovelace').count()).toBe(0);
  await page.getByRole('button', { name: 'Check the seals' }).click();
  await page.getByText(/^Checked on/).waitFor();
  await expectAccessible(page, 'the audit');
  await keepScreenshot(page, 'audit');
  await page.reload();
  await page.getByText('Claire Delmas looked at what Louis Martin did with contacts of others').waitFor();
  const downloading = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download all (CSV)' }).click();
  const csv = readFileSync(await (await downloading).path(), 'utf8');
  expect(csv).toContain(',uses.read,Louis Martin,');
});

test('Louis is told that somebody signed in as him from another browser', async () => {
  const email = (await story.send<{ email: string }>('Louis', 'GET', '/me')).email;
  const elsewhere = await story.open('Nobody');
  await elsewhere.goto(story.product.url);
  await elsewhere.getByLabel('E-mail').fill(email);
  await elsewhere.getByLabel('Password', { exact: true }).fill(password);
  await elsewhere.getByRole('button', { name: 'Sign in', exact: true }).click();
  await elsewhere.getByRole('heading', { level: 1 }).waitFor();
  const phone = await story.at('Louis', '/notices');
  await phone.getByText(/Votre compte a été ouvert dans un navigateur inconnu/).waitFor();
});
