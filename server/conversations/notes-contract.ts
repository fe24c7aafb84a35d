import { z } from 'zod';
import { contract, id, instant, nothing } from '../kernel/contract.ts';
import { readers } from './contract.ts';

/** How one met. */
export const manners = ['call', 'video', 'visit'] as const;
const manner = z.enum(manners);

export const writeFieldNote = contract({
  name: 'conversations.writeFieldNote',
  method: 'POST',
  path: '/field-notes',
  summary:
    'Write down what was said in a call, a video meeting or a visit; mine alone, or shared with whom I say. The same id again is the same note',
  input: z.object({
    noteId: id,
    manner,
    /** With whom, as I see them: the first is who said it, the others were there. */
    with: z
      .array(z.object({ personId: id, contactPointId: id.optional() }))
      .min(1)
      .max(10),
    at: instant,
    minutes: z.number().int().min(0).max(1440).nullable().default(null),
    /** Of a call: whose it was. */
    direction: z.enum(['in', 'out']).nullable().default(null),
    /** Empty where a recording says it. */
    text: z
      .string()
      .trim()
      .max(20_000)
      .refine((text) => !text.includes('\u0000'), 'text'),
    /** Left out: as I have chosen for all. */
    share: readers.optional(),
  }),
  /** Of each person one, in their order. */
  output: z.object({ conversationIds: z.array(id) }),
  access: 'member',
  scope: 'messages:write',
});

export const getNoteSetup = contract({
  name: 'conversations.getNoteSetup',
  method: 'GET',
  path: '/field-notes/setup',
  summary: 'Who reads the notes that I write from now on, where I say nothing else',
  input: nothing,
  output: z.object({ share: readers }),
  access: 'member',
  scope: 'contacts:read',
});

export const saveNoteSetup = contract({
  name: 'conversations.saveNoteSetup',
  method: 'PUT',
  path: '/field-notes/setup',
  summary: 'Say who reads the notes that I write from now on; what is written stays as it is shared',
  input: z.object({ share: readers }),
  output: nothing,
  access: 'member',
  scope: 'messages:write',
});

/** `POST …?name=…&type=…` with the octets: the voice of a note of mine; what it is, its octets say. */
export const recordingPath = '/field-notes/:conversationId/recording';

/** What became of a call. */
const outcomes = ['answered', 'missed', 'voicemail'] as const;

const call = z.object({
  /** The telephone system's id of it: said twice, it stands once. */
  externalId: z.string().min(1).max(200),
  /** Of the other side, as the system has it; what is no number (withheld) is nobody's. */
  number: z.string().max(60),
  name: z.string().trim().max(200).default(''),
  direction: z.enum(['in', 'out']),
  startedAt: instant,
  seconds: z.number().int().min(0).max(86_400).default(0),
  outcome: z.enum(outcomes),
  /** Who spoke, by the address of their account. */
  agentEmail: z.email().max(320).optional(),
  /** https; kept as a link, and fetched where the channel is set up to. */
  recordingUrl: z
    .url({ protocol: /^https$/ })
    .max(2000)
    .optional(),
});
export type Call = z.output<typeof call>;

export const logCalls = contract({
  name: 'conversations.logCalls',
  method: 'POST',
  path: '/channels/:channelId/calls',
  summary:
    'A telephone system tells of calls, once each; one that was missed, or went to the answering machine, waits for an answer. For who tends the channel',
  input: z.object({ channelId: id, calls: z.array(call).min(1).max(100) }),
  output: z.object({
    kept: z.number().int(),
    /** Told before. */
    known: z.number().int(),
  }),
  access: 'member',
  scope: 'messages:write',
});
