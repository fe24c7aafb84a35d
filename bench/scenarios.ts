import { parseArgs } from 'node:util';
import { refreshReach } from '../server/delegation/queries.ts';
import { newId } from '../server/kernel/ids.ts';
import { runScenario } from '../server/scenarios/engine.ts';
import { print, seconds } from './figures.ts';
import { openStage, type Stage } from './stage.ts';

export const about =
  'scenarios: 100,000 people of a segment come into one, and go through a split, a condition, a task or a wait, each step with its reasons; --people N';

const uuid = (kind: string, n: string) => `('00000000-0000-7000-${kind}-' || lpad(to_hex(${n}), 12, '0'))::uuid`;

/** A colleague's book, lent to the company; everybody of it stands in the list and in a segment. */
async function fill({ app, owner, workspaceId, memberId, bookId, bookNo }: Stage, people: number): Promise<string> {
  const [workspace, source, segmentId] = [`'${workspaceId}'::uuid`, newId(), newId()];
  await owner.query(
    'insert into sources.source (workspace_id, source_id, holder_id, name, kind) values ($1, $2, $3, $4, $5)',
    [workspaceId, source, memberId, 'Bench', 'google'],
  );
  await owner.query(
    `insert into delegation.grant (workspace_id, grant_id, version, book_id, grantee_kind, grantee_id, acts, field_mask, created_by)
     values ($1, $2, 1, $3, 'workspace', $1, array['discover', 'read', 'contact'], 2147483646, $4)`,
    [workspaceId, newId(), bookId, memberId],
  );
  await app.db.asSystem('keeper', (tx) => refreshReach(tx, workspaceId, bookId));
  await owner.query(
    `insert into cards.card (workspace_id, card_id, book_no, exposure, source_id, source_key, kind, cluster_id, change_no, content_hash, created_at, seen_at)
     select ${workspace}, ${uuid('8000', 'n')}, $1, 0, $2, n::text, 'person', ${uuid('8000', 'n')}, 1, '\\x00', now(), now() from generate_series(1, ${people}) n`,
    [bookNo, source],
  );
  await owner.query(
    `insert into cards.entry (workspace_id, audience_id, person_id, cluster_id, kind, name, sort_name, city, card_count, seen_at, book_nos, source_ids, search,
       book_masks, subject_ids)
     select ${workspace}, ${workspace}, ${uuid('8000', 'n')}, ${uuid('8000', 'n')}, 'person', 'Person ' || n, 'person ' || n, 'City ' || n % 100, 1, now(),
       array[$1::int], array[$2::uuid], '', array[1], array[${uuid('8000', 'n')}]
     from generate_series(1, ${people}) n`,
    [bookNo, source],
  );
  await owner.query(
    `insert into segments.segment (workspace_id, segment_id, key, name, kind, filter, audience_kind, audience_id, owner_id, members)
     values ($1, $2, 'all', 'All', 'filter', 'everyone', 'workspace', $1, $3, $4)`,
    [workspaceId, segmentId, memberId, people],
  );
  await owner.query(
    `insert into segments.member (workspace_id, segment_id, person_id, cluster_id, audience_id, book_nos, book_masks)
     select ${workspace}, $1, ${uuid('8000', 'n')}, ${uuid('8000', 'n')}, ${workspace}, array[$2::int], array[1] from generate_series(1, ${people}) n`,
    [segmentId, bookNo],
  );
  await owner.query('vacuum analyze cards.card, cards.entry, segments.member');
  return segmentId;
}

/** Split, then a condition or a task, then a wait: what is asked of the data and what is written, both. */
function drawing(segmentId: string): object {
  const common = { name: '' };
  const task = { title: 'Call them', note: '', owner: 'owner', memberId: null, dueInDays: 3 };
  return {
    ...{ entry: { kind: 'segment', segmentId, on: 'enter' }, again: null, goal: null, start: 'a' },
    nodes: [
      {
        ...common,
        id: 'a',
        kind: 'split',
        parts: [
          { percent: 95, next: 'b' },
          { percent: 5, next: 'c' },
        ],
      },
      { ...common, id: 'b', kind: 'condition', filter: 'city = "City 7" or days_since(seen) > 900', yes: 'd', no: 'd' },
      { ...common, ...task, id: 'c', kind: 'task', next: 'd' },
      { ...common, id: 'd', kind: 'wait', for: { n: 3, unit: 'days' }, until: null, next: 'out' },
      { ...common, id: 'out', kind: 'exit' },
    ],
  };
}

/** A scenario of the plan that runs, as publishing would leave it. */
async function place({ owner, workspaceId, memberId }: Stage, definition: object): Promise<string> {
  const [programmeId, scenarioId] = [newId(), newId()];
  await owner.query(
    `insert into plan.programme (workspace_id, programme_id, name, owner_id) values ($1, $2, 'Bench', $3)`,
    [...[workspaceId, programmeId, memberId]],
  );
  await owner.query(
    `insert into plan.campaign (workspace_id, campaign_id, programme_id, kind, name, purpose, channel, created_by)
     values ($1, $2, $3, 'scenario', 'Bench', 'service', 'email', $4)`,
    [workspaceId, scenarioId, programmeId, memberId],
  );
  const drawn = JSON.stringify(definition);
  await owner.query(
    `insert into scenarios.scenario (workspace_id, scenario_id, draft, version, state, since, taking_in_after)
     values ($1, $2, $3, 1, 'running', now(), '00000000-0000-0000-0000-000000000000')`,
    [workspaceId, scenarioId, drawn],
  );
  await owner.query(
    'insert into scenarios.version (workspace_id, scenario_id, version, definition, published_by) values ($1, $2, 1, $3, $4)',
    [workspaceId, scenarioId, drawn, memberId],
  );
  return scenarioId;
}

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { people: { type: 'string' } } });
  const people = Number(values.people ?? 100_000);
  const stage = await openStage();
  try {
    const scenarioId = await place(stage, drawing(await fill(stage, people)));
    const { app, workspaceId, owner } = stage;
    const soon = new Date();
    let steps = 0;
    const first = await seconds(async () => {
      steps = await runScenario(app, workspaceId, scenarioId, { clock: () => soon });
    });
    print({
      name: `${people} people come in and take two steps each`,
      measured: steps / first,
      unit: 'steps/s',
      atLeast: 1000,
    });
    await owner.query('vacuum analyze scenarios.journey, scenarios.passage');
    const idle = await seconds(() => runScenario(app, workspaceId, scenarioId, { clock: () => soon }));
    print({ name: 'nobody is due', measured: 1000 * idle, unit: 'ms' });
    const later = new Date(soon.getTime() + 4 * 86_400_000);
    const second = await seconds(async () => {
      steps = await runScenario(app, workspaceId, scenarioId, { clock: () => later });
    });
    print({ name: 'after the wait, two steps each', measured: steps / second, unit: 'steps/s', atLeast: 1000 });
  } finally {
    await stage.close();
  }
}
