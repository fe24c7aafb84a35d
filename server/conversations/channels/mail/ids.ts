import { createHash } from 'node:crypto';

const one = /<[^<>\s]{1,900}>/;

/** A message's own identifier; where there is none, one of its octets: read again it is the same. */
export function idOf(messageId: string | undefined, raw: Uint8Array): string {
  const said = one.exec(messageId ?? '')?.[0];
  if (said) return said;
  const bare = (messageId ?? '').trim();
  if (bare !== '' && /^[^<>\s]+$/.test(bare)) return `<${bare}>`;
  return `sha256:${createHash('sha256').update(raw).digest('hex')}`;
}

/** Identifiers that stand in a header again: not those that we had to make up. */
export const isIdentifier = (id: string): boolean => new RegExp(`^${one.source}$`).test(id);

/** The identifier of a mail of ours: however often it is tried, it is the same mail. */
export const ourId = (messageId: string, address: string): string =>
  `<${messageId}.entregent@${address.slice(address.lastIndexOf('@') + 1).toLowerCase()}>`;

export const isOurs = (id: string): boolean => /^<[0-9a-f-]{36}\.entregent@/.test(id);
