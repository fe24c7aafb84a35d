import { enterConversations } from '../server/conversations/queries.ts';
import { usualThreshold } from '../server/decisions/contract.ts';
import { findOpenCase, readMass } from '../server/decisions/crossing.ts';
import { describeCase, describeCases, describeQuotes, getCase, speakersOf } from '../server/decisions/describing.ts';
import { findRaised } from '../server/decisions/loop.ts';
import { listCases, listEvidence } from '../server/decisions/queries.ts';
import type { Actor, Tx } from '../server/kernel/database.ts';
import { getBoard } from '../server/voices/contract.ts';
import { listHeardBy } from '../server/voices/heard.ts';
import { voicesTasks } from '../server/voices/jobs.ts';
import { voicesOperations } from '../server/voices/operations.ts';
import { findSpeakers, usualWeighing, weigh } from '../server/voices/weighing.ts';
import { print, quantile, seconds } from './figures.ts';
import { openStage, type Stage } from './stage.ts';

export const about =
  'decisions and weights: the list of cases, one case, its quotes, who raised it, weights of a month, whether a threshold is reached, the board of topics and the rate at which messages are read, over 5,000,000 messages; --count N, --kept FOLDER';

const channels = 40;
const tended = 12;
const topics = 13;
/** Messages of a conversation. */
const each = 4;
const runs = 20;
const warmUp = 3;

const uuid = (kind: string, n: string) => `('00000000-0000-7000-${kind}-' || lpad(to_hex(${n}), 12, '0'))::uuid`;
const topicOf = (n: string) => uuid('8005', n);

/** Messages over five years, each read to be on one topic; and an open case a topic, with what was said in its last ninety days. */
async function fill({ owner, workspaceId, memberId, bookNo }: Stage, count: number): Promise<void> {
  const [workspace, member] = [`'${workspaceId}'::uuid`, `'${memberId}'::uuid`];
  const all = Math.round(count / each);
  const apart = (5 * 365 * 86_400) / all;
  const at = (n: string, k: string) => `now() - make_interval(secs => ${n} * ${apart} + ${k} * 60)`;
  const no = (n: string) => `1 + (${n})::int % ${channels}`;
  const points = (n: string) => uuid('8003', `(${n})::int / 2`);
  await owner.query(`insert into conversations.channel (workspace_id, channel_id, channel_no, kind, name, settings, created_by)
    select ${workspace}, ${uuid('8001', 'n')}, n, 'webhook', 'Channel ' || n, '{}', ${member} from generate_series(1, ${channels}) n`);
  await owner.query(`insert into conversations.access (workspace_id, channel_id, audience_kind, audience_id)
    select ${workspace}, ${uuid('8001', 'n')}, 'member', ${member} from generate_series(1, ${tended}) n`);
  await owner.query(`insert into voices.topic (workspace_id, topic_id, name_fr, name_en, words, position)
    select ${workspace}, ${topicOf('n')}, 'Sujet ' || n, 'Topic ' || n, '{}', n from generate_series(1, ${topics}) n`);
  const step = 100_000;
  for (let from = 1; from <= all; from += step) {
    const some = `generate_series(${from}, ${Math.min(all, from + step - 1)}) n`;
    await owner.query(`insert into conversations.conversation (workspace_id, conversation_id, channel_id, channel_no, thread, contact_point_id,
        point_channel, address, contact_name, status, excerpt, last_at, last_in_at, opened_at)
      select ${workspace}, ${uuid('8002', 'n')}, ${uuid('8001', no('n'))}, ${no('n')}, 't' || n, ${points('n')}, 'email',
        'c' || n || '@client.example', 'Client ' || n, 'closed', 'Hello', ${at('n', '0')}, ${at('n', '0')}, ${at('n', '3')} from ${some}`);
    const rows = `${some} cross join generate_series(0, ${each - 1}) k`;
    const message = uuid('8004', `n::bigint * ${each} + k`);
    await owner.query(`insert into conversations.message (workspace_id, conversation_id, message_id, channel_id, channel_no, kind, text, sent_at)
      select ${workspace}, ${uuid('8002', 'n')}, ${message}, ${uuid('8001', no('n'))}, ${no('n')}, 'in', 'The delivery is late ' || n, ${at('n', 'k')}
      from ${rows}`);
    await owner.query(`insert into voices.reading (workspace_id, conversation_id, message_id, channel_no, contact_point_id, sent_at, language, tone, confidence, why)
      select ${workspace}, ${uuid('8002', 'n')}, ${message}, ${no('n')}, ${points('n')}, ${at('n', 'k')}, 'en', 'negative', 1, '{}' from ${rows}`);
    await owner.query(`insert into voices.reading_topic (workspace_id, conversation_id, message_id, topic_id, channel_no, contact_point_id, sent_at,
        tone, confidence, why, said)
      select ${workspace}, ${uuid('8002', 'n')}, ${message}, ${topicOf(`1 + n::int % ${topics}`)}, ${no('n')}, ${points('n')}, ${at('n', 'k')},
        case when k % 2 = 0 then 'negative' else 'neutral' end, 1, '{}', false from ${rows}`);
  }
  // Every tenth of the contact points that spoke last is somebody whom the viewer knows.
  await owner.query(`insert into sources.source (workspace_id, source_id, holder_id, kind, name) values (${workspace}, ${uuid('8006', '1')}, ${member}, 'manual', 'Bench')
    on conflict do nothing`);
  await owner.query(`insert into cards.card (workspace_id, card_id, book_no, source_id, source_key, kind, cluster_id, change_no, content_hash, created_at, seen_at)
    select ${workspace}, ${uuid('8007', 'n')}, ${bookNo}, ${uuid('8006', '1')}, 'k' || n, 'person', ${uuid('8007', 'n')}, n, '\\x00', now(), now()
    from generate_series(1, 5000) n`);
  await owner.query(`insert into cards.card_field (workspace_id, card_id, no, book_no, exposure, class, kind, value, contact_point_id, seen_at)
    select ${workspace}, ${uuid('8007', 'n')}, f.no, ${bookNo}, 0, 0, f.kind, f.value::jsonb, f.point, now() from generate_series(1, 5000) n
    cross join lateral (values (0, 'name', '{"given": "Ana", "family": "Known ' || n || '"}', null::uuid),
      (1, 'organization', '{"name": "Acme ' || n % 800 || '"}', null),
      (2, 'email', '{"value": "x@client.example", "normalised": "x@client.example"}', ${uuid('8003', 'n * 10')})) f (no, kind, value, point)`);
  for (let topic = 1; topic <= topics; topic++) {
    const caseId = uuid('8008', String(topic));
    await owner.query(`insert into decisions.case (workspace_id, case_id, topic_id, threshold, since, opened_at)
      values (${workspace}, ${caseId}, ${topicOf(String(topic))}, '${JSON.stringify(usualThreshold)}', now() - interval '90 days', now() - interval '${topic} hours')`);
    await owner.query(`insert into decisions.evidence (workspace_id, case_id, voice_id, origin, conversation_id, channel_no, contact_point_id, said_at, tone)
      select workspace_id, ${caseId}, message_id, 'message', conversation_id, channel_no, contact_point_id, sent_at, tone from voices.reading_topic
      where workspace_id = ${workspace} and topic_id = ${topicOf(String(topic))} and tone = 'negative' and sent_at >= now() - interval '90 days'`);
  }
  // As `replaceReadings` counts: each contact point once a topic, channel and month, on the day on which it was first heard.
  await owner.query(`insert into voices.voice (workspace_id, contact_point_id, topic_id, channel_no, month, tone, first_day)
    select r.workspace_id, r.contact_point_id, r.topic_id, r.channel_no, date_trunc('month', r.sent_at at time zone 'UTC')::date, t.tone,
      min((r.sent_at at time zone 'UTC')::date)
    from voices.reading_topic r cross join lateral (values (r.tone), ('any')) t (tone) where r.workspace_id = ${workspace} group by 1, 2, 3, 4, 5, 6`);
  await owner.query(`insert into voices.tally (workspace_id, day, channel_no, topic_id, tone, messages, voices)
    select workspace_id, day, channel_no, topic_id, tone, sum(messages), sum(voices) from (
      select r.workspace_id, (r.sent_at at time zone 'UTC')::date as day, r.channel_no, r.topic_id, t.tone, 1 as messages, 0 as voices
      from voices.reading_topic r cross join lateral (values (r.tone), ('any')) t (tone) where r.workspace_id = ${workspace}
      union all select workspace_id, first_day, channel_no, topic_id, tone, 0, 1 from voices.voice where workspace_id = ${workspace}) x
    group by 1, 2, 3, 4, 5`);
  for (const table of [
    'voices.voice',
    'voices.tally',
    'conversations.conversation',
    'conversations.message',
    'voices.reading',
    'voices.reading_topic',
    'decisions.evidence',
  ])
    await owner.query(`vacuum analyze ${table}`);
}

/** Milliseconds of each of several runs, as the viewer, in a transaction of their own. */
async function time({ app }: Stage, actor: Actor, work: (tx: Tx) => Promise<unknown>): Promise<number[]> {
  const taken: number[] = [];
  for (let run = 0; run < warmUp + runs; run++) {
    const took = await seconds(() =>
      app.db.asActor(actor, async (tx) => {
        await enterConversations(tx);
        await work(tx);
      }),
    );
    if (run >= warmUp) taken.push(took * 1000);
  }
  return taken;
}

/** The job that reads what came: its texts, what it is about, its tone, and what is counted of it. */
async function measureReading({ app, owner, workspaceId }: Stage): Promise<void> {
  const { rows } = await owner.query<{ conversationId: string; messageId: string }>(
    `select conversation_id as "conversationId", message_id as "messageId" from conversations.message
     where workspace_id = $1 order by sent_at desc limit 6000`,
    [workspaceId],
  );
  const read = voicesTasks.find(({ name }) => name === 'voices.read')!;
  const { signal } = new AbortController();
  const some = (from: number, to: number) => read.run({ messages: rows.slice(from, to) }, { app, workspaceId, signal });
  await some(0, 1000);
  const took = await seconds(() => some(1000, rows.length));
  print({ name: 'messages read a second by the job', measured: (rows.length - 1000) / took, unit: '', atLeast: 500 });
}

export async function run(args: readonly string[]): Promise<void> {
  const value = (name: string) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);
  const stage = await openStage(value('--kept'));
  const { workspaceId, owner } = stage;
  try {
    if (!stage.found) await fill(stage, Number(value('--count') ?? 5_000_000));
    const actor = { workspaceId, memberId: stage.memberId };
    const { rows } = await owner.query<{ case_id: string; topic_id: string; count: number; people: number }>(`
      select c.case_id, c.topic_id, count(*)::int as count, count(distinct e.contact_point_id)::int as people from decisions.case c
      join decisions.evidence e using (workspace_id, case_id) group by 1, 2 order by 3 desc limit 1`);
    const [{ case_id: caseId, topic_id: topicId, count, people }] = rows as [(typeof rows)[0]];
    print({ name: 'evidence of a case: messages, contact points', measured: count, unit: `messages of ${people}` });
    const p95 = async (name: string, work: (tx: Tx) => Promise<unknown>, asked?: number) =>
      print({
        ...{ name: `${name}, p95`, measured: quantile(await time(stage, actor, work), 0.95), unit: 'ms' },
        ...(asked === undefined ? {} : { asked }),
      });
    const viewer = (tx: Tx) => ({ tx, actor });
    const board = voicesOperations.find(({ contract }) => contract.name === getBoard.name)!;
    for (const [name, input] of [
      ['topics by channel, 90 days', { by: 'channel', days: 90 }],
      ['topics by week, 90 days', { by: 'week', days: 90 }],
      ['topics by how it stands with who speaks, 90 days', { by: 'standing', days: 90 }],
      ['… voices', { by: 'standing', days: 90, count: 'voices' }],
    ] as const)
      await p95(
        `board: ${name}`,
        (tx) => board.run(getBoard.input.parse(input) as never, { ...viewer(tx), app: stage.app } as never),
        300,
      );
    await p95(
      'the list of cases',
      async (tx) => describeCases(viewer(tx), await listCases(tx, actor, 'open', null, 31)),
      300,
    );
    await p95('a case', async (tx) => describeCase(viewer(tx), await getCase(viewer(tx), caseId)));
    await p95('its quotes, first page', async (tx) => {
      const page = await listEvidence(tx, actor, caseId, null, 21);
      return describeQuotes(page, await speakersOf(viewer(tx), page));
    });
    await p95('who raised it, all that are put together', (tx) => findRaised(viewer(tx), caseId));
    await p95('weights of a month', async (tx) => {
      const topicIds = [...new Set((await listCases(tx, actor, 'open', null, 31)).map((row) => row.topic_id))];
      const since = new Date(Date.now() - 30 * 86_400_000);
      const heard = await listHeardBy(tx, actor, { topicIds, since, tone: 'negative' }, 5000);
      const speakers = await findSpeakers(viewer(tx), [...new Set(heard.flatMap((row) => row.contact_point_id ?? []))]);
      return weigh(heard, speakers, usualWeighing);
    });
    const taken: number[] = [];
    for (let run = 0; run < runs; run++)
      taken.push(
        1000 *
          (await seconds(() =>
            stage.app.db.asSystem('keeper', async (tx) => {
              await findOpenCase(tx, workspaceId, topicId);
              await readMass(tx, workspaceId, topicId, usualThreshold, new Date(Date.now() - 30 * 86_400_000));
            }),
          )),
      );
    print({ name: 'whether a threshold is reached, p95', measured: quantile(taken, 0.95), unit: 'ms' });
    await measureReading(stage);
  } finally {
    await stage.close();
  }
}
