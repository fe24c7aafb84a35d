import { z } from 'zod';
import type { Contact } from '../../formats/contact.ts';
import { type Fields, recordReader } from '../records/contacts.ts';

const place = (prefix: string, at: string): Fields => ({
  [`${prefix}Street`]: `street:${at}`,
  [`${prefix}City`]: `city:${at}`,
  [`${prefix}State`]: `region:${at}`,
  [`${prefix}PostalCode`]: `postcode:${at}`,
  [`${prefix}Country`]: `country:${at}`,
});

/** Fields of the standard object `Contact` (Salesforce, "Object Reference"), and what they hold. */
const fields: Fields = {
  Salutation: 'prefix',
  FirstName: 'given',
  MiddleName: 'additional',
  LastName: 'family',
  Suffix: 'suffix',
  Title: 'title',
  Department: 'department',
  'Account.Name': 'organization',
  Email: 'email:preferred',
  Phone: 'phone:work',
  MobilePhone: 'phone:mobile',
  HomePhone: 'phone:home',
  OtherPhone: 'phone:other',
  Fax: 'phone:fax,work',
  ...place('Mailing', 'work'),
  ...place('Other', 'other'),
  Birthdate: 'birthday',
  Description: 'note',
  HasOptedOutOfEmail: 'optOut:email',
  DoNotCall: 'optOut:phone',
  SystemModstamp: 'revision',
};

/** Without these nothing can be read. */
const always = ['Id', 'SystemModstamp', 'IsDeleted'];

/** What is selected: of the fields those that this company has and this user may see. */
export function selectable(visible: ReadonlySet<string>): string[] {
  const own = Object.keys(fields).filter((name) => visible.has(name) && !always.includes(name));
  // The name of a contact's account is reached through the field that links to it.
  return [...always, ...own, ...(visible.has('AccountId') ? ['Account.Name'] : [])];
}

export const salesforceContact = z.looseObject({
  Id: z.string().regex(/^[a-zA-Z0-9]{15,18}$/),
  SystemModstamp: z.string(),
  IsDeleted: z.unknown(),
  Account: z.unknown(),
});
export type SalesforceContact = z.output<typeof salesforceContact>;

/** Milliseconds since 1970, of `2026-03-02T10:00:00.000+0000`; NaN where it does not say. */
export const changedAt = ({ SystemModstamp: stamp }: SalesforceContact): number =>
  Date.parse(stamp.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));

const account = z.object({ Name: z.string() });

const toFields = recordReader(fields);

export function toContact(from: SalesforceContact, country: string): Contact {
  const record = { ...from, 'Account.Name': account.safeParse(from.Account).data?.Name };
  return toFields(record, { uid: from.Id, kind: 'person', country, original: from });
}
