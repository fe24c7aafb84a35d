import { expect, test } from 'vitest';
import { freshKey, moved, newConsent, newForm, newQuestion, typeChoices } from './formDraft.ts';

test('a key is given once, and those of known questions are their kinds', () => {
  const form = newForm('fr');
  expect(form.fields.map(({ key }) => key)).toEqual(['name', 'email', 'message']);
  const fields = [...form.fields, newQuestion(form, 'choice')];
  expect(freshKey({ ...form, fields }, 'q')).toBe('q2');
  expect(newConsent({ ...form, fields }).key).toBe('c1');
});

test('choices are typed in one language without touching the other', () => {
  const french = typeChoices([], 'fr', 'Petit\nGrand\n');
  expect(french).toEqual([
    { fr: 'Petit', en: '' },
    { fr: 'Grand', en: '' },
    { fr: '', en: '' },
  ]);
  const both = typeChoices(french, 'en', 'Small');
  expect(both.map(({ fr, en }) => `${fr}/${en}`)).toEqual(['Petit/Small', 'Grand/']);
});

test('what is moved stays within its list', () => {
  expect(moved(['a', 'b', 'c'], 0, -1)).toEqual(['a', 'b', 'c']);
  expect(moved(['a', 'b', 'c'], 0, 1)).toEqual(['b', 'a', 'c']);
  expect(moved(['a', 'b', 'c'], 2, 1)).toEqual(['a', 'b', 'c']);
});
