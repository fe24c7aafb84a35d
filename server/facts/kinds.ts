import { sql } from 'kysely';
import type { Actor, Tx } from '../kernel/database.ts';
import { newId } from '../kernel/ids.ts';
import type { Audience, Field, Kind } from './contract.ts';
import type { KindRule } from './rules.ts';

// What is kept of kinds of fact, and of who sees them.

/** Opens the kinds that the actor may see to this transaction's row security. Before any fact is read; without it nothing is seen. */
export async function enterFacts(tx: Tx): Promise<void> {
  await sql`select facts.enter()`.execute(tx);
}

export interface KindRow {
  kind_id: string;
  kind_no: number;
  key: string;
  name: string;
  description: string;
  fields: Field[];
  has_amount: boolean;
  purpose: string;
  basis: Kind['basis'];
  keep_months: number;
  asks_consent: boolean;
  without_consent: 'refuse' | 'count';
  ended_at: Date | null;
  visible: boolean;
  access: Kind['access'];
}

/** All kinds, those in use first, those that every company has before its own. */
export async function listKinds(tx: Tx, { workspaceId }: Actor, kindId?: string): Promise<KindRow[]> {
  const { rows } = await sql<KindRow>`
    select k.kind_id, k.kind_no, k.key, k.name, k.description, k.fields, k.has_amount, k.purpose, k.basis, k.keep_months, k.asks_consent,
      k.without_consent, k.ended_at,
      coalesce(get_bit(nullif(current_setting('app.fact_kinds', true), '')::bytea, k.kind_no) = 1, false) as visible,
      coalesce((select json_agg(json_build_object('kind', a.audience_kind, 'id', a.audience_id, 'name', coalesce(t.name, m.name, ''))
          order by a.audience_kind desc, coalesce(t.name, m.name))
        from facts.kind_access a
        left join identity.team t on t.workspace_id = ${workspaceId} and t.team_id = a.audience_id
        left join identity.member m on m.workspace_id = ${workspaceId} and m.member_id = a.audience_id
        where a.workspace_id = ${workspaceId} and a.kind_id = k.kind_id), '[]') as access
    from facts.kind k
    where k.workspace_id = ${workspaceId} and ${kindId ? sql`k.kind_id = ${kindId}` : sql`true`}
    order by k.ended_at is not null, k.kind_no`.execute(tx);
  return rows;
}

export interface KindColumns {
  name?: string | undefined;
  description?: string | undefined;
  fields?: readonly Field[] | undefined;
  has_amount?: boolean | undefined;
  purpose?: string | undefined;
  basis?: Kind['basis'] | undefined;
  keep_months?: number | undefined;
  asks_consent?: boolean | undefined;
  without_consent?: 'refuse' | 'count' | undefined;
  ended_at?: Date | null | undefined;
}

/** @returns its id; undefined where the key is taken. Numbers are taken one after the other: two at once wait for each other. */
export async function addKind(
  tx: Tx,
  { workspaceId }: Actor,
  key: string,
  said: Required<Omit<KindColumns, 'ended_at'>>,
): Promise<string | undefined> {
  const kindId = newId();
  await sql`select pg_advisory_xact_lock(hashtextextended(${`fact kinds ${workspaceId}`}, 0))`.execute(tx);
  const { rows } = await sql`
    insert into facts.kind (workspace_id, kind_id, kind_no, key, name, description, fields, has_amount, purpose, basis, keep_months,
      asks_consent, without_consent)
    values (${workspaceId}, ${kindId}, facts.next_kind_no(${workspaceId}), ${key}, ${said.name}, ${said.description},
      ${JSON.stringify(said.fields)}, ${said.has_amount}, ${said.purpose}, ${said.basis}, ${said.keep_months}, ${said.asks_consent},
      ${said.without_consent})
    on conflict on constraint kind_key_uq do nothing returning kind_id`.execute(tx);
  return rows.length > 0 ? kindId : undefined;
}

export async function changeKind(
  tx: Tx,
  { workspaceId }: Actor,
  kindId: string,
  { fields, ...said }: KindColumns,
): Promise<void> {
  const set = Object.fromEntries(
    Object.entries({ ...said, fields: fields && JSON.stringify(fields) }).filter(([, value]) => value !== undefined),
  );
  if (Object.keys(set).length === 0) return;
  await tx
    .updateTable('facts.kind')
    .set(set)
    .where('workspace_id', '=', workspaceId)
    .where('kind_id', '=', kindId)
    .execute();
}

export async function setAccess(
  tx: Tx,
  { workspaceId }: Actor,
  kindId: string,
  access: readonly Audience[],
): Promise<void> {
  await sql`delete from facts.kind_access where workspace_id = ${workspaceId} and kind_id = ${kindId}`.execute(tx);
  const rows = new Map(access.map((one) => [one.kind === 'workspace' ? workspaceId : one.id, one.kind]));
  await sql`insert into facts.kind_access (workspace_id, kind_id, audience_kind, audience_id)
    select ${workspaceId}, ${kindId}, n.kind, n.id from unnest(${[...rows.values()]}::text[], ${[...rows.keys()]}::uuid[]) n (kind, id)`.execute(
    tx,
  );
}

/** Those of these ids that are no team or active member here. */
export async function findUnknown(tx: Tx, { workspaceId }: Actor, access: readonly Audience[]): Promise<string[]> {
  const ids = access.flatMap((one) => (one.kind === 'workspace' ? [] : [one.id]));
  if (ids.length === 0) return [];
  const { rows } = await sql<{ id: string }>`
    select n.id from unnest(${ids}::uuid[]) n (id)
    where not exists (select from identity.team t where t.workspace_id = ${workspaceId} and t.team_id = n.id)
      and not exists (select from identity.member m where m.workspace_id = ${workspaceId} and m.member_id = n.id and m.status = 'active')`.execute(
    tx,
  );
  return rows.map((row) => row.id);
}

/** The kinds as facts are judged by them, by key. As the keeper; a company that has none yet gets those that every one has. */
export async function loadRules(tx: Tx, workspaceId: string): Promise<Map<string, KindRule>> {
  const load = () =>
    sql<Omit<KindRow, 'access' | 'visible'>>`
      select key, kind_no, fields, has_amount, keep_months, asks_consent, without_consent, ended_at from facts.kind
      where workspace_id = ${workspaceId}`.execute(tx);
  let { rows } = await load();
  if (!rows.some((row) => row.kind_no < 64)) {
    await sql`select facts.add_kinds(${workspaceId})`.execute(tx);
    ({ rows } = await load());
  }
  return new Map(
    rows.map((row) => [
      row.key,
      {
        no: row.kind_no,
        fields: new Map(row.fields.map(({ key, type, name, choices = [] }) => [key, { type, name, choices }])),
        hasAmount: row.has_amount,
        keepMonths: row.keep_months,
        asksConsent: row.asks_consent,
        withoutConsent: row.without_consent,
        ended: row.ended_at !== null,
      },
    ]),
  );
}
