import fc from 'fast-check';
import { expect, test } from 'vitest';
import { judgeFile } from './file-type.ts';

const octets = (...pieces: (string | number[])[]) => Buffer.concat(pieces.map((piece) => Buffer.from(piece as string)));
const png = octets(
  [0x89],
  'PNG\r\n',
  [0x1a],
  '\n',
  [0, 0, 0, 13],
  'IHDR',
  [0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0, 0x90, 0x77, 0x53, 0xde],
  [0, 0, 0, 0],
  'IDAT',
);
const jpeg = octets([0xff, 0xd8, 0xff, 0xe0, 0, 16], 'JFIF', [0, 1, 1, 0, 0, 1, 0, 1, 0, 0]);
const pdf = octets('%PDF-1.7\n1 0 obj\n');
const exe = octets('MZ', [0x90, 0, 3, 0, 0, 0, 4, 0, 0, 0, 0xff, 0xff], new Array(100).fill(0));

test.each([
  ['photo.png', 'image/png', png, { mediaType: 'image/png', agrees: true, inline: true, dangerous: false }],
  ['photo.jpg', 'image/jpg', jpeg, { mediaType: 'image/jpeg', agrees: true, inline: true, dangerous: false }],
  ['photo.png', 'image/png', jpeg, { mediaType: 'image/jpeg', agrees: false, inline: true, dangerous: false }],
  ['offer.pdf', '', pdf, { mediaType: 'application/pdf', agrees: true, inline: true, dangerous: false }],
  ['offer.pdf', 'application/pdf', exe, { agrees: false, inline: false, dangerous: true }],
  ['photo.png', 'image/png', exe, { agrees: false, inline: false, dangerous: true }],
  ['setup.exe', 'application/octet-stream', exe, { agrees: true, inline: false, dangerous: true }],
  ['offer.pdf.exe', 'application/pdf', pdf, { mediaType: 'application/pdf', inline: false, dangerous: true }],
  ['offer.pdf.exe ', 'application/pdf', pdf, { inline: false, dangerous: true }],
  [
    'page.png',
    'image/png',
    octets('<!DOCTYPE html><script>alert(1)</script>'),
    { mediaType: 'text/html', agrees: false, inline: false, dangerous: true },
  ],
  [
    'a.txt',
    'text/plain',
    octets('  <!-- x --><html>'),
    { mediaType: 'text/html', agrees: false, inline: false, dangerous: true },
  ],
  [
    'logo.svg',
    'image/svg+xml',
    octets('<?xml version="1.0"?><svg onload="x()"/>'),
    { mediaType: 'image/svg+xml', inline: false, dangerous: true },
  ],
  [
    'logo.png',
    'image/png',
    octets('<svg xmlns="http://www.w3.org/2000/svg"/>'),
    { mediaType: 'image/svg+xml', agrees: false, inline: false, dangerous: true },
  ],
  ['run', '', octets('#!/bin/sh\nrm'), { inline: false, dangerous: true }],
  [
    'notes.txt',
    'text/plain; charset=utf-8',
    octets('Été à la plage'),
    { mediaType: 'text/plain', agrees: true, inline: true, dangerous: false },
  ],
  [
    'list.csv',
    'text/csv',
    octets('a;b\n1;2\n'),
    { mediaType: 'text/plain', agrees: true, inline: true, dangerous: false },
  ],
  [
    'x.bin',
    '',
    octets([0, 1, 2, 3, 0, 250]),
    { mediaType: 'application/octet-stream', agrees: true, inline: false, dangerous: false },
  ],
  ['empty.txt', '', octets(), { mediaType: 'application/octet-stream', inline: false, dangerous: false }],
])('%s, said to be "%s", is judged by its octets', async (name, claimed, content, judged) => {
  expect(await judgeFile(name, claimed, content)).toMatchObject(judged);
});

test('whatever octets come, nothing that runs is shown, and nothing is thrown', async () => {
  const name = fc.constantFrom('a.png', 'a.html', 'a.svg', 'a.exe', 'a', 'a.pdf');
  const start = fc.constantFrom(png, jpeg, pdf, exe, octets('<html>'), octets('PK\x03\x04'), octets('OggS'), octets());
  await fc.assert(
    fc.asyncProperty(name, start, fc.uint8Array({ maxLength: 300 }), fc.nat(60), async (called, begins, rest, kept) => {
      const judged = await judgeFile(called, '', Buffer.concat([begins.subarray(0, kept), rest]));
      if (judged.inline) expect(judged.dangerous).toBe(false);
      if (/html|svg|exe/.test(called)) expect(judged.inline).toBe(false);
    }),
    { numRuns: 300 },
  );
});

test('what stands before a page is read in one way only, however much of it there is', async () => {
  const typeOf = async (text: string) => (await judgeFile('', '', Buffer.from(text))).mediaType;
  expect(await typeOf('<!-- a --><!-- b --> <html>')).toBe('text/html');
  expect(await typeOf('<!-- a --> words --> <html>')).toBe('text/plain');
  expect(await typeOf(`${'<!---->'.repeat(5000)}x`)).toBe('text/plain');
  expect(await typeOf(`${'\ufeff'.repeat(5000)}x`)).toBe('text/plain');
});
