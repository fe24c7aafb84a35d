import { describe, expect, test } from 'vitest';
import { fieldClass } from '../delegation/field-classes.ts';
import { isNoSuchMailbox, judgeFailure, pauseAfter } from './answers.ts';
import type { Load } from './pressure.ts';
import {
  beginOf,
  decide,
  type GateFacts,
  type GrantFacts,
  isPrivateAddress,
  isPrivatePoint,
  type PersonFacts,
} from './rules.ts';
import type { Way } from './ways-contract.ts';

const now = new Date('2026-11-28T10:00:00Z');
const grant = (change: Partial<GrantFacts> = {}): GrantFacts => ({
  grantId: 'g',
  version: 1,
  cardId: 'c',
  bookId: 'b',
  distance: 1,
  startsAt: new Date('2026-01-01'),
  endsAt: null,
  askFirst: false,
  purposes: [],
  channels: [],
  mask: -1,
  fieldClass: fieldClass.emailWork,
  quota: null,
  ...change,
});
const facts = (change: Partial<GateFacts> = {}): GateFacts => ({
  purpose: 'service',
  channel: 'email',
  hasMailServer: true,
  own: false,
  grants: [grant()],
  consent: 'unknown',
  health: 'unknown',
  objectedTo: [],
  suppressed: false,
  privateAddress: false,
  ...change,
});

/** An answer to what they wrote, by when they objected and when they last wrote. */
const answerAt = (objectedAt: string, lastInAt: string): Partial<GateFacts> => ({
  manner: 'answer',
  answering: { objectedAt: new Date(objectedAt), lastInAt: new Date(lastInAt) },
});

describe('the gate', () => {
  test.each<[string, Partial<GateFacts>, string[]]>([
    ['a grant for writing', {}, []],
    ['one’s own card, without any grant', { own: true, grants: [] }, []],
    ['no grant', { grants: [] }, ['no_grant']],
    ['a grant to come', { grants: [grant({ startsAt: new Date('2027-01-01') })] }, ['not_begun']],
    ['a grant that is over', { grants: [grant({ endsAt: now })] }, ['ended']],
    ['ask-first', { grants: [grant({ askFirst: true })] }, ['ask_first']],
    ['another purpose', { grants: [grant({ purposes: ['survey'] })] }, ['purpose']],
    ['the purpose among others', { grants: [grant({ purposes: ['survey', 'service'] })] }, []],
    ['another way', { grants: [grant({ channels: ['phone'] })] }, ['channel']],
    ['an address that is left out', { grants: [grant({ mask: ~(1 << fieldClass.emailWork) })] }, ['field']],
    ['a quota with room', { grants: [grant({ quota: { count: 2, used: 1 } })] }, []],
    ['a quota that is used up', { grants: [grant({ quota: { count: 2, used: 2 } })] }, ['quota']],
    ['an objection, to one’s own contact too', { own: true, consent: 'objected' }, ['objected']],
    ['an objection to this purpose', { objectedTo: ['service'] }, ['objected_purpose']],
    [
      'what the law has them told, though they object',
      { ofRight: true, consent: 'objected', objectedTo: ['service'] },
      [],
    ],
    ['what the law has them told, to a dead address', { ofRight: true, consent: 'objected', health: 'dead' }, ['dead']],
    ['an objection to another purpose', { objectedTo: ['newsletter'] }, []],
    ['advertising to a private address', { purpose: 'newsletter', privateAddress: true }, ['no_consent']],
    ['advertising to who agreed', { purpose: 'prospecting', privateAddress: true, consent: 'given' }, []],
    ['advertising to a business address', { purpose: 'prospecting' }, []],
    ['service to a private address', { privateAddress: true }, []],
    ['a dead address', { health: 'dead' }, ['dead']],
    ['a suppressed address', { suppressed: true }, ['suppressed']],
    ['no outgoing mail', { hasMailServer: false }, ['no_mail_server']],
    ['no channel', { channel: 'message', hasChannel: false }, ['no_channel']],
    [
      'many things at once',
      {
        grants: [grant({ endsAt: now, purposes: ['survey'], quota: { count: 1, used: 1 } })],
        consent: 'objected',
        health: 'dead',
        suppressed: true,
      },
      ['ended', 'purpose', 'quota', 'objected', 'dead', 'suppressed'],
    ],
    [
      'several grants that object: the nearest miss is told',
      { grants: [grant({ channels: ['phone'], askFirst: true }), grant({ purposes: ['survey'] })] },
      ['purpose'],
    ],
    [
      'a grant that is over beside one that stands: the latter’s reasons are told',
      { grants: [grant({ endsAt: now }), grant({ purposes: ['survey'], askFirst: true })] },
      ['ask_first', 'purpose'],
    ],
  ])('%s', (_name, change, reasons) => {
    expect(decide(facts(change), now)).toMatchObject({ allowed: reasons.length === 0, reasons });
  });

  const person = (change: Partial<PersonFacts> = {}): PersonFacts => ({
    asking: { messageId: null, planId: null, channel: 'email', weight: 2, priority: 2 },
    caps: [{ days: 7, channel: null, most: 4 }],
    loads: [],
    ...{ complained: false, waits: false, lapsed: false },
    ...change,
  });
  const load = (change: Partial<Load> = {}): Load => ({
    ...{ state: 'left', id: 'l', at: new Date('2026-11-25T10:00:00Z'), channel: 'email', weight: 3, priority: 3 },
    ...change,
  });
  const bulk = { purpose: 'newsletter', manner: 'bulk' } as const;
  const heavy = { loads: [load()] };

  test.each<[string, Partial<GateFacts>, string[]]>([
    ['somebody who has received nothing', { ...bulk, person: person() }, []],
    ['somebody who has received too much', { ...bulk, person: person(heavy) }, ['pressure']],
    ['too much, by hand', { purpose: 'newsletter', person: person(heavy) }, ['pressure']],
    [
      'too much, with what weighs nothing',
      { person: person({ ...heavy, asking: { ...person().asking, weight: 0 } }) },
      [],
    ],
    ['too much, what the law has them told', { ...bulk, ofRight: true, person: person(heavy) }, []],
    ['too much, an answer', { manner: 'answer', person: person(heavy) }, []],
    ['a complaint, in bulk', { ...bulk, person: person({ complained: true }) }, ['cooling_complaint']],
    [
      'a complaint, by a scenario',
      { manner: 'automated', person: person({ complained: true }) },
      ['cooling_complaint'],
    ],
    ['a complaint, by hand', { person: person({ complained: true }) }, []],
    ['an open ticket, advertising in bulk', { ...bulk, person: person({ waits: true }) }, ['open_ticket']],
    ['an open ticket, service in bulk', { manner: 'bulk', person: person({ waits: true }) }, []],
    ['an open ticket, advertising by hand', { purpose: 'prospecting', person: person({ waits: true }) }, []],
    ['a prospect of long ago', { purpose: 'prospecting', person: person({ lapsed: true }) }, ['retention']],
    ['a prospect of long ago, about service', { person: person({ lapsed: true }) }, []],
    [
      'an answer to who wrote after they objected',
      { ...answerAt('2026-11-20', '2026-11-21'), consent: 'objected' },
      [],
    ],
    [
      'an answer to who objected after they wrote',
      { ...answerAt('2026-11-22', '2026-11-21'), consent: 'objected' },
      ['objected'],
    ],
    ['an answer for a purpose they object to', { manner: 'answer', objectedTo: ['service'] }, []],
    ['an answer to a dead address', { manner: 'answer', health: 'dead' }, ['dead']],
  ])('%s', (_name, change, reasons) => {
    expect(decide(facts({ own: true, grants: [], ...change }), now)).toMatchObject({
      allowed: reasons.length === 0,
      reasons,
    });
  });

  test('lets go later where only time stands in the way, and never has an answer wait', () => {
    const later = { at: new Date('2026-11-29T07:00:00Z'), reasons: ['quiet_hours' as const] };
    expect(decide(facts({ later }), now)).toMatchObject({ allowed: true, later });
    expect(decide(facts({ later, health: 'dead' }), now)).toMatchObject({ allowed: false, later: null });
    expect(decide(facts({ later, manner: 'answer' }), now)).toMatchObject({ allowed: true, later: null });
    expect(decide(facts({ later: { ...later, at: now } }), now)).toMatchObject({ allowed: true, later: null });
  });

  test('uses one card of each book whose grants agree, the grant made most nearly to the author', () => {
    const near = grant({ grantId: 'near', distance: 1 });
    const far = grant({ grantId: 'far', distance: 3 });
    const other = grant({ grantId: 'other', bookId: 'b2', cardId: 'c2' });
    const wrong = grant({ grantId: 'wrong', bookId: 'b3', askFirst: true });
    const { through } = decide(facts({ grants: [far, wrong, near, other] }), now);
    expect(through.map(({ grantId }) => grantId).sort()).toEqual(['near', 'other']);
    expect(decide(facts({ own: true }), now).through).toEqual([]);
  });
});

test.each([
  [fieldClass.emailWork, 'a@exemple.fr', true, false],
  [fieldClass.emailWork, 'a@gmail.com', true, true],
  [fieldClass.emailPrivate, 'a@exemple.fr', true, true],
  [fieldClass.emailUnlabelled, 'a@exemple.fr', true, false],
  [fieldClass.emailUnlabelled, 'a@exemple.fr', false, true],
])('an address of class %i, %s, with a company %s: private %s', (kind, address, atCompany, expected) => {
  expect(isPrivateAddress([{ fieldClass: kind, address, atCompany }])).toBe(expected);
});

test.each([
  ['day', '2026-11-28'],
  ['week', '2026-11-23'],
  ['month', '2026-11-01'],
  ['year', '2026-01-01'],
])('the %s of 28 November 2026 began on %s', (period, first) => {
  expect(beginOf(period, now)).toBe(first);
});

describe('a mail server’s answer', () => {
  const failure = { certificate: false, handedOver: false };
  test.each([
    [{ code: 'EENVELOPE', command: 'RCPT TO', replyCode: 550, enhanced: '5.1.1' }, 'failed', 'recipient 550 5.1.1'],
    [{ code: 'EENVELOPE', command: 'RCPT TO', replyCode: 451 }, 'later', 'recipient 451'],
    [{ code: 'EENVELOPE', command: 'MAIL FROM', replyCode: 553 }, 'failed', 'sender 553'],
    [{ code: 'EMESSAGE', command: 'DATA', replyCode: 554, handedOver: true }, 'failed', 'content 554'],
    [{ code: 'EMESSAGE', command: 'DATA', replyCode: 452, handedOver: true }, 'later', 'content 452'],
    [{ code: 'EAUTH', command: 'AUTH PLAIN', replyCode: 535, enhanced: '5.7.8' }, 'later', 'authentication 535 5.7.8'],
    [{ code: 'ESOCKET', command: 'CONN' }, 'later', 'connection'],
    [{ code: 'ECONNECTION', command: 'CONN', handedOver: true }, 'in_doubt', 'no_answer'],
    [{ code: 'ETIMEDOUT', command: 'CONN' }, 'later', 'timeout'],
    [{ code: 'ETIMEDOUT', command: 'CONN', handedOver: true }, 'in_doubt', 'no_answer'],
    [{ code: 'EDNS', command: 'CONN' }, 'later', 'dns'],
    [{ code: 'ETLS', command: 'STARTTLS' }, 'later', 'tls'],
    [{ code: 'ESOCKET', command: 'CONN', certificate: true }, 'later', 'certificate'],
  ])('%o is %s: %s', (said, state, answer) => {
    expect(judgeFailure({ ...failure, ...said })).toEqual({ state, answer });
  });

  test('that there is no such mailbox is not that it does not want us', () => {
    expect(['recipient 550 5.1.1', 'recipient 550', 'recipient 550 5.7.1', 'content 550'].map(isNoSuchMailbox)).toEqual(
      [true, true, false, false],
    );
  });

  test('attempts end after nearly two days', () => {
    const pauses = Array.from({ length: 8 }, (_, at) => pauseAfter(at + 1));
    expect(pauses.slice(0, 2)).toEqual([2, 10]);
    expect(pauses.reduce<number>((sum, pause) => sum + (pause ?? 0), 0)).toBe(2682);
    expect(pauses[7]).toBeNull();
  });
});

test.each<[Way, keyof typeof fieldClass, boolean, boolean]>([
  ['sms', 'phonePrivate', true, true],
  ['sms', 'mobileWork', false, false],
  ['sms', 'mobileUnlabelled', true, false],
  ['sms', 'mobileUnlabelled', false, true],
  ['sms', 'phoneUnlabelled', false, true],
  ['whatsapp', 'mobileWork', true, true],
  ['email', 'emailWork', true, false],
  ['email', 'emailUnlabelled', false, true],
])('by %s a %s (at a company: %s) is private: %s', (way, of, atCompany, wanted) => {
  const address = way === 'email' ? 'ada@firma.example' : '+33612345678';
  expect(isPrivatePoint(way, [{ fieldClass: fieldClass[of], address, atCompany }])).toBe(wanted);
});
