import { extractText, getDocumentProxy } from 'unpdf';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import * as content from '../content/contract.ts';
import { writeContents } from '../content/index.ts';
import * as delegation from '../delegation/contract.ts';
import { lend } from '../delegation/testing.ts';
import * as home from '../home/contract.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as letters from '../letters/contract.ts';
import { makeBatch } from '../letters/index.ts';
import * as outreach from '../outreach/contract.ts';
import * as contracts from './contract.ts';
import { anApprovedCampaign, aPreparedCampaign, aProgramme, approveAsSeen, aSegment } from './testing.ts';

// A campaign on paper: from its target to the post.

let app: TestApp;
let alice: Member;
let bob: Member;
let carl: Member;
let bookId: string;
/** Of Alice, who lends it to the company. */
let lentBook: string;
let programmeId: string;
let runs = 0;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Sender');
  carl = await app.invite(alice, 'Carl Colleague');
  bookId = (await bob.call(delegation.createBook, { name: 'Clients' })).id;
  ({ id: lentBook } = await alice.call(delegation.createBook, { name: 'Alice' }));
  await lend(alice, lentBook, { grantee: { kind: 'workspace' }, acts: ['read', 'contact'] });
  programmeId = await aProgramme(alice, bob);
});
beforeEach(() => {
  runs++;
});
afterEach(() => expect(app.errors).toEqual([]));
afterAll(() => app.close());

const towns = ['75002 Paris', '01000 Bourg', '69003 Lyon', '33000 Bordeaux'];

/** Somebody with an address; without one where there is no town. */
async function somebody(given: string, town: string | null, of = bob, into = bookId): Promise<string> {
  const [postcode, city] = town?.split(' ') ?? [];
  const address = { street: '12 rue de la Paix', postcode: postcode!, city: city!, type: 'work' as const };
  const fields: cards.FieldInput[] = [
    { kind: 'name', value: { given, family: `Famille${runs}` } },
    // Whoever has an e-mail address only gets no letter.
    town
      ? { kind: 'address' as const, value: address }
      : { kind: 'email' as const, value: { value: `${given}${runs}@client.example` } },
  ];
  return (await of.call(cards.createCard, { fields, bookId: into })).id;
}

/** Four people in four towns, one of them Alice's, whom she lends, and a fifth without address. */
async function people() {
  const ids = [];
  for (const [at, town] of towns.entries())
    ids.push(await somebody(`Ada${at}`, town, at === 2 ? alice : bob, at === 2 ? lentBook : bookId));
  ids.push(await somebody('Nul', null));
  const { id: segmentId } = await aSegment(bob, `name contains "Famille${runs}"`);
  await app.settle();
  return { ids, segmentId };
}

async function started() {
  const { ids, segmentId } = await people();
  const of = { letter: true, text: 'Bonjour {{ person.givenName }}, voici **nos vœux**.' };
  const { campaignId } = await anApprovedCampaign(alice, bob, programmeId, segmentId, of);
  await bob.call(contracts.startSending, { campaignId, at: null });
  await app.settle();
  return { ids, campaignId };
}

const batchesOf = async (campaignId: string, who = bob) => (await who.call(letters.listBatches, { campaignId })).items;
const numbers = async (campaignId: string) => (await bob.call(contracts.getSending, { campaignId })).numbers!;
const fileOf = (campaignId: string, batchId: string, who = bob) =>
  who.fetch(`/plan/campaigns/${campaignId}/batches/${batchId}/file`);
const pointOf = async (personId: string) =>
  (await bob.call(cards.getPerson, { personId })).values.find(({ kind }) => kind === 'address')!.contactPoint!.id;
const usesOfLent = async () =>
  (await alice.call(home.listHappenings, { bookId: lentBook })).items.filter(({ kind }) => kind === 'contacted');

async function pagesOf(answer: Response): Promise<string[]> {
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('application/pdf');
  const { text } = await extractText(await getDocumentProxy(new Uint8Array(await answer.arrayBuffer())));
  return text;
}

describe('a campaign on paper', () => {
  test('is made in the order of the post, printed, and posted by its sender; only then do holders hear of it', async () => {
    const before = (await usesOfLent()).length;
    const { segmentId } = await people();
    const { campaignId } = await aPreparedCampaign(bob, programmeId, segmentId, {
      ...{ letter: true, text: 'Bonjour {{ person.givenName }}, voici **nos vœux**.' },
    });
    const asked = await bob.call(contracts.estimateSending, { campaignId });
    expect(asked.sending!.estimate).toMatchObject({
      ...{ people: { people: 5 }, allowed: { people: 4 }, later: { people: 0 } },
      reasons: [{ reason: 'no_address', people: 1 }],
    });
    const examples = await pagesOf(await bob.fetch(`/plan/campaigns/${campaignId}/letter-examples`));
    expect(examples[0]).toContain('Bonjour Camille, voici nos vœux.');
    await approveAsSeen(alice, campaignId);
    await bob.call(contracts.startSending, { campaignId, at: null });
    await app.settle();
    expect(await batchesOf(campaignId)).toMatchObject([{ no: 1, state: 'ready', planned: 4, letters: 4, pages: 4 }]);
    expect(await numbers(campaignId)).toMatchObject({ planned: 5, waiting: 4, sent: 0, aside: 1 });
    const [batch] = await batchesOf(campaignId);
    const pages = await pagesOf(await fileOf(campaignId, batch!.id));
    expect(pages.map((page) => /\d{5} [A-Z]+/.exec(page)![0])).toEqual([
      ...['01000 BOURG', '33000 BORDEAUX', '69003 LYON', '75002 PARIS'],
    ]);
    expect(pages[0]).toContain('Bonjour Ada1, voici nos vœux.');
    // They wait: nobody has been written to yet.
    expect(await usesOfLent()).toHaveLength(before);
    expect(await bob.call(letters.postBatch, { campaignId, batchId: batch!.id })).toEqual({ posted: 4, takeOut: [] });
    const uses = await usesOfLent();
    expect(uses).toHaveLength(before + 1);
    expect(uses[0]).toMatchObject({ contacts: [{ name: `Ada2 Famille${runs}` }] });
    const by = await app.query<{ channel: string }>(`select channel from delegation.use where kind = 'contacted'`);
    expect(by.map(({ channel }) => channel)).toEqual(['letter']);
    expect(await numbers(campaignId)).toMatchObject({ waiting: 0, sent: 4 });
    // Its file goes, and it is posted once.
    expect((await fileOf(campaignId, batch!.id)).status).toBe(404);
    expect(await app.query('select from letters.batch_piece where batch_id = $1', [batch!.id])).toEqual([]);
    expect(await codeOf(bob.call(letters.postBatch, { campaignId, batchId: batch!.id }))).toBe('conflict');
    await app.settle();
    expect((await bob.call(contracts.getSending, { campaignId })).sending).toMatchObject({
      state: 'done',
      way: 'letter',
    });
  });

  test('whoever lends an address hears that it was looked at in the file, and a withdrawn one is read there no more', async () => {
    const opened = async () =>
      (await alice.call(home.listHappenings, { bookId: lentBook })).items
        .filter(({ kind }) => kind === 'opened')
        .reduce((sum, { count }) => sum + count, 0);
    const { campaignId, ids } = await started();
    const [batch] = await batchesOf(campaignId);
    const before = await opened();
    expect((await fileOf(campaignId, batch!.id)).status).toBe(200);
    expect(await opened()).toBe(before + 1);
    await alice.call(cards.removeCard, { cardId: ids[2]! });
    const refused = await fileOf(campaignId, batch!.id);
    expect(refused.status).toBe(409);
    expect(await refused.json()).toMatchObject({ fields: { batch: 'withdrawn' } });
    // Made anew, the others are there, and whoever was withdrawn is not.
    expect(await codeOf(alice.call(letters.makeAnew, { campaignId, batchId: batch!.id }))).toBe('not_found');
    await bob.call(letters.makeAnew, { campaignId, batchId: batch!.id });
    await app.settle();
    expect((await batchesOf(campaignId))[0]).toMatchObject({ state: 'ready', planned: 4, letters: 3, pages: 3 });
    expect((await pagesOf(await fileOf(campaignId, batch!.id))).join()).not.toContain('LYON');
    expect(await numbers(campaignId)).toMatchObject({ planned: 5, waiting: 3, refused: 1, aside: 1 });
    expect(await bob.call(letters.postBatch, { campaignId, batchId: batch!.id })).toEqual({ posted: 3, takeOut: [] });
    expect(await codeOf(bob.call(letters.makeAnew, { campaignId, batchId: batch!.id }))).toBe('conflict');
  });

  test('asks the gate as it is made, and again before it is posted: who objected meanwhile is taken out', async () => {
    const { campaignId, ids } = await started();
    const [batch] = await batchesOf(campaignId);
    const [page] = await pagesOf(await fileOf(campaignId, batch!.id));
    // The first one types the address at the foot.
    const code = /\/u\/([0-9A-Z-]{14})/.exec(page!)![1]!;
    const typed = await bob.fetch(`/../../u/${code.toLowerCase().replaceAll('-', '')}`, { redirect: 'manual' });
    expect(typed.status).toBe(302);
    const objected = await bob.fetch(`/../..${typed.headers.get('location')}`, {
      method: 'POST',
      body: 'all=on',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(objected.status).toBe(200);
    const [{ consent } = { consent: '' }] = await app.query<{ consent: string }>(
      'select consent from cards.contact_point where contact_point_id = $1',
      [await pointOf(ids[1]!)],
    );
    expect(consent).toBe('objected');
    const first = await bob.call(letters.postBatch, { campaignId, batchId: batch!.id });
    expect(first).toEqual({ posted: 0, takeOut: [{ name: `Ada1 Famille${runs}`, firstPage: 1, pages: 1 }] });
    expect((await batchesOf(campaignId))[0]).toMatchObject({ state: 'ready' });
    const again = { campaignId, batchId: batch!.id, takenOut: [1] };
    expect(await bob.call(letters.postBatch, again)).toEqual({ posted: 3, takeOut: [] });
    expect(await numbers(campaignId)).toMatchObject({ sent: 3, refused: 1, waiting: 0 });
    const { results } = await bob.call(contracts.getResults, { campaignId });
    expect(results!.refused).toContainEqual({ reason: 'objected', people: 1 });
  });

  test('refuses whom the gate refuses when it is made, with the reason', async () => {
    const { ids, segmentId } = await people();
    const { campaignId } = await anApprovedCampaign(alice, bob, programmeId, segmentId, { letter: true });
    await app.query(`update cards.contact_point set consent = 'objected' where contact_point_id = $1`, [
      await pointOf(ids[0]!),
    ]);
    await alice.call(delegation.listGrants, { bookId: lentBook }).then(async ({ items }) => {
      for (const { id } of items) await alice.call(delegation.endGrant, { grantId: id });
    });
    await bob.call(contracts.startSending, { campaignId, at: null });
    await app.settle();
    await lend(alice, lentBook, { grantee: { kind: 'workspace' }, acts: ['read', 'contact'] });
    expect((await batchesOf(campaignId))[0]).toMatchObject({ letters: 2 });
    const { results } = await bob.call(contracts.getResults, { campaignId });
    expect(results!.refused).toContainEqual({ reason: 'objected', people: 1 });
  });

  test('is called back while it is not posted: nothing of it was received, and its file goes', async () => {
    const { campaignId } = await started();
    const [batch] = await batchesOf(campaignId);
    expect(await bob.call(letters.callBackBatch, { campaignId, batchId: batch!.id })).toEqual({ calledBack: 4 });
    expect((await fileOf(campaignId, batch!.id)).status).toBe(404);
    expect(await numbers(campaignId)).toMatchObject({ sent: 0, stopped: 4, waiting: 0 });
    expect(await codeOf(bob.call(letters.callBackBatch, { campaignId, batchId: batch!.id }))).toBe('conflict');
    const left = await app.query(
      `select from outreach.received r join outreach.message m on m.message_id = r.message_id where m.campaign_id = $1`,
      [campaignId],
    );
    expect(left).toEqual([]);
  });

  test('calls back what is not posted when it is stopped', async () => {
    const { campaignId } = await started();
    await bob.call(contracts.steerSending, { campaignId, act: 'stop' });
    await app.settle();
    expect((await batchesOf(campaignId))[0]).toMatchObject({ state: 'called_back' });
    expect(await numbers(campaignId)).toMatchObject({ sent: 0, stopped: 4, waiting: 0 });
  });

  test('is read, posted and called back by its sender alone', async () => {
    const { campaignId } = await started();
    const [batch] = await batchesOf(campaignId);
    const asked = { campaignId, batchId: batch!.id };
    for (const who of [alice, carl]) {
      expect((await fileOf(campaignId, batch!.id, who)).status).toBe(404);
      expect(await codeOf(who.call(letters.postBatch, asked))).toBe('not_found');
      expect(await codeOf(who.call(letters.callBackBatch, asked))).toBe('not_found');
    }
    // Numbers are for who handles it.
    expect(await batchesOf(campaignId, alice)).toHaveLength(1);
    expect(await codeOf(batchesOf(campaignId, carl))).toBe('forbidden');
    expect((await carl.fetch(`/plan/campaigns/${campaignId}/letter-examples`)).status).toBe(403);
    expect((await batchesOf(campaignId))[0]).toMatchObject({ state: 'ready' });
    // A file lies sealed: whoever has the rows has no address.
    const pieces = await app.query<{ octets: Buffer }>('select octets from letters.batch_piece where batch_id = $1', [
      batch!.id,
    ]);
    expect(pieces[0]!.octets.includes('%PDF')).toBe(false);
    expect(Buffer.from(pieces[0]!.octets.toString('latin1'), 'base64').includes('%PDF')).toBe(false);
  });

  test('is made once, whatever breaks off: before its file is kept nothing has changed, afterwards nothing changes', async () => {
    const { campaignId } = await started();
    const [batch] = await batchesOf(campaignId);
    const workspaceId = bob.me.workspace.id;
    const { id: batchId } = batch!;
    const rows = () =>
      app.query<{ state: string; count: number }>(
        `select m.state, count(*)::int as count from letters.letter l join outreach.message m on m.message_id = l.message_id
         where l.batch_id = $1 group by 1`,
        [batchId],
      );
    // As it was before it was made.
    await app.query(
      `update outreach.message m set state = 'queued' from letters.letter l where l.message_id = m.message_id and l.batch_id = $1`,
      [batchId],
    );
    await app.query('delete from letters.batch_piece where batch_id = $1', [batchId]);
    await app.query(
      `update letters.batch set state = 'making', letters = 0, pages = 0, made_at = null where batch_id = $1`,
      [batchId],
    );
    const decisions = () =>
      app.query(
        `select from outreach.decision d join letters.letter l on l.message_id = d.message_id
      where l.batch_id = $1 and d.moment = 'leaving'`,
        [batchId],
      );
    const decided = (await decisions()).length;
    const whole = app.app;
    // The process ends after the pages were drawn, in the transaction that keeps them.
    let transactions = 0;
    const breaking = {
      ...whole,
      db: {
        ...whole.db,
        asActor: whole.db.asActor.bind(whole.db),
        asSystem: async (role: 'keeper', work: Parameters<typeof whole.db.asSystem>[1]) =>
          whole.db.asSystem(role, async (tx) => {
            const done = await work(tx);
            if (++transactions === 4) throw new Error('the process ended');
            return done;
          }),
      },
    } as unknown as typeof whole;
    await expect(makeBatch(breaking, writeContents, workspaceId, batchId)).rejects.toThrow('the process ended');
    expect(transactions).toBe(4);
    expect(await rows()).toEqual([{ state: 'queued', count: 4 }]);
    expect((await batchesOf(campaignId))[0]).toMatchObject({ state: 'making', letters: 0 });
    expect((await fileOf(campaignId, batchId)).status).toBe(404);
    expect(await decisions()).toHaveLength(decided);
    // The next job, and two at once.
    await Promise.all([
      makeBatch(whole, writeContents, workspaceId, batchId),
      makeBatch(whole, writeContents, workspaceId, batchId).catch(() => {}),
    ]);
    await makeBatch(whole, writeContents, workspaceId, batchId);
    expect(await rows()).toEqual([{ state: 'made', count: 4 }]);
    expect(await decisions()).toHaveLength(decided + 4);
    expect(await pagesOf(await fileOf(campaignId, batchId))).toHaveLength(4);
  });

  test('takes a letter and nothing else', async () => {
    const { segmentId } = await people();
    const { campaignId } = await aPreparedCampaign(bob, programmeId, segmentId, { letter: true });
    const { id: contentId } = await bob.call(content.addContent, { name: 'Mail', ready: 'welcome' });
    expect(await codeOf(bob.call(contracts.saveSending, { campaignId, contentId }))).toBe('invalid_input');
  });
});

describe('the grant', () => {
  test('says whether colleagues may write letters', async () => {
    const personId = await somebody('Lise', '69003 Lyon', alice, lentBook);
    await app.settle();
    await lend(alice, lentBook, { grantee: { kind: 'workspace' }, acts: ['read', 'contact'], channels: ['email'] });
    // Lists follow a grant that changes.
    await app.settle();
    const { id: segmentId } = await aSegment(bob, `name contains "Famille${runs}"`);
    const { campaignId } = await aPreparedCampaign(bob, programmeId, segmentId, { letter: true });
    const refused = await bob.call(contracts.estimateSending, { campaignId });
    expect(refused.sending!.estimate!.reasons).toMatchObject([{ reason: 'channel', people: 1 }]);
    await lend(alice, lentBook, { grantee: { kind: 'workspace' }, acts: ['read', 'contact'], channels: ['letter'] });
    await app.settle();
    const allowed = await bob.call(contracts.estimateSending, { campaignId });
    expect(allowed.sending!.estimate).toMatchObject({ allowed: { people: 1 } });
    expect(personId).toBeDefined();
    // Advertising on paper asks for no consent beforehand, and stops at an objection.
    expect(allowed.sending!.estimate!.reasons).toEqual([]);
    expect((await alice.call(outreach.getGateRules, {})).rules.weights.newsletter).toBe(2);
  });
});
