import { useEffect, useLayoutEffect, useRef } from 'react';

/** Where keys mean something of their own: one types, chooses or reads there. */
const taken = 'input, textarea, select, [contenteditable], [role=dialog], [role=menu]';

/**
 * Keys of the screen one is on; they come before those of the shell. A key held down counts once: a decision must not be
 * repeated by a heavy finger.
 *
 * @param keys by `KeyboardEvent.key`, letters in lower case
 */
export function useScreenKeys(keys: Partial<Record<string, () => void>>): void {
  const latest = useRef(keys);
  useLayoutEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const act = latest.current[event.key.length === 1 ? event.key.toLowerCase() : event.key];
      if (act === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target instanceof Element && event.target.closest(taken) !== null) return;
      event.preventDefault();
      event.stopPropagation();
      if (!event.repeat) act();
    };
    // Capture: the shell listens further down.
    addEventListener('keydown', listen, { capture: true });
    return () => removeEventListener('keydown', listen, { capture: true });
  }, []);
}
