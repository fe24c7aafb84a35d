import { z } from 'zod';
import { contract, id, instant, nothing } from '../kernel/contract.ts';
import { channelKind } from './contract.ts';

/** Who tends a channel: sees its conversations, and answers. */
const audience = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('workspace') }),
  z.object({ kind: z.literal('team'), id }),
  z.object({ kind: z.literal('member'), id }),
]);
export type Audience = z.output<typeof audience>;

const channel = z.object({
  id,
  kind: channelKind,
  name: z.string(),
  /** My own mailbox; nobody else sees it. */
  mine: z.boolean(),
  state: z.enum(['working', 'paused', 'ended']),
  /** What the platform would not do, and since when. */
  problem: z.object({ code: z.string(), since: instant }).nullable(),
  heardAt: instant.nullable(),
  access: z.array(z.object({ kind: z.enum(['workspace', 'team', 'member']), id, name: z.string() })),
  /** Months after the last word after which what was said is erased. */
  keepMonths: z.number().int(),
  /** I see what stands there. */
  tends: z.boolean(),
});
export type ChannelSummary = z.output<typeof channel>;

const fullChannel = channel.extend({
  settings: z.record(z.string(), z.unknown()),
  hasSecret: z.boolean(),
  /** Where the platform is to call; null: it is not called. */
  hookUrl: z.string().nullable(),
  /** What is put on the pages of a site; null: nothing. */
  embed: z.string().nullable(),
  /** A page of its own that everybody may open; null: none. */
  pageUrl: z.string().nullable(),
});
export type FullChannel = z.output<typeof fullChannel>;

export const listChannels = contract({
  name: 'conversations.listChannels',
  method: 'GET',
  path: '/channels',
  summary: 'The channels of the company, and my own',
  input: nothing,
  output: z.object({ items: z.array(channel) }),
  access: 'member',
  scope: 'contacts:read',
});

const said = {
  name: z.string().trim().min(1).max(80),
  settings: z.record(z.string(), z.unknown()),
  access: z.array(audience).max(50),
};

export const addChannel = contract({
  name: 'conversations.addChannel',
  method: 'POST',
  path: '/channels',
  summary: 'Open a channel; the platform is asked whether it agrees',
  input: z.object({ kind: channelKind, ...said, secret: z.record(z.string(), z.string().max(10_000)).default({}) }),
  output: fullChannel,
  access: 'admin',
  scope: 'workspace:write',
  errors: ['connection_failed'],
});

export const addOwnMailbox = contract({
  name: 'conversations.addOwnMailbox',
  method: 'POST',
  path: '/own-mailboxes',
  summary: 'Open a mailbox of my own: nobody else sees what stands there, but the threads that I share',
  input: z.object({
    name: said.name,
    settings: said.settings,
    secret: z.record(z.string(), z.string().max(10_000)),
  }),
  output: fullChannel,
  access: 'member',
  scope: 'messages:write',
  errors: ['connection_failed'],
});

export const getChannel = contract({
  name: 'conversations.getChannel',
  method: 'GET',
  path: '/channels/:channelId',
  summary: 'A channel as it is set up, for admins, and for whose own it is; its secrets are never told',
  input: z.object({ channelId: id }),
  output: fullChannel,
  access: 'member',
  scope: 'workspace:read',
});

export const updateChannel = contract({
  name: 'conversations.updateChannel',
  method: 'PATCH',
  path: '/channels/:channelId',
  summary: 'Change how a channel is called, set up, who tends it, or let it rest; an admin, or whose own it is',
  input: z.object({
    channelId: id,
    name: said.name.optional(),
    settings: said.settings.optional(),
    access: said.access.optional(),
    /** What is left out of it stays as it is kept. */
    secret: z.record(z.string(), z.string().max(10_000)).optional(),
    state: z.enum(['working', 'paused']).optional(),
    keepMonths: z.number().int().min(1).max(120).optional(),
  }),
  output: fullChannel,
  access: 'member',
  scope: 'workspace:write',
  errors: ['connection_failed'],
});

export const endChannel = contract({
  name: 'conversations.endChannel',
  method: 'DELETE',
  path: '/channels/:channelId',
  summary: 'Nothing comes or leaves there any more; what was said stays. For an admin, or whose own it is',
  input: z.object({ channelId: id }),
  output: nothing,
  access: 'member',
  scope: 'workspace:write',
});

/** Where platforms call; the signature of the body says that it is them. */
export const hookPath = '/channel-hooks/:workspaceId/:channelId';
