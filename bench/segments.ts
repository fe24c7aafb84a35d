import { sql } from 'kysely';
import { refreshReach } from '../server/delegation/queries.ts';
import type { Tx } from '../server/kernel/database.ts';
import { newId } from '../server/kernel/ids.ts';
import { startFollowing, stir } from '../server/kernel/stirring.ts';
import { countIt } from '../server/segments/counting.ts';
import { openBench } from '../server/segments/describing.ts';
import { buildSegments, followSegments } from '../server/segments/following.ts';
import { parseFilter } from '../server/segments/language-contract.ts';
import { median, print, quantile, seconds } from './figures.ts';
import { openStage, type Stage } from './stage.ts';

export const about =
  'segments over 1,000,000 persons and 50,000,000 facts: 200 of them kept by 500 changes a second, each computed whole beside the same question in plain SQL, counted while one edits; --scale S (1), --kept FOLDER stays for the next run';

const uuid = (kind: string, n: string) => `('00000000-0000-7000-${kind}-' || lpad(to_hex(${n}), 12, '0'))::uuid`;
const kinds = ['b_visit', 'b_order', 'b_ticket', 'b_open', 'b_app'] as const;
const noOf = (kind: (typeof kinds)[number]) => 901 + kinds.indexOf(kind);
const cities = 50;

interface World {
  persons: number;
  facts: number;
}

async function fillPeople(
  { app, owner, workspaceId, memberId, bookId, bookNo }: Stage,
  { persons }: World,
): Promise<void> {
  const [workspace, source] = [`'${workspaceId}'::uuid`, newId()];
  await owner.query(
    'insert into sources.source (workspace_id, source_id, holder_id, name, kind) values ($1, $2, $3, $4, $5)',
    [workspaceId, source, memberId, 'Bench', 'google'],
  );
  await owner.query(
    `insert into delegation.grant (workspace_id, grant_id, version, book_id, grantee_kind, grantee_id, acts, field_mask, created_by)
     values ($1, $2, 1, $3, 'workspace', $1, array['discover', 'read'], 2147483646, $4)`,
    [workspaceId, newId(), bookId, memberId],
  );
  await app.db.asSystem('keeper', (tx) => refreshReach(tx, workspaceId, bookId));
  await owner.query(`insert into cards.contact_point (workspace_id, contact_point_id, channel, consent)
    select ${workspace}, ${uuid('8001', 'n')}, 'email', case n % 5 when 0 then 'given' when 1 then 'objected' else 'unknown' end
    from generate_series(1, ${persons}) n`);
  await owner.query(
    `insert into cards.card (workspace_id, card_id, book_no, exposure, source_id, source_key, kind, cluster_id, change_no, content_hash, created_at, seen_at)
     select ${workspace}, ${uuid('8000', 'n')}, $1, 0, $2, n::text, 'person', ${uuid('8000', 'n')}, 1, '\\x00', now(), now() from generate_series(1, ${persons}) n`,
    [bookNo, source],
  );
  await owner.query(
    `insert into cards.card_field (workspace_id, card_id, no, book_no, exposure, class, kind, value, contact_point_id, seen_at)
     select ${workspace}, ${uuid('8000', 'n')}, 1, $1, 0, 4, 'email', '{"value": "x"}', ${uuid('8001', 'n')}, now() from generate_series(1, ${persons}) n`,
    [bookNo],
  );
  await owner.query('drop index cards.entry_search_ix');
  await owner.query(
    `insert into cards.entry (workspace_id, audience_id, person_id, cluster_id, kind, name, sort_name, city, card_count, seen_at, book_nos, source_ids, search,
       book_masks, subject_ids)
     select ${workspace}, ${workspace}, ${uuid('8000', 'n')}, ${uuid('8000', 'n')}, 'person', 'Person ' || n, 'person ' || n, 'City ' || n % ${cities}, 1, now(),
       array[$1::int], array[$2::uuid], '', array[2147483647], array[${uuid('8000', 'n')}, ${uuid('8001', 'n')}]
     from generate_series(1, ${persons}) n`,
    [bookNo, source],
  );
  for (const [at, key] of kinds.entries()) {
    const kindId = newId();
    await owner.query(
      `insert into facts.kind (workspace_id, kind_id, kind_no, key, name, fields, has_amount, basis, keep_months, asks_consent)
       values ($1, $2, $3, $4, $4, $5, $6, 'contract', 60, false)`,
      [
        workspaceId,
        kindId,
        901 + at,
        key,
        JSON.stringify([{ key: 'page', name: 'Page', type: 'text' }]),
        key === 'b_order',
      ],
    );
    await owner.query(
      `insert into facts.kind_access (workspace_id, kind_id, audience_kind, audience_id) values ($1, $2, 'workspace', $1)`,
      [workspaceId, kindId],
    );
  }
}

/** Of a hundred facts sixty are visits, fifteen orders, five tickets and twenty opens, over three years; some people do far more than others. */
async function fillFacts({ owner, workspaceId }: Stage, { persons, facts }: World): Promise<void> {
  await owner.query(`set maintenance_work_mem = '2GB'`);
  await owner.query('set max_parallel_maintenance_workers = 2');
  const { rows } = await owner.query(
    `select indexname, indexdef from pg_indexes where schemaname = 'facts' and tablename = 'fact' and indexname <> 'fact_pk'`,
  );
  for (const { indexname } of rows) await owner.query(`drop index facts.${indexname}`);
  await owner.query('alter table facts.fact drop constraint fact_pk');
  const step = 1_000_000;
  for (let from = 1; from <= facts; from += step)
    await owner.query(`insert into facts.fact (workspace_id, subject_id, fact_id, at, kind_no, source_no, amount, currency, props)
      select '${workspaceId}'::uuid, ${uuid('8001', `1 + floor(power(random(), 1.3) * ${persons})::int`)}, ${uuid('8009', 'n')},
        now() - make_interval(secs => random() * 94608000), k.no, 1, case when k.no = 902 then round((random() * 300)::numeric, 2) end,
        case when k.no = 902 then 'EUR' end, case when k.no = 901 then jsonb_build_object('page', '/p' || (n % 200)) end
      from generate_series(${from}, ${Math.min(facts, from + step - 1)}) n
      cross join lateral (select case when n % 100 < 60 then 901 when n % 100 < 75 then 902 when n % 100 < 80 then 903 else 904 end as no) k`);
  await owner.query('alter table facts.fact add constraint fact_pk primary key (workspace_id, subject_id, fact_id)');
  for (const { indexdef } of rows) await owner.query(indexdef);
  await owner.query('vacuum analyze facts.fact, cards.card, cards.card_field, cards.entry, cards.contact_point');
}

/** Two hundred that a company would have: each with its own numbers. */
function filters(): string[] {
  const all: string[] = [];
  for (let n = 0; all.length < 198; n++) {
    all.push(
      `count(b_order last ${3 + (n % 20)} months) >= ${1 + (n % 4)}`,
      `sum(amount of b_order last ${6 + (n % 18)} months) > ${100 + n * 20} and city = "City ${n % cities}"`,
      `days_since(last(b_visit)) > ${30 + n * 5} and count(b_order) > 0`,
      `count(b_visit where page = "/p${n}" last ${2 + (n % 10)} months) > 0`,
      `did (b_ticket then no b_order within ${10 + n} days) and consent.email != objected`,
    );
  }
  return ['count(b_app last 1 day) > 0', 'count(b_visit where page = "/new" last 1 day) > 0', ...all.slice(0, 198)];
}

async function addSegments({ app, workspaceId, memberId }: Stage): Promise<string[]> {
  const ids: string[] = [];
  await app.db.asSystem('keeper', async (tx) => {
    for (const [at, filter] of filters().entries()) {
      const segmentId = newId();
      await sql`insert into segments.segment (workspace_id, segment_id, key, name, kind, filter, audience_kind, audience_id, owner_id)
        values (${workspaceId}, ${segmentId}, ${`s${at}`}, ${filter}, 'filter', ${filter}, 'workspace', ${workspaceId}, ${memberId})`.execute(
        tx,
      );
      ids.push(segmentId);
    }
  });
  return ids;
}

/** The same questions as somebody would write them by hand. */
const byHand: [filter: string, text: (workspace: string) => string][] = [
  [
    'count(b_order last 12 months) >= 3',
    (w) => `select e.person_id from cards.entry e cross join lateral unnest(e.subject_ids) s (id)
      join facts.fact f on f.workspace_id = ${w} and f.subject_id = s.id and f.kind_no = 902 and f.at > now() - interval '12 months' and f.at <= now()
      where e.workspace_id = ${w} and e.audience_id = ${w} and e.kind = 'person' group by e.person_id having count(*) >= 3`,
  ],
  [
    'sum(amount of b_order) > 1000 and city = "City 7"',
    (w) => `select e.person_id from cards.entry e cross join lateral unnest(e.subject_ids) s (id)
      join facts.fact f on f.workspace_id = ${w} and f.subject_id = s.id and f.kind_no = 902 and f.at <= now()
      where e.workspace_id = ${w} and e.audience_id = ${w} and e.kind = 'person' and lower(e.city) = 'city 7' group by e.person_id having sum(f.amount) > 1000`,
  ],
  [
    'days_since(last(b_visit)) > 60 and count(b_order) > 0',
    (w) => `select e.person_id from cards.entry e cross join lateral unnest(e.subject_ids) s (id)
      join facts.fact f on f.workspace_id = ${w} and f.subject_id = s.id and f.kind_no in (901, 902) and f.at <= now()
      where e.workspace_id = ${w} and e.audience_id = ${w} and e.kind = 'person' group by e.person_id
      having max(f.at) filter (where f.kind_no = 901) <= now() - interval '61 days' and count(*) filter (where f.kind_no = 902) > 0`,
  ],
  [
    'did (b_ticket then no b_order within 30 days)',
    (w) => `select distinct person_id from (
      select e.person_id, f.kind_no, f.at, min(f.at) filter (where f.kind_no = 902)
        over (partition by e.person_id order by f.at, f.fact_id rows between 1 following and unbounded following) as next
      from cards.entry e cross join lateral unnest(e.subject_ids) s (id)
      join facts.fact f on f.workspace_id = ${w} and f.subject_id = s.id and f.kind_no in (902, 903) and f.at <= now()
      where e.workspace_id = ${w} and e.audience_id = ${w} and e.kind = 'person') x
      where kind_no = 903 and at + interval '30 days' <= now() and (next is null or next > at + interval '30 days')`,
  ],
];

const runs = 3;

async function measureRebuild(stage: Stage): Promise<void> {
  const { app, owner, workspaceId, memberId } = stage;
  await owner.query('create table if not exists by_hand (person_id uuid primary key)');
  for (const [filter, text] of byHand) {
    const segmentId = newId();
    await owner.query(
      `insert into segments.segment (workspace_id, segment_id, key, name, kind, filter, audience_kind, audience_id, owner_id)
       values ($1, $2, $3, $4, 'filter', $4, 'workspace', $1, $5)`,
      [workspaceId, segmentId, `h_${segmentId.slice(-12)}`, filter, memberId],
    );
    const ours: number[] = [];
    const theirs: number[] = [];
    let [found, expected] = [0, 0];
    // Anew each time: nothing of the last one is there.
    for (let run = 0; run <= runs; run++) {
      await owner.query('delete from segments.member where workspace_id = $1 and segment_id = $2', [
        workspaceId,
        segmentId,
      ]);
      await owner.query('update segments.segment set built_at = null where workspace_id = $1 and segment_id = $2', [
        workspaceId,
        segmentId,
      ]);
      const took = await seconds(() => buildSegments(app, workspaceId, segmentId));
      await owner.query('set jit = off');
      await owner.query('set enable_memoize = off');
      await owner.query('truncate by_hand');
      // Kept as a list that is looked things up in: each person once, logged, by key.
      const hand = await seconds(() => owner.query(`insert into by_hand ${text(`'${workspaceId}'::uuid`)}`));
      expected = (await owner.query('select count(*)::int as n from by_hand')).rows[0].n;
      found = (
        await owner.query('select members from segments.segment where workspace_id = $1 and segment_id = $2', [
          workspaceId,
          segmentId,
        ])
      ).rows[0].members;
      if (run === 0) continue;
      ours.push(took);
      theirs.push(hand);
    }
    await owner.query('delete from segments.segment where workspace_id = $1 and segment_id = $2', [
      workspaceId,
      segmentId,
    ]);
    print({ name: `computed whole: ${filter} (${found}; by hand ${expected})`, measured: median(ours), unit: 's' });
    print({ name: '… the same by hand', measured: median(theirs), unit: 's' });
    print({ name: '… over that by hand', measured: median(ours) / median(theirs), unit: '×', asked: 1.5 });
  }
  await owner.query('drop table by_hand');
}

async function measureCounts({ app, workspaceId }: Stage): Promise<void> {
  const guesses: number[] = [];
  const exact: number[] = [];
  for (const [filter] of byHand)
    for (let run = 0; run < 4; run++) {
      const count = (whole: boolean) =>
        app.db.asSystem('keeper', async (tx) => {
          const { dictionary, scope } = await openBench(tx, workspaceId, { kind: 'workspace', id: workspaceId }, null);
          await countIt(tx, dictionary, parseFilter(filter), scope, { exact: whole, shown: 8 });
        });
      const took = await seconds(() => count(false));
      if (run === 0) continue;
      guesses.push(took * 1000);
      if (run === 1) exact.push(await seconds(() => count(true)));
    }
  print({
    name: 'count while one edits, an estimate with a sample, p95',
    measured: quantile(guesses, 0.95),
    unit: 'ms',
    asked: 500,
  });
  print({ name: '… exact, slowest of four questions', measured: Math.max(...exact), unit: 's', asked: 5 });
}

/** Facts of people who have none like it yet, 500 a second in batches of 50: until each stands in the segment. */
async function measureFollowing(
  { app, owner, workspaceId }: Stage,
  { persons }: World,
  { key, segmentId, followed }: { key: (typeof kinds)[number]; segmentId: string; followed: string },
  time: number,
): Promise<void> {
  const following = startFollowing(app, followSegments);
  const due = new Map<string, number>();
  const taken: number[] = [];
  let over = false;
  const watching = (async () => {
    while (!over || due.size > 0) {
      const { rows } = await owner.query(
        'select person_id from segments.member where workspace_id = $1 and segment_id = $2 and person_id = any($3)',
        [workspaceId, segmentId, [...due.keys()]],
      );
      for (const { person_id } of rows) {
        taken.push((performance.now() - due.get(person_id)!) / 1000);
        due.delete(person_id);
      }
      await new Promise((done) => setTimeout(done, 50));
    }
  })();
  const write = (tx: Tx, from: number) =>
    sql`
    insert into facts.fact (workspace_id, subject_id, fact_id, at, kind_no, source_no, props)
    select ${workspaceId}, ${sql.raw(uuid('8001', 'n'))}, gen_random_uuid(), now(), ${noOf(key)}, 1, '{"page":"/new"}'
    from generate_series(${sql.lit(from)}, ${sql.lit(from + 49)}) n returning subject_id`.execute(tx);
  const began = performance.now();
  for (let batch = 0; batch < time * 10; batch++) {
    const wait = began + batch * 100 - performance.now();
    if (wait > 0) await new Promise((done) => setTimeout(done, wait));
    const from = 1 + ((batch * 50) % persons);
    const ids = await app.db.asSystem('keeper', async (tx) => {
      const { rows } = await write(tx, from);
      const subjects = rows.map((row) => (row as { subject_id: string }).subject_id);
      await stir(tx, workspaceId, `fact:${noOf(key)}`, subjects);
      return subjects;
    });
    for (const id of ids) due.set(id.replace('-8001-', '-8000-'), performance.now());
  }
  const rate = (time * 500) / ((performance.now() - began) / 1000);
  over = true;
  await Promise.race([watching, new Promise((done) => setTimeout(done, 60_000))]);
  await following.stop();
  print({ name: `changes a second that 200 segments follow, ${followed}`, measured: rate, unit: '', atLeast: 490 });
  print({ name: '… until a change shows in its segment, p95', measured: quantile(taken, 0.95), unit: 's', asked: 2 });
  print({ name: '… median', measured: median(taken), unit: 's' });
  print({ name: '… not shown after a minute', measured: due.size, unit: '', asked: 0 });
  await owner.query(
    `delete from facts.fact where workspace_id = $1 and kind_no = ${noOf(key)} and props ->> 'page' = '/new'`,
    [workspaceId],
  );
}

export async function run(args: readonly string[]): Promise<void> {
  const value = (name: string) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);
  const scale = Number(value('--scale') ?? 1);
  const world = { persons: Math.round(1_000_000 * scale), facts: Math.round(50_000_000 * scale) };
  const stage = await openStage(value('--kept'));
  const { owner, app, workspaceId } = stage;
  try {
    if (!stage.found) {
      await fillPeople(stage, world);
      await fillFacts(stage, world);
    }
    const { rows } = await owner.query(
      `select pg_table_size('facts.fact')::float8 as heap, pg_indexes_size('facts.fact')::float8 as indexes`,
    );
    print({ name: 'disk of a fact: row; indexes', measured: rows[0].heap / world.facts, unit: 'octets' });
    print({ name: '… indexes', measured: rows[0].indexes / world.facts, unit: 'octets' });
    await measureRebuild(stage);
    await measureCounts(stage);
    await owner.query('delete from segments.segment where workspace_id = $1', [workspaceId]);
    await owner.query('delete from segments.member where workspace_id = $1', [workspaceId]);
    const ids = await addSegments(stage);
    const built = await seconds(() => buildSegments(app, workspaceId));
    print({ name: '200 segments computed whole, each', measured: built / ids.length, unit: 's' });
    await owner.query('vacuum analyze segments.member');
    // What filling has changed is followed first.
    while (await followSegments(app, workspaceId));
    const [one, many] = ids as [string, string];
    await measureFollowing(stage, world, { key: 'b_app', segmentId: one, followed: 'of a kind that one asks for' }, 20);
    await measureFollowing(
      stage,
      world,
      { key: 'b_visit', segmentId: many, followed: 'of a kind that 80 ask for' },
      20,
    );
  } finally {
    await stage.close();
  }
}
