import { ADDRESS, EMAIL, FAMILY, FURTHER, GIVEN, ORGANIZATION, PHONE } from './compare.ts';
import { hashText, mix, mixEither } from './hash.ts';
import type { OrganizationValue } from './kinds/organizations.ts';
import { Ints, type Population } from './population.ts';

/** One way of finding cards that may be the same: cards with an equal key are a block. */
export interface KeyType {
  name: string;
  /**
   * Bigger blocks would cost much and tell little: they are passed over, or, where the key is `strong`, each of their cards meets
   * only the first few of them, so that a thousand cards of one person still find together.
   */
  limit: number;
  strong: boolean;
  /** The features that an equal key makes equal: nothing can be learned of them from its pairs. */
  fixes: readonly number[];
}

const type = (name: string, limit: number, ...fixes: number[]): KeyType => ({ name, limit, fixes, strong: false });
const strong = (name: string, limit: number, ...fixes: number[]): KeyType => ({ name, limit, fixes, strong: true });

/** The ways, tightest first. */
export const KEY_TYPES: readonly KeyType[] = [
  strong('e-mail', 100, EMAIL),
  strong('phone', 60, PHONE),
  strong('full name', 60, GIVEN, FAMILY),
  strong('identifier', 60, FURTHER),
  type('street and place', 40, ADDRESS),
  type('date', 40, FURTHER),
  type('date and sound', 60, FURTHER, GIVEN, FAMILY),
  type('user of the e-mail', 30, EMAIL, GIVEN, FAMILY),
  type('end or start of the phone', 12, PHONE),
  type('sound of the full name', 40, GIVEN, FAMILY),
  type('name and part of the other', 30, GIVEN, FAMILY),
  type('name and organisation', 40, GIVEN, FAMILY, ORGANIZATION),
  type('name and mail domain', 40, GIVEN, FAMILY, ORGANIZATION),
  type('name and city', 30, GIVEN, FAMILY, ADDRESS),
  type('organisation', 60, ORGANIZATION),
  type('word of the organisation', 30, ORGANIZATION),
  type('pieces of the e-mail', 12, EMAIL),
];

/** Their positions. */
const EMAIL_KEY = 0;
const PHONE_KEY = 1;
const NAME_KEY = 2;
const IDENTIFIER_KEY = 3;
const STREET_KEY = 4;
const DATE_KEY = 5;
const DATE_AND_SOUND_KEY = 6;
const USER_KEY = 7;
const PHONE_PART_KEY = 8;
const SOUND_KEY = 9;
const NAME_PART_KEY = 10;
const NAME_AT_KEY = 11;
const NAME_DOMAIN_KEY = 12;
const NAME_CITY_KEY = 13;
const ORGANIZATION_KEY = 14;
const ORGANIZATION_WORD_KEY = 15;
const EMAIL_PART_KEY = 16;

/** Receives the keys of a card. */
type KeySink = (type: number, hash: number) => void;

const NONE: readonly number[] = [];

/** Gives out all keys of a card. */
export function keysOf(population: Population, card: number, sink: KeySink): void {
  const [given, family] = [population.value(card, population.given), population.value(card, population.family)];
  const ids = given < 0 ? (family < 0 ? NONE : [family]) : family < 0 || family === given ? [given] : [given, family];
  addressKeys(population, card, ids.length < 2, sink);
  nameKeys(population, ids, sink);
  contextKeys(population, card, ids, sink);
  placeKeys(population, card, sink);
  furtherKeys(population, card, ids, sink);
}

/** Parts of numbers only of cards that names will not find. */
function addressKeys(population: Population, card: number, nameless: boolean, sink: KeySink): void {
  const { emails, phones } = population;
  for (const id of population.list(card, emails)) {
    const { key, user, domain, corporate, shared } = emails.dictionary.values[id]!;
    if (shared) continue;
    sink(EMAIL_KEY, hashText(key, 1));
    if (user.length > 4) sink(USER_KEY, hashText(user, 2));
    if (!corporate && domain !== '') continue;
    sink(EMAIL_PART_KEY, hashText(`${user.slice(0, 3)} ${domain.slice(0, 4)}`, 3));
    sink(EMAIL_PART_KEY, hashText(`${user.slice(-4)} ${domain.slice(-8, -2)}`, 4));
  }
  for (const id of population.list(card, phones)) {
    const digits = phones.dictionary.values[id]!.key;
    sink(PHONE_KEY, hashText(digits, 5));
    if (!nameless || digits.length < 9) continue;
    sink(PHONE_PART_KEY, hashText(digits.slice(-6), 6));
    sink(PHONE_PART_KEY, hashText(digits.slice(0, -3), 7));
  }
}

function nameKeys(population: Population, ids: readonly number[], sink: KeySink): void {
  if (ids.length < 2) return;
  const [a, b] = [population.names.values[ids[0]!]!, population.names.values[ids[1]!]!];
  sink(NAME_KEY, mixEither(a.hash, b.hash));
  sink(SOUND_KEY, mixEither(a.soundHash, b.soundHash));
  sink(NAME_PART_KEY, mix(a.hash, b.startHash));
  sink(NAME_PART_KEY, mix(a.hash, b.endHash));
  sink(NAME_PART_KEY, mix(b.hash, a.startHash));
  sink(NAME_PART_KEY, mix(b.hash, a.endHash));
}

/** A name where its bearer works or lives; of cards without a human's name, the organisation itself. */
function contextKeys(population: Population, card: number, ids: readonly number[], sink: KeySink): void {
  const { organization, city, emails } = population;
  const company = population.value(card, organization);
  const town = population.value(card, city);
  const companyKey = company < 0 ? 0 : hashText(organization.dictionary.values[company]!.letters, 12);
  const townKey = town < 0 ? 0 : hashText(city.dictionary.values[town]!.key, 14);
  if (company >= 0 && ids.length === 0) organizationKeys(organization.dictionary.values[company]!, companyKey, sink);
  for (const id of ids) {
    const { hash, soundHash } = population.names.values[id]!;
    if (company >= 0) sink(NAME_AT_KEY, mix(companyKey, hash));
    if (town >= 0) sink(NAME_CITY_KEY, mix(townKey, soundHash));
    for (const email of population.list(card, emails)) {
      const { domain, corporate } = emails.dictionary.values[email]!;
      if (corporate) sink(NAME_DOMAIN_KEY, mix(hashText(domain, 15), hash));
    }
  }
}

function organizationKeys({ words, letters }: OrganizationValue, key: number, sink: KeySink): void {
  sink(ORGANIZATION_KEY, key);
  for (const word of words) if (word.length > 3) sink(ORGANIZATION_WORD_KEY, hashText(word, 13));
  sink(ORGANIZATION_WORD_KEY, hashText(letters.slice(0, 5), 19));
}

function placeKeys(population: Population, card: number, sink: KeySink): void {
  const { street, postcode } = population;
  const way = population.value(card, street);
  if (way < 0) return;
  const { number, name } = street.dictionary.values[way]!;
  const code = population.value(card, postcode);
  if (code >= 0) sink(STREET_KEY, hashText(`${number} ${postcode.dictionary.values[code]!.key}`, 16));
  sink(STREET_KEY, hashText(`${number} ${name}`, 17));
}

function furtherKeys(population: Population, card: number, ids: readonly number[], sink: KeySink): void {
  for (let at = 0; at < population.further.length; at++) {
    const { field, column } = population.further[at]!;
    const id = population.value(card, column);
    if (id < 0 || (field.kind !== 'date' && field.kind !== 'identifier')) continue;
    const key = hashText(column.dictionary.values[id]!.key, 20 + at);
    sink(field.kind === 'date' ? DATE_KEY : IDENTIFIER_KEY, key);
    if (field.kind !== 'date') continue;
    for (const name of ids) sink(DATE_AND_SOUND_KEY, mix(key, population.names.values[name]!.soundHash));
  }
}

/**
 * Which cards share which keys: a hash table whose places hold a chain of entries, newest first. The entries of a card follow one
 * another, and each leads to the older cards of its block, so that reading all cards in turn meets every pair once per key.
 * About 40 octets an entry, and a card has about ten.
 */
export class BlockIndex {
  /**
   * Four numbers a place, side by side because places are met at random: hash, newest entry counted from 1 (0: free), living cards,
   * kind of key.
   */
  private table: Int32Array;
  private used = 0;
  private readonly starts = new Ints();
  /** Two numbers an entry: its card, and the next older entry of its block. */
  private readonly entries = new Ints();
  /** By entry, its place in the table. */
  private readonly places = new Ints();
  /** Of strong keys' blocks over the limit, by place: the first living cards, in the order of the cards. */
  private stars = new Map<number, number[]>();
  /** By place, the card that the last one added took the place of in a star. */
  private readonly displaced = new Map<number, number[]>();
  private readonly removed = new Set<number>();
  private readonly compare: (i: number, j: number) => number;

  /**
   * @param cards how many are expected: growing later costs time, not truth
   * @param compare what orders the cards; their numbers by default
   */
  constructor(cards = 0, compare: (i: number, j: number) => number = (i, j) => i - j) {
    let places = 1 << 16;
    while (places < cards * KEYS_OF_A_CARD * 2) places *= 2;
    this.table = new Int32Array(places * 4);
    this.compare = compare;
    this.starts.push(0);
  }

  /** Adds a card's keys; cards must be added in the order of their numbers. @param keys none to leave the card out */
  add(card: number, keys: (sink: KeySink) => void): void {
    const start = this.places.length;
    this.displaced.clear();
    keys((type, hash) => {
      if (this.used * 8 > this.table.length) this.widen();
      const place = this.place(mix(hash, type));
      const head = this.table[place + 1]! - 1;
      if (head >= start) return;
      if (head === -1) this.used++;
      this.table[place + 1] = this.places.length + 1;
      this.table[place + 2]!++;
      this.table[place + 3] = type;
      this.entries.push(card);
      this.entries.push(head);
      this.places.push(place);
      if (this.isTooBig(place)) this.updateStar(place, card);
    });
    this.starts.push(this.places.length);
  }

  /** Takes a card out. @returns its blocks; all of their cards may share a key now that did not before */
  remove(card: number): number[] {
    this.removed.add(card);
    return this.placesOf(card).filter((place) => {
      const before = this.isTooBig(place);
      this.table[place + 2]!--;
      const star = this.stars.get(place);
      if (!this.isTooBig(place)) this.stars.delete(place);
      else if (star?.includes(card)) this.stars.set(place, this.firstOf(place));
      return before && (!this.isTooBig(place) || star?.includes(card));
    });
  }

  /** Blocks of a card, the last one added, that are over their limit. */
  tooBig(card: number): number[] {
    return this.placesOf(card).filter((place) => this.isTooBig(place));
  }

  /** Calls `visit` with each older card that shares a key, once per shared key. */
  walkOlder(card: number, visit: (other: number, type: number) => void): void {
    const entries = this.entries.array;
    for (let at = this.starts.array[card]!; at < this.starts.array[card + 1]!; at++) {
      let next = entries[at * 2 + 1]!;
      if (next < 0) continue;
      const place = this.places.array[at]!;
      const type = this.table[place + 3]!;
      if (!this.isTooBig(place)) for (; next >= 0; next = entries[next * 2 + 1]!) visit(entries[next * 2]!, type);
      else if (KEY_TYPES[type]!.strong) this.walkStar(place, card, (other) => visit(other, type));
    }
  }

  /** In a strong block over its limit: the first cards meet all, the others meet the first. */
  private walkStar(place: number, card: number, visit: (other: number) => void): void {
    for (const other of this.partnersAt(place, card)) if (other < card) visit(other);
  }

  /** The living cards of a block. */
  cardsAt(place: number): number[] {
    const cards: number[] = [];
    for (let at = this.table[place + 1]! - 1; at >= 0; at = this.entries.array[at * 2 + 1]!) {
      const card = this.entries.array[at * 2]!;
      if (!this.removed.has(card)) cards.push(card);
    }
    return cards;
  }

  /** The cards that one card of a block meets there, itself among them. */
  partnersAt(place: number, card: number): readonly number[] {
    if (!this.isTooBig(place)) return this.cardsAt(place);
    const star = this.stars.get(place) ?? [];
    return star.includes(card) ? this.cardsAt(place) : star;
  }

  /** Cards that may have lost partners in a block by the last card added: all of it when it outgrew its limit just now. */
  loosenedAt(place: number): readonly number[] {
    if (this.table[place + 2] === LIMITS[this.table[place + 3]!]! + 1) return this.cardsAt(place);
    return this.displaced.get(place) ?? [];
  }

  /** Whether two cards are brought together by a key. */
  share(a: number, b: number): boolean {
    const others = this.placesOf(b);
    return this.placesOf(a).some((place) => {
      if (!others.includes(place)) return false;
      const star = this.stars.get(place);
      return this.isTooBig(place) ? star !== undefined && (star.includes(a) || star.includes(b)) : true;
    });
  }

  /** Per kind of key: entries in blocks within the limit, and entries in bigger ones. */
  report(): { name: string; used: number; passedOver: number }[] {
    const report = KEY_TYPES.map(({ name }) => ({ name, used: 0, passedOver: 0 }));
    for (let place = 0; place < this.table.length; place += 4) {
      if (this.table[place + 1] === 0) continue;
      const line = report[this.table[place + 3]!]!;
      if (this.isTooBig(place)) line.passedOver += this.table[place + 2]!;
      else line.used += this.table[place + 2]!;
    }
    return report;
  }

  /** Called with each card that a strong block over its limit gets. */
  private updateStar(place: number, card: number): void {
    if (!KEY_TYPES[this.table[place + 3]!]!.strong) return;
    const star = this.stars.get(place);
    if (!star) this.stars.set(place, this.firstOf(place));
    else if (this.compare(card, star.at(-1)!) < 0) {
      const wider = [...star, card].sort(this.compare);
      this.stars.set(place, wider.slice(0, STAR));
      this.displaced.set(place, wider.slice(STAR));
    }
  }

  private firstOf(place: number): number[] {
    return this.cardsAt(place).sort(this.compare).slice(0, STAR);
  }

  private placesOf(card: number): number[] {
    return [...this.places.array.subarray(this.starts.array[card], this.starts.array[card + 1])];
  }

  private isTooBig(place: number): boolean {
    return this.table[place + 2]! > LIMITS[this.table[place + 3]!]!;
  }

  private place(hash: number): number {
    const mask = this.table.length - 1;
    let place = (hash << 2) & mask;
    while (this.table[place + 1] !== 0 && this.table[place] !== hash) place = (place + 4) & mask;
    this.table[place] = hash;
    return place;
  }

  private widen(): void {
    const old = this.table;
    const moved = new Int32Array(old.length >> 2);
    this.table = new Int32Array(old.length * 4);
    for (let at = 0; at < old.length; at += 4) {
      if (old[at + 1] === 0) continue;
      const place = this.place(old[at]!);
      this.table.set(old.subarray(at + 1, at + 4), place + 1);
      moved[at >> 2] = place;
    }
    for (let at = 0; at < this.places.length; at++) this.places.array[at] = moved[this.places.array[at]! >> 2]!;
    this.stars = new Map([...this.stars].map(([place, star]) => [moved[place >> 2]!, star]));
  }
}

/** How many first cards all others of a big block meet. */
const STAR = 6;

/** Distinct ones, roughly. */
const KEYS_OF_A_CARD = 7;

const LIMITS = Int32Array.from(KEY_TYPES, ({ limit }) => limit);
