import { afterAll, beforeAll, expect, test } from 'vitest';
import { defaultRules } from '../server/outreach/pressure.ts';
import { type MailSink, openMailSink } from '../server/outreach/testing.ts';
import { expectAccessible } from './browser.ts';
import { stageStory } from './story.ts';

// Two letters for the same people: Bruno says beforehand by what they are compared, tests them on a part, and chooses what the others get.

const { at, begin, join, page, send } = stageStory();
let sink: MailSink;
let campaignUrl = '';

async function letter(name: string, text: string): Promise<void> {
  const content = await send<{ id: string }>('Bruno', 'POST', '/contents', { name, audience: { kind: 'workspace' } });
  const said = { fr: { subject: name, preheader: '', blocks: [{ id: 'a', kind: 'text', text }] } };
  await send('Bruno', 'PATCH', `/contents/${content.id}`, { edition: 1, said });
}

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
  const programme = await send<{ id: string }>('Claire', 'PUT', '/plan/programmes', {
    ...{ name: 'Staying in touch', objectiveIds: [objective.id] },
    ownerId: members.items.find(({ name }) => name === 'Bruno Petit')!.id,
  });
  for (let no = 0; no < 12; no++)
    await send('Bruno', 'POST', '/cards', {
      fields: [
        { kind: 'name', value: { given: `Ada${no}`, family: 'Machine' } },
        { kind: 'email', value: { value: `ada${no}@hop.example`, type: 'work' } },
        { kind: 'organization', value: { name: 'Hop SA' } },
      ],
    });
  const segment = await send<{ id: string }>('Bruno', 'POST', '/segments', {
    ...{ name: 'Customers of Hop', kind: 'filter', filter: 'organization contains "Hop"', audience: { kind: 'mine' } },
  });
  await letter('Short letter', 'Bonjour {{ person.givenName }}, deux mots.');
  await letter('Long letter', 'Bonjour {{ person.givenName }}, voici une longue lettre.');
  const campaign = await send<{ id: string }>('Bruno', 'PUT', '/plan/campaigns', {
    ...{
      programmeId: programme.id,
      kind: 'campaign',
      name: 'Letter of spring',
      purpose: 'newsletter',
      channel: 'email',
    },
    ...{ segmentId: segment.id, plannedOn: new Date().toISOString().slice(0, 10) },
  });
  campaignUrl = `/plan/campaigns/${campaign.id}`;
});
afterAll(() => sink?.close());

test('Bruno chooses two contents, by what they are compared, and on how many they are tested', async () => {
  const bruno = await at('Bruno', campaignUrl);
  await bruno.getByRole('button', { name: 'Choose what is sent' }).click();
  const form = bruno.getByRole('dialog');
  await form.getByLabel('Content').first().selectOption({ label: 'Short letter' });
  await form.getByRole('button', { name: 'Add a variant' }).press('Enter');
  await form.getByLabel('Variant B', { exact: true }).selectOption({ label: 'Long letter' });
  await form.getByText('Variant A goes to the other 50%.').waitFor();
  await form.getByLabel('Test first on so many of a hundred people').fill('50');
  await form.getByLabel('Copies to other addresses').fill('Boite@essai.example');
  await expectAccessible(bruno, 'the variants of a campaign');
  await form.getByRole('button', { name: 'Save' }).click();
  await bruno.getByRole('link', { name: 'Long letter' }).waitFor();
  await bruno.getByText('The test goes to 50% of the people').waitFor();
  await bruno.getByText('boite@essai.example').waitFor();
});

test('the test leaves, the others wait, and get what he chooses', async () => {
  const bruno = page('Bruno');
  for (const step of ['Brief', 'Content', 'Check']) await bruno.getByRole('button', { name: `Done: ${step}` }).click();
  const claire = await at('Claire', campaignUrl);
  await claire.getByRole('button', { name: 'Done: Approval' }).click();
  await claire.getByText('Approved: it can be sent.').waitFor();
  await at('Bruno', campaignUrl);
  await bruno.getByRole('button', { name: 'Start', exact: true }).click();
  await bruno.getByRole('button', { name: 'Send it now' }).click();
  await bruno
    .getByText('The test has been sent: the others wait until somebody chooses their variant.')
    .waitFor({ timeout: 30_000 });
  const letters = () => sink.mails.filter(({ to }) => to[0] !== 'boite@essai.example');
  const tested = letters().length;
  expect(tested).toBeLessThan(12);
  await bruno.getByText(/Looking before proves nothing/).waitFor();
  await expectAccessible(bruno, 'the results of variants');
  await bruno.getByRole('button', { name: 'Send B to the others' }).press('Enter');
  await bruno.getByText(/^Sent; ended on/).waitFor({ timeout: 30_000 });
  expect(letters()).toHaveLength(12);
  expect(new Set(letters().map(({ to }) => to[0])).size).toBe(12);
  // A copy of each variant, which nobody counts.
  await expect.poll(() => sink.mails.length).toBe(14);
  await bruno.getByText(/^Variant B for the others: Bruno Petit/).waitFor();
});
