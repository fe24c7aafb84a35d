/**
 * The lossless model below contacts: a card as its list of properties, values and parameters as written.
 * Reads vCard 2.1 (versit, 1996), 3.0 (RFC 2426) and 4.0 (RFC 6350), and what products make of them.
 */

/** A parameter as written. */
export interface VcardParameter {
  /** "" for the bare parameters of vCard 2.1 ("TEL;HOME;CELL"). */
  name: string;
  /** Quotes and commas included. */
  value: string;
}

/** One property. */
export interface VcardProperty {
  /** "item1" of "item1.TEL". */
  group: string | undefined;
  /** As written; compare in upper case. */
  name: string;
  params: VcardParameter[];
  /** Unfolded; escapes, quoted-printable and base64 still in it. */
  value: string;
}

/**
 * The properties of the first card in `text`, `BEGIN` and `END` left out. Never throws: a line that is no property is taken as the
 * broken continuation of the one before, and a text without card gives an empty list.
 *
 * A card nested in `AGENT` (vCard 2.1) becomes the value of `AGENT`, escaped as RFC 2426, 3.5.4 writes it.
 */
export function parseVcard(text: string): VcardProperty[] {
  const state: ParseState = { properties: [], pieces: [], soft: false, nested: undefined, depth: 0, done: false };
  const lines = text.includes('\n') ? text : text.replaceAll('\r', '\n');
  let at = lines.charCodeAt(0) === 0xfeff ? 1 : 0;
  while (at < lines.length && !state.done) {
    let end = lines.indexOf('\n', at);
    if (end < 0) end = lines.length;
    let stop = end;
    while (stop > at && lines.charCodeAt(stop - 1) === 13) stop--;
    takeLine(state, lines.slice(at, stop));
    at = end + 1;
  }
  if (state.nested) closeNested(state);
  settle(state);
  return state.properties;
}

interface ParseState {
  properties: VcardProperty[];
  /** The physical lines of the logical line so far. Joined at its end only: photos have a hundred thousand. */
  pieces: string[];
  /** The last one ends in a soft break (RFC 2045, 6.7). */
  soft: boolean;
  /** The lines of a card within `AGENT`. */
  nested: string[] | undefined;
  depth: number;
  done: boolean;
}

function takeLine(state: ParseState, line: string): void {
  const begun = state.pieces.length > 0;
  if (state.nested) takeNested(state, line);
  else if (line === '') settle(state);
  else if (begun && (line.charCodeAt(0) === 32 || line.charCodeAt(0) === 9)) append(state, line.slice(1));
  else if (state.soft && !isMark(line, 'END')) append(state, line);
  else startLine(state, line);
}

/** A continuation: RFC 6350, 3.2, drops the line break and one blank; a soft break drops the "=" too. */
function append(state: ParseState, piece: string): void {
  const { pieces } = state;
  if (pieces.length === 1 && agentValue(pieces[0]!) === 'card') {
    state.nested = ['BEGIN:VCARD'];
    state.depth = 1;
    takeNested(state, piece);
    return;
  }
  if (state.soft) pieces.push(pieces.pop()!.slice(0, -1));
  pieces.push(piece);
  state.soft = piece.endsWith('=') && isQuotedPrintableHead(pieces);
}

function startLine(state: ParseState, line: string): void {
  const agent = state.pieces.length === 1 ? agentValue(state.pieces[0]!) : undefined;
  if (agent === 'card' || (agent === 'empty' && isMark(line, 'BEGIN'))) {
    state.nested = agent === 'card' ? ['BEGIN:VCARD'] : [];
    state.depth = agent === 'card' ? 1 : 0;
    takeNested(state, line);
    return;
  }
  settle(state);
  if (isMark(line, 'END')) state.done = true;
  else if (!isMark(line, 'BEGIN')) {
    state.pieces.push(line);
    state.soft = line.endsWith('=') && isQuotedPrintableHead(state.pieces);
  }
}

/** Makes the logical line a property, or the rest of the one before. */
function settle(state: ParseState): void {
  const { pieces, properties } = state;
  if (pieces.length === 0) return;
  const line = pieces.length === 1 ? pieces[0]! : pieces.join('');
  state.pieces = [];
  state.soft = false;
  const property = parseLine(line);
  const last = properties.at(-1);
  if (property) properties.push(property);
  else if (last) last.value += encodingOf(last) === 'base64' ? line : `\n${line}`;
}

/** Whether the head of a logical line, which may be folded itself, says quoted-printable. */
function isQuotedPrintableHead(pieces: string[]): boolean {
  const start = pieces.length === 1 ? pieces[0]! : pieces.slice(0, 4).join('');
  return /[;=]"?(?:quoted-printable|q)"?(?:;|$)/i.test(start.slice(0, colonOf(start)));
}

/** What stands in a line of `AGENT`: nothing, or the begin of a card; undefined for all other lines. */
function agentValue(line: string): 'empty' | 'card' | undefined {
  const first = line.charCodeAt(0) | 32;
  if (first !== 97 || line.length > 200) return undefined;
  const value = /^agent(?:;[^:]*)?:\s*(begin:vcard)?\s*$/i.exec(line);
  return value ? (value[1] ? 'card' : 'empty') : undefined;
}

function takeNested(state: ParseState, line: string): void {
  state.nested!.push(line.trimStart());
  if (isMark(line, 'BEGIN')) state.depth++;
  if (isMark(line, 'END') && --state.depth === 0) closeNested(state);
}

function closeNested(state: ParseState): void {
  const card = state
    .nested!.join('\n')
    .replace(/[\\,;]/g, '\\$&')
    .replace(/\n/g, '\\n');
  const head = state.pieces[0]!;
  state.nested = undefined;
  state.pieces = [head.slice(0, head.indexOf(':') + 1), card];
  settle(state);
}

/** Whether a line is `BEGIN:VCARD` or `END:VCARD`, in any case, blanks around allowed. */
function isMark(line: string, word: 'BEGIN' | 'END'): boolean {
  const first = line.charCodeAt(0) | 32;
  if (first !== 98 && first !== 101) return false;
  return line.length < 40 && line.replace(/\s+/g, '').toUpperCase() === `${word}:VCARD`;
}

const NAME = /^[A-Za-z0-9_-][A-Za-z0-9_ -]*$/;

function parseLine(line: string): VcardProperty | undefined {
  const colon = colonOf(line);
  if (colon < 1) return undefined;
  const head = line.slice(0, colon);
  const semicolon = head.indexOf(';');
  const full = (semicolon < 0 ? head : head.slice(0, semicolon)).trim();
  const dot = full.lastIndexOf('.');
  const name = dot < 0 ? full : full.slice(dot + 1);
  if (!NAME.test(name)) return undefined;
  return {
    group: dot < 0 ? undefined : full.slice(0, dot),
    name,
    params: semicolon < 0 ? [] : parseParameters(head.slice(semicolon + 1)),
    value: line.slice(colon + 1),
  };
}

/** The first colon outside double quotes (RFC 6350, 3.3); the very first when a quote is never closed. */
function colonOf(line: string): number {
  const first = line.indexOf(':');
  const quote = line.indexOf('"');
  if (quote < 0 || quote > first) return first;
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    const code = line.charCodeAt(i);
    if (code === 34) quoted = !quoted;
    else if (code === 58 && !quoted) return i;
  }
  return first;
}

function parseParameters(text: string): VcardParameter[] {
  const params: VcardParameter[] = [];
  for (const piece of text.includes('"') ? splitOutsideQuotes(text, ';') : text.split(';')) {
    const equals = piece.indexOf('=');
    if (equals > 0) params.push({ name: piece.slice(0, equals).trim(), value: piece.slice(equals + 1) });
    else if (piece.trim() !== '') params.push({ name: '', value: piece.trim() });
  }
  return params;
}

function splitOutsideQuotes(text: string, separator: string): string[] {
  const pieces: string[] = [];
  let quoted = false;
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === '"') quoted = !quoted;
    else if (character === separator && !quoted) {
      pieces.push(text.slice(from, i));
      from = i + 1;
    }
  }
  pieces.push(text.slice(from));
  return pieces;
}

/**
 * All values of a parameter, lists taken apart, quotes and the escapes of RFC 6868 undone. A quoted list ("work,voice",
 * RFC 6350, 5.6) is a list too.
 */
export function parameterValues(property: VcardProperty, name: string): string[] {
  const values: string[] = [];
  for (const param of property.params) {
    if (param.name.length !== name.length || param.name.toUpperCase() !== name) continue;
    for (const value of param.value.replaceAll('"', '').split(',')) values.push(unescapeParameter(value.trim()));
  }
  return values;
}

/** The first value of a parameter, whole, or undefined. */
export function parameter(property: VcardProperty, name: string): string | undefined {
  const found = property.params.find((param) => param.name.length === name.length && param.name.toUpperCase() === name);
  return found && unescapeParameter(found.value.trim().replace(/^"|"$/g, ''));
}

function unescapeParameter(value: string): string {
  if (!value.includes('^')) return value;
  return value.replace(/\^([n^'])/g, (_, code: string) => (code === 'n' ? '\n' : code === "'" ? '"' : '^'));
}

/** A parameter's value as it must be written: quoted when needed, quotes and line breaks in it escaped (RFC 6868). */
export function quoteParameter(value: string): string {
  const escaped = value
    .replace(/\^/g, '^^')
    .replace(/\r?\n|\r/g, '^n')
    .replace(/"/g, "^'");
  return /[,;:]/.test(escaped) ? `"${escaped}"` : escaped;
}

/** `TYPE` values and bare parameters, in lower case; encodings left out. */
export function typesOf(property: VcardProperty): string[] {
  const types: string[] = [];
  for (const param of property.params) {
    if (param.name !== '' && param.name.toUpperCase() !== 'TYPE') continue;
    for (const piece of param.value.replaceAll('"', '').toLowerCase().split(',')) {
      const type = piece.trim().replace(/^type=/, '');
      if (type !== '' && !(param.name === '' && ENCODINGS.has(type))) types.push(type);
    }
  }
  return types;
}

const ENCODINGS = new Set(['quoted-printable', 'base64', 'b', 'q', '7bit', '8bit']);

/** "quoted-printable", "base64" or undefined; vCard 2.1 may leave out `ENCODING=`. */
export function encodingOf(property: VcardProperty): 'quoted-printable' | 'base64' | undefined {
  for (const { name, value } of property.params) {
    if (name !== '' && name.toUpperCase() !== 'ENCODING') continue;
    const encoding = value.replaceAll('"', '').trim().toLowerCase();
    if (encoding === 'quoted-printable' || encoding === 'q') return 'quoted-printable';
    if (encoding === 'base64' || encoding === 'b') return 'base64';
  }
  return undefined;
}

function isQuotedPrintable(property: VcardProperty): boolean {
  return encodingOf(property) === 'quoted-printable';
}

/**
 * Writes a card: `BEGIN`, the properties in their order as they are, `END`; lines end in CRLF and are folded at 75 octets without
 * cutting characters (RFC 6350, 3.2), quoted-printable ones by soft breaks. `parseVcard` gives the same properties back.
 */
export function serialise(properties: readonly VcardProperty[]): string {
  let text = 'BEGIN:VCARD\r\n';
  for (const property of properties) text += `${line(property)}\r\n`;
  return `${text}END:VCARD\r\n`;
}

function line({ group, name, params, value }: VcardProperty): string {
  const parameters = params
    .map((param) => (param.name === '' ? `;${param.value}` : `;${param.name}=${param.value}`))
    .join('');
  const written = `${group === undefined ? '' : `${group}.`}${name}${parameters}:${value.replace(/\r\n|\r|\n/g, '\\n')}`;
  const quotedPrintable = params.length > 0 && isQuotedPrintable({ group, name, params, value });
  return quotedPrintable ? softBreak(written) : fold(written);
}

const WIDTH = 75;

function fold(text: string): string {
  if (text.length <= WIDTH / 3 || Buffer.byteLength(text) <= WIDTH) return text;
  const lines: string[] = [];
  let from = 0;
  let width = 0;
  for (let i = 0; i < text.length; ) {
    const code = text.codePointAt(i)!;
    const octets = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    if (width + octets > WIDTH) {
      lines.push(text.slice(from, i));
      from = i;
      width = 1;
    }
    width += octets;
    i += code < 0x10000 ? 1 : 2;
  }
  lines.push(text.slice(from));
  return lines.join('\r\n ');
}

function softBreak(text: string): string {
  const pieces = text.slice(WIDTH).match(/(?:=[0-9A-Fa-f]{2}|[\s\S]){1,24}/gu) ?? [];
  const cut = /=[0-9A-Fa-f]?$/.exec(text.slice(0, WIDTH));
  if (pieces.length === 0) return text;
  if (!cut) return [text.slice(0, WIDTH), ...pieces].join('=\r\n');
  const start = WIDTH - cut[0].length;
  return [text.slice(0, start), ...(text.slice(start).match(/(?:=[0-9A-Fa-f]{2}|[\s\S]){1,24}/gu) ?? [])].join('=\r\n');
}
