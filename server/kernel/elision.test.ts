import { expect, test } from 'vitest';
import { elide } from '../../locales/elision.ts';
import { translator } from './messages.ts';

test.each([
  ['Invitation de‿Anne', 'Invitation d’Anne'],
  ['la fiche de‿Hélène', 'la fiche d’Hélène'],
  ['l’accès de‿Éric', 'l’accès d’Éric'],
  ['à propos de‿Zoé', 'à propos de Zoé'],
  ['de‿Yves et de‿Yannick', 'd’Yves et de Yannick'],
  ['Tels que‿Œdipe les verrait', 'Tels qu’Œdipe les verrait'],
  ['de‿', 'de '],
])('%s', (written, read) => {
  expect(elide(written)).toBe(read);
});

test('names are tied in whole sentences', () => {
  const values = { workspace: 'Atelier Lumière' };
  expect(translator('fr')('charter.due.title', values)).toBe('La charte d’Atelier Lumière');
});
