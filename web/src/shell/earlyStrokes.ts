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
      const isText = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
      if (inPalette || !(isText || event.key === 'Enter')) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (isText) setText((before) => before + event.key);
      // The palette is there and shows what was typed, but the focus is still on its way.
      else document.querySelector<HTMLElement>('[role=dialog] [data-action]')?.click();
    };
    window.addEventListener('keydown', catchStroke, { capture: true });
    return () => {
      window.removeEventListener('keydown', catchStroke, { capture: true });
      setText('');
    };
  }, [wanted]);
  return [text, setText];
}
