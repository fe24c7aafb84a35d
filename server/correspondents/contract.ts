import { z } from 'zod';
import { cardRef, fieldKind } from '../cards/contract.ts';
import { contract, id, instant, nothing, page, paging } from '../kernel/contract.ts';

/** A mailbox of mine, and what was read of it. */
const mailbox = z.object({
  id,
  name: z.string(),
  /** Messages read; of them, what machines wrote; and those passed over as private. */
  read: z.number().int(),
  machines: z.number().int(),
  private: z.number().int(),
  correspondents: z.number().int(),
  since: instant,
  /** Null: what was there when it was connected is still being read. */
  caughtUpAt: instant.nullable(),
});

export const listMailboxes = contract({
  name: 'correspondents.listMailboxes',
  method: 'GET',
  path: '/mailboxes',
  summary: 'My mailboxes that are read, and what was read of them: counts only',
  input: nothing,
  output: z.object({ items: z.array(mailbox) }),
  access: 'member',
  scope: 'contacts:read',
});

export const correspondent = z.object({
  id,
  email: z.string(),
  name: z.string(),
  /** Messages from them, to them, and those that both of us received from a third. */
  received: z.number().int(),
  sent: z.number().int(),
  beside: z.number().int(),
  firstAt: instant,
  lastAt: instant,
  lastReceivedAt: instant.nullable(),
  lastSentAt: instant.nullable(),
  /** As their mailbox answered. */
  awayUntil: z.iso.date().nullable(),
  leftAt: instant.nullable(),
  /** As my calendars have it; null: they never were in a meeting with me. */
  meetings: z
    .object({
      /** That have begun; of them those of us two alone, and by whom they were called. */
      count: z.number().int(),
      alone: z.number().int(),
      byMe: z.number().int(),
      byThem: z.number().int(),
      /** Of all of them. */
      minutes: z.number().int(),
      /** To which they said no. */
      declined: z.number().int(),
      lastAt: instant.nullable(),
      nextAt: instant.nullable(),
    })
    .nullable(),
  setAside: z.boolean(),
  /** My card with this address. */
  cardId: id.nullable(),
});
export type Correspondent = z.output<typeof correspondent>;

export const listCorrespondents = contract({
  name: 'correspondents.listCorrespondents',
  method: 'GET',
  path: '/correspondents',
  summary:
    'With whom I exchange mail or meet, the latest first; `new`: those I am in touch with who have no card of mine yet. Nobody else sees them',
  input: z.object({
    q: z.string().trim().max(200).optional(),
    show: z.enum(['new', 'all', 'aside']).default('new'),
    ...paging,
  }),
  output: page(correspondent),
  access: 'member',
  scope: 'contacts:read',
});

export const listExchanges = contract({
  name: 'correspondents.listExchanges',
  method: 'GET',
  path: '/people/:personId/exchanges',
  summary: 'My mail and my meetings with a person, by address: counts and dates. Nobody else sees them',
  input: z.object({ personId: id }),
  output: z.object({ items: z.array(correspondent) }),
  access: 'member',
  scope: 'contacts:read',
});

export const listCalendars = contract({
  name: 'correspondents.listCalendars',
  method: 'GET',
  path: '/calendars',
  summary: 'My calendars that are read, and what was read of them: counts only',
  input: nothing,
  output: z.object({
    items: z.array(
      z.object({
        id,
        name: z.string(),
        /** Null: files that I dropped. */
        connectionId: id.nullable(),
        /** Meetings that have begun, and with how many people. */
        meetings: z.number().int(),
        people: z.number().int(),
        /** Events passed over as private, and as no evidence: of nobody else, declined, of too many, not mine. */
        private: z.number().int(),
        leftOut: z.number().int(),
        since: instant,
      }),
    ),
  }),
  access: 'member',
  scope: 'contacts:read',
});

export const readCalendarFile = contract({
  name: 'correspondents.readCalendarFile',
  method: 'POST',
  path: '/calendars/file',
  summary: 'Read a calendar file (iCalendar, RFC 5545): who met me and when; the file itself is not kept',
  input: z.object({ text: z.string().max(24 * 2 ** 20) }),
  output: z.object({ meetings: z.number().int(), private: z.number().int(), leftOut: z.number().int() }),
  access: 'member',
  scope: 'contacts:write',
  rate: 20,
  bodyLimit: 32 * 2 ** 20,
  errors: ['unreadable_file'],
});

export const forgetCalendar = contract({
  name: 'correspondents.forgetCalendar',
  method: 'POST',
  path: '/calendars/:calendarId/forget',
  summary: 'Forget what was read of the calendar files that I dropped; connected ones are disconnected. My cards stay',
  input: z.object({ calendarId: id }),
  output: nothing,
  access: 'member',
  scope: 'contacts:write',
});

export const makeCard = contract({
  name: 'correspondents.makeCard',
  method: 'POST',
  path: '/correspondents/:correspondentId/card',
  summary: 'Make a card of a correspondent, with what their signature says',
  input: z.object({ correspondentId: id }),
  /** `proposalId`: what was accepted by that; it can be reopened. */
  output: cardRef.extend({ proposalId: id.nullable() }),
  access: 'member',
  scope: 'contacts:write',
  errors: ['conflict'],
});

export const setAside = contract({
  name: 'correspondents.setAside',
  method: 'POST',
  path: '/correspondents/:correspondentId/aside',
  summary: 'Nobody to keep: ask no more about this correspondent; or ask again',
  input: z.object({ correspondentId: id, aside: z.boolean() }),
  output: nothing,
  access: 'member',
  scope: 'contacts:write',
});

/** What a message says of somebody, for me to accept. */
export const proposal = z.object({
  id,
  /** `signature`: of the writer; `moved`: another address for them; `successor`: of whom to write to in place of `of`, who has left. */
  kind: z.enum(['signature', 'moved', 'successor']),
  email: z.string(),
  name: z.string(),
  of: z.string().nullable(),
  writtenAt: instant,
  /** My card that it would change; null: it would make one. */
  card: z.object({ id, name: z.string() }).nullable(),
  values: z.array(
    z.object({
      no: z.number().int(),
      kind: fieldKind,
      display: z.string(),
      replaces: z.string().nullable(),
      /** How likely it is right, 0 to 1. */
      confidence: z.number(),
      /** The line of the message it was read from. */
      line: z.string(),
    }),
  ),
});
export type Proposal = z.output<typeof proposal>;

export const listProposals = contract({
  name: 'correspondents.listProposals',
  method: 'GET',
  path: '/mail-proposals',
  summary:
    'What mails I received say of people, the newest first; a page may be shorter where my cards say the same by now. Nobody else sees them',
  input: z.object(paging),
  output: page(proposal),
  access: 'member',
  scope: 'contacts:read',
});

export const acceptProposal = contract({
  name: 'correspondents.acceptProposal',
  method: 'POST',
  path: '/mail-proposals/:proposalId/accept',
  summary: 'Write what a message says on my card, or make one; without `values` all of it',
  input: z.object({ proposalId: id, values: z.array(z.number().int().min(0)).min(1).max(100).optional() }),
  output: cardRef,
  access: 'member',
  scope: 'contacts:write',
  errors: ['conflict'],
});

export const declineProposal = contract({
  name: 'correspondents.declineProposal',
  method: 'POST',
  path: '/mail-proposals/:proposalId/decline',
  summary: 'Leave things as they are; the same values are not proposed again',
  input: z.object({ proposalId: id }),
  output: nothing,
  access: 'member',
  scope: 'contacts:write',
  errors: ['conflict'],
});

export const reopenProposal = contract({
  name: 'correspondents.reopenProposal',
  method: 'POST',
  path: '/mail-proposals/:proposalId/reopen',
  summary: 'Take my decision back, within a day: what stood on the card stands there again',
  input: z.object({ proposalId: id }),
  output: nothing,
  access: 'member',
  scope: 'contacts:write',
  errors: ['conflict'],
});

/** Null: the company has no drop-box. */
const dropBox = z.object({ address: z.string().nullable() });

export const getDropBox = contract({
  name: 'correspondents.getDropBox',
  method: 'GET',
  path: '/drop-box',
  summary: 'My own address of the company’s drop-box: what I send there a copy of, from my own address, is read for me',
  input: nothing,
  output: dropBox,
  access: 'member',
});

export const renewDropBox = contract({
  name: 'correspondents.renewDropBox',
  method: 'POST',
  path: '/drop-box/renew',
  summary: 'Another address of the drop-box for me; the one before is good for nothing any more',
  input: nothing,
  output: dropBox,
  access: 'member',
});

export const listPastMeetings = contract({
  name: 'correspondents.listPastMeetings',
  method: 'GET',
  path: '/past-meetings',
  summary:
    'Meetings of my calendars that ended within a week, with those of my contacts who were there: what was said?',
  input: nothing,
  output: z.object({
    items: z.array(
      z.object({
        /** What it is settled by. */
        meeting: z.string(),
        at: instant,
        minutes: z.number().int(),
        people: z.array(z.object({ id, name: z.string(), contactPointId: id })),
      }),
    ),
  }),
  access: 'member',
  scope: 'contacts:read',
});

export const settleMeeting = contract({
  name: 'correspondents.settleMeeting',
  method: 'POST',
  path: '/past-meetings/settled',
  summary: 'I have said what was said in a meeting, or there is nothing to say',
  input: z.object({ meeting: z.string().regex(/^[0-9a-f]{64} \d{1,12}$/) }),
  output: nothing,
  access: 'member',
  scope: 'contacts:write',
});
