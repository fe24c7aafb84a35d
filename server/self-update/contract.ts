import { z } from 'zod';
import { given, types } from '../attributes/contract.ts';
import { fieldInput, fieldKind } from '../cards/contract.ts';
import { purpose } from '../delegation/contract.ts';
import { locale } from '../identity/contract.ts';
import { contract, id, instant, nothing } from '../kernel/contract.ts';
import { reason } from '../outreach/contract.ts';

/** Days for which a link opens. */
export const linkDays = 30;

const successor = z.object({
  name: z.string().trim().min(1).max(200),
  email: z.email().nullable(),
  phone: z.string().trim().max(50).nullable(),
  title: z.string().trim().max(200).nullable(),
});
export type Successor = z.output<typeof successor>;

const link = z.object({
  id,
  state: z.enum(['open', 'answered', 'ended', 'expired']),
  createdAt: instant,
  expiresAt: instant,
  /** When they last answered. */
  answeredAt: instant.nullable(),
  /** Who ended it: me, or they themself. */
  endedBy: z.enum(['holder', 'contact']).nullable(),
  /** Whom they named as who took over; until I have decided about it. */
  successor: successor.nullable(),
});
export type Link = z.output<typeof link>;

export const forgetOutcome = z.enum(['erased', 'contract', 'law', 'somebody_else']);
export type ForgetOutcome = z.output<typeof forgetOutcome>;

const forget = z.object({
  id,
  /** The contact, while I may see them. */
  contact: z.object({ id, name: z.string() }).nullable(),
  askedAt: instant,
  dueAt: instant,
  /** The month was made longer. */
  extended: z.boolean(),
  outcome: forgetOutcome.nullable(),
  answeredAt: instant.nullable(),
});
export type Forget = z.output<typeof forget>;

export const sendLink = contract({
  name: 'selfUpdate.sendLink',
  method: 'POST',
  path: '/people/:personId/own-word',
  summary: 'Write to an address on a card of mine, with a link by which they see and correct what I hold of them',
  input: z.object({ personId: id, contactPointId: id, locale }),
  output: z.object({ allowed: z.boolean(), reasons: z.array(reason), link: link.nullable() }),
  access: 'member',
  scope: 'messages:write',
  errors: ['conflict'],
});

export const listLinks = contract({
  name: 'selfUpdate.listLinks',
  method: 'GET',
  path: '/people/:personId/own-word',
  summary: 'The links that I sent to a person, and whether they asked to be forgotten, newest first',
  input: z.object({ personId: id }),
  output: z.object({ links: z.array(link), forgets: z.array(forget) }),
  access: 'member',
  scope: 'contacts:read',
});

export const endLink = contract({
  name: 'selfUpdate.endLink',
  method: 'DELETE',
  path: '/own-word/links/:linkId',
  summary: 'End a link of mine: it opens nothing any more',
  input: z.object({ linkId: id }),
  output: nothing,
  access: 'member',
  scope: 'messages:write',
});

export const decideSuccessor = contract({
  name: 'selfUpdate.decideSuccessor',
  method: 'POST',
  path: '/own-word/links/:linkId/successor',
  summary: 'Make a card of whom a contact named as who took over, or leave it; what they said is forgotten then',
  input: z.object({ linkId: id, add: z.boolean() }),
  output: z.object({ cardId: id.nullable() }),
  access: 'member',
  scope: 'contacts:write',
});

const round = z.object({
  id,
  state: z.enum(['running', 'done']),
  /** How many were written to; how many were left out: asked within a year by somebody here, or refused by the gate. */
  asked: z.number().int(),
  leftOut: z.number().int(),
  createdAt: instant,
  doneAt: instant.nullable(),
});
export type Round = z.output<typeof round>;

export const askBook = contract({
  name: 'selfUpdate.askBook',
  method: 'POST',
  path: '/books/:bookId/own-word',
  summary: 'Ask everybody in a book of mine who has an address: each one at most once a year, whoever asks',
  input: z.object({ bookId: id, locale }),
  output: round,
  access: 'member',
  scope: 'messages:write',
  errors: ['already_running'],
});

export const getRound = contract({
  name: 'selfUpdate.getRound',
  method: 'GET',
  path: '/books/:bookId/own-word',
  summary: 'How many people with an address stand in a book of mine, and how far its last round has come',
  input: z.object({ bookId: id }),
  output: z.object({
    reachable: z.number().int(),
    /** Whether mail leaves this workspace at all. */
    mail: z.boolean(),
    round: round.nullable(),
  }),
  access: 'member',
  scope: 'contacts:read',
});

export const answerForget = contract({
  name: 'selfUpdate.answerForget',
  method: 'POST',
  path: '/own-word/forgets/:forgetId',
  summary:
    'Answer somebody who asked to be forgotten: take my cards of them out of sight (for good after 30 days), or say why they stay',
  input: z.object({ forgetId: id, outcome: forgetOutcome }),
  output: nothing,
  access: 'member',
  scope: 'contacts:write',
  errors: ['conflict'],
});

export const extendForget = contract({
  name: 'selfUpdate.extendForget',
  method: 'POST',
  path: '/own-word/forgets/:forgetId/extend',
  summary:
    'Take two months more to answer somebody who asked to be forgotten, once and before the month is over: they are told why by mail. For who has to answer, and for admins',
  input: z.object({ forgetId: id, reason: z.string().trim().min(10).max(2000) }),
  /** Not allowed: they cannot be told, for these reasons, and nothing is extended. */
  output: z.object({ allowed: z.boolean(), reasons: z.array(reason), dueAt: instant }),
  access: 'member',
  scope: 'contacts:write',
  errors: ['conflict'],
});

export const listForgets = contract({
  name: 'selfUpdate.listForgets',
  method: 'GET',
  path: '/own-word/forgets',
  summary: 'Who has to answer somebody who asked to be forgotten, until when; without the contact',
  input: nothing,
  output: z.object({
    items: z.array(
      z.object({
        id,
        holder: z.string(),
        askedAt: instant,
        dueAt: instant,
        extended: z.boolean(),
        outcome: forgetOutcome.nullable(),
        answeredAt: instant.nullable(),
      }),
    ),
  }),
  access: 'overseer',
  scope: 'workspace:read',
});

// The page of the link: for the contact, without an account.

const token = z.string().max(200);
const visit = z.string().max(100);

export const openLink = contract({
  name: 'selfUpdate.openLink',
  method: 'POST',
  path: '/own-word/open',
  summary: 'Who asks, and whom by first name; changes nothing and shows nothing else',
  input: z.object({ token }),
  output: z.object({
    workspace: z.string(),
    holder: z.string(),
    firstName: z.string().nullable(),
    locale,
    expiresAt: instant,
    answeredAt: instant.nullable(),
    /** They asked to be forgotten: since when, until when it is answered, the last one; how many of those asked have answered, and how. */
    forget: z
      .object({
        askedAt: instant,
        dueAt: instant,
        waiting: z.number().int(),
        outcomes: z.array(forgetOutcome),
        /** Why it takes longer, of those who need more time. */
        extensions: z.array(z.string()),
      })
      .nullable(),
  }),
  access: 'public',
  rate: 30,
  errors: ['link_expired'],
});

export const sendCode = contract({
  name: 'selfUpdate.sendCode',
  method: 'POST',
  path: '/own-word/code',
  summary: 'Send a code to the address that the link went to; `sent` is false where nobody may write there any more',
  input: z.object({ token }),
  output: z.object({ sent: z.boolean() }),
  access: 'public',
  rate: 10,
  errors: ['link_expired', 'too_many_codes'],
});

const heldValue = z.object({
  key: z.string(),
  kind: fieldKind,
  value: z.record(z.string(), z.unknown()),
  display: z.string(),
});
export type HeldValue = z.output<typeof heldValue>;

/** What may be sent by an address or number. A number knows yes and no only. */
const preference = z.object({
  /** The key of the value it is about. */
  key: z.string(),
  display: z.string(),
  channel: z.enum(['email', 'phone']),
  /** What they may be written to for; of a number, `service` stands for calls. */
  purposes: z.array(purpose),
});
export type Preference = z.output<typeof preference>;

/** What the collection plan asks of whatever is not known of them: nothing of what is known stands there. */
const missingQuestion = z.object({
  no: z.number().int(),
  words: z.object({ fr: z.string(), en: z.string() }),
  type: z.enum(types),
  unit: z.string().nullable(),
  choices: z.array(z.object({ key: z.string(), fr: z.string(), en: z.string() })),
  many: z.boolean(),
});
export type MissingQuestion = z.output<typeof missingQuestion>;

export const enter = contract({
  name: 'selfUpdate.enter',
  method: 'POST',
  path: '/own-word/enter',
  summary: 'With the code: what the holder keeps of me that may be shown, and what I may be written to for',
  input: z.object({ token, code: z.string().trim().max(20) }),
  output: z.object({
    /** Opens this visit for an hour. */
    visit: z.string(),
    values: z.array(heldValue),
    preferences: z.array(preference),
    /** Whether I agree, at the address of this link, that it is seen whether I open mails and follow links; null: nobody asks, and I did not. */
    tracking: z.boolean().nullable(),
    questions: z.array(missingQuestion),
  }),
  access: 'public',
  rate: 10,
  secret: true,
  errors: ['link_expired', 'wrong_code'],
});

export const answer = contract({
  name: 'selfUpdate.answer',
  method: 'POST',
  path: '/own-word/answer',
  summary: 'Say of each value that it is right, has changed or is to go; add some; say what one may be written to for',
  input: z.object({
    token,
    visit,
    /** Keys of values that are right as they stand. */
    right: z.array(z.string()).max(200).default([]),
    changed: z
      .array(z.object({ key: z.string(), to: fieldInput }))
      .max(100)
      .default([]),
    gone: z.array(z.string()).max(200).default([]),
    added: z.array(fieldInput).max(30).default([]),
    /** Only those that were touched. */
    preferences: z
      .array(preference.pick({ key: true, purposes: true }))
      .max(50)
      .default([]),
    /** That it may be seen, at the address of this link, whether mails are opened and links followed, or no longer; left out: as it stands. */
    tracking: z.boolean().optional(),
    /** Answers to what was asked of what is missing. */
    answers: z
      .array(z.object({ no: z.number().int(), value: given }))
      .max(10)
      .default([]),
    /** Offer what changed to whoever else here holds them at that address, too. */
    share: z.boolean().default(true),
    successor: successor.nullable().default(null),
  }),
  output: nothing,
  access: 'public',
  rate: 20,
  errors: ['link_expired', 'unauthenticated', 'conflict'],
});

export const askForget = contract({
  name: 'selfUpdate.askForget',
  method: 'POST',
  path: '/own-word/forget',
  summary: 'Ask to be forgotten: nobody writes any more at once, and whoever holds the person answers within a month',
  input: z.object({ token, visit }),
  output: z.object({ dueAt: instant }),
  access: 'public',
  rate: 10,
  errors: ['link_expired', 'unauthenticated'],
});

export const endOwnLink = contract({
  name: 'selfUpdate.endOwnLink',
  method: 'POST',
  path: '/own-word/end',
  summary: '"This is not me", or "end this link": it opens nothing any more',
  input: z.object({ token }),
  output: nothing,
  access: 'public',
  rate: 10,
  errors: ['link_expired'],
});
