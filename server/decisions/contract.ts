import { z } from 'zod';
import { channelKind } from '../conversations/contract.ts';
import { contract, id, instant, nothing, page, paging } from '../kernel/contract.ts';
import { aspect, noTopic, origin, tone } from '../voices/contract.ts';

const names = z.object({ fr: z.string(), en: z.string() });
const member = z.object({ id, name: z.string() });

/** Fewer are never enough: everybody in the company hears that a threshold was reached, and of so few it would be known who they are. */
export const leastPeople = 5;

export const threshold = z.object({
  tone: z.enum(['negative', 'any']),
  people: z.number().int().min(leastPeople).max(100_000),
  /** Of so many organisations at least; 0: whatever. */
  accounts: z.number().int().min(0).max(100_000),
  /** Open and won opportunities with them, in hundredths of the currency; 0: whatever. */
  cents: z.number().int().min(0).max(1_000_000_000_000),
  currency: z.string().regex(/^[A-Z]{3}$/),
  /** Within so many days. */
  days: z.number().int().min(1).max(365),
  /** Who decides; null: admins. */
  teamId: id.nullable(),
  /** No case is opened. */
  off: z.boolean(),
});
export type Threshold = z.output<typeof threshold>;

/** Until an admin says otherwise. */
export const usualThreshold: Threshold = {
  ...{ tone: 'negative', people: 10, accounts: 0, cents: 0, currency: 'EUR', days: 30, teamId: null, off: false },
};

export const listThresholds = contract({
  name: 'decisions.listThresholds',
  method: 'GET',
  path: '/voices/thresholds',
  summary:
    'From when on voices on a topic are a case: for all topics, and for those that have a threshold of their own',
  input: nothing,
  output: z.object({
    usual: threshold,
    items: z.array(z.object({ topicId: id, name: names, own: threshold.nullable() })),
  }),
  access: 'member',
  scope: 'contacts:read',
});

export const setThreshold = contract({
  name: 'decisions.setThreshold',
  method: 'PUT',
  path: '/voices/thresholds/:topicId',
  summary: 'Say from when on voices on a topic are a case (the id of zeros: on all others); null: as all others',
  input: z.object({ topicId: id, threshold: threshold.nullable() }),
  output: nothing,
  access: 'admin',
  scope: 'workspace:write',
});

export const outcomes = ['will_do', 'will_not_do', 'done', 'needs_more'] as const;
export const outcome = z.enum(outcomes);
export type Outcome = z.output<typeof outcome>;

const caseLine = z.object({
  id,
  topic: z.object({ id, name: names, aspect: aspect.nullable() }),
  openedAt: instant,
  /** Null: nobody has decided yet. */
  outcome: outcome.nullable(),
  owner: member.nullable(),
  team: member.nullable(),
  dueOn: z.iso.date().nullable(),
  decidedAt: instant.nullable(),
  settled: z.boolean(),
  /** What a linked issue suggests. */
  proposed: z.enum(['done']).nullable(),
  /** Contact points that spoke, as far as I hear them; up to 1,000. */
  heard: z.number().int(),
  /** Those of them who have not been answered. */
  unanswered: z.number().int(),
});
export type CaseLine = z.output<typeof caseLine>;

export const listCases = contract({
  name: 'decisions.listCases',
  method: 'GET',
  path: '/voices/cases',
  summary:
    'Topics that reached their threshold: those to be decided or done, or those that are settled, the last first',
  input: z.object({ state: z.enum(['open', 'settled']).default('open'), ...paging }),
  output: page(caseLine),
  access: 'member',
  scope: 'contacts:read',
});

const step = z.object({
  kind: z.enum(['opened', 'decided', 'issue', 'issue_closed', 'issue_reopened']),
  at: instant,
  by: z.string().nullable(),
  outcome: outcome.nullable(),
  words: z.string(),
  owner: z.string().nullable(),
  dueOn: z.iso.date().nullable(),
  /** Of an issue. */
  title: z.string().nullable(),
});

export const issue = z.object({
  id,
  tracker: z.object({ id, kind: z.enum(['github', 'gitlab', 'jira', 'webhook']), name: z.string() }),
  state: z.enum(['queued', 'sending', 'open', 'closed', 'failed', 'in_doubt']),
  title: z.string(),
  url: z.string().nullable(),
  /** What the tracker would not do, as a code. */
  answer: z.string().nullable(),
});
export type Issue = z.output<typeof issue>;

const reactions = z.object({ negative: z.number().int(), neutral: z.number().int(), positive: z.number().int() });

export const fullCase = caseLine.extend({
  /** As it was when it was reached. */
  threshold,
  since: instant,
  words: z.string(),
  version: z.number().int(),
  mayDecide: z.boolean(),
  /** Nobody is left unanswered, whoever hears them. */
  allAnswered: z.boolean(),
  /** As I see those whom I hear; null where they are too many to be put together. */
  weight: z
    .object({
      people: z.number().int(),
      accounts: z.number().int(),
      values: z.array(z.object({ currency: z.string(), cents: z.number().int() })),
    })
    .nullable(),
  /** Their next words after they were answered. */
  reactions,
  history: z.array(step),
  issues: z.array(issue),
});
export type FullCase = z.output<typeof fullCase>;

const ofCase = { caseId: id };

export const getCase = contract({
  name: 'decisions.getCase',
  method: 'GET',
  path: '/voices/cases/:caseId',
  summary: 'A topic that reached its threshold: what is decided, by whom, and how it came to that',
  input: z.object(ofCase),
  output: fullCase,
  access: 'member',
  scope: 'contacts:read',
});

export const decide = contract({
  name: 'decisions.decide',
  method: 'PUT',
  path: '/voices/cases/:caseId/decision',
  summary: 'Decide what becomes of it: everybody in the company reads the words; its owner gets a task',
  input: z.object({
    ...ofCase,
    version: z.number().int(),
    outcome,
    words: z.string().trim().max(5000),
    ownerId: id,
    dueOn: z.iso.date().nullable(),
  }),
  output: fullCase,
  access: 'member',
  scope: 'messages:write',
  errors: ['conflict'],
});

const quote = z.object({
  voiceId: id,
  origin,
  conversationId: id.nullable(),
  channel: z.object({ id, kind: channelKind, name: z.string() }).nullable(),
  /** As I see them; null: nobody I know, or several. */
  person: member.nullable(),
  name: z.string(),
  account: z.string().nullable(),
  text: z.string(),
  at: instant,
  tone,
  /** They agreed to be quoted by name. */
  byName: z.boolean(),
});
export type Quote = z.output<typeof quote>;

export const listQuotes = contract({
  name: 'decisions.listQuotes',
  method: 'GET',
  path: '/voices/cases/:caseId/quotes',
  summary: 'What was said on it, the last first: messages of the channels that I tend, and what was reported to me',
  input: z.object({ ...ofCase, ...paging }),
  output: page(quote),
  access: 'member',
  scope: 'contacts:read',
});

export const setConsent = contract({
  name: 'decisions.setConsent',
  method: 'PUT',
  path: '/voices/cases/:caseId/quotes/:voiceId/consent',
  summary: 'Note that who said this agreed to be quoted by name, or no longer does',
  input: z.object({ ...ofCase, voiceId: id, agreed: z.boolean() }),
  output: nothing,
  access: 'member',
  scope: 'messages:write',
});

/** The one threshold that all topics have which have none of their own. */
export const allOthers = noTopic;
