import type { Contact } from '../../formats/contact.ts';
import { linesOfHtml } from '../../formats/mail/html.ts';
import { type Fields, recordReader } from '../records/contacts.ts';
import { type OdooRecord, plain, textOf } from './api.ts';

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

const toFields = recordReader(fields);

/** A company is an organisation; a person works for the company that they stand under. */
export function toContact(from: OdooRecord, country: string): Contact {
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
