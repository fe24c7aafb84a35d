import type { Actor, Tx } from '../kernel/database.ts';
import { isClosed } from '../relations/knowing.ts';
import { listTrendRows } from './queries.ts';

/** What other modules may use of segments: whom a viewer sees of them, and to hear when somebody sees one no longer; conditions asked in a member's name. */
export { beginSegment } from './adding.ts';
export { followSegments } from './copies.ts';
export { judge, readSight, type Sight } from './judging.ts';
export { copySegments } from './seeing.ts';

/** How a segment grew or shrank, as who belongs to its audience sees it. */
export interface Trend {
  segmentId: string;
  name: string;
  /** How many were in it at the end of each step; nought before it was there. */
  members: number[];
}

/**
 * The largest segments of the viewer's audiences, the one with most people first; those that ask for ties not for whom the house rule keeps these from.
 * @param ends the days after the steps
 */
export async function listTrends(tx: Tx, actor: Actor, ends: readonly string[], most: number): Promise<Trend[]> {
  const rows = await listTrendRows(tx, actor, ends, most, await isClosed(tx, actor));
  return [...Map.groupBy(rows, (row) => row.segment_id)].map(([segmentId, of]) => ({
    ...{ segmentId, name: of[0]!.name },
    members: of.map((row) => row.members),
  }));
}
