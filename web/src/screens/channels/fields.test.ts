import { expect, test } from 'vitest';
import en from '../../../../locales/en/channels.json' with { type: 'json' };
import { fieldsOf, initialOf, isRefused, kindsToOpen, toSaid, toTyped } from './fields.ts';

test('what is typed comes back as it is kept, and secrets never do', () => {
  const typed = {
    'settings.origins': 'https://a.example\nhttps://b.example',
    'settings.greeting.fr': 'Bonjour',
    'settings.asks': 'email',
  };
  const { settings, secret } = toSaid('chat', typed);
  expect(settings).toEqual({
    origins: ['https://a.example', 'https://b.example'],
    greeting: { fr: 'Bonjour' },
    asks: 'email',
  });
  expect(secret).toEqual({});
  expect(toTyped('chat', settings)).toMatchObject(typed);
});

test('every field of every kind that can be opened has its words', () => {
  for (const kind of kindsToOpen)
    for (const { key } of fieldsOf[kind]!) expect(Object.keys(en)).toContain(`channels.field.${kind}.${key}`);
});

test('a server of a mailbox is a part of its settings, whole from the start', () => {
  const { settings, secret } = toSaid('mail', {
    ...initialOf('mail'),
    ...{
      'settings.address': 'a@b.example',
      'settings.imap.host': 'imap.b.example',
      'settings.smtp.host': 'smtp.b.example',
    },
    ...{ 'secret.user': 'a', 'secret.password': 'p' },
  });
  expect(settings).toEqual({
    ...{ address: 'a@b.example', folders: { inbox: 'INBOX' }, copies: 'ours', letters: 'company', days: '30' },
    aliases: [],
    imap: { host: 'imap.b.example', port: '993', security: 'tls' },
    smtp: { host: 'smtp.b.example', port: '465', security: 'tls' },
  });
  expect(secret).toEqual({ user: 'a', password: 'p' });
  const kept = { ...settings, imap: { host: 'imap.b.example', port: 993, security: 'tls' } };
  expect(toTyped('mail', kept)).toMatchObject({ 'settings.imap.port': '993', 'settings.folders.inbox': 'INBOX' });
});

test('a field is marked when the server refuses it, or one of its lines', () => {
  expect(isRefused({ 'settings.origins.1': 'invalid' }, 'settings.origins')).toBe(true);
  expect(isRefused({ 'settings.colour': 'invalid' }, 'settings.colour')).toBe(true);
  expect(isRefused({ 'settings.originsElse': 'invalid' }, 'settings.origins')).toBe(false);
});
