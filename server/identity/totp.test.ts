import { expect, test } from 'vitest';
import { matchTotp, newRecoveryCodes, newTotpSecret, totpCode, totpStep, totpUri } from './totp.ts';

/** "12345678901234567890" of RFC 6238, appendix B, whose codes of eight digits end in ours. */
const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

test.each([
  [59, '287082'],
  [1111111109, '081804'],
  [1111111111, '050471'],
  [1234567890, '005924'],
  [2000000000, '279037'],
  [20000000000, '353130'],
])('at second %i the code is that of RFC 6238', (second, code) => {
  expect(totpCode(secret, totpStep(second * 1000))).toBe(code);
});

test('a clock may be one period off, not two', () => {
  const now = 1_700_000_000_000;
  const step = totpStep(now);
  const accepted = [-2, -1, 0, 1, 2].map((shift) => matchTotp(secret, totpCode(secret, step + shift), now, 0));
  expect(accepted).toEqual([null, step - 1, step, step + 1, null]);
});

test('a code of a period that has opened already opens no more', () => {
  const now = 1_700_000_000_000;
  const step = totpStep(now);
  expect(matchTotp(secret, totpCode(secret, step), now, step)).toBeNull();
  expect(matchTotp(secret, totpCode(secret, step - 1), now, step)).toBeNull();
  expect(matchTotp(secret, totpCode(secret, step + 1), now, step)).toBe(step + 1);
});

test('what is no six digits is no code', () => {
  for (const code of ['', '12345', '1234567', '12345a', '１２３４５６'])
    expect(matchTotp(secret, code, Date.now(), 0)).toBeNull();
});

test('secrets and recovery codes have the form that apps and people take', () => {
  expect(newTotpSecret()).toMatch(/^[A-Z2-7]{32}$/);
  const codes = newRecoveryCodes();
  expect(new Set(codes).size).toBe(10);
  for (const code of codes) expect(code).toMatch(/^([A-Z2-7]{4}-){3}[A-Z2-7]{4}$/);
  expect(totpUri('ABC', 'zoé+x@example.com')).toBe(
    'otpauth://totp/Entregent:zo%C3%A9%2Bx%40example.com?secret=ABC&issuer=Entregent',
  );
});
