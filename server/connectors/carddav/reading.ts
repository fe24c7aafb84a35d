import { UnreadableFile } from '../../formats/contact.ts';
import { parseVcard, readVcards } from '../../formats/vcard/index.ts';
import type { Batch, Item, Since } from '../connector.ts';
import type { DavAccess } from '../dav/client.ts';
import { type CollectionKind, pullCollection } from '../dav/collection.ts';

export const addressBooks: CollectionKind = {
  service: 'carddav',
  addresses: {
    google: 'https://www.googleapis.com/.well-known/carddav',
    icloud: 'https://contacts.icloud.com/',
    fastmail: 'https://carddav.fastmail.com/',
  },
  type: 'C:addressbook',
  home: 'C:addressbook-home-set',
  multiget: 'C:addressbook-multiget',
  data: 'C:address-data',
  mediaType: 'text/vcard',
};

export function pull(access: DavAccess, since: Since): AsyncGenerator<Batch> {
  const { country } = access;
  return pullCollection(access, since, addressBooks, (path, state, octets) => readCard(path, state, octets, country));
}

async function readCard(path: string, state: string, octets: string, country: string): Promise<Item[]> {
  if (isGroup(octets)) return [];
  try {
    for await (const contact of readVcards(once(octets), { country })) return [{ key: path, state, contact }];
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
  }
  return [];
}

/** Lists of contacts (RFC 6350, 6.1.4; Apple's of before) are about nobody. */
const isGroup = (octets: string): boolean =>
  parseVcard(octets.slice(0, 20_000)).some(
    ({ name, value }) => /^(?:KIND|X-ADDRESSBOOKSERVER-KIND)$/i.test(name) && value.trim().toLowerCase() === 'group',
  );

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
