import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { whenWritten } from '../formats/mail-facts/written.ts';
import { foldersToRead, isInTouch, nextBatch, type Place, unread } from './rules.ts';

describe('folders', () => {
  const folder = (path: string, specialUse?: string) => ({ path, specialUse, closed: false });
  const isPrivate = (path: string) => path.startsWith('Personnel');

  test('what was sent comes first, then the inbox; what is unwanted, unfinished or private is not read', () => {
    const listed = [
      folder('Clients'),
      folder('INBOX'),
      folder('Personnel'),
      folder('Personnel/Famille'),
      folder('Envoyés', '\\Sent'),
      folder('Indésirables', '\\Junk'),
      folder('Corbeille', '\\Trash'),
      folder('Brouillons', '\\Drafts'),
      { ...folder('Dossiers'), closed: true },
    ];
    expect(foldersToRead(listed, false, isPrivate).map(({ path }) => path)).toEqual(['Envoyés', 'INBOX', 'Clients']);
  });

  test('where labels look like folders, the one store behind them is read alone', () => {
    const listed = [folder('INBOX'), folder('[Gmail]/All', '\\All'), folder('[Gmail]/Sent', '\\Sent')];
    expect(foldersToRead(listed, true, isPrivate)).toEqual([{ path: '[Gmail]/All', sent: false }]);
    expect(foldersToRead(listed, false, isPrivate).map(({ path }) => path)).toEqual(['[Gmail]/Sent', 'INBOX']);
  });
});

test('every message is read once, whatever arrives meanwhile and wherever the reading is broken off', () => {
  const uids = fc
    .uniqueArray(fc.integer({ min: 1, max: 5000 }), { maxLength: 900 })
    .map((all) => all.sort((a, b) => a - b));
  fc.assert(
    fc.property(uids, fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 5 }), (first, arrivals) => {
      const held = [...first];
      const read: number[] = [];
      let place: Place = unread(1);
      const waiting = [...arrivals];
      for (;;) {
        const next = nextBatch(place, held);
        if (!next) break;
        expect(next.uids.length).toBeLessThanOrEqual(200);
        read.push(...next.uids);
        place = next.place;
        const more = waiting.shift();
        if (more !== undefined) held.push((held.at(-1) ?? 0) + more);
      }
      expect(read.toSorted((a, b) => a - b)).toEqual(held.slice(0, held.length));
    }),
  );
});

test.each([
  ['Tue, 3 Nov 2026 10:00:00 +0100', '2026-11-03T09:00:00.000Z'],
  // A clock that is years ahead, or none at all.
  ['Tue, 3 Nov 2037 10:00:00 +0100', '2026-11-04T00:00:00.000Z'],
  ['Thu, 1 Jan 1970 00:00:00 +0000', '2026-11-04T00:00:00.000Z'],
  ['yesterday', '2026-11-04T00:00:00.000Z'],
  [undefined, '2026-11-04T00:00:00.000Z'],
])('a message dated %s that arrived on 4 November is of %s', (said, at) => {
  expect(whenWritten(said, new Date('2026-11-04T00:00:00Z')).toISOString()).toBe(at);
});

test.each([
  [0, 1, false],
  [0, 2, false],
  [0, 3, true],
  [1, 0, true],
])('who was sent %i messages and sent %i is in touch: %s', (sent, received, expected) => {
  expect(isInTouch({ sent, received })).toBe(expected);
});
