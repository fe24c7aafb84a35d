import { afterAll, beforeAll, expect, test } from 'vitest';
import { defaultRules } from '../server/outreach/pressure.ts';
import { type MailSink, openMailSink } from '../server/outreach/testing.ts';
import { expectAccessible } from './browser.ts';
import { stageStory } from './story.ts';

// From objective to result: Bruno plans a campaign in Claire's programme, chooses what it sends, asks who would get it, tries it on Claire; she approves it;
// he sends it, and reads what came of it, on his phone too.

const { at, begin, join, page, send } = stageStory();
let sink: MailSink;
let campaignUrl = '';
const today = () => new Date().toISOString().slice(0, 10);

beforeAll(async () => {
  sink = await openMailSink();
  await begin('Claire Delmas');
  await join('Bruno Petit');
  await send('Claire', 'PUT', '/mail', {
    ...{ host: '127.0.0.1', port: sink.port, security: 'none', username: null, replyTo: null },
    ...{ senderName: 'Exemple SA', senderAddress: 'crm@exemple.example' },
  });
  await send('Claire', 'PUT', '/gate/rules', { ...defaultRules, quiet: null });
  const members = await send<{ items: { id: string; name: string }[] }>('Claire', 'GET', '/members');
  const objective = await send<{ id: string }>('Claire', 'PUT', '/plan/objectives', {
    ...{ name: 'Keep twelve customers', kind: 'keeping', measuredBy: 'hand', unit: 'customers' },
    ...{ from: 0, to: 12, startsOn: '2026-01-01', dueOn: '2027-12-31' },
  });
  await send('Claire', 'PUT', '/plan/programmes', {
    ...{ name: 'Staying in touch', objectiveIds: [objective.id] },
    ownerId: members.items.find(({ name }) => name === 'Bruno Petit')!.id,
  });
  for (const given of ['Hedy', 'Ada', 'Grace'])
    await send('Bruno', 'POST', '/cards', {
      fields: [
        { kind: 'name', value: { given, family: 'Machine' } },
        { kind: 'email', value: { value: `${given.toLowerCase()}@hop.example`, type: 'work' } },
        { kind: 'organization', value: { name: 'Hop SA' } },
      ],
    });
  await send('Claire', 'POST', '/mail/suppressed', { email: 'grace@hop.example', suppressed: true });
  await send('Bruno', 'POST', '/segments', {
    ...{ name: 'Customers of Hop', kind: 'filter', filter: 'organization contains "Hop"', audience: { kind: 'mine' } },
  });
  const content = await send<{ id: string }>('Bruno', 'POST', '/contents', {
    ...{ name: 'Spring letter', audience: { kind: 'workspace' } },
  });
  const text = 'Bonjour {{ person.givenName | default: "à vous" }}, le printemps arrive.';
  const said = { fr: { subject: 'Le printemps', preheader: '', blocks: [{ id: 'a', kind: 'text', text }] } };
  await send('Bruno', 'PATCH', `/contents/${content.id}`, { edition: 1, said });
});
afterAll(() => sink?.close());

test('Bruno plans a campaign, chooses what it sends, and asks who would get it', async () => {
  const bruno = await at('Bruno', '/plan');
  await bruno.getByRole('button', { name: 'New campaign in Staying in touch' }).click();
  const campaign = bruno.getByRole('dialog');
  await campaign.getByLabel('Name').fill('Letter of spring');
  await campaign.getByLabel('Planned day').fill(today());
  await campaign.getByLabel('For a segment').selectOption({ label: 'Customers of Hop' });
  await campaign.getByRole('button', { name: 'Save' }).click();
  await bruno.getByRole('link', { name: 'Letter of spring' }).click();
  await bruno.getByText('Nothing has been chosen to be sent yet.').waitFor();
  campaignUrl = new URL(bruno.url()).pathname;
  await bruno.getByRole('button', { name: 'Choose what is sent' }).press('Enter');
  const form = bruno.getByRole('dialog');
  await form.getByLabel('Content').selectOption({ label: 'Spring letter' });
  await expectAccessible(bruno, 'what a campaign sends');
  await form.getByRole('button', { name: 'Save' }).press('Enter');
  await bruno.getByText('Being prepared: it leaves once it is approved.').waitFor();
  await bruno.getByRole('button', { name: 'Who would get it?' }).press('Enter');
  await bruno.getByText('2 of 3 people would get it.').waitFor();
  await bruno.getByText('Why not', { exact: true }).press('Enter');
  await bruno.getByText(/The company has decided to write to this address no more\./).waitFor();
  await expectAccessible(bruno, 'a campaign with its estimate');
});

test('Bruno tries it on Claire, who approves what she has not written', async () => {
  const bruno = page('Bruno');
  await bruno.getByRole('button', { name: 'Try it on members' }).click();
  const trial = bruno.getByRole('dialog');
  await trial.getByRole('combobox', { name: 'To whom' }).press('ArrowDown');
  await bruno.getByRole('option', { name: 'Claire Delmas' }).click();
  await trial.getByRole('button', { name: 'Send the trial' }).click();
  await bruno.getByText('The trial is on its way.').waitFor();
  await expect
    .poll(() => sink.mails.map(({ mail }) => mail.subject), { timeout: 15_000 })
    .toEqual(['Trial: Le printemps']);
  for (const step of ['Brief', 'Content', 'Check']) await bruno.getByRole('button', { name: `Done: ${step}` }).click();
  const claire = await at('Claire', campaignUrl);
  await claire.getByRole('button', { name: 'Done: Approval' }).click();
  await claire.getByText('Approved: it can be sent.').waitFor();
});

test('it is sent, and each number of what came of it opens whom it counts', async () => {
  sink.mails.length = 0;
  const bruno = await at('Bruno', campaignUrl);
  await bruno.getByRole('button', { name: 'Start', exact: true }).click();
  await expectAccessible(bruno, 'starting a campaign');
  await bruno.getByRole('button', { name: 'Send it now' }).click();
  await bruno.getByText(/^Sent; ended on/).waitFor({ timeout: 30_000 });
  expect(sink.mails.map(({ to }) => to[0]).sort()).toEqual(['ada@hop.example', 'hedy@hop.example']);
  expect(sink.mails.map(({ mail }) => mail.text).join()).toContain('Bonjour Ada, le printemps arrive.');
  const results = bruno.getByRole('list', { name: 'What became of everybody' });
  await results.getByRole('button', { name: 'Sent 2' }).waitFor();
  await bruno.getByRole('region', { name: 'Why the gate refused them' }).waitFor();
  await results.getByRole('button', { name: 'Refused by the gate 1' }).press('Enter');
  const people = bruno.getByRole('dialog');
  await people.getByRole('link', { name: 'Grace Machine' }).waitFor();
  await expectAccessible(bruno, 'whom a number counts');
  await people.getByRole('button', { name: 'Close' }).click();
  await bruno.screenshot({ path: 'test-results/campaign-results.png', fullPage: true });
  await bruno
    .getByRole('region', { name: 'What happened' })
    .getByText(/It reached 2 of 3 people/)
    .waitFor();
});

test('on a phone, in French, it stands as well', async () => {
  const bruno = page('Bruno');
  await bruno.setViewportSize({ width: 390, height: 844 });
  await send('Bruno', 'PATCH', '/me', { locale: 'fr' });
  await at('Bruno', campaignUrl);
  await bruno.getByText(/^Envoyée\s;\sterminée le/).waitFor();
  await bruno.getByRole('button', { name: 'Envoyés 2' }).waitFor();
  await expectAccessible(bruno, 'a campaign on a phone');
  const [wide, shown] = await bruno.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
  expect(wide).toBeLessThanOrEqual(shown!);
  await bruno.screenshot({ path: 'test-results/campaign-phone.png', fullPage: true });
});
