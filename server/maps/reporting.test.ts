import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chartOf, inferChief, type Said, type Standing } from './reporting.ts';
import { readTitle } from './titles.ts';

const of = (...titles: [string, string | null][]): Standing[] =>
  titles.map(([id, title]) => ({ id, title: title === null ? null : readTitle(title) }));
const says = (id: string, chiefId: string | null, more: Partial<Said> = {}): Said => ({
  id,
  chiefId,
  mine: false,
  at: 0,
  assists: false,
  ...more,
});
const drawnOf = (people: Standing[], said: Said[] = []) =>
  Object.fromEntries(chartOf(people, said).places.map(({ id, chiefId, line }) => [id, `${line} ${chiefId ?? '–'}`]));

const company = of(
  ['head', 'PDG'],
  ['daf', 'DAF'],
  ['sales', 'Directeur commercial'],
  ['buyer', 'Acheteuse'],
  ['purchasing', 'Responsable achats'],
  ['accountant', 'Comptable'],
  ['seller', 'Ingénieur commercial'],
  ['assistant', 'Assistante de direction'],
  ['apprentice', 'Alternante marketing'],
  ['unknown', null],
);

describe('from titles', () => {
  test('each stands under the nearest above of their field, else of their department, else under the head', () => {
    expect(drawnOf(company)).toEqual({
      head: 'top –',
      daf: 'inferred head',
      sales: 'inferred head',
      purchasing: 'inferred head',
      buyer: 'inferred purchasing',
      accountant: 'inferred daf',
      seller: 'inferred sales',
      assistant: 'inferred head',
      apprentice: 'inferred sales',
      unknown: 'open –',
    });
    const byId = new Map(chartOf(company, []).places.map((place) => [place.id, place.inferred?.reason]));
    expect([byId.get('buyer'), byId.get('apprentice'), byId.get('purchasing')]).toEqual([
      'field',
      'department',
      'head',
    ]);
  });

  test('of two who could be the chief none is chosen, and both are named', () => {
    const people = of(
      ['d', 'Directeur commercial'],
      ['a', 'Sales Manager'],
      ['b', 'Responsable des ventes'],
      ['c', 'Vendeur'],
    );
    expect(inferChief(people[3]!, people)).toEqual({ chiefId: 'd', reason: 'field', between: ['a', 'b'] });
    expect(inferChief(people[0]!, people)).toBeNull();
  });

  test('two heads leave the line open rather than a guess', () => {
    expect(drawnOf(of(['a', 'Gérant'], ['b', 'Gérante'], ['c', 'Comptable']))).toEqual({
      a: 'top –',
      b: 'top –',
      c: 'open –',
    });
  });
});

describe('what people say', () => {
  test('goes before titles; mine before others’, and of others the newest; that they differ is said', () => {
    const said = [says('buyer', 'daf', { at: 1 }), says('buyer', 'sales', { at: 2 })];
    expect(drawnOf(company, said).buyer).toBe('said sales');
    expect(drawnOf(company, [...said, says('buyer', 'head', { mine: true })]).buyer).toBe('said head');
    const { places } = chartOf(company, said);
    expect(places.filter(({ contradicted }) => contradicted).map(({ id }) => id)).toEqual(['buyer']);
    expect(places.find(({ id }) => id === 'buyer')!.inferred!.chiefId).toBe('purchasing');
  });

  test('in a circle is told and cut once, what I say last', () => {
    const said = [
      says('daf', 'sales', { at: 1 }),
      says('sales', 'seller', { at: 2 }),
      says('seller', 'daf', { at: 3 }),
    ];
    const { circles, places } = chartOf(company, said);
    expect(circles).toHaveLength(1);
    expect([...circles[0]!].sort()).toEqual(['daf', 'sales', 'seller']);
    expect(places.filter(({ line }) => line === 'cut').map(({ id }) => id)).toEqual(['daf']);
    const mine = said.map((one) => (one.id === 'daf' ? { ...one, mine: true } : one));
    expect(
      chartOf(company, mine)
        .places.filter(({ line }) => line === 'cut')
        .map(({ id }) => id),
    ).toEqual(['sales']);
  });

  test('can put a head under somebody: titles make no circle of it', () => {
    expect(drawnOf(company, [says('head', 'daf')])).toMatchObject({ head: 'said daf', daf: 'top –' });
    expect(drawnOf(company, [says('daf', null)]).daf).toBe('said –');
  });

  test('that somebody assists counts where nothing else is said', () => {
    expect(drawnOf(company, [says('assistant', 'daf', { assists: true, at: 9 })]).assistant).toBe('said daf');
    const both = [says('assistant', 'daf', { assists: true, at: 9 }), says('assistant', 'sales')];
    expect(drawnOf(company, both).assistant).toBe('said sales');
  });
});

const someTitle = fc.constantFrom(
  'PDG',
  'DAF',
  'Directeur',
  'Sales Manager',
  'Vendeur',
  'Stagiaire',
  'Comptable',
  null,
);
const world = fc.array(someTitle, { minLength: 1, maxLength: 25 }).chain((titles) => {
  const id = fc.integer({ min: 0, max: titles.length + 1 }).map((at) => `p${at}`);
  return fc.tuple(
    fc.constant(of(...titles.map((title, at): [string, string | null] => [`p${at}`, title]))),
    fc.array(fc.tuple(id, fc.option(id), fc.boolean(), fc.nat(5), fc.boolean()), { maxLength: 40 }),
  );
});

describe('whatever people say and titles tell', () => {
  test('everybody stands once, nobody is invented, no line goes round, and the order of what is said changes nothing', () => {
    fc.assert(
      fc.property(world, ([people, lines]) => {
        const said = lines.map(([id, chief, mine, at, assists]) => says(id, chief, { mine, at, assists }));
        const { places, circles } = chartOf(people, said);
        const ids = people.map(({ id }) => id);
        expect(places.map(({ id }) => id)).toEqual(ids);
        const chiefOf = new Map(places.map(({ id, chiefId }) => [id, chiefId]));
        for (const start of ids) {
          const seen = new Set<string>();
          for (let at: string | null = start; at !== null; at = chiefOf.get(at)!) {
            expect(ids).toContain(at);
            expect(seen.has(at)).toBe(false);
            seen.add(at);
          }
        }
        const cut = places.filter(({ line }) => line === 'cut');
        expect(cut).toHaveLength(circles.length);
        for (const { id, inferred } of places) {
          if (!inferred) continue;
          const level = (one: string) => people.find((person) => person.id === one)!.title!.level;
          expect(level(inferred.chiefId)).toBeLessThan(level(id));
        }
        const turned = chartOf(people, [...said].reverse());
        expect(turned.circles).toEqual(circles);
        expect(turned.places.map(({ line }) => line)).toEqual(places.map(({ line }) => line));
      }),
    );
  });
});
