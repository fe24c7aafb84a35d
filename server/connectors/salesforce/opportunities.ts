import { z } from 'zod';
import { type Deal, type DealItem, type Deals, Trouble } from '../connector.ts';
import type { KeySecret } from '../records/asking.ts';
import { dealReader } from '../records/deals.ts';
import { pullChanges } from '../records/walking.ts';
import {
  always,
  apart,
  firstId,
  listIds,
  open,
  type SalesforceAccess,
  type SalesforceObject,
  type SalesforceRecord,
  type Settings,
  stamped,
} from './api.ts';

/** Fields of the standard object `Opportunity` (Salesforce, "Object Reference"), and what they hold. */
const fields = {
  Name: 'name',
  'Account.Name': 'organization',
  StageName: 'stage',
  Amount: 'amount',
  CurrencyIsoCode: 'currency',
  CreatedDate: 'opened',
  CloseDate: 'closes',
  Owner: 'owner',
  Description: 'note',
} as const;
/** What is kept as it was said, beside them. */
const beside = ['Type', 'LeadSource', 'NextStep', 'ForecastCategoryName'];

const object: SalesforceObject = {
  name: 'Opportunity',
  columns(visible, relationships) {
    const plain = [...Object.keys(fields), ...beside, 'IsClosed', 'IsWon'];
    return [
      ...always,
      ...plain.filter((name) => visible.has(name)),
      ...(visible.has('AccountId') ? ['Account.Name'] : []),
      ...(visible.has('OwnerId') ? ['Owner.Name', 'Owner.Email'] : []),
      ...(relationships.has('OpportunityContactRoles')
        ? ['(SELECT ContactId, Contact.Name, Contact.Email FROM OpportunityContactRoles)']
        : []),
    ];
  },
};

const named = z.object({ Name: z.string().nullish(), Email: z.string().nullish() });
const contactRoles = z.object({
  records: z.array(z.object({ ContactId: z.string().nullish(), Contact: named.nullish() })),
});

const readDeal = dealReader(fields);

export function toDeal(from: SalesforceRecord): Deal {
  const owner = named.safeParse(from.Owner).data;
  const record = {
    ...from,
    'Account.Name': named.safeParse(from.Account).data?.Name,
    Owner: owner?.Email || owner?.Name,
  };
  const roles = contactRoles.safeParse(from.OpportunityContactRoles).data?.records ?? [];
  // A contact may have several roles in one opportunity.
  const contacts = new Map(
    roles.flatMap(({ ContactId: key, Contact }) =>
      key ? [[key, { key, name: Contact?.Name ?? '', email: Contact?.Email ?? '' }] as const] : [],
    ),
  );
  return {
    ...readDeal(record, beside),
    outcome: from.IsWon === true ? 'won' : from.IsClosed === true ? 'lost' : null,
    // The standard object has no field for it.
    reason: '',
    contacts: [...contacts.values()],
  };
}

const openDeals = (access: SalesforceAccess) =>
  open(access, object).catch((error: unknown): never => {
    throw error instanceof Trouble && error.code === 'forbidden' ? new Trouble('deals_forbidden') : error;
  });

/** The opportunities of a company at Salesforce, as far as its connected app may see them. */
export const salesforceDeals: Deals<Settings, KeySecret> = {
  async try(access) {
    await (await openDeals(access)).ids(firstId);
  },
  async *pull(access, since) {
    const there = await openDeals(access);
    const toBatch = (records: readonly SalesforceRecord[]) => {
      const { standing, gone } = apart(records);
      return { items: standing.map((one) => ({ key: one.Id, deal: toDeal(one) })), gone };
    };
    const list = () => listIds(there);
    yield* pullChanges<SalesforceRecord, DealItem>({ stamped: stamped(there), now: there.now, toBatch, list }, since);
  },
};
