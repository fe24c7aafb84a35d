import { sql } from 'kysely';
import type pg from 'pg';
import { refreshReach } from '../server/delegation/queries.ts';
import { addMember, addToTeam, takeBookNo } from '../server/identity/queries.ts';
import type { Tx } from '../server/kernel/database.ts';
import { newId } from '../server/kernel/ids.ts';
import { median, print, seconds } from './figures.ts';
import { openStage, type Stage } from './stage.ts';

export const about =
  'forms of the row policies with field masks, at 200, 2,000 and 50,000 books of which one in five is readable';

/** One way to tell the database what a viewer may read. */
interface Form {
  name: string;
  /** The settings that `enter` would make, for the readable books. */
  settings(readable: readonly Book[], books: readonly Book[]): Map<string, string>;
  /** The condition on a row, with columns and settings only. */
  condition: string;
}

interface Book {
  no: number;
  id: string;
}

/** Every field class but one may be read; bit 0 is the card itself. */
const mask = 0x7ffffffd | 1;

function chunked(readable: readonly Book[]): Map<string, string> {
  const chunks = new Map<number, Buffer>();
  for (const { no } of readable) {
    const chunk = chunks.get(no >> 6) ?? Buffer.alloc(256);
    chunk.writeUInt32LE(mask >>> 0, (no & 63) * 4);
    chunks.set(no >> 6, chunk);
  }
  return new Map([...chunks].map(([n, bytes]) => [`reach_${n}`, `\\x${bytes.toString('hex')}`]));
}

function varbit(readable: readonly Book[], books: readonly Book[]): Map<string, string> {
  const bits = Buffer.alloc(books.length * 32, '0');
  for (const { no } of readable) for (let bit = 0; bit < 32; bit++) if ((mask >>> bit) & 1) bits[no * 32 + bit] = 0x31;
  return new Map([['bits', bits.toString('latin1')]]);
}

const all = (of: (book: Book) => string | number, wrap: (text: string) => string) => (readable: readonly Book[]) =>
  new Map([['books', wrap(readable.map(of).join(','))]]);
const array = (text: string) => `{${text}}`;

/** Forms without room for masks are given none: they would need one setting per class, and cost more than is shown. */
const forms: Form[] = [
  {
    name: 'chunks of 64 books as bytea, masks (the product)',
    settings: chunked,
    condition: `get_bit(nullif(current_setting('bench.reach_' || (book_no >> 6), true), '')::bytea, ((book_no & 63) << 5) | class) = 1`,
  },
  {
    name: 'one varbit, masks',
    settings: varbit,
    condition: `get_bit(current_setting('bench.bits', true)::varbit, (book_no << 5) | class) = 1`,
  },
  {
    name: 'strpos on ids, no masks',
    settings: all((book) => book.id, String),
    condition: `strpos(current_setting('bench.books', true), book_id::text) > 0`,
  },
  {
    name: 'uuid[], no masks',
    settings: all((book) => book.id, array),
    condition: `book_id = any(current_setting('bench.books', true)::uuid[])`,
  },
  {
    name: 'int[], no masks',
    settings: all((book) => book.no, array),
    condition: `book_no = any(current_setting('bench.books', true)::int[])`,
  },
];

const runs = 5;
/** Above this a form is out of the question, and its run is cut short. */
const patience = 4000;

async function fill(owner: pg.Client, books: readonly Book[], rows: number): Promise<void> {
  await owner.query('drop table if exists public.guarded');
  await owner.query(
    'create table public.guarded (book_no int not null, book_id uuid not null, class smallint not null, pad text)',
  );
  await owner.query(
    `insert into public.guarded select b.no - 1, b.id, 1 + i % 22, repeat('x', 80)
     from generate_series(0, $2::int - 1) i join unnest($1::uuid[]) with ordinality b(id, no) on b.no = 1 + i % $3::int`,
    [books.map((book) => book.id), rows, books.length],
  );
  await owner.query('alter table public.guarded enable row level security');
  await owner.query('alter table public.guarded force row level security');
  await owner.query('alter table public.guarded owner to entregent_keeper');
  await owner.query('analyze public.guarded');
}

/** @returns microseconds per row, or null when the statement did not end in time */
async function timeForm(owner: pg.Client, form: Form, books: readonly Book[], rows: number): Promise<number | null> {
  await owner.query('drop policy if exists tried on public.guarded');
  await owner.query(`create policy tried on public.guarded using (${form.condition})`);
  const readable = books.filter((book) => book.no % 5 === 0);
  const taken: number[] = [];
  for (let run = 0; run <= runs; run++) {
    await owner.query('begin');
    try {
      for (const [name, value] of form.settings(readable, books))
        await owner.query(`set local bench.${name} = '${value}'`);
      await owner.query(`set local statement_timeout = ${patience}`);
      await owner.query('set local role entregent_keeper');
      const one = await seconds(() => owner.query('select count(*) from public.guarded'));
      if (run > 0) taken.push((one * 1e6) / rows);
    } catch (error) {
      if ((error as { code?: string }).code !== '57014') throw error;
      return null;
    } finally {
      await owner.query('rollback');
    }
  }
  return median(taken);
}

/** One book in 500 that the viewer reads is their own, the rest lent by others: half to everybody, half to a team of theirs. */
async function lendBooks({ app, owner, workspaceId, memberId }: Stage, count: number): Promise<void> {
  const teamId = newId();
  const otherId = await app.db.asSystem('keeper', async (tx) => {
    await tx.insertInto('identity.team').values({ workspace_id: workspaceId, team_id: teamId, name: teamId }).execute();
    await addToTeam(tx, workspaceId, teamId, memberId);
    const [name, email] = [`Other ${count}`, `${count}@bench.example`];
    return addMember(tx, workspaceId, { accountId: name, name, email, role: 'member', locale: 'en' });
  });
  const ids = Array.from({ length: count }, () => newId());
  const nos = await app.db.asSystem('keeper', (tx) => takeBookNos(tx, workspaceId, count));
  await owner.query(
    `insert into delegation.book (workspace_id, book_id, book_no, holder_id, name)
     select $1, b.id, b.no, case when b.i % 2500 = 0 then $2::uuid else $3::uuid end, 'B' || b.no
     from unnest($4::uuid[], $5::int[]) with ordinality b(id, no, i)`,
    [workspaceId, memberId, otherId, ids, nos],
  );
  const lent = ids.filter((_, index) => (index + 1) % 5 === 0 && (index + 1) % 2500 !== 0);
  await owner.query(
    `insert into delegation.grant (workspace_id, grant_id, book_id, grantee_kind, grantee_id, acts, created_by)
     select $1, gen_random_uuid(), l.id, 'team', case l.i % 2 when 0 then $1 else $2::uuid end, '{discover,read}', $3
     from unnest($4::uuid[]) with ordinality l(id, i)`,
    [workspaceId, teamId, otherId, lent],
  );
  await app.db.asSystem('keeper', async (tx) => {
    for (const id of lent) await refreshReach(tx, workspaceId, id);
  });
  await owner.query('vacuum analyze delegation.book, delegation.grant, delegation.reach');
}

async function takeBookNos(tx: Tx, workspaceId: string, count: number): Promise<number[]> {
  const first = await takeBookNo(tx, workspaceId);
  await sql`update identity.workspace set next_book_no = ${first + count} where workspace_id = ${workspaceId}`.execute(
    tx,
  );
  return Array.from({ length: count }, (_, index) => first + index);
}

async function timeEnter(stage: Stage, books: number): Promise<number> {
  const { workspaceId, memberId } = stage;
  const before = await stage.owner.query('select count(*)::int as n from delegation.book where workspace_id = $1', [
    workspaceId,
  ]);
  await lendBooks(stage, books - before.rows[0].n);
  const taken: number[] = [];
  for (let run = 0; run < 50; run++) {
    const one = await seconds(() => stage.app.db.asActor({ workspaceId, memberId }, async () => {}));
    if (run >= 10) taken.push(one * 1000);
  }
  return median(taken);
}

export async function run(): Promise<void> {
  const stage = await openStage();
  try {
    for (const count of [200, 2000, 50_000]) {
      const books = Array.from({ length: count }, (_, no): Book => ({ no, id: newId() }));
      const rows = 100_000;
      await fill(stage.owner, books, rows);
      const size = `${count.toLocaleString('en')} books`;
      const bare = {
        name: 'no condition, the yardstick',
        settings: () => new Map<string, string>(),
        condition: 'true',
      };
      for (const form of [bare, ...forms]) {
        const measured = await timeForm(stage.owner, form, books, rows);
        if (measured !== null) print({ name: `${size}: ${form.name}`, measured, unit: 'µs a row' });
        else print({ name: `${size}: ${form.name}, more than`, measured: (patience * 1000) / rows, unit: 'µs a row' });
      }
      print({
        name: `${size}: transaction with delegation.enter`,
        measured: await timeEnter(stage, count),
        unit: 'ms',
      });
    }
  } finally {
    await stage.close();
  }
}
