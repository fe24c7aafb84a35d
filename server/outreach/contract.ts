import { z } from 'zod';
import { channel, purpose } from '../delegation/contract.ts';
import { contract, id, instant, nothing, page, paging } from '../kernel/contract.ts';
import { holidayCountries } from './holidays.ts';
import { way } from './ways-contract.ts';

/**
 * Mail to members that passes no gate, because it is about their own account, requests and contacts: a closed list, shown with
 * each one's reason in Settings → Mail (`mail.toMembers.<kind>` in the catalogues).
 */
export const memberMailKinds = ['test', 'trial', 'copy', 'digest', 'request', 'reminder', 'account'] as const;
export const memberMailKind = z.enum(memberMailKinds);
export type MemberMailKind = z.output<typeof memberMailKind>;

/** Why the gate says no; each has its words under `gate.<reason>`. */
export const reason = z.enum([
  /** This workspace has no outgoing mail. */
  'no_mail_server',
  /** Nor a channel by which it would leave. */
  'no_channel',
  /** Nobody who holds the contact lends it for writing. */
  'no_grant',
  /** It is lent for that, but… */
  'not_begun',
  'ended',
  'ask_first',
  'purpose',
  'channel',
  'field',
  'quota',
  /** The contact wants no more mail, for this purpose or at all. */
  'objected',
  'objected_purpose',
  /** Advertising to a private address needs consent. */
  'no_consent',
  /** Mail to the address came back for good. */
  'dead',
  'suppressed',
  /** They have received as much as the workspace lets anybody receive. */
  'pressure',
  /** They called a message of ours unwanted not long ago. */
  'cooling_complaint',
  /** They wait for our answer, dissatisfied, or have a ticket open. */
  'open_ticket',
  /** Nothing has come from them for longer than the law lets prospects be kept for advertising. */
  'retention',
  /** At the moment of leaving: the contact or the address is no longer seen by the author, or the author is gone. */
  'out_of_sight',
  'author_gone',
  /** At the moment of leaving a content cannot be written for them: something is not known, an address would lead elsewhere, in no language, at all. */
  'missing_variable',
  'bad_link',
  'no_language',
  'unwritable',
  /** The letter's address does not fit an envelope any more, or is gone. */
  'bad_address',
  /** The author no longer sees the content. */
  'content_gone',
]);
export type Reason = z.output<typeof reason>;

/** Why a message waits, where only time stands in its way; each has its words under `gate.later.<reason>`. */
export const laterReason = z.enum(['quiet_hours', 'quiet_day', 'domain_quota', 'mailbox_quota']);
export type LaterReason = z.output<typeof laterReason>;

/**
 * How a message is meant: one member writes to one person; an answer to what somebody wrote; to many at once (campaigns, surveys, invitations,
 * closing the loop); by a scenario.
 */
export const manner = z.enum(['personal', 'answer', 'bulk', 'automated']);
export type Manner = z.output<typeof manner>;

const line = (max: number) => z.string().trim().min(1).max(max);

export const security = z.enum(['tls', 'starttls', 'none']);
export const mailSetup = z.object({
  host: line(253),
  port: z.number().int().min(1).max(65_535),
  /** `none` is taken for loopback only. */
  security,
  username: line(320).nullable(),
  senderName: line(200),
  senderAddress: z.email(),
  /** Where answers to mails of the company go, and unsubscribing by mail; answers to a contact's mail go to its author. */
  replyTo: z.email().nullable(),
});
export type MailSetup = z.output<typeof mailSetup>;
const keptSetup = mailSetup.extend({ hasPassword: z.boolean(), changedAt: instant });

export const getMailSetup = contract({
  name: 'outreach.getMailSetup',
  method: 'GET',
  path: '/mail',
  summary: 'How mail leaves this workspace; the password is never given back',
  input: nothing,
  output: z.object({ setup: keptSetup.nullable() }),
  access: 'admin',
  scope: 'workspace:read',
});
export const saveMailSetup = contract({
  name: 'outreach.saveMailSetup',
  method: 'PUT',
  path: '/mail',
  summary: 'Say how mail leaves this workspace; without a password the one that is kept stays',
  input: mailSetup.extend({ password: z.string().min(1).max(1000).optional() }),
  output: z.object({ setup: keptSetup }),
  access: 'admin',
  scope: 'workspace:write',
});
export const removeMailSetup = contract({
  name: 'outreach.removeMailSetup',
  method: 'DELETE',
  path: '/mail',
  summary: 'No mail leaves this workspace any more; what waits fails when its turn comes',
  input: nothing,
  output: nothing,
  access: 'admin',
  scope: 'workspace:write',
});
export const sendTestMail = contract({
  name: 'outreach.sendTestMail',
  method: 'POST',
  path: '/mail/test',
  summary: 'Send a test message to myself at once, and say what the mail server answered',
  input: nothing,
  output: z.object({
    to: z.string(),
    state: z.enum(['sent', 'failed', 'later', 'in_doubt']),
    /** A stage, with the reply's code where there is one: `authentication 535 5.7.8`. */
    answer: z.string().nullable(),
  }),
  access: 'admin',
  scope: 'workspace:write',
});
export const getMailHealth = contract({
  name: 'outreach.getMailHealth',
  method: 'GET',
  path: '/mail/health',
  summary: 'When mail last left and last failed, and what waits',
  input: nothing,
  output: z.object({
    lastSuccessAt: instant.nullable(),
    lastFailureAt: instant.nullable(),
    lastFailure: z.string().nullable(),
    waiting: z.number().int(),
    oldestWaitingAt: instant.nullable(),
    inDoubt: z.number().int(),
    suppressed: z.number().int(),
    /** Days and answers of the last failures, newest first. */
    failures: z.array(z.object({ at: instant, answer: z.string() })),
  }),
  access: 'admin',
  scope: 'workspace:read',
});
export const suppressAddress = contract({
  name: 'outreach.suppressAddress',
  method: 'POST',
  path: '/mail/suppressed',
  summary: 'Never write to an address again, whoever asks; or (suppressed: false) allow it again',
  input: z.object({ email: z.email(), suppressed: z.boolean() }),
  output: nothing,
  access: 'admin',
  scope: 'workspace:write',
});

export const messageState = z.enum(['queued', 'sending', 'made', 'sent', 'failed', 'refused', 'in_doubt', 'cancelled']);
export const message = z.object({
  id,
  /** `asked`: to somebody who asked for it at their own address. */
  kind: z.enum(['member', 'contact', 'asked']),
  /** To a contact: the purpose; else which of the kinds that pass no gate. */
  purpose: z.string(),
  state: messageState,
  attempts: z.number().int(),
  /** What the mail server said last, as a code. */
  answer: z.string().nullable(),
  /** Why the gate refused it when it was to leave. */
  reasons: z.array(reason),
  /** Why it waits until `nextAt`. */
  waits: z.array(laterReason),
  manner,
  way,
  /** What it weighs for who gets it, 0–10. */
  weight: z.number().int(),
  author: z.string().nullable(),
  mine: z.boolean(),
  createdAt: instant,
  /** When it is tried (again). */
  nextAt: instant.nullable(),
  settledAt: instant.nullable(),
  /** It left and came back: what the report said (RFC 3463). */
  bounce: z.string().nullable(),
});
/** A message of one's own, with what it says and to whom; null where that has been erased or is no longer seen. */
export const ownMessage = message.extend({
  contact: z.object({ id, name: z.string() }).nullable(),
  subject: z.string().nullable(),
  text: z.string().nullable(),
  /** It is a content that was written for many: which version, instead of a text. */
  content: z.object({ id, version: z.number().int() }).nullable(),
});
export type Message = z.output<typeof message>;
export type OwnMessage = z.output<typeof ownMessage>;

export const listOutbox = contract({
  name: 'outreach.listOutbox',
  method: 'GET',
  path: '/mail/outbox',
  summary: 'All outgoing mail, newest first: states and reasons, no texts and no addresses',
  input: z.object({ ...paging, state: messageState.optional() }),
  output: page(message),
  access: 'admin',
  scope: 'workspace:read',
});
export const listMyMessages = contract({
  name: 'outreach.listMyMessages',
  method: 'GET',
  path: '/messages',
  summary: 'What I wrote to contacts, newest first',
  input: z.object({ ...paging }),
  output: page(ownMessage),
  access: 'member',
  scope: 'contacts:read',
});
export const listMessagesTo = contract({
  name: 'outreach.listMessagesTo',
  method: 'GET',
  path: '/people/:personId/messages',
  summary: 'What was written to a person: by me, and by colleagues by way of my cards (who, when, what for)',
  input: z.object({ personId: id }),
  output: z.object({
    mine: z.array(ownMessage),
    throughMe: z.array(z.object({ author: z.string(), purpose, at: instant })),
  }),
  access: 'member',
  scope: 'contacts:read',
});

const toWhom = { personId: id, contactPointId: id, purpose };
const answer = z.object({
  allowed: z.boolean(),
  reasons: z.array(reason),
  /** It may, but not before then. */
  laterAt: instant.nullable(),
  laterReasons: z.array(laterReason),
});

export const askGate = contract({
  name: 'outreach.askGate',
  method: 'GET',
  path: '/people/:personId/gate',
  summary:
    'Whether I may write to an address of a person for a purpose, with all reasons against it; nothing is sent or kept',
  input: z.object(toWhom),
  output: answer.extend({
    /** From whom the contact will see it come, and where answers go. */
    from: z.string().nullable(),
    repliesTo: z.string(),
  }),
  access: 'member',
  scope: 'contacts:read',
});
export const writeToContact = contract({
  name: 'outreach.writeToContact',
  method: 'POST',
  path: '/people/:personId/messages',
  summary: 'Write to an address of a person; where the gate refuses, nothing is queued and all its reasons are given',
  input: z.object({ ...toWhom, subject: line(200), text: line(20_000) }),
  output: answer.extend({ messageId: id.nullable() }),
  access: 'member',
  scope: 'messages:write',
});
export const cancelMessage = contract({
  name: 'outreach.cancelMessage',
  method: 'DELETE',
  path: '/messages/:messageId',
  summary: 'Stop a message of mine that has not left yet',
  input: z.object({ messageId: id }),
  output: nothing,
  access: 'member',
  scope: 'messages:write',
  errors: ['conflict'],
});
export const settleDoubt = contract({
  name: 'outreach.settleDoubt',
  method: 'POST',
  path: '/messages/:messageId/doubt',
  summary: 'Say of a message in doubt that it arrived, or have it sent again: one of mine or (admins) any',
  input: z.object({ messageId: id, arrived: z.boolean() }),
  output: nothing,
  access: 'member',
  scope: 'messages:write',
  errors: ['conflict'],
});

const count = (max: number) => z.number().int().min(0).max(max);
const timeOfDay = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/);
const isZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== null;
  } catch {
    return false;
  }
};

/** At most so much weight in so many days, in a channel or in all. */
export const cap = z.object({
  days: z.number().int().min(1).max(365),
  channel: channel.nullable(),
  most: count(1000),
});
export type Cap = z.output<typeof cap>;

/** Whom caps are for. The first profile that fits is used, the one called `default` where none does. */
export const profile = z.object({
  /** By which a segment, say, assigns contact points (`setProfiles`). */
  key: z.string().regex(/^[a-z][a-z0-9_]{0,39}$/),
  /** Empty: that of the product, for the one called `default`. */
  name: z.string().trim().max(80),
  /** Fits messages for one of these purposes; none: whatever for. Null: only where it is assigned. */
  fits: z.object({ purposes: z.array(purpose).max(6), address: z.enum(['private', 'business']).nullable() }).nullable(),
  caps: z.array(cap).max(6),
});
export type Profile = z.output<typeof profile>;

export const holidayCountry = z.enum(holidayCountries);

/** When people are left alone, in their own time. */
export const quiet = z.object({
  /** From and to a time of the day, over midnight too; the same: no hours. */
  from: timeOfDay,
  to: timeOfDay,
  /** Days of the week, 1 is Monday (ISO 8601), and single days such as holidays. */
  weekdays: z.array(z.number().int().min(1).max(7)).max(6),
  dates: z.array(z.iso.date()).max(200),
  /** Countries whose public holidays are such days, for everybody; left out: none. */
  holidays: z.array(holidayCountry).max(holidayCountries.length).optional(),
  /** For what one member writes to one person, too. */
  personal: z.boolean(),
  /** The IANA time zone of who says nothing of where they are; null: that of the workspace's country. */
  zone: z.string().max(60).refine(isZone).nullable(),
});
export type Quiet = z.output<typeof quiet>;

/** By what the gate judges besides grants and what the contact themself said. */
export const gateRules = z.object({
  weights: z.record(purpose, count(10)),
  profiles: z
    .array(profile)
    .min(1)
    .max(20)
    .refine(
      (all) => new Set(all.map(({ key }) => key)).size === all.length && all.some(({ key }) => key === 'default'),
    ),
  /** Null: nobody is left alone. */
  quiet: quiet.nullable(),
  /** Messages to one receiving domain in an hour, and from the sender's mailbox in a day; null: as they come. */
  domainPerHour: z.number().int().min(1).max(1_000_000).nullable(),
  mailboxPerDay: z.number().int().min(1).max(10_000_000).nullable(),
  /** Days without bulk after a complaint; 0: none. */
  complaintDays: count(3650),
  /** No advertising in bulk to who waits dissatisfied or has a ticket open. */
  openTicket: z.boolean(),
  /** Months after the last word of a prospect from which on they get no advertising; 0: never. */
  retentionMonths: count(120),
  /** Forms and contacts' own pages ask whether opens and clicks may be seen; left out: they do not. It judges nothing. */
  askTracking: z.boolean().optional(),
});
export type GateRules = z.output<typeof gateRules>;

export const getGateRules = contract({
  name: 'outreach.getGateRules',
  method: 'GET',
  path: '/gate/rules',
  summary: 'By what the gate judges in this workspace: weights, caps, quiet hours, quotas, cooling-off, retention',
  input: nothing,
  output: z.object({ rules: gateRules, changedAt: instant.nullable() }),
  access: 'member',
  scope: 'workspace:read',
});
export const saveGateRules = contract({
  name: 'outreach.saveGateRules',
  method: 'PUT',
  path: '/gate/rules',
  summary: 'Say by what the gate judges; it holds for what is queued, too',
  input: gateRules,
  output: z.object({ rules: gateRules, changedAt: instant.nullable() }),
  access: 'admin',
  scope: 'workspace:write',
});

/** What the gate answered, once. */
export const decisionAbout = z.object({
  id,
  messageId: id.nullable(),
  /** Who wrote, or wanted to. */
  author: z.string().nullable(),
  mine: z.boolean(),
  purpose,
  manner,
  /** By which way it was to go. */
  way,
  moment: z.enum(['planned', 'written', 'leaving']),
  allowed: z.boolean(),
  reasons: z.array(reason),
  laterAt: instant.nullable(),
  laterReasons: z.array(laterReason),
  at: instant,
});
export type DecisionAbout = z.output<typeof decisionAbout>;
export const listDecisionsAbout = contract({
  name: 'outreach.listDecisionsAbout',
  method: 'GET',
  path: '/people/:personId/decisions',
  summary: 'Why a person got a message or did not: what the gate answered to me, and to everybody for admins; no texts',
  input: z.object({ personId: id, ...paging }),
  output: page(decisionAbout),
  access: 'member',
  scope: 'contacts:read',
});

export const getPressureOf = contract({
  name: 'outreach.getPressureOf',
  method: 'GET',
  path: '/people/:personId/pressure',
  summary: 'How much a person received, month by month, and how much room there is under each cap; whoever wrote',
  input: z.object({ personId: id }),
  output: z.object({
    /** The last twelve months (UTC), oldest first. */
    months: z.array(z.object({ month: z.string(), weight: z.number().int(), messages: z.number().int() })),
    profile: z.object({ key: z.string(), name: z.string() }),
    caps: z.array(cap.extend({ received: z.number().int(), planned: z.number().int() })),
  }),
  access: 'member',
  scope: 'contacts:read',
});
export const getPressure = contract({
  name: 'outreach.getPressure',
  method: 'GET',
  path: '/gate/pressure',
  summary:
    'How much the workspace asks of its contacts: weight by month, and how many addresses received how much in thirty days',
  input: nothing,
  output: z.object({
    months: z.array(z.object({ month: z.string(), weight: z.number().int(), messages: z.number().int() })),
    /** Of those who got any in thirty days: so many addresses with so many messages (the last: so many or more). */
    spread: z.array(z.object({ messages: z.number().int(), addresses: z.number().int() })),
    waiting: z.number().int(),
    planned: z.number().int(),
  }),
  access: 'overseer',
  scope: 'workspace:read',
});
