import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseBirthday, parseInstant } from './date.ts';

test.each([
  ['1970-11-15', '1970-11-15'],
  ['19701115', '1970-11-15'],
  ['1970/11/15', '1970-11-15'],
  ['15/11/1970', '1970-11-15'],
  ['15.11.1970', '1970-11-15'],
  ['11/15/1970', '1970-11-15'],
  ['3/4/1970', '1970-04-03'],
  ['15/11/70', '1970-11-15'],
  ['15/11/05', '2005-11-15'],
  ['1996-04-15T201243+04:00', '1996-04-15'],
  ['1970-11-15 00:00:00', '1970-11-15'],
  ['15 Jan 2023', '2023-01-15'],
  ['Jan 15, 2023', '2023-01-15'],
  ['1er mars 1980', '1980-03-01'],
  ['15 août 1980', '1980-08-15'],
  ['14 juil. 1980', '1980-07-14'],
  ['mercredi 15 novembre 1970', '1970-11-15'],
  ['15. März 1970', '1970-03-15'],
  ['3. Dezember 1970', '1970-12-03'],
  ['--02-03', '--02-03'],
  ['--0203', '--02-03'],
  ['15/11', '--11-15'],
  ['15 janvier', '--01-15'],
  ['1604-01-01', '--01-01'],
  ['0000-02-29', '--02-29'],
  ['0/0/00', undefined],
  ['00/00/0000', undefined],
  ['4501-01-01', undefined],
  ['29/02/2023', undefined],
  ['1970', undefined],
  ['printemps', undefined],
  ['', undefined],
])('parseBirthday(%j) is %j', (raw, expected) => {
  expect(parseBirthday(raw)).toBe(expected);
});

test.each([
  ['20121012T210525Z', '2012-10-12T21:05:25Z'],
  ['1997-11-15', '1997-11-15'],
  ['2010-02-28 20:00:00', '2010-02-28T20:00:00'],
  ['2018-01-25T21:50:41+0200', '2018-01-25T19:50:41Z'],
  ['2018-01-25T21:50:41.123Z', '2018-01-25T21:50:41Z'],
  ['2018-13-25', undefined],
  ['yesterday', undefined],
])('parseInstant(%j) is %j', (raw, expected) => {
  expect(parseInstant(raw)).toBe(expected);
});

test('neither throws, and what they give they read again', () => {
  const digits = fc.stringMatching(/^[\d/.: TZ+-]{0,25}$/);
  fc.assert(
    fc.property(fc.oneof(fc.string(), digits), (raw) => {
      const birthday = parseBirthday(raw);
      if (birthday !== undefined) expect(parseBirthday(birthday)).toBe(birthday);
      const instant = parseInstant(raw);
      if (instant !== undefined) expect(parseInstant(instant)).toBe(instant);
    }),
  );
});
