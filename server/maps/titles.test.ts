import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Field, levels, readTitle } from './titles.ts';

type Rung = keyof typeof levels;
const rungOf = (level: number) => (Object.keys(levels) as Rung[]).find((rung) => levels[rung] === level)!;

const titles: [string, Rung, Field?][] = [
  ['PDG', 'head', 'general'],
  ['P.D.G.', 'head', 'general'],
  ['Président-directeur général', 'head', 'general'],
  ['Présidente', 'head', 'general'],
  ['Directrice générale', 'head', 'general'],
  ['DG', 'head', 'general'],
  ['Gérant', 'head', 'general'],
  ['Fondateur & CEO', 'head', 'general'],
  ['Managing Director', 'head', 'general'],
  ['Co-founder, CTO', 'head', 'general'],
  ['Directeur général adjoint', 'deputyHead', 'general'],
  ['DGA', 'deputyHead', 'general'],
  ['Deputy CEO', 'deputyHead', 'general'],
  ['Directeur général délégué', 'deputyHead', 'general'],
  ['DAF', 'officer', 'finance'],
  ['D.A.F', 'officer', 'finance'],
  ['CFO', 'officer', 'finance'],
  ['Chief Technology Officer', 'officer', 'technology'],
  ['CTO', 'officer', 'technology'],
  ['DRH', 'officer', 'people'],
  ['DSI', 'officer', 'technology'],
  ['Secrétaire général', 'officer', 'general'],
  ['General Counsel', 'officer', 'legal'],
  ['VP Sales', 'vicePresident', 'sales'],
  ['Vice-présidente marketing', 'vicePresident', 'marketing'],
  ['Directeur financier', 'director', 'finance'],
  ['Directrice des ressources humaines', 'director', 'people'],
  ['Directeur commercial', 'director', 'sales'],
  ['Directeur des systèmes d’information', 'director', 'technology'],
  ['Head of Procurement', 'director', 'purchasing'],
  ['Head of Marketing', 'director', 'marketing'],
  ['Sales Director', 'director', 'sales'],
  ['Directeur commercial adjoint', 'deputyDirector', 'sales'],
  ['Directeur d’agence', 'deputyDirector'],
  ['Directeur régional des ventes', 'deputyDirector', 'sales'],
  ['Responsable achats', 'manager', 'purchasing'],
  ['Resp. logistique', 'manager', 'logistics'],
  ['Chef de service informatique', 'manager', 'technology'],
  ['Sales Manager', 'manager', 'sales'],
  ['Responsable qualité', 'manager', 'quality'],
  ['Chef comptable', 'manager', 'finance'],
  ['Chef d’équipe production', 'teamLead', 'production'],
  ['Team Lead Support', 'teamLead', 'service'],
  ['Chef d’atelier', 'teamLead', 'production'],
  ['Chef de projet informatique', 'contributor', 'technology'],
  ['Project Manager', 'contributor'],
  ['Key Account Manager', 'contributor', 'sales'],
  ['Acheteuse', 'contributor', 'purchasing'],
  ['Comptable', 'contributor', 'finance'],
  ['Ingénieure R&D', 'contributor', 'research'],
  ['Ingénieur(e) commercial(e)', 'contributor', 'sales'],
  ['Chargée de communication', 'contributor', 'communication'],
  ['Software Engineer', 'contributor', 'technology'],
  ['Technicien de maintenance', 'contributor', 'production'],
  ['Juriste', 'contributor', 'legal'],
  ['Marketing', 'contributor', 'marketing'],
  ['Assistante de direction', 'assistant', 'general'],
  ['Executive Assistant to the CEO', 'assistant', 'general'],
  ['Assistant commercial', 'assistant', 'sales'],
  ['Secrétaire', 'assistant', 'administration'],
  ['Contrôleur de gestion', 'contributor', 'finance'],
  ['Gestionnaire de paie', 'contributor', 'people'],
  ['Graphiste web', 'contributor', 'communication'],
  ['Alternant marketing', 'trainee', 'marketing'],
  ['Stagiaire', 'trainee'],
  ['Apprentie comptable', 'trainee', 'finance'],
  ['Sales Intern', 'trainee', 'sales'],
];

describe('a title is read', () => {
  test.each(titles)('%s stands at the rung of %s', (text, rung, field) => {
    const read = readTitle(text)!;
    expect(read && rungOf(read.level)).toBe(rung);
    if (field) expect(read.fields[0]).toBe(field);
  });

  test.each([
    '',
    '–',
    'Magicien',
    'Mme',
    'M. Dupont',
    '12',
    'Ph.D.',
  ])('as nothing where it says nothing: “%s”', (text) => {
    expect(readTitle(text)).toBeNull();
  });

  test('whatever its letters’ case and accents', () => {
    fc.assert(
      fc.property(fc.constantFrom(...titles.map(([text]) => text)), (text) => {
        const bare = text.normalize('NFD').replaceAll(/\p{M}/gu, '');
        expect(readTitle(text.toUpperCase())).toEqual(readTitle(text));
        expect(readTitle(`  ${bare}  `)).toEqual(readTitle(text));
      }),
    );
  });

  test('without failing, whatever somebody wrote and however much', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (text) => {
        const read = readTitle(text);
        if (read) expect(new Set(read.fields).size).toBe(read.fields.length);
      }),
    );
    readTitle('chef de '.repeat(5000));
    readTitle('a.'.repeat(20_000));
  });
});
