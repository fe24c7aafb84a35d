import type { Page } from 'playwright-core';
import { afterAll, beforeAll, test } from 'vitest';
import { clientOf, openIssuer, type Person, type TestIssuer } from '../server/sso/testing.ts';
import { expectAccessible } from './browser.ts';
import { stageStory } from './story.ts';

// Claire adds the company's sign-in, Emma comes in by it, the directory suspends her, and Claire finds the departure.

const story = stageStory(['--local-issuers']);
let person: Person = { sub: 'emma', email: 'emma@exemple.example', email_verified: true, name: 'Emma Petit' };
let issuer: TestIssuer;
let claire: Page;
let emma: Page;

beforeAll(async () => {
  issuer = await openIssuer(`${story.product.url}/api/v1/sign-in/company/oidc`, () => person);
  claire = await story.begin('Claire Delmas');
});
afterAll(() => issuer?.close());

test('Claire adds her company’s sign-in, once it answers', async () => {
  await claire.goto(`${story.product.url}/settings/sign-in`);
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
  emma = await story.open('Emma', { viewport: { width: 390, height: 844 }, colorScheme: 'dark' });
  await emma.goto(`${story.product.url}/settings/teams`);
  await emma.getByLabel(/^e-mail/i).fill('emma@exemple.example');
  const way = emma.getByRole('button', { name: 'Continue with Exemple SA' });
  await way.waitFor();
  await expectAccessible(emma, 'the company’s way on a phone');
  person = { ...person, email_verified: false };
  await way.click();
  await emma.getByText('does not vouch for your e-mail address').waitFor();
  person = { ...person, email_verified: true };
  await emma.goto(`${story.product.url}/settings/teams`);
  await emma.getByLabel(/^e-mail/i).fill('emma@exemple.example');
  await way.click();
  await emma.waitForURL(/\/settings\/teams/);
  await emma.getByRole('heading', { name: 'Teams' }).waitFor();
});

test('the directory suspends Emma, who is out at once, and her departure waits for Claire', async () => {
  await claire.goto(`${story.product.url}/settings/sign-in`);
  await claire.getByRole('button', { name: 'Make a token' }).click();
  await claire.getByLabel('Which directory is it for?').fill('Entra ID');
  await claire.getByRole('dialog').getByRole('button', { name: 'Make a token' }).click();
  const token = await claire.getByRole('status').locator('code').innerText();
  await expectAccessible(claire, 'a token');
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' };
  const users = `${story.product.url}/scim/v2/Users`;
  const filter = encodeURIComponent('userName eq "emma@exemple.example"');
  const found = (await (await fetch(`${users}?filter=${filter}`, { headers })).json()) as {
    Resources: { id: string }[];
  };
  const body = JSON.stringify({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
    Operations: [{ op: 'Replace', path: 'active', value: 'False' }],
  });
  await fetch(`${users}/${found.Resources[0]!.id}`, { method: 'PATCH', headers, body });
  await emma.goto(`${story.product.url}/people`);
  await emma.waitForURL(/\/sign-in/);
  await claire.goto(`${story.product.url}/settings/members`);
  await claire.getByText('Emma Petit').first().waitFor();
  await claire.goto(`${story.product.url}/settings/audit`);
  await claire.getByText('A system prepared the departure of Emma Petit').waitFor();
});
