import type { CompiledQuery } from 'kysely';
import type { App } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { sha256 } from '../kernel/ids.ts';
import { type Follower, type Stirred, stir, takeStirred } from '../kernel/stirring.ts';
import { Compiler, type Edge } from './compiling.ts';
import { evaluate, rebuild, type Scope } from './computing.ts';
import { type Dictionary, FilterProblem } from './dictionary.ts';
import * as members from './members.ts';
import { dictionaryOf } from './naming.ts';
import * as queries from './queries.ts';
import { isConcerned } from './rules.ts';

/** Subjects whose changes are followed in one transaction. */
const together = 2000;
/** Clusters that are looked at in one statement. */
const piece = 1000;

/** What one audience's segments are computed with. */
interface Bench {
  dictionary: Dictionary;
  scope: Scope;
}

type Kept = queries.KeptSegment;

async function benchOf(tx: Tx, workspaceId: string, { audience_kind, audience_id }: Kept): Promise<Bench> {
  const audiences = await queries.findAudiences(tx, workspaceId, { kind: audience_kind, id: audience_id });
  const dictionary = dictionaryOf(await queries.findNameable(tx, workspaceId, audiences));
  const memberId = audience_kind === 'member' ? audience_id : null;
  return { dictionary, scope: { workspaceId, audiences, memberId, reach: null } };
}

interface Compiled {
  compiler: Compiler;
  madeOf: string;
}

/** What a segment asks, with what its statement is known by. @throws FilterProblem */
function compile(tx: Tx, { dictionary, scope }: Bench, { key }: Kept): Compiled {
  const compiler = new Compiler(dictionary);
  const condition = compiler.filter({ is: 'in', segment: key });
  const { with: tables } = compiler.gathered(scope.workspaceId, scope.memberId);
  const texts = [condition, ...tables].map((one) => one.compile(tx) as CompiledQuery);
  const said = texts.map(({ sql: text, parameters }) => [text, parameters]);
  return {
    compiler,
    madeOf: sha256(JSON.stringify([scope.audiences, said, [...compiler.follows].sort()])).toString('hex'),
  };
}

/** Computes segments whole, those of one audience together. */
async function build(tx: Tx, workspaceId: string, kept: readonly Kept[], announced = false): Promise<void> {
  for (const group of Map.groupBy(kept, (one) => one.audience_id).values()) {
    const bench = await benchOf(tx, workspaceId, group[0]!);
    const ready = new Map<Kept, Compiled>();
    for (const segment of group)
      try {
        ready.set(segment, compile(tx, bench, segment));
      } catch (error) {
        if (!(error instanceof FilterProblem)) throw error;
        const { problem, about } = error;
        await members.markProblem(tx, workspaceId, segment.segment_id, { problem, about });
      }
    if (ready.size === 0) continue;
    const parts = [...ready.keys()].map(({ segment_id: segmentId, key }) => ({
      ...{ segmentId, filter: { is: 'in', segment: key } as const },
    }));
    const counted = await rebuild(tx, bench.dictionary, parts, bench.scope, announced);
    for (const [{ segment_id }, { compiler, madeOf }] of ready) {
      const { follows, daily, asksTies } = compiler;
      const counts = counted.get(segment_id)!;
      await members.countAnew(tx, workspaceId, segment_id);
      await members.markBuilt(tx, workspaceId, segment_id, {
        ...{ ...counts, madeOf, follows: [...follows], daily, asksTies },
      });
    }
  }
}

/** Segments that are computed in one transaction, and as far as they are of one audience in one pass. */
const inOnePass = 20;

function* chunksOf<T>(all: readonly T[], size: number): Generator<T[]> {
  for (let from = 0; from < all.length; from += size) yield all.slice(from, from + size);
}

/** Computes segments whole: those that were not yet, and those of which what they are made of has changed. */
export async function buildSegments(app: App, workspaceId: string, segmentId?: string): Promise<void> {
  const ids = segmentId ? [segmentId] : await app.db.asSystem('keeper', (tx) => queries.listKept(tx, workspaceId));
  for (const some of chunksOf(ids, inOnePass))
    await app.db.asSystem('keeper', async (tx) => {
      const benches = new Map<string, Bench>();
      const due: Kept[] = [];
      for (const segment of await queries.lockSegments(tx, workspaceId, some)) {
        const bench = benches.get(segment.audience_id) ?? (await benchOf(tx, workspaceId, segment));
        benches.set(segment.audience_id, bench);
        if (!segment.built_at || !isSame(tx, bench, segment)) due.push(segment);
      }
      await build(tx, workspaceId, due);
    });
}

/** Whether it would be computed by the same statement again. */
function isSame(tx: Tx, bench: Bench, segment: Kept): boolean {
  try {
    return compile(tx, bench, segment).madeOf === segment.made_of;
  } catch (error) {
    if (!(error instanceof FilterProblem)) throw error;
    // It could not be computed before, either.
    return segment.made_of === null && segment.built_at !== null;
  }
}

/** Brings the segments up to what has changed of these clusters. */
async function follow(
  tx: Tx,
  workspaceId: string,
  kept: readonly Kept[],
  clusterIds: readonly string[],
  about: ReadonlySet<Stirred>,
) {
  const concerned = kept.filter(({ follows }) => isConcerned(follows, about));
  for (const group of Map.groupBy(concerned, (one) => one.audience_id).values()) {
    const bench = await benchOf(tx, workspaceId, group[0]!);
    const compiler = new Compiler(bench.dictionary);
    const readable = group.flatMap((segment) => {
      try {
        return [{ id: segment.segment_id, condition: compiler.filter({ is: 'in', segment: segment.key }) }];
      } catch (error) {
        // Built anew by the clock, which says what is wrong.
        if (error instanceof FilterProblem) return [];
        throw error;
      }
    });
    const conditions = readable.map(({ condition }) => condition);
    const ids = readable.map(({ id }) => id);
    for (let from = 0; from < clusterIds.length; from += piece) {
      const some = clusterIds.slice(from, from + piece);
      const found = await evaluate(tx, compiler, conditions, { ...bench.scope, clusterIds: some });
      await members.settle(tx, workspaceId, some, ids, found);
    }
  }
}

/** Brings memberships up to what has changed. */
export const followSegments: Follower = (app, workspaceId) =>
  app.db.asSystem('keeper', async (tx) => {
    const taken = await takeStirred(tx, workspaceId, together);
    if (!taken || taken.length === 0) return false;
    // All are locked, those that are being computed, too: what has changed meanwhile is not in them yet.
    const kept = (await queries.lockSegments(tx, workspaceId)).filter(({ built_at, made_of }) => built_at && made_of);
    if (kept.length === 0) return true;
    const clusterIds = await members.findClustersOf(tx, workspaceId, taken);
    if (clusterIds.length > 0)
      await follow(tx, workspaceId, kept, clusterIds, new Set(taken.map(({ about }) => about)));
    return true;
  });

/** The edges of a workspace's segments: the moments at which somebody comes or goes by time alone. */
async function edgesOf(tx: Tx, workspaceId: string, kept: readonly Kept[]): Promise<Edge[]> {
  const edges = new Map<string, Edge>();
  for (const group of Map.groupBy(kept, (one) => one.audience_id).values()) {
    const bench = await benchOf(tx, workspaceId, group[0]!);
    for (const segment of group) {
      const compiler = new Compiler(bench.dictionary);
      try {
        compiler.filter({ is: 'in', segment: segment.key });
      } catch (error) {
        if (!(error instanceof FilterProblem)) throw error;
      }
      // What was told a little ahead of its time counts from its moment on.
      const now = compiler.kindNos.map((kindNo): Edge => ({ kindNo, span: { n: 0, unit: 'hours' } }));
      for (const edge of [...compiler.edges, ...now]) edges.set(JSON.stringify(edge), edge);
    }
  }
  return [...edges.values()];
}

/** Follows the passing of time: who did something exactly so long ago is looked at again; once a day, what changes with the calendar. */
export async function tick(app: App, workspaceId: string, now = new Date()): Promise<void> {
  const daily = await app.db.asSystem('keeper', async (tx) => {
    const clock = await members.takeClock(tx, workspaceId);
    const kept = (await queries.lockSegments(tx, workspaceId)).filter(({ built_at, made_of }) => built_at && made_of);
    for (const edge of await edgesOf(tx, workspaceId, kept))
      await stir(
        tx,
        workspaceId,
        edge.kindNo === null ? 'conversation' : `fact:${edge.kindNo}`,
        await members.findAtEdge(tx, workspaceId, edge, clock.ticked_at, now),
      );
    await members.setClock(tx, workspaceId, now);
    return clock.day === now.toISOString().slice(0, 10) ? [] : kept.filter((one) => one.daily);
  });
  for (const some of chunksOf(daily, inOnePass))
    await app.db.asSystem('keeper', async (tx) => {
      const ids = some.map(({ segment_id }) => segment_id);
      await build(tx, workspaceId, await queries.lockSegments(tx, workspaceId, ids), true);
    });
}
