import { recordAudit } from '../server/identity/audit.ts';
import { addLink } from '../server/identity/links.ts';
import { findMembersByEmail } from '../server/identity/queries.ts';
import { findUrl } from '../server/identity/setup.ts';
import { openDatabase } from '../server/kernel/database.ts';
import { newToken } from '../server/kernel/ids.ts';
import { startCommand } from '../server/kernel/root.ts';
import { isInstalled, withDatabase, withSession } from './session.ts';

const day = 86_400_000;

/** `entregent reset-access EMAIL`: a one-time link for whoever lost their password, the last admin included. */
export function run(args: string[]): Promise<number> {
  return withSession(args, async ({ config, say, args: [email, ...more] }) => {
    if (!email?.includes('@') || more.length > 0) {
      say('reset.usage');
      return 2;
    }
    if (!isInstalled(config)) {
      say('doctor.nothing', { folder: config.dataDir, program: startCommand });
      return 1;
    }
    return withDatabase(config, async ({ url }) => {
      const db = openDatabase(url, 1);
      const links = await db
        .asSystem('identity', async (tx) => {
          const origin = config.publicUrlChosen ? config.publicUrl : ((await findUrl(tx)) ?? config.publicUrl);
          return Promise.all(
            (await findMembersByEmail(tx, email)).map(async ({ workspace_id, member_id, name }) => {
              const token = newToken();
              const expiresAt = new Date(Date.now() + day);
              await addLink(tx, workspace_id, { purpose: 'reset', token, expiresAt, memberId: member_id });
              const server = { workspaceId: workspace_id, memberId: null };
              await recordAudit(tx, server, 'member.reset_on_server', member_id);
              return { name, url: `${origin}/reset#token=${token}` };
            }),
          );
        })
        .finally(() => db.close());
      for (const link of links) say('reset.done', link);
      if (links.length === 0) say('reset.unknown', { email });
      return links.length > 0 ? 0 : 1;
    });
  });
}
