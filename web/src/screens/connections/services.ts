import { type MessageKey, t } from '../../i18n.ts';

/** Services as people call them; several may be of one kind. */
export const services = [
  'google_contacts',
  'microsoft_contacts',
  'google',
  'icloud',
  'nextcloud',
  'fastmail',
  'other',
  'hubspot',
  'salesforce',
  'mailchimp',
  'odoo',
  'file_at_address',
  'file_in_folder',
  'sql',
] as const;
export type Service = (typeof services)[number];

export type Field = 'address' | 'url' | 'database' | 'username' | 'password' | 'query' | 'key';
export type Entered = Record<Field, string> & { service: Service };

export interface Account {
  kind: string;
  settings: Record<string, string>;
  secret: Record<string, string>;
}

const account: readonly Field[] = ['username', 'password'];

/** What is asked of a service, in this order. */
export const asked: Record<Service, readonly Field[]> = {
  google_contacts: [],
  microsoft_contacts: [],
  google: account,
  icloud: account,
  nextcloud: ['address', ...account],
  fastmail: account,
  other: ['address', ...account],
  hubspot: ['password'],
  salesforce: ['address', ...account],
  mailchimp: ['password'],
  odoo: ['address', 'database', ...account],
  file_at_address: ['url', ...account],
  file_in_folder: [],
  sql: ['address', 'database', ...account, 'query', 'key'],
};

const addressBooks: readonly Service[] = ['google', 'icloud', 'nextcloud', 'fastmail', 'other'];

export const kindOf = (service: Service): string => (addressBooks.includes(service) ? 'address_book' : service);

/** A password made for a program is the way round, where Google's own page does not open the account. */
export const isWayRound = (service: Service, kinds: readonly string[]): boolean =>
  service === 'google' && kinds.includes('google_contacts');

/** A file may lie open. */
export const isOptional = (service: Service, field: Field): boolean => service === 'file_at_address' && field !== 'url';

const labels: Record<Field, MessageKey> = {
  address: 'connections.address',
  url: 'connections.fileAddress',
  database: 'connections.database',
  username: 'connections.user',
  password: 'connections.password',
  query: 'connections.query',
  key: 'connections.key',
};
const ownLabels: Partial<Record<Service, Partial<Record<Field, MessageKey>>>> = {
  google: { password: 'connections.appPassword' },
  icloud: { password: 'connections.appPassword' },
  nextcloud: { password: 'connections.appPassword' },
  fastmail: { password: 'connections.appPassword' },
  hubspot: { password: 'connections.token' },
  mailchimp: { password: 'connections.apiKey' },
  odoo: { password: 'connections.apiKey' },
  salesforce: {
    address: 'connections.salesforceAddress',
    username: 'connections.consumerKey',
    password: 'connections.consumerSecret',
  },
  sql: { address: 'connections.databaseAddress', username: 'connections.databaseUser' },
};

export const labelOf = (service: Service, field: Field): string => t(ownLabels[service]?.[field] ?? labels[field]);

const hints: Partial<Record<Service, Partial<Record<Field, MessageKey>>>> = {
  file_at_address: { url: 'connections.fileAddressHint', username: 'connections.optional' },
  nextcloud: { address: 'connections.addressHint' },
  other: { address: 'connections.addressHint' },
  odoo: { address: 'connections.odooAddressHint', database: 'connections.odooDatabaseHint' },
  salesforce: { address: 'connections.salesforceAddressHint' },
  sql: { address: 'connections.databaseAddressHint', query: 'connections.queryHint', key: 'connections.keyHint' },
};

export function hintOf(service: Service, field: Field): string | undefined {
  const hint = hints[service]?.[field];
  return hint && t(hint);
}

/** What was entered, as the kind of service takes it. */
export function toAccount(entered: Entered): Account {
  const { service, password } = entered;
  const kind = kindOf(service);
  const fields = asked[service].filter((field) => field !== 'password');
  const settings: Record<string, string> = Object.fromEntries(fields.map((field) => [field, entered[field]]));
  if (kind === 'address_book') settings.service = service;
  return { kind, settings, secret: asked[service].includes('password') ? { password } : {} };
}
