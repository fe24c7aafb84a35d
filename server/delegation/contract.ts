import { z } from 'zod';
import { contract, id, instant, nothing } from '../kernel/contract.ts';
import { type FieldGroup, fieldGroups } from './field-classes.ts';

export const book = z.object({
  id,
  name: z.string(),
  /** The holder's first book, where new contacts go. */
  main: z.boolean(),
  holder: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('member'), memberId: id, name: z.string() }),
    z.object({ kind: z.literal('workspace'), stewards: z.array(z.object({ id, name: z.string() })) }),
  ]),
  /** Whether I hold it (or am one of its stewards): only then are `cards` and `organizations` given. */
  mine: z.boolean(),
  cards: z.number().int().nullable(),
  /** How many of them are cards of organisations. */
  organizations: z.number().int().nullable(),
  /** Its grants have changed, and the lists of those it is lent to have yet to follow: for a large book some seconds. */
  following: z.boolean(),
});
export type Book = z.output<typeof book>;

export const listBooks = contract({
  name: 'delegation.listBooks',
  method: 'GET',
  path: '/books',
  summary: 'My books, and those that others let me read',
  input: nothing,
  output: z.object({ items: z.array(book) }),
  access: 'member',
  scope: 'contacts:read',
  apps: true,
});
export const createBook = contract({
  name: 'delegation.createBook',
  method: 'POST',
  path: '/books',
  summary: 'Create a book: mine, or (admins) one of the workspace with its stewards',
  input: z.object({ name: z.string().trim().min(1).max(100), stewardIds: z.array(id).min(1).max(50).optional() }),
  output: book,
  access: 'member',
  scope: 'contacts:write',
  errors: ['conflict', 'forbidden'],
});
export const renameBook = contract({
  name: 'delegation.renameBook',
  method: 'PATCH',
  path: '/books/:bookId',
  summary: 'Rename a book',
  input: z.object({ bookId: id, name: z.string().trim().min(1).max(100) }),
  output: book,
  access: 'member',
  scope: 'contacts:write',
  errors: ['conflict'],
});
export const deleteBook = contract({
  name: 'delegation.deleteBook',
  method: 'DELETE',
  path: '/books/:bookId',
  summary:
    'Delete an empty book; not the main one, nor one into which cards can still be restored or are being imported',
  input: z.object({ bookId: id }),
  output: nothing,
  access: 'member',
  scope: 'contacts:write',
  errors: ['conflict'],
});
export const act = z.enum(['discover', 'read', 'contact', 'export', 'enrich']);
export const purpose = z.enum(['invitation', 'newsletter', 'prospecting', 'service', 'survey', 'recruiting']);
export const channel = z.enum(['email', 'phone', 'message', 'letter', 'visit']);
export const fieldGroup = z.enum(Object.keys(fieldGroups) as [FieldGroup, ...FieldGroup[]]);

/** Whom a book is lent to. */
export const grantee = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('workspace') }),
  z.object({ kind: z.literal('team'), teamId: id, name: z.string().optional() }),
  z.object({ kind: z.literal('member'), memberId: id, name: z.string().optional() }),
  /** A named use with a purpose: those who run it. */
  z.object({ kind: z.literal('process'), processId: id, name: z.string().optional() }),
  /** A program that one member authorised, or a key of one's own. */
  z.object({ kind: z.literal('app'), appId: id, name: z.string().optional() }),
]);
export type Grantee = z.output<typeof grantee>;

/** The blanks of the sentence by which a holder lends a book. */
export const grantTerms = z.object({
  grantee,
  /** To find that somebody is there, read, address, take along, add to. Each brings those that it supposes. */
  acts: z.array(act).min(1).max(5),
  /** Fields that the grantee does not get. With any left out, the card's original octets are, too. */
  except: z.array(fieldGroup).max(20).default([]),
  /** What contacts may be addressed for; empty: whatever for. */
  purposes: z.array(purpose).max(10).default([]),
  /** By which ways; empty: every way. */
  channels: z.array(channel).max(10).default([]),
  /** At most `count` contacts in a period: to each person, or in all. */
  quota: z
    .object({
      count: z.number().int().min(1).max(100_000),
      period: z.enum(['day', 'week', 'month', 'year']),
      each: z.boolean(),
    })
    .nullable()
    .default(null),
  /** Opens nothing but discovery until the holder has agreed, each time. */
  askFirst: z.boolean().default(false),
  /** Null: at once. */
  startsAt: instant.nullable().default(null),
  /** Null: until withdrawn. */
  endsAt: instant.nullable().default(null),
});
export type GrantTerms = z.output<typeof grantTerms>;

export const grant = grantTerms.extend({
  id,
  version: z.number().int(),
  book: z.object({ id, name: z.string(), holder: z.string() }),
  state: z.enum(['planned', 'standing', 'ended']),
  /** The whole grant in words, in the caller's language. */
  sentence: z.string(),
  createdAt: instant,
  createdBy: z.string(),
  /** Who ended this version; null where it stands, or came to its end by its date. */
  endedBy: z.string().nullable(),
});
export type Grant = z.output<typeof grant>;

export const listGrants = contract({
  name: 'delegation.listGrants',
  method: 'GET',
  path: '/grants',
  summary: 'What I lend, or what is lent to me',
  input: z.object({
    direction: z.enum(['mine', 'to_me']).default('mine'),
    state: z.enum(['standing', 'ended']).default('standing'),
    bookId: id.optional(),
  }),
  output: z.object({ items: z.array(grant) }),
  access: 'member',
  scope: 'contacts:read',
  apps: true,
});
export const createGrant = contract({
  name: 'delegation.createGrant',
  method: 'POST',
  path: '/books/:bookId/grants',
  summary: 'Lend a book: to whom, for which acts, purposes and channels, without which fields, how often, until when',
  input: grantTerms.extend({ bookId: id }),
  output: grant,
  access: 'member',
  scope: 'contacts:write',
});
export const changeGrant = contract({
  name: 'delegation.changeGrant',
  method: 'PUT',
  path: '/grants/:grantId',
  summary:
    'Say a grant anew: the old version ends and the new one holds from the next request on; an ended one stands again',
  input: grantTerms.extend({ grantId: id }),
  output: grant,
  access: 'member',
  scope: 'contacts:write',
});
export const endGrant = contract({
  name: 'delegation.endGrant',
  method: 'DELETE',
  path: '/grants/:grantId',
  summary: 'Withdraw a grant; it holds no longer at the next request',
  input: z.object({ grantId: id }),
  output: nothing,
  access: 'member',
  scope: 'contacts:write',
});
export const listGrantVersions = contract({
  name: 'delegation.listGrantVersions',
  method: 'GET',
  path: '/grants/:grantId/versions',
  summary: 'What a grant has said since it was made, newest first',
  input: z.object({ grantId: id }),
  output: z.object({ items: z.array(grant) }),
  access: 'member',
  scope: 'contacts:read',
});

/** What may be done with a lent card, as its holder is told. */
export const useKind = z.enum([
  'opened',
  'compared',
  'exported',
  'noted',
  /** Shared what they think of somebody. */
  'viewpoint',
  'tied',
  /** Put them into an opportunity that others see. */
  'opportunity',
  /** Put them into a group that others see. */
  'grouped',
  'corrected',
  'decided',
  'contacted',
  'invited',
  'answered',
  /** A contact asked to receive no more of what the user wrote. */
  'objected',
  'reported',
  /** Their holder introduced the user to them, or passed a message of theirs on. */
  'introduced',
  'passed_on',
  /** They themself said what is right and what has changed; no colleague did it. */
  'self_updated',
  /** They wrote to the company. */
  'wrote',
  /** Went into the tables of a BI program. */
  'analysed',
  /** They came to an event to which the user had invited them. */
  'attended',
  /** A program outside was told that something happened (webhooks). */
  'sent_out',
]);
export type UseKind = z.output<typeof useKind>;
