import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MailSink, openMailSink } from '../server/outreach/testing.ts';
import { expectAccessible } from './browser.ts';
import { stageStory } from './story.ts';

// Claire writes into the dictionary what the company wants to know, plans where to ask it, tests a question on a form with one half of the visitors;
// two answer it, which stands on their pages as their own word; progress rises, and she decides.

const story = stageStory();
let sink: MailSink;
let formUrl = '';

beforeAll(async () => {
  sink = await openMailSink();
  await story.begin('Claire Delmas');
  await story.send('Claire', 'PUT', '/mail', {
    ...{ host: '127.0.0.1', port: sink.port, security: 'none', username: null, senderName: 'Exemple SA' },
    ...{ senderAddress: 'bonjour@exemple.example', replyTo: null },
  });
  const me = await story.send<{ memberId: string }>('Claire', 'GET', '/me');
  const { id: bookId } = await story.send<{ id: string }>('Claire', 'POST', '/books', {
    ...{ name: 'From the site', stewardIds: [me.memberId] },
  });
  await story.send('Claire', 'POST', `/books/${bookId}/grants`, { grantee: { kind: 'workspace' }, acts: ['read'] });
  for (const at of [1, 2, 3, 4])
    await story.send('Claire', 'POST', '/cards', {
      bookId,
      fields: [
        { kind: 'name', value: { given: 'Known', family: `Already${at}` } },
        { kind: 'email', value: { value: `known${at}@client.example` } },
      ],
    });
  const both = (text: string) => ({ fr: text, en: text });
  const made = await story.send<{ pageUrl: string }>('Claire', 'POST', '/channels', {
    ...{ kind: 'form', name: 'Ask us', access: [{ kind: 'workspace' }] },
    settings: {
      ...{ title: both('Ask us'), bookId, profile: { most: 2 } },
      fields: [
        { key: 'name', kind: 'name' },
        { key: 'email', kind: 'email', required: true },
      ],
    },
  });
  formUrl = made.pageUrl;
});
afterAll(() => sink?.close());

test('Claire writes into the dictionary what the company wants to know, and why', async () => {
  const page = await story.at('Claire', '/knowledge/attributes');
  await page.getByText('Nothing stands here yet').waitFor();
  await expectAccessible(page, 'an empty dictionary');
  await page.getByRole('button', { name: 'New entry' }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Name', { exact: true }).fill('Season');
  await form.getByLabel('What it means').fill('When they buy most');
  await form.getByLabel('Kind').selectOption('choice');
  for (const [no, fr, en] of [
    [1, 'Printemps', 'Spring'],
    [2, 'Automne', 'Autumn'],
  ] as const) {
    await form.getByLabel(`Choice ${no} in French`).fill(fr);
    await form.getByLabel(`Choice ${no} in English`).fill(en);
  }
  await form.getByLabel('What it is for').fill('To write when it is useful');
  await expectAccessible(page, 'a new entry of the dictionary');
  await form.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { name: 'Season' }).waitFor();
  await page.getByText('To write when it is useful').waitFor();
  await expectAccessible(page, 'an entry of the dictionary');
});

test('she plans it: a need, the data, a touchpoint, and a question', async () => {
  const page = await story.at('Claire', '/knowledge/collection');
  await page.getByText('No plan yet').waitFor();
  await page.getByRole('button', { name: 'New data item' }).click();
  await page.getByRole('dialog').getByLabel('Data item', { exact: true }).selectOption({ label: 'Season' });
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: 'New touchpoint' }).click();
  await page.getByRole('dialog').getByLabel('Where do we meet them?').fill('Site');
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await page.getByRole('columnheader', { name: /Site/ }).waitFor();
  await page.getByRole('button', { name: 'New need' }).click();
  const need = page.getByRole('dialog');
  await need.getByLabel('What is it for?').fill('Seasonal letters');
  await need.getByLabel('Wanted of how many contacts').fill('60');
  await need.getByRole('combobox', { name: 'It asks for' }).click();
  await page.getByRole('option', { name: 'Season' }).click();
  await need.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Seasonal letters').waitFor();
});

test('what the plan asks for and nothing brings yet is a gap on the map of data, and leaves as a file', async () => {
  const page = await story.at('Claire', '/quality/map');
  await page.getByText('Systems', { exact: true }).first().click();
  const gaps = page.getByRole('region', { name: 'What the collection plan asks for and is missing' });
  await gaps.getByText('No source, no system and no mechanism brings it.').waitFor();
  await page.getByRole('link', { name: 'Season, Wanted, from nowhere' }).waitFor();
  await expectAccessible(page, 'gaps of the plan on the map');
  await page.screenshot({ path: 'test-results/map-gaps.png', fullPage: true });
  await page.getByRole('button', { name: 'Export' }).click();
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'Gaps as CSV' }).click(),
  ]);
  expect(await readFile(await file.path(), 'utf8')).toContain('Season,Seasonal letters');
});

test('a question is proposed, studied and tested', async () => {
  const page = await story.at('Claire', '/knowledge/collection');
  await page.getByRole('button', { name: 'Propose how to collect: Season, Site' }).click();
  await page.getByRole('dialog').getByLabel('The idea').fill('One question on the contact form');
  await page.getByRole('dialog').getByRole('button', { name: 'Propose' }).click();
  await page.getByRole('heading', { name: 'Season, Site' }).waitFor();
  await page.getByRole('button', { name: 'Study' }).click();
  const study = page.getByRole('dialog');
  await study.getByLabel('The question in French').fill('Quand achetez-vous le plus ?');
  await study.getByLabel('The question in English').fill('When do you buy most?');
  await study.getByLabel('Feasible for the business').selectOption('5');
  await study.getByLabel('Cost in euros').fill('40');
  await expectAccessible(page, 'studying a mechanism');
  await study.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: 'Test with one half' }).click();
  await page.getByText('Form question, in test').waitFor();
  await expectAccessible(page, 'a mechanism in test');
});

/** Opens the form until the lot falls on being asked. */
async function openAsked(page: Page): Promise<void> {
  for (let at = 0; at < 40; at++) {
    await page.goto(`${formUrl}?lang=en`);
    await page.getByRole('heading', { name: 'Ask us' }).waitFor();
    if ((await page.getByText('When do you buy most?').count()) > 0) return;
  }
  throw new Error('The lot never fell on being asked.');
}

test('two visitors are asked and answer, without a script, and confirm', async () => {
  for (const [name, email, season] of [
    ['Léa Moreau', 'lea@client.example', 'Spring'],
    ['Noé Petit', 'noe@client.example', 'Autumn'],
  ] as const) {
    const page = await story.open('Visitor', { javaScriptEnabled: false, viewport: { width: 390, height: 844 } });
    await openAsked(page);
    await page.getByLabel('Your name').fill(name);
    await page.getByLabel('E-mail address').fill(email);
    await page.getByRole('radio', { name: season }).check();
    await page.screenshot({ path: `test-results/form-missing-${season}.png`, fullPage: true });
    await page.waitForTimeout(2100);
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByRole('heading', { name: 'Thank you' }).waitFor();
    await expect.poll(() => sink.mails.filter(({ to }) => to[0] === email).length, { timeout: 15_000 }).toBe(1);
    const mail = sink.mails.find(({ to }) => to[0] === email)!;
    await page.goto(/https?:\/\/\S+\/forms\/confirm\/[\w-]+/.exec(mail.mail.text!)![0]);
    await page.getByRole('button', { name: 'Yes, it was me' }).click();
    await page.getByRole('heading', { name: 'Thank you, it is confirmed.' }).waitFor();
  }
});

test('what they answered stands on their page as their own word, and a colleague’s word beside it', async () => {
  const page = await story.at('Claire', '/people');
  await page.getByRole('link', { name: /Léa Moreau/ }).waitFor({ timeout: 30_000 });
  const { items } = await story.send<{ items: { id: string }[] }>('Claire', 'GET', '/people?q=Moreau');
  await story.at('Claire', `/people/${items[0]!.id}`);
  const known = page.getByRole('region', { name: 'What is known' });
  await known.getByText('Spring').waitFor();
  await known.getByRole('button', { name: 'Why Season?' }).click();
  await page.getByText('They said so themself.').waitFor();
  await page.getByText(/Themself, in a form/).waitFor();
  await expectAccessible(page, 'what is known of a person, and why');
  await page.keyboard.press('Escape');
  await known.getByRole('button', { name: 'Change: Season' }).click();
  await known.getByRole('combobox', { name: 'Season' }).selectOption('Autumn');
  await known.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Season: written on your card').waitFor();
  await known.getByText('Spring').waitFor();
});

test('progress rises, the test’s results say what they can, and the decision is recorded', async () => {
  const page = await story.at('Claire', '/knowledge/collection');
  await page.getByRole('button', { name: 'Count now' }).click();
  await page.getByText('Known of fewer than five').waitFor();
  const items = [1, 2, 3, 4].map((at) => ({ attribute: 'season', email: `known${at}@client.example`, value: 'a' }));
  await story.send('Claire', 'POST', '/attributes/values', { items });
  await page.getByRole('button', { name: 'Count now' }).click();
  await page.getByText('Known of 100% of 5').waitFor();
  await expectAccessible(page, 'the board of the plan');
  await page.getByRole('link', { name: /Form question/ }).click();
  await page.getByRole('row', { name: /Pages sent 2 0/ }).waitFor();
  await page.getByText('too few to tell').first().waitFor();
  await page.getByRole('button', { name: 'Roll out' }).click();
  await page.getByRole('dialog').getByLabel('Why?').fill('Everybody who is asked answers');
  await page.getByRole('dialog').getByRole('button', { name: 'Record the decision' }).click();
  await page.getByText(/Claire Delmas: Everybody who is asked answers/).waitFor();
  await expectAccessible(page, 'a mechanism that is rolled out');
});

test('capitals are put right in one go, and taken back in one go', async () => {
  await story.send('Claire', 'POST', '/cards', {
    fields: [{ kind: 'name', value: { given: 'ANNE', family: 'DE LA TOUR' } }],
  });
  const page = await story.at('Claire', '/quality/cleaning');
  await page.getByText('Anne de La Tour', { exact: true }).waitFor();
  await expectAccessible(page, 'tidying');
  await page.getByRole('button', { name: 'Tidy', exact: true }).click();
  await page.getByText('1 card changed').waitFor({ timeout: 15_000 });
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByText('undone', { exact: true }).waitFor({ timeout: 15_000 });
  await page.getByText('Anne de La Tour', { exact: true }).waitFor();
});

test('how far the plan is, and how segments grow, stands on the board', async () => {
  await story.send('Claire', 'POST', '/segments', {
    ...{ name: 'Everybody', kind: 'filter', filter: 'everyone', audience: { kind: 'workspace' } },
  });
  const page = await story.at('Claire', '/boards/plan');
  const plan = page.getByRole('region', { name: 'Collection plan, by need' });
  await plan.getByRole('link', { name: /Seasonal letters/ }).waitFor();
  await expect
    .poll(async () => {
      await page.reload();
      await plan.waitFor();
      return page.getByRole('region', { name: 'People in segments' }).getByRole('link').count();
    })
    .toBeGreaterThan(0);
  await expectAccessible(page, 'the plan on the board');
  await page.screenshot({ path: 'test-results/board-plan.png', fullPage: true });
});
