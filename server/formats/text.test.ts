import fc from 'fast-check';
import iconv from 'iconv-lite';
import { describe, expect, test } from 'vitest';
import { decodeStream, decodeText, detectCharset, looksBinary } from './text.ts';

const FRENCH = 'Prénom;Nom;Société\r\nHélène;Lefèvre;L’Œuvre à Noël — 12 %\r\nFrançois;Müller;Été & Cie\r\n';

describe('decodeText', () => {
  test.each([
    ['windows-1252', 'windows-1252'],
    ['macintosh', 'macintosh'],
  ])('tells %s by what reads like European text', (charset, expected) => {
    expect(decodeText(iconv.encode(FRENCH, charset))).toEqual({ text: FRENCH, charset: expected, guessed: true });
  });

  test('knows the euro sign of MacRoman', () => {
    expect(decodeText(Buffer.from([0xdb]), 'macintosh').text).toBe('€');
  });

  test('tells the DOS code page of old spreadsheets', () => {
    const text = 'Prénom;Hélène;François;Noël;Société générale;à côté';
    expect(decodeText(iconv.encode(text, 'ibm850'))).toMatchObject({ text, charset: 'ibm850' });
  });

  test.each(['utf-8', 'utf-16le', 'utf-16be'])('reads %s with and without mark', (charset) => {
    for (const addBOM of [true, false]) {
      expect(decodeText(iconv.encode(FRENCH, charset, { addBOM }))).toEqual({ text: FRENCH, charset, guessed: false });
    }
  });

  test('believes a declared charset, unless the text is accented UTF-8', () => {
    const greek = 'Αθήνα';
    expect(decodeText(iconv.encode(greek, 'iso-8859-7'), 'ISO-8859-7').text).toBe(greek);
    expect(decodeText(Buffer.from('é'), 'iso-8859-1')).toMatchObject({ text: 'é', charset: 'utf-8' });
    expect(decodeText(Buffer.from([0x80]), 'latin1').text).toBe('€');
    expect(decodeText(Buffer.from('é'), 'nonsense').text).toBe('é');
  });

  test('stays with UTF-8 when only a few octets of it are damaged', () => {
    const damaged = Buffer.concat([Buffer.from('é'.repeat(50)), Buffer.from([0xe9, 32])]);
    expect(decodeText(damaged)).toMatchObject({ charset: 'utf-8', guessed: true });
  });

  test('a sample cut through a character is still UTF-8', () => {
    expect(detectCharset(Buffer.from('aé').subarray(0, 2))).toEqual({ charset: 'utf-8', guessed: false });
  });

  test('never throws', () => {
    fc.assert(
      fc.property(
        fc.uint8Array(),
        fc.option(fc.string(), { nil: undefined }),
        (bytes, hint) => typeof decodeText(bytes, hint).text === 'string',
      ),
    );
  });

  test('reads back any text in UTF-8', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        (text) => decodeText(Buffer.from(text)).text === text.replace(/^\ufeff/, '') || text.includes('\0'),
      ),
    );
  });
});

test('decodeStream gives what decodeText gives, however the file is cut', async () => {
  for (const charset of ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'macintosh']) {
    const octets = iconv.encode(FRENCH, charset, { addBOM: charset.startsWith('utf') });
    for (const size of [1, 2, 3, 7, 1000]) {
      async function* source() {
        for (let at = 0; at < octets.length; at += size) yield octets.subarray(at, at + size);
      }
      expect((await Array.fromAsync(decodeStream(source(), charset))).join('')).toBe(FRENCH);
    }
  }
});

describe('looksBinary', () => {
  test.each([
    ['%PDF-1.7', true],
    ['PK\x03\x04', true],
    ['\x89PNG\r\n', true],
    ['a\0b', true],
    ['hello\tworld\r\n', false],
    ['MZ is a name', false],
    ['', false],
  ])('%j: %s', (text, expected) => {
    expect(looksBinary(Buffer.from(text, 'latin1'))).toBe(expected);
  });

  test('takes no text for binary, in whatever charset', () => {
    for (const charset of ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'macintosh']) {
      expect(looksBinary(iconv.encode(FRENCH, charset))).toBe(false);
    }
  });
});
