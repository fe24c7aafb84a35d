import { type Answered, type Asked, openFake } from '../records/testing.ts';

interface Contact {
  id: string;
  properties: Record<string, string | null>;
  archived: boolean;
}

/**
 * HubSpot as its public description of the CRM API has it (objects/contacts, search, batch/read; "Limits": 10,000 results of a search, 200 a
 * page, one sort). The real one was never reached.
 */
export async function openHubspot(token = 'pat-eu1-secret') {
  const contacts = new Map<string, Contact>();
  const companies = new Map<string, string>();
  const answer = ({ method, url, authorization, body }: Asked): Answered => {
    if (authorization !== `Bearer ${token}`) return { status: 401, body: { category: 'INVALID_AUTHENTICATION' } };
    const path = url.pathname.replace('/crm/v3/objects/', '');
    if (method === 'POST' && path === 'contacts/search') return search([...contacts.values()], JSON.parse(body));
    if (method === 'POST' && path === 'companies/batch/read') return nameCompanies(companies, JSON.parse(body));
    if (method === 'GET' && path === 'contacts') return list([...contacts.values()], url.searchParams);
    return { status: 404, body: { category: 'OBJECT_NOT_FOUND' } };
  };
  const fake = await openFake(answer);
  return {
    ...fake,
    fake,
    companies,
    /** Writes a contact there, now or as of a time. */
    put(id: number, properties: Record<string, string | null>, at = new Date().toISOString()) {
      const before = contacts.get(String(id))?.properties;
      const all = { ...before, ...properties, hs_object_id: String(id), lastmodifieddate: at };
      contacts.set(String(id), { id: String(id), properties: all, archived: false });
    },
    archive(id: number) {
      contacts.get(String(id))!.archived = true;
    },
    /** Deleted for good: of it nothing is said any more. */
    purge: (id: number) => contacts.delete(String(id)),
  };
}

interface Search {
  filterGroups: [{ filters: { propertyName: string; operator: string; value: string }[] }];
  sorts: [{ propertyName: string }];
  properties: string[];
  limit: number;
  after?: string;
}

const stampOf = ({ properties }: Contact, name: string): number =>
  name === 'lastmodifieddate' ? Date.parse(properties[name]!) : Number(properties[name]);

const holds: Record<string, (is: number, value: number) => boolean> = {
  GTE: (is, value) => is >= value,
  GT: (is, value) => is > value,
  LT: (is, value) => is < value,
};

function search(
  all: readonly Contact[],
  { filterGroups: [{ filters }], sorts: [sort], properties, limit, after = '0' }: Search,
) {
  if (limit > 200 || Number(after) + limit > 10_000) return { status: 400, body: { category: 'VALIDATION_ERROR' } };
  const found = all
    .filter((one) => !one.archived)
    .filter((one) =>
      filters.every(({ propertyName, operator, value }) => holds[operator]!(stampOf(one, propertyName), Number(value))),
    )
    .sort((a, b) => stampOf(a, sort.propertyName) - stampOf(b, sort.propertyName));
  return paged(found, properties, limit, Number(after), { total: found.length });
}

function list(all: readonly Contact[], query: URLSearchParams): Answered {
  const archived = query.get('archived') === 'true';
  const found = all.filter((one) => one.archived === archived).sort((a, b) => Number(a.id) - Number(b.id));
  const properties = query.get('properties')?.split(',') ?? [];
  return paged(found, properties, Number(query.get('limit') ?? 10), Number(query.get('after') ?? 0), {});
}

function paged(found: readonly Contact[], names: string[], limit: number, from: number, more: object): Answered {
  const results = found.slice(from, from + limit).map(({ id, properties, archived }) => ({
    id,
    properties: Object.fromEntries(
      [...names, 'hs_object_id', 'lastmodifieddate'].map((name) => [name, properties[name] ?? null]),
    ),
    archived,
  }));
  const next = from + limit < found.length ? { paging: { next: { after: String(from + limit) } } } : {};
  return { body: { ...more, results, ...next } };
}

function nameCompanies(companies: ReadonlyMap<string, string>, { inputs }: { inputs: { id: string }[] }): Answered {
  if (inputs.length > 100) return { status: 400 };
  const results = inputs.flatMap(({ id }) =>
    companies.has(id) ? [{ id, properties: { name: companies.get(id)! } }] : [],
  );
  return { status: results.length < inputs.length ? 207 : 200, body: { status: 'COMPLETE', results } };
}
