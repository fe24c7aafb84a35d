import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Texts } from './texts.ts';

test('Texts are given back by number, packed or not', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' })), fc.integer({ min: 4000, max: 4200 }), (some, filling) => {
      const all = [...some, ...Array.from({ length: filling }, (_, number) => `é${number}`), ...some];
      const texts = new Texts();
      for (const text of all) texts.add(text);
      expect(all.map((_, number) => texts.get(number))).toEqual(all);
      expect([texts.get(all.length), texts.get(-1)]).toEqual([undefined, undefined]);
    }),
    { numRuns: 20 },
  );
});
