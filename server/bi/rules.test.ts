import fc from 'fast-check';
import { expect, test } from 'vitest';
import { drawPassword, drawShort, isLost, loginOf, schemaOf, verifierOf } from './rules.ts';

test('what PostgreSQL keeps of a password is what RFC 7677 says of its example', () => {
  // RFC 7677, 3: user "user", password "pencil", salt W22ZaJ0SNY7soEsUEjb6gQ==, 4096 rounds; the server's signature there is made with this key.
  const salt = Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64');
  expect(verifierOf('pencil', salt)).toBe(
    'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=',
  );
});

test('names and passwords need no quoting, and are not twice the same', () => {
  const shorts = Array.from({ length: 200 }, drawShort);
  expect(new Set(shorts).size).toBe(200);
  for (const short of shorts) expect(loginOf(short) + schemaOf(short)).toMatch(/^[a-z0-9_]+$/);
  expect(drawPassword()).toMatch(/^[\w-]{32}$/);
  fc.assert(
    fc.property(fc.string(), (text) => {
      if (!/^[a-z0-9]{12}$/.test(text)) expect(() => schemaOf(text)).toThrow();
    }),
  );
});

test('a row stays exactly as long as every bit that it was made through is open', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer(), (mask, open) => {
      const every = Array.from({ length: 32 }, (_, bit) => bit).every(
        (bit) => !((mask >>> bit) & 1) || (open >>> bit) & 1,
      );
      expect(isLost(mask, open)).toBe(!every);
    }),
  );
});
