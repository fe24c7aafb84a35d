import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { refusals } from './contract.ts';
import { mapFacts, valueAt } from './mapping.ts';
import {
  isBot,
  type KindRule,
  keptSince,
  mayTrack,
  ownerAt,
  readAmount,
  readFacts,
  readInstant,
  readTagKey,
  readToken,
  writeTagKey,
} from './rules.ts';
import type { Mapping } from './sources-contract.ts';

const now = new Date('2026-06-15T12:00:00Z');
const kind = (said: Partial<KindRule> = {}): KindRule => ({
  ...{
    no: 1,
    fields: new Map(),
    hasAmount: true,
    keepMonths: 12,
    asksConsent: false,
    withoutConsent: 'refuse',
    ended: false,
  },
  ...said,
});
const fields: KindRule['fields'] = new Map([
  ['page', { type: 'text', choices: [] }],
  ['items', { type: 'number', choices: [] }],
  ['vip', { type: 'boolean', choices: [] }],
  ['on', { type: 'date', choices: [] }],
  ['size', { type: 'choice', choices: ['s', 'm'] }],
]);
const kinds = new Map([['order', kind({ fields })]]);
const judging = { kinds, country: 'FR', now };

/** Something like a fact, whose parts may be anything. */
const anything = fc.anything({ withBigInt: false, withNullPrototype: true, withObjectString: true });
const wild = fc.record(
  {
    externalId: fc.oneof(fc.string(), anything),
    kind: fc.oneof(fc.constantFrom('order', 'constructor', '__proto__', 'toString'), anything),
    at: fc.oneof(
      fc.date({ noInvalidDate: true }).map((at) => at.toISOString()),
      anything,
    ),
    email: fc.oneof(fc.emailAddress(), anything),
    phone: anything,
    visitor: anything,
    customer: fc.oneof(fc.record({ system: fc.string(), id: anything }), anything),
    amount: fc.oneof(fc.record({ value: anything, currency: anything }), anything),
    props: fc.oneof(
      fc.dictionary(fc.constantFrom('page', 'items', 'vip', 'on', 'size', '__proto__'), anything),
      anything,
    ),
    consent: anything,
  },
  { requiredKeys: [] },
);

test('whatever is sent, each line is taken or refused with a code, in its place, and nothing is thrown', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(wild, anything), { maxLength: 20 }), (lines) => {
      const { sound, refused } = readFacts(lines, judging);
      expect([...sound, ...refused].map(({ no }) => no).sort((a, b) => a - b)).toEqual(lines.map((_, no) => no));
      for (const { code } of refused) expect(refusals).toContain(code);
      for (const { at, externalId, props } of sound) {
        expect(at.getTime()).toBeLessThanOrEqual(now.getTime() + 10 * 60_000);
        expect(at >= keptSince(now, 12)).toBe(true);
        expect(externalId.length).toBeGreaterThan(0);
        for (const [key, value] of Object.entries(props ?? {})) {
          expect(fields.has(key)).toBe(true);
          expect(['string', 'number', 'boolean']).toContain(typeof value);
          expect(JSON.stringify(value)).not.toContain('\\u0000');
        }
      }
    }),
    { numRuns: 500 },
  );
});

test('a sound fact is taken as it is, in whichever order it comes', () => {
  const fact = fc.record({
    externalId: fc.uuid(),
    at: fc.date({ min: keptSince(now, 12), max: now, noInvalidDate: true }).map((at) => at.toISOString()),
    kind: fc.constant('order'),
    email: fc.constant('lea@client.example'),
    props: fc.record(
      { items: fc.integer(), vip: fc.boolean(), on: fc.constant('2026-02-28'), size: fc.constantFrom('s', 'm') },
      { requiredKeys: [] },
    ),
  });
  fc.assert(
    fc.property(fc.uniqueArray(fact, { selector: ({ externalId }) => externalId }), (facts) => {
      const { sound, refused } = readFacts(facts, judging);
      expect(refused).toEqual([]);
      expect(sound.map(({ at, props }) => [at.toISOString(), props ?? {}])).toEqual(
        facts.map(({ at, props }) => [at, props]),
      );
    }),
  );
});

test('instants have an offset, and days that are', () => {
  const table: [unknown, string | undefined][] = [
    ['2026-01-31T14:05:00+01:00', '2026-01-31T13:05:00.000Z'],
    ['2026-01-31 14:05Z', '2026-01-31T14:05:00.000Z'],
    ['2026-01-31T14:05:00.123456Z', '2026-01-31T14:05:00.123Z'],
    ['2026-01-31T14:05:00', undefined],
    ['2026-02-30T14:05:00Z', undefined],
    ['2026-13-01T14:05:00Z', undefined],
    ['1969-12-31T00:00:00Z', undefined],
    [1767225600, undefined],
    ['', undefined],
  ];
  for (const [said, due] of table) expect(readInstant(said)?.toISOString()).toBe(due);
});

test('amounts are numbers in digits, with four decimals at most', () => {
  const table: [unknown, string | undefined][] = [
    [12.5, '12.5'],
    [0.1 + 0.2, '0.3'],
    ['12.50', '12.50'],
    ['-3', '-3'],
    ['1e5', undefined],
    [1e13, undefined],
    [Number.NaN, undefined],
    [Number.POSITIVE_INFINITY, undefined],
    ['12,50', undefined],
    ['1.23456', undefined],
    [null, undefined],
  ];
  for (const [said, due] of table) expect(readAmount(said)).toBe(due);
  fc.assert(
    fc.property(fc.double({ min: -1e12, max: 1e12, noNaN: true }), (value) => {
      expect(Number(readAmount(value))).toBeCloseTo(value, 3);
    }),
  );
});

describe('whom tracking may follow', () => {
  const at = new Date('2026-06-10T00:00:00Z');
  const [before, after] = [new Date('2026-06-01T00:00:00Z'), new Date('2026-06-12T00:00:00Z')];
  const given = (since: Date | null, purposes: string[] | null = null) => ({ consent: 'given', since, purposes });
  const objected = { consent: 'objected', since: before, purposes: null };
  const table: [string, boolean, Parameters<typeof mayTrack>][] = [
    ['nobody of whom nothing is known', false, [{ at, consent: false }, undefined, undefined]],
    ['who agreed, as the source says', true, [{ at, consent: true }, undefined, undefined]],
    ['who agreed with us before', true, [{ at, consent: false }, given(before), undefined]],
    ['not who agreed with us later', false, [{ at, consent: false }, given(after), undefined]],
    ['who agreed, nobody knows when', true, [{ at, consent: false }, given(null), undefined]],
    ['not who agreed to something else', false, [{ at, consent: false }, given(before, ['newsletter']), undefined]],
    ['who agreed to that', true, [{ at, consent: false }, given(before, ['tracking']), undefined]],
    [
      'not who objected, whatever the source says',
      false,
      [{ at, consent: true }, objected, { agreed: before, withdrawn: null }],
    ],
    ['whose browser agreed', true, [{ at, consent: false }, undefined, { agreed: before, withdrawn: null }]],
    [
      'not whose browser does not any more',
      false,
      [{ at, consent: true }, undefined, { agreed: before, withdrawn: after }],
    ],
    ['whose browser agreed again', true, [{ at, consent: true }, undefined, { agreed: before, withdrawn: before }]],
  ];
  test.each(table)('%s: %s', (_, due, said) => expect(mayTrack(...said)).toBe(due));
});

test('an alias is whose it was last at that time, and before the first the first one’s', () => {
  const owners = ['2026-01-01', '2026-03-01'].map((since, at) => ({ since: new Date(since), subjectId: 'ab'[at]! }));
  const at = (day: string) => ownerAt(owners, new Date(day));
  expect([at('2025-01-01'), at('2026-01-01'), at('2026-02-28'), at('2026-03-01'), ownerAt([], now)]).toEqual([
    'a',
    'a',
    'a',
    'b',
    undefined,
  ]);
});

test('tokens that nobody signed are none, whatever stands in them', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        anything,
        fc.array(fc.base64String(), { minLength: 3, maxLength: 3 }).map((parts) => parts.join('.')),
      ),
      (token) => {
        expect(readToken(token, Buffer.from('secret'), now)).toBe(undefined);
      },
    ),
  );
});

test('a site’s key leads to its workspace and source; anything else to nothing', () => {
  fc.assert(
    fc.property(fc.uuid(), fc.uuid(), (workspaceId, sourceId) => {
      expect(readTagKey(writeTagKey(workspaceId, sourceId))).toEqual({ workspaceId, sourceId });
    }),
  );
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(readTagKey(text)).toBe(null);
    }),
  );
});

test('places in JSON are its own, and what is mapped is judged as everything is', () => {
  const path = fc
    .array(fc.constantFrom('a', 'b', '0', '__proto__', 'constructor', 'length'), { maxLength: 4 })
    .map((names) => names.join('.'));
  fc.assert(
    fc.property(anything, path, (value, at) => {
      expect(typeof valueAt(value, at)).not.toBe('function');
    }),
    {
      examples: [[{ a: {} }, 'a.constructor']],
    },
  );
  fc.assert(
    fc.property(anything, path, path, path, (body, items, externalId, email) => {
      const mapping: Mapping = {
        ...{
          items,
          externalId,
          at: 'a',
          kind: { fixed: 'order', path: '' },
          email,
          phone: 'b',
          customerSystem: 'erp',
          customerId: '',
        },
        ...{ amount: 'b', currency: { fixed: 'EUR', path: '' }, props: { page: 'a.b' } },
      };
      const facts = mapFacts(mapping, body);
      const { sound, refused } = readFacts(facts, judging);
      expect(sound.length + refused.length).toBe(facts.length);
    }),
  );
});

test('programs that visit pages are told from people', () => {
  expect(
    isBot(
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
    ),
  ).toBe(false);
  expect(
    isBot(
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
    ),
  ).toBe(false);
  for (const agent of [
    undefined,
    '',
    'curl/8.5.0',
    'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)',
    'Mozilla/5.0 HeadlessChrome/140.0',
  ])
    expect(isBot(agent)).toBe(true);
});
