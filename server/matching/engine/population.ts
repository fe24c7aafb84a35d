import { dates } from './kinds/dates.ts';
import { emails } from './kinds/emails.ts';
import type { Kind } from './kinds/kind.ts';
import { names } from './kinds/names.ts';
import { organizations } from './kinds/organizations.ts';
import { phones } from './kinds/phones.ts';
import { cities, postcodes, streets } from './kinds/places.ts';
import { categories, identifiers, texts } from './kinds/texts.ts';

/** What a value says, and so how it is compared. */
export type FieldKind =
  | 'given'
  | 'family'
  | 'email'
  | 'phone'
  | 'organization'
  | 'street'
  | 'postcode'
  | 'city'
  | 'date'
  | 'identifier'
  | 'text'
  | 'category';

/** One kind of value that the cards of a population may hold. Of `email` and `phone` a card may hold several. */
export interface Field {
  name: string;
  kind: FieldKind;
}

/** Integers that grow; a typed array costs an eighth of an array of numbers in old space. */
export class Ints {
  array = new Int32Array(1024);
  length = 0;

  push(value: number): void {
    if (this.length === this.array.length) {
      const wider = new Int32Array(this.array.length * 2);
      wider.set(this.array);
      this.array = wider;
    }
    this.array[this.length++] = value;
  }
}

/** The distinct values of a kind, parsed once each; cards hold their numbers. */
export class Dictionary<V extends { key: string }> {
  readonly values: V[] = [];
  /** By number, where the kind has sketches. */
  readonly sketches = new Ints();
  private readonly byKey = new Map<string, number>();
  private readonly byRaw = new Map<string, number>();
  private readonly kind: Kind<V>;

  constructor(kind: Kind<V>) {
    this.kind = kind;
  }

  /** @returns the value's number; -1 when there is nothing to compare in it */
  add(raw: string): number {
    if (raw === '') return -1;
    const known = this.byRaw.get(raw);
    if (known !== undefined) return known;
    const value = this.kind.parse(raw);
    const id = value === undefined ? -1 : this.intern(value);
    if (this.byRaw.size > RAWS) this.byRaw.clear();
    this.byRaw.set(raw, id);
    return id;
  }

  /** The same for values that hardly ever come twice in the same writing: nothing is remembered of it. */
  addRare(raw: string): number {
    const value = raw === '' ? undefined : this.kind.parse(raw);
    return value === undefined ? -1 : this.intern(value);
  }

  private intern(value: V): number {
    const known = this.byKey.get(value.key);
    if (known !== undefined) return known;
    this.byKey.set(value.key, this.values.length);
    this.values.push(value);
    if (this.kind.sketch) this.sketches.push(this.kind.sketch(value));
    return this.values.length - 1;
  }
}

/** Ways of writing that are remembered; most numbers and addresses come once, most names often. */
const RAWS = 100_000;

/** One value of a card, or none: where its number stands in the card's row. */
export interface Column<V extends { key: string }> {
  dictionary: Dictionary<V>;
  at: number;
}

/** Any number of values of a card: where in `ids` they begin stands in the card's row; they end where the next card's begin. */
export interface ListColumn<V extends { key: string }> extends Column<V> {
  ids: Ints;
}

/** Kinds of which every population has one column. */
const COLUMN = {
  given: 'given',
  family: 'family',
  email: 'emails',
  phone: 'phones',
  organization: 'organization',
  street: 'street',
  postcode: 'postcode',
  city: 'city',
} as const;

const KINDS = { date: dates, identifier: identifiers, text: texts, category: categories };
export type FurtherKind = keyof typeof KINDS;

/** A column that only some populations have. */
export interface FurtherColumn {
  field: Field & { kind: FurtherKind };
  kind: Kind<{ key: string }>;
  column: Column<{ key: string }>;
}

/**
 * The cards to be matched, as numbers of distinct values. Cards are numbered from 0 in the order in which they were added and never
 * change: a changed card is a new one in the place of the old.
 *
 * All numbers of a card stand side by side, because pairs meet at random: one card is one or two lines of the processor's cache.
 */
export class Population {
  readonly fields: readonly Field[];
  readonly names = new Dictionary(names);
  readonly given = { dictionary: this.names, at: 0 };
  readonly family = { dictionary: this.names, at: 1 };
  readonly organization = { dictionary: new Dictionary(organizations), at: 2 };
  readonly street = { dictionary: new Dictionary(streets), at: 3 };
  readonly postcode = { dictionary: new Dictionary(postcodes), at: 4 };
  readonly city = { dictionary: new Dictionary(cities), at: 5 };
  readonly emails = { dictionary: new Dictionary(emails), at: 6, ids: new Ints() };
  readonly phones = { dictionary: new Dictionary(phones), at: 7, ids: new Ints() };
  readonly further: readonly FurtherColumn[];
  /** Numbers of a card begin at `card * stride`; -1 where it says nothing. */
  readonly stride: number;
  rows: Int32Array;
  size = 0;
  private readonly columns: readonly (Column<{ key: string }> | ListColumn<{ key: string }>)[];

  constructor(fields: readonly Field[]) {
    this.fields = fields;
    const further: FurtherColumn[] = [];
    this.columns = fields.map((field) => {
      if (!isFurther(field)) return this[COLUMN[field.kind as keyof typeof COLUMN]];
      const kind = KINDS[field.kind] as Kind<{ key: string }>;
      const column = { dictionary: new Dictionary(kind), at: FIRST_FURTHER + further.length };
      further.push({ field, kind, column });
      return column;
    });
    this.further = further;
    this.stride = FIRST_FURTHER + further.length;
    this.rows = new Int32Array(1024 * this.stride);
  }

  /**
   * @param values one entry per field of this population, in their order; "" or undefined where the card says nothing. Of several
   *   fields of one kind the first filled one counts, of e-mails and phones all
   * @returns the card's number
   */
  add(values: readonly (string | readonly string[] | undefined)[]): number {
    if ((this.size + 2) * this.stride > this.rows.length) this.widen();
    const start = this.size * this.stride;
    this.rows.fill(-1, start, start + this.stride);
    this.rows[start + this.emails.at] = this.emails.ids.length;
    this.rows[start + this.phones.at] = this.phones.ids.length;
    for (let at = 0; at < this.columns.length; at++) {
      const value = values[at];
      if (!value) continue;
      const column = this.columns[at]!;
      if ('ids' in column) addToList(column, value);
      else if (this.rows[start + column.at] === -1)
        this.rows[start + column.at] = column.dictionary.add(typeof value === 'string' ? value : (value[0] ?? ''));
    }
    this.rows[start + this.stride + this.emails.at] = this.emails.ids.length;
    this.rows[start + this.stride + this.phones.at] = this.phones.ids.length;
    return this.size++;
  }

  /** The number of a card's value in a column; -1 when there is none. */
  value(card: number, column: { at: number }): number {
    return this.rows[card * this.stride + column.at]!;
  }

  /** Numbers of a card's values in a column of lists. */
  list(card: number, { at, ids }: { at: number; ids: Ints }): Int32Array {
    const start = card * this.stride + at;
    return ids.array.subarray(this.rows[start], this.rows[start + this.stride]);
  }

  private widen(): void {
    const wider = new Int32Array(this.rows.length * 2);
    wider.set(this.rows);
    this.rows = wider;
  }
}

/** Where the further columns begin in a row. */
export const FIRST_FURTHER = 8;

function addToList({ dictionary, ids }: ListColumn<{ key: string }>, value: string | readonly string[]): void {
  for (const one of typeof value === 'string' ? [value] : value) {
    const id = dictionary.addRare(one);
    if (id >= 0) ids.push(id);
  }
}

function isFurther(field: Field): field is Field & { kind: FurtherKind } {
  return Object.hasOwn(KINDS, field.kind);
}
