import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Database, NoConnection, openDatabase, type Tx } from './database.ts';
import type { Context } from './http.ts';
import { openTestDatabase, type TestDatabase } from './testing.ts';

let database: TestDatabase;
let db: Database;

beforeAll(async () => {
  database = await openTestDatabase();
  db = openDatabase(database.url, 2, 200);
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

const setting = async (tx: Tx) =>
  (await sql<{ idle: string }>`select current_setting('idle_in_transaction_session_timeout') as idle`.execute(tx))
    .rows[0]!.idle;
const ping = (tx: Tx) => sql`select 1`.execute(tx);

describe('a transaction', () => {
  test('opens none within itself, by whichever way, and leaves nothing of what was tried', async () => {
    const actor = { workspaceId: crypto.randomUUID(), memberId: crypto.randomUUID() };
    const second = [
      () => db.asSystem('identity', ping),
      () => db.asActor(actor, ping),
      () => db.withClient('keeper', (_client, tx) => ping(tx)),
    ];
    for (const open of second) {
      await expect(db.asSystem('keeper', open)).rejects.toThrow('within another');
      await expect(db.withClient('keeper', open)).rejects.toThrow('within another');
    }
    expect(db.pool.waitingCount).toBe(0);
  });

  test('may be followed by one that was begun in it and goes on afterwards', async () => {
    let after: Promise<unknown> | undefined;
    await db.asSystem('keeper', async () => {
      after = sleep(50).then(() => db.asSystem('keeper', ping));
    });
    await expect(after).resolves.toBeDefined();
  });

  test('does nothing for a minute at most, bulk work a quarter of an hour', async () => {
    expect(await db.asSystem('keeper', setting)).toBe('1min');
    expect(await db.withClient('keeper', (_client, tx) => setting(tx))).toBe('15min');
    // The connection is as it was.
    expect(await db.asSystem('keeper', setting)).toBe('1min');
  });

  test('whose connection breaks while it does nothing fails, and the next one goes on', async () => {
    const client = await db.pool.connect();
    // Of an error that nobody listens to Node makes the end of the process.
    expect(client.listenerCount('error')).toBeGreaterThan(0);
    client.release();
    const broken = db.asSystem('keeper', async (tx) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx);
      await database.query('select pg_terminate_backend($1)', [rows[0]!.pid]);
      await sleep(100);
      await ping(tx);
    });
    await expect(broken).rejects.toThrow();
    await expect(db.asSystem('keeper', ping)).resolves.toBeDefined();
  });
});

test('who finds no free connection is told so after a while, and the next one is served', async () => {
  const done = Promise.withResolvers<void>();
  const busy = [1, 2].map(() => db.asSystem('keeper', () => done.promise));
  await expect(db.asSystem('keeper', ping)).rejects.toBeInstanceOf(NoConnection);
  await expect(db.withClient('keeper', (_client, tx) => ping(tx))).rejects.toBeInstanceOf(NoConnection);
  await expect(db.pool.query('select 1')).rejects.toBeInstanceOf(NoConnection);
  done.resolve();
  await Promise.all(busy);
  await expect(db.asSystem('keeper', ping)).resolves.toBeDefined();
});

test('an operation does not reach the database past its transaction: the compiler refuses it', () => {
  // @ts-expect-error planted breach: `db` is not there while a transaction is open (see AppInside).
  const breach = ({ app }: Context) => app.db;
  expect(breach).toBeDefined();
});
