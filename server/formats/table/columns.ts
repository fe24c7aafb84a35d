/**
 * What a column of a table can hold: the language of `ColumnMapping.target`.
 *
 * A target reads `field[.number][:qualifier,…]`, for instance `given`, `email.2`, `phone.3:work,fax`, `city.1:home`.
 *
 * - The number ties columns together: `phone.2` and `phoneType.2` describe one number, `street.1` and `city.1` one address.
 *   Columns of one address may also be tied by their place alone: `street:work`, `city:work`.
 * - Qualifiers are a place (`work`, `home`, `other`), a kind of phone (`mobile`, `landline`, `fax`, `pager`, `voip`, `main`),
 *   a kind of URL (`linkedin`, `homepage`…), a channel of consent (`email`, `phone`, `post`, `any`), or `preferred`.
 * - Several columns may have the same target: street lines, notes and civilities are joined; of names, titles and companies the
 *   first filled one counts and a different second one is kept as extra.
 * - `attribute:key` is a value of the data dictionary; what it may hold is not known here.
 * - `ignore` keeps the value as extra: no column is ever dropped.
 */

export const FIELDS = {
  /** Name as it is shown; split into parts when the table has no columns for them. */
  full: 'name',
  given: 'name',
  additional: 'name',
  family: 'name',
  prefix: 'name',
  suffix: 'name',
  nickname: 'name',
  /** A name whose kind depends on the other columns ("Nom", "Name"); settled before reading, never left in a mapping. */
  name: 'name',
  /** One or more e-mail addresses, separated by any of `; , | :::`. */
  email: 'point',
  emailType: 'type',
  /** One or more phone numbers. */
  phone: 'point',
  phoneType: 'type',
  organization: 'work',
  department: 'work',
  title: 'work',
  /** Lines of a street address; a whole address when the table has no column for postcode and city. */
  street: 'address',
  /** Pieces of one street line, joined by spaces: number, way, name (SIRENE). */
  streetPart: 'address',
  extended: 'address',
  pobox: 'address',
  city: 'address',
  region: 'address',
  postcode: 'address',
  country: 'address',
  /** The whole address in one cell, beside its parts (Google's "Formatted"). */
  formatted: 'address',
  addressType: 'type',
  url: 'point',
  urlType: 'type',
  birthday: 'date',
  birthYear: 'date',
  birthMonth: 'date',
  birthDay: 'date',
  note: 'text',
  /** One or more categories, separated by `:::`, `;` or `,`. */
  category: 'list',
  uid: 'id',
  /** When the source last changed the row. */
  revision: 'date',
  /** A person or an organisation, in words. */
  kind: 'kind',
  /** Truth (true, 1, yes, oui, x, or a date) means that consent was given. */
  optIn: 'consent',
  /** Truth means that the person objected. */
  optOut: 'consent',
  /** When consent was given. */
  optInTime: 'consent',
  /** A state in words: subscribed, unsubscribed, cleaned, non-subscribed, inscrit, désinscrit. */
  subscription: 'consent',
  attribute: 'attribute',
  ignore: 'extra',
} as const;

export type Field = keyof typeof FIELDS;

export interface Target {
  field: Field;
  /** 0 when the target has none. */
  number: number;
  qualifiers: string[];
}

/** Reads a target; undefined when it is not one. */
export function parseTarget(text: string): Target | undefined {
  const parts = /^([a-zA-Z]+)(?:\.(\d{1,4}))?(?::([a-z0-9_,]+))?$/.exec(text);
  const field = parts?.[1];
  if (!parts || !field || !Object.hasOwn(FIELDS, field)) return undefined;
  if (field === 'attribute' && !/^[a-z0-9_]+$/.test(parts[3] ?? '')) return undefined;
  return { field: field as Field, number: Number(parts[2] ?? 0), qualifiers: parts[3]?.split(',') ?? [] };
}

/** Writes a target; the inverse of `parseTarget`. */
export function formatTarget(target: Target): string {
  const number = target.number > 0 ? `.${target.number}` : '';
  const qualifiers = target.qualifiers.length > 0 ? `:${target.qualifiers.join(',')}` : '';
  return `${target.field}${number}${qualifiers}`;
}
