import { type Answered, type Asked, openFake } from '../records/testing.ts';

interface Held {
  id: string;
  properties: Record<string, string | null>;
  archived: boolean;
}

type Objects = Map<string, Held>;

/** Pipelines of a new account, with a stage that somebody has added. */
const pipelines = [
  { id: 'appointmentscheduled', label: 'Appointment Scheduled' },
  { id: 'contractsent', label: 'Contract Sent' },
  { id: '4711', label: 'Sleeping on it' },
  { id: 'closedwon', label: 'Closed Won' },
  { id: 'closedlost', label: 'Closed Lost' },
];

/**
 * HubSpot as its public description of the CRM API has it (objects v3: search, list, batch/read; pipelines and owners v3; associations v4;
 * "Limits": 10,000 results of a search, 200 a page, one sort; 1,000 ids of a batch of associations). The real one was never reached.
 */
export async function openHubspot(token = 'pat-eu1-secret') {
  const contacts: Objects = new Map();
  const deals: Objects = new Map();
  const companies = new Map<string, string>();
  const owners = new Map<string, string>();
  const associations = { contacts: new Map<string, string[]>(), companies: new Map<string, string[]>() };
  const stampOf = { contacts: 'lastmodifieddate', deals: 'hs_lastmodifieddate' };
  const write = (to: 'contacts' | 'deals', id: number, properties: Held['properties'], at: string) => {
    const objects = to === 'deals' ? deals : contacts;
    const before = objects.get(String(id))?.properties;
    const all = { ...before, ...properties, hs_object_id: String(id), [stampOf[to]]: at };
    objects.set(String(id), { id: String(id), properties: all, archived: false });
  };
  const onObjects = (path: string, { method, url, body }: Asked): Answered | undefined => {
    const [name, ...rest] = path.split('/');
    if (method === 'POST' && path === 'companies/batch/read') return nameCompanies(companies, JSON.parse(body));
    if (name !== 'contacts' && name !== 'deals') return undefined;
    const all = [...(name === 'deals' ? deals : contacts).values()];
    const what = `${method} ${rest.join('/')}`;
    if (what === 'POST search') return search(all, stampOf[name], JSON.parse(body));
    if (what === 'POST batch/read') return readBatch(all, JSON.parse(body));
    return what === 'GET ' ? list(all, url.searchParams) : undefined;
  };
  const answer = (asked: Asked): Answered => {
    const { method, url, authorization, body } = asked;
    if (authorization !== `Bearer ${token}`) return { status: 401, body: { category: 'INVALID_AUTHENTICATION' } };
    const path = url.pathname.replace('/crm/', '');
    const to = /^v4\/associations\/deals\/(contacts|companies)\/batch\/read$/.exec(path)?.[1];
    if (method === 'POST' && to) return associated(associations[to as 'contacts'], JSON.parse(body));
    if (path === 'v3/pipelines/deals')
      return { body: { results: [{ id: 'default', label: 'Sales', stages: pipelines }] } };
    if (path === 'v3/owners') return { body: { results: [...owners].map(([id, email]) => ({ id, email })) } };
    return onObjects(path.replace('v3/objects/', ''), asked) ?? { status: 404, body: { category: 'OBJECT_NOT_FOUND' } };
  };
  const fake = await openFake(answer);
  return {
    ...fake,
    fake,
    companies,
    /** Addresses of users by their ids. */
    owners,
    associations,
    /** Writes a contact there, now or as of a time. */
    put: (id: number, properties: Held['properties'], at = new Date().toISOString()) =>
      write('contacts', id, properties, at),
    putDeal: (id: number, properties: Held['properties'], at = new Date().toISOString()) =>
      write('deals', id, properties, at),
    archive(id: number) {
      contacts.get(String(id))!.archived = true;
    },
    archiveDeal(id: number) {
      deals.get(String(id))!.archived = true;
    },
    /** Deleted for good: of it nothing is said any more. */
    purge: (id: number) => contacts.delete(String(id)),
    purgeDeal: (id: number) => deals.delete(String(id)),
  };
}

interface Search {
  filterGroups: [{ filters: { propertyName: string; operator: string; value: string }[] }];
  sorts: [{ propertyName: string }];
  properties: string[];
  limit: number;
  after?: string;
}

const stampOf = ({ properties }: Held, name: string): number =>
  name.endsWith('lastmodifieddate') ? Date.parse(properties[name]!) : Number(properties[name]);

const holds: Record<string, (is: number, value: number) => boolean> = {
  GTE: (is, value) => is >= value,
  GT: (is, value) => is > value,
  LT: (is, value) => is < value,
};

function search(
  all: readonly Held[],
  stamp: string,
  { filterGroups: [{ filters }], sorts: [sort], properties, limit, after = '0' }: Search,
) {
  if (limit > 200 || Number(after) + limit > 10_000) return { status: 400, body: { category: 'VALIDATION_ERROR' } };
  const found = all
    .filter((one) => !one.archived)
    .filter((one) =>
      filters.every(({ propertyName, operator, value }) => holds[operator]!(stampOf(one, propertyName), Number(value))),
    )
    .sort((a, b) => stampOf(a, sort.propertyName) - stampOf(b, sort.propertyName));
  return paged(found, [...properties, stamp], limit, Number(after), { total: found.length });
}

function list(all: readonly Held[], query: URLSearchParams): Answered {
  const archived = query.get('archived') === 'true';
  const found = all.filter((one) => one.archived === archived).sort((a, b) => Number(a.id) - Number(b.id));
  const properties = query.get('properties')?.split(',') ?? [];
  return paged(found, properties, Number(query.get('limit') ?? 10), Number(query.get('after') ?? 0), {});
}

function paged(found: readonly Held[], names: string[], limit: number, from: number, more: object): Answered {
  const results = found.slice(from, from + limit).map(({ id, properties, archived }) => ({
    id,
    properties: Object.fromEntries([...names, 'hs_object_id'].map((name) => [name, properties[name] ?? null])),
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

function readBatch(all: readonly Held[], asked: { inputs: { id: string }[]; properties: string[] }): Answered {
  if (asked.inputs.length > 100) return { status: 400 };
  const found = all.filter((one) => !one.archived && asked.inputs.some(({ id }) => id === one.id));
  const { body } = paged(found, asked.properties, 100, 0, { status: 'COMPLETE' });
  return { status: found.length < asked.inputs.length ? 207 : 200, body };
}

/** Deals with no association of the kind are left out, and said to be errors. */
function associated(to: ReadonlyMap<string, string[]>, { inputs }: { inputs: { id: string }[] }): Answered {
  if (inputs.length > 1000) return { status: 400 };
  const results = inputs.flatMap(({ id }) =>
    to.has(id)
      ? [
          {
            from: { id },
            to: to.get(id)!.map((one) => ({
              toObjectId: Number(one),
              associationTypes: [{ category: 'HUBSPOT_DEFINED', typeId: 3, label: null }],
            })),
          },
        ]
      : [],
  );
  return { status: results.length < inputs.length ? 207 : 200, body: { status: 'COMPLETE', results } };
}
