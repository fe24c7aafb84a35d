import { countryCode } from '../normalise/address.ts';

/** What a piece of a postal address is. A whole one ("12 rue X, 69002 Lyon") needs nothing beside it. */
export type PostalPart = 'street' | 'city' | 'whole' | 'country';

const STREET_START =
  /^(?:[\p{L} '’.-]{3,30},\s*)?(?:\d{1,5}\s?(?:bis|ter|quater|[a-d](?=[\s,]))?(?:[-/]\d{1,4})?,?\s+(?:\p{L}|\d{1,3}(?:st|nd|rd|th)\b)|(?:rue|avenue|av\.?|bd\.?|boulevard|bld|place|pl\.|chemin|all[ée]e|quai|impasse|cours|route|square|passage|mont[ée]e|faubourg|fbg|za|zi|zac|z\.[ai]\.|parc|lieu[- ]dit|bp|cs|b\.p\.|cedex|r[ée]sidence|immeuble|b[âa]timent|b[âa]t\.?|tour|zone|centre d['’]affaires|p\.?\s?o\.? box|suite|unit|floor|level|building|house|c\/|c\.|calle|cl\.|avda\.?|avenida|plaza|pza\.?|pl|paseo|p[ºo]\.|ctra\.?|carretera|pol\.?|pol[íi]gono|camino|ronda|traves[íi]a|gran v[íi]a|rambla|apdo|apartado|postfach|am|an der|im|zum|zur|auf der|unter den)(?=[\s.,]))/iu;
const STREET_WORD =
  /(?:\b(?:street|st|road|rd|lane|ln|avenue|ave|drive|dr|boulevard|blvd|way|court|ct|square|terrace|crescent|close|row|mews|parkway|pkwy|highway|hwy|broadway|quay|gardens)\b\.?(?:,.{0,40}| (?:n|s|e|w|ne|nw|se|sw|north|south|east|west)\b.{0,20})?$|(?:stra(?:ß|ss)e|str\.|gasse|weg|platz|allee|ring|ufer|damm|steig|hof|markt|berg|graben)\s*\d{1,4}\s?[a-z]?(?:-\d{1,4})?$|\b(?:s\/n|n[ºo°]\s?\d|nave \d|planta|piso)\b)/iu;
/** "Kirchgasse 4", "Am Markt 12": German streets end with their number. */
const GERMAN = /^\p{Lu}[\p{L}. -]{2,40}\s\d{1,4}\s?[a-z]?(?:\s?[-–/]\s?\d{1,4})?$/u;

const NAMED_CITY = String.raw`\p{Lu}[\p{L}'’. -]{1,40}(?: ?\([\p{L} .'-]{2,30}\))?(?:\s*cedex(?: \d{1,2})?)?(?:,\s*\p{Lu}[\p{L} .-]{2,30})?`;
const CITIES: RegExp[] = [
  new RegExp(`^(?:(?:SE|S|CZ|SK|GR)[- ])?\\d{3} \\d{2}\\s+${NAMED_CITY}$`, 'u'),
  new RegExp(`^(?:[A-Z]{1,2}[- ])?(?:\\d{5}|\\d{2} \\d{3})\\s+${NAMED_CITY}$`, 'u'),
  new RegExp(`^(?:(?:A|B|CH|L|DK|N|AT|BE)[- ])?[1-9]\\d{3}\\s+${NAMED_CITY}$`, 'u'),
  new RegExp(`^(?:NL[- ])?\\d{4} ?[A-Z]{2}\\s+${NAMED_CITY}$`, 'u'),
  /^(?:\p{Lu}[\p{L}'’. -]{1,40}[\s,]+)?\(?[A-Z]{2}\)?[\s,]+\d{5}(?:-\d{4})?$/u,
  /^(?:\p{Lu}[\p{L}'’. -]{1,40}[\s,]+)?(?:[A-Z]{2}[\s,]+)?[A-Z]\d[A-Z] ?\d[A-Z]\d$/u,
  /^(?:[\p{L}'’. -]{2,40}[\s,]+)?[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}$/u,
  /^\p{Lu}[\p{L}'’. -]{2,30} \d{4,6}$/u,
  /^\p{Lu}[\p{L}'’. -]{1,30}[\s,]+(?:NSW|VIC|QLD|TAS|ACT|SA|WA|NT)\s+\d{4}$/u,
];

/** Which part of an address a piece is, if any. */
export function postalPart(piece: string): PostalPart | undefined {
  const text = piece.replace(/[\s,;.]+$/, '');
  if (/^(?:cs|bp|tsa|b\.p\.|p\.?\s?o\.?\s?box|postfach|apdo\.?)\s*\d+$/i.test(text)) return 'street';
  if (text.length < 3 || text.length > 130 || /[@|:]|\bdx\b|€|\$|%/i.test(text)) return undefined;
  if (/^\D{0,4}(?:\d[\s./()-]*){9,}\D{0,4}$/.test(text)) return undefined; // a number to call
  if (!/\d/.test(text)) {
    if (countryCode(text) !== undefined && text.length > 3) return 'country';
    return STREET_WORD.test(text) || isPlainStreet(text) ? 'street' : undefined;
  }
  if (CITIES.slice(0, 7).some((city) => city.test(text))) return 'city';
  if (isWhole(text)) return 'whole';
  if (STREET_START.test(text) || STREET_WORD.test(text) || GERMAN.test(text)) return 'street';
  return CITIES.some((city) => city.test(text)) ? 'city' : undefined;
}

/** Streets without a number, told by their first word only where nothing else begins with it. */
function isPlainStreet(text: string): boolean {
  return /^(?:rue|avenue|boulevard|bd|chemin|all[ée]e|quai|impasse|za|zi|zac|zone (?:artisanale|industrielle)|parc d['’]activit[ée]s?|lieu[- ]dit|r[ée]sidence|calle|avda|paseo|carretera|ctra|pol[íi]gono|polígono)\s/iu.test(
    text,
  );
}

/** A street and a city in one piece, commas between them or not. */
function isWhole(text: string): boolean {
  const parts = text.split(/\s*[,;]\s*|\.\s+(?=\d{4,5}\s)/);
  for (let at = 1; at < parts.length; at++) {
    const last = parts[at]!;
    const city =
      CITIES.slice(0, 7).some((form) => form.test(last)) ||
      CITIES.slice(0, 7).some((form) => form.test(parts.slice(at).join(', ')));
    const before = parts.slice(0, at).join(', ');
    if (city && /\p{L}{2}/u.test(before)) return true;
  }
  const inOne = /^(.*\p{L}.*?)\s+((?:[A-Z]{1,2}-)?\d{5}\s+\p{L}.*)$/u.exec(text);
  if (inOne && (STREET_START.test(inOne[1]!) || STREET_WORD.test(inOne[1]!)) && CITIES[1]!.test(inOne[2]!)) return true;
  const british = /^(.*\p{L}.*?)\s+([A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})$/u.exec(text);
  return Boolean(british && (STREET_START.test(british[1]!) || british[1]!.includes(',')));
}
