/** One card cut out of a file, in its own octets. */
export interface Slice {
  octets: Buffer;
  /** "unterminated": another card began before `END`; "truncated": the file ended. */
  end: 'complete' | 'unterminated' | 'truncated';
  /** Properties left out because the card grew beyond the limit: name and octets. */
  dropped: DroppedProperty[];
}

export interface DroppedProperty {
  name: string;
  size: number;
}

/** A card holds at most this much; what goes beyond (photos of tens of megabytes) is left out property by property. */
export const LARGEST_CARD = 16 * 1024 * 1024;

/** Nor more properties than this, so that a hostile card of tiny ones stays bounded too. */
const MOST_PROPERTIES = 5000;

/** No marker is longer: a line that a chunk cuts through is looked at when this much of it is there. */
const LONGEST_MARK = 256;

/** Beyond this many properties left out, the last entry counts the rest. */
const DROPPED_LISTED = 20;

const COLON = 58;
const [TAB, BLANK, CR, LF] = [9, 32, 13, 10];

/**
 * Cuts a stream of octets into cards without decoding it: only the head of each line is looked at. Works for every charset in
 * which ASCII is ASCII. Memory: one card, at most `LARGEST_CARD`, and one chunk.
 */
export class CardCutter {
  /** Whether a calendar (RFC 5545) was seen outside cards. */
  calendar = false;

  private readonly lineEnd: number;
  private found: Slice[] = [];
  private data: Buffer = Buffer.alloc(0);
  /** Where in `data` the octets of the card that are not in `parts` yet begin; -1: none are to be kept. */
  private span = -1;
  private parts: Buffer[] = [];
  private size = 0;
  private depth = 0;
  /** Where the current property starts, from the card's start. */
  private property = 0;
  private count = 0;
  private dropping: DroppedProperty | undefined;
  private dropped: DroppedProperty[] = [];
  /** The beginning of a line that the last chunk cut through. */
  private carry: Buffer | undefined;
  private midLine = false;
  /** The last property was an empty `AGENT` (a card follows), or `AGENT:BEGIN:VCARD` (its next line tells). */
  private agent: 'none' | 'empty' | 'inline' = 'none';

  /** @param lineEnd 10; 13 for files of the old Mac OS, which have no line feed */
  constructor(lineEnd: 10 | 13 = LF as 10) {
    this.lineEnd = lineEnd;
  }

  /** Whether no card is open. */
  get outside(): boolean {
    return this.depth === 0;
  }

  /** Takes the next octets; gives the cards that they complete. */
  push(chunk: Buffer): Slice[] {
    this.data = this.carry ? Buffer.concat([this.carry, chunk]) : chunk;
    this.carry = undefined;
    this.span = this.keeps() ? 0 : -1;
    let at = 0;
    while (at < this.data.length) {
      const newline = this.data.indexOf(this.lineEnd, at);
      const end = newline < 0 ? this.data.length : newline + 1;
      if (newline < 0 && !this.midLine && end - at < LONGEST_MARK) {
        this.carry = Buffer.from(this.data.subarray(at));
        break;
      }
      this.piece(at, end);
      this.midLine = newline < 0;
      at = end;
    }
    this.flush(at);
    return this.take();
  }

  /** The end of the file: the card that it cut through, if any. */
  finish(): Slice[] {
    this.data = this.carry ?? Buffer.alloc(0);
    this.span = this.keeps() ? 0 : -1;
    if (this.data.length > 0) this.piece(0, this.data.length);
    this.flush(this.data.length);
    if (this.depth > 0) this.emit('truncated');
    return this.take();
  }

  /** A line, or the further part of one that a chunk cut through. */
  private piece(at: number, end: number): void {
    if (!this.midLine) this.line(at, end);
    if (this.depth === 0) return;
    if (this.dropping) this.dropping.size += end - at;
    else if (this.offset(end) > LARGEST_CARD || this.count > MOST_PROPERTIES) this.drop(end);
  }

  private line(at: number, end: number): void {
    const mark = markOf(this.data, at, end);
    if (mark === 'BEGIN:VCARD') this.begin(at);
    else if (this.depth === 0) this.calendar ||= mark === 'BEGIN:VCALENDAR';
    else if (mark === 'END:VCARD') this.end(at, end);
    else if (isProperty(this.data, at, end)) this.startProperty(at, end);
    else if (this.agent === 'inline' && isFolded(this.data[at])) this.agent = 'none';
  }

  private begin(at: number): void {
    if (this.depth > 0 && this.agent === 'empty') {
      this.agent = 'none';
      this.depth++;
      return;
    }
    if (this.depth > 0) {
      this.flush(at);
      this.emit('unterminated');
    }
    this.depth = 1;
    this.span = at;
    this.property = 0;
  }

  private end(at: number, end: number): void {
    this.settleAgent();
    this.stopDropping(at);
    if (--this.depth > 0) return;
    this.flush(end);
    this.span = -1;
    this.emit('complete');
  }

  private startProperty(at: number, end: number): void {
    this.settleAgent();
    if ((this.data[at]! | 32) === 97) this.agent = agentOf(this.data, at, end);
    this.stopDropping(at);
    this.property = this.offset(at);
    this.count++;
  }

  /** `AGENT:BEGIN:VCARD` opens a nested card only when what follows is not folded. */
  private settleAgent(): void {
    if (this.agent === 'inline') this.depth++;
    this.agent = 'none';
  }

  private drop(end: number): void {
    this.flush(end);
    while (this.size > this.property) {
      const last = this.parts.pop()!;
      this.size -= last.length;
      const start = Math.max(0, this.property - this.size);
      this.keep(last.subarray(0, start));
      const name = /^[\w.-]*/.exec(last.toString('latin1', start, start + LONGEST_MARK))?.[0] ?? '';
      this.dropping = { name, size: (this.dropping?.size ?? 0) + last.length - start };
    }
    this.span = -1;
  }

  private stopDropping(at: number): void {
    if (!this.dropping) return;
    const last = this.dropped.at(-1);
    if (last && this.dropped.length >= DROPPED_LISTED) last.size += this.dropping.size;
    else this.dropped.push(this.dropping);
    this.dropping = undefined;
    this.span = at;
  }

  private keeps(): boolean {
    return this.depth > 0 && !this.dropping;
  }

  private offset(at: number): number {
    return this.size + (this.span < 0 ? 0 : at - this.span);
  }

  private flush(upTo: number): void {
    if (this.span < 0) return;
    this.keep(this.data.subarray(this.span, upTo));
    this.span = upTo;
  }

  private keep(octets: Buffer): void {
    if (octets.length === 0) return;
    this.parts.push(octets);
    this.size += octets.length;
  }

  private emit(end: Slice['end']): void {
    if (this.dropping) this.dropped.push(this.dropping);
    const octets = this.parts.length === 1 ? this.parts[0]! : Buffer.concat(this.parts);
    this.found.push({ octets, end, dropped: this.dropped });
    this.parts = [];
    this.size = 0;
    this.depth = 0;
    this.count = 0;
    this.dropped = [];
    this.dropping = undefined;
    this.agent = 'none';
  }

  private take(): Slice[] {
    const { found } = this;
    this.found = [];
    this.data = Buffer.alloc(0);
    return found;
  }
}

/** `BEGIN:…` or `END:VCARD` in upper case without blanks and byte order mark, or "" for any other line. */
function markOf(data: Buffer, at: number, end: number): string {
  const first = data[at]! | 32;
  if (first !== 98 && first !== 101 && data[at] !== 0xef) return '';
  const head = data
    .toString('latin1', at, Math.min(end, at + LONGEST_MARK))
    .replace(/^\xef\xbb\xbf/, '')
    .replace(/\s+/g, '')
    .toUpperCase();
  return head.startsWith('BEGIN:') || head === 'END:VCARD' ? head : '';
}

function isFolded(first: number | undefined): boolean {
  return first === BLANK || first === TAB;
}

/** Neither folded nor empty, and with a colon: lines of unfolded base64 have none. */
function isProperty(data: Buffer, at: number, end: number): boolean {
  const first = data[at];
  if (isFolded(first) || first === CR || first === LF) return false;
  for (let i = at; i < end; i++) if (data[i] === COLON) return true;
  return false;
}

function agentOf(data: Buffer, at: number, end: number): 'none' | 'empty' | 'inline' {
  if (end - at > LONGEST_MARK) return 'none';
  const value = /^agent\b[^:]*:\s*(begin:vcard)?\s*$/i.exec(data.toString('latin1', at, end));
  if (!value) return 'none';
  return value[1] ? 'inline' : 'empty';
}
