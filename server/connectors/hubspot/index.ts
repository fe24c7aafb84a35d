import { z } from 'zod';
import type { Connector } from '../connector.ts';
import { type KeySecret, keySecret } from '../records/asking.ts';
import { saysSomething } from '../records/contacts.ts';
import { pullChanges } from '../records/walking.ts';
import { type HubspotObject, type HubspotRecord, listIds, open, page, readInto, stamped } from './api.ts';
import { companyIdOf, properties, toContact } from './contacts.ts';
import { hubspotDeals } from './deals.ts';

const settings = z.object({});
const object: HubspotObject = { name: 'contacts', stamp: 'lastmodifieddate', properties };

/** Contacts of a HubSpot account, read with the token of a private app that may read contacts (and companies), and its deals. */
export const hubspot: Connector<z.output<typeof settings>, KeySecret> = {
  kind: 'hubspot',
  settings,
  secret: keySecret,
  every: 900,
  deals: hubspotDeals,
  async connect(access) {
    await open(access).get('v3/objects/contacts?limit=1', page);
    return [{ id: 'contacts', name: 'HubSpot', writable: false }];
  },
  pull(access, since) {
    const there = open(access);
    const companies = new Map<string, HubspotRecord['properties']>();
    return pullChanges<HubspotRecord>(
      {
        stamped: stamped(there, object),
        now: there.now,
        async toBatch(records) {
          const named = records.flatMap((one) => companyIdOf(one) ?? []);
          await readInto(there, 'companies', ['name'], named, companies);
          const items = records.map((one) => {
            const { name } = companies.get(companyIdOf(one) ?? '') ?? {};
            const contact = toContact(one, typeof name === 'string' && name !== '' ? name : undefined, access.country);
            return { key: one.id, state: null, contact };
          });
          return { items: items.filter(({ contact }) => saysSomething(contact)), gone: [] };
        },
        removed: () => listIds(there, object, true),
        list: async () => new Set(await listIds(there, object, false)),
      },
      since,
    );
  },
};
