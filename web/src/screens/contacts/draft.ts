import type { FieldInput, PersonValue } from '../../../../server/cards/contract.ts';

/** A value as it is being typed: words by key. */
export type Draft = Record<string, string>;
export type WritableKind = FieldInput['kind'];

/** What one types for each kind; further keys of a value (its label, its type) are kept as they are. */
export const draftKeys = {
  name: ['prefix', 'given', 'family'],
  email: ['value', 'type'],
  phone: ['raw', 'type', 'place'],
  organization: ['name', 'department'],
  title: ['value'],
  address: ['street', 'postcode', 'city', 'country', 'type'],
  url: ['value'],
  birthday: ['value'],
  note: ['value'],
  category: ['value'],
} as const satisfies Record<WritableKind, readonly string[]>;

export function isWritable(kind: PersonValue['kind']): kind is WritableKind {
  return kind in draftKeys;
}

export function draftOf({ value }: Pick<PersonValue, 'value'>): Draft {
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/**
 * The field to send. What the server derives (`full`, `normalised`, `e164`, an address's `raw`) is left out, because it
 * would contradict the words just typed; an organisation's or unparted name keeps its `full`.
 */
export function fieldFrom(kind: WritableKind, draft: Draft): FieldInput {
  const keys: readonly string[] = draftKeys[kind];
  const typed = Object.fromEntries(
    keys.map((key) => [key, (draft[key] ?? '').trim()]).filter(([, word]) => word !== ''),
  );
  const label = draft.label === undefined ? {} : { label: draft.label };
  if (kind === 'name') return { kind, value: nameFrom(typed, draft) };
  return {
    kind,
    value: kind === 'email' || kind === 'phone' || kind === 'address' ? { ...typed, ...label } : typed,
  } as FieldInput;
}

function nameFrom(typed: Draft, draft: Draft): Draft {
  const kept = Object.fromEntries(
    (['additional', 'suffix', 'nickname'] as const).flatMap((key) => (draft[key] ? [[key, draft[key]]] : [])),
  );
  const parted = typed.given !== undefined || typed.family !== undefined;
  return parted ? { ...typed, ...kept } : { ...typed, ...kept, ...(draft.full && { full: draft.full.trim() }) };
}
