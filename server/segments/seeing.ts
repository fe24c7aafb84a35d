import type { Actor, Tx } from '../kernel/database.ts';
import { AppError } from '../kernel/errors.ts';
import type { Context } from '../kernel/http.ts';
import { isClosed } from '../relations/knowing.ts';
import * as computing from './computing.ts';
import type { FullSegment } from './contract.ts';
import { asNamedBy, type Bench, openBench, readFilter } from './describing.ts';
import type { Filter } from './language-contract.ts';
import * as queries from './queries.ts';

// What one viewer sees of a segment.

/** Why the viewer sees less of a segment than is in it; null: they see all that they reach. */
export async function narrowing({ tx, actor }: Pick<Context, 'tx' | 'actor'>, segmentId: string) {
  const [row] = await queries.listSegments(tx, actor, segmentId);
  if (!row) throw new AppError('not_found');
  if (row.asks_ties && (await isClosed(tx, actor))) return { row, narrowed: 'ties' as const };
  return { row, narrowed: row.belongs ? null : ('grants' as const) };
}

/** Who looks, and how they read. */
export interface Looking {
  actor: Actor;
  asCaller<T>(work: (viewer: Pick<Context, 'tx' | 'actor'>) => Promise<T>): Promise<T>;
  asSystem<T>(role: 'keeper', work: (tx: Tx) => Promise<T>): Promise<T>;
}

interface Seen {
  narrowed: FullSegment['narrowed'];
  /** Persons as the viewer sees them; null: read under row security. */
  personIds: string[] | null;
}

/**
 * Whom the viewer sees of a segment. Of another audience's filter: whom it finds by the viewer's own grants, and not who of these is in it, since who is
 * missing would tell what others know. Of another audience's list: whom its owner put into it, of those whom the viewer sees.
 */
export async function seenBy(context: Looking, segmentId: string): Promise<Seen & { row: queries.SegmentRow }> {
  const { row, narrowed, reach } = await context.asCaller(async ({ tx, actor }) => ({
    ...(await narrowing({ tx, actor }, segmentId)),
    reach: await queries.findReach(tx),
  }));
  if (narrowed !== 'grants') return { row, narrowed, personIds: narrowed ? [] : null };
  const { workspaceId, memberId } = context.actor;
  return context.asSystem('keeper', async (tx): Promise<Seen & { row: queries.SegmentRow }> => {
    const own = await openBench(tx, workspaceId, { kind: 'member', id: memberId }, reach);
    const find = (bench: Bench, filter: Filter, scope: computing.Scope) =>
      computing.narrow(tx, bench.dictionary, filter, scope).then((found) => found.map(({ person_id }) => person_id));
    if (row.kind === 'list') {
      const cardIds = await queries.listMemberCards(tx, workspaceId, segmentId);
      return { row, narrowed, personIds: await find(own, { is: 'everyone' }, { ...own.scope, cardIds }) };
    }
    const theirs = await openBench(tx, workspaceId, { kind: row.audience_kind, id: row.audience_id }, null);
    const bench = { ...own, dictionary: asNamedBy(own.dictionary, theirs.dictionary) };
    const read = readFilter(bench.dictionary, row.filter);
    if ('problem' in read) return { row, narrowed: 'data', personIds: [] };
    return { row, narrowed, personIds: await find(bench, read.filter, own.scope) };
  });
}
