import { expect, test } from 'vitest';
import { linesOfHtml } from './html.ts';

test('comments are nobody’s words, however long, and whether or not they end', () => {
  expect(linesOfHtml('<p>a<!-- x -->b</p><!----><p>c</p>')).toEqual(['ab', '', 'c']);
  expect(linesOfHtml(`<p>a</p><!--${'x'.repeat(150_000)}--><p>b</p>`)).toEqual(['a', '', 'b']);
  expect(linesOfHtml(`<p>a</p>${'<!--'.repeat(100_000)}`)[0]).toBe('a');
});
