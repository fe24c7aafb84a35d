import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import * as cards from '../cards/contract.ts';
import * as delegation from '../delegation/contract.ts';
import { fieldClass } from '../delegation/field-classes.ts';
import { lend } from '../delegation/testing.ts';
import type { Tx } from '../kernel/database.ts';
import { type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import type { GateRules, Manner } from './contract.ts';
import { askPeople, estimateTarget } from './estimating.ts';
import { askGates, type Wish } from './gate.ts';
import { countUnder, defaultRules, type Load, profileFor } from './pressure.ts';
import { type MailSink, openMailSink, setUpMail } from './testing.ts';
import { stopByAnswer } from './unsubscribe.ts';
import { channelOf, type Way } from './ways-contract.ts';

// The whole gate, by mail, SMS and WhatsApp, through the real database, against a model of it that knows nothing of how it is made: worlds by lot, clocks on nights that are changed.

let app: TestApp;
let alice: Member;
let bob: Member;
let sink: MailSink;
let books: string[];
let people: Someone[];

type Channel = ReturnType<typeof channelOf>;

/** Somebody of whom Bob sees everything. */
interface Someone {
  personId: string;
  points: { id: string; channel: Channel; isPrivate: boolean }[];
  /** Bob's own, or which of Alice's books. */
  book: number | 'own';
  zone: string;
}

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Stone');
  sink = await openMailSink();
  await setUpMail(alice, sink.port);
  books = [];
  for (const name of ['North', 'South']) {
    const { id } = await alice.call(delegation.createBook, { name });
    await lend(alice, id, { grantee: { kind: 'workspace' }, acts: ['read', 'contact'] });
    books.push(id);
  }
  const mine = (await bob.call(delegation.listBooks, {})).items.find(({ mine: own, main }) => own && main)!.id;
  people = [
    await make(
      alice,
      books[0]!,
      0,
      'Ann One',
      ['ann@one.example', 'ann1@gmail.com'],
      ['+33 6 12 34 56 01', 'home +33 6 12 34 56 02'],
      'Europe/Paris',
      'France',
    ),
    await make(alice, books[0]!, 0, 'Ben Two', ['ben@two.example'], ['+977 984 1234567'], 'Asia/Kathmandu', 'Nepal'),
    await make(alice, books[1]!, 1, 'Cat Three', ['cat3@gmail.com'], ['home +44 7911 123456'], 'Europe/London'),
    await make(
      bob,
      mine,
      'own',
      'Dan Four',
      ['dan@four.example', 'dan4@free.fr'],
      ['work +33 6 12 34 56 03', '+33 6 12 34 56 04'],
      'Europe/Paris',
    ),
  ];
  await app.settle();
  for (const [no, kind] of ['sms_ovh', 'whatsapp'].entries())
    await app.query(
      `insert into conversations.channel (workspace_id, channel_id, channel_no, kind, name, settings, state, created_by)
       values ($1, gen_random_uuid(), $2, $3, $3, '{}', 'working', $4)`,
      [alice.me.workspace.id, 900 + no, kind, alice.me.memberId],
    );
});
afterAll(async () => {
  vi.useRealTimers();
  await app.close();
  await sink.close();
});

async function make(
  who: Member,
  bookId: string,
  book: Someone['book'],
  full: string,
  emails: string[],
  phones: string[],
  zone: string,
  country?: string,
): Promise<Someone> {
  const fields: cards.FieldInput[] = [
    { kind: 'name', value: { full } },
    { kind: 'organization', value: { name: 'Exemple' } },
    ...emails.map((value) => ({ kind: 'email' as const, value: { value, type: 'work' as const } })),
    ...(country ? [{ kind: 'address' as const, value: { city: 'Somewhere', country } }] : []),
    ...phones.map((said) => {
      const [, place, raw] = /^(home|work)? ?(\+.*)$/.exec(said) as unknown as [
        string,
        'home' | 'work' | undefined,
        string,
      ];
      return { kind: 'phone' as const, value: { raw, type: 'mobile' as const, ...(place && { place }) } };
    }),
    ...(zone === 'Europe/London' ? [{ kind: 'phone' as const, value: { raw: '+44 20 7946 0958' } }] : []),
  ];
  const { id: personId } = await who.call(cards.createCard, { bookId, fields });
  const held = await app.query<{ id: string; kind: string; value: { value?: string; type?: string; place?: string } }>(
    `select contact_point_id as id, kind, value from cards.card_field where card_id = $1 and contact_point_id is not null order by no`,
    [personId],
  );
  const points = held.flatMap(({ id, kind, value }): Someone['points'] => {
    if (kind === 'email') return [{ id, channel: 'email', isPrivate: /gmail|free/.test(value.value!) }];
    return kind === 'phone' && value.type === 'mobile'
      ? [{ id, channel: 'message', isPrivate: value.place === 'home' }]
      : [];
  });
  return { personId, points, book, zone };
}

const purposes = ['service', 'newsletter', 'prospecting', 'invitation'] as const;
type Purpose = (typeof purposes)[number];

/** Hours before or after the clock of the world. */
interface Mail {
  person: number;
  point: number;
  channel: Channel;
  hours: number;
  state: 'left' | 'queued' | 'planned';
  weight: number;
  priority: number;
}
interface World {
  /** When it is: an instant on or near a night that is changed, or any. */
  now: number;
  consents: {
    consent: 'unknown' | 'given' | 'objected';
    only: Purpose | null;
    dead: boolean;
    suppressed: boolean;
    objectedTo: Purpose | null;
    complainedDays: number | null;
    /** They answered STOP to a short message. */
    stopped: boolean;
  }[];
  grants: {
    purposes: Purpose[];
    askFirst: boolean;
    channel: 'email' | 'message' | 'phone' | null;
    quota: { count: number; used: number } | null;
  }[];
  mails: Mail[];
  rules: GateRules;
  /** Channels of the company's that work. */
  roads: Way[];
}
interface Question {
  person: number;
  point: number;
  way: Way;
  purpose: Purpose;
  manner: Manner;
  ofRight: boolean;
  priority: number;
}

const nights = [
  '2027-03-27T20:00Z',
  '2027-10-30T20:00Z',
  '2027-03-28T00:50Z',
  '2027-10-31T00:20Z',
  '2027-06-15T12:00Z',
];
const time = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom('00', '30'))
  .map(([hour, minutes]) => `${String(hour).padStart(2, '0')}:${minutes}`);
const seldom = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: null, freq: 2 });
const caps = fc.array(
  fc.record({
    days: fc.constantFrom(1, 7, 30),
    channel: fc.constantFrom(null, null, 'email' as const, 'message' as const, 'phone' as const),
    most: fc.integer({ min: 0, max: 9 }),
  }),
  { maxLength: 2 },
);
const rules: fc.Arbitrary<GateRules> = fc.record({
  weights: fc.constant(defaultRules.weights),
  profiles: fc.tuple(caps, caps).map(([first, second]) => [
    { key: 'default', name: '', fits: null, caps: first },
    { key: 'home', name: 'Home', fits: { purposes: [], address: 'private' as const }, caps: second },
  ]),
  quiet: fc.option(
    fc.record({
      from: time,
      to: time,
      weekdays: fc.subarray([1, 3, 6, 7]),
      dates: fc.constant(['2027-06-15']),
      holidays: fc.constantFrom([], ['FR' as const]),
      personal: fc.boolean(),
      zone: fc.constant(null),
    }),
  ),
  ...{ domainPerHour: fc.constant(null), mailboxPerDay: fc.constant(null) },
  complaintDays: fc.constantFrom(0, 90),
  openTicket: fc.constant(true),
  retentionMonths: fc.constant(0),
});
const world: fc.Arbitrary<World> = fc.record({
  now: fc
    .tuple(fc.constantFrom(...nights), fc.integer({ min: 0, max: 600 }))
    .map(([night, minutes]) => Date.parse(night) + minutes * 60_000),
  consents: fc.array(
    fc.record({
      consent: fc.constantFrom(
        'unknown' as const,
        'unknown' as const,
        'given' as const,
        'given' as const,
        'objected' as const,
      ),
      only: fc.constantFrom(null, null, ...purposes),
      dead: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
      suppressed: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
      objectedTo: fc.constantFrom(null, null, null, ...purposes),
      complainedDays: fc.constantFrom(null, null, null, 10, 100),
      stopped: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
    }),
    { minLength: 16, maxLength: 16 },
  ),
  grants: fc.array(
    fc.record({
      purposes: fc.oneof(fc.constant<Purpose[]>([]), fc.subarray<Purpose>([...purposes])),
      askFirst: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
      channel: fc.constantFrom(null, null, 'email' as const, 'message' as const, 'phone' as const),
      quota: seldom(fc.record({ count: fc.integer({ min: 1, max: 3 }), used: fc.integer({ min: 0, max: 3 }) })),
    }),
    { minLength: 2, maxLength: 2 },
  ),
  mails: fc.array(
    fc.record({
      ...{
        person: fc.nat(3),
        point: fc.nat(1),
        channel: fc.constantFrom('email' as const, 'message' as const),
        state: fc.constantFrom('left' as const, 'queued' as const, 'planned' as const),
      },
      ...{
        hours: fc.integer({ min: -800, max: 200 }),
        weight: fc.integer({ min: 1, max: 4 }),
        priority: fc.integer({ min: 0, max: 4 }),
      },
    }),
    { maxLength: 14 },
  ),
  rules,
  roads: fc.constantFrom<Way[]>(['sms', 'whatsapp'], ['sms', 'whatsapp'], ['sms'], ['whatsapp'], []),
});
const question: fc.Arbitrary<Question> = fc.record({
  ...{ person: fc.nat(3), point: fc.nat(1), purpose: fc.constantFrom(...purposes) },
  way: fc.constantFrom<Way>('email', 'sms', 'whatsapp'),
  manner: fc.constantFrom(
    'personal' as const,
    'bulk' as const,
    'bulk' as const,
    'automated' as const,
    'answer' as const,
  ),
  ofRight: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
  priority: fc.integer({ min: 0, max: 4 }),
});

const pointOf = ({
  person,
  point,
  ...of
}: { person: number; point: number } & ({ channel: Channel } | { way: Way })) => {
  const channel = 'way' in of ? channelOf(of.way) : of.channel;
  const points = people[person]!.points.filter((one) => one.channel === channel);
  return points[point % points.length]!;
};
const numberOf = (id: string) => people.flatMap(({ points }) => points).findIndex((point) => point.id === id);

// The model.

/** What a mistake in the gate would look like: each is to be noticed. */
const faults = [
  'plans',
  'queued',
  'other_points',
  'window',
  'objection',
  'purpose_objection',
  'consent_list',
  'complaint',
  'quota',
  'quiet_zone',
  'profile',
  'priority',
  'answer',
  'ask_first',
  'no_channel',
  'grant_channel',
  'cap_channel',
  'whatsapp_consent',
  'stop',
] as const;
type Fault = (typeof faults)[number];

function expected(of: World, asked: Question, fault: Fault | null = null): { reasons: string[]; later: number | null } {
  const someone = people[asked.person]!;
  const point = pointOf(asked);
  const said = of.consents[numberOf(point.id)]!;
  const free = asked.ofRight || (asked.manner === 'answer' && fault !== 'answer');
  const reasons: string[] = [];
  if (someone.book !== 'own') {
    const grant = of.grants[someone.book]!;
    if (grant.askFirst && fault !== 'ask_first') reasons.push('ask_first');
    if (grant.purposes.length > 0 && !grant.purposes.includes(asked.purpose)) reasons.push('purpose');
    if (grant.channel && grant.channel !== channelOf(asked.way) && fault !== 'grant_channel') reasons.push('channel');
    if (grant.quota && grant.quota.used >= grant.quota.count && fault !== 'quota') reasons.push('quota');
  }
  const ads = asked.purpose === 'newsletter' || asked.purpose === 'prospecting';
  if (asked.way !== 'email' && !of.roads.includes(asked.way) && fault !== 'no_channel') reasons.push('no_channel');
  const stopped = point.channel === 'message' && said.stopped && fault !== 'stop';
  if ((said.consent === 'objected' || stopped) && !asked.ofRight && fault !== 'objection') reasons.push('objected');
  if (said.objectedTo === asked.purpose && !free && fault !== 'purpose_objection') reasons.push('objected_purpose');
  const agreed =
    said.consent === 'given' &&
    !stopped &&
    (said.only === null || said.only === asked.purpose || fault === 'consent_list');
  if (ads && isPrivate(asked, fault) && !agreed && asked.manner !== 'answer') reasons.push('no_consent');
  if (said.dead) reasons.push('dead');
  if (said.suppressed) reasons.push('suppressed');
  const mass = asked.manner === 'bulk' || asked.manner === 'automated';
  if (!free && overdrawn(of, asked, fault)) reasons.push('pressure');
  const complained = someone.points.some(({ id }) => {
    const { complainedDays } = of.consents[numberOf(id)]!;
    return complainedDays !== null && complainedDays < of.rules.complaintDays;
  });
  if (!free && mass && complained && fault !== 'complaint') reasons.push('cooling_complaint');
  const waits =
    reasons.length === 0 &&
    !free &&
    of.rules.quiet &&
    (mass || (asked.manner === 'personal' && of.rules.quiet.personal));
  return { reasons, later: waits ? firstFreeMinute(of, fault === 'quiet_zone' ? 'UTC' : someone.zone) : null };
}

/** By WhatsApp everybody is asked first; else it is what the card says of the address or number. */
const isPrivate = (asked: Question, fault: Fault | null): boolean =>
  pointOf(asked).isPrivate || (asked.way === 'whatsapp' && fault !== 'whatsapp_consent');

function overdrawn(of: World, asked: Question, fault: Fault | null): boolean {
  const someone = people[asked.person]!;
  const weight = of.rules.weights[asked.purpose];
  if (weight === 0) return false;
  const channel = channelOf(asked.way);
  for (const cap of of.rules.profiles[isPrivate(asked, fault) && fault !== 'profile' ? 1 : 0]!.caps) {
    if (cap.channel !== null && cap.channel !== channel) continue;
    let sum = weight;
    for (const mail of of.mails) {
      if (people[mail.person] !== someone) continue;
      if (cap.channel !== null && mail.channel !== channel && fault !== 'cap_channel') continue;
      if (fault === 'other_points' && pointOf(mail) !== pointOf(asked)) continue;
      if (mail.hours <= -24 * cap.days * (fault === 'window' ? 2 : 1)) continue;
      const ahead = mail.hours >= 24 * cap.days;
      if (mail.state === 'planned' && (mail.priority <= asked.priority || ahead || fault === 'plans')) continue;
      if (
        mail.state === 'queued' &&
        ((mail.priority < asked.priority && fault !== 'priority') || ahead || fault === 'queued')
      )
        continue;
      sum += mail.weight;
    }
    if (sum > cap.most) return true;
  }
  return false;
}

/** Minute by minute, with what a clock there shows. */
function firstFreeMinute({ now, rules: { quiet } }: World, zone: string): number | null {
  const clock = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
  const isQuiet = (at: number) => {
    const [date, hour] = clock.format(at).split(' ') as [string, string];
    const { from, to, weekdays, dates } = quiet!;
    if (weekdays.includes(new Date(date).getUTCDay() || 7) || dates.includes(date)) return true;
    // Of 2027 near the worlds' nights: the Monday after Easter, and All Saints'.
    if (quiet!.holidays?.includes('FR') && ['2027-03-29', '2027-11-01'].includes(date)) return true;
    return from < to ? hour >= from && hour < to : from > to && (hour >= from || hour < to);
  };
  let at = now;
  while (isQuiet(at)) at += 60_000;
  return at === now ? null : at;
}

// The same world in the database.

async function enter(of: World): Promise<void> {
  const ws = alice.me.workspace.id;
  const run = app.query;
  for (const table of ['received', 'plan', 'complaint', 'suppression', 'objection', 'tally'])
    await run(`delete from outreach.${table} where workspace_id = $1`, [ws]);
  await run('update outreach.rules set rules = $2 where workspace_id = $1', [ws, JSON.stringify(of.rules)]);
  for (const [at, said] of of.consents.entries()) {
    const point = people.flatMap(({ points }) => points)[at];
    if (!point) continue;
    const only = said.consent === 'given' && said.only ? [said.only] : null;
    await run(
      'update cards.contact_point set consent = $2, consent_purposes = $3, health = $4 where contact_point_id = $1',
      [...[point.id, said.consent, only, said.dead ? 'dead' : 'unknown']],
    );
    if (said.suppressed)
      await run('insert into outreach.suppression values ($1, $2, $3)', [ws, point.id, alice.me.memberId]);
    if (said.objectedTo)
      await run(
        'insert into outreach.objection (workspace_id, contact_point_id, purpose, message_id) values ($1, $2, $3, gen_random_uuid())',
        [ws, point.id, said.objectedTo],
      );
    if (said.complainedDays !== null)
      await run('insert into outreach.complaint (workspace_id, contact_point_id, at) values ($1, $2, $3)', [
        ws,
        point.id,
        new Date(of.now - said.complainedDays * 86_400_000),
      ]);
    if (said.stopped && point.channel === 'message')
      await app.app.db.asSystem('keeper', (tx) => stopByAnswer(tx, ws, point.id));
  }
  for (const [kind, road] of [
    ['sms_ovh', 'sms'],
    ['whatsapp', 'whatsapp'],
  ] as const)
    await run('update conversations.channel set state = $3 where workspace_id = $1 and kind = $2', [
      ...[ws, kind, of.roads.includes(road) ? 'working' : 'paused'],
    ]);
  for (const [at, { purposes: allowed, askFirst, channel, quota }] of of.grants.entries()) {
    const [grant] = await run<{ grant_id: string; grantee_id: string }>(
      `update delegation.grant set purposes = $2, ask_first = $3, channels = $4, quota_count = $5, quota_period = $6, quota_each = false
       where book_id = $1 returning grant_id, grantee_id`,
      [books[at], allowed, askFirst, channel ? [channel] : [], quota?.count ?? null, quota ? 'year' : null],
    );
    if (quota)
      await run(
        `insert into outreach.tally (workspace_id, grant_id, card_id, period, begins_on, grantee_id, count) values ($1, $2, $2, 'year', '2027-01-01', $3, $4)`,
        [...[ws, grant!.grant_id, grant!.grantee_id, quota.used]],
      );
  }
  for (const mail of of.mails) {
    const values = [
      ws,
      pointOf(mail).id,
      alice.me.memberId,
      new Date(of.now + mail.hours * 3_600_000),
      mail.weight,
      mail.priority,
      mail.channel,
    ];
    if (mail.state === 'planned')
      await run(
        `insert into outreach.plan (workspace_id, plan_id, campaign_id, contact_point_id, author_id, planned_at, channel, weight, priority)
        values ($1, gen_random_uuid(), gen_random_uuid(), $2, $3, $4, $7, $5, $6)`,
        values,
      );
    else
      await run(
        `insert into outreach.received (workspace_id, message_id, contact_point_id, author_id, at, channel, weight, priority, has_left)
        values ($1, gen_random_uuid(), $2, $3, $4, $7, $5, $6, $8)`,
        [...values, mail.state === 'left'],
      );
  }
}

async function answers(of: World, asked: readonly Question[]) {
  await enter(of);
  vi.useFakeTimers({ toFake: ['Date'], now: of.now });
  const actor = { workspaceId: bob.me.workspace.id, memberId: bob.me.memberId };
  const wishes: Wish[] = asked.map((one) => ({
    ...{ personId: people[one.person]!.personId, contactPointId: pointOf(one).id, purpose: one.purpose },
    ...{ manner: one.manner, ofRight: one.ofRight, priority: one.priority, way: one.way },
  }));
  try {
    const found = await app.app.db.asActor(actor, (tx) => askGates(tx, actor, wishes, 'look'));
    return found.map((one) => ({ reasons: [...one!.reasons], later: one!.later?.at.getTime() ?? null }));
  } finally {
    vi.useRealTimers();
  }
}

/** What has left lies behind. */
const sound = ({ mails, ...of }: World): World => ({
  ...of,
  mails: mails.map((mail) => (mail.state === 'left' ? { ...mail, hours: -Math.abs(mail.hours) - 1 } : mail)),
});

test('the gate answers as the model of it does, in any world; and the worlds tell each mistake from it', async () => {
  const unnoticed = new Set<Fault>(faults);
  await fc.assert(
    fc.asyncProperty(world, fc.array(question, { minLength: 20, maxLength: 20 }), async (made, asked) => {
      const of = sound(made);
      const found = await answers(of, asked);
      for (const [at, one] of asked.entries()) {
        const wanted = expected(of, one);
        expect({ asked: one, ...found[at] }).toEqual({ asked: one, ...wanted });
        for (const fault of unnoticed)
          if (JSON.stringify(expected(of, one, fault)) !== JSON.stringify(wanted)) unnoticed.delete(fault);
      }
    }),
    { numRuns: 80 },
  );
  // A mistake that none of these worlds has shown is looked for, and the gate is asked of the world that shows it.
  for (const fault of unnoticed) {
    const shows = ([made, one]: [World, Question]) =>
      JSON.stringify(expected(sound(made), one, fault)) !== JSON.stringify(expected(sound(made), one));
    const found = fc.sample(fc.tuple(world, question), 5000).find(shows);
    if (!found) continue;
    const [of, one] = [sound(found[0]), found[1]];
    expect(await answers(of, [one])).toEqual([expected(of, one)]);
    unnoticed.delete(fault);
  }
  expect([...unnoticed]).toEqual([]);
});

// The same of many at once: what one statement tells of a whole target is what the gate says of each.

/** Whom Bob sees of more than one card, or otherwise: several cards in a chain of links, two in one book, a copy, an address without a label, none at all. */
let others: string[];
let hidden: string;
/** Of whom Bob does not see the private address. */
let half: string;

async function addOthers(): Promise<void> {
  const ws = alice.me.workspace.id;
  const card = async (who: Member, bookId: string, fields: cards.FieldInput[]) =>
    (await who.call(cards.createCard, { bookId, fields })).id;
  const mail = (value: string, type?: 'work' | 'home') =>
    ({ kind: 'email' as const, value: { value, ...(type && { type }) } }) as cards.FieldInput;
  const name = (full: string): cards.FieldInput => ({ kind: 'name', value: { full } });
  const company: cards.FieldInput = { kind: 'organization', value: { name: 'Exemple' } };
  const mine = (await bob.call(delegation.listBooks, {})).items.find(({ mine: own, main }) => own && main)!.id;
  const closed = (await alice.call(delegation.createBook, { name: 'Closed' })).id;
  const chain = [
    await card(alice, books[0]!, [name('Eve Five'), mail('eve@five.example', 'work'), company]),
    await card(alice, books[1]!, [name('Eva Fife'), mail('eve@five.example'), mail('eve5@gmail.com')]),
    await card(alice, books[0]!, [
      name('E. Five'),
      mail('eve@five.example', 'home'),
      { kind: 'phone', value: { raw: '+33 1 44 55 66 77' } },
    ]),
    await card(alice, closed, [name('Eve Hidden'), mail('eve.hidden@five.example')]),
  ];
  const cut = [
    await card(alice, books[0]!, [name('Fay Six'), mail('fay@six.example')]),
    await card(bob, mine, [name('Guy Seven'), mail('guy@seven.example')]),
  ];
  const single = [
    await card(alice, books[1]!, [name('Han Eight')]),
    await card(bob, mine, [name('Ida Nine'), mail('ida@nine.example'), mail('ida@neun.example')]),
  ];
  // Of the second book private addresses are not lent.
  const masked = (await alice.call(delegation.createBook, { name: 'Masked' })).id;
  await lend(alice, masked, {
    ...{
      grantee: { kind: 'workspace' as const },
      acts: ['read' as const, 'contact' as const],
      except: ['privateEmails' as const],
    },
  });
  half = await card(alice, masked, [
    ...[name('Kim Eleven'), mail('kim@eleven.example', 'home'), mail('kim11@eleven.example', 'work')],
  ]);
  hidden = await card(alice, closed, [name('Jim Ten'), mail('jim@ten.example')]);
  await app.settle();
  await app.query('delete from cards.link where workspace_id = $1', [ws]);
  for (const of of [chain, cut])
    await app.query('update cards.card set cluster_id = $2 where card_id = any($1)', [of, of[0]]);
  const link = async (one: string, other: string) => {
    const [a, b] = [one, other].sort();
    await app.query(
      `insert into cards.link (workspace_id, card_a, card_b, book_no_a, book_no_b, exposure_a, exposure_b, evidence)
       select $1, a.card_id, b.card_id, a.book_no, b.book_no, a.exposure, b.exposure, array['email'] from cards.card a, cards.card b
       where a.card_id = $2 and b.card_id = $3`,
      [ws, a, b],
    );
  };
  // A chain: its ends are joined by the card between them alone; the hidden one joins nobody.
  await link(chain[0]!, chain[1]!);
  await link(chain[1]!, chain[2]!);
  await link(chain[2]!, chain[3]!);
  await app.query(
    `update cards.card_field set copied = true where card_id = $1 and kind = 'email' and no = (
    select min(no) from cards.card_field where card_id = $1 and kind = 'email')`,
    [single[1]],
  );
  others = [chain[2]!, chain[0]!, ...cut, ...single, half];
}

const moreSaid = fc.record({
  each: fc.boolean(),
  tallies: fc.array(fc.nat(3), { minLength: 8, maxLength: 8 }),
  consents: fc.array(fc.constantFrom('unknown', 'given', 'objected'), { minLength: 8, maxLength: 8 }),
  assigned: fc.array(fc.constantFrom(null, null, 'home', 'gone'), { minLength: 8, maxLength: 8 }),
  loads: fc.array(
    fc.record({
      point: fc.nat(7),
      hours: fc.integer({ min: -500, max: 100 }),
      priority: fc.nat(4),
      // What is planned yields, and is displaced: it is rare enough that both come together.
      kind: fc.constantFrom('left', 'queued', 'planned', 'planned', 'planned'),
      channel: fc.constantFrom('email', 'email', 'message'),
    }),
    {
      maxLength: 10,
    },
  ),
});

/** As often by mail as not, and for something that comes first: else hardly anything is displaced in a hundred worlds. */
const targetQuestion: fc.Arbitrary<Question> = question.chain((asked) =>
  fc
    .record({ way: fc.constantFrom<Way>('email', 'email', asked.way), priority: fc.constantFrom(3, 4, asked.priority) })
    .map((drawn) => ({ ...asked, ...drawn })),
);

/** What is said of the others: consents, profiles, quotas for each card, loads. */
async function enterMore(
  of: World,
  more: typeof moreSaid extends fc.Arbitrary<infer T> ? T : never,
): Promise<string[]> {
  const [ws, run] = [alice.me.workspace.id, app.query];
  const points = (
    await run<{ id: string }>(
      `select distinct f.contact_point_id as id from cards.card_field f where f.workspace_id = $1 and f.contact_point_id is not null
        and not (f.contact_point_id = any($2)) order by 1`,
      [ws, people.flatMap((one) => one.points.map(({ id }) => id))],
    )
  ).map(({ id }) => id);
  await run('delete from outreach.profile_of where workspace_id = $1', [ws]);
  for (const [at, id] of points.entries()) {
    await run('update cards.contact_point set consent = $2 where contact_point_id = $1', [id, more.consents[at % 8]]);
    const profile = more.assigned[at % 8];
    if (profile) await run('insert into outreach.profile_of values ($1, $2, $3)', [ws, id, profile]);
  }
  if (more.each) {
    await run('update delegation.grant set quota_each = true where workspace_id = $1', [ws]);
    const held = await run<{ grant_id: string; grantee_id: string; card_id: string }>(
      `select g.grant_id, g.grantee_id, c.card_id from delegation.grant g join delegation.book b on b.book_id = g.book_id
       join cards.card c on c.book_no = b.book_no where g.workspace_id = $1 and g.quota_count is not null order by c.card_id`,
      [ws],
    );
    for (const [at, row] of held.entries())
      await run(
        `insert into outreach.tally (workspace_id, grant_id, card_id, period, begins_on, grantee_id, count) values ($1, $2, $3, 'year', '2027-01-01', $4, $5)
         on conflict do nothing`,
        [...[ws, row.grant_id, row.card_id, row.grantee_id, more.tallies[at % 8]]],
      );
  }
  for (const { point, hours, priority, kind, channel } of more.loads) {
    const values = [
      ...[ws, points[point % points.length], alice.me.memberId],
      ...[new Date(of.now + (kind === 'left' ? -Math.abs(hours) - 1 : hours) * 3_600_000), priority, channel],
    ];
    if (kind === 'planned')
      await run(
        `insert into outreach.plan (workspace_id, plan_id, campaign_id, contact_point_id, author_id, planned_at, channel, weight, priority)
         values ($1, gen_random_uuid(), gen_random_uuid(), $2, $3, $4, $6, 2, $5)`,
        values,
      );
    else
      await run(
        `insert into outreach.received (workspace_id, message_id, contact_point_id, author_id, at, channel, weight, priority, has_left)
         values ($1, gen_random_uuid(), $2, $3, $4, $6, 2, $5, $7)`,
        [...values, kind === 'left'],
      );
  }
  return points;
}

/** Of one person by their loads alone: whether what goes before takes the place, and whether what matters less would lose its own. */
async function clashes(
  asked: Awaited<ReturnType<typeof askPeople>>[number],
  of: World,
  weight: number,
  { priority, way }: { priority: number; way: Way },
) {
  const rows = await app.query<Load>(
    `select 'x' as id, l.* from (
       select case when has_left then 'left' else 'queued' end as state, at, channel, weight::int, priority::int, contact_point_id from outreach.received
       union all select 'planned', planned_at, channel, weight::int, priority::int, contact_point_id from outreach.plan) l
     where l.contact_point_id in (select contact_point_id from cards.card_field where card_id = any($1) and not (card_id = $2 and class = 5))`,
    [asked.cardIds, half],
  );
  const [kept] = await app.query<{ profile: string | null; is_private: boolean }>(
    `select exists (select from cards.card_field f where f.card_id = any($2) and f.contact_point_id = $1 and (f.class = any($4)
         or f.value ->> 'normalised' ~ '@(gmail.com|free.fr)$' or (f.class = any($5) and not exists (select from cards.card_field o
           where o.card_id = f.card_id and o.kind = 'organization')))) as is_private,
       coalesce((select profile from outreach.profile_of where contact_point_id = $1), (select p.profile from outreach.profile_of p
       where p.contact_point_id in (select contact_point_id from cards.card_field where card_id = any($2) and not (card_id = $3 and class = 5)) order by p.contact_point_id limit 1)) as profile`,
    [
      ...[asked.contactPointId, asked.cardIds, half, [fieldClass.emailPrivate, fieldClass.phonePrivate]],
      [fieldClass.emailUnlabelled, fieldClass.mobileUnlabelled, fieldClass.phoneUnlabelled],
    ],
  );
  const { caps } = profileFor(of.rules.profiles, {
    purpose: 'x',
    privateAddress: kept!.is_private || way === 'whatsapp',
    assigned: kept!.profile,
  });
  const now = new Date(of.now);
  const asking = { messageId: null, planId: null, channel: channelOf(way), weight, priority };
  const counted = caps
    .filter(({ channel }) => channel === null || channel === channelOf(way))
    .map((cap) => {
      const count = (loads: readonly Load[], priorityOf: number) =>
        countUnder(cap, loads, { ...asking, priority: priorityOf }, now);
      const [before, all] = [count(rows, priority), count(rows, -1)];
      return {
        most: cap.most,
        left: count(
          rows.filter(({ state }) => state === 'left'),
          priority,
        ),
        before,
        all,
      };
    });
  const full = counted.some(({ most, before }) => before + weight > most);
  return {
    yields: weight > 0 && full && !counted.some(({ most, left }) => left + weight > most),
    displaces:
      weight > 0 &&
      !full &&
      counted.some(({ most, before, all }) => all > before && all <= most && all + weight > most),
  };
}

test('what is estimated of a whole target is what the gate says of each who is seen', async () => {
  await addOthers();
  const actor = { workspaceId: bob.me.workspace.id, memberId: bob.me.memberId };
  const ids = [...people.map(({ personId }) => personId), ...others, hidden, '00000000-0000-7000-8000-00000000dead'];
  let [yielding, displacing, each] = [0, 0, 0];
  await fc.assert(
    fc.asyncProperty(world, moreSaid, targetQuestion, async (made, more, { purpose, manner: drawn, priority, way }) => {
      const of = sound(made);
      const manner = drawn === 'answer' ? 'bulk' : drawn;
      await enter(of);
      await enterMore(of, more);
      vi.useFakeTimers({ toFake: ['Date'], now: of.now });
      const at = new Date(of.now);
      const persons = sql`select unnest(${ids}::uuid[]) as person_id`;
      const asViewer = <T>(work: (tx: Tx) => Promise<T>) => app.app.db.asActor(actor, work);
      const asKeeper = <T>(work: (tx: Tx) => Promise<T>) => app.app.db.asSystem('keeper', work);
      const ask = async () => ({
        all: await asViewer((tx) => askPeople(tx, actor, ids, { purpose, manner, priority, way }, at)),
        estimated: await estimateTarget({ actor, asViewer, asKeeper }, { persons, purpose, manner, priority, way, at }),
      });
      const { all, estimated } = await ask().finally(() => vi.useRealTimers());
      const count = (holds: (one: (typeof all)[number]) => boolean) => all.filter(holds).length;
      expect(all).toHaveLength(10);
      const reasons = new Map<string, number>();
      for (const { asked } of all)
        for (const reason of asked?.reasons ?? ['no_address']) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
      const exactly = (people: number) => ({ people, margin: 0 });
      expect(new Map(estimated.reasons.map(({ reason, people, margin }) => [reason, people + margin]))).toEqual(
        reasons,
      );
      const collisions: (Awaited<ReturnType<typeof clashes>> | null)[] = [];
      for (const one of all)
        collisions.push(one.asked && (await clashes(one, of, of.rules.weights[purpose], { priority, way })));
      const clashed = (kind: 'yields' | 'displaces') =>
        all.filter(({ asked }, no) => {
          const isSo = collisions[no]?.[kind] ?? false;
          return isSo && (kind === 'yields' || asked!.allowed);
        }).length;
      expect(estimated).toMatchObject({
        ...{
          people: exactly(all.length),
          exact: true,
          allowed: exactly(count(({ asked }) => asked?.allowed ?? false)),
        },
        later: exactly(count(({ asked }) => asked !== null && asked.later !== null)),
        ...{ yields: exactly(clashed('yields')), displaces: exactly(clashed('displaces')) },
      });
      yielding += estimated.yields.people;
      displacing += estimated.displaces.people;
      if (more.each) each += reasons.get('quota') ?? 0;
    }),
    { numRuns: 300 },
  );
  // The worlds hold what is to be told apart.
  expect(Math.min(yielding, displacing, each)).toBeGreaterThan(0);
});

test('of a target that is larger than is looked at, numbers come with the margin within which they lie', async () => {
  vi.useRealTimers();
  const book = (await alice.call(delegation.createBook, { name: 'Many' })).id;
  await lend(alice, book, { grantee: { kind: 'workspace' }, acts: ['read', 'contact'] });
  const ids: string[] = [];
  for (let at = 0; at < 60; at++)
    ids.push(
      (
        await alice.call(cards.createCard, {
          bookId: book,
          fields: [
            { kind: 'name', value: { full: `Many ${at}` } },
            { kind: 'email', value: { value: `many${at}@${at % 3 ? 'many.example' : 'gmail.com'}`, type: 'work' } },
          ],
        })
      ).id,
    );
  await app.query('update outreach.rules set rules = $1', [JSON.stringify({ ...defaultRules, quiet: null })]);
  const actor = { workspaceId: bob.me.workspace.id, memberId: bob.me.memberId };
  const estimate = (bounds?: { most: number; free: number; refused: number }) =>
    estimateTarget(
      {
        actor,
        asViewer: (work) => app.app.db.asActor(actor, work),
        asKeeper: (work) => app.app.db.asSystem('keeper', work),
      },
      { persons: sql`select unnest(${ids}::uuid[]) as person_id`, purpose: 'newsletter', manner: 'bulk' },
      bounds,
    );
  const whole = await estimate();
  expect(whole).toMatchObject({ exact: true, people: { people: 60, margin: 0 }, allowed: { people: 40, margin: 0 } });
  expect(whole.reasons).toEqual([{ reason: 'no_consent', people: 20, margin: 0 }]);
  const some = await estimate({ most: 30, free: 10, refused: 10 });
  expect(some.exact).toBe(false);
  for (const [told, true_] of [
    [some.people, 60],
    [some.allowed, 40],
    [some.reasons[0]!, 20],
  ] as const) {
    expect(told.margin).toBeGreaterThan(0);
    expect(Math.abs(told.people - true_)).toBeLessThanOrEqual(told.margin);
  }
  expect(await estimate({ most: 30, free: 10, refused: 10 })).toEqual(some);
});
