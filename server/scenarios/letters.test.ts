import { extractText, getDocumentProxy } from 'unpdf';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import * as delegation from '../delegation/contract.ts';
import { lend } from '../delegation/testing.ts';
import * as home from '../home/contract.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as letters from '../letters/contract.ts';
import { callBackOverdue, layOnPile } from '../letters/index.ts';
import * as tasks from '../tasks/contract.ts';
import * as contracts from './contract.ts';
import { aContent, aDrawing, approveAsSeen, checked, inARow, planned, running } from './testing.ts';

// Letters on paper that a scenario writes: they gather, and who answers for it has them made and posts them.

let app: TestApp;
let alice: Member;
let maud: Member;
let bob: Member;
let lentBook: string;
let contentId: string;
let runs = 0;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  maud = await app.invite(alice, 'Maud Marketer', { role: 'marketing' });
  bob = await app.invite(alice, 'Bob Holder');
  ({ id: lentBook } = await bob.call(delegation.createBook, { name: 'Customers' }));
  await lend(bob, lentBook, { grantee: { kind: 'workspace' }, acts: ['read', 'contact'] });
  contentId = await aContent(maud, 'Bonjour {{ person.givenName }}, bon anniversaire.', 'letter');
});
beforeEach(() => {
  runs++;
});
afterEach(() => expect(app.errors).toEqual([]));
afterAll(() => app.close());

const towns = ['75002 Paris', '01000 Bourg', '69003 Lyon'];

/** Somebody of Bob's, whom he lends; without an address where there is no town. */
async function somebody(given: string, town?: string): Promise<string> {
  const [postcode, city] = town?.split(' ') ?? [];
  const address = { street: '12 rue de la Paix', postcode: postcode!, city: city!, type: 'work' as const };
  const fields: cards.FieldInput[] = [
    { kind: 'name', value: { given, family: `Famille${runs}` } },
    ...(town ? [{ kind: 'address' as const, value: address }] : []),
  ];
  return (await bob.call(cards.createCard, { fields, bookId: lentBook })).id;
}

const aLetter = () => ({ kind: 'message', channel: 'letter', contentId, refused: 'out' });

/** A scenario that writes a letter to three people, and to a fourth who has no address. */
async function written() {
  const scenarioId = await running(
    maud,
    alice,
    aDrawing(inARow(aLetter(), { kind: 'wait', for: { n: 9, unit: 'weeks' } })),
  );
  const ids = [];
  for (const [at, town] of towns.entries()) ids.push(await somebody(`Ada${at}`, town));
  ids.push(await somebody('Nul'));
  await enter(scenarioId, ids);
  return { scenarioId, ids };
}

async function enter(scenarioId: string, personIds: string[]) {
  await app.settle();
  await maud.call(contracts.enter, { scenarioId, personIds });
  await app.settle();
}

const lettersOf = (campaignId: string, who = maud) => who.call(letters.listBatches, { campaignId });
async function made(campaignId: string) {
  await maud.call(letters.makeBatches, { campaignId });
  await app.settle();
  return (await lettersOf(campaignId)).items.at(-1)!;
}
const openTasks = async () =>
  (await maud.call(tasks.listTasks, { state: 'open' })).items.filter(({ title }) => title.startsWith('Letters of'));
const pagesOf = async (campaignId: string, batchId: string) => {
  const answer = await maud.fetch(`/plan/campaigns/${campaignId}/batches/${batchId}/file`);
  expect(answer.status).toBe(200);
  const { text } = await extractText(await getDocumentProxy(new Uint8Array(await answer.arrayBuffer())));
  return text;
};
const statesOf = (campaignId: string) =>
  app.query<{ state: string; count: number }>(
    'select state, count(*)::int as count from outreach.message where campaign_id = $1 group by 1 order by 1',
    [campaignId],
  );
const closeTasks = async () => {
  for (const { id } of await openTasks()) await maud.call(tasks.updateTask, { taskId: id, done: true });
};

describe('letters of a scenario', () => {
  test('gather until whoever answers for it has them made, of which one task tells', async () => {
    const { scenarioId } = await written();
    expect(await statesOf(scenarioId)).toEqual([{ state: 'queued', count: 3 }]);
    expect(await lettersOf(scenarioId)).toMatchObject({ items: [], waiting: { letters: 3 } });
    expect(await openTasks()).toMatchObject([{ title: 'Letters of “By itself” wait to be printed' }]);
    // Others who plan see numbers, of what is theirs to make; members who have no part in it see nothing.
    expect(await lettersOf(scenarioId, alice)).toEqual({ items: [], waiting: null });
    expect(await codeOf(lettersOf(scenarioId, bob))).toBe('forbidden');
    for (const who of [alice, bob])
      expect(await codeOf(who.call(letters.makeBatches, { campaignId: scenarioId }))).toBe('conflict');
    // An admin who has a pile of their own makes what is theirs and nobody else's.
    const admin = { workspaceId: alice.me.workspace.id, memberId: alice.me.memberId };
    await app.app.db.asActor(admin, (tx) =>
      layOnPile({ app: app.app, tx, actor: admin }, { campaignId: scenarioId, name: 'x' }, new Date()),
    );
    expect(await alice.call(letters.makeBatches, { campaignId: scenarioId })).toEqual({ letters: 0 });
    const batch = await made(scenarioId);
    expect(batch).toMatchObject({ no: 1, state: 'ready', mine: true, planned: 3, letters: 3 });
    expect((await lettersOf(scenarioId)).waiting).toBeNull();
    expect(await openTasks()).toEqual([]);
    const pages = await pagesOf(scenarioId, batch.id);
    expect(pages.map((page) => /\d{5} [A-Z]+/.exec(page)![0])).toEqual(['01000 BOURG', '69003 LYON', '75002 PARIS']);
    expect(pages[0]).toContain('Bonjour Ada1, bon anniversaire.');
    expect(await maud.call(letters.postBatch, { campaignId: scenarioId, batchId: batch.id })).toEqual({
      ...{ posted: 3, takeOut: [] },
    });
    const told = (await bob.call(home.listHappenings, { bookId: lentBook })).items.filter(
      ({ kind }) => kind === 'contacted',
    );
    expect(told.reduce((sum, { count }) => sum + count, 0)).toBe(3);
    // Who comes later is on another pile, of which one is told again.
    await enter(scenarioId, [await somebody('Later', '44000 Nantes')]);
    expect((await lettersOf(scenarioId)).waiting).toMatchObject({ letters: 1 });
    expect(await openTasks()).toHaveLength(1);
    await closeTasks();
  });

  test('who has no address goes the other way, with the reason', async () => {
    const { scenarioId, ids } = await written();
    const { items } = await maud.call(contracts.listPeople, { scenarioId });
    const nul = items.find(({ personId }) => personId === ids[3])!;
    const { steps } = await maud.call(contracts.getPath, { scenarioId, journeyId: nul.id });
    expect(steps.map(({ result, said }) => [result, said.reasons])).toContainEqual(['refused', ['no_address']]);
    await closeTasks();
  });

  test('of one who is taken out after it was made is named before the others are posted, as often as it takes', async () => {
    const { scenarioId } = await written();
    const { id: batchId } = await made(scenarioId);
    const { items } = await maud.call(contracts.listPeople, { scenarioId });
    const lyon = items.find(({ name }) => name === `Ada2 Famille${runs}`)!;
    await maud.call(contracts.takeOut, { scenarioId, journeyId: lyon.id });
    await app.settle();
    const asked = { campaignId: scenarioId, batchId };
    const takeOut = [{ name: `Ada2 Famille${runs}`, firstPage: 2, pages: 1 }];
    // An answer that was lost on the way is not taken for said.
    for (let times = 0; times < 2; times++)
      expect(await maud.call(letters.postBatch, asked)).toEqual({ posted: 0, takeOut });
    expect(await maud.call(letters.postBatch, { ...asked, takenOut: [2] })).toEqual({ posted: 2, takeOut: [] });
    expect(await statesOf(scenarioId)).toEqual([
      { state: 'cancelled', count: 1 },
      { state: 'sent', count: 2 },
    ]);
  });

  test('a batch of which nobody is left is called back, and so is what waits of who is taken out', async () => {
    const { scenarioId, ids } = await written();
    const out = async (personIds: string[]) => {
      const { items } = await maud.call(contracts.listPeople, { scenarioId });
      for (const { id: journeyId, personId } of items)
        if (personIds.includes(personId)) await maud.call(contracts.takeOut, { scenarioId, journeyId });
      await app.settle();
    };
    await out([ids[0]!]);
    expect((await lettersOf(scenarioId)).waiting).toMatchObject({ letters: 2 });
    const batch = await made(scenarioId);
    await out([ids[1]!, ids[2]!]);
    expect((await lettersOf(scenarioId)).items).toMatchObject([{ id: batch.id, state: 'called_back' }]);
    expect(await statesOf(scenarioId)).toEqual([{ state: 'cancelled', count: 3 }]);
    await enter(scenarioId, [await somebody('Alone', '44000 Nantes')]);
    expect(await openTasks()).toHaveLength(1);
    const { items } = await maud.call(contracts.listPeople, { scenarioId });
    await maud.call(contracts.takeOut, {
      scenarioId,
      journeyId: items.find(({ name }) => name.startsWith('Alone'))!.id,
    });
    await app.settle();
    // Nobody is asked to print what is gone.
    expect((await lettersOf(scenarioId)).waiting).toBeNull();
    expect(await openTasks()).toEqual([]);
  });

  test('all that is not posted is called back when the scenario ends', async () => {
    const { scenarioId } = await written();
    await made(scenarioId);
    await enter(scenarioId, [await somebody('Late', '44000 Nantes')]);
    await maud.call(contracts.setState, { scenarioId, state: 'ended' });
    await app.settle();
    expect(await lettersOf(scenarioId)).toMatchObject({ items: [{ state: 'called_back' }], waiting: null });
    expect(await statesOf(scenarioId)).toEqual([{ state: 'cancelled', count: 4 }]);
    expect(await openTasks()).toEqual([]);
  });

  test('a letter that is laid down while the pile is taken up is on the one or on the next', async () => {
    const { scenarioId } = await written();
    const actor = { workspaceId: maud.me.workspace.id, memberId: maud.me.memberId };
    // One of them is written only now, in a transaction that is not over yet.
    const [late] = await app.query<{ id: string }>(
      `update outreach.message set state = 'cancelled' where message_id =
         (select message_id from outreach.message where campaign_id = $1 limit 1) returning message_id as id`,
      [scenarioId],
    );
    const wait = Promise.withResolvers<void>();
    const laid = Promise.withResolvers<void>();
    const laying = app.app.db.withClient('keeper', async (client, tx) => {
      await client.query(`update outreach.message set state = 'queued' where message_id = $1`, [late!.id]);
      await layOnPile({ app: app.app, tx, actor }, { campaignId: scenarioId, name: 'x' }, new Date());
      laid.resolve();
      await wait.promise;
    });
    await laid.promise;
    const making = maud.call(letters.makeBatches, { campaignId: scenarioId });
    const first = await Promise.race([making, new Promise((done) => setTimeout(done, 300, 'waits'))]);
    expect(first).toBe('waits');
    wait.resolve();
    await laying;
    expect(await making).toEqual({ letters: 3 });
    await app.settle();
    expect((await lettersOf(scenarioId)).items).toHaveLength(1);
  });

  test('two who have them made at once make them once', async () => {
    const { scenarioId } = await written();
    const twice = await Promise.all(
      [1, 2].map(() => maud.call(letters.makeBatches, { campaignId: scenarioId }).catch(() => null)),
    );
    expect(twice.filter((one) => one !== null)).toEqual([{ letters: 3 }]);
    await app.settle();
    expect((await lettersOf(scenarioId)).items).toHaveLength(1);
  });

  test('what nobody has had made for a month is called back', async () => {
    const { scenarioId } = await written();
    await app.query(`update letters.pile set since = now() - interval '31 days' where campaign_id = $1`, [scenarioId]);
    await callBackOverdue(app.app);
    expect(await statesOf(scenarioId)).toEqual([{ state: 'cancelled', count: 3 }]);
    expect((await lettersOf(scenarioId)).waiting).toBeNull();
    expect(await openTasks()).toEqual([]);
  });

  test('leads to no page of its reader’s own: nobody types a personal link', async () => {
    const personal = await aContent(maud, 'Bonjour, voyez {{ link.update }}.', 'letter');
    const scenarioId = await planned(maud);
    const definition = aDrawing(inARow({ ...aLetter(), contentId: personal }));
    await maud.call(contracts.saveDraft, { scenarioId, edition: 0, definition });
    await checked(maud, scenarioId);
    expect((await approveAsSeen(alice, scenarioId)).problems).toMatchObject([
      { code: 'content_page', about: 'link.update' },
    ]);
  });
});
