import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addContact } from '../cards/testing.ts';
import * as content from '../content/contract.ts';
import { aSaying } from '../content/testing.ts';
import * as delegation from '../delegation/contract.ts';
import { codeOf, type Member, openTestApp, ProblemAnswer, type TestApp } from '../kernel/testing.ts';
import { type MailSink, openMailSink, setUpMail } from '../outreach/testing.ts';
import { addKind } from '../segments/testing.ts';
import * as tasks from '../tasks/contract.ts';
import * as contracts from './contract.ts';
import { run } from './running.ts';
import { anApprovedCampaign, aPreparedCampaign, aProgramme, approveAsSeen, aSegment } from './testing.ts';
import { variantOf } from './variants.ts';

let app: TestApp;
let sink: MailSink;
let alice: Member;
let bob: Member;
let carl: Member;
let bookId: string;
let programmeId: string;
let runs = 0;

beforeAll(async () => {
  app = await openTestApp();
  sink = await openMailSink();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Sender');
  carl = await app.invite(alice, 'Carl Colleague');
  await setUpMail(alice, sink.port);
  bookId = (await bob.call(delegation.createBook, { name: 'Clients' })).id;
  programmeId = await aProgramme(alice, bob);
});
beforeEach(() => {
  sink.mails.length = 0;
  runs++;
});
afterEach(() => expect(app.errors).toEqual([]));
afterAll(async () => {
  await app.close();
  await sink.close();
});

async function people(count: number) {
  const ids: string[] = [];
  for (let at = 0; at < count; at++)
    ids.push(await addContact(bob, { name: `Eva${at} Sorte${runs}`, email: `eva${at}.${runs}@firma.example`, bookId }));
  const { id: segmentId } = await aSegment(bob, `name contains "Sorte${runs}"`);
  await app.settle();
  return { ids, segmentId };
}
const addressOf = (at: number) => `eva${at}.${runs}@firma.example`;
const start = (campaignId: string) => bob.call(contracts.startSending, { campaignId, at: null });
const state = async (campaignId: string) => (await bob.call(contracts.getSending, { campaignId })).sending!;
/** Who got a text, by address. */
const gotten = (text: string) =>
  sink.mails.flatMap(({ to, mail }) => (mail.text!.includes(text) ? [to[0]!] : [])).sort();
const fieldsOf = (call: Promise<unknown>) =>
  call.then(
    () => ({}),
    (error) => (error instanceof ProblemAnswer ? error.problem.fields : error),
  );
const two = { text: 'Première,', variants: [{ text: 'Seconde,', share: 40 }] };

describe('a campaign in several variants', () => {
  test('deals them by lot, each in what was approved of it, and counts what came of each', async () => {
    const { segmentId, ids } = await people(12);
    const { campaignId } = await anApprovedCampaign(alice, bob, programmeId, segmentId, { ...two, aim: 'bought' });
    expect(await state(campaignId)).toMatchObject({
      ...{ approved: true, aim: 'bought', testShare: 100, chosen: null, toChoose: false },
      variants: [
        { no: 1, share: 60 },
        { no: 2, share: 40 },
      ],
    });
    await start(campaignId);
    await app.settle();
    const second = ids.flatMap((id, at) => (variantOf(campaignId, id, [60, 40], 100) === 2 ? [at] : []));
    expect(second.length).toBeGreaterThan(0);
    expect(gotten('Seconde')).toEqual(second.map(addressOf).sort());
    expect(gotten('Première')).toHaveLength(12 - second.length);
    await addKind(app, alice, 'order', {});
    await app.query(
      `insert into facts.fact (workspace_id, subject_id, fact_id, at, kind_no, source_no)
       values ($1, $2, gen_random_uuid(), now() + interval '1 second', (select kind_no from facts.kind where workspace_id = $1 and key = 'order'), 1)`,
      [bob.me.workspace.id, ids[second[0]!]],
    );
    const found = await bob.call(contracts.getVariants, { campaignId });
    expect(found).toMatchObject({
      ...{ over: false, proposed: null },
      arms: [
        { no: 1, people: 12 - second.length, sent: 12 - second.length },
        { no: 2, people: second.length, sent: second.length },
      ],
    });
    const bought = found.measures.find(({ measure }) => measure === 'bought')!;
    // Looked at before its time: numbers, and no difference.
    expect(bought).toMatchObject({ aim: true, arms: [{ did: 0 }, { did: 1, uplift: null }] });
    // Each was dealt to fewer than ten or to the others: who wrote is not told of either.
    expect(found.measures.map(({ measure }) => measure)).not.toContain('wrote');
    const { items } = await bob.call(contracts.listRecipients, { campaignId, outcome: 'sent', variant: 2 });
    expect(items.map(({ person }) => person.id).sort()).toEqual(second.map((at) => ids[at]!).sort());
    await app.query(`update campaigns.sending set started_at = now() - interval '31 days' where campaign_id = $1`, [
      campaignId,
    ]);
    const later = await bob.call(contracts.getVariants, { campaignId });
    expect(later.over).toBe(true);
    expect(later.measures.find(({ aim }) => aim)!.arms[1]!.uplift!.from).toBeLessThan(0);
    expect(await codeOf(carl.call(contracts.getVariants, { campaignId }))).toBe('forbidden');
  });

  test('is approved as a whole: a new version of one, another one, or one less opens the approval again', async () => {
    const { segmentId } = await people(1);
    const { campaignId, contentId } = await anApprovedCampaign(alice, bob, programmeId, segmentId, two);
    const [, other] = (await state(campaignId)).variants;
    const { edition } = await bob.call(content.getContent, { contentId: other!.content.id });
    await bob.call(content.saveContent, {
      ...{ contentId: other!.content.id, edition, said: { fr: aSaying('Neuve,') } },
    });
    await app.settle();
    expect(await state(campaignId)).toMatchObject({ approved: false });
    expect(await fieldsOf(start(campaignId))).toEqual({ approval: 'required' });
    await approveAsSeen(alice, campaignId);
    expect(await state(campaignId)).toMatchObject({ approved: true });
    await bob.call(contracts.saveSending, { campaignId, contentId, variants: [] });
    expect(await state(campaignId)).toMatchObject({ approved: false });
  });

  test('is not approved by who wrote in any of them, and each is checked', async () => {
    const { segmentId } = await people(1);
    const { campaignId, contentId } = await aPreparedCampaign(bob, programmeId, segmentId);
    const { id } = await alice.call(content.addContent, { name: 'Autre', audience: { kind: 'workspace' } });
    await alice.call(content.saveContent, { contentId: id, edition: 1, said: { fr: aSaying('Autre,') } });
    const save = (variants: { contentId: string; share: number }[], testShare = 100) =>
      bob.call(contracts.saveSending, { campaignId, contentId, variants, testShare });
    await save([{ contentId: id, share: 50 }]);
    expect(await fieldsOf(approveAsSeen(alice, campaignId))).toEqual({ step: 'four_eyes' });
    expect(await fieldsOf(save([{ contentId, share: 50 }]))).toEqual({ variants: 'twice' });
    expect(await fieldsOf(save([], 20))).toEqual({ testShare: 'one_variant' });
    const hidden = await carl.call(content.addContent, { name: 'Mine', audience: { kind: 'mine' } });
    expect(await fieldsOf(save([{ contentId: hidden.id, share: 50 }]))).toEqual({ variants: 'unknown' });
    const third = await bob.call(content.addContent, { name: 'Third', audience: { kind: 'workspace' } });
    const tooMuch = [
      { contentId: id, share: 50 },
      { contentId: third.id, share: 50 },
    ];
    expect(await fieldsOf(save(tooMuch))).toEqual({ variants: 'shares' });
  });

  test('is tried on members in each of its variants', async () => {
    const { segmentId } = await people(0);
    const { campaignId } = await aPreparedCampaign(bob, programmeId, segmentId, two);
    const memberIds = [alice.me.memberId];
    expect(await bob.call(contracts.sendTrials, { campaignId, memberIds })).toEqual({ queued: 2, stops: [] });
    await app.settle();
    expect([gotten('Première'), gotten('Seconde')]).toEqual([[alice.me.email], [alice.me.email]]);
  });
});

describe('a campaign that is tested on a part first', () => {
  test('waits for somebody to choose, through a crash; then the others get what was chosen, each once', async () => {
    const { segmentId, ids } = await people(14);
    const { campaignId } = await anApprovedCampaign(alice, bob, programmeId, segmentId, { ...two, testShare: 50 });
    await start(campaignId);
    await app.settle();
    const dealt = ids.filter((id) => variantOf(campaignId, id, [60, 40], 50) !== null);
    const seconds = ids.filter((id) => variantOf(campaignId, id, [60, 40], 50) === 2);
    expect(dealt.length).toBeLessThan(14);
    expect(sink.mails).toHaveLength(dealt.length);
    expect(await state(campaignId)).toMatchObject({ state: 'sending', toChoose: true, chosen: null });
    const mine = async () =>
      (await bob.call(tasks.listTasks, {})).items.filter(({ note }) => note?.includes(campaignId));
    await turn(campaignId);
    expect(await mine()).toMatchObject([{ title: 'Choose which variant the others get: Lettre de mars' }]);
    expect(await codeOf(carl.call(contracts.chooseVariant, { campaignId, variant: 2 }))).toBe('forbidden');
    expect(await fieldsOf(bob.call(contracts.chooseVariant, { campaignId, variant: 3 }))).toEqual({
      variant: 'unknown',
    });
    // Worked on again meanwhile it writes to nobody, and gives no other task.
    await turn(campaignId);
    await app.settle();
    expect(sink.mails).toHaveLength(dealt.length);
    expect(await mine()).toHaveLength(1);
    const chosen = await bob.call(contracts.chooseVariant, { campaignId, variant: 2 });
    expect(chosen.sending).toMatchObject({ chosen: { no: 2, by: { name: 'Bob Sender' } }, toChoose: false });
    await app.settle();
    expect(sink.mails).toHaveLength(14);
    expect(gotten('Seconde')).toHaveLength(14 - dealt.length + seconds.length);
    expect(await state(campaignId)).toMatchObject({ state: 'done' });
    expect(await mine()).toEqual([]);
    // The others were not dealt theirs by lot: they do not count.
    const { arms } = await bob.call(contracts.getVariants, { campaignId });
    expect(arms.map(({ people: count }) => count)).toEqual([dealt.length - seconds.length, seconds.length]);
    expect(await codeOf(bob.call(contracts.chooseVariant, { campaignId, variant: 1 }))).toBe('conflict');
  });

  test('that is stopped before anybody chose asks for no choice any more', async () => {
    const { segmentId } = await people(8);
    const { campaignId } = await anApprovedCampaign(alice, bob, programmeId, segmentId, { ...two, testShare: 20 });
    await start(campaignId);
    await app.settle();
    await turn(campaignId);
    await bob.call(contracts.steerSending, { campaignId, act: 'stop' });
    await app.settle();
    expect(await state(campaignId)).toMatchObject({ state: 'stopped', toChoose: false });
    const open = (await bob.call(tasks.listTasks, {})).items.filter(({ note }) => note?.includes(campaignId));
    expect(open).toEqual([]);
    expect(await codeOf(bob.call(contracts.chooseVariant, { campaignId, variant: 1 }))).toBe('conflict');
  });
});

test('somebody who handles the campaign and does not see a content reads no name of it', async () => {
  const { segmentId } = await people(1);
  const { campaignId } = await aPreparedCampaign(bob, programmeId, segmentId, two);
  const hidden = await bob.call(content.addContent, { name: 'Mine alone', audience: { kind: 'mine' } });
  const { content: first } = await state(campaignId);
  await bob.call(contracts.saveSending, {
    ...{ campaignId, contentId: first.id, variants: [{ contentId: hidden.id, share: 50 }] },
  });
  const { sending } = await alice.call(contracts.getSending, { campaignId });
  expect(sending!.variants[1]!.content).toEqual({ id: hidden.id, name: null });
  expect(await fieldsOf(approveAsSeen(alice, campaignId))).toEqual({ content: 'not_shown' });
});

async function turn(campaignId: string): Promise<void> {
  const [row] = await app.query<{ chain: string }>(`select chain from campaigns.sending where campaign_id = $1`, [
    campaignId,
  ]);
  await run(app.app, { workspaceId: bob.me.workspace.id, campaignId, chain: row!.chain }, new AbortController().signal);
}
