import { UnreadableFile } from '../contact.ts';

/** What a scanner tells of a document, in order. Names come without namespace prefix. */
export interface XmlHandler {
  open(name: string, attributes: string): void;
  close(name: string): void;
  text(text: string): void;
}

/** A tag or text longer than this is no spreadsheet (Excel: 32,767 characters a cell). */
const LONGEST = 1 << 24;

/**
 * Scans XML that comes in pieces: elements, text, CDATA. Enough for SpreadsheetML (ECMA-376), which has no DTD; entities of
 * one are never expanded.
 *
 * @throws UnreadableFile `zip_bomb` where nothing ends: no program writes such a cell
 */
export class XmlScanner {
  private readonly handler: XmlHandler;
  private buffer = '';

  constructor(handler: XmlHandler) {
    this.handler = handler;
  }

  push(piece: string): void {
    const text = this.buffer === '' ? piece : this.buffer + piece;
    let at = 0;
    for (;;) {
      const start = text.indexOf('<', at);
      if (start < 0) break;
      const end = endOfMarkup(text, start);
      if (end < 0) break;
      if (start > at) this.handler.text(decodeEntities(text.slice(at, start)));
      this.markup(text.slice(start, end));
      at = end;
    }
    this.buffer = text.slice(at);
    if (this.buffer.length > LONGEST) throw new UnreadableFile('zip_bomb', { limit: LONGEST });
  }

  private markup(markup: string): void {
    if (markup.startsWith('<![CDATA[')) this.handler.text(markup.slice(9, -3));
    else if (markup.startsWith('</')) this.handler.close(localName(markup.slice(2, -1).trim()));
    else if (!markup.startsWith('<?') && !markup.startsWith('<!')) this.element(markup);
  }

  private element(markup: string): void {
    const empty = markup.endsWith('/>');
    const inner = markup.slice(1, empty ? -2 : -1);
    const blank = inner.search(/\s/);
    const name = localName(blank < 0 ? inner : inner.slice(0, blank));
    this.handler.open(name, blank < 0 ? '' : inner.slice(blank));
    if (empty) this.handler.close(name);
  }
}

function endOfMarkup(text: string, start: number): number {
  if (text.startsWith('<![CDATA[', start)) return after(text, ']]>', start);
  if (text.startsWith('<!--', start)) return after(text, '-->', start);
  let end = text.indexOf('>', start);
  while (end >= 0 && insideQuotes(text, start, end)) end = text.indexOf('>', end + 1);
  return end < 0 ? -1 : end + 1;
}

function after(text: string, mark: string, start: number): number {
  const at = text.indexOf(mark, start);
  return at < 0 ? -1 : at + mark.length;
}

function insideQuotes(text: string, start: number, end: number): boolean {
  let quotes = 0;
  for (let at = text.indexOf('"', start); at >= 0 && at < end; at = text.indexOf('"', at + 1)) quotes++;
  return quotes % 2 === 1;
}

function localName(name: string): string {
  const colon = name.indexOf(':');
  return colon < 0 ? name : name.slice(colon + 1);
}

const ATTRIBUTES = new Map<string, RegExp>();

/** An attribute's value, by its name with prefix; undefined when it is not there. */
export function attribute(attributes: string, name: string): string | undefined {
  let pattern = ATTRIBUTES.get(name);
  if (!pattern) {
    pattern = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`);
    ATTRIBUTES.set(name, pattern);
  }
  const match = pattern.exec(attributes);
  const value = match?.[1] ?? match?.[2];
  return value === undefined ? undefined : decodeEntities(value);
}

const NAMED: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function decodeEntities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(
    /&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w{2,4}));/gi,
    (whole, decimal?: string, hex?: string, name?: string) => {
      if (name) return NAMED[name.toLowerCase()] ?? whole;
      const code = decimal ? Number(decimal) : Number.parseInt(hex ?? '', 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}
