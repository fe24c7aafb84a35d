import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anonymous } from './rules.ts';

test('a quote tells no address, number, link, account or name that they are known by', () => {
  const text =
    'I am Léa Martin of Acme (lea@acme.example, +33 6 11 22 33 44, @leam, https://acme.example/lea): late since 2024';
  expect(anonymous(text, ['Léa Martin', 'Acme'])).toBe('I am […] […] of […] ([…], […], […], […]): late since 2024');
});

test('a name within another word stays, and signs of patterns in a name do no harm', () => {
  expect(anonymous('Marthe smartly said (no)', ['Mart (no']).includes('smartly')).toBe(true);
});

test('whatever is written and whoever wrote it, no address is left and nothing throws', () => {
  fc.assert(
    fc.property(fc.string(), fc.emailAddress(), fc.string(), (text, address, name) => {
      expect(anonymous(`${text} ${address} ${text}`, [name])).not.toContain(address);
    }),
  );
});

test('a message that is one word, as long as messages may be, is read in a moment', () => {
  expect(anonymous('x'.repeat(200_000), ['Bob'])).toBe('x'.repeat(500));
  expect(anonymous(`${'x'.repeat(64)}@b.example`, [])).toBe('[…]');
});
