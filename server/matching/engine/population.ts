import { Dictionary, type SharedDictionary } from './dictionary.ts';
import { dates } from './kinds/dates.ts';
import { emails } from './kinds/emails.ts';
import type { Kind } from './kinds/kind.ts';
import { names } from './kinds/names.ts';
import { organizations } from './kinds/organizations.ts';
import { phones } from './kinds/phones.ts';
import { cities, postcodes, streets } from './kinds/places.ts';
import { categories, identifiers, texts } from './kinds/texts.ts';
import { Ints, sharedInts } from './texts.ts';

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
type FurtherKind = keyof typeof KINDS;

/** A column that only some populations have. */
export interface FurtherColumn {
  field: Field & { kind: FurtherKind };
  kind: Kind<{ key: string }>;
  column: Column<{ key: string }>;
}

/** What another thread needs to read the same cards; to be handed on as it is. */
export interface SharedPopulation {
  fields: readonly Field[];
  size: number;
  rows: Int32Array;
  emails: Int32Array;
  phones: Int32Array;
  /** Names first, then those of the columns that every population has, then the further ones. */
  dictionaries: SharedDictionary[];
}

/**
 * The cards to be matched, as numbers of distinct values. Cards are numbered from 0 in the order in which they were added and never
 * change: a changed card is a new one in the place of the old.
 *
 * All numbers of a card stand side by side, because pairs meet at random: one card is one or two lines of the processor's cache.
 * All of it stands on memory that threads can share.
 */
export class Population {
  readonly fields: readonly Field[];
  readonly names;
  readonly given;
  readonly family;
  readonly organization;
  readonly street;
  readonly postcode;
  readonly city;
  readonly emails;
  readonly phones;
  readonly further: readonly FurtherColumn[];
  /** Numbers of a card begin at `card * stride`; -1 where it says nothing. */
  readonly stride: number;
  rows: Int32Array;
  size = 0;
  private readonly columns: readonly (Column<{ key: string }> | ListColumn<{ key: string }>)[];

  /** @param shared what another population shared: the new one is for reading only */
  constructor(fields: readonly Field[], shared?: SharedPopulation) {
    const dictionaries = shared?.dictionaries ?? [];
    this.fields = fields;
    this.names = new Dictionary(names, dictionaries[0]);
    this.given = { dictionary: this.names, at: 0 };
    this.family = { dictionary: this.names, at: 1 };
    this.organization = { dictionary: new Dictionary(organizations, dictionaries[1]), at: 2 };
    this.street = { dictionary: new Dictionary(streets, dictionaries[2]), at: 3 };
    this.postcode = { dictionary: new Dictionary(postcodes, dictionaries[3]), at: 4 };
    this.city = { dictionary: new Dictionary(cities, dictionaries[4]), at: 5 };
    this.emails = { dictionary: new Dictionary(emails, dictionaries[5]), at: 6, ids: new Ints() };
    this.phones = { dictionary: new Dictionary(phones, dictionaries[6]), at: 7, ids: new Ints() };
    const further: FurtherColumn[] = [];
    this.columns = fields.map((field) => {
      if (!isFurther(field)) return this[COLUMN[field.kind as keyof typeof COLUMN]];
      const kind = KINDS[field.kind] as Kind<{ key: string }>;
      const dictionary = new Dictionary(kind, dictionaries[FIRST_FURTHER - 1 + further.length]);
      const column = { dictionary, at: FIRST_FURTHER + further.length };
      further.push({ field, kind, column });
      return column;
    });
    this.further = further;
    this.stride = FIRST_FURTHER + further.length;
    this.rows = shared?.rows ?? sharedInts(1024 * this.stride);
    if (!shared) return;
    this.size = shared.size;
    this.emails.ids.array = shared.emails;
    this.phones.ids.array = shared.phones;
  }

  /** For other threads, which may read all that is there now: nothing must be added as long as they do. */
  toShared(): SharedPopulation {
    return {
      fields: this.fields,
      size: this.size,
      rows: this.rows,
      emails: this.emails.ids.array,
      phones: this.phones.ids.array,
      dictionaries: this.dictionaries.map((one) => one.toShared()),
    };
  }

  /** Adds all cards of another population with the same fields, in their order. */
  addAll(other: SharedPopulation): void {
    const ids = this.dictionaries.map((one, at) => one.addAll(other.dictionaries[at]!));
    const dictionaryOf = [0, 0, 1, 2, 3, 4];
    this.reserve(this.size + other.size);
    const { rows, stride } = this;
    const shifts = [this.emails, this.phones].map((column) => column.ids.length);
    for (const [column, list, map] of [
      [this.emails, other.emails, ids[5]!],
      [this.phones, other.phones, ids[6]!],
    ] as const) {
      const end = other.rows[other.size * stride + column.at]!;
      for (let at = 0; at < end; at++) column.ids.push(map[list[at]!]!);
    }
    for (let at = 0; at < stride; at++) {
      const map = at < 6 ? ids[dictionaryOf[at]!]! : at < FIRST_FURTHER ? undefined : ids[at - 1]!;
      const shift = map ? 0 : shifts[at - 6]!;
      // Lists end where the next card's begin, so that one row more is read of them.
      for (let card = 0; card < other.size + (map ? 0 : 1); card++) {
        const id = other.rows[card * stride + at]!;
        rows[(this.size + card) * stride + at] = !map ? id + shift : id < 0 ? -1 : map[id]!;
      }
    }
    this.size += other.size;
  }

  /**
   * @param values one entry per field of this population, in their order; "" or undefined where the card says nothing. Of several
   *   fields of one kind the first filled one counts, of e-mails and phones all
   * @returns the card's number
   */
  add(values: readonly (string | readonly string[] | undefined)[]): number {
    if ((this.size + 2) * this.stride > this.rows.length) this.reserve(this.size * 2);
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

  /** Takes out the cards that were added last, down to so many. Their values stay known. */
  takeBack(size: number): void {
    for (const column of [this.emails, this.phones]) column.ids.length = this.rows[size * this.stride + column.at]!;
    this.size = size;
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

  private get dictionaries(): Dictionary<{ key: string }>[] {
    const { names: names_, organization, street, postcode, city, emails: mails, phones: numbers, further } = this;
    const own = [names_, ...[organization, street, postcode, city, mails, numbers].map(({ dictionary }) => dictionary)];
    return [...own, ...further.map(({ column }) => column.dictionary)] as Dictionary<{ key: string }>[];
  }

  /** Makes room for so many cards. */
  private reserve(cards: number): void {
    const wider = sharedInts((cards + 2) * this.stride);
    wider.set(this.rows.subarray(0, (this.size + 1) * this.stride));
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
