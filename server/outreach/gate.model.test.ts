import fc from 'fast-check';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import * as cards from '../cards/contract.ts';
import * as delegation from '../delegation/contract.ts';
import { lend } from '../delegation/testing.ts';
import { type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import type { GateRules, Manner } from './contract.ts';
import { askGates, type Wish } from './gate.ts';
import { defaultRules } from './pressure.ts';
import { type MailSink, openMailSink, setUpMail } from './testing.ts';

// The whole gate, through the real database, against a model of it that knows nothing of how it is made: worlds by lot, clocks on nights that are changed.

let app: TestApp;
let alice: Member;
let bob: Member;
let sink: MailSink;
let books: string[];
let people: Someone[];

/** Somebody of whom Bob sees everything. */
interface Someone {
  personId: string;
  points: { id: string; address: string; isPrivate: boolean }[];
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
    await make(alice, books[0]!, 0, 'Ann One', ['ann@one.example', 'ann1@gmail.com'], 'Europe/Paris', 'France'),
    await make(alice, books[0]!, 0, 'Ben Two', ['ben@two.example'], 'Asia/Kathmandu', 'Nepal'),
    await make(alice, books[1]!, 1, 'Cat Three', ['cat3@gmail.com'], 'Europe/London'),
    await make(bob, mine, 'own', 'Dan Four', ['dan@four.example', 'dan4@free.fr'], 'Europe/Paris'),
  ];
  await app.settle();
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
  zone: string,
  country?: string,
): Promise<Someone> {
  const fields: cards.FieldInput[] = [
    { kind: 'name', value: { full } },
    { kind: 'organization', value: { name: 'Exemple' } },
    ...emails.map((value) => ({ kind: 'email' as const, value: { value, type: 'work' as const } })),
    ...(country ? [{ kind: 'address' as const, value: { city: 'Somewhere', country } }] : []),
    ...(zone === 'Europe/London' ? [{ kind: 'phone' as const, value: { raw: '+44 20 7946 0958' } }] : []),
  ];
  const { id: personId } = await who.call(cards.createCard, { bookId, fields });
  const person = await who.call(cards.getPerson, { personId });
  const points = person.values.flatMap(({ kind, contactPoint, display }) =>
    kind === 'email' && contactPoint
      ? [{ id: contactPoint.id, address: display, isPrivate: /gmail|free/.test(display) }]
      : [],
  );
  return { personId, points, book, zone };
}

const purposes = ['service', 'newsletter', 'prospecting', 'invitation'] as const;
type Purpose = (typeof purposes)[number];

/** Hours before or after the clock of the world. */
interface Mail {
  person: number;
  point: number;
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
  }[];
  grants: {
    purposes: Purpose[];
    askFirst: boolean;
    channel: 'email' | 'phone' | null;
    quota: { count: number; used: number } | null;
  }[];
  mails: Mail[];
  rules: GateRules;
}
interface Question {
  person: number;
  point: number;
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
    channel: fc.constantFrom(null, null, 'email' as const, 'phone' as const),
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
    }),
    { minLength: 8, maxLength: 8 },
  ),
  grants: fc.array(
    fc.record({
      purposes: fc.oneof(fc.constant<Purpose[]>([]), fc.subarray<Purpose>([...purposes])),
      askFirst: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
      channel: fc.constantFrom(null, null, 'email' as const, 'phone' as const),
      quota: seldom(fc.record({ count: fc.integer({ min: 1, max: 3 }), used: fc.integer({ min: 0, max: 3 }) })),
    }),
    { minLength: 2, maxLength: 2 },
  ),
  mails: fc.array(
    fc.record({
      ...{
        person: fc.nat(3),
        point: fc.nat(1),
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
});
const question: fc.Arbitrary<Question> = fc.record({
  ...{ person: fc.nat(3), point: fc.nat(1), purpose: fc.constantFrom(...purposes) },
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

const pointOf = ({ person, point }: { person: number; point: number }) => {
  const { points } = people[person]!;
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
    if (grant.channel === 'phone') reasons.push('channel');
    if (grant.quota && grant.quota.used >= grant.quota.count && fault !== 'quota') reasons.push('quota');
  }
  const ads = asked.purpose === 'newsletter' || asked.purpose === 'prospecting';
  if (said.consent === 'objected' && !asked.ofRight && fault !== 'objection') reasons.push('objected');
  if (said.objectedTo === asked.purpose && !free && fault !== 'purpose_objection') reasons.push('objected_purpose');
  const agreed =
    said.consent === 'given' && (said.only === null || said.only === asked.purpose || fault === 'consent_list');
  if (ads && point.isPrivate && !agreed && asked.manner !== 'answer') reasons.push('no_consent');
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

function overdrawn(of: World, asked: Question, fault: Fault | null): boolean {
  const someone = people[asked.person]!;
  const weight = of.rules.weights[asked.purpose];
  if (weight === 0) return false;
  const isPrivate = pointOf(asked).isPrivate && fault !== 'profile';
  for (const cap of of.rules.profiles[isPrivate ? 1 : 0]!.caps) {
    if (cap.channel === 'phone') continue;
    let sum = weight;
    for (const mail of of.mails) {
      if (people[mail.person] !== someone) continue;
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
  }
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
    ];
    if (mail.state === 'planned')
      await run(
        `insert into outreach.plan (workspace_id, plan_id, campaign_id, contact_point_id, author_id, planned_at, channel, weight, priority)
        values ($1, gen_random_uuid(), gen_random_uuid(), $2, $3, $4, 'email', $5, $6)`,
        values,
      );
    else
      await run(
        `insert into outreach.received (workspace_id, message_id, contact_point_id, author_id, at, channel, weight, priority, has_left)
        values ($1, gen_random_uuid(), $2, $3, $4, 'email', $5, $6, $7)`,
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
    ...{ manner: one.manner, ofRight: one.ofRight, priority: one.priority },
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
  expect([...unnoticed]).toEqual([]);
});
