/** Integers that grow, on memory that threads can share; a typed array costs an eighth of an array of numbers in old space. */
export class Ints {
  array: Int32Array;
  length = 0;

  constructor(capacity = 1024) {
    this.array = sharedInts(capacity);
  }

  push(value: number): void {
    if (this.length === this.array.length) this.reserve(this.length * 2);
    this.array[this.length++] = value;
  }

  /** Makes room for so many, lest growing copies them again and again. */
  reserve(capacity: number): void {
    if (capacity <= this.array.length) return;
    const wider = sharedInts(capacity);
    wider.set(this.array.subarray(0, this.length));
    this.array = wider;
  }
}

export function sharedInts(length: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(length * 4));
}

export function sharedFloats(length: number): Float64Array {
  return new Float64Array(new SharedArrayBuffer(length * 8));
}

/** What another thread needs to read the same texts; to be handed on as it is. */
export interface SharedTexts {
  letters: Uint16Array;
  ends: Int32Array;
  size: number;
}

/**
 * Distinct texts, numbered in the order in which they came. Their letters stand in one array: a million of them are found twice as
 * fast as in a Map, keep nothing of the file alive that they were cut from, and cost the garbage collector nothing.
 */
export class Texts {
  size = 0;
  private letters: Uint16Array;
  /** By number, where its letters end; they begin where those of the one before end. */
  private readonly ends: Ints;
  /** Two numbers a place: hash, and the text's number counted from 1 (0: free). */
  private table = new Int32Array(256);

  constructor(shared?: SharedTexts) {
    this.letters = shared?.letters ?? new Uint16Array(new SharedArrayBuffer(2048));
    this.ends = new Ints(shared ? 0 : 256);
    if (!shared) return;
    this.ends.array = shared.ends;
    this.ends.length = shared.size;
    this.size = shared.size;
  }

  /** @returns the text's number, a new one where it was not there */
  add(text: string): number {
    const hash = hashOf(text);
    const mask = this.table.length - 1;
    let place = (hash << 1) & mask;
    for (let known = this.table[place + 1]!; known !== 0; known = this.table[place + 1]!) {
      if (this.table[place] === hash && this.is(known - 1, text)) return known - 1;
      place = (place + 2) & mask;
    }
    this.enter(place, hash);
    this.append(text);
    return this.size - 1;
  }

  /** Adds a text without looking whether it is there: for lists that may hold one twice. `add` is then not to be used. */
  push(text: string): void {
    this.append(text);
  }

  get(number: number): string {
    const [start, end] = [this.startOf(number), this.ends.array[number]!];
    if (end - start < PIECE) return String.fromCharCode.apply(null, this.letters.subarray(start, end) as never);
    let text = '';
    for (let at = start; at < end; at += PIECE)
      text += String.fromCharCode.apply(null, this.letters.subarray(at, Math.min(end, at + PIECE)) as never);
    return text;
  }

  /** Adds a text of others. @returns the text's number, a new one where it was not there */
  addFrom(others: Texts, number: number): number {
    const [start, end] = [others.startOf(number), others.ends.array[number]!];
    const hash = hashOfLetters(others.letters, start, end);
    const mask = this.table.length - 1;
    let place = (hash << 1) & mask;
    for (let known = this.table[place + 1]!; known !== 0; known = this.table[place + 1]!) {
      if (this.table[place] === hash && this.isSlice(known - 1, others.letters, start, end)) return known - 1;
      place = (place + 2) & mask;
    }
    this.enter(place, hash);
    const into = this.reserve(end - start);
    for (let at = start; at < end; at++) this.letters[into + at - start] = others.letters[at]!;
    return this.size - 1;
  }

  /** Adds all texts of others without looking whether they are there, as `push` does. */
  pushAll(others: Texts): void {
    const length = others.startOf(others.size);
    const shift = this.startOf(this.size);
    this.makeRoom(shift + length);
    this.letters.set(others.letters.subarray(0, length), shift);
    for (let number = 0; number < others.size; number++) this.ends.push(others.ends.array[number]! + shift);
    this.size += others.size;
  }

  /** For other threads, which may read all that is there now and must not add. */
  toShared(): SharedTexts {
    return { letters: this.letters, ends: this.ends.array, size: this.size };
  }

  private startOf(number: number): number {
    return number === 0 ? 0 : this.ends.array[number - 1]!;
  }

  private is(number: number, text: string): boolean {
    const start = this.startOf(number);
    if (this.ends.array[number]! - start !== text.length) return false;
    for (let at = 0; at < text.length; at++) if (this.letters[start + at] !== text.charCodeAt(at)) return false;
    return true;
  }

  private isSlice(number: number, letters: Uint16Array, from: number, to: number): boolean {
    const start = this.startOf(number);
    if (this.ends.array[number]! - start !== to - from) return false;
    for (let at = from; at < to; at++) if (this.letters[start + at - from] !== letters[at]) return false;
    return true;
  }

  private append(text: string): void {
    const start = this.reserve(text.length);
    for (let at = 0; at < text.length; at++) this.letters[start + at] = text.charCodeAt(at);
  }

  /** Makes room for one more text. @returns where its letters begin */
  private reserve(length: number): number {
    const start = this.startOf(this.size);
    this.makeRoom(start + length);
    this.ends.push(start + length);
    this.size++;
    return start;
  }

  private makeRoom(letters: number): void {
    if (letters <= this.letters.length) return;
    const wider = new Uint16Array(new SharedArrayBuffer(Math.max(letters, this.letters.length * 2) * 2));
    wider.set(this.letters.subarray(0, this.startOf(this.size)));
    this.letters = wider;
  }

  /** The next text gets a place. */
  private enter(place: number, hash: number): void {
    this.table[place] = hash;
    this.table[place + 1] = this.size + 1;
    if ((this.size + 1) * 3 > this.table.length) this.widen();
  }

  private widen(): void {
    const old = this.table;
    this.table = new Int32Array(old.length * 2);
    const mask = this.table.length - 1;
    for (let from = 0; from < old.length; from += 2) {
      if (old[from + 1] === 0) continue;
      let place = (old[from]! << 1) & mask;
      while (this.table[place + 1] !== 0) place = (place + 2) & mask;
      this.table[place] = old[from]!;
      this.table[place + 1] = old[from + 1]!;
    }
  }
}

/** More letters at once would not fit the stack of a call. */
const PIECE = 4096;

/** FNV-1a by letters, mixed so that the lowest bits tell as much as the others. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return finish(hash);
}

function hashOfLetters(letters: Uint16Array, from: number, to: number): number {
  let hash = 0x811c9dc5;
  for (let at = from; at < to; at++) hash = Math.imul(hash ^ letters[at]!, 0x01000193);
  return finish(hash);
}

function finish(letters: number): number {
  const hash = Math.imul(letters ^ (letters >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}
