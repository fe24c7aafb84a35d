import type { Kind } from './kinds/kind.ts';
import { Ints, type SharedTexts, Texts } from './texts.ts';

/** What another thread needs to read the same values; to be handed on as it is. */
export interface SharedDictionary {
  texts: SharedTexts;
  marks: Int32Array;
}

/** The distinct values of a kind; cards hold their numbers. Values are kept as texts with their marks, and taken apart when asked. */
export class Dictionary<V extends { key: string }> {
  readonly kind: Kind<V>;
  /** Marks of a value begin at its number times `stride`. */
  readonly marks: Ints;
  readonly stride: number;
  private readonly keys: Texts;
  /** Three numbers a place: 64 bits of a writing that was met, and the value's number. */
  private raws = new Int32Array(3 * 256);
  private missed = 0;
  /** The values last asked for, each in the one place where it can stand. */
  private values: (V | undefined)[] = [];
  private valueIds = new Int32Array(0);

  constructor(kind: Kind<V>, shared?: SharedDictionary) {
    this.kind = kind;
    this.stride = kind.mark?.(kind.parse('0')).length ?? 0;
    this.keys = new Texts(shared?.texts);
    this.marks = new Ints(shared ? 0 : 256);
    if (!shared) return;
    this.marks.array = shared.marks;
    this.marks.length = this.keys.size * this.stride;
  }

  /** How many there are. */
  get size(): number {
    return this.keys.size;
  }

  /** @returns the value's number; -1 when there is nothing to compare in it */
  add(raw: string): number {
    if (raw === '') return -1;
    let one = 0x811c9dc5;
    let other = raw.length;
    for (let at = 0; at < raw.length; at++) {
      const letter = raw.charCodeAt(at);
      one = Math.imul(one ^ letter, 0x01000193);
      other = Math.imul(other + letter, 0x2c1b3c6d) ^ (other >>> 13);
    }
    one ^= one >>> 15;
    const raws = this.raws;
    const place = (one & (raws.length / 3 - 1)) * 3;
    // Two writings in a million million million fall together, less often than memory errs.
    if (raws[place] === one && raws[place + 1] === other) return raws[place + 2]!;
    const id = this.addRare(raw);
    raws[place] = one;
    raws[place + 1] = other;
    raws[place + 2] = id;
    if (++this.missed > raws.length && raws.length < 3 * RAWS) {
      this.raws = new Int32Array(raws.length * 4);
      this.missed = 0;
    }
    return id;
  }

  /** The same for values that hardly ever come twice in the same writing: nothing is remembered of it. */
  addRare(raw: string): number {
    const key = raw === '' ? undefined : this.kind.keyOf(raw);
    return key === undefined ? -1 : this.addKey(key);
  }

  /** Takes over all values of another dictionary of the kind. @returns by their numbers there, their numbers here */
  addAll(other: SharedDictionary): Int32Array {
    const texts = new Texts(other.texts);
    const ids = new Int32Array(texts.size);
    for (let id = 0; id < texts.size; id++) {
      const before = this.keys.size;
      ids[id] = this.keys.addFrom(texts, id);
      if (ids[id] === before)
        for (let at = id * this.stride; at < (id + 1) * this.stride; at++) this.marks.push(other.marks[at]!);
    }
    return ids;
  }

  value(id: number): V {
    if (this.valueIds.length < Math.min(this.keys.size, VALUES)) this.widen();
    const place = id & (this.valueIds.length - 1);
    if (this.valueIds[place] === id + 1) return this.values[place]!;
    const value = this.kind.parse(this.keys.get(id));
    this.valueIds[place] = id + 1;
    this.values[place] = value;
    return value;
  }

  toShared(): SharedDictionary {
    return { texts: this.keys.toShared(), marks: this.marks.array };
  }

  private addKey(key: string): number {
    const before = this.keys.size;
    const id = this.keys.add(key);
    if (id === before && this.stride > 0)
      for (const mark of this.kind.mark!(this.kind.parse(key))) this.marks.push(mark);
    return id;
  }

  private widen(): void {
    let places = 64;
    while (places < Math.min(this.keys.size * 2, VALUES)) places *= 2;
    this.values = new Array(places);
    this.valueIds = new Int32Array(places);
  }
}

/** Ways of writing that are remembered. */
const RAWS = 1 << 18;

/** Values that are kept taken apart; most pairs are told by their marks. */
const VALUES = 1 << 17;
