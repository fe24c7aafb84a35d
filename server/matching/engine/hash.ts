/** A 32-bit hash of a text (FNV-1a, Fowler, Noll and Vo, with a final mix). `seed` keeps texts of different meaning apart. */
export function hashText(text: string, seed: number): number {
  let hash = 0x811c9dc5 ^ seed;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return mix(hash, seed);
}

/** Makes one hash of two; their order counts. */
export function mix(a: number, b: number): number {
  let hash = Math.imul(a ^ (a >>> 16), 0x45d9f3b) ^ Math.imul(b + 0x9e3779b9, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}

/** Makes one hash of two whose order does not count: swapped names meet. */
export function mixEither(a: number, b: number): number {
  return mix(a ^ b, (a + b) | 0);
}
