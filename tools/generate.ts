// Writes what is made from the migrated schema (db/schema.sql, server/kernel/db-types.ts), with a database of its own.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbedded } from '../server/kernel/embedded.ts';
import { migrateJobs } from '../server/kernel/jobs.ts';
import { migrate, pendingMigrations } from '../server/kernel/migrate.ts';
import { describeTypes, typesFile } from './db-types.ts';
import { describeSchema, schemaFile } from './schema.ts';

const folder = join(tmpdir(), `entregent-generate-${process.pid}`);
// Others may pass through, so that PostgreSQL's own account reaches its folder inside.
mkdirSync(folder, { mode: 0o711 });
const embedded = await startEmbedded(folder);
try {
  const client = new pg.Client({ connectionString: embedded.url });
  // What went wrong with a migration is told, not that the database was stopped afterwards.
  client.on('error', () => {});
  await client.connect();
  await migrateJobs(embedded.url);
  await migrate(client, await pendingMigrations(client));
  writeFileSync(typesFile, await describeTypes(client));
  writeFileSync(schemaFile, await describeSchema(client));
  await client.end();
} finally {
  await embedded.stop();
  rmSync(folder, { recursive: true, force: true });
}
