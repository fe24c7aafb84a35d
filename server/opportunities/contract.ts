import { z } from 'zod';
import { contract, id, instant, nothing, page, paging } from '../kernel/contract.ts';
import { roles } from '../relations/contract.ts';

/** Stages that every workspace begins with, said in the reader's language until an admin renames them. */
export const stageKeys = ['lead', 'qualified', 'proposal', 'negotiation'] as const;

const probability = z.number().int().min(0).max(100);
const stageName = z.string().trim().min(1).max(80);

export const stage = z.object({
  id,
  /** One of those that every workspace begins with, not renamed: its name is the reader's language's. */
  key: z.enum(stageKeys).nullable(),
  name: z.string().nullable(),
  /** How likely what stands here is won, 0 to 100. */
  probability,
  /** Nothing goes there any more; what stands there stays. */
  ended: z.boolean(),
});
export type Stage = z.output<typeof stage>;

export const reasons = {
  won: ['price', 'offer', 'relationship', 'trust', 'timing', 'incumbent', 'other'],
  lost: ['price', 'offer', 'relationship', 'timing', 'budget', 'competitor', 'no_decision', 'no_answer', 'other'],
} as const;
export type Reason = (typeof reasons)['won' | 'lost'][number];
const reason = z.enum([...new Set([...reasons.won, ...reasons.lost])] as [Reason, ...Reason[]]);

export const outcome = z.enum(['won', 'lost']);
export type Outcome = z.output<typeof outcome>;

/** The most that one is worth: a hundred thousand million, in hundredths. Beyond it somebody mistyped. */
export const maxCents = 10_000_000_000_000;
/** In hundredths of the currency (ISO 4217), whatever its own smallest coin. */
const value = z.object({
  cents: z.number().int().min(0).max(maxCents),
  currency: z.string().regex(/^[A-Z]{3}$/),
});
export type Value = z.output<typeof value>;

/** Years within which dates of opportunities lie: others are slips of the hand. */
const day = z.iso.date().refine((date) => date >= '1970-01-01' && date <= '2199-12-31', 'date');

/** Who sees an opportunity beside its owner. */
export const visibility = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('owner') }),
  z.object({ kind: z.literal('team'), teamId: id }),
  z.object({ kind: z.literal('workspace') }),
]);
export type Visibility = z.output<typeof visibility>;

const member = z.object({ id, name: z.string() });

export const opportunity = z.object({
  id,
  name: z.string(),
  /** The organisation, `id` where I may see it; else by the name that was typed, which may be empty. */
  organization: z.object({ id: id.nullable(), name: z.string() }),
  stageId: id,
  value: value.nullable(),
  expectedOn: z.iso.date().nullable(),
  openedOn: z.iso.date(),
  closedOn: z.iso.date().nullable(),
  outcome: outcome.nullable(),
  owner: member,
  /** How many persons that I may see have a part in it. */
  people: z.number().int(),
  version: z.number().int(),
});
export type Opportunity = z.output<typeof opportunity>;

const role = z.enum(roles);
export const participant = z.object({
  person: z.object({ id, name: z.string() }),
  roles: z.array(role),
  addedBy: member,
});
export type Participant = z.output<typeof participant>;

export const move = z.object({
  kind: z.enum(['opened', 'moved', 'won', 'lost', 'reopened']),
  from: id.nullable(),
  to: id.nullable(),
  reasons: z.array(reason),
  note: z.string(),
  member,
  at: instant,
});
export type Move = z.output<typeof move>;

export const fullOpportunity = opportunity.extend({
  note: z.string(),
  visibility: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('owner') }),
    z.object({ kind: z.literal('team'), teamId: id, name: z.string() }),
    z.object({ kind: z.literal('workspace') }),
  ]),
  /** I may hand it on, say who sees it and remove it. */
  mine: z.boolean(),
  reasons: z.array(reason),
  outcomeNote: z.string(),
  /** Once it is lost: when somebody has a word with its people that asks for nothing. */
  wordDueOn: z.iso.date().nullable(),
  /** The product whose file it came by, its id there, and what the row said: that for who imported it alone, since it may name people. */
  source: z
    .object({
      kind: z.string(),
      externalId: z.string().nullable(),
      cells: z.array(z.tuple([z.string(), z.string()])),
      /** Since when it stands there no more; null: it does, or a file said it. */
      endedAt: instant.nullable(),
    })
    .nullable(),
  /** Who changed it last, and when; null: it is as it was written down. */
  changed: z.object({ by: member, at: instant }).nullable(),
  participants: z.array(participant),
  moves: z.array(move),
});
export type FullOpportunity = z.output<typeof fullOpportunity>;

export const listStages = contract({
  name: 'opportunities.listStages',
  method: 'GET',
  path: '/opportunity-stages',
  summary: 'The stages of the workspace in order, those last that nothing goes to any more',
  input: nothing,
  output: z.object({ items: z.array(stage) }),
  access: 'member',
  scope: 'contacts:read',
});

export const saveStages = contract({
  name: 'opportunities.saveStages',
  method: 'PUT',
  path: '/opportunity-stages',
  summary: 'Say which stages there are, in order; nothing goes to one left out any more, and what stands there stays',
  input: z.object({
    stages: z
      .array(
        z.object({
          /** Left out: a new one. */
          id: id.optional(),
          /** Left out: as it is called now. */
          name: stageName.optional(),
          probability,
        }),
      )
      .min(1)
      .max(30),
  }),
  output: z.object({ items: z.array(stage) }),
  access: 'admin',
  scope: 'workspace:write',
  errors: ['conflict'],
});

/** Which opportunities: `mine` are those that I own, `team` those of my teams. */
const which = {
  state: z.enum(['open', 'won', 'lost']).default('open'),
  whose: z.enum(['mine', 'team', 'all']).default('all'),
  /** Part of its name or of its organisation's. */
  q: z.string().trim().max(200).optional(),
};

export const listOpportunities = contract({
  name: 'opportunities.listOpportunities',
  method: 'GET',
  path: '/opportunities',
  summary: 'Opportunities that I may see: the open ones by the day they are expected, the closed ones from the last on',
  input: z.object({
    ...paging,
    ...which,
    stageId: id.optional(),
    /** In which this person or organisation has a part. */
    personId: id.optional(),
  }),
  output: page(opportunity),
  access: 'member',
  scope: 'contacts:read',
});

export const getSums = contract({
  name: 'opportunities.getSums',
  method: 'GET',
  path: '/opportunities/sums',
  summary: 'How many there are and what they are worth, by stage and currency; currencies are never added up',
  input: z.object(which),
  output: z.object({
    items: z.array(
      z.object({
        stageId: id,
        /** Null: those without a value. */
        currency: z.string().nullable(),
        count: z.number().int(),
        cents: z.number().int(),
        /** By the probability of the stage. */
        likelyCents: z.number().int(),
      }),
    ),
  }),
  access: 'member',
  scope: 'contacts:read',
});

export const getOpportunity = contract({
  name: 'opportunities.getOpportunity',
  method: 'GET',
  path: '/opportunities/:opportunityId',
  summary: 'An opportunity with its people, as far as I may see them, and what became of it step by step',
  input: z.object({ opportunityId: id }),
  output: fullOpportunity,
  access: 'member',
  scope: 'contacts:read',
});

const said = {
  name: z.string().trim().min(1).max(300),
  /** The organisation's id in my contacts; null: by its name alone. */
  organizationId: id.nullable(),
  organizationName: z.string().trim().max(300),
  value: value.nullable(),
  expectedOn: day.nullable(),
  openedOn: day,
  note: z.string().trim().max(10_000),
  ownerId: id,
  visibility,
};
const optional = z.object(said).partial().shape;

export const createOpportunity = contract({
  name: 'opportunities.createOpportunity',
  method: 'POST',
  path: '/opportunities',
  summary: 'Write an opportunity down; nobody else sees it unless that is said',
  input: z.object({ ...optional, name: said.name, stageId: id.optional() }),
  output: fullOpportunity,
  access: 'member',
  scope: 'contacts:write',
});

/** As it was read: who changes an older one is answered `conflict`, and nothing is changed. */
const version = z.number().int().min(1);

export const updateOpportunity = contract({
  name: 'opportunities.updateOpportunity',
  method: 'PATCH',
  path: '/opportunities/:opportunityId',
  summary: 'Change what is said of an opportunity; its owner, and admins who see it, hand it on and say who sees it',
  input: z.object({ opportunityId: id, version, ...optional }),
  output: z.object({
    /** Null: it is handed on, and I do not see it any more. */
    opportunity: fullOpportunity.nullable(),
  }),
  access: 'member',
  scope: 'contacts:write',
  errors: ['conflict', 'forbidden'],
});

export const moveOpportunity = contract({
  name: 'opportunities.moveOpportunity',
  method: 'POST',
  path: '/opportunities/:opportunityId/move',
  summary: 'Move an open opportunity to another stage',
  input: z.object({ opportunityId: id, version, stageId: id }),
  output: fullOpportunity,
  access: 'member',
  scope: 'contacts:write',
  errors: ['conflict'],
});

export const closeOpportunity = contract({
  name: 'opportunities.closeOpportunity',
  method: 'POST',
  path: '/opportunities/:opportunityId/close',
  summary:
    'Say that an opportunity is won or lost, and why; the people of a lost one are kept warm by a task for its owner',
  input: z.object({
    opportunityId: id,
    version,
    outcome,
    reasons: z.array(reason).max(10).default([]),
    note: z.string().trim().max(5000).default(''),
    closedOn: day.optional(),
    /** Of a lost one: in how many months its owner is to have an informal word, and with whom; null: no such task. */
    word: z
      .object({ months: z.number().int().min(1).max(24).default(3), personId: id.optional() })
      .nullable()
      .default({ months: 3 }),
  }),
  output: fullOpportunity,
  access: 'member',
  scope: 'contacts:write',
  errors: ['conflict'],
});

export const reopenOpportunity = contract({
  name: 'opportunities.reopenOpportunity',
  method: 'POST',
  path: '/opportunities/:opportunityId/reopen',
  summary: 'Open a closed opportunity again, at the stage where it stood',
  input: z.object({ opportunityId: id, version }),
  output: fullOpportunity,
  access: 'member',
  scope: 'contacts:write',
  errors: ['conflict'],
});

/** Days for which what was removed can be brought back. */
export const restorableFor = 30;

export const removeOpportunity = contract({
  name: 'opportunities.removeOpportunity',
  method: 'DELETE',
  path: '/opportunities/:opportunityId',
  summary: `Take an opportunity out of sight, restorable for ${restorableFor} days; its people stay as they are`,
  input: z.object({ opportunityId: id }),
  output: nothing,
  access: 'member',
  scope: 'contacts:write',
  errors: ['forbidden'],
});

export const restoreOpportunity = contract({
  name: 'opportunities.restoreOpportunity',
  method: 'POST',
  path: '/opportunities/:opportunityId/restore',
  summary: 'Bring a removed opportunity back',
  input: z.object({ opportunityId: id }),
  output: fullOpportunity,
  access: 'member',
  scope: 'contacts:write',
  errors: ['forbidden'],
});

export const setParticipant = contract({
  name: 'opportunities.setParticipant',
  method: 'PUT',
  path: '/opportunities/:opportunityId/people/:personId',
  summary: 'Say that a person has a part in an opportunity, and which; their holder is told where others see it',
  input: z.object({ opportunityId: id, personId: id, roles: z.array(role).max(roles.length) }),
  output: fullOpportunity,
  access: 'member',
  scope: 'contacts:write',
  errors: ['conflict'],
});

export const removeParticipant = contract({
  name: 'opportunities.removeParticipant',
  method: 'DELETE',
  path: '/opportunities/:opportunityId/people/:personId',
  summary: 'Say that a person has no part in an opportunity',
  input: z.object({ opportunityId: id, personId: id }),
  output: fullOpportunity,
  access: 'member',
  scope: 'contacts:write',
});

/** What a column of a file holds. */
export const target = z.enum([
  'name',
  'organization',
  'contact',
  'email',
  'stage',
  'outcome',
  'amount',
  'currency',
  'expectedOn',
  'openedOn',
  'closedOn',
  'owner',
  'reason',
  'note',
  'externalId',
  'ignore',
]);
export type Target = z.output<typeof target>;

/** The most octets and lines of a file of opportunities. */
export const limits = { octets: 20 * 2 ** 20, lines: 20_000 };

const file = {
  fileName: z.string().min(1).max(255),
  /** The file (CSV, TSV, XLSX), in base64. Nothing of it is kept but what is imported. */
  content: z.base64().max(Math.ceil(limits.octets / 3) * 4),
  /** What the columns hold, in order, where it was guessed wrong. */
  targets: z.array(target).max(500).optional(),
  /** Of amounts without one. */
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .optional(),
  /** Whether 03/04/2026 is the third of April; else it is the fourth of March. */
  dayFirst: z.boolean().optional(),
};

/** What was not understood on a line of the file, and what stands there. What is said besides is imported; the row is kept as it is. */
export const lineProblem = z.object({
  line: z.number().int(),
  code: z.enum([
    'no_name',
    'bad_amount',
    'negative_amount',
    'absurd_amount',
    'bad_currency',
    'bad_date',
    'dates_reversed',
    'too_long',
  ]),
  text: z.string(),
});
export type LineProblem = z.output<typeof lineProblem>;

export const readImport = contract({
  name: 'opportunities.readImport',
  method: 'POST',
  path: '/opportunity-imports/read',
  summary: 'Say what would be understood of a file of opportunities; nothing is written',
  input: z.object(file),
  output: z.object({
    /** The product that wrote it: hubspot, salesforce, pipedrive, entregent, or "table". */
    source: z.string(),
    columns: z.array(z.object({ header: z.string(), target, examples: z.array(z.string()) })),
    currency: z.string(),
    dayFirst: z.boolean(),
    lines: z.number().int(),
    new: z.number().int(),
    changed: z.number().int(),
    unchanged: z.number().int(),
    /** Names of stages in the file that are not ours, and how often; `stageId`: the one that looks like it. */
    stages: z.array(z.object({ name: z.string(), count: z.number().int(), stageId: id.nullable() })),
    organizations: z.object({ found: z.number().int(), typed: z.number().int() }),
    contacts: z.object({ found: z.number().int(), typed: z.number().int() }),
    owners: z.object({ found: z.number().int(), typed: z.number().int() }),
    rows: z.array(
      z.object({
        line: z.number().int(),
        name: z.string(),
        organization: z.string(),
        stage: z.string(),
        value: value.nullable(),
        outcome: outcome.nullable(),
        closesOn: z.string().nullable(),
      }),
    ),
    problems: z.array(lineProblem),
    /** All of them, where the list is cut. */
    problemCount: z.number().int(),
  }),
  access: 'member',
  scope: 'imports:write',
  bodyLimit: 32 * 2 ** 20,
});

export const importRecord = z.object({
  id,
  fileName: z.string(),
  source: z.string(),
  created: z.number().int(),
  updated: z.number().int(),
  unchanged: z.number().int(),
  problems: z.array(lineProblem),
  at: instant,
  undoneAt: instant.nullable(),
  /** Until when it can be undone; null: it brought nothing, is undone, or too long ago. */
  undoableUntil: instant.nullable(),
});
export type ImportRecord = z.output<typeof importRecord>;

export const runImport = contract({
  name: 'opportunities.runImport',
  method: 'POST',
  path: '/opportunity-imports',
  summary: 'Import a file of opportunities; the same file again changes nothing',
  input: z.object({
    ...file,
    /** Who sees what is new; where others do, members named as owners own theirs. */
    visibility: visibility.default({ kind: 'owner' }),
    /** Where names of stages in the file stand for ours. A new one is added by admins; what is not named goes to the first. */
    stages: z
      .array(z.object({ name: z.string().max(300), stageId: id.nullable() }))
      .max(200)
      .default([]),
  }),
  output: importRecord,
  access: 'member',
  scope: 'imports:write',
  bodyLimit: 32 * 2 ** 20,
  errors: ['forbidden', 'conflict'],
});

export const listImports = contract({
  name: 'opportunities.listImports',
  method: 'GET',
  path: '/opportunity-imports',
  summary: 'Files of opportunities that I imported, the last first',
  input: z.object(paging),
  output: page(importRecord),
  access: 'member',
  scope: 'contacts:read',
});

export const countBrought = contract({
  name: 'opportunities.countBrought',
  method: 'GET',
  path: '/connections/:connectionId/opportunities',
  summary: 'How many opportunities a connection of mine has brought that are in sight',
  input: z.object({ connectionId: id }),
  output: z.object({ here: z.number().int() }),
  access: 'member',
  scope: 'contacts:read',
});

export const undoImport = contract({
  name: 'opportunities.undoImport',
  method: 'POST',
  path: '/opportunity-imports/:importId/undo',
  summary:
    'Take what an import brought out of sight, and what it changed back to what it was where nobody has changed it since',
  input: z.object({ importId: id }),
  output: importRecord,
  access: 'member',
  scope: 'imports:write',
  errors: ['not_undoable'],
});
