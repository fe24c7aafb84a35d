import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { root } from '../server/kernel/config.ts';
import type { Actor } from '../server/kernel/database.ts';
import { nearness } from '../server/relations/nearness.ts';
import { weigh } from '../server/relations/strength.ts';
import { median, print } from './figures.ts';
import type { Answer, Question } from './graphology.ts';
import type { Stage } from './stage.ts';

const graphs = join(root, '../shared/data/graphs');

const lines = (file: string): number[][] =>
  readFileSync(join(graphs, file), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => line.trim().split(/\s+/).map(Number));

/** Share of pairs (one alike, one not) of which the alike one ranks higher; ties count half (Hanley and McNeil, 1982). */
function areaUnderCurve(ranked: readonly { score: number; alike: boolean }[]): number {
  const sorted = [...ranked].sort((one, other) => one.score - other.score);
  let [below, sum, alike, others] = [0, 0, 0, 0];
  for (let at = 0; at < sorted.length; ) {
    let [same, yes] = [at, 0];
    for (; same < sorted.length && sorted[same]!.score === sorted[at]!.score; same++) if (sorted[same]!.alike) yes++;
    const no = same - at - yes;
    sum += yes * (below + no / 2);
    below += no;
    alike += yes;
    others += no;
    at = same;
  }
  return sum / (alike * others);
}

/** Who works in one department, told from who writes to whom: the mail network of a European research institution (Leskovec and others, 2007). */
export function departments(): void {
  if (!existsSync(graphs)) return;
  const written = new Set(lines('eucore__email-Eu-core.txt').map(([from, to]) => `${from} ${to}`));
  const departmentOf = new Map(
    lines('eucore__email-Eu-core-department-labels.txt').map(([who, where]) => [who!, where!]),
  );
  const people = [...departmentOf.keys()];
  const now = new Date();
  const tied = new Map(people.map((who) => [who, new Map<number, number>()]));
  // How often they wrote is not told: some, in a direction or in both.
  const unsaid = {
    beside: 0,
    meetings: 0,
    meetingHours: 0,
    firstAt: now,
    lastAt: now,
    introductions: 0,
    closeness: null,
  };
  for (const line of written) {
    const [from, to] = line.split(' ').map(Number) as [number, number];
    if (from === to) continue;
    const { strength } = weigh({ ...unsaid, sent: 10, received: written.has(`${to} ${from}`) ? 10 : 0 }, now);
    for (const [a, b] of [
      [from, to],
      [to, from],
    ] as const)
      tied.get(a)!.set(b, Math.max(strength, tied.get(a)!.get(b) ?? 0));
  }
  const count = (who: number) => tied.get(who)!.size;
  const pairs = people.flatMap((one, at) =>
    people.slice(at + 1).map((other) => ({
      direct: tied.get(one)!.get(other) ?? 0,
      score: nearness(one, tied.get(one)!, other, tied.get(other)!, count),
      alike: departmentOf.get(one) === departmentOf.get(other),
    })),
  );
  print({ name: 'same department ranked above others, AUC, by nearness', measured: areaUnderCurve(pairs), unit: '' });
  const tiedPairs = pairs.filter(({ direct }) => direct > 0);
  print({ name: 'of those who write to each other, AUC', measured: areaUnderCurve(tiedPairs), unit: '' });
  const direct = pairs.map((pair) => ({ score: pair.direct, alike: pair.alike }));
  print({ name: 'yardstick: by the tie between the two alone, AUC', measured: areaUnderCurve(direct), unit: '' });
}

const number = (column: string) => `('x' || right(${column}::text, 12))::bit(48)::bigint::int`;

/**
 * The same questions asked of graphology, which holds all that the viewer may see in memory: how long that takes, and whether our answer is the best.
 */
export async function askGraphology(
  { app, owner, workspaceId }: Stage,
  actor: Actor,
  targets: readonly string[],
  best: readonly number[],
): Promise<void> {
  const asked = targets.slice(0, 40);
  const edges: { a: number; b: number; s: number }[] = await app.db.asActor(actor, async (tx) => {
    const { sql } = await import('kysely');
    await sql`set local statement_timeout = 0`.execute(tx);
    const { rows } = await sql<{ a: number; b: number; s: number }>`
      select ${sql.raw(number('cluster_a'))} as a, ${sql.raw(number('cluster_b'))} as b, strength::int as s
      from cards.tie where workspace_id = ${workspaceId} and ended_at is null
      union all
      select -2 - dense_rank() over (order by b.holder_id)::int, ${sql.raw(number('c.cluster_id'))}, 10
      from cards.card c join delegation.book b on b.workspace_id = ${workspaceId} and b.book_no = c.book_no
      where c.workspace_id = ${workspaceId} and b.holder_id <> ${actor.memberId}
      union all
      select -1, ${sql.raw(number('c.cluster_id'))}, 10
      from cards.card c join delegation.book b on b.workspace_id = ${workspaceId} and b.book_no = c.book_no
      where c.workspace_id = ${workspaceId} and b.holder_id = ${actor.memberId}`.execute(tx);
    return rows;
  });
  const members = new Set(edges.filter(({ a }) => a < -1).map(({ a }) => a));
  for (const member of members) edges.push({ a: -1, b: member, s: 40 });
  const { rows: clusters } = await owner.query(
    `select card_id, ${number('cluster_id')} as n from cards.card where workspace_id = $1 and card_id = any($2)`,
    [workspaceId, asked],
  );
  const nodeOf = new Map(clusters.map((row) => [row.card_id, row.n]));
  const workerData: Question = {
    from: Int32Array.from(edges, ({ a }) => a),
    to: Int32Array.from(edges, ({ b }) => b),
    strength: Uint8Array.from(edges, ({ s }) => s),
    targets: asked.map((id) => nodeOf.get(id)!),
  };
  print({ name: 'ties that the viewer may see', measured: edges.length, unit: '' });
  const resourceLimits = { maxOldGenerationSizeMb: 14_000 };
  const answer = await new Promise<Answer>((done, failed) => {
    new Worker(new URL('./graphology.ts', import.meta.url), { workerData, resourceLimits })
      .once('message', done)
      .once('error', failed);
  });
  const took = answer.answers.map((one) => one.took);
  print({ name: 'yardstick: graphology, reading all into memory', measured: answer.built, unit: 's' });
  print({ name: 'yardstick: graphology, memory', measured: answer.memory, unit: 'MB' });
  print({ name: 'yardstick: graphology, one best path, median', measured: median(took), unit: 'ms' });
  const within = answer.answers.flatMap((one, at) =>
    one.steps > 0 && one.steps <= 4 ? [best[at]! >= one.score * 0.999] : [],
  );
  print({
    name: 'our best path is the best there is',
    measured: within.filter(Boolean).length / within.length,
    unit: '',
  });
}
