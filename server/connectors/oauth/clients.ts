import type { App } from '../../kernel/app.ts';
import type { OAuthClient } from '../connector.ts';
import type { Provider } from '../contract.ts';
import * as queries from './queries.ts';

/** Finds by which id and secret a company is known to a service; null: by none. */
export const clientsOf =
  ({ db, secrets }: Pick<App, 'db' | 'secrets'>, workspaceId: string) =>
  async (provider: Provider): Promise<OAuthClient | null> => {
    const row = await db.asSystem('keeper', (tx) => queries.findClient(tx, workspaceId, provider));
    if (!row) return null;
    const { client_id: clientId, tenant } = row;
    return { clientId, clientSecret: secrets.decrypt(row.client_secret), tenant };
  };
