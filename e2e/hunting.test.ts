import { afterAll, beforeAll, expect, test } from 'vitest';
import { defaultRules } from '../server/outreach/pressure.ts';
import { type MailSink, openMailSink } from '../server/outreach/testing.ts';
import { expectAccessible } from './browser.ts';
import { stageStory } from './story.ts';

// Claire cuts a campaign by who knows whom. Bruno finds his three customers on his phone, changes the words for one, accepts, lets one go, and adds one that
// nobody else sees. Claire sees how far he is, and not whom he let go.

const story = stageStory();
const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
let sink: MailSink;
let campaignId = '';

interface Row {
  id: string;
}

async function addCard(name: string, bookId?: string): Promise<void> {
  const [given, family] = name.split(' ');
  await story.send('Bruno', 'POST', '/cards', {
    fields: [
      { kind: 'name', value: { given, family } },
      { kind: 'email', value: { value: `${given!.toLowerCase()}@hop.example`, type: 'work' } },
      { kind: 'organization', value: { name: 'Hop SA' } },
    ],
    ...(bookId && { bookId }),
  });
}

async function planCampaign(): Promise<void> {
  const audience = { kind: 'workspace' };
  const segment = { name: 'People of Hop', kind: 'filter', filter: 'organization = "Hop SA"', audience };
  const { id: segmentId } = await story.send<Row>('Claire', 'POST', '/segments', segment);
  const counted = async () =>
    (await story.send<{ members: number | null }>('Claire', 'GET', `/segments/${segmentId}`)).members;
  await expect.poll(counted, { timeout: 30_000 }).toBe(3);
  const programme = { name: 'Keeping in touch', objectiveIds: [] };
  const { id: programmeId } = await story.send<Row>('Claire', 'PUT', '/plan/programmes', programme);
  const campaign = { programmeId, name: 'Spring letter', purpose: 'newsletter', channel: 'email', segmentId };
  ({ id: campaignId } = await story.send<Row>('Claire', 'PUT', '/plan/campaigns', campaign));
  const { memberId } = await story.send<{ memberId: string }>('Bruno', 'GET', '/me');
  const steps = `/plan/campaigns/${campaignId}/steps`;
  await story.send('Claire', 'PUT', `${steps}/approval`, { responsibleId: memberId, dueOn: null });
  for (const step of ['brief', 'content', 'check'])
    await story.send('Claire', 'POST', `${steps}/${step}/moves`, { done: true });
  await story.send('Bruno', 'POST', `${steps}/approval/moves`, { done: true });
}

beforeAll(async () => {
  sink = await openMailSink();
  await story.begin('Claire Delmas');
  await story.join('Bruno Petit', { ...phone, locale: 'fr-FR', colorScheme: 'dark' });
  await story.send('Claire', 'PUT', '/gate/rules', { ...defaultRules, quiet: null });
  await story.send('Claire', 'PUT', '/mail', {
    ...{ host: '127.0.0.1', port: sink.port, security: 'none', username: null, replyTo: null },
    ...{ senderName: 'Exemple SA', senderAddress: 'crm@exemple.example' },
  });
  const { id: bookId } = await story.send<Row>('Bruno', 'POST', '/books', { name: 'Clients' });
  await story.send('Bruno', 'POST', `/books/${bookId}/grants`, { grantee: { kind: 'workspace' }, acts: ['read'] });
  for (const name of ['Hedy Lamarr', 'Louis Pasteur', 'Marie Curie']) await addCard(name, bookId);
  await addCard('Secret Friend');
});
afterAll(() => sink?.close());

test('Claire begins a pack hunt from the campaign', async () => {
  await planCampaign();
  const page = await story.at('Claire', `/plan/campaigns/${campaignId}`);
  await page.getByRole('button', { name: 'Begin a pack hunt' }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Language of the letter').selectOption('fr');
  await form.getByLabel('Subject').fill('Des nouvelles, {{ person.givenName }}');
  await form
    .getByLabel('Letter', { exact: true })
    .fill('Bonjour {{ person.givenName }},\n\nnous avons du nouveau.\n\n{{ sender.givenName }}');
  await form.getByLabel('Choose until').fill(inDays(20));
  await expectAccessible(page, 'beginning a hunt');
  await form.getByRole('button', { name: 'Give the lists out' }).click();
  await page.getByText('1 colleague has a list.').waitFor();
  const row = page.getByRole('row', { name: /Bruno Petit/ });
  await row.waitFor();
  expect(await row.getByRole('cell').allTextContents()).toEqual(['3', '0', '0', '0', '0']);
  await expectAccessible(page, 'a campaign with a hunt');
});

test('Bruno decides on his phone, in French, in the dark', async () => {
  const page = await story.at('Bruno', '/hunts');
  await page.getByRole('link', { name: 'Spring letter' }).click();
  await page.getByText(/3 de vos contacts à décider/).waitFor();
  await expectAccessible(page, 'my list');
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  await page.screenshot({ path: 'test-results/hunt-fr-dark.png', fullPage: true });
  const of = (name: string) => page.getByRole('listitem', { name });
  await of('Hedy Lamarr').getByText('Bonjour Hedy,').waitFor();
  await of('Hedy Lamarr').getByRole('button', { name: 'Changer les mots' }).click();
  await of('Hedy Lamarr').getByLabel('Lettre').fill('Chère Hedy, cela fait longtemps.');
  await expectAccessible(page, 'changing the words');
  await of('Hedy Lamarr').getByRole('button', { name: 'Enregistrer' }).click();
  await of('Hedy Lamarr').getByText('Chère Hedy, cela fait longtemps.').waitFor();
  await of('Hedy Lamarr').getByRole('button', { name: 'Lui écrire' }).click();
  await of('Hedy Lamarr')
    .getByText(/^Part /)
    .waitFor();
  await of('Marie Curie').getByRole('button', { name: 'Pas ce contact' }).click();
  await page.getByText(/Marie Curie.*laissé de côté/).waitFor();
  await of('Louis Pasteur').getByRole('button', { name: 'Dans une semaine' }).click();
  await of('Louis Pasteur')
    .getByText(/Proposé de nouveau/)
    .waitFor();
  await page.getByText('Vous avez décidé pour tous.').waitFor();
});

test('Bruno adds a contact of his own that nobody else sees; Claire learns how many, and no name', async () => {
  const page = await story.at('Bruno', '/hunts');
  await page.getByRole('link', { name: 'Spring letter' }).click();
  await page.getByRole('button', { name: 'Ajouter de mes contacts' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Nom ou entreprise').fill('Secret');
  await dialog.getByRole('button', { name: 'Ajouter Secret Friend' }).click();
  await dialog.getByText('Sur votre liste').waitFor();
  await expectAccessible(page, 'adding to my list');
  await page.keyboard.press('Escape');
  await page
    .getByRole('listitem', { name: 'Secret Friend' })
    .getByText(/ajouté par moi/)
    .waitFor();
  const claire = await story.at('Claire', `/plan/campaigns/${campaignId}`);
  const row = claire.getByRole('row', { name: /Bruno Petit/ });
  await row.waitFor();
  expect(await row.getByRole('cell').allTextContents()).toEqual(['3', '1', '0', '0', '0']);
  expect(await claire.getByText('Secret').count()).toBe(0);
  expect(await claire.getByText('Marie Curie').count()).toBe(0);
  await claire.screenshot({ path: 'test-results/hunt-coverage.png', fullPage: true });
});
