import { z } from 'zod';
import { contract, id, instant, nothing, page, paging } from '../kernel/contract.ts';
import { way } from '../outreach/ways-contract.ts';

/** What a scenario is made of: one document, a graph whose steps name what comes after them. */

const isText = (text: string) => !text.includes('\u0000');
const line = (most: number) => z.string().trim().max(most).refine(isText, 'text');
export const nodeId = z.string().regex(/^[a-z][a-z0-9]{0,15}$/);
/** What comes next; null: nobody has said yet. */
const next = nodeId.nullable();
/** A condition in the language of segments, with the rights of whoever answers for the scenario. */
const filter = z.string().trim().max(20_000).refine(isText, 'text');
/** Hours and minutes on the wall. */
const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);

export const waitUnits = ['minutes', 'hours', 'days', 'weeks'] as const;
const span = z.object({ n: z.number().int().min(1).max(1000), unit: z.enum(waitUnits) });
export type WaitSpan = z.output<typeof span>;

const common = { id: nodeId, name: line(80).default('') };
/** To whom a task goes: who answers for the scenario, who holds the card, or a member. */
export const taskOwners = ['owner', 'holder', 'member'] as const;

export const node = z.discriminatedUnion('kind', [
  z.object({
    ...common,
    kind: z.literal('wait'),
    /** At least so long… */
    for: span.nullable().default(null),
    /**
     * …and then until it is such a day (ISO, Monday is 1; none: any) and time where the person is; or, of who came in by a day of theirs, until that very
     * day and time.
     */
    until: z
      .object({
        weekdays: z.array(z.number().int().min(1).max(7)).max(7).default([]),
        time,
        theirDay: z.boolean().default(false),
      })
      .nullable()
      .default(null),
    next,
  }),
  z.object({ ...common, kind: z.literal('condition'), filter, yes: next, no: next }),
  z.object({
    ...common,
    kind: z.literal('split'),
    parts: z
      .array(z.object({ percent: z.number().int().min(0).max(100), next }))
      .min(2)
      .max(5),
  }),
  z.object({
    ...common,
    kind: z.literal('message'),
    /** A letter waits until whoever answers for the scenario has it made and posted. */
    channel: way.default('email'),
    contentId: id.nullable(),
    /** Which of its versions; it is chosen when the scenario is published. */
    contentVersion: z.number().int().nullable().default(null),
    /** The survey to which the content leads, by a personal link. */
    surveyId: id.nullable().default(null),
    next,
    /** Where those go whom the gate does not let write to, or for whom something is missing; null: on, as the others. */
    refused: next.default(null),
  }),
  z.object({
    ...common,
    kind: z.literal('task'),
    title: line(200),
    note: line(2000).default(''),
    owner: z.enum(taskOwners),
    memberId: id.nullable().default(null),
    dueInDays: z.number().int().min(0).max(365),
    next,
  }),
  z.object({
    ...common,
    kind: z.literal('ask_holder'),
    words: line(1000),
    withinDays: z.number().int().min(1).max(60),
    /** They write themself; it goes on; it is left; they did not answer. */
    write: next,
    go: next,
    leave: next,
    unanswered: next,
  }),
  z.object({
    ...common,
    kind: z.literal('attribute'),
    attribute: z.string().max(63),
    value: z.union([line(500), z.number(), z.boolean(), z.array(line(100)).max(50)]),
    next,
  }),
  z.object({ ...common, kind: z.literal('webhook'), url: line(2000), next }),
  z.object({ ...common, kind: z.literal('goal') }),
  z.object({ ...common, kind: z.literal('exit') }),
]);
export type Node = z.output<typeof node>;
export type NodeKind = Node['kind'];
export const nodeKinds = [
  ...['wait', 'condition', 'split', 'message', 'task', 'ask_holder'],
  ...['attribute', 'webhook', 'goal', 'exit'],
] as NodeKind[];

export const entry = z.discriminatedUnion('kind', [
  /** Who comes into a segment, or leaves it. */
  z.object({ kind: z.literal('segment'), segmentId: id.nullable(), on: z.enum(['enter', 'leave']).default('enter') }),
  /** Whom a fact of a kind is told of, where one of its fields says so. */
  z.object({
    kind: z.literal('fact'),
    fact: z.string().max(63),
    where: z
      .object({ property: z.string().max(63), value: line(200) })
      .nullable()
      .default(null),
  }),
  /** Each year on a day of theirs: their birthday, or an attribute that is a date; so many days before, at a time of their clock. */
  z.object({
    kind: z.literal('date'),
    of: z.string().max(63),
    daysBefore: z.number().int().min(0).max(60).default(0),
    at: time.default('09:00'),
  }),
  /** Whom somebody puts in. */
  z.object({ kind: z.literal('hand') }),
]);
export type Entry = z.output<typeof entry>;

export const definition = z.object({
  entry,
  /** Who has been through comes in again after so many days at the earliest; null: once. */
  again: z.object({ days: z.number().int().min(0).max(3650) }).nullable(),
  /** Of whom this holds has come where the scenario leads: they leave it, before their next step. */
  goal: filter.nullable(),
  start: nodeId.nullable(),
  nodes: z.array(node).max(100),
});
export type Definition = z.output<typeof definition>;

export const problemCodes = [
  'empty',
  'twice',
  'no_next',
  'gone_next',
  'unreachable',
  'circle',
  'no_wait',
  'shares',
  'no_content',
  'content_gone',
  /** It goes by another way than the step. */
  'content_kind',
  'content_stops',
  'content_changed',
  'content_page',
  'no_survey',
  'no_title',
  'no_member',
  'no_attribute',
  'attribute_value',
  'filter',
  'no_segment',
  'segment_gone',
  'no_fact',
  'no_date',
  'url',
] as const;
const problem = z.object({
  /** Null: of the entry or the goal. */
  nodeId: nodeId.nullable(),
  code: z.enum(problemCodes),
  /** A name, a place in a text, or a code of the module that says it. */
  about: z.string(),
});
export type Problem = z.output<typeof problem>;

export const states = ['draft', 'running', 'paused', 'ended'] as const;
/** Why a running scenario stands still. */
export const standstills = ['owner_gone', 'archived', 'unreadable'] as const;

const numbers = z.object({
  /** Those on their way whom I see. */
  inFlight: z.number().int(),
  /** Who came to the goal; null: what tells it rests on what another sees, and it counts as ended. */
  goal: z.number().int().nullable(),
  ended: z.number().int(),
});

const listed = z.object({
  id,
  name: z.string(),
  programme: z.object({ id, name: z.string() }),
  /** Null: nothing is drawn yet. */
  state: z.enum(states).nullable(),
  standstill: z.enum(standstills).nullable(),
  version: z.number().int(),
  ...numbers.shape,
});

export const full = listed.extend({
  edition: z.number().int(),
  draft: definition,
  /** What lets people in now. */
  published: definition.nullable(),
  /** The draft is not what is published. */
  changed: z.boolean(),
  problems: z.array(problem),
  /** What is drawn was approved as it is, contents and all. */
  approved: z.boolean(),
  /** The edition of each content that it sends: with its own edition it is what one who approves has seen. */
  contents: z.array(z.object({ id, name: z.string(), edition: z.number().int() })),
  /** The caller may approve it now. */
  mayApprove: z.boolean(),
  owner: z.object({ id, name: z.string() }),
  purpose: z.string(),
  mine: z.boolean(),
  /** It runs in my name: where its people are, and why, rests on what I see, and is told to nobody else. */
  byMe: z.boolean(),
  /** Those on their way whom I see, by version and step; of versions that run in my name. */
  at: z.array(z.object({ version: z.number().int(), nodeId, people: z.number().int() })),
  /** How often each step went how; of versions that run in my name. */
  passed: z.array(z.object({ nodeId, result: z.string(), times: z.number().int() })),
  /** Calls whose outcome nobody knows, and those that failed. */
  doubts: z.number().int(),
  /** The names of what the definition names, as I see it. */
  names: z.record(z.string(), z.string()),
});
export type FullScenario = z.output<typeof full>;

const one = { scenarioId: id };

export const listScenarios = contract({
  name: 'scenarios.listScenarios',
  method: 'GET',
  path: '/scenarios',
  summary: 'The scenarios of the plan, whether they run, and how many people are on their way',
  input: nothing,
  output: z.object({ items: z.array(listed) }),
  access: 'member',
  scope: 'workspace:read',
});

export const getScenario = contract({
  name: 'scenarios.getScenario',
  method: 'GET',
  path: '/scenarios/:scenarioId',
  summary: 'A scenario: what is drawn, what runs, what stands in the way, and who of those I see is where',
  input: z.object(one),
  output: full,
  access: 'member',
  scope: 'workspace:read',
});

export const saveDraft = contract({
  name: 'scenarios.saveDraft',
  method: 'PUT',
  path: '/scenarios/:scenarioId/draft',
  summary: 'Draw a scenario: for planners and the owner of its programme. What runs stays as it is; approval falls',
  input: z.object({ ...one, edition: z.number().int().min(0), definition }),
  output: z.object({ edition: z.number().int(), problems: z.array(problem) }),
  access: 'member',
  scope: 'workspace:write',
  errors: ['forbidden', 'conflict'],
});

export const approve = contract({
  name: 'scenarios.approve',
  method: 'POST',
  path: '/scenarios/:scenarioId/approval',
  summary:
    'Approve what a scenario does and sends, as one has seen it: its contents are sealed, and exactly this may be published; for whoever may approve, and neither drew nor wrote it',
  input: z.object({
    ...one,
    /** What one has seen: its edition, and that of each content. */
    edition: z.number().int(),
    contents: z.array(z.object({ id, edition: z.number().int() })).max(100),
  }),
  output: z.object({ problems: z.array(problem) }),
  access: 'member',
  scope: 'workspace:write',
  errors: ['forbidden', 'conflict'],
});

export const publish = contract({
  name: 'scenarios.publish',
  method: 'POST',
  path: '/scenarios/:scenarioId/versions',
  summary:
    'Let a draft run, with the rights of whoever owns its programme, who alone may; somebody else has approved it. Those on their way go on by the new version where their step still exists, or stay on theirs',
  input: z.object({
    ...one,
    edition: z.number().int(),
    inFlight: z.enum(['stay', 'move']).default('stay'),
    /** Who is in its segment already comes in, too. */
    takeIn: z.boolean().default(false),
  }),
  output: z.object({ version: z.number().int(), moved: z.number().int(), stayed: z.number().int() }),
  access: 'member',
  scope: 'workspace:write',
  errors: ['forbidden', 'conflict'],
});

export const setState = contract({
  name: 'scenarios.setState',
  method: 'POST',
  path: '/scenarios/:scenarioId/state',
  summary: 'Hold a scenario, let it go on, or end it for all who are on their way',
  input: z.object({ ...one, state: z.enum(['running', 'paused', 'ended']) }),
  output: nothing,
  access: 'member',
  scope: 'workspace:write',
  errors: ['forbidden', 'conflict'],
});

export const results = [
  ...(['entered', 'waited', 'yes', 'no', 'part', 'sent', 'refused', 'aside', 'given', 'asked'] as const),
  ...(['write', 'go', 'leave', 'unanswered', 'set', 'not_set', 'called', 'goal', 'exit'] as const),
  ...(['moved', 'taken_out', 'stopped', 'out_of_sight', 'failed', 'again_later'] as const),
] as const;
export type Result = (typeof results)[number];

/** Why a step went as it did. */
export const said = z.object({
  /** What let them in. */
  occasion: z.enum(['segment', 'fact', 'date', 'hand', 'member']).optional(),
  /** The condition that was asked. */
  filter: z.string().optional(),
  /** Which share, from 0 on, and the number that was drawn. */
  part: z.number().int().optional(),
  drawn: z.number().optional(),
  /** Until when they wait. */
  until: instant.optional(),
  /** Reasons of the gate, or why nothing could be written. */
  reasons: z.array(z.string()).optional(),
  variable: z.string().optional(),
  messageId: id.optional(),
  subject: z.string().optional(),
  taskId: id.optional(),
  effectId: id.optional(),
  memberId: id.optional(),
  version: z.number().int().optional(),
});
export type StepSaid = z.output<typeof said>;

const dryStep = z.object({
  at: instant,
  nodeId: nodeId.nullable(),
  result: z.enum(results),
  said,
});

export const dryRun = contract({
  name: 'scenarios.dryRun',
  method: 'POST',
  path: '/scenarios/:scenarioId/dry-runs',
  summary:
    'Take real persons through what is drawn, over time that is not waited for: what each would get, and when, with the gate’s answer of today. Nothing is written',
  input: z.object({
    ...one,
    /** Left out: what is saved. */
    definition: definition.optional(),
    /** Left out: some of its segment, as I see them. */
    personIds: z.array(id).max(20).optional(),
    /** When they come in; left out: now. */
    at: instant.optional(),
    /** How holders answer. */
    holders: z.enum(['write', 'go', 'leave', 'unanswered']).default('go'),
  }),
  output: z.object({
    problems: z.array(problem),
    people: z.array(
      z.object({
        personId: id,
        name: z.string(),
        steps: z.array(dryStep),
        /** Null: it goes on for longer than two years, or a hundred steps. */
        outcome: z.enum(['goal', 'exit']).nullable(),
      }),
    ),
  }),
  access: 'member',
  scope: 'workspace:read',
  errors: ['forbidden'],
});

export const enter = contract({
  name: 'scenarios.enter',
  method: 'POST',
  path: '/scenarios/:scenarioId/people',
  summary: 'Put people whom I see into a running scenario, as far as they may come in (again)',
  input: z.object({ ...one, personIds: z.array(id).min(1).max(200) }),
  output: z.object({ entered: z.number().int() }),
  access: 'member',
  scope: 'workspace:write',
  errors: ['forbidden', 'conflict'],
});

const traveller = z.object({
  id,
  personId: id,
  name: z.string(),
  version: z.number().int(),
  /** At which step, and when it is due; null: they came there by what another sees. */
  nodeId: nodeId.nullable(),
  dueAt: instant.nullable(),
  /** Their holder is asked. */
  asked: z.boolean(),
  /** `ended`: they came to an end, and to which rests on what another sees. */
  outcome: z.enum(['goal', 'exit', 'ended', 'taken_out', 'stopped', 'out_of_sight', 'failed']).nullable(),
  enteredAt: instant,
  endedAt: instant.nullable(),
});

export const listPeople = contract({
  name: 'scenarios.listPeople',
  method: 'GET',
  path: '/scenarios/:scenarioId/people',
  summary: 'Whom I see of those who are, or were, on their way through a scenario, the last who came in first',
  input: z.object({ ...one, nodeId: nodeId.optional(), done: z.stringbool().optional(), ...paging }),
  output: page(traveller),
  access: 'member',
  scope: 'contacts:read',
  errors: ['forbidden'],
});

export const getPath = contract({
  name: 'scenarios.getPath',
  method: 'GET',
  path: '/scenarios/:scenarioId/people/:journeyId',
  summary:
    'One person’s way through a scenario, step by step, with why each went as it did; for the member in whose name it runs',
  input: z.object({ ...one, journeyId: id }),
  output: z.object({
    traveller,
    steps: z.array(
      z.object({
        no: z.number().int(),
        at: instant,
        version: z.number().int(),
        nodeId,
        kind: z.string(),
        name: z.string(),
        result: z.enum(results),
        said,
      }),
    ),
  }),
  access: 'member',
  scope: 'contacts:read',
  errors: ['forbidden'],
});

export const takeOut = contract({
  name: 'scenarios.takeOut',
  method: 'DELETE',
  path: '/scenarios/:scenarioId/people/:journeyId',
  summary: 'Take somebody out of a scenario',
  input: z.object({ ...one, journeyId: id }),
  output: nothing,
  access: 'member',
  scope: 'workspace:write',
  errors: ['forbidden', 'conflict'],
});

export const readyKeys = ['welcome', 'birthday', 'winback', 'event', 'satisfaction', 'lostdeal', 'selfupdate'] as const;

export const answers = ['write', 'go', 'leave'] as const;
export const listQuestions = contract({
  name: 'scenarios.listQuestions',
  method: 'GET',
  path: '/scenario-questions',
  summary:
    'What scenarios ask me, as who holds the contact: whether I write myself, it goes on, or they are left alone',
  input: nothing,
  output: z.object({
    items: z.array(
      z.object({
        id,
        personId: id,
        name: z.string(),
        words: z.string(),
        scenario: z.string(),
        askedBy: z.string(),
        askedAt: instant,
        expiresAt: instant,
      }),
    ),
  }),
  access: 'member',
  scope: 'contacts:read',
});
export const answerQuestion = contract({
  name: 'scenarios.answerQuestion',
  method: 'POST',
  path: '/scenario-questions/:questionId',
  summary: 'Answer what a scenario asks of a contact that I hold',
  input: z.object({ questionId: id, answer: z.enum(answers) }),
  output: nothing,
  access: 'member',
  scope: 'workspace:write',
  errors: ['conflict'],
});

export const listReady = contract({
  name: 'scenarios.listReady',
  method: 'GET',
  path: '/ready-scenarios',
  summary: 'Scenarios that one may begin from, useful as they are: their keys; their words stand in the catalogue',
  input: nothing,
  output: z.object({
    items: z.array(z.object({ key: z.enum(readyKeys), steps: z.number().int(), mails: z.number().int() })),
  }),
  access: 'member',
  scope: 'workspace:read',
});
export const addReady = contract({
  name: 'scenarios.addReady',
  method: 'POST',
  path: '/ready-scenarios/:key',
  summary:
    'Plan a ready scenario in a programme, drawn in my language, with its mails in both and the segment it asks for: a draft',
  input: z.object({ key: z.enum(readyKeys), programmeId: id }),
  output: z.object({ id }),
  access: 'member',
  scope: 'workspace:write',
  errors: ['forbidden'],
});

export const listEffects = contract({
  name: 'scenarios.listEffects',
  method: 'GET',
  path: '/scenarios/:scenarioId/effects',
  summary: 'Calls of a scenario to other programs that are in doubt, failed or wait, the newest first',
  input: z.object(one),
  output: z.object({
    items: z.array(
      z.object({
        id,
        nodeId,
        host: z.string(),
        state: z.enum(['queued', 'sending', 'sent', 'failed', 'in_doubt', 'cancelled']),
        attempts: z.number().int(),
        answer: z.string().nullable(),
        madeAt: instant,
      }),
    ),
  }),
  access: 'member',
  scope: 'workspace:read',
  errors: ['forbidden'],
});
export const settleEffect = contract({
  name: 'scenarios.settleEffect',
  method: 'POST',
  path: '/scenarios/:scenarioId/effects/:effectId',
  summary: 'Say of a call in doubt, or failed, that it stands as it is, or have it made again with the same key',
  input: z.object({ ...one, effectId: id, as: z.enum(['looked', 'again']) }),
  output: nothing,
  access: 'member',
  scope: 'workspace:write',
  errors: ['forbidden', 'conflict'],
});
