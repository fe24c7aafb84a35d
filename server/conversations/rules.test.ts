import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  arrive,
  believed,
  excerptOf,
  inOrder,
  isOver,
  isStop,
  pauseAfter,
  queryOf,
  type ReplyFacts,
  refusals,
  type State,
  wordsOf,
} from './rules.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 10, 29, 10, minute));
const fresh: State = {
  status: 'open',
  lastAt: null,
  lastInAt: null,
  openedAt: at(0),
  firstAnswerAt: null,
  waitingSince: null,
  closedAt: null,
};
const theirs = { direction: 'in' } as const;
const ours = { direction: 'out' } as const;

describe('what arrives', () => {
  test.each([
    ['a first word begins their waiting', fresh, theirs, 1, { status: 'open', waitingSince: at(1), lastInAt: at(1) }],
    [
      'a second word does not begin it anew',
      { ...fresh, waitingSince: at(1), lastInAt: at(1) },
      theirs,
      5,
      { waitingSince: at(1) },
    ],
    [
      'an answer written elsewhere ends it',
      { ...fresh, waitingSince: at(1), lastInAt: at(1) },
      ours,
      5,
      { waitingSince: null, firstAnswerAt: at(5) },
    ],
    [
      'one that was written before their word does not',
      { ...fresh, waitingSince: at(5), lastInAt: at(5) },
      ours,
      1,
      { waitingSince: at(5) },
    ],
    [
      'a word opens what was closed, and counts anew',
      { ...fresh, status: 'closed', closedAt: at(5), firstAnswerAt: at(3) },
      theirs,
      9,
      { status: 'open', closedAt: null, openedAt: at(9), firstAnswerAt: null, waitingSince: at(9) },
    ],
    [
      'what was said before it was closed, and came late, does not',
      { ...fresh, status: 'closed', closedAt: at(5) },
      theirs,
      3,
      { status: 'closed', waitingSince: null },
    ],
    [
      'a machine opens nothing',
      { ...fresh, status: 'closed', closedAt: at(5) },
      { ...theirs, automatic: true },
      9,
      { status: 'closed', waitingSince: null, lastAt: at(9) },
    ],
    ['what is unwanted stays so', { ...fresh, status: 'spam' }, theirs, 9, { status: 'spam', waitingSince: null }],
    ['it wakes what sleeps', { ...fresh, status: 'snoozed' }, theirs, 9, { status: 'open' }],
  ] as [
    string,
    State,
    Parameters<typeof arrive>[1],
    number,
    Partial<State>,
  ][])('%s', (_, before, message, minute, after) => {
    expect(arrive(before, message, at(minute))).toMatchObject(after);
  });

  test('in whichever order messages come, the last word and the beginning of the waiting are the same', () => {
    const words = fc.uniqueArray(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(words, fc.infiniteStream(fc.nat()), (minutes, random) => {
        const run = (some: readonly number[]) =>
          some.reduce((state, minute) => arrive(state, theirs, at(minute)), fresh);
        const mixed = [...minutes].sort(() => (Number(random.next().value) % 2) - 0.5);
        const [one, other] = [run(minutes.toSorted((a, b) => a - b)), run(mixed)];
        expect([other.lastAt, other.lastInAt, other.waitingSince]).toEqual([
          one.lastAt,
          one.lastInAt,
          one.waitingSince,
        ]);
      }),
    );
  });

  test('a clock that is ahead is not believed, one that is behind is', () => {
    expect(believed(at(59), at(10))).toEqual(at(10));
    expect(believed(at(1), at(10))).toEqual(at(1));
    expect(believed(new Date(Number.NaN), at(10))).toEqual(at(10));
  });

  test('messages go before what is said of them, each in its order', () => {
    const message = (minute: number) =>
      ({ kind: 'message', message: { at: at(minute), externalId: String(minute) } }) as never;
    const edit = { kind: 'edited', externalId: '9', text: '', at: at(0) } as const;
    expect(inOrder([edit, message(9), message(2)])).toEqual([message(2), message(9), edit]);
  });

  test('it is over a fortnight after it was closed', () => {
    const closed = { status: 'closed', closedAt: at(0) } as const;
    expect(isOver(closed, new Date(at(0).getTime() + 13 * 86_400_000))).toBe(false);
    expect(isOver(closed, new Date(at(0).getTime() + 15 * 86_400_000))).toBe(true);
    expect(isOver({ status: 'open', closedAt: null }, at(59))).toBe(false);
  });
});

describe('an answer', () => {
  const fine: ReplyFacts = {
    channelState: 'working',
    sends: true,
    windowHours: 24,
    template: false,
    lastInAt: at(0),
    objectedAt: null,
    health: 'good',
    suppressed: false,
    mostCharacters: 100,
    length: 10,
  };
  test.each([
    [{}, []],
    [{ lastInAt: null, windowHours: null }, ['not_begun']],
    [{ channelState: 'ended' }, ['channel_ended']],
    [{ channelState: 'paused', sends: false }, ['channel_paused', 'only_listens']],
    [{ lastInAt: new Date(at(0).getTime() - 24 * 3_600_000) }, ['window']],
    [{ lastInAt: new Date(at(0).getTime() - 24 * 3_600_000), template: true }, []],
    [{ objectedAt: at(1) }, ['objected']],
    [{ objectedAt: new Date(at(0).getTime() - 1) }, []],
    [{ health: 'dead', suppressed: true, length: 101 }, ['dead', 'suppressed', 'too_long']],
  ] as [Partial<ReplyFacts>, string[]][])('%o is refused for %o', (some, reasons) => {
    expect(refusals({ ...fine, ...some }, at(1))).toEqual(reasons);
  });

  test('is tried again ever later, and not for ever', () => {
    const pauses = Array.from({ length: 11 }, (_, tried) => pauseAfter(tried + 1));
    expect(pauses.at(-1)).toBeNull();
    expect(pauses.slice(0, -1)).toEqual([...(pauses.slice(0, -1) as number[])].sort((a, b) => a - b));
  });
});

describe('words', () => {
  test('are found without accents and signs, by their beginning', () => {
    expect(wordsOf('Été à Orléans!', 'ÉTÉ', null)).toBe('ete a orlean');
    expect(queryOf('  Orlé  "été"')).toBe('orle & ete:*');
    expect(queryOf('commandes de')).toBe('commande & de');
    expect(queryOf('!?')).toBeNull();
  });

  test('of any text make a query and an excerpt that break nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        expect(queryOf(text) ?? 'x:*').toMatch(/^([\p{L}\p{N}]+ & )*[\p{L}\p{N}]+(:\*)?$/u);
        expect(excerptOf(text).isWellFormed()).toBe(true);
        expect(excerptOf(text).length).toBeLessThanOrEqual(141);
        expect(wordsOf(text)).toMatch(/^[\p{L}\p{N} ]*$/u);
      }),
    );
  });
});

test.each([
  ['STOP', true],
  [' stop. ', true],
  ['Arrêt', true],
  ['Stop SMS !', true],
  ['DÉSABONNER', true],
  ['opt-out', true],
  ['', false],
  ['Stop, je vous rappelle demain', false],
  ['Ne pas arrêter', false],
  ['stopper', false],
  [`STOP${' '.repeat(50)}`, false],
])('"%s" alone stops short messages: %s', (text, stops) => {
  expect(isStop(text)).toBe(stops);
});
