import { z } from 'zod';
import { cardSummary, kind, person, personValue } from '../cards/contract.ts';
import { contract, id, instant, nothing, page, paging } from '../kernel/contract.ts';

/**
 * One reason for or against two cards being one, in codes that the interface puts into words: `match.feature.<feature>` and
 * `match.level.<level>`. Only what both cards show to the caller.
 */
export const reason = z.object({
  feature: z.enum([
    'given',
    'family',
    'email',
    'phone',
    'organization',
    'address',
    'birthday',
    'title',
    'identifier',
    'domain',
  ]),
  level: z.string(),
  /**
   * Bits of evidence: +3 makes it eight times as likely that both are one, −3 eight times less. Without the part that comes from
   * how rare a value is: that would tell who else has it.
   */
  weight: z.number(),
});
export type Reason = z.output<typeof reason>;

/** One of the two cards of a pair, with what the caller may see of it. */
export const side = z.object({
  card: cardSummary,
  personId: id,
  name: z.string(),
  values: z.array(personValue.pick({ kind: true, value: true, display: true })),
});

/** Two cards that may be one. */
export const proposal = z.object({
  /** `<cardA>.<cardB>`, the smaller id first. */
  id: z.string(),
  kind,
  /** 0 to 1. */
  probability: z.number(),
  left: side,
  right: side,
  reasons: z.array(reason),
  /** What the pairs of one kind have in common, for decisions in bulk: the levels of its features, e.g. `family:same given:form`. */
  group: z.string(),
});
export type Proposal = z.output<typeof proposal>;

const pairId = z.string().regex(/^[0-9a-f-]{36}\.[0-9a-f-]{36}$/);

export const listProposals = contract({
  name: 'matching.listProposals',
  method: 'GET',
  path: '/proposals',
  summary:
    'The duplicate hunt: pairs of cards I may both see and that may be one, those whose decision gains most first',
  input: z.object({
    kind: kind.optional(),
    /** Only pairs with a card that I hold. */
    mine: z.stringbool().default(false),
    group: z.string().max(500).optional(),
    ...paging,
  }),
  output: page(proposal),
  access: 'member',
  scope: 'contacts:read',
});

export const countProposals = contract({
  name: 'matching.countProposals',
  method: 'GET',
  path: '/proposals/groups',
  summary: 'How many pairs wait for me, and the most frequent kinds of pairs, for decisions in bulk',
  input: z.object({
    kind: kind.optional(),
    mine: z.stringbool().default(false),
    /** How many pairs of each kind to show. */
    examples: z.coerce.number().int().min(0).max(3).default(0),
  }),
  output: z.object({
    /** Counted up to 1,000; `more` says that there are further ones. */
    total: z.number().int(),
    more: z.boolean(),
    groups: z.array(
      z.object({
        group: z.string(),
        count: z.number().int(),
        reasons: z.array(reason),
        examples: z.array(proposal),
      }),
    ),
  }),
  access: 'member',
  scope: 'contacts:read',
});

export const verdict = z.object({
  id,
  same: z.boolean(),
  /** The pair decided on, `<cardA>.<cardB>`, and what both were called to the caller's eyes. */
  pair: z.string(),
  names: z.tuple([z.string(), z.string()]),
  memberName: z.string().nullable(),
  mine: z.boolean(),
  /** I may take it back: I said it, or hold one of the cards. */
  revocable: z.boolean(),
  at: instant,
});
export type Verdict = z.output<typeof verdict>;

export const decide = contract({
  name: 'matching.decide',
  method: 'POST',
  path: '/verdicts',
  summary: 'Say of pairs of cards whether they are one; it outranks any score until it is taken back',
  input: z.object({
    pairs: z.array(pairId).min(1).max(500),
    same: z.boolean(),
  }),
  output: z.object({ items: z.array(verdict) }),
  access: 'member',
  scope: 'contacts:write',
});

export const postpone = contract({
  name: 'matching.postpone',
  method: 'POST',
  path: '/proposals/later',
  summary: 'Ask me about these pairs again in a month',
  input: z.object({ pairs: z.array(pairId).min(1).max(500) }),
  output: z.object({ until: instant }),
  access: 'member',
  scope: 'contacts:write',
});

export const recallProposals = contract({
  name: 'matching.recallProposals',
  method: 'POST',
  path: '/proposals/recall',
  summary: 'Ask me about these pairs again now: takes “later” back',
  input: z.object({ pairs: z.array(pairId).min(1).max(500) }),
  output: nothing,
  access: 'member',
  scope: 'contacts:write',
});

export const listVerdicts = contract({
  name: 'matching.listVerdicts',
  method: 'GET',
  path: '/verdicts',
  summary: 'Who decided what about cards that I may see, newest first',
  input: z.object({ personId: id.optional(), ...paging }),
  output: page(verdict),
  access: 'member',
  scope: 'contacts:read',
});

export const withdrawVerdicts = contract({
  name: 'matching.withdrawVerdicts',
  method: 'POST',
  path: '/verdicts/withdraw',
  summary: 'Take verdicts back: mine, or others’ about cards that I hold',
  input: z.object({ verdictIds: z.array(id).min(1).max(500) }),
  output: nothing,
  access: 'member',
  scope: 'contacts:write',
});

export const explainPair = contract({
  name: 'matching.explainPair',
  method: 'GET',
  path: '/pairs/:pair',
  summary: 'Why two cards that I may see are one person, or not',
  input: z.object({ pair: pairId }),
  output: z.object({
    probability: z.number().nullable(),
    together: z.boolean(),
    reasons: z.array(reason),
    verdicts: z.array(verdict),
  }),
  access: 'member',
  scope: 'contacts:read',
});

export const previewSplit = contract({
  name: 'matching.previewSplit',
  method: 'POST',
  path: '/people/:personId/split/preview',
  summary: 'What a person would become if some of its cards were split off',
  input: z.object({ personId: id, cardIds: z.array(id).min(1).max(100) }),
  output: z.object({ stays: person, leaves: person }),
  access: 'member',
  scope: 'contacts:read',
});

export const splitPerson = contract({
  name: 'matching.splitPerson',
  method: 'POST',
  path: '/people/:personId/split',
  summary: 'Split cards off a person: a verdict that they are not the same, which can be taken back',
  input: z.object({ personId: id, cardIds: z.array(id).min(1).max(100) }),
  output: z.object({ staysId: id, leavesId: id, verdictIds: z.array(id) }),
  access: 'member',
  scope: 'contacts:write',
});

/** The audit: how good the reference is, as far as the caller may see it. */
export const getHealth = contract({
  name: 'matching.getHealth',
  method: 'GET',
  path: '/reference/health',
  summary:
    'The health of the reference: duplicates found and decided over time, what is filled and fresh, where sources disagree',
  input: nothing,
  output: z.object({
    cards: z.number().int(),
    persons: z.number().int(),
    organizations: z.number().int(),
    /** Proposals that wait for me, counted up to 1,000; `moreWaiting` says that there are further ones. */
    waiting: z.number().int(),
    moreWaiting: z.boolean(),
    /** Last twelve months, oldest first. */
    months: z.array(
      z.object({
        month: z.string(),
        linked: z.number().int(),
        decidedSame: z.number().int(),
        decidedDifferent: z.number().int(),
      }),
    ),
    /** Share of persons with at least one value, 0 to 1. */
    fill: z.array(z.object({ kind: z.string(), share: z.number() })),
    freshness: z.array(z.object({ value: z.string(), count: z.number().int() })),
    /** Kinds of values of which the cards of one person say different things, with some persons to look at. */
    disagreements: z.array(
      z.object({
        kind: z.string(),
        count: z.number().int(),
        examples: z.array(z.object({ personId: id, name: z.string() })),
      }),
    ),
    /** The last full run of matching. */
    run: z
      .object({
        state: z.enum(['running', 'done', 'failed']),
        startedAt: instant,
        finishedAt: instant.nullable(),
        /** 0 to 1. */
        progress: z.number(),
        linked: z.number().int(),
        unlinked: z.number().int(),
        proposed: z.number().int(),
      })
      .nullable(),
    /** The most links in a thousand made without asking that may be wrong; admins change it. */
    wrongPerThousand: z.number(),
  }),
  access: 'member',
  scope: 'contacts:read',
});

export const startFullRun = contract({
  name: 'matching.startFullRun',
  method: 'POST',
  path: '/reference/runs',
  summary: 'Match everything anew; verdicts stay',
  input: nothing,
  output: nothing,
  access: 'admin',
  scope: 'workspace:write',
  errors: ['already_running'],
});

export const updatePrecision = contract({
  name: 'matching.updatePrecision',
  method: 'PATCH',
  path: '/reference',
  summary: 'How sure the machine must be before it links without asking; holds from the next run',
  input: z.object({ wrongPerThousand: z.number().min(0.1).max(20) }),
  output: nothing,
  access: 'admin',
  scope: 'workspace:write',
});
