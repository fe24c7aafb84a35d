import { type FilterName, filters, isVariable, type VariableKey } from '../variables-contract.ts';

// Liquid as contents may use it: `{{ person.givenName | default: "there" | capitalize }}`, and nothing else. Conditions are sections.

export interface Expression {
  variable: VariableKey;
  fallback: string | null;
  filters: FilterName[];
}
/** A stretch of a text: words, a value, or what cannot be read. */
export type Piece =
  | { kind: 'words'; text: string }
  | { kind: 'value'; expression: Expression; source: string }
  | { kind: 'wrong'; text: string; why: 'wrong_liquid' | 'unknown_variable'; source: string };

/** Longer than any expression that makes sense: what is not closed by then is not closed. */
const marks =
  /\{\{(?<inside>(?:"[^"]{0,300}"|'[^']{0,300}'|“[^”]{0,300}”|(?!\{\{|\}\})[^"'“]){0,300}?)\}\}|\{%(?:(?!%\})[\s\S]){0,300}%\}|\{\{|\}\}|\{%|%\}/g;
const head = /^\s*(?<name>[A-Za-z_][\w.]*)\s*/;
const filter = /\|\s*(?<name>[a-z_]+)\s*(?::\s*(?<quoted>"[^"]*"|'[^']*'|“[^”]*”)\s*)?/y;

/** @returns undefined where it is not of that form */
function readExpression(inside: string): Expression | { unknown: string } | undefined {
  const name = head.exec(inside);
  if (!name) return undefined;
  let fallback: string | null = null;
  const through: FilterName[] = [];
  filter.lastIndex = name[0].length;
  while (filter.lastIndex < inside.length) {
    const found = filter.exec(inside)?.groups;
    if (!found) return undefined;
    const quoted = found.quoted?.slice(1, -1);
    if (found.name === 'default' && quoted !== undefined) fallback = quoted.trim() === '' ? null : quoted;
    else if ((filters as readonly string[]).includes(found.name!) && quoted === undefined)
      through.push(found.name as FilterName);
    else return undefined;
  }
  const variable = name.groups!.name!;
  return isVariable(variable) ? { variable, fallback, filters: through } : { unknown: variable };
}

function readMark(match: RegExpExecArray): Piece {
  const inside = match.groups?.inside;
  const read = inside === undefined ? undefined : readExpression(inside);
  const [source] = match;
  if (!read) return { kind: 'wrong', text: source, why: 'wrong_liquid', source };
  if ('unknown' in read) return { kind: 'wrong', text: read.unknown, why: 'unknown_variable', source };
  return { kind: 'value', expression: read, source };
}

/** A text, taken apart. Put together again, its words hold no mark of Liquid. */
export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const match of text.matchAll(marks)) {
    if (match.index > at) pieces.push({ kind: 'words', text: text.slice(at, match.index) });
    pieces.push(readMark(match));
    at = match.index + match[0].length;
  }
  if (at < text.length) pieces.push({ kind: 'words', text: text.slice(at) });
  return pieces;
}

/** A string of Liquid, which knows no way to write a quote within quotes of its kind. */
const quoted = (text: string): string => (text.includes('"') ? `'${text.replaceAll("'", '’')}'` : `"${text}"`);

/** @param last what is done at the end: `url_encode` within an address, `link` where it is one */
export function liquidOf({ variable, fallback, filters: through }: Expression, last?: 'url_encode' | 'link'): string {
  const steps = [...(fallback === null ? [] : [`default: ${quoted(fallback)}`]), ...through, ...(last ? [last] : [])];
  return `{{ v["${variable}"]${steps.map((step) => ` | ${step}`).join('')} }}`;
}

/** Words in a template: no two signs of them begin a mark. */
export const literal = (words: string): string => words.replaceAll(/[{}]/g, (brace) => `{{ "${brace}" }}`);

/** What is shown in the place of what cannot be read; the checker says what is wrong with it. */
export const placeOf = (wrong: string): string => `[${wrong.replaceAll(/[{}%]/g, '').trim()}]`;

/** One line of plain text (a subject, a label in the text part) as a template. */
export function lineTemplate(text: string): string {
  return piecesOf(text.replaceAll(/\s+/g, ' ').trim())
    .map((piece) =>
      piece.kind === 'value'
        ? liquidOf(piece.expression)
        : literal(piece.kind === 'words' ? piece.text : placeOf(piece.text)),
    )
    .join('');
}

/** The values that a text asks for. */
export const valuesIn = (text: string): Expression[] =>
  piecesOf(text).flatMap((piece) => (piece.kind === 'value' ? [piece.expression] : []));
