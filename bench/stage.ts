import { mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { cardsTasks } from '../server/cards/jobs.ts';
import { addMember, addWorkspace } from '../server/identity/queries.ts';
import type { App } from '../server/kernel/app.ts';
import { readConfig } from '../server/kernel/config.ts';
import { openDatabase } from '../server/kernel/database.ts';
import { startEmbedded } from '../server/kernel/embedded.ts';
import { enqueue, makeRunNow, migrateJobs } from '../server/kernel/jobs.ts';
import { openLog } from '../server/kernel/log.ts';
import { migrate, pendingMigrations } from '../server/kernel/migrate.ts';
import { openSecrets } from '../server/kernel/secrets.ts';
import { matchingTasks } from '../server/matching/jobs.ts';

/** A database of a bench's own, with the product's schema and one workspace; gone without a trace at the end. */
export interface Stage {
  app: App;
  /** The owner's connection, above row security. */
  owner: pg.Client;
  url: string;
  workspaceId: string;
  memberId: string;
  bookId: string;
  bookNo: number;
  close(): Promise<void>;
}

export async function openStage(): Promise<Stage> {
  const folder = join(tmpdir(), `entregent-bench-${process.pid}`);
  // Others may pass through, so that PostgreSQL's own account reaches its folder inside.
  mkdirSync(folder, { mode: 0o711 });
  const embedded = await startEmbedded(folder);
  const removeAll = async () => {
    await embedded.stop();
    rmSync(folder, { recursive: true, force: true });
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
  await maintenance.query('create database entregent');
  await maintenance.end();
  const url = maintenanceUrl.replace('/postgres?', '/entregent?');
  const owner = new pg.Client({ connectionString: url });
  await owner.connect();
  await migrateJobs(url);
  await migrate(owner, await pendingMigrations(owner));
  const db = openDatabase(url);
  const config = readConfig(['--data', folder], {});
  const app: App = {
    config,
    db,
    secrets: openSecrets(folder, {}),
    log: openLog(),
    enqueue,
    identify: async () => null,
    runNow: makeRunNow(() => app, [...cardsTasks, ...matchingTasks]),
  };
  const ids = await db.asSystem('keeper', async (tx) => {
    const workspaceId = await addWorkspace(tx, 'Bench', 'FR', false);
    const memberId = await addMember(tx, workspaceId, {
      accountId: 'bench',
      name: 'Bench',
      email: 'bench@bench.example',
      role: 'admin',
      locale: 'en',
    });
    return { workspaceId, memberId };
  });
  const book = await owner.query('select book_id, book_no from delegation.book where workspace_id = $1', [
    ids.workspaceId,
  ]);
  const close = async () => {
    await owner.end();
    await db.close();
    await removeAll();
  };
  return { app, owner, url, ...ids, bookId: book.rows[0].book_id, bookNo: book.rows[0].book_no, close };
}
