import type { Connector } from '../connector.ts';
import { type KeySecret, keySecret } from '../records/asking.ts';
import { saysSomething } from '../records/contacts.ts';
import { pullChanges } from '../records/walking.ts';
import {
  apart,
  firstId,
  listIds,
  open,
  type SalesforceObject,
  type SalesforceRecord,
  type Settings,
  settings,
  stamped,
} from './api.ts';
import { selectable, toContact } from './contacts.ts';
import { salesforceDeals } from './opportunities.ts';

const object: SalesforceObject = { name: 'Contact', columns: selectable };

/** The contacts of a company at Salesforce, as far as its connected app may see them, and its opportunities. */
export const salesforce: Connector<Settings, KeySecret> = {
  kind: 'salesforce',
  settings,
  secret: keySecret,
  every: 900,
  deals: salesforceDeals,
  async connect(access) {
    await (await open(access, object)).ids(firstId);
    return [{ id: 'Contact', name: 'Salesforce', writable: false }];
  },
  async *pull(access, since) {
    const there = await open(access, object);
    const toBatch = (records: readonly SalesforceRecord[]) => {
      const { standing, gone } = apart(records);
      const items = standing.map((one) => ({ key: one.Id, state: null, contact: toContact(one, access.country) }));
      return { items: items.filter(({ contact }) => saysSomething(contact)), gone };
    };
    const list = () => listIds(there);
    yield* pullChanges({ stamped: stamped(there), now: there.now, toBatch, list }, since);
  },
};
