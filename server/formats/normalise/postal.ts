import type { ContactAddress } from '../contact.ts';
import { countryCode, parseAddress } from './address.ts';
import { fold } from './fold.ts';

/** To whom a letter goes. */
export interface Addressee {
  /** Civility, given and family name in one. */
  name: string;
  organization: string;
}

/** An address as it stands on a card. */
export type CardAddress = Partial<ContactAddress>;

/**
 * Signs of a line, and lines of an address in France (NF Z10-011, as La Poste has it: "6 lignes maximum, 38 caractères par ligne, espaces compris"). A
 * letter to another country bears the country's name below.
 */
export const mostSigns = 38;
export const mostLines = 6;

/** Where country names are written in French; elsewhere they are in English. The post of the sender's country reads them. */
const french = new Set([
  'FR',
  'BE',
  'CH',
  'LU',
  'MC',
  'GP',
  'MQ',
  'GF',
  'RE',
  'YT',
  'PM',
  'BL',
  'MF',
  'NC',
  'PF',
  'WF',
  'SN',
  'CI',
  'TN',
  'MA',
]);
/** La Poste's own ground: its postcodes have five digits, and no country is written (NF Z10-011). */
const laPoste = new Set(['FR', 'MC', 'GP', 'MQ', 'GF', 'RE', 'YT', 'PM', 'BL', 'MF']);
/** The postcode stands behind the city, in the same line, or below it. */
const behind = new Set(['US', 'CA', 'AU', 'NZ']);
const below = new Set(['GB', 'IE']);

const tidy = (text: string): string =>
  text
    .normalize('NFC')
    .replaceAll(/[\p{C}\p{Z}\s]+/gu, ' ')
    .trim();

/** Capitals without accents or punctuation, as machines that sort letters read them (La Poste: from the fourth line on). */
const capitals = (text: string): string =>
  tidy(
    text
      .replaceAll(/[œŒ]/g, 'OE')
      .replaceAll(/[æÆ]/g, 'AE')
      .normalize('NFD')
      .replaceAll(/\p{M}+/gu, '')
      .toUpperCase()
      .replaceAll(/[^\p{L}\p{N}/]+/gu, ' '),
  );

/** Breaks a text at blanks into lines that fit; null where a word alone does not. */
function broken(text: string): string[] | null {
  const lines: string[] = [];
  for (const word of text.split(' ').filter(Boolean)) {
    if ([...word].length > mostSigns) return null;
    const last = lines.at(-1);
    if (last !== undefined && [...last].length + 1 + [...word].length <= mostSigns)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** The parts of an address; of one that is a text alone, as they are read from it. */
function partsOf(address: CardAddress, home: string) {
  const { raw = '', ...said } = address;
  const has = said.postcode || said.city;
  const parts: CardAddress = has ? said : { ...parseAddress(raw, home), ...said };
  const land = parts.countryCode ?? (parts.country ? countryCode(parts.country) : undefined);
  // A country that nobody can place is not left out: the letter would go astray at home.
  if (parts.country && !land) return null;
  return {
    street: parts.street ?? '',
    postcode: tidy(parts.postcode ?? ''),
    city: tidy(parts.city ?? ''),
    region: tidy(parts.region ?? ''),
    land: (land ?? home).toUpperCase(),
  };
}

type Parts = NonNullable<ReturnType<typeof partsOf>>;

/** The lines of the place, in the order of its country. */
function placeLines({ postcode, city, region, land }: Parts): string[] {
  if (laPoste.has(land)) return [`${postcode.replaceAll(/\D/g, '')} ${capitals(city)}`];
  const town = city.toUpperCase();
  if (below.has(land)) return [town, postcode.toUpperCase()].filter(Boolean);
  const line = behind.has(land) ? [town, region.toUpperCase(), postcode] : [postcode, town];
  return [line.filter(Boolean).join(' ')];
}

const isComplete = ({ street, postcode, city, land }: Parts): boolean =>
  laPoste.has(land)
    ? /^\d{5}$/.test(postcode.replaceAll(/\s/g, '')) && /\p{L}/u.test(city)
    : city !== '' && (street !== '' || postcode !== '');

/** The name of a country as the sender's post reads it. */
function countryLine(land: string, home: string): string {
  const names = new Intl.DisplayNames([french.has(home) ? 'fr' : 'en'], { type: 'region', fallback: 'code' });
  return names.of(land)!.toUpperCase();
}

/**
 * The lines of an address as it stands on an envelope, from the addressee to the place: at most six of 38 signs, and for abroad the country below them, in
 * capitals and in the language of the sending country (NF Z10-011; UPU S42). At work the company comes first, then who it is for. Street and place in France
 * are capitals without accents or punctuation, which machines read.
 * @param home ISO 3166-1 alpha-2 of the sender, for addresses that name no country
 * @returns null for an address to which no letter can go: without place, with a country that is none, or that does not fit
 */
export function postalLines({ name, organization }: Addressee, address: CardAddress, home: string): string[] | null {
  const parts = partsOf(address, home);
  if (!parts || !isPlausible(parts) || !isComplete(parts)) return null;
  const atHome = laPoste.has(parts.land);
  const who = [...(address.type === 'home' ? [] : [organization]), name].map(tidy).filter(Boolean);
  const people = who.length > 0 ? who : [tidy(organization)].filter(Boolean);
  const street = parts.street
    .split(/[\r\n,;]+/)
    .map((line) => (atHome ? capitals(line) : tidy(line)))
    .filter(Boolean);
  const lines: string[] = [];
  for (const text of [...people, ...joinNumbers(street), ...placeLines(parts)]) {
    const fitting = broken(text);
    if (fitting === null) return null;
    lines.push(...fitting);
  }
  const [last] = broken(placeLines(parts).at(-1)!)?.slice(1) ?? [];
  if (people.length === 0 || lines.length > mostLines || last !== undefined) return null;
  if (parts.land === home || (atHome && laPoste.has(home))) return lines;
  const country = countryLine(parts.land, home);
  return [...country].length > mostSigns ? null : [...lines, country];
}

/** A country code that is one. */
const isPlausible = ({ land }: Parts): boolean => /^[A-Z]{2}$/.test(land);

/** "12, rue de la Paix": a number that was parted from its street stands before it again. */
function joinNumbers(lines: readonly string[]): string[] {
  const joined: string[] = [];
  for (const line of lines) {
    const before = joined.at(-1);
    if (before !== undefined && /^\d+\s*(?:bis|ter|quater|[a-z])?$/i.test(before))
      joined[joined.length - 1] = `${before} ${line}`;
    else joined.push(line);
  }
  return joined;
}

/**
 * What makes somebody at an address one, however it is written: by this their contact point is found. It is the person there, not the house: an objection
 * of one is none of all their colleagues. The country is left out, because one card names it and another does not: rather one objection too many than too few.
 */
export function postalKey({ name, organization }: Addressee, address: CardAddress, home: string): string | null {
  const parts = partsOf(address, home);
  if (!parts) return null;
  const words = (text: string) =>
    fold(text)
      .split(/[^\p{L}\p{N}]+/u)
      .filter(Boolean);
  const who = words(name || organization).sort();
  return [who, words(parts.street), words(parts.postcode), words(parts.city)].map((one) => one.join(' ')).join('|');
}

/** By what letters are sorted for the post: those for abroad last, by country; then by postcode. */
export function postalOrder(address: CardAddress, home: string): string {
  const parts = partsOf(address, home);
  const land = parts?.land ?? home;
  const abroad = land !== home && !(laPoste.has(land) && laPoste.has(home));
  return `${abroad ? `1 ${land}` : '0'} ${parts?.postcode ?? ''} ${fold(parts?.city ?? '')}`;
}
