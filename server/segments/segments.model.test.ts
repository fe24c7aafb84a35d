import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { setValue } from '../attributes/contract.ts';
import { addAttribute } from '../attributes/testing.ts';
import * as cards from '../cards/contract.ts';
import { addContact } from '../cards/testing.ts';
import * as delegation from '../delegation/contract.ts';
import { lend } from '../delegation/testing.ts';
import { type Member, openTestApp, ProblemAnswer, type TestApp } from '../kernel/testing.ts';
import * as opportunities from '../opportunities/contract.ts';
import { addOpportunity, everybody } from '../opportunities/testing.ts';
import * as groups from '../relations/groups-contract.ts';
import { buildSegments, tick } from './following.ts';
import { addKind, addSegment, told } from './testing.ts';

// Whatever happened, and in whichever order: who is in a segment that followed it is who is in one that is computed anew.

let app: TestApp;
let alice: Member;
let bob: Member;
const people: { email: string; cardId: string; bookId: string }[] = [];
const books: string[] = [];
let attributeId: string;
let groupId: string;
const deals: string[] = [];

const filters = [
  'count(sale last 10 days) >= 2',
  'sum(amount of sale last 20 days) > 100 or days_since(last(sale)) > 12',
  'did (look then sale within 3 days)',
  'did (look then no sale within 5 days) and not count(sale last 30 days) > 3',
  'city = Lyon or color = red',
  'color is known and count(look where page like "/p*") > 0',
  'in segment fans and first(sale) within last 15 days',
  'stage = customer or loyalty > 3',
  'count(opportunity where state = open and amount > 40) > 0 or count(opportunity where state = won last 20 days) = 1',
  'days_since(last(opportunity)) > 4 and not count(opportunity where role = decider) > 0',
  'group = club and not category = fair',
];

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Holder');
  await addKind(app, alice, 'sale', { hasAmount: true });
  await addKind(app, alice, 'look', { fields: [{ key: 'page', name: 'Page', type: 'text' }] });
  attributeId = (await addAttribute(alice, 'color', { type: 'text' })).id;
  for (const name of ['A', 'B']) {
    const { id } = await bob.call(delegation.createBook, { name });
    books.push(id);
    await lend(bob, id, { grantee: { kind: 'workspace' }, acts: ['read'] });
  }
  for (let n = 0; n < 6; n++) {
    const email = `p${n}@model.example`;
    const bookId = books[n % 2]!;
    people.push({ email, bookId, cardId: await addContact(bob, { name: `Person ${n}`, email, bookId }) });
  }
  const club = { name: 'Club', kind: 'other', visibleTo: 'workspace', label: 'members' } as const;
  groupId = (await bob.call(groups.createGroup, club)).id;
  for (const cents of [3000, 9000])
    deals.push((await addOpportunity(bob, { ...everybody, value: { cents, currency: 'EUR' } })).id);
  const { addMeasure } = await import('./contract.ts');
  await alice.call(addMeasure, {
    ...{ key: 'loyalty', name: 'Loyalty' },
    definition: {
      kind: 'score',
      rules: [
        { points: 2, filter: 'count(sale) > 1' },
        { points: 3, filter: 'count(look last 8 days) > 0' },
      ],
    },
  });
  await addSegment(alice, 'count(sale) > 0', { key: 'fans' });
  for (const filter of filters) await addSegment(alice, filter.replaceAll('Lyon', '"Lyon"'));
  await app.settle();
});
afterAll(async () => {
  expect(app.errors).toEqual([]);
  await app.close();
});

type Step =
  | { does: 'sale' | 'look'; who: number; ago: number; amount: number }
  | { does: 'forget' | 'color' | 'move'; who: number; n: number }
  | { does: 'part' | 'sign' | 'join' | 'label'; who: number; n: number }
  | { does: 'time'; days: number }
  | { does: 'withdraw' | 'lend'; book: number };

const who = fc.nat({ max: 5 });
const facts: fc.Arbitrary<Step> = fc.record({
  does: fc.constantFrom('sale' as const, 'look' as const),
  who,
  ago: fc.nat({ max: 25 }),
  amount: fc.nat({ max: 90 }),
});
const changing = <K extends 'forget' | 'color' | 'move' | 'part' | 'sign' | 'join' | 'label'>(...does: K[]) =>
  fc.record({ does: fc.constantFrom(...does), who, n: fc.nat({ max: 3 }) }) as fc.Arbitrary<Step>;
const dealing = changing('part', 'sign');
const grouping = changing('join', 'label');
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: facts },
  { weight: 3, arbitrary: changing('forget', 'color', 'move') },
  { weight: 2, arbitrary: dealing },
  { weight: 2, arbitrary: grouping },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('time' as const), days: fc.integer({ min: 1, max: 6 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({ does: fc.constantFrom('withdraw' as const, 'lend' as const), book: fc.nat({ max: 1 }) }),
  },
);

/** Instead of waiting, everything that happened is moved into the past. */
async function letPass(days: number): Promise<void> {
  await tick(app.app, alice.me.workspace.id);
  await app.query(`update facts.fact set at = at - make_interval(days => $1)`, [days]);
  await app.query(
    `update opportunities.opportunity set opened_on = opened_on - $1::int, closed_on = closed_on - $1::int`,
    [days],
  );
  await app.query(`update segments.clock set ticked_at = ticked_at - make_interval(days => $1), day = day - $1::int`, [
    days,
  ]);
  await tick(app.app, alice.me.workspace.id);
}

const colors = ['red', 'blue', 'green', null];
const towns = ['Lyon', 'Paris', 'Nantes', 'Lille'];

async function take(one: Step): Promise<void> {
  switch (one.does) {
    case 'sale':
    case 'look': {
      const at = new Date(Date.now() - one.ago * 86_400_000 - one.amount * 60_000);
      const props = one.does === 'look' ? { page: one.amount % 2 ? '/prices' : '/' } : null;
      return told(app, alice, people[one.who]!.email, one.does, {
        at,
        props,
        amount: one.does === 'sale' ? one.amount : null,
      });
    }
    case 'forget': {
      const [gone] = await app.query<{ subject_id: string }>(
        `delete from facts.fact where (subject_id, fact_id) in (select f.subject_id, f.fact_id from facts.fact f
           join cards.card_field c on c.contact_point_id = f.subject_id where c.card_id = $1 limit 1) returning subject_id`,
        [people[one.who]!.cardId],
      );
      if (gone)
        await app.query(`insert into kernel.stirred select $1, gen_random_uuid(), 'fact', array[$2::uuid]`, [
          alice.me.workspace.id,
          gone.subject_id,
        ]);
      return;
    }
    case 'color':
      await bob.call(setValue, { personId: people[one.who]!.cardId, attributeId, value: colors[one.n]! });
      return;
    case 'move': {
      const { cardId } = people[one.who]!;
      const fields = [{ kind: 'address' as const, value: { city: towns[one.n]!, raw: towns[one.n]! } }];
      await bob.call(cards.updatePerson, { personId: cardId, set: fields });
      return;
    }
    case 'part':
    case 'sign':
      return one.does === 'part' ? takePart(one) : sign(one.n);
    case 'join':
    case 'label':
      return one.does === 'join' ? join(one) : label(one);
    case 'time':
      return letPass(one.days);
    case 'withdraw':
      await lend(bob, books[one.book]!);
      return;
    case 'lend':
      await lend(bob, books[one.book]!, { grantee: { kind: 'workspace' }, acts: ['read'] });
  }
}

/** Comes to an opportunity, with another role, or leaves it. */
async function takePart({ who: at, n }: { who: number; n: number }): Promise<void> {
  const part = { opportunityId: deals[at % 2]!, personId: people[at]!.cardId };
  if (n < 2) await bob.call(opportunities.setParticipant, { ...part, roles: [n === 0 ? 'decider' : 'user'] });
  else await bob.call(opportunities.removeParticipant, part).catch(isMissing);
}

const isMissing = (error: unknown) => {
  if (!(error instanceof ProblemAnswer) || error.problem.code !== 'not_found') throw error;
};

/** Wins an opportunity, opens it again, or says anew what it is worth. */
async function sign(n: number): Promise<void> {
  const opportunityId = deals[n % 2]!;
  const { version, outcome } = await bob.call(opportunities.getOpportunity, { opportunityId });
  const at = { opportunityId, version };
  if (n < 2)
    await bob.call(opportunities.updateOpportunity, { ...at, value: { cents: 2000 * (version % 5), currency: 'EUR' } });
  else if (outcome) await bob.call(opportunities.reopenOpportunity, at);
  else await bob.call(opportunities.closeOpportunity, { ...at, outcome: 'won', word: null });
}

const batches: string[] = [];
async function join({ who: at, n }: { who: number; n: number }): Promise<void> {
  const batch = n > 1 ? batches.pop() : undefined;
  if (batch) {
    await bob.call(groups.takeBackBatch, { groupId, batchId: batch });
    return;
  }
  const { batchId, added } = await bob.call(groups.addToGroup, { groupId, personIds: [people[at]!.cardId] });
  if (added > 0) batches.push(batchId);
}

async function label({ who: at, n }: { who: number; n: number }): Promise<void> {
  const { cardId } = people[at]!;
  const { fields } = await bob.call(cards.getCard, { cardId });
  const has = fields.find(({ kind }) => kind === 'category');
  if (has) await bob.call(cards.updateCard, { cardId, remove: [has.no] });
  else
    await bob.call(cards.updateCard, {
      cardId,
      add: [{ kind: 'category', value: { value: n % 2 ? 'Fair' : 'Members' } }],
    });
}

async function members(): Promise<string[]> {
  const rows = await app.query<{ line: string }>(
    `select s.filter || ': ' || e.name as line from segments.member m join segments.segment s using (workspace_id, segment_id)
     left join cards.entry e on e.workspace_id = m.workspace_id and e.audience_id = m.audience_id and e.person_id = m.person_id order by 1`,
  );
  return rows.map(({ line }) => line);
}

/** Whose numbers are not what counting the members gives. */
const miscounted = () =>
  app.query(
    `select segment_id from (select workspace_id, segment_id, audience_id, book_nos, book_masks, count(*)::int as members from segments.member
       group by workspace_id, segment_id, audience_id, book_nos, book_masks) m
     full join segments.counted c using (workspace_id, segment_id, audience_id, book_nos, book_masks)
     where m.members is distinct from c.members`,
  );

/** Who is in all segments once they are computed whole, whatever they followed. */
async function anew(): Promise<string[]> {
  await app.query(`update segments.segment set built_at = null`);
  await buildSegments(app.app, alice.me.workspace.id);
  return members();
}

/** Who is in a segment that followed is not who is in one that is computed anew. */
class NotFollowed extends Error {
  override name = 'NotFollowed';
}

async function follows(history: readonly Step[]): Promise<void> {
  for (const one of history) await take(one);
  await app.settle();
  const followed = await members();
  expect(await miscounted()).toEqual([]);
  const whole = await anew();
  if (!isDeepStrictEqual(followed, whole)) throw new NotFollowed(JSON.stringify({ followed, whole }));
}

test('what followed every change is what is computed anew', async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), follows), { numRuns: 25 });
  // They were not all empty all the time.
  const [{ moves }] = (await app.query<{ moves: number }>(`select count(*)::int as moves from segments.movement`)) as [
    { moves: number },
  ];
  expect(moves).toBeGreaterThan(20);
});

test.each([
  ['fact', facts],
  ['opportunity', dealing],
  ['group', grouping],
] as const)('a change of %s that is not followed is noticed', async (about, changes) => {
  // Whatever came before: everybody is there to be seen, and few have done anything yet.
  for (const bookId of books) await lend(bob, bookId, { grantee: { kind: 'workspace' }, acts: ['read'] });
  await app.query('delete from facts.fact');
  await app.settle();
  await anew();
  await app.query(
    `create rule lost as on insert to kernel.stirred where new.about like '${about}%' do instead nothing`,
  );
  try {
    await expect(
      // Of little else, which would have the same people looked at again.
      fc.assert(fc.asyncProperty(fc.array(changes, { minLength: 3, maxLength: 6 }), follows), {
        numRuns: 60,
        endOnFailure: true,
      }),
    ).rejects.toMatchObject({ cause: { name: 'NotFollowed' } });
  } finally {
    await app.query(`drop rule lost on kernel.stirred`);
  }
});
