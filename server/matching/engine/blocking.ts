import { mix } from './hash.ts';
import { KEY_TYPES, type KeySink, keysOf } from './keys.ts';
import type { Population } from './population.ts';
import { Ints, sharedInts } from './texts.ts';

/** What another thread needs to walk the same index; to be handed on as it is. */
export interface SharedIndex {
  table: Int32Array;
  starts: Int32Array;
  entries: Int32Array;
  places: Int32Array;
  stars: Map<number, number[]>;
}

/**
 * Which cards share which keys: a hash table whose places hold a chain of entries, newest first. The entries of a card follow one
 * another, and each leads to the older cards of its block, so that reading all cards in turn meets every pair once per key.
 * About 25 octets an entry, and a card has about ten.
 */
export class BlockIndex {
  /** Three numbers a place, side by side because places are met at random: hash, newest entry counted from 1 (0: free), block. */
  private table: Int32Array;
  private used = 0;
  private shift: number;
  private readonly starts = new Ints();
  /** Two numbers an entry: its card, and the next older entry of its block. */
  private readonly entries = new Ints();
  /** By entry, its place in the table; -1 where it is left out. */
  private readonly places = new Ints();
  /** Of strong keys' blocks over the limit, by place: the first living cards, in the order of the cards. */
  private stars = new Map<number, number[]>();
  /** By place, the card that the last one added took the place of in a star. */
  private readonly displaced = new Map<number, number[]>();
  private readonly removed = new Set<number>();
  private readonly compare: (i: number, j: number) => number;

  /** @param compare what orders the cards; their numbers by default */
  constructor(compare: (i: number, j: number) => number = (i, j) => i - j, shared?: SharedIndex) {
    this.table = shared?.table ?? sharedInts(3 << FEWEST_BITS);
    this.shift = 32 - Math.log2(this.table.length / 3);
    this.compare = compare;
    this.starts.push(0);
    if (!shared) return;
    this.starts.array = shared.starts;
    this.entries.array = shared.entries;
    this.places.array = shared.places;
    this.stars = shared.stars;
  }

  /** For other threads, which may walk it: nothing must be added as long as they do. */
  toShared(): SharedIndex {
    const { table, starts, entries, places, stars } = this;
    return { table, starts: starts.array, entries: entries.array, places: places.array, stars };
  }

  /**
   * Adds the keys of all cards to an empty index, in the order of the table instead of the cards: the processor's cache then holds
   * the part that is being filled, which takes a fifth of the time.
   *
   * @param isLast whether no card will be added later: keys that one card only has are then left out
   */
  addAll(population: Population, isLast = false): void {
    const sorted = byFirstBits(this.collect(population), this.entries.array);
    const kept = isLast ? withoutSingles(sorted) : sorted.length;
    let bits = FEWEST_BITS;
    while (2 ** bits * FULL < (kept / RECORD) * shareOfDistinct(sorted, kept)) bits++;
    this.table = sharedInts(3 << bits);
    this.shift = 32 - bits;
    for (let at = 0; at < kept; at += RECORD) this.link(sorted[at]!, sorted[at + 1]!, sorted[at + 2]!);
  }

  /** Lays the entries down, not linked yet; for now, their kind of key stands for what they lead to. @returns hashes */
  private collect(population: Population): Ints {
    const { size } = population;
    const capacity = Math.ceil(keysOfAll(population) * 1.05) + 1024;
    const hashes = new Ints(capacity);
    this.entries.reserve(capacity * 2);
    this.places.reserve(capacity);
    this.starts.reserve(size + 1);
    let card = 0;
    const sink = (type: number, hash: number): void => {
      hashes.push(mix(hash, type));
      this.entries.push(card);
      this.entries.push(type);
      this.places.push(-1);
    };
    for (; card < size; card++) {
      keysOf(population, card, sink);
      this.starts.push(this.places.length);
    }
    return hashes;
  }

  private link(hash: number, entry: number, typeAndCard: number): void {
    const card = typeAndCard & COUNT;
    const place = this.place(hash);
    const head = this.table[place + 1]! - 1;
    // The card has the key already.
    if (head >= this.starts.array[card]!) return;
    this.places.array[entry] = place;
    this.entries.array[entry * 2 + 1] = head;
    this.enter(place, entry, typeAndCard >>> COUNT_BITS, card);
  }

  /** Makes an entry the newest of its block. */
  private enter(place: number, entry: number, type: number, card: number): void {
    if (this.table[place + 1] === 0) this.used++;
    this.table[place + 1] = entry + 1;
    this.table[place + 2] = (type << COUNT_BITS) | ((this.table[place + 2]! & COUNT) + 1);
    if (this.isTooBig(place)) this.updateStar(place, card);
    if (this.used * 3 > this.table.length * FULL) this.widen();
  }

  /** Adds a card's keys; cards must be added in the order of their numbers. @param keys none to leave the card out */
  add(card: number, keys: (sink: KeySink) => void): void {
    const start = this.places.length;
    this.displaced.clear();
    keys((type, hash) => {
      const place = this.place(mix(hash, type));
      const head = this.table[place + 1]! - 1;
      if (head >= start) return;
      this.entries.push(card);
      this.entries.push(head);
      this.places.push(place);
      this.enter(place, this.places.length - 1, type, card);
    });
    this.starts.push(this.places.length);
  }

  /** Takes a card out. @returns its blocks; all of their cards may share a key now that did not before */
  remove(card: number): number[] {
    this.removed.add(card);
    return this.placesOf(card).filter((place) => {
      const before = this.isTooBig(place);
      this.table[place + 2]!--;
      const star = this.stars.get(place);
      if (!this.isTooBig(place)) this.stars.delete(place);
      else if (star?.includes(card)) this.stars.set(place, this.firstOf(place));
      return before && (!this.isTooBig(place) || star?.includes(card));
    });
  }

  /** Blocks of a card, the last one added, that are over their limit. */
  tooBig(card: number): number[] {
    return this.placesOf(card).filter((place) => this.isTooBig(place));
  }

  /** Calls `visit` with each older card that shares a key, once per shared key. */
  walkOlder(card: number, visit: (other: number, type: number) => void): void {
    const entries = this.entries.array;
    for (let at = this.starts.array[card]!; at < this.starts.array[card + 1]!; at++) {
      let next = entries[at * 2 + 1]!;
      if (next < 0) continue;
      const place = this.places.array[at]!;
      const type = this.table[place + 2]! >>> COUNT_BITS;
      if (!this.isTooBig(place)) for (; next >= 0; next = entries[next * 2 + 1]!) visit(entries[next * 2]!, type);
      else if (KEY_TYPES[type]!.strong) this.walkStar(place, card, (other) => visit(other, type));
    }
  }

  /** In a strong block over its limit: the first cards meet all, the others meet the first. */
  private walkStar(place: number, card: number, visit: (other: number) => void): void {
    for (const other of this.partnersAt(place, card)) if (other < card) visit(other);
  }

  /** The living cards of a block. */
  cardsAt(place: number): number[] {
    const cards: number[] = [];
    for (let at = this.table[place + 1]! - 1; at >= 0; at = this.entries.array[at * 2 + 1]!) {
      const card = this.entries.array[at * 2]!;
      if (!this.removed.has(card)) cards.push(card);
    }
    return cards;
  }

  /** The cards that one card of a block meets there, itself among them. */
  partnersAt(place: number, card: number): readonly number[] {
    if (!this.isTooBig(place)) return this.cardsAt(place);
    const star = this.stars.get(place) ?? [];
    return star.includes(card) ? this.cardsAt(place) : star;
  }

  /** Cards that may have lost partners in a block by the last card added: all of it when it outgrew its limit just now. */
  loosenedAt(place: number): readonly number[] {
    const block = this.table[place + 2]!;
    if ((block & COUNT) === LIMITS[block >>> COUNT_BITS]! + 1) return this.cardsAt(place);
    return this.displaced.get(place) ?? [];
  }

  /** Whether two cards are brought together by a key. */
  share(a: number, b: number): boolean {
    const others = this.placesOf(b);
    return this.placesOf(a).some((place) => {
      if (!others.includes(place)) return false;
      const star = this.stars.get(place);
      return this.isTooBig(place) ? star !== undefined && (star.includes(a) || star.includes(b)) : true;
    });
  }

  /** Per kind of key: entries in blocks within the limit, and entries in bigger ones. */
  report(): { name: string; used: number; passedOver: number }[] {
    const report = KEY_TYPES.map(({ name }) => ({ name, used: 0, passedOver: 0 }));
    for (let place = 0; place < this.table.length; place += 3) {
      if (this.table[place + 1] === 0) continue;
      const block = this.table[place + 2]!;
      const line = report[block >>> COUNT_BITS]!;
      if (this.isTooBig(place)) line.passedOver += block & COUNT;
      else line.used += block & COUNT;
    }
    return report;
  }

  /** Called with each card that a strong block over its limit gets. */
  private updateStar(place: number, card: number): void {
    if (!KEY_TYPES[this.table[place + 2]! >>> COUNT_BITS]!.strong) return;
    const star = this.stars.get(place);
    if (!star) this.stars.set(place, this.firstOf(place));
    else if (this.compare(card, star.at(-1)!) < 0) {
      const wider = [...star, card].sort(this.compare);
      this.stars.set(place, wider.slice(0, STAR));
      this.displaced.set(place, wider.slice(STAR));
    }
  }

  private firstOf(place: number): number[] {
    return this.cardsAt(place).sort(this.compare).slice(0, STAR);
  }

  private placesOf(card: number): number[] {
    const places = this.places.array.subarray(this.starts.array[card], this.starts.array[card + 1]);
    return [...places].filter((place) => place >= 0);
  }

  private isTooBig(place: number): boolean {
    const block = this.table[place + 2]!;
    return (block & COUNT) > LIMITS[block >>> COUNT_BITS]!;
  }

  private place(hash: number): number {
    const { table } = this;
    // The first bits tell the place, so that hashes in their order fill the table in its own.
    let place = (hash >>> this.shift) * 3;
    while (table[place + 1] !== 0 && table[place] !== hash) place = place + 3 === table.length ? 0 : place + 3;
    table[place] = hash;
    return place;
  }

  private widen(): void {
    const old = this.table;
    const moved = new Int32Array(old.length / 3);
    this.table = sharedInts(old.length * 2);
    this.shift--;
    for (let at = 0; at < old.length; at += 3) {
      if (old[at + 1] === 0) continue;
      const place = this.place(old[at]!);
      this.table[place + 1] = old[at + 1]!;
      this.table[place + 2] = old[at + 2]!;
      moved[at / 3] = place;
    }
    for (let at = 0; at < this.places.length; at++) {
      const place = this.places.array[at]!;
      if (place >= 0) this.places.array[at] = moved[place / 3]!;
    }
    this.stars = new Map([...this.stars].map(([place, star]) => [moved[place / 3]!, star]));
  }
}

/** About how many keys all cards have, judged by some of them. */
function keysOfAll(population: Population): number {
  const step = Math.max(1, population.size / 2000);
  let [cards, keys] = [0, 0];
  for (let at = 0; at < population.size; at += step, cards++) keysOf(population, Math.floor(at), () => keys++);
  return cards === 0 ? 0 : (keys / cards) * population.size;
}

/**
 * Hash, number of the entry, and kind of key with card, of all entries, sorted by the first bits of the hashes and otherwise in
 * their order. The entries are left leading nowhere.
 */
function byFirstBits({ array, length }: Ints, entries: Int32Array): Int32Array {
  const starts = new Int32Array(PARTS + 1);
  for (let at = 0; at < length; at++) starts[(array[at]! >>> PART_SHIFT) + 1]! += RECORD;
  for (let part = 0; part < PARTS; part++) starts[part + 1]! += starts[part]!;
  const sorted = new Int32Array(length * RECORD);
  for (let at = 0; at < length; at++) {
    const hash = array[at]!;
    const to = starts[hash >>> PART_SHIFT]!;
    starts[hash >>> PART_SHIFT] = to + RECORD;
    sorted[to] = hash;
    sorted[to + 1] = at;
    sorted[to + 2] = (entries[at * 2 + 1]! << COUNT_BITS) | entries[at * 2]!;
    entries[at * 2 + 1] = -1;
  }
  return sorted;
}

/** Moves records whose hash stands there more than once to the front, in their order. @returns where they end */
function withoutSingles(sorted: Int32Array): number {
  const counts = new Uint8Array(1 << 16);
  let kept = 0;
  for (let start = 0; start < sorted.length; ) {
    const part = sorted[start]! >>> PART_SHIFT;
    let end = start;
    for (; end < sorted.length && sorted[end]! >>> PART_SHIFT === part; end += RECORD) {
      const at = sorted[end]! & 0xffff;
      counts[at] = Math.min(2, counts[at]! + 1);
    }
    for (let at = start; at < end; at += RECORD) {
      if (counts[sorted[at]! & 0xffff]! < 2) continue;
      sorted[kept++] = sorted[at]!;
      sorted[kept++] = sorted[at + 1]!;
      sorted[kept++] = sorted[at + 2]!;
    }
    counts.fill(0);
    start = end;
  }
  return kept;
}

/** How many of the hashes are distinct, judged by the first ones. */
function shareOfDistinct(sorted: Int32Array, length: number): number {
  const judged = Math.min(length, 20_000 * RECORD);
  const hashes = new Set<number>();
  for (let at = 0; at < judged; at += RECORD) hashes.add(sorted[at]!);
  return judged === 0 ? 1 : (hashes.size * RECORD) / judged;
}

/** Numbers of a record. */
const RECORD = 3;
const PARTS = 4096;
const PART_SHIFT = 20;

/** How full the table may be. */
const FULL = 0.8;
const FEWEST_BITS = 12;

/** A block: how many living cards it has, and above that the kind of its key. */
const COUNT_BITS = 26;
const COUNT = (1 << COUNT_BITS) - 1;

/** How many first cards all others of a big block meet. */
const STAR = 6;

const LIMITS = Int32Array.from(KEY_TYPES, ({ limit }) => limit);
