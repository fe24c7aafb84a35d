import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isFreeMail, isRobot, isSharedMailbox, normaliseEmail } from './email.ts';

describe('normaliseEmail', () => {
  test.each([
    ['Jean.Dupont@Example.FR', 'jean.dupont@example.fr'],
    [' <jean@example.fr> ', 'jean@example.fr'],
    ['Jean Dupont <jean@example.fr>', 'jean@example.fr'],
    ['mailto:jean@example.fr?subject=Bonjour', 'jean@example.fr'],
    ["'jean@example.fr';", 'jean@example.fr'],
    ['jean\u200b@example.fr', 'jean@example.fr'],
    ['jean@müller.de', 'jean@xn--mller-kva.de'],
    ['prénom@example.fr', 'prénom@example.fr'],
    ["o'brien+crm@example.co.uk", "o'brien+crm@example.co.uk"],
    ['e@c', undefined],
    ['jean@', undefined],
    ['@example.fr', undefined],
    ['jean dupont@example.fr', undefined],
    ['jean..dupont@example.fr', undefined],
    ['jean@example..fr', undefined],
    ['jean@127.0.0.1', undefined],
    ['', undefined],
  ])('%j is %j', (raw, expected) => {
    expect(normaliseEmail(raw)).toBe(expected);
  });

  test('never throws, and changes nothing a second time', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.emailAddress()), (raw) => {
        const once = normaliseEmail(raw);
        if (once !== undefined) expect(normaliseEmail(once)).toBe(once);
      }),
    );
  });
});

test.each([
  ['contact@example.fr', true],
  ['service.client@example.fr', true],
  ['info-fr@example.fr', true],
  ['Comptabilité@example.fr', true],
  ['jean.dupont@example.fr', false],
  ['marc.office@example.fr', false],
])('isSharedMailbox(%j) is %j', (email, expected) => {
  expect(isSharedMailbox(email)).toBe(expected);
});

test.each([
  ['noreply@example.fr', true],
  ['no-reply-fr@example.fr', true],
  ['messages-noreply@linkedin.com', true],
  ['ne-pas-repondre@example.fr', true],
  ['MAILER-DAEMON@example.fr', true],
  ['bounce+123@example.fr', true],
  ['bounces-42@example.fr', true],
  ['jean@example.fr', false],
])('isRobot(%j) is %j', (email, expected) => {
  expect(isRobot(email)).toBe(expected);
});

test.each([
  ['gmail.com', true],
  ['Orange.fr', true],
  ['yahoo.co.uk', true],
  ['hotmail.fr', true],
  ['example.fr', false],
])('isFreeMail(%j) is %j', (domain, expected) => {
  expect(isFreeMail(domain)).toBe(expected);
});
