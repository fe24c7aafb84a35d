import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addContact } from '../cards/testing.ts';
import * as content from '../content/contract.ts';
import { aSaying } from '../content/testing.ts';
import * as delegation from '../delegation/contract.ts';
import { lend } from '../delegation/testing.ts';
import type { App } from '../kernel/app.ts';
import { type Member, openTestApp, ProblemAnswer, type TestApp } from '../kernel/testing.ts';
import * as outreach from '../outreach/contract.ts';
import { type MailSink, openMailSink, setUpMail } from '../outreach/testing.ts';
import * as segments from '../segments/contract.ts';
import * as contracts from './contract.ts';
import { planSome } from './planning.ts';
import { run } from './running.ts';
import { anApprovedCampaign, aPreparedCampaign, aProgramme, approveAsSeen, aSegment } from './testing.ts';

// What a campaign is held to: what was approved, in whose name, at what pace, and once.

let app: TestApp;
let sink: MailSink;
let alice: Member;
let bob: Member;
let bookId: string;
let programmeId: string;
let rules: outreach.GateRules;
let runs = 0;

beforeAll(async () => {
  app = await openTestApp();
  sink = await openMailSink();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Sender');
  await setUpMail(alice, sink.port);
  ({ rules } = await alice.call(outreach.getGateRules, {}));
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

const mailOf = (at: number) => `ada${at}.${runs}@firma.example`;
async function people(count: number) {
  const family = `Tribu${runs}`;
  const ids: string[] = [];
  for (let at = 0; at < count; at++)
    ids.push(await addContact(bob, { name: `Ada${at} ${family}`, email: mailOf(at), organization: 'Firma', bookId }));
  const { id: segmentId } = await aSegment(bob, `name contains "${family}"`);
  await app.settle();
  return { ids, segmentId, family };
}
const state = async (campaignId: string, who = bob) => (await who.call(contracts.getSending, { campaignId })).sending!;
const numbers = async (campaignId: string, who = bob) =>
  (await who.call(contracts.getSending, { campaignId })).numbers!;
const start = (campaignId: string, at: string | null = null) => bob.call(contracts.startSending, { campaignId, at });
const tomorrow = () => new Date(Date.now() + 86_400_000).toISOString();
const fieldsOf = (call: Promise<unknown>) =>
  call.then(
    () => 'done',
    (error) => (error instanceof ProblemAnswer ? { code: error.problem.code, ...error.problem.fields } : error),
  );
const workspaceId = () => alice.me.workspace.id;
/** Has its next job work at once. */
async function work(campaignId: string): Promise<void> {
  const [row] = await app.query<{ chain: string }>('select chain from campaigns.sending where campaign_id = $1', [
    campaignId,
  ]);
  await run(app.app, { workspaceId: workspaceId(), campaignId, chain: row!.chain }, AbortSignal.timeout(20_000));
  await app.settle();
}
async function quietNow(quiet: boolean): Promise<void> {
  const time = (hours: number) => `${String((new Date().getUTCHours() + hours + 24) % 24).padStart(2, '0')}:00`;
  const now = { from: time(-1), to: time(2), weekdays: [], dates: [], personal: false, zone: 'UTC' };
  await alice.call(outreach.saveGateRules, { ...rules, quiet: quiet ? now : null });
}

describe('what was approved', () => {
  test('holds the filter of its segment: whoever changes whom it finds has it approved anew', async () => {
    const { segmentId } = await people(1);
    const { campaignId } = await anApprovedCampaign(alice, bob, programmeId, segmentId);
    const { version } = await bob.call(segments.getSegment, { segmentId });
    const change = (on: number, filter: string) => bob.call(segments.changeSegment, { segmentId, version: on, filter });
    await change(version, 'name contains "a"');
    expect(await state(campaignId)).toMatchObject({ approved: false, changed: ['segment'] });
    expect(await fieldsOf(start(campaignId))).toMatchObject({ code: 'conflict', approval: 'segment' });
    // Seen by somebody again, it may go; one that is to begin later is looked at once more then.
    await approveAsSeen(alice, campaignId);
    expect(await state(campaignId)).toMatchObject({ approved: true, changed: [] });
    await start(campaignId, tomorrow());
    await app.settle();
    await change(version + 1, 'name contains "b"');
    await app.query('update campaigns.sending set starts_at = now() where campaign_id = $1', [campaignId]);
    await work(campaignId);
    expect(await state(campaignId)).toMatchObject({ state: 'draft', approved: false });
    expect(sink.mails).toEqual([]);
  });

  test('is what the approver has seen: another edition, or a content that was written on since, is a conflict', async () => {
    const { segmentId } = await people(1);
    const { campaignId, contentId, edition } = await aPreparedCampaign(bob, programmeId, segmentId);
    const seen = await state(campaignId, alice);
    const approve = (more: object = {}) =>
      fieldsOf(
        alice.call(contracts.approveSending, { campaignId, edition: seen.edition, contents: seen.contents, ...more }),
      );
    await bob.call(content.saveContent, { contentId, edition, said: { fr: aSaying('Autre chose.') } });
    expect(await approve()).toMatchObject({ code: 'conflict', content: 'changed' });
    expect(await approve({ edition: seen.edition + 1 })).toMatchObject({ code: 'conflict', edition: 'changed' });
    expect(await approve({ contents: [] })).toMatchObject({ code: 'conflict', content: 'changed' });
    expect(await state(campaignId)).toMatchObject({ approved: false });
    expect(await approve((({ contents }) => ({ contents }))(await state(campaignId, alice)))).toBe('done');
  });

  test('goes in the name of who said so of this content: one that another chose is to be agreed to anew', async () => {
    const { segmentId } = await people(1);
    const { campaignId } = await anApprovedCampaign(alice, bob, programmeId, segmentId);
    const mine = await app.invite(alice, 'Carla Choice', { role: 'marketing' });
    const { id: other } = await mine.call(content.addContent, { name: 'Autre', audience: { kind: 'workspace' } });
    await mine.call(content.saveContent, { contentId: other, edition: 1, said: { fr: aSaying('Bonsoir,') } });
    await mine.call(contracts.saveSending, { campaignId, contentId: other });
    expect(await state(campaignId)).toMatchObject({ agreed: false, approved: false, sender: { name: 'Bob Sender' } });
    expect(await fieldsOf(start(campaignId))).toMatchObject({ code: 'conflict' });
    // Written by another than Alice, so that she may approve it: still its sender has not said so.
    expect(await fieldsOf(approveAsSeen(alice, campaignId))).toMatchObject({ code: 'conflict', sender: 'says_anew' });
    await bob.call(contracts.saveSending, { campaignId, contentId: other });
    expect(await state(campaignId)).toMatchObject({ agreed: true });
    expect(await fieldsOf(approveAsSeen(alice, campaignId))).toBe('done');
  });
});

test('a campaign whose sender is gone goes on in another name, once that is approved', async () => {
  const { family } = await people(3);
  await lend(bob, bookId, { grantee: { kind: 'workspace' }, acts: ['read', 'contact'] });
  const dora = await app.invite(alice, 'Dora Gone', { role: 'marketing' });
  const { id: segmentId } = await alice.call(segments.addSegment, {
    ...{ name: family, kind: 'filter', filter: `name contains "${family}"`, audience: { kind: 'workspace' } },
  });
  await app.settle();
  const pace = { perHour: 60, lots: 1, overHours: 0 };
  const { campaignId, contentId } = await anApprovedCampaign(alice, dora, await aProgramme(alice, dora), segmentId, {
    pace,
  });
  await dora.call(contracts.startSending, { campaignId, at: null });
  await app.settle();
  expect(sink.mails.length).toBe(1);
  await app.query(`update identity.member set status = 'suspended' where member_id = $1`, [dora.me.memberId]);
  await work(campaignId);
  expect(await state(campaignId, alice)).toMatchObject({ state: 'paused', problem: 'sender_gone' });
  await alice.call(contracts.saveSending, { campaignId, contentId, inMyName: true });
  expect(await state(campaignId, alice)).toMatchObject({ mine: true, approved: false, changed: ['sender'] });
  // Not before somebody has approved it as it goes now.
  await alice.call(contracts.steerSending, { campaignId, act: 'resume' });
  await app.settle();
  expect(await state(campaignId, alice)).toMatchObject({ state: 'paused', problem: 'not_approved' });
  expect(sink.mails.length).toBe(1);
  await approveAsSeen(alice, campaignId);
  await app.query('update campaigns.sending set per_hour = null, paced_until = null where campaign_id = $1', [
    campaignId,
  ]);
  await alice.call(contracts.steerSending, { campaignId, act: 'resume' });
  await app.settle();
  expect(sink.mails.map(({ to }) => to[0]).sort()).toEqual([mailOf(0), mailOf(1), mailOf(2)]);
  expect(sink.mails.filter(({ mail }) => mail.from?.name?.includes('Dora')).length).toBe(1);
});

test('a pace holds after quiet hours: those whom the gate has wait are written to then, one after the other', async () => {
  const { segmentId } = await people(4);
  const pace = { perHour: 60, lots: 1, overHours: 0 };
  const { campaignId } = await anApprovedCampaign(alice, bob, programmeId, segmentId, { pace });
  await quietNow(true);
  await start(campaignId);
  await app.settle();
  for (let time = 0; time < 5; time++) await work(campaignId);
  // Nothing is queued that would leave with all others in the morning.
  expect(await app.query('select from outreach.message where campaign_id = $1', [campaignId])).toEqual([]);
  expect(await numbers(campaignId)).toMatchObject({ planned: 4, waiting: 4 });
  await quietNow(false);
  // In the morning…
  await app.query('update campaigns.recipient set not_before = now() where campaign_id = $1', [campaignId]);
  await app.query('update campaigns.sending set paced_until = null where campaign_id = $1', [campaignId]);
  for (let time = 0; time < 3; time++) await work(campaignId);
  expect(sink.mails.length).toBe(1);
  expect(await numbers(campaignId)).toMatchObject({ sent: 1, waiting: 3 });
  await bob.call(contracts.steerSending, { campaignId, act: 'stop' });
});

test('people of a campaign that begins later are planned once, whatever breaks off, and what is refused is kept once', async () => {
  const { segmentId, ids } = await people(4);
  await alice.call(outreach.suppressAddress, { email: mailOf(0), suppressed: true });
  const { campaignId } = await anApprovedCampaign(alice, bob, programmeId, segmentId);
  await start(campaignId, tomorrow());
  await app.settle();
  const counted = async () => {
    const [row] = await app.query<{ plans: number; refused: number }>(
      `select (select count(*)::int from outreach.plan where campaign_id = $1) as plans,
        (select count(*)::int from outreach.decision d where d.moment = 'planned' and not d.allowed and d.contact_point_id in (
          select contact_point_id from cards.card_field where card_id = any($2::uuid[]))) as refused`,
      [campaignId, ids],
    );
    return row!;
  };
  expect(await counted()).toEqual({ plans: 3, refused: 1 });
  const [row] = await app.query<{ chain: string }>('select chain from campaigns.sending where campaign_id = $1', [
    campaignId,
  ]);
  const turn = { workspaceId: workspaceId(), campaignId, chain: row!.chain };
  // A job that is run again, since its process died before it could say that it was done.
  await planSome(app.app, turn);
  expect(await counted()).toEqual({ plans: 3, refused: 1 });
  // One that dies after its page was committed; and one that dies within it.
  const dying = (where: 'within' | 'after'): App =>
    Object.assign(Object.create(app.app), {
      db: Object.assign(Object.create(app.app.db), {
        asActor: async (actor: never, within: (tx: never) => Promise<unknown>) => {
          const done = await app.app.db.asActor(actor, async (tx) => {
            const planned = await within(tx as never);
            if (where === 'within' && planned === true) throw new Error('died');
            return planned;
          });
          if (where === 'after' && done === true) throw new Error('died');
          return done;
        },
      }),
    });
  for (const where of ['within', 'after'] as const) {
    await app.query('update campaigns.sending set planned_after = null where campaign_id = $1', [campaignId]);
    const before = (await counted()).refused;
    await expect(planSome(dying(where), turn)).rejects.toThrow('died');
    await planSome(app.app, turn);
    await planSome(app.app, turn);
    expect([where, await counted()]).toEqual([where, { plans: 3, refused: before + 1 }]);
  }
});

test('who wrote is counted of no fewer than ten people on each side, and of no fewer than ten whom it reached', async () => {
  const { segmentId } = await people(20);
  const { campaignId } = await anApprovedCampaign(alice, bob, programmeId, segmentId, {
    holdout: { percent: 50, days: 10 },
  });
  await start(campaignId);
  await app.settle();
  const arms = async (held: number) => {
    await app.query(
      `with numbered as (select recipient_id, row_number() over (order by recipient_id) as no from campaigns.recipient where campaign_id = $1)
      update campaigns.recipient r set state = case when n.no <= $2 then 'held' else 'refused' end, message_id = null, contact_point_id = null
      from numbered n where r.campaign_id = $1 and r.recipient_id = n.recipient_id`,
      [campaignId, held],
    );
    return (await bob.call(contracts.getChange, { campaignId })).changes.map(({ deed }) => deed);
  };
  expect(await arms(10)).toContain('wrote');
  expect(await arms(9)).not.toContain('wrote');
  expect(await arms(11)).not.toContain('wrote');
  const heard = async () => (await bob.call(contracts.getResults, { campaignId })).results!;
  const one = await heard();
  expect(one.heardFrom === null).toBe(one.numbers.sent < 10);
  await app.query(
    `update outreach.message set state = 'failed' where campaign_id = $1 and message_id not in (
      select message_id from outreach.message where campaign_id = $1 and state = 'sent' order by message_id limit 9)`,
    [campaignId],
  );
  expect(await heard()).toMatchObject({ heardFrom: null });
});
