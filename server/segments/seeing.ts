import type { Actor, Tx } from '../kernel/database.ts';
import { AppError } from '../kernel/errors.ts';
import { isClosed } from '../relations/knowing.ts';
import * as computing from './computing.ts';
import type { AudienceKind, FullSegment } from './contract.ts';
import { asNamedBy, type Bench, openBench, readFilter } from './describing.ts';
import type { Filter } from './language-contract.ts';
import * as queries from './queries.ts';

// Whom a viewer sees of a segment: with their grants, and with those of an act (reading, taking along) that the transaction is entered for.

/** A viewer, and transactions as them. */
export interface Looking {
  viewer: Actor;
  /** With whose grants they look: a member's, or those of a team or use. */
  audience: { kind: AudienceKind; id: string };
  asViewer<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  asKeeper<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
}

/** Why the viewer sees less of a segment than is in it; null: they see all that they reach. */
export async function narrowing(tx: Tx, actor: Actor, segmentId: string) {
  const [row] = await queries.listSegments(tx, actor, segmentId);
  if (!row) throw new AppError('not_found');
  if (row.asks_ties && (await isClosed(tx, actor))) return { row, narrowed: 'ties' as const };
  return { row, narrowed: row.belongs ? null : ('grants' as const) };
}

export interface Seen {
  row: queries.SegmentRow;
  narrowed: FullSegment['narrowed'];
  /** Persons as the viewer sees them; null: read under row security. */
  personIds: string[] | null;
}

/**
 * Whom the viewer sees of a segment. Of another audience's filter: whom it finds by the viewer's own grants, and not who of these is in it, since who is
 * missing would tell what others know. Of another audience's list: whom its owner put into it, of those whom the viewer sees.
 */
export async function seenBy(looking: Looking, segmentId: string): Promise<Seen> {
  const { viewer } = looking;
  const { row, narrowed, reach } = await looking.asViewer(async (tx) => ({
    ...(await narrowing(tx, viewer, segmentId)),
    reach: await queries.findReach(tx),
  }));
  if (narrowed !== 'grants') return { row, narrowed, personIds: narrowed ? [] : null };
  const personIds = await looking.asKeeper((tx) => computeAnew(tx, looking, row, reach));
  return personIds ? { row, narrowed, personIds } : { row, narrowed: 'data', personIds: [] };
}

/** Whom a segment finds by what is reached, and by nothing that is kept; null: its condition asks for what is not open to who looks. */
async function computeAnew(
  tx: Tx,
  { viewer: { workspaceId }, audience }: Looking,
  row: queries.SegmentRow,
  reach: Buffer,
  through?: string,
): Promise<string[] | null> {
  const bench = await openBench(tx, workspaceId, audience, reach);
  const own = through ? { ...bench, scope: { ...bench.scope, audiences: [through] } } : bench;
  const find = (dictionary: Bench['dictionary'], filter: Filter, scope: computing.Scope) =>
    computing.narrow(tx, dictionary, filter, scope).then((found) => found.map(({ person_id }) => person_id));
  if (row.kind === 'list') {
    const cardIds = await queries.listMemberCards(tx, workspaceId, row.segment_id);
    return find(own.dictionary, { is: 'everyone' }, { ...own.scope, cardIds });
  }
  const theirs = await openBench(tx, workspaceId, { kind: row.audience_kind, id: row.audience_id }, null);
  const dictionary = asNamedBy(own.dictionary, theirs.dictionary);
  const read = readFilter(dictionary, row.filter);
  return 'problem' in read ? null : find(dictionary, read.filter, own.scope);
}

/**
 * Whom a member who looks through an app sees of a segment: whom it finds among the app's own persons, by what both reach (`Actor.within`). What is
 * kept of it was computed with more.
 * @throws AppError not_found for a segment that is not shown to the member
 */
export async function seenThrough(looking: Looking, segmentId: string, appId: string): Promise<string[]> {
  const { row, narrowed, reach } = await looking.asViewer(async (tx) => ({
    ...(await narrowing(tx, looking.viewer, segmentId)),
    reach: await queries.findReach(tx),
  }));
  if (narrowed === 'ties') return [];
  return (await looking.asKeeper((tx) => computeAnew(tx, looking, row, reach, appId))) ?? [];
}

interface Copied {
  segmentId: string;
  name: string;
  description: string;
  kind: 'filter' | 'list';
  /** Null: it is kept from the viewer who is in it. */
  people: { personId: string; since: Date | null }[] | null;
}

/** All segments that a viewer sees, each with whom they see of it. */
export async function* copySegments(looking: Looking): AsyncGenerator<Copied> {
  const { viewer, asViewer } = looking;
  for (const { segment_id: segmentId } of await asViewer((tx) => queries.listSegments(tx, viewer))) {
    const seen = await seenBy(looking, segmentId).catch((error: unknown) => {
      // It has ended meanwhile.
      if (error instanceof AppError && error.code === 'not_found') return undefined;
      throw error;
    });
    if (!seen) continue;
    const { row, narrowed, personIds } = seen;
    const people = personIds
      ? personIds.map((personId) => ({ personId, since: null }))
      : (await asViewer((tx) => queries.listAllMembers(tx, viewer, segmentId))).map(({ person_id, since }) => ({
          personId: person_id,
          since,
        }));
    const isKept = narrowed === 'ties' || narrowed === 'data';
    yield {
      ...{ segmentId, name: row.name, description: row.description, kind: row.kind },
      people: isKept ? null : people,
    };
  }
}
