import { fold } from './fold.ts';

/** Languages whose names of countries are understood, beside the country's own. */
const LANGUAGES = ['fr', 'en', 'de', 'es', 'it', 'nl', 'pt'];

/** Names that the Unicode tables do not have, and the three-letter codes (ISO 3166-1 alpha-3) seen in address books. */
const OTHER_NAMES: Record<string, string> = {
  uk: 'GB',
  greatbritain: 'GB',
  grandebretagne: 'GB',
  grossbritannien: 'GB',
  england: 'GB',
  angleterre: 'GB',
  scotland: 'GB',
  ecosse: 'GB',
  wales: 'GB',
  paysdegalles: 'GB',
  northernireland: 'GB',
  unitedkingdomofgreatbritainandnorthernireland: 'GB',
  unitedstatesofamerica: 'US',
  etatsunisdamerique: 'US',
  theunitedstates: 'US',
  amerique: 'US',
  usa: 'US',
  holland: 'NL',
  hollande: 'NL',
  thenetherlands: 'NL',
  eire: 'IE',
  republicofireland: 'IE',
  czechrepublic: 'CZ',
  republiquetcheque: 'CZ',
  russia: 'RU',
  southkorea: 'KR',
  coreedusud: 'KR',
  chine: 'CN',
  francemetropolitaine: 'FR',
  republiquefrancaise: 'FR',
  cotedivoire: 'CI',
  turkey: 'TR',
  macedonia: 'MK',
  vietnam: 'VN',
  fra: 'FR',
  deu: 'DE',
  ger: 'DE',
  gbr: 'GB',
  che: 'CH',
  bel: 'BE',
  lux: 'LU',
  ita: 'IT',
  esp: 'ES',
  prt: 'PT',
  nld: 'NL',
  aut: 'AT',
  irl: 'IE',
  can: 'CA',
  pol: 'PL',
  swe: 'SE',
  nor: 'NO',
  dnk: 'DK',
  fin: 'FI',
  jpn: 'JP',
  chn: 'CN',
  ind: 'IN',
  aus: 'AU',
  bra: 'BR',
  mar: 'MA',
  tun: 'TN',
  dza: 'DZ',
};

/** Only plates of vehicles, as they stood before postcodes. */
const PLATES: Record<string, string> = {
  F: 'FR',
  D: 'DE',
  B: 'BE',
  L: 'LU',
  I: 'IT',
  E: 'ES',
  P: 'PT',
  A: 'AT',
  S: 'SE',
  N: 'NO',
};

let byName: Map<string, string> | undefined;
let codes: Set<string> | undefined;

/**
 * ISO 3166-1 alpha-2 code of a country given by code or by name in French, English, German, Spanish, Italian, Dutch, Portuguese
 * or its own main language; accents, case and punctuation do not count. Undefined when it is none.
 */
export function countryCode(nameOrCode: string): string | undefined {
  const key = keyOf(nameOrCode);
  if (key.length < 2 || key.length > 60) return undefined;
  byName ??= allNames();
  return byName.get(key);
}

/** The country of the letter before a postcode: "D-80331", "CH-8001", "FR-75001". */
export function countryOfPlate(letters: string): string | undefined {
  return PLATES[letters] ?? (letters.length === 2 ? countryCode(letters) : undefined);
}

function keyOf(name: string): string {
  return fold(name).replace(/[^\p{L}\p{N}]/gu, '');
}

function allNames(): Map<string, string> {
  const names = new Map<string, string>();
  const english = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
  codes ??= new Set();
  for (let i = 0; i < 676; i++) {
    const code = String.fromCharCode(65 + Math.floor(i / 26), 65 + (i % 26));
    if (english.of(code) && !NOT_COUNTRIES.has(code)) codes.add(code);
  }
  for (const language of LANGUAGES) addNames(names, language, codes);
  for (const code of codes) {
    const language = new Intl.Locale(`und-${code}`).maximize().language;
    if (!LANGUAGES.includes(language)) addNames(names, language, [code]);
  }
  for (const code of codes) names.set(code.toLowerCase(), code);
  for (const [name, code] of Object.entries(OTHER_NAMES)) names.set(name, code);
  return names;
}

/** Codes that the Unicode tables name and ISO 3166-1 does not: groups, exceptional reservations, former and private ones. */
const NOT_COUNTRIES = new Set(
  'AC AN BU CP CQ CS CT DD DG DY EA EU EZ FQ FX HV IC JT MI NH NQ NT PC PU PZ QO RH SU TA TP UK UN VD WK XA XB XK YD YU ZR ZZ'.split(
    ' ',
  ),
);

function addNames(names: Map<string, string>, language: string, of: Iterable<string>): void {
  for (const style of ['long', 'short'] as const) {
    const display = new Intl.DisplayNames(language, { type: 'region', fallback: 'none', style });
    for (const code of of) {
      const key = keyOf(display.of(code) ?? '');
      if (key !== '' && !names.has(key)) names.set(key, code);
    }
  }
}
