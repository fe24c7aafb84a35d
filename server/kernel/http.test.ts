import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestApp, type TestApp } from './testing.ts';

let app: TestApp;

beforeAll(async () => {
  app = await openTestApp();
});
afterAll(() => app.close());

test('a request that never ends does not hold its connection for ever', () => {
  const { requestTimeout, headersTimeout } = app.server.server;
  expect(requestTimeout).toBeGreaterThan(0);
  expect(requestTimeout).toBeLessThanOrEqual(3_600_000);
  expect(headersTimeout).toBeGreaterThan(0);
  expect(headersTimeout).toBeLessThanOrEqual(60_000);
});

test('pages of ours load nothing of other sites, send forms nowhere else, and stand in no frame', async () => {
  const { headers } = await app.client().fetch('/status');
  const policy = new Map(
    headers
      .get('content-security-policy')!
      .split(';')
      .map((directive) => directive.trim().split(/ (.*)/) as [string, string]),
  );
  expect(Object.fromEntries(policy)).toMatchObject({
    'default-src': "'self'",
    'script-src': "'self'",
    'script-src-attr': "'none'",
    'object-src': "'none'",
    'base-uri': "'none'",
    'form-action': "'self'",
    'frame-ancestors': "'none'",
    'font-src': "'self' data:",
  });
  expect([...policy.values()].filter((sources) => /https?:|\*/.test(sources ?? ''))).toEqual([]);
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('referrer-policy')).toBe('no-referrer');
});
