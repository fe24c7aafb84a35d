import { afterAll, expect, test } from 'vitest';
import { openReceiver } from '../server/distribution/testing.ts';
import { expectAccessible } from './browser.ts';
import { stageStory } from './story.ts';

// Claire has a program of hers told what happens: she makes a webhook, tries it, sees in its log what arrived and what did not, and sends it again.

const receiver = await openReceiver();
const story = stageStory(['--private-network', '127.0.0.1']);
afterAll(() => receiver.close());

test('a webhook is made, and its secret shown once', async () => {
  const page = await story.begin('Claire Delmas');
  await story.at('Claire', '/settings/webhooks');
  await page.getByRole('heading', { name: 'No webhook yet' }).waitFor();
  await expectAccessible(page, 'no webhook');
  await page.getByRole('button', { name: 'New webhook' }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Name').fill('Newsletter tool');
  await form.getByLabel('Address', { exact: true }).fill('https://127.0.0.2/hook');
  await form.getByLabel('Details of a contact change').check();
  await expectAccessible(page, 'new webhook');
  await form.getByRole('button', { name: 'Make it' }).click();
  // An address of the network is refused where it stands.
  await expect.poll(() => form.getByLabel('Address', { exact: true }).getAttribute('aria-invalid')).toBe('true');
  await form.getByLabel('Address', { exact: true }).fill(receiver.url);
  await form.getByRole('button', { name: 'Make it' }).click();
  await page.getByText('The signing secret is shown this once.', { exact: false }).waitFor();
  expect(await page.getByText(/^whsec_/).count()).toBe(1);
  await page.getByText('for Claire Delmas alone', { exact: false }).waitFor();
});

test('it is tried: the message arrives, and stands in the log', async () => {
  const page = story.page('Claire');
  await page.getByRole('button', { name: 'Test', exact: true }).click();
  const line = page.getByRole('listitem').filter({ hasText: 'Test message' }).last();
  await line.getByText('arrived · answered 204', { exact: false }).waitFor();
  expect(receiver.said()).toEqual([['test.ping', {}]]);
  await expectAccessible(page, 'a webhook and its log');
});

test('what did not arrive is sent again', async () => {
  const page = story.page('Claire');
  receiver.answer((answer) => answer.writeHead(500).end());
  await page.getByRole('button', { name: 'Test', exact: true }).click();
  await page.getByText('did not arrive · answered 500', { exact: false }).first().waitFor();
  receiver.answer((answer) => answer.writeHead(204).end());
  await page
    .getByRole('listitem')
    .filter({ hasText: 'did not arrive' })
    .last()
    .getByRole('button', { name: 'Send again' })
    .click();
  await page.getByText('1 message leaves again').waitFor();
  await expect.poll(() => page.getByText('arrived · answered 204', { exact: false }).count()).toBe(2);
  // Nobody ever sees the secret again.
  await story.at('Claire', '/settings/webhooks');
  await page.getByText('Newsletter tool').waitFor();
  expect(await page.getByText(/whsec_/).count()).toBe(0);
});

test('a change of a contact is told by its id', async () => {
  const fields = [{ kind: 'name', value: { given: 'Ada', family: 'Quimper' } }];
  const { id } = await story.send<{ id: string }>('Claire', 'POST', '/cards', { fields });
  const set = [{ no: 0, field: { kind: 'name', value: { given: 'Adèle', family: 'Quimper' } } }];
  await story.send('Claire', 'PATCH', `/cards/${id}`, { set });
  await expect
    .poll(() => receiver.said().at(-1), { timeout: 10_000 })
    .toEqual(['person.changed', { personId: id, fields: ['name'] }]);
});

test('it is paused, and removed', async () => {
  const page = story.page('Claire');
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByText('paused: what happens waits').waitFor();
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('heading', { name: 'No webhook yet' }).waitFor();
});
