import { z } from 'zod';
import { contract, id, instant, nothing, page, paging } from '../kernel/contract.ts';

/** All that members are told: a closed list. */
export const noticeKind = z.enum([
  'request_received',
  'request_answered',
  'request_outcome',
  'reply',
  'task_due',
  'task_given',
  'task_done',
  'grant_made',
  'grant_ended',
  'use_changed',
  'import_done',
  'joined',
  'offer_received',
  'offer_accepted',
  'removal_held',
  /** Somebody answered a link of mine, or asks to be forgotten. */
  'self_updated',
  'forget_asked',
  /** Somebody called a message of mine unwanted. */
  'complained',
  'lead_day_planned',
  'lead_day_result',
  'opportunity_given',
  /** A conversation is mine to deal with, or a colleague called upon me in one. */
  'conversation_assigned',
  'mentioned',
  /** Somebody whom I follow wrote, where I may read it. */
  'followed_wrote',
  /** On a channel that I tend more is complained of than usual. */
  'voices_rise',
  /** A topic reached its threshold; what a decision of mine was about is done elsewhere. */
  'case_opened',
  'case_proposed',
  /** A webhook gave up on messages, or its receiver is gone. */
  'webhook_failed',
  /** The audit or the ledger is not as it was sealed. */
  'audit_broken',
  /** Somebody signed in as me from a browser that was not known; what opens my account is another. */
  'signed_in',
  'access_changed',
  /** Somebody took many contacts of others along in a day. */
  'many_exported',
]);
export type NoticeKind = z.output<typeof noticeKind>;

export const way = z.enum(['app', 'push', 'mail']);
export type Way = z.output<typeof way>;

export const notice = z.object({
  id,
  kind: noticeKind,
  /** In the caller's language, from what the caller may see now. */
  text: z.string(),
  /** The page of the interface that it is about. */
  path: z.string(),
  at: instant,
  read: z.boolean(),
});
export type Notice = z.output<typeof notice>;

export const listNotices = contract({
  name: 'notices.listNotices',
  method: 'GET',
  path: '/notices',
  summary: 'What I was told in the last 90 days, newest first',
  input: z.object({ ...paging }),
  output: page(notice),
  access: 'member',
  scope: 'contacts:read',
});

export const countUnread = contract({
  name: 'notices.countUnread',
  method: 'GET',
  path: '/notices/unread',
  summary: 'How many notices I have not read, up to 100',
  input: nothing,
  output: z.object({ count: z.number().int() }),
  access: 'member',
  scope: 'contacts:read',
});

export const markRead = contract({
  name: 'notices.markRead',
  method: 'POST',
  path: '/notices/read',
  summary: 'Mark notices as read: these, or all',
  input: z.object({ ids: z.array(id).max(200).optional() }),
  output: nothing,
  access: 'member',
  scope: 'contacts:write',
});

const ways = z.object({ app: z.boolean(), push: z.boolean(), mail: z.boolean() });
export const noticeSettings = z.object({
  kinds: z.array(z.object({ kind: noticeKind, ways })),
  /** How often the digest comes by mail. */
  digest: z.enum(['day', 'week', 'never']),
  /** Whether this workspace sends mail at all. */
  mail: z.boolean(),
});
export type NoticeSettings = z.output<typeof noticeSettings>;

export const getSettings = contract({
  name: 'notices.getSettings',
  method: 'GET',
  path: '/notices/settings',
  summary: 'What I am told by which ways, and how often the digest comes',
  input: nothing,
  output: noticeSettings,
  access: 'member',
  scope: 'contacts:read',
});

export const updateSettings = contract({
  name: 'notices.updateSettings',
  method: 'PATCH',
  path: '/notices/settings',
  summary: 'Switch a way of a kind on or off; choose how often the digest comes',
  input: z.object({
    switches: z
      .array(z.object({ kind: noticeKind, way, wanted: z.boolean() }))
      .max(100)
      .default([]),
    digest: z.enum(['day', 'week', 'never']).optional(),
  }),
  output: noticeSettings,
  access: 'member',
  scope: 'contacts:write',
});

export const stopDigest = contract({
  name: 'notices.stopDigest',
  method: 'POST',
  path: '/notices/digest/stop',
  summary: 'End the digest by the link that stands in it, without signing in',
  input: z.object({ token: z.string().max(1000) }),
  output: nothing,
  access: 'public',
  errors: ['link_expired'],
});

/** What a browser gives to be reached by (W3C Push API, PushSubscription). */
export const subscription = z.object({
  endpoint: z.string().max(2000),
  keys: z.object({ p256dh: z.string().max(200), auth: z.string().max(100) }),
});

export const getPushKey = contract({
  name: 'notices.getPushKey',
  method: 'GET',
  path: '/notices/push-key',
  summary: 'The public key with which a browser asks its push service for a subscription (RFC 8292)',
  input: nothing,
  output: z.object({ key: z.string() }),
  access: 'member',
  scope: 'contacts:read',
});

export const addDevice = contract({
  name: 'notices.addDevice',
  method: 'POST',
  path: '/notices/devices',
  summary: 'Have notices shown by this browser, which one of the known push services reaches',
  input: subscription,
  output: z.object({ id }),
  access: 'member',
  scope: 'contacts:write',
});

export const removeDevice = contract({
  name: 'notices.removeDevice',
  method: 'DELETE',
  path: '/notices/devices/:deviceId',
  summary: 'Show notices on this browser no more',
  input: z.object({ deviceId: id }),
  output: nothing,
  access: 'member',
  scope: 'contacts:write',
});
