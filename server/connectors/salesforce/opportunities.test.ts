import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Member, openTestApp, type TestApp } from '../../kernel/testing.ts';
import * as opportunities from '../../opportunities/contract.ts';
import { services } from '../services.ts';
import { connectService, onLoopback, problemOf, sync } from '../testing.ts';
import { toDeal } from './opportunities.ts';
import { idOf, openSalesforce } from './testing.ts';

let app: TestApp;
let alice: Member;
let there: Awaited<ReturnType<typeof openSalesforce>>;
let id: string;
const real = services.salesforce;

beforeAll(async () => {
  app = await openTestApp(onLoopback);
  alice = await app.setUp();
  there = await openSalesforce();
  services.salesforce = () => there.url;
});
afterAll(async () => {
  services.salesforce = real;
  there.close();
  await app.close();
});
afterEach(() => {
  there.fake.meddle = null;
  expect(app.errors.splice(0)).toEqual([]);
});

const account = {
  kind: 'salesforce',
  settings: { address: 'https://acme.my.salesforce.com', username: 'consumer' },
  secret: { password: 'secret' },
};
const deals = { visibility: { kind: 'owner' as const }, currency: 'CHF' };
const past = new Date('2026-03-02T10:00:00Z');
const roles = (...of: [no: number, name: string, email: string | null][]) => {
  const records = of.map(([no, Name, Email]) => ({ ContactId: idOf('003', no), Contact: { Name, Email } }));
  return { OpportunityContactRoles: { totalSize: records.length, done: true, records } };
};
const cabling = {
  ...{ Name: 'Cabling', StageName: 'Proposal/Price Quote', Amount: 1000.5, CloseDate: '2030-12-31' },
  ...{ CreatedDate: '2026-01-04T08:00:00.000+0000', IsClosed: false, IsWon: false, NextStep: 'Call them' },
  ...{ Account: { Name: 'Initech' }, Owner: { Name: 'Somebody Else', Email: 'else@acme.example' } },
};

async function read() {
  const done = await sync(alice, id);
  await app.settle();
  return done.counts;
}
async function find(q: string, state: 'open' | 'won' | 'lost' = 'open') {
  const { items } = await alice.call(opportunities.listOpportunities, { q, state });
  return items[0] && alice.call(opportunities.getOpportunity, { opportunityId: items[0].id });
}

test('opportunities come with their accounts and the contacts that have a role in them', async () => {
  there.put(1, { FirstName: 'Anne', LastName: 'Aubry' }, past);
  // Twice in one opportunity, by two roles; and one whose contact this user may not see.
  const people = roles([1, 'Anne Aubry', null], [1, 'Anne Aubry', null], [2, 'Carl Unknown', 'carl@nowhere.example']);
  there.putOpportunity(1, { ...cabling, ...people }, past);
  there.putOpportunity(2, { ...cabling, Name: 'Roofing', IsClosed: true, IsWon: true, CloseDate: '2026-02-15' }, past);
  there.putOpportunity(3, { ...cabling, Name: 'Lost', IsClosed: true, CloseDate: '2026-02-16' }, past);
  there.putOpportunity(4, { ...cabling, Name: 'In the bin', IsDeleted: true }, past);
  ({ id } = await connectService(alice, account, { deals }));
  await app.settle();
  const stages = (await alice.call(opportunities.listStages, {})).items;
  const found = (await find('Cabling'))!;
  expect(found).toMatchObject({
    ...{ value: { cents: 1000_50, currency: 'CHF' }, expectedOn: '2030-12-31', openedOn: '2026-01-04' },
    ...{ stageId: stages[2]!.id, organization: { name: 'Initech' }, owner: { name: 'Alice Martin' } },
    participants: [{ person: { name: 'Anne Aubry' } }],
    source: { kind: 'salesforce', externalId: idOf('006', 1), endedAt: null },
  });
  expect(found.source!.cells).toEqual(expect.arrayContaining([['NextStep', 'Call them']]));
  // Of who is not found here the name stays, for who connected alone.
  expect(found.source!.cells).toEqual(expect.arrayContaining([['contact', 'Carl Unknown carl@nowhere.example']]));
  expect(await find('Roofing', 'won')).toMatchObject({ closedOn: '2026-02-15' });
  expect(await find('Lost', 'lost')).toMatchObject({ closedOn: '2026-02-16', reasons: [] });
  expect(await find('In the bin')).toBeUndefined();
  expect(await read()).toEqual({});
});

test('what is put into the bin there has ended here, and stays', async () => {
  there.putOpportunity(1, { IsDeleted: true });
  expect(await read()).toEqual({ dealsEnded: 1 });
  expect((await find('Cabling'))!.source!.endedAt).not.toBeNull();
  there.putOpportunity(1, { IsDeleted: false, Amount: null });
  await read();
  expect(await find('Cabling')).toMatchObject({ value: null, source: { endedAt: null } });
});

test('where roles or a currency are not this user’s to see, the rest comes all the same', async () => {
  there.relationships.clear();
  there.ofOpportunities.add('CurrencyIsoCode');
  there.ofOpportunities.delete('OwnerId');
  there.putOpportunity(5, { ...cabling, Name: 'Heating', CurrencyIsoCode: 'USD', ...roles([1, 'Anne', null]) });
  await read();
  expect(await find('Heating')).toMatchObject({ value: { currency: 'USD' }, participants: [] });
});

test('an answer that is cut earlier than asked, as those with records within may be, is gone on with', async () => {
  const at = new Date(Date.now() - 60_000);
  for (let no = 0; no < 30; no++) there.putOpportunity(100 + no, { ...cabling, Name: `Many ${no}` }, at);
  let cuts = 0;
  there.fake.meddle = async ({ url }) => {
    const soql = url.searchParams.get('q') ?? '';
    if (!url.pathname.endsWith('queryAll') || !soql.includes('FROM Opportunity') || soql.endsWith('LIMIT 7'))
      return undefined;
    cuts++;
    url.searchParams.set('q', soql.replace(/LIMIT \d+$/, 'LIMIT 7'));
    const answer = await fetch(`${there.url}${url.pathname}?${url.searchParams}`, {
      headers: { authorization: 'Bearer token' },
    });
    const body = (await answer.json()) as { records: unknown[] };
    return { body: { ...body, done: body.records.length < 7 } };
  };
  expect(await read()).toMatchObject({ deals: 30 });
  expect(cuts).toBeGreaterThan(4);
});

test('an app that may not read opportunities is told so before anything is kept', async () => {
  there.fake.meddle = ({ url }) =>
    url.pathname.includes('Opportunity') ? { status: 404, body: [{ errorCode: 'NOT_FOUND' }] } : undefined;
  expect(await problemOf(connectService(alice, account, { deals }))).toBe('deals_forbidden');
});

test('whatever Salesforce says of an opportunity, it is read without inventing anything', () => {
  const names = [...Object.keys(cabling), 'OpportunityContactRoles', 'CurrencyIsoCode'];
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names), fc.jsonValue()), (said) => {
      const read = toDeal({ ...said, Id: idOf('006', 1), SystemModstamp: '', IsDeleted: false });
      for (const [, text] of read.cells) expect(JSON.stringify(said)).toContain(JSON.stringify(text).slice(1, -1));
    }),
  );
});
