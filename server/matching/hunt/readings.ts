import { type FieldClass, fieldClass } from '../../delegation/field-classes.ts';
import { keysOf, type Population } from '../engine/index.ts';
import { type FactField, type Kind, valuesOf } from './facts.ts';

/**
 * What can be read of a card, as far as it matters to matching: classes that are mostly lent or kept back together count when all of them are
 * read that the card has. Names are read by whoever reads the card.
 */
const GROUPS = (
  [
    ['emailWork', 'emailUnlabelled'],
    ['organization', 'title', 'addressWork'],
    ['phoneWork', 'mobileWork', 'phoneUnlabelled'],
    ['birthday', 'url', 'social', 'extra'],
    ['emailPrivate', 'phonePrivate', 'mobileUnlabelled', 'addressPrivate'],
  ] as const satisfies readonly (readonly FieldClass[])[]
).map((classes) => classes.reduce((bits, name) => bits | (1 << fieldClass[name]), 0));

/** Groups of one card that are told apart; of two cards there are 256 readings then. */
const MOST_GROUPS = 4;

/** A card as those see it who read some of it: each of these readings stands at the end of the population, for a while. */
interface Readings {
  /** By group of which the card says something, the classes to be read, as bits. */
  asks: readonly number[];
  /** The reading of the groups whose bits are set in `n` is the card `first + n`. */
  first: number;
}

/** What holds for some readings of two cards and not for others. */
export interface Told {
  /** Groups of classes of each card, as bits: they count when the viewer reads the whole group. */
  asksA: number[];
  asksB: number[];
  /** For each set of groups (bits: those of `a` first) whether it holds for whoever reads them, as the bits of octets, in hex; empty: always. */
  told: string;
}

/** Readings that are kept at a time. */
const MOST_READINGS = 8192;

/** Cards as they are read by those from whom something is kept, beside those of a population; to be let go of after use. */
export class Readers {
  private readonly population: Population;
  private readonly kind: Kind;
  private readonly own: number;
  private readonly known = new Map<string, Readings>();
  private readonly keys = new Map<number, Set<number>>();

  constructor(population: Population, kind: Kind) {
    this.population = population;
    this.kind = kind;
    this.own = population.size;
  }

  /** Takes all readings out of the population. */
  letGo(): void {
    this.population.takeBack(this.own);
    this.known.clear();
    this.keys.clear();
  }

  /**
   * Tells readings of two cards apart.
   *
   * @param a what the card says, as stored, by its id
   * @param ask what holds for two cards of the population: each of the answers becomes a table
   * @returns by answer, for which readings it holds; undefined where for none
   */
  tell(a: CardFields, b: CardFields, ask: (i: number, j: number) => readonly boolean[]): (Told | undefined)[] {
    if (this.population.size - this.own > MOST_READINGS) this.letGo();
    const [one, other] = [this.readingsOf(a), this.readingsOf(b)];
    const answers: (readonly boolean[])[] = [];
    for (let y = 0; y < 1 << other.asks.length; y++)
      for (let x = 0; x < 1 << one.asks.length; x++) answers.push(ask(one.first + x, other.first + y));
    return answers[0]!.map((_, at) =>
      shorten(
        answers.map((each) => each[at]!),
        one.asks,
        other.asks,
      ),
    );
  }

  /** Whether blocking would bring two readings together, were they all that is known. */
  meet(i: number, j: number): boolean {
    const [few, many] = [this.keysAt(i), this.keysAt(j)];
    for (const key of few) if (many.has(key)) return true;
    return false;
  }

  private keysAt(card: number): Set<number> {
    let keys = this.keys.get(card);
    if (!keys) {
      const found = new Set<number>();
      keysOf(this.population, card, (type, hash) => found.add(type * 2 ** 32 + (hash >>> 0)));
      keys = found;
      this.keys.set(card, keys);
    }
    return keys;
  }

  private readingsOf({ id, fields }: CardFields): Readings {
    let readings = this.known.get(id);
    if (!readings) {
      readings = this.add(fields);
      this.known.set(id, readings);
    }
    return readings;
  }

  /** Adds the readings of a card to the population, names alone first, everything last. */
  private add(fields: readonly FactField[]): Readings {
    const said = fields.reduce((bits, field) => bits | (1 << field.class), 0);
    const asks = GROUPS.map((group) => group & said).filter((group) => group !== 0);
    while (asks.length > MOST_GROUPS) asks.push(asks.pop()! | asks.pop()!);
    const grouped = asks.reduce((bits, ask) => bits | ask, 0);
    const first = this.population.size;
    for (let reading = 0; reading < 1 << asks.length; reading++) {
      const read = asks.reduce((bits, ask, group) => ((reading >> group) & 1 ? bits | ask : bits), ~grouped);
      const open = fields.filter((field) => (read >> field.class) & 1);
      this.population.add(valuesOf(this.kind, open));
    }
    return { asks, first };
  }
}

export interface CardFields {
  id: string;
  fields: readonly FactField[];
}

/** Leaves out the groups that make no difference. */
function shorten(table: boolean[], asksA: readonly number[], asksB: readonly number[]): Told | undefined {
  const groups = [...asksA.map((ask) => ({ ask, of: 'a' })), ...asksB.map((ask) => ({ ask, of: 'b' }))];
  let left = table;
  for (let group = groups.length - 1; group >= 0; group--) {
    const bit = 1 << group;
    if (left.some((one, reading) => one !== left[reading ^ bit])) continue;
    left = left.filter((_one, reading) => (reading & bit) === 0);
    groups.splice(group, 1);
  }
  if (groups.length === 0) return left[0] ? { asksA: [], asksB: [], told: '' } : undefined;
  const octets = new Uint8Array(Math.ceil(left.length / 8));
  left.forEach((one, reading) => {
    if (one) octets[reading >> 3]! |= 1 << (reading & 7);
  });
  const of = (card: string) => groups.filter((group) => group.of === card).map(({ ask }) => ask);
  return { asksA: of('a'), asksB: of('b'), told: Buffer.from(octets).toString('hex') };
}
