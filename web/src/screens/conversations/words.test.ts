import { beforeAll, expect, test, vi } from 'vitest';
import { speak } from '../../i18n.ts';
import { inboxSearch } from './search.ts';
import { addressOf, duration, eventWords, excerptOf, nameOf, shortTime, sleeps } from './words.ts';

beforeAll(() => {
  // Where the language is noted for those who listen to the page.
  vi.stubGlobal('document', { documentElement: { lang: '' } });
  return speak('en');
});

test('a conversation is called by the one contact of mine, else as they say, else by its address', () => {
  const one = { people: [{ id: '1', name: 'Léa Martin' }], contactName: 'lea', address: 'lea@client.example' };
  expect(nameOf(one)).toBe('Léa Martin');
  expect(nameOf({ ...one, people: [...one.people, { id: '2', name: 'Paul' }] })).toBe('lea');
  expect(nameOf({ people: [], contactName: '', address: 'lea@client.example' })).toBe('lea@client.example');
  expect(nameOf({ people: [], contactName: '', address: null })).toBe('Visitor');
});

test('an address stands beside the name where it says more, and of a review never', () => {
  const one = { people: [], contactName: 'lea', address: 'lea@client.example' };
  const on = (kind: 'mail' | 'reviews') => ({ id: 'c', name: 'Channel', kind });
  expect(addressOf({ ...one, channel: on('mail') })).toBe('lea@client.example');
  expect(addressOf({ ...one, contactName: '', channel: on('mail') })).toBe(null);
  expect(addressOf({ ...one, address: 'review:lea', channel: on('reviews') })).toBe(null);
});

test('times are as short as they can be', () => {
  const now = new Date(2026, 10, 29, 15, 0);
  expect(shortTime(new Date(2026, 10, 29, 9, 5).toISOString(), now)).toMatch(/09:05/);
  expect(shortTime(new Date(2026, 2, 4).toISOString(), now)).toBe('Mar 4');
  expect(shortTime(new Date(2024, 2, 4).toISOString(), now)).toBe('Mar 4, 2024');
  expect([4000, 300_000, 7_200_000, 300_000_000].map(duration)).toEqual(['4 sec', '5 min', '2 hr', '3 days']);
});

test('a sleep ends ahead of now: today only where three hours are left, next week on a Monday', () => {
  for (let hour = 0; hour < 24; hour++)
    for (let day = 1; day <= 7; day++) {
      const now = new Date(2026, 10, day, hour, 30);
      const all = sleeps(now);
      expect(all.every(({ until }) => until > now)).toBe(true);
      expect(all.some(({ key }) => key === 'today')).toBe(hour < 21);
      expect(all.at(-1)!.until.getDay()).toBe(1);
    }
});

test('what became of it says who did it to whom', () => {
  const bob = { id: 'b', name: 'Bob' };
  expect(eventWords({ author: bob, event: { kind: 'assigned', to: bob } })).toBe('Bob took it');
  expect(eventWords({ author: bob, event: { kind: 'assigned', to: { id: 'c', name: 'Carol' } } })).toBe(
    'Bob gave it to Carol',
  );
  expect(eventWords({ author: bob, event: { kind: 'status', to: 'closed' } })).toBe('Bob closed it');
  expect(excerptOf({ excerpt: 'Hello', lastKind: 'out' })).toBe('You: Hello');
  expect(excerptOf({ excerpt: '', lastKind: 'in' })).toBe('A file');
});

test('an address that makes no sense shows the inbox as it is', () => {
  expect(inboxSearch({ view: 'x', status: 'open', channel: 'y', q: ' ' })).toEqual({});
  expect(inboxSearch({ view: 'mine', status: 'closed', q: 'order' })).toEqual({
    view: 'mine',
    status: 'closed',
    q: 'order',
  });
});
