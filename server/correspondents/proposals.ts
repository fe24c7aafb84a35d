import { sql } from 'kysely';
import type { Field } from '../cards/fields.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import { newId } from '../kernel/ids.ts';
import type { MailboxRef } from './queries.ts';

/** `signature`: of the writer; `moved`: another address for them; `successor`: of whom to write to in their place. */
export type ProposalKind = 'signature' | 'moved' | 'successor';

export interface NewProposal {
  contactPointId: string;
  kind: ProposalKind;
  writtenAt: Date;
  sealed: Buffer;
  marks: readonly string[];
}

/** What a member's own cards with these addresses say, by address; as the keeper. */
export async function findSaidOfOwn(tx: Tx, { workspaceId, memberId }: MailboxRef, pointIds: readonly string[]) {
  if (pointIds.length === 0) return new Map<string, Field[]>();
  const { rows } = await sql<Field & { point: string }>`
    select a.contact_point_id as point, f.kind, f.value
    from cards.card_field a
    join cards.card c on c.workspace_id = ${workspaceId} and c.card_id = a.card_id and c.exposure < 2
    join delegation.book b on b.workspace_id = ${workspaceId} and b.book_no = c.book_no and (b.holder_id = ${memberId} or exists (
      select from delegation.steward s
      where s.workspace_id = ${workspaceId} and s.book_id = b.book_id and s.member_id = ${memberId}))
    join cards.card_field f on f.workspace_id = ${workspaceId} and f.card_id = a.card_id
    where a.workspace_id = ${workspaceId} and a.contact_point_id = any(${pointIds}::uuid[]) and a.kind = 'email'`.execute(
    tx,
  );
  return Map.groupBy(rows, (row) => row.point);
}

/** A member's own card with an address, the oldest; as the keeper. */
export async function findCardOf(tx: Tx, { workspaceId, memberId }: MailboxRef, pointId: string) {
  const { rows } = await sql<{ card_id: string }>`
    select c.card_id from cards.card_field a
    join cards.card c on c.workspace_id = ${workspaceId} and c.card_id = a.card_id and c.exposure < 2
    join delegation.book b on b.workspace_id = ${workspaceId} and b.book_no = c.book_no and b.holder_id = ${memberId}
    where a.workspace_id = ${workspaceId} and a.contact_point_id = ${pointId} and a.kind = 'email'
    order by c.created_at, c.card_id limit 1`.execute(tx);
  return rows[0]?.card_id;
}

/** The marks of values that the member has decided about, by address; as the keeper. */
export async function findDecidedMarks(tx: Tx, { workspaceId, memberId }: MailboxRef, pointIds: readonly string[]) {
  const { rows } = await sql<{ point: string; mark: string }>`
    select contact_point_id as point, unnest(marks) as mark from correspondents.proposal
    where workspace_id = ${workspaceId} and member_id = ${memberId} and contact_point_id = any(${pointIds}::uuid[])
      and state <> 'waiting'`.execute(tx);
  return new Set(rows.map(({ point, mark }) => `${point} ${mark}`));
}

/** Proposes, in place of what was proposed of an older message; as the keeper. */
export async function propose(tx: Tx, mailbox: MailboxRef, proposals: readonly NewProposal[]): Promise<void> {
  const { workspaceId, sourceId, memberId } = mailbox;
  for (const { contactPointId, kind, writtenAt, sealed, marks } of proposals)
    await sql`
      insert into correspondents.proposal as p (workspace_id, proposal_id, source_id, member_id, contact_point_id, kind, written_at,
        sealed, marks)
      select ${workspaceId}, ${newId()}, ${sourceId}, ${memberId}, ${contactPointId}, ${kind}, ${writtenAt}, ${sealed},
        ${marks}::uuid[]
      where not exists (select from cards.suppressed s where s.workspace_id = ${workspaceId} and s.suppressed_id = ${contactPointId})
      on conflict (workspace_id, member_id, contact_point_id, kind) where state = 'waiting' do update
      set source_id = excluded.source_id, written_at = excluded.written_at, sealed = excluded.sealed, marks = excluded.marks
      where p.written_at < excluded.written_at`.execute(tx);
}

export interface ProposalRow {
  proposal_id: string;
  source_id: string;
  contact_point_id: string;
  kind: ProposalKind;
  written_at: Date;
  sealed: Buffer | null;
  state: 'waiting' | 'accepted' | 'declined';
  card_id: string | null;
  undo: Buffer | null;
  /** As mail names them; empty: no message did. */
  name: string;
  cursor: string;
}

function readProposals(tx: Tx, actor: Actor, condition: ReturnType<typeof sql>, limit: number) {
  const { workspaceId, memberId } = actor;
  return sql<ProposalRow>`
    select p.proposal_id, p.source_id, p.contact_point_id, p.kind, p.written_at, p.sealed, p.state, p.card_id, p.undo,
      coalesce(c.name, '') as name, p.written_at::text as cursor
    from correspondents.proposal p
    left join lateral (select max(name) as name, sum(sent) as sent, sum(received) as received from correspondents.correspondent c
      where c.workspace_id = ${workspaceId} and c.member_id = ${memberId} and c.contact_point_id = p.contact_point_id) c on true
    where p.workspace_id = ${workspaceId} and p.member_id = ${memberId} and ${condition}
    order by p.written_at desc, p.proposal_id desc limit ${limit}`
    .execute(tx)
    .then(({ rows }) => rows);
}

/**
 * What waits for the member, the newest message first: of somebody they are in touch with, or whose card they have.
 * @param leastReceived mails from somebody they never wrote to, below which nothing is asked
 */
export function listWaiting(
  tx: Tx,
  actor: Actor,
  after: { at: string; id: string } | null,
  leastReceived: number,
  limit: number,
) {
  const { workspaceId } = actor;
  return readProposals(
    tx,
    actor,
    sql`p.state = 'waiting' and not exists (select from correspondents.aside a where a.workspace_id = ${workspaceId}
        and a.member_id = ${actor.memberId} and a.contact_point_id = p.contact_point_id)
      and (p.kind <> 'signature' or c.sent > 0 or c.received >= ${leastReceived} or exists (
        select from cards.card_field f where f.workspace_id = ${workspaceId} and f.contact_point_id = p.contact_point_id
          and f.kind = 'email' and get_bit(nullif(current_setting('app.reach_' || (f.book_no >> 6), true), '')::bytea,
            ((f.book_no & 63) << 5) | 31) = 1))
      and ${after ? sql`(p.written_at, p.proposal_id) < (${after.at}::timestamptz, ${after.id}::uuid)` : sql`true`}`,
    limit,
  );
}

export async function findProposal(tx: Tx, actor: Actor, proposalId: string): Promise<ProposalRow | undefined> {
  return (await readProposals(tx, actor, sql`p.proposal_id = ${proposalId}`, 1))[0];
}

/** What the newest signature of somebody says, where it is not decided yet. */
export async function findWaitingSignature(tx: Tx, actor: Actor, contactPointId: string) {
  const condition = sql`p.state = 'waiting' and p.kind = 'signature' and p.contact_point_id = ${contactPointId}`;
  return (await readProposals(tx, actor, condition, 1))[0];
}

/** @returns false when it is not in that state any more */
export async function decide(
  tx: Tx,
  actor: Actor,
  proposalId: string,
  from: ProposalRow['state'],
  to: { state: ProposalRow['state']; card_id: string | null; undo: Buffer | null },
): Promise<boolean> {
  const done = await tx
    .updateTable('correspondents.proposal')
    .set({ ...to, decided_at: to.state === 'waiting' ? null : new Date() })
    .where('workspace_id', '=', actor.workspaceId)
    .where('proposal_id', '=', proposalId)
    .where('state', '=', from)
    .executeTakeFirst();
  return done.numUpdatedRows > 0n;
}

/** The member's own cards with these addresses, the oldest first. In their transaction. */
export async function findOwnCards(tx: Tx, actor: Actor, pointIds: readonly string[]) {
  if (pointIds.length === 0) return new Map<string, string>();
  const { rows } = await sql<{ point: string; card_id: string }>`
    select distinct on (f.contact_point_id) f.contact_point_id as point, f.card_id
    from cards.card_field f
    join cards.card c on c.workspace_id = ${actor.workspaceId} and c.card_id = f.card_id and c.exposure < 2
    join delegation.book b on b.workspace_id = ${actor.workspaceId} and b.book_no = f.book_no
    where f.workspace_id = ${actor.workspaceId} and f.contact_point_id = any(${pointIds}::uuid[]) and f.kind = 'email'
      and strpos(current_setting('app.own_books', true), b.book_id::text) > 0
    order by f.contact_point_id, c.created_at, f.card_id`.execute(tx);
  return new Map(rows.map((row) => [row.point, row.card_id]));
}

/** Daily: a day after the decision what was proposed is gone, and what nobody decided in half a year. As the keeper. */
export async function forgetDecided(tx: Tx): Promise<void> {
  // No workspace: housekeeping of all of them.
  await sql`update correspondents.proposal set sealed = null, undo = null
    where state <> 'waiting' and decided_at < now() - interval '1 day' and sealed is not null`.execute(tx);
  // No workspace: housekeeping of all of them.
  await sql`delete from correspondents.proposal where state = 'waiting' and created_at < now() - interval '180 days'`.execute(
    tx,
  );
}
