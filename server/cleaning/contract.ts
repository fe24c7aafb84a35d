import { z } from 'zod';
import { fieldKind } from '../cards/contract.ts';
import { contract, id, instant, nothing } from '../kernel/contract.ts';

export const ruleIds = ['name_case', 'phone_format', 'postal', 'duplicates', 'impossible', 'dead_titles'] as const;
export type RuleId = (typeof ruleIds)[number];
/** Why a value is to go. */
export const reasons = [
  'twice',
  'future',
  'too_old',
  'no_address',
  'no_domain',
  'other_department',
  'no_title',
] as const;

/** Days for which a run can be undone. */
export const undoableDays = 30;
/** Cards that a preview looks at; of more, it counts these. */
export const mostPreviewed = 20_000;

const rule = z.enum(ruleIds);

const sample = z.object({
  cardId: id,
  fieldNo: z.number().int(),
  name: z.string(),
  kind: fieldKind,
  before: z.string(),
  /** Null: it goes. */
  after: z.string().nullable(),
  why: z.enum(reasons).nullable(),
});
export type Sample = z.output<typeof sample>;

export const preview = contract({
  name: 'cleaning.preview',
  method: 'GET',
  path: '/cleaning/:rule',
  summary: 'What a rule would change on the cards that I hold or look after, with samples; nothing is changed',
  input: z.object({ rule, bookId: id.optional() }),
  output: z.object({
    /** Cards that were looked at, those to be changed, and the values on them. */
    lookedAt: z.number().int(),
    cards: z.number().int(),
    values: z.number().int(),
    /** There are more cards than were looked at. */
    more: z.boolean(),
    samples: z.array(sample),
  }),
  access: 'member',
  scope: 'contacts:read',
});

const run = z.object({
  id,
  rule,
  bookId: id.nullable(),
  state: z.enum(['running', 'done', 'cancelled', 'undoing', 'undone']),
  lookedAt: z.number().int(),
  /** Cards that were changed. */
  changed: z.number().int(),
  /** Values that undoing left alone, because they were changed since. */
  leftAlone: z.number().int(),
  startedAt: instant,
  doneAt: instant.nullable(),
  undoableUntil: instant.nullable(),
});
export type Run = z.output<typeof run>;

export const startRun = contract({
  name: 'cleaning.startRun',
  method: 'POST',
  path: '/cleaning/:rule/runs',
  summary: 'Have a rule put my cards in order, as corrections of mine; each card keeps its original and its history',
  input: z.object({ rule, bookId: id.optional() }),
  output: run,
  access: 'member',
  scope: 'contacts:write',
  errors: ['already_running'],
});
export const listRuns = contract({
  name: 'cleaning.listRuns',
  method: 'GET',
  path: '/cleaning',
  summary: 'My last runs, the newest first',
  input: nothing,
  output: z.object({ items: z.array(run) }),
  access: 'member',
  scope: 'contacts:read',
});
export const cancelRun = contract({
  name: 'cleaning.cancelRun',
  method: 'POST',
  path: '/cleaning/runs/:runId/cancel',
  summary: 'Stop a run where it has come to; what it changed can be undone',
  input: z.object({ runId: id }),
  output: nothing,
  access: 'member',
  scope: 'contacts:write',
});
export const undoRun = contract({
  name: 'cleaning.undoRun',
  method: 'POST',
  path: '/cleaning/runs/:runId/undo',
  summary: 'Put back all that a run changed, within 30 days; what was changed since is left as it is',
  input: z.object({ runId: id }),
  output: nothing,
  access: 'member',
  scope: 'contacts:write',
  errors: ['not_undoable'],
});

export const setException = contract({
  name: 'cleaning.setException',
  method: 'PUT',
  path: '/cleaning/:rule/exceptions',
  summary: 'Have a rule leave a value of a card of mine alone, as long as it stands as it does; or no more',
  input: z.object({ rule, cardId: id, fieldNo: z.number().int(), leave: z.boolean() }),
  output: nothing,
  access: 'member',
  scope: 'contacts:write',
});
