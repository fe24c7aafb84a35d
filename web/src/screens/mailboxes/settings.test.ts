import { describe, expect, test } from 'vitest';
import { guessHost, settingsOf } from './settings.ts';

describe('the server of an address', () => {
  test.each([
    ['claire@gmail.com', 'imap.gmail.com'],
    ['Claire@Orange.FR ', 'imap.orange.fr'],
    ['claire@cabinet-morel.example', 'imap.cabinet-morel.example'],
    ['claire@', ''],
    ['claire@cabinet', ''],
    ['', ''],
  ])('%s is probably %s', (address, host) => {
    expect(guessHost(address)).toBe(host);
  });
});

test('the address is the user’s name unless another is given, and what is sent from it is the owner’s', () => {
  const draft = { address: ' a@b.example ', user: '', password: 'p', host: 'h', port: 993, security: 'tls' as const };
  expect(settingsOf('imap', draft)).toMatchObject({ user: 'a@b.example', addresses: ['a@b.example'] });
  expect(settingsOf('drop_box', { ...draft, user: 'u' })).toMatchObject({ user: 'u', address: 'a@b.example' });
});
