import { entriesOfCluster, type Reach, type WholeCard } from '../server/cards/audiences.ts';
import { type Field, toStored } from '../server/cards/fields.ts';
import {
  countFacets,
  type EntryCursor,
  type EntryFilter,
  type EntrySort,
  findEntries,
} from '../server/cards/queries.ts';
import { copyEntries, loadReach } from '../server/cards/upkeep.ts';
import { refreshReach } from '../server/delegation/queries.ts';
import { contactAt, type Entry } from '../server/demo/mess.ts';
import type { World } from '../server/demo/world.ts';
import { addMember, addToTeam, takeBookNo } from '../server/identity/queries.ts';
import type { Actor, Tx } from '../server/kernel/database.ts';
import { newId } from '../server/kernel/ids.ts';
import { encodeCursor } from '../server/kernel/paging.ts';
import { openDoor } from './door.ts';
import { median, print, quantile, seconds } from './figures.ts';
import { openStage, type Stage } from './stage.ts';

export const about =
  'contacts list and search at 1,000,000 cards, by queries and over HTTP; --count N another size, --kept FOLDER stays for the next run';

const world: World = { seed: 42, organizations: 125_000, reservedNumbers: false };
const books = 100;

interface Shelf {
  bookNos: number[];
  bookIds: string[];
  sourceId: string;
  everything: Actor;
  aHundredth: Actor;
}

const reader = 'reader@bench.example';

/** A hundred books with one steward, who sees all; one of them is lent to a team, whose only member sees that one. */
async function fillShelf({ app, owner, workspaceId, memberId }: Stage): Promise<void> {
  const teamId = newId();
  await app.db.asSystem('keeper', async (tx) => {
    const one = { accountId: 'r', name: 'R', email: reader, role: 'member', locale: 'en' } as const;
    const id = await addMember(tx, workspaceId, one);
    await tx.insertInto('identity.team').values({ workspace_id: workspaceId, team_id: teamId, name: 'One' }).execute();
    await addToTeam(tx, workspaceId, teamId, id);
  });
  await owner.query(
    'insert into sources.source (workspace_id, source_id, holder_id, name, kind) values ($1, $2, $3, $4, $5)',
    [workspaceId, newId(), memberId, 'Bench', 'google'],
  );
  for (let index = 0; index < books; index++) {
    const bookNo = await app.db.asSystem('keeper', (tx) => takeBookNo(tx, workspaceId));
    const bookId = newId();
    await owner.query('insert into delegation.book (workspace_id, book_id, book_no, name) values ($1, $2, $3, $4)', [
      workspaceId,
      bookId,
      bookNo,
      `Book ${index}`,
    ]);
    await owner.query('insert into delegation.steward values ($1, $2, $3)', [workspaceId, bookId, memberId]);
    if (index > 0) continue;
    await owner.query(
      `insert into delegation.grant (workspace_id, grant_id, book_id, grantee_kind, grantee_id, acts, created_by)
       values ($1, $2, $3, 'team', $4, '{discover,read}', $5)`,
      [workspaceId, newId(), bookId, teamId, memberId],
    );
    await app.db.asSystem('keeper', (tx) => refreshReach(tx, workspaceId, bookId));
  }
}

async function findShelf({ owner, workspaceId, memberId }: Stage): Promise<Shelf> {
  const shelved = await owner.query(
    'select book_id, book_no from delegation.book where workspace_id = $1 and holder_id is null order by book_no',
    [workspaceId],
  );
  const source = await owner.query(`select source_id from sources.source where workspace_id = $1 and name = 'Bench'`, [
    workspaceId,
  ]);
  const other = await owner.query('select member_id from identity.member where workspace_id = $1 and email = $2', [
    workspaceId,
    reader,
  ]);
  return {
    bookNos: shelved.rows.map((row) => row.book_no),
    bookIds: shelved.rows.map((row) => row.book_id),
    sourceId: source.rows[0].source_id,
    everything: { workspaceId, memberId },
    aHundredth: { workspaceId, memberId: other.rows[0].member_id },
  };
}

export function fieldsOf(e: Entry): Field[] {
  const fields: Field[] = [];
  const full = [e.given, e.family].filter(Boolean).join(' ');
  if (full) fields.push({ kind: 'name', value: { given: e.given, family: e.family, full } });
  if (e.organization) fields.push({ kind: 'organization', value: { name: e.organization } });
  if (e.title) fields.push({ kind: 'title', value: { value: e.title } });
  for (const value of [e.workEmail, e.privateEmail])
    if (value) fields.push({ kind: 'email', value: { value, normalised: value.toLowerCase() } });
  for (const raw of [e.mobile, e.workPhone, e.homePhone])
    if (raw)
      fields.push({
        kind: 'phone',
        value: { raw, e164: `+33${raw.replaceAll(/\D/g, '').replace(/^(0033|33|0)/, '')}` },
      });
  if (e.city) fields.push({ kind: 'address', value: { raw: `${e.street}\n${e.postcode} ${e.city}`, city: e.city } });
  return fields;
}

const day = 86_400_000;

function cardOf(shelf: Shelf, index: number): WholeCard {
  const e = contactAt(world, index);
  const stored = fieldsOf(e).map(toStored);
  const seenAt = new Date(Date.now() - ((index * 7919) % 1500) * day);
  return {
    cardId: newId(),
    bookNo: shelf.bookNos[index % books]!,
    sourceId: shelf.sourceId,
    sourceKind: 'google',
    kind: e.person === null ? 'organization' : 'person',
    ended: false,
    seenAt,
    withheld: false,
    classes: stored.map((field) => field.class),
    fields: stored.map((field, no) => ({ ...field, no, authorId: null, seenAt, contactPointId: null })),
  };
}

/** Rows first, the search index after them: an import would take minutes longer to the same end. */
async function fillList(stage: Stage, shelf: Shelf, count: number): Promise<void> {
  const { owner, workspaceId } = stage;
  const reach: Reach = await stage.app.db.asSystem('keeper', (tx) => loadReach(tx, workspaceId, shelf.bookNos));
  const { rows } = await owner.query(
    `select indexdef from pg_indexes where schemaname = 'cards' and indexname = 'entry_search_ix'`,
  );
  await owner.query('drop index cards.entry_search_ix');
  for (let at = 0; at < count; at += 10_000) {
    const entries = [];
    for (let index = at; index < Math.min(count, at + 10_000); index++) {
      const card = cardOf(shelf, index);
      for (const entry of entriesOfCluster([card], [], reach)) entries.push({ clusterId: card.cardId, entry });
    }
    await copyEntries(owner, workspaceId, entries);
  }
  await owner.query(`set maintenance_work_mem = '1GB'`);
  await owner.query(rows[0].indexdef);
  await owner.query('vacuum analyze cards.entry, cards.entry_cover');
}

interface Question {
  name: string;
  ask(tx: Tx, actor: Actor): Promise<unknown>;
  /** The same over HTTP. */
  path: string;
}

const page = 50;

function pathOf(base: string, parameters: Record<string, unknown>): string {
  return `${base}?${new URLSearchParams(Object.entries(parameters).map(([name, value]) => [name, String(value)]))}`;
}

function list(name: string, filter: EntryFilter, sort: EntrySort = 'name', after: EntryCursor | null = null): Question {
  const cursor = after ? { after: encodeCursor([after.key, after.id]) } : {};
  return {
    name,
    ask: (tx, actor) => findEntries(tx, actor, filter, sort, after, page),
    path: pathOf('/people', { ...filter, sort, limit: page, ...cursor }),
  };
}

function facets(name: string, filter: EntryFilter): Question {
  return {
    name,
    ask: (tx, actor) => countFacets(tx, actor, filter, 10_001),
    path: pathOf('/people/facets', { ...filter }),
  };
}

function questions(shelf: Shelf): Question[] {
  const one = contactAt(world, 0);
  const digits = one.mobile.replaceAll(/\D/g, '').slice(-8);
  const bookId = shelf.bookIds[0]!;
  return [
    list('first page', {}),
    list('deep page', {}, 'name', { key: 'moreau', id: '00000000-0000-0000-0000-000000000000' }),
    list('first page, most recent', {}, 'recent'),
    list('first page, by company', {}, 'organization'),
    list('search: common family name', { q: 'martin' }),
    list('search: rare family name', { q: 'granlier' }),
    list('search: phone digits', { q: digits }),
    list('search: e-mail', { q: one.workEmail || 'clemence.granlier@' }),
    list('search: two words', { q: 'sophie martin' }),
    list('search: first letters', { q: 'ma' }),
    list('search: typo', { q: 'granleir' }),
    list('filter: book', { bookId }),
    list('filter: source', { sourceId: shelf.sourceId }),
    list('filter: company', { organization: one.organization }),
    list('filter: fresh', { freshness: 'quarter' }),
    list('filter: book and common name', { bookId, q: 'martin' }),
    facets('facets', {}),
    facets('facets: common family name', { q: 'martin' }),
  ];
}

const runs = 20;

async function times(work: () => Promise<unknown>): Promise<number[]> {
  const taken: number[] = [];
  for (let run = 0; run < runs + 3; run++) {
    const one = await seconds(work);
    if (run >= 3) taken.push(one * 1000);
  }
  return taken;
}

/** Prints the 95th percentile of each question, and of all together. */
async function measure(
  title: string,
  work: (question: Question) => Promise<unknown>,
  asked: Question[],
): Promise<void> {
  const everything: number[] = [];
  for (const question of asked) {
    const taken = await times(() => work(question));
    everything.push(...taken);
    print({ name: `${title}: ${question.name}, p95`, measured: quantile(taken, 0.95), unit: 'ms', asked: 100 });
  }
  print({ name: `${title}: all of these, p95`, measured: quantile(everything, 0.95), unit: 'ms', asked: 100 });
}

export async function run(args: readonly string[]): Promise<void> {
  const option = (name: string) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);
  const count = Number(option('--count') ?? 1_000_000);
  const stage = await openStage(option('--kept'));
  const closers: (() => Promise<unknown>)[] = [];
  try {
    if (!stage.found) {
      await fillShelf(stage);
      const shelf = await findShelf(stage);
      const filled = await seconds(() => fillList(stage, shelf, count));
      process.stderr.write(`${count.toLocaleString('en')} cards listed in ${filled.toFixed(0)} s\n`);
    }
    const shelf = await findShelf(stage);
    const size = count.toLocaleString('en');
    const enterHouse = await openDoor(stage, closers);
    const viewers = [
      { who: 'all', actor: shelf.everything },
      { who: '1 %', actor: shelf.aHundredth },
    ];
    for (const { who, actor } of viewers) {
      const nothing = await times(() => stage.app.db.asActor(actor, async () => {}));
      print({ name: `${size}, sees ${who}: entering alone, median`, measured: median(nothing), unit: 'ms' });
      const asActor = ({ ask }: Question) => stage.app.db.asActor(actor, (tx) => ask(tx, actor));
      await measure(`${size}, sees ${who}, queries`, asActor, questions(shelf));
      const request = await enterHouse(actor);
      await measure(`${size}, sees ${who}, HTTP`, ({ path }) => request(path), questions(shelf));
    }
  } finally {
    for (const close of closers.reverse()) await close();
    await stage.close();
  }
}
