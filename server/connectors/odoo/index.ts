import { z } from 'zod';
import { type Access, type Connector, Trouble } from '../connector.ts';
import { type KeySecret, keySecret, openService, type Refusal, read } from '../records/asking.ts';
import { saysSomething } from '../records/contacts.ts';
import { pullChanges, type Stamped } from '../records/walking.ts';
import { changedAt, type Partner, partner, toContact, toOdooTime, wanted } from './partners.ts';

const settings = z.object({
  /** As one opens it in a browser. */
  address: z.string().trim().min(1).max(2000),
  database: z.string().trim().min(1).max(200),
  username: z.string().trim().min(1).max(320),
});
type Settings = z.output<typeof settings>;
type OdooAccess = Access<Settings, KeySecret>;

/** Partners of an answer, and ids of one. */
const together = { partners: 500, ids: 10_000 };

/** Odoo answers with 200 whatever happens (JSON-RPC 2.0, 5), and names what did. */
const answer = z.union([
  z.object({ error: z.object({ data: z.object({ name: z.string() }).optional() }) }),
  z.object({ result: z.unknown() }),
]);

function judgeFault(name: string | undefined): Trouble {
  if (name?.endsWith('.AccessDenied')) return new Trouble('refused');
  if (name?.endsWith('.AccessError')) return new Trouble('forbidden');
  // A database of that name is not there.
  if (name?.includes('OperationalError') || name === 'builtins.KeyError') return new Trouble('place_gone');
  return new Trouble('server_error');
}

/** Where its API answers, whatever page of it the address is of. */
function endpointOf(address: string): string {
  const typed = /^https?:\/\//i.test(address) ? address : `https://${address}`;
  if (!URL.canParse(typed)) throw new Trouble('bad_address');
  const { origin, pathname } = new URL(typed);
  return `${origin}${pathname.replace(/\/(?:web|odoo)(?:\/.*)?$/i, '').replace(/\/+$/, '')}/jsonrpc`;
}

type Term = string | [string, string, unknown];

/** The external API of Odoo (JSON-RPC), signed in. Its path is the same since version 8. */
async function open(access: OdooAccess) {
  const { database, username, address } = access.settings;
  const { password } = access.secret;
  const service = openService(access, ({ status }: Refusal) => (status === 404 ? new Trouble('malformed') : undefined));
  const url = endpointOf(address);
  const call = async <T>(of: string, method: string, args: unknown[], schema: z.ZodType<T>): Promise<T> => {
    const body = { jsonrpc: '2.0', method: 'call', id: 1, params: { service: of, method, args } };
    const question = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    } as const;
    const said = await service.ask(url, question, answer);
    if ('error' in said) throw judgeFault(said.error.data?.name);
    return read(said.result, schema);
  };
  const uid = await call(
    'common',
    'authenticate',
    [database, username, password, {}],
    z.union([z.number(), z.literal(false)]),
  );
  if (uid === false) throw new Trouble('refused');
  const onPartners = <T>(method: string, args: unknown[], more: object, schema: z.ZodType<T>) =>
    call('object', 'execute_kw', [database, uid, password, 'res.partner', method, args, more], schema);
  const has = await onPartners('fields_get', [wanted], { attributes: ['type'] }, z.record(z.string(), z.unknown()));
  const fields = wanted.filter((name) => name in has);
  return {
    now: service.now,
    /** Those out of use included. Addresses that stand under a company (for deliveries, invoices) are nobody. */
    partners: (domain: Term[], order: string) =>
      onPartners(
        'search_read',
        [[['type', '=', 'contact'], ...domain]],
        { fields: [...fields, 'write_date'], limit: together.partners, order, context: { active_test: false } },
        z.array(partner).max(together.partners),
      ),
    ids: (after: number) =>
      onPartners(
        'search',
        [
          [
            ['type', '=', 'contact'],
            ['id', '>', after],
          ],
        ],
        { limit: together.ids, order: 'id' },
        z.array(z.number().int().positive()).max(together.ids),
      ),
  };
}
type Odoo = Awaited<ReturnType<typeof open>>;

/** Odoo compares with parts of a second that it does not show. */
const stamped = (odoo: Odoo): Stamped<Partner> => ({
  changedAt,
  async from(second) {
    const records = await odoo.partners([['write_date', '>=', toOdooTime(second)]], 'write_date, id');
    return { records, more: records.length === together.partners };
  },
  async within(second, after) {
    const domain: Term[] = [
      ['write_date', '>=', toOdooTime(second)],
      ['write_date', '<', toOdooTime(second + 1)],
      ['id', '>', Number(after ?? 0)],
    ];
    const records = await odoo.partners(domain, 'id');
    const last = records.length === together.partners ? records.at(-1) : undefined;
    return { records, next: last ? String(last.id) : null };
  },
});

/** Those in use; who is not, or is deleted, is not among them. */
async function listIds(odoo: Odoo): Promise<Set<string>> {
  const ids = new Set<string>();
  for (let after = 0; ; ) {
    const found = await odoo.ids(after);
    for (const id of found) ids.add(String(id));
    if (found.length < together.ids) return ids;
    const last = found.at(-1)!;
    if (last <= after) throw new Trouble('malformed');
    after = last;
  }
}

/** Persons and companies of an Odoo, read with an API key (Odoo 14 and later) or a password. */
export const odoo: Connector<Settings, KeySecret> = {
  kind: 'odoo',
  settings,
  secret: keySecret,
  every: 900,
  async connect(access) {
    await (await open(access)).ids(0);
    return [{ id: 'partners', name: access.settings.database, writable: false }];
  },
  async *pull(access, since) {
    const there = await open(access);
    const toBatch = (records: readonly Partner[]) => {
      const items = records
        .filter(({ active }) => active !== false)
        .map((one) => ({ key: String(one.id), state: null, contact: toContact(one, access.country) }));
      return {
        items: items.filter(({ contact }) => saysSomething(contact)),
        gone: records.flatMap(({ id, active }) => (active === false ? [String(id)] : [])),
      };
    };
    const list = () => listIds(there);
    yield* pullChanges({ stamped: stamped(there), now: there.now, toBatch, list }, since);
  },
};
