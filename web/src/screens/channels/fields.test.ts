import { expect, test } from 'vitest';
import en from '../../../../locales/en/channels.json' with { type: 'json' };
import { fieldsOf, kindsToOpen, toSaid, toTyped } from './fields.ts';

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
