import type { Connector } from '../connector.ts';
import { type KeySecret, keySecret } from '../records/asking.ts';
import { saysSomething } from '../records/contacts.ts';
import { pullChanges } from '../records/walking.ts';
import { listIds, type OdooModel, type OdooRecord, open, type Settings, settings, stamped } from './api.ts';
import { odooDeals } from './leads.ts';
import { toContact, wanted } from './partners.ts';

/** Addresses that stand under a company (for deliveries, invoices) are nobody. */
const partners: OdooModel = { model: 'res.partner', only: ['type', '=', 'contact'], wanted };

/** Persons and companies of an Odoo, read with an API key (Odoo 14 and later) or a password, and its opportunities. */
export const odoo: Connector<Settings, KeySecret> = {
  kind: 'odoo',
  settings,
  secret: keySecret,
  every: 900,
  deals: odooDeals,
  async connect(access) {
    await (await open(access, partners)).ids(0);
    return [{ id: 'partners', name: access.settings.database, writable: false }];
  },
  async *pull(access, since) {
    const there = await open(access, partners);
    const toBatch = (records: readonly OdooRecord[]) => {
      const items = records
        .filter(({ active }) => active !== false)
        .map((one) => ({ key: String(one.id), state: null, contact: toContact(one, access.country) }));
      return {
        items: items.filter(({ contact }) => saysSomething(contact)),
        gone: records.flatMap(({ id, active }) => (active === false ? [String(id)] : [])),
      };
    };
    const list = () => listIds(there);
    yield* pullChanges({ stamped: stamped(there), now: there.now, toBatch, list }, since);
  },
};
