import { parseArgs } from 'node:util';
import { sql } from 'kysely';
import { writeContents } from '../server/content/writing.ts';
import { refreshReach } from '../server/delegation/queries.ts';
import { addMember } from '../server/identity/queries.ts';
import type { Actor, Tx } from '../server/kernel/database.ts';
import { newId } from '../server/kernel/ids.ts';
import { claimForContacts } from '../server/outreach/claiming.ts';
import { sendToContacts } from '../server/outreach/contacts.ts';
import { estimateTarget } from '../server/outreach/estimating.ts';
import { askGates, type Wish } from '../server/outreach/gate.ts';
import { findWaiting } from '../server/outreach/queries.ts';
import { median, print, quantile, seconds } from './figures.ts';
import { openStage, type Stage } from './stage.ts';

export const about =
  'the gate: one message, 500 at once, how many are estimated in a second, how many are written and taken in hand; 100,000 people with ten messages each; a whole target with reasons; --people N, --only estimate, --kept FOLDER stays for the next run';

const uuid = (kind: string, n: string) => `('00000000-0000-7000-${kind}-' || lpad(to_hex(${n}), 12, '0'))::uuid`;
const idOf = (kind: string, n: number) => `00000000-0000-7000-${kind}-${n.toString(16).padStart(12, '0')}`;

/** A colleague's book, lent to the company; each person with two addresses, a company, a country, and what they received in a year. */
async function fill({ app, owner, workspaceId, memberId, bookId, bookNo }: Stage, people: number): Promise<void> {
  const [workspace, source] = [`'${workspaceId}'::uuid`, newId()];
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
    `insert into outreach.mail_setup (workspace_id, host, port, security, sender_name, sender_address, changed_by)
     values ($1, '127.0.0.1', 1, 'none', 'Bench', 'bench@bench.example', $2)`,
    [workspaceId, memberId],
  );
  await owner.query(`insert into cards.contact_point (workspace_id, contact_point_id, channel, consent)
    select ${workspace}, ${uuid('8001', 'n')}, 'email', case n % 7 when 0 then 'objected' when 1 then 'given' else 'unknown' end
    from generate_series(1, ${2 * people}) n`);
  await owner.query(
    `insert into cards.card (workspace_id, card_id, book_no, exposure, source_id, source_key, kind, cluster_id, change_no, content_hash, created_at, seen_at)
     select ${workspace}, ${uuid('8000', 'n')}, $1, 0, $2, n::text, 'person', ${uuid('8000', 'n')}, 1, '\\x00', now(), now() from generate_series(1, ${people}) n`,
    [bookNo, source],
  );
  await owner.query(
    `insert into cards.card_field (workspace_id, card_id, no, book_no, exposure, class, kind, value, contact_point_id, seen_at)
     select ${workspace}, ${uuid('8000', '(n + 1) / 2')}, n % 2, $1, 0, 4, 'email',
       jsonb_build_object('value', 'p' || n || '@d' || n % 5000 || '.example', 'normalised', 'p' || n || '@d' || n % 5000 || '.example'),
       ${uuid('8001', 'n')}, now() from generate_series(1, ${2 * people}) n`,
    [bookNo],
  );
  for (const [no, kind, value] of [
    [2, 'organization', '{"name": "Bench"}'],
    [3, 'address', '{"country": "FR", "city": "Lyon"}'],
    [4, 'name', '{"full": "Some Body"}'],
  ])
    await owner.query(
      `insert into cards.card_field (workspace_id, card_id, no, book_no, exposure, class, kind, value, seen_at)
       select ${workspace}, ${uuid('8000', 'n')}, $2, $1, 0, 3, $3, $4, now() from generate_series(1, ${people}) n`,
      [bookNo, no, kind, value],
    );
  await owner.query(`insert into outreach.received (workspace_id, message_id, contact_point_id, author_id, at, has_left, channel, weight, priority)
    select ${workspace}, ${uuid('8002', 'n')}, ${uuid('8001', `1 + n % ${2 * people}`)}, '${memberId}', now() - make_interval(secs => random() * 31536000),
      true, 'email', 1 + n % 3, 1 + n % 3 from generate_series(1, ${10 * people}) n`);
  await owner.query(
    'vacuum analyze cards.contact_point, cards.card, cards.card_field, outreach.received, delegation.grant',
  );
}

const wishes = (from: number, count: number, people: number): Wish[] =>
  Array.from({ length: count }, (_, at) => {
    const n = 1 + ((from + at * 7919) % people);
    return {
      personId: idOf('8000', n),
      contactPointId: idOf('8001', 2 * n - 1),
      purpose: 'newsletter',
      manner: 'bulk',
    };
  });

async function askOne({ app }: Stage, actor: Actor, people: number): Promise<void> {
  const times: number[] = [];
  for (let at = 0; at < 600; at++)
    await app.db.asActor(actor, async (tx) => {
      const [wish] = wishes(at * 31, 1, people);
      const took = 1000 * (await seconds(() => askGates(tx, actor, [wish!], 'look')));
      if (at >= 100) times.push(took);
    });
  print({ name: 'gate, one message, median', measured: median(times), unit: 'ms' });
  print({ name: 'gate, one message, p95', measured: quantile(times, 0.95), unit: 'ms', asked: 5 });
}

async function askMany({ app }: Stage, actor: Actor, people: number): Promise<void> {
  const times: number[] = [];
  for (let at = 0; at < 24; at++)
    await app.db.asActor(actor, async (tx) => {
      const took = await seconds(() => askGates(tx, actor, wishes(at * 500, 500, people), 'look'));
      if (at >= 4) times.push(took);
    });
  print({ name: 'gate, 500 at once, median', measured: 1000 * median(times), unit: 'ms' });
  print({ name: 'gate, people estimated', measured: 500 / median(times), unit: '/s' });
}

/** Written and taken in hand with everything; what a mail server takes for each comes on top. */
async function writeMany({ app, workspaceId }: Stage, actor: Actor, people: number): Promise<void> {
  const ids: string[] = [];
  const rounds = 4;
  const wrote = await seconds(async () => {
    for (let at = 0; at < rounds; at++)
      await app.db.asActor(actor, async (tx) => {
        const all = wishes(at * 500, 500, people).map((wish) => ({
          ...wish,
          subject: 'Bench',
          text: 'Some words.',
          locale: 'fr' as const,
        }));
        const sent = await sendToContacts(
          { app, tx, actor },
          all.map((wish) => ({ ...wish, manner: 'personal' as const })),
        );
        ids.push(...sent.flatMap(({ messageId }) => messageId ?? []));
      });
  });
  print({ name: 'messages asked and written', measured: (rounds * 500) / wrote, unit: '/s', atLeast: 200 });
  const due = await app.db.asSystem('keeper', (tx: Tx) => findWaiting(tx, workspaceId, ids));
  const claimed = await seconds(async () => {
    for (let from = 0; from < due.length; from += 20)
      await claimForContacts(app, writeContents, workspaceId, actor.memberId, due.slice(from, from + 20));
  });
  print({ name: 'messages asked again and taken in hand', measured: due.length / claimed, unit: '/s', atLeast: 200 });
}

/** A whole target with reasons: of service nothing is asked of a sample, of a newsletter the last word and open tickets are. */
async function estimate({ app, workspaceId }: Stage, actor: Actor, people: number): Promise<void> {
  for (const purpose of ['invitation', 'newsletter'] as const) {
    const times: number[] = [];
    for (let at = 0; at < 3; at++)
      times.push(
        await seconds(() =>
          estimateTarget(
            {
              actor,
              asViewer: (work) => app.db.asActor(actor, work),
              asKeeper: (work) => app.db.asSystem('keeper', work),
            },
            {
              persons: sql`select card_id as person_id from cards.card where workspace_id = ${workspaceId}`,
              ...{ purpose, manner: 'bulk' },
            },
          ),
        ),
      );
    const name = `estimate for ${people.toLocaleString('en')} with reasons, ${purpose}, median of 3`;
    print({ name, measured: median(times), unit: 's', ...(people >= 1_000_000 && { asked: 10 }) });
  }
}

/** What any question costs here: yardstick of the machine. */
async function yardstick({ app }: Stage, actor: Actor): Promise<void> {
  const times: number[] = [];
  for (let at = 0; at < 300; at++)
    await app.db.asActor(actor, async (tx) => {
      times.push(
        1000 *
          (await seconds(() =>
            tx.selectFrom('identity.workspace').select('name').where('workspace_id', '=', actor.workspaceId).execute(),
          )),
      );
    });
  print({ name: 'yardstick: one row by its key, median', measured: median(times), unit: 'ms' });
}

/** A member who holds nothing, and to whom everything is lent. */
async function findWriter({ app, owner, workspaceId, found }: Stage): Promise<string> {
  const writer = { accountId: 'writer', name: 'Writer', email: 'writer@bench.example' };
  const add = { ...writer, role: 'member', locale: 'fr' } as const;
  if (!found) return app.db.asSystem('keeper', (tx) => addMember(tx, workspaceId, add));
  const { rows } = await owner.query('select member_id from identity.member where email = $1', [writer.email]);
  return rows[0].member_id;
}

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { people: { type: 'string', default: '100000' }, only: { type: 'string' }, kept: { type: 'string' } },
  });
  const people = Number(values.people);
  const stage = await openStage(values.kept);
  try {
    if (!stage.found) await fill(stage, people);
    const memberId = await findWriter(stage);
    const actor = { workspaceId: stage.workspaceId, memberId };
    await yardstick(stage, actor);
    await estimate(stage, actor, people);
    if (values.only === 'estimate') return;
    await askOne(stage, actor, people);
    await askMany(stage, actor, people);
    await writeMany(stage, actor, people);
  } finally {
    await stage.close();
  }
}
