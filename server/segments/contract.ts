import { z } from 'zod';
import { contract, id, instant, nothing, page, paging } from '../kernel/contract.ts';
import { isName, most, problems, syntaxProblems } from './language-contract.ts';

/** How something is called in the language: it stays, whatever it is named. */
const key = z
  .string()
  .trim()
  .max(40)
  .refine((text) => isName(text) && !text.includes('.'), 'key');
const name = z
  .string()
  .trim()
  .min(1)
  .max(120)
  .refine((text) => !text.includes('\u0000'), 'text');
const text = z
  .string()
  .trim()
  .max(1000)
  .refine((one) => !one.includes('\u0000'), 'text');
/** A condition in the language (docs/subsystems/segments.md). */
const filter = z
  .string()
  .trim()
  .min(1)
  .max(most.characters)
  .refine((one) => !one.includes('\u0000'), 'text');

/** With whose grants it is computed. */
export const audienceKinds = ['workspace', 'team', 'member'] as const;
export type AudienceKind = (typeof audienceKinds)[number];
/** `mine`: with my own; only I see it then, whomever else I show it to sees as far as their grants go. */
export const audience = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('workspace') }),
  z.object({ kind: z.literal('team'), id }),
  z.object({ kind: z.literal('mine') }),
]);
export type Audience = z.output<typeof audience>;

/** Why a condition cannot be read, or answered. */
export const problem = z.object({
  problem: z.enum([...syntaxProblems, ...problems]),
  /** What it is about, as it stands there. */
  about: z.string(),
  /** Where the text cannot be read: characters before it. */
  at: z.number().int().optional(),
});
export type Problem = z.output<typeof problem>;

const person = z.object({
  id,
  name: z.string(),
  organization: z.string().nullable(),
  title: z.string().nullable(),
});
export type Person = z.output<typeof person>;

export const segment = z.object({
  id,
  key: z.string(),
  name: z.string(),
  description: z.string(),
  /** A filter keeps itself; into a list one puts people. */
  kind: z.enum(['filter', 'list']),
  filter: z.string(),
  audience: z.object({ kind: z.enum(audienceKinds), id, name: z.string() }),
  shownTo: z.array(z.object({ kind: z.enum(audienceKinds), id, name: z.string() })),
  owner: z.object({ id, name: z.string() }),
  /** I may change it. */
  mine: z.boolean(),
  version: z.number().int(),
  changedAt: instant,
  /** Null: it is being computed. */
  builtAt: instant.nullable(),
  /** It asks for something that is not there, or no longer open to its audience: nobody is in it. */
  problem: problem.nullable(),
  /** How many I may see. Null: my grants open less than it is computed with; its page says how many of them I see. */
  members: z.number().int().nullable(),
});
export type Segment = z.output<typeof segment>;

const day = z.object({
  day: z.iso.date(),
  members: z.number().int(),
  entered: z.number().int(),
  left: z.number().int(),
});

export const fullSegment = segment.extend({
  /** My rights narrow what I see of it: fewer grants, something the filter asks for, or the house rule of ties. */
  narrowed: z.enum(['grants', 'data', 'ties']).nullable(),
  /** How many came and left, day by day; nothing where rights narrow it. */
  days: z.array(day),
});
export type FullSegment = z.output<typeof fullSegment>;

export const listSegments = contract({
  name: 'segments.listSegments',
  method: 'GET',
  path: '/segments',
  summary: 'Segments and lists that I see',
  access: 'member',
  scope: 'contacts:read',
  input: z.object({}),
  output: z.object({ items: z.array(segment) }),
});

export const getSegment = contract({
  name: 'segments.getSegment',
  method: 'GET',
  path: '/segments/:segmentId',
  summary: 'A segment with its trend',
  access: 'member',
  scope: 'contacts:read',
  input: z.object({ segmentId: id }),
  output: fullSegment,
});

export const addSegment = contract({
  name: 'segments.addSegment',
  method: 'POST',
  path: '/segments',
  summary: 'Makes a segment, or a list',
  access: 'member',
  scope: 'workspace:write',
  input: z.object({
    name,
    /** Made of the name where it is left out. */
    key: key.optional(),
    description: text.default(''),
    kind: z.enum(['filter', 'list']),
    /** Of a list: nothing. */
    filter: filter.optional(),
    audience,
    shownTo: z.array(audience).max(50).default([]),
  }),
  output: z.object({ id, key: z.string() }),
  errors: ['conflict', 'forbidden'],
});

export const changeSegment = contract({
  name: 'segments.changeSegment',
  method: 'PATCH',
  path: '/segments/:segmentId',
  summary: 'Changes a segment; who is in it is computed anew',
  access: 'member',
  scope: 'workspace:write',
  input: z.object({
    segmentId: id,
    version: z.number().int(),
    name: name.optional(),
    description: text.optional(),
    filter: filter.optional(),
    shownTo: z.array(audience).max(50).optional(),
  }),
  output: nothing,
  errors: ['not_found', 'conflict'],
});

export const endSegment = contract({
  name: 'segments.endSegment',
  method: 'DELETE',
  path: '/segments/:segmentId',
  summary: 'Puts a segment away; it can be taken back for thirty days',
  access: 'member',
  scope: 'workspace:write',
  input: z.object({ segmentId: id }),
  output: nothing,
  errors: ['not_found'],
});

export const restoreSegment = contract({
  name: 'segments.restoreSegment',
  method: 'POST',
  path: '/segments/:segmentId/restoration',
  summary: 'Takes a segment back',
  access: 'member',
  scope: 'workspace:write',
  input: z.object({ segmentId: id }),
  output: nothing,
  errors: ['not_found', 'conflict'],
});

export const listMembers = contract({
  name: 'segments.listMembers',
  method: 'GET',
  path: '/segments/:segmentId/members',
  summary: 'Who is in a segment, by name, as far as I may see',
  access: 'member',
  scope: 'contacts:read',
  input: z.object({ segmentId: id, ...paging }),
  output: page(person.extend({ since: instant.nullable() })),
  errors: ['not_found'],
});

export const listMovements = contract({
  name: 'segments.listMovements',
  method: 'GET',
  path: '/segments/:segmentId/movements',
  summary: 'Who came into a segment and who left, the newest first',
  access: 'member',
  scope: 'contacts:read',
  input: z.object({ segmentId: id, ...paging }),
  output: page(person.extend({ entered: z.boolean(), at: instant })),
  errors: ['not_found'],
});

export const keepSnapshot = contract({
  name: 'segments.keepSnapshot',
  method: 'POST',
  path: '/segments/:segmentId/snapshots',
  summary: 'Keeps who is in a segment now as a list',
  access: 'member',
  scope: 'workspace:write',
  input: z.object({ segmentId: id, name }),
  output: z.object({ id, key: z.string() }),
  errors: ['not_found', 'conflict'],
});

export const listPeople = contract({
  name: 'segments.listPeople',
  method: 'POST',
  path: '/segments/:segmentId/listed',
  summary: 'Puts people into a list, or takes them out',
  access: 'member',
  scope: 'workspace:write',
  input: z.object({
    segmentId: id,
    add: z.array(id).max(1000).default([]),
    remove: z.array(id).max(1000).default([]),
  }),
  output: nothing,
  errors: ['not_found'],
});

export const compareSegments = contract({
  name: 'segments.compareSegments',
  method: 'GET',
  path: '/segments/comparison',
  summary: 'How many are in several segments, and in two of them at once',
  access: 'member',
  scope: 'contacts:read',
  input: z.object({ ids: z.string().regex(/^[0-9a-f-]{36}(,[0-9a-f-]{36}){1,7}$/) }),
  output: z.object({
    segments: z.array(z.object({ id, name: z.string(), members: z.number().int() })),
    overlaps: z.array(z.object({ a: id, b: id, both: z.number().int() })),
  }),
  errors: ['not_found'],
});

// --- while one edits ---

const namedKey = z.object({ key: z.string(), name: z.string() });
const typed = z.enum(['text', 'number', 'boolean', 'date', 'choice']);

/** What can be named in conditions of an audience. */
export const language = z.object({
  kinds: z.array(
    namedKey.extend({
      hasAmount: z.boolean(),
      properties: z.array(namedKey.extend({ type: typed, choices: z.array(namedKey) })),
    }),
  ),
  attributes: z.array(namedKey.extend({ type: typed, unit: z.string().nullable(), choices: z.array(namedKey) })),
  measures: z.array(namedKey.extend({ unit: z.string() })),
  stages: z.array(namedKey),
  segments: z.array(namedKey),
  topics: z.array(z.object({ fr: z.string(), en: z.string() })),
  /** Stages of opportunities: ours by key, with no name; the company’s own by name. */
  dealStages: z.array(namedKey),
  groups: z.array(namedKey),
});
export type Language = z.output<typeof language>;

export const getLanguage = contract({
  name: 'segments.getLanguage',
  method: 'GET',
  path: '/segments/language',
  summary: 'What conditions may ask for with the grants of an audience',
  access: 'member',
  scope: 'contacts:read',
  input: z.object({ audience: z.enum(['workspace', 'mine', 'team']).default('workspace'), teamId: id.optional() }),
  output: language,
});

export const countFilter = contract({
  name: 'segments.countFilter',
  method: 'POST',
  path: '/segments/count',
  summary: 'How many a condition would find, with some of them: an estimate at once, or exactly',
  access: 'member',
  scope: 'contacts:read',
  input: z.object({ filter, audience, exact: z.boolean().default(false) }),
  output: z.object({
    problem: problem.nullable(),
    /** The text as it is kept; null where it cannot be read. */
    text: z.string().nullable(),
    people: z.number().int(),
    /** Of how many. */
    of: z.number().int(),
    /** Of an estimate, between which numbers it lies 19 times in 20 (Wilson, 1927); null: it is exact. */
    between: z.tuple([z.number().int(), z.number().int()]).nullable(),
    sample: z.array(person),
  }),
  errors: ['forbidden'],
});

export const explainFilter = contract({
  name: 'segments.explainFilter',
  method: 'POST',
  path: '/segments/explanation',
  summary: 'Why somebody is, or would be, in a segment or not',
  access: 'member',
  scope: 'contacts:read',
  input: z.object({ filter, audience, personId: id }),
  output: z.object({
    holds: z.boolean(),
    /** Each part of the condition, outer before inner: its words, how deep it stands, whether it holds, and what is known of what it compares. */
    parts: z.array(
      z.object({ text: z.string(), depth: z.number().int(), holds: z.boolean(), known: z.string().nullable() }),
    ),
  }),
  errors: ['not_found', 'forbidden'],
});

// --- measures and stages ---

const points = z.number().min(-1000).max(1000);
const rule = z.object({ points, filter, why: z.string().trim().max(200).default('') });
export const measureDefinition = z.discriminatedUnion('kind', [
  /** `count(order last 12 months)`. */
  z.object({ kind: z.literal('aggregate'), value: filter }),
  z.object({
    kind: z.literal('score'),
    base: points.default(0),
    least: points.default(0),
    most: points.default(100),
    rules: z.array(rule).max(50),
  }),
]);
export type MeasureDefinition = z.output<typeof measureDefinition>;

const measureEntry = {
  name,
  meaning: text.default(''),
  unit: z.string().trim().max(20).default(''),
  definition: measureDefinition,
};
export const measure = z.object({
  id,
  key: z.string(),
  name: z.string(),
  meaning: z.string(),
  unit: z.string(),
  definition: measureDefinition,
  version: z.number().int(),
  problem: problem.nullable(),
});
export type Measure = z.output<typeof measure>;

export const listMeasures = contract({
  name: 'segments.listMeasures',
  method: 'GET',
  path: '/measures',
  summary: 'Aggregates and scores',
  access: 'member',
  scope: 'workspace:read',
  input: z.object({}),
  output: z.object({ items: z.array(measure) }),
});

export const addMeasure = contract({
  name: 'segments.addMeasure',
  method: 'POST',
  path: '/measures',
  summary: 'Adds an aggregate or a score',
  access: 'marketer',
  scope: 'workspace:write',
  input: z.object({ key, ...measureEntry }),
  output: z.object({ id }),
  errors: ['conflict'],
});

export const changeMeasure = contract({
  name: 'segments.changeMeasure',
  method: 'PUT',
  path: '/measures/:measureId',
  summary: 'Changes an aggregate or a score',
  access: 'marketer',
  scope: 'workspace:write',
  input: z.object({ measureId: id, version: z.number().int(), ...measureEntry }),
  output: nothing,
  errors: ['not_found', 'conflict'],
});

export const removeMeasure = contract({
  name: 'segments.removeMeasure',
  method: 'DELETE',
  path: '/measures/:measureId',
  summary: 'Removes an aggregate or a score; what names it says so',
  access: 'marketer',
  scope: 'workspace:write',
  input: z.object({ measureId: id }),
  output: nothing,
  errors: ['not_found'],
});

export const checkScore = contract({
  name: 'segments.checkScore',
  method: 'POST',
  path: '/measures/:measureId/check',
  summary: 'Holds a score, as it was some days ago, against what came of it since',
  access: 'marketer',
  scope: 'contacts:read',
  input: z.object({ measureId: id, outcome: filter, daysAgo: z.number().int().min(0).max(1100) }),
  output: z.object({
    problem: problem.nullable(),
    tenths: z.array(
      z.object({
        tenth: z.number().int(),
        least: z.number(),
        most: z.number(),
        people: z.number().int(),
        outcomes: z.number().int(),
      }),
    ),
    /** How often somebody with the outcome scored higher than somebody without: 0.5 by chance. Null: nobody, or everybody, has it. */
    auc: z.number().nullable(),
  }),
  errors: ['not_found'],
});

const stage = z.object({ key, name, filter });
export const listStages = contract({
  name: 'segments.listStages',
  method: 'GET',
  path: '/stages',
  summary: 'The stages of life, the first whose condition holds, with how many the company sees there',
  access: 'member',
  scope: 'workspace:read',
  input: z.object({}),
  output: z.object({
    items: z.array(z.object({ key: z.string(), name: z.string(), filter: z.string(), problem: problem.nullable() })),
    /** They are those that every company begins with. */
    usual: z.boolean(),
  }),
});

export const changeStages = contract({
  name: 'segments.changeStages',
  method: 'PUT',
  path: '/stages',
  summary: 'Says what the stages of life are',
  access: 'marketer',
  scope: 'workspace:write',
  input: z.object({ stages: z.array(stage).min(1).max(12) }),
  output: nothing,
});

export const countStages = contract({
  name: 'segments.countStages',
  method: 'GET',
  path: '/stages/counts',
  summary: 'How many people stand in each stage, with the company’s grants',
  access: 'member',
  scope: 'workspace:read',
  input: z.object({}),
  output: z.object({ items: z.array(z.object({ key: z.string(), people: z.number().int() })), none: z.number().int() }),
});

export const describeKnowledge = contract({
  name: 'segments.describeKnowledge',
  method: 'GET',
  path: '/people/:personId/knowledge',
  summary:
    'What is computed of somebody: stage of life, aggregates, scores with their reasons, and the segments they are in',
  access: 'member',
  scope: 'contacts:read',
  input: z.object({ personId: id }),
  output: z.object({
    stage: namedKey.nullable(),
    measures: z.array(
      z.object({
        id,
        key: z.string(),
        kind: z.enum(['aggregate', 'score']),
        name: z.string(),
        unit: z.string(),
        /** Null: not known, or not open to me. */
        value: z.number().nullable(),
        /** Of a score: what it is made of. */
        why: z.array(z.object({ points: z.number(), text: z.string(), holds: z.boolean() })),
      }),
    ),
    segments: z.array(z.object({ id, name: z.string(), since: instant })),
  }),
  errors: ['not_found'],
});
