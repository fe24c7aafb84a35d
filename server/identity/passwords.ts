import { AppError } from '../kernel/errors.ts';

/** What a password must not be, besides what is common: how the product is called. */
const ours = ['entregent'];

let known: Promise<ReadonlySet<string>> | undefined;

/** 49,000 passwords that leaked most often; read when a password is first chosen. */
const common = (): Promise<ReadonlySet<string>> =>
  (known ??= import('@zxcvbn-ts/language-common').then(({ dictionary }) => new Set(dictionary['passwords-common'])));

/**
 * Refuses a password that repeats the address or one character, and one that is among the commonest, also with digits and signs before
 * or after it (NIST SP 800-63B, 3.1.1.2). @throws AppError weak_password
 */
export async function checkNewPassword(password: string, email: string): Promise<void> {
  const folded = password.toLowerCase();
  const mailbox = email.split('@')[0]!.toLowerCase();
  const stem = folded.replaceAll(/^\P{L}+|\P{L}+$/gu, '');
  const list = await common();
  const weak =
    new Set(folded).size < 4 ||
    // A short one ("eve@") stands in half of all words.
    (mailbox.length > 3 && folded.includes(mailbox)) ||
    ours.includes(stem) ||
    list.has(folded) ||
    list.has(stem) ||
    /^(password|motdepasse|azerty|qwerty|123456)/.test(folded);
  if (weak) throw new AppError('weak_password', { fields: { password: 'weak' } });
}
