import { z } from 'zod';
import { contract, id, instant, nothing, page, paging } from '../kernel/contract.ts';

/** What an introduction is for. */
export const introductionPurpose = z.enum([
  'prospecting',
  'partnership',
  'advice',
  'recruiting',
  'invitation',
  'other',
]);
export const outcome = z.enum(['met', 'no_answer', 'not_useful']);
export type Outcome = z.output<typeof outcome>;
const text = z.string().trim().max(5000);

/** Days after which a request that nobody took up is over; so long it can be answered by the link in its mail. */
export const expiresAfter = 14;

/** A request as its asker sees it: the same whether nobody has answered yet or everybody declined. */
export const request = z.object({
  id,
  sought: z.string(),
  kind: z.enum(['person', 'organization']).nullable(),
  purpose: introductionPurpose,
  message: z.string(),
  state: z.enum(['waiting', 'answered', 'expired', 'withdrawn']),
  /** Once somebody took it up. */
  answer: z
    .object({
      kind: z.enum(['introduced', 'passed_on', 'lent', 'told']),
      by: z.object({ id, name: z.string() }),
      text: z.string().nullable(),
      /** The contact that was lent for once, while I may see them. */
      contact: z.object({ id, name: z.string() }).nullable(),
      at: instant,
    })
    .nullable(),
  outcome: outcome.nullable(),
  createdAt: instant,
  expiresAt: instant,
});
export type Request = z.output<typeof request>;

export const askForIntroduction = contract({
  name: 'introductions.ask',
  method: 'POST',
  path: '/introductions',
  summary: 'Ask whoever here knows the contacts that a search found, and lets them be found, for an introduction',
  input: z.object({
    /** The words of the search that said that somebody here knows them. */
    sought: z.string().trim().min(3).max(200),
    kind: z.enum(['person', 'organization']).optional(),
    /** A contact that a colleague lends: their holder alone is asked, whoever else is found by the words. */
    cardId: id.optional(),
    purpose: introductionPurpose,
    message: text.min(1),
  }),
  output: request.extend({
    /** I asked the holder of this contact for the same before, and that is open still: nothing was sent now. */
    earlier: z.boolean(),
  }),
  access: 'member',
  scope: 'contacts:write',
});

export const listRequests = contract({
  name: 'introductions.listRequests',
  method: 'GET',
  path: '/introductions',
  summary: 'What I asked for, newest first',
  input: z.object({ ...paging }),
  output: page(request),
  access: 'member',
  scope: 'contacts:read',
});

export const updateRequest = contract({
  name: 'introductions.updateRequest',
  method: 'PATCH',
  path: '/introductions/:requestId',
  summary: 'Withdraw a request that nobody has answered, or say what came of an answer',
  input: z.object({ requestId: id, withdrawn: z.literal(true).optional(), outcome: outcome.optional() }),
  output: request,
  access: 'member',
  scope: 'contacts:write',
  errors: ['conflict'],
});

export const askState = z.enum([
  'waiting',
  'introducing',
  'introduced',
  'passed_on',
  'lent',
  'told',
  'declined',
  'resting',
  'over',
]);
export type AskState = z.output<typeof askState>;

const askedContact = z.object({
  id,
  name: z.string(),
  /** Whether a number or an address would be lent with it: private ones stay with the holder. */
  reachable: z.boolean(),
});

/** What a holder is asked. */
export const ask = z.object({
  id,
  asker: z.object({ id, name: z.string() }),
  sought: z.string(),
  purpose: introductionPurpose,
  message: z.string(),
  /** The contacts of mine that match. */
  contacts: z.array(askedContact),
  /** `resting`: somebody else has taken it up; `over`: nobody did in time, or the asker withdrew it. */
  state: askState,
  /** Which of them my answer is about. */
  contactId: id.nullable(),
  answerText: z.string().nullable(),
  outcome: outcome.nullable(),
  createdAt: instant,
  expiresAt: instant,
});
export type Ask = z.output<typeof ask>;

export const listAsks = contract({
  name: 'introductions.listAsks',
  method: 'GET',
  path: '/introductions/asks',
  summary: 'What I am asked as a holder, newest first',
  input: z.object({ ...paging, waiting: z.stringbool().optional() }),
  output: page(ask),
  access: 'member',
  scope: 'contacts:read',
});

/** A message that the holder sends with their own hand: copied, or opened in their mail program. */
const letter = z.object({ to: z.array(z.string()), cc: z.array(z.string()), subject: z.string(), body: z.string() });
export type Letter = z.output<typeof letter>;

export const getLetters = contract({
  name: 'introductions.getLetters',
  method: 'GET',
  path: '/introductions/asks/:askId/letters',
  summary: 'Ready messages of a double opt-in: to the contact, whether I may introduce; and to both, once they agree',
  input: z.object({ askId: id, contactId: id }),
  output: z.object({ mayI: letter, toBoth: letter }),
  access: 'member',
  scope: 'contacts:read',
});

export const choice = z.enum(['introduce', 'introduced', 'pass_on', 'lend', 'tell', 'decline', 'reconsider']);
export type Choice = z.output<typeof choice>;

export const answerAsk = contract({
  name: 'introductions.answer',
  method: 'POST',
  path: '/introductions/asks/:askId/answer',
  summary:
    'Take it up (introduce, then introduced), pass the message on, lend the contact for once, answer in words, or decline without a word',
  input: z.object({
    askId: id,
    choice,
    /** Which of the contacts; may be left out where there is one. */
    contactId: id.optional(),
    text: text.optional(),
    /** For how long a contact is lent. */
    days: z.number().int().min(1).max(30).default(7),
  }),
  output: ask,
  access: 'member',
  scope: 'contacts:write',
  errors: ['conflict'],
});

const token = z.string().max(1000);

export const openLink = contract({
  name: 'introductions.openLink',
  method: 'POST',
  path: '/introductions/link',
  summary: 'What the link in a mail is about; changes nothing, and tells no detail of a contact but the name',
  input: z.object({ token }),
  output: ask
    .pick({ id: true, sought: true, purpose: true, message: true, contacts: true, state: true })
    .extend({ asker: z.string() }),
  access: 'public',
  errors: ['link_expired'],
});

export const answerLink = contract({
  name: 'introductions.answerLink',
  method: 'POST',
  path: '/introductions/link/answer',
  summary: 'Answer by the link of a mail: in words, by passing the message on, or decline; once',
  input: z.object({
    token,
    choice: z.enum(['pass_on', 'tell', 'decline']),
    contactId: id.optional(),
    text: text.optional(),
  }),
  output: nothing,
  access: 'public',
  errors: ['link_expired', 'conflict'],
});
