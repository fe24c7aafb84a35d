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
    return this.values.length - 1;
  }
}

/** Ways of writing that are remembered; most numbers and addresses come once, most names often. */
const RAWS = 100_000;

/** One value of a card, or none. */
export class Column<V extends { key: string }> {
  readonly dictionary: Dictionary<V>;
  readonly ids = new Ints();

  constructor(dictionary: Dictionary<V>) {
    this.dictionary = dictionary;
  }
}

/** Any number of values of a card. */
export class ListColumn<V extends { key: string }> extends Column<V> {
  /** Where the values of card i begin; they end where those of card i + 1 begin. */
  readonly starts = new Ints();

  constructor(dictionary: Dictionary<V>) {
    super(dictionary);
    this.starts.push(0);
  }

  end(): void {
    this.starts.push(this.ids.length);
  }
}

const SINGLE = ['given', 'family', 'organization', 'street', 'postcode', 'city'] as const;

const KINDS = { date: dates, identifier: identifiers, text: texts, category: categories };
export type FurtherKind = keyof typeof KINDS;

/** A column that only some populations have. */
export interface FurtherColumn {
  field: Field & { kind: FurtherKind };
  kind: Kind<{ key: string }>;
  column: Column<{ key: string }>;
}

/**
 * The cards to be matched, column by column, as numbers of distinct values. Cards are numbered from 0 in the order in which they
 * were added and never change: a changed card is a new one in the place of the old.
 */
export class Population {
  readonly fields: readonly Field[];
  readonly names = new Dictionary(names);
  readonly given = new Column(this.names);
  readonly family = new Column(this.names);
  readonly emails = new ListColumn(new Dictionary(emails));
  readonly phones = new ListColumn(new Dictionary(phones));
  readonly organization = new Column(new Dictionary(organizations));
  readonly street = new Column(new Dictionary(streets));
  readonly postcode = new Column(new Dictionary(postcodes));
  readonly city = new Column(new Dictionary(cities));
  readonly further: FurtherColumn[];
  size = 0;
  private readonly singles: Single[] = SINGLE.map((kind) => ({ column: this[kind], id: -1 }));
  /** Where each field's values go; undefined for further columns. */
  private readonly targets: (Single | ListColumn<{ key: string }> | undefined)[];

  constructor(fields: readonly Field[]) {
    this.fields = fields;
    this.further = fields.flatMap((field): FurtherColumn[] => {
      if (!isFurther(field)) return [];
      const kind = KINDS[field.kind] as Kind<{ key: string }>;
      return [{ field, kind, column: new Column(new Dictionary(kind)) }];
    });
    this.targets = fields.map(({ kind }) =>
      kind === 'email'
        ? this.emails
        : kind === 'phone'
          ? this.phones
          : this.singles[SINGLE.indexOf(kind as (typeof SINGLE)[number])],
    );
  }

  /**
   * @param values one entry per field of this population, in their order; "" or undefined where the card says nothing. Of several
   *   fields of one kind the first filled one counts, of e-mails and phones all
   * @returns the card's number
   */
  add(values: readonly (string | readonly string[] | undefined)[]): number {
    let further = 0;
    this.singles.forEach((single) => {
      single.id = -1;
    });
    for (let at = 0; at < this.fields.length; at++) {
      const value = values[at];
      const to = this.targets[at];
      if (to === undefined) {
        const { ids, dictionary } = this.further[further++]!.column;
        ids.push(value ? dictionary.add(first(value)) : -1);
      } else if (value && 'starts' in to) addToList(to, value);
      else if (value && 'id' in to && to.id < 0) to.id = to.column.dictionary.add(first(value));
    }
    this.emails.end();
    this.phones.end();
    for (const { column, id } of this.singles) column.ids.push(id);
    return this.size++;
  }
}

/** A column of one value, and what the card being added says in it. */
interface Single {
  column: Column<{ key: string }>;
  id: number;
}

function addToList(column: ListColumn<{ key: string }>, value: string | readonly string[]): void {
  for (const one of typeof value === 'string' ? [value] : value) {
    const id = column.dictionary.addRare(one);
    if (id >= 0) column.ids.push(id);
  }
}

function isFurther(field: Field): field is Field & { kind: FurtherKind } {
  return Object.hasOwn(KINDS, field.kind);
}

function first(value: string | readonly string[]): string {
  return typeof value === 'string' ? value : (value[0] ?? '');
}
