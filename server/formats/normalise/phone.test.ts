import fc from 'fast-check';
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { describe, expect, test } from 'vitest';
import { parsePhone, splitPhones } from './phone.ts';

describe('splitPhones', () => {
  test.each([
    ['06 12 34 56 78 / 01 42 33 44 55', ['06 12 34 56 78', '01 42 33 44 55']],
    ['06 12 34 56 78 ou 01 42 33 44 55', ['06 12 34 56 78', '01 42 33 44 55']],
    ['0612345678;0142334455', ['0612345678', '0142334455']],
    ['0612345678/0142334455', ['0612345678', '0142334455']],
    ['0612345678\n0142334455', ['0612345678', '0142334455']],
    ['06 12 34 56 78 01 42 33 44 55', ['06 12 34 56 78', '01 42 33 44 55']],
    ['06/12/34/56/78', ['06/12/34/56/78']],
    ['0351/22 33 44', ['0351/22 33 44']],
    ['01 42 33 44 55,,12', ['01 42 33 44 55,,12']],
    ['tel:+1-418-656-9254;ext=102', ['tel:+1-418-656-9254;ext=102']],
    ['Secretary', ['Secretary']],
    ['  ', []],
  ])('%j', (raw, expected) => {
    expect(splitPhones(raw)).toEqual(expected);
  });

  test('loses no digit', () => {
    const digits = (text: string) => text.replace(/\D/g, '');
    fc.assert(fc.property(fc.string(), (raw) => digits(splitPhones(raw).join('')) === digits(raw)));
  });
});

describe('parsePhone', () => {
  test.each([
    ['06 12 34 56 78', { e164: '+33612345678', type: 'mobile' }],
    ['+33 (0)1 42 33 44 55', { e164: '+33142334455', type: 'landline' }],
    ['0033 1.42.33.44.55', { e164: '+33142334455', type: 'landline' }],
    ['612345678', { e164: '+33612345678', type: 'mobile' }],
    ['09 70 00 00 00', { e164: '+33970000000', type: 'voip' }],
    ['0692 12 34 56', { e164: '+262692123456', type: 'mobile' }],
    ['Fax : 01 42 33 44 55', { e164: '+33142334455', type: 'fax' }],
    ['01 42 33 44 55 poste 12', { e164: '+33142334455', type: 'landline', extension: '12' }],
    ['01 42 33 44 55 ext. 5', { e164: '+33142334455', type: 'landline', extension: '5' }],
    ['01 42 33 44 55 (perso)', { e164: '+33142334455', type: 'landline' }],
    ['tel:+1-418-656-9254;ext=102', { e164: '+14186569254', extension: '102' }],
    ['tel:142334455;phone-context=+33', { e164: '+33142334455', type: 'landline' }],
    ['+49 3581 123456', { e164: '+493581123456', type: 'landline' }],
    ['1-800-FLOWERS', { e164: '+18003569377', type: 'other' }],
    ['1-800-MYFAX', { e164: null }],
    ['BusinessPhone', { e164: null }],
    ['+123456789', { e164: null }],
    ['1', { e164: null }],
    ['', { e164: null }],
  ])('%j is %j', (raw, expected) => {
    expect(parsePhone(raw, 'FR')).toEqual(expected);
  });

  test('reads national numbers of the country given, and none of a country that is not', () => {
    expect(parsePhone('0351 223344', 'DE').e164).toBe('+49351223344');
    expect(parsePhone('(404) 555-1212', 'US').e164).toBe('+14045551212');
    expect(parsePhone('06 12 34 56 78', 'ZZ').e164).toBeNull();
  });

  test('tells the number of Martinique from the range of the mainland that begins alike', () => {
    expect(parsePhone('0596 12 34 56', 'FR').e164).toBe('+596596123456');
    expect(parsePhone('+33 596 12 34 56', 'FR').e164).toBe('+33596123456');
  });

  test('answers as the library does for French numbers', () => {
    const number = fc.integer({ min: 100_000_000, max: 999_999_999 }).map(String);
    fc.assert(
      fc.property(number, fc.constantFrom('0', '+33', '0033 ', '+33 (0)'), (national, prefix) => {
        const library = parsePhoneNumberFromString(`+33${national}`);
        fc.pre(library?.isValid() === true && !national.startsWith('596'));
        expect(parsePhone(prefix + national, 'FR').e164).toBe(library!.number);
      }),
    );
  });

  test('never throws, and gives E.164 or null', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.stringMatching(/^[\d +()./;,-]{0,30}$/)),
        fc.string({ maxLength: 3 }),
        (raw, country) => {
          expect(parsePhone(raw, country).e164 ?? '+1').toMatch(/^\+\d{1,15}$/);
        },
      ),
    );
  });
});
