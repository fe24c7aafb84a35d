import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import * as cards from '../../cards/contract.ts';
import { addContact } from '../../cards/testing.ts';
import * as identity from '../../identity/contract.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../../kernel/testing.ts';
import * as opportunities from '../../opportunities/contract.ts';
import * as contracts from '../contract.ts';
import { services } from '../services.ts';
import { synchronise } from '../syncing.ts';
import { connectService, onLoopback, problemOf, sync } from '../testing.ts';
import { toDeal } from './deals.ts';
import { hubspot } from './index.ts';
import { openHubspot } from './testing.ts';

let app: TestApp;
let alice: Member;
let bob: Member;
/** Her connection, and the book that it fills. */
let id: string;
let there: Awaited<ReturnType<typeof openHubspot>>;
const real = services.hubspot;

beforeAll(async () => {
  app = await openTestApp(onLoopback);
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Stone');
  there = await openHubspot();
  services.hubspot = () => there.url;
  there.owners.set('9', bob.me.email);
});
afterAll(async () => {
  services.hubspot = real;
  there.close();
  await app.close();
});
afterEach(() => {
  there.fake.meddle = null;
  expect(app.errors.splice(0)).toEqual([]);
});

const account = { kind: 'hubspot', settings: {}, secret: { password: 'pat-eu1-secret' } };
const company = { visibility: { kind: 'workspace' as const }, currency: 'EUR' };
const alone = { visibility: { kind: 'owner' as const }, currency: 'EUR' };
const past = '2026-03-02T10:00:00.123Z';
const deal = {
  dealname: 'Turbine overhaul',
  dealstage: 'contractsent',
  pipeline: 'default',
  amount: '12500.5',
  deal_currency_code: 'CHF',
  createdate: '2026-01-05T09:00:00.000Z',
  closedate: '2030-06-30T10:00:00.000Z',
  hs_is_closed: 'false',
  hs_is_closed_won: 'false',
  hubspot_owner_id: '9',
};

/** Synchronises, and waits until what was read is taken in. */
async function read(member = alice, connectionId = id) {
  const done = await sync(member, connectionId);
  await app.settle();
  return done;
}
async function find(member: Member, q: string, state: 'open' | 'won' | 'lost' = 'open') {
  const { items } = await member.call(opportunities.listOpportunities, { q, state });
  expect(items.length).toBeLessThan(2);
  return items[0] && member.call(opportunities.getOpportunity, { opportunityId: items[0].id });
}
const named = async (member: Member, state: 'open' | 'won' | 'lost' = 'open') =>
  (await member.call(opportunities.listOpportunities, { state })).items.map(({ name }) => name).sort();
const connect = async (member: Member, deals: contracts.Connection['deals']) => {
  const made = await connectService(member, account, { deals });
  await app.settle();
  return made.id;
};

test('deals are not even asked for unless their member chose so', async () => {
  there.put(101, { firstname: 'Anne', lastname: 'Aubry', email: 'anne@aubry.example' }, past);
  there.putDeal(1, deal, past);
  const without = await connect(alice, null);
  expect(there.fake.asked.filter(({ url, body }) => /deal/.test(url.pathname + body))).toEqual([]);
  expect(await named(alice)).toEqual([]);
  await alice.call(contracts.endConnection, { connectionId: without, cards: 'remove' });
  await app.settle();
});

test('deals become opportunities with stage, value, dates, owner, organisation and people; the same again says nothing', async () => {
  there.companies.set('7', 'Aubry Conseil');
  there.associations.companies.set('1', ['7']);
  there.associations.contacts.set('1', ['101']);
  const lost = { hs_is_closed: 'true', closedate: '2026-02-10T10:00:00Z', closed_lost_reason: 'Too expensive' };
  there.putDeal(2, { ...deal, ...lost, dealname: 'Pump contract', dealstage: 'closedlost' }, past);
  const won = { hs_is_closed: 'true', hs_is_closed_won: 'true', closedate: '2026-02-11T10:00:00Z' };
  there.putDeal(3, { ...deal, ...won, dealname: 'Valves', dealstage: 'closedwon', deal_currency_code: null }, past);
  there.putDeal(4, { dealname: 'Spare parts', dealstage: '4711', amount: '-3' }, past);
  there.putDeal(5, { dealname: '', amount: '100' }, past);
  id = await connect(alice, company);
  expect(await alice.call(contracts.getConnection, { connectionId: id })).toMatchObject({ deals: company });
  expect(await alice.call(opportunities.countBrought, { connectionId: id })).toEqual({ here: 4 });
  expect(await codeOf(bob.call(opportunities.countBrought, { connectionId: id }))).toBe('not_found');
  const stages = (await alice.call(opportunities.listStages, {})).items;
  const turbine = (await find(alice, 'Turbine'))!;
  expect(turbine).toMatchObject({
    ...{ value: { cents: 12_500_50, currency: 'CHF' }, openedOn: '2026-01-05', expectedOn: '2030-06-30' },
    ...{ stageId: stages[3]!.id, owner: { name: 'Bob Stone' }, organization: { name: 'Aubry Conseil' } },
    participants: [{ person: { name: 'Anne Aubry' }, addedBy: { name: 'Alice Martin' } }],
    source: { kind: 'hubspot', externalId: '1', endedAt: null },
  });
  // What identifies her stands on her card.
  expect(JSON.stringify(turbine.source)).not.toMatch(/anne/i);
  expect(await find(alice, 'Pump', 'lost')).toMatchObject({
    ...{ closedOn: '2026-02-10', reasons: ['price'], outcomeNote: 'Too expensive' },
  });
  expect(await find(alice, 'Valves', 'won')).toMatchObject({ value: { cents: 12_500_50, currency: 'EUR' } });
  const spare = (await find(alice, 'Spare'))!;
  expect(spare).toMatchObject({ stageId: stages[0]!.id, value: null, owner: { name: 'Alice Martin' } });
  expect(spare.source!.cells).toEqual(expect.arrayContaining([['amount', '-3']]));
  // Her contacts are hers: Bob, who owns it here too, sees the deal without them.
  expect(await find(bob, 'Turbine')).toMatchObject({ mine: true, participants: [] });
  expect((await read()).counts).toEqual({});
  expect(await find(alice, 'Turbine')).toEqual(turbine);
});

test('what was changed there comes here, but for what was corrected here; what was said no more there goes', async () => {
  const before = (await find(alice, 'Turbine'))!;
  const value = { cents: 9_000_00, currency: 'CHF' };
  await alice.call(opportunities.updateOpportunity, { opportunityId: before.id, version: before.version, value });
  there.putDeal(1, { amount: '20000', dealstage: 'appointmentscheduled', closedate: null });
  expect((await read()).counts).toEqual({ deals: 1 });
  const stages = (await alice.call(opportunities.listStages, {})).items;
  const after = (await find(alice, 'Turbine'))!;
  expect(after).toMatchObject({ value, stageId: stages[0]!.id, expectedOn: null });
  expect(after.moves[0]).toMatchObject({ kind: 'moved', to: stages[0]!.id });
  there.putDeal(2, { hs_is_closed: 'false', dealstage: 'contractsent', closed_lost_reason: null });
  await read();
  expect(await find(alice, 'Pump')).toMatchObject({
    outcome: null,
    closedOn: null,
    reasons: [],
    stageId: stages[3]!.id,
  });
});

test('who comes to a deal there comes to it here; who was taken out of it here stays out', async () => {
  there.put(102, { firstname: 'Bruno', lastname: 'Blanc', email: 'b@blanc.example' });
  there.associations.contacts.set('1', ['101', '102']);
  const { id: opportunityId, participants } = (await find(alice, 'Turbine'))!;
  await alice.call(opportunities.removeParticipant, { opportunityId, personId: participants[0]!.person.id });
  there.putDeal(1, { amount: '20001' });
  await read();
  expect((await find(alice, 'Turbine'))!.participants.map(({ person }) => person.name)).toEqual(['Bruno Blanc']);
});

test('a contact that its member does not see gets no link to the deal, whoever holds a card of them', async () => {
  await addContact(bob, { name: 'Carla Neri', email: 'carla@neri.example' });
  // She stands at HubSpot, and was taken out of sight here.
  there.put(103, { firstname: 'Dora', lastname: 'Dahl', email: 'dora@dahl.example' });
  await read();
  const dora = (await alice.call(cards.listPeople, { q: 'Dora' })).items[0]!.id;
  const { cards: own } = await alice.call(cards.getPerson, { personId: dora });
  await alice.call(cards.removeCard, { cardId: own[0]!.id });
  // Her record at HubSpot came after the contacts of this reading were read.
  there.fake.meddle = ({ url, body }) =>
    url.pathname.endsWith('contacts/batch/read') && body.includes('"900"')
      ? {
          body: {
            results: ['900', '103'].map((one) => ({
              id: one,
              properties: { firstname: 'Carla', email: one === '900' ? 'carla@neri.example' : 'dora@dahl.example' },
            })),
          },
        }
      : undefined;
  there.putDeal(6, { ...deal, dealname: 'Heat pumps' });
  there.associations.contacts.set('6', ['900', '103']);
  await read();
  const heat = (await find(alice, 'Heat'))!;
  expect(heat.participants).toEqual([]);
  expect((await find(bob, 'Heat'))!.participants).toEqual([]);
  const rows = await app.query(
    'select 1 from cards.participant p join cards.card c using (card_id) where p.opportunity_id = $1',
    [heat.id],
  );
  expect(rows).toEqual([]);
});

test('a deal that is gone there is said to be, and stays; back there it is back', async () => {
  await read();
  there.archiveDeal(3);
  expect((await read()).counts).toMatchObject({ dealsEnded: 1 });
  const gone = (await find(alice, 'Valves', 'won'))!;
  expect(gone.source!.endedAt).not.toBeNull();
  there.putDeal(3, { amount: '1' });
  await read();
  expect((await find(alice, 'Valves', 'won'))!.source!.endedAt).toBeNull();
  there.purgeDeal(3);
  await app.query(
    `update connectors.connection set deals_cursor = deals_cursor || '{"listed": 0}' where connection_id = $1`,
    [id],
  );
  expect((await read()).counts).toMatchObject({ dealsEnded: 1 });
  expect((await find(alice, 'Valves', 'won'))!.source!.endedAt).not.toBeNull();
});

test('what was removed here stays so, whatever becomes of it there', async () => {
  const { id: opportunityId } = (await find(alice, 'Spare'))!;
  await alice.call(opportunities.removeOpportunity, { opportunityId });
  there.putDeal(4, { amount: '400' });
  await read();
  expect(await find(alice, 'Spare')).toBeUndefined();
  // After thirty days it is deleted.
  await app.query('delete from opportunities.opportunity where opportunity_id = $1', [opportunityId]);
  there.putDeal(4, { amount: '500' });
  await read();
  expect(await find(alice, 'Spare')).toBeUndefined();
});

test('a crash between two pages, or before they are taken in, neither loses nor doubles a deal', async () => {
  const before = await named(alice);
  const soon = Date.now() - 60_000;
  for (let no = 0; no < 450; no++)
    there.putDeal(7000 + no, { ...deal, dealname: `Late ${no}` }, new Date(soon + no * 100).toISOString());
  const ends = new AbortController();
  let pages = 0;
  there.fake.meddle = ({ url }) => {
    if (url.pathname.endsWith('deals/search') && ++pages === 2) ends.abort();
    return undefined;
  };
  await app.query('alter table opportunities.import_change add constraint crash check (false) not valid');
  await app.query('update connectors.connection set wanted_at = now() where connection_id = $1', [id]);
  const of = { workspaceId: alice.me.workspace.id, connectionId: id, removals: false };
  await expect(synchronise(app.app, [hubspot], of, ends.signal)).rejects.toThrow();
  there.fake.meddle = null;
  const waiting = 'select count(*)::int as n from connectors.deal where connection_id = $1 and said is not null';
  expect(await app.query(waiting, [id])).toEqual([{ n: 200 }]);
  // Its taking in fails at its end, as often as it is tried: nothing of it stands.
  for (let waited = 0; app.errors.length === 0 && waited < 200; waited++)
    await new Promise((done) => setTimeout(done, 50));
  expect(app.errors.splice(0).join(' ')).toContain('crash');
  expect(await named(alice)).toEqual(before);
  await app.query('alter table opportunities.import_change drop constraint crash');
  await app.query('update graphile_worker._private_jobs set run_at = now(), last_error = null');
  await app.settle();
  app.errors.splice(0);
  expect((await named(alice)).filter((name) => name.startsWith('Late'))).not.toEqual([]);
  await read();
  const { items } = await alice.call(opportunities.listOpportunities, { q: 'Late', limit: 200 });
  const rows = await app.query(
    `select count(*)::int as n, count(distinct name)::int as names from opportunities.opportunity where name like 'Late %'`,
  );
  expect([items.length, rows]).toEqual([200, [{ n: 450, names: 450 }]]);
  // Nothing of what they said is left behind.
  expect(await app.query(waiting, [id])).toEqual([{ n: 0 }]);
});

test('what a file brought is met by its id; the end of the connection, with what it brought, gives it back', async () => {
  const carl = await app.invite(alice, 'Carl Weiss');
  const csv = 'Record ID,Deal Name,Deal Stage,Amount\n9000,Cooling as filed,Contract Sent,100\n';
  const file = { fileName: 'deals.csv', content: Buffer.from(csv).toString('base64') };
  await carl.call(opportunities.runImport, file);
  there.putDeal(9000, { ...deal, dealname: 'Cooling' });
  const own = await connect(carl, alone);
  const { value } = (await find(carl, 'Cooling'))!;
  expect(value).toEqual({ cents: 12_500_50, currency: 'CHF' });
  // Of Alice's, which the company sees, none came twice: he sees but those that she does not.
  const mine = await carl.call(opportunities.listOpportunities, { whose: 'mine' });
  expect(mine.items.map(({ name }) => name).sort()).toEqual(['Cooling', 'Spare parts']);
  // What goes on is no file among his files.
  expect((await carl.call(opportunities.listImports, {})).items).toHaveLength(1);
  there.putDeal(9000, { amount: '7' });
  await read(carl, own);
  expect(await find(carl, 'Cooling')).toMatchObject({ value: { cents: 700 } });
  await carl.call(contracts.endConnection, { connectionId: own, cards: 'remove' });
  await app.settle();
  const after = { value: { cents: 100_00, currency: 'EUR' }, owner: { name: 'Carl Weiss' }, expectedOn: null };
  expect(await find(carl, 'as filed')).toMatchObject(after);
  expect(await find(carl, 'Spare')).toBeUndefined();
});

test('ending it leaves its opportunities, or takes out what it brought, as undoing a file does', async () => {
  const dan = await app.invite(alice, 'Dan Brown');
  there.putDeal(8000, { ...deal, dealname: 'Only for Dan' });
  const first = await connect(dan, alone);
  expect(await find(dan, 'Only for Dan')).toBeDefined();
  expect(await find(bob, 'Only for Dan')).toBeUndefined();
  await dan.call(contracts.endConnection, { connectionId: first, cards: 'stay' });
  await app.settle();
  expect(await find(dan, 'Only for Dan')).toBeDefined();
  const second = await connect(dan, alone);
  // It changed nothing: what the first brought is not the second's to take.
  await dan.call(contracts.endConnection, { connectionId: second, cards: 'remove' });
  await app.settle();
  expect(await find(dan, 'Only for Dan')).toBeDefined();
  await alice.call(contracts.endConnection, { connectionId: id, cards: 'remove' });
  await app.settle();
  expect((await named(alice)).filter((name) => /Turbine|Late/.test(name))).toEqual([]);
  expect(await find(alice, 'Turbine')).toBeUndefined();
});

test('a token without the right to read deals is told before anything is kept', async () => {
  there.fake.meddle = ({ url }) =>
    url.pathname.includes('deals') ? { status: 403, body: { category: 'MISSING_SCOPES' } } : undefined;
  expect(await problemOf(connectService(bob, account, { deals: alone }))).toBe('deals_forbidden');
  expect((await bob.call(contracts.listConnections, {})).items).toEqual([]);
});

test('deals are for oneself, a team of one’s own or the company, in a currency that there is', async () => {
  const carl = await app.invite(alice, 'Carla Bloom');
  const { id: teamId } = await alice.call(identity.createTeam, { name: 'Sales', memberIds: [carl.me.memberId] });
  const wish = (deals: contracts.Connection['deals']) => codeOf(connectService(bob, account, { deals }));
  expect(await wish({ visibility: { kind: 'team', teamId }, currency: 'EUR' })).toBe('invalid_input');
  expect(await wish({ visibility: { kind: 'owner' }, currency: 'ABC' })).toBe('invalid_input');
  const made = await connect(carl, { visibility: { kind: 'team', teamId }, currency: 'EUR' });
  expect(await carl.call(contracts.getConnection, { connectionId: made })).toMatchObject({
    deals: { visibility: { kind: 'team', teamId } },
  });
  expect(await find(carl, 'Only for Dan')).toMatchObject({ visibility: { kind: 'team', teamId } });
});

test('whatever HubSpot says of a deal, it is read without inventing anything', () => {
  const value = fc.oneof(fc.string(), fc.constant(null), fc.jsonValue());
  const names = { stages: new Map(), owners: new Map(), companies: new Map(), contacts: new Map() };
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...Object.keys(deal)), value), (properties) => {
      const read = toDeal({ id: '1', properties }, names, ['7'], ['8']);
      const said = JSON.stringify(properties);
      for (const [, text] of read.cells) expect(said).toContain(JSON.stringify(text).slice(1, -1));
      expect(read).toMatchObject({ organization: '', contacts: [{ key: '8', name: '', email: '' }] });
      if (read.amount !== null) expect(said).toContain(String(properties.amount));
    }),
  );
});
