import sharp from 'sharp';
import { checkPicture, MOST_PIXELS, UnreadablePicture } from '../formats/business-cards/image.ts';
import { AppError } from '../kernel/errors.ts';

/** Points across of what is kept: twice the width of a mail, for screens of twice the sharpness. */
const mostAcross = 1200;

/** Drawings (SVG) are programs: they are not drawn here. */
const taken: ReadonlySet<string> = new Set(['jpeg', 'png', 'gif', 'webp', 'heif', 'avif']);

export interface Picture {
  octets: Buffer;
  mediaType: 'image/jpeg' | 'image/png';
  width: number;
  height: number;
}

/**
 * A picture as every mail program shows it: unpacked within limits, upright, no larger than a mail needs, without what a camera wrote into it
 * (where it was taken); PNG where it has see-through parts, else JPEG. Its kind is what its octets say.
 * @throws AppError picture_too_large, unreadable_picture
 */
export async function toMailPicture(octets: Uint8Array): Promise<Picture> {
  try {
    return await reduce(octets);
  } catch (error) {
    const tooLarge = error instanceof UnreadablePicture && error.code === 'too_many_points';
    throw new AppError(tooLarge ? 'picture_too_large' : 'unreadable_picture');
  }
}

async function reduce(octets: Uint8Array): Promise<Picture> {
  await checkPicture(octets);
  const { hasAlpha, format } = await sharp(octets).metadata();
  if (!taken.has(format)) throw new UnreadablePicture('no_picture');
  const source = sharp(octets, { limitInputPixels: MOST_PIXELS, failOn: 'error' })
    .autoOrient()
    .resize({ width: mostAcross, height: mostAcross * 2, fit: 'inside', withoutEnlargement: true })
    .toColourspace('srgb');
  // A drawing of few colours stays sharp, and small, as PNG.
  const png = hasAlpha || format === 'png' || format === 'gif';
  const made = await (png
    ? source.png({ palette: !hasAlpha, effort: 7 })
    : source.jpeg({ quality: 82, mozjpeg: true })
  ).toBuffer({
    resolveWithObject: true,
  });
  const { width, height } = made.info;
  return { octets: made.data, mediaType: png ? 'image/png' : 'image/jpeg', width, height };
}
