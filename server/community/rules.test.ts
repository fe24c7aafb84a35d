import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cleanName, cleanText, isOpen, nameKey, poses, readToken, writeToken } from './rules.ts';

test('names that look alike have one key', () => {
  const alike = [
    [
      'Alice Martin',
      'alice  martin',
      'ALICE-MARTIN',
      'Аliсе Mаrtin',
      'Álice Martín',
      'A1ice Martin',
      'Ａｌｉｃｅ Ｍａｒｔｉｎ',
      'Alice Martin\u200b',
    ],
    ['Zoé Noël', 'ZOE NOEL', 'Zoe\u0301 Noe\u0308l'],
    ['Bob', 'B0b', 'Вob'],
  ];
  for (const names of alike) expect(new Set(names.map((name) => nameKey(cleanName(name)))).size, names[0]).toBe(1);
  expect(nameKey('Alice')).not.toBe(nameKey('Alicia'));
  for (const none of ['', ' ', '---', '\u202e\u200b', '...']) expect(nameKey(cleanName(none))).toBe('');
  for (const some of ['李雷', 'محمد', '🦊', 'Ελένη']) expect(nameKey(cleanName(some))).not.toBe('');
});

const unseen = Array.from({ length: 0x110000 }, (_, point) => point)
  .filter((point) => point < 0xd800 || point > 0xdfff)
  .map((point) => String.fromCodePoint(point))
  .filter((sign) => /[\p{Default_Ignorable_Code_Point}\u2800]/u.test(sign));

test('signs that show as nothing tell no name apart, wherever they stand, and are no name', () => {
  for (const sign of ['\u3164', '\u115f', '\u1160', '\uffa0', '\u2800', '\u200d', '\u{e0041}']) {
    expect(unseen).toContain(sign);
    expect(nameKey(`Ali${sign}ce Martin`)).toBe(nameKey('Alice Martin'));
    expect([nameKey(sign), cleanName(sign)]).toEqual(['', '']);
  }
  const parts = fc.array(fc.tuple(fc.constantFrom(...unseen), fc.constantFrom(...'Alice Martin Zoé 李')));
  fc.assert(
    fc.property(parts, (signs) => {
      const plain = signs.map(([, sign]) => sign).join('');
      const hidden = signs.map((both) => both.join('')).join('');
      expect(nameKey(hidden)).toBe(nameKey(plain));
      expect(cleanName(hidden)).toBe(cleanName(plain));
    }),
  );
});

test('nobody passes for one of ours, or for the company', () => {
  const [staff, company] = [[nameKey('Alice Martin')], nameKey('Exemple SA')];
  expect(poses(nameKey('Аlice Martin'), staff, company)).toBe(true);
  expect(poses(nameKey('Support Exemple-SA'), staff, company)).toBe(true);
  expect(poses(nameKey('Alice Martinez'), staff, company)).toBe(false);
});

test('what is kept holds no sign that turns the writing around, nor half a pair, and no more than may be', () => {
  expect(cleanText('a\u202egnp.exe\u2066\r\nb', 100)).toBe('agnp.exe\nb');
  expect(cleanText('שלום 👩🏽‍🚀', 100)).toBe('שלום 👩🏽‍🚀');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 50 }), (text, most) => {
      const clean = cleanText(text, most);
      expect(clean.isWellFormed()).toBe(true);
      expect([...clean].length).toBeLessThanOrEqual(most);
      expect(clean).not.toMatch(/[\u202a-\u202e\u2066-\u2069\0]/);
    }),
  );
});

test('a token that was cut or altered is none of ours', () => {
  const token = writeToken('0193a000-0000-7000-8000-000000000001', Buffer.alloc(32, 9));
  expect(readToken(token)).toMatchObject({ linkId: '0193a000-0000-7000-8000-000000000001' });
  for (const wrong of ['', 'x', token.slice(1), `${token}A`, `${token}=`]) expect(readToken(wrong)).toBeNull();
});

test('a call takes proposals until its last day', () => {
  expect(isOpen({ closes_on: '2026-11-29' }, '2026-11-29')).toBe(true);
  expect(isOpen({ closes_on: '2026-11-29' }, '2026-11-30')).toBe(false);
  expect(isOpen({ closes_on: null }, '2026-11-30')).toBe(true);
});
