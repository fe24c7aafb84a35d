import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import { toJsonb } from '../kernel/jsonb.ts';
import type { PersonFact } from './contract.ts';
import type { PointConsent, VisitorConsent } from './rules.ts';

export interface NewFact {
  factId: string;
  subjectId: string;
  at: Date;
  kindNo: number;
  aliasId: string | null;
  amount: string | null;
  currency: string | null;
  props: object | null;
}

/** Whose these aliases are, each from the earliest owner on. As the keeper. */
export async function loadAliases(
  tx: Tx,
  workspaceId: string,
  aliasIds: readonly string[],
): Promise<Map<string, { since: Date; subjectId: string }[]>> {
  if (aliasIds.length === 0) return new Map();
  const { rows } = await sql<{ alias_id: string; since: Date; subject_id: string }>`
    select alias_id, since, subject_id from facts.alias
    where workspace_id = ${workspaceId} and alias_id = any(${aliasIds}::uuid[]) order by alias_id, since`.execute(tx);
  const groups = Map.groupBy(rows, (row) => row.alias_id);
  return new Map(
    [...groups].map(([id, group]) => [id, group.map(({ since, subject_id }) => ({ since, subjectId: subject_id }))]),
  );
}

export async function loadPointConsents(
  tx: Tx,
  workspaceId: string,
  pointIds: readonly string[],
): Promise<Map<string, PointConsent>> {
  if (pointIds.length === 0) return new Map();
  const { rows } = await sql<{ id: string; consent: string; since: Date | null; purposes: string[] | null }>`
    select contact_point_id as id, consent, consent_since as since, consent_purposes as purposes from cards.contact_point
    where workspace_id = ${workspaceId} and contact_point_id = any(${pointIds}::uuid[])`.execute(tx);
  return new Map(rows.map(({ id, ...row }) => [id, row]));
}

export async function loadVisitors(
  tx: Tx,
  workspaceId: string,
  visitorIds: readonly string[],
): Promise<Map<string, VisitorConsent>> {
  if (visitorIds.length === 0) return new Map();
  const { rows } = await sql<{ id: string; agreed: Date; withdrawn: Date | null }>`
    select visitor_id as id, agreed_at as agreed, withdrawn_at as withdrawn from facts.visitor
    where workspace_id = ${workspaceId} and visitor_id = any(${visitorIds}::uuid[])`.execute(tx);
  return new Map(rows.map(({ id, ...row }) => [id, row]));
}

/** These browsers' users agreed at these times. Who has withdrawn since stays withdrawn. */
export async function noteAgreed(tx: Tx, workspaceId: string, visitors: ReadonlyMap<string, Date>): Promise<void> {
  if (visitors.size === 0) return;
  const rows = [...visitors].sort(([a], [b]) => (a < b ? -1 : 1));
  await sql`
    insert into facts.visitor as v (workspace_id, visitor_id, agreed_at, seen_on)
    select ${workspaceId}, n.id, n.at, current_date
    from unnest(${rows.map(([id]) => id)}::uuid[], ${rows.map(([, at]) => at)}::timestamptz[]) n (id, at)
    on conflict on constraint visitor_pk do update
    set seen_on = current_date, withdrawn_at = case when excluded.agreed_at > v.withdrawn_at then null else v.withdrawn_at end,
      agreed_at = case when excluded.agreed_at > v.withdrawn_at then excluded.agreed_at else v.agreed_at end
    where v.seen_on <> current_date or v.withdrawn_at is not null`.execute(tx);
}

/** Takes out what a source said of somebody else under these ids. @returns of whom, and of which kinds */
export async function takeFromOthers(
  tx: Tx,
  workspaceId: string,
  facts: readonly NewFact[],
): Promise<{ subject_id: string; kind_no: number }[]> {
  const { rows } = await sql<{ subject_id: string; kind_no: number }>`
    delete from facts.fact f
    using unnest(${facts.map((fact) => fact.factId)}::uuid[], ${facts.map((fact) => fact.subjectId)}::uuid[]) n (fact_id, subject_id)
    where f.workspace_id = ${workspaceId} and f.fact_id = n.fact_id and f.subject_id <> n.subject_id and f.source_no > 0
    returning f.subject_id, f.kind_no`.execute(tx);
  return rows;
}

/** Writes facts in one statement. @returns those that are new, and those that say something else now */
export async function writeFacts(
  tx: Tx,
  workspaceId: string,
  sourceNo: number,
  facts: readonly NewFact[],
): Promise<Map<string, 'kept' | 'changed'>> {
  const column = <K extends keyof NewFact>(name: K) => facts.map((fact) => fact[name]);
  const { rows } = await sql<{ fact_id: string; fresh: boolean }>`
    insert into facts.fact as f (workspace_id, subject_id, fact_id, at, kind_no, source_no, visitor_id, amount, currency, props)
    select ${workspaceId}, n.subject_id, n.fact_id, n.at, n.kind_no, ${sourceNo}, n.visitor_id, n.amount, n.currency, n.props::jsonb
    from unnest(${column('subjectId')}::uuid[], ${column('factId')}::uuid[], ${facts.map(({ at }) => at.toISOString())}::timestamptz[],
      ${column('kindNo')}::int[], ${column('aliasId')}::uuid[], ${column('amount')}::numeric[], ${column('currency')}::text[],
      ${facts.map(({ props }) => props && toJsonb(props))}::text[]) n (subject_id, fact_id, at, kind_no, visitor_id, amount, currency, props)
    on conflict on constraint fact_pk do update
    set at = excluded.at, kind_no = excluded.kind_no, amount = excluded.amount, currency = excluded.currency, props = excluded.props,
      received_at = now()
    where (f.at, f.kind_no, f.amount, f.currency, f.props)
      is distinct from (excluded.at, excluded.kind_no, excluded.amount, excluded.currency, excluded.props)
    returning f.fact_id, f.xmax = 0 as fresh`.execute(tx);
  return new Map(rows.map(({ fact_id, fresh }) => [fact_id, fresh ? 'kept' : 'changed']));
}

/** The contact points that the viewer sees on these cards, and the cards themselves: on what facts of a person hang. */
export async function findSubjects(tx: Tx, { workspaceId }: Actor, cardIds: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select distinct contact_point_id as id from cards.card_field
    where workspace_id = ${workspaceId} and card_id = any(${cardIds}::uuid[]) and contact_point_id is not null and value <> '{}'`.execute(
    tx,
  );
  return [...cardIds, ...rows.map((row) => row.id)];
}

export interface FactRow {
  fact_id: string;
  kind_no: number;
  at: Date;
  amount: string | null;
  currency: string | null;
  props: Record<string, string | number | boolean> | null;
  source_kind: PersonFact['source']['kind'];
  source_name: string;
  recognised: boolean;
  cursor: string;
}

/** Facts of these subjects that the viewer may see, the newest first. */
export async function listFacts(
  tx: Tx,
  { workspaceId }: Actor,
  subjectIds: readonly string[],
  kindNo: number | null,
  before: { at: string; id: string } | null,
  limit: number,
): Promise<FactRow[]> {
  const { rows } = await sql<FactRow>`
    select f.fact_id, f.kind_no, f.at, f.amount::text, f.currency, f.props, s.kind as source_kind, s.name as source_name,
      f.visitor_id is not null as recognised, to_json(f.at) #>> '{}' as cursor
    from facts.fact f
    join facts.source s on s.workspace_id = ${workspaceId} and s.source_no = f.source_no
    where f.workspace_id = ${workspaceId} and f.subject_id = any(${subjectIds}::uuid[])
      and ${kindNo === null ? sql`true` : sql`f.kind_no = ${kindNo}`}
      and ${before ? sql`(f.at, f.fact_id) < (${before.at}::timestamptz, ${before.id}::uuid)` : sql`true`}
    order by f.at desc, f.fact_id desc limit ${limit}`.execute(tx);
  return rows;
}

export interface KindSum {
  kind_no: number;
  count: number;
  first: Date;
  last: Date;
  sums: { value: string; currency: string }[];
}

export async function sumFacts(tx: Tx, { workspaceId }: Actor, subjectIds: readonly string[]): Promise<KindSum[]> {
  const { rows } = await sql<KindSum>`
    select kind_no, sum(count)::int as count, min(first) as first, max(last) as last,
      coalesce(json_agg(json_build_object('value', sum::text, 'currency', currency) order by currency) filter (where currency is not null), '[]') as sums
    from (
      select kind_no, currency, count(*) as count, min(at) as first, max(at) as last, sum(amount) as sum from facts.fact
      where workspace_id = ${workspaceId} and subject_id = any(${subjectIds}::uuid[]) group by kind_no, currency) by_currency
    group by kind_no order by max(last) desc`.execute(tx);
  return rows;
}

/** By which alias a fact of one of these subjects was told, as far as the viewer sees it. */
export async function findFact(tx: Tx, { workspaceId }: Actor, subjectIds: readonly string[], factId: string) {
  const { rows } = await sql<{ subject_id: string; visitor_id: string | null }>`
    select subject_id, visitor_id from facts.fact
    where workspace_id = ${workspaceId} and subject_id = any(${subjectIds}::uuid[]) and fact_id = ${factId}`.execute(
    tx,
  );
  return rows[0];
}

/** Of each person at most so many facts, the newest: whoever did more is a program. */
const mostOfEach = 10_000;

/** Facts of several persons, of the kinds that the viewer may see, each person's by what of theirs the viewer sees. */
export async function listFactsOfEach(
  tx: Tx,
  { workspaceId }: Actor,
  of: readonly { personId: string; subjectId: string }[],
) {
  const { rows } = await sql<{
    person_id: string;
    fact_id: string;
    kind: string;
    occurred_at: Date;
    amount: string | null;
    currency: string | null;
    fields: object | null;
  }>`
    with n as (select * from unnest(${of.map((one) => one.personId)}::uuid[], ${of.map((one) => one.subjectId)}::uuid[]) n (person_id, subject_id)),
    found as (
      select distinct on (n.person_id, f.fact_id) n.person_id, f.fact_id, f.kind_no, f.at, f.amount, f.currency, f.props
      from n join facts.fact f on f.workspace_id = ${workspaceId} and f.subject_id = n.subject_id
      order by n.person_id, f.fact_id),
    placed as (select *, row_number() over (partition by person_id order by at desc, fact_id) as place from found)
    select p.person_id, p.fact_id, k.key as kind, p.at as occurred_at, p.amount, p.currency, p.props as fields
    from placed p join facts.kind k on k.workspace_id = ${workspaceId} and k.kind_no = p.kind_no
    where p.place <= ${mostOfEach}`.execute(tx);
  return rows;
}
