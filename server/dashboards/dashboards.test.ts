import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import * as collection from '../collection/contract.ts';
import { addChat, bring, incoming } from '../conversations/testing.ts';
import * as delegation from '../delegation/contract.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as segments from '../segments/contract.ts';
import * as tasks from '../tasks/contract.ts';
import * as contracts from './contract.ts';

let app: TestApp;
let alice: Member;
let bob: Member;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Stone');
  for (let n = 0; n < 3; n++) await add(bob, n);
  await app.settle();
});
afterAll(() => app.close());
afterEach(() => expect(app.errors).toEqual([]));

const add = (who: Member, n: number, bookId?: string) =>
  who.call(cards.createCard, {
    ...(bookId ? { bookId } : {}),
    fields: [
      { kind: 'name', value: { given: `Given${n}`, family: `Family${n}` } },
      { kind: 'email', value: { value: `p${n}@company${n}.example` } },
    ],
  });

async function read(who: Member, board: contracts.Board, key: string) {
  const { charts } = await who.call(contracts.getBoard, { board, days: 30 });
  return Object.fromEntries(charts.find((chart) => chart.key === key)!.points.map((point) => [point.key, point]));
}

test('a board counts what its viewer’s lists show, and nothing that colleagues keep private', async () => {
  expect((await read(bob, 'reference', 'reference.kinds')).person).toMatchObject({ values: [3], to: '/people' });
  expect((await read(bob, 'reference', 'reference.freshness')).quarter).toMatchObject({
    values: [3],
    to: '/people?freshness=quarter',
  });
  expect((await read(alice, 'reference', 'reference.kinds')).person!.values).toEqual([0]);
  const growth = Object.values(await read(bob, 'reference', 'reference.growth'));
  expect(growth.at(-1)!.values).toEqual([3]);
  const sources = Object.values(await read(bob, 'reference', 'reference.sources'));
  expect(sources).toMatchObject([{ values: [3], name: expect.any(String) as string }]);
});

test('whom I alone hold, and whom others lend me, is told apart', async () => {
  const { id: bookId } = await alice.call(delegation.createBook, { name: 'Lent' });
  await alice.call(delegation.createGrant, { bookId, grantee: { kind: 'workspace' }, acts: ['read'] });
  await add(alice, 0, bookId);
  await add(alice, 7, bookId);
  await app.settle();
  const held = await read(bob, 'relations', 'relations.held');
  expect([held.alone, held.both, held.others].map((point) => point!.values[0])).toEqual([2, 1, 1]);
});

test('every board answers for whoever has nothing yet, in each period, and another period is refused', async () => {
  for (const board of contracts.boards)
    for (const days of contracts.periods) {
      const { charts } = await alice.call(contracts.getBoard, { board, days });
      expect(charts.length).toBeGreaterThan(2);
      for (const chart of charts)
        for (const { values } of chart.points) expect(values).toHaveLength(chart.series.length);
    }
  expect(await codeOf(alice.call(contracts.getBoard, { board: 'plan', days: 31 }))).toBe('invalid_input');
});

test('tasks are one’s own, by when they are due', async () => {
  await bob.call(tasks.createTask, { title: 'Call', dueOn: '2020-01-01' });
  expect((await read(bob, 'plan', 'plan.tasks')).late!.values).toEqual([1]);
  expect((await read(alice, 'plan', 'plan.tasks')).late!.values).toEqual([0]);
});

test('what people speak of is counted by topics that nobody has changed yet; who has answered nothing was not quick', async () => {
  const channel = await addChat(alice);
  await bring(app, alice, channel.id, incoming({ text: 'My delivery is late, this is unacceptable.' }));
  await app.settle();
  const topics = Object.values(await read(bob, 'conversations', 'conversations.topics'));
  expect(topics).toContainEqual(expect.objectContaining({ name: 'Delivery and delays', values: [1, 0, 0] }));
  expect(Object.keys(await read(bob, 'conversations', 'conversations.waiting'))).toEqual([channel.id]);
  expect(await read(bob, 'conversations', 'conversations.answer')).toEqual({});
});

test('the collection plan shows of each need what is known, and what is missing to what is wanted', async () => {
  const { id: itemId } = await alice.call(collection.saveItem, { kind: 'field', ref: 'birthday', staleMonths: null });
  const need = { name: 'Cards', kind: 'programme' as const, itemIds: [itemId], wanted: 60 };
  const { id: needId } = await alice.call(collection.saveNeed, need);
  expect(await read(bob, 'plan', 'plan.collection')).toEqual({});
  await app.query(
    `insert into collection.progress (workspace_id, item_id, day, people, filled) values ($1, $2, current_date, 100, 25)`,
    [alice.me.workspace.id, itemId],
  );
  expect((await read(bob, 'plan', 'plan.collection'))[needId]).toMatchObject({
    ...{ name: 'Cards', values: [25, 35], to: '/knowledge/collection' },
  });
});

test('segments run as lines, for whom belongs to their audience', async () => {
  const mine = await bob.call(segments.addSegment, {
    ...{
      name: 'Mine',
      kind: 'filter',
      filter: 'everyone',
      audience: { kind: 'mine' },
      shownTo: [{ kind: 'workspace' }],
    },
  });
  await app.settle();
  const trends = async (who: Member) => {
    const { charts } = await who.call(contracts.getBoard, { board: 'plan', days: 30 });
    return charts.find(({ key }) => key === 'plan.segments')!;
  };
  const chart = await trends(bob);
  expect(chart).toMatchObject({
    form: 'lines',
    series: [{ key: mine.id, name: 'Mine', to: `/knowledge/segments/${mine.id}` }],
  });
  expect(chart.points.at(-1)!.values).toEqual([4]);
  expect(chart.points[0]!.values).toEqual([0]);
  // It is shown to her, and how it grows would tell whom Bob holds.
  expect((await trends(alice)).series).toEqual([]);
});
