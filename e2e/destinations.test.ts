import { afterAll, expect, test } from 'vitest';
import { openReceiver } from '../server/distribution/testing.ts';
import { expectAccessible } from './browser.ts';
import { stageStory } from './story.ts';

// Claire keeps the people of a segment in a program of hers: she looks at a dry run, starts it, and sees what arrived; one who is removed here goes there, too.

const receiver = await openReceiver();
const story = stageStory(['--private-network', '127.0.0.1']);
afterAll(() => receiver.close());

let cardId: string;
const told = () =>
  receiver.got
    .filter(({ message }) => (message.type as string) === 'contacts.changed')
    .map(({ message }) => message.data as { contacts: { full: string }[]; removed: string[] });

test('a destination is made, and its secret shown once', async () => {
  const page = await story.begin('Claire Delmas');
  const fields = [
    { kind: 'name', value: { given: 'Ada', family: 'Quimper' } },
    { kind: 'email', value: { value: 'ada@quimper.example' } },
  ];
  ({ id: cardId } = await story.send<{ id: string }>('Claire', 'POST', '/cards', { fields }));
  await story.send('Claire', 'POST', '/segments', {
    ...{ name: 'Friends', kind: 'filter', filter: 'name contains quimper', audience: { kind: 'mine' } },
  });
  await story.at('Claire', '/settings/destinations');
  await page.getByRole('heading', { name: 'No destination yet' }).waitFor();
  await expectAccessible(page, 'no destination');
  await page.getByRole('button', { name: 'New destination' }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Name', { exact: true }).first().fill('Newsletter tool');
  await form.getByLabel('Segment').selectOption({ label: 'Friends' });
  await form.getByLabel('Address', { exact: true }).fill('https://127.0.0.2/people');
  await expectAccessible(page, 'new destination');
  await form.getByRole('button', { name: 'Try and make it' }).click();
  await form.getByText('This address lies within the company’s network.', { exact: false }).waitFor();
  await form.getByLabel('Address', { exact: true }).fill(receiver.url);
  await form.getByRole('button', { name: 'Try and make it' }).click();
  await page.getByText('The signing secret is shown this once.', { exact: false }).waitFor();
});

test('a dry run shows who would leave; nothing does until it is started', async () => {
  const page = story.page('Claire');
  await page.getByText('not started: look at the dry run first').waitFor();
  await page.getByText('1 would be added').waitFor();
  await page.getByText('ada@quimper.example').waitFor();
  await expectAccessible(page, 'a dry run');
  expect(told()).toEqual([]);
  await page.getByRole('button', { name: 'Start sending' }).click();
  await page.getByText('1 contact there', { exact: false }).waitFor();
  expect(told().map(({ contacts }) => contacts.map(({ full }) => full))).toEqual([['Ada Quimper']]);
  await page.getByText('1 added, 0 changed, 0 removed').waitFor();
  await expectAccessible(page, 'a destination and its log');
});

test('who is removed here is taken away there', async () => {
  const page = story.page('Claire');
  await story.send('Claire', 'DELETE', `/cards/${cardId}`, {});
  await page.getByRole('button', { name: 'Send now' }).click();
  await page.getByText('nobody there', { exact: false }).waitFor();
  expect(told().at(-1)!.removed).toEqual([cardId]);
});

test('it is paused, and removed', async () => {
  const page = story.page('Claire');
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByText('paused: nothing leaves, not even removals').waitFor();
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('heading', { name: 'No destination yet' }).waitFor();
});
