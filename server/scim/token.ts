import { randomBytes } from 'node:crypto';

export const scimPath = '/scim/v2';
const prefix = 'entd_';

/** `entd_` and, in base64url, the workspace's id (16 octets) and 32 random ones. */
export function newDirectoryToken(workspaceId: string): string {
  const id = Buffer.from(workspaceId.replaceAll('-', ''), 'hex');
  return prefix + Buffer.concat([id, randomBytes(32)]).toString('base64url');
}

/** The workspace that a token says it opens; null for what is no token. */
export function workspaceOf(token: string): string | null {
  const octets = token.startsWith(prefix) ? Buffer.from(token.slice(prefix.length), 'base64url') : Buffer.alloc(0);
  if (octets.length !== 48) return null;
  const hex = octets.subarray(0, 16).toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
