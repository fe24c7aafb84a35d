import { expect, test } from 'vitest';
import { checkNewPassword } from './passwords.ts';

test.each([
  ['one character again and again', 'aaaaaaaaaaaa'],
  ['the mailbox of the address', 'anne.durand-2026'],
  ['one of the commonest', 'qwertyuiop'],
  ['one of the commonest, in capitals', 'QWERTYUIOP'],
  ['a common word with a year and a sign', 'Soleil2026!'],
  ['a common word between digits', '1990marseille'],
  ['how the product is called', 'Entregent-2026'],
  ['digits in a row', '1234567890'],
])('%s is no password', async (_what, password) => {
  await expect(checkNewPassword(password, 'anne.durand@example.com')).rejects.toThrow('weak_password');
});

test.each([
  'seven green bicycles',
  'tournesol violet 42',
  'Xk9#mP2$vLq',
  'le chat dort au soleil',
])('%s is one', async (password) => {
  await expect(checkNewPassword(password, 'eve@example.com')).resolves.toBeUndefined();
});
