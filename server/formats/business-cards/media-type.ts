/** What pictures of cards may be: what telephones and scanners make, and browsers show. SVG and PDF run things, and are not among them. */
export type PictureType = 'image/jpeg' | 'image/png' | 'image/webp';

const heads: readonly [PictureType, RegExp][] = [
  ['image/jpeg', /^\xff\xd8\xff/],
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the signature of PNG holds one
  ['image/png', /^\x89PNG\r\n\x1a\n/],
  ['image/webp', /^RIFF[\s\S]{4}WEBP/],
];

/** By its first octets, whatever it calls itself. */
export function pictureType(octets: Uint8Array): PictureType | undefined {
  const head = Buffer.from(octets.subarray(0, 16)).toString('latin1');
  return heads.find(([, form]) => form.test(head))?.[0];
}
