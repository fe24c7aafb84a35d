import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import { addContact } from '../cards/testing.ts';
import * as content from '../content/contract.ts';
import { aSaying } from '../content/testing.ts';
import * as delegation from '../delegation/contract.ts';
import { lend } from '../delegation/testing.ts';
import * as hunting from '../hunting/contract.ts';
import { aHunt } from '../hunting/testing.ts';
import { newId } from '../kernel/ids.ts';
import { codeOf, type Member, openTestApp, ProblemAnswer, type TestApp } from '../kernel/testing.ts';
import * as outreach from '../outreach/contract.ts';
import { type MailSink, openMailSink, setUpMail } from '../outreach/testing.ts';
import * as plan from '../plan/contract.ts';
import * as segments from '../segments/contract.ts';
import { addKind } from '../segments/testing.ts';
import * as contracts from './contract.ts';
import { campaignsCrons } from './jobs.ts';
import { run } from './running.ts';
import { anApprovedCampaign, aPreparedCampaign, aProgramme, approveAsSeen, aSegment } from './testing.ts';
import { isHeld } from './uplift.ts';

let app: TestApp;
let sink: MailSink;
let alice: Member;
let bob: Member;
let carl: Member;
let bookId: string;
let programmeId: string;
/** By which nobody is left alone at any time. */
let rules: outreach.GateRules;
let runs = 0;

beforeAll(async () => {
  app = await openTestApp();
  sink = await openMailSink();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Sender');
  carl = await app.invite(alice, 'Carl Colleague');
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

/** People of Bob's who are called alike, and a segment of them. */
async function people(count: number, of: Member = bob) {
  const family = `Famille${runs}`;
  const ids: string[] = [];
  for (let at = 0; at < count; at++)
    ids.push(
      await addContact(of, {
        ...{ name: `Ada${at} ${family}`, email: `ada${at}.${runs}@firma.example`, organization: 'Firma' },
        ...(of === bob ? { bookId } : {}),
      }),
    );
  const { id: segmentId } = await aSegment(of, `name contains "${family}"`);
  await app.settle();
  return { ids, segmentId, family };
}
const addressOf = (at: number) => `ada${at}.${runs}@firma.example`;
const pointOf = async (personId: string, of = bob) =>
  (await of.call(cards.getPerson, { personId })).values.find(({ kind }) => kind === 'email')!.contactPoint!.id;
const sent = () => sink.mails.map(({ to }) => to[0]!).sort();
const state = async (campaignId: string, who = bob) => (await who.call(contracts.getSending, { campaignId })).sending!;
const numbers = async (campaignId: string) => (await bob.call(contracts.getSending, { campaignId })).numbers!;
const start = (campaignId: string, at: string | null = null, who = bob) =>
  who.call(contracts.startSending, { campaignId, at });
const steer = (campaignId: string, act: 'pause' | 'resume' | 'stop', who = bob) =>
  who.call(contracts.steerSending, { campaignId, act });
const fieldsOf = async (call: Promise<unknown>) => {
  const error = await call.then(
    () => undefined,
    (reason) => reason,
  );
  return error instanceof ProblemAnswer ? { code: error.problem.code, ...error.problem.fields } : error;
};
const sum = ({ planned, ...rest }: contracts.Numbers) => Object.values(rest).reduce((a, b) => a + b, 0) - planned;

describe('a campaign', () => {
  test('goes from its content to its results: approved by another, to whom its sender sees, each in their words', async () => {
    const { segmentId, ids } = await people(3);
    await addContact(alice, { name: `Eve Famille${runs}`, email: `eve.${runs}@firma.example` });
    await alice.call(outreach.suppressAddress, { email: addressOf(2), suppressed: true });
    const { campaignId } = await aPreparedCampaign(bob, programmeId, segmentId, { seedIds: [carl.me.memberId] });
    expect(await fieldsOf(start(campaignId))).toMatchObject({ code: 'conflict', approval: 'required' });
    const asked = await bob.call(contracts.estimateSending, { campaignId });
    expect(asked.sending!.estimate).toMatchObject({
      ...{
        people: { people: 3, margin: 0 },
        allowed: { people: 2 },
        refused: { people: 1 },
        later: { people: 0 },
        exact: true,
      },
      reasons: [{ reason: 'suppressed', people: 1, margin: 0 }],
    });
    await approveAsSeen(alice, campaignId);
    expect(await state(campaignId)).toMatchObject({ state: 'draft', approved: true, mine: true, changed: [] });
    await start(campaignId);
    await app.settle();
    expect(sent()).toEqual([addressOf(0), addressOf(1), 'carl.colleague@example.com'].sort());
    const mail = sink.mails.find(({ to }) => to[0] === addressOf(0))!.mail;
    expect(mail.text).toContain('Bonjour Ada0,');
    expect(mail.headers.find(({ key }) => key === 'list-id')?.value).toBe(`<${campaignId}.example.com>`);
    const copy = sink.mails.find(({ to }) => to[0]!.startsWith('carl'))!.mail;
    expect(copy.subject).toMatch(/^(Copy|Copie)/);
    const { sending, numbers: now } = await bob.call(contracts.getSending, { campaignId });
    expect(sending).toMatchObject({ state: 'done', problem: null, approved: true });
    expect(now).toEqual({
      ...{ planned: 3, waiting: 0, sent: 2, inDoubt: 0, failed: 0, refused: 1, aside: 0, stopped: 0, held: 0 },
    });
    const { results } = await bob.call(contracts.getResults, { campaignId });
    expect(results).toMatchObject({ refused: [{ reason: 'suppressed', people: 1 }], unsubscribed: 0, heardFrom: null });
    const refused = await bob.call(contracts.listRecipients, { campaignId, outcome: 'refused', reason: 'suppressed' });
    expect(refused.items).toMatchObject([{ person: { id: ids[2] }, outcome: 'refused', reasons: ['suppressed'] }]);
    // Who does not see the people sees none of them.
    expect((await alice.call(contracts.listRecipients, { campaignId, outcome: 'sent' })).items).toEqual([]);
    expect(await alice.call(plan.getCampaign, { campaignId })).toMatchObject({
      beganOn: new Date().toISOString().slice(0, 10),
      endedOn: new Date().toISOString().slice(0, 10),
      brought: expect.stringMatching(/2/),
    });
  });

  test('sends copies to addresses of nobody’s card, marked, counted nowhere, once; who objects or is suppressed gets none', async () => {
    const { segmentId } = await people(1);
    const seedAddresses = [` Boite.${runs}@Essai.Example `, `no.${runs}@essai.example`, `boite.${runs}@essai.example`];
    await alice.call(outreach.suppressAddress, { email: `no.${runs}@essai.example`, suppressed: true });
    const { campaignId, contentId } = await aPreparedCampaign(bob, programmeId, segmentId, { seedAddresses });
    const save = (more: object) => bob.call(contracts.saveSending, { campaignId, contentId, ...more });
    expect(await fieldsOf(save({ seedAddresses: ['nobody'] }))).toMatchObject({ seedAddresses: 'email' });
    expect(await codeOf(save({ seedAddresses: Array.from({ length: 21 }, (_, at) => `s${at}@essai.example`) }))).toBe(
      'invalid_input',
    );
    const kept = [`boite.${runs}@essai.example`, `no.${runs}@essai.example`];
    expect((await state(campaignId)).seedAddresses).toEqual(kept);
    // Who only sees the campaign does not see where copies go.
    expect((await carl.call(contracts.getSending, { campaignId })).sending!.seedAddresses).toEqual([]);
    await approveAsSeen(alice, campaignId);
    await start(campaignId);
    await app.settle();
    expect(sent()).toEqual([addressOf(0), kept[0]!].sort());
    const copy = sink.mails.find(({ to }) => to[0] === kept[0])!.mail;
    expect(copy.subject).toMatch(/^(Copy|Copie)/);
    expect(copy.text).not.toContain('Ada0');
    const { numbers: counted } = await bob.call(contracts.getSending, { campaignId });
    expect(counted).toMatchObject({ planned: 1, sent: 1 });
    expect((await bob.call(cards.listPeople, { q: 'essai.example' })).items).toEqual([]);
    // Its address stands sealed until it has left, and is gone then.
    const left = await app.query(
      `select from outreach.message_content join outreach.message using (workspace_id, message_id) where kind = 'asked'`,
    );
    expect(left).toEqual([]);
    expect(
      await app.query(
        `select from outreach.received r join outreach.message m using (message_id) where m.kind = 'asked'`,
      ),
    ).toEqual([]);
  });

  test('sends what goes by its own way', async () => {
    const { segmentId } = await people(1);
    const { campaignId } = await aPreparedCampaign(bob, programmeId, segmentId);
    const { id: contentId } = await bob.call(content.addContent, { name: 'Texto', ready: 'news_sms' });
    expect(await fieldsOf(bob.call(contracts.saveSending, { campaignId, contentId }))).toMatchObject({
      contentId: 'kind',
    });
  });

  test('is not approved by whoever wrote what it says, nor started or read in numbers by who has no part in it', async () => {
    const { segmentId } = await people(1);
    const { campaignId, contentId, edition } = await aPreparedCampaign(bob, programmeId, segmentId);
    expect(await fieldsOf(approveAsSeen(bob, campaignId))).toMatchObject({ code: 'forbidden' });
    expect(await codeOf(approveAsSeen(carl, campaignId))).toBe('forbidden');
    const write = (who: Member, on: number, text: string) =>
      who.call(content.saveContent, { contentId, edition: on, said: { fr: aSaying(text) } });
    const hers = await write(alice, edition, 'De ma main.');
    expect(await fieldsOf(approveAsSeen(alice, campaignId))).toMatchObject({
      ...{ code: 'forbidden', step: 'four_eyes' },
    });
    await write(bob, hers.edition, 'De la sienne.');
    await approveAsSeen(alice, campaignId);
    expect(await codeOf(start(campaignId, null, carl))).toBe('forbidden');
    expect(await carl.call(contracts.getSending, { campaignId })).toMatchObject({ numbers: null, mayHandle: false });
    expect(await codeOf(carl.call(contracts.getResults, { campaignId }))).toBe('forbidden');
    expect(await codeOf(carl.call(contracts.listRecipients, { campaignId, outcome: 'sent' }))).toBe('forbidden');
    // With whose grants it is asked is the sender's to say.
    expect(await codeOf(alice.call(contracts.estimateSending, { campaignId }))).toBe('forbidden');
    expect(sink.mails).toEqual([]);
  });

  test('whose content changes after the approval is to be approved again, and does not start by itself', async () => {
    const { segmentId } = await people(1);
    const { campaignId, contentId, edition } = await anApprovedCampaign(alice, bob, programmeId, segmentId);
    await start(campaignId, new Date(Date.now() + 3_600_000).toISOString());
    await app.settle();
    expect(await state(campaignId)).toMatchObject({ state: 'scheduled' });
    await bob.call(content.saveContent, { contentId, edition, said: { fr: aSaying('Autre chose.') } });
    await app.settle();
    expect(await state(campaignId)).toMatchObject({ state: 'draft', approved: false, startsAt: null });
    const { steps, history } = await bob.call(plan.getCampaign, { campaignId });
    expect(steps.find(({ step }) => step === 'approval')!.done).toBeNull();
    expect(history[0]).toMatchObject({ act: 'reopened', step: 'approval', by: null });
    expect(await fieldsOf(start(campaignId))).toMatchObject({ code: 'conflict', approval: 'required' });
    // Approved by the step alone, nothing was sealed: it is said anew.
    await alice.call(plan.moveStep, { campaignId, step: 'approval', done: true });
    expect(await fieldsOf(start(campaignId))).toMatchObject({ code: 'conflict', approval: 'required' });
    await approveAsSeen(alice, campaignId);
    await start(campaignId);
    await app.settle();
    expect(sink.mails[0]!.mail.text).toContain('Autre chose.');
  });

  test('whose segment is another than was approved does not start', async () => {
    const { segmentId } = await people(1);
    const { campaignId } = await anApprovedCampaign(alice, bob, programmeId, segmentId);
    const { id: other } = await aSegment(bob, 'everyone');
    const { version, name, purpose, channel, plannedOn } = await bob.call(plan.getCampaign, { campaignId });
    await bob.call(plan.saveCampaign, {
      ...{ campaignId, version, programmeId, name, purpose, channel, plannedOn, segmentId: other },
    });
    expect(await state(campaignId)).toMatchObject({ approved: false, changed: ['segment'] });
    expect(await fieldsOf(start(campaignId))).toMatchObject({ code: 'conflict', approval: 'segment' });
  });

  test('takes no pasted addresses, however many: it says that a target is a segment or a list', async () => {
    const { segmentId } = await people(0);
    const { campaignId, contentId } = await aPreparedCampaign(bob, programmeId, segmentId);
    const paste = (count: number) => {
      const addresses = Array.from({ length: count }, (_, at) => `somebody${at}@firma.example`);
      return fieldsOf(bob.call(contracts.saveSending, { campaignId, contentId, addresses }));
    };
    expect(await paste(3)).toMatchObject({ code: 'invalid_input', addresses: 'segment_or_list' });
    expect(await paste(100_000)).toMatchObject({ code: 'invalid_input', addresses: 'segment_or_list' });
  });

  test('is tried on members, as somebody made up would get it', async () => {
    const { segmentId } = await people(0);
    const { campaignId } = await aPreparedCampaign(bob, programmeId, segmentId, {
      text: '{{ person.givenName }}, {{ sender.name }} vous écrit.',
    });
    const memberIds = [alice.me.memberId, carl.me.memberId];
    expect(await bob.call(contracts.sendTrials, { campaignId, memberIds })).toEqual({ queued: 2, stops: [] });
    await app.settle();
    expect(sent()).toEqual(['alice.martin@example.com', 'carl.colleague@example.com']);
    for (const { mail } of sink.mails) {
      expect(mail.subject).toMatch(/^(Trial|Essai)/);
      expect(mail.text).toMatch(/(Camille|Alex), Bob Sender vous écrit\./);
    }
    expect(await codeOf(bob.call(contracts.sendTrials, { campaignId, memberIds: [newId()] }))).toBe('invalid_input');
  });
});

describe('the people of a campaign', () => {
  test('are those who are in the segment when it is sent, each once at one address that the gate lets through', async () => {
    const { segmentId, ids, family } = await people(3);
    const { campaignId } = await anApprovedCampaign(alice, bob, programmeId, segmentId);
    // Gone before it begins; come meanwhile; a second address of somebody whose first is suppressed; the same address of another.
    await bob.call(cards.updateCard, {
      cardId: ids[0]!,
      set: [{ no: 0, field: { kind: 'name', value: { given: 'Else' } } }],
    });
    const later = await addContact(bob, { name: `Late ${family}`, email: `late.${runs}@firma.example`, bookId });
    await addContact(bob, { name: `Twin ${family}`, email: addressOf(1), bookId });
    await alice.call(outreach.suppressAddress, { email: addressOf(2), suppressed: true });
    await addField(ids[2]!, { kind: 'email', value: { value: `second.${runs}@firma.example`, type: 'work' } });
    await addContact(bob, { name: `Silent ${family}`, bookId });
    await app.settle();
    await start(campaignId);
    await app.settle();
    expect(sent()).toEqual([addressOf(1), `late.${runs}@firma.example`, `second.${runs}@firma.example`].sort());
    expect(await numbers(campaignId)).toMatchObject({ planned: 5, sent: 3, aside: 2, refused: 0 });
    const { results } = await bob.call(contracts.getResults, { campaignId });
    expect(results!.aside).toEqual([
      { reason: 'no_address', people: 1 },
      { reason: 'twice', people: 1 },
    ]);
    const { items } = await bob.call(contracts.listRecipients, { campaignId, outcome: 'sent' });
    expect(items.map(({ person }) => person.id)).toContain(later);
  });

  test('of whom something is not known that the content asks for are set aside with the reason, and the others get it', async () => {
    const { segmentId, ids } = await people(2);
    await addField(ids[1]!, { kind: 'address', value: { city: 'Lyon' } });
    await app.settle();
    const { campaignId } = await anApprovedCampaign(alice, bob, programmeId, segmentId, {
      text: 'À {{ person.city }}, bonjour.',
    });
    await start(campaignId);
    await app.settle();
    expect(sent()).toEqual([addressOf(1)]);
    expect(await numbers(campaignId)).toMatchObject({ planned: 2, sent: 1, aside: 1, refused: 0 });
    const { items } = await bob.call(contracts.listRecipients, { campaignId, outcome: 'aside' });
    expect(items).toMatchObject([{ person: { id: ids[0] }, reasons: ['missing_variable'] }]);
  });

  test('who unsubscribe by it are counted and listed', async () => {
    const { segmentId, ids } = await people(2);
    const { campaignId } = await anApprovedCampaign(alice, bob, programmeId, segmentId);
    await start(campaignId);
    await app.settle();
    const mail = sink.mails.find(({ to }) => to[0] === addressOf(0))!.mail;
    const url = /<(http[^>]+\/u\/[^>]+)>/.exec(mail.headers.find(({ key }) => key === 'list-unsubscribe')!.value)![1]!;
    await fetch(url.replace('localhost', '127.0.0.1'), {
      ...{ method: 'POST', body: 'List-Unsubscribe=One-Click' },
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    const { results } = await bob.call(contracts.getResults, { campaignId });
    expect(results).toMatchObject({ unsubscribed: 1 });
    const { items } = await bob.call(contracts.listRecipients, { campaignId, outcome: 'unsubscribed' });
    expect(items).toMatchObject([{ person: { id: ids[0] }, outcome: 'sent' }]);
  });
});

describe('a campaign that runs', () => {
  test('is paused, which takes back what has not left, goes on, and ends with everybody once', async () => {
    const { segmentId } = await people(6);
    const { campaignId } = await anApprovedCampaign(alice, bob, programmeId, segmentId);
    // Quiet hours hold all of it in the queue.
    await quietNow(true);
    await start(campaignId);
    await waitFor(async () => (await messages(campaignId)) === 6);
    await steer(campaignId, 'pause');
    expect(await state(campaignId)).toMatchObject({ state: 'paused' });
    expect(await numbers(campaignId)).toMatchObject({ planned: 6, waiting: 6 });
    expect(await received()).toBe(0);
    await quietNow(false);
    await steer(campaignId, 'resume');
    await app.settle();
    expect(sent()).toHaveLength(6);
    expect(new Set(sent()).size).toBe(6);
    expect(await state(campaignId)).toMatchObject({ state: 'done' });
    expect(await codeOf(steer(campaignId, 'pause'))).toBe('conflict');
  });

  test('is stopped for good: nobody else is written to, and all are counted', async () => {
    const { segmentId } = await people(5);
    const { campaignId } = await anApprovedCampaign(alice, bob, programmeId, segmentId, {
      pace: { perHour: 120, lots: 1, overHours: 0 },
    });
    await start(campaignId);
    await waitFor(async () => sink.mails.length === 2);
    await app.settle();
    await steer(campaignId, 'stop');
    const now = await numbers(campaignId);
    expect(now).toMatchObject({ planned: 5, sent: 2, stopped: 3, waiting: 0 });
    expect(await state(campaignId)).toMatchObject({ state: 'stopped' });
    expect(await codeOf(steer(campaignId, 'resume'))).toBe('conflict');
    expect(await codeOf(start(campaignId))).toBe('conflict');
  });

  test('keeps its pace, and each lot waits for its hour', async () => {
    const { segmentId } = await people(4);
    const { campaignId } = await anApprovedCampaign(alice, bob, programmeId, segmentId, {
      pace: { perHour: null, lots: 2, overHours: 2 },
    });
    await start(campaignId);
    await waitFor(async () => sink.mails.length === 2);
    await app.settle();
    expect(await numbers(campaignId)).toMatchObject({ sent: 2, waiting: 2 });
    await app.query(
      `update campaigns.sending set started_at = started_at - interval '61 minutes' where campaign_id = $1`,
      [campaignId],
    );
    await turn(campaignId);
    await app.settle();
    expect(await numbers(campaignId)).toMatchObject({ sent: 4, waiting: 0 });
  });

  test('begins at its time by itself, and its people take their places before', async () => {
    const { segmentId, ids } = await people(2);
    const { campaignId } = await anApprovedCampaign(alice, bob, programmeId, segmentId, { priority: 5 });
    await start(campaignId, new Date(Date.now() + 3_600_000).toISOString());
    await app.settle();
    expect((await app.query(`select from outreach.plan where campaign_id = '${campaignId}'`)).length).toBe(2);
    // Room for one of weight two: what is planned with greater priority comes before.
    await alice.call(outreach.saveGateRules, {
      ...{ ...rules, quiet: null },
      profiles: [{ key: 'default', name: '', fits: null, caps: [{ days: 7, channel: null, most: 2 }] }],
    });
    const written = await bob.call(outreach.writeToContact, {
      ...{ personId: ids[0]!, contactPointId: await pointOf(ids[0]!), purpose: 'newsletter', subject: 'x', text: 'y' },
    });
    expect(written).toMatchObject({ allowed: false, reasons: ['pressure'] });
    await app.query(`update campaigns.sending set starts_at = now() where campaign_id = $1`, [campaignId]);
    await turn(campaignId);
    await app.settle();
    expect(sent()).toEqual([addressOf(0), addressOf(1)]);
    expect(await app.query(`select from outreach.plan where campaign_id = '${campaignId}'`)).toEqual([]);
    await alice.call(outreach.saveGateRules, { ...rules, quiet: null });
  });

  test('loses nobody and doubles nobody where it breaks off between two courses, or within one', async () => {
    const { segmentId } = await people(5);
    const { campaignId } = await anApprovedCampaign(alice, bob, programmeId, segmentId, {
      pace: { perHour: 120, lots: 1, overHours: 0 },
    });
    await start(campaignId);
    await waitFor(async () => sink.mails.length === 2);
    await app.settle();
    // As after a crash: the next job is lost, and of what was done last nothing was committed.
    await app.query(`delete from kernel.outbox where payload ->> 'campaignId' = $1`, [campaignId]);
    await app.query(
      `update campaigns.sending set beat_at = now() - interval '3 minutes', paced_until = null, per_hour = null where campaign_id = $1`,
      [campaignId],
    );
    const broken = breakingOff(1);
    const [{ chain }] = (await app.query<{ chain: string }>(
      `select chain from campaigns.sending where campaign_id = '${campaignId}'`,
    )) as [{ chain: string }];
    const ref = { workspaceId: bob.me.workspace.id, campaignId, chain };
    await expect(run(broken, ref, new AbortController().signal)).rejects.toThrow('broken off');
    expect(await numbers(campaignId)).toMatchObject({ planned: 5, sent: 2, waiting: 3 });
    for (const cron of campaignsCrons) await cron.run(app.app);
    await app.settle();
    expect(sent()).toEqual([0, 1, 2, 3, 4].map(addressOf));
    expect(await state(campaignId)).toMatchObject({ state: 'done' });
    // A job of before has had its turn.
    await run(app.app, ref, new AbortController().signal);
    expect(sum(await numbers(campaignId))).toBe(0);
  });

  test('that is paused in the very moment in which it is worked on writes to nobody', async () => {
    const { segmentId } = await people(4);
    const { campaignId } = await anApprovedCampaign(alice, bob, programmeId, segmentId, {
      pace: { perHour: 60, lots: 1, overHours: 0 },
    });
    await start(campaignId);
    await waitFor(async () => sink.mails.length === 1);
    await app.settle();
    await app.query('update campaigns.sending set paced_until = null, per_hour = null where campaign_id = $1', [
      campaignId,
    ]);
    await turn(campaignId, { ...app.app, db: { ...app.app.db, asActor: pausingFirst } });
    await app.settle();
    expect(await numbers(campaignId)).toMatchObject({ planned: 4, sent: 1, waiting: 3 });
    expect(sink.mails).toHaveLength(1);

    async function pausingFirst<T>(...[actor, work]: Parameters<typeof app.app.db.asActor<T>>): Promise<T> {
      await steer(campaignId, 'pause');
      return app.app.db.asActor(actor, work);
    }
  });

  test('whose sender is gone pauses and says so', async () => {
    const dora = await app.invite(alice, 'Dora Leaving');
    const { segmentId } = await people(2, dora);
    const programme = await aProgramme(alice, dora);
    const { campaignId } = await anApprovedCampaign(alice, dora, programme, segmentId);
    await app.query(`update identity.member set status = 'suspended' where member_id = $1`, [dora.me.memberId]);
    await start(campaignId, null, alice);
    await app.settle();
    expect(await state(campaignId, alice)).toMatchObject({ state: 'paused', problem: 'sender_gone' });
    expect(sink.mails).toEqual([]);
  });

  test('shows what is in doubt, which its sender settles', async () => {
    const { segmentId } = await people(2);
    const { campaignId } = await anApprovedCampaign(alice, bob, programmeId, segmentId);
    const release = sink.hold();
    await start(campaignId);
    await waitFor(async () => sink.mails.length === 2);
    // A crash hid what the mail server said.
    await app.query(
      `update outreach.message set state = 'in_doubt', answer = 'crash' where campaign_id = '${campaignId}'`,
    );
    release();
    await app.settle();
    expect(await numbers(campaignId)).toMatchObject({ planned: 2, inDoubt: 2, sent: 0 });
    const { items } = await bob.call(contracts.listRecipients, { campaignId, outcome: 'inDoubt' });
    await bob.call(outreach.settleDoubt, { messageId: items[0]!.messageId!, arrived: true });
    await bob.call(outreach.settleDoubt, { messageId: items[1]!.messageId!, arrived: false });
    await app.settle();
    expect(sink.mails).toHaveLength(3);
    expect(await numbers(campaignId)).toMatchObject({ planned: 2, inDoubt: 0, sent: 2 });
  });
});

test('of two campaigns that want somebody’s last message at once one wins, and both add up', async () => {
  const { segmentId } = await people(8);
  await alice.call(outreach.saveGateRules, {
    ...{ ...rules, quiet: null },
    profiles: [{ key: 'default', name: '', fits: null, caps: [{ days: 7, channel: null, most: 2 }] }],
  });
  const both = [
    await anApprovedCampaign(alice, bob, programmeId, segmentId),
    await anApprovedCampaign(alice, bob, programmeId, segmentId),
  ];
  await Promise.all(both.map(({ campaignId }) => start(campaignId)));
  await app.settle();
  expect(sent()).toEqual(Array.from({ length: 8 }, (_, at) => addressOf(at)));
  const [a, b] = await Promise.all(both.map(({ campaignId }) => numbers(campaignId)));
  expect(a!.sent + b!.sent).toBe(8);
  expect(a!.refused + b!.refused).toBe(8);
  expect([sum(a!), sum(b!)]).toEqual([0, 0]);
  await alice.call(outreach.saveGateRules, { ...rules, quiet: null });
});

/** The same application, whose work as a member breaks off once, at the end of its transaction. */
function breakingOff(times: number): TestApp['app'] {
  let left = times;
  return {
    ...app.app,
    db: {
      ...app.app.db,
      asActor: (actor, work, act) =>
        app.app.db.asActor(
          actor,
          async (tx) => {
            const done = await work(tx);
            if (left-- > 0) throw new Error('broken off');
            return done;
          },
          act,
        ),
    },
  };
}

const addField = (cardId: string, field: cards.FieldInput) => bob.call(cards.updateCard, { cardId, add: [field] });

async function turn(campaignId: string, working = app.app): Promise<void> {
  const [row] = await app.query<{ chain: string }>(`select chain from campaigns.sending where campaign_id = $1`, [
    campaignId,
  ]);
  const ref = { workspaceId: bob.me.workspace.id, campaignId, chain: row!.chain };
  await run(working, ref, new AbortController().signal);
}

async function waitFor(done: () => Promise<boolean>): Promise<void> {
  for (let waited = 0; waited < 30_000; waited += 50) {
    if (await done()) return;
    await new Promise((resume) => setTimeout(resume, 50));
  }
  throw new Error('It did not happen.');
}
const messages = async (campaignId: string) =>
  (await app.query(`select from outreach.message where campaign_id = '${campaignId}' and state = 'queued'`)).length;
const received = async () =>
  (
    await app.query(`select from outreach.received r join outreach.message m using (workspace_id, message_id)
    where m.state = 'cancelled'`)
  ).length;

/** Whether everybody is left alone now, whatever the time. */
async function quietNow(quiet: boolean): Promise<void> {
  const time = (hours: number) => `${String((new Date().getUTCHours() + hours + 24) % 24).padStart(2, '0')}:00`;
  const now = { from: time(-1), to: time(2), weekdays: [], dates: [], personal: false, zone: 'UTC' };
  await alice.call(outreach.saveGateRules, { ...rules, quiet: quiet ? now : null });
}

describe('what a campaign changed', () => {
  test('is told by those held back by lot: they get nothing, count, and what all did is laid side by side', async () => {
    const { segmentId, ids } = await people(12);
    const { campaignId } = await aPreparedCampaign(bob, programmeId, segmentId, { holdout: { percent: 50, days: 10 } });
    await approveAsSeen(alice, campaignId);
    expect((await bob.call(contracts.getChange, { campaignId })).until).toBeNull();
    await start(campaignId);
    await app.settle();
    const held = ids.filter((id) => isHeld(campaignId, id, 50));
    expect(held.length).toBeGreaterThan(0);
    expect(sent()).toEqual(ids.flatMap((id, at) => (held.includes(id) ? [] : addressOf(at))).sort());
    expect(await numbers(campaignId)).toMatchObject({ planned: 12, held: held.length, sent: 12 - held.length });
    expect(sum(await numbers(campaignId))).toBe(0);
    const { items } = await bob.call(contracts.listRecipients, { campaignId, outcome: 'held' });
    expect(items.map(({ person }) => person.id).sort()).toEqual(held.sort());
    for (const key of ['order', 'till', 'attendance']) await addKind(app, alice, key, {});
    const kind = '(select kind_no from facts.kind where workspace_id = $1 and key = $3)';
    const add = (personId: string, key: string, at: string) =>
      app.query(
        `insert into facts.fact (workspace_id, subject_id, fact_id, at, kind_no, source_no) values ($1, $2, gen_random_uuid(), ${at}, ${kind}, 1)`,
        [bob.me.workspace.id, personId, key],
      );
    const [one, two] = ids.filter((id) => !held.includes(id));
    await add(one!, 'order', `now() + interval '1 second'`);
    await add(one!, 'till', `now() + interval '1 second'`);
    await add(held[0]!, 'attendance', `now() + interval '1 second'`);
    // Before it, and long after it.
    await add(two!, 'order', `now() - interval '1 day'`);
    await add(two!, 'order', `now() + interval '11 days'`);
    const { changes } = await bob.call(contracts.getChange, { campaignId });
    const of = (deed: contracts.Deed) => changes.find((change) => change.deed === deed)!;
    expect(of('bought')).toMatchObject({
      meant: { did: 1, people: 12 - held.length },
      held: { did: 0, people: held.length },
    });
    expect(of('attended')).toMatchObject({ meant: { did: 0 }, held: { did: 1 } });
    expect(of('bought').uplift!.from).toBeLessThan(0);
    expect(await codeOf(carl.call(contracts.getChange, { campaignId }))).toBe('forbidden');
  });
});

test('whom a colleague has on their list in a hunt of the campaign is left to them', async () => {
  await lend(bob, bookId, { grantee: { kind: 'workspace' }, acts: ['read'] });
  const { ids, segmentId: _own, family } = await people(2);
  const { id: segmentId } = await alice.call(segments.addSegment, {
    ...{ name: family, kind: 'filter', filter: `name contains "${family}"`, audience: { kind: 'workspace' } },
  });
  await app.settle();
  const { campaignId } = await anApprovedCampaign(alice, bob, programmeId, segmentId);
  const hunt = await bob.call(hunting.openHunt, { campaignId, ...aHunt });
  await app.settle();
  expect(hunt.holders).toMatchObject([{ proposed: 2 }]);
  const late = await addContact(bob, { name: `Late ${family}`, email: `late.${runs}@firma.example`, bookId });
  await app.settle();
  await start(campaignId);
  await app.settle();
  expect(sent()).toEqual([`late.${runs}@firma.example`]);
  expect(await numbers(campaignId)).toMatchObject({ planned: 1, sent: 1 });
  expect(ids).not.toContain(late);
});

test('it stops by itself when its approval is taken back on the way, and what has not left is taken back', async () => {
  const { segmentId } = await people(4);
  const pace = { perHour: 60, lots: 1, overHours: 0 };
  const { campaignId } = await anApprovedCampaign(alice, bob, programmeId, segmentId, { pace });
  await start(campaignId);
  await app.settle();
  expect(await numbers(campaignId)).toMatchObject({ planned: 4, sent: 1, waiting: 3 });
  await alice.call(plan.moveStep, { campaignId, step: 'approval', done: false });
  await app.query(
    `update campaigns.sending set beat_at = now() - interval '5 minutes', paced_until = null where campaign_id = $1`,
    [campaignId],
  );
  await campaignsCrons[0]!.run(app.app);
  await app.settle();
  expect(await state(campaignId)).toMatchObject({ state: 'paused', problem: 'not_approved' });
  expect(await numbers(campaignId)).toMatchObject({ planned: 4, sent: 1, waiting: 3 });
});
