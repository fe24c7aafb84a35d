/** For tests of the readers: contacts of a text or of octets, in pieces of any size. */
import type { Contact, ReadOptions } from './contact.ts';
import { readContacts } from './index.ts';

export async function readAll(
  data: string | Uint8Array,
  options: Partial<ReadOptions> = {},
  piece = 4096,
): Promise<Contact[]> {
  const bytes = typeof data === 'string' ? Buffer.from(data) : data;
  async function* source(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
  }
  return Array.fromAsync(readContacts(source, { country: 'FR', ...options }));
}
