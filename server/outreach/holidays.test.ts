import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quietUntil } from './clock.ts';
import { easterOf, type HolidayCountry, isHoliday } from './holidays.ts';

const day = (at: number) => new Date(at).toISOString().slice(0, 10);
const of = (year: number, country: HolidayCountry) =>
  Array.from({ length: 366 }, (_, at) => Date.UTC(year, 0, 1 + at))
    .filter((date) => new Date(date).getUTCFullYear() === year && isHoliday(date, [country]))
    .map(day);

test('Easter falls where tables of it say', () => {
  const known = [
    ...['1818-03-22', '1943-04-25', '1954-04-18', '2000-04-23', '2008-03-23', '2016-03-27', '2024-03-31', '2025-04-20'],
    ...['2026-04-05', '2027-03-28', '2038-04-25', '2049-04-18', '2076-04-19', '2285-03-22'],
  ];
  for (const date of known) expect(day(easterOf(Number(date.slice(0, 4))))).toBe(date);
});

test('Easter is a Sunday between 22 March and 25 April', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1583, max: 4099 }), (year) => {
      const at = new Date(easterOf(year));
      expect(at.getUTCDay()).toBe(0);
      const date = at.toISOString().slice(5, 10);
      expect(date >= '03-22' && date <= '04-25').toBe(true);
    }),
  );
});

test('the holidays of a year are those of its law', () => {
  expect(of(2026, 'FR')).toEqual([
    ...['2026-01-01', '2026-04-06', '2026-05-01', '2026-05-08', '2026-05-14', '2026-05-25', '2026-07-14', '2026-08-15'],
    ...['2026-11-01', '2026-11-11', '2026-12-25'],
  ]);
  expect(of(2027, 'DE')).toEqual([
    ...['2027-01-01', '2027-03-26', '2027-03-29', '2027-05-01', '2027-05-06', '2027-05-17', '2027-10-03', '2027-12-25'],
    '2027-12-26',
  ]);
  expect([of(2026, 'BE').length, of(2026, 'LU').length, of(2026, 'AT').length, of(2026, 'CH').length]).toEqual([
    10, 11, 13, 4,
  ]);
  // Ascension and the first of May were one day: it is one holiday less.
  expect(of(2008, 'FR')).toHaveLength(10);
});

test('nobody is disturbed on a public holiday of a country that was chosen, in their own time', () => {
  const quiet = { from: '08:00', to: '08:00', weekdays: [], dates: [] };
  const until = (at: string, holidays: HolidayCountry[], zone = 'Europe/Paris') =>
    quietUntil(new Date(at), zone, { ...quiet, holidays })?.at.toISOString() ?? null;
  expect(until('2026-07-14T10:00:00Z', ['FR'])).toBe('2026-07-14T22:00:00.000Z');
  expect(until('2026-07-14T10:00:00Z', ['BE'])).toBeNull();
  expect(until('2026-07-14T10:00:00Z', [])).toBeNull();
  expect(until('2026-07-13T22:30:00Z', ['FR'])).toBe('2026-07-14T22:00:00.000Z');
  expect(until('2026-07-13T22:30:00Z', ['FR'], 'Europe/London')).toBeNull();
  // Christmas and the day after.
  expect(until('2026-12-25T09:00:00Z', ['FR', 'DE'])).toBe('2026-12-26T23:00:00.000Z');
  expect(quietUntil(new Date('2026-07-14T10:00:00Z'), 'Europe/Paris', quiet)).toBeNull();
});
