import type { Field } from '../cards/fields.ts';
import { displayOf, identityOf } from '../cards/fields.ts';
import type { ContactName } from '../formats/contact.ts';
import { fold } from '../formats/normalise/fold.ts';
import { nameKey } from '../formats/normalise/name.ts';

/** Between the name and what tells homonyms apart, so that a name's keys can be looked up by their beginning. */
export const keySeparator = '\t';

/** The beginning of the source keys of a name. */
export function nameKeyOf(fields: readonly Field[]): string {
  const name = fields.find((field) => field.kind === 'name')?.value as ContactName | undefined;
  const organization = fields.find((field) => field.kind === 'organization')?.value.name as string | undefined;
  return ((name && nameKey(name)) || fold(organization ?? '')).slice(0, 200);
}

/**
 * What identifies a contact at a source that gives it no id: its name with its first e-mail, number or company. A contact
 * that has neither name nor e-mail nor number is identified by everything it says.
 */
export function sourceKeyOf(fields: readonly Field[], contentHash: Buffer): string {
  const name = nameKeyOf(fields);
  const email = fields.find((field) => field.kind === 'email')?.value;
  const phone = fields.find((field) => field.kind === 'phone')?.value;
  const organization = fields.find((field) => field.kind === 'organization')?.value.name;
  const second = email?.normalised ?? email?.value ?? phone?.e164 ?? phone?.raw ?? (name && organization) ?? '';
  if (!name && !second) return `hash${keySeparator}${contentHash.toString('hex')}`;
  return `${name}${keySeparator}${String(second).toLowerCase().slice(0, 250)}`;
}

/** Whether two states of a contact can be one contact's: the same name, or an address or number in common. */
export function sharesIdentity(before: readonly Field[], after: readonly Field[]): boolean {
  if (nameKeyOf(before) !== '' && nameKeyOf(before) === nameKeyOf(after)) return true;
  const points = (fields: readonly Field[]) =>
    fields.filter((field) => field.kind === 'email' || field.kind === 'phone').map(identityOf);
  const known = new Set(points(before));
  return points(after).some((point) => known.has(point));
}

export interface ExistingField extends Field {
  no: number;
  /** The member who corrected it; null: as the source wrote it. */
  authorId: string | null;
  /** What the source last said where a member corrected it; undefined: the source never had it. */
  sourceValue: Record<string, unknown> | null | undefined;
}

export interface Merged {
  /** Source's fields that take the place of its earlier ones. */
  source: Field[];
  /** Members' fields that stay, with the source's present state beside them. */
  kept: { no: number; sourceValue: Record<string, unknown> | null | undefined }[];
  /** Kinds that changed, for the history. */
  changed: string[];
  /** Members' fields that give way to what the source says now. */
  yielding?: number[];
  /** What the source says now where a member's word stays over it, for the history. */
  overruled?: { no: number; value: Record<string, unknown> }[];
}

/**
 * A changed contact meets its card: what the source wrote is replaced by what it writes now; what a member corrected stays,
 * and the source's new state is put beside it.
 */
export function mergeFields(existing: readonly ExistingField[], incoming: readonly Field[]): Merged {
  const before = existing.filter((field) => field.authorId === null);
  const corrected = existing.filter((field) => field.authorId !== null);
  const old = new Set(before.map((field) => fullIdentity(field)));
  let rest = [...incoming];
  const kept: Merged['kept'] = [];
  for (const field of corrected) {
    if (field.sourceValue === undefined) {
      kept.push({ no: field.no, sourceValue: undefined });
      continue;
    }
    const was = field.sourceValue === null ? null : identityOf({ kind: field.kind, value: field.sourceValue });
    // The source still says what was corrected, or something new of that kind that no other field accounts for.
    const now =
      rest.find((one) => one.kind === field.kind && identityOf(one) === was) ??
      rest.find((one) => one.kind === field.kind && !old.has(fullIdentity(one)));
    kept.push({ no: field.no, sourceValue: now ? now.value : null });
    if (now) rest = rest.filter((one) => one !== now);
  }
  const changed = new Set(changedKinds(before, rest));
  corrected.forEach((field, index) => {
    const now = kept[index]!.sourceValue;
    if (JSON.stringify(now) !== JSON.stringify(field.sourceValue)) changed.add(field.kind);
  });
  return { source: rest, kept, changed: [...changed].sort() };
}

/** The kinds of what has come or gone. */
export function changedKinds(before: readonly Field[], after: readonly Field[]): string[] {
  const [was, is] = [before, after].map((fields) => new Set(fields.map(fullIdentity))) as [Set<string>, Set<string>];
  const gone = before.filter((field) => !is.has(fullIdentity(field)));
  const come = after.filter((field) => !was.has(fullIdentity(field)));
  return [...new Set([...gone, ...come].map(({ kind }) => kind))].sort();
}

const fullIdentity = (field: Field): string =>
  `${identityOf(field)} ${JSON.stringify(Object.entries(field.value).sort())}`;

/** A contact in one line, for the preview. */
export function summarise(kind: 'person' | 'organization', fields: readonly Field[]) {
  const all = (wanted: Field['kind']) => fields.filter((field) => field.kind === wanted);
  const organization = all('organization')[0];
  const name = all('name')[0];
  return {
    kind,
    name: (name && displayOf(name)) || (organization ? displayOf(organization) : ''),
    emails: all('email').map(displayOf),
    phones: all('phone').map((field) => (field.value.e164 as string | null) ?? displayOf(field)),
    organization: (organization?.value.name as string | undefined) ?? null,
    title: (all('title')[0]?.value.value as string | undefined) ?? null,
    city: (all('address').find((field) => field.value.city)?.value.city as string | undefined) ?? null,
  };
}

/**
 * Identical contacts of one file are one; different ones under one key (homonyms) are told apart by their order.
 * @param met keys met in this file so far, with the content met under each; added to
 */
export function distinct<T extends { sourceKey: string; contentHash: Buffer }>(
  met: Map<string, string>,
  cards: readonly T[],
): T[] {
  const result: T[] = [];
  for (const card of cards) {
    const content = card.contentHash.toString('base64');
    let key = card.sourceKey;
    for (let count = 2; met.has(key) && met.get(key) !== content; count++) key = `${card.sourceKey} #${count}`;
    if (met.get(key) === content) continue;
    met.set(key, content);
    result.push(key === card.sourceKey ? card : { ...card, sourceKey: key });
  }
  return result;
}
