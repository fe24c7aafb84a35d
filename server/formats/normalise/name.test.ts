import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fold, fullName, nameKey, splitName, writeName } from './name.ts';

describe('splitName', () => {
  test.each([
    ['Jean Dupont', { given: 'Jean', family: 'Dupont' }],
    ['DUPONT Jean', { given: 'Jean', family: 'DUPONT' }],
    ['Jean DUPONT', { given: 'Jean', family: 'DUPONT' }],
    ['Dupont, Jean', { given: 'Jean', family: 'Dupont' }],
    ['M. Dupont', { prefix: 'M.', family: 'Dupont' }],
    ['M. et Mme Dupont', { prefix: 'M. et Mme', family: 'Dupont' }],
    ['Maître Anne-Sophie Le Goff', { prefix: 'Maître', given: 'Anne-Sophie', family: 'Le Goff' }],
    ['Jean de La Tour', { given: 'Jean', family: 'de La Tour' }],
    ['de LA TOUR Jean', { given: 'Jean', family: 'de LA TOUR' }],
    ['DE LA TOUR Jean-Pierre', { given: 'Jean-Pierre', family: 'DE LA TOUR' }],
    ['Charles d’Ornano', { given: 'Charles', family: 'd’Ornano' }],
    ['Ludwig van Beethoven', { given: 'Ludwig', family: 'van Beethoven' }],
    ['Dr. med. Hans von Bülow', { prefix: 'Dr. med.', given: 'Hans', family: 'von Bülow' }],
    ['Marie Claire Martin', { given: 'Marie Claire', family: 'Martin' }],
    ['John Quincy Adams', { given: 'John', additional: 'Quincy', family: 'Adams' }],
    ['Mr. John Q. Public, Esq.', { prefix: 'Mr.', given: 'John', additional: 'Q.', family: 'Public', suffix: 'Esq.' }],
    ['Bruce Banner, PhD', { given: 'Bruce', family: 'Banner', suffix: 'PhD' }],
    ['Alexandre Dumas fils', { given: 'Alexandre', family: 'Dumas', suffix: 'fils' }],
    ['John "Johnny" Doe', { given: 'John', family: 'Doe', nickname: 'Johnny' }],
    ['JP Dupont', { given: 'JP', family: 'Dupont' }],
    ['LI Wei', { given: 'Wei', family: 'LI' }],
    ['山田 太郎', { given: '太郎', family: '山田' }],
    ['山田太郎', {}],
    ['Zoë', { given: 'Zoë' }],
    ['jean@example.fr', {}],
  ])('%j', (full, parts) => {
    expect(splitName(full)).toEqual({ full, ...parts });
  });

  test('follows the order it is told where the name does not tell it', () => {
    expect(splitName('Dupont Jean', 'family-first')).toMatchObject({ given: 'Jean', family: 'Dupont' });
    expect(splitName('de La Tour Jean', 'family-first')).toMatchObject({ given: 'Jean', family: 'de La Tour' });
  });

  test('never throws, and keeps what was written', () => {
    const string = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: fc.constantFrom('A', 'b', ' ', ',', '.', '-', '"', 'de ', 'M. ') }),
    );
    fc.assert(
      fc.property(string, (full) => {
        const { full: kept = '' } = splitName(full);
        expect(kept.replace(/\s/g, '')).toBe(
          full.replace(/[\p{Cc}\p{Cf}\s]/gu, (c) => (/[\u200c\u200d]/.test(c) ? c : '')),
        );
      }),
    );
  });
});

test('fullName gives what was written, else the parts, else the nickname', () => {
  expect(fullName({ full: 'X', given: 'Y' })).toBe('X');
  expect(fullName({ given: 'Jean', family: 'Dupont', prefix: 'M.' })).toBe('M. Jean Dupont');
  expect(fullName({ nickname: 'Jeannot' })).toBe('Jeannot');
  expect(fullName({})).toBe('');
});

test('nameKey is one for all ways to write a name', () => {
  const key = 'francoise lefevre marie';
  for (const name of [
    'Marie-Françoise Lefèvre',
    'LEFEVRE Marie Françoise',
    'Lefèvre, Marie-Francoise',
    'Mme Marie Françoise LEFÈVRE',
  ]) {
    expect(nameKey(splitName(name))).toBe(key);
  }
  expect(nameKey({ full: 'Mme Marie-Françoise Lefèvre' })).toBe(key);
  expect(nameKey({})).toBe('');
});

describe('fold', () => {
  test.each([
    ['Éric ŒUVRE', 'eric oeuvre'],
    ['Straße', 'strasse'],
    ['L’Haÿ', "l'hay"],
    ['Ångström Łódź', 'angstrom lodz'],
    ['İstanbul', 'istanbul'],
  ])('%j is %j', (text, expected) => {
    expect(fold(text)).toBe(expected);
  });

  test('folding twice changes nothing', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => fold(fold(text)) === fold(text)));
  });
});

describe('writeName', () => {
  test.each([
    [{ given: 'JEANNE', family: 'DUPONT' }, 'Jeanne Dupont', 'Jeanne DUPONT'],
    [{ given: 'jean-pierre', family: 'le goff' }, 'Jean-Pierre Le Goff', 'Jean-Pierre LE GOFF'],
    [{ given: 'Jean', family: 'DE LA FONTAINE' }, 'Jean de La Fontaine', 'Jean de LA FONTAINE'],
    [{ given: 'Charles', family: 'd’ornano' }, 'Charles d’Ornano', 'Charles d’ORNANO'],
    [{ given: 'RONALD', family: 'McDonald' }, 'Ronald McDonald', 'Ronald MCDONALD'],
    [{ given: 'FLANN', family: "O'BRIEN" }, "Flann O'Brien", "Flann O'BRIEN"],
    [{ given: 'Ewan', family: 'MCGREGOR' }, 'Ewan McGregor', 'Ewan MCGREGOR'],
    [{ given: 'JP', family: 'Li' }, 'JP Li', 'JP LI'],
    [{ given: 'Minh', family: 'DO' }, 'Minh DO', 'Minh DO'],
    [{ prefix: 'M.', given: 'ÉLIE', family: 'ŒUVRARD' }, 'M. Élie Œuvrard', 'M. Élie ŒUVRARD'],
    [{ full: 'Jeannot lapin', given: 'jean', family: 'lapin' }, 'Jeannot lapin', 'Jeannot lapin'],
  ])('%j', (name, usual, capitals) => {
    expect(writeName(name, 'as_typed')).toBe(name);
    expect([writeName(name, 'usual').full, writeName(name, 'capitals').full]).toEqual([usual, capitals]);
  });

  test('changes letters only in their size, and nothing the second time', () => {
    const part = fc.string({ unit: fc.constantFrom(...'aÉß de-\u2019LMc') });
    const name = fc.record({ given: part, family: part }, { noNullPrototype: true });
    fc.assert(
      fc.property(name, fc.constantFrom('usual' as const, 'capitals' as const), (one, habit) => {
        const once = writeName(one, habit);
        expect(writeName(once, habit)).toEqual(once);
        for (const key of ['given', 'family'] as const) expect(once[key]!.toUpperCase()).toBe(one[key].toUpperCase());
      }),
    );
  });
});
