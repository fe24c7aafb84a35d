import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { targetOf } from './columns.ts';
import { maxCents } from './contract.ts';
import { monthsAfter, reversedDate } from './rules.ts';
import { currencyOf, dayFirstIn, keyLike, outcomeOf, parseAmount, parseDay, reasonOf } from './values.ts';

const locales = ['fr-FR', 'en-US', 'de-DE', 'fr-CH'] as const;
const inEuros = (locale: string) => new Intl.NumberFormat(locale, { style: 'currency', currency: 'EUR' });
const money = Object.fromEntries(locales.map((locale) => [locale, inEuros(locale)])) as Record<
  string,
  Intl.NumberFormat
>;
const dayIn = (locale: string) => new Intl.DateTimeFormat(locale, { timeZone: 'UTC' });
const days = { french: dayIn('fr-FR'), american: dayIn('en-US') };

describe('an amount is read', () => {
  test.each<[string, number, string | null]>([
    ['1234', 1234_00, null],
    ['1 234,56 €', 1234_56, 'EUR'],
    ['1\u202f234,5\u00a0€', 1234_50, 'EUR'],
    ['€1,234.56', 1234_56, 'EUR'],
    ['1.234,56', 1234_56, null],
    ['1,234', 1234_00, null],
    ['1.234.567', 1_234_567_00, null],
    ['1234.567', 1234_57, null],
    ['0.125', 13, null],
    ['12,5', 12_50, null],
    ['12 k€', 12_000_00, 'EUR'],
    ['1.5E+06', 1_500_000_00, null],
    ['$1’000.00', 1000_00, 'USD'],
    ['CHF 99', 99_00, 'CHF'],
    ['0', 0, null],
  ])('%s', (text, cents, currency) => {
    expect(parseAmount(text)).toEqual({ cents, currency });
  });
  test.each([
    ['abc', 'bad_amount'],
    ['1,2,3', 'bad_amount'],
    ['12 to 15', 'bad_amount'],
    ['€', 'bad_amount'],
    ['-5', 'negative_amount'],
    ['(1 000,00)', 'negative_amount'],
    ['99999999999999999', 'absurd_amount'],
  ])('%s is told as what it is', (text, problem) => {
    expect(parseAmount(text)).toBe(problem);
  });
  test('as it is written in French and in English, whatever it is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: maxCents }), fc.constantFrom(...locales), (cents, locale) => {
        const text = money[locale]!.format(cents / 100);
        expect(parseAmount(text)).toEqual({ cents, currency: 'EUR' });
      }),
    );
  });
  test('or refused with a word, whatever stands there', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        const read = parseAmount(text);
        if (typeof read === 'string') return;
        expect(Number.isInteger(read.cents) && read.cents >= 0 && read.cents <= maxCents).toBe(true);
      }),
    );
  });
});

describe('a day is read', () => {
  test.each([
    ['2026-03-04', true, '2026-03-04'],
    ['2026-03-04 10:12', true, '2026-03-04'],
    ['2026-03-04T10:12:00Z', true, '2026-03-04'],
    ['03/04/2026', true, '2026-04-03'],
    ['03/04/2026', false, '2026-03-04'],
    ['31/12/26', true, '2026-12-31'],
    ['4.3.2026', true, '2026-03-04'],
    ['4 mars 2026', true, '2026-03-04'],
    ['Mar 4, 2026', false, '2026-03-04'],
    ['2031-12-24', true, '2031-12-24'],
    ['4 décembre 2031', true, '2031-12-04'],
    ['5 Dec 31', true, '2031-12-05'],
    ['1950-01-01', true, undefined],
    ['2026-02-31', true, undefined],
    ['31/02/2026', true, undefined],
    ['13/13/2026', true, undefined],
    ['soon', true, undefined],
    ['01/01/0001', true, undefined],
  ])('%s', (text, dayFirst, day) => {
    expect(parseDay(text, dayFirst)).toBe(day);
  });
  test('as it is written in French and in American, whatever it is', () => {
    const date = fc.date({ min: new Date('1970-01-01'), max: new Date('2199-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(date, fc.boolean(), (at, french) => {
        const text = (french ? days.french : days.american).format(at);
        expect(parseDay(text, french)).toBe(at.toISOString().slice(0, 10));
      }),
    );
  });
  test('or not at all, whatever stands there', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), fc.boolean(), (text, dayFirst) => {
        const day = parseDay(text, dayFirst);
        if (day !== undefined) expect(day).toMatch(/^(19[7-9]|2[01]\d)\d-\d\d-\d\d$/);
      }),
    );
  });
  test.each([
    [['01/02/2026', '13/02/2026'], true],
    [['01/02/2026', '02/13/2026'], false],
    [['01/02/2026', '2026-02-13'], undefined],
  ])('in the order that %j tells', (texts, dayFirst) => {
    expect(dayFirstIn(texts)).toBe(dayFirst);
  });
});

describe('words', () => {
  test.each([
    ['Closed Won', 'won'],
    ['closedlost', 'lost'],
    ['Gagnée', 'won'],
    ['Fermée et perdue', 'lost'],
    ['Conclue', 'won'],
    ['En cours', 'open'],
    ['Open', 'open'],
    ['true', 'won'],
    ['Negotiation', undefined],
    ['Wonderful', undefined],
  ])('of an outcome: %s', (text, outcome) => {
    expect(outcomeOf(text)).toBe(outcome);
  });
  test.each([
    ['Trop cher', 'lost', 'price'],
    ['Went with a competitor', 'lost', 'competitor'],
    ['Went with a competitor', 'won', 'other'],
    ['Pas de réponse', 'lost', 'no_answer'],
    ['zzz', 'lost', 'other'],
  ] as const)('of a reason: %s', (text, outcome, reason) => {
    expect(reasonOf(text, outcome)).toBe(reason);
  });
  test.each([
    ['Appointment Scheduled', 'lead'],
    ['Qualified To Buy', 'qualified'],
    ['Proposal/Price Quote', 'proposal'],
    ['Négociation / révision', 'negotiation'],
    ['Something else', undefined],
  ])('of a stage: %s', (text, key) => {
    expect(keyLike(text)).toBe(key);
  });
  test.each([
    ['€', 'EUR'],
    ['eur', 'EUR'],
    ['Dollars', 'USD'],
    ['écus', undefined],
  ])('of a currency: %s', (text, code) => {
    expect(currencyOf(text)).toBe(code);
  });
  test.each([
    ['Deal Name', 'name'],
    ['Deal - Title', 'name'],
    ['Affaire - Titre', 'name'],
    ['Nom de la transaction', 'name'],
    ["Nom de l'opportunité", 'name'],
    ['Deal - Won time', 'closedOn'],
    ['Associated Company', 'organization'],
    ['Account Name', 'organization'],
    ['CloseDate', 'expectedOn'],
    ['Shoe size', 'ignore'],
  ])('of a header: %s', (text, target) => {
    expect(targetOf(text)).toBe(target);
  });
});

describe('dates of an opportunity', () => {
  test.each([
    ['2026-11-30', 3, '2027-02-28'],
    ['2026-01-15', 1, '2026-02-15'],
    ['2023-12-31', 2, '2024-02-29'],
    ['2026-05-31', 12, '2027-05-31'],
  ])('%s and %i months is %s', (day, months, then) => {
    expect(monthsAfter(day, months)).toBe(then);
  });
  test.each([
    [{ openedOn: '2026-01-02', expectedOn: null, closedOn: null }, null],
    [{ openedOn: '2026-01-02', expectedOn: '2026-01-02', closedOn: null }, null],
    [{ openedOn: '2026-01-02', expectedOn: '2026-01-01', closedOn: null }, 'expectedOn'],
    [{ openedOn: '2026-01-02', expectedOn: '2026-01-01', closedOn: '2025-01-01' }, 'closedOn'],
  ])('%j', (dates, reversed) => {
    expect(reversedDate(dates)).toBe(reversed);
  });
});
