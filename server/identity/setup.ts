import { sql } from 'kysely';
import type { Actor, Database, Tx } from '../kernel/database.ts';
import { newToken, sha256 } from '../kernel/ids.ts';
import { anyWorkspace, type NewMember } from './queries.ts';

/**
 * While nobody has set the installation up, each start makes a new one-time token, so that an old link in a terminal's
 * history admits nobody. Only its hash is kept.
 * @returns null once a workspace exists, unless it is a demo whose seat nobody has taken
 */
export async function openSetup(db: Database): Promise<string | null> {
  return db.asSystem('identity', async (tx) => {
    if (await isSetUp(tx)) return null;
    const token = newToken();
    const value = JSON.stringify(sha256(token).toString('hex'));
    await sql`insert into kernel.installation (key, value) values ('setup', ${value}::jsonb)
      on conflict (key) do update set value = excluded.value`.execute(tx);
    return token;
  });
}

/** Whether there is a workspace and nobody is awaited in it. */
export async function isSetUp(tx: Tx): Promise<boolean> {
  return (await anyWorkspace(tx)) !== undefined && (await findSeat(tx)) === null;
}

/** A member of the demo company whose place is kept for the person who opens the setup link. */
export async function findSeat(tx: Tx): Promise<Actor | null> {
  const row = await tx.selectFrom('kernel.installation').select('value').where('key', '=', 'seat').executeTakeFirst();
  return (row?.value as Actor | null | undefined) ?? null;
}

/** The newcomer takes the place, with its books, teams and cards, as an admin. */
export async function takeSeat(tx: Tx, seat: Actor, newcomer: Omit<NewMember, 'role'>): Promise<void> {
  await tx
    .updateTable('identity.member')
    .set({
      account_id: newcomer.accountId,
      name: newcomer.name,
      email: newcomer.email,
      locale: newcomer.locale,
      role: 'admin',
    })
    .where('workspace_id', '=', seat.workspaceId)
    .where('member_id', '=', seat.memberId)
    .execute();
  await tx.updateTable('kernel.installation').set({ value: 'null' }).where('key', '=', 'seat').execute();
}

export async function isSetupToken(tx: Tx, token: string): Promise<boolean> {
  const row = await tx
    .selectFrom('kernel.installation')
    .select('value')
    .where('key', '=', 'setup')
    .forUpdate()
    .executeTakeFirst();
  return row !== undefined && row.value === sha256(token).toString('hex');
}

export async function closeSetup(tx: Tx): Promise<void> {
  await tx
    .updateTable('kernel.installation')
    .set({ value: JSON.stringify('') })
    .where('key', '=', 'setup')
    .execute();
}

/** The address people use, kept so that a command can print links that work while the application runs elsewhere. */
export async function rememberUrl(db: Database, url: string): Promise<void> {
  const value = JSON.stringify(url);
  await db.asSystem('identity', (tx) =>
    sql`insert into kernel.installation (key, value) values ('url', ${value}::jsonb)
      on conflict (key) do update set value = excluded.value`.execute(tx),
  );
}

export async function findUrl(tx: Tx): Promise<string | undefined> {
  const row = await tx.selectFrom('kernel.installation').select('value').where('key', '=', 'url').executeTakeFirst();
  return typeof row?.value === 'string' ? row.value : undefined;
}
