import { ADDRESS, EMAIL, FAMILY, FURTHER, GIVEN, ORGANIZATION, PHONE } from './compare.ts';
import { hashText, mix, mixEither } from './hash.ts';
import * as email from './kinds/emails.ts';
import * as name from './kinds/names.ts';
import { LETTERS_HASH, type OrganizationValue } from './kinds/organizations.ts';
import * as phone from './kinds/phones.ts';
import { NUMBER_HASH, STREET_HASH } from './kinds/places.ts';
import type { Population } from './population.ts';
import type { Ints } from './texts.ts';

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
export type KeySink = (type: number, hash: number) => void;

const NONE: readonly number[] = [];

/** Gives out all keys of a card. */
export function keysOf(population: Population, card: number, sink: KeySink): void {
  const given = population.value(card, population.given);
  const family = population.value(card, population.family);
  const ids = given < 0 ? (family < 0 ? NONE : [family]) : family < 0 || family === given ? [given] : [given, family];
  emailKeys(population, card, sink);
  phoneKeys(population, card, ids.length < 2, sink);
  nameKeys(population, ids, sink);
  contextKeys(population, card, ids, sink);
  placeKeys(population, card, sink);
  furtherKeys(population, card, ids, sink);
}

function emailKeys({ emails, rows, stride }: Population, card: number, sink: KeySink): void {
  const { dictionary, ids, at } = emails;
  const marks = dictionary.marks.array;
  for (let x = rows[card * stride + at]!; x < rows[(card + 1) * stride + at]!; x++) {
    const mark = ids.array[x]! * dictionary.stride;
    const flags = marks[mark + email.FLAGS]!;
    if ((flags & email.SHARED) !== 0) continue;
    sink(EMAIL_KEY, marks[mark + email.ADDRESS_HASH]!);
    if ((flags & email.LONG) !== 0) sink(USER_KEY, marks[mark + email.USER_HASH]!);
    if ((flags & (email.CORPORATE | email.NOWHERE)) === 0) continue;
    sink(EMAIL_PART_KEY, marks[mark + email.START_HASH]!);
    sink(EMAIL_PART_KEY, marks[mark + email.END_HASH]!);
  }
}

/** Parts of numbers only of cards that names will not find. */
function phoneKeys({ phones, rows, stride }: Population, card: number, nameless: boolean, sink: KeySink): void {
  const { dictionary, ids, at } = phones;
  const marks = dictionary.marks.array;
  for (let x = rows[card * stride + at]!; x < rows[(card + 1) * stride + at]!; x++) {
    const mark = ids.array[x]! * dictionary.stride;
    sink(PHONE_KEY, marks[mark + phone.NUMBER_HASH]!);
    if (!nameless || marks[mark + phone.LENGTH_AND_MOBILE]! >> 1 < 9) continue;
    sink(PHONE_PART_KEY, marks[mark + phone.END_HASH]!);
    sink(PHONE_PART_KEY, marks[mark + phone.START_HASH]!);
  }
}

function nameKeys({ names }: Population, ids: readonly number[], sink: KeySink): void {
  if (ids.length < 2) return;
  const marks = names.marks.array;
  const a = ids[0]! * names.stride;
  const b = ids[1]! * names.stride;
  const one = marks[a + name.NAME_HASH]!;
  const other = marks[b + name.NAME_HASH]!;
  sink(NAME_KEY, mixEither(one, other));
  sink(SOUND_KEY, mixEither(marks[a + name.SOUND_HASH]!, marks[b + name.SOUND_HASH]!));
  sink(NAME_PART_KEY, mix(one, marks[b + name.START_HASH]!));
  sink(NAME_PART_KEY, mix(one, marks[b + name.END_HASH]!));
  sink(NAME_PART_KEY, mix(other, marks[a + name.START_HASH]!));
  sink(NAME_PART_KEY, mix(other, marks[a + name.END_HASH]!));
}

/** A name where its bearer works or lives; of cards without a human's name, the organisation itself. */
function contextKeys(population: Population, card: number, ids: readonly number[], sink: KeySink): void {
  const { organization, city, emails, names } = population;
  const company = population.value(card, organization);
  const town = population.value(card, city);
  const companyKey = company < 0 ? 0 : markOf(organization.dictionary, company, LETTERS_HASH);
  const townKey = town < 0 ? 0 : markOf(city.dictionary, town, 0);
  if (company >= 0 && ids.length === 0) organizationKeys(organization.dictionary.value(company), companyKey, sink);
  for (const id of ids) {
    const hash = markOf(names, id, name.NAME_HASH);
    if (company >= 0) sink(NAME_AT_KEY, mix(companyKey, hash));
    if (town >= 0) sink(NAME_CITY_KEY, mix(townKey, markOf(names, id, name.SOUND_HASH)));
    for (const address of population.list(card, emails))
      if ((markOf(emails.dictionary, address, email.FLAGS) & email.CORPORATE) !== 0)
        sink(NAME_DOMAIN_KEY, mix(markOf(emails.dictionary, address, email.DOMAIN_HASH), hash));
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
  const code = population.value(card, postcode);
  if (code >= 0)
    sink(STREET_KEY, mix(markOf(street.dictionary, way, NUMBER_HASH), markOf(postcode.dictionary, code, 0)));
  sink(STREET_KEY, markOf(street.dictionary, way, STREET_HASH));
}

function furtherKeys(population: Population, card: number, ids: readonly number[], sink: KeySink): void {
  for (let at = 0; at < population.further.length; at++) {
    const { field, column } = population.further[at]!;
    const id = population.value(card, column);
    if (id < 0 || (field.kind !== 'date' && field.kind !== 'identifier')) continue;
    const key = mix(markOf(column.dictionary, id, 0), at);
    sink(field.kind === 'date' ? DATE_KEY : IDENTIFIER_KEY, key);
    if (field.kind !== 'date') continue;
    for (const one of ids) sink(DATE_AND_SOUND_KEY, mix(key, markOf(population.names, one, name.SOUND_HASH)));
  }
}

function markOf({ marks, stride }: { marks: Ints; stride: number }, id: number, mark: number): number {
  return marks.array[id * stride + mark]!;
}
