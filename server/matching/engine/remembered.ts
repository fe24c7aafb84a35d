import type { Dictionary } from './dictionary.ts';
import type { Kind } from './kinds/kind.ts';

/**
 * Remembers the level of pairs of values; two pairs that fall into one place overwrite each other, which costs time only.
 */
export class Remembered<V extends { key: string }> {
  private readonly kind: Kind<V>;
  private readonly dictionary: Dictionary<V>;
  private readonly same: number;
  /** Two numbers a place: the lower value, and the higher one with the level in its first four bits. */
  private readonly pairs: Int32Array;
  private readonly shift: number;

  constructor(dictionary: Dictionary<V>) {
    this.kind = dictionary.kind;
    this.dictionary = dictionary;
    this.same = this.kind.levels.length - 1;
    const bits = Math.min(19, Math.max(10, Math.ceil(Math.log2(dictionary.size + 1)) + 1));
    this.pairs = new Int32Array(2 << bits).fill(-1);
    this.shift = 31 - bits;
  }

  level(a: number, b: number): number {
    if (a === b) return this.same;
    const pairs = this.pairs;
    const low = a < b ? a : b;
    const high = a < b ? b : a;
    const place = ((Math.imul(low, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b)) >>> this.shift) & ~1;
    const known = pairs[place + 1]!;
    if (pairs[place] === low && (known & HIGHEST) === high) return known >>> 28;
    const level = this.kind.compare(this.dictionary.value(low), this.dictionary.value(high));
    pairs[place] = low;
    pairs[place + 1] = high | (level << 28);
    return level;
  }
}

/** Numbers of values stay below this. */
const HIGHEST = (1 << 28) - 1;
