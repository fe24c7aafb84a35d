import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MailSink, openMailSink } from '../server/outreach/testing.ts';
import { expectAccessible } from './browser.ts';
import { stageStory } from './story.ts';

// Claire says how much anybody may receive; she writes to Hedy once, the second message finds no room, and Hedy's page says why.

const story = stageStory();
let sink: MailSink;
let cardId = '';

beforeAll(async () => {
  sink = await openMailSink();
  await story.begin('Claire Delmas');
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

test('Claire reads the rules as sentences and caps what anybody receives', async () => {
  const page = await story.at('Claire', '/plan/pressure');
  await page.getByRole('heading', { name: 'Pressure', exact: true }).waitFor();
  await page.getByText('No message has left yet: there is nothing to draw.').waitFor();
  const most = page.getByLabel('The most weight');
  expect(await most.first().inputValue()).toBe('6');
  await most.first().fill('3');
  await page.getByRole('button', { name: 'Add a profile' }).click();
  await page.getByRole('button', { name: 'Remove the profile Profile 1' }).click();
  await page.getByRole('button', { name: 'Save the rules' }).click();
  await page.getByText('The rules hold from now on, for what waits, too.').waitFor();
  await expectAccessible(page, 'pressure');
});

test('the second message finds no room, and the page of whom it was for says why', async () => {
  const page = await story.at('Claire', `/people/${cardId}`);
  const write = async () => {
    await page.getByRole('button', { name: /^write$/i }).click();
    await page.getByLabel('What for').selectOption({ label: 'invitations' });
  };
  await write();
  await page.getByText('It may be sent.').waitFor();
  await page.getByLabel('Subject').fill('Come');
  await page.getByLabel('Your message').fill('Dear Hedy, come.');
  await page.getByRole('button', { name: /^send$/i }).click();
  await expect.poll(() => sink.mails.length, { timeout: 15_000 }).toBe(1);
  const { values } = await story.send<{ values: { kind: string; contactPoint: { id: string } | null }[] }>(
    'Claire',
    'GET',
    `/people/${cardId}`,
  );
  const contactPointId = values.find(({ kind }) => kind === 'email')!.contactPoint!.id;
  await story.send('Claire', 'POST', `/people/${cardId}/messages`, {
    ...{ contactPointId, purpose: 'invitation', subject: 'Again', text: 'And again.' },
  });
  await story.at('Claire', `/people/${cardId}`);
  await write();
  await page.getByText('The person has received, or is to receive, as much as one may.').waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'How much they receive, and why they did not get something' }).click();
  await page.getByText('Received: 2. Waiting or planned: 0.').first().waitFor();
  await page.getByText('Refused', { exact: true }).waitFor();
  await page.getByText('when it was written').first().waitFor();
  await expectAccessible(page, 'why not');
});

test('the picture of all has numbers, and nobody’s name', async () => {
  const page = await story.at('Claire', '/plan/pressure');
  await page.getByRole('heading', { name: 'Weight received, by month' }).waitFor();
  await page.getByRole('heading', { name: /How many addresses received/ }).waitFor();
  expect(await page.getByText('Hedy').count()).toBe(0);
  await expectAccessible(page, 'the picture of pressure');
});
