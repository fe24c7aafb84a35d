const octets = (id: string): Buffer => Buffer.from(id.replaceAll('-', ''), 'hex');
const uuid = (bytes: Buffer): string =>
  bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

/** Octets of chance in the address of an image: nobody guesses 144 bits. */
export const secretLength = 18;

/** Where everybody's mail program finds an image: workspace (16 octets) ‖ image (16) ‖ its secret, in base64url. */
export const imageUrl = (publicUrl: string, workspaceId: string, image: { image_id: string; secret: Buffer }): string =>
  `${publicUrl}/i/${Buffer.concat([octets(workspaceId), octets(image.image_id), image.secret]).toString('base64url')}`;

/** @returns null for what is no such address */
export function readImageToken(token: string): { workspaceId: string; imageId: string; secret: Buffer } | null {
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.length !== 32 + secretLength || bytes.toString('base64url') !== token) return null;
  return {
    workspaceId: uuid(bytes.subarray(0, 16)),
    imageId: uuid(bytes.subarray(16, 32)),
    secret: bytes.subarray(32),
  };
}
