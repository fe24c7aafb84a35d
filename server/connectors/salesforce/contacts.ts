import { z } from 'zod';
import type { Contact } from '../../formats/contact.ts';
import { type Fields, recordReader } from '../records/contacts.ts';
import { always, type SalesforceRecord } from './api.ts';

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

/** What is selected: of the fields those that this company has and this user may see. */
export function selectable(visible: ReadonlySet<string>): string[] {
  const own = Object.keys(fields).filter((name) => visible.has(name) && !always.includes(name));
  // The name of a contact's account is reached through the field that links to it.
  return [...always, ...own, ...(visible.has('AccountId') ? ['Account.Name'] : [])];
}

const account = z.object({ Name: z.string() });

const toFields = recordReader(fields);

export function toContact(from: SalesforceRecord, country: string): Contact {
  const record = { ...from, 'Account.Name': account.safeParse(from.Account).data?.Name };
  return toFields(record, { uid: from.Id, kind: 'person', country, original: from });
}
