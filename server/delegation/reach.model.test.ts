import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addMember, addToTeam, addWorkspace, takeBookNo } from '../identity/queries.ts';
import { type Database, openDatabase, type Tx } from '../kernel/database.ts';
import { newId } from '../kernel/ids.ts';
import { openTestDatabase, type TestDatabase } from '../kernel/testing.ts';
import { addBook, refreshReach } from './queries.ts';

// What entering puts in the settings must be what the grants, holders and stewards say at that moment, whatever came before.

let database: TestDatabase;
let db: Database;
let workspaceId: string;
const members: string[] = [];
const teams: string[] = [];
const books: { id: string; no: number; holder: number; steward: number | null }[] = [];

beforeAll(async () => {
  database = await openTestDatabase();
  db = openDatabase(database.url, 3);
  await db.asSystem('keeper', async (tx) => {
    workspaceId = await addWorkspace(tx, 'Reach', 'FR', false);
    for (const name of ['a', 'b', 'c'])
      members.push(
        await addMember(tx, workspaceId, { accountId: name, name, email: name, role: 'member', locale: 'en' }),
      );
    for (const name of ['One', 'Two']) {
      const teamId = newId();
      await tx.insertInto('identity.team').values({ workspace_id: workspaceId, team_id: teamId, name }).execute();
      teams.push(teamId);
    }
    for (const [team, member] of [
      [0, 0],
      [0, 1],
      [1, 1],
    ] as const)
      await addToTeam(tx, workspaceId, teams[team]!, members[member]!);
    // More than 64 books, so that pieces meet and one of them lies apart.
    for (let index = 0; index < 70; index++) await makeBook(tx, index);
  });
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

async function makeBook(tx: Tx, index: number): Promise<void> {
  const steward = index % 7 === 0 ? index % 2 : null;
  const book = { no: await takeBookNo(tx, workspaceId), holder: index % 3, steward };
  const holderId = steward === null ? members[book.holder]! : null;
  const actor = { workspaceId, memberId: members[book.holder]! };
  const id = await addBook(tx, actor, { bookNo: book.no, name: `Book ${index}`, holderId });
  if (steward !== null)
    await tx
      .insertInto('delegation.steward')
      .values({ workspace_id: workspaceId, book_id: id, member_id: members[steward]! })
      .execute();
  books.push({ id, ...book });
}

const days = fc.constantFrom(-2, -1, 1, 2);
const step = fc.record({
  book: fc.constantFrom(0, 1, 2, 7, 61, 62, 63, 64, 69),
  grantee: fc.nat(5),
  read: fc.boolean(),
  mask: fc.constantFrom(-1, 0, 2 ** 31 - 1, -(2 ** 31), 0b1010, 1 << 22),
  starts: fc.option(days),
  ends: fc.option(days),
  withdraw: fc.boolean(),
});

/** Ends all grants of the book, or makes one more, in a transaction like those of the product. */
async function take(one: typeof step extends fc.Arbitrary<infer S> ? S : never): Promise<void> {
  const { id } = books[one.book]!;
  await db.asSystem('keeper', async (tx) => {
    if (one.withdraw) {
      await sql`update delegation.grant set ends_at = now() where workspace_id = ${workspaceId} and book_id = ${id}
        and (ends_at is null or ends_at > now())`.execute(tx);
    } else {
      const when = (offset: number | null) =>
        offset === null ? sql<Date>`now()` : sql<Date>`now() + make_interval(days => ${offset})`;
      await tx
        .insertInto('delegation.grant')
        .values({
          workspace_id: workspaceId,
          grant_id: newId(),
          book_id: id,
          grantee_kind: 'workspace',
          grantee_id: [workspaceId, ...teams, ...members][one.grantee]!,
          acts: one.read ? ['discover', 'read'] : ['discover'],
          field_mask: one.mask,
          starts_at: when(one.starts),
          ends_at: one.ends === null ? null : when(one.ends),
          created_by: members[0]!,
        })
        .execute();
    }
    await refreshReach(tx, workspaceId, id);
  });
}

/** The 32 bits of each book that a member reaches, from the tables of truth. */
async function expected(member: number): Promise<[number, number][]> {
  const inTeams = teams.filter((_, team) => [[0, 1], [1]][team]!.includes(member));
  const grants = await database.query<{ book_id: string; field_mask: number }>(
    `select book_id, field_mask from delegation.grant where workspace_id = $1 and grantee_id = any($2)
     and 'read' = any(acts) and starts_at <= now() and (ends_at is null or ends_at > now())`,
    [workspaceId, [workspaceId, members[member], ...inTeams]],
  );
  return books.map(({ id, no, holder, steward }) => {
    if ((steward ?? holder) === member) return [no, -1];
    const masks = grants.filter(({ book_id }) => book_id === id).map(({ field_mask }) => (field_mask & 0x7ffffffe) | 1);
    return [no, masks.reduce((all, mask) => all | mask, 0)];
  });
}

async function entered(member: number): Promise<[number, number][]> {
  const { rows } = await db.asActor({ workspaceId, memberId: members[member]! }, (tx) =>
    sql<{ no: number; mask: number }>`
      select no, coalesce((select bit_or(get_bit(nullif(current_setting('app.reach_' || (no >> 6), true), '')::bytea, ((no & 63) << 5) | bit) << bit)
        from generate_series(0, 31) bit), 0) as mask
      from unnest(${books.map(({ no }) => no)}::int[]) no order by no`.execute(tx),
  );
  return rows.map(({ no, mask }) => [no, mask]);
}

test('entering opens what holders, stewards and grants open, after any changes of standing and dated grants', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
      for (const one of steps) await take(one);
      for (const member of members.keys()) expect(await entered(member)).toEqual(await expected(member));
    }),
    { numRuns: 60, endOnFailure: true },
  );
});

test('a grant that begins later opens nothing until then, and needs no job to begin', async () => {
  const book = books[8]!;
  const reader = (book.holder + 1) % 3;
  const of = async () => (await entered(reader)).find(([no]) => no === book.no)![1];
  await db.asSystem('keeper', async (tx) => {
    await sql`insert into delegation.grant (workspace_id, grant_id, book_id, grantee_kind, grantee_id, acts, starts_at, created_by)
      values (${workspaceId}, ${newId()}, ${book.id}, 'member', ${members[reader]!}, '{read}', now() + interval '300 milliseconds', ${members[0]!})`.execute(
      tx,
    );
    await refreshReach(tx, workspaceId, book.id);
  });
  expect(await of()).toBe(0);
  await new Promise((done) => setTimeout(done, 350));
  expect(await of()).toBe(0x7fffffff);
});

test('a member writes what is open of no 64 books among which they hold none', async () => {
  const change = (member: number, chunk: number) =>
    db.asActor({ workspaceId, memberId: members[member]! }, (tx) =>
      sql`insert into delegation.reach (workspace_id, audience_id, chunk_no, bits)
        values (${workspaceId}, ${members[member]!}, ${chunk}, ~0::bit(2048))`.execute(tx),
    );
  await expect(change(0, 9)).rejects.toThrow('row-level security');
});
