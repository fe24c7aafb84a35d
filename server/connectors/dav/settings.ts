import { z } from 'zod';
import { Trouble } from '../connector.ts';
import type { CollectionKind } from './collection.ts';

const account = { username: z.string().trim().min(1).max(320) };

/** An account with address books or calendars online. */
export const settings = z.discriminatedUnion('service', [
  z.object({ service: z.enum(['google', 'icloud', 'fastmail']), ...account }),
  z.object({
    service: z.enum(['nextcloud', 'other']),
    ...account,
    /** An address as one types it: `https://…`, a host, or the part of an e-mail address behind the `@`. */
    address: z.string().trim().min(1).max(2000),
  }),
]);
export type Settings = z.output<typeof settings>;

export const secret = z.object({ password: z.string().min(1).max(1000) });
export type Secret = z.output<typeof secret>;

/** Where to begin to look (RFC 6764, 5). @throws Trouble for a service that has none of that kind */
export function startOf(entered: Settings, { addresses }: CollectionKind): string {
  if (entered.service !== 'nextcloud' && entered.service !== 'other') {
    const known = addresses[entered.service];
    if (!known) throw new Trouble('bad_address');
    return known;
  }
  const { address } = entered;
  const url = /^https?:\/\//i.test(address) ? address : `https://${address}`;
  if (entered.service === 'other') return url;
  // Nextcloud keeps its DAV here, whatever page of it the address is of.
  return `${url.replace(/\/(?:index\.php|remote\.php|apps|login|s)(?:\/.*)?$/i, '').replace(/\/+$/, '')}/remote.php/dav/`;
}
