import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { clientOf, openIssuer, type Person, type TestIssuer } from '../server/sso/testing.ts';
import { expectAccessible, keepScreenshot, openBrowser, openPage } from './browser.ts';
import { newDataFolder, type Product, startProduct } from './product.ts';

// Claire adds the company's sign-in, Emma comes in by it, the directory suspends her, and Claire finds the departure.

const data = newDataFolder();
const problems: string[] = [];
let person: Person = { sub: 'emma', email: 'emma@exemple.example', email_verified: true, name: 'Emma Petit' };
let product: Product;
let browser: Browser;
let issuer: TestIssuer;
let claire: Page;
let emma: Page;

beforeAll(async () => {
  browser = await openBrowser();
  product = await startProduct(data.path, ['--local-issuers']);
  issuer = await openIssuer(`${product.url}/api/v1/sign-in/company/oidc`, () => person);
  claire = await open();
  await claire.goto(product.setupLink!);
  await claire.getByLabel(/your company/i).fill('Exemple SA');
  await claire.getByLabel(/your name/i).fill('Claire Delmas');
  await claire.getByLabel(/e-mail/i).fill('claire@exemple.example');
  await claire.locator('input[name=password]').fill('seven green bicycles');
  await claire.getByRole('button', { name: /create the workspace/i }).click();
  await claire.waitForURL(/\/imports/);
});
afterAll(async () => {
  await browser?.close();
  await product?.stop();
  await issuer?.close();
  data.remove();
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail')
    for (const [name, page] of Object.entries({ claire, emma })) await keepScreenshot(page, `${task.name} ${name}`);
  expect(problems.splice(0)).toEqual([]);
});

const open = (options: BrowserContextOptions = {}) => openPage(browser, options, problems);

test('Claire adds her company’s sign-in, once it answers', async () => {
  await claire.goto(`${product.url}/settings/sign-in`);
  await claire.getByText('None yet').waitFor();
  await claire.getByRole('button', { name: 'Add OpenID Connect' }).click();
  const dialog = claire.getByRole('dialog');
  await dialog.getByText('/api/v1/sign-in/company/oidc').waitFor();
  await dialog.getByLabel('What people call it').fill('Exemple SA');
  await dialog.getByLabel('Issuer').fill('http://127.0.0.1:9');
  await dialog.getByLabel('Client ID').fill(clientOf.clientId);
  await dialog.locator('input[name=clientSecret]').fill(clientOf.clientSecret);
  await dialog.getByLabel('E-mail domains').fill('exemple.example');
  await expectAccessible(claire, 'adding a sign-in');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByText('It does not answer as it should').waitFor();
  await dialog.getByLabel('Issuer').fill(issuer.issuer);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await claire.getByText('OpenID Connect · exemple.example').waitFor();
  await expectAccessible(claire, 'sign-in settings');
});

test('Emma types her address, is offered her company’s sign-in, and is a member where she wanted to go', async () => {
  emma = await open({ viewport: { width: 390, height: 844 }, colorScheme: 'dark' });
  await emma.goto(`${product.url}/settings/teams`);
  await emma.getByLabel(/^e-mail/i).fill('emma@exemple.example');
  const way = emma.getByRole('button', { name: 'Continue with Exemple SA' });
  await way.waitFor();
  await expectAccessible(emma, 'the company’s way on a phone');
  person = { ...person, email_verified: false };
  await way.click();
  await emma.getByText('does not vouch for your e-mail address').waitFor();
  person = { ...person, email_verified: true };
  await emma.goto(`${product.url}/settings/teams`);
  await emma.getByLabel(/^e-mail/i).fill('emma@exemple.example');
  await way.click();
  await emma.waitForURL(/\/settings\/teams/);
  await emma.getByRole('heading', { name: 'Teams' }).waitFor();
});

test('the directory suspends Emma, who is out at once, and her departure waits for Claire', async () => {
  await claire.goto(`${product.url}/settings/sign-in`);
  await claire.getByRole('button', { name: 'Make a token' }).click();
  await claire.getByLabel('Which directory is it for?').fill('Entra ID');
  await claire.getByRole('dialog').getByRole('button', { name: 'Make a token' }).click();
  const token = await claire.getByRole('status').locator('code').innerText();
  await expectAccessible(claire, 'a token');
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' };
  const users = `${product.url}/scim/v2/Users`;
  const filter = encodeURIComponent('userName eq "emma@exemple.example"');
  const found = (await (await fetch(`${users}?filter=${filter}`, { headers })).json()) as {
    Resources: { id: string }[];
  };
  const body = JSON.stringify({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
    Operations: [{ op: 'Replace', path: 'active', value: 'False' }],
  });
  await fetch(`${users}/${found.Resources[0]!.id}`, { method: 'PATCH', headers, body });
  await emma.goto(`${product.url}/people`);
  await emma.waitForURL(/\/sign-in/);
  await claire.goto(`${product.url}/settings/members`);
  await claire.getByText('Emma Petit').first().waitFor();
  await claire.goto(`${product.url}/settings/audit`);
  await claire.getByText('A system prepared the departure of Emma Petit').waitFor();
});
