import { describe, expect, test } from 'vitest';
import { goOnFrom } from './pulling.ts';

const first = '2026-11-01T00:00:00.000Z';
const own = { host: 'imap.example.com', user: 'support' };
const read = { folders: { INBOX: { uidValidity: 1, uid: 500 } } };

describe('reading goes on', () => {
  test('from the beginning where nothing was read, or nothing sound stands there', () => {
    for (const before of [null, undefined, {}, { folders: 3 }])
      expect(goOnFrom(before, own, first)).toMatchObject({ from: first, folders: {} });
  });

  test('where it stopped in the same account, however its host is written, and what was read before that was noted', () => {
    const cursor = { ...goOnFrom(null, own, first), ...read };
    expect(goOnFrom(cursor, { ...own, host: 'IMAP.example.com' }, first)).toEqual(cursor);
    expect(goOnFrom({ from: first, ...read }, own, first)).toMatchObject(read);
  });

  test('from the beginning in another account, whose numbers may be the same, and no further back than before', () => {
    const cursor = { ...goOnFrom(null, own, first), ...read };
    for (const other of [
      { ...own, user: 'sales' },
      { ...own, host: 'imap.example.org' },
    ])
      expect(goOnFrom(cursor, other, '2026-10-01T00:00:00.000Z')).toMatchObject({ from: first, folders: {} });
  });
});
