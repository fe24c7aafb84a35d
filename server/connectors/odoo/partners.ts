import { z } from 'zod';
import type { Contact } from '../../formats/contact.ts';
import { linesOfHtml } from '../../formats/mail/html.ts';
import { type Fields, recordReader } from '../records/contacts.ts';

const fields: Fields = {
  title: 'prefix',
  name: 'full',
  function: 'title',
  employer: 'organization',
  email: 'email:preferred',
  phone: 'phone:work',
  mobile: 'phone:mobile',
  street: 'street:work',
  street2: 'street:work',
  zip: 'postcode:work',
  city: 'city:work',
  state_id: 'region:work',
  country_id: 'country:work',
  website: 'url:work',
  comment: 'note',
  ref: 'ignore',
  vat: 'ignore',
  write_date: 'revision',
};

/** Fields of `res.partner` that are read where the installation has them: versions and modules differ. */
export const wanted = [
  ...Object.keys(fields).filter((name) => name !== 'employer'),
  'is_company',
  'parent_id',
  'company_name',
  'active',
];

export const partner = z.looseObject({
  id: z.number().int().positive(),
  /** In UTC, to the second: `2026-03-02 10:00:00`. */
  write_date: z.string().regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/),
  active: z.unknown(),
  is_company: z.unknown(),
});
export type Partner = z.output<typeof partner>;

/** Milliseconds since 1970. */
export const changedAt = ({ write_date }: Partner): number =>
  Date.parse(`${write_date.slice(0, 19).replace(' ', 'T')}Z`);

/** A time as Odoo writes it. */
export const toOdooTime = (second: number): string =>
  new Date(second * 1000).toISOString().slice(0, 19).replace('T', ' ');

/** What a link to another record is called: `[7, "Acme"]`; `false` stands for nothing, as everywhere in Odoo. */
const plain = (value: unknown): unknown => {
  const named = Array.isArray(value) ? value[1] : value;
  return typeof named === 'string' || typeof named === 'number' ? named : undefined;
};
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const toFields = recordReader(fields);

/** A company is an organisation; a person works for the company that they stand under. */
export function toContact(from: Partner, country: string): Contact {
  const isCompany = from.is_company === true;
  const record = {
    ...Object.fromEntries(Object.entries(from).map(([name, value]) => [name, plain(value)])),
    comment: linesOfHtml(textOf(from.comment)).join('\n').trim(),
    // Odoo puts the country behind it: "Normandie (FR)".
    state_id: textOf(plain(from.state_id)).replace(/ \([A-Z]{2}\)$/, ''),
    employer: isCompany ? undefined : (plain(from.parent_id) ?? plain(from.company_name)),
    write_date: `${from.write_date}Z`,
  };
  return toFields(record, {
    uid: String(from.id),
    kind: isCompany ? 'organization' : 'person',
    country,
    original: from,
  });
}
