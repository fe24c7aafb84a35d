import { z } from 'zod';
import { type Accounts, headersOf } from '../identity/accounts.ts';
import { noteDevice } from '../identity/known-devices.ts';
import type { App } from '../kernel/app.ts';
import { AppError, notFound } from '../kernel/errors.ts';
import { localeOf, type PublicContext } from '../kernel/http.ts';
import { newId, newToken } from '../kernel/ids.ts';
import { admit, Refused } from './admission.ts';
import * as oidc from './oidc.ts';
import * as queries from './queries.ts';
import { type Proof, pathOfOurs } from './rules.ts';
import * as saml from './saml.ts';

/** Where a browser comes back to, which alone gets the cookie. */
export const companyPath = '/api/v1/sign-in/company';
const cookieName = 'entregent_company';

function cookieOf(value: string, seconds: number, publicUrl: string): string {
  const secure = publicUrl.startsWith('https:') ? '; Secure' : '';
  // Lax: the browser comes back from another site, by a link.
  return `${cookieName}=${value}; Path=${companyPath}; HttpOnly; SameSite=Lax; Max-Age=${seconds}${secure}`;
}

const readCookie = (header: string | undefined): string =>
  new RegExp(`(?:^|;\\s*)${cookieName}=([\\w-]+)`).exec(header ?? '')?.[1] ?? '';

/** Names the attempt to whoever carries it around: not secret, and of no use without the cookie. */
const stateOf = (workspaceId: string, attemptId: string): string => `${workspaceId}.${attemptId}`;
const state = z
  .string()
  .transform((text) => text.split('.'))
  .pipe(z.tuple([z.uuid(), z.uuid()]));

const expected = z.object({ verifier: z.string(), nonce: z.string() });
const proof = z.object({
  subject: z.string(),
  email: z.string().nullable(),
  emailVerified: z.boolean().nullable(),
  name: z.string().nullable(),
});

function oidcSettings(app: App, { issuer, client_id, client_secret }: queries.FoundProvider): oidc.OidcSettings {
  return { issuer, clientId: client_id!, clientSecret: app.secrets.decrypt(client_secret!) };
}
function samlSettings({ issuer, sso_url, certificates }: queries.FoundProvider): saml.SamlSettings {
  return { issuer, ssoUrl: sso_url!, certificates };
}

export async function findProviderOf(
  app: App,
  providerId: string,
  kind: 'oidc' | 'saml',
): Promise<queries.FoundProvider | undefined> {
  if (!z.uuid().safeParse(providerId).success) return undefined;
  const found = await app.db.asSystem('identity', (tx) => queries.findProvider(tx, providerId));
  return found?.kind === kind ? found : undefined;
}

/** Begins: an attempt of this browser, and where it is to go. @throws AppError not_found, company_unreachable */
export async function startSignIn(
  { app, reply }: PublicContext,
  providerId: string,
  back: string | undefined,
): Promise<{ url: string }> {
  const provider = await app.db.asSystem('identity', (tx) => queries.findProvider(tx, providerId));
  if (!provider) throw notFound();
  const { workspace_id: workspaceId } = provider;
  const [attemptId, browser] = [newId(), newToken()];
  const { publicUrl } = app.config;
  const going = await go(app, provider, attemptId).catch(() => {
    throw new AppError('company_unreachable');
  });
  const sealed = 'expected' in going ? app.secrets.encrypt(JSON.stringify(going.expected)) : null;
  await app.db.asSystem('identity', (tx) =>
    queries.addAttempt(tx, workspaceId, { attemptId, providerId, browser, sealed, back: pathOfOurs(back) }),
  );
  reply.header('set-cookie', cookieOf(browser, 600, publicUrl));
  return { url: going.url };
}

async function go(
  app: App,
  provider: queries.FoundProvider,
  attemptId: string,
): Promise<{ url: string; expected?: oidc.Expected }> {
  const named = stateOf(provider.workspace_id, attemptId);
  if (provider.kind === 'oidc') return oidc.begin(app, oidcSettings(app, provider), named);
  const ours = saml.oursOf(app.config.publicUrl, provider.provider_id);
  return { url: await saml.begin(samlSettings(provider), ours, attemptId, named) };
}

type Returning = PublicContext & { accounts: Accounts };

/** Takes the attempt that a state names, if it is this browser's. @throws Refused expired */
async function takeAttempt({ app, request }: Returning, named: unknown, proven: boolean) {
  const ids = state.safeParse(named);
  if (!ids.success) throw new Refused('expired');
  const [workspaceId, attemptId] = ids.data;
  const browser = readCookie(request.headers.cookie);
  const [attempt, provider] = await app.db.asSystem('identity', async (tx) => {
    const taken = await queries.takeAttempt(tx, workspaceId, attemptId, browser, proven);
    return [taken, taken ? await queries.findProvider(tx, taken.provider_id) : undefined];
  });
  if (!attempt?.sealed || !provider) throw new Refused('expired');
  return { provider, back: attempt.back, content: JSON.parse(app.secrets.decrypt(attempt.sealed)) as unknown };
}

async function letIn(
  { app, accounts, request, reply }: Returning,
  provider: queries.FoundProvider,
  said: Proof,
): Promise<void> {
  const arrival = { app, accounts, provider, proof: said, locale: localeOf(request) };
  const { accountId, cookies } = await admit(arrival, headersOf(request));
  const { workspace_id: workspaceId } = provider;
  const member = await app.db.asSystem('identity', (tx) => queries.findByAccount(tx, workspaceId, accountId));
  const device = await noteDevice(app, request, { workspaceId, memberId: member!.member_id });
  reply.header('set-cookie', [...cookies, device, cookieOf('', 0, app.config.publicUrl)]);
}

/** The browser is back from an OIDC provider. @returns where it goes @throws Refused */
export async function finishOidc(returning: Returning): Promise<string> {
  const { app, request } = returning;
  const query = request.query as Record<string, string>;
  const { provider, back, content } = await takeAttempt(returning, query.state, false);
  if (provider.kind !== 'oidc') throw new Refused('invalid');
  if (query.error) throw new Refused(query.error === 'access_denied' ? 'cancelled' : 'invalid');
  const { search } = new URL(request.url, app.config.publicUrl);
  const said = await oidc
    .finish(app, oidcSettings(app, provider), search.slice(1), query.state!, expected.parse(content))
    .catch(() => {
      throw new Refused('invalid');
    });
  await letIn(returning, provider, said);
  return back;
}

/**
 * A SAML provider's answer, posted from its site and so without our cookie: it is checked and kept, and the browser comes for it.
 * @returns the state that names it @throws Refused
 */
export async function receiveSaml(app: App, providerId: string, answer: string): Promise<string> {
  const provider = await findProviderOf(app, providerId, 'saml');
  if (!provider) throw new Refused('invalid');
  const attemptOf = (requestId: string) => z.uuid().safeParse(requestId.slice(1)).data ?? null;
  const isOpen = async (requestId: string) => {
    const attemptId = attemptOf(requestId);
    return attemptId && app.db.asSystem('identity', (tx) => queries.findWaiting(tx, provider, attemptId));
  };
  const ours = saml.oursOf(app.config.publicUrl, providerId);
  const { proof: said, requestId } = await saml
    .finish(samlSettings(provider), ours, answer, async (id) => (await isOpen(id)) || null)
    .catch(() => {
      throw new Refused('invalid');
    });
  const attemptId = attemptOf(requestId)!;
  const sealed = app.secrets.encrypt(JSON.stringify(said));
  // Each request has one answer, so that an assertion opens once.
  const kept = await app.db.asSystem('identity', (tx) => queries.proveAttempt(tx, provider, attemptId, sealed));
  if (!kept) throw new Refused('expired');
  return stateOf(provider.workspace_id, attemptId);
}

/** The browser comes for what its SAML provider has said. @returns where it goes @throws Refused */
export async function finishSaml(returning: Returning): Promise<string> {
  const { state: named } = returning.request.query as Record<string, string>;
  const { provider, back, content } = await takeAttempt(returning, named, true);
  await letIn(returning, provider, proof.parse(content));
  return back;
}
