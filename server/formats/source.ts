/** A file's octets, openable as often as needed. */
export type ByteSource = () => AsyncIterable<Uint8Array>;

export interface Peeked {
  /** The first octets, `size` of them unless the file is shorter. */
  head: Uint8Array;
  /** Whether `head` is the whole file. */
  complete: boolean;
  /** The whole file from its first octet; to be read once. */
  all: AsyncIterable<Uint8Array>;
  /** Lets go of the file where `all` is not read. */
  close(): Promise<void>;
}

/** Looks at the beginning of a stream without losing it. */
export async function peek(source: AsyncIterable<Uint8Array>, size: number): Promise<Peeked> {
  const iterator = source[Symbol.asyncIterator]();
  const chunks: Uint8Array[] = [];
  let length = 0;
  let complete = false;
  while (length < size) {
    const next = await iterator.next();
    if (next.done) {
      complete = true;
      break;
    }
    chunks.push(next.value);
    length += next.value.length;
  }
  const start = Buffer.concat(chunks);
  return {
    head: start.subarray(0, size),
    complete: complete && length <= size,
    all: chain(start, iterator, complete),
    async close() {
      await iterator.return?.();
    },
  };
}

async function* chain(
  start: Uint8Array,
  rest: AsyncIterator<Uint8Array>,
  complete: boolean,
): AsyncGenerator<Uint8Array> {
  try {
    if (start.length > 0) yield start;
    while (!complete) {
      const next = await rest.next();
      if (next.done) return;
      yield next.value;
    }
  } finally {
    await rest.return?.();
  }
}
