import { getSettings, listApps, listClients } from '../../../../server/apps/contract.ts';
import { listGrants } from '../../../../server/delegation/contract.ts';
import { reading, refresh } from '../../queries.ts';

export const appsQuery = reading(listApps, {});
export const clientsQuery = reading(listClients, {});
export const appSettingsQuery = reading(getSettings, {});

/** What an app's beginning or end changes. */
export const refreshApps = () => refresh(listApps, listClients, listGrants);
