import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { App } from './app.ts';
import { openDatabase } from './database.ts';
import { startFollowing, stir, takeStirred } from './stirring.ts';
import { openTestDatabase } from './testing.ts';

test('what cannot be followed in one company keeps none of the others waiting, and is still there', async () => {
  const database = await openTestDatabase();
  const db = openDatabase(database.url);
  const workspaces = [randomUUID(), randomUUID(), randomUUID()].sort();
  for (const workspaceId of workspaces)
    await db.asSystem('keeper', (tx) => stir(tx, workspaceId, 'fact', [randomUUID(), null]));
  const errors: string[] = [];
  const app = { db, log: { info() {}, error: (message: string) => void errors.push(message) } } as unknown as App;
  const following = startFollowing(app, (_app, workspaceId) =>
    db.asSystem('keeper', async (tx) => {
      const taken = await takeStirred(tx, workspaceId, 10);
      if (workspaceId === workspaces[0]) throw new Error('not this one');
      return (taken ?? []).length > 0;
    }),
  );
  const left = async () =>
    (await database.query<{ id: string }>('select workspace_id as id from kernel.stirred')).map(({ id }) => id);
  await expect.poll(left).toEqual([workspaces[0]]);
  expect(errors).toContain('changes not followed');
  await following.stop();
  await db.close();
  await database.drop();
});
