import type { App } from '../kernel/app.ts';
import type { Output } from '../kernel/contract.ts';
import type { Tx } from '../kernel/database.ts';
import type { getDay } from './contract.ts';
import * as queries from './queries.ts';
import { type Counts, maySum, scoreOf, sumOf } from './rules.ts';

type Board = Pick<Output<typeof getDay>, 'scores'> & { counts: ReadonlyMap<string, Counts> };

/** What counts of each who takes part: what was kept, once the day is over, else as it stands now. As the keeper. */
async function countAll(tx: Tx, workspaceId: string, day: queries.DayRow) {
  const entrants = await queries.listEntrants(tx, workspaceId, day.day_id);
  const counted: (queries.EntrantRow & { counts: Counts })[] = [];
  for (const entrant of entrants) {
    const { fresh, complete, corrected, settled } = entrant;
    const counts =
      day.ended_at && fresh !== null
        ? { fresh, complete: complete ?? 0, corrected: corrected ?? 0, settled: settled ?? 0 }
        : await queries.countFor(tx, workspaceId, day, entrant);
    counted.push({ ...entrant, counts });
  }
  return counted;
}

/**
 * The scoreboard: sums by team, and names beside numbers only where those who bear them wanted it. The keeper counts; what leaves here is
 * numbers of lent cards. @param teams the day's, in their order
 */
export async function readBoard(
  tx: Tx,
  workspaceId: string,
  day: queries.DayRow,
  teams: readonly { id: string; name: string }[],
): Promise<Board> {
  const all = await countAll(tx, workspaceId, day);
  const scores = teams.map((team) => {
    const entrants = all.filter(({ team_id }) => team_id === team.id);
    return {
      team,
      entrants: entrants.length,
      total: maySum(entrants) ? sumOf(entrants.map(({ counts }) => counts)) : null,
      named: entrants
        .filter(({ named }) => named)
        .map(({ name, counts }) => ({ name, score: scoreOf(counts) }))
        .sort((a, b) => b.score.points - a.score.points),
    };
  });
  return {
    scores: scores.sort((a, b) => (b.total?.points ?? -1) - (a.total?.points ?? -1)),
    counts: new Map(all.map(({ member_id, counts }) => [member_id, counts])),
  };
}

/** Counts the result and keeps it, once; tells who took part. @returns false when it stood already */
export async function endDay(app: App, workspaceId: string, dayId: string): Promise<boolean> {
  return app.db.asSystem('keeper', async (tx) => {
    const day = await queries.findDay(tx, workspaceId, dayId);
    if (!day || !(await queries.endDay(tx, workspaceId, dayId))) return false;
    const all = await countAll(tx, workspaceId, day);
    for (const { member_id, counts } of all) await queries.keepResult(tx, workspaceId, dayId, member_id, counts);
    const memberIds = all.map(({ member_id }) => member_id);
    const payload = { kind: 'lead_day_result', memberIds, subjectId: dayId, actorId: null };
    if (memberIds.length > 0) await app.enqueue(tx, { workspaceId, task: 'notices.tell', payload });
    return true;
  });
}
