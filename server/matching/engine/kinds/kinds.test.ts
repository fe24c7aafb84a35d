import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dates } from './dates.ts';
import { emails, isExplainedBy } from './emails.ts';
import type { Kind } from './kind.ts';
import { areBrieflyDifferent, brief, LETTERS_OF, names } from './names.ts';
import { organizations } from './organizations.ts';
import { phones } from './phones.ts';
import { cities, postcodes, streets } from './places.ts';
import { categories, identifiers, texts } from './texts.ts';

const KINDS: Record<string, Kind<{ key: string }>> = {
  names: names as unknown as Kind<{ key: string }>,
  emails: emails as unknown as Kind<{ key: string }>,
  phones: phones as unknown as Kind<{ key: string }>,
  organizations: organizations as unknown as Kind<{ key: string }>,
  streets: streets as unknown as Kind<{ key: string }>,
  cities,
  postcodes,
  dates: dates as unknown as Kind<{ key: string }>,
  texts,
  categories,
  identifiers,
};

function read<V extends { key: string }>(kind: Kind<V>, raw: string): V | undefined {
  const key = kind.keyOf(raw);
  return key === undefined ? undefined : kind.parse(key);
}

/** The level of two writings, by name. */
function level<V extends { key: string }>(kind: Kind<V>, one: string, other: string): string {
  const [a, b] = [read(kind, one)!, read(kind, other)!];
  return a.key === b.key ? kind.levels.at(-1)! : kind.levels[kind.compare(a, b)]!;
}

describe.each(Object.entries(KINDS))('any value of %s', (_, kind) => {
  const anything = fc.oneof(
    fc.string({ maxLength: 40, unit: 'grapheme' }),
    fc.stringMatching(/^[A-Za-zéèü' .-]{1,25}$/),
    fc.stringMatching(/^\+?[0-9 ./@a-z-]{1,25}$/),
  );

  it('is read or passed over, and never throws', () => {
    fc.assert(fc.property(anything, (raw) => read(kind, raw) === undefined || read(kind, raw)!.key !== ''));
  });

  it('has one level with another, whichever comes first, and is the same as itself', () => {
    fc.assert(
      fc.property(anything, anything, (one, other) => {
        const [a, b] = [read(kind, one), read(kind, other)];
        if (!a || !b || a.key === b.key) return;
        const found = kind.compare(a, b);
        expect(kind.compare(b, a)).toBe(found);
        expect(kind.levels[found]).toBeDefined();
        const marks = Int32Array.from([a, b].flatMap((value) => kind.mark?.(value) ?? []));
        const glanced = kind.glance?.(marks, 0, marks.length / 2) ?? -1;
        if (glanced >= 0) expect(found).toBe(glanced);
      }),
    );
  });
});

describe('names', () => {
  it('that are told apart in brief are different', () => {
    const name = fc.stringMatching(/^[a-eé]{1,12}( [a-e]{1,4})?$/);
    let told = 0;
    fc.assert(
      fc.property(name, name, (one, other) => {
        const [a, b] = [read(names, one)!, read(names, other)!];
        const marks = Int32Array.from([a, b].flatMap((value) => names.mark!(value)));
        const second = marks.length / 2;
        if (
          !areBrieflyDifferent(marks[LETTERS_OF]!, brief(marks, 0), marks[second + LETTERS_OF]!, brief(marks, second))
        )
          return;
        told++;
        expect(names.compare(a, b)).toBe(0);
      }),
      { numRuns: 3000 },
    );
    expect(told).toBeGreaterThan(100);
  });

  it.each([
    ['Jean', 'JEAN', 'same'],
    ['Jean-Pierre', 'jean pierre', 'same'],
    ['Пётр', 'Petr', 'same'],
    ['Benrard', 'Bernard', 'near'],
    ['Dupond', 'Dupont', 'near'],
    ['Bob', 'Robert', 'form'],
    ['Manu', 'Emmanuelle', 'form'],
    ['Jean', 'Jean-Pierre', 'form'],
    ['van der Meulen', 'Meulen', 'form'],
    ['JP', 'Jean-Pierre', 'form'],
    ['C', 'Cassien', 'initial'],
    ['Philippe', 'Filipe', 'similar'],
    ['Lefèvre', 'Lefebvre', 'near'],
    ['Katherine', 'Catherine', 'form'],
    ['Paul', 'Anne', 'different'],
    ['P', 'Anne', 'different'],
    ["éé'è", 'aé-éè', 'near'],
    ['aé-éè', "éé'è", 'near'],
  ])('%s and %s: %s', (one, other, expected) => {
    expect(level(names, one, other)).toBe(expected);
  });
});

describe('addresses of people and places', () => {
  it.each([
    [emails, 'Jean.Martin+news@Orange.fr', 'jean.martin@orange.fr', 'same'],
    [emails, 'jean.martin@orange.fr', 'jean.martin@free.fr', 'same user'],
    [emails, 'dmacdoald@riverb-glass.biz', 'dmacdonald@rivers-glass.biz', 'near'],
    [emails, 'contact@acme.fr', 'contact@acme.com', 'different'],
    [phones, '+33612345678', '+33612345679', 'near'],
    [phones, '+33612345678', '+33140000000', 'other kind'],
    [phones, '0612345678', '+33612345678', 'near'],
    [organizations, 'Dupont & Fils SARL', 'DUPONT ET FILS', 'same'],
    [organizations, 'Greenvista', 'Greenvista International', 'part'],
    [organizations, 'International Business Machines', 'IBM', 'similar'],
    [organizations, 'Acme', 'Bolt', 'different'],
    [streets, '12, rue de la Paix', '12 r. de la paix', 'same'],
    [streets, '12 rue de la Paix', '14 rue de la Paix', 'near'],
    [streets, '12 rue de la Paix', '12 avenue Foch', 'different'],
    [cities, 'Paris Cedex 07', 'PARIS 7', 'same'],
    [cities, 'St Étienne', 'Saint-Etienne', 'same'],
    [dates, '1980-02-03', '19800203', 'same'],
    [dates, '1980-02-03', '1980-03-02', 'two parts'],
    [dates, '--02-03', '1980-02-03', 'two parts'],
    [dates, '1980-02-03', '1955-11-28', 'different'],
  ] as [Kind<{ key: string }>, string, string, string][])('%#: %s and %s: %s', (kind, one, other, expected) => {
    expect(level(kind, one, other)).toBe(expected);
  });

  it('an address whose user the name explains is told from one that says more', () => {
    expect(isExplainedBy('jean.martin', 'jean', 'martin')).toBe(true);
    expect(isExplainedBy('jmartin', 'jean', 'martin')).toBe(true);
    expect(isExplainedBy('martin.j', 'jean', 'martin')).toBe(true);
    expect(isExplainedBy('leroidutango', 'jean', 'martin')).toBe(false);
  });
});
