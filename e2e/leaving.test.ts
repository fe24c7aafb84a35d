import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { expectAccessible, keepScreenshot, openBrowser, openPage } from './browser.ts';
import { newDataFolder, type Product, startProduct } from './product.ts';

// Claire publishes a charter, Louis accepts it and later leaves: what he lent stays, what was his goes.

const data = newDataFolder();
const problems: string[] = [];
const pages = new Map<string, Page>();
let product: Product;
let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
  product = await startProduct(data.path);
});
afterAll(async () => {
  await browser?.close();
  await product?.stop();
  data.remove();
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail')
    for (const [name, page] of pages) await keepScreenshot(page, `${task.name} ${name}`);
  // A member who has left is refused: the browser says so in its console.
  expect(problems.splice(0).filter((problem) => !/\b401\b|\b403\b/.test(problem))).toEqual([]);
});

async function open(name: string, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await openPage(browser, options, problems);
  pages.set(name, page);
  return page;
}

test('Claire publishes a charter, which she and Louis read and accept before anything else', async () => {
  const claire = await open('Claire');
  await claire.goto(product.setupLink!);
  await claire.getByLabel(/your company/i).fill('Exemple SA');
  await claire.getByLabel(/your name/i).fill('Claire Delmas');
  await claire.getByLabel(/e-mail/i).fill('claire@exemple.example');
  await claire
    .getByLabel(/password/i)
    .first()
    .fill('seven green bicycles');
  await claire.getByRole('button', { name: /create the workspace/i }).click();
  await claire.waitForURL(/\/imports/);
  await claire.goto(`${product.url}/settings/charter`);
  await claire.getByText(/no charter yet/i).waitFor();
  await expectAccessible(claire, 'no charter');
  await claire.getByRole('button', { name: /write the charter/i }).click();
  await claire
    .getByLabel(/of their main book/i)
    .first()
    .click();
  await claire.getByRole('option', { name: /can be read/i }).click();
  await expectAccessible(claire, 'writing the charter');
  await claire.getByRole('button', { name: /^publish$/i }).click();
  await claire.waitForURL(/\/charter/);
  await claire.getByRole('heading', { name: /lent, not handed over/i }).waitFor();
  await expectAccessible(claire, 'the charter to accept');
  await claire.getByRole('button', { name: /i accept/i }).click();
  await claire.waitForURL(/\/people/);
  const link = await claire.evaluate(async () => {
    const answer = await fetch('/api/v1/invitations', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-entregent-csrf': '1' },
      body: JSON.stringify({ role: 'member' }),
    });
    return ((await answer.json()) as { url: string }).url;
  });
  const louis = await open('Louis', { viewport: { width: 390, height: 844 }, colorScheme: 'dark' });
  await louis.goto(link);
  await louis.getByLabel(/your name/i).fill('Louis Martin');
  await louis.getByLabel(/e-mail/i).fill('louis@exemple.example');
  await louis
    .getByLabel(/password/i)
    .first()
    .fill('seven blue bicycles');
  await louis.getByRole('button', { name: /^join$/i }).click();
  await louis.waitForURL(/\/charter/);
  await louis.getByText(/may find and read the contacts of “My contacts”/).waitFor();
  await expectAccessible(louis, 'the charter on a phone in the dark');
  await louis.getByRole('button', { name: /i accept/i }).click();
  await louis.waitForURL((url) => !url.pathname.startsWith('/charter'));
  const file = { name: 'c.csv', mimeType: 'text/csv', buffer: Buffer.from('First Name,Last Name\nHedy,Lamarr\n') };
  await louis.goto(`${product.url}/imports`);
  await louis.locator('input[type=file]').first().setInputFiles(file);
  await louis.getByRole('button', { name: /import 1 contact/i }).click();
  await louis
    .getByText(/the import is done/i)
    .first()
    .waitFor();
});

test('Louis sees beforehand what would stay, and is out once Claire has confirmed', async () => {
  const claire = pages.get('Claire')!;
  const louis = pages.get('Louis')!;
  await claire.goto(`${product.url}/settings/members`);
  await claire.getByRole('button', { name: /actions for louis/i }).click();
  await claire.getByRole('menuitem', { name: /leaves the company/i }).click();
  await claire.getByText('1 contact stays · nothing goes').waitFor();
  await expectAccessible(claire, 'a departure');
  await louis.goto(`${product.url}/leaving`);
  await louis.getByText('1 contact stays · nothing goes').waitFor();
  await expectAccessible(louis, 'my departure');
  await claire
    .getByLabel(/who looks after what stays/i)
    .first()
    .click();
  await claire.getByRole('option', { name: /claire/i }).click();
  await claire.getByLabel(/type .louis martin/i).fill('Louis Martin');
  await claire.getByRole('button', { name: /louis martin leaves/i }).click();
  await claire.getByRole('heading', { name: /louis martin has left/i }).waitFor();
  await louis.goto(`${product.url}/people`);
  await louis.waitForURL(/\/sign-in/);
});

test('what stays is looked after by Claire, the audit tells who did what, and it can be taken back', async () => {
  const claire = pages.get('Claire')!;
  await claire.goto(`${product.url}/people?q=Lamarr`);
  await claire.getByText('Hedy Lamarr').first().waitFor();
  await claire.goto(`${product.url}/settings/audit`);
  await claire.getByText(/Louis Martin left the company, confirmed by Claire Delmas/).waitFor();
  await expectAccessible(claire, 'the audit');
  await claire.goto(`${product.url}/settings/members`);
  await claire.getByRole('link', { name: /what stays, what goes/i }).click();
  await claire.getByRole('button', { name: /take the departure back/i }).click();
  await claire.getByText(/came back/i).waitFor();
  await expectAccessible(claire, 'a departure taken back');
});
