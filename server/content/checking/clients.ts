import { elementsNotTaken, type MailClient, propertiesNotTaken } from './mail-clients.ts';

/** What of a mail's HTML some program does not take. */
export interface NotTaken {
  /** `<video>`, `box-shadow`, `display:flex`. */
  feature: string;
  clients: readonly MailClient[];
}

/** What is written so that whoever does not take it reads the same: corners stay square, the light stays, words are broken elsewhere. */
const harmless = new Set([
  'border-radius',
  'color-scheme',
  'word-wrap',
  'cursor',
  'min-width',
  'box-sizing',
  'outline',
]);

const comments = /<!--[\s\S]*?-->/g;
const openings = /<([a-z][a-z0-9-]*)([^>]*)>/gi;
const styles = /<style[^>]*>([\s\S]*?)<\/style>/gi;
const inline = /\bstyle="([^"]*)"/i;
const declaration = /(?:^|[;{])\s*(-?[a-z][a-z-]*)\s*:\s*([^;}"]*)/gi;

/**
 * What of the HTML of a mail, as it was made ready, some program is known not to take and is not written to be done without; each once. What stands between
 * conditional comments is for Outlook on Windows alone, and left.
 */
export function notTakenIn(html: string): NotTaken[] {
  const plain = html.replaceAll(comments, '');
  const found = new Map<string, readonly MailClient[]>();
  const look = (css: string) => {
    for (const [, name, value] of css.matchAll(declaration)) {
      const property = name!.toLowerCase();
      for (const feature of [property, `${property}:${value!.replace('!important', '').trim().toLowerCase()}`])
        if (propertiesNotTaken.has(feature) && !harmless.has(feature))
          found.set(feature, propertiesNotTaken.get(feature)!);
    }
  };
  for (const [, css] of plain.matchAll(styles)) look(css!);
  for (const [, tag, attributes] of plain.replaceAll(styles, '').matchAll(openings)) {
    const element = tag!.toLowerCase();
    if (elementsNotTaken.has(element)) found.set(`<${element}>`, elementsNotTaken.get(element)!);
    const css = inline.exec(attributes!)?.[1] ?? '';
    // What is hidden by a way that all of them take is hidden by others, too.
    if (!/\bdisplay:\s*none\b/i.test(css)) look(css);
  }
  return [...found].map(([feature, clients]) => ({ feature, clients }));
}
