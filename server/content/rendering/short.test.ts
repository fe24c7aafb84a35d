import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Block, Condition, Saying, Template } from '../blocks-contract.ts';
import { compileAs } from '../compiling.ts';
import type { Variables } from '../variables-contract.ts';
import { type Mail, renderFor } from './render.ts';
import { countSms, type SmsCount } from './segments.ts';
import { compileSms, compileTemplate, stopWords } from './short.ts';

const a = (count: number, sign = 'a') => sign.repeat(count);

describe('an SMS is counted as networks count it', () => {
  test.each<[string, string, Omit<SmsCount, 'outside'>]>([
    ['nothing', '', { alphabet: 'gsm', units: 0, segments: 1, left: 160 }],
    ['160 signs of 7 bits', a(160), { alphabet: 'gsm', units: 160, segments: 1, left: 0 }],
    ['one more', a(161), { alphabet: 'gsm', units: 161, segments: 2, left: 145 }],
    ['two full ones', a(306), { alphabet: 'gsm', units: 306, segments: 2, left: 0 }],
    ['one more than two', a(307), { alphabet: 'gsm', units: 307, segments: 3, left: 152 }],
    ['accents that are in the alphabet', 'éèùàÇ', { alphabet: 'gsm', units: 5, segments: 1, left: 155 }],
    ['the euro, which takes two places', `${a(159)}€`, { alphabet: 'gsm', units: 161, segments: 2, left: 145 }],
    // Its escape stands with it: the 153rd place of the first stays empty.
    ['a sign of two places on the edge', `${a(152)}€${a(10)}`, { alphabet: 'gsm', units: 164, segments: 2, left: 141 }],
    ['70 of 16 bits', a(70, 'ê'), { alphabet: 'ucs2', units: 70, segments: 1, left: 0 }],
    ['71 of 16 bits', a(71, 'ê'), { alphabet: 'ucs2', units: 71, segments: 2, left: 63 }],
    ['an emoji, which takes two units', '👋', { alphabet: 'ucs2', units: 2, segments: 1, left: 68 }],
    ['an emoji on the edge', `${a(66)}👋${a(10)}`, { alphabet: 'ucs2', units: 78, segments: 2, left: 55 }],
  ])('%s', (_name, text, wanted) => {
    const { outside: _outside, ...count } = countSms(text);
    expect(count).toEqual(wanted);
  });

  test('says which signs the 7-bit alphabet has not, each once', () => {
    expect(countSms('Fête l’été, fête').outside).toEqual(['ê', '’']);
    expect(countSms('Un œuf à 3 €').outside).toEqual(['œ']);
  });

  test('never takes fewer segments than its units need, nor many more, and the mention of how to stop it is of 7 bits', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 1200 }), (text) => {
        const { alphabet, units, segments, left, outside } = countSms(text);
        const [alone, each] = alphabet === 'gsm' ? [160, 153] : [70, 67];
        expect(alphabet === 'gsm').toBe(outside.length === 0);
        expect(left).toBeGreaterThanOrEqual(0);
        if (units <= alone) {
          expect([segments, left]).toEqual([1, alone - units]);
          return;
        }
        expect(segments).toBeGreaterThanOrEqual(Math.ceil(units / each));
        // A sign of two units leaves one place empty at most in each.
        expect(segments).toBeLessThanOrEqual(Math.ceil(units / (each - 1)));
        expect(segments * each - left).toBeGreaterThanOrEqual(units);
      }),
    );
    expect([stopWords.fr, stopWords.en].map((words) => countSms(words).alphabet)).toEqual(['gsm', 'gsm']);
  });
});

const sms = (...blocks: Block[]): Saying => ({ subject: '', preheader: '', blocks });
const text = (words: string, id = 'a'): Block => ({ id, kind: 'text', text: words });
const inLyon: Condition = { match: 'all', clauses: [{ variable: 'person.city', is: 'equals', value: 'Lyon' }] };
const render = (saying: Saying, variables: Variables = {}) =>
  renderFor({ fr: compileSms(saying, 'fr') }, variables, 'fr') as Mail;

describe('an SMS', () => {
  test('says what its author wrote, with values and fall-backs as they are, and what is for some to them alone', () => {
    const section: Block = {
      id: 's',
      kind: 'section',
      condition: inLyon,
      blocks: [{ id: 't', kind: 'text', text: 'À Lyon.' }],
    };
    const saying = sms(
      text('Bonjour {{ person.givenName | default: "à vous" }} & *bienvenue*  \n\n\n\n<ici> {x}'),
      section,
    );
    expect(render(saying).text).toBe('Bonjour à vous & *bienvenue*\n\n<ici> {x}');
    expect(render(saying, { 'person.givenName': '{{ x }}', 'person.city': 'lyon' }).text).toBe(
      'Bonjour {{ x }} & *bienvenue*\n\n<ici> {x}\nÀ Lyon.',
    );
  });

  test('sets aside whom something is missing for, where it is asked for', () => {
    const section: Block = {
      ...{ id: 's', kind: 'section', condition: inLyon },
      blocks: [{ id: 't', kind: 'text', text: '{{ person.jobTitle }}' }],
    };
    expect(render(sms(text('Oui.'), section)).text).toBe('Oui.');
    expect(render(sms(text('Oui.'), section), { 'person.city': 'Lyon' })).toEqual({
      aside: { reason: 'missing_variable', variable: 'person.jobTitle' },
    });
  });

  test('leads nowhere that is not safe', () => {
    const saying = sms(text('{{ link.rsvp }}'));
    expect(render(saying, { 'link.rsvp': 'https://a.example/r' }).text).toBe('https://a.example/r');
    expect(render(saying, { 'link.rsvp': 'javascript:1' })).toMatchObject({ aside: { reason: 'bad_link' } });
  });

  test('has a mention of how to stop it beside it, unless its text says so', () => {
    expect(render(sms(text('Nouveautés.'))).mention).toBe('Refus : répondez STOP');
    expect(render(sms(text('Nouveautés. STOP au 36105'))).mention).toBeNull();
    expect(render(sms(text('Non-STOPPÉ'))).mention).toBe(stopWords.fr);
  });

  test('whatever is written, nothing of it is Liquid, and a text without marks is itself', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 200 }), async (words) => {
        fc.pre(words.isWellFormed());
        const compiled = await compileAs('sms', sms(text(words)), {
          language: 'fr',
          images: new Map(),
          parts: new Map(),
        });
        const said = renderFor({ fr: compiled }, {}, 'fr');
        if (/\{[{%]|[%}]\}/.test(words)) return;
        expect('text' in said && said.text).toBe(
          words
            .trim()
            .replaceAll(/[ \t]+$/gm, '')
            .replaceAll(/\n{3,}/g, '\n\n')
            .trim(),
        );
      }),
    );
  });
});

describe('an agreed text', () => {
  const template = (over: Partial<Template> = {}): Template => ({
    ...{ name: 'rappel', locale: 'fr', category: 'utility', body: 'Bonjour {{1}}, le {{2}} {liquide} {{ 1 }}.' },
    parameters: ['{{ person.givenName | default: "à vous" }}', '{{ event.day }}'],
    ...over,
  });
  const made = (variables: Variables, of = template()) => renderFor({ fr: compileTemplate(of) }, variables, 'fr');

  test('fills its places for its reader, and is read whole', () => {
    expect(made({ 'person.givenName': 'Zoé', 'event.day': 'jeudi' })).toMatchObject({
      text: 'Bonjour Zoé, le jeudi {liquide} {{ 1 }}.',
      template: { name: 'rappel', locale: 'fr', values: ['Zoé', 'jeudi'] },
    });
    expect(made({})).toEqual({ aside: { reason: 'missing_variable', variable: 'event.day' } });
  });

  test('fills a place with one line', () => {
    const of = template({ body: '{{1}}', parameters: ['un\n\tdeux     trois'] });
    expect(made({}, of)).toMatchObject({ template: { values: ['un deux trois'] } });
  });
});
