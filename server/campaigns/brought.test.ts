import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { addContact } from '../cards/testing.ts';
import * as notes from '../conversations/notes-contract.ts';
import { addChat, bring, incoming } from '../conversations/testing.ts';
import * as delegation from '../delegation/contract.ts';
import { lend } from '../delegation/testing.ts';
import * as facts from '../facts/contract.ts';
import { openProgram, tell } from '../facts/testing.ts';
import { newId } from '../kernel/ids.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as opportunities from '../opportunities/contract.ts';
import { addOpportunity } from '../opportunities/testing.ts';
import { type MailSink, openMailSink, setUpMail } from '../outreach/testing.ts';
import * as plan from '../plan/contract.ts';
import * as contracts from './brought-contract.ts';
import * as campaigns from './contract.ts';
import { anApprovedCampaign, aSegment } from './testing.ts';

// Dora writes to eleven people; what they do in the thirty days that follow stands beside it, as far as she may see it.

let app: TestApp;
let sink: MailSink;
let alice: Member;
let bob: Member;
let dora: Member;
let bookId: string;
let objectiveId: string;
let programmeId: string;
let campaignId: string;
/** To the same people, once more. */
let againId: string;
const people: string[] = [];

const dayMs = 86_400_000;
const at = (ago: number) => new Date(Date.now() - ago * dayMs).toISOString();
const day = (ago: number) => at(ago).slice(0, 10);
const addressOf = (no: number) => `ida${no}@firma.example`;

/** A campaign of Dora's to those of that name, which left forty days ago. */
async function left(name: string, programme = programmeId): Promise<string> {
  const { id: segmentId } = await aSegment(dora, `name contains "${name}"`);
  await app.settle();
  const approved = await anApprovedCampaign(alice, dora, programme, segmentId);
  await dora.call(campaigns.startSending, { campaignId: approved.campaignId, at: null });
  await app.settle();
  await app.query(`update outreach.message set sending_at = now() - interval '40 days' where campaign_id = $1`, [
    approved.campaignId,
  ]);
  return approved.campaignId;
}

beforeAll(async () => {
  app = await openTestApp();
  sink = await openMailSink();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Holder');
  dora = await app.invite(alice, 'Dora Owner');
  await setUpMail(alice, sink.port);
  bookId = (await bob.call(delegation.createBook, { name: 'Clients' })).id;
  await lend(bob, bookId, { grantee: { kind: 'workspace' }, acts: ['read', 'contact'] });
  const objective = { name: 'Ten', kind: 'winning', measuredBy: 'hand', from: 0, to: 10 } as const;
  objectiveId = (await alice.call(plan.saveObjective, { ...objective, startsOn: day(60), dueOn: day(-60) })).id;
  const programme = { name: 'Fidélité', objectiveIds: [objectiveId], ownerId: dora.me.memberId };
  programmeId = (await alice.call(plan.saveProgramme, programme)).id;
  for (let no = 0; no < 11; no++)
    people.push(await addContact(bob, { name: `Ida${no} Many`, email: addressOf(no), organization: 'Firma', bookId }));
  await app.settle();
  campaignId = await left('Many');
  againId = await left('Many');
});
afterEach(() => expect(app.errors).toEqual([]));
afterAll(async () => {
  await app.close();
  await sink.close();
});

const of = async (who: Member, wanted = campaignId) =>
  (await who.call(contracts.getBrought, { programmeId })).items.find(({ campaign }) => campaign.id === wanted)!;
const nothing = { met: 0, attended: 0, answered: 0, bought: 0 };

test('facts in the thirty days after the message had left count, each contact once; sooner and later ones do not', async () => {
  expect(await of(dora)).toMatchObject({ sent: 11, reached: 11, after: { ...nothing, voices: null } });
  const shop = await openProgram(app, alice);
  const fact = (kind: string, no: number, ago: number, more: object = {}) => ({
    ...{ externalId: newId(), kind, email: addressOf(no), at: at(ago), ...more },
  });
  const amount = { amount: { value: 10, currency: 'EUR' } };
  await tell(
    shop,
    ...[fact('order', 0, 39, amount), fact('order', 0, 38, amount), fact('till', 1, 11, amount)],
    ...[fact('order', 2, 41, amount), fact('order', 3, 9, amount)],
    ...[fact('attendance', 0, 20), fact('attendance', 4, 20), fact('attendance', 5, 20)],
    ...[fact('form', 6, 30), fact('survey', 6, 29)],
  );
  expect((await of(dora)).after).toEqual({ met: 0, attended: 3, answered: 1, bought: 2, voices: null });
  const { items } = await alice.call(facts.listKinds, {});
  const { id: kindId } = items.find(({ key }) => key === 'attendance')!;
  await alice.call(facts.updateKind, { kindId, access: [{ kind: 'member', id: alice.me.memberId }] });
  expect((await of(dora)).after).toMatchObject({ attended: null, answered: 1 });
  expect((await of(alice)).after).toMatchObject({ attended: 3 });
  await alice.call(facts.updateKind, { kindId, access: [{ kind: 'workspace' }] });
});

test('an opportunity that was won counts for who has a part in it, where the reader sees it', async () => {
  const win = async (no: number, ago: number, shared: boolean) => {
    const visibility = { kind: shared ? ('workspace' as const) : ('owner' as const) };
    const { id } = await addOpportunity(bob, { openedOn: day(60), visibility });
    await bob.call(opportunities.setParticipant, { opportunityId: id, personId: people[no]!, roles: [] });
    const { version } = await bob.call(opportunities.getOpportunity, { opportunityId: id });
    const closing = { opportunityId: id, version, outcome: 'won' as const, closedOn: day(ago), word: null };
    await bob.call(opportunities.closeOpportunity, closing);
  };
  await win(7, 30, true);
  await win(8, 30, false);
  await win(9, 5, true);
  expect((await of(dora)).after).toMatchObject({ bought: 3 });
});

test('a visit that somebody noted counts for whom it is shared with', async () => {
  const visit = (no: number, kind: 'workspace' | 'nobody', ago = 20) =>
    bob.call(notes.writeFieldNote, {
      ...{ noteId: newId(), manner: 'visit', with: [{ personId: people[no]! }], at: at(ago), text: 'Said so.' },
      share: { kind },
    });
  await visit(0, 'workspace');
  await visit(0, 'workspace', 19);
  await visit(1, 'nobody');
  await visit(2, 'workspace', 2);
  expect((await of(dora)).after).toMatchObject({ met: 1 });
});

test('voices count on the channels that the reader tends, each topic once for a contact', async () => {
  const chat = await addChat(alice, [{ kind: 'member', id: alice.me.memberId }], 'Support');
  const say = (no: number, ago: number) =>
    bring(
      app,
      alice,
      chat.id,
      incoming({
        ...{ from: addressOf(no), at: new Date(at(ago)) },
        text: 'The delivery is late again, the parcel has not arrived.',
      }),
    );
  await say(3, 30);
  await say(3, 29);
  await say(4, 3);
  await app.settle();
  const [{ topics }] = (await app.query<{ topics: number }>(
    `select count(distinct topic_id)::int as topics from voices.reading_topic where topic_id <> '00000000-0000-0000-0000-000000000000'`,
  )) as [{ topics: number }];
  expect(topics).toBeGreaterThan(0);
  expect((await of(alice)).after).toMatchObject({ voices: topics });
  expect((await of(dora)).after).toMatchObject({ voices: null });
});

test('of few nothing is told, nor could it be taken off the sum; a programme counts each contact once', async () => {
  const few = await addContact(bob, { name: 'Una Few', email: 'una@firma.example', organization: 'Firma', bookId });
  await app.settle();
  const small = await left('Few');
  await bob.call(notes.writeFieldNote, {
    ...{ noteId: newId(), manner: 'visit', with: [{ personId: few }], at: at(20), text: 'Said so.' },
    share: { kind: 'workspace' },
  });
  expect(await of(dora, small)).toMatchObject({ sent: 1, reached: 1, replied: null, after: null });
  const { items, all } = await dora.call(contracts.getBrought, { programmeId });
  expect(items.map(({ campaign }) => campaign.id).sort()).toEqual([campaignId, small, againId].sort());
  expect(all).toMatchObject({ sent: 23, reached: 11, after: (await of(dora)).after });
});

test('what serves an objective is put together by programme, for who handles it', async () => {
  const { id: other } = await alice.call(plan.saveProgramme, { name: 'Other', objectiveIds: [objectiveId] });
  const { programmes, items, all } = await dora.call(contracts.getBroughtToObjective, { objectiveId });
  expect(new Set(items.map((one) => one.programmeId))).toEqual(new Set([programmeId]));
  const own = programmes.find(({ id }) => id === programmeId)!;
  expect(own.all).toEqual((await dora.call(contracts.getBrought, { programmeId })).all);
  expect(programmes.find(({ id }) => id === other)!.all).toMatchObject({ sent: 0, reached: 0, after: null });
  expect(all).toEqual(own.all);
  // Who handles none of it reads nothing of it.
  const bobs = await bob.call(contracts.getBroughtToObjective, { objectiveId });
  expect([bobs.items, bobs.all.sent, bobs.all.after]).toEqual([[], 0, null]);
  expect(await codeOf(dora.call(contracts.getBroughtToObjective, { objectiveId: newId() }))).toBe('not_found');
});
