import type { GrantTerms } from '../delegation/contract.ts';
import { listGrants } from '../delegation/grants.ts';
import { lend, withdrawFrom } from '../delegation/lend.ts';
import { type Accounts, headersOf } from '../identity/accounts.ts';
import { addApp, endApps, listApps, readAppSettings, writeAppSettings } from '../identity/apps.ts';
import { recordAudit } from '../identity/audit.ts';
import { appScope } from '../identity/contract.ts';
import type { ClientRecord } from '../identity/oauth.ts';
import { getMember } from '../identity/queries.ts';
import { notFound } from '../kernel/errors.ts';
import { type Context, implement, type Operation } from '../kernel/http.ts';
import * as contracts from './contract.ts';
import { factOperations } from './facts.ts';

/** What a program asks for, in the words of the request that the authorization server signed; its signature is checked on accepting. */
function readRequest(request: string) {
  const asked = new URLSearchParams(request);
  const scopes = (asked.get('scope') ?? '').split(' ');
  return {
    clientId: asked.get('client_id') ?? '',
    redirectUri: asked.get('redirect_uri') ?? '',
    scopes: appScope.options.filter((scope) => scopes.includes(scope)),
  };
}

/** The program that asks. @throws AppError not_found for one that is not this company's, nor may become so */
async function getClient(accounts: Accounts, { tx, actor }: Context, clientId: string): Promise<ClientRecord> {
  const client = await accounts.oauth.findClient(clientId);
  if (!client) throw notFound();
  if (client.workspaceId === actor.workspaceId) return client;
  if (client.workspaceId !== null || !(await readAppSettings(tx, actor.workspaceId)).selfRegistration) throw notFound();
  return client;
}

/** What the caller lends to the same program already. */
async function listLent({ tx, actor }: Context, clientId: string): Promise<string[]> {
  const app = (await listApps(tx, actor.workspaceId)).find(
    (one) => one.client_id === clientId && one.member_id === actor.memberId,
  );
  if (!app) return [];
  const grants = await listGrants(tx, actor, { mine: true, ended: false });
  return grants.filter((grant) => grant.grantee_id === app.app_id).map((grant) => grant.book_id);
}

type Lent = Pick<GrantTerms, 'acts' | 'except' | 'endsAt'> & { bookIds: readonly string[] };

/** Says anew what the caller lends to an app: these books, in these terms, and nothing else. */
async function lendTo(
  context: Context,
  appId: string,
  { bookIds, acts, except, endsAt }: Lent,
  use: Pick<GrantTerms, 'purposes' | 'channels'>,
): Promise<void> {
  await withdrawFrom(context, appId);
  const terms = {
    grantee: { kind: 'app' as const, appId },
    acts,
    except,
    endsAt,
    startsAt: null,
    quota: null,
    askFirst: false,
  };
  for (const bookId of new Set(bookIds)) await lend(context, bookId, { ...terms, ...use });
}

/** Ends apps and has their grants and tokens follow. @returns how many */
async function end(context: Context, which: Parameters<typeof endApps>[2]): Promise<number> {
  const { app, tx, actor } = context;
  const ended = await endApps(tx, actor, which);
  for (const { app_id: appId } of ended)
    await app.enqueue(tx, { workspaceId: actor.workspaceId, task: 'apps.ended', payload: { appId } });
  return ended.length;
}

function consentOperations(accounts: Accounts): Operation[] {
  return [
    implement(contracts.getRequest, async ({ request }, context) => {
      const { clientId, redirectUri, scopes } = readRequest(request);
      const client = await getClient(accounts, context, clientId);
      await accounts.oauth.check(headersOf(context.request), request);
      if (!URL.canParse(redirectUri)) throw notFound();
      return {
        name: client.name,
        host: new URL(redirectUri).host,
        scopes,
        selfRegistered: client.workspaceId === null,
        bookIds: await listLent(context, clientId),
      };
    }),

    implement(contracts.authorise, async ({ request, purposes, channels, scopes: allowed, ...lent }, context) => {
      const { tx, actor, afterCommit } = context;
      const { clientId, scopes: asked } = readRequest(request);
      const scopes = asked.filter((scope) => allowed?.includes(scope) ?? true);
      const client = await getClient(accounts, context, clientId);
      await accounts.oauth.check(headersOf(context.request), request);
      if (!(await accounts.oauth.claimClient(clientId, actor.workspaceId))) throw notFound();
      const appId = await addApp(tx, actor, { clientId, name: client.name, scopes });
      await lendTo(context, appId, lent, { purposes, channels });
      // The code is made once the grants it stands for are there.
      const answer = { url: '' };
      afterCommit(async () => {
        const app = { workspaceId: actor.workspaceId, appId };
        answer.url = await accounts.oauth.accept(headersOf(context.request), request, app);
      });
      return answer;
    }),

    implement(contracts.decline, async ({ request }, context) => {
      await getClient(accounts, context, readRequest(request).clientId);
      return { url: await accounts.oauth.refuse(headersOf(context.request), request) };
    }),
  ];
}

function clientOperations(accounts: Accounts): Operation[] {
  return [
    implement(contracts.listClients, async (_input, { actor }) => ({
      items: (await accounts.oauth.listClients(actor.workspaceId)).map((client) => ({
        id: client.clientId,
        name: client.name,
        redirectUris: client.redirectUris,
        scopes: client.scopes.filter((scope) => scope !== 'offline_access'),
        confidential: client.confidential,
        createdAt: client.createdAt.toISOString(),
      })),
    })),

    implement(contracts.registerClient, async (client, { tx, actor, request }) => {
      const made = await accounts.oauth.addClient(headersOf(request), actor.workspaceId, client);
      await recordAudit(tx, actor, 'program.registered', null, { name: client.name });
      return made;
    }),

    implement(contracts.endClient, async ({ clientId }, context) => {
      const { tx, actor } = context;
      const client = await accounts.oauth.findClient(clientId);
      // Its tokens open nothing from here on; should the rest fail, it is done when asked again.
      if (!(await accounts.oauth.endClient(actor.workspaceId, clientId))) throw notFound();
      await end(context, { clientId });
      await recordAudit(tx, actor, 'program.ended', null, { name: client?.name ?? '' });
      return {};
    }),

    implement(contracts.getSettings, (_input, { tx, actor }) => readAppSettings(tx, actor.workspaceId)),

    implement(contracts.changeSettings, async (settings, { tx, actor }) => {
      await writeAppSettings(tx, actor.workspaceId, settings);
      await recordAudit(tx, actor, 'programs.changed', null, { selfRegistration: settings.selfRegistration });
      return settings;
    }),
  ];
}

export const appsOperations = (accounts: Accounts): Operation[] => [
  ...consentOperations(accounts),
  ...clientOperations(accounts),
  ...factOperations,

  implement(contracts.listApps, async (_input, { tx, actor }) => ({
    items: (await listApps(tx, actor.workspaceId))
      .filter((app) => app.kind === 'oauth' || app.member_id === actor.memberId)
      .map((app) => ({
        id: app.app_id,
        kind: app.kind as contracts.App['kind'],
        name: app.name,
        member: { id: app.member_id, name: app.member },
        scopes: app.scopes,
        since: app.created_at.toISOString(),
      })),
  })),

  implement(contracts.endApp, async ({ appId }, context) => {
    if ((await end(context, { appId })) === 0) throw notFound();
    return {};
  }),

  implement(contracts.createKey, async ({ name, scopes, expiresInDays, ...lent }, context) => {
    const { tx, actor } = context;
    const member = await getMember(tx, actor);
    const appId = await addApp(tx, actor, { clientId: null, name, scopes });
    await lendTo(context, appId, lent, { purposes: [], channels: [] });
    const owner = { accountId: member!.account_id, workspaceId: actor.workspaceId };
    const { record, key } = await accounts.createKey(owner, name, scopes, expiresInDays, appId);
    return {
      apiKey: {
        ...record,
        createdAt: record.createdAt.toISOString(),
        lastUsedAt: null,
        expiresAt: record.expiresAt?.toISOString() ?? null,
      },
      key,
    };
  }),
];
