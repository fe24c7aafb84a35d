import * as client from 'openid-client';
import type { App } from '../kernel/app.ts';
import { openRemote } from './remote.ts';
import type { Proof } from './rules.ts';

export interface OidcSettings {
  issuer: string;
  clientId: string;
  clientSecret: string;
}

/** What the way back is checked against. */
export interface Expected {
  verifier: string;
  nonce: string;
}

export const redirectOf = (publicUrl: string): string => `${publicUrl}/api/v1/sign-in/company/oidc`;

/**
 * Asks the issuer for its configuration (OpenID Connect Discovery 1.0), whose `issuer` must be the one asked.
 * @throws Error when it does not answer, or otherwise
 */
export async function discover(
  app: App,
  { issuer, clientId, clientSecret }: OidcSettings,
): Promise<client.Configuration> {
  const { localIssuers } = app.config;
  return client.discovery(new URL(issuer), clientId, clientSecret, undefined, {
    [client.customFetch]: openRemote(localIssuers),
    timeout: 10,
    // Signatures are checked by the issuer's keys even where encryption alone would do (Core 1.0, 3.1.3.7); `remote.ts` refuses http.
    execute: [client.enableNonRepudiationChecks, ...(localIssuers ? [client.allowInsecureRequests] : [])],
  });
}

/** Where the browser goes: the code flow with PKCE (RFC 7636), state and nonce. */
export async function begin(
  app: App,
  settings: OidcSettings,
  state: string,
): Promise<{ url: string; expected: Expected }> {
  const expected = { verifier: client.randomPKCECodeVerifier(), nonce: client.randomNonce() };
  const configuration = await discover(app, settings);
  const url = client.buildAuthorizationUrl(configuration, {
    redirect_uri: redirectOf(app.config.publicUrl),
    scope: 'openid email profile',
    code_challenge: await client.calculatePKCECodeChallenge(expected.verifier),
    code_challenge_method: 'S256',
    state,
    nonce: expected.nonce,
  });
  return { url: url.href, expected };
}

/**
 * Exchanges the code and checks the id token: signature, issuer, audience, times, nonce (Core 1.0, 3.1.3.7).
 * @param query the query of the address that the browser came back to
 * @throws Error when any of it does not hold
 */
export async function finish(
  app: App,
  settings: OidcSettings,
  query: string,
  state: string,
  { verifier, nonce }: Expected,
): Promise<Proof> {
  const configuration = await discover(app, settings);
  const tokens = await client.authorizationCodeGrant(
    configuration,
    new URL(`${redirectOf(app.config.publicUrl)}?${query}`),
    {
      pkceCodeVerifier: verifier,
      expectedNonce: nonce,
      expectedState: state,
      idTokenExpected: true,
    },
  );
  const told = tokens.claims()!;
  const asked = configuration.serverMetadata().userinfo_endpoint !== undefined && told.email === undefined;
  const more = asked ? await client.fetchUserInfo(configuration, tokens.access_token, told.sub) : {};
  const claims: Record<string, unknown> = { ...more, ...told };
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null);
  return {
    subject: told.sub,
    email: text(claims.email),
    // Some providers write it as a text.
    emailVerified: claims.email_verified === undefined ? null : String(claims.email_verified) === 'true',
    name: text(claims.name),
  };
}
