import { z } from 'zod';
import { channelKind } from '../conversations/contract.ts';
import { contract, id, instant, nothing, page, paging } from '../kernel/contract.ts';

export const tones = ['negative', 'neutral', 'positive'] as const;
export const tone = z.enum(tones);
export type Tone = z.output<typeof tone>;

/** Stands where a topic would, for messages that fit none. */
export const noTopic = '00000000-0000-0000-0000-000000000000';

/** Over how many days the picture is. */
export const periods = [7, 30, 90] as const;
export type Period = (typeof periods)[number];
const days = z.coerce
  .number()
  .int()
  .refine((count) => (periods as readonly number[]).includes(count), 'choice')
  .default(30);

const names = z.object({ fr: z.string(), en: z.string() });

/** Of what a topic speaks: what one offers, how one serves, the competition, what one says, how one is seen. */
export const aspects = ['product', 'service', 'competition', 'message', 'image'] as const;
export const aspect = z.enum(aspects);
export type Aspect = z.output<typeof aspect>;

/** Where a voice was heard: in a message, or as another part of the product reported it. */
export const origin = z.enum(['message', 'note', 'interview', 'survey', 'idea']);
export type Origin = z.output<typeof origin>;

export const topic = z.object({
  id,
  parentId: id.nullable(),
  name: names,
  aspect: aspect.nullable(),
  /** Words and phrases that speak of it, in either language; `*` at the end of a word stands for any ending. */
  words: z.array(z.string()),
  ended: z.boolean(),
});
export type Topic = z.output<typeof topic>;

export const listTopics = contract({
  name: 'voices.listTopics',
  method: 'GET',
  path: '/voices/topics',
  summary: 'What messages are sorted by: the company’s tree of topics',
  input: nothing,
  output: z.object({ items: z.array(topic) }),
  access: 'member',
  scope: 'contacts:read',
});

const written = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .refine((text) => !text.includes('\u0000'), 'text');

/** The most topics of a company that are read by, and the most words of one. */
export const mostTopics = 100;
export const mostWords = 200;

export const saveTopic = contract({
  name: 'voices.saveTopic',
  method: 'PUT',
  path: '/voices/topics/:topicId',
  summary: 'Name a topic, say by which words it is told, or end it; what came in the last 90 days is read anew',
  input: z.object({
    topicId: id.refine((one) => one !== noTopic, 'choice'),
    parentId: id.nullable(),
    name: z.object({ fr: written(80), en: written(80) }),
    aspect: aspect.nullable().default(null),
    words: z.array(written(80)).max(mostWords),
    ended: z.boolean().default(false),
  }),
  output: topic,
  access: 'admin',
  scope: 'workspace:write',
});

const cell = z.object({
  /** The key of its column. */
  column: z.string(),
  negative: z.number().int(),
  neutral: z.number().int(),
  positive: z.number().int(),
  /** Of messages their sum; of voices less, where somebody spoke in several tones. */
  all: z.number().int(),
});
export type Cell = z.output<typeof cell>;

/** Customers (something was won), in talks, lost, and everybody else. */
export const standingColumns = ['customer', 'in_talks', 'lost', 'other'] as const;

export const getBoard = contract({
  name: 'voices.getBoard',
  method: 'GET',
  path: '/voices/board',
  summary:
    'Topics by channel, by week or by how it stands with who speaks, in each tone, of the channels that I tend; days are those of UTC',
  input: z.object({
    days,
    by: z.enum(['channel', 'week', 'standing']).default('channel'),
    /** Voices: each contact point once a topic and month, on the day on which it was first heard. */
    count: z.enum(['messages', 'voices']).default('messages'),
    channelId: id.optional(),
  }),
  output: z.object({
    /** A channel's id with its name, a week's Monday, or how it stands with them by the opportunities that I see. */
    columns: z.array(z.object({ key: z.string(), name: z.string() })),
    rows: z.array(z.object({ topicId: id, name: names.nullable(), parentId: id.nullable(), cells: z.array(cell) })),
  }),
  access: 'member',
  scope: 'contacts:read',
});
export type Board = z.output<typeof getBoard.output>;

const heard = z.object({
  conversationId: id,
  messageId: id,
  channel: z.object({ id, kind: channelKind, name: z.string() }),
  /** As they call themselves; empty: not said. */
  contactName: z.string(),
  /** Its beginning. */
  text: z.string(),
  at: instant,
  tone,
});

export const listMessages = contract({
  name: 'voices.listMessages',
  method: 'GET',
  path: '/voices/messages',
  summary: 'The very messages of a cell of the picture, newest first',
  input: z.object({
    topicId: id,
    days,
    channelId: id.optional(),
    /** Of one week, by its Monday; or of one day. */
    week: z.iso.date().optional(),
    /** Of those with whom it stands so. */
    standing: z.enum(standingColumns).optional(),
    day: z.iso.date().optional(),
    tone: tone.optional(),
    ...paging,
  }),
  output: page(heard),
  access: 'member',
  scope: 'contacts:read',
});

export const elsewhereTopic = z.object({
  topicId: id,
  name: names.nullable(),
  /** By where it was said: people, each once; whoever is not known counts for what they said. */
  origins: z.array(z.object({ origin: z.string(), voices: z.number().int(), negative: z.number().int() })),
});
export type ElsewhereTopic = z.output<typeof elsewhereTopic>;

export const countElsewhere = contract({
  name: 'voices.countElsewhere',
  method: 'GET',
  path: '/voices/elsewhere',
  summary: 'What was said elsewhere than in conversations (surveys, deals, ideas), by topic, as far as I see it',
  input: z.object({ days }),
  output: z.object({ items: z.array(elsewhereTopic) }),
  access: 'member',
  scope: 'contacts:read',
});

export const listElsewhere = contract({
  name: 'voices.listElsewhere',
  method: 'GET',
  path: '/voices/elsewhere/:topicId',
  summary: 'The very words on a topic that were said elsewhere, the last day first',
  input: z.object({ topicId: id, days, ...paging }),
  output: page(
    z.object({
      origin: z.string(),
      /** The survey, the deal or the idea. */
      originId: id,
      id,
      on: z.iso.date(),
      text: z.string(),
      tone,
      /** What the deal is worth that it was said about, in hundredths of the currency. */
      value: z.object({ cents: z.number().int(), currency: z.string() }).nullable(),
    }),
  ),
  access: 'member',
  scope: 'contacts:read',
});

const reading = z.object({
  messageId: id,
  language: z.string(),
  tone,
  /** 0 to 1; a third: nothing in the message says anything. */
  confidence: z.number(),
  /** The words that it was told by. */
  why: z.array(z.string()),
  /** The model of the company's choice that said so; null: it was read here. */
  byModel: z.string().nullable(),
  topics: z.array(z.object({ id, name: names, confidence: z.number(), why: z.array(z.string()), said: z.boolean() })),
  /** What a member said of it. */
  corrected: z.object({ by: z.string(), tone: tone.nullable(), topicIds: z.array(id).nullable() }).nullable(),
});
export type Reading = z.output<typeof reading>;

export const listReadings = contract({
  name: 'voices.listReadings',
  method: 'GET',
  path: '/conversations/:conversationId/readings',
  summary: 'What the last 500 messages of a conversation were read to say, with the words that tell it',
  input: z.object({ conversationId: id }),
  output: z.object({ items: z.array(reading) }),
  access: 'member',
  scope: 'contacts:read',
});

const ofMessage = { conversationId: id, messageId: id };

export const correct = contract({
  name: 'voices.correct',
  method: 'PUT',
  path: '/conversations/:conversationId/messages/:messageId/reading',
  summary: 'Say how a message sounds or what it is about; the next ones are read accordingly',
  input: z.object({
    ...ofMessage,
    /** Null: as it was read. */
    tone: tone.nullable(),
    /** All of its topics, or none; null: as they were read. */
    topicIds: z.array(id).max(10).nullable(),
  }),
  output: nothing,
  access: 'member',
  scope: 'messages:write',
});

export const takeBack = contract({
  name: 'voices.takeBack',
  method: 'DELETE',
  path: '/conversations/:conversationId/messages/:messageId/reading',
  summary: 'Take back what was said of a message: it is as it was read, and nothing is learnt from it',
  input: z.object(ofMessage),
  output: nothing,
  access: 'member',
  scope: 'messages:write',
});

export const listProposals = contract({
  name: 'voices.listProposals',
  method: 'GET',
  path: '/voices/proposals',
  summary: 'Topics that messages of the last 30 days suggest which fit none: words that five different people use',
  input: nothing,
  output: z.object({
    items: z.array(
      z.object({
        words: z.array(z.string()),
        people: z.number().int(),
        messages: z.number().int(),
        examples: z.array(z.object({ conversationId: id, messageId: id, text: z.string() })),
      }),
    ),
  }),
  access: 'member',
  scope: 'contacts:read',
});

export const dismissProposal = contract({
  name: 'voices.dismissProposal',
  method: 'POST',
  path: '/voices/dismissed',
  summary: 'Propose no more what this word holds together, to me',
  input: z.object({ word: written(200) }),
  output: nothing,
  access: 'member',
  scope: 'messages:write',
});

const rise = z.object({
  day: z.iso.date(),
  topicId: id,
  name: names.nullable(),
  channel: z.object({ id, name: z.string() }),
  count: z.number().int(),
  expected: z.number(),
});

export const listRises = contract({
  name: 'voices.listRises',
  method: 'GET',
  path: '/voices/rises',
  summary: 'Where more was complained of on one of the last three whole days than eight weeks let expect',
  input: nothing,
  output: z.object({ items: z.array(rise) }),
  access: 'member',
  scope: 'contacts:read',
});

export const getRise = contract({
  name: 'voices.getRise',
  method: 'GET',
  path: '/voices/rises/:riseId',
  summary: 'An unusual rise that I was told of',
  input: z.object({ riseId: id }),
  output: rise,
  access: 'member',
  scope: 'contacts:read',
});

const weighing = z.object({
  person: z.number().min(0).max(1000),
  account: z.number().min(0).max(1000),
  /** A thousand of the currency, of open and won opportunities. */
  thousand: z.number().min(0).max(1000),
  /** ISO 4217; what is worth something in another one is shown and weighs nothing. */
  currency: z.string().regex(/^[A-Z]{3}$/),
});
export type Weighing = z.output<typeof weighing>;

const values = z.array(z.object({ currency: z.string(), cents: z.number().int() }));
const heardIn = { days, tone: z.enum(['negative', 'any']).default('negative') };

export const getWeights = contract({
  name: 'voices.getWeights',
  method: 'GET',
  path: '/voices/weights',
  summary: 'Topics by how much weight the voices on them have that I hear: people, organisations, value',
  input: z.object(heardIn),
  output: z.object({
    weighing,
    items: z.array(
      z.object({
        topicId: id,
        name: names,
        aspect: aspect.nullable(),
        people: z.number().int(),
        accounts: z.number().int(),
        values,
        weight: z.number(),
      }),
    ),
    /** Who spoke before so many others is not among them. */
    cut: z.number().int().nullable(),
  }),
  access: 'member',
  scope: 'contacts:read',
});
export type Weights = z.output<typeof getWeights.output>;

export const setWeighing = contract({
  name: 'voices.setWeighing',
  method: 'PUT',
  path: '/voices/weighing',
  summary: 'Say what a person, an organisation and a thousand of value weigh, for everybody',
  input: weighing,
  output: weighing,
  access: 'admin',
  scope: 'workspace:write',
});

export const voice = z.object({
  /** As I see them; null: a contact point that is nobody’s I know, or several people’s. */
  person: z.object({ id, name: z.string() }).nullable(),
  /** As they call themselves. */
  name: z.string(),
  account: z.string().nullable(),
  /** Open and won opportunities with them or their organisation that I see. */
  worth: z.array(z.object({ id, name: z.string(), currency: z.string(), cents: z.number().int() })),
  first: instant,
  last: instant,
  times: z.number().int(),
  /** Of their last word. */
  tone,
  origins: z.array(origin),
});
export type VoiceOf = z.output<typeof voice>;

/** People of a topic that are shown. */
export const mostVoices = 200;

export const listVoices = contract({
  name: 'voices.listVoices',
  method: 'GET',
  path: '/voices/topics/:topicId/voices',
  summary: 'Who spoke on a topic, each person once, who spoke last first: 200 at most, and what they weigh together',
  input: z.object({ topicId: id, ...heardIn }),
  output: z.object({
    name: names.nullable(),
    people: z.number().int(),
    accounts: z.number().int(),
    values,
    weight: z.number(),
    weighing,
    items: z.array(voice),
  }),
  access: 'member',
  scope: 'contacts:read',
});
