import decodeCode from 'qr/decode.js';
import { pointsOf } from './image.ts';

/**
 * The vCard that a QR code on the picture holds, as text; undefined where there is none.
 *
 * @throws UnreadablePicture
 */
export async function findVcard(octets: Uint8Array): Promise<string | undefined> {
  for await (const picture of pointsOf(octets)) {
    const text = decoded(picture);
    if (text !== undefined) return /^\s*BEGIN:VCARD\b/i.test(text) ? text : undefined;
  }
  return undefined;
}

/** The library throws where it finds no code, or one that it cannot make out. */
function decoded(picture: { data: Uint8Array; width: number; height: number }): string | undefined {
  try {
    return decodeCode(picture);
  } catch {
    return undefined;
  }
}
