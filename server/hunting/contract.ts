import { z } from 'zod';
import { contract, id, instant, nothing, page, paging } from '../kernel/contract.ts';
import { reason as gateReason } from '../outreach/contract.ts';

/** `proposed`: the holder has not decided; `accepted`: it is written at its time; `written`: it is on its way or has left. */
export const states = ['proposed', 'postponed', 'withdrawn', 'accepted', 'written', 'refused'] as const;
const state = z.enum(states);
export type ApproachState = z.output<typeof state>;

/** What came of a letter. */
export const outcomes = ['answered', 'meeting', 'later', 'declined'] as const;
const outcome = z.enum(outcomes);

/** `no_address`: none of the cards holds one; `stopped`: the campaign is in the archive, or approved no more; `unsent`: the letter did not leave. */
const refusal = z.union([gateReason, z.enum(['no_address', 'stopped', 'unsent'])]);
export type Refusal = z.output<typeof refusal>;

const words = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .refine((one) => !one.includes('\u0000'), 'text');
const day = z.iso.date();
const language = z.enum(['fr', 'en']);

const said = {
  language,
  /** May name variables of the dictionary of contents: `{{ person.givenName | default: "…" }}`. */
  subject: words(300),
  letter: words(10_000),
  /** Until when holders choose, that day included. */
  endsOn: day,
  /** Minutes, at least, between two mails of one holder. */
  pace: z.number().int().min(1).max(240),
};

const coverage = z.object({
  holder: z.object({ id, name: z.string() }),
  /** Contacts of the segment that are on their list. */
  proposed: z.number().int(),
  /** What they put on it themselves. */
  contributed: z.number().int(),
  written: z.number().int(),
  answered: z.number().int(),
  meetings: z.number().int(),
});

export const hunt = z.object({
  id,
  campaignId: id,
  campaign: z.string(),
  ...{ language, subject: z.string(), letter: z.string(), endsOn: day, pace: z.number().int() },
  openedBy: z.object({ id, name: z.string() }),
  /** Whether the lists have been given out. */
  sharedOut: z.boolean(),
  ended: z.boolean(),
  /** Of the segment, those whom nobody lends: the campaign itself may write to them. */
  unknown: z.number().int(),
  version: z.number().int(),
  mine: z.boolean(),
  holders: z.array(coverage),
});
export type Hunt = z.output<typeof hunt>;

export const getHunt = contract({
  name: 'hunting.getHunt',
  method: 'GET',
  path: '/plan/campaigns/:campaignId/hunt',
  summary: 'The hunt of a campaign, and how far each holder is, in numbers',
  input: z.object({ campaignId: id }),
  output: z.object({ hunt: hunt.nullable() }),
  access: 'member',
  scope: 'workspace:read',
});

export const openHunt = contract({
  name: 'hunting.openHunt',
  method: 'POST',
  path: '/plan/campaigns/:campaignId/hunt',
  summary: 'Cuts an approved campaign by who knows whom: each holder is given their contacts of its segment',
  input: z.object({ campaignId: id, ...said, pace: said.pace.default(6) }),
  output: hunt,
  access: 'member',
  scope: 'workspace:write',
  errors: ['forbidden', 'conflict'],
});

export const changeHunt = contract({
  name: 'hunting.changeHunt',
  method: 'PUT',
  path: '/hunts/:huntId',
  summary: 'Changes the letter, the last day or the pace; what holders have changed themselves stays theirs',
  input: z.object({ huntId: id, version: z.number().int(), ...said }),
  output: hunt,
  access: 'member',
  scope: 'workspace:write',
  errors: ['forbidden', 'conflict'],
});

export const endHunt = contract({
  name: 'hunting.endHunt',
  method: 'POST',
  path: '/hunts/:huntId/end',
  summary: 'Ends a hunt: nobody chooses any more; what was accepted still leaves',
  input: z.object({ huntId: id }),
  output: hunt,
  access: 'member',
  scope: 'workspace:write',
  errors: ['forbidden', 'conflict'],
});

const written = z.object({
  personId: id,
  name: z.string(),
  organization: z.string().nullable(),
  holder: z.object({ id, name: z.string() }),
  outcome: outcome.nullable(),
});

export const listWritten = contract({
  name: 'hunting.listWritten',
  method: 'GET',
  path: '/hunts/:huntId/written',
  summary: 'To whom letters left, of lent contacts that the caller reads',
  input: z.object({ huntId: id, ...paging }),
  output: page(written),
  access: 'marketer',
  scope: 'workspace:read',
});

const mine = z.object({
  id,
  campaign: z.string(),
  endsOn: day,
  ended: z.boolean(),
  /** On whose behalf it was opened. */
  openedBy: z.string(),
  counts: z.record(state, z.number().int()),
});

export const listHunts = contract({
  name: 'hunting.listHunts',
  method: 'GET',
  path: '/hunts',
  summary: 'Hunts in which I have contacts, those that go on first',
  input: nothing,
  output: z.object({ items: z.array(mine) }),
  access: 'member',
  scope: 'contacts:read',
});

export const approach = z.object({
  id,
  /** The person, as I see them. */
  personId: id,
  name: z.string(),
  organization: z.string().nullable(),
  title: z.string().nullable(),
  photo: z.string().nullable(),
  state,
  contributed: z.boolean(),
  /** 1 first. */
  rank: z.number().int(),
  untilOn: day.nullable(),
  /** When it is written, of what is accepted. */
  dueAt: instant.nullable(),
  /** What they would read, or have read; null: something that it asks for is not known, see `missing`. */
  subject: z.string().nullable(),
  letter: z.string().nullable(),
  /** What the letter asks for and nobody knows of them. */
  missing: z.array(z.string()),
  /** I have changed the words. */
  edited: z.boolean(),
  /** How well I know them; null: nothing is known of it. */
  strength: z.enum(['weak', 'good', 'strong']).nullable(),
  /** Why the gate would not, or did not, let it be written. */
  reasons: z.array(refusal),
  /** Of what is written: `sent`, `queued`… */
  delivery: z.string().nullable(),
  outcome: outcome.nullable(),
  /** The product saw an answer come. */
  outcomeSeen: z.boolean(),
});
export type Approach = z.output<typeof approach>;

export const listApproaches = contract({
  name: 'hunting.listApproaches',
  method: 'GET',
  path: '/hunts/:huntId/approaches',
  summary:
    'My contacts in a hunt, with the letter for each and what the gate says of it: those to be decided first, in my order',
  input: z.object({
    huntId: id,
    states: z.preprocess((one) => (typeof one === 'string' ? one.split(',') : one), z.array(state).min(1)).optional(),
    after: paging.after,
    limit: z.coerce.number().int().min(1).max(50).default(20),
  }),
  output: page(approach).extend({
    counts: z.record(state, z.number().int()),
    ended: z.boolean(),
    campaign: z.string(),
    endsOn: day,
  }),
  access: 'member',
  scope: 'contacts:read',
});

export const decide = contract({
  name: 'hunting.decide',
  method: 'POST',
  path: '/hunts/:huntId/decide',
  summary: 'Accepts, postpones, withdraws contacts of mine, or takes that back while nothing has left',
  input: z.object({
    huntId: id,
    approachIds: z.array(id).min(1).max(500),
    decision: z.enum(['accept', 'postpone', 'withdraw', 'back']),
    /** The day on which they are proposed again. */
    untilOn: day.optional(),
  }),
  /** How many it holds for: those that were written meanwhile stay as they are. */
  output: z.object({ decided: z.number().int(), lastAt: instant.nullable() }),
  access: 'member',
  scope: 'messages:write',
  errors: ['conflict'],
});

export const editApproach = contract({
  name: 'hunting.editApproach',
  method: 'PUT',
  path: '/hunts/:huntId/approaches/:approachId',
  summary: 'Changes the words for one contact, or their place in my order; null takes the words of the hunt again',
  input: z.object({
    huntId: id,
    approachId: id,
    subject: words(300).nullable().optional(),
    letter: words(10_000).nullable().optional(),
    rank: z.number().int().min(1).max(3).optional(),
  }),
  output: nothing,
  access: 'member',
  scope: 'messages:write',
  errors: ['conflict'],
});

export const contribute = contract({
  name: 'hunting.contribute',
  method: 'POST',
  path: '/hunts/:huntId/contribute',
  summary: 'Puts contacts that I hold, also private ones, on my list; nobody else sees who they are',
  input: z.object({ huntId: id, personIds: z.array(id).min(1).max(200) }),
  output: z.object({
    added: z.number().int(),
    /** Not held by me, or on the list of a hunter already. */
    leftOut: z.array(z.object({ personId: id, reason: z.enum(['not_mine', 'in_it']) })),
  }),
  access: 'member',
  scope: 'contacts:write',
  errors: ['conflict'],
});

export const sayOutcome = contract({
  name: 'hunting.sayOutcome',
  method: 'POST',
  path: '/hunts/:huntId/approaches/:approachId/outcome',
  summary: 'Says what came of a letter; null takes it back',
  input: z.object({ huntId: id, approachId: id, outcome: outcome.nullable() }),
  output: nothing,
  access: 'member',
  scope: 'contacts:write',
  errors: ['conflict'],
});
