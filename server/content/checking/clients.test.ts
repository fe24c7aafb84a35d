import { describe, expect, test } from 'vitest';
import { checkAs, compileAs } from '../compiling.ts';
import { kindOfReady, type ReadyKey } from '../contract.ts';
import { readyContents } from '../ready.ts';
import { houseRules } from '../style-contract.ts';
import { notTakenIn } from './clients.ts';

describe('what some program does not take', () => {
  test.each<[string, string, string[]]>([
    ['nothing', '<p style="color:red;margin:0">a</p>', []],
    ['a property', '<p style="box-shadow:0 0 2px #000">a</p>', ['box-shadow outlook']],
    ['a value of one', '<div style="display: flex !important">a</div>', ['display:flex outlook']],
    ['another value of it', '<div style="display:block">a</div>', []],
    ['an element', '<VIDEO src="x"></VIDEO>', ['<video> gmail outlook']],
    ['in a style sheet', '<style>p{color:red;position:absolute}</style>', ['position gmail outlook']],
    ['behind a condition of Outlook\u2019s own', '<!--[if mso]><p style="position:absolute">a</p><![endif]-->', []],
    ['what is done without', '<a style="border-radius:8px">a</a>', []],
    ['what is hidden', '<div style="display:none;opacity:0">a</div>', []],
    ['each once', '<svg></svg><svg></svg>', ['<svg> gmail outlook']],
    ['words that look like it', '<p>position:absolute; &lt;video&gt;</p>', []],
  ])('%s', (_name, html, wanted) => {
    expect(notTakenIn(html).map(({ feature, clients }) => [feature, ...clients].join(' '))).toEqual(wanted);
  });

  test('every ready mail is taken by all of them, with each kind of block', async () => {
    const material = (language: 'fr' | 'en') => ({
      ...{ language, parts: new Map() },
      images: new Map([['01890000-0000-7000-8000-000000000001', { url: 'https://crm.example/i/x', width: 600 }]]),
    });
    for (const [key, said] of Object.entries(readyContents))
      for (const language of ['fr', 'en'] as const)
        if (kindOfReady(key as ReadyKey) === 'email')
          expect([key, notTakenIn((await compileAs('email', said[language]!, material(language))).html)]).toEqual([
            key,
            [],
          ]);
    const text = { id: 't', kind: 'text' as const, text: '**a** *b* [c](https://a.example)\n\n- d\n- e' };
    const image = {
      ...{
        id: 'i',
        kind: 'image' as const,
        imageId: '01890000-0000-7000-8000-000000000001',
        alt: 'x',
        decorative: false,
      },
      ...{ url: '', width: 'half' as const },
    };
    const all = {
      ...{ subject: 'a', preheader: 'b' },
      blocks: [
        { id: 'h', kind: 'heading' as const, level: 1 as const, text: 'a' },
        text,
        { id: 'b', kind: 'button' as const, label: 'a', url: 'https://a.example' },
        image,
        { id: 'd', kind: 'divider' as const },
        { id: 's', kind: 'spacer' as const, height: 20 },
        { id: 'c', kind: 'columns' as const, columns: [[text], [image]] },
      ],
    };
    expect(notTakenIn((await compileAs('email', all, material('fr'))).html)).toEqual([]);
  });

  test('is advice of the checker, which names the programs', () => {
    const material = { language: 'fr' as const, images: new Map(), parts: new Map() };
    const saying = { subject: 'a', preheader: '', blocks: [{ id: 'a', kind: 'text' as const, text: 'Bonjour.' }] };
    const found = checkAs('email', saying, material, houseRules.parse({}), '<svg></svg>');
    expect(found).toEqual([
      { kind: 'not_taken', weight: 'advice', blockId: null, about: '<svg>', instead: 'gmail outlook' },
    ]);
  });
});
