import { ADDRESS, EMAIL, FAMILY, FURTHER, GIVEN, ORGANIZATION, PHONE } from './compare.ts';
import { hashText, mix, mixEither } from './hash.ts';
import type { OrganizationValue } from './kinds/organizations.ts';
import { Ints, type Population } from './population.ts';

/** One way of finding cards that may be the same: cards with an equal key are a block. */
export interface KeyType {
  name: string;
  /** Blocks with more cards are passed over: they would cost much and tell little. */
  limit: number;
  /** The features that an equal key makes equal: nothing can be learned of them from its pairs. */
  fixes: readonly number[];
}

const type = (name: string, limit: number, ...fixes: number[]): KeyType => ({ name, limit, fixes });

/** The ways, tightest first. */
export const KEY_TYPES: readonly KeyType[] = [
  type('e-mail', 100, EMAIL),
  type('phone', 60, PHONE),
  type('full name', 60, GIVEN, FAMILY),
  type('identifier', 60, FURTHER),
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
  addressKeys(population, card, sink);
  const [given, family] = [population.given.ids.array[card]!, population.family.ids.array[card]!];
  const ids = given < 0 ? (family < 0 ? NONE : [family]) : family < 0 || family === given ? [given] : [given, family];
  nameKeys(population, ids, sink);
  contextKeys(population, card, ids, sink);
  placeKeys(population, card, sink);
  furtherKeys(population, card, ids, sink);
}

function addressKeys(population: Population, card: number, sink: KeySink): void {
  const { emails, phones } = population;
  for (let at = emails.starts.array[card]!; at < emails.starts.array[card + 1]!; at++) {
    const { key, user, domain, corporate, shared } = emails.dictionary.values[emails.ids.array[at]!]!;
    if (shared) continue;
    sink(EMAIL_KEY, hashText(key, 1));
    if (user.length > 4) sink(USER_KEY, hashText(user, 2));
    if (!corporate && domain !== '') continue;
    sink(EMAIL_PART_KEY, hashText(`${user.slice(0, 3)} ${domain.slice(0, 4)}`, 3));
    sink(EMAIL_PART_KEY, hashText(`${user.slice(-4)} ${domain.slice(-8, -2)}`, 4));
  }
  for (let at = phones.starts.array[card]!; at < phones.starts.array[card + 1]!; at++) {
    const digits = phones.dictionary.values[phones.ids.array[at]!]!.key;
    sink(PHONE_KEY, hashText(digits, 5));
    if (digits.length < 9) continue;
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
  const company = organization.ids.array[card]!;
  const town = city.ids.array[card]!;
  const companyKey = company < 0 ? 0 : hashText(organization.dictionary.values[company]!.letters, 12);
  const townKey = town < 0 ? 0 : hashText(city.dictionary.values[town]!.key, 14);
  if (company >= 0 && ids.length === 0) organizationKeys(organization.dictionary.values[company]!, companyKey, sink);
  for (const id of ids) {
    const { hash, soundHash } = population.names.values[id]!;
    if (company >= 0) sink(NAME_AT_KEY, mix(companyKey, hash));
    if (town >= 0) sink(NAME_CITY_KEY, mix(townKey, soundHash));
    for (let at = emails.starts.array[card]!; at < emails.starts.array[card + 1]!; at++) {
      const { domain, corporate } = emails.dictionary.values[emails.ids.array[at]!]!;
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
  const way = street.ids.array[card]!;
  if (way < 0) return;
  const { number, name } = street.dictionary.values[way]!;
  const code = postcode.ids.array[card]!;
  if (code >= 0) sink(STREET_KEY, hashText(`${number} ${postcode.dictionary.values[code]!.key}`, 16));
  sink(STREET_KEY, hashText(`${number} ${name}`, 17));
}

function furtherKeys(population: Population, card: number, ids: readonly number[], sink: KeySink): void {
  for (let at = 0; at < population.further.length; at++) {
    const { field, column } = population.further[at]!;
    const id = column.ids.array[card]!;
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
 * About 30 octets an entry, and a card has about twelve.
 */
export class BlockIndex {
  private hashes = new Int32Array(1 << 16);
  private heads = new Int32Array(1 << 16).fill(-1);
  /** Living cards of a block. */
  private counts = new Int32Array(1 << 16);
  private used = 0;
  private readonly starts = new Ints();
  private readonly cards = new Ints();
  private readonly nexts = new Ints();
  private readonly places = new Ints();
  private readonly types = new Ints();

  constructor() {
    this.starts.push(0);
  }

  /** Adds a card's keys; cards must be added in the order of their numbers. @param keys none to leave the card out */
  add(card: number, keys: (sink: KeySink) => void): void {
    const start = this.cards.length;
    keys((type, hash) => {
      if (this.used * 2 > this.hashes.length) this.widen();
      const place = this.place(mix(hash, type));
      const head = this.heads[place]!;
      if (head >= start) return;
      if (head === -1) this.used++;
      this.nexts.push(head);
      this.heads[place] = this.cards.length;
      this.counts[place]!++;
      this.cards.push(card);
      this.places.push(place);
      this.types.push(type);
    });
    this.starts.push(this.cards.length);
  }

  /** Takes a card out of the count of its blocks; chains still lead to it. @returns blocks that are small enough again */
  remove(card: number): number[] {
    const revived: number[] = [];
    for (let at = this.starts.array[card]!; at < this.starts.array[card + 1]!; at++) {
      const place = this.places.array[at]!;
      this.counts[place]!--;
      if (this.counts[place] === KEY_TYPES[this.types.array[at]!]!.limit) revived.push(place);
    }
    return revived;
  }

  /** Blocks that this card, the last one added, made too big. */
  outgrown(card: number): number[] {
    const blocks: number[] = [];
    for (let at = this.starts.array[card]!; at < this.starts.array[card + 1]!; at++)
      if (this.counts[this.places.array[at]!] === KEY_TYPES[this.types.array[at]!]!.limit + 1)
        blocks.push(this.places.array[at]!);
    return blocks;
  }

  /** Calls `visit` with each older card that shares a key, once per shared key; blocks over their limit are passed over. */
  walkOlder(card: number, visit: (other: number, type: number) => void): void {
    for (let at = this.starts.array[card]!; at < this.starts.array[card + 1]!; at++) {
      const type = this.types.array[at]!;
      const next = this.nexts.array[at]!;
      if (next < 0 || this.counts[this.places.array[at]!]! > KEY_TYPES[type]!.limit) continue;
      for (let other = next; other >= 0; other = this.nexts.array[other]!) visit(this.cards.array[other]!, type);
    }
  }

  /** All cards of a block, removed ones too. */
  cardsAt(place: number): number[] {
    const cards: number[] = [];
    for (let at = this.heads[place]!; at >= 0; at = this.nexts.array[at]!) cards.push(this.cards.array[at]!);
    return cards;
  }

  /** Whether two cards share a block that is not too big. */
  share(a: number, b: number): boolean {
    for (let x = this.starts.array[a]!; x < this.starts.array[a + 1]!; x++) {
      const place = this.places.array[x]!;
      if (this.counts[place]! > KEY_TYPES[this.types.array[x]!]!.limit) continue;
      for (let y = this.starts.array[b]!; y < this.starts.array[b + 1]!; y++)
        if (this.places.array[y] === place) return true;
    }
    return false;
  }

  /** Per kind of key: entries in blocks within the limit, and entries that were passed over. */
  report(): { name: string; used: number; passedOver: number }[] {
    const report = KEY_TYPES.map(({ name }) => ({ name, used: 0, passedOver: 0 }));
    for (let at = 0; at < this.cards.length; at++) {
      const type = this.types.array[at]!;
      if (this.counts[this.places.array[at]!]! > KEY_TYPES[type]!.limit) report[type]!.passedOver++;
      else report[type]!.used++;
    }
    return report;
  }

  private place(hash: number): number {
    const mask = this.hashes.length - 1;
    let place = hash & mask;
    while (this.heads[place] !== -1 && this.hashes[place] !== hash) place = (place + 1) & mask;
    this.hashes[place] = hash;
    return place;
  }

  private widen(): void {
    const [hashes, heads, counts] = [this.hashes, this.heads, this.counts];
    const moved = new Int32Array(hashes.length);
    this.hashes = new Int32Array(hashes.length * 2);
    this.heads = new Int32Array(hashes.length * 2).fill(-1);
    this.counts = new Int32Array(hashes.length * 2);
    for (let old = 0; old < hashes.length; old++) {
      if (heads[old] === -1) continue;
      const place = this.place(hashes[old]!);
      this.heads[place] = heads[old]!;
      this.counts[place] = counts[old]!;
      moved[old] = place;
    }
    for (let at = 0; at < this.places.length; at++) this.places.array[at] = moved[this.places.array[at]!]!;
  }
}
