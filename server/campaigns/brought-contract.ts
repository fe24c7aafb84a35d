import { z } from 'zod';
import { contract, id } from '../kernel/contract.ts';
import { campaignKinds } from '../plan/contract.ts';
import { deeds } from './contract.ts';

/** Days after a message has left in which what its contact does is said to have followed it. */
export const attributionDays = 30;

const whole = z.number().int();
/**
 * What those did to whom messages left, in the days that follow (`attributionDays`): that it came after, not that it came of it. Each contact once in
 * each number; of voices each topic once for a contact. Null: I may see nothing of the kind.
 */
const after = z.object({
  /** Visits and video meetings that were noted and are shared with me. */
  met: whole.nullable(),
  attended: whole.nullable(),
  /** Forms and surveys. */
  answered: whole.nullable(),
  /** Orders, till receipts, and a part in an opportunity that was won and that I see. */
  bought: whole,
  /** On the company's channels that I tend. */
  voices: whole.nullable(),
});
export type After = z.output<typeof after>;

/** What left, and what followed. */
const sums = z.object({
  sent: whole,
  /** To how many contacts. */
  reached: whole,
  bounced: whole,
  unsubscribed: whole,
  /** Null: of so few it would tell of one. */
  replied: whole.nullable(),
  weight: whole,
  /** Null: they are so few that it would tell of one. */
  after: after.nullable(),
});
export type Sums = z.output<typeof sums>;

const broughtBy = z.object({
  campaign: z.object({ id, name: z.string(), kind: z.enum(campaignKinds) }),
  programmeId: id,
  /** To how many contacts its messages left. */
  reached: whole,
  after: after.nullable(),
  /** Of the people it was for; null: they are not known beforehand, as of a scenario, or it has not begun. */
  people: whole.nullable(),
  /** Messages that left, whoever wrote them: letters of its hunt, too. */
  sent: whole,
  bounced: whole,
  unsubscribed: whole,
  /** Whose answer names its message; null: of so few it would tell of one. */
  replied: whole.nullable(),
  /** What it weighed on people, all together. */
  weight: whole,
  /** What those did for whom it was, until its last day of looking; null: it has no list of people. */
  deeds: z.object({ attended: whole, answered: whole, bought: whole }).nullable(),
  /** By how much those it was for did more than those held back, where that is certain. */
  uplift: z.array(z.object({ deed: z.enum(deeds), difference: z.number(), from: z.number(), to: z.number() })),
});
export type BroughtBy = z.output<typeof broughtBy>;
export const getBrought = contract({
  name: 'campaigns.getBrought',
  method: 'GET',
  path: '/plan/programmes/:programmeId/brought',
  summary:
    'What the campaigns and scenarios of a programme brought, as far as it is measured: of those that I handle, the others are left out',
  input: z.object({ programmeId: id }),
  /** `all`: of those that are not too small to be told of. */
  output: z.object({ items: z.array(broughtBy), all: sums }),
  access: 'member',
  scope: 'workspace:read',
});

export const getBroughtToObjective = contract({
  name: 'campaigns.getBroughtToObjective',
  method: 'GET',
  path: '/plan/objectives/:objectiveId/brought',
  summary:
    'What the programmes that serve an objective brought, with their campaigns and scenarios, as far as it is measured: of those that I handle',
  input: z.object({ objectiveId: id }),
  output: z.object({
    programmes: z.array(z.object({ id, all: sums })),
    items: z.array(broughtBy),
    all: sums,
  }),
  access: 'member',
  scope: 'workspace:read',
});
