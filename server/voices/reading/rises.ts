/** Counts of one cell of the picture (a topic on a channel in a segment), a day each, oldest first; the last is the day in question. */
export interface Cell {
  key: string;
  counts: readonly number[];
}

export interface Rise {
  key: string;
  count: number;
  /** What the weeks before let expect of this day. */
  expected: number;
  /** How likely so many or more are, had nothing changed. */
  chance: number;
}

export interface RiseOptions {
  /** False alarms a day that are put up with, over all cells together. */
  falseAlarms?: number;
  /** Fewer are never a rise: what so few people said is read one by one. */
  least?: number;
}

/** Days before the one in question that are looked at: eight weeks. */
export const PAST = 56;
/** With a shorter past than this, in days, nothing is said. */
const SHORTEST = 14;
/** The pattern of the week of all cells weighs as much as so many of a cell's own messages. */
const SHARED = 50;

/**
 * The cells whose last day is an unusual rise, the least likely first. Each is compared with its own eight weeks before, by the pattern of
 * the week: what is to be expected is uncertain itself and more spread than pure chance, so the tail is a negative binomial's; the
 * allowed false alarms are divided among all cells (Bonferroni). Days that were rises themselves count for no more than what was usual then.
 *
 * @param cells all of the same days
 */
export function risesOn(cells: readonly Cell[], { falseAlarms = 0.02, least = 5 }: RiseOptions = {}): Rise[] {
  const known = cells.filter(({ counts }) => counts.length > SHORTEST);
  const week = weekOf(known.map(({ counts }) => counts));
  const usual = known.map(({ key, counts }) => ({ key, count: counts.at(-1)!, ...expectation(counts, week) }));
  const common = commonSpread(usual);
  const limit = falseAlarms / Math.max(1, cells.length);
  return usual
    .filter(({ count, mean }) => count >= least && count > mean)
    .map(({ key, count, mean, doubt, spread }) => ({
      key,
      count,
      expected: mean,
      chance: tail(count, mean, careful(Math.max(spread, common)) * mean + doubt),
    }))
    .filter(({ chance }) => chance <= limit)
    .sort((a, b) => a.chance - b.chance || (a.key < b.key ? -1 : 1));
}

/** How spread days are is only guessed from eight weeks: what goes beyond chance is taken for a quarter more. */
const careful = (spread: number): number => 1 + 1.25 * (spread - 1);

const pastOf = (counts: readonly number[]): number[] => counts.slice(-PAST - 1, -1);
/** Days before the day in question, modulo the week: 0 is its own weekday. */
const dayOf = (at: number, length: number): number => (length - at) % 7;

/** The share of each day of the week in all messages, as a factor of the mean; day 0 is the weekday in question. */
function weekOf(all: readonly (readonly number[])[]): number[] {
  const sums = new Array<number>(7).fill(1);
  const days = new Array<number>(7).fill(0);
  for (const counts of all) {
    const past = pastOf(counts);
    const most = ceilingOf(3 * usualOf(past));
    past.forEach((count, at) => {
      sums[dayOf(at, past.length)]! += Math.min(count, most);
      days[dayOf(at, past.length)]!++;
    });
  }
  const rates = sums.map((sum, day) => sum / Math.max(1, days[day]!));
  const mean = rates.reduce((sum, rate) => sum + rate, 0) / 7;
  return rates.map((rate) => rate / mean);
}

interface Expectation {
  mean: number;
  /** How uncertain the mean itself is, as a variance. */
  doubt: number;
  /** How much more days differ than by pure chance; 1: no more. */
  spread: number;
}

/** What the days before let expect of the last. */
function expectation(counts: readonly number[], week: readonly number[]): Expectation {
  const raw = pastOf(counts);
  const usual = usualOf(raw);
  const past = raw.map((count, at) => Math.min(count, ceilingOf(usual * week[dayOf(at, raw.length)]!)));
  const own = factorsOf(past, week);
  const exposure = past.reduce((sum, _, at) => sum + own[dayOf(at, past.length)]!, 0);
  const total = past.reduce((sum, count) => sum + count, 0);
  const level = (total + 0.5) / exposure;
  const mean = level * own[0]!;
  const residuals = past.reduce((sum, count, at) => {
    const expected = Math.max(level * own[dayOf(at, past.length)]!, 0.05);
    return sum + (count - expected) ** 2 / expected;
  }, 0);
  const spread = Math.max(1, residuals / Math.max(1, past.length - 7));
  return { mean, doubt: (spread * mean * mean) / (total + 0.5), spread };
}

/** Days differ much alike in all cells; a cell that looks quieter may only have been lucky. Cells in which hardly anything is said do not tell. */
function commonSpread(cells: readonly Expectation[]): number {
  const telling = cells.filter(({ mean }) => mean >= 0.5).map(({ spread }) => spread);
  return telling.length === 0 ? 1 : telling.reduce((sum, one) => sum + one, 0) / telling.length;
}

/** Days, the loudest, that are left out where one asks what is usual. */
const LOUD = 3;
function usualOf(past: readonly number[]): number {
  const quiet = [...past].sort((a, b) => a - b).slice(0, -LOUD);
  return quiet.reduce((sum, count) => sum + count, 0) / Math.max(1, quiet.length);
}

/** What a quiet day may reach: a past rise must not hide the next. */
const ceilingOf = (mean: number): number => mean + 8 * Math.sqrt(mean + 1) + 3;

function factorsOf(past: readonly number[], week: readonly number[]): number[] {
  const sums = new Array<number>(7).fill(0);
  past.forEach((count, at) => {
    sums[dayOf(at, past.length)]! += count;
  });
  const total = past.reduce((sum, count) => sum + count, 0);
  return sums.map((sum, day) => (7 * (sum + (SHARED * week[day]!) / 7)) / (total + SHARED));
}

/** The chance of `count` or more under a negative binomial of this mean and variance (Poisson where they agree). */
function tail(count: number, mean: number, variance: number): number {
  const extra = Math.max(variance - mean, 1e-9 * mean);
  const size = (mean * mean) / extra;
  const share = mean / variance;
  let term = Math.exp(
    logGamma(count + size) -
      logGamma(size) -
      logGamma(count + 1) +
      size * Math.log(Math.min(share, 1)) +
      count * Math.log(Math.max(1 - share, 1e-300)),
  );
  let sum = 0;
  for (let at = count; at < count + 10_000 && term > sum * 1e-12; at++) {
    sum += term;
    term *= ((at + size) / (at + 1)) * (1 - share);
  }
  return Math.min(1, sum);
}

const LANCZOS = [
  676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905,
  -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
];

/** The logarithm of the gamma function above 0 (Lanczos, g = 7). */
function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const z = x - 1;
  const sum = LANCZOS.reduce((all, factor, at) => all + factor / (z + at + 1), 0.9999999999998099);
  const t = z + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(t) - t + Math.log(sum);
}
