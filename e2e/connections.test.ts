import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PlayedGoogle, personOf, playGoogle } from '../server/connectors/google/testing.ts';
import { expectAccessible } from './browser.ts';
import { stageStory } from './story.ts';

// Claire connects the address book of an account, sees what comes of it, and disconnects it. Another book of hers, as a device sees it, stands
// for the service; Google is played on loopback.

const google: PlayedGoogle = await playGoogle();
const networks = ['--private-network', '127.0.0.0/8', '--private-network', '::1'];
const story = stageStory([...networks, '--service-address', `google=${google.address}`]);
let page: Page;
let account: { user: string; password: string };

beforeAll(async () => {
  page = await story.begin('Claire Delmas');
  await bringContacts();
});
afterAll(() => google.close());
/** What stands at the service: two contacts in a book of its own. */
async function bringContacts(): Promise<void> {
  const call = (path: string, body: object) =>
    page.evaluate(
      async ([to, sent]) => {
        const headers = { 'content-type': 'application/json', 'x-entregent-csrf': '1' };
        return (await fetch(`/api/v1${to}`, { method: 'POST', headers, body: JSON.stringify(sent) })).json();
      },
      [path, body] as const,
    );
  const { device, password, connection } = await call('/address-book-devices', { name: 'Phone', writes: true });
  expect(device.name).toBe('Phone');
  account = { user: connection.user, password };
  const { id: bookId } = await call('/books', { name: 'At the service' });
  for (const name of ['Anne', 'Bruno'])
    await call('/cards', { bookId, fields: [{ kind: 'name', value: { given: name, family: 'Aubry' } }] });
}

test('a wrong password is told in words, and the right one shows what there is', async () => {
  await page.goto(`${story.product.url}/settings/connections`);
  await page.getByText('Nothing connected yet').waitFor();
  await expectAccessible(page, 'no connection');
  await page.getByRole('button', { name: 'Connect an account' }).click();
  await page.getByLabel('Which service?').selectOption('other');
  await page.getByLabel('Address of the service').fill(story.product.url);
  await page.getByLabel('User name or e-mail address').fill(account.user);
  await page.getByRole('textbox', { name: 'Password' }).fill('guessed');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page
    .getByRole('alert')
    .getByText(/do not open the account/)
    .waitFor();
  await page.getByRole('textbox', { name: 'Password' }).fill(account.password);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByLabel('Address book').selectOption('At the service');
  await expectAccessible(page, 'choosing what is connected');
});

test('its contacts come, and the page says so', async () => {
  await page.getByLabel('What should it be called here?').fill('My account');
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await page.getByRole('heading', { name: 'My account' }).waitFor();
  await page.getByText('2 new contacts').waitFor();
  await page.getByText(/It only reads/).waitFor();
  await expectAccessible(page, 'a connection');
});

test('it is paused, goes on, and is disconnected; its contacts stay', async () => {
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByText('paused').waitFor();
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByText('nothing new').waitFor();
  await page.getByRole('button', { name: 'Disconnect' }).click();
  await page.getByLabel('Keep its contacts here').check();
  await page.getByRole('dialog').getByRole('button', { name: 'Disconnect' }).click();
  await page.getByText('Nothing connected yet').waitFor();
  await page.goto(`${story.product.url}/people?q=bruno`);
  await page.getByText('Bruno Aubry').first().waitFor();
});

test('the company becomes known to Google, whose page then opens an account', async () => {
  await page.goto(`${story.product.url}/settings/services`);
  await page.getByRole('button', { name: 'Set up Google' }).click();
  await page.getByText('/api/v1/connection-return').waitFor();
  await page.getByLabel('Client ID').fill(google.client.id);
  await page.getByRole('textbox', { name: 'Client secret' }).fill(google.client.secret);
  await expectAccessible(page, 'setting a service up');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Set up · changed today').waitFor();
  await page.goto(`${story.product.url}/settings/connections`);
  await page.getByRole('button', { name: 'Connect an account' }).click();
  await page.getByRole('button', { name: 'Continue at Google' }).click();
  await page.getByRole('link', { name: 'Cancel' }).click();
  await page.getByText(/you declined/).waitFor();
  await expectAccessible(page, 'a service that brought no account');
});

test('its contacts come; closed there, it is opened again, and they are where they were', async () => {
  google.set('people/c1', personOf('1', 'Zelda', 'Zimmer'));
  await page.getByRole('button', { name: 'Connect an account' }).click();
  await page.getByRole('button', { name: 'Continue at Google' }).click();
  await page.getByRole('link', { name: 'Allow' }).click();
  await page.getByLabel('What should it be called here?').fill('My Google');
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await page.getByRole('heading', { name: 'My Google' }).waitFor();
  await page.getByText('1 new contact').waitFor();
  google.closeAccount();
  await page.getByRole('button', { name: 'Synchronise now' }).click();
  await page.getByRole('button', { name: 'Connect again' }).waitFor();
  await expectAccessible(page, 'an account that is closed');
  await page.getByRole('button', { name: 'Connect again' }).click();
  await page.getByRole('link', { name: 'Allow' }).click();
  await page.getByText(/open again/).waitFor();
  await page.getByText('nothing new').waitFor();
  expect(new URL(page.url()).searchParams.has('code')).toBe(false);
});
