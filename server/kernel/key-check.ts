import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import type { Config } from './config.ts';
import { Explained } from './messages.ts';
import { hasKey, openSecrets } from './secrets.ts';

/**
 * Makes sure that the master key is the one the database was filled with: ids of contact points, and with them who objected to what, follow
 * from it, and secrets are sealed with it. A database that knows none yet takes the present one for its own.
 * @returns what tells the key (`Secrets.keyCheck`) @throws Explained, with nothing changed
 */
export async function checkKey(client: pg.ClientBase, config: Config): Promise<string> {
  const had = hasKey(config.dataDir, process.env);
  const { keyCheck } = openSecrets(config.dataDir, process.env);
  const known = await findKeyCheck(client);
  if (known === undefined || known === keyCheck) return keyCheck;
  // The key that was just made opens nothing, and would stand in the way of the right one.
  if (!had) rmSync(join(config.dataDir, 'master.key'), { force: true });
  throw new Explained(had ? 'start.key_other' : 'start.key_missing', { folder: config.dataDir });
}

async function findKeyCheck(client: pg.ClientBase): Promise<string | undefined> {
  const { rows } = await client.query<{ there: boolean }>(
    `select to_regclass('kernel.installation') is not null as there`,
  );
  if (!rows[0]!.there) return undefined;
  const found = await client.query<{ value: string }>(
    `select value #>> '{}' as value from kernel.installation where key = 'key_check'`,
  );
  return found.rows[0]?.value;
}

/** Says which key the database is filled with from now on. */
export async function rememberKey(client: pg.ClientBase, keyCheck: string): Promise<void> {
  await client.query(
    `insert into kernel.installation (key, value) values ('key_check', to_jsonb($1::text))
     on conflict (key) do update set value = excluded.value where kernel.installation.value is distinct from excluded.value`,
    [keyCheck],
  );
}
