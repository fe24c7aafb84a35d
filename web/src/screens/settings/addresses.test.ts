import { expect, test } from 'vitest';
import { addressesIn } from './addresses.ts';

test('addresses are found in mails, spreadsheets and lists, each once', () => {
  const pasted = `Anne Roy <anne.roy@acme.example>, "Noir, Bob" <bob@acme.example>;
carol@acme.example\tdavid@acme.example
CAROL@acme.example; eve@acme.example,`;
  expect(addressesIn(pasted)).toEqual({
    emails: [
      'anne.roy@acme.example',
      'bob@acme.example',
      'carol@acme.example',
      'david@acme.example',
      'eve@acme.example',
    ],
    others: [],
  });
});

test('what is no address is told, and nothing is one of nothing', () => {
  expect(addressesIn('anne@acme, bob')).toEqual({ emails: [], others: ['anne@acme', 'bob'] });
  expect(addressesIn(' \n ')).toEqual({ emails: [], others: [] });
});
