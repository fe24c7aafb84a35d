import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as identity from '../identity/contract.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as voices from '../voices/contract.ts';
import * as opportunities from './contract.ts';
import * as contracts from './interview-contract.ts';

let app: TestApp;
let alice: Member;
let bob: Member;
let carl: Member;
let teamId: string;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Seller');
  carl = await app.invite(alice, 'Carl Colleague');
  teamId = (await alice.call(identity.createTeam, { name: 'Sales', memberIds: [bob.me.memberId] })).id;
});
afterAll(async () => {
  expect(app.errors).toEqual([]);
  await app.close();
});

const late = 'The delivery is always late and they were very disappointed.';

async function ended(
  outcome: 'won' | 'lost',
  reasons: opportunities.Reason[],
  visibility: opportunities.Visibility = { kind: 'owner' },
) {
  const value = { cents: 1_200_000, currency: 'EUR' };
  const { id, version } = await bob.call(opportunities.createOpportunity, {
    name: `Deal ${outcome}`,
    value,
    visibility,
  });
  return bob.call(opportunities.closeOpportunity, { opportunityId: id, version, outcome, reasons, word: null });
}
const say = (by: Member, opportunityId: string, said: Partial<contracts.Said>) =>
  by.call(contracts.saveInterview, { opportunityId, said });

/** What is heard of deals on deliveries. */
async function heardBy(member: Member) {
  await app.settle();
  const topics = (await member.call(voices.listTopics, {})).items;
  const topicId = topics.find(({ name }) => name.en === 'Delivery and delays')!.id;
  return (await member.call(voices.listElsewhere, { topicId })).items;
}

test('what decided a deal is said once it has ended, won or lost, and becomes voices with its value', async () => {
  const open = await bob.call(opportunities.createOpportunity, { name: 'Open' });
  expect(await codeOf(say(bob, open.id, { decided: 'x' }))).toBe('conflict');
  const { id } = await ended('lost', ['price', 'competitor']);
  expect(await bob.call(contracts.getInterview, { opportunityId: id })).toEqual({ interview: null });
  await say(bob, id, { decided: late, product: late, others: 'Rival SA, delivery late' });
  expect((await bob.call(contracts.getInterview, { opportunityId: id })).interview).toMatchObject({
    said: { decided: late, others: 'Rival SA, delivery late', image: '' },
    author: 'Bob Seller',
  });
  const heard = await heardBy(bob);
  // Names of others are no opinion.
  expect(heard).toHaveLength(2);
  expect(heard[0]).toMatchObject({
    origin: 'interview',
    originId: id,
    tone: 'negative',
    value: { cents: 1_200_000, currency: 'EUR' },
  });
  // One deal is one voice on a topic.
  const counted = (await bob.call(voices.countElsewhere, {})).items.find(
    ({ name }) => name?.en === 'Delivery and delays',
  );
  expect(counted?.origins).toEqual([{ origin: 'interview', voices: 1, negative: 1 }]);
  expect(await heardBy(carl)).toEqual([]);
  await say(bob, id, { decided: late });
  expect(await heardBy(bob)).toHaveLength(1);
});

test('who sees a deal reads what was said of it, and it follows the deal', async () => {
  const { id, version } = await ended('won', ['trust'], { kind: 'team', teamId });
  await say(bob, id, { image: late });
  expect(await codeOf(carl.call(contracts.getInterview, { opportunityId: id }))).toBe('not_found');
  const mine = async (member: Member) => (await heardBy(member)).filter(({ originId }) => originId === id).length;
  expect([await mine(bob), await mine(carl)]).toEqual([1, 0]);
  await bob.call(opportunities.updateOpportunity, { opportunityId: id, version, visibility: { kind: 'workspace' } });
  expect((await carl.call(contracts.getInterview, { opportunityId: id })).interview?.said.image).toBe(late);
  expect([await mine(bob), await mine(carl)]).toEqual([1, 1]);
  const now = await bob.call(opportunities.getOpportunity, { opportunityId: id });
  await bob.call(opportunities.reopenOpportunity, { opportunityId: id, version: now.version });
  expect(await mine(carl)).toBe(0);
  const again = await bob.call(opportunities.getOpportunity, { opportunityId: id });
  await bob.call(opportunities.closeOpportunity, {
    opportunityId: id,
    version: again.version,
    outcome: 'won',
    word: null,
  });
  expect(await mine(carl)).toBe(1);
  await bob.call(opportunities.removeOpportunity, { opportunityId: id });
  expect(await mine(carl)).toBe(0);
  await bob.call(opportunities.restoreOpportunity, { opportunityId: id });
  expect(await mine(carl)).toBe(1);
});

test('why we win and lose is counted of the deals one sees, and each row opens the very words', async () => {
  const { id } = await ended('lost', ['price', 'timing'], { kind: 'workspace' });
  await say(bob, id, { decided: 'Too dear for them.' });
  await ended('lost', ['price']);
  await ended('lost', []);
  const quarter = `${new Date().getUTCFullYear()}-Q${Math.floor(new Date().getUTCMonth() / 3) + 1}`;
  const of = async (member: Member) =>
    (await member.call(contracts.countOutcomes, {})).items.filter((one) => one.outcome === 'lost');
  expect(await of(carl)).toEqual([
    { outcome: 'lost', reason: 'price', quarter, count: 1 },
    { outcome: 'lost', reason: 'timing', quarter, count: 1 },
  ]);
  expect(await of(bob)).toContainEqual({ outcome: 'lost', reason: null, quarter, count: 1 });
  expect(await of(bob)).toContainEqual({ outcome: 'lost', reason: 'price', quarter, count: 3 });
  const words = await carl.call(contracts.listOutcomes, { outcome: 'lost', reason: 'price', quarter });
  expect(words.items).toMatchObject([{ id, reasons: ['price', 'timing'], said: { decided: 'Too dear for them.' } }]);
  expect((await carl.call(contracts.listOutcomes, { outcome: 'lost', quarter: '2001-Q1' })).items).toEqual([]);
  const first = await bob.call(contracts.listOutcomes, { outcome: 'lost', limit: 2 });
  const rest = await bob.call(contracts.listOutcomes, { outcome: 'lost', limit: 2, after: first.next! });
  expect(new Set([...first.items, ...rest.items].map((one) => one.id)).size).toBe(4);
});

test('what an import opens again, changes, takes out of sight or brings back is heard of the deal as it stands', async () => {
  const today = new Date().toISOString().slice(0, 10);
  const run = (stage: string, amount: number) => {
    const lines = [
      'Record ID,Deal Name,Deal Stage,Close Date,Amount,Create Date',
      `900,Imported,${stage},${today} 10:00,${amount},2026-01-02 08:00`,
    ];
    const content = Buffer.from(lines.join('\n')).toString('base64');
    return bob.call(opportunities.runImport, { fileName: 'deals.csv', content });
  };
  const undo = (of: { id: string }) => bob.call(opportunities.undoImport, { importId: of.id });
  const first = await run('Appointment Scheduled', 8000);
  const second = await run('closedlost', 8000);
  const [deal] = (await bob.call(opportunities.listOpportunities, { q: 'Imported', state: 'lost' })).items;
  await say(bob, deal!.id, { decided: late });
  const worth = async () =>
    (await heardBy(bob)).filter(({ originId }) => originId === deal!.id).map(({ value }) => value?.cents);
  expect(await worth()).toEqual([800_000]);
  const third = await run('closedlost', 9000);
  expect(await worth()).toEqual([900_000]);
  await undo(third);
  expect(await worth()).toEqual([800_000]);
  await undo(second);
  expect(await worth()).toEqual([]);
  await run('closedlost', 8000);
  expect(await worth()).toEqual([800_000]);
  await undo(first);
  expect(await worth()).toEqual([]);
  await run('closedlost', 8000);
  expect(await worth()).toEqual([800_000]);
  const { version } = await bob.call(opportunities.getOpportunity, { opportunityId: deal!.id });
  const value = { cents: 5, currency: 'EUR' };
  await bob.call(opportunities.updateOpportunity, { opportunityId: deal!.id, version, value });
  expect(await worth()).toEqual([5]);
});

test('what is said while a deal is handed on is for those to whom it goes', async () => {
  const { id } = await ended('lost', ['price'], { kind: 'workspace' });
  const handing = new pg.Client({ connectionString: app.databaseUrl });
  await handing.connect();
  await handing.query('begin');
  await handing.query('update opportunities.opportunity set audience_id = owner_id where opportunity_id = $1', [id]);
  let settled = false;
  const saying = say(bob, id, { decided: late }).finally(() => {
    settled = true;
  });
  const waits = async () =>
    settled ||
    (await app.query(`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`))
      .length > 0;
  await expect.poll(waits, { timeout: 20_000 }).toBe(true);
  await handing.query('commit');
  await handing.end();
  await saying;
  expect(await app.query(`select audience_id from opportunities.interview where opportunity_id = $1`, [id])).toEqual([
    { audience_id: bob.me.memberId },
  ]);
});
