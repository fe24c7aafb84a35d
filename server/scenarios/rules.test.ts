import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { definition as definitionShape, type Node } from './contract.ts';
import { drawFor } from './engine.ts';
import { check, dayIn, dueAt, moveFrom, nodesOf, partOf } from './rules.ts';
import { aDrawing, inARow } from './testing.ts';
import { walk } from './walking.ts';

const drawing = (steps: ReturnType<typeof inARow>, more = {}) => definitionShape.parse(aDrawing(steps, more));
const waiting = (said: object): Node => drawing(inARow({ kind: 'wait', ...said })).nodes[0]!;

test('a wait for their own day ends on that day at that time of their wall, however long they were on the way, and never before', () => {
  const zones = ['Europe/Paris', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Pacific/Apia', 'UTC'];
  fc.assert(
    fc.property(
      fc.date({ min: new Date('2020-01-01'), max: new Date('2032-01-01'), noInvalidDate: true }),
      fc.constantFrom(...zones),
      fc.integer({ min: -3 * 1440, max: 5 * 1440 }),
      (date, zone, before) => {
        const day = date.toISOString().slice(0, 10);
        const from = new Date(Date.parse(`${day}T09:00:00Z`) - before * 60_000);
        const due = dueAt(waiting({ until: { weekdays: [], time: '09:00', theirDay: true } }), from, zone, day);
        const wall = (at: Date) =>
          new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' }).format(at);
        expect(wall(due) >= `${day} 09:00`).toBe(true);
        if (due > from) expect(wall(due)).toBe(`${day} 09:00`);
      },
    ),
  );
});

describe('a wait', () => {
  test.each([
    ['so many hours', { for: { n: 36, unit: 'hours' } }, '2026-03-28T12:00:00Z', '2026-03-30T00:00:00.000Z'],
    ['days of 24 hours', { for: { n: 1, unit: 'days' } }, '2026-03-28T12:00:00Z', '2026-03-29T12:00:00.000Z'],
    [
      'until nine on their wall',
      { until: { weekdays: [], time: '09:00' } },
      '2026-01-05T09:30:00Z',
      '2026-01-06T08:00:00.000Z',
    ],
    [
      'this very minute',
      { until: { weekdays: [], time: '09:00' } },
      '2026-01-05T08:00:30Z',
      '2026-01-05T08:00:30.000Z',
    ],
    [
      'until Tuesday, over the night on which clocks go forward',
      { until: { weekdays: [2], time: '09:00' } },
      '2026-03-26T12:00:00Z',
      '2026-03-31T07:00:00.000Z',
    ],
    [
      'until a time that clocks jump over',
      { until: { weekdays: [7], time: '02:30' } },
      '2026-03-28T12:00:00Z',
      '2026-03-29T01:00:00.000Z',
    ],
    [
      'until a time that comes twice: the first',
      { until: { weekdays: [7], time: '02:30' } },
      '2026-10-24T12:00:00Z',
      '2026-10-25T00:30:00.000Z',
    ],
    [
      'at least so long, and then until',
      { for: { n: 2, unit: 'days' }, until: { weekdays: [1], time: '08:00' } },
      '2026-01-03T12:00:00Z',
      '2026-01-12T07:00:00.000Z',
    ],
  ])('%s', (_name, said, from, until) => {
    expect(dueAt(waiting(said), new Date(from), 'Europe/Paris', null).toISOString()).toBe(until);
  });

  test('is never over before it began, and at the time that was said, in every zone', () => {
    const zones = ['Europe/Paris', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Pacific/Apia', 'UTC'];
    fc.assert(
      fc.property(
        fc.date({ min: new Date('2020-01-01'), max: new Date('2032-01-01'), noInvalidDate: true }),
        fc.constantFrom(...zones),
        fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { maxLength: 7 }),
        fc.integer({ min: 0, max: 1439 }),
        (from, zone, weekdays, minutes) => {
          const time = `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
          const due = dueAt(waiting({ until: { weekdays, time } }), from, zone, null);
          const parts = Object.fromEntries(
            new Intl.DateTimeFormat('en-GB', {
              timeZone: zone,
              weekday: 'short',
              hour: '2-digit',
              minute: '2-digit',
              hourCycle: 'h23',
            })
              .formatToParts(due)
              .map(({ type, value }) => [type, value]),
          );
          const wall = Number(parts.hour) * 60 + Number(parts.minute);
          const day = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'].indexOf(parts.weekday!) + 1;
          expect(due.getTime()).toBeGreaterThanOrEqual(from.getTime());
          // A gap of the clocks is an hour at most here; a day that a zone left out is before these years.
          expect(wall - minutes).toBeGreaterThanOrEqual(0);
          expect(wall - minutes).toBeLessThanOrEqual(60);
          if (weekdays.length > 0) expect(weekdays).toContain(day);
        },
      ),
    );
  });
});

test('shares are as they are said, and stay somebody’s', () => {
  const parts = [{ percent: 20 }, { percent: 0 }, { percent: 80 }];
  expect([0, 19.99, 20, 99.99].map((drawn) => partOf(parts, drawn))).toEqual([0, 0, 2, 2]);
  expect(partOf([{ percent: 100 }, { percent: 0 }], 99.99)).toBe(0);
  const first = Array.from({ length: 20_000 }, (_, at) => partOf(parts, drawFor(`journey ${at}`, 'a'))).filter(
    (part) => part === 0,
  );
  expect(first.length / 20_000).toBeCloseTo(0.2, 1);
  expect(drawFor('x', 'a')).toBe(drawFor('x', 'a'));
});

test('who was born on 29 February has their day on the 28th of other years', () => {
  expect(dayIn(2027, '02-29')).toBe('2027-02-28');
  expect(dayIn(2028, '02-29')).toBe('2028-02-29');
  expect(dayIn(2100, '02-29')).toBe('2100-02-28');
  expect(dayIn(2027, '05-17')).toBe('2027-05-17');
});

describe('what is checked of a drawing', () => {
  const codes = (steps: ReturnType<typeof inARow>, more = {}) =>
    check(drawing(steps, more)).map(({ nodeId, code }) => `${nodeId} ${code}`);
  const content = '0193ffff-0000-7000-8000-000000000001';
  test.each<[string, ReturnType<typeof inARow>, string[]]>([
    [
      'a row is sound',
      inARow({ kind: 'wait', for: { n: 1, unit: 'days' } }, { kind: 'message', contentId: content }),
      [],
    ],
    ['nothing at all', { start: null, nodes: [] }, ['null empty']],
    ['a wait for nothing', inARow({ kind: 'wait' }), ['s1 no_wait']],
    ['an address that is none', inARow({ kind: 'webhook', url: 'x' }), ['s1 url']],
    [
      'a task of nobody',
      inARow({ kind: 'task', title: '', owner: 'member', dueInDays: 1 }),
      ['s1 no_title', 's1 no_member'],
    ],
    [
      'a circle behind a wait is sound',
      inARow({ kind: 'wait', for: { n: 1, unit: 'days' } }, { kind: 'condition', filter: 'x', yes: 's1', no: 'out' }),
      [],
    ],
    ['a circle without one is not', inARow({ kind: 'condition', filter: 'x', yes: 's1', no: 'out' }), ['s1 circle']],
    [
      'the same name twice',
      {
        start: 'out',
        nodes: [
          { id: 'out', kind: 'exit' },
          { id: 'out', kind: 'goal' },
        ] as never,
      },
      ['out twice'],
    ],
  ])('%s', (_name, steps, problems) => {
    expect(codes(steps)).toEqual(problems);
  });

  test('the entry says by what', () => {
    expect(codes(inARow(), { entry: { kind: 'fact', fact: '' } })).toEqual(['null no_fact']);
    expect(codes(inARow(), { entry: { kind: 'date', of: '' } })).toEqual(['null no_date']);
  });
});

test('a goal ends it wherever somebody stands; who is refused goes on as the others where nothing else is said', () => {
  const steps = drawing(inARow({ kind: 'message', contentId: '0193ffff-0000-7000-8000-000000000001' }), {
    goal: 'everyone',
  });
  const node = nodesOf(steps).get('s1')!;
  const happened = { goal: false, holds: null, drawn: 0, result: 'refused' as const, said: { reasons: ['pressure'] } };
  expect(moveFrom(node, steps, happened)).toMatchObject({ result: 'refused', to: 'out', outcome: null });
  expect(moveFrom(node, steps, { ...happened, goal: true })).toMatchObject({
    result: 'goal',
    outcome: 'goal',
    to: null,
  });
});

test('a dry run of what goes round for ever comes to an end', () => {
  const steps = drawing(
    inARow({ kind: 'wait', for: { n: 1, unit: 'days' } }, { kind: 'condition', filter: 'x', yes: 's1', no: 's1' }),
  );
  const world = {
    goal: false,
    holds: new Set<string>(),
    zone: 'UTC',
    day: null,
    draw: () => 0,
    message: () => ({ result: 'sent' as const, said: {} }),
    holders: 'go' as const,
  };
  const walked = walk(steps, world, new Date('2026-01-01'));
  expect(walked.outcome).toBeNull();
  expect(walked.steps.length).toBe(101);
});
