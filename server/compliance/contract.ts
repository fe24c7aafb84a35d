import { z } from 'zod';
import { locale } from '../identity/contract.ts';
import { contract, id, instant, nothing } from '../kernel/contract.ts';

export const requestKinds = ['access', 'portability', 'rectification', 'objection', 'restriction', 'erasure'] as const;
const requestKind = z.enum(requestKinds);
export type RequestKind = z.output<typeof requestKind>;

/** What a person says is to be corrected: of which of these, what it is now and what it should be. */
export const correctable = ['name', 'organization', 'title', 'email', 'phone'] as const;
const correction = z.object({ kind: z.enum(correctable), to: z.string().trim().min(1).max(200) });
export type Correction = z.output<typeof correction>;

const request = z.object({
  id,
  kind: requestKind,
  /** `asking`: holders answer, or the desk goes on; `erasing`: under way; `partly`: some of it was refused, or somebody was silent. */
  state: z.enum(['asking', 'erasing', 'done', 'partly', 'refused']),
  /** Where what is sent goes; null once it is forgotten, and to auditors. */
  address: z.string().nullable(),
  locale,
  receivedOn: z.iso.date(),
  dueOn: z.iso.date(),
  extended: z.boolean(),
  /** Of how many holders something is asked, and how many have answered. Who they are is told to nobody. */
  asked: z.number().int(),
  answered: z.number().int(),
  /** The desk may go on: everybody has answered, or the last days have begun. */
  ready: z.boolean(),
  closedAt: instant.nullable(),
});
export type PrivacyRequest = z.output<typeof request>;

const step = z.object({
  kind: z.string(),
  by: z.string().nullable(),
  at: instant,
  /** Of an erasure, how many rows of each table; else how many cards or addresses, or rows of an answer in all. */
  counts: z.record(z.string(), z.number().int()),
  reason: z.string().nullable(),
});
export type Step = z.output<typeof step>;

export const listRequests = contract({
  name: 'compliance.listRequests',
  method: 'GET',
  path: '/privacy/requests',
  summary: 'Requests of persons about their data, with the day by which the law wants an answer; the open ones first',
  input: nothing,
  output: z.object({ items: z.array(request), mail: z.boolean() }),
  access: 'overseer',
  scope: 'workspace:read',
});

export const getRequest = contract({
  name: 'compliance.getRequest',
  method: 'GET',
  path: '/privacy/requests/:requestId',
  summary: 'A request of a person, and the proof of what was done for it',
  input: z.object({ requestId: id }),
  output: request.extend({ steps: z.array(step) }),
  access: 'overseer',
  scope: 'workspace:read',
});

export const recordRequest = contract({
  name: 'compliance.recordRequest',
  method: 'POST',
  path: '/privacy/requests',
  summary:
    'Record what a person asks about their data: they get a receipt at that address, whoever holds them is asked, and an objection holds at once',
  input: z.object({
    kind: requestKind,
    email: z.string().trim().max(320),
    /** The day on which it came, from which the month counts. */
    receivedOn: z.iso.date(),
    locale,
    /** Of a rectification. */
    corrections: z.array(correction).max(20).default([]),
  }),
  output: request,
  access: 'admin',
  scope: 'workspace:write',
  errors: ['conflict'],
});

export const extendRequest = contract({
  name: 'compliance.extendRequest',
  method: 'POST',
  path: '/privacy/requests/:requestId/extend',
  summary:
    'Take two months more, once and before the month is over: the person is told why by mail, or nothing is extended',
  input: z.object({ requestId: id, reason: z.string().trim().min(10).max(2000) }),
  output: z.object({ sent: z.boolean(), dueOn: z.iso.date() }),
  access: 'admin',
  scope: 'workspace:write',
  errors: ['conflict'],
});

export const sendAnswer = contract({
  name: 'compliance.sendAnswer',
  method: 'POST',
  path: '/privacy/requests/:requestId/answer',
  summary:
    'Gather what is held of the person (access, portability) and send them a link to it, which opens for 30 days; nobody else reads it',
  input: z.object({ requestId: id }),
  output: z.object({ sent: z.boolean() }),
  access: 'admin',
  scope: 'workspace:write',
  errors: ['conflict'],
});

export const eraseAll = contract({
  name: 'compliance.eraseAll',
  method: 'POST',
  path: '/privacy/requests/:requestId/erase',
  summary:
    'Erase for good what holders agreed to, with all that hangs on it, and keep a hash by which imports leave the person out; it cannot be undone',
  input: z.object({ requestId: id }),
  output: nothing,
  access: 'admin',
  scope: 'workspace:write',
  errors: ['conflict'],
});

export const closeRequest = contract({
  name: 'compliance.closeRequest',
  method: 'POST',
  path: '/privacy/requests/:requestId/close',
  summary: 'Say that a rectification or restriction is done; the person is told by mail',
  input: z.object({ requestId: id }),
  output: z.object({ sent: z.boolean() }),
  access: 'admin',
  scope: 'workspace:write',
  errors: ['conflict'],
});

export const refuseRequest = contract({
  name: 'compliance.refuseRequest',
  method: 'POST',
  path: '/privacy/requests/:requestId/refuse',
  summary: 'Refuse a request: the person is told why by mail, and that they may complain (RGPD art. 12, 4)',
  input: z.object({ requestId: id, reason: z.string().trim().min(10).max(2000) }),
  output: z.object({ sent: z.boolean() }),
  access: 'admin',
  scope: 'workspace:write',
  errors: ['conflict'],
});

// What a holder is asked.

const outcome = z.enum(['agreed', 'contract', 'law', 'somebody_else']);
export type Outcome = z.output<typeof outcome>;

const asked = z.object({
  id,
  kind: requestKind,
  dueOn: z.iso.date(),
  /** My cards that bear the address; without a name where one is out of sight. */
  cards: z.array(z.object({ id, name: z.string().nullable(), leftOut: z.boolean() })),
  outcome: outcome.nullable(),
  answeredAt: instant.nullable(),
});
export type AskedOfMe = z.output<typeof asked>;

export const listAsked = contract({
  name: 'compliance.listAsked',
  method: 'GET',
  path: '/privacy/asked',
  summary: 'What I am asked for persons who make use of their rights: about which cards of mine, until when',
  input: nothing,
  output: z.object({ items: z.array(asked) }),
  access: 'member',
  scope: 'contacts:read',
});

export const answerAsked = contract({
  name: 'compliance.answerAsked',
  method: 'POST',
  path: '/privacy/asked/:askedId',
  summary:
    'Answer what I am asked for a person: agree, leave out cards that are somebody else’s, or say why theirs stay (erasure and restriction only)',
  input: z.object({ askedId: id, outcome, leftOut: z.array(id).max(500).default([]) }),
  output: nothing,
  access: 'member',
  scope: 'contacts:write',
  errors: ['conflict'],
});

// The page of the link: for the person, without an account.

const row = z.record(z.string(), z.unknown());
const section = z.object({ table: z.string(), rows: z.array(row) });
const answerContent = z.object({
  workspace: z.string(),
  kind: z.enum(['access', 'portability']),
  address: z.string(),
  locale,
  madeOn: z.iso.date(),
  /** Some who hold cards have not said yet whose these are. */
  incomplete: z.boolean(),
  /** Whom cards of theirs are lent to, by kind, and for what. */
  recipients: z.array(z.object({ kind: z.string(), name: z.string().nullable(), purposes: z.array(z.string()) })),
  sections: z.array(section),
  vcard: z.string().nullable(),
});
export type AnswerContent = z.output<typeof answerContent>;

export const openAnswer = contract({
  name: 'compliance.openAnswer',
  method: 'POST',
  path: '/privacy/answers/open',
  summary: 'With the link of a mail: what is held of me',
  input: z.object({ token: z.string().max(200) }),
  output: z.object({ content: answerContent, expiresAt: instant }),
  access: 'public',
  rate: 20,
  secret: true,
  errors: ['link_expired'],
});
/** The same as a PDF to read, by a form with the token: `POST /api/v1/privacy/answers/pdf`. */
export const answerPdfPath = '/privacy/answers/pdf';
