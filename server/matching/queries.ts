import { sql } from 'kysely';
import type pg from 'pg';
import type { ContactName } from '../formats/contact.ts';
import { fold } from '../formats/normalise/fold.ts';
import { copyRows } from '../kernel/copy.ts';
import type { Tx } from '../kernel/database.ts';
import { type Evidence, type Facts, isSharedAddress } from './rules.ts';

interface FactRow {
  card_id: string;
  card_kind: 'person' | 'organization';
  kind: string | null;
  value: Record<string, unknown> | null;
  contact_point_id: string | null;
}

/** What is compared of the given cards; cards out of sight are left out. */
export async function loadFacts(tx: Tx, workspaceId: string, cardIds: readonly string[]): Promise<Map<string, Facts>> {
  const { rows } = await sql<FactRow>`
    select c.card_id, c.kind as card_kind, f.kind, f.value, f.contact_point_id
    from cards.card c
    left join cards.card_field f on f.workspace_id = ${workspaceId} and f.card_id = c.card_id
      and f.kind in ('name', 'organization', 'birthday', 'email', 'phone', 'address')
    where c.workspace_id = ${workspaceId} and c.card_id = any(${cardIds}) and c.exposure < 2
    order by c.card_id, f.no`.execute(tx);
  const facts = new Map<string, Facts>();
  for (const row of rows) {
    let one = facts.get(row.card_id);
    if (!one) {
      one = {
        cardId: row.card_id,
        kind: row.card_kind,
        name: undefined,
        organization: undefined,
        birthday: undefined,
        cities: [],
        points: new Map(),
        shared: new Set(),
      };
      facts.set(row.card_id, one);
    }
    if (row.kind && row.value) addFact(one, row.kind, row.value, row.contact_point_id);
  }
  return facts;
}

function addFact(facts: Facts, kind: string, value: Record<string, unknown>, point: string | null): void {
  if (kind === 'name') facts.name ??= value as ContactName;
  if (kind === 'organization') facts.organization ??= value.name as string | undefined;
  if (kind === 'birthday') facts.birthday ??= value.value as string;
  if (kind === 'address' && value.city) facts.cities.push(fold(value.city as string));
  // An organisation's own name may stand in the name field only.
  if (kind === 'name' && facts.kind === 'organization') facts.organization ??= value.full as string | undefined;
  if (!point || (kind !== 'email' && kind !== 'phone')) return;
  facts.points.set(point, kind);
  if (isSharedAddress(kind, String(value.normalised ?? ''))) facts.shared.add(point);
}

/** A key that more cards than this have (a switchboard, a shared list) is no key. */
const crowd = 20;

/** Pairs of a given card and any other card that share a contact point or a blocking key. */
export async function findCandidates(
  tx: Tx,
  workspaceId: string,
  cardIds: readonly string[],
): Promise<[string, string][]> {
  const byPoint = await sql<{ members: string[] }>`
    select array_agg(o.card_id) as members
    from (select distinct contact_point_id from cards.card_field
      where workspace_id = ${workspaceId} and card_id = any(${cardIds}) and contact_point_id is not null) p
    cross join lateral (select distinct f.card_id from cards.card_field f
      where f.workspace_id = ${workspaceId} and f.contact_point_id = p.contact_point_id and f.exposure < 2 limit ${crowd + 1}) o
    group by p.contact_point_id having count(*) between 2 and ${crowd}`.execute(tx);
  const byKey = await sql<{ members: string[] }>`
    select array_agg(o.card_id) as members
    from (select distinct key from matching.card_key where workspace_id = ${workspaceId} and card_id = any(${cardIds})) k
    cross join lateral (select c.card_id from matching.card_key c
      where c.workspace_id = ${workspaceId} and c.key = k.key limit ${crowd + 1}) o
    group by k.key having count(*) between 2 and ${crowd}`.execute(tx);
  const given = new Set(cardIds);
  const pairs = new Map<string, [string, string]>();
  for (const { members } of [...byPoint.rows, ...byKey.rows]) {
    for (const a of members) {
      for (const b of members) if (a < b && (given.has(a) || given.has(b))) pairs.set(`${a} ${b}`, [a, b]);
    }
  }
  return [...pairs.values()];
}

export async function replaceKeys(
  client: pg.ClientBase,
  tx: Tx,
  workspaceId: string,
  keys: Map<string, string[]>,
): Promise<void> {
  await sql`delete from matching.card_key where workspace_id = ${workspaceId} and card_id = any(${[...keys.keys()]})`.execute(
    tx,
  );
  const rows = [...keys].flatMap(([cardId, own]) => own.map((key) => [workspaceId, key, cardId]));
  await copyRows(client, 'matching.card_key', ['workspace_id', 'key', 'card_id'], rows);
}

export interface Link {
  a: string;
  b: string;
  evidence: Evidence[];
}

/** Brings the links of the given cards to what was found. @returns whether anything changed, by card */
export async function replaceLinks(
  tx: Tx,
  workspaceId: string,
  cardIds: readonly string[],
  found: readonly Link[],
): Promise<Set<string>> {
  const { rows } = await sql<{ card_a: string; card_b: string; evidence: string[] }>`
    select card_a, card_b, evidence from cards.link
    where workspace_id = ${workspaceId} and (card_a = any(${cardIds}) or card_b = any(${cardIds}))`.execute(tx);
  const wanted = new Map(found.map((link) => [`${link.a} ${link.b}`, link]));
  const touched = new Set<string>();
  // What a person joined by editing stays, whatever the machine finds.
  const gone = rows.filter((row) => !row.evidence.includes('edited') && !wanted.has(`${row.card_a} ${row.card_b}`));
  for (const row of gone) {
    touched.add(row.card_a).add(row.card_b);
    await tx
      .deleteFrom('cards.link')
      .where('workspace_id', '=', workspaceId)
      .where('card_a', '=', row.card_a)
      .where('card_b', '=', row.card_b)
      .execute();
  }
  const same = new Set(
    rows
      .filter(
        (row) =>
          row.evidence.includes('edited') ||
          wanted.get(`${row.card_a} ${row.card_b}`)?.evidence.join() === row.evidence.join(),
      )
      .map((row) => `${row.card_a} ${row.card_b}`),
  );
  const fresh = found.filter((link) => !same.has(`${link.a} ${link.b}`));
  for (const link of fresh) touched.add(link.a).add(link.b);
  for (let at = 0; at < fresh.length; at += 1000) {
    const part = fresh.slice(at, at + 1000);
    await sql`
      insert into cards.link (workspace_id, card_a, card_b, book_no_a, book_no_b, exposure_a, exposure_b, evidence)
      select ${workspaceId}, n.a, n.b, ca.book_no, cb.book_no, ca.exposure, cb.exposure, string_to_array(n.evidence, ',')
      from unnest(${part.map((link) => link.a)}::uuid[], ${part.map((link) => link.b)}::uuid[], ${part.map((link) => link.evidence.join())}::text[]) n(a, b, evidence)
      join cards.card ca on ca.workspace_id = ${workspaceId} and ca.card_id = n.a
      join cards.card cb on cb.workspace_id = ${workspaceId} and cb.card_id = n.b
      on conflict (workspace_id, card_a, card_b) do update set evidence = excluded.evidence`.execute(tx);
  }
  return touched;
}

/** All cards of the clusters that the given cards, or cards linked with them, are in, and every link between them. */
export async function loadClusterGraph(tx: Tx, workspaceId: string, cardIds: readonly string[]) {
  const { rows: cards } = await sql<{ card_id: string; cluster_id: string }>`
    select card_id, cluster_id from cards.card
    where workspace_id = ${workspaceId} and cluster_id in (
      select cluster_id from cards.card where workspace_id = ${workspaceId} and card_id in (
        select unnest(${cardIds}::uuid[])
        union select card_b from cards.link where workspace_id = ${workspaceId} and card_a = any(${cardIds})
        union select card_a from cards.link where workspace_id = ${workspaceId} and card_b = any(${cardIds})))
    order by card_id for update`.execute(tx);
  const ids = cards.map((card) => card.card_id);
  const { rows: links } = await sql<{ card_a: string; card_b: string }>`
    select card_a, card_b from cards.link
    where workspace_id = ${workspaceId} and card_a = any(${ids}) and exposure_a < 2 and exposure_b < 2`.execute(tx);
  return { cards, links };
}

export async function moveToClusters(
  tx: Tx,
  workspaceId: string,
  moves: readonly { cardId: string; clusterId: string }[],
): Promise<void> {
  if (moves.length === 0) return;
  await sql`update cards.card c set cluster_id = n.cluster_id
    from unnest(${moves.map((move) => move.cardId)}::uuid[], ${moves.map((move) => move.clusterId)}::uuid[]) n(card_id, cluster_id)
    where c.workspace_id = ${workspaceId} and c.card_id = n.card_id`.execute(tx);
}

/** Above row security and over all workspaces: retention. */
export async function deleteOrphanKeys(tx: Tx): Promise<void> {
  await sql`delete from matching.card_key k where not exists (
    select from cards.card c where c.workspace_id = k.workspace_id and c.card_id = k.card_id)`.execute(tx);
}
