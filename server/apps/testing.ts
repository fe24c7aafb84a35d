import { createHash, randomBytes } from 'node:crypto';
import type { z } from 'zod';
import { type Client, codeOf, type Member, type TestApp } from '../kernel/testing.ts';
import * as contracts from './contract.ts';

const redirect = 'http://127.0.0.1:9/callback';

export interface Program {
  clientId: string;
  secret: string | null;
  scopes: string[];
}

/** Has an admin register a program. */
export async function register(
  admin: Member,
  options: Partial<z.input<typeof contracts.registerClient.input>> = {},
): Promise<Program> {
  const scopes = options.scopes ?? ['contacts:read', 'facts:write'];
  const made = await admin.call(contracts.registerClient, {
    name: 'Mailing tool',
    redirectUris: [redirect],
    confidential: true,
    ...options,
    scopes,
  });
  return { ...made, scopes };
}

export interface Pkce {
  verifier: string;
  challenge: string;
}
export function makePkce(): Pkce {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}

/** The question that a program has the browser ask; null takes a parameter out. */
export function question(
  program: Program,
  pkce: Pkce,
  changes: Record<string, string | null | undefined> = {},
): string {
  const all: Record<string, string | null | undefined> = {
    response_type: 'code',
    client_id: program.clientId,
    redirect_uri: redirect,
    scope: [...program.scopes, 'offline_access'].join(' '),
    state: 'state-1',
    code_challenge: pkce.challenge,
    code_challenge_method: 'S256',
    ...changes,
  };
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(all)) if (value) asked.set(name, value);
  return asked.toString();
}

/** Where the browser is sent that asks. */
export async function ask(browser: Client, asked: string): Promise<URL> {
  const answer = await browser.fetch(`/../auth/oauth2/authorize?${asked}`, { redirect: 'manual' });
  return new URL(answer.headers.get('location') ?? 'http://nowhere/', 'http://127.0.0.1');
}

/** What the consent page holds of the question. */
export async function askConsent(member: Member, asked: string): Promise<string> {
  return (await ask(member, asked)).searchParams.get('request') ?? '';
}

interface Tokens {
  access_token: string;
  refresh_token: string;
  error?: string;
}

/** A request of the program itself to an endpoint of the authorization server. */
export async function post(
  app: TestApp,
  path: string,
  program: Program,
  fields: Record<string, string>,
): Promise<{ status: number; body: Tokens & Record<string, unknown> }> {
  const body = new URLSearchParams({ ...fields, ...(program.secret ? {} : { client_id: program.clientId }) });
  const answer = await app.client().fetch(`/../auth/oauth2/${path}`, {
    method: 'POST',
    body: body.toString(),
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...(program.secret
        ? { authorization: `Basic ${Buffer.from(`${program.clientId}:${program.secret}`).toString('base64')}` }
        : {}),
    },
  });
  const text = await answer.text();
  return { status: answer.status, body: text ? JSON.parse(text) : {} };
}

export const redeem = (app: TestApp, program: Program, code: string, verifier: string) =>
  post(app, 'token', program, {
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirect,
    code_verifier: verifier,
  });

export const refresh = (app: TestApp, program: Program, token: string) =>
  post(app, 'token', program, { grant_type: 'refresh_token', refresh_token: token });

/** The member says yes; gives the code. */
export async function consent(
  member: Member,
  program: Program,
  pkce: Pkce,
  lent: Omit<z.input<typeof contracts.authorise.input>, 'request'>,
): Promise<string> {
  const request = await askConsent(member, question(program, pkce));
  const { url } = await member.call(contracts.authorise, { request, ...lent });
  return new URL(url).searchParams.get('code')!;
}

/** The whole way: the member authorises the program for these books, and it gets its tokens. */
export async function authorise(
  app: TestApp,
  member: Member,
  program: Program,
  lent: Omit<z.input<typeof contracts.authorise.input>, 'request'>,
): Promise<{ client: Client; tokens: Tokens }> {
  const pkce = makePkce();
  const code = await consent(member, program, pkce, lent);
  const { body } = await redeem(app, program, code, pkce.verifier);
  return { client: app.client(body.access_token), tokens: body };
}

/** Whether a call is refused as nobody's. */
export const isNobody = async (call: Promise<unknown>) =>
  ['unauthenticated', 'invalid_token', 'invalid_api_key'].includes(await codeOf(call));
