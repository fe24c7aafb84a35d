import { sql } from 'kysely';
import type { App } from '../kernel/app.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { newId } from '../kernel/ids.ts';
import { readDays, tended } from './queries.ts';
import { PAST, risesOn } from './reading/rises.ts';

/** Whole days that are looked at for rises. */
const risesOfDays = 3;

interface Rise {
  day: string;
  topicId: string;
  channelNo: number;
  count: number;
  expected: number;
}

/** Unusual rises of complaints on the last whole days, the newest first: on the channels that the viewer tends; as the keeper, on all. */
export async function readRises(tx: Tx, actor: Pick<Actor, 'workspaceId'>): Promise<Rise[]> {
  const length = PAST + risesOfDays;
  const cells = new Map<string, number[]>();
  for (const { topic_id, channel_no, ago, messages } of await readDays(tx, actor, length)) {
    const key = `${topic_id} ${channel_no}`;
    const counts = cells.get(key) ?? Array<number>(length).fill(0);
    counts[length - ago] = messages;
    cells.set(key, counts);
  }
  return Array.from({ length: risesOfDays }, (_, back) => {
    const day = new Date(Date.now() - (back + 1) * 86_400_000).toISOString().slice(0, 10);
    const until = [...cells].map(([key, counts]) => ({ key, counts: counts.slice(0, length - back) }));
    return risesOn(until).map(({ key, count, expected }) => {
      const [topicId, channelNo] = key.split(' ') as [string, string];
      return { day, topicId, channelNo: Number(channelNo), count, expected };
    });
  }).flat();
}

interface RiseRow {
  day: string;
  topic_id: string;
  count: number;
  expected: number;
  channel_id: string;
  channel: string;
}

export async function findRise(tx: Tx, { workspaceId }: Actor, riseId: string) {
  const { rows } = await sql<RiseRow>`
    select r.day::text, r.topic_id, r.count, r.expected, c.channel_id, c.name as channel from voices.rise r
    join conversations.channel c on c.workspace_id = ${workspaceId} and c.channel_no = r.channel_no
    where r.workspace_id = ${workspaceId} and r.rise_id = ${riseId} and ${tended('r.channel_no')}`.execute(tx);
  return rows[0];
}

/** Who tends a channel, or whose own it is. As the keeper. */
async function listTenders(tx: Tx, workspaceId: string, channelNo: number): Promise<string[]> {
  const { rows } = await sql<{ member_id: string }>`
    select m.member_id from identity.member m
    join conversations.channel c on c.workspace_id = ${workspaceId} and c.channel_no = ${channelNo}
    where m.workspace_id = ${workspaceId} and m.status = 'active' and (c.owner_id = m.member_id
      or exists (select from conversations.access a where a.workspace_id = ${workspaceId} and a.channel_id = c.channel_id
        and (a.audience_id in (m.member_id, m.workspace_id) or exists (select from identity.team_member t
          where t.workspace_id = ${workspaceId} and t.team_id = a.audience_id and t.member_id = m.member_id))))`.execute(
    tx,
  );
  return rows.map((row) => row.member_id);
}

/** Tells of new rises those who tend the channel: each once, in the transaction that notes it. */
export async function tellRises(app: App, workspaceId: string): Promise<void> {
  await app.db.asSystem('keeper', async (tx) => {
    for (const { day, topicId, channelNo, count, expected } of await readRises(tx, { workspaceId })) {
      const riseId = newId();
      const { numAffectedRows } = await sql`
        insert into voices.rise (workspace_id, rise_id, day, topic_id, channel_no, count, expected)
        values (${workspaceId}, ${riseId}, ${day}, ${topicId}, ${channelNo}, ${count}, ${expected})
        on conflict on constraint rise_cell_uq do nothing`.execute(tx);
      if (numAffectedRows !== 1n) continue;
      const memberIds = await listTenders(tx, workspaceId, channelNo);
      const payload = { kind: 'voices_rise', memberIds, subjectId: riseId, actorId: null };
      await app.enqueue(tx, { workspaceId, task: 'notices.tell', payload });
    }
  });
}

/** Rises are forgotten with the picture that shows them. */
export async function forgetRises(tx: Tx): Promise<void> {
  // No workspace: retention is the same for all.
  await sql`delete from voices.rise where day < now() - interval '90 days'`.execute(tx);
}
