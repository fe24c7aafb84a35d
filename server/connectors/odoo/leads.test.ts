import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Member, openTestApp, type TestApp } from '../../kernel/testing.ts';
import * as opportunities from '../../opportunities/contract.ts';
import { connectService, onLoopback, problemOf, sync } from '../testing.ts';
import { toDeal } from './leads.ts';
import { openOdoo } from './testing.ts';

let app: TestApp;
let alice: Member;
let there: Awaited<ReturnType<typeof openOdoo>>;
let id: string;

beforeAll(async () => {
  app = await openTestApp(onLoopback);
  alice = await app.setUp();
  there = await openOdoo();
});
afterAll(async () => {
  there.close();
  await app.close();
});
afterEach(() => expect(app.errors.splice(0)).toEqual([]));

const account = () => ({
  kind: 'odoo',
  settings: { address: there.url, database: 'acme', username: 'anne' },
  secret: { password: 'odoo-key' },
});
const deals = { visibility: { kind: 'owner' as const }, currency: 'EUR' };
const past = new Date('2026-03-02T10:00:00Z');
const lead = {
  ...{ name: 'Boiler', stage_id: [3, 'Proposition'], expected_revenue: 1200.5, company_currency: [1, 'EUR'] },
  ...{
    create_date: '2026-01-04 08:00:00',
    date_deadline: '2030-06-30',
    probability: 50,
    user_id: [2, 'Mitchell Admin'],
  },
  ...{
    partner_id: [7, 'Aubry Conseil, Anne Aubry'],
    contact_name: 'Anne Aubry',
    description: '<p>Call <b>them</b></p>',
  },
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

test('opportunities come with company and person; leads do not; one that was lost is not gone', async () => {
  there.put(7, { name: 'Anne Aubry', parent_id: [6, 'Aubry Conseil'], email: 'anne@aubry.example' }, past);
  there.putLead(1, lead, past);
  there.putLead(2, { ...lead, name: 'Only a lead', type: 'lead' }, past);
  const lost = { active: false, probability: 0, date_closed: '2026-02-10 09:00:00', lost_reason_id: [1, 'Trop cher'] };
  there.putLead(3, { ...lead, ...lost, name: 'Pump' }, past);
  there.putLead(4, { ...lead, name: 'Valve', probability: 100, date_closed: '2026-02-11 09:00:00' }, past);
  ({ id } = await connectService(alice, account(), { deals }));
  await app.settle();
  const stages = (await alice.call(opportunities.listStages, {})).items;
  expect(await find('Boiler')).toMatchObject({
    ...{ value: { cents: 1200_50, currency: 'EUR' }, openedOn: '2026-01-04', expectedOn: '2030-06-30' },
    ...{ stageId: stages[2]!.id, organization: { name: 'Aubry Conseil' }, note: 'Call them' },
    participants: [{ person: { name: 'Anne Aubry' } }],
    source: { kind: 'odoo', externalId: 'acme/1' },
  });
  expect(await find('Pump', 'lost')).toMatchObject({ closedOn: '2026-02-10', reasons: ['price'] });
  expect(await find('Valve', 'won')).toMatchObject({ closedOn: '2026-02-11' });
  expect(await find('Only a lead')).toBeUndefined();
  expect(await read()).toEqual({});
});

test('what is deleted there is missed once a day, and stays', async () => {
  there.deleteLead(1);
  await app.query(
    `update connectors.connection set deals_cursor = deals_cursor || '{"listed": 0}' where connection_id = $1`,
    [id],
  );
  expect(await read()).toEqual({ dealsEnded: 1 });
  expect((await find('Boiler'))!.source!.endedAt).not.toBeNull();
  expect((await find('Pump', 'lost'))!.source!.endedAt).toBeNull();
});

test('an installation without its module is told so before anything is kept', async () => {
  there.modules.clear();
  expect(await problemOf(connectService(alice, account(), { deals }))).toBe('deals_forbidden');
});

test('whatever Odoo says of an opportunity, it is read without inventing anything', () => {
  const value = fc.oneof(fc.string(), fc.constant(false), fc.tuple(fc.integer(), fc.string()), fc.jsonValue());
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...Object.keys(lead), 'email_from', 'active'), value), (said) => {
      const read = toDeal({ active: true, ...said, id: 1, write_date: '2026-03-02 10:00:00' });
      for (const { name, email } of read.contacts)
        for (const word of [name, email]) expect(JSON.stringify(said)).toContain(JSON.stringify(word).slice(1, -1));
    }),
  );
});
