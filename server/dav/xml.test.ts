import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cardHref, readHref, readPath } from './paths.ts';
import { document, element, readXml, shortOf, UnreadableXml, write } from './xml.ts';

const parsed = (content: string) => readXml(Buffer.from(document('multistatus', content)))!.children[0]!;
/** What XML 1.0 can hold; line breaks are one to its readers (2.11) unless told as a reference. */
const text = fc
  .string({ unit: 'grapheme', maxLength: 60 })
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what XML 1.0 (2.2) excludes.
  .map((one) => one.replaceAll(/[\u0000-\u001f\ufffe\uffff]/g, ' '));

describe('XML', () => {
  test('that we write reads as what it says', () => {
    fc.assert(
      fc.property(text, text, (inner, attribute) => {
        const read = parsed(write(element('C:address-data', [inner], { version: attribute })));
        expect(read).toMatchObject({ text: inner, attributes: { version: attribute } });
      }),
    );
  });

  test('names an unknown property as it was asked for, with or without a namespace', () => {
    for (const name of ['{http://example.org/ns}odd', '{}plain', '{DAV:}getetag', '{urn:x:a&"b}odd'])
      expect(parsed(write(element(shortOf(name)))).name).toBe(name);
  });

  test('of more tags than any request has is refused before it is read', () => {
    const of = (tags: number) => Buffer.from(`<a>${'<b/>'.repeat(tags - 2)}</a>`);
    expect(readXml(of(1000))!.children).toHaveLength(998);
    expect(() => readXml(of(100_001))).toThrow(UnreadableXml);
    expect(readXml(of(100_001), 100_001)!.children).toHaveLength(99_999);
  });

  test('of anybody is read or refused, never anything else', () => {
    const noise = fc.array(
      fc.constantFrom(
        '<',
        '>',
        '</',
        '/>',
        'a',
        ' b="',
        '"',
        '&',
        ';',
        'x:',
        '<!DOCTYPE',
        '<![CDATA[',
        ']]>',
        '<?',
        '\0',
        'é',
      ),
      {
        maxLength: 30,
      },
    );
    fc.assert(
      fc.property(noise, (pieces) => {
        try {
          readXml(Buffer.from(pieces.join('')));
        } catch (error) {
          expect(error).toBeInstanceOf(UnreadableXml);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a path', () => {
  const memberId = '01a221ad-bf92-75a6-ad9d-5dbdc6531850';

  test('of any name leads back to that name', () => {
    const name = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 50 })
      .filter((one) => one.isWellFormed() && !one.includes('\0') && one !== '.' && one !== '..');
    fc.assert(
      fc.property(name, name, (book, card) => {
        expect(readPath(cardHref(memberId, book, card))).toEqual({ kind: 'card', memberId, book, name: card });
      }),
    );
  });

  test('of anybody is read or refused, never anything else', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), (path) => {
        for (const one of [path, `/dav/${path}`, `/dav/books/${memberId}/${path}`]) {
          readPath(one);
          readHref(one, 'localhost');
        }
      }),
      { numRuns: 2000 },
    );
  });
});
