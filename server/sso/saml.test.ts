import { expect, test } from 'vitest';
import { finish, oursOf, readMetadata } from './saml.ts';
import { samlMetadata } from './testing.ts';

const answerOf = (tags: number) =>
  Buffer.from(
    `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_a" InResponseTo="_b">${'<a/>'.repeat(tags - 2)}</samlp:Response>`,
  ).toString('base64');

test('an answer of more tags than any provider sends is refused before it is read, whoever posts it', async () => {
  const asked = (tags: number) =>
    finish(readMetadata(samlMetadata), oursOf('https://crm.example', 'p'), answerOf(tags), async () => new Date());
  await expect(asked(2001)).rejects.toThrow('The answer is too large.');
  await expect(asked(2000)).rejects.not.toThrow('The answer is too large.');
});
