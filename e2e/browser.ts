import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';
import { root } from '../server/kernel/config.ts';
import { findChromium } from '../tools/chromium.ts';

let running: Browser | undefined;

/** One browser for all that run in this process, each with pages of their own; it ends with the process. */
export async function openBrowser(): Promise<Browser> {
  running = running?.isConnected() ? running : await launch();
  return running;
}

function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: findChromium()!,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
    ],
  });
}

/** A page with a session of its own; what its console complains about is added to `problems`. */
export async function openPage(browser: Browser, options: BrowserContextOptions, problems: string[]): Promise<Page> {
  const context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => {
    // The browser itself reports every answer that is no success, such as the 401 that says nobody is signed in.
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) problems.push(message.text());
  });
  return page;
}

/** Keeps what a failed test showed last. */
export async function keepScreenshot(page: Page | undefined, name: string): Promise<void> {
  if (page === undefined || page.isClosed()) return;
  const folder = join(root, 'test-results');
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name.replaceAll(/\W+/g, '-').slice(0, 60)}.png`) });
}

/** Waits for what still fades in: half faded, any text lacks contrast. Mantine opens its menus within 150 ms. */
async function settle(page: Page): Promise<void> {
  await page.waitForTimeout(200);
  await page.waitForFunction(() =>
    document
      .getAnimations()
      .every(({ playState, effect }) => playState !== 'running' || effect?.getTiming().iterations === Infinity),
  );
}

const standard = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

const modal = '[role=dialog][aria-modal=true]';

/** Screens must be usable by everybody: no serious finding of axe (WCAG 2.2 AA). */
export async function expectAccessible(page: Page, name: string): Promise<void> {
  await settle(page);
  // The pages have no frames of others: in legacy mode axe needs no second page to bring its findings together.
  const axe = new AxeBuilder({ page }).setLegacyMode().options({ runOnly: standard, resultTypes: ['violations'] });
  // Behind a modal nothing can be reached; half covered, a button there would be too small a target.
  if ((await page.locator(modal).filter({ visible: true }).count()) > 0) axe.include(modal);
  const { violations } = await axe.analyze();
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  const told = serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
  expect(told, name).toEqual([]);
}
