import { once } from 'node:events';
import { existsSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import pg from 'pg';
import type { Config } from '../server/kernel/config.ts';
import { extensions, inspectDatabase, oldestPostgres } from '../server/kernel/inspect.ts';
import { listBackups, readOutcome } from '../server/kernel/keeping-backups.ts';
import { checkKey as checkMasterKey } from '../server/kernel/key-check.ts';
import { Explained } from '../server/kernel/messages.ts';
import { pendingMigrations } from '../server/kernel/migrate.ts';
import { startCommand } from '../server/kernel/root.ts';
import { hasKey } from '../server/kernel/secrets.ts';
import { explain } from '../server/kernel/trouble.ts';
import { isInstalled, withDatabase, withSession } from './session.ts';

interface Finding {
  good: boolean;
  key: string;
  values?: Record<string, unknown>;
}

const good = (key: string, values?: Finding['values']): Finding => ({ good: true, key, ...(values ? { values } : {}) });
const bad = (key: string, values?: Finding['values']): Finding => ({ good: false, key, ...(values ? { values } : {}) });

/** Below this a large import or a backup before a migration may fill the disk. */
const enoughSpace = 2;

function checkKey(config: Config): Finding {
  const file = join(config.dataDir, 'master.key');
  if (process.env.ENTREGENT_MASTER_KEY) return good('key');
  if (!existsSync(file)) return bad('key_missing', { folder: config.dataDir });
  return (statSync(file).mode & 0o077) === 0 ? good('key') : bad('key_open', { file });
}

function checkDisk(config: Config): Finding {
  const { bavail, bsize } = statfsSync(config.dataDir);
  const free = (bavail * bsize) / 2 ** 30;
  const values = { free: Math.round(free * 10) / 10, folder: config.dataDir };
  return free >= enoughSpace ? good('disk', values) : bad('disk_low', values);
}

/** Seconds that two clocks may be apart: sessions, dates of grants and backups are compared by them. */
const enoughTogether = 5;
/** Minutes after which a job that is due tells that nobody works. */
const longWait = 10;

async function checkDatabase(url: string, config: Config): Promise<Finding[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    const { number, failedJobs, due, waited, clock, missing, ...values } = await inspectDatabase(client);
    const pending = (await pendingMigrations(client)).length;
    return [
      number >= oldestPostgres ? good('database', values) : bad('database_old', values),
      pending === 0 ? good('migrations') : bad('migrations_pending', { count: pending }),
      missing.length === 0
        ? good('extensions', { names: extensions.join(', ') })
        : bad('extensions_missing', { names: missing.join(', ') }),
      ...((await isOtherKey(client, config)) ? [bad('key_other')] : []),
      Math.abs(clock) <= enoughTogether ? good('clock') : bad('clock_off', { seconds: Math.abs(clock) }),
      failedJobs > 0
        ? bad('jobs_failed', { count: failedJobs })
        : waited >= longWait
          ? bad('jobs_waiting', { due, minutes: waited })
          : good('jobs', { due }),
    ];
  } finally {
    await client.end();
  }
}

async function isOtherKey(client: pg.Client, config: Config): Promise<boolean> {
  // What makes none: a diagnosis changes nothing.
  if (!hasKey(config.dataDir, process.env)) return false;
  return checkMasterKey(client, config).then(
    () => false,
    () => true,
  );
}

/** Hours beyond its time after which a backup is late: it takes a while, and is tried again. */
const grace = 2;

const hoursSince = (at: Date): number => Math.max(0, Math.floor((Date.now() - at.getTime()) / 3_600_000));

function checkBackups({ backupTo: folder, backupEvery: every }: Config): Finding {
  if (!folder) return good('backups_none');
  const all = listBackups(folder);
  const last = readOutcome(folder);
  if (last?.failed && last.size > 0) return bad('backups_no_trial', { file: last.file, reason: last.failed });
  if (last?.failed) return bad('backups_failed', { date: last.at, reason: last.failed });
  const [newest] = all.toSorted((a, b) => b.at.getTime() - a.at.getTime());
  if (!newest) return good('backups_first', { folder });
  const age = hoursSince(newest.at);
  if (age >= every + grace) return bad('backups_late', { folder, hours: age, every });
  const noted = last ? new Date(last.at) : newest.at;
  const untried = newest.at > noted;
  if (untried && age >= grace) return bad('backups_untried', { file: newest.name });
  // The trial of a young one is under way: what is known is of the one before.
  const hours = untried ? hoursSince(noted) : age;
  return good(last?.verified ? 'backups' : 'backups_unverified', { folder, hours, count: all.length });
}

/** Days before its end from which a certificate wants to be renewed: those of Let's Encrypt are a month before. */
const soon = 14;

async function checkAddress({ publicUrl: url, publicUrlChosen }: Config): Promise<Finding> {
  if (!publicUrlChosen) return good('address_none');
  try {
    const answer = await fetch(`${url}/api/v1/status`, { signal: AbortSignal.timeout(10_000) });
    if (!answer.ok) return bad('address_down', { url, message: String(answer.status) });
    if (!url.startsWith('https:')) return good('address', { url });
    const days = await daysLeft(new URL(url));
    return days < soon ? bad('address_soon', { url, days }) : good('address_secure', { url, days });
  } catch (error) {
    const { message, cause } = error as Error;
    return bad('address_down', { url, message: cause instanceof Error ? cause.message : message });
  }
}

/** Whole days that the certificate of a server still holds. */
async function daysLeft({ hostname, port }: URL): Promise<number> {
  const socket = connect({ host: hostname, port: Number(port || 443), servername: hostname });
  try {
    await once(socket, 'secureConnect', { signal: AbortSignal.timeout(10_000) });
    return Math.max(0, Math.floor((Date.parse(socket.getPeerCertificate().valid_to) - Date.now()) / 86_400_000));
  } finally {
    socket.destroy();
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
      good('node', { version: process.versions.node }),
      checkKey(config),
      checkDisk(config),
      checkBackups(config),
      await checkAddress(config),
    ];
    try {
      findings.push(...(await withDatabase(config, ({ url }) => checkDatabase(url, config))));
    } catch (error) {
      const explained = error instanceof Explained ? error : explain(error, config);
      const message = explained ? t(explained.key, explained.values) : (error as Error).message;
      findings.push(bad('database_down', { message }));
    }
    for (const { good: isGood, key, values } of findings)
      say(isGood ? 'doctor.ok' : 'doctor.bad', { what: t(`cli.doctor.${key}`, values) });
    return findings.every((one) => one.good) ? 0 : 1;
  });
}
