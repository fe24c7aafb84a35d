import { z } from 'zod';
import { contract, id, instant, nothing } from '../kernel/contract.ts';

export const needKinds = ['segment', 'programme', 'personalisation', 'law', 'other'] as const;
export const itemKinds = ['attribute', 'field', 'fact'] as const;
/** Of the card's fields those that a plan may want. */
export const fields = ['email', 'phone', 'organization', 'title', 'address', 'birthday'] as const;
export const mechanismKinds = [
  'form_question',
  'till_prompt',
  'self_update',
  'game',
  'profiling',
  'call_script',
  'import',
  'other',
] as const;
export type MechanismKind = (typeof mechanismKinds)[number];
/** Those that a page of ours asks: of an attribute only, and in words of their own. */
export const askedKinds: readonly MechanismKind[] = ['form_question', 'self_update', 'profiling'];
export const states = ['idea', 'studied', 'test', 'rolled_out', 'dropped'] as const;
export type MechanismState = (typeof states)[number];

/** Of a test nothing is said of either half before so many of it were counted. */
export const fewest = 5;

const line = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .refine((text) => !text.includes('\u0000'), 'text');
const words = (most: number) =>
  z
    .string()
    .trim()
    .max(most)
    .refine((text) => !text.includes('\u0000'), 'text');

const need = z.object({
  id,
  name: z.string(),
  kind: z.enum(needKinds),
  why: z.string(),
  link: z.string().nullable(),
  /** Of how many of a hundred contacts each of its data is to be known; null: nobody has said. */
  wanted: z.number().int().nullable(),
  itemIds: z.array(id),
});
export type Need = z.output<typeof need>;

/** Of the contacts that the company may read, in steps of five: null where there are fewer. `share` in hundredths. */
const filling = z.object({
  day: z.iso.date(),
  people: z.number().int().nullable(),
  filled: z.number().int().nullable(),
  share: z.number().nullable(),
});
export type Filling = z.output<typeof filling>;

const item = z.object({
  id,
  kind: z.enum(itemKinds),
  ref: z.string(),
  /** Of an attribute its name; else the reference itself, for the interface to name. */
  name: z.string(),
  staleMonths: z.number().int().nullable(),
  /** The last count. */
  filling: filling.nullable(),
});
export type Item = z.output<typeof item>;

const touchpoint = z.object({ id, name: z.string() });
export type Touchpoint = z.output<typeof touchpoint>;

const member = z.object({ id, name: z.string() });
const mechanism = z.object({
  id,
  itemId: id,
  touchpointId: id,
  kind: z.enum(mechanismKinds),
  idea: z.string(),
  question: z.object({ fr: z.string(), en: z.string() }),
  /** The one form that asks it; null: all that ask what is missing. */
  channelId: id.nullable(),
  /** From hardly possible (1) to easy (5). */
  business: z.number().int().nullable(),
  businessNote: z.string(),
  it: z.number().int().nullable(),
  itNote: z.string(),
  costEuros: z.number().int().nullable(),
  responsible: member.nullable(),
  dueOn: z.iso.date().nullable(),
  state: z.enum(states),
  proposedBy: member,
  version: z.number().int(),
  /** The last decision. */
  decision: z.object({ at: instant, by: z.string(), why: z.string() }).nullable(),
  /** Since when a test runs. */
  testedSince: instant.nullable(),
  /** I may change it. */
  mine: z.boolean(),
});
export type Mechanism = z.output<typeof mechanism>;

export const getPlan = contract({
  name: 'collection.getPlan',
  method: 'GET',
  path: '/collection',
  summary:
    'The collection plan: needs, the data they ask for, touchpoints, and by which mechanisms it is collected there',
  input: nothing,
  output: z.object({
    needs: z.array(need),
    items: z.array(item),
    touchpoints: z.array(touchpoint),
    mechanisms: z.array(mechanism),
  }),
  access: 'member',
  scope: 'contacts:read',
});

export const saveNeed = contract({
  name: 'collection.saveNeed',
  method: 'PUT',
  path: '/collection/needs',
  summary: 'Write down a need with the data that it asks for, or change one',
  input: z.object({
    needId: id.optional(),
    name: line(120),
    kind: z.enum(needKinds),
    why: words(2000).default(''),
    link: z
      .url({ protocol: /^https?$/ })
      .max(500)
      .nullable()
      .default(null),
    wanted: z.number().int().min(1).max(100).nullable().default(null),
    itemIds: z.array(id).max(50),
  }),
  output: z.object({ id }),
  access: 'marketer',
  scope: 'workspace:write',
});
export const saveItem = contract({
  name: 'collection.saveItem',
  method: 'PUT',
  path: '/collection/items',
  summary: 'Take an attribute, a field of the card or a kind of fact into the plan; what is there already stays one',
  input: z.object({
    kind: z.enum(itemKinds),
    ref: line(80),
    staleMonths: z.number().int().min(1).max(120).nullable().default(null),
  }),
  output: z.object({ id }),
  access: 'marketer',
  scope: 'workspace:write',
});
export const saveTouchpoint = contract({
  name: 'collection.saveTouchpoint',
  method: 'PUT',
  path: '/collection/touchpoints',
  summary: 'Write down a touchpoint, or call it otherwise',
  input: z.object({ touchpointId: id.optional(), name: line(80) }),
  output: z.object({ id }),
  access: 'marketer',
  scope: 'workspace:write',
});
export const setEnded = contract({
  name: 'collection.setEnded',
  method: 'POST',
  path: '/collection/ended',
  summary: 'Take a need, a data item or a touchpoint out of the plan, or back into it; what hangs on it stays',
  input: z.object({ part: z.enum(['need', 'item', 'touchpoint']), id, ended: z.boolean() }),
  output: nothing,
  access: 'marketer',
  scope: 'workspace:write',
});

export const proposeMechanism = contract({
  name: 'collection.proposeMechanism',
  method: 'POST',
  path: '/collection/mechanisms',
  summary: 'Propose how something could be collected at a touchpoint: anybody may',
  input: z.object({ itemId: id, touchpointId: id, kind: z.enum(mechanismKinds), idea: line(1000) }),
  output: mechanism,
  access: 'member',
  scope: 'workspace:write',
});
export const updateMechanism = contract({
  name: 'collection.updateMechanism',
  method: 'PUT',
  path: '/collection/mechanisms/:mechanismId',
  summary:
    'Study a mechanism: what it asks, how feasible it is, what it costs, who answers for it by when; for admins, marketing, who answers for it, and of an idea whoever had it',
  input: z.object({
    mechanismId: id,
    version: z.number().int(),
    kind: z.enum(mechanismKinds),
    idea: line(1000),
    question: z.object({ fr: words(300), en: words(300) }),
    channelId: id.nullable(),
    business: z.number().int().min(1).max(5).nullable(),
    businessNote: words(300),
    it: z.number().int().min(1).max(5).nullable(),
    itNote: words(300),
    costEuros: z.number().int().min(0).max(100_000_000).nullable(),
    responsibleId: id.nullable(),
    dueOn: z.iso.date().nullable(),
  }),
  output: mechanism,
  access: 'member',
  scope: 'workspace:write',
  errors: ['forbidden', 'conflict'],
});

export const startTest = contract({
  name: 'collection.startTest',
  method: 'POST',
  path: '/collection/mechanisms/:mechanismId/test',
  summary: 'Ask one half of those who come, by lot, and not the other, until a decision is taken',
  input: z.object({ mechanismId: id }),
  output: mechanism,
  access: 'marketer',
  scope: 'workspace:write',
  errors: ['conflict'],
});
export const decide = contract({
  name: 'collection.decide',
  method: 'POST',
  path: '/collection/mechanisms/:mechanismId/decision',
  summary: 'Roll a mechanism out to everybody, or drop it, and say why; a test that runs ends',
  input: z.object({ mechanismId: id, outcome: z.enum(['rolled_out', 'dropped']), why: line(1000) }),
  output: mechanism,
  access: 'marketer',
  scope: 'workspace:write',
});

/** A share in hundredths with its interval at 95 %. */
const share = z.object({ value: z.number(), low: z.number(), high: z.number() });
export type Share = z.output<typeof share>;
const half = z.object({
  /** Pages that were sent; of these, whose sender was shown to have the address; of these, of whom the data is known now. */
  sent: z.number().int(),
  confirmed: z.number().int(),
  filled: z.number().int(),
  rate: share.nullable(),
  optedOut: share.nullable(),
});

export const results = z.object({
  since: instant,
  until: instant.nullable(),
  asked: half,
  control: half,
  /** By how much more of those asked the data is known; null: too few. */
  gain: share.nullable(),
  /** By how much more of those asked said that they want no mail. */
  optOut: share.nullable(),
  /** Of all that were sent, those asked: far from half says that the question keeps people from sending. */
  askedShare: share.nullable(),
  quality: z.object({
    answers: z.number().int(),
    /** Possible as they were given first; standing uncorrected 30 days later, of those that old. */
    firstTry: share.nullable(),
    standing: share.nullable(),
  }),
  /** Of the mechanism's cost, for each value gained so far. */
  eurosPerValue: z.number().nullable(),
});
export type Results = z.output<typeof results>;

export const getResults = contract({
  name: 'collection.getResults',
  method: 'GET',
  path: '/collection/mechanisms/:mechanismId/results',
  summary: 'What the last test of a mechanism has shown, from five of each half on; null: there was none',
  input: z.object({ mechanismId: id }),
  output: z.object({ results: results.nullable() }),
  access: 'member',
  scope: 'contacts:read',
});

export const getProgress = contract({
  name: 'collection.getProgress',
  method: 'GET',
  path: '/collection/items/:itemId/progress',
  summary: 'How full a data item has got, day by day, for a year',
  input: z.object({ itemId: id }),
  output: z.object({ items: z.array(filling) }),
  access: 'member',
  scope: 'contacts:read',
});
export const countNow = contract({
  name: 'collection.countNow',
  method: 'POST',
  path: '/collection/count',
  summary: 'Count today’s progress now instead of tonight',
  input: nothing,
  output: nothing,
  access: 'marketer',
  scope: 'workspace:write',
});
