import type { Mapping } from './sources-contract.ts';

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** What stands at a place of some JSON; undefined where there is none. Never what objects inherit. */
export function valueAt(value: unknown, path: string): unknown {
  if (path === '') return value;
  let at = value;
  for (const name of path.split('.')) {
    if (!isRecord(at) || !Object.hasOwn(at, name)) return undefined;
    at = at[name];
  }
  return at;
}

/** Seconds since 1970, as many programs write times, as an instant; text as it stands. */
function toInstant(value: unknown): unknown {
  if (typeof value !== 'number' || !Number.isFinite(value)) return value;
  const at = new Date(value > 1e11 ? value : value * 1000);
  return Number.isNaN(at.getTime()) ? value : at.toISOString();
}

const given = (value: unknown): boolean => value !== undefined && value !== null && value !== '';
const toText = (value: unknown): unknown => (typeof value === 'number' ? String(value) : value);

/** JSON of another make, read as facts are told to our API. What cannot be one is refused there, line by line. */
export function mapFacts(mapping: Mapping, body: unknown): Record<string, unknown>[] {
  const found = valueAt(body, mapping.items);
  const items = Array.isArray(found) ? found : [found];
  return items.map((item) => mapOne(mapping, item));
}

function mapOne(mapping: Mapping, item: unknown): Record<string, unknown> {
  const at = (path: string) => (path === '' ? undefined : valueAt(item, path));
  const customerId = at(mapping.customerId);
  const amount = at(mapping.amount);
  const props = Object.entries(mapping.props).map(([key, path]) => [key, at(path)] as const);
  const [email, phone] = [at(mapping.email), at(mapping.phone)];
  // One will do: the address before the number, and both before what only a system of theirs knows.
  const whose = given(email)
    ? { email }
    : given(phone)
      ? { phone: toText(phone) }
      : given(customerId)
        ? { customer: { system: mapping.customerSystem, id: toText(customerId) } }
        : {};
  return {
    externalId: toText(at(mapping.externalId)),
    kind: at(mapping.kind.path) ?? mapping.kind.fixed,
    at: toInstant(at(mapping.at)),
    ...whose,
    ...(given(amount) && { amount: { value: amount, currency: at(mapping.currency.path) ?? mapping.currency.fixed } }),
    props: Object.fromEntries(props.filter(([, value]) => given(value))),
  };
}
