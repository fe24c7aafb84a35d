import { useEffect, useState } from 'react';

/**
 * What is typed while the palette is wanted but does not have the focus yet. Without this the letters would go to the field
 * that had the focus, or act as shortcuts (an `n` would open a new contact).
 */
export function useEarlyStrokes(wanted: boolean): [text: string, setText: (text: string) => void] {
  const [text, setText] = useState('');
  useEffect(() => {
    if (!wanted) return;
    const catchStroke = (event: KeyboardEvent) => {
      const inPalette = event.target instanceof Element && event.target.closest('[role=dialog]') !== null;
      if (inPalette || event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      setText((before) => before + event.key);
    };
    window.addEventListener('keydown', catchStroke, { capture: true });
    return () => {
      window.removeEventListener('keydown', catchStroke, { capture: true });
      setText('');
    };
  }, [wanted]);
  return [text, setText];
}
