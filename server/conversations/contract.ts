import { z } from 'zod';
import { contract, id, instant, nothing, page, paging } from '../kernel/contract.ts';

/** All kinds of channel there are. */
export const channelKinds = [
  'chat',
  'form',
  'note',
  'calls',
  'mail',
  'webhook',
  'whatsapp',
  'messenger',
  'instagram',
  'telegram',
  'sms_twilio',
  'sms_ovh',
  'mastodon',
  'bluesky',
  'discourse',
  'feed',
  'reviews',
  'imported',
] as const;
export const channelKind = z.enum(channelKinds);
export type ChannelKind = z.output<typeof channelKind>;

/**
 * `open`: somebody has to do something; `pending`: it is for them to answer; `snoozed`: comes back by itself at its time, or when they
 * write; `closed`: done; `spam`: unwanted, and stays so whatever comes.
 */
export const statuses = ['open', 'pending', 'snoozed', 'closed', 'spam'] as const;
export const status = z.enum(statuses);
export type Status = z.output<typeof status>;

/** Why an answer may not leave. */
export const refusal = z.enum([
  'not_begun',
  'channel_ended',
  'channel_paused',
  'only_listens',
  'window',
  'objected',
  'dead',
  'suppressed',
  'too_long',
]);
export type Refusal = z.output<typeof refusal>;

/** What becomes of a message of ours. `in_doubt`: it left, and nobody knows whether it arrived; nothing repeats it by itself. */
export const sendingState = z.enum([
  'queued',
  'sending',
  'sent',
  'delivered',
  'read',
  'failed',
  'refused',
  'in_doubt',
  'cancelled',
]);
export type SendingState = z.output<typeof sendingState>;

const member = z.object({ id, name: z.string() });
const team = z.object({ id, name: z.string() });

/** A person as the caller sees them, or a name that stands with the message only. */
const person = z.object({ id, name: z.string() });

export const conversation = z.object({
  id,
  channel: z.object({ id, kind: channelKind, name: z.string() }),
  /** As they call themselves; empty: not said. */
  contactName: z.string(),
  /** The contact point: an address, a number, a handle; null for an anonymous visitor. */
  address: z.string().nullable(),
  /** They say that this is their address; nothing has shown it. */
  claimed: z.boolean(),
  /** Those of my contacts who have this contact point; several where they share it. */
  people: z.array(person),
  subject: z.string(),
  status,
  snoozedUntil: instant.nullable(),
  assignee: member.nullable(),
  team: team.nullable(),
  excerpt: z.string(),
  /** Who said the last word. */
  lastKind: z.enum(['in', 'out', 'note', 'event']),
  lastAt: instant,
  /** Since when they wait for an answer. */
  waitingSince: instant.nullable(),
  /** There is something that I have not seen. */
  unread: z.boolean(),
  version: z.number().int(),
});
export type Conversation = z.output<typeof conversation>;

export const file = z.object({
  id,
  name: z.string(),
  mediaType: z.string(),
  size: z.number().int(),
  /** It is what it says it is, and may be shown in the page. */
  shown: z.boolean(),
  state: z.enum(['kept', 'waiting', 'refused']),
  reason: z.string().nullable(),
});
export type ConversationFile = z.output<typeof file>;

/** What became of the conversation, by whom. */
export const happening = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('assigned'), to: member.nullable() }),
  z.object({ kind: z.literal('team'), to: team.nullable() }),
  z.object({ kind: z.literal('status'), to: status }),
  z.object({ kind: z.literal('shared'), with: z.string().nullable() }),
  z.object({ kind: z.literal('moved'), from: z.string(), to: z.string() }),
  z.object({ kind: z.literal('identified'), name: z.string(), address: z.string() }),
  /** Of a form: they agreed to these words (of this version of it); `confirmed`: whoever has the address said that it was them. */
  z.object({
    kind: z.literal('agreed'),
    confirmed: z.boolean(),
    version: z.number().int(),
    consents: z.array(z.object({ purpose: z.string(), words: z.string(), granted: z.boolean() })),
  }),
]);

export const message = z.object({
  id,
  kind: z.enum(['in', 'out', 'note', 'event']),
  /** The member who wrote it or did it. */
  author: member.nullable(),
  /** Who wrote it on the other side, where it is not whom the conversation is with. */
  authorName: z.string().nullable(),
  subject: z.string().nullable(),
  text: z.string(),
  /** What was cut off: quotes, signature. */
  quoted: z.string().nullable(),
  /** Made harmless: no scripts, no pictures from elsewhere (they stand in `data-src`). */
  html: z.string().nullable(),
  at: instant,
  editedAt: instant.nullable(),
  /** Taken back by who wrote it; its text is gone. */
  deletedAt: instant.nullable(),
  state: sendingState.nullable(),
  /** Why it did not leave, in a code. */
  answer: z.string().nullable(),
  refusals: z.array(refusal),
  automatic: z.boolean(),
  nature: z.string().nullable(),
  /** Of a call, a video meeting, a visit: how it was. */
  held: z
    .object({
      seconds: z.number().int().nullable(),
      direction: z.enum(['in', 'out']).nullable(),
      outcome: z.enum(['answered', 'missed', 'voicemail']).nullable(),
      /** Which member spoke. */
      agent: z.string().nullable(),
    })
    .nullable(),
  url: z.string().nullable(),
  rating: z.object({ value: z.number(), of: z.number() }).nullable(),
  others: z.array(z.string()),
  reactions: z.array(z.string()),
  files: z.array(file),
  event: happening.nullable(),
});
export type Message = z.output<typeof message>;

/** Which ones: of channels that I tend, and threads that are shared with me. */
const which = {
  whose: z.enum(['all', 'mine', 'unassigned', 'mentioned']).default('all'),
  /** `any`: of a person or a channel, all but what is unwanted. */
  status: z.enum([...statuses, 'any']).default('open'),
  channelId: id.optional(),
  teamId: id.optional(),
  /** Of a person as I see them: all whose contact point they have. */
  personId: id.optional(),
};

export const listConversations = contract({
  name: 'conversations.listConversations',
  method: 'GET',
  path: '/conversations',
  summary: 'Conversations of the channels that I tend, the last word first',
  input: z
    .object({ ...which, ...paging })
    .refine(
      ({ status, personId, channelId }) => status !== 'any' || personId !== undefined || channelId !== undefined,
      {
        path: ['personId'],
        message: 'required',
      },
    ),
  output: page(conversation),
  access: 'member',
  scope: 'contacts:read',
});

export const countConversations = contract({
  name: 'conversations.countConversations',
  method: 'GET',
  path: '/conversation-counts',
  summary: 'How many stand open, for each view of the inbox',
  input: nothing,
  output: z.object({
    /** I tend a channel, or something is shared with me. */
    tends: z.boolean(),
    mine: z.number().int(),
    unassigned: z.number().int(),
    mentioned: z.number().int(),
    all: z.number().int(),
    /** Of mine and nobody's, those in which somebody waits for an answer. */
    waiting: z.number().int(),
  }),
  access: 'member',
  scope: 'contacts:read',
});

export const fullConversation = conversation.extend({
  /** I may answer; else I only read along. */
  mayAnswer: z.boolean(),
  /** Why an answer would not leave now. */
  refusals: z.array(refusal),
  capabilities: z.object({
    public: z.boolean(),
    mostCharacters: z.number().int().nullable(),
    files: z.object({ mostOctets: z.number().int(), types: z.array(z.string()) }).nullable(),
    templates: z.boolean(),
    subject: z.boolean(),
  }),
  /** Who reads along, and whether that is mine to say: of my own mailbox, or of a channel that I tend. */
  sharing: z.object({ mine: z.boolean(), with: z.object({ id, name: z.string() }).nullable() }),
  /** It stands in a member's own mailbox. */
  ownChannel: z.boolean(),
  /** I hear of what they say, on whichever channel, where I may read it. */
  follows: z.boolean(),
  /** I may have it erased. */
  mayErase: z.boolean(),
  openedAt: instant,
  firstAnswerAt: instant.nullable(),
  closedAt: instant.nullable(),
  /** Others of this contact point that I see. */
  earlier: z.number().int(),
  /** Those who see it: one of them may be given it, or called upon. */
  colleagues: z.array(member),
  /** A visitor is writing just now. */
  theyWrite: z.boolean(),
  /** Who looks at it now, or writes; without me. */
  present: z.array(member.extend({ writing: z.boolean() })),
});
export type FullConversation = z.output<typeof fullConversation>;

const one = { conversationId: id };
const decided = { ...one, version: z.number().int() };

export const getConversation = contract({
  name: 'conversations.getConversation',
  method: 'GET',
  path: '/conversations/:conversationId',
  summary: 'A conversation, with who it is with and what may be done',
  input: z.object(one),
  output: fullConversation,
  access: 'member',
  scope: 'contacts:read',
});

export const listMessages = contract({
  name: 'conversations.listMessages',
  method: 'GET',
  path: '/conversations/:conversationId/messages',
  summary: 'What was said, the last word first',
  input: z.object({ ...one, ...paging }),
  output: page(message),
  access: 'member',
  scope: 'contacts:read',
});

/** The most characters that one writes by hand. */
export const mostWritten = 20_000;
const written = z
  .string()
  .trim()
  .min(1)
  .max(mostWritten)
  .refine((text) => !text.includes('\u0000'), 'text');

export const reply = contract({
  name: 'conversations.reply',
  method: 'POST',
  path: '/conversations/:conversationId/replies',
  summary:
    'Answer on the contact point of the conversation; it leaves at once, or is kept with all reasons why it may not',
  input: z.object({
    ...one,
    text: written,
    /** Ids of files put there before. */
    fileIds: z.array(id).max(10).default([]),
    template: z
      .object({
        name: z.string().min(1).max(200),
        language: z.string().max(20),
        values: z.array(z.string().max(1000)).max(20),
      })
      .optional(),
    /** What stands open then. Left out: it stays open. */
    afterwards: z.enum(['open', 'pending', 'closed']).default('pending'),
    /** The last message that I have seen: where there is a newer one of theirs, nothing leaves (409). */
    after: id.optional(),
  }),
  output: message,
  access: 'member',
  scope: 'messages:write',
  errors: ['conflict'],
});

export const addNote = contract({
  name: 'conversations.addNote',
  method: 'POST',
  path: '/conversations/:conversationId/notes',
  summary: 'Write down something among ourselves; who is called upon is told',
  input: z.object({ ...one, text: written, mentions: z.array(id).max(20).default([]) }),
  output: message,
  access: 'member',
  scope: 'messages:write',
});

export const assign = contract({
  name: 'conversations.assign',
  method: 'PUT',
  path: '/conversations/:conversationId/assignee',
  summary: 'Say who deals with it: a member, a team, both or nobody',
  input: z.object({ ...decided, memberId: id.nullable().optional(), teamId: id.nullable().optional() }),
  output: fullConversation,
  access: 'member',
  scope: 'messages:write',
  errors: ['conflict'],
});

export const setStatus = contract({
  name: 'conversations.setStatus',
  method: 'PUT',
  path: '/conversations/:conversationId/status',
  summary: 'Say where it stands; snoozed until a time',
  input: z
    .object({ ...decided, status, snoozedUntil: instant.optional() })
    .refine(({ status, snoozedUntil }) => (status === 'snoozed') === (snoozedUntil !== undefined), {
      path: ['snoozedUntil'],
      message: 'required',
    }),
  output: fullConversation,
  access: 'member',
  scope: 'messages:write',
  errors: ['conflict'],
});

export const markSeen = contract({
  name: 'conversations.markSeen',
  method: 'PUT',
  path: '/conversations/:conversationId/seen',
  summary: 'I have read up to now; or `unread`: as if I had not',
  input: z.object({ ...one, unread: z.boolean().default(false) }),
  output: nothing,
  access: 'member',
  scope: 'messages:write',
});

export const setPresence = contract({
  name: 'conversations.setPresence',
  method: 'PUT',
  path: '/conversations/:conversationId/presence',
  summary: 'I look at it, or write an answer; said again every 20 seconds, else forgotten after 40',
  input: z.object({ ...one, doing: z.enum(['looking', 'writing', 'gone']) }),
  output: nothing,
  access: 'member',
  scope: 'messages:write',
});

export const settleDoubt = contract({
  name: 'conversations.settleDoubt',
  method: 'POST',
  path: '/conversations/:conversationId/messages/:messageId/doubt',
  summary: 'Say of a message in doubt that it arrived, or have it sent again; of a failed one, have it sent again',
  input: z.object({ ...one, messageId: id, arrived: z.boolean() }),
  output: message,
  access: 'member',
  scope: 'messages:write',
  errors: ['conflict'],
});

export const searchMessages = contract({
  name: 'conversations.searchMessages',
  method: 'GET',
  path: '/message-search',
  summary: 'Messages that hold all these words, of all conversations that I see, newest first',
  input: z.object({ q: z.string().trim().min(1).max(200), ...paging }),
  output: page(z.object({ conversation, messageId: id, excerpt: z.string(), at: instant })),
  access: 'member',
  scope: 'contacts:read',
});

/** Who reads along in what is a member's own. */
export const readers = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('nobody') }),
  z.object({ kind: z.literal('member'), memberId: id }),
  z.object({ kind: z.literal('team'), teamId: id }),
  z.object({ kind: z.literal('workspace') }),
]);

export const share = contract({
  name: 'conversations.share',
  method: 'PUT',
  path: '/conversations/:conversationId/sharing',
  summary:
    'Let a colleague, a team or the company read along, or no longer: in my own mailbox, or on a channel that I tend',
  input: z.object({
    ...decided,
    with: readers,
  }),
  output: fullConversation,
  access: 'member',
  scope: 'messages:write',
  errors: ['conflict'],
});

export const follow = contract({
  name: 'conversations.follow',
  method: 'PUT',
  path: '/conversations/:conversationId/following',
  summary: 'Hear of what they say, on whichever channel, where I may read it; or no longer',
  input: z.object({ ...one, follows: z.boolean() }),
  output: nothing,
  access: 'member',
  scope: 'messages:write',
});

export const eraseConversation = contract({
  name: 'conversations.erase',
  method: 'DELETE',
  path: '/conversations/:conversationId',
  summary:
    'Erase what was said, by both sides and among ourselves, with its files; for admins who tend the channel, and whose own it is',
  input: z.object(one),
  output: nothing,
  access: 'member',
  scope: 'messages:write',
});

export const savedReply = z.object({
  id,
  name: z.string(),
  texts: z
    .record(z.enum(['fr', 'en']), z.string())
    .or(z.object({ fr: z.string().optional(), en: z.string().optional() })),
  audience: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('mine') }),
    z.object({ kind: z.literal('team'), teamId: id }),
    z.object({ kind: z.literal('workspace') }),
  ]),
  /** I may change it. */
  mine: z.boolean(),
});
export type SavedReply = z.output<typeof savedReply>;

export const listSavedReplies = contract({
  name: 'conversations.listSavedReplies',
  method: 'GET',
  path: '/saved-replies',
  summary: 'Texts for answers: mine, of my teams, of the company',
  input: nothing,
  output: z.object({ items: z.array(savedReply) }),
  access: 'member',
  scope: 'contacts:read',
});

/** Characters of a saved reply. */
const replyText = z.string().trim().max(10_000);

export const saveReply = contract({
  name: 'conversations.saveReply',
  method: 'POST',
  path: '/saved-replies',
  summary: 'Keep a text for answers, in French, English or both, with Liquid variables',
  input: z.object({
    /** Left out: a new one. */
    replyId: id.optional(),
    name: z.string().trim().min(1).max(100),
    texts: z
      .object({ fr: replyText.optional(), en: replyText.optional() })
      .refine((texts) => texts.fr || texts.en, 'required'),
    audience: savedReply.shape.audience,
  }),
  output: savedReply,
  access: 'member',
  scope: 'messages:write',
});

export const removeReply = contract({
  name: 'conversations.removeReply',
  method: 'DELETE',
  path: '/saved-replies/:replyId',
  summary: 'Take a saved text away',
  input: z.object({ replyId: id }),
  output: nothing,
  access: 'member',
  scope: 'messages:write',
});

export const fillReply = contract({
  name: 'conversations.fillReply',
  method: 'GET',
  path: '/conversations/:conversationId/saved-replies/:replyId',
  summary: 'A saved text with what is known of the one it goes to, in the language they write in where it is there',
  input: z.object({ ...one, replyId: id, language: z.enum(['fr', 'en']).optional() }),
  output: z.object({ text: z.string(), language: z.enum(['fr', 'en']) }),
  access: 'member',
  scope: 'contacts:read',
});

/** A day of the company, over the last weeks. */
export const figures = z.object({
  /** Conversations opened since, answered, closed. */
  opened: z.number().int(),
  answered: z.number().int(),
  closed: z.number().int(),
  /** Seconds, the middle and nine of ten; null: none yet. */
  firstAnswer: z.object({ median: z.number(), p90: z.number() }).nullable(),
  resolution: z.object({ median: z.number(), p90: z.number() }).nullable(),
  /** Now. */
  waiting: z.number().int(),
  /** Waiting the longest: seconds. */
  longestWait: z.number().nullable(),
});

export const getFigures = contract({
  name: 'conversations.getFigures',
  method: 'GET',
  path: '/conversation-figures',
  summary: 'How fast my channels answer, and what each team has in hand; nobody is scored',
  input: z.object({ days: z.coerce.number().int().min(1).max(365).default(30), channelId: id.optional() }),
  output: z.object({
    total: figures,
    channels: z.array(figures.extend({ id, name: z.string() })),
    /** Open ones by team; id null: of no team. Of single members only one's own. */
    workload: z.array(
      z.object({ id: id.nullable(), name: z.string(), open: z.number().int(), waiting: z.number().int() }),
    ),
    mine: z.object({ open: z.number().int(), waiting: z.number().int() }),
  }),
  access: 'member',
  scope: 'contacts:read',
});

/** `POST …?name=…` with the octets: a file for an answer; it leaves with it, or is forgotten after a day. */
export const putFilePath = '/conversations/:conversationId/files';
export const filePath = '/conversation-files/:fileId';
/** Octets of one file. */
export const mostFile = 25 * 2 ** 20;
