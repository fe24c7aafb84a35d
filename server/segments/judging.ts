import type { Actor, Tx } from '../kernel/database.ts';
import { isClosed } from '../relations/knowing.ts';
import { Compiler } from './compiling.ts';
import * as computing from './computing.ts';
import type { Problem } from './contract.ts';
import { openBench, readFilter } from './describing.ts';
import * as queries from './queries.ts';

// Conditions asked of some persons with a member's own grants: for what goes on by itself in their name.

/** With what somebody sees: which books they reach, and whether the house rule keeps ties from them. */
export interface Sight {
  reach: Buffer;
  closed: boolean;
}

/** What a member sees now; as them. */
export const readSight = async (tx: Tx, actor: Actor): Promise<Sight> => ({
  reach: await queries.findReach(tx),
  closed: await isClosed(tx, actor),
});

export interface Judged {
  /** Of each condition, of which of the cards it holds: of each card of a person alike. */
  holds: Set<string>[];
  /** Why a condition cannot be asked; null: it can. */
  problems: (Problem | null)[];
}

/**
 * Asks conditions of whoever has these cards, all in one statement, as a member sees them. As the keeper.
 */
export async function judge(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  { reach, closed }: Sight,
  filters: readonly string[],
  cardIds: readonly string[],
): Promise<Judged> {
  const bench = await openBench(tx, workspaceId, { kind: 'member', id: memberId }, reach);
  const read = filters.map((text) => readFilter(bench.dictionary, text));
  const problems = read.map((one): Problem | null => {
    if ('problem' in one) return one.problem;
    return closed && computing.asksTies(bench.dictionary, one.filter)
      ? { problem: 'unknown_name', about: 'tie' }
      : null;
  });
  const holds = filters.map(() => new Set<string>());
  const asked = read.flatMap((one, at) => ('filter' in one && !problems[at] ? [{ at, filter: one.filter }] : []));
  if (asked.length === 0 || cardIds.length === 0) return { holds, problems };
  const compiler = new Compiler(bench.dictionary);
  const conditions = asked.map(({ filter }) => compiler.filter(filter));
  const wanted = new Set(cardIds);
  for (const { subject_ids, holds: places } of await computing.evaluate(tx, compiler, conditions, {
    ...bench.scope,
    cardIds,
  }))
    for (const place of places) for (const id of subject_ids) if (wanted.has(id)) holds[asked[place]!.at]!.add(id);
  return { holds, problems };
}
