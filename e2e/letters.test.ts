import { readFile } from 'node:fs/promises';
import { extractText, getDocumentProxy } from 'unpdf';
import { beforeAll, expect, test } from 'vitest';
import { expectAccessible } from './browser.ts';
import { stageStory } from './story.ts';

// On paper: Claire says what stands at the top of letters, Bruno writes one and sees it as a sheet, plans a campaign by letter, prints what was made of it and posts it.

const { at, begin, join, page, send } = stageStory();
const today = () => new Date().toISOString().slice(0, 10);
let campaignUrl = '';
let hedy = '';

beforeAll(async () => {
  await begin('Claire Delmas');
  await join('Bruno Petit');
  const members = await send<{ items: { id: string; name: string }[] }>('Claire', 'GET', '/members');
  const objective = await send<{ id: string }>('Claire', 'PUT', '/plan/objectives', {
    ...{ name: 'Keep twelve customers', kind: 'keeping', measuredBy: 'hand', unit: 'customers' },
    ...{ from: 0, to: 12, startsOn: '2026-01-01', dueOn: '2027-12-31' },
  });
  await send('Claire', 'PUT', '/plan/programmes', {
    ...{ name: 'Staying in touch', objectiveIds: [objective.id] },
    ownerId: members.items.find(({ name }) => name === 'Bruno Petit')!.id,
  });
  const cards: { id: string }[] = [];
  for (const [given, postcode, city] of [
    ['Hedy', '69003', 'Lyon'],
    ['Ada', '33000', 'Bordeaux'],
    ['Grace', null, null],
  ])
    cards.push(
      await send<{ id: string }>('Bruno', 'POST', '/cards', {
        fields: [
          { kind: 'name', value: { given, family: 'Machine' } },
          { kind: 'organization', value: { name: 'Hop SA' } },
          ...(postcode
            ? [{ kind: 'address', value: { street: '12 rue de la Paix', postcode, city, country: 'FR', type: 'work' } }]
            : []),
        ],
      }),
    );
  hedy = cards[0]!.id;
  await send('Bruno', 'POST', '/segments', {
    ...{ name: 'Customers of Hop', kind: 'filter', filter: 'organization contains "Hop"', audience: { kind: 'mine' } },
  });
});

test('Claire says what stands at the top of each letter', async () => {
  const claire = await at('Claire', '/plan/content/style');
  const letterhead = claire.getByRole('form', { name: 'Letterhead' });
  await letterhead.getByLabel('Address of the sender').fill('8 place Bellecour\n69002 Lyon');
  await letterhead.getByLabel('Town from which you write').fill('Lyon');
  await letterhead.getByRole('button', { name: /save/i }).click();
  await claire.getByText('The letterhead is saved.').waitFor();
  await expectAccessible(claire, 'the letterhead');
  await claire.screenshot({ path: 'test-results/letterhead.png', fullPage: true });
});

test('Bruno writes a letter, and sees the sheet', async () => {
  const bruno = await at('Bruno', '/plan/content');
  await bruno.getByRole('button', { name: 'New content' }).click();
  await bruno.getByLabel('What it is').selectOption({ label: 'Letter on paper' });
  await bruno.getByLabel('Name, for colleagues').fill('Wishes');
  await bruno.getByRole('button', { name: 'Begin', exact: true }).click();
  await bruno.getByRole('heading', { name: 'Wishes' }).waitFor();
  await bruno.getByText('French', { exact: true }).click();
  await bruno.getByRole('button', { name: 'Begin with an empty page' }).click();
  await bruno.getByLabel('Subject', { exact: true }).fill('Nos vœux');
  await bruno.getByRole('button', { name: /^Text/ }).first().click();
  await bruno
    .getByRole('textbox', { name: 'Text' })
    .fill('Bonjour {{ person.givenName | default: "à vous" }},\n\nVoici **nos vœux**.');
  await bruno.getByText('Nothing to mend.').waitFor();
  await bruno.getByRole('status').getByText('Saved', { exact: true }).waitFor();
  await bruno.getByRole('button', { name: 'Add a block' }).click();
  expect(await bruno.getByRole('menuitem').allTextContents()).not.toContain('Button');
  await bruno.keyboard.press('Escape');
  await expectAccessible(bruno, 'the editor of a letter');
  await bruno.waitForTimeout(3000);
  await bruno.screenshot({ path: 'test-results/letter-editor.png', fullPage: true });
  const { items } = await send<{ items: { id: string }[] }>('Bruno', 'GET', '/contents');
  const { edition } = await send<{ edition: number }>('Bruno', 'GET', `/contents/${items[0]!.id}`);
  await send('Bruno', 'PATCH', `/contents/${items[0]!.id}`, { edition, audience: { kind: 'workspace' } });
});

test('he plans a campaign by letter, and Claire approves it', async () => {
  const bruno = await at('Bruno', '/plan');
  await bruno.getByRole('button', { name: 'New campaign in Staying in touch' }).click();
  const campaign = bruno.getByRole('dialog');
  await campaign.getByLabel('Name').fill('Wishes by post');
  await campaign.getByLabel('Planned day').fill(today());
  await campaign.getByLabel('Channel').selectOption({ label: 'letter' });
  await campaign.getByLabel('For a segment').selectOption({ label: 'Customers of Hop' });
  await campaign.getByRole('button', { name: 'Save' }).click();
  await bruno.getByRole('link', { name: 'Wishes by post' }).click();
  await bruno.getByText('Nothing has been chosen to be sent yet.').waitFor();
  campaignUrl = new URL(bruno.url()).pathname;
  await bruno.getByRole('button', { name: 'Choose what is sent' }).click();
  const form = bruno.getByRole('dialog');
  await form.getByLabel('Content').selectOption({ label: 'Wishes (Letter on paper)' });
  await expectAccessible(bruno, 'what a campaign by letter sends');
  await bruno.screenshot({ path: 'test-results/letter-sending.png', fullPage: true });
  await form.getByRole('button', { name: 'Save' }).click();
  await bruno.getByRole('button', { name: 'Who would get it?' }).click();
  await bruno.getByText('2 of 3 people would get it.').waitFor();
  for (const step of ['Brief', 'Content', 'Check']) await bruno.getByRole('button', { name: `Done: ${step}` }).click();
  const claire = await at('Claire', campaignUrl);
  await claire.getByRole('button', { name: 'Done: Approval' }).click();
  await claire.getByText(/^Approved/).waitFor();
});

test('the letters are made in the order of the post, printed, and posted', async () => {
  const bruno = await at('Bruno', campaignUrl);
  await bruno.getByRole('button', { name: 'Start', exact: true }).click();
  await bruno.getByRole('dialog').getByRole('button', { name: /now/i }).click();
  const letters = bruno.getByRole('region', { name: 'Letters to post' });
  const file = letters.getByRole('button', { name: /download|print/i });
  await file.waitFor({ timeout: 30_000 });
  await expectAccessible(bruno, 'letters to post');
  await bruno.screenshot({ path: 'test-results/letter-batch.png', fullPage: true });
  const [download] = await Promise.all([bruno.waitForEvent('download'), file.click()]);
  expect(download.suggestedFilename()).toBe('Batch 1.pdf');
  const { text } = await extractText(await getDocumentProxy(new Uint8Array(await readFile(await download.path()))));
  expect(text).toHaveLength(2);
  expect(text[0]).toContain('33000 BORDEAUX');
  expect(text[0]).toContain('Bonjour Ada');
  expect(text[1]).toContain('69003 LYON');
  for (const words of ['8 place Bellecour', 'Voici nos vœux.', 'Nos vœux']) expect(text[1]).toContain(words);
  await send('Bruno', 'DELETE', `/cards/${hedy}`, {});
  await file.click();
  await bruno.getByText(/An address was withdrawn since these letters were made/).waitFor();
  await send('Bruno', 'POST', `/cards/${hedy}/restore`, {});
  await letters.getByRole('button', { name: /posted/i }).click();
  await bruno
    .getByText(/2 letters/)
    .first()
    .waitFor();
});

test('on a phone, in French, it stands as well', async () => {
  const bruno = page('Bruno');
  await bruno.setViewportSize({ width: 390, height: 844 });
  await send('Bruno', 'PATCH', '/me', { locale: 'fr' });
  await at('Bruno', campaignUrl);
  await bruno.getByRole('region', { name: 'Lettres à poster' }).waitFor();
  await expectAccessible(bruno, 'letters on a phone');
  const [wide, shown] = await bruno.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
  expect(wide).toBeLessThanOrEqual(shown!);
  await bruno.screenshot({ path: 'test-results/letter-phone.png', fullPage: true });
});
