import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Block, Saying } from '../blocks-contract.ts';
import { checkAs } from '../compiling.ts';
import { kindOfReady, type ReadyKey } from '../contract.ts';
import { readyContents } from '../ready.ts';
import { type HouseRules, houseRules } from '../style-contract.ts';
import { check, type Surroundings } from './check.ts';
import { countSyllables, readingEase, sentencesOf } from './readability.ts';
import { addressIn, findWords, stem } from './words.ts';

const imageId = '01890000-0000-7000-8000-000000000001';
const around = (over: Partial<Surroundings> = {}, rules: Partial<HouseRules> = {}): Surroundings => ({
  ...{ language: 'fr', rules: houseRules.parse(rules), images: new Set([imageId]), parts: new Map(), size: 10_000 },
  ...over,
});
const say = (blocks: Block[], subject = 'Objet'): Saying => ({ subject, preheader: '', blocks });
const text = (words: string): Block => ({ id: 'a', kind: 'text', text: words });
const image = (over: object = {}): Block =>
  ({ id: 'i', kind: 'image', imageId, alt: 'Une table', decorative: false, url: '', width: 'full', ...over }) as Block;
const found = (saying: Saying, where = around()) =>
  check(saying, where).map(({ kind, blockId, about }) => [kind, blockId, about]);

test.each<[string, Saying, Surroundings, unknown[]]>([
  ['nothing', say([text('Bonjour à vous.')]), around(), []],
  ['no subject', say([text('Bonjour.')], ' '), around(), [['no_subject', null, '']]],
  ['a long subject', say([text('Bonjour.')], 'x'.repeat(61)), around(), [['long_subject', null, '61']]],
  ['no words', say([]), around(), [['no_words', null, '']]],
  ['images only', say([image()]), around(), [['images_only', null, '']]],
  ['too large', say([text('Bonjour.')]), around({ size: 102_001 }), [['too_large', null, '102']]],
  ['no alternative', say([text('Bonjour.'), image({ alt: ' ' })]), around(), [['no_alt', 'i', '']]],
  ['decorative', say([text('Bonjour.'), image({ alt: '', decorative: true })]), around(), []],
  ['an image that is gone', say([text('Bonjour.'), image({ imageId: null })]), around(), [['no_image', 'i', '']]],
  [
    'no fall-back',
    say([text('Bonjour {{ person.givenName }}.')]),
    around(),
    [['no_fallback', 'a', 'person.givenName']],
  ],
  ['a fall-back', say([text('Bonjour {{ person.givenName | default: "à vous" }}.')]), around(), []],
  ['what everybody has', say([text('{{ company.name }} vous salue.')]), around(), []],
  [
    'an unknown variable',
    say([text('Bonjour {{ person.nmae }}.')]),
    around(),
    [['unknown_variable', 'a', 'person.nmae']],
  ],
  ['what is not closed', say([text('Bonjour {{ person.givenName')]), around(), [['wrong_liquid', 'a', '{{']]],
  ['a link without scheme', say([text('[ici](www.exemple.fr)')]), around(), [['bad_link', 'a', 'www.exemple.fr']]],
  [
    'a button',
    say([text('Bonjour.'), { id: 'b', kind: 'button', label: '', url: '' }]),
    around(),
    [
      ['no_label', 'b', ''],
      ['no_link', 'b', ''],
    ],
  ],
  [
    'a reusable block that is gone',
    say([text('Bonjour.'), { id: 'r', kind: 'reusable', partId: null }]),
    around(),
    [['no_part', 'r', '']],
  ],
  [
    'tu and vous',
    say([text('Vous recevez ceci.'), { id: 'h', kind: 'heading', level: 1, text: 'Pour toi' }]),
    around(),
    [['address_mixed', 'h', 'toi']],
  ],
  [
    'tu where the house says vous',
    say([text('Comment vas-tu ?')]),
    around({}, { address: 'vous' }),
    [['address_other', 'a', 'tu']],
  ],
  ['English has one you', say([text('Do tell us.')]), around({ language: 'en' }, { address: 'vous' }), []],
  [
    'a word to avoid',
    say([text('Notre newsletter, nos newsletters.')]),
    around({}, { avoid: [{ word: 'newsletter', instead: 'lettre' }] }),
    [['forbidden_word', 'a', 'newsletter']],
  ],
  [
    'a long sentence',
    say([text(`${'mot '.repeat(12).trim()}.`)]),
    around({}, { longest: 10 }),
    [['long_sentence', 'a', `${'mot '.repeat(12).trim()}.`]],
  ],
])('the checker finds %s', (_name, saying, where, expected) => {
  expect(found(saying, where)).toEqual(expected);
});

test('what stops comes before what is advised, and a finding within a section points at its block', () => {
  const inside: Block = {
    ...{
      id: 's',
      kind: 'section',
      condition: { match: 'all', clauses: [{ variable: 'person.city', is: 'present', value: '' }] },
    },
    blocks: [{ id: 'in', kind: 'columns', columns: [[{ id: 'deep', kind: 'button', label: 'x', url: 'x' }], []] }],
  } as Block;
  const findings = check(say([text('{{ person.city }}'), inside]), around());
  expect(findings.map(({ kind, weight, blockId }) => [kind, weight, blockId])).toEqual([
    ['bad_link', 'stop', 'deep'],
    ['no_fallback', 'advice', 'a'],
  ]);
});

describe('readability', () => {
  test.each<[string, 'fr' | 'en', number]>([
    ['maison', 'fr', 2],
    ['porte', 'fr', 1],
    ['entreprises', 'fr', 3],
    ['parlent', 'fr', 1],
    ['été', 'fr', 2],
    ['le', 'fr', 1],
    ['house', 'en', 1],
    ['table', 'en', 2],
    ['walked', 'en', 1],
    ['wanted', 'en', 2],
    ['readability', 'en', 5],
    ['queue', 'en', 1],
  ])('%s (%s) has %i syllables', (word, language, count) => {
    expect(countSyllables(word, language)).toBe(count);
  });
  test('short words in short sentences are easier than long ones in long sentences, in both languages', () => {
    const easy = {
      fr: 'Le chat dort sur le lit. Il fait beau. '.repeat(8),
      en: 'The cat sat on the mat. It was warm. '.repeat(8),
    };
    const hard = {
      fr: 'La contractualisation pluriannuelle conditionnera ultérieurement la rationalisation organisationnelle des établissements, nonobstant les considérations réglementaires. '.repeat(
        5,
      ),
      en: 'Organisational rationalisation considerations notwithstanding, multidisciplinary contractual obligations necessitate comprehensive administrative implementation. '.repeat(
        6,
      ),
    };
    for (const language of ['fr', 'en'] as const) {
      expect(readingEase(easy[language], language)!).toBeGreaterThan(80);
      expect(readingEase(hard[language], language)!).toBeLessThan(20);
    }
    expect(readingEase('Trop court.', 'fr')).toBeNull();
  });
  test('a sentence ends with its sign, a line ends one, a decimal or an abbreviation does not', () => {
    expect(sentencesOf('Un. Deux ! Trois ?\nQuatre')).toEqual(['Un.', 'Deux !', 'Trois ?', 'Quatre']);
    expect(sentencesOf('Cela coûte 3.5 euros env. par mois.')).toHaveLength(1);
  });
  test('the figure stands between 0 and 100 whatever the text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 2000 }),
        fc.constantFrom('fr' as const, 'en' as const),
        (one, language) => {
          const ease = readingEase(one, language);
          expect(ease === null || (ease >= 0 && ease <= 100)).toBe(true);
        },
      ),
    );
  });
});

test.each<[string, string | null, string | null]>([
  ['Tu peux venir.', 'Tu', null],
  ['Votre invitation', null, 'Votre'],
  ['Le ton monte ; c’est un bon ton.', null, null],
  ['Apporte ton carnet.', 'ton', null],
  ['Je t’écris.', 't’', null],
  ['Un rendez-vous', null, null],
  ['La statue, le statut, les vosgiens', null, null],
])('how "%s" addresses people', (words, tu, vous) => {
  expect(addressIn(words)).toEqual({ tu, vous });
});

test.each<[string, string, 'fr' | 'en', boolean]>([
  ['Nos partenaires', 'partenaire', 'fr', true],
  ['L’opportunité', 'opportunités', 'fr', true],
  ['des canaux', 'canal', 'fr', true],
  ['une offre imbattable', 'offres imbattables', 'fr', true],
  ['impacter', 'pacte', 'fr', false],
  ['We leveraged it', 'leverage', 'en', true],
  ['leveraging', 'leverage', 'en', true],
  ['lever', 'leverage', 'en', false],
])('"%s" holds "%s": %s %s', (words, listed, language, holds) => {
  expect(findWords(words, [listed], language).length > 0).toBe(holds);
});

test('a stem is the same for large and small letters, with accents or without', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-zéèàç]{1,15}$/), (word) => {
      expect(stem(word.toUpperCase(), 'fr')).toBe(stem(word, 'fr'));
    }),
  );
});

test('what a ready content asks its author to say stops it, as a mail and as an SMS, until they have said it', () => {
  const asks = (key: ReadyKey, language: 'fr' | 'en', said = readyContents[key][language]!) =>
    checkAs(kindOfReady(key), said, { language, images: new Map(), parts: new Map() }, houseRules.parse({}), '').filter(
      ({ kind }) => kind === 'unwritten',
    );
  for (const language of ['fr', 'en'] as const) {
    expect(asks('newsletter', language)).toHaveLength(3);
    expect(asks('news_sms', language)).toMatchObject([{ weight: 'stop', blockId: 'b1' }]);
    const said = readyContents.newsletter[language]!;
    const blocks = said.blocks.map((one) => (one.kind === 'text' ? { ...one, text: 'Bonjour à vous.' } : one));
    expect(asks('newsletter', language, { ...said, blocks })).toEqual([]);
  }
});

test('the ready contents have nothing else that stops, and nothing against how the house writes', () => {
  for (const [name, said] of Object.entries(readyContents))
    for (const language of ['fr', 'en'] as const)
      expect(
        checkAs(
          kindOfReady(name as ReadyKey),
          said[language]!,
          { language, images: new Map(), parts: new Map() },
          houseRules.parse({ address: language === 'fr' ? 'vous' : null }),
          '',
        )
          .filter(({ kind }) => kind !== 'unwritten')
          .map(({ kind, about }) => [name, language, kind, about]),
      ).toEqual([]);
});

test('the checker answers for whatever is written', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (words) => {
      const findings = check(say([text(words)]), around());
      expect(findings.every(({ blockId }) => blockId === null || blockId === 'a')).toBe(true);
    }),
  );
});
