import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { addContact } from '../cards/testing.ts';
import * as notes from '../conversations/notes-contract.ts';
import { addChat, bring, incoming } from '../conversations/testing.ts';
import * as delegation from '../delegation/contract.ts';
import * as facts from '../facts/contract.ts';
import { openProgram, tell } from '../facts/testing.ts';
import { newId } from '../kernel/ids.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as opportunities from '../opportunities/contract.ts';
import { addOpportunity, everybody, fieldsOf } from '../opportunities/testing.ts';
import * as segments from '../segments/contract.ts';
import * as contracts from './contract.ts';
import { risen, weekOf } from './rules.ts';
import { anObjective } from './testing.ts';

// Alice plans, Bob tends a channel with her, Carl tends none: each reads of the same objective what they may see.

let app: TestApp;
let alice: Member;
let bob: Member;
let carl: Member;
let bookId: string;

const dayMs = 86_400_000;
const day = (ago: number) => new Date(Date.now() - ago * dayMs).toISOString().slice(0, 10);
const at = (ago: number) => new Date(Date.now() - ago * dayMs).toISOString();

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Stone');
  carl = await app.invite(alice, 'Carl Quiet');
  bookId = (await alice.call(delegation.createBook, { name: 'Shared' })).id;
  await alice.call(delegation.createGrant, { bookId, grantee: { kind: 'workspace' }, acts: ['read'] });
});
afterAll(() => app.close());
afterEach(() => expect(app.errors).toEqual([]));

/** An objective from five, over the last twenty days and the next twenty, unless it is said otherwise. */
const measured = async (measuredBy: contracts.Measure, more: object = {}) =>
  (
    await alice.call(contracts.saveObjective, {
      ...{
        ...anObjective,
        unit: '',
        name: measuredBy,
        measuredBy,
        from: 5,
        to: 25,
        startsOn: day(20),
        dueOn: day(-20),
      },
      ...more,
    })
  ).id;
const read = async (who: Member, id: string) =>
  (await who.call(contracts.getPlan, {})).objectives.find((one) => one.id === id)!;
const value = async (who: Member, id: string) => (await read(who, id)).now?.value;

async function close(
  by: Member,
  ago: number,
  outcome: 'won' | 'lost',
  said: Parameters<typeof addOpportunity>[1] = {},
) {
  const { id, version } = await addOpportunity(by, { openedOn: day(60), ...said });
  const closed = { outcome, closedOn: day(ago), word: null };
  await by.call(opportunities.closeOpportunity, { opportunityId: id, version, ...closed });
}

describe('opportunities that are won', () => {
  test('count from the day it begins until it is due, on top of where it began: those that the reader sees', async () => {
    const id = await measured('won');
    expect(await read(bob, id)).toMatchObject({ now: { value: 5, saidBy: null }, hidden: false, standing: 'behind' });
    await close(alice, 3, 'won', everybody);
    await close(alice, 10, 'won', everybody);
    await close(alice, 21, 'won', everybody);
    await close(alice, 2, 'lost', everybody);
    await close(alice, 1, 'won');
    expect([await value(alice, id), await value(bob, id)]).toEqual([8, 7]);
    const { trend, expected } = await read(bob, id);
    expect(trend.at(-1)).toEqual({ week: weekOf(day(0)), value: 7 });
    expect(trend[0]!.week).toBe(weekOf(day(20)));
    expect(expected).toBeCloseTo(15);
    const over = await measured('won', { startsOn: day(30), dueOn: day(5), to: 7 });
    expect(await read(bob, over)).toMatchObject({ now: { value: 7 }, standing: 'reached' });
    const later = await measured('won', { startsOn: day(-1) });
    expect(await read(bob, later)).toMatchObject({ now: null, trend: [], standing: 'unmeasured', hidden: false });
  });

  test('are worth what they are worth in one currency', async () => {
    const id = await measured('won_amount', { currency: 'CHF', from: 0, to: 100_000 });
    const worth = (cents: number, currency: string) => ({ ...everybody, value: { cents, currency } });
    await close(alice, 4, 'won', worth(1_250_050, 'CHF'));
    await close(alice, 4, 'won', worth(900_000, 'EUR'));
    expect(await read(bob, id)).toMatchObject({ now: { value: 12_500.5 }, currency: 'CHF' });
    const said = { ...anObjective, unit: '' };
    expect(await fieldsOf(alice.call(contracts.saveObjective, { ...said, measuredBy: 'won_amount' }))).toEqual({
      currency: 'required',
    });
    expect(
      await fieldsOf(alice.call(contracts.saveObjective, { ...said, measuredBy: 'won', currency: 'EUR' })),
    ).toEqual({ currency: 'unknown' });
    expect(
      await fieldsOf(alice.call(contracts.saveObjective, { ...said, measuredBy: 'won', segmentId: newId() })),
    ).toEqual({ segmentId: 'unknown' });
    expect(await codeOf(alice.call(contracts.recordFigure, { objectiveId: id, day: day(0), value: 1 }))).toBe(
      'invalid_input',
    );
  });
});

describe('what people did', () => {
  test('counts of persons whom the reader sees, where the kind of fact is open to them', async () => {
    const ids = {
      purchases: await measured('purchases', { from: 0 }),
      answers: await measured('answers', { from: 0 }),
      attendance: await measured('attendance', { from: 0 }),
    };
    await addContact(alice, { name: 'Léa Shared', email: 'lea@client.example', bookId });
    await addContact(alice, { name: 'Max Private', email: 'max@client.example' });
    await app.settle();
    const shop = await openProgram(app, alice);
    const fact = (kind: string, email: string, ago: number, more: object = {}) => ({
      ...{ externalId: newId(), kind, email, at: at(ago), ...more },
    });
    const amount = { amount: { value: 10, currency: 'EUR' } };
    expect(
      await tell(
        shop,
        fact('order', 'lea@client.example', 3, amount),
        fact('till', 'lea@client.example', 4, amount),
        fact('order', 'max@client.example', 4, amount),
        fact('order', 'lea@client.example', 40, amount),
        fact('attendance', 'lea@client.example', 5),
        fact('form', 'lea@client.example', 6),
        fact('survey', 'max@client.example', 6),
      ),
    ).toEqual(Array.from({ length: 7 }, () => 'kept'));
    const all = async (who: Member) => [
      await value(who, ids.purchases),
      await value(who, ids.answers),
      await value(who, ids.attendance),
    ];
    expect(await all(alice)).toEqual([3, 2, 1]);
    expect(await all(bob)).toEqual([2, 1, 1]);
    const { items } = await alice.call(facts.listKinds, {});
    const survey = items.find(({ key }) => key === 'survey')!;
    await alice.call(facts.updateKind, { kindId: survey.id, access: [{ kind: 'member', id: alice.me.memberId }] });
    // Of two kinds that are counted together one is closed to Bob: he is told no number, rather than a smaller one.
    expect(await read(bob, ids.answers)).toMatchObject({ hidden: true, now: null, trend: [], standing: 'unmeasured' });
    expect(await value(alice, ids.answers)).toBe(2);
  });
});

describe('meetings', () => {
  test('that were noted count once, visits and video, for whom they are shared with', async () => {
    const id = await measured('meetings', { from: 0 });
    const persons = [
      await addContact(alice, { name: 'Ida Met', email: 'ida@client.example', bookId }),
      await addContact(alice, { name: 'Ian Met', email: 'ian@client.example', phone: '+33612345678', bookId }),
    ];
    await app.settle();
    const write = (manner: 'call' | 'video' | 'visit', ago: number, share: 'nobody' | 'workspace') =>
      alice.call(notes.writeFieldNote, {
        ...{ noteId: newId(), manner, with: persons.map((personId) => ({ personId })), at: at(ago), text: 'Said so.' },
        share: { kind: share },
      });
    await write('visit', 2, 'workspace');
    await write('video', 3, 'nobody');
    await write('call', 3, 'workspace');
    await write('visit', 30, 'workspace');
    expect([await value(alice, id), await value(bob, id)]).toEqual([2, 1]);
  });
});

describe('what customers say', () => {
  test('counts on the company’s channels that the reader tends; who tends none sees no number', async () => {
    const ids = [await measured('voices', { from: 0 }), await measured('conversations', { from: 0 })] as const;
    const both = async (who: Member) => [await value(who, ids[0]), await value(who, ids[1])];
    expect(await read(alice, ids[0])).toMatchObject({ hidden: true, now: null });
    const team = [alice, bob].map((one) => ({ kind: 'member' as const, id: one.me.memberId }));
    const shared = await addChat(alice, team, 'Support');
    const own = await addChat(alice, team.slice(0, 1), 'Complaints');
    const late = 'The delivery is late again, the parcel has not arrived.';
    const say = (channelId: string, from: string, ago: number) =>
      bring(app, alice, channelId, incoming({ from, text: late, at: new Date(at(ago)) }));
    await say(shared.id, 'zoe@client.example', 2);
    await say(shared.id, 'yan@client.example', 3);
    await say(own.id, 'xul@client.example', 3);
    await say(shared.id, 'old@client.example', 40);
    await app.settle();
    const [heard] = await both(bob);
    expect(heard).toBeGreaterThanOrEqual(2);
    expect((await both(alice))[0]).toBeGreaterThan(heard!);
    expect([(await both(alice))[1], (await both(bob))[1]]).toEqual([3, 2]);
    for (const id of ids)
      expect(await read(carl, id)).toMatchObject({ hidden: true, now: null, trend: [], standing: 'unmeasured' });
  });
});

describe('a segment', () => {
  test('counts the organisations of its people, kept at night', async () => {
    const of = (name: string, organization: string) =>
      addContact(alice, { name, email: `${newId()}@firm.example`, organization, bookId });
    await of('Firm One', 'Aubin SA');
    await of('Firm Two', 'Aubin SA');
    await of('Firm Three', 'Bellac SARL');
    await app.settle();
    const { id: segmentId } = await alice.call(segments.addSegment, {
      ...{ name: 'Firms', kind: 'filter', filter: 'name contains "Firm"', audience: { kind: 'workspace' } },
    });
    await app.settle();
    const id = await measured('organizations', { segmentId, from: 0 });
    expect(await read(bob, id)).toMatchObject({ now: { value: 2 }, hidden: false, segment: { name: 'Firms' } });
  });
});

describe('what has risen', () => {
  const monday = fc.integer({ min: 0, max: 400 }).map((weeks) => weekOf(day(weeks * 7)));
  test('has a value for each week, never falls where nothing is taken away, and ends with all that happened', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -50, max: 50 }),
        fc.integer({ min: 0, max: 600 }),
        fc.uniqueArray(fc.record({ week: monday, value: fc.nat({ max: 9 }) }), { selector: ({ week }) => week }),
        (from, days, happened) => {
          const since = day(days);
          const within = happened.filter(({ week }) => week >= weekOf(since));
          const trend = risen(from, since, day(0), within);
          expect(trend.length).toBe(
            Math.min(105, Math.round((Date.parse(weekOf(day(0))) - Date.parse(weekOf(since))) / (7 * dayMs)) + 1),
          );
          expect(trend.at(-1)!.value).toBe(from + within.reduce((sum, one) => sum + one.value, 0));
          for (const [no, one] of trend.entries())
            if (no > 0) expect(one.value).toBeGreaterThanOrEqual(trend[no - 1]!.value);
        },
      ),
    );
  });
});
