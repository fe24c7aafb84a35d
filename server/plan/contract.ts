import { z } from 'zod';
import { channel, purpose } from '../delegation/contract.ts';
import { contract, id, instant, nothing } from '../kernel/contract.ts';

export const objectiveKinds = ['winning', 'keeping'] as const;
/** Of a segment of the whole company: how many are in it, of how many organisations, or what share they are of all contacts, or of another segment. */
export const stocks = ['members', 'organizations', 'share'] as const;
/**
 * What happens while an objective runs, counted for each reader as far as they may see it, on top of the value it began with: opportunities won, their
 * worth in one currency, orders, forms and surveys answered, meetings noted, attendance at events, voices raised, conversations that customers began.
 */
export const flows = [
  'won',
  'won_amount',
  'purchases',
  'answers',
  'meetings',
  'attendance',
  'voices',
  'conversations',
] as const;
export type Flow = (typeof flows)[number];
/** `hand`: a number that somebody says. */
export const measures = ['hand', ...stocks, ...flows] as const;
export type Measure = (typeof measures)[number];
export const isFlow = (measure: Measure): measure is Flow => (flows as readonly Measure[]).includes(measure);
export const isStock = (measure: Measure): boolean => (stocks as readonly Measure[]).includes(measure);
/** Where an objective stands on its linear path. `unmeasured`: nobody has said or counted anything yet. */
export const standings = ['unmeasured', 'ahead', 'behind', 'reached', 'missed'] as const;
export const colours = ['teal', 'blue', 'violet', 'pink', 'orange', 'olive'] as const;
export const campaignKinds = ['campaign', 'scenario'] as const;
/** How a campaign is made, in this order. */
export const steps = ['brief', 'content', 'check', 'approval', 'scheduled', 'measured'] as const;
export type Step = (typeof steps)[number];
/** Whether I may move a step; if not, why. `four_eyes`: I wrote what is to be approved. */
export const mays = ['yes', 'others', 'order', 'four_eyes', 'day'] as const;
export type May = (typeof mays)[number];

const isText = (text: string) => !text.includes('\u0000');
export const line = (most: number) => z.string().trim().min(1).max(most).refine(isText, 'text');
export const words = (most: number) => z.string().trim().max(most).refine(isText, 'text');
export const day = z.iso.date();
const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);
const weight = z.number().int().min(1).max(5);
const cents = z.number().int().min(0).max(1_000_000_000_00);
const currency = z.string().regex(/^[A-Z]{3}$/);
const figure = z.number().min(-1e12).max(1e12);

export const member = z.object({ id, name: z.string() });
/** A segment as I see it; without a name: it is not shown to me. */
export const segmentRef = z.object({ id, name: z.string().nullable() });
export type SegmentRef = z.output<typeof segmentRef>;

const objective = z.object({
  id,
  name: z.string(),
  kind: z.enum(objectiveKinds),
  why: z.string(),
  measuredBy: z.enum(measures),
  /** What is counted by hand, as in "12 orders". */
  unit: z.string(),
  /** Of what opportunities are worth (ISO 4217). */
  currency: z.string().nullable(),
  segment: segmentRef.nullable(),
  /** Of which segment the share is; null: of all contacts that the company reads. */
  base: segmentRef.nullable(),
  from: z.number(),
  to: z.number(),
  startsOn: day,
  dueOn: day,
  owner: member,
  example: z.boolean(),
  version: z.number().int(),
  /** I may change it. */
  mine: z.boolean(),
  /** The last value, and since when; null: none yet. */
  now: z.object({ value: z.number(), at: instant, saidBy: z.string().nullable() }).nullable(),
  /** I may see nothing of what is counted, and so no number. */
  hidden: z.boolean(),
  /** Where the linear path is today. */
  expected: z.number(),
  standing: z.enum(standings),
  /** At the end of each week, by its Monday; the last two years. */
  trend: z.array(z.object({ week: day, value: z.number() })),
});
export type Objective = z.output<typeof objective>;

const programme = z.object({
  id,
  name: z.string(),
  why: z.string(),
  objectiveIds: z.array(id),
  segment: segmentRef.nullable(),
  target: z.string(),
  priority: weight,
  budgetCents: z.number().int().nullable(),
  currency: z.string(),
  owner: member,
  colour: z.enum(colours),
  startsOn: day.nullable(),
  endsOn: day.nullable(),
  example: z.boolean(),
  version: z.number().int(),
  mine: z.boolean(),
});
export type Programme = z.output<typeof programme>;

const campaign = z.object({
  id,
  programmeId: id,
  kind: z.enum(campaignKinds),
  name: z.string(),
  purpose,
  segment: segmentRef.nullable(),
  target: z.string(),
  channel,
  plannedOn: day.nullable(),
  plannedTime: time.nullable(),
  priority: weight,
  budgetCents: z.number().int().nullable(),
  beganOn: day.nullable(),
  endedOn: day.nullable(),
  spentCents: z.number().int().nullable(),
  brought: z.string(),
  example: z.boolean(),
  version: z.number().int(),
  /** The first step that is not done; null: all are. */
  step: z.enum(steps).nullable(),
  /** Whose turn that is, and until when. */
  responsible: member.nullable(),
  dueOn: day.nullable(),
  /** I may change it: a planner, or the owner of its programme. */
  mine: z.boolean(),
  /** Something of it is for me to do: it is mine, or I answer for one of its steps. */
  forMe: z.boolean(),
});
export type Campaign = z.output<typeof campaign>;

const stepState = z.object({
  step: z.enum(steps),
  responsible: member.nullable(),
  dueOn: day.nullable(),
  done: z.object({ at: instant, by: z.string().nullable() }).nullable(),
  may: z.enum(mays),
});
export type StepState = z.output<typeof stepState>;

export const acts = [
  'made',
  'done',
  'reopened',
  'given',
  'brief',
  'changed',
  'day',
  'outcome',
  'archived',
  'restored',
] as const;
const move = z.object({
  id,
  act: z.enum(acts),
  step: z.enum(steps).nullable(),
  /** Null: the product itself. */
  by: z.string().nullable(),
  at: instant,
  /** The one member of the workspace approved what they wrote themself. */
  alone: z.boolean(),
  to: z.string().nullable(),
  /** Until when a step was given; to which day a campaign was moved. */
  day: day.nullable(),
  /** From which day it was moved. */
  from: day.nullable(),
  words: z.string().nullable(),
});
export type Move = z.output<typeof move>;

const fullCampaign = campaign.extend({
  brief: z.string(),
  /** I may write the brief: it is mine, or I answer for it. */
  mayBrief: z.boolean(),
  steps: z.array(stepState),
  history: z.array(move),
});
export type FullCampaign = z.output<typeof fullCampaign>;

export const getPlan = contract({
  name: 'plan.getPlan',
  method: 'GET',
  path: '/plan',
  summary: 'The plan: objectives with their figures, the programmes that serve them, their campaigns and scenarios',
  input: z.object({ archived: z.stringbool().default(false) }),
  output: z.object({
    objectives: z.array(objective),
    programmes: z.array(programme),
    campaigns: z.array(campaign),
    /** Moments of truth with the programme that serves each. */
    moments: z.array(z.object({ id, journeyId: id, name: z.string(), programmeId: id.nullable() })),
    /** I may add objectives, programmes and journeys. */
    mayPlan: z.boolean(),
    /** Something of the example stands as it came. */
    example: z.boolean(),
  }),
  access: 'member',
  scope: 'workspace:read',
});

export const saveObjective = contract({
  name: 'plan.saveObjective',
  method: 'PUT',
  path: '/plan/objectives',
  summary: 'Write down an objective, or change one: what is measured, from which value to which, by when',
  input: z.object({
    objectiveId: id.optional(),
    /** Of what is changed. */
    version: z.number().int().optional(),
    name: line(120),
    kind: z.enum(objectiveKinds),
    why: words(2000).default(''),
    measuredBy: z.enum(measures),
    unit: words(30).default(''),
    currency: currency.nullable().default(null),
    segmentId: id.nullable().default(null),
    baseSegmentId: id.nullable().default(null),
    from: figure,
    to: figure,
    startsOn: day,
    dueOn: day,
    /** Left out: me. */
    ownerId: id.optional(),
  }),
  output: z.object({ id }),
  access: 'member',
  scope: 'workspace:write',
  errors: ['forbidden', 'conflict'],
});

export const recordFigure = contract({
  name: 'plan.recordFigure',
  method: 'POST',
  path: '/plan/objectives/:objectiveId/figures',
  summary: 'Say where an objective stands that is measured by hand; the last word of a week stands for it',
  input: z.object({
    objectiveId: id,
    /** A day of the week it is said of. */
    day,
    /** Null: what was said of that week is taken back. */
    value: figure.nullable(),
  }),
  output: z.object({
    /** What was said of that week before. */
    before: z.number().nullable(),
  }),
  access: 'member',
  scope: 'workspace:write',
  errors: ['forbidden'],
});

export const saveProgramme = contract({
  name: 'plan.saveProgramme',
  method: 'PUT',
  path: '/plan/programmes',
  summary: 'Write down a programme with the objectives that it serves, or change one',
  input: z.object({
    programmeId: id.optional(),
    version: z.number().int().optional(),
    name: line(120),
    why: words(2000).default(''),
    objectiveIds: z.array(id).max(20),
    segmentId: id.nullable().default(null),
    target: words(200).default(''),
    priority: weight.default(3),
    budgetCents: cents.nullable().default(null),
    currency: currency.default('EUR'),
    ownerId: id.optional(),
    colour: z.enum(colours).default('teal'),
    startsOn: day.nullable().default(null),
    endsOn: day.nullable().default(null),
  }),
  output: z.object({ id }),
  access: 'member',
  scope: 'workspace:write',
  errors: ['forbidden', 'conflict'],
});

export const saveCampaign = contract({
  name: 'plan.saveCampaign',
  method: 'PUT',
  path: '/plan/campaigns',
  summary: 'Plan a campaign or scenario of a programme, or change one',
  input: z.object({
    campaignId: id.optional(),
    version: z.number().int().optional(),
    programmeId: id,
    kind: z.enum(campaignKinds).default('campaign'),
    name: line(120),
    purpose,
    segmentId: id.nullable().default(null),
    target: words(200).default(''),
    channel,
    plannedOn: day.nullable().default(null),
    plannedTime: time.nullable().default(null),
    priority: weight.default(3),
    budgetCents: cents.nullable().default(null),
  }),
  output: z.object({ id }),
  access: 'member',
  scope: 'workspace:write',
  errors: ['forbidden', 'conflict'],
});

export const getCampaign = contract({
  name: 'plan.getCampaign',
  method: 'GET',
  path: '/plan/campaigns/:campaignId',
  summary: 'A campaign or scenario with its brief, its production step by step, and who moved what',
  input: z.object({ campaignId: id }),
  output: fullCampaign,
  access: 'member',
  scope: 'workspace:read',
});

const oneCampaign = { campaignId: id, version: z.number().int() };

export const writeBrief = contract({
  name: 'plan.writeBrief',
  method: 'PUT',
  path: '/plan/campaigns/:campaignId/brief',
  summary: 'Write the brief of a campaign: for planners, the owner of its programme, and who answers for the brief',
  input: z.object({ ...oneCampaign, brief: words(20_000) }),
  output: fullCampaign,
  access: 'member',
  scope: 'workspace:write',
  errors: ['forbidden', 'conflict'],
});

export const moveDay = contract({
  name: 'plan.moveDay',
  method: 'POST',
  path: '/plan/campaigns/:campaignId/day',
  summary: 'Move a campaign to another day, or off the calendar',
  input: z.object({ ...oneCampaign, plannedOn: day.nullable() }),
  output: fullCampaign,
  access: 'member',
  scope: 'workspace:write',
  errors: ['forbidden', 'conflict'],
});

export const giveStep = contract({
  name: 'plan.giveStep',
  method: 'PUT',
  path: '/plan/campaigns/:campaignId/steps/:step',
  summary: 'Say who answers for a step of a campaign, and until when: it becomes a task of theirs',
  input: z.object({
    campaignId: id,
    step: z.enum(steps),
    responsibleId: id.nullable(),
    dueOn: day.nullable(),
  }),
  output: fullCampaign,
  access: 'member',
  scope: 'workspace:write',
  errors: ['forbidden'],
});

export const moveStep = contract({
  name: 'plan.moveStep',
  method: 'POST',
  path: '/plan/campaigns/:campaignId/steps/:step/moves',
  summary:
    'Say that a step is done, or open it again with all after it: for who answers for it, the owner of the programme, and admins. Nobody approves what they wrote',
  input: z.object({
    campaignId: id,
    step: z.enum(steps),
    done: z.boolean(),
    words: words(1000).default(''),
  }),
  output: fullCampaign,
  access: 'member',
  scope: 'workspace:write',
  errors: ['forbidden', 'conflict'],
});

export const reportOutcome = contract({
  name: 'plan.reportOutcome',
  method: 'PUT',
  path: '/plan/campaigns/:campaignId/outcome',
  summary: 'Say what happened: when a campaign began and ended, what it cost, what it brought',
  input: z.object({
    ...oneCampaign,
    beganOn: day.nullable(),
    endedOn: day.nullable(),
    spentCents: cents.nullable(),
    brought: words(2000),
  }),
  output: fullCampaign,
  access: 'member',
  scope: 'workspace:write',
  errors: ['forbidden', 'conflict'],
});

export const parts = ['objective', 'programme', 'campaign'] as const;
export const setArchived = contract({
  name: 'plan.setArchived',
  method: 'POST',
  path: '/plan/archived',
  summary: 'Put an objective, a programme with its campaigns, or a campaign into the archive, or take it back',
  input: z.object({ part: z.enum(parts), id, archived: z.boolean() }),
  output: nothing,
  access: 'member',
  scope: 'workspace:write',
  errors: ['forbidden'],
});

export const addExample = contract({
  name: 'plan.addExample',
  method: 'POST',
  path: '/plan/example',
  summary: 'Begin an empty plan with an example in my language: two objectives, four programmes, a journey',
  input: nothing,
  output: nothing,
  access: 'marketer',
  scope: 'workspace:write',
  errors: ['conflict'],
});

export const archiveExample = contract({
  name: 'plan.archiveExample',
  method: 'POST',
  path: '/plan/example/archived',
  summary: 'Put what stands of the example as it came into the archive, or take it back',
  input: z.object({ archived: z.boolean() }),
  output: nothing,
  access: 'marketer',
  scope: 'workspace:write',
});
