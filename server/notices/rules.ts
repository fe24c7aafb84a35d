import type { MemberMailKind } from '../outreach/contract.ts';
import type { NoticeKind, Way } from './contract.ts';

/** By which ways each kind comes unless a member says otherwise: mail where somebody waits for an answer. */
const usual: Record<NoticeKind, readonly Way[]> = {
  request_received: ['app', 'push', 'mail'],
  request_answered: ['app', 'push', 'mail'],
  request_outcome: ['app'],
  reply: ['app', 'push'],
  task_due: ['app', 'push'],
  task_given: ['app', 'push', 'mail'],
  task_done: ['app'],
  grant_made: ['app'],
  grant_ended: ['app'],
  use_changed: ['app'],
  import_done: ['app'],
  joined: ['app'],
  offer_received: ['app'],
  offer_accepted: ['app'],
  removal_held: ['app', 'push', 'mail'],
  self_updated: ['app', 'push'],
  forget_asked: ['app', 'push', 'mail'],
  complained: ['app'],
  lead_day_planned: ['app', 'mail'],
  lead_day_result: ['app'],
  opportunity_given: ['app', 'push', 'mail'],
  conversation_assigned: ['app', 'push'],
  mentioned: ['app', 'push', 'mail'],
  followed_wrote: ['app', 'push'],
  voices_rise: ['app', 'push'],
  case_opened: ['app', 'push'],
  case_proposed: ['app', 'push'],
  webhook_failed: ['app', 'mail'],
  audit_broken: ['app', 'push', 'mail'],
  signed_in: ['app', 'mail'],
  access_changed: ['app', 'mail'],
  many_exported: ['app', 'mail'],
};

export type Wanted = Record<Way, boolean>;

/** By which ways a member wants a kind. */
export function waysOf(kind: NoticeKind, said: readonly { kind: string; way: string; wanted: boolean }[]): Wanted {
  const wants = (way: Way) =>
    said.find((one) => one.kind === kind && one.way === way)?.wanted ?? usual[kind].includes(way);
  return { app: wants('app'), push: wants('push'), mail: wants('mail') };
}

/** The page of the interface that a notice leads to. */
export function pathOf(kind: NoticeKind, subjectId: string): string {
  switch (kind) {
    case 'request_received':
    case 'request_outcome':
      return '/introductions/asked';
    case 'request_answered':
      return '/introductions';
    case 'reply':
      return '/home';
    case 'task_due':
    case 'task_given':
      return '/tasks';
    case 'task_done':
      return '/tasks?whose=given&state=done';
    case 'grant_made':
    case 'grant_ended':
      return '/delegations/to-me';
    case 'use_changed':
      return '/delegations';
    case 'import_done':
      return `/imports/${subjectId}`;
    case 'removal_held':
      return '/settings/devices';
    case 'webhook_failed':
      return '/settings/webhooks';
    case 'audit_broken':
    case 'many_exported':
      return '/settings/audit';
    case 'signed_in':
    case 'access_changed':
      return '/settings/me';
    case 'joined':
      return '/settings/members';
    case 'lead_day_planned':
    case 'lead_day_result':
      return `/quality/lead-days/${subjectId}`;
    case 'opportunity_given':
      return `/opportunities/${subjectId}`;
    case 'conversation_assigned':
    case 'mentioned':
    case 'followed_wrote':
      return `/conversations/${subjectId}`;
    case 'voices_rise':
      return `/voices/rises/${subjectId}`;
    case 'case_opened':
    case 'case_proposed':
      return `/voices/decisions/${subjectId}`;
    case 'self_updated':
    case 'forget_asked':
    case 'complained':
    case 'offer_received':
    case 'offer_accepted':
      return `/people/${subjectId}`;
  }
}

/** Under which of the kinds of mail that pass no gate a notice is sent. */
export function mailKindOf(kind: NoticeKind): MemberMailKind {
  if (kind.startsWith('request_')) return 'request';
  return kind.startsWith('task_') || kind === 'opportunity_given' ? 'reminder' : 'account';
}

/**
 * The push services of browsers: Chrome and Edge on Android, Firefox, Safari, Edge on Windows. An endpoint comes from a browser, that
 * is, from anybody: the server must not be made to call another address (SSRF).
 */
const pushServices = [
  /^fcm\.googleapis\.com$/,
  /^[a-z0-9.-]+\.push\.services\.mozilla\.com$/,
  /^[a-z0-9.-]+\.push\.apple\.com$/,
  /^[a-z0-9.-]+\.notify\.windows\.com$/,
];

export function isPushService(endpoint: string): boolean {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  return (
    url?.protocol === 'https:' &&
    url.port === '' &&
    url.username === '' &&
    url.password === '' &&
    pushServices.some((host) => host.test(url.hostname))
  );
}
