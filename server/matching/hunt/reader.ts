import type pg from 'pg';
import { type FactField, type Kind, READ_KINDS } from './facts.ts';
import type { Decided, Learned } from './kind-index.ts';

/** A living card with what it says. */
export interface ReadCard {
  id: string;
  kind: Kind;
  bookNo: number;
  fields: FactField[];
}

interface FactRow {
  card_id: string;
  kind: Kind;
  book_no: number;
  fields: FactField[] | null;
}

const pageSize = 10_000;

/** One row a card, with what it says in the order in which it is kept. */
const columns = `c.card_id, c.kind, c.book_no, (
    select json_agg(json_build_object('kind', f.kind, 'class', f.class, 'value', f.value) order by f.no) from cards.card_field f
    where f.workspace_id = $1 and f.card_id = c.card_id and f.kind = any($3)) as fields`;

const toCard = ({ card_id: id, kind, book_no: bookNo, fields }: FactRow): ReadCard => ({
  id,
  kind,
  bookNo,
  fields: fields ?? [],
});

/** All living cards of a workspace in the order of their ids, page by page. */
export async function* readAll(client: pg.ClientBase, workspaceId: string): AsyncGenerator<ReadCard> {
  for (let after = '00000000-0000-0000-0000-000000000000'; ; ) {
    const { rows } = await client.query<FactRow>(
      `select ${columns} from cards.card c
       where c.workspace_id = $1 and c.card_id > $2 and c.exposure < 2 order by c.card_id limit ${pageSize}`,
      [workspaceId, after, READ_KINDS],
    );
    yield* rows.map(toCard);
    const last = rows.at(-1);
    if (!last) return;
    after = last.card_id;
  }
}

/** Those of the given cards that live. */
export async function readCards(
  client: pg.ClientBase,
  workspaceId: string,
  cardIds: readonly string[],
): Promise<Map<string, ReadCard>> {
  const { rows } = await client.query<FactRow>(
    `select ${columns} from cards.card c
     where c.workspace_id = $1 and c.card_id = any($2) and c.exposure < 2`,
    [workspaceId, cardIds, READ_KINDS],
  );
  return new Map(rows.map((row) => [row.card_id, toCard(row)]));
}

/** The last word about each pair, of the given cards or of all. */
export async function readDecided(
  client: pg.ClientBase,
  workspaceId: string,
  cardIds?: readonly string[],
): Promise<Decided[]> {
  const { rows } = await client.query<Decided>(
    `select distinct on (card_a, card_b) card_a as a, card_b as b, same, origin,
       extract(epoch from at)::double precision * 1e6 as "order"
     from matching.verdict
     where workspace_id = $1 and withdrawn_at is null ${cardIds ? 'and (card_a = any($2) or card_b = any($2))' : ''}
     order by card_a, card_b, at desc, verdict_id desc`,
    cardIds ? [workspaceId, cardIds] : [workspaceId],
  );
  return rows;
}

export async function readState(
  client: pg.ClientBase,
  workspaceId: string,
): Promise<{ version: number; wrong: number; learned: Partial<Record<Kind, Learned>> }> {
  const state = await client.query<{ version: string; wrong_per_thousand: number }>(
    'select version, wrong_per_thousand from matching.state where workspace_id = $1',
    [workspaceId],
  );
  const models = await client.query<{ kind: Kind; model: Learned }>(
    'select kind, model from matching.model where workspace_id = $1',
    [workspaceId],
  );
  return {
    version: Number(state.rows[0]?.version ?? 0),
    wrong: (state.rows[0]?.wrong_per_thousand ?? 2) / 1000,
    learned: Object.fromEntries(models.rows.map(({ kind, model }) => [kind, model])),
  };
}

export async function writeLearned(
  client: pg.ClientBase,
  workspaceId: string,
  kind: Kind,
  learned: Learned,
  cards: number,
): Promise<void> {
  await client.query(
    `insert into matching.model (workspace_id, kind, model, cards) values ($1, $2, $3, $4)
     on conflict on constraint model_pk do update set model = excluded.model, cards = excluded.cards, learned_at = now()`,
    [workspaceId, kind, JSON.stringify(learned), cards],
  );
}

/** Reads and writes in one snapshot of the database, so that cards and verdicts are of the version read. */
export async function inSnapshot<T>(client: pg.ClientBase, work: () => Promise<T>): Promise<T> {
  await client.query('begin isolation level repeatable read');
  try {
    const result = await work();
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}
