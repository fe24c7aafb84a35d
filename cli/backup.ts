import { existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { backUp, holdsWorkspace } from '../server/kernel/backup.ts';
import { checkKey } from '../server/kernel/key-check.ts';
import { startCommand } from '../server/kernel/root.ts';
import { isInstalled, withClient, withDatabase, withSession } from './session.ts';

/** `entregent backup FILE`: everything but the master key in one file, while the application may run. */
export function run(args: string[]): Promise<number> {
  return withSession(args, async ({ config, say, args: [name, ...more] }) => {
    if (!name || name.startsWith('-') || more.length > 0) {
      say('backup.usage');
      return 2;
    }
    const file = resolve(name);
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
    return withDatabase(config, async ({ url }) => {
      if (!(await holdsWorkspace(url))) {
        say('backup.empty');
        return 1;
      }
      // A backup that says another key than its database's could not be put back.
      const keyCheck = await withClient(url, (client) => checkKey(client, config));
      const done = await backUp(url, file, keyCheck);
      say('backup.done', { file, ...done, size: Math.round((statSync(file).size / 2 ** 20) * 10) / 10 });
      return 0;
    });
  });
}
