import { existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { backUp, holdsWorkspace } from '../server/kernel/backup.ts';
import { checkKey } from '../server/kernel/key-check.ts';
import { startCommand } from '../server/kernel/root.ts';
import { readBackupKey } from '../server/kernel/sealing.ts';
import { verifyBackup } from '../server/kernel/verify-backup.ts';
import { isInstalled, type Session, withClient, withDatabase, withSession } from './session.ts';

function parse(args: string[]) {
  try {
    const { positionals } = parseArgs({ args, allowPositionals: true, options: {} });
    const [first, ...more] = positionals;
    if (first === 'verify' && more.length === 1) return { verify: true, file: resolve(more[0]!) };
    return first && more.length === 0 ? { verify: false, file: resolve(first) } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * `entregent backup FILE`: everything but the master key in one file, while the application may run. `entregent backup verify FILE` restores one for a trial.
 * With `--backup-key` it is sealed, and opened.
 */
export function run(args: string[]): Promise<number> {
  return withSession(args, async (session) => {
    const wanted = parse(session.args);
    if (!wanted) {
      session.say('backup.usage');
      return 2;
    }
    return wanted.verify ? verify(wanted.file, session) : write(wanted.file, session);
  });
}

async function verify(file: string, { config, say }: Session): Promise<number> {
  const key = config.backupKeyFile ? await readBackupKey(config.backupKeyFile) : undefined;
  const { header, rows } = await verifyBackup(file, key);
  say('backup.verified', { version: header.version, date: header.createdAt, tables: header.tables.length, rows });
  return 0;
}

async function write(file: string, { config, say }: Session): Promise<number> {
  if (existsSync(file)) {
    say('backup.exists', { file });
    return 1;
  }
  if (!existsSync(dirname(file))) {
    say('backup.no_folder', { folder: dirname(file) });
    return 1;
  }
  if (!isInstalled(config)) {
    say('doctor.nothing', { folder: config.dataDir, program: startCommand });
    return 1;
  }
  const key = config.backupKeyFile ? await readBackupKey(config.backupKeyFile) : undefined;
  return withDatabase(config, async ({ url }) => {
    if (!(await holdsWorkspace(url))) {
      say('backup.empty');
      return 1;
    }
    // A backup that says another key than its database's could not be put back.
    const keyCheck = await withClient(url, (client) => checkKey(client, config));
    const done = await backUp(url, file, keyCheck, key);
    say('backup.done', { file, ...done, size: Math.round((statSync(file).size / 2 ** 20) * 10) / 10 });
    return 0;
  });
}
