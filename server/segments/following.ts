import type { Follower } from '../kernel/stirring.ts';
import { takeStirred } from '../kernel/stirring.ts';

/** Rows of changes that are followed together. */
const together = 20;

/** Brings memberships up to what has changed. */
export const followSegments: Follower = async (app, workspaceId) => {
  const taken = await app.db.asSystem('keeper', (tx) => takeStirred(tx, workspaceId, together));
  return taken.length === together;
};
