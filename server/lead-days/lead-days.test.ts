import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import * as delegation from '../delegation/contract.ts';
import * as identity from '../identity/contract.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as notices from '../notices/contract.ts';
import * as contracts from './contract.ts';
import { leadDaysCrons } from './jobs.ts';

let app: TestApp;
let alice: Member;
let bob: Member;
let carol: Member;
let dora: Member;
let eric: Member;
let teamId: string;
let otherId: string;

const today = () => new Date().toISOString().slice(0, 10);

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Stone');
  carol = await app.invite(alice, 'Carol Wood');
  dora = await app.invite(alice, 'Dora Hill');
  eric = await app.invite(alice, 'Eric Lake');
  const ids = (...members: Member[]) => members.map(({ me }) => me.memberId);
  const sales = { name: 'Sales', memberIds: ids(bob, carol, dora), leadIds: ids(bob) };
  teamId = (await alice.call(identity.createTeam, sales)).id;
  otherId = (await alice.call(identity.createTeam, { name: 'Support', memberIds: ids(eric) })).id;
});
afterAll(() => app.close());
afterEach(() => expect(app.errors).toEqual([]));

const plan = async (by = alice, teamIds = [teamId]) =>
  (await by.call(contracts.planDay, { goal: 'Share the fair', on: today(), teamIds })).id;
const join = (who: Member, dayId: string, named = false, team = teamId) =>
  who.call(contracts.joinDay, { dayId, teamId: team, named });
const look = (who: Member, dayId: string) => who.call(contracts.getDay, { dayId });
const boardOf = async (who: Member, dayId: string) =>
  (await look(who, dayId)).scores.find((one) => one.team.id === teamId)!;

let made = 0;
/** A complete contact in a book; its words stand nowhere else. */
async function add(who: Member, bookId: string, complete = true): Promise<string> {
  const n = ++made;
  const fields: cards.FieldInput[] = [
    { kind: 'name', value: { given: `Given${n}`, family: `Family${n}x` } },
    ...(complete
      ? [
          { kind: 'email' as const, value: { value: `p${n}@company${n}.example` } },
          { kind: 'organization' as const, value: { name: `Company ${n}` } },
        ]
      : []),
  ];
  return (await who.call(cards.createCard, { bookId, fields })).id;
}
async function book(who: Member, lentTo?: delegation.Grantee): Promise<string> {
  const { id } = await who.call(delegation.createBook, { name: `Book ${++made}` });
  if (lentTo) await who.call(delegation.createGrant, { bookId: id, grantee: lentTo, acts: ['read'] });
  return id;
}

describe('planning', () => {
  test('is for admins, and for who leads all of its teams; whoever is in none does not see it', async () => {
    const dayId = await plan(bob);
    expect(await codeOf(carol.call(contracts.planDay, { goal: 'g', on: today(), teamIds: [teamId] }))).toBe(
      'forbidden',
    );
    expect(await codeOf(plan(bob, [teamId, otherId]))).toBe('forbidden');
    expect(await codeOf(alice.call(contracts.planDay, { goal: 'g', on: '2020-01-01', teamIds: [teamId] }))).toBe(
      'invalid_input',
    );
    expect(await look(carol, dayId)).toMatchObject({ goal: 'Share the fair', state: 'open', mine: false, me: null });
    expect(await codeOf(look(eric, dayId))).toBe('not_found');
    expect((await eric.call(contracts.listDays, {})).items).toEqual([]);
    expect(await codeOf(join(eric, dayId))).toBe('not_found');
    expect(await codeOf(join(carol, dayId, false, otherId))).toBe('not_found');
    await app.settle();
    const told = (await carol.call(notices.listNotices, {})).items;
    expect(told.map(({ kind, text }) => [kind, text])).toContainEqual([
      'lead_day_planned',
      'Bob Stone plans a lead day for your team: “Share the fair”.',
    ]);
    expect(await codeOf(carol.call(contracts.deleteDay, { dayId }))).toBe('not_found');
    expect(await codeOf(carol.call(contracts.endDay, { dayId }))).toBe('not_found');
    await bob.call(contracts.deleteDay, { dayId });
    expect(await codeOf(look(carol, dayId))).toBe('not_found');
  });
});

describe('what is counted', () => {
  test('lent contacts only, new ones once, more when complete; private, withheld and old ones never', async () => {
    const dayId = await plan();
    await join(carol, dayId, true);
    const mine = async () => (await look(carol, dayId)).me!.score;
    expect(await mine()).toEqual({ fresh: 0, complete: 0, corrected: 0, settled: 0, points: 0 });
    const hidden = await book(carol);
    await add(carol, hidden);
    expect(await mine()).toMatchObject({ fresh: 0 });
    const lent = await book(carol, { kind: 'team', teamId });
    const first = await add(carol, lent);
    await add(carol, lent, false);
    expect(await mine()).toMatchObject({ fresh: 2, complete: 1, points: 4 });
    // The same person again, and one whom she had before.
    const again = (await carol.call(cards.getCard, { cardId: first })).fields.map(({ kind, value }) => ({
      kind,
      value,
    }));
    await carol.call(cards.createCard, { bookId: lent, fields: again as cards.FieldInput[] });
    await app.settle();
    expect(await mine()).toMatchObject({ fresh: 2 });
    await app.query(`update cards.card set created_at = now() - interval '2 years' where card_id = $1`, [first]);
    expect(await mine()).toMatchObject({ fresh: 1, complete: 0 });
    const withheld = await add(carol, lent);
    expect(await mine()).toMatchObject({ fresh: 2 });
    await carol.call(cards.updateCard, { cardId: withheld, withheld: true });
    expect(await mine()).toMatchObject({ fresh: 1 });
    // Care on the day, for lent cards.
    await carol.call(cards.confirmFields, { cardId: first, fieldNos: [0] });
    const secret = await add(carol, hidden);
    await carol.call(cards.confirmFields, { cardId: secret, fieldNos: [0] });
    expect(await mine()).toMatchObject({ corrected: 1 });
    // Lent to somebody who is no team of the day: it does not count.
    const elsewhere = await book(carol, { kind: 'team', teamId: otherId });
    await add(carol, elsewhere);
    expect(await mine()).toMatchObject({ fresh: 1 });
  });

  test('is told as a sum of three at least, with names of those only who want it, and no word of a contact', async () => {
    const dayId = await plan();
    const lent = await book(dora, { kind: 'workspace' });
    await add(dora, lent);
    await join(dora, dayId);
    expect(await boardOf(alice, dayId)).toMatchObject({ entrants: 1, total: null, named: [] });
    await join(bob, dayId);
    expect(await boardOf(carol, dayId)).toMatchObject({ entrants: 2, total: null, named: [] });
    await join(carol, dayId, true);
    const board = await boardOf(alice, dayId);
    expect(board).toMatchObject({ entrants: 3, named: [{ name: 'Carol Wood' }] });
    expect(board.total!.fresh).toBeGreaterThanOrEqual(1);
    expect(JSON.stringify(await look(bob, dayId))).not.toMatch(/Dora|Given|Family|company\d|Book/);
    // Not taking part any more takes one's numbers along.
    await dora.call(contracts.leaveDay, { dayId });
    expect(await boardOf(alice, dayId)).toMatchObject({ entrants: 2, total: null });
    expect(
      await app.query(`select from lead_days.entrant where member_id = $1 and day_id = $2`, [dora.me.memberId, dayId]),
    ).toEqual([]);
  });

  test('stands once the day is over, once, whatever is withdrawn later, and is deleted after 90 days', async () => {
    const dayId = await plan();
    const lent = await book(bob, { kind: 'workspace' });
    await add(bob, lent);
    await join(bob, dayId, true);
    const before = (await look(bob, dayId)).me!.score;
    const outcomes = await Promise.all(
      [alice, bob].map((who) =>
        codeOf(who.call(contracts.endDay, { dayId })).catch(() => (who === bob ? 'forbidden to bob' : 'done')),
      ),
    );
    expect(outcomes).toEqual(['done', 'not_found']);
    expect(await codeOf(alice.call(contracts.endDay, { dayId }))).toBe('conflict');
    expect(await codeOf(join(carol, dayId))).toBe('conflict');
    const [grant] = (await bob.call(delegation.listGrants, { bookId: lent })).items;
    await bob.call(delegation.endGrant, { grantId: grant!.id });
    expect(await look(bob, dayId)).toMatchObject({ state: 'over', me: { score: before } });
    await app.settle();
    expect((await bob.call(notices.listNotices, {})).items.map(({ kind }) => kind)).toContain('lead_day_result');
    await app.query(`update lead_days.day set on_date = current_date - 91 where day_id = $1`, [dayId]);
    await run('leadDays.forget');
    expect(await codeOf(look(alice, dayId))).toBe('not_found');
    expect(await app.query(`select from lead_days.entrant where day_id = $1`, [dayId])).toEqual([]);
  });

  test('is counted by itself the night after', async () => {
    const dayId = await plan();
    await join(bob, dayId);
    await app.query(`update lead_days.day set on_date = current_date - 1 where day_id = $1`, [dayId]);
    await Promise.all([run('leadDays.end'), run('leadDays.end')]);
    expect(await look(bob, dayId)).toMatchObject({ state: 'over' });
    // What is new next time is new since then.
    const next = await plan();
    await join(bob, next);
    expect((await look(bob, next)).me!.since.slice(0, 10)).toBe(
      new Date(Date.now() - 86_400_000).toISOString().slice(0, 10),
    );
  });
});

const run = (name: string) => leadDaysCrons.find((cron) => cron.name === name)!.run(app.app);

describe('the way through', () => {
  test('says what is new by book and source, and remembers what was decided; nobody else reads it', async () => {
    const dayId = await plan();
    const [hidden, lent] = [await book(dora), await book(dora, { kind: 'workspace' })];
    await add(dora, hidden);
    await add(dora, hidden);
    await add(dora, lent);
    const round = await dora.call(contracts.getRound, { dayId });
    const of = (bookId: string) => round.books.find(({ id }) => id === bookId);
    expect(of(hidden)).toMatchObject({
      lent: false,
      decided: false,
      fresh: 2,
      sources: [{ kind: 'entregent', count: 2 }],
    });
    expect(of(lent)).toMatchObject({ lent: true, fresh: 1 });
    await dora.call(contracts.decideBook, { dayId, bookId: hidden, decided: true });
    expect((await dora.call(contracts.getRound, { dayId })).books.find(({ id }) => id === hidden)).toMatchObject({
      decided: true,
    });
    expect(await codeOf(bob.call(contracts.decideBook, { dayId, bookId: hidden, decided: true }))).toBe('not_found');
    expect((await bob.call(contracts.getRound, { dayId })).books.map(({ id }) => id)).not.toContain(hidden);
  });
});
