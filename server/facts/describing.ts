import type { Actor, Tx } from '../kernel/database.ts';
import type { Kind, PersonFact } from './contract.ts';
import { type KindRow, listKinds } from './kinds.ts';
import type { FactRow } from './queries.ts';

export const describeKind = (row: KindRow): Kind => ({
  id: row.kind_id,
  key: row.key,
  name: row.name,
  description: row.description,
  builtin: row.kind_no < 64,
  fields: row.fields.map(({ key, type, name = '', unit = '', choices = [] }) => ({ key, type, name, unit, choices })),
  hasAmount: row.has_amount,
  purpose: row.purpose,
  basis: row.basis,
  keepMonths: row.keep_months,
  asksConsent: row.asks_consent,
  withoutConsent: row.without_consent,
  access: row.access,
  visible: row.visible,
  ended: row.ended_at !== null,
});

/** The kinds, as facts are told by them. */
export interface KnownKinds {
  byKey: ReadonlyMap<string, number>;
  nameOf(kindNo: number): { key: string; name: string };
  fieldsOf(kindNo: number): Kind['fields'];
}

export async function describeKinds(tx: Tx, actor: Actor): Promise<KnownKinds> {
  const rows = await listKinds(tx, actor);
  const kinds = new Map(rows.map((row) => [row.kind_no, describeKind(row)]));
  return {
    byKey: new Map(rows.map((row) => [row.key, row.kind_no])),
    nameOf(kindNo) {
      const { key, name } = kinds.get(kindNo)!;
      return { key, name };
    },
    fieldsOf: (kindNo) => kinds.get(kindNo)!.fields,
  };
}

export function describeRow(kinds: KnownKinds, row: FactRow): PersonFact {
  const fields = new Map(kinds.fieldsOf(row.kind_no).map((field) => [field.key, field]));
  // In the order in which the kind names them; what it does not name any more comes last.
  const places = [...fields.keys()];
  const place = (key: string) => (fields.has(key) ? places.indexOf(key) : places.length);
  return {
    id: row.fact_id,
    kind: kinds.nameOf(row.kind_no),
    at: row.at.toISOString(),
    amount: row.amount === null || row.currency === null ? null : { value: row.amount, currency: row.currency },
    props: Object.entries(row.props ?? {})
      .sort(([a], [b]) => place(a) - place(b))
      .map(([key, value]) => ({ key, name: fields.get(key)?.name ?? '', unit: fields.get(key)?.unit ?? '', value })),
    source: { kind: row.source_kind, name: row.source_name },
    recognised: row.recognised,
  };
}
