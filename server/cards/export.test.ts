import { expect, test } from 'vitest';
import type { Contact } from '../formats/contact.ts';
import { toWorkbook } from './export.ts';

async function* people(count: number): AsyncGenerator<Contact> {
  for (let at = 0; at < count; at++) {
    yield {
      kind: 'person',
      name: { full: `Person ${at}` },
      emails: [],
      phones: [],
      addresses: [],
      urls: [],
      categories: [],
      extra: [],
      warnings: [],
      original: { mediaType: 'text/vcard', data: new Uint8Array() },
    };
  }
}

test('a workbook is whole, or is refused with the limit', async () => {
  const [whole] = await (await toWorkbook(people(3), 3)).toArray();
  expect(Buffer.from(whole).subarray(0, 2).toString()).toBe('PK');
  await expect(toWorkbook(people(4), 3)).rejects.toMatchObject({
    code: 'too_many_rows',
    details: { values: { limit: 3 } },
  });
});
