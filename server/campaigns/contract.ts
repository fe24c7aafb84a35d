import { z } from 'zod';
import { contract, id, instant, page, paging } from '../kernel/contract.ts';
import { reason } from '../outreach/contract.ts';
import { estimate as ofTarget } from '../outreach/estimate-contract.ts';
import { way } from '../outreach/ways-contract.ts';
import { member } from '../plan/contract.ts';

/**
 * How a campaign's sending stands: being prepared; to begin at a time; its people are being gathered; it is sent; it waits for somebody; ended before all
 * was written; all was.
 */
export const states = ['draft', 'scheduled', 'gathering', 'sending', 'paused', 'stopped', 'done'] as const;
export type SendingState = (typeof states)[number];

/** Why the product itself paused or ended it; each has its words under `campaigns.problem.<problem>`. */
export const problems = [
  'sender_gone',
  'segment_gone',
  'no_mail_server',
  'no_channel',
  'content_gone',
  'archived',
  /** The approval was taken back, or what it was about is another now. */
  'not_approved',
  'nobody',
] as const;
export type SendingProblem = (typeof problems)[number];

/** Why somebody of the target gets nothing, though no gate was asked. */
export const asideReasons = ['no_address', 'left_segment', 'twice'] as const;
/** Why somebody does not get it; `stopped` stands as a state of its own. */
export const whyNot = z.enum([...asideReasons, ...reason.options]);
export type WhyNot = z.output<typeof whyNot>;

/** What became of the people of the target: each is in one of these, and together they are all that were planned. */
export const outcomes = ['waiting', 'sent', 'inDoubt', 'failed', 'refused', 'aside', 'stopped', 'held'] as const;
export type Outcome = (typeof outcomes)[number];

export const pace = z.object({
  /** Messages an hour; null: as quick as they come. */
  perHour: z.number().int().min(1).max(1_000_000).nullable(),
  /** In so many lots, which begin evenly spread over so many hours. */
  lots: z.number().int().min(1).max(100),
  overHours: z.number().int().min(0).max(720),
});
export type Pace = z.output<typeof pace>;

export const holdout = z.object({
  /** So many of a hundred, by lot, get nothing. */
  percent: z.number().int().min(0).max(50),
  /** Days after the beginning in which it is looked what people do. */
  days: z.number().int().min(1).max(365),
});
export type Holdout = z.output<typeof holdout>;

/** What people do that a campaign may bring: they write to us, come to an event, answer a form or a survey, buy. */
export const deeds = ['wrote', 'attended', 'answered', 'bought'] as const;
export type Deed = (typeof deeds)[number];

/** What is looked at of each variant. */
export const measures = ['replied', ...deeds, 'unsubscribed', 'bounced'] as const;
export type Measure = (typeof measures)[number];

/** By what variants may be compared. */
export const aims = ['replied', ...deeds] as const;
export type Aim = (typeof aims)[number];

/** The number of a variant, from 1 on. */
const variantNo = z.number().int().min(1).max(4);

const number = z.number().int();
const numbers = z.object({
  planned: number,
  ...{
    waiting: number,
    sent: number,
    inDoubt: number,
    failed: number,
    refused: number,
    aside: number,
    stopped: number,
    /** By lot: nothing is sent to them, so that what the campaign changed can be told. */
    held: number,
  },
});
export type Numbers = z.output<typeof numbers>;

/** What the gate says of the whole target, when it was asked. */
const estimate = ofTarget.extend({ at: instant });
export type Estimate = z.output<typeof estimate>;

const sending = z.object({
  state: z.enum(states),
  problem: z.enum(problems).nullable(),
  /** Null: it is not shown to me. */
  content: z.object({ id, name: z.string().nullable() }),
  /** By which way it goes. */
  way,
  /** In whose name it goes, and as whom its people are seen. */
  sender: member,
  mine: z.boolean(),
  seeds: z.array(member),
  /** Addresses that are no member's and get a copy, too; for who handles it. */
  seedAddresses: z.array(z.string()),
  pace,
  holdout,
  /** The edition of each content, as far as it is shown to me: with the sending's own it is what one who approves has seen. */
  contents: z.array(z.object({ id, edition: number })),
  /** Its sender said that these contents go in their name. */
  agreed: z.boolean(),
  /** The contents that are dealt out by lot, the first being `content`; none where there is one alone. */
  variants: z.array(z.object({ no: variantNo, content: z.object({ id, name: z.string().nullable() }), share: number })),
  /** So many of a hundred get one of them by lot; the others wait until somebody chooses. */
  testShare: number,
  /** By what they are compared. */
  aim: z.enum(aims),
  /** Which one the others get, once somebody has said so. */
  chosen: z.object({ no: variantNo, by: member, at: instant }).nullable(),
  /** All to whom one was dealt have been written to: the others wait for somebody to choose. */
  toChoose: z.boolean(),
  /** It was approved, and what was approved is as it was then. */
  approved: z.boolean(),
  /** Approved, and changed since: what. */
  changed: z.array(z.enum(['content', 'segment', 'sender', 'purpose'])),
  startsAt: instant.nullable(),
  startedAt: instant.nullable(),
  endedAt: instant.nullable(),
  estimate: estimate.nullable(),
  edition: number,
});
export type Sending = z.output<typeof sending>;

const ofCampaign = '/plan/campaigns/:campaignId/sending';
const state = z.object({ sending: sending.nullable(), numbers: numbers.nullable(), mayHandle: z.boolean() });
export type SendingOf = z.output<typeof state>;

export const getSending = contract({
  name: 'campaigns.getSending',
  method: 'GET',
  path: ofCampaign,
  summary: 'How a campaign is sent and how far it is; numbers for who handles it',
  input: z.object({ campaignId: id }),
  output: state,
  access: 'member',
  scope: 'workspace:read',
});

export const saveSending = contract({
  name: 'campaigns.saveSending',
  method: 'PUT',
  path: ofCampaign,
  summary:
    'Say which content a campaign sends, how fast, who gets a copy, and that it goes in my name; what was approved and changes is to be approved again, and of another content its sender says anew that it goes in their name. Of a campaign that stands still because its sender is gone, say that it goes on in mine',
  input: z.object({
    campaignId: id,
    /** Of what is changed. */
    edition: z.number().int().optional(),
    contentId: id,
    /** From now on it goes in my name, with what I see and may. The first time it does by itself. */
    inMyName: z.boolean().default(false),
    pace: pace.default({ perHour: null, lots: 1, overHours: 0 }),
    /** Its days are those after which variants are compared, too. */
    holdout: holdout.default({ percent: 0, days: 30 }),
    /** Other contents beside the first, each for so many of a hundred by lot; the first goes to what they leave. */
    variants: z
      .array(z.object({ contentId: id, share: z.number().int().min(1).max(98) }))
      .max(3)
      .default([]),
    /** So many of a hundred get one of them by lot, and the others what somebody chooses then. */
    testShare: z.number().int().min(5).max(100).default(100),
    /** By what the variants are compared. */
    aim: z.enum(aims).default('replied'),
    /** Members who get a copy, marked as such and not counted. */
    seedIds: z.array(id).max(20).default([]),
    /** Addresses of nobody's card that get a copy, marked and not counted: mailboxes in which one looks how it arrives. */
    seedAddresses: z.array(z.string().trim().max(254)).max(20).default([]),
    /** There is no such thing as a pasted list: a target is a segment, or a list of contacts. Answered by an error that says so. */
    addresses: z.array(z.string()).optional(),
  }),
  output: state,
  access: 'member',
  scope: 'workspace:write',
  errors: ['forbidden', 'conflict'],
});

export const estimateSending = contract({
  name: 'campaigns.estimateSending',
  method: 'POST',
  path: `${ofCampaign}/estimate`,
  summary:
    'Ask the gate how many of the target would get it now, and why not the others; for its sender; nothing is kept but the numbers',
  input: z.object({ campaignId: id }),
  output: state,
  access: 'member',
  scope: 'workspace:write',
  errors: ['forbidden', 'conflict'],
});

const stop = z.object({ language: z.enum(['fr', 'en']), kind: z.string() });
export const sendTrials = contract({
  name: 'campaigns.sendTrials',
  method: 'POST',
  path: `${ofCampaign}/trials`,
  summary: 'Send the content as it stands to some members, as somebody made up would get it',
  input: z.object({ campaignId: id, memberIds: z.array(id).min(1).max(20) }),
  output: z.object({
    queued: number,
    /** What the checker says against the content: nothing was sent. */
    stops: z.array(stop),
  }),
  access: 'member',
  scope: 'workspace:write',
  errors: ['forbidden', 'conflict'],
});

export const approveSending = contract({
  name: 'campaigns.approveSending',
  method: 'POST',
  path: `${ofCampaign}/approval`,
  summary:
    'Approve what a campaign sends, as it stands, to its segment and in its sender’s name: the content is sealed; for whoever may approve, and did not write it',
  input: z.object({
    campaignId: id,
    /** What one has seen: its edition, and that of each content. */
    edition: number,
    contents: z.array(z.object({ id, edition: number })).max(20),
  }),
  output: z.object({ stops: z.array(stop) }),
  access: 'member',
  scope: 'workspace:write',
  errors: ['forbidden', 'conflict'],
});

export const startSending = contract({
  name: 'campaigns.startSending',
  method: 'POST',
  path: `${ofCampaign}/start`,
  summary: 'Have what was approved sent, at once or at a time',
  input: z.object({
    campaignId: id,
    /** Null: at once. */
    at: instant.nullable().default(null),
  }),
  output: state,
  access: 'member',
  scope: 'messages:write',
  errors: ['forbidden', 'conflict'],
});

export const steerSending = contract({
  name: 'campaigns.steerSending',
  method: 'POST',
  path: `${ofCampaign}/steer`,
  summary: 'Pause a campaign, go on with it, or stop it for good; what has not left is taken back',
  input: z.object({ campaignId: id, act: z.enum(['pause', 'resume', 'stop']) }),
  output: state,
  access: 'member',
  scope: 'messages:write',
  errors: ['forbidden', 'conflict'],
});

const counted = z.object({ people: number });
const seen = z.object({ agreed: number, opened: number, clicked: number });
const results = z.object({
  numbers,
  /** Why the gate refused or the content could not be written, each reason with how many it holds for. */
  refused: z.array(counted.extend({ reason: whyNot })),
  aside: z.array(counted.extend({ reason: whyNot })),
  /** What mail servers said, as codes. */
  failed: z.array(counted.extend({ answer: z.string() })),
  unsubscribed: number,
  /** It left, and came back as undeliverable. */
  bounced: number,
  /** Of those whom it reached and who agreed that it is seen: who opened it, and who followed a link of it; null: of so few it would tell of one. */
  seen: seen.nullable(),
  /** Whose answer says that it answers this message; null: of so few it would tell of one. Who sends it always hears of those in their own mailbox. */
  replied: number.nullable(),
  /** Of those whom it reached: who wrote to the company since, on a channel or in a mailbox it reads; null: of so few it would tell of one. */
  heardFrom: number.nullable(),
});
export type Results = z.output<typeof results>;
export const getResults = contract({
  name: 'campaigns.getResults',
  method: 'GET',
  path: `${ofCampaign}/results`,
  summary: 'What became of a campaign, with the causes; for who handles it',
  input: z.object({ campaignId: id }),
  output: z.object({ results: results.nullable() }),
  access: 'member',
  scope: 'workspace:read',
  errors: ['forbidden'],
});

const share = z.object({ did: number, people: number });
const change = z.object({
  deed: z.enum(deeds),
  /** Of all it was for, whether or not it reached them: nothing but the lot tells them from those held back. */
  meant: share,
  held: share,
  /** The difference of the shares, and between which it lies at 95 %; null: nobody was held back. */
  uplift: z.object({ difference: z.number(), from: z.number(), to: z.number() }).nullable(),
});
export type Change = z.output<typeof change>;
export const getChange = contract({
  name: 'campaigns.getChange',
  method: 'GET',
  path: `${ofCampaign}/change`,
  summary: 'What people did since a campaign began, those it was for beside those held back by lot; for who handles it',
  input: z.object({ campaignId: id }),
  output: z.object({
    /** Until when it is looked; null: it has not begun. */
    until: instant.nullable(),
    changes: z.array(change),
  }),
  access: 'member',
  scope: 'workspace:read',
  errors: ['forbidden'],
});

const compared = share.extend({
  no: variantNo,
  /** The difference of its share from that of the first, and between which it lies; null: it is the first, or nothing may be said yet. */
  uplift: z.object({ difference: z.number(), from: z.number(), to: z.number() }).nullable(),
});
const measured = z.object({
  measure: z.enum(measures),
  /** It is the one that was set beforehand. */
  aim: z.boolean(),
  arms: z.array(compared),
});
export type Measured = z.output<typeof measured>;
const variantsOf = z.object({
  /** After which the variants are compared; null: it has not begun. */
  until: instant.nullable(),
  /** That time has passed. Looking before proves nothing: no difference is told. */
  over: z.boolean(),
  arms: z.array(
    z.object({
      no: variantNo,
      content: z.object({ id, name: z.string().nullable() }),
      /** To whom it was dealt. */
      people: number,
      sent: number,
      /** Of those whom it reached and who agreed that it is seen; null: of so few it would tell of one. It names no winner. */
      seen: seen.nullable(),
    }),
  ),
  /** Of those to whom each was dealt, whether or not it reached them. */
  measures: z.array(measured),
  /** Which does certainly better than the first; null: none does, or nothing may be said yet. */
  proposed: variantNo.nullable(),
});
export type Variants = z.output<typeof variantsOf>;
export const getVariants = contract({
  name: 'campaigns.getVariants',
  method: 'GET',
  path: `${ofCampaign}/variants`,
  summary:
    'What those did to whom each variant was dealt by lot, beside the first, once the time set beforehand has passed; for who handles the campaign',
  input: z.object({ campaignId: id }),
  output: variantsOf,
  access: 'member',
  scope: 'workspace:read',
  errors: ['forbidden'],
});

export const chooseVariant = contract({
  name: 'campaigns.chooseVariant',
  method: 'POST',
  path: `${ofCampaign}/variants/choice`,
  summary: 'Say which variant those get to whom none was dealt; for who handles the campaign, once and for all',
  input: z.object({ campaignId: id, variant: variantNo }),
  output: state,
  access: 'member',
  scope: 'messages:write',
  errors: ['forbidden', 'conflict'],
});

const recipient = z.object({
  id,
  person: z.object({ id, name: z.string() }),
  outcome: z.enum(outcomes),
  reasons: z.array(whyNot),
  answer: z.string().nullable(),
  messageId: id.nullable(),
  at: instant.nullable(),
});
export type Recipient = z.output<typeof recipient>;
export const listRecipients = contract({
  name: 'campaigns.listRecipients',
  method: 'GET',
  path: `${ofCampaign}/recipients`,
  summary: 'Whom a number of the results counts, as far as I see them; for who handles the campaign',
  input: z.object({
    campaignId: id,
    /** `replied`: those whose answers lie in a mailbox of mine. */
    outcome: z.enum([...outcomes, 'unsubscribed', 'bounced', 'replied']),
    reason: whyNot.optional(),
    /** Of those to whom this variant was dealt. */
    variant: z.coerce.number().pipe(variantNo).optional(),
    ...paging,
  }),
  output: page(recipient),
  access: 'member',
  scope: 'contacts:read',
  errors: ['forbidden'],
});

/** `GET`: a few letters as they would be now, as PDF, for who handles the campaign. */
export const examplesPath = '/plan/campaigns/:campaignId/letter-examples';
