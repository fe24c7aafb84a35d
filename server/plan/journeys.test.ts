import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { addChat, bring, incoming } from '../conversations/testing.ts';
import { newId } from '../kernel/ids.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as segments from '../segments/contract.ts';
import * as voices from '../voices/contract.ts';
import * as contracts from './contract.ts';
import * as journeys from './journeys-contract.ts';

let app: TestApp;
let alice: Member;
let bob: Member;
let carl: Member;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Member');
  carl = await app.invite(alice, 'Carl Owner');
});
afterAll(() => app.close());
afterEach(() => expect(app.errors).toEqual([]));

const touchpoint = (name: string, topicIds: string[] = []): journeys.Touchpoint => ({
  ...{ id: newId(), name, channel: 'phone', happens: '', emotion: -1, problems: 'They wait', topicIds },
});
const stage = (name: string, more: Partial<journeys.Stage> = {}): journeys.Stage => ({
  ...{ id: newId(), name, segmentId: null, touchpoints: [] },
  ...more,
});
const read = (who: Member, journeyId: string) => who.call(journeys.getJourney, { journeyId });
const findings = async (who: Member, journeyId: string) => (await who.call(journeys.listFindings, { journeyId })).items;

test('a journey is written as a whole by planners and its owner, and read by everybody', async () => {
  const stages = [stage('Discover'), stage('Begin', { touchpoints: [touchpoint('First call')] })];
  const said = { name: 'Of a customer', stages, ownerId: carl.me.memberId };
  expect(await codeOf(bob.call(journeys.saveJourney, said))).toBe('forbidden');
  const twice = { ...said, stages: [stages[0]!, stages[0]!] };
  expect(await codeOf(alice.call(journeys.saveJourney, twice))).toBe('invalid_input');
  const unknown = { ...said, stages: [stage('X', { touchpoints: [touchpoint('Y', [newId()])] })] };
  expect(await codeOf(alice.call(journeys.saveJourney, unknown))).toBe('invalid_input');
  const { id: journeyId } = await alice.call(journeys.saveJourney, said);
  expect(await read(bob, journeyId)).toMatchObject({
    mine: false,
    stages: [{ name: 'Discover' }, { touchpoints: [{ emotion: -1 }] }],
  });
  await carl.call(journeys.saveJourney, { ...said, journeyId, version: 1, stages: [...stages].reverse() });
  expect(await codeOf(alice.call(journeys.saveJourney, { ...said, journeyId, version: 1 }))).toBe('conflict');
  expect((await read(bob, journeyId)).stages.map(({ name }) => name)).toEqual(['Begin', 'Discover']);

  const marked = { journeyId, stageId: stages[1]!.id, name: 'The first week' };
  expect(await codeOf(bob.call(journeys.saveMoment, marked))).toBe('forbidden');
  expect(await codeOf(alice.call(journeys.saveMoment, { ...marked, programmeId: newId() }))).toBe('invalid_input');
  expect(await codeOf(alice.call(journeys.saveMoment, { ...marked, stageId: newId() }))).toBe('invalid_input');
  const { id: momentId } = await carl.call(journeys.saveMoment, marked);
  const { id: programmeId } = await alice.call(contracts.saveProgramme, { name: 'A good beginning', objectiveIds: [] });
  await carl.call(journeys.saveMoment, { ...marked, momentId, version: 1, programmeId });
  expect((await bob.call(contracts.getPlan, {})).moments).toEqual([
    { id: momentId, journeyId, name: 'The first week', programmeId },
  ]);
  // A programme in the archive serves nothing.
  await alice.call(contracts.setArchived, { part: 'programme', id: programmeId, archived: true });
  expect((await read(bob, journeyId)).moments).toMatchObject([{ programmeId: null }]);
  expect(await codeOf(bob.call(journeys.setJourneyArchived, { journeyId, archived: true }))).toBe('forbidden');
  await carl.call(journeys.setJourneyArchived, { journeyId, momentId, archived: true });
  expect((await read(bob, journeyId)).moments).toEqual([]);
  await carl.call(journeys.setJourneyArchived, { journeyId, momentId, archived: false });
  await carl.call(journeys.setJourneyArchived, { journeyId, archived: true });
  expect((await bob.call(journeys.listJourneys, {})).items).toEqual([]);
  expect((await bob.call(contracts.getPlan, {})).moments).toEqual([]);
  await carl.call(journeys.setJourneyArchived, { journeyId, archived: false });
  expect((await bob.call(journeys.listJourneys, {})).items).toHaveLength(1);
});

describe('what the data say', () => {
  test('dissatisfied voices on a linked topic propose a moment to whoever may hear them, which people accept or dismiss', async () => {
    const topic = (await alice.call(voices.listTopics, {})).items.find(
      ({ name }) => name.en === 'Billing and refunds',
    )!;
    const stages = [stage('Use', { touchpoints: [touchpoint('Invoice', [topic.id])] })];
    const { id: journeyId } = await alice.call(journeys.saveJourney, {
      name: 'Invoices',
      stages,
      ownerId: carl.me.memberId,
    });
    expect(await findings(alice, journeyId)).toEqual([]);
    const chat = await addChat(alice, [{ kind: 'member', id: alice.me.memberId }], 'Front desk');
    for (const at of [1, 2, 3, 4, 5, 6])
      await bring(
        app,
        alice,
        chat.id,
        incoming({
          text: 'The invoice is wrong again, I am very angry and disappointed',
          from: `c${at}@client.example`,
        }),
      );
    await app.settle();
    const found = `voices ${stages[0]!.id} ${topic.id}`;
    expect(await findings(alice, journeyId)).toMatchObject([
      {
        found,
        state: 'proposed',
        figures: { kind: 'voices', voices: 6, negative: 6, topic: { en: 'Billing and refunds' } },
      },
    ]);
    // Who does not tend the channel hears nothing, and no count of it.
    expect(await findings(carl, journeyId)).toEqual([]);
    expect(await codeOf(bob.call(journeys.dismissFinding, { journeyId, found, dismissed: true }))).toBe('forbidden');
    await alice.call(journeys.dismissFinding, { journeyId, found, dismissed: true });
    expect(await findings(alice, journeyId)).toMatchObject([{ state: 'dismissed' }]);
    await alice.call(journeys.dismissFinding, { journeyId, found, dismissed: false });
    const accepted = { journeyId, stageId: stages[0]!.id, name: 'The invoice', found };
    const { id: momentId } = await alice.call(journeys.saveMoment, accepted);
    expect(await codeOf(alice.call(journeys.saveMoment, accepted))).toBe('conflict');
    expect(await findings(alice, journeyId)).toMatchObject([{ state: 'moment' }]);
    expect((await read(carl, journeyId)).moments).toMatchObject([{ id: momentId, found }]);
    await alice.call(journeys.setJourneyArchived, { journeyId, momentId, archived: true });
    await alice.call(journeys.saveMoment, accepted);
    const back = { journeyId, momentId, archived: false };
    expect(await codeOf(alice.call(journeys.setJourneyArchived, back))).toBe('conflict');
  });

  test('who came into a stage and did not go on is counted for whoever sees who is in it', async () => {
    const make = (who: Member, name: string, kind: 'workspace' | 'mine') =>
      who.call(segments.addSegment, { name, kind: 'list', audience: { kind } });
    const [begun, using] = [await make(alice, 'Begun', 'mine'), await make(alice, 'Using', 'mine')];
    const stages = [stage('Begin', { segmentId: begun.id }), stage('Wait'), stage('Use', { segmentId: using.id })];
    const { id: journeyId } = await alice.call(journeys.saveJourney, {
      name: 'Staying',
      stages,
      ownerId: carl.me.memberId,
    });
    expect(await codeOf(carl.call(journeys.saveJourney, { name: 'C', stages }))).toBe('forbidden');
    expect(await findings(alice, journeyId)).toEqual([]);
    const [book] = await app.query<{ no: number }>('select book_no as no from delegation.book where holder_id = $1', [
      alice.me.memberId,
    ]);
    const people = Array.from({ length: 12 }, newId);
    const came = (segmentId: string, person: string, days: number) =>
      app.query(
        `insert into segments.movement (workspace_id, movement_id, segment_id, person_id, cluster_id, audience_id, book_nos, book_masks, entered, at)
         values ($1, $2, $3, $4, $4, $5, array[$7::int], '{1}', true, now() - make_interval(days => $6))`,
        [alice.me.workspace.id, newId(), segmentId, person, alice.me.memberId, days, book!.no],
      );
    for (const person of people) await came(begun.id, person, 30);
    await came(begun.id, newId(), 3);
    for (const person of people.slice(0, 4)) await came(using.id, person, 10);
    await came(using.id, people[5]!, 60);
    expect(await findings(alice, journeyId)).toMatchObject([
      {
        found: `leaving ${stages[0]!.id}`,
        state: 'proposed',
        figures: { kind: 'leaving', next: 'Using', came: 12, wentOn: 4 },
      },
    ]);
    expect(await findings(carl, journeyId)).toEqual([]);
    expect((await read(carl, journeyId)).segments.map(({ name }) => name)).toEqual([null, null]);
    await carl.call(journeys.saveJourney, { journeyId, version: 1, name: 'Staying', stages });
    await app.query('update segments.segment set asks_ties = true where segment_id = $1', [begun.id]);
    expect(await findings(alice, journeyId)).toEqual([]);
  });
});
