import { listWorkspaces } from '../server/audit/queries.ts';
import { verifyChain } from '../server/audit/sealing.ts';
import { openDatabase } from '../server/kernel/database.ts';
import { checkKey } from '../server/kernel/key-check.ts';
import { startCommand } from '../server/kernel/root.ts';
import { openSecrets } from '../server/kernel/secrets.ts';
import { isInstalled, withClient, withDatabase, withSession } from './session.ts';

/** Enough digits that no other seal begins alike. */
const fewest = 16;

/**
 * `entregent verify [FINGERPRINT]`: goes through the sealed audit and ledger of each workspace. Exit code 1 when something is not as it was
 * sealed, or no chain has the fingerprint.
 */
export function run(args: string[]): Promise<number> {
  return withSession(args, async ({ config, t, say, args: ours }) => {
    // As it is shown, in fours: several words of a command line.
    const known = ours.join('').toLowerCase();
    if (known !== '' && !(known.length >= fewest && /^[0-9a-f]+$/.test(known))) {
      say('verify.usage');
      return 2;
    }
    if (!isInstalled(config)) {
      say('doctor.nothing', { folder: config.dataDir, program: startCommand });
      return 1;
    }
    return withDatabase(config, async ({ url }) => {
      // With another key every seal would look like a forged one.
      await withClient(url, (client) => checkKey(client, config));
      const db = openDatabase(url, 1);
      const secrets = openSecrets(config.dataDir, process.env);
      try {
        let good = true;
        let met = known === '';
        for (const workspace of await db.asSystem('keeper', listWorkspaces)) {
          const found = await verifyChain({ db, secrets }, workspace, known || undefined);
          met ||= found.known;
          const { breaks, fingerprint, ...counts } = found;
          if (fingerprint === null) say('verify.nothing', { workspace });
          else say(breaks.length === 0 ? 'verify.whole' : 'verify.broken', { workspace, fingerprint, ...counts });
          for (const { sealNo, problem } of breaks)
            say('verify.break', { sealNo, problem: t(`audit.problem.${problem}`) });
          good &&= breaks.length === 0;
        }
        if (!met) say('verify.unknown');
        return good && met ? 0 : 1;
      } finally {
        await db.close();
      }
    });
  });
}
