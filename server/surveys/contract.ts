import { z } from 'zod';
import { contract, id, nothing, page, paging } from '../kernel/contract.ts';
import { reason as gateReason } from '../outreach/contract.ts';
import { tone } from '../voices/contract.ts';

export const kinds = ['csat', 'nps', 'free'] as const;
const kind = z.enum(kinds);
export type Kind = z.output<typeof kind>;

/** `csat`, `scale`: 1 to 5; `nps`: 0 to 10; `choice`: one of its own; `text`: in their words. */
export const questionKinds = ['csat', 'nps', 'scale', 'choice', 'text'] as const;
const line = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .refine((text) => !text.includes('\u0000'), 'text');
const both = (most: number) => z.object({ fr: line(most), en: line(most) });
export type Both = { fr: string; en: string };

export const question = z
  .object({
    id: z.string().regex(/^[a-z0-9]{1,20}$/),
    kind: z.enum(questionKinds),
    text: both(300),
    /** Of a choice alone. */
    choices: z.array(both(120)).max(12).default([]),
    required: z.boolean().default(false),
  })
  .refine((one) => (one.kind === 'choice' ? one.choices.length >= 2 : one.choices.length === 0), {
    path: ['choices'],
    message: 'choice',
  });
export type Question = z.output<typeof question>;

export const audience = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('mine') }),
  z.object({ kind: z.literal('team'), id }),
  z.object({ kind: z.literal('workspace') }),
]);

/** Of an anonymous survey nothing is shown before so many have answered, nor of any part of it. */
export const fewest = 5;

export const survey = z.object({
  id,
  name: z.string(),
  kind,
  intro: z.object({ fr: z.string(), en: z.string() }),
  questions: z.array(question),
  anonymous: z.boolean(),
  /** Who sees it: a team's name with its id, everybody, or me. */
  audience: z.object({ kind: z.enum(['mine', 'team', 'workspace']), id, name: z.string() }),
  /** I may change it. */
  mine: z.boolean(),
  closed: z.boolean(),
  /** Days that must have passed since a contact was last asked by any survey. */
  pauseDays: z.number().int(),
  /** Where whoever has it may answer; null: only those who are asked. */
  openUrl: z.string().nullable(),
  asked: z.number().int(),
  answers: z.number().int(),
});
export type Survey = z.output<typeof survey>;

export const listSurveys = contract({
  name: 'surveys.listSurveys',
  method: 'GET',
  path: '/surveys',
  summary: 'The surveys that I see, the newest first',
  input: nothing,
  output: z.object({ items: z.array(survey) }),
  access: 'member',
  scope: 'contacts:read',
});
export const getSurvey = contract({
  name: 'surveys.getSurvey',
  method: 'GET',
  path: '/surveys/:surveyId',
  summary: 'A survey with its questions',
  input: z.object({ surveyId: id }),
  output: survey,
  access: 'member',
  scope: 'contacts:read',
});

const said = {
  name: line(120),
  intro: z.object({ fr: z.string().trim().max(2000), en: z.string().trim().max(2000) }),
  questions: z
    .array(question)
    .min(1)
    .max(20)
    .refine((all) => new Set(all.map((one) => one.id)).size === all.length, 'twice'),
  openLink: z.boolean().default(false),
  pauseDays: z.number().int().min(1).max(730).default(90),
};

export const addSurvey = contract({
  name: 'surveys.addSurvey',
  method: 'POST',
  path: '/surveys',
  summary:
    'Make a survey for me, a team of mine or (admins, marketing) everybody; who sees it, and whether it is anonymous, stays so',
  input: z.object({ kind, anonymous: z.boolean().default(false), audience, ...said }),
  output: survey,
  access: 'member',
  scope: 'workspace:write',
  errors: ['forbidden'],
});
export const updateSurvey = contract({
  name: 'surveys.updateSurvey',
  method: 'PATCH',
  path: '/surveys/:surveyId',
  summary: 'Change a survey, close it or open it again; its questions stand once somebody was asked or has answered',
  input: z.object({
    surveyId: id,
    name: said.name.optional(),
    intro: said.intro.optional(),
    questions: said.questions.optional(),
    openLink: z.boolean().optional(),
    pauseDays: z.number().int().min(1).max(730).optional(),
    closed: z.boolean().optional(),
  }),
  output: survey,
  access: 'member',
  scope: 'workspace:write',
  errors: ['conflict'],
});

/** The gate's reasons, and a survey's own. */
export const refusal = z.enum([
  ...gateReason.options,
  /** They were asked by a survey lately. */
  'asked_lately',
  /** I see no address of theirs. */
  'no_address',
  /** It is closed. */
  'closed',
]);
export type Refusal = z.output<typeof refusal>;

const personIds = z.array(id).min(1).max(100);
const asked = z.object({
  items: z.array(z.object({ personId: id, name: z.string(), allowed: z.boolean(), reasons: z.array(refusal) })),
});

export const previewSending = contract({
  name: 'surveys.previewSending',
  method: 'POST',
  path: '/surveys/:surveyId/preview',
  summary:
    'Whom of these contacts the gate lets be asked, with all reasons against the others; nothing is sent or kept',
  input: z.object({ surveyId: id, personIds }),
  output: asked,
  access: 'member',
  scope: 'contacts:read',
});
export const sendSurvey = contract({
  name: 'surveys.sendSurvey',
  method: 'POST',
  path: '/surveys/:surveyId/invitations',
  summary: 'Ask contacts by mail; to those whom the gate refuses nothing is sent, and all its reasons are given',
  input: z.object({
    surveyId: id,
    personIds,
    subject: line(200),
    text: line(10_000),
    locale: z.enum(['fr', 'en']),
    /** It is about this opportunity. */
    opportunityId: id.optional(),
  }),
  output: asked,
  access: 'member',
  scope: 'messages:write',
});
export const offerInConversation = contract({
  name: 'surveys.offerInConversation',
  method: 'POST',
  path: '/conversations/:conversationId/surveys',
  summary: 'A line with a link, for the foot of an answer; once for each conversation and survey',
  input: z.object({ conversationId: id, surveyId: id, locale: z.enum(['fr', 'en']) }),
  output: z.object({ text: z.string().nullable(), reasons: z.array(refusal) }),
  access: 'member',
  scope: 'messages:write',
  secret: true,
});

const counted = z.object({ answers: z.number().int(), score: z.number().nullable() });

export const results = z.object({
  asked: z.number().int(),
  answers: z.number().int(),
  /** It is anonymous, and fewer than five have answered: nothing is shown yet. */
  held: z.boolean(),
  questions: z.array(
    z.object({
      id: z.string(),
      /** How many said what: a number, or which choice (from 0). */
      counts: z.array(z.object({ value: z.number().int(), count: z.number().int() })),
      mean: z.number().nullable(),
      /** Promoters less detractors in hundredths of those who answered, with its interval at 95 %. */
      nps: z.object({ score: z.number(), low: z.number(), high: z.number() }).nullable(),
    }),
  ),
  /** Of the first question that asks for a number: its mean, or the NPS. Null: too few to be shown. */
  byMonth: z.array(counted.extend({ month: z.string() })),
  byTopic: z.array(counted.extend({ topicId: id, name: z.object({ fr: z.string(), en: z.string() }).nullable() })),
});
export type Results = z.output<typeof results>;

export const getResults = contract({
  name: 'surveys.getResults',
  method: 'GET',
  path: '/surveys/:surveyId/results',
  summary: 'What was answered, counted; of an anonymous survey, and of each part of it, from five answers on',
  input: z.object({ surveyId: id }),
  output: results,
  access: 'member',
  scope: 'contacts:read',
});

export const answer = z.object({
  id,
  on: z.iso.date(),
  via: z.enum(['mail', 'conversation', 'link']),
  /** By the question's id: a number, or words. */
  given: z.record(z.string(), z.union([z.number(), z.string()])),
  tone: tone.nullable(),
  topics: z.array(z.object({ fr: z.string(), en: z.string() })),
  /** Whose it is, as far as I see them; null for all of an anonymous survey. */
  person: z.object({ id, name: z.string() }).nullable(),
});
export type Answer = z.output<typeof answer>;

export const listAnswers = contract({
  name: 'surveys.listAnswers',
  method: 'GET',
  path: '/surveys/:surveyId/answers',
  summary: 'The very answers, the last day first; of an anonymous survey from five on',
  input: z.object({ surveyId: id, topicId: id.optional(), ...paging }),
  output: page(answer),
  access: 'member',
  scope: 'contacts:read',
});

/** `GET` shows the questions, `POST` keeps the answer; below no prefix. */
export const surveyPath = '/s/:token';
