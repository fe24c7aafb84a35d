import { enterConversations, listConversations, searchMessages } from '../server/conversations/queries.ts';
import { queryOf } from '../server/conversations/rules.ts';
import type { Actor } from '../server/kernel/database.ts';
import { print, quantile, seconds } from './figures.ts';
import { openStage, type Stage } from './stage.ts';

export const about =
  'the inbox: its list and the search over 5,000,000 messages on 40 channels of which the agent tends 12; --count N messages, --kept FOLDER stays for the next run';

const channels = 40;
const tended = 12;
/** Messages of a conversation. */
const each = 8;
const runs = 60;
const warmUp = 10;

const uuid = (kind: string, n: string) => `('00000000-0000-7000-${kind}-' || lpad(to_hex(${n}), 12, '0'))::uuid`;

/** Words as frequent as words are (Zipf): the first is in every third message, the ten-thousandth in few. */
const word = (seed: string) => `'w' || floor(exp(ln(20000) * ${seed}))::int`;

async function fill({ owner, workspaceId, memberId }: Stage, count: number): Promise<void> {
  const [workspace, member] = [`'${workspaceId}'::uuid`, `'${memberId}'::uuid`];
  await owner.query(`insert into conversations.channel (workspace_id, channel_id, channel_no, kind, name, settings, created_by)
    select ${workspace}, ${uuid('8001', 'n')}, n, 'webhook', 'Channel ' || n, '{}', ${member} from generate_series(1, ${channels}) n`);
  await owner.query(`insert into conversations.access (workspace_id, channel_id, audience_kind, audience_id)
    select ${workspace}, ${uuid('8001', 'n')}, 'member', ${member} from generate_series(1, ${tended}) n`);
  const all = Math.round(count / each);
  await owner.query(`insert into conversations.conversation (workspace_id, conversation_id, channel_id, channel_no, thread, contact_point_id,
      point_channel, address, contact_name, status, assignee_id, excerpt, last_at, last_in_at, opened_at, waiting_since, closed_at)
    select ${workspace}, ${uuid('8002', 'n')}, ${uuid('8001', `1 + n % ${channels}`)}, 1 + n % ${channels}, 't' || n, ${uuid('8003', 'n')}, 'email',
      'c' || n || '@client.example', 'Client ' || n, case when n % 50 = 0 then 'open' else 'closed' end, case when n % 3 = 0 then ${member} end,
      'Hello', now() - make_interval(secs => n * 40), now() - make_interval(secs => n * 40), now() - make_interval(secs => n * 40 + 3600),
      case when n % 100 = 0 then now() - make_interval(secs => n * 40) end, case when n % 50 = 0 then null else now() end
    from generate_series(1, ${all}) n`);
  await owner.query('drop index conversations.message_words_ix');
  const step = 250_000;
  for (let from = 1; from <= all; from += step)
    await owner.query(`insert into conversations.message (workspace_id, conversation_id, message_id, channel_id, channel_no, kind, text,
        external_id, sent_at, state, words)
      select ${workspace}, ${uuid('8002', 'n')}, ${uuid('8004', `n::bigint * ${each} + k`)}, ${uuid('8001', `1 + n % ${channels}`)},
        1 + n % ${channels}, case when k % 2 = 0 then 'in' else 'out' end, t.text, 'x' || n || ' ' || k,
        now() - make_interval(secs => n * 40 + k * 60), case when k % 2 = 0 then null else 'sent' end, to_tsvector('simple', t.text)
      from generate_series(${from}, ${Math.min(all, from + step - 1)}) n cross join generate_series(0, ${each - 1}) k
      cross join lateral (select string_agg(${word('random()')}, ' ') as text from generate_series(1, 12 + n % 5) g where n > 0 and k >= 0) t`);
  await owner.query(`set maintenance_work_mem = '1GB'`);
  await owner.query(
    'create index message_words_ix on conversations.message using gin (workspace_id, channel_no, words)',
  );
  await owner.query('vacuum analyze conversations.message');
  await owner.query('vacuum analyze conversations.conversation');
}

/** Milliseconds of each of several runs, as the agent, in a transaction of their own. */
async function time(
  { app }: Stage,
  actor: Actor,
  work: (tx: never, run: number) => Promise<unknown>,
): Promise<number[]> {
  const taken: number[] = [];
  for (let run = 0; run < warmUp + runs; run++) {
    const took = await seconds(() =>
      app.db.asActor(actor, async (tx) => {
        await enterConversations(tx);
        await work(tx as never, run);
      }),
    );
    if (run >= warmUp) taken.push(took * 1000);
  }
  return taken;
}

export async function run(args: readonly string[]): Promise<void> {
  const value = (name: string) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);
  const count = Number(value('--count') ?? 5_000_000);
  const stage = await openStage(value('--kept'));
  try {
    if (!stage.found) await fill(stage, count);
    const actor = { workspaceId: stage.workspaceId, memberId: stage.memberId };
    const filter = { whose: 'all', status: 'open' } as const;
    const p95 = async (name: string, asked: number, work: Parameters<typeof time>[2]) =>
      print({ name, measured: quantile(await time(stage, actor, work), 0.95), unit: 'ms', asked });
    await p95('inbox, first page of the open ones, p95', 100, (tx) => listConversations(tx, actor, filter, null, 31));
    await p95('inbox, first page of mine, p95', 100, (tx) =>
      listConversations(tx, actor, { ...filter, whose: 'mine' }, null, 31),
    );
    await p95('inbox, first page of the closed ones, p95', 100, (tx) =>
      listConversations(tx, actor, { ...filter, status: 'closed' }, null, 31),
    );
    const search = (name: string, words: (run: number) => string) =>
      p95(`search, ${name}, p95`, 100, (tx, run) => searchMessages(tx, actor, queryOf(words(run))!, null, 31));
    await search('two usual words', (run) => `w${20 + (run % 40)} w${300 + run}`);
    await search('a rare word', (run) => `w${15_000 + run}`);
    await search('a word in every other message', () => 'w1');
    await search('a word in few, with one in every other', (run) => `w${9000 + run} w1`);
    await search('a word that nobody has said', () => 'zanzibar');
  } finally {
    await stage.close();
  }
}
