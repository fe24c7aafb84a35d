import { sql } from 'kysely';
import { moveTies } from '../cards/ties.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { newId } from '../kernel/ids.ts';
import type { Explained, FoundLink, FoundProposal } from './hunt/kind-index.ts';
import type { StoredReason } from './rules.ts';

/** Takes the workspace's turn to write links. @returns the number of this turn */
export async function takeTurn(tx: Tx, workspaceId: string): Promise<number> {
  const { rows } = await sql<{ version: number }>`
    insert into matching.state as s (workspace_id, version) values (${workspaceId}, 1)
    on conflict on constraint state_pk do update set version = s.version + 1
    returning version`.execute(tx);
  return rows[0]!.version;
}

/** The cards that are one with the given ones so far, as the database has it. */
export async function listCompanions(tx: Tx, workspaceId: string, cardIds: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ card_id: string }>`
    select card_id from cards.card
    where workspace_id = ${workspaceId} and cluster_id in (
      select cluster_id from cards.card where workspace_id = ${workspaceId} and card_id = any(${cardIds}))`.execute(tx);
  return rows.map((row) => row.card_id);
}

/**
 * Brings verdicts to the cards they are about: a card that its source has brought again takes the place of the one that went,
 * and a card that a member wrote about somebody is a word of theirs.
 */
export async function bindVerdicts(tx: Tx, workspaceId: string, cardIds: readonly string[]): Promise<void> {
  await rebind(tx, workspaceId, cardIds);
  const { rows } = await sql<{ card_a: string; card_b: string }>`
    select l.card_a, l.card_b from cards.link l
    where l.workspace_id = ${workspaceId} and (l.card_a = any(${cardIds}) or l.card_b = any(${cardIds}))
      and 'edited' = any(l.evidence) and not exists (
        select from matching.verdict v where v.workspace_id = ${workspaceId} and v.card_a = l.card_a and v.card_b = l.card_b
          and v.origin = 'edited')`.execute(tx);
  for (const { card_a, card_b } of rows) await addEdited(tx, workspaceId, card_a, card_b);
}

async function addEdited(tx: Tx, workspaceId: string, a: string, b: string): Promise<void> {
  await sql`
    insert into matching.verdict (workspace_id, verdict_id, card_a, card_b, book_no_a, book_no_b, exposure_a, exposure_b,
      key_a, key_b, same, origin, member_id, at)
    select ${workspaceId}, ${newId()}, a.card_id, b.card_id, a.book_no, b.book_no, a.exposure, b.exposure,
      matching.source_hash(a.source_id, a.source_key), matching.source_hash(b.source_id, b.source_key), true, 'edited',
      case when a.created_at > b.created_at then a.created_by else b.created_by end, l.created_at
    from cards.link l
    join cards.card a on a.workspace_id = ${workspaceId} and a.card_id = l.card_a
    join cards.card b on b.workspace_id = ${workspaceId} and b.card_id = l.card_b
    where l.workspace_id = ${workspaceId} and l.card_a = ${a} and l.card_b = ${b}`.execute(tx);
}

/** Verdicts about cards out of sight whose source brings them again under another id. */
async function rebind(tx: Tx, workspaceId: string, cardIds: readonly string[]): Promise<void> {
  for (const [own, other] of [
    ['a', 'b'],
    ['b', 'a'],
  ] as const) {
    const [card, key] = [sql.raw(`v.card_${own}`), sql.raw(`v.key_${own}`)];
    const rest = (column: string) => sql.raw(`v.${column}_${other}`);
    await sql`
      with back as (
        select v.verdict_id, c.card_id, c.book_no, c.exposure, ${key} as key, ${rest('card')} as other_card,
          ${rest('book_no')} as other_book_no, ${rest('exposure')} as other_exposure, ${rest('key')} as other_key
        from cards.card c
        join matching.verdict v on v.workspace_id = ${workspaceId} and ${key} = matching.source_hash(c.source_id, c.source_key)
        where c.workspace_id = ${workspaceId} and c.card_id = any(${cardIds}) and c.exposure < 2 and ${card} <> c.card_id
          and ${rest('card')} <> c.card_id
          and not exists (select from cards.card o where o.workspace_id = ${workspaceId} and o.card_id = ${card} and o.exposure <> 2)
      )
      update matching.verdict v set
        card_a = least(b.card_id, b.other_card), card_b = greatest(b.card_id, b.other_card),
        book_no_a = case when b.card_id < b.other_card then b.book_no else b.other_book_no end,
        book_no_b = case when b.card_id < b.other_card then b.other_book_no else b.book_no end,
        exposure_a = case when b.card_id < b.other_card then b.exposure else b.other_exposure end,
        exposure_b = case when b.card_id < b.other_card then b.other_exposure else b.exposure end,
        key_a = case when b.card_id < b.other_card then b.key else b.other_key end,
        key_b = case when b.card_id < b.other_card then b.other_key else b.key end
      from back b
      where v.workspace_id = ${workspaceId} and v.verdict_id = b.verdict_id`.execute(tx);
  }
}

/** Book and exposure of verdicts as their cards have them: also where a card's holder could not see the other card. */
async function followCards(tx: Tx, workspaceId: string, table: string, cardIds: readonly string[]): Promise<void> {
  for (const side of ['a', 'b']) {
    const [card, book, exposure] = ['card', 'book_no', 'exposure'].map((name) => sql.raw(`${name}_${side}`));
    await sql`update ${sql.raw(table)} p set ${book} = c.book_no, ${exposure} = c.exposure
      from cards.card c
      where p.workspace_id = ${workspaceId} and p.${card} = any(${cardIds}) and c.workspace_id = ${workspaceId}
        and c.card_id = p.${card} and (p.${book} <> c.book_no or p.${exposure} <> c.exposure)`.execute(tx);
  }
}

export interface Written {
  /** Cards whose links changed. */
  touched: Set<string>;
  linked: number;
  unlinked: number;
}

/** Brings the links of the touched cards to what was found. */
export async function replaceLinks(
  tx: Tx,
  workspaceId: string,
  cardIds: readonly string[],
  found: readonly FoundLink[],
): Promise<Written> {
  await followCards(tx, workspaceId, 'cards.link', cardIds);
  await followCards(tx, workspaceId, 'matching.verdict', cardIds);
  const { rows } = await sql<StoredLink>`
    select card_a, card_b, evidence, asks_a, asks_b, coalesce(encode(shown, 'hex'), '') as shown, cut from cards.link
    where workspace_id = ${workspaceId} and (card_a = any(${cardIds}) or card_b = any(${cardIds}))
      and exposure_a < 2 and exposure_b < 2`.execute(tx);
  const wanted = new Set(found.map((link) => `${link.a} ${link.b}`));
  const there = new Map(rows.map((row) => [`${row.card_a} ${row.card_b}`, textOf(row)]));
  const gone = rows.filter((row) => !wanted.has(`${row.card_a} ${row.card_b}`));
  const fresh = found.filter((link) => there.get(`${link.a} ${link.b}`) !== textOf(toStored(link)));
  const touched = new Set<string>();
  for (const row of gone) touched.add(row.card_a).add(row.card_b);
  for (const link of fresh) touched.add(link.a).add(link.b);
  if (gone.length > 0)
    await sql`delete from cards.link l using unnest(${gone.map((row) => row.card_a)}::uuid[], ${gone.map((row) => row.card_b)}::uuid[]) n(a, b)
      where l.workspace_id = ${workspaceId} and l.card_a = n.a and l.card_b = n.b`.execute(tx);
  await addLinks(tx, workspaceId, fresh);
  const linked = fresh.filter((link) => !there.has(`${link.a} ${link.b}`)).length;
  return { touched, linked, unlinked: gone.length };
}

interface StoredLink {
  card_a: string;
  card_b: string;
  evidence: string[];
  asks_a: number[];
  asks_b: number[];
  shown: string;
  cut: number[];
}

const toStored = ({ a, b, evidence, asksA, asksB, told, cut }: FoundLink): StoredLink => ({
  card_a: a,
  card_b: b,
  evidence,
  asks_a: asksA,
  asks_b: asksB,
  shown: told,
  cut,
});

const textOf = ({ evidence, asks_a, asks_b, shown, cut }: StoredLink): string =>
  [evidence, asks_a, asks_b, shown, cut].map(String).join(' ');

async function addLinks(tx: Tx, workspaceId: string, fresh: readonly FoundLink[]): Promise<void> {
  for (let at = 0; at < fresh.length; at += 1000) {
    const part = JSON.stringify(fresh.slice(at, at + 1000).map(toStored));
    await sql`
      insert into cards.link (workspace_id, card_a, card_b, book_no_a, book_no_b, exposure_a, exposure_b, evidence, asks_a, asks_b, shown,
        cut)
      select ${workspaceId}, n.card_a, n.card_b, ca.book_no, cb.book_no, ca.exposure, cb.exposure, n.evidence, n.asks_a, n.asks_b,
        decode(nullif(n.shown, ''), 'hex'), n.cut
      from json_to_recordset(${part}::json) n(card_a uuid, card_b uuid, evidence text[], asks_a int[], asks_b int[], shown text, cut int[])
      join cards.card ca on ca.workspace_id = ${workspaceId} and ca.card_id = n.card_a
      join cards.card cb on cb.workspace_id = ${workspaceId} and cb.card_id = n.card_b
      on conflict (workspace_id, card_a, card_b) do update set evidence = excluded.evidence, asks_a = excluded.asks_a,
        asks_b = excluded.asks_b, shown = excluded.shown, cut = excluded.cut`.execute(tx);
  }
}

/** The kinds of stored fields that a line of evidence rests on. */
const restsOn: Record<string, readonly string[]> = {
  given: ['name'],
  family: ['name'],
  email: ['email'],
  phone: ['phone'],
  organization: ['organization', 'email'],
  address: ['address'],
  birthday: ['birthday'],
  title: ['title'],
  identifier: ['url', 'extra'],
  domain: ['email', 'url'],
};

/** Field classes by card and kind of field, as bits: whoever reads all of them sees all that a line of evidence rests on. */
async function loadClasses(tx: Tx, workspaceId: string, cardIds: readonly string[]): Promise<Map<string, number>> {
  const { rows } = await sql<{ card_id: string; kind: string; classes: number }>`
    select card_id, kind, bit_or(1 << class) as classes from cards.card_field
    where workspace_id = ${workspaceId} and card_id = any(${cardIds}) and value <> '{}'
    group by card_id, kind`.execute(tx);
  return new Map(rows.map((row) => [`${row.card_id} ${row.kind}`, row.classes]));
}

/** Adds to each line of evidence which field classes it rests on. */
export async function withClasses<T extends Pick<Explained, 'a' | 'b' | 'reasons'>>(
  tx: Tx,
  workspaceId: string,
  found: readonly T[],
): Promise<(T & { reasons: StoredReason[] })[]> {
  if (found.length === 0) return [];
  const classes = await loadClasses(tx, workspaceId, [...new Set(found.flatMap(({ a, b }) => [a, b]))]);
  const bits = (card: string, feature: string) =>
    (restsOn[feature] ?? ['extra']).reduce((all, kind) => all | (classes.get(`${card} ${kind}`) ?? 0), 0);
  return found.map((one) => ({
    ...one,
    reasons: one.reasons.map((reason) => ({
      ...reason,
      a: bits(one.a, reason.feature),
      b: bits(one.b, reason.feature),
    })),
  }));
}

/** Brings the proposals of the touched cards to what was found. @returns how many are new */
export async function replaceProposals(
  tx: Tx,
  workspaceId: string,
  cardIds: readonly string[],
  found: readonly FoundProposal[],
): Promise<number> {
  const rows = await withClasses(tx, workspaceId, found);
  await sql`
    delete from matching.proposal p
    where p.workspace_id = ${workspaceId} and (p.card_a = any(${cardIds}) or p.card_b = any(${cardIds}))
      and not exists (select from unnest(${rows.map(({ a }) => a)}::uuid[], ${rows.map(({ b }) => b)}::uuid[]) n(a, b)
        where n.a = p.card_a and n.b = p.card_b)`.execute(tx);
  let fresh = 0;
  for (let at = 0; at < rows.length; at += 1000) {
    const part = JSON.stringify(rows.slice(at, at + 1000).map(toStoredProposal));
    const done = await sql<{ fresh: boolean }>`
      insert into matching.proposal as p (workspace_id, card_a, card_b, book_no_a, book_no_b, exposure_a, exposure_b, kind,
        probability, prior, reasons, to_all, asks_a, asks_b, offered)
      select ${workspaceId}, n.a, n.b, ca.book_no, cb.book_no, ca.exposure, cb.exposure, n.kind, n.probability, n.prior, n.reasons,
        n.to_all, n.asks_a, n.asks_b, decode(n.offered, 'hex')
      from json_to_recordset(${part}::json) n(a uuid, b uuid, kind text, probability double precision, prior double precision,
        reasons jsonb, to_all boolean, asks_a int[], asks_b int[], offered text)
      join cards.card ca on ca.workspace_id = ${workspaceId} and ca.card_id = n.a
      join cards.card cb on cb.workspace_id = ${workspaceId} and cb.card_id = n.b
      on conflict on constraint proposal_pk do update set book_no_a = excluded.book_no_a, book_no_b = excluded.book_no_b,
        exposure_a = excluded.exposure_a, exposure_b = excluded.exposure_b, probability = excluded.probability,
        prior = excluded.prior, reasons = excluded.reasons, to_all = excluded.to_all, asks_a = excluded.asks_a, asks_b = excluded.asks_b,
        offered = excluded.offered
      where (p.book_no_a, p.book_no_b, p.exposure_a, p.exposure_b, p.probability, p.reasons, p.to_all, p.asks_a, p.asks_b, p.offered)
        is distinct from (excluded.book_no_a, excluded.book_no_b, excluded.exposure_a, excluded.exposure_b, excluded.probability,
          excluded.reasons, excluded.to_all, excluded.asks_a, excluded.asks_b, excluded.offered)
      returning xmax = 0 and to_all as fresh`.execute(tx);
    fresh += done.rows.filter((row) => row.fresh).length;
  }
  return fresh;
}

const toStoredProposal = ({ offered, toAll, ...rest }: FoundProposal) => ({
  ...rest,
  to_all: toAll,
  asks_a: offered?.asksA ?? [],
  asks_b: offered?.asksB ?? [],
  // A table of one answer where it does not depend on what is read.
  offered: offered && (offered.told || '01'),
});

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
  await moveTies(tx, workspaceId, moves);
}

/** Longer than any run takes: what is still called running was lost with its job. */
const longest = '6 hours';

/** Whether a full run is under way. */
export async function isRunning(tx: Tx, workspaceId: string): Promise<boolean> {
  const { rows } = await sql`select from matching.run where workspace_id = ${workspaceId} and state = 'running'
    and started_at > now() - ${sql.raw(`interval '${longest}'`)} limit 1`.execute(tx);
  return rows.length > 0;
}

/** @param memberId who asked for it; null for the nightly one */
export async function addRun(tx: Tx, workspaceId: string, runId: string, memberId: string | null): Promise<void> {
  await tx
    .insertInto('matching.run')
    .values({ workspace_id: workspaceId, run_id: runId, started_by: memberId })
    .execute();
}

export interface RunState {
  state?: 'running' | 'done' | 'failed';
  finished_at?: Date;
  done?: number;
  total?: number;
  linked?: number;
  unlinked?: number;
  proposed?: number;
}

export async function updateRun(tx: Tx, workspaceId: string, runId: string, values: RunState): Promise<void> {
  await tx
    .updateTable('matching.run')
    .set(values)
    .where('workspace_id', '=', workspaceId)
    .where('run_id', '=', runId)
    .execute();
}

/** The last run, for those who may see it. */
export async function findLastRun(tx: Tx, actor: Actor) {
  return tx
    .selectFrom('matching.run')
    .selectAll()
    .where('workspace_id', '=', actor.workspaceId)
    .orderBy('started_at', 'desc')
    .limit(1)
    .executeTakeFirst();
}

export async function listWorkspacesWithCards(tx: Tx): Promise<string[]> {
  // No workspace: each of them.
  const { rows } = await sql<{ workspace_id: string }>`
    select w.workspace_id from identity.workspace w
    where exists (select from cards.card c where c.workspace_id = w.workspace_id)`.execute(tx);
  return rows.map((row) => row.workspace_id);
}

/** The next cards by id, in sight or not. */
export async function pageCards(tx: Tx, workspaceId: string, after: string, limit: number): Promise<string[]> {
  const { rows } = await sql<{ card_id: string }>`
    select card_id from cards.card where workspace_id = ${workspaceId} and card_id > ${after}
    order by card_id limit ${limit}`.execute(tx);
  return rows.map((row) => row.card_id);
}

/** The most links in a thousand made without asking that may be wrong. */
export async function getPrecision(tx: Tx, actor: Actor): Promise<number> {
  const row = await tx
    .selectFrom('matching.state')
    .select('wrong_per_thousand')
    .where('workspace_id', '=', actor.workspaceId)
    .executeTakeFirst();
  return row?.wrong_per_thousand ?? 2;
}

export async function setPrecision(tx: Tx, actor: Actor, wrongPerThousand: number): Promise<void> {
  await tx
    .insertInto('matching.state')
    .values({ workspace_id: actor.workspaceId, wrong_per_thousand: wrongPerThousand })
    .onConflict((conflict) => conflict.constraint('state_pk').doUpdateSet({ wrong_per_thousand: wrongPerThousand }))
    .execute();
}
