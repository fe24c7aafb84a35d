import { sql } from 'kysely';
import type { Tx } from '../kernel/database.ts';
import { noTopic, type Origin, type Tone } from './contract.ts';

// Voices that are no messages: in the transaction of who reports them, a member's or the keeper's.

/** Something that somebody said elsewhere than in a message. */
export interface Reported {
  origin: Exclude<Origin, 'message'>;
  /** Of the note, the answer, the idea; reported again, it says what it says now. */
  originId: string;
  /** Who spoke: their contact point, or a card of theirs where there is none. */
  contactPointId: string | null;
  cardId: string | null;
  /** Who may see it: the workspace, a team, a member; nobody else counts it. */
  audienceId: string;
  at: Date;
  text: string;
  /** They agreed to be quoted by name. */
  quotable: boolean;
  /** Left out: as the text is read, in a job. */
  topicIds?: readonly string[] | undefined;
  tone?: Tone | undefined;
}

export async function replaceReported(tx: Tx, workspaceId: string, voice: Reported): Promise<void> {
  const { origin, originId, contactPointId, cardId, audienceId, at, text, quotable, topicIds = [], tone } = voice;
  await removeReported(tx, workspaceId, origin, originId);
  await tx
    .insertInto('voices.reported')
    .values(
      (topicIds.length > 0 ? [...new Set(topicIds)] : [noTopic]).map((topic_id) => ({
        ...{ workspace_id: workspaceId, origin, origin_id: originId, topic_id, contact_point_id: contactPointId },
        ...{ card_id: cardId, audience_id: audienceId, said_at: at, text, quotable, tone: tone ?? 'neutral' },
      })),
    )
    .execute();
}

/** @returns the topics that it was on */
export async function removeReported(tx: Tx, workspaceId: string, origin: string, originId: string): Promise<string[]> {
  const rows = await tx
    .deleteFrom('voices.reported')
    .where('workspace_id', '=', workspaceId)
    .where('origin', '=', origin)
    .where('origin_id', '=', originId)
    .returning('topic_id')
    .execute();
  return rows.map((row) => row.topic_id);
}

/** As the keeper. */
export async function findReported(
  tx: Tx,
  workspaceId: string,
  origin: string,
  originId: string,
): Promise<Reported | undefined> {
  const { rows } = await sql<Reported>`
    select origin, origin_id as "originId", contact_point_id as "contactPointId", card_id as "cardId", audience_id as "audienceId",
      said_at as at, text, quotable
    from voices.reported where workspace_id = ${workspaceId} and origin = ${origin} and origin_id = ${originId} limit 1`.execute(
    tx,
  );
  return rows[0];
}

/**
 * Marks topics as talked of, for whoever watches them; `lost`: something was taken back.
 * @returns whether nobody had been woken for any of these yet: wake them, in this transaction
 */
export async function stir(tx: Tx, workspaceId: string, topicIds: readonly string[], lost: boolean): Promise<boolean> {
  const { numAffectedRows } = await sql`
    insert into voices.stirred (workspace_id, topic_id, lost)
    select ${workspaceId}, t.id, ${lost} from (select distinct id from unnest(${topicIds}::uuid[]) id where id <> ${noTopic} order by id) t
    on conflict on constraint stirred_pk do update set lost = true where excluded.lost and not stirred.lost`.execute(
    tx,
  );
  return (numAffectedRows ?? 0n) > 0n;
}

/** Takes the marks away: what is said from here on marks them anew. As the keeper, in the transaction that looks. */
export async function takeStirred(tx: Tx, workspaceId: string): Promise<{ topicId: string; lost: boolean }[]> {
  const { rows } = await sql<{ topicId: string; lost: boolean }>`
    delete from voices.stirred where workspace_id = ${workspaceId} returning topic_id as "topicId", lost`.execute(tx);
  return rows.sort((a, b) => (a.topicId < b.topicId ? -1 : 1));
}
