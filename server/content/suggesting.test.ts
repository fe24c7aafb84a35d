import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { houseRules } from './style-contract.ts';
import { keeps, readAnswer, readProposal, requestFor, unveil, veil } from './suggesting.ts';

const rules = houseRules.parse({
  avoid: [{ word: 'incroyable', instead: 'utile' }],
  use: ['atelier'],
  address: 'vous',
});
const around = { field: 'text' as const, language: 'fr' as const, rules };
const text =
  'Bonjour {{ person.givenName | default: "à vous" }},\n\nVoyez [nos nouvelles](https://www.exemple.fr/{{ person.city }}/a) ou écrivez à lea@exemple.fr, 06 12 34 56 78.';

/** Texts as people write them: words, variables, links, addresses, numbers, our own signs, marks that are not closed. */
const written = fc
  .array(
    fc.oneof(
      fc.string({ maxLength: 12 }).map((words) => words.replaceAll(/\p{C}/gu, '')),
      fc.constantFrom(
        ...[
          '{{ person.givenName }}',
          '{{ person.city | default: "chez vous" | capitalize }}',
          '{{ nobody }}',
          '{{',
          '}}',
        ],
        ...[
          '[ici](https://x.example/a?b={{ person.city }})',
          '[là]({{ link.rsvp }})',
          'https://y.example/b',
          'z@w.example',
        ],
        ...['06 12 34 56 78', '⟦0:person.givenName⟧', '⟦', '⟧', '**gras**', '\n\n- ', '@someone', ' '],
      ),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

describe('what leaves', () => {
  test('holds no fall-back, address, page or long number, and says what kind of thing stands there', () => {
    const { text: veiled, held } = veil(text);
    expect(veiled).toBe(
      'Bonjour ⟦0:person.givenName⟧,\n\nVoyez [nos nouvelles](⟦2:link⟧) ou écrivez à ⟦3:e-mail⟧, ⟦4:number⟧.',
    );
    expect(held[2]).toBe('https://www.exemple.fr/⟦1:person.city⟧/a');
    const body = requestFor('m', veil(text), { ...around, findings: [] });
    for (const kept of ['à vous"', 'exemple.fr', '06 12', 'lea@']) expect(body).not.toContain(kept);
  });

  test('is the veiled text, what the checker says, how the house writes, and nothing else', () => {
    const findings = [
      { kind: 'forbidden_word' as const, weight: 'advice' as const, about: 'incroyable', instead: 'utile' },
      { kind: 'long_sentence' as const, weight: 'advice' as const, about: 'Zephyr a dit que', instead: '28' },
      { kind: 'no_alt' as const, weight: 'stop' as const, about: 'Yvonne' },
    ];
    const { messages, ...rest } = JSON.parse(requestFor('m', veil('Venez.'), { ...around, findings }));
    expect(rest).toEqual({ model: 'm', temperature: 0.7, response_format: { type: 'json_object' } });
    expect(messages.map(({ role }: { role: string }) => role)).toEqual(['system', 'user']);
    expect(messages[1].content).toBe('Venez.');
    expect(messages[0].content).toContain('in French');
    expect(messages[0].content).toContain('addressed by "vous"');
    expect(messages[0].content).toContain('it says "utile"');
    expect(messages[0].content).toContain('more than 28 words');
    expect(messages[0].content).toContain('"atelier"');
    expect(messages[0].content).not.toMatch(/Zephyr|Yvonne/);
  });

  test('comes back as it was, whatever stood in it', () => {
    fc.assert(
      fc.property(written, (one) => {
        expect(unveil(veil(one).text, veil(one))).toBe(one);
      }),
    );
  });

  test('shows no address and no long number, whatever stands around them', () => {
    fc.assert(
      fc.property(written, written, (before, after) => {
        const { text: veiled } = veil(`${before} zoe.weiss@mail.example 0612345678 ${after}`);
        expect(veiled).not.toMatch(/mail\.example|0612345678/);
      }),
    );
  });
});

describe('a proposal', () => {
  const original =
    'Bonjour {{ person.givenName | default: "à vous" }}, voyez [nos nouvelles](https://www.exemple.fr/a) du mois.';
  const veiled = veil(original);
  const read = (proposed: string, more: object = {}) =>
    readProposal(proposed, original, veiled, { ...around, ...more });

  test('has its variables as they were written, and its links lead where they led', () => {
    expect(read('⟦0:person.givenName⟧, voici [les nouvelles](⟦1:link⟧) du mois.')).toBe(
      '{{ person.givenName | default: "à vous" }}, voici [les nouvelles](https://www.exemple.fr/a) du mois.',
    );
  });

  test.each([
    ['a variable less', 'Voici [les nouvelles](⟦1:link⟧) du mois.'],
    ['a variable twice', '⟦0:x⟧ ⟦0:x⟧, voici [les nouvelles](⟦1:link⟧) du mois.'],
    ['a link less', 'Bonjour ⟦0:person.givenName⟧, voici les nouvelles du mois.'],
    ['a link that is one no more', 'Bonjour ⟦0:x⟧, voici les nouvelles de ce mois : `⟦1:link⟧`'],
    ['another link', 'Bonjour ⟦0:x⟧, voyez [ici](⟦1:link⟧) et [là](https://evil.example/) du mois.'],
    ['an address of its own', 'Bonjour ⟦0:x⟧, voyez [ici](⟦1:link⟧) ou www.evil.example ce mois.'],
    ['another variable', 'Bonjour ⟦0:x⟧ {{ person.city }}, voyez [ici](⟦1:link⟧) du mois.'],
    ['a mark that is not closed', 'Bonjour ⟦0:x⟧ {{ voyez [ici](⟦1:link⟧) du mois.'],
    ['a sign that was never there', 'Bonjour ⟦0:x⟧ ⟦7:x⟧, voyez [ici](⟦1:link⟧) du mois.'],
    ['half a sign', 'Bonjour ⟦0:x⟧ ⟦, voyez [ici](⟦1:link⟧) du mois.'],
    ['nothing', ''],
    ['the same', veil(original).text],
    ['five times the length', `⟦0:x⟧ [ici](⟦1:link⟧) ${'et encore une fois la même chose '.repeat(20)}`],
    ['a word that the house avoids', 'Bonjour ⟦0:x⟧, voyez [nos incroyables nouvelles](⟦1:link⟧) du mois.'],
    ['a sign that no block can hold', 'Bonjour ⟦0:x⟧, voyez\uE000 [nos nouvelles](⟦1:link⟧) de mars.'],
  ])('with %s is none', (_what, proposed) => {
    expect(read(proposed)).toBe(undefined);
  });

  test('keeps addresses and numbers, which it never saw', () => {
    const from = 'Appelez Zoé au 06 12 34 56 78 avant jeudi.';
    const of = (proposed: string) => readProposal(proposed, from, veil(from), around);
    expect(of('Avant jeudi, joignez Zoé au ⟦0:number⟧.')).toBe('Avant jeudi, joignez Zoé au 06 12 34 56 78.');
    expect(of('Avant jeudi, joignez Zoé par téléphone.')).toBe(undefined);
  });

  test('of a subject has one line', () => {
    const subject = veil('Le printemps chez nous');
    const of = (proposed: string) =>
      readProposal(proposed, 'Le printemps chez nous', subject, { ...around, field: 'subject' });
    expect(of('Chez nous, le printemps')).toBe('Chez nous, le printemps');
    expect(of('Chez nous,\nle printemps')).toBe(undefined);
  });

  test('whatever is proposed, is none or has the variables and links of the text', () => {
    // Many that keep the signs, so that not all are thrown away for that.
    const proposed = fc.oneof(
      written,
      fc.tuple(written, fc.array(written, { maxLength: 2 })).map(([one, more]) => [one, ...more].join(' ')),
    );
    let told = 0;
    fc.assert(
      fc.property(written, proposed, fc.boolean(), (from, other, signs) => {
        const held = veil(from);
        const said = signs ? `${other.replaceAll(/[⟦⟧]/g, '')} ${held.text}` : other;
        const whole = readProposal(said, from, held, around);
        if (whole === undefined) return;
        told++;
        expect(keeps(from, whole)).toBe(true);
        expect(whole).not.toMatch(/[\uE000\uE001]/);
        expect([...whole].length).toBeLessThanOrEqual(Math.max(80, [...from].length * 2));
      }),
      { numRuns: 500 },
    );
    expect(told).toBeGreaterThan(10);
  });
});

describe('an answer', () => {
  const answer = (content: string) => ({ choices: [{ message: { content } }] });
  test.each([
    ['{"proposals":["a","b"]}', ['a', 'b']],
    ['```json\n{"proposals":["a"]}\n```', ['a']],
    ['{"proposals":["a","b","c","d"]}', ['a', 'b', 'c']],
    ['{"proposals":[]}', []],
    ['{"proposals":"a"}', undefined],
    ['Here you are.', undefined],
    ['', undefined],
  ])('as %s is read', (content, read) => {
    expect(readAnswer(answer(content))).toEqual(read);
  });

  test('whatever it is, is read or is none', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.jsonValue(),
          fc.jsonValue().map((said) => answer(JSON.stringify(said))),
        ),
        (said) => {
          const read = readAnswer(said);
          if (read) expect(read.length).toBeLessThanOrEqual(3);
        },
      ),
    );
  });
});
