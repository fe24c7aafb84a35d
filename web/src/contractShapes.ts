/**
 * Stands in for zod in the browser (alias in vite.config.ts). The web client takes types, names and paths from the
 * contracts; it is the server that validates. Without the real library the first load is 40 kB smaller (gzipped).
 * Every schema is the same silent object; only an enumeration still knows its options, which fill lists of choices.
 */
const silent: unknown = new Proxy(() => silent, { get: () => silent });

function enumeration(options: readonly string[]): unknown {
  return new Proxy(() => silent, { get: (_, key) => (key === 'options' ? options : silent) });
}

export const z = new Proxy({}, { get: (_, key) => (key === 'enum' ? enumeration : silent) });
