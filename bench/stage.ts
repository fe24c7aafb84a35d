import { mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { cardsTasks } from '../server/cards/jobs.ts';
import { addMember, addWorkspace } from '../server/identity/queries.ts';
import type { App } from '../server/kernel/app.ts';
import { readConfig } from '../server/kernel/config.ts';
import { openDatabase, type Tx } from '../server/kernel/database.ts';
import { startEmbedded } from '../server/kernel/embedded.ts';
import { enqueue, makeRunNow, migrateJobs } from '../server/kernel/jobs.ts';
import { openLiveHub } from '../server/kernel/live.ts';
import { openLog } from '../server/kernel/log.ts';
import { migrate, pendingMigrations } from '../server/kernel/migrate.ts';
import { openSecrets } from '../server/kernel/secrets.ts';
import { matchingTasks } from '../server/matching/jobs.ts';

/** A database of a bench's own, with the product's schema and one workspace; gone without a trace at the end. */
export interface Stage {
  app: App;
  /** Where the product's data would lie. */
  folder: string;
  /** The owner's connection, above row security. */
  owner: pg.Client;
  url: string;
  workspaceId: string;
  memberId: string;
  bookId: string;
  bookNo: number;
  /** Whether it was kept from an earlier run, with all that stands on it. */
  found: boolean;
  close(): Promise<void>;
}

/** @param kept a folder that is used where it is there already, and stays */
export async function openStage(kept?: string): Promise<Stage> {
  const folder = kept ?? join(tmpdir(), `entregent-bench-${process.pid}`);
  // Others may pass through, so that PostgreSQL's own account reaches its folder inside.
  mkdirSync(folder, { mode: 0o711, recursive: true });
  const embedded = await startEmbedded(folder);
  const removeAll = async () => {
    await embedded.stop();
    if (!kept) rmSync(folder, { recursive: true, force: true });
  };
  try {
    return await setTheStage(folder, embedded.url, removeAll);
  } catch (error) {
    await removeAll();
    throw error;
  }
}

async function setTheStage(folder: string, maintenanceUrl: string, removeAll: () => Promise<void>): Promise<Stage> {
  const maintenance = new pg.Client({ connectionString: maintenanceUrl });
  await maintenance.connect();
  const found = (await maintenance.query(`select from pg_database where datname = 'entregent'`)).rowCount === 1;
  if (!found) await maintenance.query('create database entregent');
  await maintenance.end();
  const url = maintenanceUrl.replace('/postgres?', '/entregent?');
  const owner = new pg.Client({ connectionString: url });
  await owner.connect();
  await migrateJobs(url);
  await migrate(owner, await pendingMigrations(owner));
  const db = openDatabase(url);
  const hub = await openLiveHub(url);
  const config = readConfig(['--data', folder], {});
  const app: App = {
    config,
    db,
    secrets: openSecrets(folder, {}),
    log: openLog(),
    live: hub,
    enqueue,
    identify: async () => null,
    runNow: makeRunNow(() => app, [...cardsTasks, ...matchingTasks]),
  };
  if (!found) await db.asSystem('keeper', addFirstMember);
  const { rows } = await owner.query(
    `select b.workspace_id, m.member_id, b.book_id, b.book_no from identity.member m
     join delegation.book b on b.workspace_id = m.workspace_id and b.holder_id = m.member_id and b.main
     where m.email = $1`,
    [email],
  );
  const [{ workspace_id: workspaceId, member_id: memberId, book_id: bookId, book_no: bookNo }] = rows;
  const close = async () => {
    await owner.end();
    await hub.close();
    await db.close();
    await removeAll();
  };
  return { app, folder, owner, url, workspaceId, memberId, bookId, bookNo, found, close };
}

const email = 'bench@bench.example';

async function addFirstMember(tx: Tx): Promise<void> {
  const workspaceId = await addWorkspace(tx, 'Bench', 'FR', false);
  await addMember(tx, workspaceId, { accountId: 'bench', name: 'Bench', email, role: 'admin', locale: 'en' });
}
