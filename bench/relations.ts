import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { declareTie } from '../server/cards/ties.ts';
import { refreshReach } from '../server/delegation/queries.ts';
import { addMember } from '../server/identity/queries.ts';
import type { Actor } from '../server/kernel/database.ts';
import { newId } from '../server/kernel/ids.ts';
import { findPathsTo } from '../server/relations/finding.ts';
import { median, print, quantile, seconds } from './figures.ts';
import { askGraphology, departments } from './graphs.ts';
import { openStage, type Stage } from './stage.ts';

export const about =
  'who can introduce me, at 10,000,000 ties of 1,000,000 persons and 500 members, beside a recursive query and graphology; departments found in real mail networks; --count N ties (the rest in proportion), --kept FOLDER stays for the next run';

const runs = 200;
const warmUp = 30;

interface Size {
  persons: number;
  members: number;
  /** Cards, each of which ties its holder to a person. */
  cards: number;
  /** Between two persons. */
  ties: number;
}

/** A hundred thousandth of the world is a community of twelve. */
const sizeOf = (all: number): Size => {
  const persons = all / 10;
  const cards = Math.round(persons * 1.2);
  return { persons, members: Math.max(10, persons / 2000), cards, ties: all - cards };
};

const uuid = (kind: string, n: string) => `('00000000-0000-7000-${kind}-' || lpad(to_hex(${n}), 12, '0'))::uuid`;

async function addMembers({ app, workspaceId, memberId }: Stage, size: Size): Promise<string[]> {
  const members = [memberId];
  await app.db.asSystem('keeper', async (tx) => {
    for (let n = 1; n < size.members; n++) {
      const one = { accountId: `a${n}`, name: `Member ${n}`, email: `m${n}@bench.example`, locale: 'en' } as const;
      members.push(await addMember(tx, workspaceId, { ...one, role: 'member' }));
    }
  });
  return members;
}

/** Each member has a book of cards; three in five lend theirs to all. */
async function makeBooks(stage: Stage, members: readonly string[]): Promise<void> {
  const { app, owner, workspaceId } = stage;
  for (const [n, memberId] of members.entries()) {
    if (n % 5 >= 3) continue;
    const { rows } = await owner.query(
      `insert into delegation.grant (workspace_id, grant_id, version, book_id, grantee_kind, grantee_id, acts, field_mask, created_by)
       select $1, $2, 1, book_id, 'workspace', $1, array['discover', 'read'], 2147483646, $3 from delegation.book
       where workspace_id = $1 and holder_id = $3 and main returning book_id`,
      [workspaceId, newId(), memberId],
    );
    await app.db.asSystem('keeper', (tx) => refreshReach(tx, workspaceId, rows[0].book_id));
  }
}

/** Cards by the hundred thousand, without fields but a name: what paths are found by. */
async function makeCards({ owner, workspaceId, memberId }: Stage, size: Size): Promise<void> {
  const sourceId = newId();
  await owner.query(
    'insert into sources.source (workspace_id, source_id, holder_id, name, kind) values ($1, $2, $3, $4, $5)',
    [workspaceId, sourceId, memberId, 'Bench', 'google'],
  );
  const books = `(select book_no, holder_id, row_number() over (order by book_no) - 1 as n from delegation.book where workspace_id = $1 and main)`;
  // The holder of a card knows those of its community: books are dealt by communities of twelve.
  await owner.query(
    `insert into cards.card (workspace_id, card_id, book_no, exposure, source_id, source_key, kind, cluster_id, change_no, content_hash, created_at, seen_at)
     select $1, ${uuid('8000', 'card')}, b.book_no, 0, $2, card::text, 'person', ${uuid('8000', 'card % $3')}, 1, '\\x00', now(), now()
     from generate_series(0, $4::int - 1) g(card)
     join ${books} b on b.n = ((card / 12) * 31 + (card / $3) * 7) % $5`,
    [workspaceId, sourceId, size.persons, size.cards, size.members],
  );
  // The cards of one person are one by their number.
  await owner.query(
    `insert into cards.link (workspace_id, card_a, card_b, book_no_a, book_no_b, exposure_a, exposure_b, evidence)
     select $1, a.card_id, b.card_id, a.book_no, b.book_no, 0, 0, array['phone'] from cards.card a
     join cards.card b on b.workspace_id = $1 and b.cluster_id = a.cluster_id and a.card_id < b.card_id where a.workspace_id = $1`,
    [workspaceId],
  );
  await owner.query(
    `insert into cards.card_field (workspace_id, card_id, no, book_no, exposure, class, kind, value, seen_at)
     select workspace_id, card_id, 1, book_no, 0, 1, 'name', jsonb_build_object('full', 'Person ' || source_key), now()
     from cards.card where workspace_id = $1`,
    [workspaceId],
  );
}

const tieIndexes = [
  'tie_card_a_ix',
  'tie_card_b_ix',
  'tie_cluster_a_ix',
  'tie_cluster_b_ix',
  'tie_author_ix',
  'tie_standing_uq',
];

/** Of ten ties six stay in the community of twelve, and the others lead anywhere; seven in ten are shared. */
async function makeTies({ owner, workspaceId }: Stage, size: Size): Promise<void> {
  const { rows } = await owner.query(
    `select indexdef from pg_indexes where schemaname = 'cards' and indexname = any($1)`,
    [tieIndexes],
  );
  for (const name of tieIndexes) await owner.query(`drop index cards.${name}`);
  const other = `case when r < 5 then a - a % 12 + (a % 12 + 1 + r) % 12 else (a::bigint * 7919 + r * 104729 + 17) % $2 end`;
  await owner.query(
    `insert into cards.tie (workspace_id, tie_id, kind, card_a, card_b, book_no_a, book_no_b, exposure_a, exposure_b, cluster_a, cluster_b,
       author_id, declared, shared, strength)
     select $1, ${uuid('9000', 'n')}, (array['knows', 'works_with', 'assists', 'reports_to', 'family', 'board', 'introduced_by', 'met'])[least(p.r, 7) + 1], a.card_id, b.card_id, a.book_no, b.book_no, 0, 0, a.cluster_id, b.cluster_id,
       k.holder_id, true, n % 10 < 7, 20 + (n::bigint * 48271 % 76)
     from (select n, a, r, ${uuid('8000', `least(${other}, $2 - 1)`)} as other from (
       select n, (n % $2) as a, n / $2 as r from generate_series(0, $3::int - 1) n) t) p
     join cards.card a on a.workspace_id = $1 and a.card_id = ${uuid('8000', 'p.a')}
     join cards.card b on b.workspace_id = $1 and b.card_id = p.other and b.card_id <> a.card_id
     join delegation.book k on k.workspace_id = $1 and k.book_no = a.book_no`,
    [workspaceId, size.persons, size.ties],
  );
  for (const { indexdef } of rows) await owner.query(indexdef);
}

async function fill(stage: Stage, size: Size): Promise<void> {
  const { owner } = stage;
  const members = await addMembers(stage, size);
  await makeBooks(stage, members);
  await owner.query(`set work_mem = '512MB'; set maintenance_work_mem = '1GB'`);
  await makeCards(stage, size);
  await makeTies(stage, size);
  await owner.query('vacuum analyze cards.card, cards.tie, cards.card_field, cards.link');
}

/** Cards that a member reads and does not hold, spread over all. */
async function pickTargets({ app }: Stage, actor: Actor, count: number): Promise<string[]> {
  return app.db.asActor(actor, async (tx) => {
    const rows = await tx
      .selectFrom('cards.card')
      .select('card_id')
      .where('workspace_id', '=', actor.workspaceId)
      .where('source_key', 'like', '%7')
      .orderBy('card_id')
      .execute();
    const every = Math.max(1, Math.floor(rows.length / count));
    return rows.filter((_row, at) => at % every === 0).map((row) => row.card_id);
  });
}

const ask = ({ app }: Stage, actor: Actor, cardId: string) =>
  app.db.asActor(actor, (tx) => findPathsTo({ tx, actor }, cardId, 5));

/** The same question as a recursive query, without row security: paths of up to four steps, the best first. */
const recursive = `
  with recursive way as (
    select cluster_id as at, array[cluster_id] as nodes, 1.0::float8 as score, 0 as steps from cards.card where workspace_id = $1 and card_id = $2
    union all
    select t.there, w.nodes || t.there, w.score * t.strength / 100.0, w.steps + 1 from way w
    cross join lateral (
      select cluster_b as there, strength from cards.tie where workspace_id = $1 and cluster_a = w.at and ended_at is null
      union all select cluster_a, strength from cards.tie where workspace_id = $1 and cluster_b = w.at and ended_at is null) t
    where w.steps < 3 and not t.there = any(w.nodes))
  select w.nodes, w.score from way w
  join cards.card c on c.workspace_id = $1 and c.cluster_id = w.at
  join delegation.book b on b.workspace_id = $1 and b.book_no = c.book_no and b.holder_id = $3
  order by w.score desc limit 5`;

async function measurePaths(stage: Stage, actor: Actor): Promise<{ targets: string[]; best: number[] }> {
  const targets = await pickTargets(stage, actor, runs + warmUp);
  const times: number[] = [];
  const best: number[] = [];
  for (const [at, cardId] of targets.entries()) {
    const began = performance.now();
    const { byTarget } = await ask(stage, actor, cardId);
    if (at >= warmUp) {
      times.push(performance.now() - began);
      best.push(byTarget[0]!.paths[0]?.score ?? 0);
    }
  }
  print({ name: 'best paths, median', measured: median(times), unit: 'ms' });
  print({ name: 'best paths, p95', measured: quantile(times, 0.95), unit: 'ms', asked: 50 });
  print({ name: 'targets with a path', measured: best.filter((score) => score > 0).length / best.length, unit: '' });
  return { targets: targets.slice(warmUp), best };
}

async function measureUpdates({ app, owner, workspaceId }: Stage, actor: Actor): Promise<void> {
  const { rows } = await owner.query(
    `select c.card_id, c.book_no, c.exposure from cards.card c join delegation.book b on b.workspace_id = $1 and b.book_no = c.book_no
     where c.workspace_id = $1 and b.holder_id = $2 order by c.card_id limit 260`,
    [workspaceId, actor.memberId],
  );
  const times: number[] = [];
  for (let at = 0; at + 13 < rows.length; at++)
    times.push(
      1000 *
        (await seconds(() =>
          app.db.asActor(actor, (tx) =>
            declareTie(tx, actor, rows[at], rows[at + 13], { kind: 'board', strength: 50, shared: true, note: '' }),
          ),
        )),
    );
  print({ name: 'a tie said, and found from then on', measured: median(times.slice(warmUp)), unit: 'ms', asked: 10 });
}

/** Somebody whom a million cards are tied to, of which the viewer sees none. */
async function measureCrowd(stage: Stage, actor: Actor, cardId: string, size: Size): Promise<void> {
  const { owner, workspaceId } = stage;
  await owner.query(
    `insert into cards.tie (workspace_id, tie_id, kind, card_a, card_b, book_no_a, book_no_b, exposure_a, exposure_b, cluster_a, cluster_b,
       author_id, declared, shared, strength)
     select $1, ${uuid('a000', 'n')}, 'knows', a.card_id, c.card_id, a.book_no, c.book_no, 1, 0, a.cluster_id, c.cluster_id, k.holder_id, true,
       true, 100
     from generate_series(0, $3::int - 1) n
     join cards.card a on a.workspace_id = $1 and a.card_id = ${uuid('8000', 'n')} and a.card_id <> $2
     join cards.card c on c.workspace_id = $1 and c.card_id = $2
     join delegation.book k on k.workspace_id = $1 and k.book_no = a.book_no
     on conflict do nothing`,
    [workspaceId, cardId, size.persons],
  );
  const times: number[] = [];
  for (let at = 0; at < 20; at++) times.push(1000 * (await seconds(() => ask(stage, actor, cardId))));
  print({ name: 'best paths to somebody with a million hidden ties, median', measured: median(times), unit: 'ms' });
}

async function measureRecursive(
  { owner, workspaceId }: Stage,
  actor: Actor,
  targets: readonly string[],
): Promise<void> {
  const times: number[] = [];
  for (const cardId of targets.slice(0, 7))
    times.push(1000 * (await seconds(() => owner.query(recursive, [workspaceId, cardId, actor.memberId]))));
  print({ name: 'yardstick: a recursive query, median', measured: median(times), unit: 'ms' });
}

/** Millions of resident octets of the process that answers: it holds no ties. */
const memory = (): number => process.memoryUsage().rss / 2 ** 20;

export async function run(args: readonly string[]): Promise<void> {
  const option = (name: string) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);
  const size = sizeOf(Number(option('--count') ?? 10_000_000));
  const kept = option('--kept');
  const folder = kept ?? mkdtempSync(join(tmpdir(), 'entregent-bench-'));
  departments();
  try {
    let stage = await openStage(folder);
    if (!stage.found) await fill(stage, size);
    await stage.close();
    // Everything anew, PostgreSQL included.
    stage = await openStage(folder);
    const actor = { workspaceId: stage.workspaceId, memberId: stage.memberId };
    const [first] = await pickTargets(stage, actor, 1);
    print({
      name: 'first path after a restart',
      measured: await seconds(() => ask(stage, actor, first!)),
      unit: 's',
      asked: 2,
    });
    const before = memory();
    const { targets, best } = await measurePaths(stage, actor);
    print({ name: 'memory of the process that finds paths', measured: memory(), unit: 'MB', asked: 400 });
    print({ name: 'of it, by finding them', measured: memory() - before, unit: 'MB' });
    await measureUpdates(stage, actor);
    await measureRecursive(stage, actor, targets);
    await askGraphology(stage, actor, targets, best);
    if (!kept) await measureCrowd(stage, actor, targets[0]!, size);
    await stage.close();
  } finally {
    if (!kept) rmSync(folder, { recursive: true, force: true });
  }
}
