import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { expectAccessible, keepScreenshot, openBrowser, openPage } from './browser.ts';
import { newDataFolder, type Product, startProduct } from './product.ts';

// A story of three: Louis and Claire know Hedy Lamarr and let her be found; Emma looks for her.

const data = newDataFolder();
const problems: string[] = [];
const pages = new Map<string, Page>();
let product: Product;
let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
  product = await startProduct(data.path);
  const claire = await open('Claire');
  await claire.goto(product.setupLink!);
  await claire.getByLabel(/your company/i).fill('Exemple SA');
  await fillIn(claire, 'Claire Delmas');
  await claire.getByRole('button', { name: /create the workspace/i }).click();
  await claire.waitForURL(/\/imports/);
  for (const name of ['Louis Martin', 'Emma Petit']) {
    const { url } = await post<{ url: string }>(claire, '/invitations', { role: 'member' });
    const page = await open(name.split(' ')[0]!);
    await page.goto(url);
    await fillIn(page, name);
    await page.getByRole('button', { name: /^join$/i }).click();
    await page.waitForURL((to) => !to.pathname.startsWith('/join'));
  }
  for (const holder of ['Louis', 'Claire']) {
    const page = pages.get(holder)!;
    const name = { kind: 'name', value: { given: 'Hedy', family: 'Lamarr' } };
    const email = { kind: 'email', value: { value: 'hedy@hop.example', type: 'work' } };
    await post(page, '/cards', { fields: [name, email] });
    await lend(page, { grantee: { kind: 'workspace' }, acts: ['discover'] });
  }
});
afterAll(async () => {
  await browser?.close();
  await product?.stop();
  data.remove();
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail')
    for (const [name, page] of pages) await keepScreenshot(page, `${task.name} ${name}`);
  expect(problems.splice(0)).toEqual([]);
});

async function open(name: string, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await openPage(browser, options, problems);
  pages.set(name, page);
  return page;
}

async function fillIn(page: Page, name: string): Promise<void> {
  await page.getByLabel(/your name/i).fill(name);
  await page.getByLabel(/e-mail/i).fill(`${name.split(' ')[0]!.toLowerCase()}@exemple.example`);
  await page
    .getByLabel(/password/i)
    .first()
    .fill('seven green bicycles');
}

/** What is no part of the story is set up by the API, as the member of the page. */
function post<T>(page: Page, path: string, body: object): Promise<T> {
  return page.evaluate(
    async ([to, sent]) => {
      const headers = { 'content-type': 'application/json', 'x-entregent-csrf': '1' };
      const answer = await fetch(`/api/v1${to}`, { method: 'POST', headers, body: sent });
      if (!answer.ok) throw new Error(await answer.text());
      return answer.json();
    },
    [path, JSON.stringify(body)] as const,
  ) as Promise<T>;
}

async function lend(page: Page, terms: object): Promise<void> {
  const books = await page.evaluate(async () => {
    const answer = await fetch('/api/v1/books');
    return ((await answer.json()) as { items: { id: string; mine: boolean }[] }).items;
  });
  await post(page, `/books/${books.find(({ mine }) => mine)!.id}/grants`, terms);
}

async function at(name: string, path: string): Promise<Page> {
  const page = pages.get(name)!;
  await page.goto(product.url + path);
  return page;
}

test('a search says that somebody here knows her; Emma asks, without learning who', async () => {
  const emma = await at('Emma', '/people?q=Lamarr');
  await emma.getByText(/known to colleagues who let them be found/i).waitFor();
  await emma.getByRole('button', { name: /ask for an introduction/i }).click();
  await emma.getByLabel(/whom you are looking for, and why/i).fill('We would like to show her our radio.');
  await expectAccessible(emma, 'asking');
  await emma.getByRole('button', { name: /send the request/i }).click();
  await emma.getByText(/on its way/i).waitFor();
  await at('Emma', '/introductions');
  await emma.getByText(/no answer yet/i).waitFor();
  expect(await emma.locator('main').textContent()).not.toMatch(/Louis|Claire/);
});

test('Claire declines, which nobody sees; Louis introduces, to her first and then to both', async () => {
  const emma = pages.get('Emma')!;
  const before = await emma.locator('main').textContent();
  const claire = await at('Claire', '/home');
  await claire.getByRole('link', { name: /look and answer/i }).click();
  await claire.getByRole('button', { name: /decline/i }).click();
  await claire.getByText(/nothing of it shows/i).waitFor();
  expect(await emma.locator('main').textContent()).toBe(before);
  const louis = await at('Louis', '/notices');
  await louis.getByText(/Emma Petit asks you for an introduction/).click();
  await expectAccessible(louis, 'asked');
  await louis.getByRole('button', { name: /^introduce/i }).click();
  const first = louis.getByRole('region', { name: /first ask your contact/i });
  await first.getByText(/May I put you in touch/).waitFor();
  expect(await first.getByRole('link', { name: /mail program/i }).getAttribute('href')).toMatch(/^mailto:hedy%40hop/);
  await expectAccessible(louis, 'introducing');
  await louis.getByRole('button', { name: /the introduction is made/i }).click();
  // Emma's page follows by itself.
  await emma.getByText(/Louis Martin introduced you/).waitFor();
  await emma.getByRole('button', { name: /we talked/i }).click();
  await louis.getByText(/Emma Petit says of it: We talked/).waitFor();
});

test('a task about her is recalled, and ticked off', async () => {
  const louis = await at('Louis', '/people?q=Lamarr');
  await louis.getByText('Hedy Lamarr').first().click();
  await louis.getByRole('button', { name: /new task/i }).click();
  await louis.getByLabel('What', { exact: true }).fill('Thank her');
  await louis.getByLabel(/for which day/i).fill('2026-01-05');
  await expectAccessible(louis, 'a new task');
  await louis.getByRole('button', { name: /write it down/i }).click();
  await louis.getByText(/overdue/i).waitFor();
  await at('Louis', '/notices');
  await louis.getByText(/To do: Thank her/).waitFor();
  await at('Louis', '/tasks');
  await louis.getByRole('checkbox', { name: /thank her/i }).click();
  await louis.getByText(/nothing to do/i).waitFor();
});

test('what Louis withdraws leaves the screen of Emma by itself', async () => {
  const louis = await at('Louis', '/delegations');
  await lend(louis, { grantee: { kind: 'workspace' }, acts: ['read'] });
  const emma = await at('Emma', '/people?q=Lamarr');
  await emma.getByText('Hedy Lamarr').first().click();
  await emma.getByText('hedy@hop.example').first().waitFor();
  await louis.reload();
  await louis
    .getByRole('listitem')
    .filter({ hasText: /find and read/ })
    .getByRole('button', { name: /^withdraw$/i })
    .click();
  // The next poll would come five minutes later.
  await emma.getByText('hedy@hop.example').first().waitFor({ state: 'detached', timeout: 10_000 });
  await emma.getByText('Hedy Lamarr').first().waitFor({ state: 'detached', timeout: 10_000 });
});

test('on a phone and in the dark, in French', async () => {
  const state = await pages.get('Claire')!.context().storageState();
  const options = { viewport: { width: 390, height: 844 }, colorScheme: 'dark', storageState: state } as const;
  const phone = await open('phone', options);
  for (const path of ['/introductions/asked', '/introductions', '/tasks', '/notices', '/settings/notices']) {
    await phone.goto(product.url + path);
    await phone.getByRole('heading', { level: 1 }).waitFor();
    await expectAccessible(phone, path);
    const overflow = await phone.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow, path).toBeLessThanOrEqual(0);
  }
});
