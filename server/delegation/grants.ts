import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import { newId } from '../kernel/ids.ts';
import type { Grantee, GrantTerms } from './contract.ts';
import { refreshReach } from './queries.ts';
import { groupsLeftOut, maskWithout, withImplied } from './rules.ts';

export interface GrantRow {
  grant_id: string;
  version: number;
  book_id: string;
  book: string;
  holder: string;
  grantee_kind: Grantee['kind'];
  grantee_id: string;
  grantee: string | null;
  acts: GrantTerms['acts'];
  field_mask: number;
  purposes: GrantTerms['purposes'];
  channels: GrantTerms['channels'];
  quota_count: number | null;
  quota_period: 'day' | 'week' | 'month' | 'year' | null;
  quota_each: boolean;
  ask_first: boolean;
  starts_at: Date;
  ends_at: Date | null;
  created_at: Date;
  created_by: string;
  ended_by: string | null;
}

/** The last versions of grants: of my books, or made to me. Row security shows no others. */
export async function listGrants(
  tx: Tx,
  actor: Actor,
  filter: { mine: boolean; ended: boolean; bookId?: string | undefined },
): Promise<GrantRow[]> {
  const rows = await readGrants(
    tx,
    actor,
    sql`(strpos(current_setting('app.own_books', true), g.book_id::text) > 0) = ${filter.mine}
      and ${filter.bookId ? sql`g.book_id = ${filter.bookId}` : sql`true`}
      and not exists (select from delegation.grant n where n.workspace_id = ${actor.workspaceId}
        and n.grant_id = g.grant_id and n.version > g.version)
      and (g.ends_at is not null and g.ends_at <= now()) = ${filter.ended}`,
  );
  return rows;
}

/** The versions of a grant of one of the actor's books, newest first; none where it is nobody's or somebody else's. */
export async function listVersions(tx: Tx, actor: Actor, grantId: string): Promise<GrantRow[]> {
  const versions = await readGrants(
    tx,
    actor,
    sql`g.grant_id = ${grantId} and strpos(current_setting('app.own_books', true), g.book_id::text) > 0`,
  );
  // Not by time: a transaction that waited began before the one that it waited for.
  return versions.sort((one, other) => other.version - one.version);
}

async function readGrants(tx: Tx, actor: Actor, condition: ReturnType<typeof sql>): Promise<GrantRow[]> {
  const { workspaceId } = actor;
  const { rows } = await sql<GrantRow>`
    select g.grant_id, g.version, g.book_id, b.name as book, coalesce(h.name, '') as holder, g.grantee_kind, g.grantee_id,
      coalesce(t.name, m.name, a.name || ' (' || authoriser.name || ')') as grantee, g.acts, g.field_mask, g.purposes, g.channels, g.quota_count, g.quota_period,
      g.quota_each, g.ask_first, g.starts_at, g.ends_at, g.created_at, coalesce(c.name, '') as created_by, e.name as ended_by
    from delegation.grant g
    join delegation.book b on b.workspace_id = ${workspaceId} and b.book_id = g.book_id
    left join identity.member h on h.workspace_id = ${workspaceId} and h.member_id = b.holder_id
    left join identity.team t on t.workspace_id = ${workspaceId} and t.team_id = g.grantee_id
    left join identity.member m on m.workspace_id = ${workspaceId} and m.member_id = g.grantee_id
    left join identity.app a on a.workspace_id = ${workspaceId} and a.app_id = g.grantee_id
    left join identity.member authoriser on authoriser.workspace_id = ${workspaceId} and authoriser.member_id = a.member_id
    left join identity.member c on c.workspace_id = ${workspaceId} and c.member_id = g.created_by
    left join identity.member e on e.workspace_id = ${workspaceId} and e.member_id = g.ended_by
    where g.workspace_id = ${workspaceId} and ${condition}
    order by g.created_at desc, g.version desc
    limit 1000`.execute(tx);
  return rows;
}

/** The version that stands of the grant by which a member reads a book. As the keeper. */
export async function findStandingGrant(
  tx: Tx,
  actor: Actor,
  bookId: string,
  memberId: string,
): Promise<GrantRow | undefined> {
  const [row] = await readGrants(
    tx,
    actor,
    sql`g.book_id = ${bookId} and g.grantee_id = ${memberId} and g.reads and (g.ends_at is null or g.ends_at > now())`,
  );
  return row;
}

function granteeOf({ grantee_kind: kind, grantee_id: id, grantee }: GrantRow): Grantee {
  const name = grantee ?? '';
  if (kind === 'team') return { kind, teamId: id, name };
  if (kind === 'member') return { kind, memberId: id, name };
  if (kind === 'process') return { kind, processId: id, name };
  return kind === 'app' ? { kind, appId: id, name } : { kind };
}

/** What a grant says, in the words in which it was made. */
export function termsOf(row: GrantRow): GrantTerms {
  return {
    grantee: granteeOf(row),
    acts: row.acts,
    except: groupsLeftOut(row.field_mask),
    purposes: row.purposes,
    channels: row.channels,
    quota:
      row.quota_count && row.quota_period
        ? { count: row.quota_count, period: row.quota_period, each: row.quota_each }
        : null,
    askFirst: row.ask_first,
    startsAt: row.starts_at > row.created_at ? row.starts_at.toISOString() : null,
    endsAt: row.ends_at?.toISOString() ?? null,
  };
}

function granteeId(grantee: Grantee, actor: Actor): string {
  if (grantee.kind === 'team') return grantee.teamId;
  if (grantee.kind === 'member') return grantee.memberId;
  if (grantee.kind === 'process') return grantee.processId;
  return grantee.kind === 'app' ? grantee.appId : actor.workspaceId;
}

/** Takes the book's lock, without which two changes of its grants would count out each other's past (`refreshReach`). */
export async function lockBook(tx: Tx, actor: Actor, bookId: string): Promise<void> {
  await sql`select from delegation.book where workspace_id = ${actor.workspaceId} and book_id = ${bookId} for update`.execute(
    tx,
  );
}

/**
 * Writes a grant, or its next version after `previous`, and counts out what the book's grants open. The book must be locked.
 * @returns the grant's id
 */
export async function addGrant(
  tx: Tx,
  actor: Actor,
  bookId: string,
  terms: GrantTerms,
  previous?: { grant_id: string; version: number },
): Promise<string> {
  const grantId = previous?.grant_id ?? newId();
  await tx
    .insertInto('delegation.grant')
    .values({
      workspace_id: actor.workspaceId,
      grant_id: grantId,
      version: (previous?.version ?? 0) + 1,
      book_id: bookId,
      grantee_kind: terms.grantee.kind,
      grantee_id: granteeId(terms.grantee, actor),
      acts: withImplied(terms.acts),
      field_mask: maskWithout(terms.except),
      purposes: terms.purposes,
      channels: terms.channels,
      quota_count: terms.quota?.count ?? null,
      quota_period: terms.quota?.period ?? null,
      quota_each: terms.quota?.each ?? false,
      ask_first: terms.askFirst,
      ...(terms.startsAt ? { starts_at: terms.startsAt } : {}),
      ends_at: terms.endsAt,
      created_by: actor.memberId,
    })
    .execute();
  await refreshReach(tx, actor.workspaceId, bookId);
  return grantId;
}

/** Ends a version of a grant now, unless it is over. The book must be locked. */
export async function endVersion(
  tx: Tx,
  actor: Actor,
  grant: Pick<GrantRow, 'grant_id' | 'version' | 'book_id'>,
): Promise<void> {
  await tx
    .updateTable('delegation.grant')
    .set({ ends_at: sql`now()`, ended_by: actor.memberId })
    .where('workspace_id', '=', actor.workspaceId)
    .where('grant_id', '=', grant.grant_id)
    .where('version', '=', grant.version)
    .where(sql<boolean>`(ends_at is null or ends_at > now())`)
    .execute();
  await refreshReach(tx, actor.workspaceId, grant.book_id);
}

/** Ends, as the keeper, what stands or is planned for an app that has been ended. @returns the numbers of the books concerned */
export async function endGrantsTo(tx: Tx, workspaceId: string, appId: string): Promise<number[]> {
  const { rows } = await sql<{ book_id: string; book_no: number }>`
    select book_id, book_no from delegation.book where workspace_id = ${workspaceId} and book_id in (
      select book_id from delegation.grant where workspace_id = ${workspaceId} and grantee_id = ${appId}
        and (ends_at is null or ends_at > now()))
    order by book_id for update`.execute(tx);
  await sql`
    update delegation.grant g set ends_at = now(), ended_by = a.ended_by from identity.app a
    where g.workspace_id = ${workspaceId} and g.grantee_id = ${appId} and (g.ends_at is null or g.ends_at > now())
      and a.workspace_id = ${workspaceId} and a.app_id = ${appId}`.execute(tx);
  for (const { book_id } of rows) await refreshReach(tx, workspaceId, book_id);
  return rows.map((row) => row.book_no);
}

/** Whether anything is lent to a grantee, or will be. */
export async function hasGrants(tx: Tx, workspaceId: string, granteeId: string): Promise<boolean> {
  const row = await tx
    .selectFrom('delegation.grant')
    .select('grant_id')
    .where('workspace_id', '=', workspaceId)
    .where('grantee_id', '=', granteeId)
    .where(sql<boolean>`(ends_at is null or ends_at > now())`)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
