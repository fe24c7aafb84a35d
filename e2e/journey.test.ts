import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import * as browsers from './browser.ts';
import { newDataFolder, type Product, startProduct } from './product.ts';

const data = newDataFolder();
let product: Product;
let browser: Browser;
let page: Page;
const account = { email: 'claire@exemple.example', password: 'seven green bicycles' };

beforeAll(async () => {
  browser = await browsers.openBrowser();
  product = await startProduct(data.path);
});
afterAll(async () => {
  await product?.stop();
  data.remove();
});

const problems: string[] = [];

/** A browser of one's own; what its console complains about fails the test. */
async function open(options: BrowserContextOptions): Promise<Page> {
  page = await browsers.openPage(browser, options, problems);
  return page;
}

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await browsers.keepScreenshot(page, task.name);
  await page?.context().close();
  expect(problems.splice(0)).toEqual([]);
});

const expectAccessible = (name: string) => browsers.expectAccessible(page, name);

async function signIn(
  options: BrowserContextOptions,
  labels: Record<'email' | 'password' | 'submit', RegExp>,
): Promise<void> {
  await open(options);
  await page.goto(product.url);
  await page.getByLabel(labels.email).fill(account.email);
  await page.getByLabel(labels.password).first().fill(account.password);
  await page.getByRole('button', { name: labels.submit }).click();
}
const english = { email: /^e-mail/i, password: /^password/i, submit: /^sign in$/i };
const french = { email: /^adresse électronique/i, password: /^mot de passe/i, submit: /^se connecter$/i };

const contacts = [
  'First Name,Last Name,E-mail,Mobile,Company',
  'Élise,Lefèvre,elise@acme.example,06 12 34 56 78,Acmé SAS',
  'Søren,Kierkegaard,soren@angst.example,,Angst ApS',
  'Ada,Lovelace,ada@engine.example,,Analytical Engines',
].join('\n');

describe('somebody who has never seen it', () => {
  test('sets it up, imports a file and finds a name', async () => {
    await open({});
    await page.goto(product.setupLink!);
    await page.getByLabel(/your company/i).fill('Exemple SA');
    await page.getByLabel(/your name/i).fill('Claire Delmas');
    await page.getByLabel(/e-mail/i).fill(account.email);
    await page
      .getByLabel(/password/i)
      .first()
      .fill(account.password);
    await expectAccessible('set-up');
    await page.getByRole('button', { name: /create the workspace/i }).click();
    await page.waitForURL(/\/imports/);
    await page
      .locator('input[type=file]')
      .first()
      .setInputFiles({
        name: 'contacts.csv',
        mimeType: 'text/csv',
        buffer: Buffer.from(contacts),
      });
    const start = page.getByRole('button', { name: /import 3 contacts/i });
    await start.waitFor();
    await expectAccessible('preview');
    await start.click();
    await page
      .getByText(/the import is done/i)
      .first()
      .waitFor();
    await expectAccessible('report');
    await page
      .getByRole('link', { name: /see the contacts/i })
      .first()
      .click();
    await page.getByRole('searchbox').first().fill('lefevre');
    const found = page.getByText('Élise Lefèvre').first();
    await found.waitFor();
    await expect.poll(() => page.getByText('Ada Lovelace').count()).toBe(0);
    await expectAccessible('list');
    await found.click();
    await page.getByText('elise@acme.example').first().waitFor();
    await expectAccessible('person');
  });

  test('finds the words of the interface in French, in the dark, on a phone', async () => {
    await signIn({ locale: 'fr-FR', colorScheme: 'dark', viewport: { width: 390, height: 844 } }, french);
    await page.getByText('Ada Lovelace').first().waitFor();
    await expectAccessible('list, dark, phone');
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow, 'nothing to scroll sideways').toBeLessThanOrEqual(0);
    await page.goto(`${product.url}/imports`);
    await page.getByText('contacts.csv').first().waitFor();
    await expectAccessible('imports, dark, phone');
  });
});

describe('somebody at work', () => {
  test('is told in French what is missing in a form, in a browser that speaks English', async () => {
    await open({ locale: 'en-GB' });
    await page.goto(`${product.url}/sign-in`);
    await page.getByText('Français').click();
    await page.getByLabel(french.email).fill('claire');
    await page.getByRole('button', { name: french.submit }).click();
    await page.getByText('Une adresse électronique s’écrit nom@exemple.fr').waitFor();
    await page.getByText('À remplir').waitFor();
    await expectAccessible('sign-in with problems');
    await page.getByLabel(french.email).fill(account.email);
    expect(await page.getByText(/s’écrit nom@exemple/).count(), 'a mended field complains no more').toBe(0);
  });

  test('imports several files by one consent, mends a number, and takes that back', async () => {
    await signIn({}, english);
    await page.getByText('Ada Lovelace').first().waitFor();
    await page.goto(`${product.url}/imports`);
    const file = (name: string, rows: string) => ({
      name,
      mimeType: 'text/csv',
      buffer: Buffer.from(`First Name,Last Name,E-mail,Mobile\n${rows}`),
    });
    const files = [
      file('fair.csv', 'Hedy,Lamarr,hedy@hop.example,0612'),
      file('phone.csv', 'Alan,Turing,alan@bletchley.example,06 12 34 00 00'),
      file('empty.csv', ''),
    ];
    await page.locator('input[type=file]').first().setInputFiles(files);
    await page.getByRole('button', { name: /import all \(2 files\)/i }).click();
    await page.getByRole('button', { name: /take empty.csv off the list/i }).click();
    await expect.poll(() => page.getByRole('link', { name: 'empty.csv' }).count()).toBe(0);
    await expectAccessible('imports');
    await page.getByRole('link', { name: 'fair.csv', exact: true }).click();
    await page.getByRole('heading', { name: /details to verify/i }).waitFor();
    await expectAccessible('report with details to verify');
    await page.getByRole('link', { name: 'Hedy Lamarr' }).click();
    const remark = page.getByText(/incomplete or unknown number/i);
    await remark.waitFor();
    await page.getByRole('button', { name: /^edit.*0612/i }).click();
    await page.locator('input[name=raw]').fill('06 12 34 11 22');
    await page.getByRole('button', { name: /^save$/i }).click();
    await page.getByText('“0612” becomes “06 12 34 11 22”').waitFor();
    await expect.poll(() => remark.count()).toBe(0);
    await expectAccessible('person with history');
    await page.getByRole('button', { name: /^undo$/i }).click();
    await remark.waitFor();
    await page.getByRole('link', { name: /download as vcard/i }).waitFor();
  });

  test('goes to another workspace and back, and an open tab follows', async () => {
    await signIn({}, english);
    await page.getByText('Ada Lovelace').first().waitFor();
    await page.goto(`${product.url}/settings/me`);
    await page.getByRole('button', { name: /new workspace/i }).click();
    await page.getByLabel(/name of the workspace/i).fill('Second Ltd');
    await expectAccessible('new workspace');
    await page.getByRole('button', { name: /create the workspace/i }).click();
    await page.waitForURL(/\/people/);
    await page.getByText('Second Ltd').first().waitFor();
    expect(await page.getByText('Ada Lovelace').count()).toBe(0);
    const other = await page.context().newPage();
    await other.goto(`${product.url}/imports`);
    await other.getByText('Second Ltd').first().waitFor();
    await page.getByRole('button', { name: 'Claire Delmas' }).click();
    await expectAccessible('user menu');
    await page.getByRole('menuitem', { name: 'Exemple SA' }).click();
    await page.getByText('Ada Lovelace').first().waitFor();
    await other.getByText('Exemple SA').first().waitFor();
  });

  test('reaches a person by the keyboard alone', async () => {
    await signIn({}, english);
    await page.getByText('Ada Lovelace').first().waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('kierkegard');
    await page.getByText('Søren Kierkegaard').first().waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').waitFor();
    await expectAccessible('palette');
    await page.keyboard.type('lovelace');
    await page.getByRole('dialog').getByText('Ada Lovelace').waitFor();
    // The first letters find others too, and a busy machine shows them a while longer.
    await expect.poll(() => page.getByRole('dialog').getByText('Lefèvre').count(), { timeout: 10_000 }).toBe(0);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByText('ada@engine.example').first().waitFor();
  });

  test('opens what was found with arrow and Enter, and screens typed in haste', async () => {
    await signIn({}, english);
    await page.getByText('Ada Lovelace').first().waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('lovelace');
    await expect.poll(() => page.getByText('Søren Kierkegaard').count()).toBe(0);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL(/open=/);
    await page.keyboard.press('Escape');
    await page.waitForURL((url) => !url.search.includes('open='));
    // No wait for the palette: an `n` that it missed would open a new contact.
    await page.keyboard.press('Control+k');
    await page.keyboard.type('books');
    await expect.poll(() => page.getByRole('dialog').getByText('API keys').count()).toBe(0);
    await page.getByRole('dialog').getByText('Books', { exact: true }).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(/settings\/books/);
  });

  test('is told before an import when the book is lent', async () => {
    await signIn({}, english);
    await page.getByText('Ada Lovelace').first().waitFor();
    await page.goto(`${product.url}/delegations`);
    await page.getByRole('button', { name: /^lend/i }).first().click();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^lend$/i })
      .click();
    await page.getByText(/the whole company may find and read/i).waitFor();
    await page.goto(`${product.url}/imports`);
    const buffer = Buffer.from('First Name,Last Name,E-mail\nKatherine,Johnson,kj@orbit.example');
    await page.locator('input[type=file]').first().setInputFiles({ name: 'orbit.csv', mimeType: 'text/csv', buffer });
    await page.getByText(/is already lent\. The whole company may find and read/).waitFor();
    await page.goto(`${product.url}/delegations`);
    await page.getByRole('button', { name: /^withdraw$/i }).click();
    await page.getByRole('button', { name: /^undo$/i }).waitFor();
  });

  test('invites a colleague, who joins and sees nothing of what is private', async () => {
    await signIn({}, english);
    await page.getByText('Ada Lovelace').first().waitFor();
    const link = await page.evaluate(async () => {
      const answer = await fetch('/api/v1/invitations', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-entregent-csrf': '1' },
        body: '{}',
      });
      return ((await answer.json()) as { url: string }).url;
    });
    await page.context().close();
    await open({});
    await page.goto(link);
    await page.getByLabel(/your name/i).fill('Bruno Petit');
    await page.getByLabel(/e-mail/i).fill('bruno@exemple.example');
    await page
      .getByLabel(/password/i)
      .first()
      .fill(account.password);
    await expectAccessible('join');
    await page.getByRole('button', { name: /^join$/i }).click();
    await page.waitForURL((url) => !url.pathname.startsWith('/join'));
    await page.goto(`${product.url}/people`);
    await page.getByRole('searchbox').first().waitFor();
    expect(await page.getByText('Ada Lovelace').count()).toBe(0);
  });

  test('finds every screen of the settings without a serious finding', async () => {
    await signIn({}, english);
    await page.getByText('Ada Lovelace').first().waitFor();
    for (const path of ['me', 'books', 'members', 'teams', 'keys']) {
      await page.goto(`${product.url}/settings/${path}`);
      await page.getByRole('heading').first().waitFor();
      await page.waitForLoadState('networkidle');
      await expectAccessible(path);
    }
    await page.goto(`${product.url}/organizations`);
    await page.getByRole('searchbox').first().waitFor();
    await expectAccessible('organizations');
  });
});
