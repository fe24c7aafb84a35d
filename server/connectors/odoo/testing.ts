import { type Answered, type Asked, openFake } from '../records/testing.ts';

type Partner = Record<string, unknown> & { id: number; write_date: string; active: boolean };

/**
 * Odoo as its documentation of the external API has it (JSON-RPC, `common.authenticate` and `object.execute_kw` on `res.partner`): times are
 * compared with parts of a second and shown without, nothing is `false`. The real one was never reached.
 */
export async function openOdoo(key = 'odoo-key') {
  const partners = new Map<number, Partner>();
  /** Of this version: `mobile` is gone from Odoo 19 on. */
  const lacking = new Set(['mobile']);
  const onPartners = (method: string, args: unknown[], more: Options): unknown => {
    const [domain] = args as [Domain];
    if (method === 'fields_get')
      return Object.fromEntries((args[0] as string[]).filter((name) => !lacking.has(name)).map((name) => [name, {}]));
    const found = [...partners.values()]
      .filter((one) => (more.context?.active_test === false || one.active) && fits(one, domain))
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
    return { body: { jsonrpc: '2.0', id: 1, result: onPartners(args[4], args[5], args[6]) } };
  };
  const fake = await openFake(answer);
  return {
    fake,
    close: fake.close,
    url: fake.url,
    put(id: number, values: Record<string, unknown>, at = new Date()) {
      const write_date = at.toISOString().replace('T', ' ').replace('Z', '456');
      const base = { is_company: false, parent_id: false, type: 'contact', active: true };
      partners.set(id, { ...base, ...partners.get(id), ...values, id, write_date });
    },
    delete: (id: number) => partners.delete(id),
  };
}

interface Options {
  fields?: string[];
  limit?: number;
  order?: string;
  context?: { active_test: boolean };
}
type Domain = [string, string, unknown][];

const holds: Record<string, (is: unknown, value: unknown) => boolean> = {
  '=': (is, value) => is === value,
  '>=': (is, value) => (is as string) >= (value as string),
  '<': (is, value) => (is as string) < (value as string),
  '>': (is, value) => (is as number) > (value as number),
};

const fits = (one: Partner, domain: Domain): boolean =>
  domain.every(([field, operator, value]) => holds[operator]!(one[field], value));

const show = (one: Partner, fields: string[]) => ({
  ...Object.fromEntries(fields.map((name) => [name, one[name] ?? false])),
  id: one.id,
  write_date: one.write_date.slice(0, 19),
});

const fault = (name: string): Answered => ({
  body: { jsonrpc: '2.0', id: 1, error: { code: 200, message: 'Odoo Server Error', data: { name } } },
});
