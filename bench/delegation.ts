import { entriesOfCluster, type WholeCard } from '../server/cards/audiences.ts';
import { toStored } from '../server/cards/fields.ts';
import { copyEntries, loadReach } from '../server/cards/upkeep.ts';
import { refreshReach, setListsDue } from '../server/delegation/queries.ts';
import { contactAt } from '../server/demo/mess.ts';
import type { World } from '../server/demo/world.ts';
import { addMember } from '../server/identity/queries.ts';
import { copyRows } from '../server/kernel/copy.ts';
import type { Actor } from '../server/kernel/database.ts';
import { newId } from '../server/kernel/ids.ts';
import { openDoor, type Request } from './door.ts';
import { median, print, quantile, seconds } from './figures.ts';
import { fieldsOf } from './lists.ts';
import { openStage, type Stage } from './stage.ts';

export const about =
  'lending at 1,000,000 cards in 2,000 books of 500 members, 5,000 grants and 10,000,000 uses: persons, lists, withdrawal, ledger, feed; --count N cards (the rest in proportion), --kept FOLDER stays for the next run';

const world: World = { seed: 42, organizations: 125_000, reservedNumbers: false };
const runs = 100;
const warmUp = 30;

interface Size {
  cards: number;
  books: number;
  members: number;
  grants: number;
  uses: number;
  /** Cards of the book that is withdrawn. */
  withdrawn: number;
}

const sizeOf = (cards: number): Size => ({
  cards,
  books: cards / 500,
  members: Math.max(20, cards / 2000),
  grants: cards / 200,
  uses: cards * 10,
  withdrawn: Math.min(10_000, cards / 10),
});

interface Book {
  id: string;
  no: number;
  holder: string;
  cards: string[];
}

/** Members in teams of 25; books of 500 cards in turn, the first one larger; each lent to two or three of them. */
async function fill(stage: Stage, size: Size): Promise<void> {
  const { app, owner, workspaceId } = stage;
  const members: string[] = [];
  await app.db.asSystem('keeper', async (tx) => {
    for (let n = 0; n < size.members; n++) {
      const one = { accountId: `a${n}`, name: `Member ${n}`, email: `m${n}@bench.example`, locale: 'en' } as const;
      members.push(await addMember(tx, workspaceId, { ...one, role: 'member' }));
    }
  });
  const teams = Array.from({ length: Math.ceil(members.length / 25) }, () => newId());
  await copyRows(
    owner,
    'identity.team',
    ['workspace_id', 'team_id', 'name'],
    teams.map((id, n) => [workspaceId, id, `Team ${n}`]),
  );
  await copyRows(
    owner,
    'identity.team_member',
    ['workspace_id', 'team_id', 'member_id'],
    members.map((id, n) => [workspaceId, teams[Math.floor(n / 25)]!, id]),
  );
  const books = await makeBooks(stage, members, size);
  await makeGrants(stage, books, { members, teams }, size);
  await owner.query('analyze');
  await makeCards(stage, books, size);
  await makeUses(stage, books, members, size);
}

async function makeBooks({ owner, workspaceId }: Stage, members: string[], size: Size): Promise<Book[]> {
  const { rows } = await owner.query(
    'update identity.workspace set next_book_no = next_book_no + $2 where workspace_id = $1 returning next_book_no - $2 as first',
    [workspaceId, size.books],
  );
  const books = Array.from({ length: size.books }, (_, n) => ({
    id: newId(),
    no: rows[0].first + n,
    holder: members[n % members.length]!,
    cards: [] as string[],
  }));
  await copyRows(
    owner,
    'delegation.book',
    ['workspace_id', 'book_id', 'book_no', 'holder_id', 'name', 'main', 'change_no'],
    books.map(({ id, no, holder }, n) => [workspaceId, id, no, holder, `Book ${n}`, false, 0]),
  );
  await copyRows(
    owner,
    'sources.source',
    ['workspace_id', 'source_id', 'holder_id', 'name', 'kind'],
    [[workspaceId, newId(), books[0]!.holder, 'Bench', 'google']],
  );
  return books;
}

async function makeGrants(
  { app, owner, workspaceId }: Stage,
  books: Book[],
  { members, teams }: { members: string[]; teams: string[] },
  size: Size,
): Promise<void> {
  const rows = Array.from({ length: size.grants }, (_, n) => {
    const book = books[n % books.length]!;
    const round = Math.floor(n / books.length);
    const [kind, grantee] =
      n % books.length === 0 || (round === 0 && n % 20 === 0)
        ? ['workspace', workspaceId]
        : round === 0
          ? ['team', teams[n % teams.length]!]
          : ['member', members[(n * 7) % members.length]!];
    return [workspaceId, newId(), 1, book.id, kind, grantee, ['discover', 'read'], 0x7ffffffe, book.holder];
  });
  const columns = 'workspace_id,grant_id,version,book_id,grantee_kind,grantee_id,acts,field_mask,created_by'.split(',');
  await copyRows(owner, 'delegation.grant', columns, rows as never);
  for (const { id } of books) await app.db.asSystem('keeper', (tx) => refreshReach(tx, workspaceId, id));
}

const cardColumns =
  'workspace_id,card_id,book_no,exposure,source_id,source_key,kind,cluster_id,change_no,content_hash,created_at,seen_at'.split(
    ',',
  );
const fieldColumns = 'workspace_id,card_id,no,book_no,exposure,class,kind,value,seen_at'.split(',');

/** Rows first, the search index after them. */
async function makeCards({ app, owner, workspaceId }: Stage, books: Book[], size: Size): Promise<void> {
  const { rows: sources } = await owner.query(
    `select source_id from sources.source where workspace_id = $1 and name = 'Bench'`,
    [workspaceId],
  );
  const sourceId: string = sources[0].source_id;
  const reach = await app.db.asSystem('keeper', (tx) =>
    loadReach(
      tx,
      workspaceId,
      books.map(({ no }) => no),
    ),
  );
  const { rows: indexes } = await owner.query(
    `select indexdef from pg_indexes where schemaname = 'cards' and indexname = 'entry_search_ix'`,
  );
  await owner.query('drop index cards.entry_search_ix');
  const hash = Buffer.alloc(32);
  for (let at = 0; at < size.cards; at += 10_000) {
    const whole: WholeCard[] = [];
    for (let index = at; index < at + 10_000; index++) {
      const e = contactAt(world, index);
      const stored = fieldsOf(e).map(toStored);
      const book = index < size.withdrawn ? books[0]! : books[1 + (index % (books.length - 1))]!;
      const seenAt = new Date(Date.now() - ((index * 7919) % 1500) * 86_400_000);
      const fields = stored.map((field, no) => ({ ...field, no, authorId: null, seenAt, contactPointId: null }));
      const card = {
        cardId: newId(),
        bookNo: book.no,
        sourceId,
        sourceKind: 'google',
        ended: false,
        seenAt,
        withheld: false,
      };
      whole.push({
        ...card,
        kind: e.person === null ? 'organization' : 'person',
        classes: stored.map((f) => f.class),
        fields,
      });
      book.cards.push(card.cardId);
    }
    await copyRows(
      owner,
      'cards.card',
      cardColumns,
      whole.map((card) => [
        workspaceId,
        card.cardId,
        card.bookNo,
        0,
        sourceId,
        card.cardId,
        card.kind,
        card.cardId,
        1,
        hash,
        card.seenAt,
        card.seenAt,
      ]),
    );
    await copyRows(
      owner,
      'cards.card_field',
      fieldColumns,
      whole.flatMap((card) =>
        card.fields.map((field, n) => [
          workspaceId,
          card.cardId,
          field.no,
          card.bookNo,
          0,
          card.classes[n]!,
          field.kind,
          JSON.stringify(field.value),
          card.seenAt,
        ]),
      ),
    );
    const entries = whole.flatMap((card) =>
      entriesOfCluster([card], [], reach).map((entry) => ({ clusterId: card.cardId, entry })),
    );
    await copyEntries(owner, workspaceId, entries);
  }
  await owner.query(`set maintenance_work_mem = '1GB'`);
  await owner.query(indexes[0].indexdef);
}

/** Each book's cards are opened by colleagues day after day; fifty uses make a line of the feed. */
async function makeUses({ owner, workspaceId }: Stage, books: Book[], members: string[], size: Size): Promise<void> {
  const columns = 'workspace_id,use_id,happening_id,book_no,card_id,user_id,kind,at,hour'.split(',');
  const together = 50;
  for (let made = 0, line = 0; made < size.uses; ) {
    const uses: unknown[][] = [];
    const happenings: unknown[][] = [];
    for (; uses.length < 100_000 && made < size.uses; line++) {
      const book = books[line % books.length]!;
      const user = members[(line * 13 + 1) % members.length]!;
      // Older than an hour, so that nothing that is measured meets them.
      const at = new Date(Date.now() - 7_200_000 - (size.uses / together - line) * 3_600_000 * 0.02);
      const happening = newId();
      for (let n = 0; n < together; n++, made++) {
        const card = book.cards[(line + n * 7) % book.cards.length]!;
        uses.push([
          workspaceId,
          newId(),
          happening,
          book.no,
          card,
          user,
          'noted',
          at,
          Math.floor(at.getTime() / 3_600_000),
        ]);
      }
      happenings.push([workspaceId, happening, book.no, user, 'noted', together, at]);
    }
    await copyRows(owner, 'delegation.use', columns, uses as never);
    await copyRows(
      owner,
      'delegation.happening',
      'workspace_id,happening_id,book_no,user_id,kind,count,at'.split(','),
      happenings as never,
    );
  }
  await owner.query('vacuum analyze');
}

async function times(work: (run: number) => Promise<unknown>, count = runs): Promise<number[]> {
  const taken: number[] = [];
  for (let run = 0; run < count + warmUp; run++) {
    const one = await seconds(() => work(run));
    if (run >= warmUp) taken.push(one * 1000);
  }
  return taken;
}

function p95(name: string, taken: number[], asked: number): void {
  print({
    name: `${name}, p95 (median ${median(taken).toFixed(1)})`,
    measured: quantile(taken, 0.95),
    unit: 'ms',
    asked,
  });
}

async function measureReading(request: Request, cards: readonly string[]): Promise<void> {
  p95('opening a person who was not opened this hour', await times((run) => request(`/people/${cards[run * 3]}`)), 30);
  p95('opening somebody once more', await times(() => request(`/people/${cards[0]}`)), 30);
  p95('the list, first page', await times(() => request('/people?limit=50')), 100);
  for (const q of ['martin', 'granlier', 'sophie martin', 'granleir'])
    p95(`search: ${q}`, await times(() => request(`/people?limit=50&q=${encodeURIComponent(q)}`)), 100);
}

/** What writing the ledger adds: the same person, told and told already, turn by turn so that both meet the same caches. */
async function measureLedger({ owner }: Stage, request: Request, cards: readonly string[]): Promise<void> {
  const [told, known]: [number[], number[]] = [[], []];
  for (let run = 0; run < runs; run++) {
    const card = cards[run]!;
    await request(`/people/${card}`);
    known.push(1000 * (await seconds(() => request(`/people/${card}`))));
    await owner.query('update delegation.use set hour = hour - 1 where card_id = $1 and kind = $2', [card, 'opened']);
    told.push(1000 * (await seconds(() => request(`/people/${card}`))));
  }
  const added = (median(told) / median(known) - 1) * 100;
  print({
    name: `what the ledger adds to opening a person (${median(known).toFixed(1)} ms)`,
    measured: added,
    unit: '%',
    asked: 10,
  });
}

/** From the request that withdraws to the moment at which a colleague finds nothing of it any more, lists and counts included. */
async function measureWithdrawal(
  { app, owner, workspaceId }: Stage,
  holder: Request,
  viewer: Request,
  card: string,
): Promise<void> {
  const { rows } = await owner.query(
    `select g.grant_id, g.book_id, b.book_no from delegation.grant g join cards.card c on c.card_id = $2
     join delegation.book b on b.book_no = c.book_no and b.workspace_id = $1 and b.book_id = g.book_id where g.workspace_id = $1 and g.ends_at is null`,
    [workspaceId, card],
  );
  const gone = async () => {
    const answer = await viewer(`/people/${card}`).then(
      () => true,
      () => false,
    );
    return !answer;
  };
  const taken = await seconds(async () => {
    for (const { grant_id: id } of rows) await holder(`/grants/${id}`, { method: 'DELETE' });
    while (!(await gone()));
    await viewer('/people?limit=50');
  });
  print({ name: 'a large book withdrawn: nobody sees anything of it', measured: taken, unit: 's', asked: 1 });
  const due = () =>
    owner.query('select from delegation.book where workspace_id = $1 and lists_due_at is not null', [workspaceId]);
  const follow = async () => {
    while ((await due()).rowCount) await new Promise((done) => setTimeout(done, 20));
  };
  print({ name: '… until the index of the list has followed', measured: await seconds(follow), unit: 's' });
  // As it was, for the next run on what is kept.
  await owner.query('update delegation.grant set ends_at = null where workspace_id = $1 and grant_id = any($2)', [
    workspaceId,
    rows.map((row) => row.grant_id),
  ]);
  const [{ book_id: bookId, book_no: bookNo }] = rows as [{ book_id: string; book_no: number }];
  await app.db.asSystem('keeper', async (tx) => {
    await refreshReach(tx, workspaceId, bookId);
    await setListsDue(tx, workspaceId, bookNo);
    await app.enqueue(tx, { workspaceId, task: 'delegation.bookShared', payload: { bookNo } });
  });
  await follow();
}

export async function run(args: readonly string[]): Promise<void> {
  const option = (name: string) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);
  const size = sizeOf(Number(option('--count') ?? 1_000_000));
  const stage = await openStage(option('--kept'));
  const closers: (() => Promise<unknown>)[] = [];
  try {
    if (!stage.found) {
      const taken = await seconds(() => fill(stage, size));
      process.stderr.write(`${JSON.stringify(size)} made in ${taken.toFixed(0)} s\n`);
    }
    const enterHouse = await openDoor(stage, closers);
    const { rows } = await stage.owner.query(
      `select b.holder_id, b.book_no from delegation.book b where b.workspace_id = $1 and b.name = 'Book 0'`,
      [stage.workspaceId],
    );
    const actor = (memberId: string): Actor => ({ workspaceId: stage.workspaceId, memberId });
    const holder = await enterHouse(actor(rows[0].holder_id));
    const other = await stage.owner.query(
      `select member_id from identity.member where workspace_id = $1 and email = 'm7@bench.example'`,
      [stage.workspaceId],
    );
    const viewer = await enterHouse(actor(other.rows[0].member_id));
    const cards = await stage.owner.query(
      'select card_id from cards.card where workspace_id = $1 and book_no = $2 order by card_id limit 1000',
      [stage.workspaceId, rows[0].book_no],
    );
    const ids: string[] = cards.rows.map((row) => row.card_id);
    await measureReading(viewer, ids);
    await measureLedger(stage, viewer, ids.slice(500));
    p95(
      `the feed beside ${size.uses.toLocaleString('en')} uses`,
      await times(() => holder('/home/happenings?limit=30')),
      50,
    );
    p95('what came of it, in figures', await times(() => holder('/home/return?days=30'), 20), 50);
    await measureWithdrawal(stage, holder, viewer, ids[0]!);
  } finally {
    for (const close of closers.reverse()) await close();
    await stage.close();
  }
}
