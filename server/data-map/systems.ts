import { sql } from 'kysely';
import { type FieldGroup, fieldClass, fieldGroups } from '../delegation/field-classes.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import type { Connected, DeclaredFlow, System } from './systems-contract.ts';

export type Said = Pick<System, 'name' | 'kind' | 'ownerId' | 'note' | 'fields' | 'volume' | 'freshness' | 'flows'>;

interface SystemRow extends Omit<System, 'changedAt' | 'flows'> {
  changedAt: Date;
  flows: DeclaredFlow[];
}

export async function listSystems(tx: Tx, { workspaceId }: Actor): Promise<SystemRow[]> {
  const { rows } = await sql<SystemRow>`
    select s.system_id as id, s.name, s.kind, s.owner_id as "ownerId", o.name as owner, s.note, s.fields, s.volume, s.freshness, s.flows,
      s.version, coalesce(c.name, '') as "changedBy", s.changed_at as "changedAt"
    from data_map.system s
    left join identity.member o on o.workspace_id = ${workspaceId} and o.member_id = s.owner_id
    left join identity.member c on c.workspace_id = ${workspaceId} and c.member_id = s.changed_by
    where s.workspace_id = ${workspaceId} and s.removed_at is null order by lower(s.name), s.system_id`.execute(tx);
  return rows;
}

export async function addSystem(tx: Tx, { workspaceId, memberId }: Actor, systemId: string, said: Said) {
  await sql`
    insert into data_map.system (workspace_id, system_id, name, kind, owner_id, note, fields, volume, freshness, flows, changed_by)
    values (${workspaceId}, ${systemId}, ${said.name}, ${said.kind}, ${said.ownerId}, ${said.note}, ${said.fields}, ${said.volume},
      ${said.freshness}, ${JSON.stringify(said.flows)}::jsonb, ${memberId})`.execute(tx);
}

/** @returns false when it is not there, or has another version by now */
export async function changeSystem(
  tx: Tx,
  { workspaceId, memberId }: Actor,
  systemId: string,
  version: number,
  said: Said,
): Promise<boolean> {
  const { rows } = await sql`
    update data_map.system set name = ${said.name}, kind = ${said.kind}, owner_id = ${said.ownerId}, note = ${said.note},
      fields = ${said.fields}, volume = ${said.volume}, freshness = ${said.freshness}, flows = ${JSON.stringify(said.flows)}::jsonb,
      version = version + 1, changed_by = ${memberId}, changed_at = now()
    where workspace_id = ${workspaceId} and system_id = ${systemId} and version = ${version} and removed_at is null
    returning system_id`.execute(tx);
  return rows.length > 0;
}

/** @returns false when there is none to take away, or to bring back */
export async function setRemoved(tx: Tx, { workspaceId }: Actor, systemId: string, removed: boolean): Promise<boolean> {
  const { rows } = await sql`
    update data_map.system set removed_at = case when ${removed} then now() end
    where workspace_id = ${workspaceId} and system_id = ${systemId} and (removed_at is null) = ${removed} returning system_id`.execute(
    tx,
  );
  return rows.length > 0;
}

/** Deletes those that can be brought back no longer. */
export async function purgeSystems(tx: Tx): Promise<void> {
  // No workspace: of all.
  await sql`delete from data_map.system where removed_at < now() - interval '30 days'`.execute(tx);
}

interface CountedRow extends Omit<Connected, 'count' | 'items'> {
  count: number;
  items: number;
}

/** What is connected, by kind, with all that comes and goes by it; as the keeper, to be rounded. */
export async function countConnected(tx: Tx, workspaceId: string): Promise<CountedRow[]> {
  const ws = sql`workspace_id = ${workspaceId}`;
  const { rows } = await sql<CountedRow>`
    select 'source.' || kind as key, 'source' as side, kind, count(*)::int as count, sum(items)::int as items
    from (
      select regexp_replace(s.kind, '-(fr|en)$', '') as kind,
        (select count(*) from cards.card c where c.workspace_id = ${workspaceId} and c.source_id = s.source_id and c.exposure < 2) as items
      from sources.source s where s.workspace_id = ${workspaceId}) s
    where items > 0 group by kind
    union all
    select 'source.channel.' || c.kind, 'source', 'channel.' || c.kind, count(*)::int,
      (select count(*)::int from conversations.conversation v join conversations.channel k on k.workspace_id = ${workspaceId} and k.channel_id = v.channel_id
        where v.workspace_id = ${workspaceId} and k.kind = c.kind)
    from conversations.channel c where c.workspace_id = ${workspaceId} and c.ended_at is null and c.owner_id is null group by c.kind
    union all
    select 'source.mailbox', 'source', 'mailbox', count(*)::int, coalesce(sum(read_count), 0)::int from correspondents.mailbox where ${ws} having count(*) > 0
    union all
    select 'source.survey', 'source', 'survey', count(*)::int, (select count(*)::int from surveys.answer where ${ws})
    from surveys.survey where ${ws} having count(*) > 0
    union all
    select 'source.community', 'source', 'community', count(*)::int, (select count(*)::int from community.post where ${ws})
    from community.community where ${ws} and closed_at is null having count(*) > 0
    union all
    select 'source.fact.' || kind, 'source', 'fact.' || kind, count(*)::int, 0 from facts.source
    where ${ws} and ended_at is null and kind <> 'product' group by kind
    union all
    select 'use.device', 'use', 'device', count(*)::int, 0 from dav.device where ${ws} having count(*) > 0
    union all
    select 'use.app', 'use', 'app', count(*)::int, 0 from identity.app where ${ws} and ended_at is null having count(*) > 0
    union all
    select 'use.bi', 'use', 'bi', count(*)::int, coalesce(sum(row_count), 0)::int from bi.access where ${ws} and ended_at is null having count(*) > 0
    union all
    select 'use.tracker', 'use', 'tracker', count(*)::int, 0 from decisions.tracker where ${ws} and ended_at is null having count(*) > 0
    union all
    select 'use.mail', 'use', 'mail', 1, count(*)::int from outreach.message where ${ws} having count(*) > 0
    union all
    select 'use.written_back', 'use', 'written_back', count(*)::int, 0 from connectors.connection where ${ws} and two_way having count(*) > 0
    order by items desc, key`.execute(tx);
  return rows;
}

/**
 * People of the reference, and how many of them have a value of each group of fields; as the keeper, for sums. Without the cards of who asks: by
 * adding some they could find out whom colleagues have.
 */
export async function countFields(tx: Tx, { workspaceId, memberId }: Actor) {
  const groups = Object.entries(fieldGroups) as [FieldGroup, readonly (keyof typeof fieldClass)[]][];
  const pairs = groups.flatMap(([group, names]) => names.map((name) => ({ group, no: fieldClass[name] })));
  const { rows } = await sql<{ group: FieldGroup | null; people: number }>`
    with person as (
      select c.card_id, c.cluster_id from cards.card c
      join delegation.book b on b.workspace_id = ${workspaceId} and b.book_no = c.book_no and b.once_for is null
        and b.holder_id is distinct from ${memberId}
        and not exists (select from delegation.steward s
          where s.workspace_id = ${workspaceId} and s.book_id = b.book_id and s.member_id = ${memberId})
      where c.workspace_id = ${workspaceId} and c.exposure < 2 and c.ended_at is null and c.kind = 'person'
    )
    select null as "group", count(distinct cluster_id)::int as people from person
    union all
    select g.name, count(distinct p.cluster_id)::int from person p
    join cards.card_field f on f.workspace_id = ${workspaceId} and f.card_id = p.card_id and f.value <> '{}'
    join unnest(${pairs.map(({ group }) => group)}::text[], ${pairs.map(({ no }) => no)}::int[]) g (name, no) on g.no = f.class
    group by g.name`.execute(tx);
  return rows;
}

/** What the company has said it wants to know, and of how many subjects it is known; as the keeper. */
export async function countWanted(tx: Tx, workspaceId: string): Promise<{ name: string; known: number }[]> {
  const { rows } = await sql<{ name: string; known: number }>`
    select a.name, count(v.subject_id)::int as known from attributes.attribute a
    left join attributes.value v on v.workspace_id = ${workspaceId} and v.attribute_no = a.attribute_no
    where a.workspace_id = ${workspaceId} and a.ended_at is null
      -- What is for some alone is not told of to all.
      and exists (select from attributes.access c where c.workspace_id = ${workspaceId} and c.attribute_id = a.attribute_id and c.audience_kind = 'workspace')
    group by a.attribute_id, a.name order by a.name`.execute(tx);
  return rows;
}
