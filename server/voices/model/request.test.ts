import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readAnswer, requestOf, withoutAuthor } from './request.ts';

const topics = ['Delivery', 'Price'].map((name, no) => ({
  ...{ id: `t${no}`, parentId: null, name: { fr: name, en: name }, words: ['secret word'], aspect: null, ended: false },
}));

describe('what leaves', () => {
  test.each([
    ['Write to lea.martin@example.com', '', 'Write to [e-mail]'],
    ['Call +33 6 12 34 56 78 or 06.12.34.56.78', '', 'Call [number] or [number]'],
    ['See https://x.example/orders?id=5 and www.y.example', '', 'See [link] and [link]'],
    ['FR76 3000 6000 0112 3456 7890 189', '', '[number]'],
    ['I am Léa MARTIN, and Anne answers', 'Léa Martin', 'I am [name] [name], and Anne answers'],
    ['An answer to a plan', 'An', '[name] answer to a plan'],
    ['@lea_martin said so', '', '[handle] said so'],
    ['It cost 45 euros for 3 days', '', 'It cost 45 euros for 3 days'],
    ['(.*) wins', '(.*) aa', '(.*) wins'],
  ])('of "%s" by "%s" is "%s"', (text, name, left) => {
    expect(withoutAuthor(text, name)).toBe(left);
  });

  test('holds no address, no long number and no word of the author’s name, whatever is written around them', () => {
    const around = fc.string({ maxLength: 30 }).map((text) => text.replaceAll(/[\p{L}\p{N}@._%+-]/gu, ''));
    fc.assert(
      fc.property(around, around, around, (a, b, c) => {
        const { messages } = requestOf('m', topics, {
          text: `${a} zoe.weiss@mail.example ${b} 0612345678 ${c} Weiss`,
          name: 'Zoé Weiss',
        });
        expect(messages[1]!.content).not.toMatch(/mail\.example|0612345678|Weiss/);
      }),
    );
  });

  test('is the text, the names of the topics, and nothing else', () => {
    const { messages, ...rest } = requestOf('m', topics, { text: 'Hello', name: '' });
    expect(rest).toEqual({ model: 'm', temperature: 0, response_format: { type: 'json_object' } });
    expect(messages.map(({ role }) => role)).toEqual(['system', 'user']);
    expect(messages[0]!.content).toContain('1. Delivery / Delivery\n2. Price / Price');
    expect(JSON.stringify(messages)).not.toContain('secret word');
    expect(messages[1]!.content).toBe('Hello');
  });
});

describe('what is answered', () => {
  const answer = (content: string) => ({ choices: [{ message: { content } }] });
  test.each([
    ['{"tone":"negative","topics":[2]}', { tone: 'negative', topicIds: ['t1'] }],
    ['```json\n{"tone":"positive","topics":[]}\n```', { tone: 'positive', topicIds: [] }],
    ['{"tone":"neutral","topics":[1,1,2]}', { tone: 'neutral', topicIds: ['t0', 't1'] }],
    ['{"tone":"angry","topics":[1]}', undefined],
    ['{"tone":"negative","topics":[3]}', undefined],
    ['{"tone":"negative","topics":[0]}', undefined],
    ['I cannot do that.', undefined],
    ['', undefined],
  ])('as %s is read', (content, read) => {
    expect(readAnswer(answer(content), topics)).toEqual(read);
  });

  test('whatever it is, is a reading or none', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.jsonValue(),
          fc.jsonValue().map((said) => answer(JSON.stringify(said))),
        ),
        (said) => {
          const read = readAnswer(said, topics);
          if (read) expect(['negative', 'neutral', 'positive']).toContain(read.tone);
        },
      ),
    );
  });
});
