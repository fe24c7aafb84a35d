import { afterAll, beforeAll, expect, test } from 'vitest';
import { defaultRules } from '../server/outreach/pressure.ts';
import { type MailSink, openMailSink } from '../server/outreach/testing.ts';
import { expectAccessible } from './browser.ts';
import { stageStory } from './story.ts';

// Claire asks a customer by mail; she answers on her phone, in French, by one click and a few words; Claire reads it. A deal is lost, and says why.

const story = stageStory();
let sink: MailSink;
let cardId = '';

beforeAll(async () => {
  sink = await openMailSink();
  await story.begin('Claire Delmas');
  await story.open('Hedy', { locale: 'fr-FR', viewport: { width: 390, height: 844 }, javaScriptEnabled: false });
  // Whatever the time of day and the day, nobody is left alone.
  await story.send('Claire', 'PUT', '/gate/rules', { ...defaultRules, quiet: null });
  await story.send('Claire', 'PUT', '/mail', {
    ...{ host: '127.0.0.1', port: sink.port, security: 'none', username: null, replyTo: null },
    ...{ senderName: 'Exemple SA', senderAddress: 'crm@exemple.example' },
  });
  const card = await story.send<{ id: string }>('Claire', 'POST', '/cards', {
    fields: [
      { kind: 'name', value: { given: 'Hedy', family: 'Lamarr' } },
      { kind: 'email', value: { value: 'hedy@hop.example', type: 'work' } },
      { kind: 'organization', value: { name: 'Hop SA' } },
    ],
  });
  cardId = card.id;
});
afterAll(() => sink?.close());

test('Claire makes a survey and asks Hedy by mail', async () => {
  const segment = { name: 'Everybody', kind: 'filter', filter: 'cards >= 1', audience: { kind: 'mine' } };
  await story.send('Claire', 'POST', '/segments', segment);
  const isBuilt = () =>
    story
      .send<{ items: { builtAt: string | null }[] }>('Claire', 'GET', '/segments')
      .then(({ items }) => items[0]?.builtAt);
  await expect.poll(isBuilt).toBeTruthy();
  const page = await story.at('Claire', '/voices/surveys');
  await page.getByRole('heading', { name: 'No survey yet' }).waitFor();
  await expectAccessible(page, 'no survey');
  await page.getByRole('button', { name: 'New survey' }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Kind', { exact: true }).selectOption('nps');
  await form.getByLabel('Name, for colleagues').fill('Autumn');
  await expectAccessible(page, 'a new survey');
  await form.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { name: 'Autumn' }).waitFor();
  await page.getByRole('button', { name: 'Ask contacts' }).click();
  const asking = page.getByRole('dialog');
  await asking.getByRole('combobox', { name: 'Person' }).fill('Lamarr');
  await page.getByRole('option', { name: /Hedy Lamarr/ }).click();
  await asking.getByText('May be asked').waitFor();
  await asking.getByRole('button', { name: 'Leave Hedy Lamarr out' }).click();
  await asking.getByLabel('Or take the people of a segment').selectOption({ label: 'Everybody' });
  await asking.getByRole('button', { name: 'Take them' }).click();
  await asking.getByText('Everybody whom you see of it has been taken.').waitFor();
  await asking.getByText('May be asked').waitFor();
  await asking.getByLabel('Language of the mail').selectOption('fr');
  await expectAccessible(page, 'asking contacts');
  await asking.getByRole('button', { name: 'Ask 1 person' }).click();
  await page.getByText('1 person is asked.').waitFor();
  await expect.poll(() => sink.mails.length, { timeout: 15_000 }).toBe(1);
  expect(sink.mails[0]!.mail.text).toContain('Nous recommanderiez-vous');
});

test('Hedy clicks on a number in the mail, on her phone, without scripts, says why, and changes her mind', async () => {
  const page = story.page('Hedy');
  const nine = /href="([^"]+\?q_\w+=9)"/.exec(sink.mails[0]!.mail.html!)![1]!.replaceAll('&amp;', '&');
  await page.goto(nine);
  expect(await page.locator('html').getAttribute('lang')).toBe('fr');
  await page.getByRole('radio', { name: '9 sur 10' }).waitFor();
  expect(await page.getByRole('radio', { name: '9 sur 10' }).isChecked()).toBe(true);
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  await page.screenshot({ path: 'test-results/survey-phone-fr.png', fullPage: true });
  await page.getByLabel(/Qu’est-ce qui explique/).fill('Le délai de livraison est trop long, je suis très déçue.');
  await page.getByRole('button', { name: 'Envoyer' }).click();
  await page.getByRole('heading', { name: /Merci/ }).waitFor();
  await page.getByRole('link', { name: 'Modifier ma réponse' }).click();
  await page.getByRole('radio', { name: '7 sur 10' }).check();
  await page.getByRole('button', { name: 'Envoyer' }).click();
  await page.getByRole('heading', { name: /Merci/ }).waitFor();
});

test('the page of a survey is usable by everybody, in the light and in the dark', async () => {
  const link = /href="([^"]+\/s\/[\w-]{86})"/.exec(sink.mails[0]!.mail.html!)![1]!;
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await story.open('Reader', { locale: 'fr-FR', colorScheme, viewport: { width: 390, height: 844 } });
    // The page allows no scripts; those that look at it come with the browser.
    await page.goto(`${link}?lang=en`);
    await page.getByRole('heading', { name: 'Exemple SA asks you' }).waitFor();
    await page.screenshot({ path: `test-results/survey-${colorScheme}.png`, fullPage: true });
    await expectAccessible(page, `the page of a survey, ${colorScheme}`);
  }
});

test('Claire reads what was answered, and hears it among the voices', async () => {
  const page = story.page('Claire');
  await page.reload();
  await page.getByText('1 answer, 1 person asked').waitFor();
  await page.getByText('Le délai de livraison est trop long, je suis très déçue.').waitFor();
  await page.getByRole('link', { name: 'Hedy Lamarr' }).waitFor();
  await page.getByText(/^NPS 0/).waitFor();
  await expectAccessible(page, 'the results of a survey');
  await page.screenshot({ path: 'test-results/survey-results.png', fullPage: true });
  await story.at('Claire', '/voices');
  await page.getByRole('button', { name: 'Delivery and delays' }).click();
  await page.getByText('Le délai de livraison est trop long').waitFor();
  await expectAccessible(page, 'voices from elsewhere');
});

test('a deal is lost; Claire says what decided it, has its people asked, and reads why we lose', async () => {
  const deal = await story.send<{ id: string }>('Claire', 'POST', '/opportunities', {
    ...{ name: 'Zenith', value: { cents: 4_800_000, currency: 'EUR' } },
  });
  await story.send('Claire', 'PUT', `/opportunities/${deal.id}/people/${cardId}`, { roles: ['buyer'] });
  const page = await story.at('Claire', `/opportunities/${deal.id}`);
  await page.getByRole('button', { name: 'Lost' }).click();
  const closing = page.getByRole('dialog');
  await closing.getByRole('combobox', { name: 'Why' }).press('ArrowDown');
  await page.getByRole('option', { name: 'Price' }).click();
  await closing.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: 'Say what decided it' }).click();
  const form = page.getByRole('dialog', { name: 'What decided it' });
  await form.getByLabel('What decided', { exact: true }).fill('They found the price too high for what it does.');
  await form.getByLabel('About our message').fill('Our demonstration was too long.');
  await expectAccessible(page, 'what decided a deal');
  await form.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Our demonstration was too long.').waitFor();
  await page.getByRole('button', { name: 'Ask its people' }).click();
  await page.getByRole('menuitem', { name: 'Autumn' }).click();
  // She was asked a moment ago.
  await page.getByRole('dialog').getByText('They were asked by a survey lately.').waitFor();
  await page.keyboard.press('Escape');
  await expectAccessible(page, 'an opportunity that is over');
  await story.at('Claire', '/opportunities/outcomes');
  await page.getByRole('button', { name: /^Price, Q\d \d{4}: 1$/ }).click();
  await page.getByText('They found the price too high for what it does.').waitFor();
  await expectAccessible(page, 'why we win and lose');
  await page.screenshot({ path: 'test-results/outcomes.png', fullPage: true });
});
