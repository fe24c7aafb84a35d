import { find } from './cluster.ts';
import { mix, mixEither } from './hash.ts';
import { NAME_HASH } from './kinds/names.ts';
import type { Population } from './population.ts';

/**
 * A first, careful answer to who is one person: equal full names with an equal address, number, employer or date. It serves to
 * count how many persons hold a value; counting cards would take what one person's cards repeat for common.
 *
 * @returns for every card the smallest card of its person
 */
export function firstPersons(population: Population): Int32Array {
  const { names, given, family, emails, phones, organization, street, rows, stride, further } = population;
  const joiner = new Joiner(population.size);
  const hashes = names.marks.array;
  for (let card = 0; card < population.size; card++) {
    const row = card * stride;
    const g = rows[row + given.at]!;
    const f = rows[row + family.at]!;
    const name =
      g < 0 || f < 0 ? 0 : mixEither(hashes[g * names.stride + NAME_HASH]!, hashes[f * names.stride + NAME_HASH]!);
    for (const [column, seed] of [[emails, 1] as const, [phones, 2] as const])
      for (let x = rows[row + column.at]!; x < rows[row + stride + column.at]!; x++)
        joiner.join(card, mix(mix(name, seed), column.ids.array[x]!));
    for (let at = 0; at < further.length; at++) {
      const { field, column } = further[at]!;
      const id = rows[row + column.at]!;
      if (id >= 0 && (field.kind === 'date' || field.kind === 'identifier'))
        joiner.join(card, mix(mix(name, 5 + at), id));
    }
    const company = rows[row + organization.at]!;
    const way = rows[row + street.at]!;
    if (company >= 0) joiner.join(card, mix(mix(name, 3), company));
    if (way >= 0) joiner.join(card, mix(mix(name, 4), way));
  }
  return joiner.roots();
}

/** Puts cards with an equal key together; keys are told apart by their 32 bits. */
class Joiner {
  private readonly root: Int32Array;
  /** Two numbers a place: key, and the first card that had it, counted from 1 (0: free). */
  private table: Int32Array;
  private used = 0;

  constructor(size: number) {
    this.root = new Int32Array(size).map((_, card) => card);
    let places = 256;
    while (places < size * 4) places *= 2;
    this.table = new Int32Array(places * 2);
  }

  join(card: number, key: number): void {
    const place = this.place(key);
    const known = this.table[place + 1]! - 1;
    if (known < 0) {
      this.table[place] = key;
      this.table[place + 1] = card + 1;
      if (++this.used * 3 > this.table.length) this.widen();
      return;
    }
    const one = find(this.root, known);
    const other = find(this.root, card);
    this.root[Math.max(one, other)] = Math.min(one, other);
  }

  roots(): Int32Array {
    for (let card = 0; card < this.root.length; card++) this.root[card] = find(this.root, card);
    return this.root;
  }

  private place(key: number): number {
    const mask = this.table.length - 1;
    let place = (key << 1) & mask;
    while (this.table[place + 1] !== 0 && this.table[place] !== key) place = (place + 2) & mask;
    return place;
  }

  private widen(): void {
    const old = this.table;
    this.table = new Int32Array(old.length * 2);
    for (let from = 0; from < old.length; from += 2) {
      if (old[from + 1] === 0) continue;
      const place = this.place(old[from]!);
      this.table[place] = old[from]!;
      this.table[place + 1] = old[from + 1]!;
    }
  }
}
