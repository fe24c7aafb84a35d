import fc from 'fast-check';
import PostalMime from 'postal-mime';
import { describe, expect, test } from 'vitest';
import { answeredIds, idsIn } from './answered.ts';

const read = (headers: string[]) =>
  PostalMime.parse(['From: a@x.example', 'Message-ID: <me@x>', ...headers, '', 'Bonjour'].join('\r\n'));

describe('what a mail says it answers', () => {
  test('is what stands in In-Reply-To, then in References from the end, each once, and never itself', async () => {
    const mail = await read(['In-Reply-To: <b@x> (yesterday)', 'References: <a@x> <b@x>\r\n <c@x> <me@x>']);
    expect(answeredIds(mail)).toEqual(['<b@x>', '<c@x>', '<a@x>']);
    expect(answeredIds(await read([]))).toEqual([]);
    expect(answeredIds(await read(['In-Reply-To: your letter of Monday']))).toEqual([]);
  });

  test('is found among whatever stands there, within its limits', () => {
    const id = fc.stringMatching(/^[a-z0-9.]{1,40}$/).map((word) => `<${word}@x>`);
    fc.assert(
      fc.property(fc.array(id, { maxLength: 30 }), fc.string({ maxLength: 20 }), (ids, between) => {
        const junk = between.replaceAll(/[<>]/g, ' ');
        expect(idsIn(ids.join(` ${junk} `))).toEqual([...new Set(ids)]);
      }),
    );
    fc.assert(fc.property(fc.string(), (any) => idsIn(any).every((one) => /^<[^<>\s]+>$/.test(one))));
  });

  test('takes no longer for what was made to be slow', async () => {
    const many = Array.from({ length: 5000 }, (_, at) => `<${at}@x>`).join(' ');
    expect(answeredIds(await read([`References: ${many}`])).length).toBeLessThanOrEqual(100);
    const since = performance.now();
    idsIn('<'.repeat(100_000));
    expect(performance.now() - since).toBeLessThan(500);
  });
});
