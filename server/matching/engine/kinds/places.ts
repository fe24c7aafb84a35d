import { fold } from '../../../formats/normalise/fold.ts';
import { hashText } from '../hash.ts';
import { editDistance, jaroWinkler } from '../similarity.ts';
import type { Kind } from './kind.ts';

export interface StreetValue {
  /** Number first, then the words that tell the street. */
  key: string;
  number: string;
  name: string;
}

/** Kinds of way and their short forms: they are left out, because sources abbreviate them at will. */
const WAYS = new Set(
  `rue r avenue av ave boulevard bd bld blvd bvd allee allees all chemin ch che chem place pl impasse imp route rte quai quay square sq cours crs
  passage pass sentier voie lotissement lot residence res street str st road rd lane ln drive dr court ct crescent cres close cl terrace tce
  parade pde circuit cct way strasse straße weg platz gasse via viale piazza corso calle avenida plaza paseo
  de du des la le les l d of the bis ter quater`.split(/\s+/),
);

export const streets: Kind<StreetValue> = {
  levels: ['different', 'near', 'same'],
  keyOf(raw) {
    const words = fold(raw).match(/[\p{L}\p{N}]+/gu);
    if (!words) return undefined;
    const number = words.find((word) => /^\d/.test(word)) ?? '';
    const told = words.filter((word) => word !== number && !WAYS.has(word));
    const name = (told.length > 0 ? told : words.filter((word) => word !== number)).join('');
    return name === '' && number === '' ? undefined : `${number} ${name}`;
  },
  parse(key) {
    const blank = key.indexOf(' ');
    return { key, number: key.slice(0, blank), name: key.slice(blank + 1) };
  },
  compare(a, b) {
    if (a.number !== b.number && editDistance(a.number, b.number, 1) > 1) return 0;
    const limit = Math.min(a.name.length, b.name.length) < 6 ? 1 : 2;
    if (a.name === b.name || editDistance(a.name, b.name, limit) <= limit) return 1;
    return a.number === b.number && a.number !== '' && jaroWinkler(a.name, b.name) >= 0.92 ? 1 : 0;
  },
  mark: ({ key, number }) => [hashText(key, 17), hashText(number, 16)],
};

/** Positions among the marks: the street, its number alone. */
export const STREET_HASH = 0;
export const NUMBER_HASH = 1;

export interface PlaceValue {
  key: string;
}

const places = (keyOf: (raw: string) => string, near: (a: string, b: string) => boolean): Kind<PlaceValue> => ({
  levels: ['different', 'near', 'same'],
  keyOf: (raw) => keyOf(raw) || undefined,
  parse: (key) => ({ key }),
  compare: (a, b) => (near(a.key, b.key) ? 1 : 0),
  mark: ({ key }) => [hashText(key, 14)],
});

export const cities = places(
  (raw) =>
    fold(raw)
      .replace(/\bcedex\b.*$|\d+/g, '')
      .replace(/\b(?:st|ste)\b/g, (word) => (word === 'st' ? 'saint' : 'sainte'))
      .replace(/[^\p{L}]+/gu, ''),
  (a, b) =>
    Math.min(a.length, b.length) > 3 && (editDistance(a, b, 2) <= (a.length > 6 ? 2 : 1) || jaroWinkler(a, b) >= 0.92),
);

export const postcodes = places(
  (raw) =>
    fold(raw)
      .replace(/^[a-z]{1,2}-/, '')
      .replace(/[^\p{L}\p{N}]+/gu, ''),
  (a, b) => editDistance(a, b, 1) === 1,
);
