import type { FieldInput } from '../../../../server/cards/contract.ts';
import type { BusinessCard } from '../../../../server/sources/contract.ts';
import { type Draft, draftOf, fieldFrom, type WritableKind } from '../contacts/draft.ts';

/** A value of the card as it stands in the form. */
export interface Row {
  id: string;
  kind: WritableKind;
  draft: Draft;
  /** Null where nothing was read: the person at the form may know. */
  confidence: number | null;
}

/** Below this a value is to be looked at: of what is surer, one in fifty was wrong on the cards tried. */
const sure = 0.75;
export const isDoubtful = ({ confidence }: Row): boolean => confidence !== null && confidence < sure;

/** What stands in the form for each kind, in this order. What else was read of a value (its type, say) stays with it. */
const keysOf = {
  name: ['given', 'family'],
  organization: ['name'],
  title: ['value'],
  email: ['value'],
  phone: ['raw'],
  address: ['street', 'postcode', 'city', 'country'],
  url: ['value'],
  birthday: ['value'],
  note: ['value'],
  category: ['value'],
} as const satisfies Record<WritableKind, readonly string[]>;

const order = Object.keys(keysOf) as WritableKind[];
/** What a contact mostly has: there to be filled in where it was not read. */
const usual: readonly WritableKind[] = ['name', 'organization', 'title', 'email', 'phone'];

export function rowsOf({ kind, fields }: BusinessCard): Row[] {
  const read = fields.map(({ field, confidence }, at) => {
    const draft = draftOf(field);
    // Of an organisation its name is the name; the form has a place for it.
    return kind === 'organization' && field.kind === 'name'
      ? { id: `${at}`, kind: 'organization' as const, draft: { name: draft.full ?? '' }, confidence }
      : { id: `${at}`, kind: field.kind, draft, confidence };
  });
  const missing = usual
    .filter((one) => !read.some((row) => row.kind === one))
    .map((one) => ({ id: one, kind: one, draft: {}, confidence: null }));
  return [...read, ...missing].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
}

/** An address that was not taken apart is one line. */
export function shownKeys({ kind, draft }: Row): readonly string[] {
  return kind === 'name' && draft.full && !draft.given && !draft.family ? ['full'] : keysOf[kind];
}

/** What is sent: what was emptied is left out. */
export function fieldsOf(rows: readonly Row[], kind: BusinessCard['kind']): FieldInput[] {
  return rows
    .filter(({ kind: of, draft }) => keysOf[of].some((key) => draft[key]?.trim()) || draft.full?.trim())
    .flatMap((row) => {
      if (kind === 'person') return [fieldFrom(row.kind, row.draft)];
      if (row.kind === 'name' || row.kind === 'title') return [];
      return row.kind === 'organization'
        ? [{ kind: 'name' as const, value: { full: (row.draft.name ?? '').trim() } }]
        : [fieldFrom(row.kind, row.draft)];
    });
}
