import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Unreadable } from '../channel.ts';
import { checkSound, messagesOf, now } from '../testing.ts';
import { readReviews } from './index.ts';
import { ratingOf, scaleOf, timeOf } from './values.ts';

const read = (text: string | Uint8Array, source?: string) =>
  readReviews(Buffer.from(text as string), { now, ...(source && { source }) });
const csv = (...rows: string[]) => rows.join('\r\n');

test('an export of Google Play, in UTF-16, with our answer', async () => {
  const text = csv(
    'Package Name,App Version Code,Reviewer Language,Review Submit Date and Time,Review Submit Millis Since Epoch,Review Last Update Millis Since Epoch,Star Rating,Review Title,Review Text,Developer Reply Date and Time,Developer Reply Millis Since Epoch,Developer Reply Text,Review Link',
    'com.example.app,12,fr,2026-03-01T10:00:00Z,1772359200000,1772445600000,2,,"Plante au démarrage 😡, ""encore""",2026-03-03T10:00:00Z,1772532000000,Corrigé,http://play.google.com/console/developers/app/reviews?reviewId=gp%3AAOqpTOE1',
  );
  const { incoming, problems } = await read(
    Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]),
    'google_play',
  );
  expect(problems).toEqual([]);
  const url = 'http://play.google.com/console/developers/app/reviews?reviewId=gp%3AAOqpTOE1';
  const correspondent = { point: { channel: 'handle', address: 'google_play:gp%3AAOqpTOE1' }, name: '' };
  expect(messagesOf(incoming)).toEqual([
    {
      externalId: 'gp%3AAOqpTOE1',
      thread: 'gp%3AAOqpTOE1',
      correspondent,
      direction: 'in',
      at: new Date(1772445600000),
      text: 'Plante au démarrage 😡, "encore"',
      rating: { value: 2, of: 5 },
      url,
    },
    {
      externalId: 'gp%3AAOqpTOE1/reply',
      thread: 'gp%3AAOqpTOE1',
      answers: ['gp%3AAOqpTOE1'],
      correspondent,
      direction: 'out',
      at: new Date(1772532000000),
      text: 'Corrigé',
      url,
    },
  ]);
});

test('one of Trustpilot, and one of the App Store', async () => {
  const trustpilot = csv(
    'Review ID,Review created (UTC),Consumer name,Review stars,Review title,Review content,Company reply',
    'abc123,2026-03-01 10:00:00,Zoé Lefèvre,5,Parfait,Rien à dire,',
  );
  expect(messagesOf((await read(trustpilot, 'trustpilot')).incoming)).toEqual([
    {
      externalId: 'abc123',
      thread: 'abc123',
      correspondent: { point: { channel: 'handle', address: 'trustpilot:zoé lefèvre' }, name: 'Zoé Lefèvre' },
      direction: 'in',
      at: new Date('2026-03-01T10:00:00Z'),
      text: 'Rien à dire',
      subject: 'Parfait',
      rating: { value: 5, of: 5 },
    },
  ]);
  const store = csv('Date;Version;Rating;Title;Review;Nickname', '"Mar 1, 2026";1.2;4;Good;"Line 1\nLine 2";zoe99');
  expect(messagesOf((await read(store, 'app_store')).incoming)[0]).toMatchObject({
    text: 'Line 1\nLine 2',
    at: new Date('2026-03-01'),
    rating: { value: 4, of: 5 },
  });
});

test('a table that people keep, in French', async () => {
  const kept = csv(
    'Auteur;Note;Avis;Date;Réponse',
    'Léa;8;Bien;03/04/2026;Merci Léa',
    'Léa;10;Très bien;le 5 avril 2026 à 18h30;',
    ';3;Bof;;',
    ';3;Bof;;',
  );
  const { incoming, problems } = await read(kept);
  const messages = messagesOf(incoming);
  expect(messages.map(({ text, direction, rating }) => [text, direction, rating])).toEqual([
    ['Bien', 'in', { value: 8, of: 10 }],
    ['Merci Léa', 'out', undefined],
    ['Très bien', 'in', { value: 10, of: 10 }],
    ['Bof', 'in', { value: 3, of: 10 }],
    ['Bof', 'in', { value: 3, of: 10 }],
  ]);
  expect(messages[0]!.at).toEqual(new Date('2026-04-03'));
  expect(messages[2]!.at).toEqual(new Date('2026-04-05T18:30:00Z'));
  expect(messages[0]!.correspondent).toEqual(messages[2]!.correspondent);
  expect(messages[3]!.correspondent.point).not.toEqual(messages[4]!.correspondent.point);
  expect(problems).toEqual([4, 5].map((row) => ({ row, code: 'bad_date' })));
});

test('read again, with more in it, the same reviews have the same ids', async () => {
  const rows = ['Zoé,5,Super,2026-03-01', ',5,Super,2026-03-01', ',5,Super,2026-03-01'];
  const head = 'author,rating,text,date';
  const ids = async (all: string[]) =>
    messagesOf((await read(csv(head, ...all))).incoming).map(({ externalId }) => externalId);
  const first = await ids(rows);
  expect(new Set(first).size).toBe(3);
  const again = await ids(['Bob,1,Non,2026-04-01', ...rows, rows[0]!]);
  expect(again).toHaveLength(4);
  expect(again.slice(1)).toEqual(first);
});

test('what a row lacks is told, with the row', async () => {
  const { incoming, problems } = await read(
    csv('author,rating,text,date', 'A,,,2026-03-01', 'B,nine,Hm,2026-03-01', '', 'C,4,,yesterday'),
  );
  expect(messagesOf(incoming).map(({ correspondent }) => correspondent.name)).toEqual(['B', 'C']);
  expect(problems).toEqual([
    { row: 2, code: 'no_content' },
    { row: 3, code: 'bad_rating' },
    { row: 5, code: 'bad_date' },
  ]);
});

test.each([
  ['a table of something else', csv('sku,price', 'a,1')],
  ['nothing', ''],
  ['a picture', Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0])],
  ['text', 'Bonjour, ceci est une lettre.'],
])('%s holds no reviews', async (_name, text) => {
  await expect(read(text)).rejects.toThrow(Unreadable);
});

describe('values', () => {
  test.each([
    ['4', 5, { value: 4, of: 5 }],
    ['4,5', 5, { value: 4.5, of: 5 }],
    ['4/5', 10, { value: 4, of: 5 }],
    ['7 sur 10', 5, { value: 7, of: 10 }],
    ['80 %', 5, { value: 80, of: 100 }],
    ['★★★☆☆', 5, { value: 3, of: 5 }],
    ['⭐⭐⭐⭐', 5, { value: 4, of: 5 }],
    ['5 étoiles', 5, { value: 5, of: 5 }],
    ['6/5', 5, undefined],
    ['super', 5, undefined],
  ])('"%s" stars are understood', (stars, scale, rating) => {
    expect(ratingOf(stars, '', scale)).toEqual(rating);
  });

  test.each([
    ['Oui', 1],
    ['non', 0],
    ['👍', 1],
    ['👎', 0],
  ])('the thumb "%s" is understood', (thumb, value) => {
    expect(ratingOf('', thumb, 5)).toEqual({ value, of: 1 });
  });

  test('how many stars there are shows by the largest', () => {
    expect([['1', '5'], ['1', '9'], ['70'], [], ['4/100', '3']].map(scaleOf)).toEqual([5, 10, 100, 5, 5]);
  });

  test.each([
    ['25 janv. 2025 à 07:05', '2025-01-25T07:05:00.000Z'],
    ['2 août 2025 à 17h09', '2025-08-02T17:09:00.000Z'],
    ['Jan 25, 2025, 9:05 PM', '2025-01-25T21:05:00.000Z'],
    ['2025-01-25 07:05:09 UTC', '2025-01-25T07:05:09.000Z'],
    ['2025-01-25T07:05:09+02:00', '2025-01-25T05:05:09.000Z'],
    ['25/01/2025 07:05', '2025-01-25T07:05:00.000Z'],
    ['2025-01-25', '2025-01-25T00:00:00.000Z'],
    ['2025-02-31 10:00', undefined],
    ['hier', undefined],
    ['', undefined],
  ])('"%s" is %s', (text, at) => {
    expect(timeOf('', text)?.toISOString()).toBe(at);
  });
});

test('whatever stands in a file, it holds no reviews or sound ones', async () => {
  const cell = fc.oneof(
    fc.constantFrom('', '5', 'Oui', '"', 'a"b', '2026-03-01', '\0', '\ud800', 'é\n', '9'.repeat(400), '=1+1'),
    fc.string({ unit: 'binary', maxLength: 20 }),
  );
  const line = fc.array(cell, { maxLength: 6 }).map((cells) => cells.join(','));
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('author,rating,text,date,reply,id', 'Avis;Note', ''),
      fc.array(line, { maxLength: 6 }),
      async (head, lines) => {
        try {
          const { incoming, problems } = await read([head, ...lines].join('\n'));
          checkSound(incoming);
          expect(problems.every(({ row }) => row > 1)).toBe(true);
        } catch (error) {
          if (!(error instanceof Unreadable)) throw error;
        }
      },
    ),
    { numRuns: 300 },
  );
});
