import { createHmac } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import * as identity from '../identity/contract.ts';
import type { Scope } from '../kernel/contract.ts';
import type { Client, Member, TestApp } from '../kernel/testing.ts';
import * as contracts from './contract.ts';
import * as sources from './sources-contract.ts';

const dayMs = 86_400_000;

export const daysAgo = (days: number): string => new Date(Date.now() - days * dayMs).toISOString();

let made = 0;
/** An order of yesterday's, unless it is said otherwise. */
export const anOrder = (said: Record<string, unknown> = {}): Record<string, unknown> => ({
  ...{ externalId: `order ${++made}`, kind: 'order', at: daysAgo(1) },
  ...{ amount: { value: 49.9, currency: 'EUR' }, props: { number: 'A-1' } },
  ...said,
});

/** A program of the company's, with a key of a member's. */
export async function openProgram(app: TestApp, by: Member, scopes: Scope[] = ['facts:write']): Promise<Client> {
  const { key } = await by.call(identity.createApiKey, { name: 'Shop', scopes: scopes as ['contacts:read'] });
  return app.client(key);
}

/** The state of each line, or why it was refused. */
export async function tell(client: Client, ...facts: unknown[]): Promise<string[]> {
  const { items } = await client.call(contracts.recordFacts, { facts: facts as [unknown] });
  return items.map(({ state, code }) => code ?? state);
}

/** What a viewer sees of a person: kind and day, the newest first. */
export async function historyOf(viewer: Member, personId: string): Promise<contracts.PersonFact[]> {
  return (await viewer.call(contracts.listPersonFacts, { personId })).items;
}

/** A site with our tag. */
export async function addSite(admin: Member, origin = 'https://shop.example') {
  const { source, secret } = await admin.call(sources.addSource, {
    kind: 'tag',
    name: 'Shop',
    settings: { origins: [origin] },
  });
  return { source, secret, key: /\/t\/([\w-]+)\.js$/.exec(source.url!)![1]!, origin };
}
export type Site = Awaited<ReturnType<typeof addSite>>;

const agent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
let visitors = 0;
export const newVisitor = (): string => `${'v'.repeat(16)}${++visitors}`;
export const anEvent = (said: Record<string, unknown> = {}) => ({
  ...{
    id: `event${String(++made).padStart(8, '0')}`,
    kind: 'visit',
    ago: 1000,
    props: { page: 'https://shop.example/' },
  },
  ...said,
});

/** What a browser on a site says. @returns the status of the answer */
export async function sayFrom(
  app: TestApp,
  { key, origin }: Pick<Site, 'key' | 'origin'>,
  said: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  const { port } = app.server.server.address() as AddressInfo;
  return fetch(`http://127.0.0.1:${port}/t/${key}`, {
    method: 'POST',
    headers: { origin, 'content-type': 'text/plain', 'user-agent': agent, ...headers },
    body: JSON.stringify(said),
  });
}

/** A token as a company's server makes it with a library for JSON Web Tokens. */
export function signToken(secret: string, claims: Record<string, unknown>, alg = 'HS256'): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const said = `${part({ alg, typ: 'JWT' })}.${part({ exp: Math.floor(Date.now() / 1000) + 600, ...claims })}`;
  return `${said}.${createHmac('sha256', secret).update(said).digest('base64url')}`;
}
