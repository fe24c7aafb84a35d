import { z } from 'zod';
import { contract, id, instant, nothing } from '../kernel/contract.ts';

/** Parts of the product that the interface opens as they are adopted; what is not named here is always there. */
export const parts = [
  'mail',
  'scan',
  'quality',
  'introductions',
  'network',
  'groups',
  'opportunities',
  'conversations',
  'notes',
  'voices',
  'boards',
  'facts',
  'plan',
] as const;
const part = z.enum(parts);
export type Part = (typeof parts)[number];

export const lotStates = ['planned', 'running', 'done'] as const;

/** In steps of five; null: fewer than five, and not told. */
const told = z.number().int().nullable();

export const getMyParts = contract({
  name: 'adoption.getMyParts',
  method: 'GET',
  path: '/adoption/mine',
  summary: 'Which parts of the product the interface shows me; no right depends on it',
  input: nothing,
  output: z.object({ parts: z.array(part) }),
  access: 'member',
  scope: 'workspace:read',
});

const said = {
  name: z.string().trim().min(1).max(100),
  startsOn: z.iso.date(),
  state: z.enum(lotStates).default('planned'),
  teamIds: z.array(id).min(1).max(50),
  /** Which sources its people bring, in words. */
  sources: z.string().trim().max(500).default(''),
  /** Parts that open to its teams once it has begun. */
  parts: z.array(part).max(20).default([]),
  goal: z.string().trim().max(500).default(''),
};

export const checks = ['joined', 'charter', 'source', 'lent', 'device'] as const;

const lot = z.object({
  ...said,
  id,
  version: z.number().int(),
  teams: z.array(z.object({ id, name: z.string() })),
  /** Its people: members of its teams, of whom who is active. */
  people: told,
  /** How many of them have done what one begins with. */
  readiness: z.array(z.object({ check: z.enum(checks), done: told })),
  /** What came of it in the last 30 days, of all of its people together. */
  figures: z.object({
    /** People who brought, lent, used or corrected something. */
    active: told,
    cards: told,
    lentCards: told,
    uses: told,
    introductions: told,
  }),
  lessons: z.array(z.object({ id, text: z.string(), author: z.string(), at: instant, mine: z.boolean() })),
});
export type Lot = z.output<typeof lot>;

export const getPlan = contract({
  name: 'adoption.getPlan',
  method: 'GET',
  path: '/adoption',
  summary:
    'The plan of adoption: lots with readiness and figures of teams, never of one employee, and which parts are open',
  input: nothing,
  output: z.object({
    lots: z.array(lot),
    /** Everything is open to everybody. */
    allOpen: z.boolean(),
    /** Open to everybody, where not all is. */
    open: z.array(part),
    /** The part to open next, with why; null: nothing is ready, or all is open. */
    next: z.object({ part, why: z.string() }).nullable(),
  }),
  access: 'overseer',
  scope: 'workspace:read',
});

export const openParts = contract({
  name: 'adoption.openParts',
  method: 'PUT',
  path: '/adoption/parts',
  summary: 'Say which parts the interface shows to everybody; rights do not change',
  input: z.object({ allOpen: z.boolean(), open: z.array(part).max(20) }),
  output: nothing,
  access: 'admin',
  scope: 'workspace:write',
});

export const addLot = contract({
  name: 'adoption.addLot',
  method: 'POST',
  path: '/adoption/lots',
  summary: 'Add a lot: which teams, from when, with which sources and parts',
  input: z.object(said),
  output: z.object({ id }),
  access: 'admin',
  scope: 'workspace:write',
});

export const changeLot = contract({
  name: 'adoption.changeLot',
  method: 'PUT',
  path: '/adoption/lots/:lotId',
  summary: 'Say a lot anew; a conflict where somebody else has meanwhile',
  input: z.object({ ...said, lotId: id, version: z.number().int() }),
  output: nothing,
  access: 'admin',
  scope: 'workspace:write',
  errors: ['conflict'],
});

export const removeLot = contract({
  name: 'adoption.removeLot',
  method: 'DELETE',
  path: '/adoption/lots/:lotId',
  summary: 'Take a lot from the plan; it can be brought back for 30 days',
  input: z.object({ lotId: id }),
  output: nothing,
  access: 'admin',
  scope: 'workspace:write',
});

export const restoreLot = contract({
  name: 'adoption.restoreLot',
  method: 'POST',
  path: '/adoption/lots/:lotId/restore',
  summary: 'Bring a lot back that was taken from the plan',
  input: z.object({ lotId: id }),
  output: nothing,
  access: 'admin',
  scope: 'workspace:write',
});

export const addLesson = contract({
  name: 'adoption.addLesson',
  method: 'POST',
  path: '/adoption/lots/:lotId/lessons',
  summary: 'Write down what was learnt with a lot',
  input: z.object({ lotId: id, text: z.string().trim().min(1).max(2000) }),
  output: nothing,
  access: 'admin',
  scope: 'workspace:write',
});

export const removeLesson = contract({
  name: 'adoption.removeLesson',
  method: 'DELETE',
  path: '/adoption/lessons/:lessonId',
  summary: 'Delete what was learnt with a lot',
  input: z.object({ lessonId: id }),
  output: nothing,
  access: 'admin',
  scope: 'workspace:write',
});
