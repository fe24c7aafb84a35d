import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { expectAccessible } from './browser.ts';
import { stageStory } from './story.ts';

// Claire connects the address book of an account, sees what comes of it, and disconnects it. Another book of hers, as a device sees it, stands
// for the service.

const story = stageStory(['--private-network', '127.0.0.0/8', '--private-network', '::1']);
let page: Page;
let account: { user: string; password: string };

beforeAll(async () => {
  page = await story.begin('Claire Delmas');
  await bringContacts();
});
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
