/**
 * Cuts a mailbox (mbox, RFC 4155) into messages. A message begins at a line "From …" at the start or after a blank line;
 * ">From " is set back. Memory: one message, and of a longer one than `limit` only its beginning.
 */
export async function* splitMbox(source: AsyncIterable<Uint8Array>, limit: number): AsyncGenerator<Buffer> {
  const message = new Message(limit);
  let afterBlank = true;
  for await (const line of lines(source)) {
    if (afterBlank && isSeparator(line)) {
      if (message.started) yield message.take();
      message.started = true;
    } else if (message.started) {
      message.add(/^>+From /.test(line.toString('latin1', 0, 20)) ? line.subarray(1) : line);
    }
    afterBlank = line.length <= 2 && (line[0] === 10 || line[0] === 13);
  }
  if (message.started) yield message.take();
}

class Message {
  started = false;
  private readonly limit: number;
  private parts: Buffer[] = [];
  private length = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  add(line: Buffer): void {
    if (this.length >= this.limit) return;
    this.parts.push(line);
    this.length += line.length;
  }

  take(): Buffer {
    const whole = Buffer.concat(this.parts);
    this.parts = [];
    this.length = 0;
    return whole;
  }
}

/** "From sender weekday month day time year": a sentence that begins with "From" has no year at its end. */
function isSeparator(line: Buffer): boolean {
  if (line[0] !== 70 || line.length > 400) return false;
  return /^From \S.*\d{4}\s*(?:[+-]\d{4})?\s*(?:remote from .*)?$/.test(line.toString('latin1').trimEnd());
}

/** Lines with their breaks; a line longer than a megabyte comes in pieces. */
async function* lines(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let held = Buffer.alloc(0);
  for await (const chunk of source) {
    const bytes =
      held.length > 0 ? Buffer.concat([held, chunk]) : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    let start = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
      yield bytes.subarray(start, end + 1);
      start = end + 1;
    }
    held = Buffer.from(bytes.subarray(start));
    if (held.length > 1 << 20) {
      yield held;
      held = Buffer.alloc(0);
    }
  }
  if (held.length > 0) yield held;
}
