import { entriesOfCluster, type Reach, type WholeCard } from '../server/cards/audiences.ts';
import { type Field, toStored } from '../server/cards/fields.ts';
import { countFacets, type EntryFilter, type EntrySort, findEntries } from '../server/cards/queries.ts';
import { copyEntries, loadReach } from '../server/cards/upkeep.ts';
import { refreshReach } from '../server/delegation/queries.ts';
import { contactAt, type Entry } from '../server/demo/mess.ts';
import type { World } from '../server/demo/world.ts';
import { addMember, addToTeam, takeBookNo } from '../server/identity/queries.ts';
import type { Actor, Tx } from '../server/kernel/database.ts';
import { newId } from '../server/kernel/ids.ts';
import { median, print, quantile, seconds } from './figures.ts';
import { openStage, type Stage } from './stage.ts';

export const about =
  'contacts list and search at 1,000,000 cards, through the queries inside asActor; --count N another size';

const world: World = { seed: 42, organizations: 125_000, reservedNumbers: false };
const books = 100;

interface Shelf {
  bookNos: number[];
  bookIds: string[];
  sourceId: string;
  everything: Actor;
  aHundredth: Actor;
}

/** A hundred books with one steward, who sees all; one of them is lent to a team, whose only member sees that one. */
async function fillShelf({ app, owner, workspaceId, memberId }: Stage): Promise<Shelf> {
  const reader = await app.db.asSystem('keeper', async (tx) => {
    const id = await addMember(tx, workspaceId, {
      accountId: 'r',
      name: 'R',
      email: 'r@b.example',
      role: 'member',
      locale: 'en',
    });
    const teamId = newId();
    await tx.insertInto('identity.team').values({ workspace_id: workspaceId, team_id: teamId, name: 'One' }).execute();
    await addToTeam(tx, workspaceId, teamId, id);
    return { id, teamId };
  });
  const shelf: Shelf = {
    bookNos: [],
    bookIds: [],
    sourceId: newId(),
    everything: { workspaceId, memberId },
    aHundredth: { workspaceId, memberId: reader.id },
  };
  await owner.query(
    'insert into sources.source (workspace_id, source_id, holder_id, name, kind) values ($1, $2, $3, $4, $5)',
    [workspaceId, shelf.sourceId, memberId, 'Bench', 'google'],
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
    shelf.bookNos.push(bookNo);
    shelf.bookIds.push(bookId);
  }
  await owner.query(
    `insert into delegation.grant (workspace_id, grant_id, book_id, grantee_kind, grantee_id, acts, created_by)
     values ($1, $2, $3, 'team', $4, '{discover,read}', $5)`,
    [workspaceId, newId(), shelf.bookIds[0], reader.teamId, memberId],
  );
  await app.db.asSystem('keeper', (tx) => refreshReach(tx, workspaceId, shelf.bookIds[0]!));
  return shelf;
}

function fieldsOf(e: Entry): Field[] {
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
}

const page = 50;

function list(name: string, filter: EntryFilter, sort: EntrySort = 'name'): Question {
  return { name, ask: (tx, actor) => findEntries(tx, actor, filter, sort, null, page) };
}

function questions(shelf: Shelf): Question[] {
  const one = contactAt(world, 0);
  const digits = one.mobile.replaceAll(/\D/g, '').slice(-8);
  const deep = { key: 'moreau', id: '00000000-0000-0000-0000-000000000000' };
  return [
    list('first page', {}),
    { name: 'deep page', ask: (tx, actor) => findEntries(tx, actor, {}, 'name', deep, page) },
    list('first page, most recent', {}, 'recent'),
    list('first page, by company', {}, 'organization'),
    list('search: common family name', { q: 'martin' }),
    list('search: rare family name', { q: 'granlier' }),
    list('search: phone digits', { q: digits }),
    list('search: e-mail', { q: one.workEmail || 'clemence.granlier@' }),
    list('search: two words', { q: 'sophie martin' }),
    list('search: first letters', { q: 'ma' }),
    list('search: typo', { q: 'granleir' }),
    list('filter: book', { bookId: shelf.bookIds[0] }),
    list('filter: source', { sourceId: shelf.sourceId }),
    list('filter: company', { organization: one.organization }),
    list('filter: fresh', { freshness: 'quarter' }),
    list('filter: book and common name', { bookId: shelf.bookIds[0], q: 'martin' }),
    { name: 'facets', ask: (tx, actor) => countFacets(tx, actor, {}, 10_001) },
    { name: 'facets: common family name', ask: (tx, actor) => countFacets(tx, actor, { q: 'martin' }, 10_001) },
  ];
}

const runs = 20;

async function times(stage: Stage, actor: Actor, ask: Question['ask']): Promise<number[]> {
  const taken: number[] = [];
  for (let run = 0; run < runs + 3; run++) {
    const one = await seconds(() => stage.app.db.asActor(actor, (tx) => ask(tx, actor)));
    if (run >= 3) taken.push(one * 1000);
  }
  return taken;
}

export async function run(args: readonly string[]): Promise<void> {
  const at = args.indexOf('--count');
  const count = at >= 0 ? Number(args[at + 1]) : 1_000_000;
  const stage = await openStage();
  try {
    const shelf = await fillShelf(stage);
    const filled = await seconds(() => fillList(stage, shelf, count));
    process.stderr.write(`${count.toLocaleString('en')} cards listed in ${filled.toFixed(0)} s\n`);
    const size = count.toLocaleString('en');
    const viewers = [
      { who: 'all', actor: shelf.everything },
      { who: '1 %', actor: shelf.aHundredth },
    ];
    for (const { who, actor } of viewers) {
      const nothing = await times(stage, actor, async () => {});
      print({ name: `${size}, sees ${who}: entering alone, median`, measured: median(nothing), unit: 'ms' });
      const everything: number[] = [];
      for (const { name, ask } of questions(shelf)) {
        const taken = await times(stage, actor, ask);
        everything.push(...taken);
        print({ name: `${size}, sees ${who}: ${name}, p95`, measured: quantile(taken, 0.95), unit: 'ms', asked: 100 });
      }
      print({
        name: `${size}, sees ${who}: all of these, p95`,
        measured: quantile(everything, 0.95),
        unit: 'ms',
        asked: 100,
      });
    }
  } finally {
    await stage.close();
  }
}
