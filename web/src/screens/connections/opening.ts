import { beginAuthorisation } from '../../../../server/connectors/contract.ts';
import { call } from '../../api.ts';

/** Goes to a service's page, which opens an account; the browser comes back to these screens. */
export async function openAccount(kind: string, connectionId?: string): Promise<void> {
  const { url } = await call(beginAuthorisation, { kind, ...(connectionId !== undefined && { connectionId }) });
  location.assign(url);
}
