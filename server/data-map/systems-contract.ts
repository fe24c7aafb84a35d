import { z } from 'zod';
import { itemKinds } from '../collection/contract.ts';
import { fieldGroup } from '../delegation/contract.ts';
import { type FieldGroup, fieldGroups } from '../delegation/field-classes.ts';
import { contract, id, instant, nothing } from '../kernel/contract.ts';

/** Systems that people declare: what no connection shows. */
export const systemKinds = [
  'crm',
  'erp',
  'shop',
  'mailing',
  'support',
  'web',
  'spreadsheet',
  'paper',
  'other',
] as const;
export const systemFreshness = ['live', 'daily', 'weekly', 'monthly', 'rarely', 'unknown'] as const;
export const flowWays = ['automatic', 'file', 'hand'] as const;
export const directions = ['to', 'from'] as const;

/** Groups of fields, as a grant names them. */
export const fieldNames = Object.keys(fieldGroups) as FieldGroup[];

/** The reference itself, where data flows to and from. */
export const reference = 'entregent';

const line = (most: number) =>
  z
    .string()
    .trim()
    .max(most)
    .refine((text) => !text.includes('\u0000'), 'text');

const flow = z.object({
  direction: z.enum(directions),
  /** The reference, or the id of another system. */
  other: z.union([z.literal(reference), id]),
  how: z.enum(flowWays),
  what: line(200).default(''),
});
export type DeclaredFlow = z.output<typeof flow>;

const said = {
  name: line(100).min(1),
  kind: z.enum(systemKinds),
  /** Who answers for it; null: nobody yet. */
  ownerId: id.nullable(),
  note: line(1000).default(''),
  /** What it holds of people. */
  fields: z.array(fieldGroup).max(20).default([]),
  /** About how many people. */
  volume: z.number().int().min(0).max(1_000_000_000).nullable().default(null),
  freshness: z.enum(systemFreshness).default('unknown'),
  flows: z.array(flow).max(40).default([]),
};

const system = z.object({
  ...said,
  id,
  owner: z.string().nullable(),
  version: z.number().int(),
  changedBy: z.string(),
  changedAt: instant,
});
export type System = z.output<typeof system>;

/** What is connected, by kind; numbers in steps of five, null: fewer. */
const connected = z.object({
  /** `source.hubspot`, `use.app`… */
  key: z.string(),
  side: z.enum(['source', 'use']),
  kind: z.string(),
  /** How many of them there are. */
  count: z.number().int().nullable(),
  /** How many cards, messages, answers or rows. */
  items: z.number().int().nullable(),
});
export type Connected = z.output<typeof connected>;

export const getSystems = contract({
  name: 'dataMap.getSystems',
  method: 'GET',
  path: '/data-map/systems',
  summary: 'The company’s systems as declared, what is connected by kind, the flows between them, and what is missing',
  input: nothing,
  output: z.object({
    systems: z.array(system),
    connected: z.array(connected),
    /** Of the people in the reference, how many have what, in hundredths; and which systems hold it besides. */
    fields: z.array(
      z.object({
        group: fieldGroup,
        share: z.number().int(),
        systems: z.array(id),
        /** Held by a system from which nothing flows to the reference. */
        stranded: z.boolean(),
      }),
    ),
    /** What the company wants to know (attributes), and of how many it is known; in steps of five. */
    wanted: z.array(z.object({ name: z.string(), known: z.number().int().nullable() })),
    /** What the collection plan's needs ask for and nothing supplies, or of too few it is known. */
    gaps: z.array(
      z.object({
        need: z.object({ id, name: z.string() }),
        item: z.object({ id, kind: z.enum(itemKinds), name: z.string() }),
        /** No source, no system from which anything flows here, and no mechanism brings it. */
        unsupplied: z.boolean(),
        /** In hundredths: of how many it is to be known, and is; null: not said, not counted. */
        wanted: z.number().int().nullable(),
        share: z.number().nullable(),
      }),
    ),
    /** People in the reference, in steps of five. */
    people: z.number().int().nullable(),
    mayEdit: z.boolean(),
  }),
  access: 'member',
  scope: 'workspace:read',
});

export const addSystem = contract({
  name: 'dataMap.addSystem',
  method: 'POST',
  path: '/data-map/systems',
  summary: 'Declare a system: whose it is, what it holds, where its data flow',
  input: z.object(said),
  output: z.object({ id }),
  access: 'marketer',
  scope: 'workspace:write',
  errors: ['conflict'],
});

export const changeSystem = contract({
  name: 'dataMap.changeSystem',
  method: 'PUT',
  path: '/data-map/systems/:systemId',
  summary: 'Say a system anew; a conflict where somebody else has meanwhile',
  input: z.object({ ...said, systemId: id, version: z.number().int() }),
  output: nothing,
  access: 'marketer',
  scope: 'workspace:write',
  errors: ['conflict'],
});

export const removeSystem = contract({
  name: 'dataMap.removeSystem',
  method: 'DELETE',
  path: '/data-map/systems/:systemId',
  summary: 'Take a system from the map; it can be brought back for 30 days',
  input: z.object({ systemId: id }),
  output: nothing,
  access: 'marketer',
  scope: 'workspace:write',
});

export const restoreSystem = contract({
  name: 'dataMap.restoreSystem',
  method: 'POST',
  path: '/data-map/systems/:systemId/restore',
  summary: 'Bring a system back that was taken from the map',
  input: z.object({ systemId: id }),
  output: nothing,
  access: 'marketer',
  scope: 'workspace:write',
  errors: ['conflict'],
});
