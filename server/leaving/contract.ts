import { z } from 'zod';
import { contract, id, instant } from '../kernel/contract.ts';

/** What becomes of one book when its holder leaves. Only numbers are told: whoever administers reads no card by that. */
const bookPart = z.object({
  id,
  /** Null for a book that nobody was lent: its name is its holder's own affair. */
  name: z.string().nullable(),
  /** Contacts that were lent and stay, with a steward. */
  stays: z.number().int(),
  /** Contacts that go with their holder: out of sight for 30 days, then deleted. */
  goes: z.number().int(),
});

export const departure = z.object({
  id,
  member: z.object({ id, name: z.string() }),
  state: z.enum(['open', 'leaving', 'done', 'cancelled', 'returning', 'returned']),
  origin: z.enum(['admin', 'scim']),
  openedAt: instant,
  openedBy: z.string().nullable(),
  doneAt: instant.nullable(),
  /** Until when it can be taken back. */
  returnableUntil: instant.nullable(),
  successor: z.object({ id, name: z.string() }).nullable(),
});
export type Departure = z.output<typeof departure>;

/** What would happen, or has happened. */
export const departureDetails = departure.extend({
  books: z.array(bookPart),
  /** Books of the company that nobody else looks after. */
  orphaned: z.array(z.object({ id, name: z.string() })),
  /** Whether somebody has to be named to look after what stays. */
  needsSuccessor: z.boolean(),
  /** What the charter says of lent contacts. */
  onLeaving: z.enum(['stay', 'go']),
});

export const listDepartures = contract({
  name: 'leaving.listDepartures',
  method: 'GET',
  path: '/departures',
  summary: 'Who is leaving or has left, the latest first',
  input: z.object({}),
  output: z.object({ items: z.array(departure) }),
  access: 'overseer',
  scope: 'workspace:read',
});
export const openDeparture = contract({
  name: 'leaving.openDeparture',
  method: 'POST',
  path: '/departures',
  summary: 'Prepares a departure: who leaves sees what would stay and go; nothing else happens before it is confirmed',
  input: z.object({ memberId: id }),
  output: departureDetails,
  access: 'admin',
  scope: 'workspace:write',
});
export const getDeparture = contract({
  name: 'leaving.getDeparture',
  method: 'GET',
  path: '/departures/:departureId',
  summary: 'What stays, what goes and what is open when a member leaves, in numbers',
  input: z.object({ departureId: id }),
  output: departureDetails,
  access: 'overseer',
  scope: 'workspace:read',
});
export const cancelDeparture = contract({
  name: 'leaving.cancelDeparture',
  method: 'DELETE',
  path: '/departures/:departureId',
  summary: 'Nobody leaves after all; nothing has happened',
  input: z.object({ departureId: id }),
  output: z.object({}),
  access: 'admin',
  scope: 'workspace:write',
});
export const confirmDeparture = contract({
  name: 'leaving.confirmDeparture',
  method: 'POST',
  path: '/departures/:departureId/confirm',
  summary:
    'The member leaves: sign-in ends at once, lent contacts get a steward, private ones go out of sight for 30 days',
  input: z.object({
    departureId: id,
    /** The member's name, typed. */
    name: z.string().max(200),
    successorId: id.optional(),
  }),
  output: departure,
  access: 'admin',
  scope: 'workspace:write',
  errors: ['conflict', 'last_admin'],
});
export const undoDeparture = contract({
  name: 'leaving.undoDeparture',
  method: 'POST',
  path: '/departures/:departureId/undo',
  summary: 'Within 30 days: the member is back, with all their contacts and what was lent of them',
  input: z.object({ departureId: id }),
  output: departure,
  access: 'admin',
  scope: 'workspace:write',
  errors: ['not_undoable'],
});
export const getMyDeparture = contract({
  name: 'leaving.getMyDeparture',
  method: 'GET',
  path: '/me/departure',
  summary:
    'Whether somebody has prepared that I leave, and what would stay and go; for taking along what is mine before',
  input: z.object({}),
  output: z.object({ departure: departureDetails.nullable() }),
  access: 'member',
  scope: 'workspace:read',
  beforeCharter: true,
});
