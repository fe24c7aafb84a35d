import { existsSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import type { Config } from '../server/kernel/config.ts';
import { inspectDatabase, oldestPostgres } from '../server/kernel/inspect.ts';
import { Explained } from '../server/kernel/messages.ts';
import { pendingMigrations } from '../server/kernel/migrate.ts';
import { startCommand } from '../server/kernel/root.ts';
import { explain } from '../server/kernel/trouble.ts';
import { isInstalled, withDatabase, withSession } from './session.ts';

interface Finding {
  good: boolean;
  key: string;
  values?: Record<string, unknown>;
}

/** Below this a large import or a backup before a migration may fill the disk. */
const enoughSpace = 2;

function checkKey(config: Config): Finding {
  const file = join(config.dataDir, 'master.key');
  if (process.env.ENTREGENT_MASTER_KEY) return { good: true, key: 'key' };
  if (!existsSync(file)) return { good: false, key: 'key_missing', values: { folder: config.dataDir } };
  const good = (statSync(file).mode & 0o077) === 0;
  return good ? { good, key: 'key' } : { good, key: 'key_open', values: { file } };
}

function checkDisk(config: Config): Finding {
  const { bavail, bsize } = statfsSync(config.dataDir);
  const free = (bavail * bsize) / 2 ** 30;
  const good = free >= enoughSpace;
  return {
    good,
    key: good ? 'disk' : 'disk_low',
    values: { free: Math.round(free * 10) / 10, folder: config.dataDir },
  };
}

async function checkDatabase(url: string): Promise<Finding[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    const { number, failedJobs, ...values } = await inspectDatabase(client);
    const recent = number >= oldestPostgres;
    const pending = (await pendingMigrations(client)).length;
    return [
      { good: recent, key: recent ? 'database' : 'database_old', values },
      pending === 0
        ? { good: true, key: 'migrations' }
        : { good: false, key: 'migrations_pending', values: { count: pending } },
      failedJobs === 0
        ? { good: true, key: 'jobs' }
        : { good: false, key: 'jobs_failed', values: { count: failedJobs } },
    ];
  } finally {
    await client.end();
  }
}

/** `entregent doctor`: what an operator should know about the installation. Exit code 1 when something needs them. */
export function run(args: string[]): Promise<number> {
  return withSession(args, async ({ config, t, say }) => {
    // A diagnosis changes nothing: it makes no folder, no key and no database.
    if (!isInstalled(config)) {
      say('doctor.bad', { what: t('cli.doctor.nothing', { folder: config.dataDir, program: startCommand }) });
      return 1;
    }
    const findings: Finding[] = [
      { good: true, key: 'node', values: { version: process.versions.node } },
      checkKey(config),
      checkDisk(config),
    ];
    try {
      findings.push(...(await withDatabase(config, ({ url }) => checkDatabase(url))));
    } catch (error) {
      const explained = error instanceof Explained ? error : explain(error, config);
      const message = explained ? t(explained.key, explained.values) : (error as Error).message;
      findings.push({ good: false, key: 'database_down', values: { message } });
    }
    for (const { good, key, values } of findings)
      say(good ? 'doctor.ok' : 'doctor.bad', { what: t(`cli.doctor.${key}`, values) });
    return findings.every(({ good }) => good) ? 0 : 1;
  });
}
