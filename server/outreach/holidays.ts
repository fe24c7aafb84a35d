// Public holidays of the whole of a country, by its law; those of a region or canton, and those moved to a working day, are not among them.

/** ISO 3166-1 alpha-2. */
export const holidayCountries = ['AT', 'BE', 'CH', 'DE', 'FR', 'LU'] as const;
export type HolidayCountry = (typeof holidayCountries)[number];

/** Days after Easter Sunday. */
const easter = { goodFriday: -2, easterMonday: 1, ascension: 39, whitMonday: 50, corpusChristi: 60 };

/** Fixed days as `MM-DD`, and those that follow Easter. */
const holidays: Record<HolidayCountry, { fixed: readonly string[]; moving: readonly number[] }> = {
  // Arbeitsruhegesetz § 7, 2.
  AT: {
    fixed: ['01-01', '01-06', '05-01', '08-15', '10-26', '11-01', '12-08', '12-25', '12-26'],
    moving: [easter.easterMonday, easter.ascension, easter.whitMonday, easter.corpusChristi],
  },
  // Arrêté royal du 18 avril 1974, art. 1.
  BE: {
    fixed: ['01-01', '05-01', '07-21', '08-15', '11-01', '11-11', '12-25'],
    moving: [easter.easterMonday, easter.ascension, easter.whitMonday],
  },
  // Constitution fédérale, art. 110, al. 3: the first of August; the others are kept by all cantons (list of the Federal Office of Justice).
  CH: { fixed: ['01-01', '08-01', '12-25'], moving: [easter.ascension] },
  // Those of all sixteen laws of the Länder; Einigungsvertrag, art. 2 (3 October).
  DE: {
    fixed: ['01-01', '05-01', '10-03', '12-25', '12-26'],
    moving: [easter.goodFriday, easter.easterMonday, easter.ascension, easter.whitMonday],
  },
  // Code du travail, art. L3133-1.
  FR: {
    fixed: ['01-01', '05-01', '05-08', '07-14', '08-15', '11-01', '11-11', '12-25'],
    moving: [easter.easterMonday, easter.ascension, easter.whitMonday],
  },
  // Code du travail, art. L. 232-2.
  LU: {
    fixed: ['01-01', '05-01', '05-09', '06-23', '08-15', '11-01', '12-25', '12-26'],
    moving: [easter.easterMonday, easter.ascension, easter.whitMonday],
  },
};

const day = 86_400_000;

/**
 * Easter Sunday of a year of the Gregorian calendar, as the milliseconds of its midnight in UTC (the anonymous algorithm of 1876, as Butcher and Meeus,
 * Astronomical Algorithms, 1991, chapter 8, have it).
 */
export function easterOf(year: number): number {
  const a = year % 19;
  const [b, c] = [Math.floor(year / 100), year % 100];
  const [d, e] = [Math.floor(b / 4), b % 4];
  const f = Math.floor((b + 8) / 25);
  const g = Math.floor((b - f + 1) / 3);
  const h = (19 * a + b - d - g + 15) % 30;
  const [i, k] = [Math.floor(c / 4), c % 4];
  const l = (32 + 2 * e + 2 * i - h - k) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const sum = h + l - 7 * m + 114;
  return Date.UTC(year, Math.floor(sum / 31) - 1, (sum % 31) + 1);
}

/** @param date the milliseconds of a day's midnight, read as if it were UTC */
export function isHoliday(date: number, countries: readonly HolidayCountry[]): boolean {
  if (countries.length === 0) return false;
  const at = new Date(date);
  const after = Math.round((date - easterOf(at.getUTCFullYear())) / day);
  const fixed = at.toISOString().slice(5, 10);
  return countries.some((one) => holidays[one].fixed.includes(fixed) || holidays[one].moving.includes(after));
}
