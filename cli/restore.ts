import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { carryOver } from '../server/compliance/kept.ts';
import { checkBackup, restore, wakeCauses } from '../server/kernel/restore.ts';
import { startCommand } from '../server/kernel/root.ts';
import { readBackupKey } from '../server/kernel/sealing.ts';
import { openSecrets } from '../server/kernel/secrets.ts';
import { prepare } from '../server/start.ts';
import { withDatabase, withSession } from './session.ts';

function parse(args: string[]) {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { force: { type: 'boolean', default: false }, check: { type: 'boolean', default: false } },
    });
    return positionals.length === 1 ? { ...values, file: resolve(positionals[0]!) } : undefined;
  } catch {
    return undefined;
  }
}

/** `entregent restore FILE [--force] [--check]`: puts a backup into an empty installation; all of it or nothing. */
export function run(args: string[]): Promise<number> {
  return withSession(args, async ({ config, say, args: rest }) => {
    const wanted = parse(rest);
    if (!wanted) {
      say('restore.usage');
      return 2;
    }
    const { file, force } = wanted;
    const key = config.backupKeyFile ? await readBackupKey(config.backupKeyFile) : undefined;
    const { header, rows } = await checkBackup(file, key);
    say('restore.checked', { version: header.version, date: header.createdAt, tables: header.tables.length, rows });
    if (wanted.check) return 0;
    const { keyCheck } = openSecrets(config.dataDir, process.env);
    return withDatabase(config, async ({ url, alone }) => {
      if (!alone && !config.databaseUrl) {
        say('restore.running');
        return 1;
      }
      await carryOver(url, config.dataDir);
      await restore(url, file, { keyCheck, force, key });
      await prepare(url, config, () => {});
      await wakeCauses(url);
      say('restore.done', { rows, program: startCommand });
      return 0;
    });
  });
}
