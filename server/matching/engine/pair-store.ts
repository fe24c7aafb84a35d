import type { ScoredPairs } from './cluster.ts';

/**
 * Scored pairs, found from both of their cards. Those that are laid down at once stand in arrays, at 16 octets a pair; a card whose
 * pairs change later gets a map of its own.
 */
export class PairStore {
  /** Pairs of a card begin here; they end where the next card's begin. */
  private starts = new Int32Array(1);
  private others = new Int32Array(0);
  private scores = new Float32Array(0);
  private readonly own = new Map<number, Map<number, number>>();

  /** Lays down pairs of the first `size` cards, instead of all that was there. */
  fill(size: number, { a, b, score, length }: ScoredPairs): void {
    const starts = new Int32Array(size + 2);
    for (let at = 0; at < length; at++) {
      starts[a[at]! + 2]!++;
      starts[b[at]! + 2]!++;
    }
    for (let card = 0; card <= size; card++) starts[card + 1]! += starts[card]!;
    this.others = new Int32Array(length * 2);
    this.scores = new Float32Array(length * 2);
    for (let at = 0; at < length; at++) {
      const from = starts[a[at]! + 1]!++;
      const to = starts[b[at]! + 1]!++;
      this.others[from] = b[at]!;
      this.others[to] = a[at]!;
      this.scores[from] = score[at]!;
      this.scores[to] = score[at]!;
    }
    this.starts = starts.subarray(0, size + 1);
    this.own.clear();
  }

  /** By the other card, the scores of a card's pairs. */
  of(card: number): ReadonlyMap<number, number> {
    return this.own.get(card) ?? this.laidDown(card);
  }

  set(a: number, b: number, score: number): void {
    this.ownOf(a).set(b, score);
    this.ownOf(b).set(a, score);
  }

  delete(a: number, b: number): void {
    this.ownOf(a).delete(b);
    this.ownOf(b).delete(a);
  }

  private ownOf(card: number): Map<number, number> {
    const known = this.own.get(card);
    if (known) return known;
    const own = this.laidDown(card);
    this.own.set(card, own);
    return own;
  }

  private laidDown(card: number): Map<number, number> {
    const pairs = new Map<number, number>();
    if (card + 1 >= this.starts.length) return pairs;
    for (let at = this.starts[card]!; at < this.starts[card + 1]!; at++) pairs.set(this.others[at]!, this.scores[at]!);
    return pairs;
  }
}

/** A set of cards, at an octet for each card there is. */
export class Cards {
  private octets = new Uint8Array(1024);

  has(card: number): boolean {
    return this.octets[card] === 1;
  }

  add(card: number): void {
    if (card >= this.octets.length) {
      const wider = new Uint8Array(Math.max(card + 1, this.octets.length * 2));
      wider.set(this.octets);
      this.octets = wider;
    }
    this.octets[card] = 1;
  }

  /** @returns whether it was there */
  delete(card: number): boolean {
    if (!this.has(card)) return false;
    this.octets[card] = 0;
    return true;
  }
}
