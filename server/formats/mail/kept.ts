import { type Contact, UnreadableFile } from '../contact.ts';

interface Kept {
  /** All but the original, as JSON. */
  contact: string;
  original: Contact['original'];
}

/**
 * The correspondents of a mailbox in the order of their first appearance, each as one piece of text: a string cut out of a
 * message keeps the whole message in memory, and a hundred thousand of them half a gigabyte.
 */
export class KeptContacts {
  private readonly kept = new Map<string, Kept>();
  private readonly limit: number;
  private length = 0;

  /** @param limit characters and octets of all contacts together */
  constructor(limit: number) {
    this.limit = limit;
  }

  get size(): number {
    return this.kept.size;
  }

  get(email: string): Contact | undefined {
    const found = this.kept.get(email);
    return found && { ...(JSON.parse(found.contact) as Omit<Contact, 'original'>), original: found.original };
  }

  /** @throws UnreadableFile `too_large` when all contacts together go beyond the limit */
  set(email: string, { original, ...rest }: Contact): void {
    const before = this.kept.get(email);
    const contact = JSON.stringify(rest);
    this.length += contact.length + original.data.length;
    if (before) this.length -= before.contact.length + before.original.data.length;
    if (this.length > this.limit) throw new UnreadableFile('too_large', { limit: this.limit });
    if (before?.contact === contact && before.original === original) return;
    // Copied, so that the key keeps no message either.
    this.kept.set(before ? email : Buffer.from(email).toString(), { contact, original });
  }

  *values(): Generator<Contact> {
    for (const email of this.kept.keys()) yield this.get(email)!;
  }
}
