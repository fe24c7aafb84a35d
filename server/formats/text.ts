import { isAscii, isUtf8 } from 'node:buffer';
import iconv from 'iconv-lite';

/** Text made from octets. */
export interface DecodedText {
  /** Without byte order mark. */
  text: string;
  /** IANA name in lower case: "utf-8", "utf-16le", "windows-1252", "macintosh"… */
  charset: string;
  /** True when nothing in the file said so: neither mark, nor a valid declaration, nor valid UTF-8. */
  guessed: boolean;
}

/** A charset and how it was found. */
export interface DetectedCharset {
  charset: string;
  guessed: boolean;
}

/** Octets looked at where a judgement on a whole file is not needed. */
const SAMPLE = 1 << 16;

/** Octets above 127 that are weighed to tell one-octet charsets apart. */
const WEIGHED = 2000;

/** Windows-1252 is what is meant by Latin-1 and ASCII (WHATWG Encoding, section 4.2). */
const SAME_AS_1252 = new Set(['iso-8859-1', 'latin1', 'l1', 'us-ascii', 'ascii', 'ansi', 'cp1252', 'windows1252']);
const SAME_AS_UTF8 = new Set(['utf8', 'unicode-1-1-utf-8', 'utf-8-sig']);
const SAME_AS_MAC = new Set(['macroman', 'mac', 'x-mac-roman', 'x-macintosh']);

/**
 * Decodes a whole file. Order of trust: byte order mark, UTF-16 without mark (by its zero octets), UTF-8 when valid, the
 * declared charset, then the most plausible of windows-1252, MacRoman and IBM850 for European text.
 *
 * Valid UTF-8 outranks a declared one-octet charset, since accented UTF-8 is next to never plausible as anything else,
 * while products declare ISO-8859-1 and write UTF-8.
 *
 * @param hint charset declared by the file or its container; ignored when unknown
 */
export function decodeText(bytes: Uint8Array, hint?: string): DecodedText {
  const { charset, guessed } = detectCharset(bytes, hint);
  return { text: decodeAs(bytes, charset), charset, guessed };
}

/** The charset `decodeText` would use. A sequence cut at the end of `bytes` does not disturb, so a file's head will do. */
export function detectCharset(bytes: Uint8Array, hint?: string): DetectedCharset {
  const marked = byteOrderMark(bytes) ?? zeroPattern(bytes);
  if (marked) return { charset: marked, guessed: false };
  const declared = knownCharset(hint);
  const multiByte =
    declared !== undefined && /^(shift_?jis|sjis|euc|gb|big5|iso-2022|cp932|cp936|utf-7)/.test(declared);
  if (declared && multiByte) return { charset: declared, guessed: false };
  const whole = withoutCutEnd(bytes);
  if (isUtf8(whole)) return { charset: isAscii(whole) ? (declared ?? 'utf-8') : 'utf-8', guessed: false };
  if (declared && declared !== 'utf-8') return { charset: declared, guessed: false };
  return { charset: mostlyUtf8(bytes) ? 'utf-8' : mostPlausible(bytes), guessed: true };
}

/** Decodes as told; octets that the charset does not know become U+FFFD. Unknown charsets are read as windows-1252. */
export function decodeAs(bytes: Uint8Array, charset: string): string {
  const name = knownCharset(charset) ?? 'windows-1252';
  if (isBuiltIn(name)) return new TextDecoder(name).decode(bytes);
  return iconv.decode(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), name);
}

/** Decodes a stream as told, piece by piece, characters cut between pieces included. Memory: one piece. */
export async function* decodeStream(source: AsyncIterable<Uint8Array>, charset: string): AsyncGenerator<string> {
  const name = knownCharset(charset) ?? 'windows-1252';
  if (isBuiltIn(name)) {
    const decoder = new TextDecoder(name);
    for await (const chunk of source) yield decoder.decode(chunk, { stream: true });
    yield decoder.decode();
    return;
  }
  const decoder = iconv.getDecoder(name);
  for await (const chunk of source) yield decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
  yield decoder.end() ?? '';
}

const MAGIC = [
  'PK\x03\x04',
  '%PDF',
  '\x89PNG',
  '\xff\xd8\xff',
  'GIF8',
  'MZ',
  '\x1f\x8b',
  '\x7fELF',
  '\xd0\xcf\x11\xe0',
  'Rar!',
];

/** Whether these octets (a file's head is enough) cannot be text: a known signature, zero octets, many control characters. */
export function looksBinary(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 8192));
  if (byteOrderMark(head) ?? zeroPattern(head)) return false;
  const start = head.toString('latin1', 0, 8);
  if (MAGIC.some((magic) => start.startsWith(magic) && (magic !== 'MZ' || head.includes(0)))) return true;
  let controls = 0;
  for (const octet of head) {
    if (octet === 0) return true;
    if (octet < 32 && !(octet >= 8 && octet <= 13) && octet !== 0x1b && octet !== 0x1a) controls++;
  }
  return controls > head.length / 50;
}

/** A charset's name as iconv-lite and we write it, or undefined when it is not one. */
function knownCharset(name: string | undefined): string | undefined {
  if (!name) return undefined;
  const plain = name
    .trim()
    .replace(/^["']|["']$/g, '')
    .toLowerCase();
  if (SAME_AS_UTF8.has(plain)) return 'utf-8';
  if (SAME_AS_1252.has(plain)) return 'windows-1252';
  if (SAME_AS_MAC.has(plain)) return 'macintosh';
  if (/^(base64|hex|binary)$/.test(plain)) return undefined;
  return iconv.encodingExists(plain) ? plain : undefined;
}

/** What the platform decodes itself: iconv-lite's MacRoman is that of before 1998, without the euro sign. */
function isBuiltIn(charset: string): boolean {
  return charset === 'utf-8' || charset === 'utf-16le' || charset === 'utf-16be' || charset === 'macintosh';
}

function byteOrderMark(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return undefined;
}

/** UTF-16 without mark: European text has a zero in nearly every second octet, always on the same side. */
function zeroPattern(bytes: Uint8Array): string | undefined {
  const end = Math.min(bytes.length & ~1, 4096);
  if (end < 4) return undefined;
  let even = 0;
  let odd = 0;
  for (let i = 0; i < end; i += 2) {
    if (bytes[i] === 0) even++;
    if (bytes[i + 1] === 0) odd++;
  }
  const most = (end / 2) * 0.7;
  if (odd >= most && even < end / 40) return 'utf-16le';
  if (even >= most && odd < end / 40) return 'utf-16be';
  return undefined;
}

/** Without the beginning of a UTF-8 sequence that the end of a sample cut through. */
function withoutCutEnd(bytes: Uint8Array): Uint8Array {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const octet = bytes[bytes.length - back]!;
    if (octet < 0x80) return bytes;
    if (octet < 0xc0) continue;
    const length = octet >= 0xf0 ? 4 : octet >= 0xe0 ? 3 : 2;
    return length > back ? bytes.subarray(0, bytes.length - back) : bytes;
  }
  return bytes;
}

/** UTF-8 with a few damaged octets, as when one line of another charset was pasted in. */
function mostlyUtf8(bytes: Uint8Array): boolean {
  const text = new TextDecoder('utf-8').decode(bytes.subarray(0, 16 * SAMPLE));
  let broken = 0;
  let sound = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0xfffd) broken++;
    else if (code > 127) sound++;
  }
  return sound > 8 * broken;
}

const CANDIDATES: { charset: string; handicap: number }[] = [
  { charset: 'windows-1252', handicap: 0 },
  { charset: 'macintosh', handicap: 0.1 },
  { charset: 'ibm850', handicap: 0.2 },
];

/** Picks the one-octet charset in which the octets above 127 read most like European text. Ties go to windows-1252. */
function mostPlausible(bytes: Uint8Array): string {
  let best = 'windows-1252';
  let bestScore = Number.NEGATIVE_INFINITY;
  for (const { charset, handicap } of CANDIDATES) {
    const score = plausibility(bytes, highHalf(charset)) - handicap;
    if (score > bestScore) {
      bestScore = score;
      best = charset;
    }
  }
  return best;
}

function highHalf(charset: string): string {
  return iconv.decode(Buffer.from(Array.from({ length: 128 }, (_, i) => i + 128)), charset);
}

const LOWER = /[éèêëàâäîïôöùûüçœæÿßñáíóúãõåøìò]/;
const UPPER = /[ÉÈÊËÀÂÄÎÏÔÖÙÛÜÇŒÆŸÑÁÍÓÚÃÕÅØÌÒ]/;
const MARKS = /[’‘“”«»–—…€°·•\u00a0²³§©®]/;

/** Mean plausibility, from -4 to 2, of the octets above 127 between their neighbours. */
function plausibility(bytes: Uint8Array, high: string): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < bytes.length && count < WEIGHED; i++) {
    const octet = bytes[i]!;
    if (octet < 128) continue;
    count++;
    sum += weight(high[octet - 128]!, bytes[i - 1] ?? 32, bytes[i + 1] ?? 32);
  }
  return count === 0 ? 0 : sum / count;
}

function weight(character: string, before: number, after: number): number {
  const lowerNear = isLower(before) || isLower(after);
  const upperNear = isUpper(before) || isUpper(after);
  const inWord = lowerNear || upperNear;
  if (LOWER.test(character)) return lowerNear ? 2 : upperNear ? 0 : 1;
  if (UPPER.test(character)) return isLower(before) ? -2 : upperNear || isLower(after) ? 2 : 0.5;
  if (character === '’') return inWord ? 2 : 0;
  if (MARKS.test(character)) return isLower(before) && isLower(after) ? -2 : 1;
  return inWord ? -4 : -2;
}

function isLower(octet: number): boolean {
  return octet >= 97 && octet <= 122;
}

function isUpper(octet: number): boolean {
  return octet >= 65 && octet <= 90;
}
