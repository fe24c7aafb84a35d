import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import { newId } from '../kernel/ids.ts';
import { charterDue } from './queries.ts';

/** An app: a program that one member authorised, or a key of theirs for some of their books. */
export async function findApp(tx: Tx, workspaceId: string, appId: string) {
  return tx
    .selectFrom('identity.app')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('app_id', '=', appId)
    .executeTakeFirst();
}

/** An app that stands, whose member is active: who may act by its token. Role `identity`: nobody is inside yet. */
export async function findStandingApp(tx: Tx, workspaceId: string, appId: string) {
  return tx
    .selectFrom('identity.app as a')
    .innerJoin('identity.member as m', (join) =>
      join.onRef('m.workspace_id', '=', 'a.workspace_id').onRef('m.member_id', '=', 'a.member_id'),
    )
    .innerJoin('identity.workspace as w', 'w.workspace_id', 'a.workspace_id')
    .select(['a.app_id', 'a.scopes', 'a.member_id', 'm.role', 'a.workspace_id', 'w.name as workspace', charterDue])
    .where('a.workspace_id', '=', workspaceId)
    .where('a.app_id', '=', appId)
    .where('a.ended_at', 'is', null)
    .where('m.status', '=', 'active')
    .executeTakeFirst();
}

/** The apps that stand, with who authorised them, by name. */
export async function listApps(tx: Tx, workspaceId: string) {
  return tx
    .selectFrom('identity.app as a')
    .innerJoin('identity.member as m', (join) =>
      join.onRef('m.member_id', '=', 'a.member_id').on('m.workspace_id', '=', workspaceId),
    )
    .select([
      'a.app_id',
      'a.kind',
      'a.client_id',
      'a.name',
      'a.member_id',
      'm.name as member',
      'a.scopes',
      'a.created_at',
    ])
    .where('a.workspace_id', '=', workspaceId)
    .where('a.ended_at', 'is', null)
    .orderBy(sql`a.name collate "fr-x-icu"`)
    .orderBy('a.app_id')
    .execute();
}

/** Lets a program (or a key, without `clientId`) act for the actor; one that acts already keeps its id. @returns the app's id */
export async function addApp(
  tx: Tx,
  actor: Actor,
  app: { clientId: string | null; name: string; scopes: readonly string[] },
): Promise<string> {
  const { rows } = await sql<{ app_id: string }>`
    insert into identity.app as a (workspace_id, app_id, kind, client_id, name, member_id, scopes)
    values (${actor.workspaceId}, ${newId()}, ${app.clientId ? 'oauth' : 'key'}, ${app.clientId}, ${app.name}, ${actor.memberId},
      ${app.scopes}::text[])
    on conflict (workspace_id, client_id, member_id) where ended_at is null do update
    set name = excluded.name, scopes = excluded.scopes
    returning app_id`.execute(tx);
  return rows[0]!.app_id;
}

/** Ends apps; their tokens and keys open nothing from the next request on. @returns those that stood */
export async function endApps(
  tx: Tx,
  actor: Actor,
  which: { appId: string } | { clientId: string },
): Promise<{ app_id: string; kind: string }[]> {
  return tx
    .updateTable('identity.app')
    .set({ ended_at: sql`now()`, ended_by: actor.memberId })
    .where('workspace_id', '=', actor.workspaceId)
    .where('ended_at', 'is', null)
    .where('appId' in which ? sql<boolean>`app_id = ${which.appId}` : sql<boolean>`client_id = ${which.clientId}`)
    .returning(['app_id', 'kind'])
    .execute();
}

export async function readAppSettings(tx: Tx, workspaceId: string) {
  const row = await tx
    .selectFrom('identity.app_settings')
    .select(['self_registration', 'embed_origins'])
    .where('workspace_id', '=', workspaceId)
    .executeTakeFirst();
  return { selfRegistration: row?.self_registration ?? false, embedOrigins: row?.embed_origins ?? [] };
}

export async function writeAppSettings(
  tx: Tx,
  workspaceId: string,
  settings: { selfRegistration: boolean; embedOrigins: readonly string[] },
): Promise<void> {
  await sql`
    insert into identity.app_settings (workspace_id, self_registration, embed_origins)
    values (${workspaceId}, ${settings.selfRegistration}, ${settings.embedOrigins}::text[])
    on conflict on constraint app_settings_pk do update
    set self_registration = excluded.self_registration, embed_origins = excluded.embed_origins`.execute(tx);
}

/** Whether some workspace lets programs register themselves, and which sites may show a person's panel. */
export async function readInstallationSettings(tx: Tx): Promise<{ selfRegistration: boolean; embedOrigins: string[] }> {
  // No workspace: who asks is not known yet.
  const { rows } = await sql<{ open: boolean | null; origins: string[] | null }>`
    select bool_or(self_registration) as open, array_agg(distinct origin) filter (where origin is not null) as origins
    from identity.app_settings left join lateral unnest(embed_origins) origin on true`.execute(tx);
  return { selfRegistration: rows[0]?.open ?? false, embedOrigins: rows[0]?.origins ?? [] };
}
