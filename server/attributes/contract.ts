import { z } from 'zod';
import { contract, id, instant } from '../kernel/contract.ts';

export const types = ['text', 'number', 'boolean', 'date', 'choice'] as const;
export type AttributeType = (typeof types)[number];
/** `confidential`: for those who need it; `special`: of GDPR art. 9, which asks for a basis of its own and few readers. */
export const sensitivities = ['ordinary', 'confidential', 'special'] as const;
/** GDPR art. 6(1), a to f. */
export const bases = [
  'consent',
  'contract',
  'legal_obligation',
  'vital_interests',
  'public_task',
  'legitimate_interests',
] as const;
/** GDPR art. 9(2), a to j. */
export const specialBases = [
  'explicit_consent',
  'employment',
  'vital_interests',
  'association',
  'made_public',
  'legal_claims',
  'public_interest',
  'health',
  'public_health',
  'archiving',
] as const;

/** Characters of a value in words. */
export const mostWritten = 500;
/** The longest that a value may be kept, in months: ten years. */
export const mostMonths = 120;
/** Days for which an attribute that was ended can be restored with its values. */
export const restorableDays = 30;

const line = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .refine((text) => !text.includes('\u0000'), 'text');

const key = z
  .string()
  .max(40)
  .regex(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/, 'key');
const choice = z.object({ key, fr: line(120), en: line(120) });
export type Choice = z.output<typeof choice>;

/** What is possible. Of a number `min`, `max`, `whole`; of a day `from`, `to`, `past` (not after today); of a text `most` letters. */
export const bounds = z.object({
  min: z.number().optional(),
  max: z.number().optional(),
  whole: z.boolean().optional(),
  from: z.iso.date().optional(),
  to: z.iso.date().optional(),
  past: z.boolean().optional(),
  most: z.number().int().min(1).max(mostWritten).optional(),
});
export type Bounds = z.output<typeof bounds>;

const audience = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('workspace') }),
  z.object({ kind: z.literal('team'), id }),
  z.object({ kind: z.literal('member'), id }),
]);
/** Who sees the values, and whether they write them, too. */
const access = z.intersection(audience, z.object({ writes: z.boolean() }));
export type Access = z.output<typeof access>;

const shown = {
  key: z.string(),
  name: z.string(),
  meaning: z.string(),
  type: z.enum(types),
  unit: z.string().nullable(),
  choices: z.array(choice),
  many: z.boolean(),
  bounds,
  sensitivity: z.enum(sensitivities),
};

export const attribute = z.object({
  id,
  /** Of the values' rows. */
  no: z.number().int(),
  ...shown,
  purpose: z.string(),
  basis: z.enum(bases),
  specialBasis: z.enum(specialBases).nullable(),
  months: z.number().int(),
  access: z.array(
    z.object({ kind: z.enum(['workspace', 'team', 'member']), id, name: z.string(), writes: z.boolean() }),
  ),
  /** What rests on it, by kind. */
  uses: z.array(z.object({ kind: z.string(), count: z.number().int() })),
  /** I see its values; I write them. */
  reads: z.boolean(),
  writes: z.boolean(),
  version: z.number().int(),
  changedAt: instant,
  /** Since when it is ended; until when it can be restored. */
  endedAt: instant.nullable(),
  restorableUntil: instant.nullable(),
});
export type Attribute = z.output<typeof attribute>;

export const listAttributes = contract({
  name: 'attributes.listAttributes',
  method: 'GET',
  path: '/attributes',
  summary: 'The data dictionary: what is kept of contacts, why, how long and for whom',
  input: z.object({ ended: z.stringbool().default(false) }),
  output: z.object({ items: z.array(attribute) }),
  access: 'member',
  scope: 'contacts:read',
});
export const getAttribute = contract({
  name: 'attributes.getAttribute',
  method: 'GET',
  path: '/attributes/:attributeId',
  summary: 'An entry of the dictionary, with what rests on it',
  input: z.object({ attributeId: id }),
  output: attribute,
  access: 'member',
  scope: 'contacts:read',
});

const said = {
  name: line(80),
  meaning: line(1000),
  unit: line(20).nullable().default(null),
  choices: z.array(choice).max(100).default([]),
  bounds: bounds.default({}),
  sensitivity: z.enum(sensitivities).default('ordinary'),
  purpose: line(500),
  basis: z.enum(bases),
  specialBasis: z.enum(specialBases).nullable().default(null),
  months: z.number().int().min(1).max(mostMonths),
  access: z.array(access).min(1).max(50),
};

export const addAttribute = contract({
  name: 'attributes.addAttribute',
  method: 'POST',
  path: '/attributes',
  summary:
    'Put something into the dictionary; what is of a special category asks for a basis of GDPR art. 9 and is not for the whole company',
  input: z.object({ key, type: z.enum(types), many: z.boolean().default(false), ...said }),
  output: attribute,
  access: 'admin',
  scope: 'workspace:write',
  errors: ['conflict'],
});
export const updateAttribute = contract({
  name: 'attributes.updateAttribute',
  method: 'PUT',
  path: '/attributes/:attributeId',
  summary: 'Change an entry; its key and type stay, and so do choices that were offered once',
  input: z.object({ attributeId: id, version: z.number().int(), ...said }),
  output: attribute,
  access: 'admin',
  scope: 'workspace:write',
  errors: ['conflict'],
});
export const endAttribute = contract({
  name: 'attributes.endAttribute',
  method: 'DELETE',
  path: '/attributes/:attributeId',
  summary: 'End an attribute: it is neither asked nor shown any more, and its values go after 30 days',
  input: z.object({ attributeId: id }),
  output: attribute,
  access: 'admin',
  scope: 'workspace:write',
});
export const restoreAttribute = contract({
  name: 'attributes.restoreAttribute',
  method: 'POST',
  path: '/attributes/:attributeId/restore',
  summary: 'Take an attribute that was ended into use again, with its values, within 30 days',
  input: z.object({ attributeId: id }),
  output: attribute,
  access: 'admin',
  scope: 'workspace:write',
  errors: ['conflict', 'not_undoable'],
});

/** A text, a number, yes or no, a day; of a choice its key, or several. */
export const given = z.union([z.string().max(4000), z.number(), z.boolean(), z.array(z.string().max(40)).max(100)]);
export type Given = z.output<typeof given>;

export const origins = ['form', 'self_update', 'member', 'api', 'import'] as const;
export type Origin = (typeof origins)[number];
/** By which of the visible rules a value stands before others. */
export const reasons = ['only', 'confirmed', 'corrected', 'recent', 'trusted', 'frequent'] as const;

const word = z.object({
  value: given,
  origin: z.enum(origins),
  /** Whether a member, the contact themself or a program wrote it. */
  writtenBy: z.enum(['themself', 'member', 'program']),
  memberName: z.string().nullable(),
  at: instant,
  /** The card that says it; null: a contact point. */
  cardId: id.nullable(),
  mine: z.boolean(),
});
const personValue = z.object({
  attribute: z.object({ id, no: z.number().int(), ...shown }),
  /** It may be written by me. */
  writes: z.boolean(),
  /** What stands; null: nothing is known. */
  value: given.nullable(),
  reason: z.enum(reasons).nullable(),
  /** All that say something of it, what stands first. */
  said: z.array(word),
});
export type PersonValue = z.output<typeof personValue>;

export const listValues = contract({
  name: 'attributes.listValues',
  method: 'GET',
  path: '/people/:personId/attributes',
  summary: 'What is known of a person by the attributes that I see, and who says it; what is not known is there, too',
  input: z.object({ personId: id }),
  output: z.object({ items: z.array(personValue) }),
  access: 'member',
  scope: 'contacts:read',
});
export const setValue = contract({
  name: 'attributes.setValue',
  method: 'PUT',
  path: '/people/:personId/attributes/:attributeId',
  summary: 'Write down what I know of a person, on my own card; null takes back what stands there',
  input: z.object({ personId: id, attributeId: id, value: given.nullable() }),
  output: z.object({ items: z.array(personValue) }),
  access: 'member',
  scope: 'contacts:write',
  errors: ['forbidden'],
});

/** Why a value is not possible. */
export const refusals = [
  'type',
  'empty',
  'too_long',
  'too_small',
  'too_large',
  'not_whole',
  'no_day',
  'too_early',
  'too_late',
  'future',
  'unknown_choice',
  'one_only',
] as const;
export type Refusal = (typeof refusals)[number];

/** Values in one call. */
export const mostAtOnce = 1000;
export const setValues = contract({
  name: 'attributes.setValues',
  method: 'POST',
  path: '/attributes/values',
  summary:
    'Write values in a batch, of addresses, numbers or cards of mine; what is impossible is refused line by line, and a contact’s own word stands before a program’s',
  input: z.object({
    items: z
      .array(
        z.object({
          attribute: key,
          email: z.string().max(254).optional(),
          phone: z.string().max(50).optional(),
          cardId: id.optional(),
          value: given,
        }),
      )
      .min(1)
      .max(mostAtOnce),
  }),
  output: z.object({
    taken: z.number().int(),
    refused: z.array(
      z.object({ index: z.number().int(), reason: z.enum([...refusals, 'unknown_attribute', 'unknown_subject']) }),
    ),
  }),
  access: 'member',
  scope: 'contacts:write',
});
