import { createHash } from 'node:crypto';
import type { Contact } from '../formats/contact.ts';
import type { SentField } from './contract.ts';

/** What is said of somebody at a destination: texts, '' where nothing is known or it does not go along. */
export interface Said {
  /** Of the person, as here: leads to them as long as they are open. */
  id: string;
  full: string;
  given: string;
  family: string;
  organization: string;
  department: string;
  title: string;
  emails: string[];
  phones: { number: string; mobile: boolean }[];
  addresses: { street: string; postcode: string; city: string; region: string; country: string }[];
  urls: string[];
  birthday: string;
  categories: string[];
  /** Of these addresses and numbers those whose owner objected to being written to or called there. */
  objected: string[];
}

/** Of a contact what goes along. @param objected addresses and numbers at which they objected */
export function sayOf(
  id: string,
  contact: Contact,
  fields: readonly SentField[],
  objected: ReadonlySet<string> = new Set(),
): Said {
  const when = <T>(field: SentField, value: T, otherwise: T): T => (fields.includes(field) ? value : otherwise);
  const { name } = contact;
  const emails = when(
    'email',
    contact.emails.map(({ value }) => value),
    [],
  );
  const phones = when(
    'phone',
    contact.phones.map(({ e164, raw, type }) => ({ number: e164 ?? raw, mobile: type === 'mobile' })),
    [],
  );
  const full =
    name.full || [name.prefix, name.given, name.additional, name.family, name.suffix].filter(Boolean).join(' ');
  return {
    id,
    full: when('name', full, ''),
    given: when('name', name.given ?? '', ''),
    family: when('name', name.family ?? '', ''),
    organization: when('organization', contact.organization ?? '', ''),
    department: when('organization', contact.department ?? '', ''),
    title: when('title', contact.title ?? '', ''),
    emails,
    phones,
    addresses: when(
      'address',
      contact.addresses.map(({ street, raw, postcode, city, region, countryCode, country }) => ({
        street: street ?? raw,
        ...{ postcode: postcode ?? '', city: city ?? '', region: region ?? '', country: countryCode ?? country ?? '' },
      })),
      [],
    ),
    urls: when(
      'url',
      contact.urls.map(({ value }) => value),
      [],
    ),
    birthday: when('birthday', contact.birthday ?? '', ''),
    categories: when('categories', [...contact.categories].sort(), []),
    objected: [...emails, ...phones.map(({ number }) => number)].filter((one) => objected.has(one)),
  };
}

/** The same where the same is said, so that it is sent once. @param destinationId so that two of them cannot be compared */
export const digestOf = (destinationId: string, said: Said): string =>
  createHash('sha256')
    .update(JSON.stringify([destinationId, said]))
    .digest('base64url');

/** What has no place for several takes the first: the best known of each. @returns names of cells in English, for programs */
export function cellsOf(said: Said): [name: string, value: string][] {
  const mobile = said.phones.find((one) => one.mobile)?.number ?? '';
  const phone = said.phones.find((one) => !one.mobile)?.number ?? '';
  const [address] = said.addresses;
  return [
    ['id', said.id],
    ['name', said.full],
    ['given', said.given],
    ['family', said.family],
    ['organization', said.organization],
    ['department', said.department],
    ['title', said.title],
    ['email', said.emails[0] ?? ''],
    ['email2', said.emails[1] ?? ''],
    ['phone', phone],
    ['mobile', mobile],
    ['street', address?.street ?? ''],
    ['postcode', address?.postcode ?? ''],
    ['city', address?.city ?? ''],
    ['region', address?.region ?? ''],
    ['country', address?.country ?? ''],
    ['url', said.urls[0] ?? ''],
    ['birthday', said.birthday],
    ['categories', said.categories.join(', ')],
    ['objected', said.objected.join(', ')],
  ];
}
