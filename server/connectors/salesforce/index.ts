import { z } from 'zod';
import { type Access, type Connector, Trouble } from '../connector.ts';
import { type KeySecret, keySecret, openService, type Refusal } from '../records/asking.ts';
import { saysSomething } from '../records/contacts.ts';
import { pullChanges, type Stamped } from '../records/walking.ts';
import { services } from '../services.ts';
import { changedAt, type SalesforceContact, salesforceContact, selectable, toContact } from './contacts.ts';

/** Of the company at Salesforce, as one opens it in a browser; the host alone counts. */
const ownHost = /^(?:[a-z0-9-]+\.)+salesforce\.com$/;
const hostOf = (address: string): string => {
  const typed = /^https?:\/\//i.test(address) ? address : `https://${address}`;
  const host = URL.canParse(typed) ? new URL(typed).host : '';
  // Pages are shown by another host than the one that programs ask.
  return host.replace(/\.lightning\.force\.com$/, '.my.salesforce.com');
};

const settings = z.object({
  address: z
    .string()
    .trim()
    .max(2000)
    .refine((address) => ownHost.test(hostOf(address)), 'invalid'),
  /** The consumer key of a connected app; its secret is the password. */
  username: z.string().trim().min(1).max(500),
});
type Settings = z.output<typeof settings>;
type SalesforceAccess = Access<Settings, KeySecret>;

const version = 'v60.0';
/** Contacts, and ids, of an answer. */
const together = { contacts: 500, ids: 2000 };

const token = z.object({ access_token: z.string() });
const description = z.object({ fields: z.array(z.object({ name: z.string() })) });
const found = z.object({ records: z.array(salesforceContact).max(together.contacts) });
const foundIds = z.object({ records: z.array(salesforceContact.pick({ Id: true })).max(together.ids) });

const complaints = z.array(z.object({ errorCode: z.string() })).min(1);

/** What Salesforce means by its codes (REST API, "Status Codes and Error Responses"). Requests are counted for a whole day. */
function judge({ status, said }: Refusal): Trouble | undefined {
  const code = complaints.safeParse(said).data?.[0]?.errorCode;
  if (code === 'REQUEST_LIMIT_EXCEEDED') return new Trouble('busy', 3600);
  if (code === 'QUERY_TIMEOUT' || code === 'SERVER_UNAVAILABLE') return new Trouble('busy');
  // A token ends with its session; the next synchronisation asks for another one.
  if (status === 401) return new Trouble('busy');
  // The object or a field of it is not this user's to see.
  if (code === 'INVALID_TYPE' || code === 'INVALID_FIELD') return new Trouble('forbidden');
  return undefined;
}

/** The REST API of Salesforce, signed in as a connected app (OAuth 2.0, client credentials: RFC 6749, 4.4). */
async function open(access: SalesforceAccess) {
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
  const { fields } = await get('sobjects/Contact/describe', description);
  const columns = selectable(new Set(fields.map(({ name }) => name)));
  return {
    now: service.now,
    /** Those in the bin included. */
    contacts: async (where: string, order: string) => {
      const soql = `SELECT ${columns.join(', ')} FROM Contact WHERE ${where} ORDER BY ${order} LIMIT ${together.contacts}`;
      return (await get(`queryAll?${new URLSearchParams({ q: soql })}`, found)).records;
    },
    ids: async (after: string) => {
      const soql = `SELECT Id FROM Contact WHERE Id > '${after}' ORDER BY Id LIMIT ${together.ids}`;
      return (await get(`query?${new URLSearchParams({ q: soql })}`, foundIds)).records.map(({ Id }) => Id);
    },
  };
}
type Salesforce = Awaited<ReturnType<typeof open>>;

const literal = (second: number): string => new Date(second * 1000).toISOString().replace('.000', '');

const stamped = (salesforce: Salesforce): Stamped<SalesforceContact> => ({
  changedAt,
  async from(second) {
    const records = await salesforce.contacts(`SystemModstamp >= ${literal(second)}`, 'SystemModstamp, Id');
    return { records, more: records.length === together.contacts };
  },
  async within(second, after) {
    const time = `SystemModstamp >= ${literal(second)} AND SystemModstamp < ${literal(second + 1)}`;
    // A position is an id that was checked when it was read.
    const records = await salesforce.contacts(after === null ? time : `${time} AND Id > '${after}'`, 'Id');
    return { records, next: records.length === together.contacts ? (records.at(-1)?.Id ?? null) : null };
  },
});

const firstId = '000000000000000';

async function listIds(salesforce: Salesforce): Promise<Set<string>> {
  const ids = new Set<string>();
  for (let after = firstId; ; ) {
    const page = await salesforce.ids(after);
    for (const id of page) ids.add(id);
    if (page.length < together.ids) return ids;
    if (page.at(-1) === after) throw new Trouble('malformed');
    after = page.at(-1)!;
  }
}

/** The contacts of a company at Salesforce, as far as its connected app may see them. */
export const salesforce: Connector<Settings, KeySecret> = {
  kind: 'salesforce',
  settings,
  secret: keySecret,
  every: 900,
  async connect(access) {
    await (await open(access)).ids(firstId);
    return [{ id: 'Contact', name: 'Salesforce', writable: false }];
  },
  async *pull(access, since) {
    const there = await open(access);
    const toBatch = (records: readonly SalesforceContact[]) => {
      const items = records
        .filter(({ IsDeleted }) => IsDeleted !== true)
        .map((one) => ({ key: one.Id, state: null, contact: toContact(one, access.country) }));
      return {
        items: items.filter(({ contact }) => saysSomething(contact)),
        gone: records.flatMap(({ Id, IsDeleted }) => (IsDeleted === true ? [Id] : [])),
      };
    };
    const list = () => listIds(there);
    yield* pullChanges({ stamped: stamped(there), now: there.now, toBatch, list }, since);
  },
};
