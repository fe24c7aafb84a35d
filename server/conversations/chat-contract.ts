import { z } from 'zod';
import { contract, id, instant, nothing } from '../kernel/contract.ts';

/** Of which channel; both stand in the site's script tag. */
const place = { workspaceId: id, channelId: id };

/** The header in which a visitor's own word travels, by which they are known again: never in an address. */
export const visitorHeader = 'x-visitor';

/** What a visitor sees of a message: theirs and ours, never what is among ourselves. */
const chatMessage = z.object({
  id,
  mine: z.boolean(),
  /** The first name of who answers. */
  author: z.string(),
  text: z.string(),
  at: instant,
  deleted: z.boolean(),
  files: z.array(z.object({ id, name: z.string(), size: z.number().int(), image: z.boolean() })),
});
export type ChatMessage = z.output<typeof chatMessage>;

const chat = z.object({
  /** Who is talked to. */
  company: z.string(),
  greeting: z.object({ fr: z.string(), en: z.string() }),
  colour: z.string(),
  /** Whether one says who one is before one writes. */
  asks: z.enum(['nothing', 'email']),
  /** Somebody who answers looks at a page just now. */
  online: z.boolean(),
  /** They write an answer. */
  writing: z.boolean(),
  /** What the visitor has said of themself. */
  known: z.object({ name: z.string(), email: z.string() }).nullable(),
  /** The last ones, oldest first. */
  messages: z.array(chatMessage),
});
export type Chat = z.output<typeof chat>;

export const openChat = contract({
  name: 'conversations.openChat',
  method: 'POST',
  path: '/chat/:workspaceId/:channelId/visitors',
  summary: 'A visitor’s word, by which they are known again; to be kept in their browser',
  input: z.object(place),
  output: z.object({ visitor: z.string() }),
  access: 'public',
  rate: 30,
  secret: true,
});

export const readChat = contract({
  name: 'conversations.readChat',
  method: 'GET',
  path: '/chat/:workspaceId/:channelId',
  summary: 'What was said with this visitor (header x-visitor), and whether somebody is there',
  input: z.object(place),
  output: chat,
  access: 'public',
  rate: 600,
});

/** Characters of a visitor's message. */
const mostVisitorWrites = 4000;

export const sayInChat = contract({
  name: 'conversations.sayInChat',
  method: 'POST',
  path: '/chat/:workspaceId/:channelId/messages',
  summary: 'A visitor says something; the same id again is the same message',
  input: z.object({ ...place, messageId: id, text: z.string().trim().min(1).max(mostVisitorWrites) }),
  output: nothing,
  access: 'public',
  rate: 60,
});

export const identifyVisitor = contract({
  name: 'conversations.identifyVisitor',
  method: 'PUT',
  path: '/chat/:workspaceId/:channelId/visitor',
  summary: 'A visitor says who they are; what was said before stays with them',
  input: z.object({ ...place, name: z.string().trim().max(200).default(''), email: z.email().max(254) }),
  output: nothing,
  access: 'public',
  rate: 20,
});

export const writeInChat = contract({
  name: 'conversations.writeInChat',
  method: 'PUT',
  path: '/chat/:workspaceId/:channelId/writing',
  summary: 'A visitor is writing: holds for six seconds',
  input: z.object(place),
  output: nothing,
  access: 'public',
  rate: 120,
});

/** `GET`, server-sent events without data: something was said, look again. */
export const chatLivePath = '/chat/:workspaceId/:channelId/live';
/** `POST …?name=…&type=…&messageId=…` with the octets. */
export const chatFilesPath = '/chat/:workspaceId/:channelId/files';
export const chatFilePath = '/chat/:workspaceId/:channelId/files/:fileId';
/** Octets of a visitor's file. */
export const mostVisitorFile = 10 * 2 ** 20;
/** The page in the window on a site. */
export const chatPagePath = '/chat/:workspaceId/:channelId';
