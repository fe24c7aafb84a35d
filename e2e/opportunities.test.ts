import { beforeAll, expect, test } from 'vitest';
import { expectAccessible } from './browser.ts';
import { stageStory } from './story.ts';

// Claire brings her deals from a file, moves one on, names who decides, loses it and keeps the person warm; Louis sees what she shows him.

const story = stageStory();

const deals = [
  'Deal Name,Deal Stage,Amount,Close Date,Associated Company,Associated Contact,Record ID',
  'Turbine overhaul,Appointment Scheduled,"12,500.50",2030-06-30,Acme SA,hedy@lamarr.example,101',
  'Pump contract,Contract Sent,about 8000,2030-01-31,Globex,,102',
].join('\n');

beforeAll(async () => {
  await story.begin('Claire Delmas');
  await story.join('Louis Martin', { locale: 'fr-FR', colorScheme: 'dark', viewport: { width: 390, height: 844 } });
  const fields = [
    { kind: 'name', value: { given: 'Hedy', family: 'Lamarr' } },
    { kind: 'email', value: { value: 'hedy@lamarr.example' } },
  ];
  await story.send('Claire', 'POST', '/cards', { fields });
});

test('Claire sees what is understood of a file, says who sees it, and imports it', async () => {
  const page = await story.at('Claire', '/opportunities');
  await page.getByText('No opportunity here yet').waitFor();
  await page.getByRole('link', { name: 'Import a file' }).click();
  const file = { name: 'deals.csv', mimeType: 'text/csv', buffer: Buffer.from(deals) };
  await page.locator('input[type=file]').setInputFiles(file);
  await page.getByText('2 opportunities in “deals.csv”, written by HubSpot').waitFor();
  await page.getByText('Persons among your contacts: 1 of 1').waitFor();
  await page.getByText('1 line needs a look').click();
  await page.getByText('Line 3: this is no amount').waitFor();
  await page.getByLabel('Who sees the new ones').selectOption('Everybody in Exemple SA');
  await expectAccessible(page, 'what is understood of a file of opportunities');
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await page.getByText('2 new, 0 changed, 0 as they were.').first().waitFor();
});

test('she moves one on by the keyboard’s menu, and takes that back', async () => {
  const page = await story.at('Claire', '/opportunities');
  const column = (name: string) => page.getByRole('list', { name });
  await column('First contact').getByText('Turbine overhaul').waitFor();
  await expectAccessible(page, 'the board of opportunities');
  await page.getByRole('button', { name: 'Move “Turbine overhaul”' }).press('Enter');
  await page.getByRole('menuitem', { name: 'Proposal sent' }).click();
  await column('Proposal sent').getByText('Turbine overhaul').waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  await column('First contact').getByText('Turbine overhaul').waitFor();
});

test('what she types stays while Louis is quicker, and is kept at the second try', async () => {
  const page = await story.at('Claire', '/opportunities');
  await page.getByRole('link', { name: 'Pump contract' }).click();
  await page.getByRole('button', { name: 'Change' }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Note').fill('They want it by June.');
  const id = new URL(page.url()).pathname.split('/').at(-1)!;
  const { version } = await story.send<{ version: number }>('Louis', 'GET', `/opportunities/${id}`);
  await story.send('Louis', 'PATCH', `/opportunities/${id}`, { version, expectedOn: '2031-05-31' });
  await form.getByRole('button', { name: 'Save' }).click();
  await form.getByText(/Louis.* changed this opportunity on .*, while you were writing/).waitFor();
  expect(await form.getByLabel('Note').inputValue()).toBe('They want it by June.');
  await form.getByRole('button', { name: 'Save' }).click();
  await page.getByText('They want it by June.').waitFor();
  await page.getByText('May 31, 2031').waitFor();
});

test('she says what the person is in it and what she thinks, then loses it: the person stays', async () => {
  const page = await story.at('Claire', '/opportunities');
  await page.getByRole('link', { name: 'Turbine overhaul' }).click();
  await page.getByRole('button', { name: 'What to do about Hedy Lamarr' }).click();
  await page.getByRole('menuitem', { name: 'Roles' }).click();
  const part = page.getByRole('dialog');
  await part.getByRole('combobox', { name: 'Roles' }).press('ArrowDown');
  await page.getByRole('option', { name: 'Decision maker' }).click();
  await part.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Viewpoints on Hedy Lamarr in this opportunity').click();
  await page.getByRole('button', { name: 'Say what I think' }).click();
  await page.getByRole('dialog').getByLabel('Stance').selectOption('For us');
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await page.getByRole('cell', { name: 'For us' }).waitFor();
  await expectAccessible(page, 'the page of an opportunity');
  await page.getByRole('button', { name: 'Lost', exact: true }).click();
  const closing = page.getByRole('dialog');
  await closing.getByRole('combobox', { name: 'Why' }).press('ArrowDown');
  await page.getByRole('option', { name: 'A competitor' }).click();
  await expectAccessible(page, 'losing an opportunity');
  await closing.getByRole('button', { name: 'Save' }).click();
  await page
    .getByText(/An informal word is planned for/)
    .first()
    .waitFor();
  await page.getByRole('link', { name: 'Tasks' }).click();
  await page.getByText('An informal word after “Turbine overhaul”, asking for nothing').waitFor();
  await page.getByRole('link', { name: 'Hedy Lamarr' }).click();
  await page.getByRole('link', { name: 'Turbine overhaul' }).waitFor();
});

test('she draws the power map of it: the person stands there with the role and the stance said in it', async () => {
  const page = await story.at('Claire', '/opportunities?state=lost');
  await page.getByRole('link', { name: 'Turbine overhaul' }).click();
  await page.getByRole('link', { name: 'Power map' }).click();
  await page.getByText('No map yet').waitFor();
  await page.getByRole('button', { name: 'New map' }).click();
  await page.getByLabel('What it is about').fill('Second try');
  await page.getByRole('button', { name: 'Begin' }).click();
  await page.getByRole('button', { name: /^Hedy Lamarr.*for us \(as I think\), decision maker/ }).waitFor();
  await page.getByText('Nobody who holds the budget is known here.').waitFor();
  await expectAccessible(page, 'the power map of an opportunity');
  await page.getByRole('link', { name: 'Turbine overhaul' }).click();
  await page.getByText('Viewpoints on Hedy Lamarr in this opportunity').waitFor();
});

test('Louis sees what is shown to him, in French, in the dark, on a phone, and no contact of hers', async () => {
  const page = await story.at('Louis', '/opportunities?state=lost');
  await page.getByRole('link', { name: 'Turbine overhaul' }).click();
  await page.getByText('Personne n’est nommé pour l’instant.').waitFor();
  await page.getByText('Tout le monde dans Exemple SA la voit.').waitFor();
  expect(await page.getByRole('link', { name: 'Hedy Lamarr' }).count()).toBe(0);
  await expectAccessible(page, 'an opportunity, dark, phone');
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  await page.getByRole('link', { name: 'Carte de pouvoir' }).click();
  await page.getByText('Il n’y a encore personne à dessiner').waitFor();
  await expectAccessible(page, 'no power map of an opportunity yet, dark, phone');
});
