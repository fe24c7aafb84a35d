import { setTimeout as sleep } from 'node:timers/promises';
import type { TestApp } from '../kernel/testing.ts';

/** Somebody who opens a form without JavaScript, from an address of their own. */
export interface Visitor {
  open(query?: string): Promise<Page>;
  post(path: string, body: URLSearchParams | string): Promise<Response>;
  get(path: string): Promise<Response>;
}

/** A form as it is shown, and what is sent from it. */
export interface Page {
  html: string;
  answer: Response;
  stamp: string;
  send(typed: Record<string, string>, options?: { stamp?: string; query?: string }): Promise<Response>;
}

let addresses = 0;

export function visit(app: TestApp, path: string): Visitor {
  const headers = {
    'x-forwarded-for': `203.0.${Math.floor(++addresses / 250)}.${(addresses % 250) + 1}`,
    'accept-language': 'en',
  };
  const go = (to: string, init: RequestInit = {}) =>
    fetch(app.url + to, { redirect: 'manual', ...init, headers: { ...headers, ...(init.headers as object) } });
  const post = (to: string, body: URLSearchParams | string) =>
    go(to, { method: 'POST', body: String(body), headers: { 'content-type': 'application/x-www-form-urlencoded' } });
  return {
    get: go,
    post,
    async open(query = '') {
      const answer = await go(path + query);
      const html = await answer.text();
      const stamp = /name="stamp" value="([^"]+)"/.exec(html)?.[1] ?? '';
      const send: Page['send'] = (typed, options = {}) =>
        post(path + (options.query ?? query), new URLSearchParams({ stamp: options.stamp ?? stamp, ...typed }));
      return { html, answer, stamp, send };
    },
  };
}

/** As long as nobody fills in a form. */
export const aWhile = () => sleep(2100);
