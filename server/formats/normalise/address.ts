import type { ContactAddress } from '../contact.ts';
import { countryCode, countryOfPlate } from './country.ts';

export { countryCode } from './country.ts';

type AddressParts = Partial<Omit<ContactAddress, 'raw'>>;

/** How one family of countries writes postcode and city; groups: plate, postcode, city, region. */
interface Pattern {
  /** Where it is tried; the country it tells is told only by patterns that no other country uses. */
  countries: string[];
  tells?: string;
  form: RegExp;
}

const PATTERNS: Pattern[] = [
  { countries: ['GB'], tells: 'GB', form: /^(?<city>.*?)[\s,]*\b(?<postcode>[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})$/i },
  {
    countries: ['CA'],
    tells: 'CA',
    form: /^(?<city>.*?)[\s,]*\(?\b(?<region>[A-Z]{2})\)?[\s,]+(?<postcode>[A-Z]\d[A-Z] ?\d[A-Z]\d)$/i,
  },
  {
    countries: ['US'],
    tells: 'US',
    form: /^(?<city>.*?)[\s,]*\b(?<region>[A-Z]{2})\.?[\s,]+(?<postcode>\d{5}(?:-\d{4})?)$/,
  },
  {
    countries: ['AU', 'NZ'],
    form: /^(?<city>.*?)[\s,]*\b(?<region>NSW|VIC|QLD|TAS|ACT|SA|WA|NT)\s+(?<postcode>\d{4})$/,
  },
  { countries: ['NL'], tells: 'NL', form: /^(?:(?<plate>NL)[- ])?(?<postcode>\d{4} ?[A-Z]{2}) +(?<city>[^\d]+)$/ },
  { countries: ['PL'], form: /^(?:(?<plate>PL)[- ])?(?<postcode>\d{2}-\d{3}) +(?<city>[^\d]+)$/ },
  { countries: ['PT'], form: /^(?:(?<plate>PT?)[- ])?(?<postcode>\d{4}-\d{3}) +(?<city>[^\d]+)$/ },
  {
    countries: ['SE', 'CZ', 'SK', 'GR'],
    form: /^(?:(?<plate>[A-Z]{1,2})[- ])?(?<postcode>\d{3} ?\d{2}) +(?<city>[^\d].*)$/,
  },
  { countries: [], form: /^(?:(?<plate>[A-Z]{1,2})[- ])?(?<postcode>\d{5}|\d{4}|\d{2} \d{3}) +(?<city>[^\d\s].*)$/ },
  {
    countries: ['US'],
    form: /^(?!bp|cs|tsa|bo[iî]te|postfach|p\.?o)(?<city>\p{L}[^\d]*?) +(?<postcode>\d{5}(?:-\d{4})?)$/iu,
  },
];

/**
 * Takes an address written as text apart (lines or commas): street, postcode, city, region, country.
 * Understands the order of the French, German, Belgian, Swiss, Italian, Spanish, Dutch, Portuguese, Nordic, British, American,
 * Canadian and Australian posts. What it cannot place stays in `street`. `country` and `countryCode` only when the text tells.
 *
 * @param country ISO 3166-1 alpha-2, whose order is tried first
 */
export function parseAddress(raw: string, country: string): AddressParts {
  const segments = raw
    .slice(0, 1000)
    .split(/[\r\n,;]+/)
    .map((segment) => segment.replace(/\s+/g, ' ').trim())
    .filter((segment) => segment !== '');
  if (segments.length === 0) return {};
  const named = takeCountry(segments);
  const found = takeCity(segments, named.countryCode ?? country);
  const street = segments.join(', ');
  return { ...(street ? { street } : {}), ...found, ...named };
}

function takeCountry(segments: string[]): AddressParts {
  const last = segments.at(-1)!;
  const code = segments.length > 1 && last.length > 2 ? countryCode(last) : undefined;
  if (code) {
    segments.pop();
    return { country: last, countryCode: code };
  }
  const inBrackets = /^(.*\d.*?)\s*[(–-]\s*(\p{L}[\p{L} '’.-]+)\)?$/u.exec(last);
  const bracketed = inBrackets && countryCode(inBrackets[2]!);
  if (!bracketed) return {};
  segments[segments.length - 1] = inBrackets[1]!;
  return { country: inBrackets[2]!, countryCode: bracketed };
}

function takeCity(segments: string[], country: string): AddressParts {
  const ordered = [...PATTERNS].sort(
    (a, b) => Number(b.countries.includes(country)) - Number(a.countries.includes(country)),
  );
  for (const pattern of ordered) {
    for (let at = segments.length - 1; at >= 0; at--) {
      const joined = pattern.tells && at > 0 && !/\p{L}.*\d.*\d/u.test(segments[at - 1]!) ? 2 : 1;
      const match = matchAt(segments, at, pattern);
      if (match) return place(segments, at, match, pattern, joined);
    }
  }
  return inOneLine(segments);
}

function matchAt(segments: string[], at: number, pattern: Pattern): Record<string, string | undefined> | undefined {
  const segment = segments[at]!;
  const groups = pattern.form.exec(segment)?.groups;
  if (!groups) return undefined;
  // "12 rue X" would pass for a postcode of four digits only with a city that is a street.
  return STREET.test(groups.city ?? '') && segments.length > 1 ? undefined : groups;
}

const STREET =
  /^(?:bis |ter )?(?:rue|avenue|av|bd|boulevard|place|pl|chemin|route|impasse|all[ée]e|quai|cours|square|street|st|road|rd|ave|lane|drive)\b\.?/i;

/** "…, Springfield, IL 62704": the city stands in the segment before, when the segment with the postcode holds none. */
function place(
  segments: string[],
  at: number,
  match: Record<string, string | undefined>,
  pattern: Pattern,
  joined: number,
): AddressParts {
  let city = match.city?.replace(/[\s,]+$/, '') ?? '';
  let from = at;
  if (city === '' && joined === 2 && at > 1) {
    from = at - 1;
    city = segments[from]!;
  }
  const behind = segments.splice(from, segments.length - from).slice(at - from + 1);
  const plate = match.plate ? countryOfPlate(match.plate) : undefined;
  const code = plate ?? pattern.tells;
  return {
    ...(match.postcode ? { postcode: match.postcode } : {}),
    ...(city ? { city } : {}),
    ...(match.region ? { region: match.region } : behind.length > 0 ? { region: behind.join(', ') } : {}),
    ...(code ? { countryCode: code } : {}),
  };
}

/** No separator at all: "12 rue de la Paix 75001 Paris". */
function inOneLine(segments: string[]): AddressParts {
  const last = segments.at(-1)!;
  const match =
    /^(?<street>.*\p{L}.*?)\s+(?:(?<plate>[A-Z]{1,2})-)?(?<postcode>\d{5}|\d{4})\s+(?<city>\p{L}[^\d]*(?:CEDEX(?: \d+)?)?)$/iu.exec(
      last,
    );
  if (!match?.groups) return {};
  const { street, plate, postcode, city } = match.groups;
  segments[segments.length - 1] = street!;
  const code = plate ? countryOfPlate(plate.toUpperCase()) : undefined;
  return { postcode: postcode!, city: city!.trim(), ...(code ? { countryCode: code } : {}) };
}
