import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { keepScreenshot, openBrowser, openPage } from './browser.ts';
import { newInstallation, type Product, startProduct } from './product.ts';

export const password = 'seven green bicycles';

/** A product, a browser, and people with a page each, who go by their first names. */
export interface Story {
  readonly product: Product;
  /** The folder of its data, which goes with the story. */
  readonly folder: string;
  /** A page of somebody's, with a session of its own, in place of the one they had. */
  open(name: string, options?: BrowserContextOptions): Promise<Page>;
  page(name: string): Page;
  /** Somebody's page, gone to a path. */
  at(name: string, path: string): Promise<Page>;
  /** Somebody sets the installation up, past the screens; their page shows where that leads to. */
  begin(name: string, options?: BrowserContextOptions, simple?: 'simple'): Promise<Page>;
  /** Who began invites somebody, who joins, past the screens. */
  join(name: string, options?: BrowserContextOptions): Promise<Page>;
  /** What is no part of the story is done past the screens, as the member of the page. @throws Error when it is refused */
  send<T = unknown>(name: string, method: string, path: string, body?: object): Promise<T>;
  /** Starts the product again where it stood. */
  restart(): Promise<void>;
}

const firstOf = (name: string): string => name.split(' ')[0]!;

/**
 * Stages a story for the tests of a file; it begins before the first of them. A test that fails leaves pictures of all pages, one in whose
 * course a page complained to its console fails. @param args of the product @param expected complaints that belong to the story
 */
export function stageStory(args: string[] = [], expected?: RegExp): Story {
  let data: Awaited<ReturnType<typeof newInstallation>>;
  const problems: string[] = [];
  const pages = new Map<string, Page>();
  let product: Product;
  let browser: Browser;
  let first = '';

  beforeAll(async () => {
    data = await newInstallation();
    [browser, product] = await Promise.all([openBrowser(), startProduct(data.path, args)]);
  });
  afterAll(async () => {
    for (const one of pages.values()) await one.context().close();
    await product?.stop();
    data?.remove();
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail')
      for (const [name, page] of pages) await keepScreenshot(page, `${task.name} ${name}`);
    expect(problems.splice(0).filter((problem) => !expected?.test(problem))).toEqual([]);
  });

  const page = (name: string) => pages.get(name)!;
  const story: Story = {
    get product() {
      return product;
    },
    get folder() {
      return data.path;
    },
    page,
    async open(name, options = {}) {
      const opened = await openPage(browser, options, problems);
      await pages.get(name)?.context().close();
      pages.set(name, opened);
      return opened;
    },
    async at(name, path) {
      await page(name).goto(product.url + path);
      return page(name);
    },
    async begin(name, options, simple) {
      first = firstOf(name);
      const opened = await enter(name, '/setup', product.setupLink!, { workspace: 'Exemple SA' }, options);
      // A new company begins simple; stories are told in one that has all of it.
      if (!simple) {
        await send(opened, 'PUT', '/adoption/parts', { allOpen: true, open: [] });
        await opened.reload();
      }
      return opened;
    },
    async join(name, options) {
      const { url } = await story.send<{ url: string }>(first, 'POST', '/invitations', { role: 'member' });
      return enter(name, '/invitation/accept', url, {}, options);
    },
    send: (name, method, path, body) => send(page(name), method, path, body),
    async restart() {
      const { port } = new URL(product.url);
      product = await startProduct(data.path, [...args, '--port', port]);
    },
  };

  async function enter(name: string, path: string, link: string, more: object, options?: BrowserContextOptions) {
    const opened = await story.open(firstOf(name), options);
    await opened.goto(link);
    const email = `${firstOf(name).toLowerCase()}@exemple.example`;
    const locale = options?.locale?.startsWith('fr') ? 'fr' : 'en';
    const token = link.split('#token=')[1]!;
    await send(opened, 'POST', path, { ...more, token, name, email, password, locale });
    await opened.goto(`${product.url}/imports`);
    await opened.getByRole('navigation').first().waitFor();
    return opened;
  }
  return story;
}

function send<T>(page: Page, method: string, path: string, body?: object): Promise<T> {
  return page.evaluate(
    async ([how, where, what]) => {
      const headers = { 'content-type': 'application/json', 'x-entregent-csrf': '1' };
      const answer = await fetch(`/api/v1${where}`, { method: how, headers, ...(what && { body: what }) });
      if (!answer.ok) throw new Error(`${how} ${where}: ${await answer.text()}`);
      return answer.json();
    },
    [method, path, body && JSON.stringify(body)] as [string, string, string | undefined],
  );
}
