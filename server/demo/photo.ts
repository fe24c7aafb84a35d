import { crc32, deflateSync } from 'node:zlib';

/** Capital letters on a grid of 5 × 7, a row a number, the leftmost dot the highest bit. */
const glyphs: Record<string, readonly number[]> = {
  A: [14, 17, 17, 31, 17, 17, 17],
  B: [30, 17, 17, 30, 17, 17, 30],
  C: [14, 17, 16, 16, 16, 17, 14],
  D: [30, 17, 17, 17, 17, 17, 30],
  E: [31, 16, 16, 30, 16, 16, 31],
  F: [31, 16, 16, 30, 16, 16, 16],
  G: [14, 17, 16, 23, 17, 17, 14],
  H: [17, 17, 17, 31, 17, 17, 17],
  I: [14, 4, 4, 4, 4, 4, 14],
  J: [7, 2, 2, 2, 2, 18, 12],
  K: [17, 18, 20, 24, 20, 18, 17],
  L: [16, 16, 16, 16, 16, 16, 31],
  M: [17, 27, 21, 21, 17, 17, 17],
  N: [17, 25, 21, 19, 17, 17, 17],
  O: [14, 17, 17, 17, 17, 17, 14],
  P: [30, 17, 17, 30, 16, 16, 16],
  Q: [14, 17, 17, 17, 21, 18, 13],
  R: [30, 17, 17, 30, 20, 18, 17],
  S: [15, 16, 16, 14, 1, 1, 30],
  T: [31, 4, 4, 4, 4, 4, 4],
  U: [17, 17, 17, 17, 17, 17, 14],
  V: [17, 17, 17, 17, 17, 10, 4],
  W: [17, 17, 17, 21, 21, 27, 17],
  X: [17, 17, 10, 4, 10, 17, 17],
  Y: [17, 17, 10, 4, 4, 4, 4],
  Z: [31, 1, 2, 4, 8, 16, 31],
};

const size = 64;
const dot = 4;

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const head = Buffer.alloc(4);
  head.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([head, body, check]);
}

function draw(rows: Buffer[], letter: string, left: number): void {
  const top = (size - 7 * dot) / 2;
  glyphs[letter]?.forEach((bits, y) => {
    for (let x = 0; x < 5; x++) {
      if (!((bits >> (4 - x)) & 1)) continue;
      for (let dy = 0; dy < dot; dy++) rows[top + y * dot + dy]!.fill(1, 1 + left + x * dot, 1 + left + (x + 1) * dot);
    }
  });
}

/**
 * A portrait nobody can be recognised by: two initials on a coloured square, as a PNG of 64 × 64 in two colours
 * (PNG, third edition, 11.2).
 * @param hue in degrees; decides the background
 */
export function initialsPng(initials: string, hue: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 3], 8);
  const rows = Array.from({ length: size }, () => Buffer.alloc(size + 1));
  const letters = [...initials.normalize('NFD').toUpperCase()].filter((letter) => letter in glyphs).slice(0, 2);
  const width = letters.length * 6 * dot - dot;
  for (const [index, letter] of letters.entries()) draw(rows, letter, Math.floor((size - width) / 2) + index * 6 * dot);
  const part = (shift: number) => Math.round(105 + 55 * Math.cos(((hue + shift) * Math.PI) / 180));
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from([part(0), part(240), part(120), 255, 255, 255])),
    chunk('IDAT', deflateSync(Buffer.concat(rows))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
