import { beforeAll, expect, test } from 'vitest';
import { expectAccessible } from './browser.ts';
import { stageStory } from './story.ts';

// Claire looks for a way to somebody; it leads through Louis to a contact that he lends. She asks, he accepts; Emma, who hides, is no way.

const story = stageStory();

async function lend(who: string, given: string, family: string, organization: string): Promise<void> {
  const fields = [
    { kind: 'name', value: { given, family } },
    { kind: 'organization', value: { name: organization } },
    { kind: 'title', value: { value: 'Directrice financière' } },
    { kind: 'email', value: { value: `${given}.${family}@duval.example`.toLowerCase(), type: 'work' } },
  ];
  await story.send(who, 'POST', '/cards', { fields });
  const { items } = await story.send<{ items: { id: string }[] }>(who, 'GET', '/books');
  const grant = { grantee: { kind: 'workspace' }, acts: ['discover', 'read'] };
  await story.send(who, 'POST', `/books/${items[0]!.id}/grants`, grant);
}

beforeAll(async () => {
  await story.begin('Claire Delmas');
  await story.join('Louis Martin', { locale: 'fr-FR', colorScheme: 'dark', viewport: { width: 390, height: 844 } });
  await story.join('Emma Petit');
  await lend('Louis', 'Hedy', 'Lamarr', 'Aciéries Duval');
  await lend('Emma', 'Ada', 'Lovelace', 'Duval Conseil');
});

test('Louis says, on his phone, how well he knows whom he lends', async () => {
  const page = await story.at('Louis', '/network/ties');
  await page.getByLabel('Parmi ceux que je connais, mes collègues découvrent').selectOption('strength');
  await page.getByText('avec la force du lien (fort, bon ou faible)', { exact: false }).waitFor();
  await expectAccessible(page, 'my ties, dark, phone');
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
});

test('Emma wants to be a way to nobody', async () => {
  const page = await story.at('Emma', '/network/ties');
  await page.getByLabel('Of whom I know, colleagues learn').selectOption('nothing');
  await page.getByText('You show as a way to nobody', { exact: false }).waitFor();
});

test('Claire looks for a finance director at a company, finds the way through Louis, and asks him', async () => {
  const page = await story.at('Claire', '/network');
  await page.getByRole('searchbox', { name: 'Whom are you looking for?' }).fill('financière Duval');
  await page.getByRole('searchbox', { name: 'Whom are you looking for?' }).press('Enter');
  const hedy = page.getByRole('region', { name: 'Hedy Lamarr' });
  await hedy.getByText('Louis Martin', { exact: true }).waitFor();
  await page.getByRole('region', { name: 'Ada Lovelace' }).getByText('There is no way to this person').waitFor();
  expect(await page.getByText('Emma').count()).toBe(0);
  await hedy.getByRole('button', { name: /^Why/ }).click();
  await page.getByText('Louis Martin holds a card of Hedy Lamarr', { exact: false }).waitFor();
  await page.keyboard.press('Escape');
  await expectAccessible(page, 'ways to people');
  await hedy.getByRole('button', { name: 'Ask Louis Martin' }).click();
  const form = page.getByRole('dialog');
  expect(await form.getByLabel('Your message').inputValue()).toContain('introduce me to Hedy Lamarr');
  await expectAccessible(page, 'asking along a way');
  await form.getByRole('button', { name: 'Send the request' }).click();
  await page.getByText('Louis Martin is asked.', { exact: false }).waitFor();
});

test('Louis passes it on, and Claire hears of it', async () => {
  const page = await story.at('Louis', '/introductions/asked');
  await page.getByText('Hedy Lamarr').first().waitFor();
  await page.getByText('Transmettre le message').first().click();
  await page.getByRole('button', { name: 'J’ai transmis le message' }).click();
  const claire = await story.at('Claire', '/introductions');
  await claire.getByText('Louis Martin passed your message on', { exact: false }).waitFor();
});

test('what is near to somebody is shown with its reason, and stays away once dismissed', async () => {
  const { items } = await story.send<{ items: { id: string }[] }>('Claire', 'GET', '/people?q=Hedy');
  const hedy = items[0]!.id;
  await story.send('Louis', 'POST', '/cards', {
    fields: [
      { kind: 'name', value: { given: 'Grace', family: 'Hopper' } },
      { kind: 'organization', value: { name: 'Aciéries Duval' } },
      { kind: 'email', value: { value: 'grace.hopper@duval.example' } },
    ],
  });
  await story.send('Claire', 'POST', '/cards', {
    fields: [
      { kind: 'name', value: { given: 'Grace', family: 'Hopper' } },
      { kind: 'organization', value: { name: 'Aciéries Duval' } },
      { kind: 'email', value: { value: 'grace.hopper@duval.example' } },
    ],
  });
  const page = await story.at('Claire', `/people/${hedy}`);
  const near = page.getByRole('region', { name: 'Near them' });
  await near.getByText('Works where Hedy Lamarr does', { exact: false }).waitFor();
  await expectAccessible(page, 'near contacts');
  await near.getByRole('button', { name: 'Do not show Grace Hopper here again' }).click();
  await page.getByText('Grace Hopper is not shown here again.').waitFor();
  expect(await near.count()).toBe(0);
  await page.getByRole('button', { name: 'Undo' }).click();
  await near.getByRole('link', { name: 'Grace Hopper' }).waitFor();
});

test('Claire ties a contact of hers to Hedy on her page, which makes a way of her own', async () => {
  const { items } = await story.send<{ items: { id: string }[] }>('Claire', 'GET', '/people?q=Grace');
  const { id } = items[0]!;
  const page = await story.at('Claire', `/people/${id}`);
  await page.getByRole('button', { name: 'Add a tie' }).click();
  const form = page.getByRole('dialog');
  await form.getByRole('combobox', { name: 'The other person' }).fill('Hedy');
  await page.getByRole('option', { name: /Hedy Lamarr/ }).click();
  await form.getByLabel('How strong').selectOption('strong');
  await form.getByRole('button', { name: 'Save the tie' }).click();
  const ties = page.getByRole('region', { name: 'Ties' });
  await ties.getByRole('link', { name: 'Hedy Lamarr' }).click();
  await page.getByRole('button', { name: 'Who can introduce me to Hedy Lamarr?' }).click();
  await page.getByRole('button', { name: 'Write to Grace Hopper' }).waitFor();
  await expectAccessible(page, 'a person with ties and ways');
});

test('Claire sees her network drawn, with the accounts behind it, wide and on Louis’ phone', async () => {
  const page = await story.at('Claire', '/network/picture');
  await page.locator('canvas[data-drawn]').waitFor();
  await page.getByRole('cell', { name: 'You' }).waitFor();
  await expectAccessible(page, 'a network drawn');
  await page.getByLabel('Whose network').selectOption('all');
  await page.getByRole('rowheader', { name: 'Aciéries Duval' }).waitFor();
  const phone = await story.at('Louis', '/network/picture');
  await phone.locator('canvas[data-drawn]').waitFor();
  expect(await phone.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
});
