import { useState } from 'react';

/** All are chosen until one is left out; what is left out stays so while others are dealt with. */
export function useChosen<T>(items: readonly T[], idOf: (item: T) => string) {
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const chosen = items.filter((item) => !left.has(idOf(item)));
  return {
    chosen,
    isChosen: (item: T) => !left.has(idOf(item)),
    toggle: (item: T) => {
      const id = idOf(item);
      setLeft((before) => new Set(before.has(id) ? [...before].filter((other) => other !== id) : [...before, id]));
    },
    toggleAll: () => setLeft(new Set(chosen.length === items.length ? items.map(idOf) : [])),
    forget: (done: readonly T[]) => {
      const ids = new Set(done.map(idOf));
      setLeft((before) => new Set([...before].filter((id) => !ids.has(id))));
    },
  };
}
