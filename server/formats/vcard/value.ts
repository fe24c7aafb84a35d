import { isUtf8 } from 'node:buffer';
import { decodeText } from '../text.ts';
import { encodingOf, parameter, type VcardProperty } from './property.ts';

/** How the octets of a card became the text its properties were parsed from. */
export interface CardText {
  /** True when each character stands for one octet, since the card as a whole is no valid UTF-8. */
  octets: boolean;
  /** Read when a property does not declare its charset. */
  charset: string | undefined;
  /** vCard 2.1: commas do not part values. */
  old: boolean;
}

/** A property's text: quoted-printable and charset undone, escapes still in it. */
export function decodeValue(property: VcardProperty, card: CardText): string {
  if (encodingOf(property) === 'quoted-printable') return decodeQuotedPrintable(property.value, property, card);
  return card.octets ? fromOctets(Buffer.from(property.value, 'latin1'), property, card) : property.value;
}

/** One text, escapes undone, blanks around it left out. */
export function textOf(property: VcardProperty, card: CardText): string {
  return unescapeText(decodeValue(property, card)).trim();
}

/** The components of a structured value (N, ORG, ADR), each a text. Lists within a component are joined by `glue`. */
export function componentsOf(property: VcardProperty, card: CardText, glue: string): string[] {
  const finish = (component: string) => {
    if (card.old || !component.includes(',')) return unescapeText(component).trim();
    return splitAt(component, ',')
      .map((item) => unescapeText(item).trim())
      .filter((item) => item !== '')
      .join(glue);
  };
  if (encodingOf(property) === 'quoted-printable' && property.value.includes(';')) {
    return splitAt(property.value, ';').map((piece) => finish(decodeQuotedPrintable(piece, property, card)));
  }
  return splitAt(decodeValue(property, card), ';').map(finish);
}

/** The items of a list (CATEGORIES, NICKNAME). */
export function listOf(property: VcardProperty, card: CardText): string[] {
  return splitAt(decodeValue(property, card), ',')
    .map((item) => unescapeText(item).trim())
    .filter((item) => item !== '');
}

/** Splits at separators that no backslash escapes. */
function splitAt(text: string, separator: ';' | ','): string[] {
  if (!text.includes('\\')) return text.split(separator);
  const pieces: string[] = [];
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === separator) {
      pieces.push(text.slice(from, i));
      from = i + 1;
    }
  }
  pieces.push(text.slice(from));
  return pieces;
}

/** Undoes the escapes of RFC 6350, 3.4, and those that products add ("\:", "\'", '\"'). Other backslashes stay. */
export function unescapeText(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\([nN,;:\\'"])/g, (_, code: string) => (code === 'n' || code === 'N' ? '\n' : code));
}

/** Escapes a text (RFC 6350, 3.4; RFC 2426, 5). Control characters other than tab and line breaks are left out. */
export function escapeText(text: string): string {
  return text
    .replace(CONTROLS, '')
    .replace(/[\\,;]/g, '\\$&')
    .replace(/\r\n|\r|\n/g, '\\n');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;

/** RFC 2045, 6.7; an "=" that opens no escape stays. */
function decodeQuotedPrintable(value: string, property: VcardProperty, card: CardText): string {
  if (!value.includes('=')) return card.octets ? fromOctets(Buffer.from(value, 'latin1'), property, card) : value;
  const source = Buffer.from(value, card.octets ? 'latin1' : 'utf8');
  const target = Buffer.allocUnsafe(source.length);
  let length = 0;
  for (let i = 0; i < source.length; i++) {
    const octet = source[i]!;
    const high = octet === 61 ? hexDigit(source[i + 1]) : -1;
    const low = high < 0 ? -1 : hexDigit(source[i + 2]);
    if (low >= 0) {
      target[length++] = high * 16 + low;
      i += 2;
    } else if (octet !== 61 || i < source.length - 1) target[length++] = octet;
  }
  return fromOctets(target.subarray(0, length), property, card);
}

function hexDigit(code: number | undefined): number {
  if (code === undefined) return -1;
  if (code >= 48 && code <= 57) return code - 48;
  const letter = code | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}

function fromOctets(octets: Buffer, property: VcardProperty, card: CardText): string {
  const declared = parameter(property, 'CHARSET');
  if (isUtf8(octets) && (declared === undefined || /^utf-?8$/i.test(declared))) return octets.toString('utf8');
  return decodeText(octets, declared ?? card.charset).text;
}

/** Octets in a base64 text, blanks included or not, without decoding it. */
export function base64Size(text: string): number {
  const compact = /\s/.test(text) ? text.replace(/\s+/g, '') : text;
  const padding = compact.endsWith('==') ? 2 : compact.endsWith('=') ? 1 : 0;
  return Math.max(0, Math.floor((compact.length * 3) / 4) - padding);
}
