import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import { newId } from '../kernel/ids.ts';
import type { TieEnd } from './ties.ts';

export interface VacancyRow {
  vacancy_id: string;
  title: string;
  chief_id: string | null;
  author_id: string;
  author: string;
  shared: boolean;
  created_at: Date;
}

/** Positions of an organisation that members say are vacant, the oldest first. @param cardIds those of the organisation */
export async function listVacancies(tx: Tx, actor: Actor, cardIds: readonly string[]): Promise<VacancyRow[]> {
  const { workspaceId } = actor;
  const { rows } = await sql<VacancyRow>`
    select v.vacancy_id, v.title, v.chief_id, v.author_id, coalesce(m.name, '') as author, v.shared, v.created_at
    from cards.vacancy v
    left join identity.member m on m.workspace_id = ${workspaceId} and m.member_id = v.author_id
    where v.workspace_id = ${workspaceId} and v.card_id = any(${cardIds}) and v.ended_at is null
    order by v.created_at, v.vacancy_id limit 200`.execute(tx);
  return rows;
}

/** The actor says that a position is vacant. @param on the organisation's card that it hangs on */
export async function addVacancy(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  on: TieEnd,
  { title, chiefId, shared }: { title: string; chiefId: string | null; shared: boolean },
): Promise<string> {
  const vacancyId = newId();
  await sql`insert into cards.vacancy (workspace_id, vacancy_id, card_id, book_no, exposure, author_id, shared, title, chief_id)
    values (${workspaceId}, ${vacancyId}, ${on.card_id}, ${on.book_no}, ${on.exposure}, ${memberId}, ${shared}, ${title}, ${chiefId})`.execute(
    tx,
  );
  return vacancyId;
}

/** @returns false where no such position of the actor's stands */
export async function endVacancy(tx: Tx, { workspaceId, memberId }: Actor, vacancyId: string): Promise<boolean> {
  const done = await sql`update cards.vacancy set ended_at = now()
    where workspace_id = ${workspaceId} and vacancy_id = ${vacancyId} and author_id = ${memberId} and ended_at is null`.execute(
    tx,
  );
  return (done.numAffectedRows ?? 0n) > 0n;
}

/**
 * The actor does not say any more to whom of an organisation a person reports; until the end of the transaction nobody else says it in their name.
 * @param amongIds cards of the organisation and its people
 */
export async function endReports(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  cardIds: readonly string[],
  amongIds: readonly string[],
): Promise<void> {
  // Two at once would each end what stood before and leave both of theirs.
  await sql`select pg_advisory_xact_lock(hashtextextended(${`reports ${memberId}`}, 0))`.execute(tx);
  await sql`update cards.tie set ended_at = now()
    where workspace_id = ${workspaceId} and card_a = any(${cardIds}) and card_b = any(${amongIds}) and kind = 'reports_to'
      and author_id = ${memberId} and declared and ended_at is null`.execute(tx);
}

export interface TitleRow {
  card_id: string;
  title: string;
  source: string;
  seen_at: Date;
}

/** The titles that cards give today, each with its source. */
export async function listTitles(tx: Tx, actor: Actor, cardIds: readonly string[]): Promise<TitleRow[]> {
  const { workspaceId } = actor;
  const { rows } = await sql<TitleRow>`
    select f.card_id, f.value->>'value' as title, s.name as source, f.seen_at
    from cards.card_field f
    join cards.card c on c.workspace_id = ${workspaceId} and c.card_id = f.card_id
    join sources.source s on s.workspace_id = ${workspaceId} and s.source_id = c.source_id
    where f.workspace_id = ${workspaceId} and f.card_id = any(${cardIds}) and f.kind = 'title' and f.value ? 'value'
    order by f.seen_at desc, f.card_id, f.no`.execute(tx);
  return rows;
}
