import { generateKeyPairSync } from 'node:crypto';
import { parseArgs } from 'node:util';
import { addSending, setApproved, setState } from '../server/campaigns/queries.ts';
import { tally } from '../server/campaigns/results.ts';
import { numbersOf } from '../server/campaigns/rules.ts';
import { queueRun } from '../server/campaigns/running.ts';
import { sealContent } from '../server/content/index.ts';
import { addContent, updateContent } from '../server/content/queries.ts';
import { readyContents } from '../server/content/ready.ts';
import { refreshReach } from '../server/delegation/queries.ts';
import { addMember } from '../server/identity/queries.ts';
import type { Actor } from '../server/kernel/database.ts';
import { newId } from '../server/kernel/ids.ts';
import { defaultRules } from '../server/outreach/pressure.ts';
import { findDoubts } from '../server/outreach/queries.ts';
import { buildSegments } from '../server/segments/following.ts';
import { print } from './figures.ts';
import { type Product, startProduct } from './product.ts';
import { openSink, type Sink } from './sink.ts';
import { openStage, type Stage } from './stage.ts';

export const about =
  'campaigns: messages a second from the product to a mail server on loopback, with gate, ledger, personal contents and DKIM, and the memory it takes; --people N (5,000; 200,000 is the whole), --kill SECONDS ends the product by force that often and counts at the mail server';

const uuid = (kind: string, n: string) => `('00000000-0000-7000-${kind}-' || lpad(to_hex(${n}), 12, '0'))::uuid`;
const address = (n: string) => `'p' || ${n} || '@d' || ${n} % 500 || '.example'`;

/** A colleague's book, lent to the company for writing; each person with an address, a name, a company, a city. */
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
  await owner.query(`insert into cards.contact_point (workspace_id, contact_point_id, channel, consent)
    select ${workspace}, ${uuid('8001', 'n')}, 'email', 'unknown' from generate_series(1, ${people}) n`);
  await owner.query(
    `insert into cards.card (workspace_id, card_id, book_no, exposure, source_id, source_key, kind, cluster_id, change_no, content_hash, created_at, seen_at)
     select ${workspace}, ${uuid('8000', 'n')}, $1, 0, $2, n::text, 'person', ${uuid('8000', 'n')}, 1, '\\x00', now(), now() from generate_series(1, ${people}) n`,
    [bookNo, source],
  );
  await owner.query(
    `insert into cards.card_field (workspace_id, card_id, no, book_no, exposure, class, kind, value, contact_point_id, seen_at)
     select ${workspace}, ${uuid('8000', 'n')}, 1, $1, 0, 4, 'email', jsonb_build_object('value', ${address('n')}, 'normalised', ${address('n')}),
       ${uuid('8001', 'n')}, now() from generate_series(1, ${people}) n`,
    [bookNo],
  );
  for (const [no, kind, value] of [
    [2, 'organization', `jsonb_build_object('name', 'Firm ' || n)`],
    [3, 'address', `'{"country": "FR", "city": "Lyon"}'::jsonb`],
    [4, 'name', `jsonb_build_object('given', 'Zoe' || n, 'family', 'Body')`],
  ])
    await owner.query(
      `insert into cards.card_field (workspace_id, card_id, no, book_no, exposure, class, kind, value, seen_at)
       select ${workspace}, ${uuid('8000', 'n')}, $2, $1, 0, 3, $3, ${value}, now() from generate_series(1, ${people}) n`,
      [bookNo, no, kind],
    );
  await owner.query(
    `insert into cards.entry (workspace_id, audience_id, person_id, cluster_id, kind, name, sort_name, city, card_count, seen_at, book_nos, source_ids, search,
       book_masks, subject_ids)
     select ${workspace}, ${workspace}, ${uuid('8000', 'n')}, ${uuid('8000', 'n')}, 'person', 'Zoe ' || n, 'zoe ' || n, 'Lyon', 1, now(),
       array[$1::int], array[$2::uuid], '', array[2147483647], array[${uuid('8000', 'n')}, ${uuid('8001', 'n')}]
     from generate_series(1, ${people}) n`,
    [bookNo, source],
  );
  await owner.query('vacuum analyze cards.contact_point, cards.card, cards.card_field, cards.entry, delegation.grant');
}

/** Outgoing mail to the sink, signed, and rules by which nobody waits. */
async function setUp({ app, owner, workspaceId, memberId }: Stage, port: number): Promise<void> {
  await owner.query(
    `insert into outreach.mail_setup (workspace_id, host, port, security, sender_name, sender_address, changed_by)
     values ($1, '127.0.0.1', $3, 'none', 'Bench', 'bench@bench.example', $2)`,
    [workspaceId, memberId, port],
  );
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  await owner.query(
    `insert into outreach.signing_key (workspace_id, domain, selector, private_key, public_key, created_by, seen_at)
     values ($1, 'bench.example', 'bench', $3, $4, $2, now())`,
    [workspaceId, memberId, app.secrets.encrypt(privateKey), publicKey.toString('base64')],
  );
  await owner.query('insert into outreach.rules (workspace_id, rules, changed_by) values ($1, $3, $2)', [
    workspaceId,
    memberId,
    JSON.stringify({ ...defaultRules, quiet: null }),
  ]);
}

/** A campaign of the colleague's to everybody, approved. @returns its id */
async function prepare({ app, owner, workspaceId, memberId }: Stage): Promise<string> {
  const writer = { accountId: 'writer', name: 'Writer', email: 'writer@bench.example' };
  const senderId = await app.db.asSystem('keeper', (tx) =>
    addMember(tx, workspaceId, { ...writer, role: 'marketing', locale: 'fr' }),
  );
  const [segmentId, programmeId, campaignId] = [newId(), newId(), newId()];
  await owner.query(
    `insert into segments.segment (workspace_id, segment_id, key, name, kind, filter, audience_kind, audience_id, owner_id)
     values ($1, $2, 'all', 'All', 'filter', 'everyone', 'workspace', $1, $3)`,
    [workspaceId, segmentId, memberId],
  );
  await buildSegments(app, workspaceId);
  await owner.query(
    `insert into plan.programme (workspace_id, programme_id, name, owner_id) values ($1, $2, 'Bench', $3)`,
    [workspaceId, programmeId, senderId],
  );
  await owner.query(
    `insert into plan.campaign (workspace_id, campaign_id, programme_id, kind, name, purpose, segment_id, channel, created_by)
     values ($1, $2, $3, 'campaign', 'Bench', 'newsletter', $4, 'email', $5)`,
    [workspaceId, campaignId, programmeId, segmentId, senderId],
  );
  await owner.query(
    `insert into plan.step (workspace_id, campaign_id, step, done_at, done_by)
     select $1, $2, step, now(), $3 from unnest(array['brief', 'content', 'check', 'approval']) s (step)`,
    [workspaceId, campaignId, memberId],
  );
  const sender: Actor = { workspaceId, memberId: senderId };
  await app.db.asActor(sender, async (tx) => {
    const said = { fr: readyContents.newsletter.fr! };
    const contentId = await addContent(tx, sender, { name: 'Bench', kind: 'email', audience_id: workspaceId, said });
    await updateContent(tx, sender, contentId, {});
    const sealed = await sealContent({ app, tx, actor: sender, role: 'marketing' }, contentId);
    if (!('version' in sealed)) throw new Error('The content is stopped.');
    await addSending(tx, sender, campaignId, {
      contentId,
      ...{ way: 'email' as const, senderId },
      seedIds: [],
      seedAddresses: [],
      ...{ holdout: 0, watchDays: 30, testShare: 100, aim: 'wrote' as const },
      perHour: null,
      lots: 1,
      overHours: 0,
    });
    const approved = { contentId, version: sealed.version, segmentId, senderId, purpose: 'newsletter', filter: null };
    await setApproved(tx, workspaceId, campaignId, { ...approved, variants: [] });
  });
  return campaignId;
}

const aMoment = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

interface Run {
  seconds: number;
  megabytes: number;
  kills: number;
}

/** The product works on it until it has ended, killed every so often where that is asked for. */
async function send(stage: Stage, campaignId: string, every: number | null): Promise<Run> {
  const { app, workspaceId, folder } = stage;
  process.env.DATABASE_URL = stage.url;
  const open = () => startProduct(folder, []);
  let product: Product = await open();
  const begun = performance.now();
  await app.db.asSystem('keeper', async (tx) => {
    const chain = await setState(tx, workspaceId, campaignId, { state: 'gathering' });
    await queueRun(app, tx, { workspaceId, campaignId, chain });
  });
  let [megabytes, kills, lived] = [0, 0, performance.now()];
  for (let ended = false; !ended; ) {
    await aMoment(250);
    megabytes = Math.max(megabytes, product.residentMegabytes());
    if (every !== null && performance.now() - lived > every * 1000) {
      await product.kill();
      kills++;
      product = await open();
      lived = performance.now();
      // What was in hand when it ended would be in doubt after five minutes: nobody else is at it.
      await stage.owner.query(
        `update outreach.message set sending_at = sending_at - interval '6 minutes' where state = 'sending'`,
      );
      await app.db.asSystem('keeper', findDoubts);
    }
    const { rows } = await stage.owner.query('select state from campaigns.sending where campaign_id = $1', [
      campaignId,
    ]);
    ended = rows[0].state !== 'gathering' && rows[0].state !== 'sending';
  }
  const seconds = (performance.now() - begun) / 1000;
  await product.stop();
  return { seconds, megabytes, kills };
}

/** What the mail server took is what the product says that left: each once, and nobody is missing. */
async function account(stage: Stage, sink: Sink, campaignId: string, people: number): Promise<void> {
  const numbers = numbersOf(await stage.app.db.asSystem('keeper', (tx) => tally(tx, stage.workspaceId, campaignId)));
  const { planned, sent, inDoubt, failed, refused, aside, stopped, waiting } = numbers;
  const twice = [...sink.taken.values()].filter((count) => count > 1).length;
  print({ name: 'people planned', measured: planned, unit: '', atLeast: people });
  print({ name: 'sent', measured: sent, unit: '' });
  print({ name: 'in doubt', measured: inDoubt, unit: '' });
  print({ name: 'failed, refused, set aside, stopped', measured: failed + refused + aside + stopped, unit: '' });
  print({
    name: 'at the mail server without a signature',
    measured: sink.taken.size - sink.signed(),
    unit: '',
    asked: 0,
  });
  print({ name: 'waiting at the end', measured: waiting, unit: '', asked: 0 });
  print({
    name: 'missing in the sum',
    measured: planned - sent - inDoubt - failed - refused - aside - stopped,
    unit: '',
    asked: 0,
  });
  print({ name: 'people who got it twice', measured: twice, unit: '', asked: 0 });
  print({
    name: 'sent, but not at the mail server',
    measured: Math.max(0, sent - sink.taken.size),
    unit: '',
    asked: 0,
  });
  print({
    name: 'at the mail server, neither sent nor in doubt',
    measured: Math.max(0, sink.taken.size - sent - inDoubt),
    unit: '',
    asked: 0,
  });
}

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { people: { type: 'string', default: '5000' }, kill: { type: 'string' } },
  });
  const people = Number(values.people);
  const sink = await openSink();
  const stage = await openStage();
  try {
    await fill(stage, people);
    await setUp(stage, sink.port);
    const campaignId = await prepare(stage);
    const { seconds, megabytes, kills } = await send(stage, campaignId, values.kill ? Number(values.kill) : null);
    if (kills > 0) print({ name: 'ended by force', measured: kills, unit: 'times' });
    const left = { name: 'messages that left', measured: sink.taken.size / seconds, unit: '/s' };
    print(kills > 0 ? left : { ...left, atLeast: 200 });
    print({ name: 'from the start to the end', measured: seconds, unit: 's' });
    print({ name: 'memory of the product, at most', measured: megabytes, unit: 'MB', asked: 300 });
    await account(stage, sink, campaignId, people);
  } finally {
    await stage.close();
    sink.close();
  }
}
