import type { Output } from '../../../../server/kernel/contract.ts';
import { type addToGroup, takeBackBatch } from '../../../../server/relations/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { offerUndo, say } from '../../ui/undo.tsx';
import { refreshGroups } from './groupQueries.ts';

type Put = Pick<Output<typeof addToGroup>, 'batchId' | 'added' | 'already'>;

/** Says what came of putting people in, and offers to take it back at once. */
export async function sayPut(groupId: string, { batchId, added, already }: Put): Promise<void> {
  await refreshGroups();
  const message = t('groups.added', { count: added, already });
  if (added === 0) return say(message);
  offerUndo(message, async () => {
    await call(takeBackBatch, { groupId, batchId });
    await refreshGroups();
  });
}
