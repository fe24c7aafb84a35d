import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import * as community from '../community/contract.ts';
import * as conversations from '../conversations/contract.ts';
import * as decisions from '../decisions/contract.ts';
import { type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as surveys from '../surveys/contract.ts';
import * as voices from '../voices/contract.ts';
import { tellConversations } from './conversing.ts';
import type { DemoState } from './queries.ts';
import { decideCase, tellCommunity, tellSurvey } from './telling.ts';

let app: TestApp;
let alice: Member;
let state: DemoState;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  const memberIds = [alice.me.memberId];
  for (const name of ['Bob', 'Carol', 'Dan', 'Eve', 'Fay', 'Gil', 'Hal', 'Ida'])
    memberIds.push((await app.invite(alice, `${name} Stone`)).me.memberId);
  state = { workspaceId: alice.me.workspace.id, memberIds, bookIds: [], ready: true };
  // Twice: what was interrupted is taken up again, and stands once.
  for (let again = 0; again < 2; again++) {
    await tellConversations(app.app, state);
    await tellSurvey(app.app, state);
    await tellCommunity(app.app, state);
    await app.settle();
  }
}, 120_000);
afterAll(() => app.close());
afterEach(() => expect(app.errors).toEqual([]));

test('conversations stand in all states, answered and noted by members, and nothing waits to be sent', async () => {
  const rows = await app.query<{ status: string; count: number }>(
    `select status, count(*)::int as count from conversations.conversation group by status`,
  );
  const of = Object.fromEntries(rows.map(({ status, count }) => [status, count]));
  expect(Object.values(of).reduce((sum, count) => sum + count, 0)).toBe(61);
  for (const status of ['open', 'pending', 'snoozed', 'closed']) expect(of[status]).toBeGreaterThan(1);
  const [said] = await app.query<Record<string, number>>(`select
    count(*) filter (where kind = 'note')::int as notes,
    count(*) filter (where kind = 'out')::int as answers,
    count(*) filter (where kind = 'out' and author_id is null)::int as unsigned,
    count(*) filter (where state in ('queued', 'sending'))::int as leaving,
    count(*) filter (where sent_at > now())::int as ahead from conversations.message`);
  expect(said).toMatchObject({ unsigned: 0, leaving: 0, ahead: 0 });
  expect(said!.notes).toBeGreaterThan(5);
  expect(said!.answers).toBeGreaterThan(25);
  expect(await app.query('select from outreach.message')).toHaveLength(0);
  const { items } = await alice.call(conversations.listConversations, {});
  expect(items.length).toBeGreaterThan(10);
});

test('voices are read: late deliveries rise, and have opened a case that is decided', async () => {
  const board = await alice.call(voices.getBoard, {});
  expect(board.rows.length).toBeGreaterThan(4);
  const { items: topics } = await alice.call(voices.listTopics, {});
  const delivery = topics.find(({ name }) => name.en === 'Delivery and delays')!;
  expect((await alice.call(voices.listRises, {})).items.map(({ topicId }) => topicId)).toEqual([delivery.id]);
  expect(await decideCase(app.app, state)).toBe(true);
  const { items } = await alice.call(decisions.listCases, { state: 'open' });
  expect(items).toMatchObject([{ topic: { id: delivery.id }, outcome: 'will_do' }]);
  await app.settle();
});

test('a dozen answered the survey; ideas are wanted, and one is talked about', async () => {
  const [survey] = (await alice.call(surveys.listSurveys, {})).items;
  expect(survey).toMatchObject({ kind: 'nps', answers: 12, asked: 12 });
  const [one, ...more] = (await alice.call(community.listCommunities, {})).items;
  expect(more).toEqual([]);
  const { items: ideas } = await alice.call(community.listIdeas, { communityId: one!.id });
  expect(ideas.map(({ votes }) => votes).sort()).toEqual([1, 3, 4, 6]);
  expect(ideas.find(({ votes }) => votes === 6)).toMatchObject({ comments: 2, status: 'considered' });
});
