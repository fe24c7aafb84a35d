import PostalMime, { type Email } from 'postal-mime';
import { prepared } from '../mail/read.ts';

/** Octets and lines of a message that are read: bodies stand before attachments, and the parser takes 30 µs a line. */
const MOST_OCTETS = 4 << 20;
const MOST_LINES = 30_000;
/** Parts within parts; mailers make five or six. */
const DEEPEST = 24;
/** Parts in all. A bomb has hundreds of thousands, each of which the parser would keep. */
const MOST_PARTS = 500;
const LARGEST_HEAD = 512 << 10;

/** A message taken apart, and its octets. */
export interface OpenedMessage {
  mail: Email;
  raw: Uint8Array;
}

/**
 * Takes a message of any origin apart, in memory only. Of one that goes beyond the limits the beginning is read; one that is nested
 * too deeply, or whose header has no end, is undefined.
 */
export async function openMessage(raw: Uint8Array): Promise<OpenedMessage | undefined> {
  const octets = Buffer.from(raw.buffer, raw.byteOffset, Math.min(raw.byteLength, MOST_OCTETS));
  try {
    const limits = { maxNestingDepth: DEEPEST, maxHeadersSize: LARGEST_HEAD };
    return { mail: await PostalMime.parse(prepared(withinLimits(octets)), limits), raw: octets };
  } catch {
    return undefined;
  }
}

/** Cut before the line or the part that is one too many. A line of dashes counts as a part; no honest message has hundreds. */
function withinLimits(octets: Buffer): Buffer {
  let parts = 0;
  let lines = 0;
  for (let at = octets.indexOf(10); at >= 0; at = octets.indexOf(10, at + 1)) {
    if (octets[at + 1] === 45 && octets[at + 2] === 45) parts++;
    if (++lines > MOST_LINES || parts > 2 * MOST_PARTS) return octets.subarray(0, at + 1);
  }
  return octets;
}
