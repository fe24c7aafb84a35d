import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { totpCode, totpStep } from '../server/identity/totp.ts';
import { expectAccessible } from './browser.ts';
import { password, stageStory } from './story.ts';

const story = stageStory();
const account = { email: 'claire@exemple.example', password };
let page: Page;

beforeAll(async () => {
  page = await story.begin('Claire Delmas');
});
async function openSettings(): Promise<void> {
  await page.goto(`${story.product.url}/settings/me`);
  await page.getByRole('heading', { name: 'My devices' }).waitFor();
}
const button = (name: string | RegExp) => page.getByRole('button', { name });

async function signOut(): Promise<void> {
  await openSettings();
  await button(/^sign out$/i).click();
  await page.waitForURL(/\/sign-in/);
}
async function fillIn(): Promise<void> {
  await page.getByLabel(/^e-mail/i).fill(account.email);
  await page.locator('input[name=password]').fill(account.password);
  await button(/^sign in$/i).click();
}

test('a device that is lost is signed out from another one', async () => {
  const here = page;
  const lost = await story.open('lost');
  page = lost;
  await page.goto(`${story.product.url}/sign-in`);
  await fillIn();
  await page.getByRole('navigation').first().waitFor();
  page = here;
  await openSettings();
  await page.getByText('this device').waitFor();
  await expectAccessible(page, 'my settings');
  await button('Sign out of Chrome on Linux').click();
  await page.getByText('Chrome on Linux is signed out.').waitFor();
  await lost.goto(`${story.product.url}/settings/me`);
  await lost.waitForURL(/\/sign-in/);
  await lost.context().close();
});

test('a passkey opens without password, until it is removed', async () => {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  await openSettings();
  await button('Add a passkey').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(/what do you call it/i).fill('Laptop');
  await dialog.locator('input[name=password]').fill(account.password);
  await expectAccessible(page, 'adding a passkey');
  await dialog.getByRole('button', { name: 'Continue' }).click();
  await page.getByText('The passkey “Laptop” opens from now on.').waitFor();

  await signOut();
  await expectAccessible(page, 'sign in with a passkey');
  await button('Sign in with a passkey').click();
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));

  await openSettings();
  await button('Remove the passkey Laptop').click();
  await page.getByText('The passkey “Laptop” opens no more.').waitFor();
  await signOut();
  await button('Sign in with a passkey').click();
  await page.getByText('This passkey does not open here').waitFor();

  await devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
  await button('Sign in with a passkey').click();
  await page.getByText('No passkey was given.').waitFor();
  await devtools.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId });
  await fillIn();
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
});

test('a code of an authenticator app is asked for after the password, and a recovery code opens as well', async () => {
  await openSettings();
  await button('Switch on two-step sign-in').click();
  const dialog = page.getByRole('dialog');
  await dialog.locator('input[name=password]').fill(account.password);
  await dialog.getByRole('button', { name: 'Continue' }).click();
  await dialog.getByRole('img', { name: /QR code/ }).waitFor();
  await expectAccessible(page, 'switching on');
  const secret = (await dialog.locator('code').innerText()).replaceAll(' ', '');
  const shown = (ahead = 0) => totpCode(secret, totpStep(Date.now()) + ahead);
  await dialog.getByLabel(/^code/i).fill(shown());
  await dialog.getByRole('button', { name: 'Switch on' }).click();
  const codes = (await page.getByRole('status').locator('code').innerText()).split('\n');
  expect(codes).toHaveLength(10);
  await page.getByText(/10 recovery codes are left/).waitFor();

  await signOut();
  await fillIn();
  await page.getByLabel(/^code/i).fill('000000');
  await expectAccessible(page, 'a code is asked for');
  await button(/^sign in$/i).click();
  await page.getByText(/this code does not open/i).waitFor();
  await page.getByLabel(/^code/i).fill(shown(1));
  await button(/^sign in$/i).click();
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));

  await signOut();
  await fillIn();
  await page.getByLabel(/^code/i).fill(codes[0]!);
  await button(/^sign in$/i).click();
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
  await openSettings();
  await page.getByText(/9 recovery codes are left/).waitFor();
  await button('Switch off two-step sign-in').click();
  await dialog.locator('input[name=password]').fill('not the password');
  await dialog.getByRole('button', { name: /switch off/i }).click();
  await dialog.getByText('That is not it').waitFor();
  await dialog.locator('input[name=password]').fill(account.password);
  await dialog.getByRole('button', { name: /switch off/i }).click();
  await page.getByText('Only your password is asked for.').waitFor();
});
