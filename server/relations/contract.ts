import { z } from 'zod';
import { contract, id, instant, nothing, page, paging } from '../kernel/contract.ts';

/** What a person is in an affair with us. */
export const roles = [
  'prescriber',
  'decider',
  'economic_buyer',
  'technical_validator',
  'user',
  'buyer',
  'ally',
  'opponent',
  'gatekeeper',
  'assistant',
] as const;
export type Role = (typeof roles)[number];

const said = {
  roles: z.array(z.enum(roles)).max(roles.length),
  /** How much the person matters to us, 1 to 5. */
  importance: z.number().int().min(1).max(5).nullable(),
  /** How much others there listen to the person, 1 to 5. */
  influence: z.number().int().min(1).max(5).nullable(),
  /** From against us (−2) to for us (2). */
  stance: z.number().int().min(-2).max(2).nullable(),
  /** From never met (0) to friends (4). */
  closeness: z.number().int().min(0).max(4).nullable(),
  /** Whether the person may be called upon; null: not said. */
  callable: z.boolean().nullable(),
  /** The person may ask to read it (GDPR, art. 15). */
  note: z.string().trim().max(2000),
  /** For whoever may read the card that it hangs on; else for its author alone. */
  shared: z.boolean(),
};

/** An opportunity that the viewpoint is about; left out: in general. */
const opportunityId = id.optional();

export const viewpoint = z.object({
  member: z.object({ id, name: z.string() }),
  mine: z.boolean(),
  ...said,
  since: instant,
  /** Null: it stands. */
  until: instant.nullable(),
});
export type Viewpoint = z.output<typeof viewpoint>;

/** Where those who share their viewpoint differ by more than a shade. */
export const difference = z.enum(['roles', 'importance', 'influence', 'stance', 'closeness', 'callable']);
export type Difference = z.output<typeof difference>;

export const listViewpoints = contract({
  name: 'relations.listViewpoints',
  method: 'GET',
  path: '/people/:personId/viewpoints',
  summary:
    'What I think of a person, in general or in an opportunity, and what colleagues who share it think, side by side and never averaged',
  input: z.object({ personId: id, opportunityId }),
  output: z.object({ items: z.array(viewpoint), differences: z.array(difference), past: z.boolean() }),
  access: 'member',
  scope: 'contacts:read',
});

export const listPastViewpoints = contract({
  name: 'relations.listPastViewpoints',
  method: 'GET',
  path: '/people/:personId/viewpoints/past',
  summary: 'What I thought of a person before, and what colleagues thought and share, the last first',
  input: z.object({ personId: id, opportunityId, ...paging }),
  output: page(viewpoint),
  access: 'member',
  scope: 'contacts:read',
});

export const writeViewpoint = contract({
  name: 'relations.writeViewpoint',
  method: 'PUT',
  path: '/people/:personId/viewpoint',
  summary: 'Say what I think of a person; what I thought before becomes history',
  input: z.object({ personId: id, opportunityId, ...said }),
  output: nothing,
  access: 'member',
  scope: 'contacts:write',
  errors: ['conflict', 'forbidden'],
});

export const endViewpoint = contract({
  name: 'relations.endViewpoint',
  method: 'DELETE',
  path: '/people/:personId/viewpoint',
  summary: 'Take back what I think of a person; it becomes history',
  input: z.object({ personId: id, opportunityId }),
  output: nothing,
  access: 'member',
  scope: 'contacts:write',
});

export * from './groups-contract.ts';
