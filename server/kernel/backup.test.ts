import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import * as identity from '../identity/contract.ts';
import { prepare } from '../start.ts';
import { backUp, backUpBeforeMigration } from './backup.ts';
import { ownSchemas } from './migrate.ts';
import { checkBackup, restore } from './restore.ts';
import { type Member, openTestApp, openTestDatabase, type TestApp, type TestDatabase } from './testing.ts';

let app: TestApp;
let alice: Member;
const folder = mkdtempSync(join(tmpdir(), 'entregent-backup-'));
const file = join(folder, 'whole.entregent');

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  await write('Zoé\tLebrun\\n', 'zoe@example.org');
  await app.settle();
  // As the first start of an installation does.
  await app.query(`insert into kernel.installation (key, value) values ('key_check', to_jsonb($1::text))`, [
    app.app.secrets.keyCheck,
  ]);
  await backUp(app.databaseUrl, file, app.app.secrets.keyCheck);
});
afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true });
});

const write = (full: string, email: string) =>
  alice.call(cards.createCard, {
    fields: [
      { kind: 'name', value: { full } },
      { kind: 'email', value: { value: email } },
    ],
  });

/** Everything in every table of ours, as text that does not depend on the order of rows. */
async function contents(database: Pick<TestDatabase, 'query'>): Promise<Record<string, string[]>> {
  const tables = await database.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = any($1) order by 1`,
    [ownSchemas],
  );
  const result: Record<string, string[]> = {};
  for (const { name } of tables)
    result[name] = (await database.query<{ row: string }>(`select t::text as row from ${name} t order by 1`)).map(
      ({ row }) => row,
    );
  return result;
}

async function withEmpty(work: (database: TestDatabase) => Promise<void>): Promise<void> {
  const database = await openTestDatabase('empty');
  await work(database).finally(() => database.drop());
}

const options = () => ({ keyCheck: app.app.secrets.keyCheck, force: false });

describe('a backup', () => {
  test('brings back every row of every table, and the rules around them', () =>
    withEmpty(async (database) => {
      await restore(database.url, file, options());
      expect(await contents(database)).toEqual(await contents(app));
      const shape = `select 'policy ' || policyname || tablename || coalesce(qual, '') as line from pg_policies
        union all select indexdef from pg_indexes where schemaname = any($1)
        union all select conrelid::regclass::text || pg_get_constraintdef(oid) from pg_constraint where contype <> 'n' and connamespace::regnamespace::text = any($1)
        union all select tablename || tableowner || rowsecurity::text from pg_tables where schemaname = any($1) order by 1`;
      expect(await database.query(shape, [ownSchemas])).toEqual(await app.query(shape, [ownSchemas]));
    }));

  test('serves sign-in and contacts where it was restored', () =>
    withEmpty(async (database) => {
      await restore(database.url, file, options());
      await prepare(database.url, app.app.config, () => {});
      const there = await openTestApp([], { database: database.url, dataDir: app.app.config.dataDir });
      try {
        const client = there.client();
        await client.call(identity.signIn, { email: alice.me.email, password: alice.password });
        const found = await client.call(cards.listPeople, { q: 'lebrun' });
        expect(found.items).toMatchObject([{ email: 'zoe@example.org' }]);
        expect(there.errors).toEqual([]);
      } finally {
        await there.close();
      }
    }));

  test('holds one moment while people go on writing', () =>
    withEmpty(async (database) => {
      const busy = join(folder, 'busy.entregent');
      let writing = true;
      const writer = (async () => {
        for (let count = 0; writing; count++) await write(`Busy ${count}`, `busy${count}@example.org`);
      })();
      await backUp(app.databaseUrl, busy, options().keyCheck);
      writing = false;
      await writer;
      await restore(database.url, busy, options());
      const torn = await database.query(
        `select from cards.card c where not exists (select from cards.card_field f where f.workspace_id = c.workspace_id and f.card_id = c.card_id)
         union all
         select from cards.card_field f where not exists (select from cards.card c where f.workspace_id = c.workspace_id and f.card_id = c.card_id)`,
      );
      expect(torn).toEqual([]);
    }));

  test('holds neither the master key nor a readable name', () => {
    const key = readFileSync(join(app.app.config.dataDir, 'master.key'), 'utf8').trim();
    expect(readFileSync(file).includes(key)).toBe(false);
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
  });
});

describe('a file that is no good', () => {
  const cut = (name: string, size: number) => {
    const path = join(folder, name);
    copyFileSync(file, path);
    truncateSync(path, size);
    return path;
  };

  test('is refused wherever it was cut off, and nothing is changed', () =>
    withEmpty(async (database) => {
      const { length } = readFileSync(file);
      for (const share of [0.1, 0.5, 0.9, 0.999]) {
        const attempt = restore(database.url, cut('cut.entregent', Math.floor(length * share)), options());
        await expect(attempt, `cut at ${share}`).rejects.toMatchObject({ code: 'damaged' });
      }
      expect(await contents(database)).toEqual({});
    }));

  test('is refused when a byte has changed', async () => {
    const bytes = readFileSync(file);
    const path = join(folder, 'flipped.entregent');
    for (const share of [0.3, 0.6, 0.95]) {
      const changed = Buffer.from(bytes);
      const at = Math.floor(changed.length * share);
      changed[at] = changed[at]! ^ 0x10;
      writeFileSync(path, changed);
      await expect(checkBackup(path), `changed at ${share}`).rejects.toMatchObject({ code: 'damaged' });
    }
  });

  test('is told from a backup', async () => {
    for (const [name, content] of Object.entries({ empty: '', text: 'Name,Email\n', zip: 'PK\u0003\u0004' })) {
      const path = join(folder, name);
      writeFileSync(path, content);
      await expect(checkBackup(path), name).rejects.toMatchObject({ code: 'not_a_backup' });
    }
  });
});

describe('restoring', () => {
  test('leaves a database that is in use alone unless told otherwise', async () => {
    const database = await openTestDatabase();
    try {
      const own = `insert into identity.workspace (workspace_id, name, country) values (gen_random_uuid(), 'Ours', 'FR')`;
      await database.query(own);
      await expect(restore(database.url, file, options())).rejects.toMatchObject({ code: 'not_empty' });
      expect(await database.query('select name from identity.workspace')).toEqual([{ name: 'Ours' }]);
      await restore(database.url, file, { ...options(), force: true });
      expect(await database.query('select name from identity.workspace')).toEqual([{ name: 'Exemple SA' }]);
    } finally {
      await database.drop();
    }
  });

  test('takes away what a newer version made besides, so that the next upgrade can make it again', () =>
    withEmpty(async (database) => {
      await restore(database.url, file, options());
      const first = await contents(database);
      await database.query('create schema made_later');
      await restore(database.url, file, { ...options(), force: true });
      expect(await database.query(`select from pg_namespace where nspname = 'made_later'`)).toEqual([]);
      expect(await contents(database)).toEqual(first);
    }));

  test('asks for the master key that the backup was made with', () =>
    withEmpty(async (database) => {
      const attempt = restore(database.url, file, { keyCheck: 'another', force: false });
      await expect(attempt).rejects.toMatchObject({ code: 'other_key' });
    }));
});

describe('before a migration', () => {
  test('what is there is saved, and the last five are kept', async () => {
    const dataDir = mkdtempSync(join(folder, 'data-'));
    const told: string[] = [];
    for (let count = 1; count <= 7; count++)
      await backUpBeforeMigration(app.databaseUrl, dataDir, `000${count}_x.sql`, 'key', (path) => told.push(path));
    const left = readdirSync(join(dataDir, 'backups')).sort();
    expect(left.map((name) => name.slice(0, 13))).toEqual([3, 4, 5, 6, 7].map((no) => `before-000${no}_x`));
    expect(await checkBackup(told.at(-1)!)).toMatchObject({ header: { keyCheck: 'key' } });
  });

  test('an installation that was never set up needs no backup', async () => {
    const database = await openTestDatabase();
    const made = await backUpBeforeMigration(database.url, folder, '0001_x.sql', 'key', () => {});
    await database.drop();
    expect(made).toBeUndefined();
  });
});
