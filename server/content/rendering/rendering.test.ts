import fc from 'fast-check';
import { type DefaultTreeAdapterTypes, parse, parseFragment } from 'parse5';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Block, Condition, PlainBlock, Saying, SimpleBlock } from '../blocks-contract.ts';
import { saying as sayingSchema } from '../blocks-contract.ts';
import { compileAs } from '../compiling.ts';
import { kindOfReady, type ReadyKey } from '../contract.ts';
import { readyContents } from '../ready.ts';
import { type VariableKey, type Variables, variableKeys } from '../variables-contract.ts';
import { type Compiled, compile } from './compile.ts';
import type { Material } from './html.ts';
import { isSafe, targetOf } from './links.ts';
import { piecesOf } from './liquid.ts';
import { compilePage } from './page.ts';
import { lineLength, wrap } from './plain.ts';
import { holds, type Mail, renderFor } from './render.ts';

const imageId = '01890000-0000-7000-8000-000000000001';
const partId = '01890000-0000-7000-8000-000000000002';
const material: Material = {
  language: 'fr',
  images: new Map([[imageId, { url: 'https://crm.example/i/abc', width: 800 }]]),
  parts: new Map([[partId, [{ id: 'p1', kind: 'text', text: 'Partagé {{ company.name }}' }]]]),
};
const say = (...blocks: Block[]): Saying => ({ subject: 'Objet', preheader: '', blocks });
const text = (words: string): Block => ({ id: 'a', kind: 'text', text: words });

async function rendered(saying: Saying, variables: Variables = { 'company.name': 'Exemple SA' }): Promise<Mail> {
  const made = renderFor({ fr: await compile(saying, material) }, variables, 'fr');
  if ('aside' in made) throw new Error(JSON.stringify(made.aside));
  return made;
}

type Node = DefaultTreeAdapterTypes.Node;
function* elements(node: Node): Generator<DefaultTreeAdapterTypes.Element> {
  if ('tagName' in node) yield node;
  for (const child of 'childNodes' in node ? node.childNodes : []) yield* elements(child);
}
/** What Outlook reads between its conditional comments is markup, too. */
const withOutlook = (html: string) => html.replaceAll(/<!--\[if [^\]]*\]>|<!\[endif\]-->/g, '');
const tags = new Set(
  'html head title meta style noscript xml body div table tbody tr td h1 h2 p br ul ol li strong em a img span'.split(
    ' ',
  ),
);

/** Nothing but elements and attributes of ours; every address one that may stand in a mail. */
function expectHarmless(html: string): void {
  for (const one of elements(parse(withOutlook(html)))) {
    const attributes = new Map(one.attrs.map(({ name, value }) => [name, value]));
    if (!one.tagName.includes(':')) expect(tags, one.tagName).toContain(one.tagName);
    for (const name of attributes.keys()) expect(name).not.toMatch(/^on/i);
    const href = attributes.get('href');
    if (href !== undefined) expect(isSafe(href), href).toBe(true);
    const src = attributes.get('src');
    if (src !== undefined) expect(src).toBe('https://crm.example/i/abc');
    if (one.tagName === 'img') expect(attributes.has('alt')).toBe(true);
  }
}

// Marks, markup and line ends, among ordinary words.
const nasty = fc.constantFrom(
  '{{',
  '}}',
  '{%',
  '%}',
  '{',
  '}',
  '{{ person.givenName }}',
  "{{ person.givenName | default: 'vous' }}",
  '{{ x }}',
  '{% raw %}',
  '{{ "{{" }}',
  '<script>alert(1)</script>',
  '</td></tr></table>',
  '<!--',
  '-->',
  '<![endif]-->',
  ']]>',
  '&lt;',
  '"',
  "'",
  '`',
  '\\',
  '**',
  '_',
  '[a](javascript:alert(1))',
  '[a](https://x.example)',
  '[a]({{ link.rsvp }})',
  '<img src=x onerror=alert(1)>',
  '\n',
  '\n\n',
  '- ',
  '1. ',
  '# ',
  '> ',
  '    ',
  '| a | b |\n|---|---|',
  '\u2028',
  '\u202e',
  'é',
);
const words = fc.array(fc.oneof(nasty, fc.string({ unit: 'grapheme', maxLength: 8 })), { maxLength: 8 }).map((parts) =>
  parts
    .join('')
    .replaceAll('\u0000', '')
    .replaceAll(/[\uE000\uE001]/g, '')
    .toWellFormed(),
);
const short = words.map((one) => [...one].slice(0, 60).join(''));
const url = fc.oneof(
  fc.constantFrom(
    '',
    'https://a.example/b?c=d&e=f',
    '{{ link.rsvp }}',
    'https://a.example/?n={{ person.givenName }}',
    'javascript:alert(1)',
    ' java\tscript:x',
    'https://{{ person.city }}.example/',
    'data:text/html,x',
    '//x.example',
    'mailto:a@b.example',
  ),
  short,
);
const id = fc.stringMatching(/^[a-z0-9]{1,6}$/);
const simple: fc.Arbitrary<SimpleBlock> = fc.oneof(
  fc.record({ id, kind: fc.constant('heading' as const), level: fc.constantFrom(1 as const, 2 as const), text: short }),
  fc.record({ id, kind: fc.constant('text' as const), text: words }),
  fc.record({ id, kind: fc.constant('button' as const), label: short, url }),
  fc.record({
    ...{
      id,
      kind: fc.constant('image' as const),
      imageId: fc.constantFrom(imageId, partId, null),
      alt: short,
      decorative: fc.boolean(),
    },
    ...{ url, width: fc.constantFrom('full' as const, 'half' as const, 'small' as const) },
  }),
  fc.record({ id, kind: fc.constant('divider' as const) }),
  fc.record({ id, kind: fc.constant('spacer' as const), height: fc.integer({ min: 4, max: 96 }) }),
);
const plain: fc.Arbitrary<PlainBlock> = fc.oneof(
  simple,
  fc.record({
    id,
    kind: fc.constant('columns' as const),
    columns: fc.array(fc.array(simple, { maxLength: 3 }), { minLength: 2, maxLength: 3 }),
  }),
);
const condition: fc.Arbitrary<Condition> = fc.record({
  match: fc.constantFrom('all' as const, 'any' as const),
  clauses: fc.array(
    fc.record({
      ...{ variable: fc.constantFrom(...variableKeys), is: fc.constantFrom('present', 'absent', 'equals', 'differs') },
      value: short,
    }),
    { minLength: 1, maxLength: 3 },
  ) as fc.Arbitrary<Condition['clauses']>,
});
const block: fc.Arbitrary<Block> = fc.oneof(
  plain,
  fc.record({ id, kind: fc.constant('section' as const), condition, blocks: fc.array(plain, { maxLength: 3 }) }),
  fc.record({ id, kind: fc.constant('reusable' as const), partId: fc.constantFrom(partId, imageId, null) }),
);
const saying: fc.Arbitrary<Saying> = fc.record({
  subject: short,
  preheader: short,
  blocks: fc.array(block, { maxLength: 5 }),
});

const plainValues = Object.fromEntries(
  variableKeys.map((key) => [key, key.startsWith('link.') ? 'https://crm.example/x' : 'valeur']),
) as Record<VariableKey, string>;

describe('any tree of blocks', () => {
  test('renders to HTML of ours alone, with no mark of Liquid left, and no line longer than its words', {
    timeout: 120_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(saying, async (one) => {
        expect(sayingSchema.safeParse(one).success).toBe(true);
        const mail = await rendered(one, plainValues);
        for (const part of [mail.subject, mail.html, mail.text]) expect(part).not.toMatch(/\{\{|\{%|[\uE000\uE001]/);
        expect(mail.html).not.toMatch(/<script/i);
        expectHarmless(mail.html);
        expect(mail.subject).not.toMatch(/[\r\n]/);
        for (const line of mail.text.split('\n'))
          expect(
            line.length <= lineLength ||
              !line.trim().slice(0, lineLength).includes(' ') ||
              /^\s*(?:- |\d+\. |#+ )?\S{60,}/.test(line),
          ).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  test('makes a page of ours alone: its elements, no style, one first heading, images of the installation', () => {
    const own = 'h1 h2 p br ul ol li strong em a img hr div'.split(' ');
    fc.assert(
      fc.property(saying, (one) => {
        const page = renderFor({ fr: compilePage(one, material) }, {}) as Mail;
        const found = [...elements(parseFragment(page.html))];
        for (const { tagName, attrs } of found) {
          expect(own).toContain(tagName);
          const attributes = new Map(attrs.map(({ name, value }) => [name, value]));
          for (const name of attributes.keys()) expect(['href', 'src', 'alt', 'width', 'class']).toContain(name);
          if (attributes.has('href')) expect(isSafe(attributes.get('href')!)).toBe(true);
          if (tagName === 'img') expect([attributes.get('src'), attributes.has('alt')]).toEqual(['/i/abc', true]);
          expect(attributes.get('class') ?? 'act').toMatch(/^(?:act|image|columns|full|half|small|space[1-4])$/);
        }
        expect(found.filter(({ tagName }) => tagName === 'h1').length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 300 },
    );
  });

  test('stays the same tree of elements whatever a person is called', { timeout: 120_000 }, async () => {
    const shape = (html: string) =>
      [...elements(parse(withOutlook(html)))].map(({ tagName, attrs }) => [tagName, attrs.map(({ name }) => name)]);
    const values = Object.fromEntries(
      variableKeys.map((key) => [
        key,
        key.startsWith('link.') ? fc.webUrl({ withQueryParameters: true }) : words.map((one) => `x${one}`),
      ]),
    ) as Record<VariableKey, fc.Arbitrary<string>>;
    const trees = await Promise.all(
      fc.sample(saying, { numRuns: 40, seed: 7 }).map(async (one) => compile(withoutConditions(one), material)),
    );
    fc.assert(
      fc.property(fc.constantFrom(...trees), fc.record(values), (compiled: Compiled, hostile) => {
        const [a, b] = [renderFor({ fr: compiled }, hostile), renderFor({ fr: compiled }, plainValues)] as Mail[];
        expect(a!.html, JSON.stringify(a)).toBeDefined();
        expectHarmless(a!.html);
        expect(shape(a!.html)).toEqual(shape(b!.html));
      }),
      { numRuns: 300 },
    );
  });
});

const withoutConditions = (one: Saying): Saying => ({
  ...one,
  blocks: one.blocks.filter(({ kind }) => kind !== 'section'),
});

describe('one person', () => {
  let asks: Compiled;
  beforeAll(async () => {
    asks = await compile(
      say(
        text('Bonjour {{ person.givenName }}'),
        {
          ...{
            id: 's',
            kind: 'section',
            condition: { match: 'all', clauses: [{ variable: 'organization.name', is: 'present', value: '' }] },
          },
          blocks: [{ id: 't', kind: 'text', text: 'Chez {{ organization.name }} à {{ person.city }}' }],
        } as Block,
        { id: 'u', kind: 'button', label: 'Oui', url: '{{ link.rsvp }}' },
      ),
      material,
    );
  });
  const some: Variables = {
    'person.givenName': 'Zoé',
    'company.name': 'Exemple',
    'link.rsvp': 'https://crm.example/r',
  };

  test.each<[string, Variables, object]>([
    [
      'a value without fall-back is missing',
      { ...some, 'person.givenName': '' },
      { reason: 'missing_variable', variable: 'person.givenName' },
    ],
    [
      'it is blank',
      { ...some, 'person.givenName': ' \n ' },
      { reason: 'missing_variable', variable: 'person.givenName' },
    ],
    [
      'it is missing where a condition holds',
      { ...some, 'organization.name': 'Hop' },
      { reason: 'missing_variable', variable: 'person.city' },
    ],
    [
      'a link would run something',
      { ...some, 'link.rsvp': 'javascript:alert(1)' },
      { reason: 'bad_link', variable: null },
    ],
  ])('is set aside when %s', (_why, variables, aside) => {
    expect(renderFor({ fr: asks }, variables)).toEqual({ aside });
  });
  test('is written to when a value is missing that their condition does not ask for', () => {
    const mail = renderFor({ fr: asks }, some) as Mail;
    expect(mail.text).toContain('Bonjour Zoé');
    expect(mail.html).not.toContain('Chez');
    expect(renderFor({ fr: asks }, { ...some, 'organization.name': 'A & B <c>', 'person.city': 'Lyon' })).toMatchObject(
      {
        text: expect.stringContaining('Chez A & B <c> à Lyon'),
        html: expect.stringContaining('Chez A &amp; B &lt;c&gt; à Lyon'),
      },
    );
  });
  test('reads their own language, else the one that is wished, and is set aside where there is none', async () => {
    const en = { ...asks, subject: 'English' };
    const set = { fr: asks, en };
    const language = (variables: Variables, wished: 'fr' | 'en') =>
      (renderFor(set, { ...some, ...variables }, wished) as Mail).language;
    expect(language({ 'person.language': 'en' }, 'fr')).toBe('en');
    expect(language({}, 'en')).toBe('en');
    expect((renderFor({ fr: asks }, { ...some, 'person.language': 'en' }) as Mail).language).toBe('fr');
    expect(renderFor({}, some)).toEqual({ aside: { reason: 'no_language', variable: null } });
  });
});

test.each<[string, readonly string[]]>([
  ['Bonjour {{ person.givenName }}', ['words', 'value']],
  ['{{person.givenName|default:"là"|upcase}}', ['value']],
  ['{{ person.givenName | default: “là” }}', ['value']],
  ['{{ person.nmae }}', ['unknown_variable']],
  ['{{ person.givenName | truncate: 3 }}', ['wrong_liquid']],
  ['{{ person.givenName', ['wrong_liquid', 'words']],
  ['a }} b', ['words', 'wrong_liquid', 'words']],
  ['{% if x %}', ['wrong_liquid']],
  ['{{ person.givenName | default: "a" b }}', ['wrong_liquid']],
])('Liquid is read: %s', (source, kinds) => {
  expect(piecesOf(source).map((piece) => (piece.kind === 'wrong' ? piece.why : piece.kind))).toEqual(kinds);
});

test.each<[string, string | null]>([
  ['https://a.example/x', null],
  ['mailto:a@b.example', null],
  ['{{ link.rsvp }}', null],
  ['https://a.example/?n={{ person.givenName }}', null],
  ['', 'no_link'],
  ['www.a.example', 'bad_link'],
  ['javascript:alert(1)', 'bad_link'],
  [' JaVaScRiPt:alert(1)', 'bad_link'],
  ['java\nscript:alert(1)', 'bad_link'],
  ['data:text/html,x', 'bad_link'],
  ['//a.example', 'bad_link'],
  ['{{ person.city }}', 'bad_link'],
  ['https://{{ person.city }}.example', 'bad_link'],
  ['https://a.example{{ person.city }}', 'bad_link'],
  ['{{ link.rsvp | default: "javascript:x" }}', 'bad_link'],
])('a link is judged: %s', (source, problem) => {
  const target = targetOf(source);
  expect('problem' in target ? target.problem : null).toBe(problem);
});

test('values within an address are encoded', async () => {
  const mail = await rendered(
    say({ id: 'a', kind: 'button', label: 'x', url: 'https://a.example/?n={{ person.givenName }}&m=1' }),
    {
      'person.givenName': 'A&B "c"/é',
      'company.name': 'x',
    },
  );
  expect(mail.html).toContain('href="https://a.example/?n=A%26B+%22c%22%2F%C3%A9&amp;m=1"');
});

test('a text block says in HTML and in text what was written', async () => {
  const mail = await rendered(
    say(text('Un *mot* **fort**, [ici](https://a.example/x?a=1&b=2).\n\n- un\n- deux\n\nfin {x} <b>&amp;</b>')),
  );
  expect(mail.html).toContain('Un <em>mot</em> <strong>fort</strong>, <a href="https://a.example/x?a=1&amp;b=2"');
  expect(mail.html).toContain('<li style="margin:0 0 4px">un</li>');
  expect(mail.html).toContain('fin {x} &lt;b&gt;&amp;amp;&lt;/b&gt;');
  expect(mail.text).toContain(
    'Un mot fort, ici (https://a.example/x?a=1&b=2).\n\n- un\n- deux\n\nfin {x} <b>&amp;</b>',
  );
});

test('the foot says who sends it, and how to stop it unless the author has said so', async () => {
  const variables: Variables = { 'company.name': 'Exemple SA', 'link.unsubscribe': 'https://crm.example/u/1' };
  const own = await rendered(say(text('Bonjour')), variables);
  expect(own.html).toContain('Envoyé par Exemple SA. <a href="https://crm.example/u/1"');
  expect(own.text).toContain(
    '-- \nEnvoyé par Exemple SA.\nNe plus recevoir ces messages\u00A0: https://crm.example/u/1',
  );
  const placed = await rendered(say(text('[stop]({{ link.unsubscribe }})')), variables);
  expect(placed.html.match(/crm\.example\/u\/1/g)).toHaveLength(1);
  expect((await rendered(say(text('Bonjour')))).html).not.toContain('Ne plus recevoir');
});

test.each<[Condition['clauses'][number]['is'], string, string | undefined, boolean]>([
  ['present', '', 'x', true],
  ['present', '', undefined, false],
  ['absent', '', undefined, true],
  ['equals', 'LYON', 'Lyon', true],
  ['equals', 'Lyon', undefined, false],
  ['differs', 'Lyon', 'Paris', true],
  ['differs', 'Lyon', undefined, true],
])('a condition: %s "%s" of %s is %s', (is, value, known, holding) => {
  const variables = known === undefined ? {} : { 'person.city': known };
  expect(holds({ match: 'all', clauses: [{ variable: 'person.city', is, value }] }, variables)).toBe(holding);
});

test('lines are broken at spaces, addresses stay whole, what belongs to a list stands under it', () => {
  const long = `- ${'mot '.repeat(30).trim()}`;
  const lines = wrap(long).split('\n');
  expect(lines.length).toBe(2);
  expect(lines[1]).toMatch(/^ {2}mot/);
  const address = `https://a.example/${'x'.repeat(100)}`;
  expect(wrap(`voir ${address} ici`)).toBe(`voir\n${address}\nici`);
});

test('the ready contents render in both languages for somebody of whom nothing is known', async () => {
  const given = Object.fromEntries(Object.entries(plainValues).filter(([key]) => !/^(person|organization)/.test(key)));
  for (const [name, said] of Object.entries(readyContents))
    for (const language of ['fr', 'en'] as const) {
      const made = renderFor(
        { [language]: await compileAs(kindOfReady(name as ReadyKey), said[language]!, { ...material, language }) },
        given,
        language,
      );
      expect('aside' in made ? [name, made.aside] : 'written').toBe('written');
      expect(parseFragment((made as Mail).html)).toBeDefined();
    }
});
