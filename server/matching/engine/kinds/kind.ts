/** How values of one kind are read and compared. Values are read once each, pairs of values compared once each. */
export interface Kind<V extends { key: string }> {
  /** From "different" (0) upwards; the last one means that the keys are equal. */
  levels: readonly string[];
  /** What of a writing is compared; undefined when there is nothing. Throws nothing. */
  keyOf(raw: string): string | undefined;
  /** Takes a key apart. */
  parse(key: string): V;
  /** Level of two values whose keys differ. Symmetrical. */
  compare(a: V, b: V): number;
  /** Numbers that are kept of every value side by side, as many for each: hashes for blocking, and what `glance` looks at. */
  mark?(value: V): readonly number[];
  /**
   * The level of two values as far as their marks tell it, without looking at the values.
   *
   * @param a where the marks of one begin, `b` of the other
   * @returns -1 when the values must be looked at
   */
  glance?(marks: Int32Array, a: number, b: number): number;
}

/** How many bits are set. */
export function countBits(mask: number): number {
  let rest = mask - ((mask >>> 1) & 0x55555555);
  rest = (rest & 0x33333333) + ((rest >>> 2) & 0x33333333);
  return Math.imul((rest + (rest >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
