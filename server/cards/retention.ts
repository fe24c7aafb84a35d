import { sql } from 'kysely';
import type { App } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';

const batchSize = 500;

const ofCard = [
  'card_field',
  'card_original',
  'card_change',
  'note',
  'set_aside',
  'fact',
  'offer',
  'viewpoint',
  'participant',
  'acquaintance',
  'vacancy',
  'power_map',
  'map_node',
  'membership',
  'card',
];
const ofPair = ['cards.link', 'cards.tie', 'cards.map_line', 'matching.proposal'];

/** What is deleted with its card. A new table that hangs on a card stands here, or below with its reason. */
export const purged = [
  ...ofCard.map((table) => `cards.${table}`),
  ...ofPair,
  'cleaning.change',
  'cleaning.exception',
  'hunting.approach',
  'segments.listed',
  'sources.import_value',
];
export const kept: Record<string, string> = {
  'cards.person_redirect': 'an id that somebody has kept leads on; it says nothing of anybody',
  'campaigns.recipient': 'ids only: whom a campaign was for is counted',
  'connectors.item':
    'the account holds it still: without it, what was let go here would come again; a name there and no more',
  'correspondents.proposal': 'what was decided is not asked again; its words go a day after the decision',
  'distribution.known': 'ids only: who was told of somebody hears that they go, and then it is forgotten',
  'dav.delivery': 'a device that was away has to hear that it is gone; it says nothing of anybody',
  'decisions.evidence': 'ids only: that somebody spoke is counted and answered; it goes with what they said',
  'delegation.use': 'the ledger says what was done, by ids',
  'events.guest': 'ids only, but for the names that a guest gave for the door: they go a month after the event',
  'introductions.ask': 'a question that somebody asked is theirs',
  'introductions.request': 'a question that somebody asked is theirs',
  'matching.postponed': 'goes by its own date',
  'matching.verdict': 'the source may bring the card again, and what was decided of it still holds',
  'outreach.message': 'what was written is the writer’s',
  'outreach.message_card': 'under which cards it was written',
  'outreach.tally': 'how much of a quota is used',
  'relations.suggestion': 'ids only, shown while the card can be read; goes after a year',
  'scenarios.journey':
    'ids only: whom a scenario has led is not led again by the same card brought again; goes two years after its end',
  'scenarios.question': 'what a holder was asked is theirs; goes with the way on which it was asked',
  'self_update.forget': 'that somebody asked to be forgotten, and what came of it, is to be shown',
  'self_update.link': 'ids only; what somebody is asked by it ends with the card',
  'sources.import_warning': 'codes only; goes with its import',
  'tasks.task': 'a task is its owner’s',
  'voices.reported': 'what somebody said goes with the note, the interview or the answer that reports it',
};

/**
 * Deletes for good the cards whose 30 days out of sight are over, with all that hangs on them and the photos that no other
 * card carries. Above row security and over all workspaces; in steps, each a transaction.
 */
export async function purgeCards(app: App): Promise<void> {
  await app.db.asSystem('keeper', purgeSetAside);
  for (;;) {
    const purged = await app.db.asSystem('keeper', purgeBatch);
    if (purged < batchSize) return;
  }
}

async function purgeBatch(tx: Tx): Promise<number> {
  const { rows } = await sql<{ workspace_id: string; card_id: string }>`
    select workspace_id, card_id from cards.card where purge_at < now() limit ${batchSize} for update skip locked`.execute(
    tx,
  );
  for (const [workspaceId, group] of Map.groupBy(rows, (row) => row.workspace_id))
    await eraseCards(
      tx,
      workspaceId,
      group.map((row) => row.card_id),
    );
  return rows.length;
}

/** Deletes cards for good, at once, with all that hangs on them and the photos that no other card carries. As the keeper. */
export async function eraseCards(tx: Tx, workspaceId: string, ids: readonly string[]): Promise<void> {
  const photos = await sql<{ hash: string }>`
    select value->>'hash' as hash from cards.card_field
    where workspace_id = ${workspaceId} and card_id = any(${ids}) and kind = 'photo' and value ? 'hash'
    union
    select content #>> '{value,hash}' from cards.set_aside
    where workspace_id = ${workspaceId} and card_id = any(${ids}) and content #> '{value,hash}' is not null`.execute(
    tx,
  );
  // Devices that were away learn of it all the same.
  await sql`insert into cards.departed (workspace_id, book_no, resource_name, change_no)
    select ${workspaceId}, c.book_no, coalesce(c.resource_name, c.card_id || '.vcf'), max(c.change_no) from cards.card c
    where c.workspace_id = ${workspaceId} and c.card_id = any(${ids}) group by 2, 3
    on conflict on constraint departed_pk do update set change_no = greatest(departed.change_no, excluded.change_no)`.execute(
    tx,
  );
  for (const table of ofCard) {
    await sql`delete from ${sql.raw(`cards.${table}`)} where workspace_id = ${workspaceId} and card_id = any(${ids})`.execute(
      tx,
    );
  }
  await sql`delete from attributes.value where workspace_id = ${workspaceId} and subject_id = any(${ids})`.execute(tx);
  await sql`delete from cleaning.change where workspace_id = ${workspaceId} and card_id = any(${ids})`.execute(tx);
  await sql`delete from cleaning.exception where workspace_id = ${workspaceId} and card_id = any(${ids})`.execute(tx);
  await sql`delete from hunting.approach where workspace_id = ${workspaceId} and card_id = any(${ids})`.execute(tx);
  await sql`delete from segments.listed where workspace_id = ${workspaceId} and card_id = any(${ids})`.execute(tx);
  await sql`delete from sources.import_value where workspace_id = ${workspaceId} and card_id = any(${ids})`.execute(tx);
  for (const table of ofPair) {
    await sql`delete from ${sql.raw(table)} where workspace_id = ${workspaceId} and (card_a = any(${ids}) or card_b = any(${ids}))`.execute(
      tx,
    );
  }
  await forgetFacts(tx, workspaceId, ids);
  const hashes = photos.rows.map((row) => row.hash);
  if (hashes.length > 0) await deleteOrphanBlobs(tx, workspaceId, hashes);
}

/** Facts that were told of the cards themselves; those of their contact points outlive them. */
async function forgetFacts(tx: Tx, workspaceId: string, cardIds: readonly string[]): Promise<void> {
  await sql`
    with gone as (
      delete from facts.fact where workspace_id = ${workspaceId} and subject_id = any(${cardIds}::uuid[]) returning kind_no, source_no
    )
    insert into facts.volume as v (workspace_id, kind_no, source_no, day, kept)
    select ${workspaceId}, kind_no, source_no, current_date, -count(*) from gone group by kind_no, source_no order by kind_no, source_no
    on conflict on constraint volume_pk do update set kept = v.kept + excluded.kept`.execute(tx);
  await sql`delete from facts.alias where workspace_id = ${workspaceId} and subject_id = any(${cardIds}::uuid[])`.execute(
    tx,
  );
}

/** Deletes for good what was set aside of cards (set-aside.ts) more than 30 days ago, with photos that no card carries now. */
async function purgeSetAside(tx: Tx): Promise<void> {
  // No workspace: retention is the same for all.
  const { rows } = await sql<{ workspace_id: string; hash: string | null }>`
    delete from cards.set_aside where purge_at < now() returning workspace_id, content #>> '{value,hash}' as hash`.execute(
    tx,
  );
  for (const [workspaceId, group] of Map.groupBy(rows, (row) => row.workspace_id)) {
    const hashes = group.flatMap((row) => row.hash ?? []);
    if (hashes.length > 0) await deleteOrphanBlobs(tx, workspaceId, hashes);
  }
}

/** Those of these photos that no card carries, nor has set aside. */
async function deleteOrphanBlobs(tx: Tx, workspaceId: string, hashes: readonly string[]): Promise<void> {
  await sql`
    delete from kernel.blob b
    where b.workspace_id = ${workspaceId} and encode(b.hash, 'hex') = any(${hashes}) and not exists (
      select from cards.card_field f
      where f.workspace_id = ${workspaceId} and f.kind = 'photo' and f.value->>'hash' = encode(b.hash, 'hex'))
      and not exists (select from cards.set_aside s
        where s.workspace_id = ${workspaceId} and s.content #>> '{value,hash}' = encode(b.hash, 'hex'))`.execute(tx);
}
