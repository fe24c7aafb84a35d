import sharp from 'sharp';
import { checkPicture, MOST_PIXELS, UnreadablePicture } from './image.ts';

/** Where a card lies on a picture, in points of the picture held upright. */
export interface Place {
  /** Of its middle. */
  x: number;
  y: number;
  width: number;
  height: number;
  /** Degrees by which it is turned clockwise: −45 to 45. */
  turn: number;
}

/** The longest side at which cards are looked for: their edges are seen, their letters are not. */
const LOOKED_AT = 320;
/** Differences of a colour (of 255) that are grain and shadow of a table, whatever else there is. */
const GRAIN = 24;
/** Smaller things beside the cards are no cards: a pen, a badge. */
const SMALLEST = 0.025;
/** What is not a rectangle by more than its rounded corners is no card. */
const FILLED = 0.82;
/** Cards are 1.42 (of Japan, 1.65) to 2 times as wide as high; seen from the side somewhat less or more. */
const [NARROWEST, WIDEST] = [1.25, 2.2];
/** Cards on one picture are of about one size, which parts of one card are not. */
const LARGER = 1.8;

interface Picture {
  data: Uint8Array;
  width: number;
  height: number;
  /** Points of the picture as it came for one of this. */
  scale: number;
}

/**
 * Finds the cards of a picture that shows several, laid out on a ground of another colour without touching one another. Nothing is found where
 * it is not plain that there are several: a card with coloured parts is one card.
 *
 * The ground is what the edge of the picture mostly is; what differs from it (threshold of Otsu, 1979) falls into pieces, and those that fill
 * the least rectangle around them are cards.
 *
 * @returns from top to bottom and left to right; empty for one card, or none
 * @throws UnreadablePicture
 */
export async function findCards(octets: Uint8Array): Promise<Place[]> {
  const picture = await load(octets);
  const mask = maskOf(picture);
  const pieces = piecesOf(mask, picture.width, picture.height).filter(
    ({ area }) => area >= SMALLEST * picture.width * picture.height,
  );
  const places = pieces.map((piece) => ({ ...around(piece.edge), area: piece.area }));
  const areas = pieces.map(({ area }) => area);
  const areCards = places.every(isCard) && Math.max(...areas) <= LARGER * Math.min(...areas);
  if (places.length < 2 || !areCards) return [];
  const found = places.map(({ area: _area, turn, ...place }) => ({ ...scaled(place, picture.scale), turn }));
  const row = Math.min(...found.map(({ height }) => height));
  return found.sort((a, b) => Math.round(a.y / row) - Math.round(b.y / row) || a.x - b.x);
}

async function load(octets: Uint8Array): Promise<Picture> {
  await checkPicture(octets);
  try {
    const upright = sharp(octets, { limitInputPixels: MOST_PIXELS, failOn: 'error' }).autoOrient();
    const { autoOrient } = await upright.metadata();
    const { data, info } = await upright
      .flatten({ background: '#ffffff' })
      .resize({ width: LOOKED_AT, height: LOOKED_AT, fit: 'inside', withoutEnlargement: true })
      .toColourspace('srgb')
      .median(3)
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    return { data, width: info.width, height: info.height, scale: autoOrient.width / info.width };
  } catch (error) {
    throw new UnreadablePicture('no_picture', error);
  }
}

/** Which points are no ground; what lies within a thing is of the thing. */
function maskOf({ data, width, height }: Picture): Uint8Array {
  const ground = groundOf(data, width, height);
  const differences = new Uint8Array(width * height);
  for (let at = 0; at < data.length; at++) {
    const difference = Math.abs(data[at]! - ground[at % 3]!);
    const point = Math.floor(at / 3);
    if (difference > differences[point]!) differences[point] = difference;
  }
  const threshold = Math.max(GRAIN, otsu(differences));
  const outside = flood(differences, width, height, (difference) => difference <= threshold);
  return outside.map((one) => 1 - one);
}

/** The colour that the edge of the picture mostly has: its median. */
function groundOf(data: Uint8Array, width: number, height: number): [number, number, number] {
  const edge = edgeOf(width, height);
  const median = (channel: number) =>
    edge.map((at) => data[3 * at + channel]!).sort((a, b) => a - b)[edge.length >> 1]!;
  return [median(0), median(1), median(2)];
}

/** Points along the four sides. */
function edgeOf(width: number, height: number): number[] {
  const along = Array.from({ length: width }, (_, x) => [x, (height - 1) * width + x]);
  const down = Array.from({ length: height }, (_, y) => [y * width, y * width + width - 1]);
  return [...along, ...down].flat();
}

/** The threshold that divides values best into two kinds (Otsu, A threshold selection method from gray-level histograms, 1979). */
function otsu(values: Uint8Array): number {
  const counts = new Array<number>(256).fill(0);
  for (const value of values) counts[value]!++;
  const sum = counts.reduce((total, count, value) => total + count * value, 0);
  let [below, sumBelow, best, threshold] = [0, 0, -1, 0];
  for (let value = 0; value < 255; value++) {
    below += counts[value]!;
    sumBelow += counts[value]! * value;
    const above = values.length - below;
    if (below === 0 || above === 0) continue;
    const between = below * above * (sumBelow / below - (sum - sumBelow) / above) ** 2;
    if (between > best) [best, threshold] = [between, value];
  }
  return threshold;
}

/** What can be reached from the edge of the picture over points that pass. @returns 1 for these */
function flood(values: Uint8Array, width: number, height: number, passes: (value: number) => boolean): Uint8Array {
  const reached = new Uint8Array(values.length);
  const next = edgeOf(width, height);
  for (let at = next.pop(); at !== undefined; at = next.pop()) {
    if (reached[at] === 1 || !passes(values[at]!)) continue;
    reached[at] = 1;
    for (const beside of neighbours(at, width, height)) next.push(beside);
  }
  return reached;
}

/** Three at an edge of the picture, two in its corners. */
function neighbours(at: number, width: number, height: number): number[] {
  const x = at % width;
  const beside = [];
  if (x > 0) beside.push(at - 1);
  if (x < width - 1) beside.push(at + 1);
  if (at >= width) beside.push(at - width);
  if (at < width * (height - 1)) beside.push(at + width);
  return beside;
}

interface Piece {
  area: number;
  /** Points beside which the ground is, or the end of the picture. */
  edge: [number, number][];
}

function piecesOf(mask: Uint8Array, width: number, height: number): Piece[] {
  const seen = mask.map((one) => 1 - one);
  const pieces: Piece[] = [];
  for (let start = 0; start < mask.length; start++) {
    const piece: Piece = { area: 0, edge: [] };
    const next = [start];
    for (let at = next.pop(); at !== undefined; at = next.pop()) {
      if (seen[at] === 1) continue;
      seen[at] = 1;
      piece.area++;
      const beside = neighbours(at, width, height);
      const isEdge = beside.length < 4 || beside.some((one) => mask[one] === 0);
      if (isEdge) piece.edge.push([at % width, Math.floor(at / width)]);
      for (const one of beside) next.push(one);
    }
    if (piece.area > 0) pieces.push(piece);
  }
  return pieces;
}

/** The least rectangle around points, of those turned by whole degrees. */
function around(points: readonly [number, number][]): Place {
  let least: Place | undefined;
  for (let turn = -45; turn < 45; turn++) {
    const [cos, sin] = [Math.cos((turn * Math.PI) / 180), Math.sin((turn * Math.PI) / 180)];
    let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
    for (const [x, y] of points) {
      const [along, down] = [x * cos + y * sin, y * cos - x * sin];
      [left, right] = [Math.min(left, along), Math.max(right, along)];
      [top, bottom] = [Math.min(top, down), Math.max(bottom, down)];
    }
    const [width, height] = [right - left + 1, bottom - top + 1];
    if (least && width * height >= least.width * least.height) continue;
    const [along, down] = [(left + right) / 2, (top + bottom) / 2];
    least = { x: along * cos - down * sin, y: along * sin + down * cos, width, height, turn };
  }
  return least!;
}

function isCard({ width, height, area }: Place & { area: number }): boolean {
  const ratio = Math.max(width, height) / Math.min(width, height);
  return area >= FILLED * width * height && ratio >= NARROWEST && ratio <= WIDEST;
}

function scaled<T extends Record<string, number>>(place: T, scale: number): T {
  return Object.fromEntries(Object.entries(place).map(([key, value]) => [key, Math.round(value * scale)])) as T;
}
