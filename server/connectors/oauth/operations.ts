import { recordAudit } from '../../identity/audit.ts';
import { AppError, notFound } from '../../kernel/errors.ts';
import { implement, implementOutside, type Operation } from '../../kernel/http.ts';
import type { AnyConnector } from '../connector.ts';
import * as contracts from '../contract.ts';
import { begin } from './authorising.ts';
import * as queries from './queries.ts';
import { redirectOf } from './tokens.ts';

const describe = (row: queries.ClientRow): contracts.OauthClient => ({
  provider: contracts.provider.parse(row.provider),
  clientId: row.client_id,
  tenant: row.tenant,
  changedAt: row.changed_at.toISOString(),
});

export const oauthOperations = (connectors: readonly AnyConnector[]): Operation[] => [
  implement(contracts.beginAuthorisation, async ({ kind, connectionId }, context) => {
    const connector = connectors.find((one) => one.kind === kind);
    if (!connector?.opening) throw new AppError('invalid_input', { fields: { kind: 'unknown' } });
    return { url: await begin(context, connector, connectionId ?? null) };
  }),

  implement(contracts.listOauthClients, async (_input, { app, tx, actor }) => ({
    redirect: redirectOf(app.config.publicUrl, contracts.returnPath),
    items: (await queries.listClients(tx, actor.workspaceId)).map(describe),
  })),

  implementOutside(contracts.setOauthClient, async ({ provider, clientId, clientSecret, tenant }, context) => {
    const { workspaceId } = context.actor;
    const set = await context.asCaller(async ({ app, tx, actor }) => {
      const sealed = clientSecret === undefined ? undefined : app.secrets.encrypt(clientSecret);
      const values = { client_id: clientId, tenant: tenant ?? null };
      const kept = { ...values, ...(sealed && { client_secret: sealed }) };
      if (!(await queries.changeClient(tx, workspaceId, provider, kept))) {
        if (!sealed) throw new AppError('invalid_input', { fields: { clientSecret: 'required' } });
        await queries.addClient(tx, workspaceId, provider, { ...values, client_secret: sealed });
      }
      await recordAudit(tx, actor, 'client.set', null, { provider });
      return (await queries.listClients(tx, workspaceId)).find((one) => one.provider === provider)!;
    });
    const kinds = connectors.filter(({ opening }) => opening?.provider === provider).map(({ kind }) => kind);
    await context.asSystem('keeper', (tx) => queries.retryRefused(tx, workspaceId, kinds));
    return describe(set);
  }),

  implement(contracts.removeOauthClient, async ({ provider }, { tx, actor }) => {
    if (!(await queries.removeClient(tx, actor.workspaceId, provider))) throw notFound();
    await recordAudit(tx, actor, 'client.removed', null, { provider });
    return {};
  }),
];
