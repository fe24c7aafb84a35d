import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { addContact } from '../cards/testing.ts';
import * as identity from '../identity/contract.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as tasks from '../tasks/contract.ts';
import * as contracts from './contract.ts';
import { addOpportunity, everybody, fieldsOf, seen } from './testing.ts';

let app: TestApp;
let alice: Member;
let bob: Member;
let carol: Member;
let stages: contracts.Stage[];

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Stone');
  carol = await app.invite(alice, 'Carol Wood');
  stages = (await carol.call(contracts.listStages, {})).items;
});
afterAll(() => app.close());
afterEach(() => expect(app.errors).toEqual([]));

const get = (member: Member, opportunityId: string) => member.call(contracts.getOpportunity, { opportunityId });
const move = (member: Member, { id, version }: { id: string; version: number }, stageId: string) =>
  member.call(contracts.moveOpportunity, { opportunityId: id, version, stageId });

describe('an opportunity that is over', () => {
  const close = (member: Member, { id, version }: { id: string; version: number }, more: object = {}) =>
    member.call(contracts.closeOpportunity, { opportunityId: id, version, outcome: 'lost', ...more });
  const wordsOf = (member: Member, name: string) =>
    member.call(tasks.listTasks, { limit: 200 }).then(({ items }) => items.filter(({ title }) => title.includes(name)));

  test('is won or lost for reasons, leaves the open ones, and is opened again', async () => {
    const made = await addOpportunity(alice, { name: 'Won one' });
    const won = await close(alice, made, { outcome: 'won', reasons: ['trust', 'price'], note: 'They know Bob' });
    expect(won).toMatchObject({
      outcome: 'won',
      reasons: ['trust', 'price'],
      outcomeNote: 'They know Bob',
      wordDueOn: null,
    });
    expect(await seen(alice, { state: 'won' })).toEqual(['Won one']);
    expect(await seen(alice)).not.toContain('Won one');
    expect(await codeOf(close(alice, won))).toBe('conflict');
    expect(await codeOf(move(alice, won, stages[1]!.id))).toBe('conflict');
    const { id: opportunityId, version } = won;
    const open = await alice.call(contracts.reopenOpportunity, { opportunityId, version });
    expect(open).toMatchObject({ outcome: null, closedOn: null, reasons: [], outcomeNote: '' });
    expect(open.moves.map(({ kind }) => kind)).toEqual(['reopened', 'won', 'opened']);
    expect(open.moves[1]).toMatchObject({ reasons: ['trust', 'price'], note: 'They know Bob' });
    expect(await wordsOf(alice, 'Won one')).toEqual([]);
  });

  test('is not lost for a reason to win, nor before it began', async () => {
    const made = await addOpportunity(alice, { name: 'Wrong', openedOn: '2026-01-02' });
    expect(await fieldsOf(close(alice, made, { reasons: ['trust'] }))).toEqual({ reasons: 'unknown' });
    expect(await fieldsOf(close(alice, made, { closedOn: '2026-01-01' }))).toEqual({ closedOn: 'reversed' });
    expect((await get(alice, made.id)).outcome).toBeNull();
  });

  test('and lost keeps its people, and gives its owner a word with them in three months, in the owner’s language', async () => {
    await bob.call(identity.updateMe, { locale: 'fr' });
    const personId = await addContact(bob, { name: 'Paul Warm' });
    const { id: opportunityId } = await addOpportunity(bob, { name: 'Lost one', ...everybody });
    await bob.call(contracts.setParticipant, { opportunityId, personId, roles: ['decider'] });
    const lost = await close(bob, await get(bob, opportunityId), { reasons: ['price'], word: { personId } });
    expect(lost.participants).toHaveLength(1);
    const [word] = await wordsOf(bob, 'Lost one');
    expect(word).toMatchObject({ contact: { id: personId, name: 'Paul Warm' }, dueOn: lost.wordDueOn });
    expect(word!.title).toContain('Prendre des nouvelles');
    const months = (Date.parse(lost.wordDueOn!) - Date.now()) / 86_400_000 / 30.4;
    expect(Math.round(months)).toBe(3);
    await bob.call(identity.updateMe, { locale: 'en' });
  });

  test('gives the word to who says that it is lost, where its owner is not here any more', async () => {
    const gone = await app.invite(alice, 'Gone Soon');
    const made = await addOpportunity(gone, { name: 'Orphaned', ...everybody });
    await alice.call(identity.updateMember, { memberId: gone.me.memberId, status: 'suspended' });
    await close(bob, made);
    expect(await wordsOf(bob, 'Orphaned')).toHaveLength(1);
  });

  test('tells nobody a person whom they may not see: the task names the opportunity', async () => {
    const personId = await addContact(carol, { name: 'Secret Person' });
    const made = await addOpportunity(bob, { name: 'Lost by Carol', ...everybody });
    await close(carol, made, { word: { months: 1, personId } });
    const [word] = await wordsOf(bob, 'Lost by Carol');
    expect(word).toMatchObject({ contact: null, createdBy: { name: 'Carol Wood' } });
    expect(JSON.stringify(word)).not.toContain('Secret');
  });

  test('gives one word only: not by two clicks at once, nor lost anew; and none where that is declined', async () => {
    const made = await addOpportunity(alice, { name: 'Clicked twice' });
    const clicks = await Promise.allSettled([1, 2, 3].map(() => close(alice, made)));
    expect(clicks.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await wordsOf(alice, 'Clicked twice')).toHaveLength(1);
    const declined = await addOpportunity(alice, { name: 'Declined' });
    expect((await close(alice, declined, { word: null })).wordDueOn).toBeNull();
    expect(await wordsOf(alice, 'Declined')).toEqual([]);

    const other = await addOpportunity(bob, { name: 'Lost anew', ...everybody });
    const lost = await close(carol, other);
    // Carol gave it; Bob, whose word it is, opens again: it stays his.
    const open = await bob.call(contracts.reopenOpportunity, { opportunityId: other.id, version: lost.version });
    await close(bob, open);
    expect(await wordsOf(bob, 'Lost anew')).toHaveLength(1);
  });

  test('takes its word back with it when who gave it opens it again', async () => {
    const made = await addOpportunity(alice, { name: 'By mistake' });
    const { version } = await close(alice, made);
    expect(await wordsOf(alice, 'By mistake')).toHaveLength(1);
    const open = await alice.call(contracts.reopenOpportunity, { opportunityId: made.id, version });
    expect(open.wordDueOn).toBeNull();
    expect(await wordsOf(alice, 'By mistake')).toEqual([]);
  });

  test('leaves no word behind when the loss itself does not come to stand', async () => {
    const made = await addOpportunity(alice, { name: 'Broken off' });
    expect(await codeOf(close(alice, made, { word: { personId: crypto.randomUUID() } }))).toBe('not_found');
    expect((await get(alice, made.id)).outcome).toBeNull();
    expect(await wordsOf(alice, 'Broken off')).toEqual([]);
  });
});
