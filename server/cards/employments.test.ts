import { describe, expect, test } from 'vitest';
import { type CardHistory, type CardState, employmentsOf, leftOrganization, pickOrganization } from './employments.ts';

const on = (text: string) => new Date(`${text}T12:00:00Z`);

function state(
  since: string,
  organization: string | null,
  title: string | null,
  replaced: CardState['replaced'],
): CardState {
  return {
    fields: [
      ...(organization ? [{ kind: 'organization' as const, value: { name: organization }, seenAt: on(since) }] : []),
      ...(title ? [{ kind: 'title' as const, value: { value: title }, seenAt: on(since) }] : []),
    ],
    replaced,
  };
}
const bySource = (at: string) => ({ at: on(at), byMember: false });
const byMember = (at: string) => ({ at: on(at), byMember: true });

function card(seenAt: string, states: CardState[], endedAt: string | null = null): CardHistory {
  return { cardId: 'card', seenAt: on(seenAt), endedAt: endedAt ? on(endedAt) : null, states };
}

const told = (histories: CardHistory[]) =>
  employmentsOf(histories).map(
    ({ organization, title, since, until }) =>
      `${title ?? '-'} at ${organization}, ${since.toISOString().slice(0, 7)} to ${until?.toISOString().slice(0, 7) ?? 'now'}`,
  );

describe('employments', () => {
  test('a source that changes company or title tells of a move, and the past stays', () => {
    const history = card('2026-01-01', [
      state('2024-01-01', 'Brimbal SAS', 'Cheffe', bySource('2025-01-01')),
      state('2025-01-01', 'Sablon', 'Cheffe', bySource('2026-01-01')),
      state('2026-01-01', 'Sablon', 'Directrice', null),
    ]);
    expect(told([history])).toEqual([
      'Directrice at Sablon, 2026-01 to now',
      'Cheffe at Sablon, 2025-01 to 2026-01',
      'Cheffe at Brimbal SAS, 2024-01 to 2025-01',
    ]);
  });

  test('another legal form, a title that was missing and changes of other values tell of none', () => {
    const history = card('2026-01-01', [
      state('2024-01-01', 'Sablon', null, bySource('2024-06-01')),
      state('2024-06-01', 'SABLON SAS', 'Directrice', bySource('2025-01-01')),
      state('2025-01-01', 'Sablon', 'directrice', null),
    ]);
    expect(told([history])).toEqual(['directrice at Sablon, 2024-01 to now']);
  });

  test.each([
    ['soon after', 'Sablon', 'Brimbal', '2024-01-01', []],
    ['nearly the same', 'Sablonn', 'Sablon', '2024-06-01', []],
    ['a real move', 'Sablon', 'Brimbal', '2024-06-01', ['- at Sablon, 2024-01 to 2024-06']],
  ])('what a member writes %s', (_how, before, after, at, past) => {
    const history = card(at, [state('2024-01-01', before, null, byMember(at)), state(at, after, null, null)]);
    const [current, ...others] = told([history]);
    expect(current).toBe(`- at ${after}, ${past.length > 0 ? '2024-06' : '2024-01'} to now`);
    expect(others).toEqual(past);
  });

  test('a card that was last seen before another told of the move does not keep it from being past', () => {
    const moved = card('2025-01-01', [
      state('2024-01-01', 'Brimbal', 'Cheffe', bySource('2025-01-01')),
      state('2025-01-01', 'Sablon', null, null),
    ]);
    const stale = card('2023-06-01', [state('2023-06-01', 'Brimbal', null, null)]);
    const fresh = card('2025-06-01', [state('2025-06-01', 'Brimbal', null, null)]);
    expect(told([moved, stale])).toEqual(['- at Sablon, 2025-01 to now', 'Cheffe at Brimbal, 2023-06 to 2025-01']);
    expect(told([moved, fresh])).toEqual(['- at Sablon, 2025-01 to now', 'Cheffe at Brimbal, 2024-01 to now']);
  });

  test('what ended at its source was said until then; a card without a company says nothing', () => {
    expect(told([card('2024-01-01', [state('2024-01-01', 'Sablon', null, null)], '2025-03-01')])).toEqual([
      '- at Sablon, 2024-01 to 2025-03',
    ]);
    expect(told([card('2024-01-01', [state('2024-01-01', null, 'Directrice', null)])])).toEqual([]);
  });

  test('the order of cards does not matter', () => {
    const cards = [
      card('2025-01-01', [
        state('2024-01-01', 'Brimbal', 'Cheffe', bySource('2025-01-01')),
        state('2025-01-01', 'Sablon', null, null),
      ]),
      card('2025-02-01', [state('2025-02-01', 'Sablon', 'Directrice', null)]),
      card('2022-02-01', [state('2022-02-01', 'Brimbal', null, null)]),
    ];
    expect(told(cards.toReversed())).toEqual(told(cards));
  });
});

test('leaving an organisation is kept under its name without legal form', () => {
  const names = (...all: string[]) => all.map((name) => ({ kind: 'organization' as const, value: { name } }));
  expect(leftOrganization(names('Brimbal SAS'), names('Sablon'))).toBe('brimbal');
  expect(leftOrganization(names('Brimbal SAS'), names('BRIMBAL'))).toBeNull();
  expect(leftOrganization(names('Brimbal'), [])).toBe('brimbal');
  expect(leftOrganization([], names('Brimbal'))).toBeNull();
});

test('of organisations of one name the mail domain decides, then the country, and else nobody guesses', () => {
  const [france, germany] = [
    { id: 'fr', domains: ['brimbal.fr'], countries: ['FR'] },
    { id: 'de', domains: ['brimbal.de'], countries: ['DE'] },
  ];
  const pick = (domains: string[], countries: string[]) =>
    pickOrganization([france, germany], { domains, countries })?.id;
  expect(pick(['brimbal.de'], ['FR'])).toBe('de');
  expect(pick(['gmail.com'], ['FR'])).toBe('fr');
  expect(pick([], [])).toBeUndefined();
  expect(pick(['brimbal.de', 'brimbal.fr'], [])).toBeUndefined();
  expect(pickOrganization([france], { domains: [], countries: [] })).toBe(france);
});
