import sharp from 'sharp';

/** Points of an image that is unpacked: four times what a telephone takes; a bomb claims thousands of times as many. */
const MOST_PIXELS = 50_000_000;
/** Width at which letters of a card are 25 to 50 points high, as the recogniser likes them. */
const WIDTH = 1400;
/** Smaller images only blur when they are enlarged further. */
const MOST_ENLARGED = 4;
const EDGE = 20;

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
 * @throws when it is no picture, or larger than is unpacked
 */
export async function prepareCard(octets: Uint8Array): Promise<PreparedCard> {
  const source = sharp(octets, { limitInputPixels: MOST_PIXELS, failOn: 'error' });
  const { width = 0 } = await source.metadata();
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
