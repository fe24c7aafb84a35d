import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Said, voicesOf, weightOf } from './counting.ts';

const said = (person: string, topic: string, at: string, more: Partial<Said> = {}): Said => ({
  person,
  topic,
  at,
  ...more,
});

describe('voices', () => {
  it('are one person on one topic once, however often they say it', () => {
    expect(
      voicesOf([
        said('Ana', 'price', '2026-03-02', { account: 'Acme', value: 900 }),
        said('Ana', 'price', '2026-03-01'),
        said('Ana', 'delivery', '2026-03-03'),
        said('Léo', 'price', '2026-03-02'),
      ]),
    ).toEqual([
      { person: 'Ana', topic: 'price', account: 'Acme', value: 900, first: '2026-03-01', last: '2026-03-02', times: 2 },
      { person: 'Léo', topic: 'price', value: 0, first: '2026-03-02', last: '2026-03-02', times: 1 },
      { person: 'Ana', topic: 'delivery', value: 0, first: '2026-03-03', last: '2026-03-03', times: 1 },
    ]);
  });

  it('weigh by people, by accounts, and by each account’s value once', () => {
    const voices = voicesOf([
      said('Ana', 'price', '2026-03-01', { account: 'Acme', value: 5_000 }),
      said('Léo', 'price', '2026-03-01', { account: 'Acme', value: 8_000 }),
      said('Zoé', 'price', '2026-03-01', { value: 2_000 }),
    ]);
    expect(weightOf(voices)).toEqual({ people: 3, accounts: 1, value: 10_000, weight: 3 });
    expect(weightOf(voices, { person: 1, account: 2, thousand: 0.5 }).weight).toBe(3 + 2 + 5);
  });

  it('are the same in whatever order things were noted, and never more than people', () => {
    const one = fc.record({
      person: fc.constantFrom('a', 'b', 'c'),
      topic: fc.constantFrom('x', 'y'),
      at: fc.constantFrom('1', '2', '3'),
      value: fc.nat(9),
    });
    fc.assert(
      fc.property(fc.array(one), (all) => {
        const sorted = (list: readonly Said[]) =>
          voicesOf(list)
            .map((voice) => JSON.stringify(voice))
            .sort();
        expect(sorted([...all].reverse())).toEqual(sorted(all));
        expect(voicesOf(all).length).toBe(new Set(all.map(({ person, topic }) => person + topic)).size);
      }),
    );
  });
});
