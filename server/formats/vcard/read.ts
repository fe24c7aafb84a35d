import { isAscii, isUtf8 } from 'node:buffer';
import { type Contact, type ReadOptions, UnreadableFile } from '../contact.ts';
import { detectCharset, looksBinary } from '../text.ts';
import { interpretCard } from './interpret.ts';
import { encodingOf, parameter, parseVcard, type VcardProperty } from './property.ts';
import { CardCutter, type Slice } from './slices.ts';

/** A file without a card in its first mebibyte is no vCard file. */
const FIRST_CARD_WITHIN = 1 << 20;

/** What is looked at to tell charset and line ends. */
const HEAD = 4096;

/**
 * Reads the cards of a file as they come: vCard 2.1 (versit, 1996), 3.0 (RFC 2426), 4.0 (RFC 6350), and files without version.
 * Memory is bounded by the largest card, whatever the file's size.
 *
 * Warnings: `card.truncated` (the file's end cut through it), `card.unterminated` (the next card began before its end),
 * `card.empty`, `property.too_large` (left out, with name and octets), `charset.guessed`, `email.invalid`, `phone.invalid`,
 * `date.invalid`, `photo.invalid`, `kind.unusual`.
 *
 * @throws UnreadableFile `empty`, `binary`, `calendar`, `no_contacts`; `truncated` when the only card was cut before it said anything
 */
export async function* readVcards(source: AsyncIterable<Uint8Array>, options: ReadOptions): AsyncGenerator<Contact> {
  const input = await openInput(source);
  const cutter = new CardCutter(input.lineEnd);
  const reading: Reading = { options, charset: input.wide };
  let seen = 0;
  let given = 0;
  for await (const chunk of input.chunks) {
    seen += chunk.length;
    for (const slice of cutter.push(chunk)) {
      given++;
      yield readSlice(slice, reading);
    }
    if (given === 0 && seen > FIRST_CARD_WITHIN && cutter.outside) throw refusal(input.head, cutter);
  }
  for (const slice of cutter.finish()) {
    const contact = readSlice(slice, reading);
    if (given === 0 && saysNothing(contact)) throw new UnreadableFile('truncated');
    given++;
    yield contact;
  }
  if (given === 0) throw refusal(input.head, cutter);
}

type Wide = 'utf-16le' | 'utf-16be';

interface Input {
  head: Buffer;
  lineEnd: 10 | 13;
  /** UTF-16 is turned to UTF-8 on the way in, since lines are found by octets. */
  wide: Wide | undefined;
  chunks: AsyncIterable<Buffer>;
}

async function openInput(source: AsyncIterable<Uint8Array>): Promise<Input> {
  const iterator = source[Symbol.asyncIterator]();
  const first: Buffer[] = [];
  for (let size = 0; size < HEAD; ) {
    const next = await iterator.next();
    if (next.done) break;
    first.push(asBuffer(next.value));
    size += next.value.length;
  }
  const head = Buffer.concat(first);
  const { charset } = detectCharset(head.subarray(0, HEAD));
  const wide = charset === 'utf-16le' || charset === 'utf-16be' ? charset : undefined;
  const start = wide ? new TextDecoder(wide).decode(head.subarray(0, HEAD)) : head.toString('latin1', 0, HEAD);
  const lineEnd = start.includes('\r') && !start.includes('\n') ? 13 : 10;
  return { head, lineEnd, wide, chunks: wide ? narrow(rest(head, iterator), wide) : rest(head, iterator) };
}

function asBuffer(octets: Uint8Array): Buffer {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
}

async function* rest(head: Buffer, iterator: AsyncIterator<Uint8Array>): AsyncGenerator<Buffer> {
  try {
    yield head;
    for (;;) {
      const next = await iterator.next();
      if (next.done) return;
      yield asBuffer(next.value);
    }
  } finally {
    await iterator.return?.();
  }
}

async function* narrow(source: AsyncIterable<Buffer>, wide: Wide): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder(wide);
  for await (const chunk of source) yield Buffer.from(decoder.decode(chunk, { stream: true }));
  yield Buffer.from(decoder.decode());
}

function refusal(head: Buffer, cutter: CardCutter): UnreadableFile {
  if (head.length === 0) return new UnreadableFile('empty');
  if (looksBinary(head)) return new UnreadableFile('binary');
  return new UnreadableFile(cutter.calendar ? 'calendar' : 'no_contacts');
}

interface Reading {
  options: ReadOptions;
  /** What the file was written in, when that is UTF-16. */
  charset: Wide | undefined;
}

function readSlice({ octets, end, dropped }: Slice, { options, charset: wide }: Reading): Contact {
  const utf8 = isUtf8(octets);
  const properties = parseVcard(octets.toString(utf8 ? 'utf8' : 'latin1'));
  const cut = end === 'truncated' ? takeCut(properties, octets) : undefined;
  const charset = utf8 ? undefined : guessCharset(properties);
  const old = properties.some(({ name, value }) => name.toUpperCase() === 'VERSION' && value.trim().startsWith('2'));
  const contact = interpretCard(properties, { octets: !utf8, charset, old }, options);
  if (cut)
    contact.extra.push({ name: cut.name, value: options.octets === false ? cut.value.slice(0, 200) : cut.value });
  if (end !== 'complete') contact.warnings.push({ code: `card.${end}` });
  if (charset) contact.warnings.push({ code: 'charset.guessed', detail: charset });
  for (const { name, size } of dropped)
    contact.warnings.push({ code: 'property.too_large', detail: `${name} ${size}` });
  if (properties.every(({ name }) => /^version$/i.test(name))) contact.warnings.push({ code: 'card.empty' });
  if (options.octets !== false) contact.original = originalOf(octets, wide, charset);
  return contact;
}

/** The property that the file's end cut through: half a number is no number. */
function takeCut(properties: VcardProperty[], octets: Buffer): VcardProperty | undefined {
  const last = properties.at(-1);
  const whole = octets.at(-1) === 10 || octets.at(-1) === 13;
  return last && (!whole || encodingOf(last) === 'base64') ? properties.pop() : undefined;
}

/**
 * The charset of values that neither are UTF-8 nor declare one. Values are looked at unfolded, since folding may cut through a
 * character (RFC 6350, 3.2).
 */
function guessCharset(properties: readonly VcardProperty[]): string | undefined {
  const values: Buffer[] = [];
  for (const property of properties) {
    const octets = Buffer.from(property.value, 'latin1');
    if (isAscii(octets) || isUtf8(octets) || parameter(property, 'CHARSET') !== undefined) continue;
    values.push(octets);
  }
  return values.length === 0 ? undefined : detectCharset(Buffer.concat(values)).charset;
}

function originalOf(octets: Buffer, wide: Wide | undefined, charset: string | undefined): Contact['original'] {
  const written = wide ?? charset;
  const mediaType = written ? `text/vcard;charset=${written}` : 'text/vcard';
  if (!wide) return { mediaType, data: new Uint8Array(octets) };
  const data = Buffer.from(octets.toString('utf8'), 'utf16le');
  return { mediaType, data: new Uint8Array(wide === 'utf-16be' ? data.swap16() : data) };
}

function saysNothing({ name, emails, phones, organization, addresses, note, photo }: Contact): boolean {
  const lists = emails.length + phones.length + addresses.length;
  return lists === 0 && !name.full && !organization && !note && !photo;
}
