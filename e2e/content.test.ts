import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { kindOfReady, readyKeys } from '../server/content/contract.ts';
import { type MailSink, openMailSink } from '../server/outreach/testing.ts';
import { expectAccessible } from './browser.ts';
import { stageStory } from './story.ts';

// Claire writes a mail in blocks by keyboard, sees it as Hedy does, mends what the checker finds, and has it sent to herself; the ready contents are looked at.

const { at, begin, join, open, page, send } = stageStory(['--private-network', '127.0.0.1']);
let sink: MailSink;

beforeAll(async () => {
  sink = await openMailSink();
  await begin('Claire Delmas');
  await send('Claire', 'PUT', '/mail', {
    ...{ host: '127.0.0.1', port: sink.port, security: 'none', username: null, replyTo: null },
    ...{ senderName: 'Exemple SA', senderAddress: 'crm@exemple.example' },
  });
  await send('Claire', 'POST', '/cards', {
    fields: [
      { kind: 'name', value: { given: 'Hedy', family: 'Lamarr' } },
      { kind: 'email', value: { value: 'hedy@hop.example', type: 'work' } },
      { kind: 'organization', value: { name: 'Hop & Fils' } },
    ],
  });
});
afterAll(() => sink?.close());

test('Claire writes a mail in blocks, by keyboard', async () => {
  const claire = await at('Claire', '/plan/content');
  await claire.getByRole('heading', { name: 'No content yet' }).waitFor();
  await expectAccessible(claire, 'no content');
  await claire.getByRole('button', { name: 'New content' }).press('Enter');
  await claire.getByLabel('Name, for colleagues').fill('Spring letter');
  await expectAccessible(claire, 'a new content');
  await claire.getByRole('button', { name: 'Begin', exact: true }).press('Enter');
  await claire.getByRole('heading', { name: 'Spring letter' }).waitFor();
  await claire.getByText('French', { exact: true }).click();
  await claire.getByRole('button', { name: 'Begin with an empty page' }).press('Enter');
  await claire.getByLabel('Subject', { exact: true }).fill('Le printemps chez nous');
  await claire.getByRole('button', { name: /^Text/ }).first().press('Enter');
  await claire
    .getByRole('textbox', { name: 'Text' })
    .fill('Bonjour {{ person.givenName }},\n\nVoyez [nos nouvelles](www.exemple.fr).');
  // A heading is added below, and brought up.
  await claire.getByRole('button', { name: 'Add a block' }).press('Enter');
  await claire.getByRole('menuitem', { name: 'Heading' }).press('Enter');
  await claire.getByRole('textbox', { name: 'Heading' }).fill('Le printemps arrive');
  const heading = claire.getByRole('button', { name: /^Heading/ });
  await heading.press('Alt+ArrowUp');
  await expect
    .poll(() => claire.getByRole('list', { name: 'Blocks' }).getByRole('button', { pressed: true }).textContent())
    .toContain('Le printemps');
  await expect
    .poll(() => claire.getByRole('list', { name: 'Blocks' }).locator('button[data-block]').allTextContents())
    .toEqual([expect.stringMatching(/^Heading/), expect.stringMatching(/^Text/)]);
  await claire.getByRole('status').getByText('Saved', { exact: true }).waitFor();
  await expectAccessible(claire, 'the editor');
  await claire.screenshot({ path: 'test-results/content-editor.png', fullPage: true });
});

test('a block that is removed is taken back, and what the checker finds is mended', async () => {
  const claire = page('Claire');
  await claire.getByRole('button', { name: /^Heading/ }).press('Delete');
  await claire.getByText('The block is removed.').waitFor();
  await claire.getByRole('button', { name: 'Undo' }).click();
  await claire.getByRole('button', { name: /^Heading/ }).waitFor();
  const findings = claire.getByRole('region', { name: 'What the checker says' });
  await findings.getByRole('button', { name: /“www.exemple.fr” is no whole address/ }).click();
  const text = claire.getByRole('textbox', { name: 'Text' });
  await text.fill((await text.inputValue()).replace('www.', 'https://www.'));
  await findings.getByText('is no whole address').waitFor({ state: 'detached' });
  await findings.getByText(/Whoever has no “First name” is set aside/).waitFor();
});

test('Claire sees it as Hedy does, on a phone, in the dark', async () => {
  const claire = page('Claire');
  const preview = claire.getByRole('region', { name: 'Preview' });
  await preview.getByText('Phone', { exact: true }).click();
  await preview.getByLabel('Dark').press('Space');
  await expect.poll(() => preview.getByLabel('Dark').isChecked()).toBe(true);
  await preview.getByRole('combobox', { name: 'As this contact reads it' }).fill('Lamarr');
  await claire.getByRole('option', { name: /Hedy Lamarr/ }).click();
  const mail = preview.locator('iframe').contentFrame();
  await mail.getByText('Bonjour Hedy,').waitFor();
  await expect
    .poll(() =>
      mail
        .locator('.sheet')
        .first()
        .evaluate((one) => getComputedStyle(one).backgroundColor),
    )
    .toBe('rgb(34, 32, 29)');
  expect(await preview.locator('iframe').evaluate((one) => one.clientWidth)).toBeLessThanOrEqual(375);
  await claire.screenshot({ path: 'test-results/content-preview-dark.png', fullPage: true });
});

test('the trial arrives, with HTML and a text made of the blocks', async () => {
  const claire = page('Claire');
  await claire.getByRole('button', { name: 'Send me a trial' }).click();
  await claire.getByText('The trial has left for claire@exemple.example.').waitFor();
  const { mail } = sink.mails.at(-1)!;
  expect(mail.subject).toBe('Trial: Le printemps chez nous');
  expect(mail.html).toContain('Bonjour Hedy,');
  expect(mail.text).toContain(
    '# Le printemps arrive\n\nBonjour Hedy,\n\nVoyez nos nouvelles (https://www.exemple.fr).',
  );
});

/** What a model answers that is played on loopback. */
let played = JSON.stringify({ tone: 'neutral', topics: [] });
let model: Server;
afterAll(() => model?.close());

test('other words are proposed once a model is switched on, and replace nothing but by a click', async () => {
  const claire = page('Claire');
  await claire.getByLabel('Subject', { exact: true }).waitFor();
  expect(await claire.getByRole('button', { name: 'Suggest other words' }).count()).toBe(0);
  model = createServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ choices: [{ message: { content: played } }] }));
    });
  });
  await new Promise<void>((done) => model.listen(0, '127.0.0.1', done));
  await send('Claire', 'PUT', '/voices/model', {
    ...{ url: `http://127.0.0.1:${(model.address() as AddressInfo).port}/v1`, name: 'small', asks: 'none' },
    ...{ suggests: true, mostADay: 100 },
  });
  const address = new URL(claire.url()).pathname;
  await at('Claire', address);
  await claire.getByText('French', { exact: true }).click();
  played = JSON.stringify({
    proposals: ['Chez nous, le printemps', 'Spring is here with all of us and for all of you'],
  });
  const subject = claire.getByLabel('Subject', { exact: true });
  await claire.getByRole('button', { name: 'Suggest other words' }).first().click();
  const proposals = claire.getByRole('region', { name: 'Suggestions' });
  await proposals.getByText('One suggestion. One was thrown away.').waitFor();
  expect(await subject.inputValue()).toBe('Le printemps chez nous');
  await expectAccessible(claire, 'suggestions');
  await claire.screenshot({ path: 'test-results/content-suggestions.png', fullPage: true });
  await proposals.getByRole('button', { name: 'Use it: suggestion 1' }).click();
  await expect.poll(() => subject.inputValue()).toBe('Chez nous, le printemps');
  await claire.getByText('The text is replaced.').waitFor();
  await claire.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => subject.inputValue()).toBe('Le printemps chez nous');
  await claire.getByRole('status').getByText('Saved', { exact: true }).waitFor();
});

test('what was said is kept as versions, and the other screens are usable', async () => {
  const claire = page('Claire');
  await claire.getByRole('button', { name: 'Versions' }).click();
  await claire.getByText('Version 1').waitFor();
  await expectAccessible(claire, 'versions');
  await claire.keyboard.press('Escape');
  for (const [path, title] of [
    ['parts', 'No reusable block yet'],
    ['images', 'No image yet'],
    ['style', 'Words to avoid'],
  ]) {
    await at('Claire', `/plan/content/${path}`);
    await claire.getByRole('heading', { name: title! }).waitFor();
    await expectAccessible(claire, path!);
    await claire.screenshot({ path: `test-results/content-${path}.png`, fullPage: true });
  }
});

test('an image is brought into the library and stands in the mail with its words', async () => {
  const claire = await at('Claire', '/plan/content/images');
  const octets = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
    'base64',
  );
  await claire.locator('input[type=file]').setInputFiles({ name: 'Logo.png', mimeType: 'image/png', buffer: octets });
  await claire.getByRole('button', { name: /^Logo/ }).click();
  const dialog = claire.getByRole('dialog');
  await dialog.getByText('In none of the contents you see.').waitFor();
  await dialog.getByLabel('What it shows, in French').fill('Notre logo');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await claire.getByText('Saved.').waitFor();
  await at('Claire', '/plan/content');
  await claire.getByRole('link', { name: /Spring letter/ }).click();
  await claire.getByRole('button', { name: 'Add a block' }).press('Enter');
  await claire.getByRole('menuitem', { name: 'Image' }).press('Enter');
  await claire.getByRole('button', { name: 'Choose an image' }).click();
  await claire.getByRole('dialog').getByRole('button', { name: /^Logo/ }).click();
  await expect
    .poll(() => claire.getByRole('textbox', { name: 'What it shows, in words' }).inputValue())
    .toBe('Notre logo');
  const shown = claire
    .getByRole('region', { name: 'Preview' })
    .locator('iframe')
    .contentFrame()
    .getByAltText('Notre logo');
  await expect.poll(() => shown.evaluate((one: HTMLImageElement) => one.naturalWidth)).toBe(1);
});

test('Claire writes an SMS and an agreed text: how long it is for Hedy, and how it is stopped, stands beside it', async () => {
  const claire = await at('Claire', '/plan/content');
  await claire.getByRole('button', { name: 'New content' }).press('Enter');
  await claire.getByLabel('What it is').selectOption('SMS');
  await claire.getByLabel('Begin from').selectOption('Reminder of an event');
  await claire.getByRole('button', { name: 'Begin', exact: true }).press('Enter');
  const preview = claire.getByRole('region', { name: 'Preview' });
  await preview.getByText(/^2 SMS for this reader/).waitFor();
  await preview.getByText('Reply STOP to opt out').waitFor();
  await claire.getByText('French', { exact: true }).click();
  await claire
    .getByRole('textbox', { name: 'Text 1' })
    .fill('Bonjour {{ person.givenName | default: "à vous" }}, bonne fête.');
  await preview.getByRole('combobox', { name: 'As this contact reads it' }).fill('Lamarr');
  await claire.getByRole('option', { name: /Hedy Lamarr/ }).click();
  await preview.getByText('Bonjour Hedy, bonne fête.').waitFor();
  await preview.getByText(/Unicode: 70 in one/).waitFor();
  await preview.getByLabel('It advertises').press('Space');
  await preview.getByText('répondez STOP').waitFor({ state: 'detached' });
  await claire.getByRole('button', { name: 'Add a text for some people' }).click();
  await claire.getByRole('textbox', { name: 'Text 2' }).fill('À Lyon aussi.');
  await claire.getByText('not in the 7-bit alphabet').waitFor();
  await expectAccessible(claire, 'the editor of an SMS');
  await claire.screenshot({ path: 'test-results/content-sms.png', fullPage: true });
  await at('Claire', '/plan/content');
  await claire.getByRole('button', { name: 'New content' }).click();
  await claire.getByLabel('What it is').selectOption('WhatsApp');
  await claire.getByLabel('Begin from').selectOption('Reminder of an event');
  await claire.getByRole('button', { name: 'Begin', exact: true }).press('Enter');
  await claire
    .getByRole('textbox', { name: 'The text as it was approved' })
    .fill('Hello {{1}}, see you on {{2}} at {{3}}, {{4}}.');
  await claire.getByText('Nothing is said to stand in place 4').click();
  await expect.poll(() => claire.evaluate('document.activeElement?.tagName')).toBe('INPUT');
  await claire.keyboard.type('please');
  await preview.getByText(/, please\.$/).waitFor();
  await expectAccessible(claire, 'the editor of an agreed text');
  await claire.screenshot({ path: 'test-results/content-whatsapp.png', fullPage: true });
});

test('a page is written, published with a form below it, opened by a stranger on a phone, and taken offline', async () => {
  const settings = {
    title: { en: 'Ask us', fr: 'Posez votre question' },
    intro: { en: 'We answer within two days.', fr: 'Nous répondons sous deux jours.' },
    fields: [
      { key: 'email', kind: 'email', required: true },
      { key: 'message', kind: 'message', required: true },
    ],
  };
  await send('Claire', 'POST', '/channels', {
    kind: 'form',
    name: 'Questions',
    settings,
    access: [{ kind: 'workspace' }],
  });
  const claire = await at('Claire', '/plan/content');
  await claire.getByRole('button', { name: 'New content' }).click();
  await claire.getByLabel('What it is').selectOption({ label: 'Web page' });
  await claire.getByLabel('Begin from').selectOption({ label: 'A page that invites questions' });
  await claire.getByLabel('Name, for colleagues').fill('Été 2027');
  await claire.getByRole('button', { name: 'Begin', exact: true }).click();
  await claire.getByRole('heading', { name: 'Été 2027' }).waitFor();
  const panel = claire.getByRole('region', { name: 'Publication' });
  await expect.poll(() => panel.getByLabel('Address').inputValue()).toBe('ete-2027');
  await panel.getByLabel('Form below the page').selectOption({ label: 'Questions' });
  await panel.getByRole('button', { name: 'Publish' }).click();
  await panel.getByText(/^Online: published on/).waitFor();
  await expectAccessible(claire, 'a page in the editor');
  await claire.screenshot({ path: 'test-results/content-page-editor.png', fullPage: true });
  const url = await panel.getByRole('link', { name: 'Open the page' }).getAttribute('href');
  const path = new URL(url!).pathname;
  for (const [name, colorScheme, locale] of [
    ['Light stranger', 'light', 'fr-FR'],
    ['Dark stranger', 'dark', 'en-GB'],
  ] as const) {
    // What calls itself a headless browser is a program, and not counted.
    const userAgent = 'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1';
    const stranger = await open(name, { viewport: { width: 390, height: 844 }, colorScheme, locale, userAgent });
    await stranger.goto(new URL(path, claire.url()).href);
    await stranger.getByRole('heading', { level: 1 }).waitFor();
    await stranger
      .getByRole('heading', { level: 2, name: locale === 'fr-FR' ? 'Posez votre question' : 'Ask us' })
      .waitFor();
    expect(await stranger.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    await expectAccessible(stranger, `a landing page, ${colorScheme}`);
    await stranger.screenshot({ path: `test-results/page-${colorScheme}-phone.png`, fullPage: true });
    if (colorScheme === 'dark') {
      await stranger.getByLabel('E-mail').fill('ada@stranger.example');
      await stranger.getByLabel(/message/i).fill('Is there a ramp?');
      await stranger.waitForTimeout(2100);
      await stranger.getByRole('button').click();
      await stranger.getByRole('heading', { name: /thank/i }).waitFor();
    }
  }
  await claire.reload();
  await claire.getByText('Opened 2 times.').waitFor();
  await claire.getByRole('button', { name: 'Take offline' }).click();
  await claire.getByText(/^Offline\. Last published/).waitFor();
  const gone = await fetch(new URL(path, claire.url()));
  expect(gone.status).toBe(404);
});

test('the editor is usable on a phone, in French and in the dark', async () => {
  const louis = await join('Louis Martin', {
    ...{ locale: 'fr-FR', colorScheme: 'dark', viewport: { width: 390, height: 844 } },
  });
  const { id } = await send<{ id: string }>('Louis', 'POST', '/contents', { name: 'Bienvenue', ready: 'welcome' });
  await at('Louis', `/plan/content/${id}`);
  await louis
    .getByRole('button', { name: /^Texte/ })
    .first()
    .click();
  await louis.getByRole('textbox', { name: 'Texte' }).waitFor();
  await louis.getByText('Rien à corriger.').waitFor();
  await expect.poll(() => louis.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
  await expectAccessible(louis, 'the editor on a phone');
  await louis.screenshot({ path: 'test-results/content-phone-fr.png', fullPage: true });
  for (const ready of ['news_sms', 'reminder_whatsapp'] as const) {
    const { id: short } = await send<{ id: string }>('Louis', 'POST', '/contents', { name: 'Rappel', ready });
    await at('Louis', `/plan/content/${short}`);
    await louis.getByText('Rien à corriger.').waitFor();
    await expect.poll(() => louis.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    await expectAccessible(louis, `the editor of ${ready} on a phone`);
    await louis.screenshot({ path: `test-results/content-${ready}-phone-fr.png`, fullPage: true });
  }
});

test('the ready contents can be read at 320 px, in the light and in the dark, in both languages', async () => {
  const reader = await open('Reader', { viewport: { width: 320, height: 700 } });
  for (const key of readyKeys.filter((one) => kindOfReady(one) === 'email')) {
    const { id } = await send<{ id: string }>('Claire', 'POST', '/contents', { name: key, ready: key });
    const { said } = await send<{ said: Record<string, object> }>('Claire', 'GET', `/contents/${id}`);
    for (const language of ['fr', 'en'])
      for (const dark of [false, true]) {
        const saying = said[language];
        const { mail, findings } = await send<{ mail: { html: string }; findings: { kind: string }[] }>(
          'Claire',
          'POST',
          '/contents/trial',
          { language, saying, dark },
        );
        // A newsletter asks its author for words, which stops it; nothing else does.
        expect(
          findings.filter(({ kind }) => kind !== 'unwritten'),
          key,
        ).toEqual([]);
        await reader.setContent(mail.html);
        expect(await reader.evaluate('document.documentElement.scrollWidth'), `${key} ${language}`).toBeLessThanOrEqual(
          320,
        );
        expect(await reader.locator('img:not([alt])').count()).toBe(0);
        await expectAccessible(reader, `${key} ${language} ${dark ? 'dark' : 'light'}`);
        if (key === 'invitation')
          await reader.screenshot({
            path: `test-results/content-${key}-${language}-${dark ? 'dark' : 'light'}.png`,
            fullPage: true,
          });
      }
  }
});
