import { z } from 'zod';
import { type Access, type Connector, Trouble } from '../connector.ts';
import { type KeySecret, keySecret, openService, type Service } from '../records/asking.ts';
import { saysSomething } from '../records/contacts.ts';
import { pullChanges, type Stamped } from '../records/walking.ts';
import { services } from '../services.ts';
import { changedAt, companyIdOf, type HubspotContact, hubspotContact, properties, toContact } from './contacts.ts';

const settings = z.object({});
type HubspotAccess = Access<z.output<typeof settings>, KeySecret>;

/** Contacts of an answer of the search, and of the list. */
const together = { search: 200, list: 100 };

const page = z.object({
  results: z.array(hubspotContact).max(together.search),
  paging: z.object({ next: z.object({ after: z.string() }).optional() }).nullish(),
});
const companies = z.object({
  results: z.array(z.object({ id: z.string(), properties: z.object({ name: z.string().nullish() }) })),
});

/** HubSpot's API for CRM objects (v3), with the token of a private app. */
function open(access: HubspotAccess) {
  const service = openService(access);
  const headers = { authorization: `Bearer ${access.secret.password}`, 'content-type': 'application/json' };
  const at = (path: string) => `${services.hubspot()}/crm/v3/objects/${path}`;
  const post = <T>(path: string, body: object, schema: z.ZodType<T>) =>
    service.ask(at(path), { method: 'POST', headers, body: JSON.stringify(body) }, schema);
  const get = <T>(path: string, schema: z.ZodType<T>) => service.ask(at(path), { headers }, schema);
  return { now: service.now, post, get };
}
type Hubspot = Pick<Service, 'now'> & ReturnType<typeof open>;

interface Filter {
  propertyName: string;
  operator: 'GTE' | 'LT' | 'GT';
  value: string;
}
const filter = (propertyName: string, operator: Filter['operator'], value: string | number): Filter => ({
  propertyName,
  operator,
  value: String(value),
});

const search = (hubspot: Hubspot, filters: Filter[], sortedBy: string) =>
  hubspot.post(
    'contacts/search',
    {
      filterGroups: [{ filters }],
      sorts: [{ propertyName: sortedBy, direction: 'ASCENDING' }],
      properties,
      limit: together.search,
    },
    page,
  );

/** A search gives 10,000 contacts at most, and by page numbers that move when contacts change: each page is a search of its own. */
const stamped = (hubspot: Hubspot): Stamped<HubspotContact> => ({
  changedAt,
  async from(second) {
    const found = await search(hubspot, [filter('lastmodifieddate', 'GTE', second * 1000)], 'lastmodifieddate');
    return { records: found.results, more: found.paging?.next !== undefined };
  },
  async within(second, after) {
    const filters = [
      filter('lastmodifieddate', 'GTE', second * 1000),
      filter('lastmodifieddate', 'LT', (second + 1) * 1000),
      ...(after === null ? [] : [filter('hs_object_id', 'GT', after)]),
    ];
    const found = await search(hubspot, filters, 'hs_object_id');
    return { records: found.results, next: found.paging?.next ? (found.results.at(-1)?.id ?? null) : null };
  },
});

/** Ids of all contacts, or of those in the bin (for 90 days). */
async function listIds(hubspot: Hubspot, archived: boolean): Promise<string[]> {
  const ids: string[] = [];
  for (let after: string | undefined; ; ) {
    const query = new URLSearchParams({ limit: String(together.list), archived: String(archived) });
    if (after !== undefined) query.set('after', after);
    const found = await hubspot.get(`contacts?${query}&properties=hs_object_id`, page);
    ids.push(...found.results.map(({ id }) => id));
    const next = found.paging?.next?.after;
    if (next === undefined) return ids;
    if (next === after || found.results.length === 0) throw new Trouble('malformed');
    after = next;
  }
}

/** Names of companies, of which an answer has a hundred. Without the right to read them there are none. */
async function nameCompanies(hubspot: Hubspot, names: Map<string, string>, ids: readonly string[]): Promise<void> {
  const unknown = [...new Set(ids)].filter((id) => !names.has(id));
  for (let from = 0; from < unknown.length; from += 100) {
    const inputs = unknown.slice(from, from + 100).map((id) => ({ id }));
    // 207: some of them are there no more.
    const found = await hubspot
      .post('companies/batch/read', { properties: ['name'], inputs }, companies)
      .catch((error) => {
        if (error instanceof Trouble && error.code === 'forbidden') return { results: [] };
        throw error;
      });
    for (const { id, properties: said } of found.results) names.set(id, said.name ?? '');
  }
}

/** Contacts of a HubSpot account, read with the token of a private app that may read contacts (and companies). */
export const hubspot: Connector<z.output<typeof settings>, KeySecret> = {
  kind: 'hubspot',
  settings,
  secret: keySecret,
  every: 900,
  async connect(access) {
    await open(access).get('contacts?limit=1', page);
    return [{ id: 'contacts', name: 'HubSpot', writable: false }];
  },
  pull(access, since) {
    const there = open(access);
    const names = new Map<string, string>();
    return pullChanges<HubspotContact>(
      {
        stamped: stamped(there),
        now: there.now,
        async toBatch(records) {
          await nameCompanies(
            there,
            names,
            records.flatMap((one) => companyIdOf(one) ?? []),
          );
          const items = records.map((one) => {
            const contact = toContact(one, names.get(companyIdOf(one) ?? '') || undefined, access.country);
            return { key: one.id, state: null, contact };
          });
          return { items: items.filter(({ contact }) => saysSomething(contact)), gone: [] };
        },
        removed: () => listIds(there, true),
        list: async () => new Set(await listIds(there, false)),
      },
      since,
    );
  },
};
