import type { Actor, Tx } from '../kernel/database.ts';
import { isClosed } from '../relations/knowing.ts';
import * as queries from './queries.ts';
import { type Looking, narrowing, seenBy } from './seeing.ts';

/** What other modules may use of segments: whom a viewer sees of them, and to hear when somebody sees one no longer; conditions asked in a member's name. */
export { beginSegment } from './adding.ts';
export { followSegments } from './copies.ts';
export { judge, readSight, type Sight } from './judging.ts';
export { copySegments, seenThrough } from './seeing.ts';
export type { Looking };

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
  const rows = await queries.listTrendRows(tx, actor, ends, most, await isClosed(tx, actor));
  return [...Map.groupBy(rows, (row) => row.segment_id)].map(([segmentId, of]) => ({
    ...{ segmentId, name: of[0]!.name },
    members: of.map((row) => row.members),
  }));
}

/**
 * All whom a viewer sees of a segment, however many, by their ids: whoever acts on a segment acts on what they see of it at that moment.
 * @throws AppError not_found for a segment that is not shown to them, or has ended
 */
export async function findEverybody(looking: Looking, segmentId: string): Promise<string[]> {
  const { personIds } = await seenBy(looking, segmentId);
  const { viewer } = looking;
  return personIds ?? (await looking.asViewer((tx) => queries.listMemberIds(tx, viewer, segmentId)));
}

/**
 * The same some at a time, in the order of their ids, from behind one on: of a segment that is kept each page is read alone, of another's it is computed once.
 * @throws AppError not_found, as above
 */
export async function* findInPages(
  looking: Looking,
  segmentId: string,
  after: string | null,
  size: number,
): AsyncGenerator<string[]> {
  const { personIds } = await seenBy(looking, segmentId);
  const { viewer } = looking;
  const behind = (from: string | null) =>
    personIds
      ? Promise.resolve(
          personIds
            .filter((id) => from === null || id > from)
            .sort()
            .slice(0, size),
        )
      : looking.asViewer((tx) => queries.listMemberIds(tx, viewer, segmentId, { after: from, limit: size }));
  for (let page = await behind(after); page.length > 0; page = await behind(page.at(-1)!)) yield page;
}

/** Whether a segment is shown to a viewer still, and can be computed. */
export async function isShown(tx: Tx, actor: Actor, segmentId: string): Promise<boolean> {
  const [row] = await queries.listSegments(tx, actor, segmentId);
  return row !== undefined && row.problem === null && (await narrowing(tx, actor, segmentId)).narrowed !== 'ties';
}

/**
 * Who of these is in a segment still, as the viewer. Of a segment that is computed anew at each look (another audience's), or has ended, all are held to be.
 * @param personIds as `findEverybody` gave them, once
 */
export async function findStillIn(
  tx: Tx,
  actor: Actor,
  segmentId: string,
  personIds: readonly string[],
): Promise<Set<string>> {
  const [row] = await queries.listSegments(tx, actor, segmentId);
  if (!row || (await narrowing(tx, actor, segmentId)).narrowed !== null) return new Set(personIds);
  return queries.keepMembers(tx, actor, segmentId, personIds);
}

/** The names of the segments that a viewer sees, by id. */
export async function listNames(tx: Tx, actor: Actor): Promise<Map<string, string>> {
  return new Map((await queries.listSegments(tx, actor)).map((row) => [row.segment_id, row.name]));
}
