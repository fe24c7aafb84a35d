/** How values of one kind are read and compared. Values are parsed once each, pairs of values compared once each. */
export interface Kind<V extends { key: string }> {
  /** From "different" (0) upwards; the last one means that the keys are equal. */
  levels: readonly string[];
  /** Undefined when there is nothing to compare in it. Throws nothing. */
  parse(raw: string): V | undefined;
  /** Level of two values whose keys differ. Symmetrical. */
  compare(a: V, b: V): number;
  /** A value in 32 bits, from which `areFarApart` can tell that two values are different without looking at them. */
  sketch?(value: V): number;
  areFarApart?(sketch: number, other: number): boolean;
}
