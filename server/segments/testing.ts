import { randomUUID } from 'node:crypto';
import type { Input } from '../kernel/contract.ts';
import type { Member, TestApp } from '../kernel/testing.ts';
import * as contracts from './contract.ts';

let numbers = 900;

/** A kind of fact that everybody may see. */
export async function addKind(
  app: TestApp,
  { me }: Member,
  key: string,
  {
    fields = [],
    hasAmount = false,
    access = me.workspace.id,
  }: { fields?: object[]; hasAmount?: boolean; access?: string },
): Promise<void> {
  const kindId = randomUUID();
  await app.query(
    `insert into facts.kind (workspace_id, kind_id, kind_no, key, name, fields, has_amount, basis, keep_months, asks_consent)
     values ($1, $2, $3, $4, $4, $5, $6, 'contract', 36, false)`,
    [me.workspace.id, kindId, ++numbers, key, JSON.stringify(fields), hasAmount],
  );
  await app.query(
    `insert into facts.kind_access (workspace_id, kind_id, audience_kind, audience_id) values ($1, $2, 'workspace', $3)`,
    [me.workspace.id, kindId, access],
  );
}

/** A fact of whoever has the address. */
export async function told(
  app: TestApp,
  { me }: Member,
  email: string,
  kind: string,
  { at, props = null, amount = null }: { at: Date; props?: object | null; amount?: number | null },
): Promise<void> {
  const [point] = await app.query<{ contact_point_id: string }>(
    `select distinct contact_point_id from cards.card_field where workspace_id = $1 and value ->> 'normalised' = $2`,
    [me.workspace.id, email],
  );
  await app.query(
    `insert into facts.fact (workspace_id, subject_id, fact_id, at, kind_no, source_no, amount, currency, props)
     select $1, $2, $3, $4, kind_no, 1, $6, $7, $8 from facts.kind where workspace_id = $1 and key = $5`,
    [me.workspace.id, point!.contact_point_id, randomUUID(), at, kind, amount, amount === null ? null : 'EUR', props],
  );
  await app.query(
    `insert into kernel.stirred (workspace_id, stirred_id, about, subject_ids) values ($1, $2, 'fact', array[$3::uuid])`,
    [me.workspace.id, randomUUID(), point!.contact_point_id],
  );
}

export const addSegment = (member: Member, filter: string, said: Partial<Input<typeof contracts.addSegment>> = {}) =>
  member.call(contracts.addSegment, {
    name: filter.slice(0, 100),
    kind: 'filter',
    filter,
    audience: { kind: 'workspace' },
    ...said,
  });

/** Who is in a segment, as the member sees it, by name. */
export async function namesIn(member: Member, segmentId: string): Promise<string[]> {
  return (await member.call(contracts.listMembers, { segmentId })).items.map(({ name }) => name).sort();
}
