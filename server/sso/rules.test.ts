import { expect, test } from 'vitest';
import { isForAnybody, mayAsk, nameOf, objectionTo, pathOfOurs } from './rules.ts';

test.each([
  ['/people?q=x', '/people?q=x'],
  ['/', '/'],
  [undefined, '/'],
  ['', '/'],
  ['people', '/'],
  ['//evil.example', '/'],
  ['/\\evil.example', '/'],
  ['/\n/evil.example', '/'],
  ['https://evil.example', '/'],
])('after signing in, %j leads to %s', (back, path) => {
  expect(pathOfOurs(back)).toBe(path);
});

const domains = ['exemple.example'];
const proof = { subject: 's', email: 'ada@exemple.example', emailVerified: true, name: null };
test.each([
  [{}, false, null],
  [{ email: 'ADA@EXEMPLE.EXAMPLE' }, false, null],
  [{ email: null }, true, 'no_email'],
  [{ email: 'ada@sub.exemple.example' }, true, 'other_domain'],
  [{ email: '"ada@exemple.example"@evil.example' }, true, 'other_domain'],
  [{ emailVerified: false }, true, 'unverified'],
  [{ emailVerified: null }, false, 'unverified'],
  [{ emailVerified: null }, true, null],
])('an address of %j, where unmarked ones are believed: %s, is met with %s', (said, trustsEmail, objection) => {
  expect(objectionTo({ ...proof, ...said }, { domains, trustsEmail })).toBe(objection);
});

test.each([
  ['https://idp.example', false, true],
  ['https://10.0.0.1/realm', false, true],
  ['http://idp.example', true, false],
  ['http://127.0.0.1:9', true, true],
  ['http://localhost', true, true],
  ['http://localhost', false, false],
  ['http://127.0.0.1.evil.example', true, false],
  ['https://user:word@idp.example', true, false],
  ['file:///etc/passwd', true, false],
])('%s, with issuers of this machine allowed: %s, may be asked: %s', (url, local, may) => {
  expect(mayAsk(new URL(url), local)).toBe(may);
});

test('an issuer that speaks for any organisation is known', () => {
  expect(isForAnybody(new URL('https://login.microsoftonline.com/common/v2.0'))).toBe(true);
  expect(isForAnybody(new URL('https://login.microsoftonline.com/0193ffff-0000-7000-8000-000000000000/v2.0'))).toBe(
    false,
  );
});

test('who has no name at the provider is called by what stands before the @', () => {
  expect(nameOf(proof)).toBe('ada');
  expect(nameOf({ ...proof, name: ' Ada Lovelace ' })).toBe('Ada Lovelace');
});
