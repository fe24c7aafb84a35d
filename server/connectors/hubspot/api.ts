import { z } from 'zod';
import { type Access, Trouble } from '../connector.ts';
import { type KeySecret, openService, type Service } from '../records/asking.ts';
import type { Stamped } from '../records/walking.ts';
import { services } from '../services.ts';

export type HubspotAccess = Access<unknown, KeySecret>;

/** Records of an answer of the search, of the list, of a batch, and of associations. */
const together = { search: 200, list: 100, batch: 100, associations: 1000 };

const hubspotRecord = z.object({
  id: z.string().regex(/^\d{1,30}$/),
  properties: z.record(z.string(), z.unknown()),
});
export type HubspotRecord = z.output<typeof hubspotRecord>;

export const page = z.object({
  results: z.array(hubspotRecord).max(together.search),
  paging: z.object({ next: z.object({ after: z.string() }).optional() }).nullish(),
});
const batch = z.object({ results: z.array(hubspotRecord) });
const associations = z.object({
  results: z.array(
    z.object({
      from: z.object({ id: z.string() }),
      to: z.array(z.object({ toObjectId: z.union([z.string(), z.number()]) })),
    }),
  ),
});

/** HubSpot's API, with the token of a private app. */
export function open(access: HubspotAccess) {
  const service = openService(access);
  const headers = { authorization: `Bearer ${access.secret.password}`, 'content-type': 'application/json' };
  const at = (path: string) => `${services.hubspot()}/crm/${path}`;
  const post = <T>(path: string, body: object, schema: z.ZodType<T>) =>
    service.ask(at(path), { method: 'POST', headers, body: JSON.stringify(body) }, schema);
  const get = <T>(path: string, schema: z.ZodType<T>) => service.ask(at(path), { headers }, schema);
  return { now: service.now, post, get };
}
export type Hubspot = Pick<Service, 'now'> & ReturnType<typeof open>;

/** A kind of CRM object (v3): what it is called, the property that holds its last change, and what is asked of it. */
export interface HubspotObject {
  name: 'contacts' | 'deals';
  stamp: string;
  properties: readonly string[];
}

/** Milliseconds since 1970; NaN where it does not say. */
const changedAt = ({ stamp }: HubspotObject, { properties }: HubspotRecord): number =>
  Date.parse(String(properties[stamp]));

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

const search = (hubspot: Hubspot, { name, properties }: HubspotObject, filters: Filter[], sortedBy: string) =>
  hubspot.post(
    `v3/objects/${name}/search`,
    {
      filterGroups: [{ filters }],
      sorts: [{ propertyName: sortedBy, direction: 'ASCENDING' }],
      properties,
      limit: together.search,
    },
    page,
  );

/** A search gives 10,000 records at most, and by page numbers that move when they change: each page is a search of its own. */
export const stamped = (hubspot: Hubspot, object: HubspotObject): Stamped<HubspotRecord> => ({
  changedAt: (record) => changedAt(object, record),
  async from(second) {
    const found = await search(hubspot, object, [filter(object.stamp, 'GTE', second * 1000)], object.stamp);
    return { records: found.results, more: found.paging?.next !== undefined };
  },
  async within(second, after) {
    const filters = [
      filter(object.stamp, 'GTE', second * 1000),
      filter(object.stamp, 'LT', (second + 1) * 1000),
      ...(after === null ? [] : [filter('hs_object_id', 'GT', after)]),
    ];
    const found = await search(hubspot, object, filters, 'hs_object_id');
    return { records: found.results, next: found.paging?.next ? (found.results.at(-1)?.id ?? null) : null };
  },
});

/** Ids of all objects, or of those in the bin (for 90 days). */
export async function listIds(hubspot: Hubspot, { name }: HubspotObject, archived: boolean): Promise<string[]> {
  const ids: string[] = [];
  for (let after: string | undefined; ; ) {
    const query = new URLSearchParams({ limit: String(together.list), archived: String(archived) });
    if (after !== undefined) query.set('after', after);
    const found = await hubspot.get(`v3/objects/${name}?${query}&properties=hs_object_id`, page);
    ids.push(...found.results.map(({ id }) => id));
    const next = found.paging?.next?.after;
    if (next === undefined) return ids;
    if (next === after || found.results.length === 0) throw new Trouble('malformed');
    after = next;
  }
}

/** What the token may not read is as if it were not there. */
export async function orNothing<T>(asked: Promise<T>, nothing: T): Promise<T> {
  return asked.catch((error) => {
    if (error instanceof Trouble && error.code === 'forbidden') return nothing;
    throw error;
  });
}

/** Reads objects by their ids into `known`; of those that are not there any more it keeps that they say nothing. */
export async function readInto(
  hubspot: Hubspot,
  object: 'contacts' | 'companies',
  properties: readonly string[],
  ids: readonly string[],
  known: Map<string, HubspotRecord['properties']>,
): Promise<void> {
  const unknown = [...new Set(ids)].filter((id) => !known.has(id));
  for (let from = 0; from < unknown.length; from += together.batch) {
    const part = unknown.slice(from, from + together.batch);
    const asked = { properties, inputs: part.map((id) => ({ id })) };
    // 207: some of them are there no more.
    const found = await orNothing(hubspot.post(`v3/objects/${object}/batch/read`, asked, batch), { results: [] });
    for (const id of part) known.set(id, {});
    for (const { id, properties: said } of found.results) known.set(id, said);
  }
}

/** With which objects deals are associated (associations, v4), by the deal's id, in HubSpot's order. */
export async function listAssociated(
  hubspot: Hubspot,
  to: 'contacts' | 'companies',
  ids: readonly string[],
): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  for (let from = 0; from < ids.length; from += together.associations) {
    const inputs = ids.slice(from, from + together.associations).map((id) => ({ id }));
    const asked = hubspot.post(`v4/associations/deals/${to}/batch/read`, { inputs }, associations);
    for (const one of (await orNothing(asked, { results: [] })).results)
      found.set(
        one.from.id,
        one.to.map(({ toObjectId }) => String(toObjectId)),
      );
  }
  return found;
}
