import { sql } from 'kysely';
import type { ContactConsent } from '../formats/contact.ts';
import type { Tx } from '../kernel/database.ts';
import { stir } from '../kernel/stirring.ts';
import { tell } from '../kernel/telling.ts';
import type { StoredField } from './fields.ts';

/** What a file says of the consent at a contact point. */
export interface ConsentStatement {
  contactPointId: string;
  consent: 'given' | 'objected';
  since: Date | null;
  evidence: string;
}

/**
 * What a card says of the consent at its own contact points.
 * @param pointIds the contact point of each field, in the order of `fields`
 */
export function consentsOf(
  fields: readonly StoredField[],
  pointIds: readonly (string | null)[],
): readonly ConsentStatement[] {
  return fields.flatMap((field) => {
    if (field.kind !== 'consent') return [];
    const { channel, state: consent, since, evidence } = field.value as unknown as ContactConsent;
    if (consent === 'unknown') return [];
    const at = new Date(since ?? Number.NaN);
    return fields.flatMap(({ contactPoint }, index) =>
      contactPoint && (channel === 'any' || channel === contactPoint.channel)
        ? [{ contactPointId: pointIds[index]!, consent, since: Number.isNaN(at.getTime()) ? null : at, evidence }]
        : [],
    );
  });
}

/** One statement a contact point: an objection outranks a consent. In one order, so that two imports cannot block each other. */
function strictest(statements: readonly ConsentStatement[]): ConsentStatement[] {
  const found = new Map<string, ConsentStatement>();
  for (const one of statements)
    if (found.get(one.contactPointId)?.consent !== 'objected') found.set(one.contactPointId, one);
  return [...found.values()].sort((a, b) => (a.contactPointId < b.contactPointId ? -1 : 1));
}

/**
 * Keeps what an import's file states and brings it to the contact points: an objection always, a consent only where nothing
 * is known yet. As the keeper, after the contact points are there.
 */
export async function stateConsents(
  tx: Tx,
  workspaceId: string,
  importId: string,
  statements: readonly ConsentStatement[],
): Promise<void> {
  const rows = strictest(statements);
  if (rows.length === 0) return;
  const ids = rows.map((row) => row.contactPointId);
  await lockPoints(tx, workspaceId, ids);
  const stated = sql`unnest(${ids}::uuid[], ${rows.map((row) => row.consent)}::text[],
    ${rows.map((row) => row.since)}::timestamptz[], ${rows.map((row) => row.evidence)}::text[]) n(id, consent, since, evidence)`;
  await sql`
    insert into cards.consent_statement as s (workspace_id, contact_point_id, import_id, consent, since, evidence)
    select ${workspaceId}, n.id, ${importId}, n.consent, n.since, n.evidence from ${stated}
    on conflict on constraint consent_statement_pk do update
    set consent = excluded.consent, since = excluded.since, evidence = excluded.evidence
    where s.consent = 'given' and excluded.consent = 'objected'`.execute(tx);
  const { rows: heard } = await sql<{ id: string }>`
    update cards.contact_point p
    set consent = n.consent, consent_since = n.since, consent_evidence = n.evidence, consent_origin = ${importId}, consent_purposes = null
    from ${stated}
    where p.workspace_id = ${workspaceId} and p.contact_point_id = n.id
      and (p.consent = 'unknown' or (p.consent = 'given' and n.consent = 'objected'))
    returning p.contact_point_id as id`.execute(tx);
  // The same file again says nothing new.
  await changed(
    tx,
    workspaceId,
    heard.map(({ id }) => id),
  );
}

async function changed(tx: Tx, workspaceId: string, ids: readonly string[]): Promise<void> {
  await stir(tx, workspaceId, 'consent', ids);
  await tell(tx, workspaceId, 'consent', ids);
}

async function lockPoints(tx: Tx, workspaceId: string, ids: readonly string[]): Promise<void> {
  await sql`select from cards.contact_point where workspace_id = ${workspaceId} and contact_point_id = any(${ids}::uuid[])
    order by contact_point_id for update`.execute(tx);
}

/**
 * Takes back what an import stated: where its word stood, the strictest of what other imports state takes its place. What came
 * by another way stays. Idempotent.
 */
export async function takeBackConsents(tx: Tx, workspaceId: string, importId: string): Promise<void> {
  const { rows } = await sql<{ contact_point_id: string }>`
    delete from cards.consent_statement where workspace_id = ${workspaceId} and import_id = ${importId}
    returning contact_point_id`.execute(tx);
  const ids = rows.map((row) => row.contact_point_id).sort();
  if (ids.length === 0) return;
  await lockPoints(tx, workspaceId, ids);
  const { rows: taken } = await sql<{ id: string }>`
    with left_over as (
      select distinct on (contact_point_id) contact_point_id, consent, since, evidence, import_id
      from cards.consent_statement where workspace_id = ${workspaceId} and contact_point_id = any(${ids}::uuid[])
      order by contact_point_id, consent desc, import_id
    ), next as (
      select n.id, l.* from unnest(${ids}::uuid[]) n(id) left join left_over l on l.contact_point_id = n.id
    )
    update cards.contact_point p
    set consent = coalesce(n.consent, 'unknown'), consent_since = n.since, consent_evidence = n.evidence, consent_origin = n.import_id
    from next n
    where p.workspace_id = ${workspaceId} and p.contact_point_id = n.id and p.consent_origin = ${importId}
    returning p.contact_point_id as id`.execute(tx);
  await changed(
    tx,
    workspaceId,
    taken.map(({ id }) => id),
  );
}

/**
 * What the contact themself says of an address or number: stands until they say otherwise, and no import loosens it. As the keeper.
 * @returns false when it stood already
 */
export async function sayConsent(
  tx: Tx,
  workspaceId: string,
  contactPointId: string,
  consent: 'given' | 'objected' | 'unknown',
  evidence: string,
): Promise<boolean> {
  const { rows } = await sql`
    update cards.contact_point set consent = ${consent}, consent_since = now(), consent_evidence = ${evidence}, consent_origin = null,
      consent_purposes = null
    where workspace_id = ${workspaceId} and contact_point_id = ${contactPointId} and (consent <> ${consent} or consent_purposes is not null)
    returning contact_point_id`.execute(tx);
  if (rows.length > 0) await changed(tx, workspaceId, [contactPointId]);
  return rows.length > 0;
}

/**
 * What somebody agreed to by ticking words that name what for, once it is known that it was them: adds to what they agreed to before, and
 * leaves an objection as it stands. As the keeper.
 * @returns false where they object to all
 */
export async function agreeTo(
  tx: Tx,
  workspaceId: string,
  contactPointId: string,
  purposes: readonly string[],
  evidence: string,
): Promise<boolean> {
  const { rows } = await sql`
    update cards.contact_point
    set consent_purposes = case when consent = 'given' and consent_purposes is null then null
        else (select array_agg(distinct p order by p) from unnest(coalesce(consent_purposes, '{}') || ${purposes}::text[]) p) end,
      consent_since = case when consent = 'given' then consent_since else now() end,
      consent_evidence = case when consent = 'given' and consent_purposes is null then consent_evidence else ${evidence} end,
      consent_origin = case when consent = 'given' and consent_purposes is null then consent_origin end, consent = 'given'
    where workspace_id = ${workspaceId} and contact_point_id = ${contactPointId} and consent <> 'objected'
    returning contact_point_id`.execute(tx);
  if (rows.length > 0) await changed(tx, workspaceId, [contactPointId]);
  return rows.length > 0;
}

/** Mail to the address came back for good. As the keeper. */
export async function markDead(tx: Tx, workspaceId: string, contactPointId: string): Promise<void> {
  await sql`update cards.contact_point set health = 'dead', health_since = now()
    where workspace_id = ${workspaceId} and contact_point_id = ${contactPointId} and health <> 'dead'`.execute(tx);
}
