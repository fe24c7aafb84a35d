import type { Tx } from '../kernel/database.ts';

/** Takes back what was copied of a segment that somebody sees no longer. It runs in the transaction of the change, with the rights of who makes it. */
type Follow = (tx: Tx, workspaceId: string, segmentId: string) => Promise<void>;

const followers: Follow[] = [];

/** Registers, once for the process, what follows segments outside row security: a module above this one that keeps copies. */
export function followSegments(follow: Follow): void {
  followers.push(follow);
}

export async function tellFollowers(tx: Tx, workspaceId: string, segmentId: string): Promise<void> {
  for (const follow of followers) await follow(tx, workspaceId, segmentId);
}
