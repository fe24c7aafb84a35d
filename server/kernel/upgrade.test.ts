import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import * as identity from '../identity/contract.ts';
import { prepare } from '../start.ts';
import { readConfig, root } from './config.ts';
import { restore, wakeCauses } from './restore.ts';
import { openSecrets } from './secrets.ts';
import { openTestApp, openTestDatabase } from './testing.ts';

// One small backup for each released version, made by tools/keep-backup.ts.
const folder = join(root, 'db/backups');

test.each(
  readdirSync(folder).filter((name) => name.endsWith('.entregent')),
)('what %s holds is restored, migrated and served', async (name) => {
  const database = await openTestDatabase('empty');
  const dataDir = mkdtempSync(join(tmpdir(), 'entregent-upgrade-'));
  try {
    const { keyCheck } = openSecrets(dataDir, {});
    await restore(database.url, join(folder, name), { keyCheck, force: true });
    await prepare(database.url, readConfig(['--data', dataDir], {}), () => {});
    await wakeCauses(database.url);
    const app = await openTestApp([], { database: database.url, dataDir });
    try {
      const client = app.client();
      await client.call(identity.signIn, { email: 'ada@example.com', password: 'seven green bicycles' });
      const { items } = await client.call(cards.listPeople, {});
      expect(items.map((item) => item.name)).toEqual(['Marie Curie', 'Louis Pasteur']);
      const person = await client.call(cards.getPerson, { personId: items[0]!.id });
      expect(person.values.map(({ display }) => display)).toContain('marie@radium.example');
      expect((await client.call(identity.listTeams, {})).items).toMatchObject([{ name: 'Sales' }]);
      expect(app.errors).toEqual([]);
    } finally {
      await app.close();
    }
  } finally {
    await database.drop();
    rmSync(dataDir, { recursive: true, force: true });
  }
});
