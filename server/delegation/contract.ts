import { z } from 'zod';
import { contract, id, nothing } from '../kernel/contract.ts';

/** How far a book is open to one grantee: found to exist, or read. (`private` is the absence of a grant.) */
export const sharing = z.object({
  grantee: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('workspace') }),
    z.object({ kind: z.literal('team'), teamId: id, name: z.string().optional() }),
  ]),
  level: z.enum(['discover', 'read']),
});
export type Sharing = z.output<typeof sharing>;

export const book = z.object({
  id,
  name: z.string(),
  /** The holder's first book, where new contacts go. */
  main: z.boolean(),
  holder: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('member'), memberId: id, name: z.string() }),
    z.object({ kind: z.literal('workspace'), stewards: z.array(z.object({ id, name: z.string() })) }),
  ]),
  /** Whether I hold it (or am one of its stewards): only then are `sharing`, `cards` and `organizations` given. */
  mine: z.boolean(),
  cards: z.number().int().nullable(),
  /** How many of them are cards of organisations. */
  organizations: z.number().int().nullable(),
  /** Its grants have changed, and the lists of those it is lent to have yet to follow: for a large book some seconds. */
  following: z.boolean(),
  sharing: z.array(sharing),
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
export const shareBook = contract({
  name: 'delegation.shareBook',
  method: 'PUT',
  path: '/books/:bookId/sharing',
  summary: 'Say who may find and who may read this book; what is left out is withdrawn at once',
  input: z.object({ bookId: id, sharing: z.array(sharing).max(100) }),
  output: book,
  access: 'member',
  scope: 'contacts:write',
});
