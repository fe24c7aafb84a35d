import { listIdsOf } from './members.ts';
import { type Looking, seenBy } from './seeing.ts';

export type { Looking } from './seeing.ts';

/**
 * All whom a viewer sees of a segment, however many.
 * @throws AppError not_found for a segment that is not shown to them
 */
export async function listEverybody(looking: Looking, segmentId: string): Promise<string[]> {
  const { personIds } = await seenBy(looking, segmentId);
  const { viewer, asViewer } = looking;
  return personIds ?? (await asViewer((tx) => listIdsOf(tx, viewer.workspaceId, segmentId)));
}
