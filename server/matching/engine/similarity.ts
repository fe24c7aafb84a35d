/**
 * Optimal string alignment distance (Damerau 1964; restricted transpositions), up to `limit`.
 *
 * @returns number of insertions, deletions, substitutions and swaps of neighbours; `limit + 1` when there are more
 */
export function editDistance(a: string, b: string, limit: number): number {
  if (a === b) return 0;
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let start = 0;
  let [endA, endB] = [a.length, b.length];
  while (start < endA && start < endB && a.charCodeAt(start) === b.charCodeAt(start)) start++;
  while (endA > start && endB > start && a.charCodeAt(endA - 1) === b.charCodeAt(endB - 1)) {
    endA--;
    endB--;
  }
  const n = endA - start;
  const m = endB - start;
  if (n === 0 || m === 0) return Math.min(Math.max(n, m), limit + 1);
  if (n === 1 && m === 1) return 1;
  if (limit === 1) return n === 2 && m === 2 && isSwap(a, b, start) ? 1 : 2;
  if (m > ROWS[0]!.length - 1) return limit + 1;
  return fillRows(a, b, start, n, m, limit);
}

function isSwap(a: string, b: string, at: number): boolean {
  return a.charCodeAt(at) === b.charCodeAt(at + 1) && a.charCodeAt(at + 1) === b.charCodeAt(at);
}

/** Longer values are compared for equality only. */
const ROWS = [new Uint8Array(256), new Uint8Array(256), new Uint8Array(256)];

function fillRows(a: string, b: string, start: number, n: number, m: number, limit: number): number {
  let [before, last, row] = [ROWS[0]!, ROWS[1]!, ROWS[2]!];
  for (let j = 0; j <= m; j++) last[j] = j;
  for (let i = 1; i <= n; i++) {
    const letter = a.charCodeAt(start + i - 1);
    row[0] = i;
    let least = i;
    for (let j = 1; j <= m; j++) {
      const other = b.charCodeAt(start + j - 1);
      let cost = Math.min(last[j - 1]! + (letter === other ? 0 : 1), last[j]! + 1, row[j - 1]! + 1);
      if (
        i > 1 &&
        j > 1 &&
        letter === b.charCodeAt(start + j - 2) &&
        a.charCodeAt(start + i - 2) === other &&
        before[j - 2]! + 1 < cost
      )
        cost = before[j - 2]! + 1;
      row[j] = cost;
      if (cost < least) least = cost;
    }
    if (least > limit) return limit + 1;
    [before, last, row] = [last, row, before];
  }
  return Math.min(last[m]!, limit + 1);
}

/**
 * Jaro–Winkler similarity (Winkler 1990), prefix weight 0.1 over at most four letters.
 *
 * @returns 0 (nothing in common) to 1 (equal)
 */
export function jaroWinkler(a: string, b: string): number {
  if (a === b) return 1;
  // Which letters are paired depends on the side that one begins with; the answer must not.
  if (a.length > b.length || (a.length === b.length && a > b)) return jaroWinkler(b, a);
  const n = a.length;
  const m = b.length;
  if (n === 0 || m === 0 || n > 64 || m > 64) return 0;
  const reach = Math.max(0, (Math.max(n, m) >> 1) - 1);
  TAKEN.fill(0, 0, m);
  let common = 0;
  for (let i = 0; i < n; i++) {
    const letter = a.charCodeAt(i);
    for (let j = Math.max(0, i - reach); j < Math.min(m, i + reach + 1); j++) {
      if (TAKEN[j] || b.charCodeAt(j) !== letter) continue;
      TAKEN[j] = 1;
      MATCHED[common++] = letter;
      break;
    }
  }
  if (common === 0) return 0;
  let moved = 0;
  for (let j = 0, k = 0; j < m; j++) if (TAKEN[j] && b.charCodeAt(j) !== MATCHED[k++]) moved++;
  const jaro = (common / n + common / m + (common - moved / 2) / common) / 3;
  let prefix = 0;
  while (prefix < 4 && prefix < n && prefix < m && a.charCodeAt(prefix) === b.charCodeAt(prefix)) prefix++;
  return jaro + prefix * 0.1 * (1 - jaro);
}

const TAKEN = new Uint8Array(64);
const MATCHED = new Uint16Array(64);
