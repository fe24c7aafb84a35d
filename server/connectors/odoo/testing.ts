import { type Answered, type Asked, openFake } from '../records/testing.ts';

type Held = Record<string, unknown> & { id: number; write_date: string; active: boolean };

/**
 * Odoo as its documentation of the external API has it (JSON-RPC, `common.authenticate` and `object.execute_kw` on `res.partner` and `crm.lead`): times are
 * compared with parts of a second and shown without, nothing is `false`. The real one was never reached.
 */
export async function openOdoo(key = 'odoo-key') {
  const partners = new Map<number, Held>();
  const leads = new Map<number, Held>();
  /** The module CRM is installed. */
  const modules = new Set(['crm']);
  /** Of this version: `mobile` is gone from Odoo 19 on. */
  const lacking = new Set(['mobile']);
  const onModel = (held: ReadonlyMap<number, Held>, method: string, args: unknown[], more: Options): unknown => {
    const [domain] = args as [Domain];
    if (method === 'fields_get')
      return Object.fromEntries((args[0] as string[]).filter((name) => !lacking.has(name)).map((name) => [name, {}]));
    const anyActive = more.context?.active_test === false || domain.some(([field]) => field === 'active');
    const found = [...held.values()]
      .filter((one) => (anyActive || one.active) && fits(one, domain))
      .sort((a, b) => (more.order === 'id' ? a.id - b.id : a.write_date.localeCompare(b.write_date) || a.id - b.id))
      .slice(0, more.limit);
    if (method === 'search') return found.map(({ id }) => id);
    return found.map((one) => show(one, more.fields!));
  };
  const answer = ({ url, body }: Asked): Answered => {
    if (url.pathname !== '/jsonrpc') return { status: 404, body: '<html>Not found</html>' };
    const { service, method, args } = JSON.parse(body).params;
    const [database, who, given] = args;
    if (database !== 'acme') return fault('psycopg2.OperationalError');
    if (service === 'common' && method === 'authenticate')
      return { body: { result: who === 'anne' && given === key ? 7 : false } };
    if (who !== 7 || given !== key) return fault('odoo.exceptions.AccessDenied');
    if (args[3] === 'crm.lead' && !modules.has('crm')) return fault('builtins.KeyError');
    const result = onModel(args[3] === 'crm.lead' ? leads : partners, args[4], args[5], args[6]);
    return { body: { jsonrpc: '2.0', id: 1, result } };
  };
  const fake = await openFake(answer);
  return {
    fake,
    close: fake.close,
    url: fake.url,
    modules,
    put(id: number, values: Record<string, unknown>, at = new Date()) {
      const base = { is_company: false, parent_id: false, type: 'contact', active: true };
      partners.set(id, { ...base, ...partners.get(id), ...values, id, write_date: stampOf(at) });
    },
    putLead(id: number, values: Record<string, unknown>, at = new Date()) {
      leads.set(id, { type: 'opportunity', active: true, ...leads.get(id), ...values, id, write_date: stampOf(at) });
    },
    delete: (id: number) => partners.delete(id),
    deleteLead: (id: number) => leads.delete(id),
  };
}

const stampOf = (at: Date): string => at.toISOString().replace('T', ' ').replace('Z', '456');

interface Options {
  fields?: string[];
  limit?: number;
  order?: string;
  context?: { active_test: boolean };
}
type Domain = [string, string, unknown][];

const holds: Record<string, (is: unknown, value: unknown) => boolean> = {
  '=': (is, value) => is === value,
  in: (is, value) => (value as unknown[]).includes(is),
  '>=': (is, value) => (is as string) >= (value as string),
  '<': (is, value) => (is as string) < (value as string),
  '>': (is, value) => (is as number) > (value as number),
};

const fits = (one: Held, domain: Domain): boolean =>
  domain.every(([field, operator, value]) => holds[operator]!(one[field], value));

const show = (one: Held, fields: string[]) => ({
  ...Object.fromEntries(fields.map((name) => [name, one[name] ?? false])),
  id: one.id,
  write_date: one.write_date.slice(0, 19),
});

const fault = (name: string): Answered => ({
  body: { jsonrpc: '2.0', id: 1, error: { code: 200, message: 'Odoo Server Error', data: { name } } },
});
