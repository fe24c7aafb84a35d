import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectAccessible } from './browser.ts';
import { stageStory } from './story.ts';

// Claire makes a group, adds people by hand and from a list of addresses, and says that she belongs; Louis sees of it what he may.

const story = stageStory();
const folder = mkdtempSync(join(tmpdir(), 'entregent-groups-'));
const list = join(folder, 'guests.csv');
let person = '';

beforeAll(async () => {
  await story.begin('Claire Delmas');
  await story.join('Louis Martin', { locale: 'fr-FR', colorScheme: 'dark', viewport: { width: 390, height: 844 } });
  const card = (given: string, family: string, email: string, bookId?: string) =>
    story.send<{ id: string }>('Claire', 'POST', '/cards', {
      bookId,
      fields: [
        { kind: 'name', value: { given, family } },
        { kind: 'email', value: { value: email } },
      ],
    });
  const { id: bookId } = await story.send<{ id: string }>('Claire', 'POST', '/books', { name: 'Lent' });
  const grant = { grantee: { kind: 'workspace' }, acts: ['discover', 'read'] };
  await story.send('Claire', 'POST', `/books/${bookId}/grants`, grant);
  person = (await card('Hedy', 'Lamarr', 'hedy@lamarr.example', bookId)).id;
  await card('Ada', 'Lovelace', 'ada@lovelace.example', bookId);
  await card('Alan', 'Turing', 'alan@turing.example');
  writeFileSync(list, 'Name;E-mail\nAda;ada@lovelace.example\nAlan;alan@turing.example\nGrace;grace@hopper.example\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('Claire makes a group and adds people, one by one and from a file', async () => {
  const page = await story.at('Claire', '/groups');
  await page.getByText('No group yet').waitFor();
  await page.getByRole('button', { name: 'New group' }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Name').fill('Inventors club');
  await form.getByLabel('Kind').selectOption('Association');
  await expectAccessible(page, 'making a group');
  await form.getByRole('button', { name: 'Make the group' }).click();
  await page.getByText('You see nobody in it yet.').waitFor();
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Add people' }).click();
  await page.getByLabel('Name, company or address').fill('lamarr');
  await page.getByRole('button', { name: 'Add Hedy Lamarr' }).click();
  await page.getByRole('dialog').getByText('Added').waitFor();
  await expectAccessible(page, 'adding people');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Add from a file' }).click();
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Choose a file' }).click();
  await (await chooser).setFiles(list);
  await page.getByRole('dialog').getByText('2 people added.').waitFor();
  await page.getByText('1 address that no contact that you see has').click();
  await page.getByText('Row 4: grace@hopper.example').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'I belong' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'I belong' }).click();
  await page.getByRole('heading', { name: 'Who belongs (3)' }).waitFor();
  await expectAccessible(page, 'a group');
});

test('Louis sees those whom he may read, in French, in the dark, on a phone, and who can introduce him', async () => {
  const page = await story.at('Louis', '/groups');
  await page.getByText('2 personnes que vous voyez').waitFor();
  await expectAccessible(page, 'groups, dark, phone');
  await page.getByRole('link', { name: 'Inventors club' }).click();
  await page.getByRole('link', { name: 'Hedy Lamarr' }).waitFor();
  expect(await page.getByText('Alan').count()).toBe(0);
  await story.at('Louis', `/people/${person}`);
  await page.getByText('Des nôtres : Claire Delmas.').waitFor();
  await page.getByRole('link', { name: 'Ada Lovelace' }).first().waitFor();
  await page.getByRole('button', { name: 'Ajouter à un groupe' }).click();
  await page.getByRole('dialog').getByLabel('Groupe').waitFor();
  await expectAccessible(page, 'choosing a group');
  await page.getByRole('dialog').getByRole('button', { name: 'Fermer' }).click();
  await expectAccessible(page, 'groups of a person, dark, phone');
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
});

test('Claire takes somebody out, and it comes back with Undo', async () => {
  const page = await story.at('Claire', '/groups');
  await page.getByRole('link', { name: 'Inventors club' }).click();
  await page.getByRole('button', { name: 'To do with Hedy Lamarr' }).click();
  await page.getByRole('menuitem', { name: 'Take out of the group' }).click();
  await page.getByRole('heading', { name: 'Who belongs (2)' }).waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('heading', { name: 'Who belongs (3)' }).waitFor();
});
