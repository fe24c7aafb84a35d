import { z } from 'zod';
import { channel } from '../delegation/contract.ts';
import { contract, id, nothing } from '../kernel/contract.ts';
import { line, member, segmentRef, words } from './contract.ts';

/** Where one meets a customer: a channel of the company's, or a place. */
export const places = [...channel.options, 'web', 'shop', 'event', 'product', 'other'] as const;
export const lowest = -2;
export const highest = 2;

const touchpoint = z.object({
  id,
  name: line(120),
  channel: z.enum(places),
  /** What happens there. */
  happens: words(1000).default(''),
  /** How it feels to the customer, from anger (−2) to delight (2). */
  emotion: z.number().int().min(lowest).max(highest),
  problems: words(1000).default(''),
  /** Topics of voices that are about it. */
  topicIds: z.array(id).max(10).default([]),
});
export type Touchpoint = z.output<typeof touchpoint>;

const stage = z.object({
  id,
  name: line(80),
  /** Who is at this stage: by it is told how many come in, and go on to the next. */
  segmentId: id.nullable().default(null),
  touchpoints: z.array(touchpoint).max(20),
});
export type Stage = z.output<typeof stage>;

/** The ids of a journey's parts are made by who writes it: they stay when it is changed. */
const stages = z
  .array(stage)
  .min(1)
  .max(20)
  .refine((all) => {
    const ids = all.flatMap((one) => [one.id, ...one.touchpoints.map((each) => each.id)]);
    return new Set(ids).size === ids.length;
  }, 'twice');

const moment = z.object({
  id,
  journeyId: id,
  stageId: id,
  name: z.string(),
  words: z.string(),
  programmeId: id.nullable(),
  /** By what it was found, as in `plan.listProposals`; null: people marked it. */
  found: z.string().nullable(),
  version: z.number().int(),
});
export type Moment = z.output<typeof moment>;

const heading = z.object({
  id,
  name: z.string(),
  segment: segmentRef.nullable(),
  target: z.string(),
  owner: member,
  example: z.boolean(),
  version: z.number().int(),
  mine: z.boolean(),
});

const journey = heading.extend({
  stages: z.array(stage),
  /** Segments that stages name, as I see them. */
  segments: z.array(segmentRef),
  moments: z.array(moment),
});
export type Journey = z.output<typeof journey>;

export const listJourneys = contract({
  name: 'plan.listJourneys',
  method: 'GET',
  path: '/plan/journeys',
  summary: 'Journeys of customers, each with its stages and moments of truth',
  input: z.object({ archived: z.stringbool().default(false) }),
  output: z.object({ items: z.array(journey), mayPlan: z.boolean() }),
  access: 'member',
  scope: 'workspace:read',
});

export const getJourney = contract({
  name: 'plan.getJourney',
  method: 'GET',
  path: '/plan/journeys/:journeyId',
  summary: 'A journey: stages in order, touchpoints with channel, emotion, problems and topics, moments of truth',
  input: z.object({ journeyId: id }),
  output: journey,
  access: 'member',
  scope: 'workspace:read',
});

export const saveJourney = contract({
  name: 'plan.saveJourney',
  method: 'PUT',
  path: '/plan/journeys',
  summary: 'Write a journey down as a whole, or anew; a conflict where somebody else has meanwhile',
  input: z.object({
    journeyId: id.optional(),
    version: z.number().int().optional(),
    name: line(120),
    segmentId: id.nullable().default(null),
    target: words(200).default(''),
    stages,
    ownerId: id.optional(),
  }),
  output: z.object({ id }),
  access: 'member',
  scope: 'workspace:write',
  errors: ['forbidden', 'conflict'],
});

const figures = z.discriminatedUnion('kind', [
  /** Of the last 90 days, as far as I may hear them. */
  z.object({
    kind: z.literal('voices'),
    topic: z.object({ id, fr: z.string(), en: z.string() }),
    voices: z.number().int(),
    negative: z.number().int(),
  }),
  /** Who came into the segment of the stage between 90 and 14 days ago, and how many of them were in that of the next since. */
  z.object({
    kind: z.literal('leaving'),
    next: z.string(),
    came: z.number().int(),
    wentOn: z.number().int(),
  }),
]);

const finding = z.object({
  /** `voices <stage> <topic>` or `leaving <stage>`. */
  found: z.string(),
  stageId: id,
  figures,
  /** `moment`: it is marked already; `proposed`: it is enough to be one; `quiet`: it is not; `dismissed`: people said that it is none. */
  state: z.enum(['moment', 'proposed', 'quiet', 'dismissed']),
});
export type Finding = z.output<typeof finding>;

export const listFindings = contract({
  name: 'plan.listFindings',
  method: 'GET',
  path: '/plan/journeys/:journeyId/findings',
  summary:
    'What the data say of a journey’s stages, as far as I may see it: dissatisfied voices on linked topics, and who does not go on to the next stage. What is enough is proposed as a moment of truth',
  input: z.object({ journeyId: id }),
  output: z.object({ items: z.array(finding) }),
  access: 'member',
  scope: 'contacts:read',
});

export const saveMoment = contract({
  name: 'plan.saveMoment',
  method: 'PUT',
  path: '/plan/journeys/:journeyId/moments',
  summary: 'Mark a moment of truth at a stage, by oneself or as it was found, and say which programme serves it',
  input: z.object({
    journeyId: id,
    momentId: id.optional(),
    version: z.number().int().optional(),
    stageId: id,
    name: line(120),
    words: words(2000).default(''),
    programmeId: id.nullable().default(null),
    /** Of a new one. */
    found: z
      .string()
      .regex(/^(voices [0-9a-f-]{36} [0-9a-f-]{36}|leaving [0-9a-f-]{36})$/)
      .nullable()
      .default(null),
  }),
  output: z.object({ id }),
  access: 'member',
  scope: 'workspace:write',
  errors: ['forbidden', 'conflict'],
});

export const dismissFinding = contract({
  name: 'plan.dismissFinding',
  method: 'POST',
  path: '/plan/journeys/:journeyId/dismissed',
  summary: 'Say that what was found is no moment of truth, or take that back',
  input: z.object({
    journeyId: id,
    found: z.string().regex(/^(voices [0-9a-f-]{36} [0-9a-f-]{36}|leaving [0-9a-f-]{36})$/),
    dismissed: z.boolean(),
  }),
  output: nothing,
  access: 'member',
  scope: 'workspace:write',
  errors: ['forbidden'],
});

export const setJourneyArchived = contract({
  name: 'plan.setJourneyArchived',
  method: 'POST',
  path: '/plan/journeys/:journeyId/archived',
  summary: 'Put a journey into the archive with its moments, or take it back; with a moment, that one alone',
  input: z.object({ journeyId: id, momentId: id.optional(), archived: z.boolean() }),
  output: nothing,
  access: 'member',
  scope: 'workspace:write',
  errors: ['forbidden'],
});
