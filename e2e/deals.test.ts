import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openOdoo } from '../server/connectors/odoo/testing.ts';
import { expectAccessible } from './browser.ts';
import { stageStory } from './story.ts';

// Claire connects an Odoo, of which her opportunities come, too. It is played on loopback.

const odoo = await openOdoo();
const story = stageStory(['--private-network', '127.0.0.0/8']);
let page: Page;

beforeAll(async () => {
  page = await story.begin('Claire Delmas');
  odoo.put(7, { name: 'Anne Aubry', parent_id: [6, 'Aubry Conseil'], email: 'anne@aubry.example' });
  const lead = {
    ...{ stage_id: [3, 'Proposition'], expected_revenue: 12_500, company_currency: [1, 'EUR'], probability: 50 },
    ...{ create_date: '2026-01-04 08:00:00', date_deadline: '2030-06-30', user_id: [2, 'Mitchell Admin'] },
    ...{ partner_id: [7, 'Aubry Conseil, Anne Aubry'], contact_name: 'Anne Aubry', email_from: 'anne@aubry.example' },
  };
  odoo.putLead(1, { ...lead, name: 'Boiler of the town hall' });
  odoo.putLead(2, { ...lead, name: 'Heat pump', stage_id: [9, 'Sleeping on it'], partner_id: false, contact_name: '' });
});
afterAll(() => odoo.close());

test('connecting a CRM asks whether its opportunities come, for whom, and in which currency', async () => {
  await page.goto(`${story.product.url}/settings/connections`);
  await page.getByRole('button', { name: 'Connect an account' }).click();
  await page.getByLabel('Which service?').selectOption('odoo');
  await page.getByLabel('Address of the service').fill(odoo.url);
  await page.getByLabel('Database').fill('acme');
  await page.getByLabel('User name or e-mail address').fill('anne');
  await page.getByRole('textbox', { name: 'API key' }).fill('odoo-key');
  await page.getByRole('button', { name: 'Continue' }).click();
  const wanted = page.getByLabel('Opportunities, too');
  expect(await wanted.isChecked()).toBe(false);
  await wanted.check();
  await page.getByLabel('Who sees the new ones').selectOption('workspace');
  await expectAccessible(page, 'choosing opportunities');
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await page.getByText(/2 opportunities read/).waitFor();
  await page.getByText(/2 have come so far/).waitFor();
  await expectAccessible(page, 'a connection with opportunities');
});

test('they stand among the opportunities, with their people, and say where they came from', async () => {
  await page.getByRole('link', { name: 'See the opportunities' }).click();
  await page.getByRole('link', { name: /Boiler of the town hall/ }).click();
  await page.getByRole('link', { name: 'Anne Aubry' }).waitFor();
  await page.getByText('What Odoo said').click();
  await page.getByText('From Odoo, number acme/1').waitFor();
});

test('one that is gone there is kept, and says so', async () => {
  odoo.deleteLead(1);
  odoo.putLead(2, { expected_revenue: 500 });
  const { items } = await story.send<{ items: { id: string }[] }>('Claire', 'GET', '/connections');
  await story.send('Claire', 'POST', `/connections/${items[0]!.id}/sync`, {});
  await page.goto(`${story.product.url}/settings/connections/${items[0]!.id}`);
  await page.getByRole('button', { name: 'Disconnect' }).click();
  await page.getByLabel('Take its contacts and opportunities away').waitFor();
  await expectAccessible(page, 'disconnecting what brought opportunities');
});
