import fc from 'fast-check';
import { type DefaultTreeAdapterTypes, parseFragment } from 'parse5';
import { describe, expect, test } from 'vitest';
import { makeHarmless, textOfHtml } from './safe-html.ts';

test.each([
  ['<p onclick="x()">Hi</p><script>alert(1)</script>', '<p>Hi</p>'],
  ['<style>p{}</style><p style="color:red" class="a">Hi</p>', '<p>Hi</p>'],
  ['<form action="https://evil.example"><input name="a"><button>Go</button></form>', 'Go'],
  ['<iframe src="https://evil.example"></iframe><object data="a"></object>text', 'text'],
  ['<svg><script>alert(1)</script></svg>ok', 'ok'],
  ['<a href="javascript:alert(1)">a</a>', '<a target="_blank" rel="noopener noreferrer nofollow">a</a>'],
  [
    '<a href="java\nscript:alert(1)" onmouseover=x>a</a>',
    '<a target="_blank" rel="noopener noreferrer nofollow">a</a>',
  ],
  [
    '<a href="https://a.example/?a=1&amp;b=2">a</a>',
    '<a href="https://a.example/?a=1&amp;b=2" target="_blank" rel="noopener noreferrer nofollow">a</a>',
  ],
  ['<img src="https://a.example/p.png" alt="A">', '<img data-src="https://a.example/p.png" alt="A" />'],
  ['<img src="//a.example/p.png">', '<img alt="" />'],
  ['<img src="https://t.example/o.gif" width="1" height="1">after', '<span></span>after'],
  ['<img src="https://t.example/o.gif" style="display:none">after', '<span></span>after'],
  ['<img src="cid:part1@x" alt="logo">', '<img src="cid:part1@x" alt="logo" />'],
  ['<img src="data:image/png;base64,AAAA">', '<img src="data:image/png;base64,AAAA" alt="" />'],
  ['<img src="data:image/svg+xml;base64,AAAA">', '<img alt="" />'],
  ['<img src="data:text/html,<script>">', '<img alt="" />'],
  ['<img srcset="https://a.example/x 2x" src=x onerror=alert(1)>', '<img alt="" />'],
  ['<p dir="rtl" lang="ar">مرحبا 👨‍👩‍👧</p>', '<p dir="rtl" lang="ar">مرحبا 👨‍👩‍👧</p>'],
  [
    '<table background="https://t.example/x"><tr><td bgcolor=red>1</td></tr></table>',
    '<table><tr><td>1</td></tr></table>',
  ],
  ['a < b & c', 'a &lt; b &amp; c'],
])('%s becomes harmless', (html, harmless) => {
  expect(makeHarmless(html)).toBe(harmless);
});

type Node = DefaultTreeAdapterTypes.Node;

/** What a browser would make of it: every element that its parser (WHATWG HTML, 13.2) finds, with its attributes. */
function* elementsOf(node: Node): Generator<{ name: string; attributes: Record<string, string> }> {
  if ('tagName' in node)
    yield { name: node.tagName, attributes: Object.fromEntries(node.attrs.map(({ name, value }) => [name, value])) };
  for (const child of 'childNodes' in node ? node.childNodes : []) yield* elementsOf(child);
  if ('content' in node) yield* elementsOf(node.content);
}

const elements =
  /^(?:script|style|form|input|button|iframe|frame|object|embed|link|meta|base|svg|math|video|audio|template|noscript)$/;

/** What is looked for by somebody who wants to know whether it is harmless. */
const harmsOf = (html: string): string[] =>
  [...elementsOf(parseFragment(html))].flatMap(({ name, attributes }) => [
    ...(elements.test(name) ? [name] : []),
    ...Object.entries(attributes)
      .filter(([attribute, value]) => isHarm(attribute, value, attributes))
      .map((pair) => pair.join('=')),
  ]);

function isHarm(attribute: string, value: string, all: Record<string, string>): boolean {
  if (/^on|^(?:style|srcset|background|formaction|action|id|class)$/.test(attribute)) return true;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: browsers pass over them, too.
  const plain = value.replace(/[\u0000-\u0020]/g, '').toLowerCase();
  const runs = /^(?:javascript|vbscript|data:(?!image\/(?:png|jpeg|gif|webp);base64,))/.test(plain);
  if (runs && attribute !== 'alt' && attribute !== 'title') return true;
  if (attribute === 'src') return !/^(?:cid|data):/.test(plain);
  return attribute === 'href' && (all.rel !== 'noopener noreferrer nofollow' || all.target !== '_blank');
}

const address = fc.constantFrom(
  'javascript:alert(1)',
  ' JaVaScRiPt:alert(1)',
  '&#106;avascript:alert(1)',
  'java&#9;script:x',
  'data:text/html;base64,PHNjcmlwdD4=',
  'data:image/png;base64,iVBORw0=',
  'vbscript:x',
  'https://a.example/x?"><script>',
  '//a.example/x',
  'cid:a',
  'x',
  '',
);
const attribute = fc
  .tuple(
    fc.constantFrom(
      'href',
      'src',
      'data-src',
      'style',
      'onerror',
      'onload',
      'srcset',
      'width',
      'background',
      'xlink:href',
      'action',
      'alt',
      'target',
    ),
    fc.oneof(address, fc.constantFrom('1', '20', 'display:none', 'expression(alert(1))')),
    fc.constantFrom('"', "'", ''),
  )
  .map(([name, value, quote]) => ` ${name}=${quote}${value}${quote}`);
const tag = fc
  .tuple(
    fc.constantFrom(
      'a',
      'img',
      'p',
      'script',
      'style',
      'svg',
      'math',
      'iframe',
      'form',
      'input',
      'table',
      'td',
      'template',
      'noscript',
      'textarea',
      'title',
      'select',
      'option',
      'xmp',
      'blockquote',
      'li',
    ),
    fc.array(attribute, { maxLength: 3 }),
    fc.constantFrom('<', '</', '< ', '<<'),
    fc.constantFrom('>', '/>', '', '">'),
  )
  .map(([name, attributes, open, close]) => `${open}${name}${attributes.join('')}${close}`);
const soup = fc
  .array(
    fc.oneof(
      tag,
      fc.constantFrom('<!--', '-->', '<![CDATA[', ']]>', '<!x', '&lt;script&gt;', '\0', '\u2028'),
      fc.string({ unit: 'grapheme', maxLength: 8 }),
    ),
    { maxLength: 25 },
  )
  .map((pieces) => pieces.join(''));

describe('whatever comes', () => {
  test('what is left has no script, no handler, no address that runs, and fetches nothing', () => {
    fc.assert(
      fc.property(soup, (html) => {
        expect(harmsOf(makeHarmless(html))).toEqual([]);
      }),
      { numRuns: 1500 },
    );
  });

  test('made harmless twice it is the same', () => {
    fc.assert(
      fc.property(soup, (html) => {
        const once = makeHarmless(html);
        expect(makeHarmless(once)).toBe(once);
      }),
      { numRuns: 1500 },
    );
  });

  test.each([
    ['deep', '<div>'.repeat(200_000)],
    ['deep again and again', `${'<div>'.repeat(900)}${'</div>'.repeat(900)}`.repeat(100)],
    ['deep in words of others', '<b><a href=x>'.repeat(80_000)],
    ['wide', '<a href="https://a.example/">x</a>'.repeat(30_000)],
    ['unclosed', '<a '.repeat(330_000)],
    ['attributes', `<p ${'a=1 '.repeat(250_000)}>`],
    ['brackets', '<'.repeat(1_000_000)],
    ['comments', '<!--'.repeat(250_000)],
    ['entities', '&lt;'.repeat(250_000)],
  ])('a million characters (%s) come to an end', (_what, html) => {
    const harmless = makeHarmless(html);
    expect(harmless.length).toBeLessThan(8_000_000);
    expect(makeHarmless(harmless)).toBe(harmless);
  });
});

test('words of HTML: what is quoted stays in a post and goes in a mail', () => {
  const html = '<p>Bonjour &eacute;quipe,</p><blockquote>Avant</blockquote><p>Merci 👋</p>';
  expect(textOfHtml(html)).toBe('Bonjour équipe,\n\nAvant\n\nMerci 👋');
  expect(textOfHtml(html, true)).not.toContain('Avant');
});
