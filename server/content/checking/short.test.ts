import { expect, test } from 'vitest';
import type { Block, Saying, Template } from '../blocks-contract.ts';
import { type HouseRules, houseRules } from '../style-contract.ts';
import type { Surroundings } from './check.ts';
import { checkSms, checkTemplate } from './short.ts';

const around = (rules: Partial<HouseRules> = {}): Surroundings => ({
  ...{ language: 'fr', rules: houseRules.parse(rules), images: new Set(), parts: new Map(), size: 0 },
});
const sms = (...texts: string[]): Saying => ({
  ...{ subject: '', preheader: '' },
  blocks: texts.map((text, at): Block => ({ id: `b${at}`, kind: 'text', text })),
});

test.each<[string, Saying, Surroundings, unknown[]]>([
  ['nothing', sms('Bonjour à vous.'), around(), []],
  ['no words', sms(' '), around(), [['no_words', null, '']]],
  ['a fall-back that is missing', sms('Bonjour {{ person.city }}.'), around(), [['no_fallback', 'b0', 'person.city']]],
  ['an unknown variable', sms('Oui.', '{{ person.nmae }}'), around(), [['unknown_variable', 'b1', 'person.nmae']]],
  ['signs of 16 bits', sms('Fête\u00A0!'), around(), [['unicode_sms', null, 'ê U+00A0']]],
  // With how to stop it, 22 signs: 285 fit into two.
  ['as long as two', sms('a'.repeat(284)), around(), []],
  ['three', sms('a'.repeat(285)), around(), [['long_sms', null, '3']]],
  ['more than nine', sms('a'.repeat(1377)), around(), [['too_long_sms', null, '10']]],
  ['nine that say how to stop it', sms(`${'a'.repeat(1370)} STOP`), around(), [['long_sms', null, '9']]],
  [
    'words to avoid',
    sms('Notre mailing.'),
    around({ avoid: [{ word: 'mailing', instead: 'lettre' }] }),
    [['forbidden_word', 'b0', 'mailing']],
  ],
  [
    'tu and vous',
    sms('Votre place est prête.', 'Tu viens ?'),
    around(),
    [
      ['unicode_sms', null, 'ê'],
      ['address_mixed', 'b1', 'Tu'],
    ],
  ],
])('an SMS: %s', (_name, saying, where, wanted) => {
  expect(checkSms(saying, where).map(({ kind, blockId, about }) => [kind, blockId, about])).toEqual(wanted);
});

const template = (over: Partial<Template> = {}): Template => ({
  ...{ name: 'rappel', locale: 'fr', category: 'utility', body: 'Bonjour {{1}}.', parameters: ['Zoé'] },
  ...over,
});

test.each<[string, Template | undefined, unknown[]]>([
  ['nothing', template(), []],
  ['none', undefined, [['no_template', null, '']]],
  ['no name', template({ name: '' }), [['no_template', null, '']]],
  ['a name that is none', template({ name: 'Mon rappel' }), [['wrong_template', null, 'Mon rappel']]],
  ['a language that is none', template({ locale: 'français' }), [['wrong_template', null, 'français']]],
  ['a place nobody fills', template({ body: '{{1}} {{2}}' }), [['wrong_places', null, '2']]],
  ['a gap', template({ body: '{{1}} {{3}}', parameters: ['a', 'b'] }), [['wrong_places', null, '2']]],
  ['the same place twice', template({ body: '{{1}}, {{1}}' }), []],
  ['an empty place', template({ parameters: [' '] }), [['no_parameter', 'p1', '1']]],
  [
    'a fall-back that is missing',
    template({ parameters: ['{{ person.city }}'] }),
    [['no_fallback', 'p1', 'person.city']],
  ],
  [
    'too long',
    template({ body: `${'a'.repeat(1000)}{{1}}`, parameters: ['b'.repeat(300)] }),
    [['long_parameter', null, '1300']],
  ],
  ['no words', template({ body: ' ', parameters: [] }), [['no_words', null, '']]],
])('an agreed text: %s', (_name, of, wanted) => {
  expect(checkTemplate(of, around()).map(({ kind, blockId, about }) => [kind, blockId, about])).toEqual(wanted);
});
