import { type RawBuilder, sql } from 'kysely';
import type { UseKind } from '../delegation/contract.ts';
import type { AuditCode } from '../identity/contract.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { newId } from '../kernel/ids.ts';
import type { Break } from './contract.ts';
import type { Found, Seal } from './rules.ts';

const sealColumns = sql`seal_no as "sealNo", from_id as "fromId", until_id as "untilId", entries, entries_digest as "entriesDigest", uses,
  uses_digest as "usesDigest", mac, sealed_at as "sealedAt"`;

export async function findLastSeal(tx: Tx, workspaceId: string): Promise<Seal | undefined> {
  const { rows } = await sql<Seal>`select ${sealColumns} from audit.seal where workspace_id = ${workspaceId}
    order by seal_no desc limit 1`.execute(tx);
  return rows[0];
}

export async function listSeals(tx: Tx, workspaceId: string, after: number, limit: number): Promise<Seal[]> {
  const { rows } =
    await sql<Seal>`select ${sealColumns} from audit.seal where workspace_id = ${workspaceId} and seal_no > ${after}
    order by seal_no limit ${limit}`.execute(tx);
  return rows;
}

/** @returns false where somebody else has just made it */
export async function addSeal(tx: Tx, workspaceId: string, seal: Seal): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('audit.seal')
    .values({
      workspace_id: workspaceId,
      seal_no: seal.sealNo,
      from_id: seal.fromId,
      until_id: seal.untilId,
      entries: seal.entries,
      entries_digest: seal.entriesDigest,
      uses: seal.uses,
      uses_digest: seal.usesDigest,
      mac: seal.mac,
      sealed_at: seal.sealedAt,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

/**
 * When the oldest transaction under way began; now, if there is none. As the owner: others do not see it. What was written by a transaction
 * that began later is not sealed before it has been committed.
 */
export async function readOldestBeginning(tx: Tx): Promise<Date> {
  // No workspace: transactions have none.
  const { rows } = await sql<{ at: Date }>`select least(now(), min(xact_start)) as at from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()`.execute(tx);
  return rows[0]!.at;
}

export async function listWorkspaces(tx: Tx): Promise<string[]> {
  // No workspace: the job seals those of all.
  const { rows } = await sql<{ id: string }>`select workspace_id as id from identity.workspace order by 1`.execute(tx);
  return rows.map(({ id }) => id);
}

/** Where to stop so that one seal is of at most `most` uses: they are many, and one statement has a minute. */
export async function findEnd(tx: Tx, workspaceId: string, from: string, until: string, most: number): Promise<string> {
  const { rows } = await sql<{ id: string | null }>`
    select (array_agg(use_id order by use_id))[${most + 1}::int] as id from (
      select use_id from delegation.use where workspace_id = ${workspaceId} and use_id >= ${from} and use_id < ${until}
      order by use_id limit ${most + 1}) few`.execute(tx);
  return rows[0]?.id ?? until;
}

const digest = (row: RawBuilder<unknown>, key: RawBuilder<unknown>) =>
  sql`sha256(coalesce(string_agg(sha256(convert_to((${row})::text, 'UTF8')), ''::bytea order by ${key}), ''::bytea))`;

/** Microseconds, whatever the time zone of the connection. */
const micros = (at: RawBuilder<unknown>) => sql`(extract(epoch from ${at}) * 1000000)::bigint`;

/** Counts and digests what stands between two ids; every column of an entry counts. */
export async function digestRange(tx: Tx, workspaceId: string, from: string, until: string): Promise<Found> {
  const { rows } = await sql<Found>`
    select a.entries, a.digest as "entriesDigest", u.uses, u.digest as "usesDigest"
    from (
      select count(*)::int as entries,
        ${digest(sql`jsonb_build_array(audit_id, actor_id, code, subject_id, detail, ${micros(sql`at`)})`, sql`audit_id`)} as digest
      from identity.audit where workspace_id = ${workspaceId} and audit_id >= ${from} and audit_id < ${until}) a,
    (
      select count(*)::int as uses,
        ${digest(
          sql`jsonb_build_array(use_id, happening_id, book_no, card_id, user_id, kind, purpose, channel, outcome, grant_id, grant_version,
            ${micros(sql`at`)}, hour)`,
          sql`use_id`,
        )} as digest
      from delegation.use where workspace_id = ${workspaceId} and use_id >= ${from} and use_id < ${until}) u`.execute(
    tx,
  );
  return rows[0]!;
}

export interface Verification {
  seals: number;
  entries: number;
  uses: number;
  breaks: Break[];
}

export async function addVerification(tx: Tx, workspaceId: string, { breaks, ...counts }: Verification): Promise<void> {
  await tx
    .insertInto('audit.verification')
    .values({ workspace_id: workspaceId, verification_id: newId(), ...counts, breaks: JSON.stringify(breaks) })
    .execute();
}

export async function findLastVerification(
  tx: Tx,
  workspaceId: string,
): Promise<(Verification & { at: Date }) | undefined> {
  const { rows } = await sql<Verification & { at: Date }>`
    select at, seals, entries, uses, breaks from audit.verification where workspace_id = ${workspaceId}
    order by verification_id desc limit 1`.execute(tx);
  return rows[0];
}

/** Verifications of more than two years ago; those that found something stay. */
export async function purgeVerifications(tx: Tx): Promise<void> {
  // No workspace: retention is the same for all.
  await sql`delete from audit.verification where at < now() - interval '2 years' and breaks = '[]'`.execute(tx);
}

export interface ExportedEntry {
  id: string;
  at: Date;
  actor: string | null;
  code: AuditCode;
  subject: string | null;
  detail: string;
  seal_no: number | null;
  mac: Buffer | null;
}

/** Oldest first, each with the seal that holds it. */
export async function listEntries(
  tx: Tx,
  workspaceId: string,
  { after, until }: { after: string; until: string },
  limit: number,
): Promise<ExportedEntry[]> {
  const { rows } = await sql<ExportedEntry>`
    select a.audit_id as id, a.at, m.name as actor, a.code,
      coalesce(s.name, t.name, i.email, a.detail ->> 'name') as subject, a.detail::text as detail, l.seal_no, l.mac
    from identity.audit a
    left join identity.member m on m.workspace_id = ${workspaceId} and m.member_id = a.actor_id
    left join identity.member s on s.workspace_id = ${workspaceId} and s.member_id = a.subject_id
    left join identity.team t on t.workspace_id = ${workspaceId} and t.team_id = a.subject_id
    left join identity.link i on i.workspace_id = ${workspaceId} and i.link_id = a.subject_id and i.purpose = 'invitation'
    left join lateral (select seal_no, mac, until_id from audit.seal where workspace_id = ${workspaceId} and from_id <= a.audit_id
      order by from_id desc limit 1) l on a.audit_id < l.until_id
    where a.workspace_id = ${workspaceId} and a.audit_id > ${after} and a.audit_id < ${until}
    order by a.audit_id limit ${limit}`.execute(tx);
  return rows;
}

interface UseOf {
  id: string;
  who_id: string;
  who: string;
  authorised_by: string | null;
  kind: UseKind;
  at: Date;
  cursor: string;
}

/** What a member and their apps did, newest first; row security shows it to overseers. */
export async function listHappeningsOf(
  tx: Tx,
  { workspaceId }: Actor,
  memberId: string,
  before: { at: string; id: string } | null,
  limit: number,
) {
  const { rows } = await sql<UseOf & { count: number; holder: string | null }>`
    with users as (
      select ${memberId}::uuid as user_id
      union all select app_id from identity.app where workspace_id = ${workspaceId} and member_id = ${memberId}),
    page as (
      select h.* from users cross join lateral (
        select happening_id, book_no, user_id, kind, count, at from delegation.happening
        where workspace_id = ${workspaceId} and user_id = users.user_id
          and ${before ? sql`(at, happening_id) < (${before.at}::timestamptz, ${before.id})` : sql`true`}
        order by at desc, happening_id desc limit ${limit}) h
      order by h.at desc, h.happening_id desc limit ${limit})
    select p.happening_id as id, p.user_id as who_id, coalesce(m.name, a.name, '') as who, by.name as authorised_by, p.kind, p.count, p.at,
      to_json(p.at) #>> '{}' as cursor, h.name as holder
    from page p
    left join identity.member h on h.workspace_id = ${workspaceId} and h.member_id = audit.holder_of(p.book_no)
    left join identity.member m on m.workspace_id = ${workspaceId} and m.member_id = p.user_id
    left join identity.app a on a.workspace_id = ${workspaceId} and a.app_id = p.user_id
    left join identity.member by on by.workspace_id = ${workspaceId} and by.member_id = a.member_id
    order by p.at desc, p.happening_id desc`.execute(tx);
  return rows;
}

/** What was done with cards, newest first; row security shows what the viewer did, and what was done with their own. */
export async function listUsesOfCards(
  tx: Tx,
  { workspaceId }: Actor,
  cardIds: readonly string[],
  before: string | null,
  limit: number,
) {
  const { rows } = await sql<Omit<UseOf, 'cursor'> & { book: string }>`
    select u.use_id as id, u.user_id as who_id, coalesce(m.name, a.name, '') as who, by.name as authorised_by, u.kind, u.at, b.name as book
    from (
      select use_id, user_id, book_no, kind, at from delegation.use
      where workspace_id = ${workspaceId} and card_id = any(${cardIds}::uuid[])
        and ${before ? sql`use_id < ${before}` : sql`true`}
      order by use_id desc limit ${limit}) u
    join delegation.book b on b.workspace_id = ${workspaceId} and b.book_no = u.book_no
    left join identity.member m on m.workspace_id = ${workspaceId} and m.member_id = u.user_id
    left join identity.app a on a.workspace_id = ${workspaceId} and a.app_id = u.user_id
    left join identity.member by on by.workspace_id = ${workspaceId} and by.member_id = a.member_id
    order by u.use_id desc`.execute(tx);
  return rows;
}
