import { z } from 'zod';
import type { Contact } from '../../formats/contact.ts';
import { type Fields, recordReader } from '../records/contacts.ts';

const status = z.enum(['subscribed', 'unsubscribed', 'cleaned', 'pending', 'transactional', 'archived']);

export const member = z.object({
  id: z.string().regex(/^[0-9a-f]{32}$/i),
  /** Stays when the address changes; older accounts lack it. */
  contact_id: z.string().max(100).optional(),
  email_address: z.string(),
  /** A word that is not known yet says nothing. */
  status: status.or(z.string().transform(() => 'pending' as const)),
  timestamp_opt: z.unknown(),
  last_changed: z.string(),
  merge_fields: z.record(z.string(), z.unknown()).default({}),
  tags: z.array(z.object({ name: z.string() })).default([]),
});
export type Member = z.output<typeof member>;

/** What is asked for: an answer holds much besides. */
export const asked = Object.keys(member.shape);

export const keyOf = ({ contact_id, id }: Member): string => contact_id || id;

/** Milliseconds since 1970; NaN where it does not say. */
export const changedAt = ({ last_changed }: Member): number => Date.parse(last_changed);

/** The merge fields that Mailchimp makes itself, and what was agreed to. */
const fields: Fields = {
  FNAME: 'given',
  LNAME: 'family',
  email_address: 'email:preferred',
  PHONE: 'phone',
  COMPANY: 'organization',
  addr1: 'street',
  addr2: 'street',
  zip: 'postcode',
  city: 'city',
  state: 'region',
  country: 'country',
  BIRTHDAY: 'birthday',
  tags: 'category',
  'Mailchimp: status': 'subscription:email',
  'Mailchimp: opt-in': 'optInTime:email',
  last_changed: 'revision',
};

const dateOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** `09/24`, month and day, is how Mailchimp keeps a birthday. */
const birthdayOf = (value: unknown): unknown =>
  typeof value === 'string' ? value.replace(/^(\d\d)\/(\d\d)$/, '--$1-$2') : undefined;

/** An address of several parts; a merge field that somebody made in one piece is left to the others. */
const partsOf = (value: unknown): object => (typeof value === 'object' && value !== null ? value : {});

/**
 * Who has subscribed agreed to mailings, since when they said so; who has unsubscribed objects. Everybody else said nothing: an address
 * that was given up (`cleaned`) objects to nothing, and who never confirmed (`pending`) or only bought (`transactional`) agreed to nothing.
 */
export function toContact(from: Member, country: string): Contact {
  const { merge_fields: merged, status: state } = from;
  const known = { ...merged, ...partsOf(merged.ADDRESS), BIRTHDAY: birthdayOf(merged.BIRTHDAY) };
  const others = Object.keys(merged).filter((name) => !(name in fields) && name !== 'ADDRESS');
  const toFields = recordReader({ ...Object.fromEntries(others.map((name) => [name, 'ignore'])), ...fields });
  const says = state === 'subscribed' || state === 'unsubscribed';
  const record = {
    ...known,
    email_address: from.email_address,
    tags: from.tags.map(({ name }) => name).join(' ::: '),
    'Mailchimp: status': says ? state : undefined,
    'Mailchimp: opt-in': state === 'subscribed' ? dateOf(from.timestamp_opt) : undefined,
    last_changed: from.last_changed,
  };
  return toFields(record, { uid: keyOf(from), kind: 'person', country, original: from });
}
