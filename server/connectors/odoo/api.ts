import { z } from 'zod';
import { type Access, Trouble } from '../connector.ts';
import { type KeySecret, openService, type Refusal, read } from '../records/asking.ts';
import type { Stamped } from '../records/walking.ts';

export const settings = z.object({
  /** As one opens it in a browser. */
  address: z.string().trim().min(1).max(2000),
  database: z.string().trim().min(1).max(200),
  username: z.string().trim().min(1).max(320),
});
export type Settings = z.output<typeof settings>;
export type OdooAccess = Access<Settings, KeySecret>;

/** Records of an answer, and ids of one. */
const together = { records: 500, ids: 10_000 };

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

/** A model of Odoo, which of its records are read, and which fields where the installation has them: versions and modules differ. */
export interface OdooModel {
  model: 'res.partner' | 'crm.lead';
  only: Term;
  wanted: readonly string[];
  /** What is out of use stands there all the same. */
  withArchived?: true;
}

const odooRecord = z.looseObject({
  id: z.number().int().positive(),
  /** In UTC, to the second: `2026-03-02 10:00:00`. */
  write_date: z.string().regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/),
  active: z.unknown(),
});
export type OdooRecord = z.output<typeof odooRecord>;

/** Milliseconds since 1970. */
const changedAt = ({ write_date }: OdooRecord): number => Date.parse(`${write_date.slice(0, 19).replace(' ', 'T')}Z`);

/** A time as Odoo writes it. */
const toOdooTime = (second: number): string => new Date(second * 1000).toISOString().slice(0, 19).replace('T', ' ');

/** What a link to another record is called: `[7, "Acme"]`; `false` stands for nothing, as everywhere in Odoo. */
export const plain = (value: unknown): unknown => {
  const named = Array.isArray(value) ? value[1] : value;
  return typeof named === 'string' || typeof named === 'number' ? named : undefined;
};
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The external API of Odoo (JSON-RPC), signed in. Its path is the same since version 8. */
export async function open(access: OdooAccess, { model, only, wanted, withArchived }: OdooModel) {
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
  const onModel = <T>(method: string, args: unknown[], more: object, schema: z.ZodType<T>) =>
    call('object', 'execute_kw', [database, uid, password, model, method, args, more], schema);
  const has = await onModel('fields_get', [wanted], { attributes: ['type'] }, z.record(z.string(), z.unknown()));
  const fields = wanted.filter((name) => name in has);
  return {
    now: service.now,
    /** Those out of use included. */
    records: (domain: Term[], order: string) =>
      onModel(
        'search_read',
        [[only, ...domain]],
        { fields: [...fields, 'write_date'], limit: together.records, order, context: { active_test: false } },
        z.array(odooRecord).max(together.records),
      ),
    ids: (after: number) =>
      onModel(
        'search',
        [[only, ...(withArchived ? [['active', 'in', [true, false]]] : []), ['id', '>', after]]],
        { limit: together.ids, order: 'id' },
        z.array(z.number().int().positive()).max(together.ids),
      ),
  };
}
export type Odoo = Awaited<ReturnType<typeof open>>;

/** Odoo compares with parts of a second that it does not show. */
export const stamped = (odoo: Odoo): Stamped<OdooRecord> => ({
  changedAt,
  async from(second) {
    const records = await odoo.records([['write_date', '>=', toOdooTime(second)]], 'write_date, id');
    return { records, more: records.length === together.records };
  },
  async within(second, after) {
    const domain: Term[] = [
      ['write_date', '>=', toOdooTime(second)],
      ['write_date', '<', toOdooTime(second + 1)],
      ['id', '>', Number(after ?? 0)],
    ];
    const records = await odoo.records(domain, 'id');
    const last = records.length === together.records ? records.at(-1) : undefined;
    return { records, next: last ? String(last.id) : null };
  },
});

/** Of contacts those in use: who is not, or is deleted, is not among them. */
export async function listIds(odoo: Odoo): Promise<Set<string>> {
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
