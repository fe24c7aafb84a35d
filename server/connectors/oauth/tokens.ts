import * as client from 'openid-client';
import { z } from 'zod';
import { Unreached } from '../../kernel/guarded.ts';
import { type Access, type OAuthClient, type Opening, passingTrouble, Trouble } from '../connector.ts';
import type { Provider } from '../contract.ts';
import { endpointsOf } from './endpoints.ts';

/** An account that its service has opened to us. */
export const account = z.object({
  /** Whose it is, as the service says; the same for ever. */
  accountId: z.string(),
  account: z.string(),
});
export type Account = z.output<typeof account>;

export const tokens = z.object({
  accessToken: z.string(),
  refreshToken: z.string(),
  /** Milliseconds since 1970. */
  expiresAt: z.number(),
});
export type Tokens = z.output<typeof tokens>;
export type AccountAccess = Access<Account, Tokens>;

type Way = Pick<Access, 'config' | 'guarded' | 'signal'>;

/** Octets of an answer with tokens, and seconds that it may take. */
const bounds = { limit: 2 ** 20, seconds: 30 };

function configure({ config, guarded, signal }: Way, provider: Provider, known: OAuthClient): client.Configuration {
  const { issuer, authorise, token, revoke } = endpointsOf(config, provider, known.tenant);
  const configuration = new client.Configuration(
    {
      issuer,
      authorization_endpoint: authorise,
      token_endpoint: token,
      ...(revoke !== undefined && { revocation_endpoint: revoke }),
    },
    known.clientId,
    known.clientSecret,
  );
  configuration[client.customFetch] = async (url, { method, headers, body }) => {
    const sent = { method, headers, ...(body != null && { body: String(body) }) };
    const answer = await guarded.fetch(url, { ...sent, signal, ...bounds });
    const passing = passingTrouble(answer);
    if (!passing) return answer;
    await answer.body?.cancel();
    throw passing;
  };
  // In the clear only to what plays the service in a test; the guard has its own word on it.
  if (token.startsWith('http:')) client.allowInsecureRequests(configuration);
  return configuration;
}

export const redirectOf = (publicUrl: string, path: string): string => `${publicUrl}/api/v1${path}`;

/** What the way back is checked against. */
export interface Expected {
  redirect: string;
  state: string;
  verifier: string;
}

/** Where the browser goes: the code flow with PKCE (RFC 7636) and state. @param hint the account that is meant */
export async function addressOfPage(
  way: Way,
  { provider, scopes }: Pick<Opening<Account, Tokens>, 'provider' | 'scopes'>,
  known: Omit<OAuthClient, 'clientSecret'>,
  { redirect, state, verifier }: Expected,
  hint: string | undefined,
): Promise<string> {
  const { parameters } = endpointsOf(way.config, provider, known.tenant);
  const url = client.buildAuthorizationUrl(configure(way, provider, { ...known, clientSecret: '' }), {
    ...parameters,
    redirect_uri: redirect,
    scope: scopes.join(' '),
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    ...(hint !== undefined && { login_hint: hint }),
  });
  return url.href;
}

export const newVerifier = (): string => client.randomPKCECodeVerifier();

/**
 * Exchanges the code that a browser brought back.
 * @param query of the address that it came back to
 * @throws Trouble | Unreached; Trouble forbidden where the account does not allow what was asked, or not for longer
 */
export async function exchange(
  way: Way,
  { provider, scopes }: Pick<Opening<Account, Tokens>, 'provider' | 'scopes'>,
  known: OAuthClient,
  query: string,
  { redirect, state, verifier }: Expected,
): Promise<Tokens> {
  const checks = { pkceCodeVerifier: verifier, expectedState: state };
  const back = new URL(`${redirect}?${query}`);
  const given = await client.authorizationCodeGrant(configure(way, provider, known), back, checks).catch(rethrow);
  const allowed = (given.scope ?? scopes.join(' ')).toLowerCase().split(/\s+/);
  const missing = scopes.filter((scope) => scope !== 'offline_access').some((scope) => !isAllowed(allowed, scope));
  if (missing || given.refresh_token === undefined) throw new Trouble('forbidden');
  return toTokens(given, given.refresh_token);
}

/** Services name their scopes in full or in short. */
const isAllowed = (allowed: readonly string[], scope: string): boolean =>
  allowed.some((one) => one === scope.toLowerCase() || one.endsWith(`/${scope.toLowerCase()}`));

type Given = Pick<client.TokenEndpointResponse, 'access_token' | 'expires_in'>;
const toTokens = (given: Given, refreshToken: string): Tokens => ({
  accessToken: given.access_token,
  refreshToken,
  expiresAt: Date.now() + (given.expires_in ?? 3600) * 1000,
});

/** Milliseconds before its end at which an access token is renewed. */
const ahead = 120_000;

/** The token to ask with. One that is about to end, or was refused, is renewed, and kept with what replaces it at once. */
export async function tokenFor(access: AccountAccess, provider: Provider, refused = false): Promise<string> {
  const { secret } = access;
  if (!refused && secret.expiresAt - ahead > Date.now()) return secret.accessToken;
  const known = await access.findClient(provider);
  if (!known) throw new Trouble('client_refused');
  const given = await client.refreshTokenGrant(configure(access, provider, known), secret.refreshToken).catch(rethrow);
  access.secret = toTokens(given, given.refresh_token ?? secret.refreshToken);
  await access.keepSecret(access.secret);
  return access.secret.accessToken;
}

/** Tells the service that we need the account no more (RFC 7009), where it can be told. */
export async function giveBack(access: AccountAccess, provider: Provider): Promise<void> {
  const known = await access.findClient(provider);
  if (!known || endpointsOf(access.config, provider, known.tenant).revoke === undefined) return;
  await client.tokenRevocation(configure(access, provider, known), access.secret.refreshToken);
}

/** What an answer of the token endpoint means (RFC 6749, 5.2; the rest as Google and Microsoft document it). */
const meanings: Record<string, Trouble['code']> = {
  invalid_client: 'client_refused',
  unauthorized_client: 'client_refused',
  deleted_client: 'client_refused',
  disabled_client: 'client_refused',
  invalid_grant: 'authorisation_ended',
  interaction_required: 'authorisation_ended',
  consent_required: 'authorisation_ended',
  login_required: 'authorisation_ended',
  access_denied: 'authorisation_ended',
  temporarily_unavailable: 'server_error',
};

function rethrow(error: unknown): never {
  for (let at = error; at instanceof Error; at = at.cause)
    if (at instanceof Trouble || at instanceof Unreached || at.name === 'AbortError') throw at;
  if (error instanceof client.WWWAuthenticateChallengeError) throw new Trouble('client_refused');
  if (error instanceof client.ResponseBodyError) throw new Trouble(meanings[error.error] ?? 'malformed');
  throw new Trouble('malformed');
}
