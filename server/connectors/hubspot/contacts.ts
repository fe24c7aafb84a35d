import type { Contact } from '../../formats/contact.ts';
import { type Fields, recordReader } from '../records/contacts.ts';
import type { HubspotRecord } from './api.ts';

/** Properties of a contact that are read (HubSpot, "Default contact properties"), and what they hold. */
const fields: Fields = {
  salutation: 'prefix',
  firstname: 'given',
  lastname: 'family',
  jobtitle: 'title',
  'company name': 'organization',
  company: 'organization',
  email: 'email:preferred',
  hs_additional_emails: 'email',
  phone: 'phone:work',
  mobilephone: 'phone:mobile',
  fax: 'phone:fax,work',
  address: 'street:work',
  city: 'city:work',
  zip: 'postcode:work',
  state: 'region:work',
  country: 'country:work',
  website: 'url:work',
  date_of_birth: 'birthday',
  'HubSpot: unsubscribed from all email': 'optOut:email',
  lastmodifieddate: 'revision',
};

/** What is asked for beside the fields themselves. */
export const properties = [
  ...Object.keys(fields).filter((name) => !/[ :]/.test(name)),
  'hs_email_optout',
  'associatedcompanyid',
];

export const companyIdOf = ({ properties: { associatedcompanyid } }: HubspotRecord): string | null =>
  /^\d{1,30}$/.test(String(associatedcompanyid)) ? String(associatedcompanyid) : null;

const toFields = recordReader(fields);

/** @param companyName of the company that the contact is associated with first; its own word for it stands second */
export function toContact(contact: HubspotRecord, companyName: string | undefined, country: string): Contact {
  const { id: uid, properties: said } = contact;
  const record = {
    ...said,
    'company name': companyName,
    'HubSpot: unsubscribed from all email': said.hs_email_optout,
  };
  const original = companyName === undefined ? contact : { ...contact, companyName };
  return toFields(record, { uid, kind: 'person', country, original });
}
