import { z } from 'zod';
import { type Batch, type Deal, type DealItem, type Deals, Trouble } from '../connector.ts';
import type { KeySecret } from '../records/asking.ts';
import { dealReader } from '../records/deals.ts';
import { pullChanges } from '../records/walking.ts';
import {
  type Hubspot,
  type HubspotObject,
  type HubspotRecord,
  listAssociated,
  listIds,
  open,
  orNothing,
  page,
  readInto,
  stamped,
} from './api.ts';

/** HubSpot, "Default deal properties". */
const object: HubspotObject = {
  name: 'deals',
  stamp: 'hs_lastmodifieddate',
  properties: [
    'dealname',
    'dealstage',
    'pipeline',
    'amount',
    'deal_currency_code',
    'closedate',
    'createdate',
    'hs_is_closed',
    'hs_is_closed_won',
    'closed_lost_reason',
    'closed_won_reason',
    'description',
    'hubspot_owner_id',
    'hs_lastmodifieddate',
  ],
};

const pipelines = z.object({
  results: z.array(
    z.object({
      stages: z.array(z.object({ id: z.string(), label: z.string() })),
    }),
  ),
});
const owners = z.object({ results: z.array(z.object({ id: z.string(), email: z.string().nullish() })) });

/** What deals name by ids: stages as people call them, and owners by their addresses. */
export interface Names {
  stages: ReadonlyMap<string, string>;
  owners: ReadonlyMap<string, string>;
  companies: Map<string, HubspotRecord['properties']>;
  contacts: Map<string, HubspotRecord['properties']>;
}

/** Owners of an answer: more than this a company has rarely; whose owner is not among them is the member's. */
const mostOwners = 500;

async function readNames(hubspot: Hubspot): Promise<Names> {
  const { results } = await hubspot.get('v3/pipelines/deals', pipelines);
  const people = await orNothing(hubspot.get(`v3/owners?limit=${mostOwners}`, owners), { results: [] });
  return {
    stages: new Map(results.flatMap(({ stages }) => stages.map(({ id, label }) => [id, label] as const))),
    owners: new Map(people.results.map(({ id, email }) => [id, email ?? ''])),
    companies: new Map(),
    contacts: new Map(),
  };
}

const readDeal = dealReader({
  dealname: 'name',
  stage: 'stage',
  amount: 'amount',
  deal_currency_code: 'currency',
  createdate: 'opened',
  closedate: 'closes',
  owner: 'owner',
  company: 'organization',
  description: 'note',
});

const isTrue = (value: unknown): boolean => value === true || value === 'true';
const textOf = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');

/** @param companies of the deal @param contacts ids of those associated with it */
export function toDeal(
  { properties: said }: HubspotRecord,
  names: Names,
  companies: readonly string[],
  contacts: readonly string[],
): Deal {
  const closed = isTrue(said.hs_is_closed);
  const outcome = isTrue(said.hs_is_closed_won) ? 'won' : closed ? 'lost' : null;
  const record = {
    ...said,
    stage: names.stages.get(textOf(said.dealstage)) ?? said.dealstage,
    owner: names.owners.get(textOf(said.hubspot_owner_id)),
    company: companies.map((id) => textOf(names.companies.get(id)?.name)).find((name) => name !== ''),
  };
  return {
    ...readDeal(record, ['pipeline']),
    outcome,
    reason: outcome === null ? '' : textOf(said[`closed_${outcome}_reason`]),
    contacts: contacts.map((key) => {
      const { firstname, lastname, email } = names.contacts.get(key) ?? {};
      const name = [textOf(firstname), textOf(lastname)].filter(Boolean).join(' ');
      return { key, name, email: textOf(email) };
    }),
  };
}

async function toBatch(hubspot: Hubspot, names: Names, records: readonly HubspotRecord[]): Promise<Batch<DealItem>> {
  const ids = records.map(({ id }) => id);
  const companies = await listAssociated(hubspot, 'companies', ids);
  const contacts = await listAssociated(hubspot, 'contacts', ids);
  await readInto(hubspot, 'companies', ['name'], [...companies.values()].flat(), names.companies);
  await readInto(
    hubspot,
    'contacts',
    ['firstname', 'lastname', 'email'],
    [...contacts.values()].flat(),
    names.contacts,
  );
  const items = records.map((one) => ({
    key: one.id,
    deal: toDeal(one, names, companies.get(one.id) ?? [], contacts.get(one.id) ?? []),
  }));
  return { items, gone: [] };
}

const refused = (error: unknown): never => {
  throw error instanceof Trouble && error.code === 'forbidden' ? new Trouble('deals_forbidden') : error;
};

/** Deals of a HubSpot account, of a private app that may read them (and companies, contacts and owners). */
export const hubspotDeals: Deals<unknown, KeySecret> = {
  async try(access) {
    const there = open(access);
    await there.get('v3/objects/deals?limit=1', page).catch(refused);
    await there.get('v3/pipelines/deals', pipelines).catch(refused);
  },
  async *pull(access, since) {
    const there = open(access);
    const names = await readNames(there).catch(refused);
    yield* pullChanges<HubspotRecord, DealItem>(
      {
        stamped: stamped(there, object),
        now: there.now,
        toBatch: (records) => toBatch(there, names, records),
        removed: () => listIds(there, object, true),
        list: async () => new Set(await listIds(there, object, false)),
      },
      since,
    );
  },
};
