import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import * as introductions from '../introductions/contract.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as notices from '../notices/contract.ts';
import * as contracts from './contract.ts';
import { tasksTasks } from './jobs.ts';
import { findOwned } from './queries.ts';

let app: TestApp;
let alice: Member;
let bob: Member;
let carol: Member;
let personId: string;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Stone');
  carol = await app.invite(alice, 'Carol Wood');
  const fields = [{ kind: 'name' as const, value: { given: 'Anne', family: 'Durand' } }];
  personId = (await alice.call(cards.createCard, { fields })).id;
});
afterAll(() => app.close());
afterEach(() => expect(app.errors).toEqual([]));

const titles = async (member: Member, input: Parameters<typeof list>[1] = {}) =>
  (await list(member, input)).map(({ title }) => title);
const list = async (
  member: Member,
  input: { state?: 'open' | 'done'; whose?: 'mine' | 'given'; personId?: string; dueBy?: string; limit?: number },
) => (await member.call(contracts.listTasks, input)).items;
const told = async (member: Member) => (await member.call(notices.listNotices, {})).items;

describe('a task', () => {
  test('is seen by who does it and by who wrote it, and by nobody else', async () => {
    const { id } = await alice.call(contracts.createTask, { title: 'Call', ownerId: bob.me.memberId, personId });
    expect(await titles(alice)).toEqual(['Call']);
    expect(await titles(bob)).toEqual(['Call']);
    expect(await titles(carol)).toEqual([]);
    for (const act of [
      () => carol.call(contracts.updateTask, { taskId: id, done: true }),
      () => carol.call(contracts.deleteTask, { taskId: id }),
      () => bob.call(contracts.deleteTask, { taskId: id }),
    ])
      expect(await codeOf(act())).toBe('not_found');
  });

  test('names its contact to whom they are visible, and opens nothing to the others', async () => {
    expect((await list(alice, {}))[0]!.contact).toEqual({ id: personId, name: 'Anne Durand' });
    expect((await list(bob, {}))[0]!.contact).toBeNull();
    expect(await codeOf(bob.call(cards.getPerson, { personId }))).toBe('not_found');
    expect(await titles(alice, { personId })).toEqual(['Call']);
    expect(await codeOf(bob.call(contracts.listTasks, { personId }))).toBe('not_found');
    expect(await codeOf(bob.call(contracts.createTask, { title: 'x', personId }))).toBe('not_found');
  });

  test('is told to who is given it, and its being done to who wrote it; that can be taken back', async () => {
    await app.settle();
    expect((await told(bob))[0]).toMatchObject({ kind: 'task_given', text: 'Alice Martin gives you a task: Call.' });
    const [task] = await list(bob, { whose: 'mine' });
    const done = await bob.call(contracts.updateTask, { taskId: task!.id, done: true });
    expect(done.doneAt).not.toBeNull();
    await app.settle();
    expect((await told(alice))[0]).toMatchObject({
      kind: 'task_done',
      text: 'Bob Stone did what you asked for: Call.',
    });
    expect(await titles(alice, { whose: 'given' })).toEqual([]);
    expect(await titles(alice, { whose: 'given', state: 'done' })).toEqual(['Call']);
    await bob.call(contracts.updateTask, { taskId: task!.id, done: false });
    expect(await titles(alice, { whose: 'given' })).toEqual(['Call']);
    expect(await titles(bob, { whose: 'given' })).toEqual([]);
  });

  test('stands in the order of its day, those without one last, and is read page by page', async () => {
    for (const [title, dueOn] of [['none'], ['late', '2030-01-02'], ['early', '2030-01-01']] as const)
      await carol.call(contracts.createTask, { title, ...(dueOn ? { dueOn } : {}) });
    expect(await titles(carol)).toEqual(['early', 'late', 'none']);
    expect(await titles(carol, { dueBy: '2030-01-01' })).toEqual(['early']);
    const first = await carol.call(contracts.listTasks, { limit: 2 });
    const rest = await carol.call(contracts.listTasks, { limit: 2, after: first.next! });
    expect(rest.items.map(({ title }) => title)).toEqual(['none']);
    expect(rest.next).toBeNull();
  });

  test('goes to nobody who is not here, and a time needs a day', async () => {
    const nobody = '01890000-0000-7000-8000-000000000000';
    expect(await codeOf(alice.call(contracts.createTask, { title: 'x', ownerId: nobody }))).toBe('invalid_input');
    expect(await codeOf(alice.call(contracts.createTask, { title: 'x', dueTime: '10:00' }))).toBe('invalid_input');
  });
});

test('a task may be about a request for an introduction: mine, or one that I am asked', async () => {
  const asked = { sought: 'Nobody here', purpose: 'other' as const, message: 'x' };
  const { id: requestId } = await carol.call(introductions.askForIntroduction, asked);
  const made = await carol.call(contracts.createTask, { title: 'Ask again', requestId, ownerId: bob.me.memberId });
  expect(made.request).toBe('mine');
  // Whoever is given it does not learn of the request.
  expect((await list(bob, {})).find(({ id }) => id === made.id)!.request).toBeNull();
  expect(await codeOf(bob.call(contracts.createTask, { title: 'x', requestId }))).toBe('not_found');
  await carol.call(contracts.deleteTask, { taskId: made.id });
});

test('whoever was given a task hands it on, and sees it no more', async () => {
  const { id } = await alice.call(contracts.createTask, { title: 'Hand on', ownerId: bob.me.memberId });
  await bob.call(contracts.updateTask, { taskId: id, ownerId: carol.me.memberId });
  expect([await titles(alice), await titles(bob), await titles(carol)].map((all) => all.includes('Hand on'))).toEqual([
    true,
    false,
    true,
  ]);
  expect(await codeOf(bob.call(contracts.updateTask, { taskId: id, title: 'Mine again' }))).toBe('not_found');
  // Nor does the keeper hand it on for somebody who has just done so.
  const byBob = { workspaceId: bob.me.workspace.id, memberId: bob.me.memberId };
  expect(await app.app.db.asSystem('keeper', (tx) => findOwned(tx, byBob, id))).toBeUndefined();
  await alice.call(contracts.deleteTask, { taskId: id });
});

describe('a reminder', () => {
  const soon = (ms: number) => new Date(Date.now() + ms).toISOString();

  test('comes at its instant, once, whatever crashes and runs again', async () => {
    const remindAt = soon(800);
    const { id } = await carol.call(contracts.createTask, { title: 'Remember', dueOn: '2030-01-01', remindAt });
    const before = (await told(carol)).length;
    await sleep(800);
    await app.settle();
    // The worker died after its work and before it had said so.
    const context = { app: app.app, workspaceId: carol.me.workspace.id, signal: new AbortController().signal };
    await tasksTasks[0]!.run({ taskId: id, at: remindAt } as never, context);
    await app.settle();
    const since = (await told(carol)).slice(0, -before || undefined);
    expect(since.map(({ text }) => text)).toEqual(['To do: Remember.']);
  });

  test('of before is not told once another was set, nor any once the task is done', async () => {
    const { id } = await carol.call(contracts.createTask, { title: 'Moved', remindAt: soon(700) });
    await carol.call(contracts.updateTask, { taskId: id, remindAt: soon(1300) });
    const other = await carol.call(contracts.createTask, { title: 'Done before', remindAt: soon(700) });
    await carol.call(contracts.updateTask, { taskId: other.id, done: true });
    await sleep(1000);
    expect((await told(carol)).map(({ text }) => text)).not.toContain('To do: Moved.');
    await sleep(500);
    await app.settle();
    const texts = (await told(carol)).map(({ text }) => text);
    expect(texts.filter((text) => text === 'To do: Moved.')).toHaveLength(1);
    expect(texts).not.toContain('To do: Done before.');
  });
});
