// Records of keys (RFC 6376, 3.6.1) and policies (RFC 7489, 6.3) in the domain name system.

/** `tag=value; tag=value`; the first of two of a name counts. Undefined: it is no such list. */
function readTags(record: string): Map<string, string> | undefined {
  const tags = new Map<string, string>();
  for (const part of record.split(';')) {
    if (part.trim() === '') continue;
    const [, name, value] = /^\s*([a-z][a-z0-9_]*)\s*=\s*(.*?)\s*$/is.exec(part) ?? [];
    if (!name) return undefined;
    if (!tags.has(name.toLowerCase())) tags.set(name.toLowerCase(), value!);
  }
  return tags;
}

/** A public key, as it stands in the domain name system. */
export type KeyRecord = 'same' | 'other' | 'revoked' | 'broken';

/** Whether a record publishes a key, which is given in base64 (SubjectPublicKeyInfo). */
export function compareKey(record: string, publicKey: string): KeyRecord {
  const tags = readTags(record);
  const key = tags?.get('p')?.replaceAll(/\s+/g, '');
  const version = tags?.get('v');
  if (key === undefined || (version !== undefined && version !== 'DKIM1')) return 'broken';
  if (key === '') return 'revoked';
  return key === publicKey && (tags!.get('k') ?? 'rsa') === 'rsa' ? 'same' : 'other';
}

export const keyRecord = (publicKey: string): string => `v=DKIM1; k=rsa; p=${publicKey}`;

export interface Policy {
  policy: 'none' | 'quarantine' | 'reject';
  /** Whether domains must be the same, or may belong to one organisation. */
  strict: { dkim: boolean; spf: boolean };
  /** Of a hundred messages. */
  percent: number;
  reports: boolean;
}

/** Reads a policy. @param inherited of a domain above: what it says of those below (`sp`) counts */
export function readPolicy(record: string, inherited = false): Policy | undefined {
  const tags = readTags(record);
  const said = (inherited ? tags?.get('sp') : undefined) ?? tags?.get('p');
  const policy = said?.toLowerCase();
  if (tags?.get('v') !== 'DMARC1' || !(policy === 'none' || policy === 'quarantine' || policy === 'reject'))
    return undefined;
  const percent = Number(tags.get('pct') ?? 100);
  return {
    policy,
    strict: { dkim: tags.get('adkim')?.toLowerCase() === 's', spf: tags.get('aspf')?.toLowerCase() === 's' },
    percent: Number.isInteger(percent) && percent >= 0 && percent <= 100 ? percent : 100,
    reports: (tags.get('rua') ?? '') !== '',
  };
}

/** As a zone file has a long text: in pieces of up to 255 octets (RFC 1035, 3.3.14). */
export const inPieces = (text: string): string =>
  (text.match(/.{1,255}/gs) ?? []).map((piece) => `"${piece.replaceAll(/["\\]/g, '\\$&')}"`).join(' ');
