/** Days of messages as they might come in, to try alarms on (tests and bench): every cell has its own level, weeks have their pattern. */
import type { Cell } from './rises.ts';

/** Of a quiet working week, Monday first. */
const WEEK = [1.3, 1.2, 1.1, 1.1, 1, 0.6, 0.4];

/** Numbers between 0 and 1, the same for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * Quiet cells: nothing changes but by chance. `spread` is the variance of a day over its mean: 1 is pure chance (Poisson), above it a
 * negative binomial. Levels lie between 0.1 and 40 messages a day.
 */
export function quietCells(seed: number, cells: number, days: number, spread: number): Cell[] {
  const random = randomOf(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Array.from({ length: cells }, (_, key) => {
    const level = 0.1 * 400 ** random();
    const counts = Array.from({ length: days }, (_, day) => {
      const mean = level * WEEK[day % 7]!;
      return poisson(spread > 1 ? gamma(mean / (spread - 1), random, normal) * (spread - 1) : mean, random, normal);
    });
    return { key: `cell ${key}`, counts };
  });
}

function poisson(mean: number, random: () => number, normal: () => number): number {
  if (mean > 200) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
  const least = Math.exp(-mean);
  let count = 0;
  for (let product = random(); product > least; product *= random()) count++;
  return count;
}

/** Marsaglia and Tsang, 2000. */
function gamma(shape: number, random: () => number, normal: () => number): number {
  if (shape < 1) return gamma(shape + 1, random, normal) * random() ** (1 / shape);
  const d = shape - 1 / 3;
  for (;;) {
    const x = normal();
    const v = (1 + x / Math.sqrt(9 * d)) ** 3;
    if (v > 0 && Math.log(random()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** The same cells until `day`, one of them with so many more on it. */
export function until(cells: readonly Cell[], day: number, risen?: string, more = 0): Cell[] {
  return cells.map(({ key, counts }) => {
    const past = counts.slice(0, day + 1);
    if (key === risen) past[day]! += more;
    return { key, counts: past };
  });
}
