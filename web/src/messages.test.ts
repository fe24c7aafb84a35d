import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileMessageOrThrow } from '@lingui/message-utils/compileMessage';
import { describe, expect, test } from 'vitest';

const areas = ['shell', 'identity', 'contacts', 'imports', 'quality', 'settings', 'lending', 'home', 'errors'];
const root = join(import.meta.dirname, '../..');

function catalogue(locale: string): Record<string, string> {
  const read = (area: string) =>
    JSON.parse(readFileSync(join(root, 'locales', locale, `${area}.json`), 'utf8')) as object;
  return Object.assign({}, ...areas.map(read));
}

/** The names of a message's blanks, those inside plurals and choices included. */
function blanks(message: string): string[] {
  const names = new Set<string>();
  const visit = (token: unknown): void => {
    if (!Array.isArray(token)) return;
    const [name, type, choices] = token as [unknown, unknown, unknown];
    if (typeof name === 'string') names.add(name);
    if (typeof type === 'string' && typeof choices === 'object' && choices !== null) {
      for (const choice of Object.values(choices)) if (Array.isArray(choice)) choice.forEach(visit);
    }
  };
  compileMessageOrThrow(message).forEach(visit);
  return [...names].filter((name) => name !== '#').sort();
}

const english = catalogue('en');
const french = catalogue('fr');
const keys = Object.keys(english);

const sources = readdirSync(join(root, 'web/src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.test.ts'))
  .map((file) => readFileSync(join(root, 'web/src', file), 'utf8'))
  .join('\n');

const areaOfKey = '(?:shell|identity|contacts|imports|quality|settings|lending|home|error)';
const whole = new Set(
  [...sources.matchAll(new RegExp(`['"\`](${areaOfKey}\\.[\\w.:]+)['"\`]`, 'g'))].map(([, key]) => key!),
);
/** Keys with blanks of their own (`contacts.kind.${kind}`), as patterns. */
const patterns = [
  ...new Set([...sources.matchAll(new RegExp(`\`(${areaOfKey}\\.[^\`]*\\$\\{[^\`]*)\``, 'g'))].map(([, key]) => key!)),
];
const matchers = patterns.map(
  (key) => new RegExp(`^${key.replaceAll('.', '\\.').replace(/\$\{[^}]*\}/g, '[\\w.:]+')}$`),
);

describe('the messages of the web interface', () => {
  test('exist in both languages under the same keys', () => {
    expect(Object.keys(french).sort()).toEqual([...keys].sort());
  });

  test('have the same blanks in both languages', () => {
    for (const key of keys) expect([key, blanks(french[key]!)]).toEqual([key, blanks(english[key]!)]);
  });

  test('that the code names exist', () => {
    expect([...whole].filter((key) => !(key in english))).toEqual([]);
    expect(matchers.filter((matcher) => !keys.some((key) => matcher.test(key)))).toEqual([]);
  });

  test('are all used', () => {
    expect(keys.filter((key) => !whole.has(key) && !matchers.some((matcher) => matcher.test(key)))).toEqual([]);
  });
});

describe('French messages', () => {
  const texts = Object.entries(french).map(([key, text]) => [key, text.replace(/\{[^{}]*\}/g, 'x')] as const);

  test('have their apostrophes and ellipses as typographers write them', () => {
    expect(texts.filter(([, text]) => /['"]|\.\.\./.test(text))).toEqual([]);
  });

  test('have a space that does not break before : ; ! ? and inside guillemets', () => {
    const badly = /[^\u00a0\u202f]:(?=\s|$)|[^\u202f…][;!?](?=\s|$)|«[^\u00a0]|[^\u00a0]»/;
    expect(texts.filter(([, text]) => badly.test(text))).toEqual([]);
  });

  test('hold no exclamation mark and no jargon', () => {
    expect(texts.filter(([, text]) => /!|\b(tenant|entité|enregistrement|email|mail|lead|deal)\b/i.test(text))).toEqual(
      [],
    );
  });
});
