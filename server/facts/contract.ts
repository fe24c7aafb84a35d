import { z } from 'zod';
import { contract, id, instant, nothing, page, paging } from '../kernel/contract.ts';

/** What a field of a fact is. */
export const fieldTypes = ['number', 'text', 'boolean', 'date', 'choice'] as const;
/** Lawful bases (GDPR art. 6, 1) on which facts are kept. */
export const bases = ['consent', 'contract', 'legal_obligation', 'legitimate_interest'] as const;
/** The kinds that every company has, by their keys; how they are called stands in the catalogues. */
export const builtins = [
  'visit',
  'order',
  'refund',
  'ticket',
  'attendance',
  'open',
  'click',
  'till',
  'download',
  'app_event',
  'form',
  'survey',
] as const;

const line = (most: number) =>
  z
    .string()
    .trim()
    .max(most)
    .refine((text) => !text.includes('\u0000'), 'text');
const key = z.string().regex(/^[a-z][a-z0-9_]{0,39}$/);

export const field = z
  .object({
    key,
    type: z.enum(fieldTypes),
    /** How it is called; empty: by its key. */
    name: line(80).default(''),
    /** Of a number: EUR, kg, minutes… */
    unit: line(20).default(''),
    /** Of a choice. */
    choices: z.array(line(80).min(1)).max(100).default([]),
  })
  .refine(({ type, choices }) => (type === 'choice') === choices.length > 0, { path: ['choices'], message: 'choice' });
export type Field = z.output<typeof field>;

export const audience = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('workspace') }),
  z.object({ kind: z.literal('team'), id }),
  z.object({ kind: z.literal('member'), id }),
]);
export type Audience = z.output<typeof audience>;

export const kind = z.object({
  id,
  key: z.string(),
  /** Empty for those that every company has: they are called by their key. */
  name: z.string(),
  description: z.string(),
  builtin: z.boolean(),
  fields: z.array(z.object({ ...field.shape, name: z.string(), unit: z.string(), choices: z.array(z.string()) })),
  hasAmount: z.boolean(),
  purpose: z.string(),
  basis: z.enum(bases),
  keepMonths: z.number().int(),
  asksConsent: z.boolean(),
  withoutConsent: z.enum(['refuse', 'count']),
  access: z.array(z.object({ kind: z.enum(['workspace', 'team', 'member']), id, name: z.string() })),
  /** I see facts of it, on contacts that I see. */
  visible: z.boolean(),
  ended: z.boolean(),
});
export type Kind = z.output<typeof kind>;

export const listKinds = contract({
  name: 'facts.listKinds',
  method: 'GET',
  path: '/fact-kinds',
  summary: 'The kinds of fact that the company keeps: what each tells, what for, for how long, who sees it',
  input: nothing,
  output: z.object({ items: z.array(kind) }),
  access: 'member',
  scope: 'workspace:read',
});

const said = {
  name: line(80).min(1),
  description: line(500).default(''),
  fields: z
    .array(field)
    .max(50)
    .refine((all) => new Set(all.map((one) => one.key)).size === all.length, 'twice')
    .default([]),
  hasAmount: z.boolean().default(false),
  purpose: line(200).min(1),
  basis: z.enum(bases),
  keepMonths: z.number().int().min(1).max(120),
  asksConsent: z.boolean(),
  withoutConsent: z.enum(['refuse', 'count']).default('refuse'),
  access: z
    .array(audience)
    .max(50)
    .default([{ kind: 'workspace' }]),
};

export const addKind = contract({
  name: 'facts.addKind',
  method: 'POST',
  path: '/fact-kinds',
  summary: 'Say what kind of fact the company keeps, too; its key, by which sources name it, stays',
  input: z.object({ key, ...said }),
  output: kind,
  access: 'admin',
  scope: 'workspace:write',
  errors: ['conflict'],
});
export const updateKind = contract({
  name: 'facts.updateKind',
  method: 'PATCH',
  path: '/fact-kinds/:kindId',
  summary:
    'Change what a kind of fact tells, how long it is kept, who sees it; end it, or take it up again. What is kept stays readable',
  input: z.object({
    kindId: id,
    name: said.name.optional(),
    description: line(500).optional(),
    fields: said.fields.unwrap().optional(),
    hasAmount: z.boolean().optional(),
    purpose: said.purpose.optional(),
    basis: said.basis.optional(),
    keepMonths: said.keepMonths.optional(),
    asksConsent: z.boolean().optional(),
    withoutConsent: z.enum(['refuse', 'count']).optional(),
    access: z.array(audience).max(50).optional(),
    ended: z.boolean().optional(),
  }),
  output: kind,
  access: 'admin',
  scope: 'workspace:write',
});

/** Why a fact was not taken; what to change stands in the catalogues (`facts.refused.<code>`). */
export const refusals = [
  'malformed',
  'no_id',
  'no_subject',
  'several_subjects',
  'bad_subject',
  'unknown_subject',
  'unknown_kind',
  'ended_kind',
  'bad_time',
  'in_future',
  'too_old',
  'bad_amount',
  'unknown_field',
  'wrong_type',
  'too_large',
  'duplicate',
  'no_consent',
] as const;
export type Refusal = (typeof refusals)[number];

/** What is written to say of whom a fact is: one of these. */
export const subject = {
  email: z.string().max(320).optional(),
  phone: z.string().max(50).optional(),
  /** A number in a system of yours (shop, till, ERP): once said whose it is, all its facts are theirs. */
  customer: z.object({ system: z.string(), id: z.string() }).optional(),
  /** The number of a browser, as the tag has it. */
  visitor: z.string().optional(),
  /** A card, or a person, that you see. */
  cardId: z.string().optional(),
};

/** Facts of one call, and octets of its body. */
export const mostFacts = 1000;
export const mostOctets = 2 ** 20;

/** A line is judged by itself, so that one bad one does not take the others along: the server reads it, and this says how it is written. */
const factLine = z.unknown().meta({
  ...z.toJSONSchema(
    z.object({
      externalId: z.string().max(200).describe('Your id of it: told again, it stands once, as it was told last'),
      kind: z.string().describe('The key of a kind'),
      at: z.string().describe('When it happened, RFC 3339 with an offset'),
      ...subject,
      amount: z.object({ value: z.union([z.number(), z.string()]), currency: z.string() }).optional(),
      props: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
      consent: z
        .boolean()
        .optional()
        .describe(
          'You hold their agreement to be tracked; for kinds that ask for it. An objection known here outranks it',
        ),
    }),
    { io: 'input' },
  ),
  $schema: undefined,
});

export const answered = z.object({
  /** Its place in the batch, from 0. */
  no: z.number().int(),
  externalId: z.string(),
  /** `counted`: without consent, with nothing of whom it is of. `unchanged`: it stood here so already. */
  state: z.enum(['kept', 'changed', 'unchanged', 'counted', 'refused']),
  code: z.enum(refusals).optional(),
  /** Which field is wrong. */
  field: z.string().optional(),
  /** What to change, in the caller's language. */
  message: z.string().optional(),
});
export type Answered = z.output<typeof answered>;

export const recordFacts = contract({
  name: 'facts.recordFacts',
  method: 'POST',
  path: '/facts/batch',
  summary:
    'Tell what happened, up to 1,000 facts a call. Each is answered by itself. Told again it stands once; told otherwise it is replaced. An app tells only of contacts that are lent to it',
  input: z.object({
    /** How you call the system that they come from: ids are unique within it. */
    source: z
      .string()
      .regex(/^[\w.-]{1,60}$/)
      .default('api'),
    facts: z.array(factLine).min(1).max(mostFacts),
    /** Answer all lines, or those alone that were not taken as they are. */
    answers: z.enum(['all', 'refused']).default('all'),
  }),
  output: z.object({
    kept: z.number().int(),
    changed: z.number().int(),
    unchanged: z.number().int(),
    counted: z.number().int(),
    refused: z.number().int(),
    items: z.array(answered),
  }),
  access: 'member',
  scope: 'facts:write',
  apps: true,
  bodyLimit: mostOctets,
});

export const identify = contract({
  name: 'facts.identify',
  method: 'POST',
  path: '/facts/identify',
  summary:
    'Say whose a visitor’s browser or a customer number is: what it did until then becomes theirs. A browser that had somebody before keeps with them what it did before',
  input: z.object({
    visitor: z.string().optional(),
    customer: subject.customer,
    is: z.object({
      email: subject.email,
      phone: subject.phone,
      cardId: subject.cardId,
      customer: subject.customer,
    }),
  }),
  output: z.object({ joined: z.boolean(), moved: z.number().int() }),
  access: 'marketer',
  scope: 'facts:write',
});

const money = z.object({ value: z.string(), currency: z.string() });
export const personFact = z.object({
  id,
  kind: z.object({ key: z.string(), name: z.string() }),
  at: instant,
  amount: money.nullable(),
  props: z.array(
    z.object({
      key: z.string(),
      name: z.string(),
      unit: z.string(),
      value: z.union([z.string(), z.number(), z.boolean()]),
    }),
  ),
  source: z.object({ kind: z.enum(['api', 'app', 'tag', 'hook', 'file', 'database', 'product']), name: z.string() }),
  /** It was told of a browser or a customer number that is known to be theirs. */
  recognised: z.boolean(),
});
export type PersonFact = z.output<typeof personFact>;

export const listPersonFacts = contract({
  name: 'facts.listPersonFacts',
  method: 'GET',
  path: '/people/:personId/fact-history',
  summary:
    'What a person did or what happened to them, the newest first: of kinds that I may see, and by addresses, numbers and cards that I see',
  input: z.object({ personId: id, kind: key.optional(), ...paging }),
  output: page(personFact),
  access: 'member',
  scope: 'contacts:read',
});
export const summarisePerson = contract({
  name: 'facts.summarisePerson',
  method: 'GET',
  path: '/people/:personId/fact-history/kinds',
  summary: 'How many facts of each kind there are of a person, since when, until when, and what they come to',
  input: z.object({ personId: id }),
  output: z.object({
    items: z.array(
      z.object({
        kind: z.object({ key: z.string(), name: z.string() }),
        count: z.number().int(),
        first: instant,
        last: instant,
        /** By currency. */
        sums: z.array(money),
      }),
    ),
  }),
  access: 'member',
  scope: 'contacts:read',
});
export const detach = contract({
  name: 'facts.detach',
  method: 'POST',
  path: '/people/:personId/fact-history/:factId/detach',
  summary:
    'It was not them: the browser or customer number by which this was told is theirs no more, nor is what else it told',
  input: z.object({ personId: id, factId: id }),
  output: z.object({ moved: z.number().int() }),
  access: 'marketer',
  scope: 'contacts:write',
});
export const forgetPerson = contract({
  name: 'facts.forgetPerson',
  method: 'DELETE',
  path: '/people/:personId/fact-history',
  summary:
    'Delete all facts of a person, of every kind, for good, and what told their browsers and numbers from others',
  input: z.object({ personId: id }),
  output: z.object({ deleted: z.number().int() }),
  access: 'admin',
  scope: 'contacts:write',
});
