import { beforeAll, expect, test } from 'vitest';
import { expectAccessible } from './browser.ts';
import { stageStory } from './story.ts';

// Louis and Claire see one contact differently, side by side; what Louis keeps to himself, Claire does not see.

const story = stageStory();
let path = '';

beforeAll(async () => {
  await story.begin('Claire Delmas');
  await story.join('Louis Martin', { locale: 'fr-FR', colorScheme: 'dark', viewport: { width: 390, height: 844 } });
  const fields = [{ kind: 'name', value: { given: 'Hedy', family: 'Lamarr' } }];
  const { id } = await story.send<{ id: string }>('Claire', 'POST', '/cards', { fields });
  const { items } = await story.send<{ items: { id: string }[] }>('Claire', 'GET', '/books');
  const grant = { grantee: { kind: 'workspace' }, acts: ['discover', 'read'] };
  await story.send('Claire', 'POST', `/books/${items[0]!.id}/grants`, grant);
  path = `/people/${id}`;
});

test('Claire says what she thinks, and shares it', async () => {
  const page = await story.at('Claire', path);
  await page.getByText('Nobody has said what they think of Hedy Lamarr yet.').waitFor();
  await page.getByRole('button', { name: 'Say what I think' }).click();
  const form = page.getByRole('dialog');
  await form.getByRole('combobox', { name: 'Roles' }).press('ArrowDown');
  await page.getByRole('option', { name: 'Ally' }).click();
  await form.getByLabel('Stance').selectOption('For us');
  await form.getByLabel('Share with whoever may read this contact').check();
  await expectAccessible(page, 'saying what one thinks');
  await form.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('cell', { name: 'For us' }).waitFor();
});

test('Louis sees it otherwise, in French, in the dark, on a phone: where they differ is said', async () => {
  const page = await story.at('Louis', path);
  await page.getByRole('cell', { name: 'Allié' }).waitFor();
  await page.getByRole('button', { name: 'Donner mon regard' }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Position').selectOption('Contre nous');
  await form.getByLabel(/^Note/).fill('Signe avec un concurrent.');
  await form.getByRole('button', { name: 'Enregistrer' }).click();
  await page.getByText('avis divergents').waitFor();
  await expectAccessible(page, 'viewpoints side by side, dark, phone');
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
});

test('Claire does not see what he keeps to himself, and takes hers back', async () => {
  const page = await story.at('Claire', path);
  await page.getByRole('cell', { name: 'For us' }).waitFor();
  expect(await page.getByText('views differ').count()).toBe(0);
  expect(await page.getByText('concurrent').count()).toBe(0);
  await page.getByRole('button', { name: 'Change mine' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Take it back' }).click();
  await page.getByText('What we thought before').waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('cell', { name: 'For us' }).waitFor();
});
