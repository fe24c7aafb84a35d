import type { Tx } from './database.ts';
import { newId } from './ids.ts';

/** What happens that programs outside may hear of, each with the rows that say it. */
export type TellKind =
  /** Cards that are new. */
  | 'card_added'
  /** Cards that changed. */
  | 'card_change'
  /** Contact points of which consent or objection changed. */
  | 'consent'
  | 'fact'
  /** Movements of segments. */
  | 'entered'
  | 'left'
  /** Opportunities that moved. */
  | 'move'
  /** Books of which a grant changed. */
  | 'grant';

/** At most so many subjects are of one row: who spreads it takes whole rows. */
const together = 2000;

/**
 * Says in the transaction of what happened that it did; who listens outside hears of it a moment after the commit, and after a crash, too.
 * Ids only: who hears of it reads the rest with their own rights, when they do.
 */
export async function tell(tx: Tx, workspaceId: string, kind: TellKind, subjectIds: readonly string[]): Promise<void> {
  const ids = [...new Set(subjectIds)];
  for (let from = 0; from < ids.length; from += together)
    await tx
      .insertInto('kernel.told')
      .values({ workspace_id: workspaceId, told_id: newId(), kind, subject_ids: ids.slice(from, from + together) })
      .execute();
}
