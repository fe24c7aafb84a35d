import type { App } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';

/** What was read says anew how well its member knows people; `relations` weighs it, behind what is read now. */
export async function weighSoon(
  app: Pick<App, 'enqueue'>,
  tx: Tx,
  { workspaceId, memberId }: { workspaceId: string; memberId: string },
): Promise<void> {
  await app.enqueue(tx, { workspaceId, task: 'relations.weigh', payload: { memberId } });
}
