import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { oauthProvider } from '@better-auth/oauth-provider';
import type pg from 'pg';
import type { Config } from '../kernel/config.ts';
import type { AppScope } from '../kernel/contract.ts';
import { AppError } from '../kernel/errors.ts';
import { sha256 } from '../kernel/ids.ts';
import type { Auth } from './accounts.ts';

/** The authorization server (OAuth 2.1): a library's work behind the promises that apps need. */
export interface OAuth {
  /** Answers a request to an endpoint of the protocol below /api/auth. */
  handle(request: Request): Promise<Response>;
  /** That a request for consent was signed here, and not long ago. @throws AppError link_expired */
  check(headers: Headers, request: string): Promise<void>;
  /** Says yes to a request that `handle` sent to the consent page. @returns where the browser goes. @throws AppError link_expired */
  accept(headers: Headers, request: string, app: { workspaceId: string; appId: string }): Promise<string>;
  /** Says no. @returns where the browser goes. @throws AppError link_expired */
  refuse(headers: Headers, request: string): Promise<string>;
  /**
   * The app whose access token this is, with the token's scopes; null when it is unknown, over, taken back, or was made for something
   * else than this (RFC 8707): the API is what a token opens that names nothing, an assistant's entrance only what names it.
   */
  ofToken(
    token: string,
    resource: Resource,
  ): Promise<{ workspaceId: string; appId: string; scopes: AppScope[] } | null>;
  /** Takes back all tokens and codes of an app. Idempotent. */
  revoke(workspaceId: string, appId: string): Promise<void>;
  addClient(
    headers: Headers,
    workspaceId: string,
    client: NewClient,
  ): Promise<{ clientId: string; secret: string | null }>;
  findClient(clientId: string): Promise<ClientRecord | null>;
  /** Those of a workspace that are not ended, by name. */
  listClients(workspaceId: string): Promise<ClientRecord[]>;
  /** A program that registered itself belongs to the workspace that first uses it. @returns false when it is another's */
  claimClient(clientId: string, workspaceId: string): Promise<boolean>;
  /** @returns false when the workspace has no such program */
  endClient(workspaceId: string, clientId: string): Promise<boolean>;
}

interface NewClient {
  name: string;
  redirectUris: readonly string[];
  scopes: readonly AppScope[];
  /** Whether it can keep a secret: it runs on a server, not on people's devices. */
  confidential: boolean;
}

export interface ClientRecord {
  clientId: string;
  name: string;
  redirectUris: string[];
  scopes: string[];
  confidential: boolean;
  /** Null: it registered itself, and nobody has used it yet. */
  workspaceId: string | null;
  createdAt: Date;
}

export const accessTokenPrefix = 'enta_';
/** What a program gets that registered itself: no taking along, unless an admin registers it. */
const selfRegistered = ['contacts:read', 'facts:write', 'assistant:read', 'assistant:write', 'offline_access'];
const scopes = ['contacts:contact', 'contacts:export', ...selfRegistered];

/** What the library's callbacks cannot see of the request they are called in. */
interface Flow {
  /** Kept on consent, code and tokens: workspace and app. */
  reference?: string;
  /** The workspace that a new program belongs to. */
  owner?: string;
}
const flow = new AsyncLocalStorage<Flow>();

const referenceOf = (workspaceId: string, appId: string) => `${workspaceId}.${appId}`;

/** What tokens are made for: the API, or the entrance of assistants. */
export type Resource = 'api' | 'mcp';
const placeOf: Record<Resource, string> = { api: '/api/v1', mcp: '/mcp' };
/** Its address, as tokens name it (RFC 8707). */
export const resourceOf = ({ publicUrl }: Pick<Config, 'publicUrl'>, resource: Resource = 'api'): string =>
  publicUrl + placeOf[resource];
/** Where its authorization server is said (RFC 9728, 3.1). */
export const metadataOf = ({ publicUrl }: Pick<Config, 'publicUrl'>, resource: Resource): string =>
  `${publicUrl}/.well-known/oauth-protected-resource${placeOf[resource]}`;

/** @param resources what tokens may be made for, once the server knows its own address */
export const oauthPlugin = (resources: string[]) =>
  oauthProvider({
    scopes,
    resources,
    enforcePerClientResources: false,
    grantTypes: ['authorization_code', 'refresh_token'],
    loginPage: '/authorise',
    consentPage: '/authorise',
    // Tokens are looked up at each request, so that one taken back opens nothing at the next.
    disableJwtPlugin: true,
    prefix: { opaqueAccessToken: accessTokenPrefix, refreshToken: 'entr_', clientSecret: 'ents_' },
    // The door before it (apps/routes.ts) is open only where an admin allows it.
    allowDynamicClientRegistration: true,
    allowUnauthenticatedClientRegistration: true,
    clientRegistrationDefaultScopes: selfRegistered,
    clientRegistrationAllowedScopes: selfRegistered,
    clientReference: () => flow.getStore()?.owner,
    postLogin: {
      page: '/authorise',
      shouldRedirect: () => false,
      // One that no consent has yet, unless one is being given: a program is asked about each time.
      consentReferenceId: () => flow.getStore()?.reference ?? randomUUID(),
    },
  });

interface TokenRow {
  referenceId: string | null;
  scopes: AppScope[];
  resources: string[] | null;
}
interface ClientRow {
  clientId: string;
  name: string | null;
  redirectUris: string[];
  scopes: string[] | null;
  tokenEndpointAuthMethod: string | null;
  referenceId: string | null;
  createdAt: Date;
}
const toRecord = (row: ClientRow): ClientRecord => ({
  clientId: row.clientId,
  name: row.name ?? '',
  redirectUris: row.redirectUris,
  scopes: row.scopes ?? [],
  confidential: row.tokenEndpointAuthMethod !== 'none',
  workspaceId: row.referenceId,
  createdAt: row.createdAt,
});
const clientColumns = `"clientId", name, "redirectUris", scopes, "tokenEndpointAuthMethod", "referenceId", "createdAt"`;

/** @param auth made when first asked for: only then is the address known under which people reach the server */
export function openOAuth(auth: () => Auth, pool: pg.Pool, config: Config): OAuth {
  async function consent(headers: Headers, request: string, accept: boolean, reference: Flow): Promise<string> {
    const answer = await flow.run(reference, () =>
      auth().handler(
        new Request(`${config.publicUrl}/api/auth/oauth2/consent`, {
          method: 'POST',
          headers: {
            cookie: headers.get('cookie') ?? '',
            origin: config.publicUrl,
            'content-type': 'application/json',
          },
          body: JSON.stringify({ accept, oauth_query: request }),
        }),
      ),
    );
    const { url } = (await answer.json()) as { url?: string };
    if (!answer.ok || url === undefined) throw new AppError('link_expired');
    return url;
  }

  return {
    handle: (request) => flow.run({}, () => auth().handler(request)),
    // Saying no writes nothing, and asks for the signature first.
    check: async (headers, request) => void (await consent(headers, request, false, {})),
    accept: (headers, request, { workspaceId, appId }) =>
      consent(headers, request, true, { reference: referenceOf(workspaceId, appId) }),
    refuse: (headers, request) => consent(headers, request, false, {}),
    async ofToken(token, resource) {
      const { rows } = await pool.query<TokenRow>(
        `select t."referenceId", t.scopes, t.resources from "oauthAccessToken" t join "oauthClient" c on c."clientId" = t."clientId"
         where t.token = $1 and t."expiresAt" > now() and t.revoked is null and c.disabled is not true`,
        [sha256(token.slice(accessTokenPrefix.length)).toString('base64url')],
      );
      const [workspaceId, appId] = rows[0]?.referenceId?.split('.') ?? [];
      const made = rows[0]?.resources ?? [];
      if (!made.includes(resourceOf(config, resource)) && (resource !== 'api' || made.length > 0)) return null;
      return rows[0] && workspaceId && appId ? { workspaceId, appId, scopes: rows[0].scopes } : null;
    },
    async revoke(workspaceId, appId) {
      const reference = referenceOf(workspaceId, appId);
      for (const table of ['oauthAccessToken', 'oauthRefreshToken'])
        await pool.query(`update "${table}" set revoked = now() where "referenceId" = $1 and revoked is null`, [
          reference,
        ]);
      await pool.query(`delete from "oauthConsent" where "referenceId" = $1`, [reference]);
      await pool.query(`delete from verification where strpos(value, $1) > 0`, [reference]);
    },
    async addClient(headers, workspaceId, client) {
      const made = await flow.run({ owner: workspaceId }, () =>
        auth().api.createOAuthClient({
          headers,
          body: {
            client_name: client.name,
            redirect_uris: [...client.redirectUris],
            scope: [...client.scopes, 'offline_access'].join(' '),
            token_endpoint_auth_method: client.confidential ? 'client_secret_basic' : 'none',
            grant_types: ['authorization_code', 'refresh_token'],
            response_types: ['code'],
            // On the same computer without HTTPS (RFC 8252, 7.3).
            application_type: client.redirectUris.every((uri) => uri.startsWith('https:')) ? 'web' : 'native',
          },
        }),
      );
      return { clientId: made.client_id, secret: made.client_secret ?? null };
    },
    async findClient(clientId) {
      const { rows } = await pool.query<ClientRow>(
        `select ${clientColumns} from "oauthClient" where "clientId" = $1 and disabled is not true`,
        [clientId],
      );
      return rows[0] ? toRecord(rows[0]) : null;
    },
    async listClients(workspaceId) {
      const { rows } = await pool.query<ClientRow>(
        `select ${clientColumns} from "oauthClient" where "referenceId" = $1 and disabled is not true order by lower(name)`,
        [workspaceId],
      );
      return rows.map(toRecord);
    },
    async claimClient(clientId, workspaceId) {
      const done = await pool.query(
        `update "oauthClient" set "referenceId" = $2
         where "clientId" = $1 and disabled is not true and coalesce("referenceId", $2) = $2`,
        [clientId, workspaceId],
      );
      return done.rowCount === 1;
    },
    async endClient(workspaceId, clientId) {
      const done = await pool.query(
        `update "oauthClient" set disabled = true where "clientId" = $2 and "referenceId" = $1`,
        [workspaceId, clientId],
      );
      return done.rowCount === 1;
    },
  };
}
