import { z } from 'zod';
import { contract, id, instant, nothing, page, paging } from '../kernel/contract.ts';
import { reason as gateReason } from '../outreach/contract.ts';

export const kinds = ['seminar', 'breakfast', 'webinar', 'fair', 'other'] as const;
const kind = z.enum(kinds);

/** `waiting`: for a seat; `invited`: no answer yet. */
export const states = ['invited', 'coming', 'waiting', 'declined'] as const;
const state = z.enum(states);
export type GuestState = z.output<typeof state>;

const text = (most: number) =>
  z
    .string()
    .trim()
    .max(most)
    .refine((one) => !one.includes('\u0000'), 'text');
const line = (most: number) => text(most).min(1);
const zone = z.string().refine((one) => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: one });
    return true;
  } catch {
    return false;
  }
}, 'zone');

export const audience = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('mine') }),
  z.object({ kind: z.literal('team'), id }),
  z.object({ kind: z.literal('workspace') }),
]);
const quota = z.object({ teamId: id, seats: z.number().int().min(1).max(100_000) });
const companions = z.number().int().min(0).max(10);

const said = {
  kind,
  name: z.object({ fr: line(160), en: line(160) }),
  intro: z.object({ fr: text(3000), en: text(3000) }),
  place: text(300).default(''),
  /** Where it is joined on line: shown to those who come. */
  onlineUrl: z.union([z.literal(''), z.url({ protocol: /^https?$/ }).max(1000)]).default(''),
  startsAt: instant,
  endsAt: instant,
  /** IANA name; the hours of its pages and mails are said in it. */
  zone,
  /** In all; null: as many as come. */
  seats: z.number().int().min(1).max(100_000).nullable().default(null),
  mostCompanions: companions.default(0),
  waitingList: z.boolean().default(true),
  /** The last instant for answers; null: until it begins. */
  answersUntil: instant.nullable().default(null),
  /** Days before it at which those who come are reminded; null: not. */
  remindDays: z.number().int().min(0).max(30).nullable().default(2),
  /** Seats kept for those whom a team invites; the others share what is left. */
  quotas: z
    .array(quota)
    .max(50)
    .refine((all) => new Set(all.map((one) => one.teamId)).size === all.length, 'twice')
    .default([]),
};

export const event = z.object({
  id,
  kind,
  name: z.object({ fr: z.string(), en: z.string() }),
  intro: z.object({ fr: z.string(), en: z.string() }),
  place: z.string(),
  onlineUrl: z.string(),
  startsAt: instant,
  endsAt: instant,
  zone: z.string(),
  seats: z.number().int().nullable(),
  mostCompanions: z.number().int(),
  waitingList: z.boolean(),
  answersUntil: instant.nullable(),
  remindDays: z.number().int().nullable(),
  quotas: z.array(quota.extend({ team: z.string(), taken: z.number().int() })),
  /** Who sees it: a team's name with its id, everybody, or me. */
  audience: z.object({ kind: z.enum(['mine', 'team', 'workspace']), id, name: z.string() }),
  owner: z.object({ id, name: z.string() }),
  /** I may change it. */
  mine: z.boolean(),
  cancelled: z.boolean(),
  /** Who came was told to holders. */
  settled: z.boolean(),
  /** The page on which anybody registers, by which form, and whether it takes anybody now; null: it never was open to all. */
  registration: z.object({ channelId: id, open: z.boolean(), url: z.string() }).nullable(),
  /** Guests by what they answered, and how many of them were there; companions apart. */
  counts: z.object({
    invited: z.number().int(),
    coming: z.number().int(),
    waiting: z.number().int(),
    declined: z.number().int(),
    companions: z.number().int(),
    attended: z.number().int(),
    attendedCompanions: z.number().int(),
  }),
});
export type Event = z.output<typeof event>;

const ofEvent = { eventId: id };

export const listEvents = contract({
  name: 'events.listEvents',
  method: 'GET',
  path: '/events',
  summary: 'The events that I see: those to come by their date, then those that were, the last first',
  input: nothing,
  output: z.object({ items: z.array(event) }),
  access: 'member',
  scope: 'contacts:read',
});
export const getEvent = contract({
  name: 'events.getEvent',
  method: 'GET',
  path: '/events/:eventId',
  summary: 'An event with its numbers',
  input: z.object(ofEvent),
  output: event,
  access: 'member',
  scope: 'contacts:read',
});
export const addEvent = contract({
  name: 'events.addEvent',
  method: 'POST',
  path: '/events',
  summary: 'Plan an event for me, a team of mine or (admins, marketing) everybody; who sees it stays so',
  input: z.object({ audience, ...said }).refine((one) => Date.parse(one.endsAt) > Date.parse(one.startsAt), {
    path: ['endsAt'],
    message: 'order',
  }),
  output: event,
  access: 'member',
  scope: 'messages:write',
  errors: ['forbidden'],
});
export const updateEvent = contract({
  name: 'events.updateEvent',
  method: 'PUT',
  path: '/events/:eventId',
  summary:
    'Change an event; with `tell`, those who come or wait are told of a new time or place. More seats go to who waits longest',
  input: z
    .object({ ...ofEvent, ...said, tell: z.boolean().default(false) })
    .refine((one) => Date.parse(one.endsAt) > Date.parse(one.startsAt), { path: ['endsAt'], message: 'order' }),
  output: event,
  access: 'member',
  scope: 'messages:write',
  errors: ['forbidden', 'conflict'],
});
export const cancelEvent = contract({
  name: 'events.cancelEvent',
  method: 'POST',
  path: '/events/:eventId/cancellation',
  summary: 'Call an event off and tell all who have not declined; this cannot be undone',
  input: z.object(ofEvent),
  output: event,
  access: 'member',
  scope: 'messages:write',
  errors: ['forbidden', 'conflict'],
});

/** The gate's reasons, and an event's own. */
export const refusal = z.enum([
  ...gateReason.options,
  /** I see no address of theirs. */
  'no_address',
  'invited_already',
  /** It is over, called off, or past its day for answers. */
  'closed',
]);
export type Refusal = z.output<typeof refusal>;
const chosen = z.object({ personId: id, name: z.string(), allowed: z.boolean(), reasons: z.array(refusal) });
const persons = z.array(id).min(1).max(100);

export const previewInviting = contract({
  name: 'events.previewInviting',
  method: 'POST',
  path: '/events/:eventId/invitations/preview',
  summary: 'Whom of these people the gate lets me invite, with all reasons against it; nothing is sent',
  input: z.object({ ...ofEvent, personIds: persons }),
  output: z.object({ items: z.array(chosen) }),
  access: 'member',
  scope: 'contacts:read',
});
export const inviteGuests = contract({
  name: 'events.inviteGuests',
  method: 'POST',
  path: '/events/:eventId/invitations',
  summary: 'Invite people by mail, each by the gate and once, with a link of their own',
  input: z.object({
    ...ofEvent,
    personIds: persons,
    subject: line(200),
    text: line(20_000),
    locale: z.enum(['fr', 'en']),
  }),
  output: z.object({ items: z.array(chosen) }),
  access: 'member',
  scope: 'messages:write',
  errors: ['conflict'],
});

/** Somebody whom a guest brings along and has named. */
const party = z.array(z.object({ no: z.number().int(), name: z.string(), attendedAt: instant.nullable() }));

const guest = z.object({
  id,
  state,
  /** They registered themselves on the page that is open to all. */
  registered: z.boolean(),
  party,
  companions: z.number().int(),
  /** As far as I see them, or as they want to be called at the door; empty: neither. */
  name: z.string(),
  /** Null: a contact that I do not see. */
  personId: id.nullable(),
  invitedBy: z.object({ id, name: z.string() }),
  team: z.object({ id, name: z.string() }).nullable(),
  answeredAt: instant.nullable(),
  /** A colleague who answered for them. */
  answeredBy: z.string().nullable(),
  attendedAt: instant.nullable(),
  attendedCompanions: z.number().int(),
  /** What they were told last, and why they could not be. */
  told: z.object({ kind: z.string(), reasons: z.array(gateReason), at: instant }).nullable(),
  /** I may answer for them: I invited them, or the event is mine. */
  mine: z.boolean(),
});
export type Guest = z.output<typeof guest>;

export const listGuests = contract({
  name: 'events.listGuests',
  method: 'GET',
  path: '/events/:eventId/guests',
  summary: 'Who is invited: names as far as I see these contacts, or as guests gave them for the door',
  input: z.object({ ...ofEvent, state: z.enum([...states, 'attended', 'absent']).optional(), ...paging }),
  output: page(guest),
  access: 'member',
  scope: 'contacts:read',
});
export const answerFor = contract({
  name: 'events.answerFor',
  method: 'POST',
  path: '/events/:eventId/guests/:guestId/answer',
  summary: 'Take down what a guest of mine told me: they come, with so many, or do not',
  input: z.object({ ...ofEvent, guestId: id, coming: z.boolean(), companions: companions.default(0) }),
  output: z.object({ state, full: z.boolean() }),
  access: 'member',
  scope: 'messages:write',
  errors: ['conflict', 'forbidden'],
});
export const nudgeGuests = contract({
  name: 'events.nudgeGuests',
  method: 'POST',
  path: '/events/:eventId/nudges',
  summary: 'Ask those once more who have not answered, in their inviter’s name; nobody twice within five days',
  input: z.object(ofEvent),
  output: z.object({ asked: z.number().int() }),
  access: 'member',
  scope: 'messages:write',
  errors: ['forbidden', 'conflict'],
});

const atDoor = z.object({
  id,
  name: z.string(),
  invitedBy: z.string(),
  state,
  companions: z.number().int(),
  party,
  attendedAt: instant.nullable(),
  attendedCompanions: z.number().int(),
  /** What the code on their phone comes to: SHA-256 of its text, the first 16 hexadecimal digits. */
  ticket: z.string(),
});
export type AtDoor = z.output<typeof atDoor>;

export const listDoor = contract({
  name: 'events.listDoor',
  method: 'GET',
  path: '/events/:eventId/door',
  summary: 'All guests for whoever stands at the door, to be kept there while there is no network',
  input: z.object(ofEvent),
  output: z.object({ items: z.array(atDoor) }),
  access: 'member',
  scope: 'contacts:read',
});
export const letIn = contract({
  name: 'events.letIn',
  method: 'POST',
  path: '/events/:eventId/door',
  summary:
    'Take down who is there, or that somebody is not after all; of several words of one guest or companion the last one holds',
  input: z.object({
    ...ofEvent,
    items: z
      .array(
        z.object({
          guestId: id,
          /** One whom the guest named, instead of the guest. */
          companionNo: z.number().int().min(1).max(10).optional(),
          attended: z.boolean(),
          /** Those without a name who came along with the guest. */
          companions: companions.default(0),
          at: instant,
        }),
      )
      .min(1)
      .max(500),
  }),
  output: z.object({ items: z.array(atDoor) }),
  access: 'member',
  scope: 'messages:write',
});
export const addGuest = contract({
  name: 'events.addGuest',
  method: 'POST',
  path: '/events/:eventId/guests',
  summary: 'Put a contact that I see on the list without writing to them: they said so, or stand at the door',
  input: z.object({
    ...ofEvent,
    personId: id,
    companions: companions.default(0),
    attended: z.boolean().default(false),
    /** In which they are written to. */
    locale: z.enum(['fr', 'en']),
  }),
  output: z.object({ guestId: id, state, full: z.boolean() }),
  access: 'member',
  scope: 'messages:write',
  errors: ['conflict'],
});
export const settleEvent = contract({
  name: 'events.settleEvent',
  method: 'POST',
  path: '/events/:eventId/settlement',
  summary:
    'Close the list of who came: holders hear of it, and it stands among facts; done by itself a day after the end',
  input: z.object(ofEvent),
  output: event,
  access: 'member',
  scope: 'messages:write',
  errors: ['forbidden', 'conflict'],
});
export const giveFollowUps = contract({
  name: 'events.giveFollowUps',
  method: 'POST',
  path: '/events/:eventId/follow-ups',
  summary: 'Give each inviter a task for each of their guests who came, did not come or declined; once for each guest',
  input: z.object({
    ...ofEvent,
    of: z.enum(['attended', 'absent', 'declined']),
    title: line(200),
    dueOn: z.iso.date(),
  }),
  output: z.object({ given: z.number().int() }),
  access: 'member',
  scope: 'messages:write',
  errors: ['forbidden'],
});

/** The page on which anybody registers for an event that is open to all; within the pages of forms (`server/forms`). */
export const registrationPath = '/forms/:workspaceId/events/:eventId';
/** The page of a guest: `/e/<token>`. */
export const guestPath = '/e/:token';
