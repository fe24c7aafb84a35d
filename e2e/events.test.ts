import { afterAll, beforeAll, expect, test } from 'vitest';
import { defaultRules } from '../server/outreach/pressure.ts';
import { type MailSink, openMailSink } from '../server/outreach/testing.ts';
import { expectAccessible } from './browser.ts';
import { stageStory } from './story.ts';

// Claire plans a breakfast with one seat and invites two customers; Hedy answers on her phone, in French; Louis waits for her seat. Claire stands at
// the door with her phone, loses the network, and loses nothing.

const story = stageStory([], /ERR_INTERNET_DISCONNECTED|Failed to load resource/);
const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
let sink: MailSink;
let eventId = '';

beforeAll(async () => {
  sink = await openMailSink();
  await story.begin('Claire Delmas');
  // Whatever the time of day and the day, nobody is left alone.
  await story.send('Claire', 'PUT', '/gate/rules', { ...defaultRules, quiet: null });
  await story.send('Claire', 'PUT', '/mail', {
    ...{ host: '127.0.0.1', port: sink.port, security: 'none', username: null, replyTo: null },
    ...{ senderName: 'Exemple SA', senderAddress: 'crm@exemple.example' },
  });
  for (const [given, family] of [
    ['Hedy', 'Lamarr'],
    ['Louis', 'Pasteur'],
  ])
    await story.send('Claire', 'POST', '/cards', {
      fields: [
        { kind: 'name', value: { given, family } },
        { kind: 'email', value: { value: `${given!.toLowerCase()}@hop.example`, type: 'work' } },
        { kind: 'organization', value: { name: 'Hop SA' } },
      ],
    });
});
afterAll(() => sink?.close());

const mailsTo = (email: string) => sink.mails.filter(({ to }) => to.includes(email)).map(({ mail }) => mail);
const linkTo = (email: string, coming = '') =>
  new RegExp(`href="([^"]+/e/[\\w-]{64}${coming && `\\?coming=${coming}`})"`).exec(mailsTo(email)[0]!.html!)![1]!;

test('Claire plans a breakfast and invites two customers by mail', async () => {
  const page = await story.at('Claire', '/plan/events');
  await page.getByRole('heading', { name: 'No event' }).waitFor();
  await expectAccessible(page, 'no event');
  await page.getByRole('button', { name: 'New event' }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Who sees this event').selectOption('workspace');
  await form.getByLabel('Kind').selectOption('breakfast');
  await form.getByLabel('Name in French').fill('Petit déjeuner des clients');
  await form.getByLabel('Name in English').fill('Customers’ breakfast');
  await form.getByLabel('Place').fill('12 rue de la Paix, Paris');
  await form.getByRole('textbox', { name: 'Seats' }).fill('1');
  await expectAccessible(page, 'a new event');
  await form.getByRole('button', { name: 'Create the event' }).click();
  await page.getByRole('heading', { name: 'Customers’ breakfast' }).waitFor();
  eventId = page.url().split('/').at(-1)!;
  await page.getByRole('button', { name: 'Invite' }).click();
  const inviting = page.getByRole('dialog');
  for (const name of ['Hedy Lamarr', 'Louis Pasteur']) {
    await inviting.getByRole('combobox', { name: 'Person' }).fill(name.split(' ')[1]!);
    await page.getByRole('option', { name: new RegExp(name) }).click();
    await inviting.getByText(name, { exact: true }).waitFor();
  }
  await expect.poll(() => inviting.getByText('May be invited').count()).toBe(2);
  await inviting.getByLabel('Language of the mail').selectOption('fr');
  await expectAccessible(page, 'inviting');
  await inviting.getByRole('button', { name: 'Invite 2 people' }).click();
  await page.getByText('2 people are invited.').waitFor();
  await expect.poll(() => sink.mails.length, { timeout: 15_000 }).toBe(2);
});

test('Hedy answers on her phone, in the dark, without scripts; her code and her calendar are there', async () => {
  const page = await story.open('Hedy', { ...phone, locale: 'fr-FR', colorScheme: 'dark', javaScriptEnabled: false });
  await page.goto(linkTo('hedy@hop.example', 'yes').replaceAll('&amp;', '&'));
  expect(await page.locator('html').getAttribute('lang')).toBe('fr');
  expect(await page.getByRole('radio', { name: 'Je viens' }).isChecked()).toBe(true);
  await page.getByLabel('Votre nom, pour l’accueil').fill('Hedy L.');
  await page.getByRole('button', { name: 'Répondre' }).click();
  await page.getByText(/C’est noté.*vous venez/).waitFor();
  await page.getByRole('img', { name: 'Votre code d’entrée' }).waitFor();
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  await page.screenshot({ path: 'test-results/event-guest-fr-dark.png', fullPage: true });
  const calendar = await page.request.get(
    await page.getByRole('link', { name: /agenda/ }).evaluate((a) => (a as HTMLAnchorElement).href),
  );
  expect(await calendar.text()).toContain('BEGIN:VEVENT');
  const louis = await story.open('Louis', { ...phone, locale: 'fr-FR' });
  await louis.goto(linkTo('louis@hop.example'));
  await expectAccessible(louis, 'the page of a guest');
  await louis.getByRole('radio', { name: 'Je viens' }).check();
  await louis.getByLabel('Votre nom, pour l’accueil').fill('Louis P.');
  await louis.getByRole('button', { name: 'Répondre' }).click();
  await louis
    .getByText(/liste d’attente/)
    .first()
    .waitFor();
});

test('Claire sees who comes; with one more seat, who waited has it and hears so', async () => {
  const page = await story.at('Claire', `/plan/events/${eventId}`);
  await page.getByText('1 of 1').waitFor();
  await page.getByText(/^Waits for a seat ·/).waitFor();
  await expectAccessible(page, 'an event');
  await page.screenshot({ path: 'test-results/event-page.png', fullPage: true });
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Change the event' }).click();
  await page.getByRole('dialog').getByRole('textbox', { name: 'Seats' }).fill('2');
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await page.getByText('2 of 2').waitFor();
  await expect
    .poll(() => mailsTo('louis@hop.example').map(({ subject }) => subject))
    .toContain('Une place pour vous\u00a0: Petit déjeuner des clients');
});

test('at the door on a phone, by name, without network and after the page was opened anew, nothing is lost', async () => {
  const session = await story.page('Claire').context().storageState();
  const page = await story.open('Door', { ...phone, colorScheme: 'dark', storageState: session });
  await page.goto(`${story.product.url}/plan/events/${eventId}/door`);
  await page.getByText('0 of 2 guests are there.').waitFor();
  await expectAccessible(page, 'the door');
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  await page.screenshot({ path: 'test-results/event-door-dark.png', fullPage: true });
  await page.context().setOffline(true);
  await page.getByRole('searchbox', { name: 'Name' }).fill('hedy');
  await page.getByRole('button', { name: 'Hedy L. is there' }).click();
  await page.getByText('1 entry waits for the network on this phone.').waitFor();
  await page.getByText('1 of 2 guests are there.').waitFor();
  await page.context().setOffline(false);
  await page.reload();
  await page.getByText('1 of 2 guests are there.').waitFor();
  const isThere = () =>
    story
      .send<{ counts: { attended: number } }>('Claire', 'GET', `/events/${eventId}`)
      .then(({ counts }) => counts.attended);
  await expect.poll(isThere).toBe(1);
  await expect.poll(() => page.getByText(/waits for the network/).count()).toBe(0);
});

test('Claire opens it to the public; Ada registers in French without scripts, names whom she brings, and has her place once she confirmed', async () => {
  const steward = story.page('Claire');
  const { memberId } = await story.send<{ memberId: string }>('Claire', 'GET', '/me');
  const book = await story.send<{ id: string }>('Claire', 'POST', '/books', { name: 'Events', stewardIds: [memberId] });
  await story.send('Claire', 'POST', '/channels', {
    ...{ kind: 'form', name: 'Registrations', access: [{ kind: 'workspace' }] },
    settings: {
      title: { fr: 'Nos événements', en: 'Our events' },
      fields: [
        { key: 'name', kind: 'name', required: true },
        { key: 'email', kind: 'email', required: true },
      ],
      consents: [
        { key: 'news', purpose: 'newsletter', words: { fr: 'Envoyez-moi la lettre.', en: 'Send me the letter.' } },
      ],
      bookId: book.id,
    },
  });
  await story.send('Claire', 'PUT', `/events/${eventId}`, {
    ...(await story.send<object>('Claire', 'GET', `/events/${eventId}`)),
    ...{ seats: 4, mostCompanions: 2, tell: false },
  });
  await steward.goto(`${story.product.url}/plan/events/${eventId}`);
  await steward.getByRole('button', { name: 'More actions' }).click();
  await steward.getByRole('menuitem', { name: 'Open to the public' }).click();
  const opening = steward.getByRole('dialog');
  await opening.getByLabel('Web form').selectOption('Registrations');
  await expectAccessible(steward, 'opening an event');
  await opening.getByRole('button', { name: 'Open registration' }).click();
  await opening.getByLabel('Address of the page').waitFor();
  const url = await opening.getByLabel('Address of the page').inputValue();
  await steward.screenshot({ path: 'test-results/event-opening.png', fullPage: true });
  const page = await story.open('Ada', { ...phone, locale: 'fr-FR', javaScriptEnabled: false });
  await page.goto(url);
  await page.getByRole('heading', { name: 'Petit déjeuner des clients' }).waitFor();
  await page.getByLabel('Votre nom').fill('Ada Lovelace');
  await page.getByLabel('Adresse e-mail').fill('ada@analytical.example');
  await page.getByLabel('Accompagnants').selectOption('1');
  await page.getByText('Donner leurs noms').click();
  const first = page.getByRole('group', { name: 'Accompagnant 1' });
  await first.getByLabel('Prénom').fill('Charles');
  await first.getByLabel('Nom', { exact: true }).fill('Babbage');
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  await page.screenshot({ path: 'test-results/event-register-fr.png', fullPage: true });
  // Nobody fills a form in sooner.
  await page.waitForTimeout(2100);
  await page.getByRole('button', { name: 'Envoyer' }).click();
  await page.getByText('Vous n’avez pas encore de place.').waitFor();
  await expect.poll(() => mailsTo('ada@analytical.example').length, { timeout: 15_000 }).toBe(1);
  await page.goto(/href="([^"]+\/forms\/confirm\/[\w-]+)"/.exec(mailsTo('ada@analytical.example')[0]!.html!)![1]!);
  await page.getByRole('button', { name: 'Oui, c’était moi' }).click();
  await page.getByText(/^Vous venez/).waitFor();
  await page.screenshot({ path: 'test-results/event-registered-fr.png', fullPage: true });
  const dark = await story.open('Ada, in the dark', { locale: 'fr-FR', colorScheme: 'dark' });
  await dark.goto(url);
  await expectAccessible(dark, 'the page on which anybody registers');
  await dark.screenshot({ path: 'test-results/event-register-dark.png', fullPage: true });
  await page.getByRole('link', { name: /Votre page personnelle/ }).click();
  await page.getByText('Vous venez avec 1 accompagnant.').waitFor();
  await page.screenshot({ path: 'test-results/event-guest-party.png', fullPage: true });
});

test('at the door those whom Ada named are let in one by one', async () => {
  const page = story.page('Door');
  await page.goto(`${story.product.url}/plan/events/${eventId}/door`);
  await page.getByRole('searchbox', { name: 'Name' }).fill('babbage');
  await page.getByText('companion of Ada Lovelace').waitFor();
  await page.getByRole('button', { name: 'Charles Babbage is there' }).click();
  await page.getByRole('button', { name: 'Charles Babbage is not there' }).waitFor();
  await expectAccessible(page, 'the door with companions');
  await page.screenshot({ path: 'test-results/event-door-party.png', fullPage: true });
  const companions = () =>
    story
      .send<{ counts: { attendedCompanions: number } }>('Claire', 'GET', `/events/${eventId}`)
      .then(({ counts }) => counts.attendedCompanions);
  await expect.poll(companions).toBe(1);
});
