import { isFreeMail } from '../../formats/normalise/email.ts';
import { splitName } from '../../formats/normalise/name.ts';
import type { Field } from '../engine/index.ts';

export type Kind = 'person' | 'organization';

/** What a card says in one field, as stored. */
export interface FactField {
  kind: string;
  /** See delegation/field-classes.ts. */
  class: number;
  value: Record<string, unknown>;
}

/** What is compared of a card of each kind; cards of two kinds are never compared. */
export const FIELDS: Record<Kind, readonly Field[]> = {
  person: [
    { name: 'given', kind: 'given' },
    { name: 'family', kind: 'family' },
    { name: 'email', kind: 'email' },
    { name: 'phone', kind: 'phone' },
    { name: 'organization', kind: 'organization' },
    { name: 'street', kind: 'street' },
    { name: 'postcode', kind: 'postcode' },
    { name: 'city', kind: 'city' },
    { name: 'birthday', kind: 'date' },
    { name: 'title', kind: 'text' },
    { name: 'identifier', kind: 'identifier' },
  ],
  organization: [
    { name: 'email', kind: 'email' },
    { name: 'phone', kind: 'phone' },
    { name: 'organization', kind: 'organization' },
    { name: 'street', kind: 'street' },
    { name: 'postcode', kind: 'postcode' },
    { name: 'city', kind: 'city' },
    { name: 'domain', kind: 'text' },
    { name: 'identifier', kind: 'identifier' },
  ],
};

/** The kinds of stored fields that are read for matching. */
export const READ_KINDS = ['name', 'organization', 'email', 'phone', 'address', 'birthday', 'title', 'url', 'extra'];

export type Values = (string | string[] | undefined)[];

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** What a card says, in the order of `FIELDS[kind]`. */
export function valuesOf(kind: Kind, fields: readonly Omit<FactField, 'class'>[]): Values {
  const of = (name: string) => fields.filter((field) => field.kind === name).map(({ value }) => value);
  const first = (name: string): Record<string, unknown> => of(name)[0] ?? {};
  const address = of('address').find(({ city, postcode, street }) => city || postcode || street) ?? {};
  const said: Record<string, string | string[] | undefined> = {
    ...(kind === 'person' ? nameOf(first('name')) : {}),
    email: of('email').flatMap(({ normalised, value }) => text(normalised) ?? text(value) ?? []),
    phone: of('phone').flatMap(({ e164, raw }) => text(e164) ?? text(raw) ?? []),
    // An organisation's own name may stand in the name field only.
    organization: text(first('organization').name) ?? (kind === 'organization' ? text(first('name').full) : undefined),
    street: text(address.street),
    postcode: text(address.postcode),
    city: text(address.city),
    birthday: text(first('birthday').value),
    title: text(first('title').value),
    domain: domainOf(of('email'), of('url')),
    identifier: kind === 'person' ? profileOf(of('url')) : registrationOf(of('extra')),
  };
  return FIELDS[kind].map(({ name }) => said[name]);
}

function nameOf(name: Record<string, unknown>): { given?: string | undefined; family?: string | undefined } {
  const [given, family, full] = [text(name.given), text(name.family), text(name.full)];
  if (given || family || !full) return { given, family };
  const split = splitName(full);
  return { given: split.given ?? (split.family ? undefined : split.full), family: split.family };
}

/** The page of a person on LinkedIn, which is one person's only. */
function profileOf(urls: readonly Record<string, unknown>[]): string | undefined {
  for (const { value } of urls) {
    const found = /linkedin\.com\/(?:in|pub)\/([^/?#\s]+)/i.exec(String(value ?? ''));
    if (found) return found[1]!.toLowerCase();
  }
  return undefined;
}

const REGISTRATION = /^(?:siren|siret|n° ?sire[nt]|vat|vat (?:number|no|id)|tva|n° ?tva|tva intracommunautaire|lei)$/i;

/**
 * The register's number of a legal unit. A SIRET begins with its SIREN, and so does a French VAT number after its key: the
 * establishments of a company have one number, its subsidiaries others.
 */
function registrationOf(extras: readonly Record<string, unknown>[]): string | undefined {
  for (const { name, value } of extras) {
    if (!REGISTRATION.test(String(name ?? '').trim())) continue;
    const compact = String(value ?? '')
      .replace(/[^\p{L}\p{N}]/gu, '')
      .toUpperCase();
    const french = /^(?:FR[0-9A-Z]{2})?(\d{9})(?:\d{5})?$/.exec(compact);
    if (french) return french[1];
    if (compact.length > 6) return compact;
  }
  return undefined;
}

function domainOf(
  emails: readonly Record<string, unknown>[],
  urls: readonly Record<string, unknown>[],
): string | undefined {
  for (const { normalised } of emails) {
    const domain = String(normalised ?? '').split('@')[1];
    if (domain && !isFreeMail(domain)) return domain;
  }
  for (const { value } of urls) {
    const host = /^(?:https?:\/\/)?(?:www\.)?([^/?#\s:]+\.[a-z]{2,})/i.exec(String(value ?? ''))?.[1];
    if (host && !SOCIAL.test(host)) return host.toLowerCase();
  }
  return undefined;
}

const SOCIAL = /linkedin|facebook|twitter|instagram|youtube|xing|^x\.com/i;
