import { z } from 'zod';
import { useKind } from '../delegation/contract.ts';
import { contract, id, instant, nothing, page, paging } from '../kernel/contract.ts';

const reply = z.object({ id, text: z.string(), authorName: z.string(), at: instant });

/** What one member did of one kind with the cards of one book of mine, on one day or in one go. */
export const happening = z.object({
  id,
  kind: useKind,
  /** Uses, one for each card and time. */
  count: z.number().int(),
  /** A colleague; or an app, and then who authorised it. */
  user: z.object({ id, name: z.string(), authorisedBy: z.string().nullable() }),
  book: z.object({ id, name: z.string() }),
  /** The last contacts concerned, three at most. */
  contacts: z.array(z.object({ id, name: z.string() })),
  replies: z.array(reply),
  at: instant,
});
export type Happening = z.output<typeof happening>;

export const listHappenings = contract({
  name: 'home.listHappenings',
  method: 'GET',
  path: '/home/happenings',
  summary: 'What happened with the contacts of my books, newest first',
  input: z.object({ ...paging, bookId: id.optional() }),
  output: page(happening),
  access: 'member',
  scope: 'contacts:read',
});

export const listUses = contract({
  name: 'home.listUses',
  method: 'GET',
  path: '/home/happenings/:happeningId/uses',
  summary: 'The single uses that a happening tells together, newest first',
  input: z.object({ happeningId: id, ...paging }),
  output: page(
    z.object({
      id,
      contact: z.object({ id, name: z.string() }),
      at: instant,
      /** Under which grant; null where it has been done without one (a steward of before). */
      grantId: id.nullable(),
    }),
  ),
  access: 'member',
  scope: 'contacts:read',
});

export const replyToHappening = contract({
  name: 'home.reply',
  method: 'POST',
  path: '/home/happenings/:happeningId/replies',
  summary: 'Say something to who used my contacts',
  input: z.object({ happeningId: id, text: z.string().trim().min(1).max(2000) }),
  output: reply,
  access: 'member',
  scope: 'contacts:write',
});

export const listReplies = contract({
  name: 'home.listReplies',
  method: 'GET',
  path: '/home/replies',
  summary: 'What holders said to what I did with their contacts, newest first',
  input: z.object({ ...paging, unseen: z.stringbool().optional() }),
  output: page(
    reply.extend({
      kind: useKind,
      count: z.number().int(),
      book: z.string(),
      contacts: z.array(z.object({ id, name: z.string() })),
      seen: z.boolean(),
    }),
  ),
  access: 'member',
  scope: 'contacts:read',
});

export const seeReplies = contract({
  name: 'home.seeReplies',
  method: 'POST',
  path: '/home/replies/seen',
  summary: 'Take note of what holders said to me',
  input: z.object({ ids: z.array(id).min(1).max(200) }),
  output: nothing,
  access: 'member',
  scope: 'contacts:write',
});

export const getReturn = contract({
  name: 'home.getReturn',
  method: 'GET',
  path: '/home/return',
  summary: 'What I lend and what came of it, in figures, over the last days',
  input: z.object({ days: z.coerce.number().int().min(1).max(366).default(30) }),
  output: z.object({
    /** Cards of my books that somebody may read, and those that nobody else sees. */
    lent: z.number().int(),
    private: z.number().int(),
    colleagues: z.number().int(),
    uses: z.array(z.object({ kind: useKind, count: z.number().int() })),
  }),
  access: 'member',
  scope: 'contacts:read',
});
