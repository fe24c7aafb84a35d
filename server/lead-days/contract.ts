import { z } from 'zod';
import { contract, id, instant, nothing } from '../kernel/contract.ts';

/** Days after which everything of a lead day is deleted. */
export const keptDays = 90;

/** What counts of somebody, or of a team: contacts and decisions, never which. */
const score = z.object({
  /** New contacts since last time, lent, each person once, none that stood in one's books before. */
  fresh: z.number().int(),
  /** Of these, with name, company and a number or address. */
  complete: z.number().int(),
  /** Lent contacts that were corrected or confirmed on the day. */
  corrected: z.number().int(),
  /** Questions whether two lent cards are one, decided on the day. */
  settled: z.number().int(),
  points: z.number().int(),
});
export type Score = z.output<typeof score>;

const day = z.object({
  id,
  goal: z.string(),
  prizes: z.string(),
  on: z.iso.date(),
  teams: z.array(z.object({ id, name: z.string() })),
  /** Before its day, on it (or until its result is counted), afterwards. */
  state: z.enum(['planned', 'open', 'over']),
  /** Whether I may end and delete it. */
  mine: z.boolean(),
});
export type LeadDay = z.output<typeof day>;

export const planDay = contract({
  name: 'leadDays.planDay',
  method: 'POST',
  path: '/lead-days',
  summary: 'Plan a lead day for teams: admins for any, leads for their own',
  input: z.object({
    goal: z.string().trim().min(1).max(300),
    prizes: z.string().trim().max(1000).default(''),
    on: z.iso.date(),
    teamIds: z.array(id).min(1).max(50),
  }),
  output: day,
  access: 'member',
  scope: 'contacts:write',
  errors: ['forbidden'],
});

export const listDays = contract({
  name: 'leadDays.listDays',
  method: 'GET',
  path: '/lead-days',
  summary: 'Lead days of my teams and those that I planned, the latest first',
  input: nothing,
  output: z.object({
    items: z.array(day),
    /** The teams for which I may plan one. */
    teams: z.array(z.object({ id, name: z.string() })),
  }),
  access: 'member',
  scope: 'contacts:read',
});

export const getDay = contract({
  name: 'leadDays.getDay',
  method: 'GET',
  path: '/lead-days/:dayId',
  summary: 'A lead day with its scoreboard in numbers, and my own part',
  input: z.object({ dayId: id }),
  output: day.extend({
    /** Where I take part; null: I do not, and nothing of mine is counted. */
    me: z.object({ teamId: id, named: z.boolean(), since: instant, score }).nullable(),
    /** The teams of this day that I am in. */
    myTeams: z.array(id),
    scores: z.array(
      z.object({
        team: z.object({ id, name: z.string() }),
        entrants: z.number().int(),
        /** Null where so few take part that the sum would tell of one of them. */
        total: score.nullable(),
        /** Only those who wanted it. */
        named: z.array(z.object({ name: z.string(), score })),
      }),
    ),
  }),
  access: 'member',
  scope: 'contacts:read',
});

export const joinDay = contract({
  name: 'leadDays.joinDay',
  method: 'PUT',
  path: '/lead-days/:dayId/me',
  summary: 'Take part for a team of mine, or say anew whether my name stands beside my numbers',
  input: z.object({ dayId: id, teamId: id, named: z.boolean() }),
  output: nothing,
  access: 'member',
  scope: 'contacts:write',
  errors: ['conflict'],
});

export const leaveDay = contract({
  name: 'leadDays.leaveDay',
  method: 'DELETE',
  path: '/lead-days/:dayId/me',
  summary: 'Take part no more: what was counted of me is deleted, and the sum of my team is without it',
  input: z.object({ dayId: id }),
  output: nothing,
  access: 'member',
  scope: 'contacts:write',
});

export const getRound = contract({
  name: 'leadDays.getRound',
  method: 'GET',
  path: '/lead-days/:dayId/books',
  summary: 'What is new in my books since last time, by book and source, and which of them I have decided about',
  input: z.object({ dayId: id }),
  output: z.object({
    since: instant,
    books: z.array(
      z.object({
        id,
        name: z.string(),
        /** Somebody of the company or of the day's teams may read it. */
        lent: z.boolean(),
        decided: z.boolean(),
        fresh: z.number().int(),
        sources: z.array(z.object({ id, name: z.string(), kind: z.string(), count: z.number().int() })),
      }),
    ),
  }),
  access: 'member',
  scope: 'contacts:read',
});

export const decideBook = contract({
  name: 'leadDays.decideBook',
  method: 'PUT',
  path: '/lead-days/:dayId/books/:bookId',
  summary: 'Note that I have decided about a book of mine, or take that back; lending it is done by its grants',
  input: z.object({ dayId: id, bookId: id, decided: z.boolean() }),
  output: nothing,
  access: 'member',
  scope: 'contacts:write',
});

export const endDay = contract({
  name: 'leadDays.endDay',
  method: 'POST',
  path: '/lead-days/:dayId/end',
  summary: 'Count the result now; of itself it is counted the night after',
  input: z.object({ dayId: id }),
  output: nothing,
  access: 'member',
  scope: 'contacts:write',
  errors: ['conflict'],
});

export const deleteDay = contract({
  name: 'leadDays.deleteDay',
  method: 'DELETE',
  path: '/lead-days/:dayId',
  summary: 'Delete a lead day that I planned (admins: any), with all its numbers',
  input: z.object({ dayId: id }),
  output: nothing,
  access: 'member',
  scope: 'contacts:write',
});
