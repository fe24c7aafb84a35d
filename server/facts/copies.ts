import type { Tx } from '../kernel/database.ts';

/** Takes back what was copied of a kind that somebody may see no longer. It runs in the transaction of the change, with the rights of who makes it. */
type Follow = (tx: Tx, workspaceId: string, kindId: string) => Promise<void>;

const followers: Follow[] = [];

/** Registers, once for the process, what follows kinds of fact outside row security: a module above this one that keeps copies. */
export function followKinds(follow: Follow): void {
  followers.push(follow);
}

export async function tellFollowers(tx: Tx, workspaceId: string, kindId: string): Promise<void> {
  for (const follow of followers) await follow(tx, workspaceId, kindId);
}
