import { z } from 'zod';
import { type Access, Trouble } from '../connector.ts';
import { type KeySecret, openService, type Refusal, type Service } from '../records/asking.ts';
import type { Stamped } from '../records/walking.ts';
import { services } from '../services.ts';

/** Of the company at Salesforce, as one opens it in a browser; the host alone counts. */
const ownHost = /^(?:[a-z0-9-]+\.)+salesforce\.com$/;
const hostOf = (address: string): string => {
  const typed = /^https?:\/\//i.test(address) ? address : `https://${address}`;
  const host = URL.canParse(typed) ? new URL(typed).host : '';
  // Pages are shown by another host than the one that programs ask.
  return host.replace(/\.lightning\.force\.com$/, '.my.salesforce.com');
};

export const settings = z.object({
  address: z
    .string()
    .trim()
    .max(2000)
    .refine((address) => ownHost.test(hostOf(address)), 'invalid'),
  /** The consumer key of a connected app; its secret is the password. */
  username: z.string().trim().min(1).max(500),
});
export type Settings = z.output<typeof settings>;
export type SalesforceAccess = Access<Settings, KeySecret>;

const version = 'v60.0';
/** Records, and ids, of an answer. */
const together = { records: 500, ids: 2000 };

const salesforceRecord = z.looseObject({
  Id: z.string().regex(/^[a-zA-Z0-9]{15,18}$/),
  SystemModstamp: z.string(),
  IsDeleted: z.unknown(),
});
export type SalesforceRecord = z.output<typeof salesforceRecord>;

const token = z.object({ access_token: z.string() });
const description = z.object({
  fields: z.array(z.object({ name: z.string() })),
  childRelationships: z.array(z.object({ relationshipName: z.string().nullish() })).default([]),
});
const found = z.object({ records: z.array(salesforceRecord).max(together.records), done: z.boolean().default(true) });
const foundIds = z.object({ records: z.array(salesforceRecord.pick({ Id: true })).max(together.ids) });

const complaints = z.array(z.object({ errorCode: z.string() })).min(1);

/** What Salesforce means by its codes (REST API, "Status Codes and Error Responses"). Requests are counted for a whole day. */
function judge({ status, said }: Refusal): Trouble | undefined {
  const code = complaints.safeParse(said).data?.[0]?.errorCode;
  if (code === 'REQUEST_LIMIT_EXCEEDED') return new Trouble('busy', 3600);
  if (code === 'QUERY_TIMEOUT' || code === 'SERVER_UNAVAILABLE') return new Trouble('busy');
  // A token ends with its session; the next synchronisation asks for another one.
  if (status === 401) return new Trouble('busy');
  // The object or a field of it is not this user's to see.
  if (code === 'INVALID_TYPE' || code === 'INVALID_FIELD' || code === 'NOT_FOUND') return new Trouble('forbidden');
  return undefined;
}

/** An object of Salesforce, and which columns of it are asked for where this company has them and this user may see them. */
export interface SalesforceObject {
  name: 'Contact' | 'Opportunity';
  columns(visible: ReadonlySet<string>, relationships: ReadonlySet<string>): string[];
}

/** Without these nothing can be read. */
export const always = ['Id', 'SystemModstamp', 'IsDeleted'];

/** The REST API of Salesforce, signed in as a connected app (OAuth 2.0, client credentials: RFC 6749, 4.4). */
async function signIn(access: SalesforceAccess) {
  const base = services.salesforce(hostOf(access.settings.address));
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: access.settings.username,
    client_secret: access.secret.password,
  });
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  // RFC 6749, 5.2: an app that is none, or may not do so, is a bad request.
  const door = openService(access, ({ status }) => (status === 400 ? new Trouble('refused') : undefined));
  const question = { method: 'POST', headers: form, body: String(body) } as const;
  const { access_token } = await door.ask(`${base}/services/oauth2/token`, question, token);
  const service = openService(access, judge);
  const headers = { authorization: `Bearer ${access_token}` };
  const get = <T>(path: string, schema: z.ZodType<T>) =>
    service.ask(`${base}/services/data/${version}/${path}`, { headers }, schema);
  return { now: service.now, get };
}

/** @throws Trouble | Unreached */
export async function open(access: SalesforceAccess, { name, columns: columnsOf }: SalesforceObject) {
  const { now, get } = await signIn(access);
  const { fields, childRelationships } = await get(`sobjects/${name}/describe`, description);
  const columns = columnsOf(
    new Set(fields.map((field) => field.name)),
    new Set(childRelationships.flatMap(({ relationshipName }) => relationshipName ?? [])),
  );
  return {
    now,
    /** Those in the bin included; `more`: there are others behind them. */
    records: async (where: string, order: string) => {
      const soql = `SELECT ${columns.join(', ')} FROM ${name} WHERE ${where} ORDER BY ${order} LIMIT ${together.records}`;
      const { records, done } = await get(`queryAll?${new URLSearchParams({ q: soql })}`, found);
      // An answer with records within records may be cut earlier.
      return { records, more: !done || records.length === together.records };
    },
    ids: async (after: string) => {
      const soql = `SELECT Id FROM ${name} WHERE Id > '${after}' ORDER BY Id LIMIT ${together.ids}`;
      return (await get(`query?${new URLSearchParams({ q: soql })}`, foundIds)).records.map(({ Id }) => Id);
    },
  };
}
export type Salesforce = Pick<Service, 'now'> & Awaited<ReturnType<typeof open>>;

/** Milliseconds since 1970, of `2026-03-02T10:00:00.000+0000`; NaN where it does not say. */
const changedAt = ({ SystemModstamp: stamp }: SalesforceRecord): number =>
  Date.parse(stamp.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));

const literal = (second: number): string => new Date(second * 1000).toISOString().replace('.000', '');

export const stamped = (salesforce: Salesforce): Stamped<SalesforceRecord> => ({
  changedAt,
  from: (second) => salesforce.records(`SystemModstamp >= ${literal(second)}`, 'SystemModstamp, Id'),
  async within(second, after) {
    const time = `SystemModstamp >= ${literal(second)} AND SystemModstamp < ${literal(second + 1)}`;
    // A position is an id that was checked when it was read.
    const where = after === null ? time : `${time} AND Id > '${after}'`;
    const { records, more } = await salesforce.records(where, 'Id');
    return { records, next: more ? (records.at(-1)?.Id ?? null) : null };
  },
});

export const firstId = '000000000000000';

export async function listIds(salesforce: Salesforce): Promise<Set<string>> {
  const ids = new Set<string>();
  for (let after = firstId; ; ) {
    const page = await salesforce.ids(after);
    for (const id of page) ids.add(id);
    if (page.length < together.ids) return ids;
    if (page.at(-1) === after) throw new Trouble('malformed');
    after = page.at(-1)!;
  }
}

/** Those that stand there, and the keys of those in the bin. */
export const apart = (records: readonly SalesforceRecord[]) => ({
  standing: records.filter(({ IsDeleted }) => IsDeleted !== true),
  gone: records.flatMap(({ Id, IsDeleted }) => (IsDeleted === true ? [Id] : [])),
});
