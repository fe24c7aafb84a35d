import sharp from 'sharp';

/** Points of an image that is unpacked: four times what a telephone takes; a bomb claims thousands of times as many. */
export const MOST_PIXELS = 50_000_000;
/** Width at which letters of a card are 25 to 50 points high, as the recogniser likes them. */
const WIDTH = 1400;
/** Smaller images only blur when they are enlarged further. */
const MOST_ENLARGED = 4;
const EDGE = 20;
/** Of a picture in which a code is looked for: its squares are some points wide then, and it takes 50 ms. */
const CODE_WIDTHS = [2000, 1000];

/** Why a picture is refused: it is none (or broken), or has more points than are unpacked. */
export class UnreadablePicture extends Error {
  readonly code: 'no_picture' | 'too_many_points';
  constructor(code: UnreadablePicture['code'], cause?: unknown) {
    super(code, { cause });
    this.code = code;
  }
}

/** Nothing of it is unpacked here. @throws UnreadablePicture */
export async function checkPicture(octets: Uint8Array): Promise<{ width: number; height: number }> {
  // No octets at all are refused at once, before there is anything to wait for.
  const head = async () => sharp(octets, { limitInputPixels: false }).metadata();
  const { width, height } = await head().catch((error: unknown) => {
    throw new UnreadablePicture('no_picture', error);
  });
  if (width * height > MOST_PIXELS) throw new UnreadablePicture('too_many_points');
  return { width, height };
}

/** A picture of a card as the recogniser wants it, dark letters on light ground, and the same turned round. */
export interface PreparedCard {
  /** PNG, grey. */
  positive: Buffer;
  negative: Buffer;
  /** Of the picture as it came. */
  width: number;
}

/**
 * Makes a picture ready: upright, grey, contrast over its whole range, of one size, an edge around it.
 *
 * @throws UnreadablePicture
 */
export async function prepareCard(octets: Uint8Array): Promise<PreparedCard> {
  const { width } = await checkPicture(octets);
  return unpack(octets, width).catch((error: unknown) => {
    throw new UnreadablePicture('no_picture', error);
  });
}

/** A picture as colours of its points, at the widths at which a code may be found. */
export async function* pointsOf(
  octets: Uint8Array,
): AsyncGenerator<{ data: Uint8Array; width: number; height: number }> {
  await checkPicture(octets);
  for (const width of CODE_WIDTHS) {
    const { data, info } = await sharp(octets, { limitInputPixels: MOST_PIXELS })
      .autoOrient()
      .flatten({ background: '#ffffff' })
      .resize({ width, height: width, fit: 'inside', withoutEnlargement: true })
      .toColourspace('srgb')
      .ensureAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true })
      .catch((error: unknown) => {
        throw new UnreadablePicture('no_picture', error);
      });
    yield { data, width: info.width, height: info.height };
  }
}

async function unpack(octets: Uint8Array, width: number): Promise<PreparedCard> {
  const source = sharp(octets, { limitInputPixels: MOST_PIXELS, failOn: 'error' });
  const target = Math.max(1, Math.round(Math.min(WIDTH, width * MOST_ENLARGED)));
  const { data, info } = await source
    .autoOrient()
    .flatten({ background: '#ffffff' })
    .resize({ width: target, height: 3 * WIDTH, fit: 'inside', kernel: 'cubic', withoutEnlargement: false })
    .greyscale()
    .normalise()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const raw = { raw: { width: info.width, height: info.height, channels: info.channels } };
  const dark = mean(data) < 128;
  const straight = sharp(data, raw).extend(edge(dark)).png().toBuffer();
  const turned = sharp(data, raw).negate().extend(edge(!dark)).png().toBuffer();
  const [positive, negative] = await Promise.all(dark ? [turned, straight] : [straight, turned]);
  return { positive, negative, width };
}

const edge = (dark: boolean) => ({
  top: EDGE,
  bottom: EDGE,
  left: EDGE,
  right: EDGE,
  background: dark ? '#000' : '#fff',
});

function mean(data: Uint8Array): number {
  let sum = 0;
  for (const value of data) sum += value;
  return sum / Math.max(1, data.length);
}
