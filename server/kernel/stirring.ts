import { sql } from 'kysely';
import type { App } from './app.ts';
import type { Tx } from './database.ts';
import { newId } from './ids.ts';

/** What can change of somebody that others follow; `fact` alone: of whatever kind. */
export type Stirred =
  | 'person'
  | 'fact'
  | `fact:${number}`
  | 'attribute'
  | 'viewpoint'
  | 'tie'
  | 'consent'
  | 'conversation'
  | 'list'
  | 'opportunity'
  | 'group';

/** At most so many subjects are of one row: what follows takes whole rows. */
const together = 2000;

/**
 * Says in the transaction of a change what has changed: it is followed a moment after the commit, and after a crash, too. Nobody waits for
 * each other: rows are only added.
 *
 * @param subjectIds cards and contact points; of `person`, clusters; opportunities and groups as themselves, too: whoever has a part in them is meant
 */
export async function stir(
  tx: Tx,
  workspaceId: string,
  about: Stirred,
  subjectIds: Iterable<string | null>,
): Promise<void> {
  const ids = [...new Set(subjectIds)].filter((id) => id !== null);
  for (let from = 0; from < ids.length; from += together) {
    const subject_ids = ids.slice(from, from + together);
    await tx
      .insertInto('kernel.stirred')
      .values({ workspace_id: workspaceId, stirred_id: newId(), about, subject_ids })
      .execute();
  }
}

/**
 * Takes what was said, the oldest first, in the transaction that does what follows. One at a time in a workspace.
 *
 * @param subjects about so many of them
 * @returns null where somebody else is at it
 */
export async function takeStirred(
  tx: Tx,
  workspaceId: string,
  subjects: number,
): Promise<{ about: Stirred; subject_ids: string[] }[] | null> {
  const lock = await sql<{ got: boolean }>`
    select pg_try_advisory_xact_lock(hashtextextended(${`stirred ${workspaceId}`}, 0)) as got`.execute(tx);
  if (!lock.rows[0]!.got) return null;
  const taken = await sql<{ about: Stirred; subject_ids: string[] }>`
    delete from kernel.stirred where workspace_id = ${workspaceId} and stirred_id in (
      select stirred_id from (
        select stirred_id, sum(cardinality(subject_ids)) over (order by stirred_id) - cardinality(subject_ids) as before
        from (select stirred_id, subject_ids from kernel.stirred where workspace_id = ${workspaceId} order by stirred_id limit 1000) first) counted
      where before < ${subjects})
    returning about, subject_ids`.execute(tx);
  return taken.rows;
}

/** The workspaces in which something has changed. */
async function findStirred(tx: Tx): Promise<string[]> {
  // No workspace: it is asked which there are.
  const { rows } = await sql<{ workspace_id: string }>`select distinct workspace_id from kernel.stirred`.execute(tx);
  return rows.map((row) => row.workspace_id);
}

/** Does what follows from changes of a workspace, a batch of them. @returns whether there was any */
export type Follower = (app: App, workspaceId: string) => Promise<boolean>;

/** Milliseconds between two looks at what has changed. */
const often = 400;

/**
 * Looks again and again whether something has changed, and lets it be followed. Several processes may: they share the rows.
 * @param find the workspaces in which there is something to do
 */
export function startFollowing(app: App, follower: Follower, find = findStirred): { stop(): Promise<void> } {
  let over = false;
  let wake = () => {};
  async function look(): Promise<void> {
    for (const workspaceId of await app.db.asSystem('keeper', find)) {
      try {
        while (!over && (await follower(app, workspaceId)));
      } catch (error) {
        // What cannot be followed in one company keeps none of the others waiting.
        app.log.error('changes not followed', { error });
      }
    }
  }
  async function go(): Promise<void> {
    while (!over) {
      await look().catch((error) => app.log.error('changes not followed', { error }));
      if (over) return;
      await new Promise<void>((resume) => {
        wake = resume;
        setTimeout(resume, often).unref();
      });
    }
  }
  const going = go();
  return {
    async stop() {
      over = true;
      wake();
      await going;
    },
  };
}
