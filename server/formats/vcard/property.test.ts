import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  parameter,
  parameterValues,
  parseVcard,
  quoteParameter,
  serialise,
  typesOf,
  type VcardProperty,
} from './property.ts';

const card = (...lines: string[]) => ['BEGIN:VCARD', ...lines, 'END:VCARD', ''].join('\r\n');
const values = (text: string) => parseVcard(text).map(({ name, value }) => `${name}=${value}`);

describe('parseVcard', () => {
  test('reads group, name, parameters and raw value', () => {
    const [tel] = parseVcard(card('item1.TEL;TYPE=work,voice;PREF=1:+33 1 42\\, 33'));
    expect(tel).toEqual({
      group: 'item1',
      name: 'TEL',
      params: [
        { name: 'TYPE', value: 'work,voice' },
        { name: 'PREF', value: '1' },
      ],
      value: '+33 1 42\\, 33',
    });
  });

  test('reads the bare parameters of 2.1 and leaves encodings out of the types', () => {
    const [tel] = parseVcard(card('TEL;WORK;QUOTED-PRINTABLE;FAX:1'));
    expect(typesOf(tel!)).toEqual(['work', 'fax']);
  });

  test('takes a quoted list of types apart, and the malformed TYPE=HOME,TYPE=VOICE', () => {
    expect(typesOf(parseVcard(card('TEL;TYPE="work,voice":1'))[0]!)).toEqual(['work', 'voice']);
    expect(typesOf(parseVcard(card('TEL;TYPE=HOME,TYPE=VOICE:1'))[0]!)).toEqual(['home', 'voice']);
  });

  test('does not end the head at a colon or semicolon between quotes', () => {
    const [adr] = parseVcard(card('ADR;LABEL="a: b; c";TYPE=home:;;x'));
    expect(parameter(adr!, 'LABEL')).toBe('a: b; c');
    expect(adr!.value).toBe(';;x');
  });

  test('unfolds lines and joins soft breaks', () => {
    expect(values(card('NOTE:one', '  two', '\tthree'))).toEqual(['NOTE=one twothree']);
    expect(values(card('NOTE;ENCODING=QUOTED-PRINTABLE:a=', 'b=', '=20c', 'FN:x'))).toEqual(['NOTE=ab=20c', 'FN=x']);
    expect(values(card('NOTE;QUOTED-PRINTABLE:a=', '', 'FN:x'))).toEqual(['NOTE=a=', 'FN=x']);
  });

  test('ends base64 of 2.1 at the blank line', () => {
    expect(values(card('PHOTO;ENCODING=BASE64;JPEG:', ' AAAA', 'BBBB', '', 'FN:x'))).toEqual([
      'PHOTO=AAAABBBB',
      'FN=x',
    ]);
  });

  test('takes a nested card as the value of AGENT', () => {
    const nested = card('AGENT:', 'BEGIN:VCARD', 'FN:Susan, Thomas', 'END:VCARD', 'FN:x');
    expect(values(nested)).toEqual(['AGENT=BEGIN:VCARD\\nFN:Susan\\, Thomas\\nEND:VCARD', 'FN=x']);
  });

  test('takes a line that is no property as the rest of the one before', () => {
    expect(values(card('NOTE:one', 'http is not a name without colon', 'FN:x'))).toEqual([
      'NOTE=one\nhttp is not a name without colon',
      'FN=x',
    ]);
  });

  test('reads lower case, CRCRLF and lone CR', () => {
    expect(values('begin:vcard\r\r\nfn:x\r\r\nend:vcard\r\r\nfn:y')).toEqual(['fn=x']);
    expect(values('BEGIN:VCARD\rFN:x\rEND:VCARD\r')).toEqual(['FN=x']);
  });

  test('never throws', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => Array.isArray(parseVcard(text))));
    fc.assert(fc.property(fc.string({ maxLength: 100 }), (text) => Array.isArray(parseVcard(`BEGIN:VCARD\n${text}`))));
  });
});

const word = fc.stringMatching(/^[A-Z][A-Z0-9-]{0,12}$/).filter((name) => !/^(?:BEGIN|END|AGENT)$/.test(name));
const line = fc.string({ unit: 'grapheme', maxLength: 200 }).map((text) => text.replace(/[\r\n]/g, ''));

const property: fc.Arbitrary<VcardProperty> = fc.record({
  group: fc.option(fc.stringMatching(/^item\d{1,3}$/), { nil: undefined }),
  name: word,
  params: fc.array(fc.record({ name: fc.constantFrom('TYPE', 'X-A', 'LABEL'), value: line.map(quoteParameter) }), {
    maxLength: 3,
  }),
  value: line,
});

const quotedPrintable: fc.Arbitrary<VcardProperty> = line.map((text) => ({
  group: undefined,
  name: 'NOTE',
  params: [{ name: 'ENCODING', value: 'QUOTED-PRINTABLE' }],
  value: [...Buffer.from(text)].map((octet) => `=${octet.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
}));

describe('serialise', () => {
  test('gives back what parseVcard reads, folded or not', () => {
    const properties = fc.array(fc.oneof(property, quotedPrintable), { maxLength: 8 });
    fc.assert(
      fc.property(properties, (list) => {
        expect(parseVcard(serialise(list))).toEqual(list);
      }),
    );
  });

  test('folds at 75 octets without cutting a character', () => {
    fc.assert(
      fc.property(property, (one) => {
        for (const written of serialise([one]).split('\r\n')) {
          expect(Buffer.byteLength(written)).toBeLessThanOrEqual(75);
          expect(written.isWellFormed()).toBe(true);
        }
      }),
    );
  });

  test('writes any parameter value so that it is read back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const value = text.replace(/\r/g, '').trim();
        const [read] = parseVcard(
          serialise([
            { group: undefined, name: 'X-A', params: [{ name: 'B', value: quoteParameter(value) }], value: 'v' },
          ]),
        );
        expect(parameter(read!, 'B')).toBe(value);
        expect(parameterValues(read!, 'B').join(',').length).toBeLessThanOrEqual(value.length);
      }),
    );
  });
});
