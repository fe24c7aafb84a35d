import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { removeCard } from '../cards/contract.ts';
import { addContact, purgeNow } from '../cards/testing.ts';
import * as delegation from '../delegation/contract.ts';
import { lend } from '../delegation/testing.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import { type MailSink, openMailSink, setUpMail } from '../outreach/testing.ts';
import * as plan from '../plan/contract.ts';
import { addSegment } from '../segments/testing.ts';
import * as tasks from '../tasks/contract.ts';
import * as contracts from './contract.ts';
import { passDays, write } from './jobs.ts';
import { markAnswered } from './queries.ts';
import { aHunt, approvedCampaign } from './testing.ts';

let app: TestApp;
let sink: MailSink;
let alice: Member;
let maud: Member;
let bob: Member;
let carl: Member;
let dora: Member;
let books: Record<'bob' | 'carl', string>;

beforeAll(async () => {
  app = await openTestApp();
  sink = await openMailSink();
  alice = await app.setUp();
  await setUpMail(alice, sink.port);
  maud = await app.invite(alice, 'Maud Marketing', { role: 'marketing' });
  bob = await app.invite(alice, 'Bob Holder');
  carl = await app.invite(alice, 'Carl Holder');
  dora = await app.invite(alice, 'Dora Nobody');
  const book = async (holder: Member) => {
    const { id } = await holder.call(delegation.createBook, { name: 'Customers' });
    await lend(holder, id, { grantee: { kind: 'workspace' }, acts: ['read'] });
    return id;
  };
  books = { bob: await book(bob), carl: await book(carl) };
});
afterAll(async () => {
  expect(app.errors).toEqual([]);
  await app.close();
  await sink.close();
});

/** A Wednesday at noon, in whatever zone. */
const workday = new Date('2026-12-02T12:00:00Z');
let towns = 0;
/** A hunt in a town of its own: Bob has three there, Carl one. */
async function hunt(said: Partial<typeof aHunt> = {}) {
  const town = `Town ${++towns}`;
  const add = (holder: Member, name: string, bookId?: string) =>
    addContact(holder, {
      ...{
        name: `${name} ${town}`,
        email: `${name.toLowerCase()}.${towns}@client.example`,
        organization: town,
      },
      ...(bookId && { bookId }),
    });
  const people = {
    ann: await add(bob, 'Ann', books.bob),
    ben: await add(bob, 'Ben', books.bob),
    cat: await add(bob, 'Cat', books.bob),
    dan: await add(carl, 'Dan', books.carl),
    secret: await add(bob, 'Secret'),
  };
  const { id: segmentId } = await addSegment(alice, `organization = "${town}"`);
  await app.settle();
  const campaignId = await approvedCampaign(maud, alice, segmentId);
  const opened = await maud.call(contracts.openHunt, { campaignId, ...aHunt, ...said });
  await app.settle();
  return { town, people, segmentId, campaignId, huntId: opened.id, opened };
}
const listOf = async (by: Member, huntId: string) => (await by.call(contracts.listApproaches, { huntId })).items;
const byName = async (by: Member, huntId: string) =>
  Object.fromEntries((await listOf(by, huntId)).map((one) => [one.name.split(' ')[0]!, one]));
const decide = (
  by: Member,
  huntId: string,
  decision: 'accept' | 'postpone' | 'withdraw' | 'back',
  ids: string[],
  untilOn?: string,
) => by.call(contracts.decide, { huntId, approachIds: ids, decision, ...(untilOn && { untilOn }) });
const coverage = async (campaignId: string, by = maud) =>
  (await by.call(contracts.getHunt, { campaignId })).hunt!.holders.map(({ holder, ...counts }) => ({
    ...counts,
    name: holder.name,
  }));
/** As if the time of all that was accepted had come. */
async function passTime() {
  await app.query(`update hunting.approach set due_at = now() where state = 'accepted'`);
  // One of each holder a run.
  for (let run = 0; run < 4; run++) await write(app.app, workday);
  await app.settle();
}
const mailsTo = (email: string) => sink.mails.filter(({ to }) => to.includes(email)).map(({ mail }) => mail);

describe('a campaign that is cut by who knows whom', () => {
  test('gives each holder their own contacts of the segment, with a task', async () => {
    const { huntId, campaignId, opened } = await hunt();
    expect(opened).toMatchObject({ sharedOut: true, mine: true, unknown: 0 });
    expect((await listOf(bob, huntId)).map(({ name, state }) => [name.split(' ')[0], state]).sort()).toEqual([
      ['Ann', 'proposed'],
      ['Ben', 'proposed'],
      ['Cat', 'proposed'],
    ]);
    expect((await listOf(carl, huntId)).map(({ name }) => name.split(' ')[0])).toEqual(['Dan']);
    expect(await listOf(dora, huntId)).toEqual([]);
    const { items } = await bob.call(tasks.listTasks, { state: 'open' });
    expect(items.filter(({ note }) => note?.includes(huntId)).map(({ title }) => title)).toEqual([
      '3 contacts of yours to choose from: Letter',
    ]);
    expect((await bob.call(contracts.listHunts, {})).items.find(({ id }) => id === huntId)).toMatchObject({
      counts: { proposed: 3, written: 0 },
    });
    expect(await coverage(campaignId)).toEqual([
      { name: 'Bob Holder', proposed: 3, contributed: 0, written: 0, answered: 0, meetings: 0 },
      { name: 'Carl Holder', proposed: 1, contributed: 0, written: 0, answered: 0, meetings: 0 },
    ]);
  });

  test('whom several lend is on the list of who knows them best, and on no other', async () => {
    const { huntId, town, segmentId } = await hunt();
    await addContact(carl, {
      name: `Eve ${town}`,
      email: `eve.${towns}@client.example`,
      organization: town,
      bookId: books.carl,
    });
    const mine = await addContact(bob, {
      name: `Eve ${town}`,
      email: `eve.${towns}@client.example`,
      organization: town,
      bookId: books.bob,
    });
    await app.settle();
    await app.query(
      `insert into cards.acquaintance (workspace_id, card_id, shared, member_id, book_no, exposure, strength, grounds)
       select workspace_id, card_id, true, $2, book_no, 0, 90, array['held'] from cards.card where card_id = $1
       on conflict on constraint acquaintance_pk do update set strength = 90, hidden = false`,
      [mine, bob.me.memberId],
    );
    const campaignId = await approvedCampaign(maud, alice, segmentId);
    const second = await maud.call(contracts.openHunt, { campaignId, ...aHunt });
    const names = (of: contracts.Approach[]) => of.map(({ name }) => name.split(' ')[0]).sort();
    expect(names(await listOf(bob, second.id))).toEqual(['Ann', 'Ben', 'Cat', 'Eve']);
    expect(names(await listOf(carl, second.id))).toEqual(['Dan']);
    expect(huntId).not.toBe(second.id);
  });

  test('is opened by who plans, once, after its approval, for a segment of everybody', async () => {
    const { campaignId, segmentId, huntId } = await hunt();
    expect(await codeOf(maud.call(contracts.openHunt, { campaignId, ...aHunt }))).toBe('conflict');
    const other = await approvedCampaign(maud, alice, segmentId);
    expect(await codeOf(bob.call(contracts.openHunt, { campaignId: other, ...aHunt }))).toBe('forbidden');
    expect(
      await codeOf(maud.call(contracts.openHunt, { campaignId: other, ...aHunt, letter: 'Hi {{ person.shoe }}' })),
    ).toBe('invalid_input');
    expect(await codeOf(maud.call(contracts.openHunt, { campaignId: other, ...aHunt, endsOn: '2020-01-01' }))).toBe(
      'invalid_input',
    );
    await maud.call(plan.moveStep, { campaignId: other, step: 'content', done: false });
    expect(await codeOf(maud.call(contracts.openHunt, { campaignId: other, ...aHunt }))).toBe('invalid_input');
    expect(await codeOf(bob.call(contracts.endHunt, { huntId }))).toBe('forbidden');
    const { id: own } = await addSegment(maud, 'everyone', { audience: { kind: 'mine' } });
    await app.settle();
    const third = await approvedCampaign(maud, alice, own);
    expect(await codeOf(maud.call(contracts.openHunt, { campaignId: third, ...aHunt }))).toBe('invalid_input');
  });
});

describe('a holder', () => {
  test('accepts, edits, and the letter leaves in their name; answers come to them', async () => {
    const { huntId, campaignId } = await hunt();
    const { Ann, Ben } = await byName(bob, huntId);
    expect(Ann).toMatchObject({
      subject: 'News for Ann',
      letter: expect.stringContaining('Dear Ann,'),
      reasons: [],
      edited: false,
    });
    await bob.call(contracts.editApproach, { huntId, approachId: Ben!.id, letter: 'Dear Ben, it has been long.' });
    const { decided, lastAt } = await decide(bob, huntId, 'accept', [Ann!.id, Ben!.id]);
    expect(decided).toBe(2);
    expect(Date.parse(lastAt!)).toBeGreaterThan(Date.now());
    await write(app.app, workday);
    await app.settle();
    expect(mailsTo(`ann.${towns}@client.example`)).toEqual([]);
    await passTime();
    const [toAnn] = mailsTo(`ann.${towns}@client.example`);
    const [toBen] = mailsTo(`ben.${towns}@client.example`);
    expect(toAnn).toMatchObject({ subject: 'News for Ann', replyTo: [{ address: bob.me.email }] });
    expect(toAnn!.from!.name).toContain('Bob Holder');
    expect(toBen!.text).toContain('Dear Ben, it has been long.');
    expect(await byName(bob, huntId)).toMatchObject({
      Ann: { state: 'written', delivery: 'sent', outcome: null },
      Ben: { state: 'written' },
      Cat: { state: 'proposed' },
    });
    expect((await coverage(campaignId))[0]).toMatchObject({ proposed: 3, written: 2, answered: 0 });
    await bob.call(contracts.sayOutcome, { huntId, approachId: Ben!.id, outcome: 'meeting' });
    expect((await coverage(campaignId))[0]).toMatchObject({ written: 2, answered: 1, meetings: 1 });
    await bob.call(contracts.sayOutcome, { huntId, approachId: Ben!.id, outcome: null });
    expect((await coverage(campaignId))[0]).toMatchObject({ answered: 0, meetings: 0 });
    expect((await decide(bob, huntId, 'back', [Ann!.id])).decided).toBe(0);
  });

  test('an answer that a read mailbox shows is theirs and the campaign’s', async () => {
    const { huntId, campaignId } = await hunt();
    const { Ann } = await byName(bob, huntId);
    await decide(bob, huntId, 'accept', [Ann!.id]);
    await passTime();
    await app.app.db.asSystem('keeper', markAnswered);
    expect((await byName(bob, huntId)).Ann).toMatchObject({ outcome: null });
    // A read mailbox is told of elsewhere: here only what it would show.
    await app.query('alter table correspondents.correspondent drop constraint correspondent_mailbox_fk');
    await app.query(
      `insert into correspondents.correspondent (workspace_id, source_id, member_id, contact_point_id, email, name, first_at, last_at, last_received_at)
       select workspace_id, $2, holder_id, contact_point_id, '', '', now(), now(), now() + interval '1 second' from hunting.approach where approach_id = $1`,
      [Ann!.id, randomUUID()],
    );
    await app.app.db.asSystem('keeper', markAnswered);
    expect((await byName(bob, huntId)).Ann).toMatchObject({ outcome: 'answered', outcomeSeen: true });
    expect((await coverage(campaignId))[0]).toMatchObject({ answered: 1 });
  });

  test('an answer that names the letter is theirs and the campaign’s, whatever mailbox it came to', async () => {
    const { huntId, campaignId } = await hunt();
    const { Ann } = await byName(bob, huntId);
    await decide(bob, huntId, 'accept', [Ann!.id]);
    await passTime();
    await app.query(
      `insert into outreach.answer (workspace_id, message_id, answer_key, at) select workspace_id, message_id, 'x', now() from hunting.approach where approach_id = $1`,
      [Ann!.id],
    );
    await app.app.db.asSystem('keeper', markAnswered);
    expect((await byName(bob, huntId)).Ann).toMatchObject({ outcome: 'answered', outcomeSeen: true });
    expect((await coverage(campaignId))[0]).toMatchObject({ answered: 1 });
  });

  test('takes back what has not left, puts off, and withdraws without anybody learning whom', async () => {
    const { huntId, campaignId } = await hunt();
    const { Ann, Ben, Cat } = await byName(bob, huntId);
    await decide(bob, huntId, 'accept', [Ann!.id]);
    await decide(bob, huntId, 'back', [Ann!.id]);
    await decide(bob, huntId, 'withdraw', [Ann!.id]);
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
    await decide(bob, huntId, 'postpone', [Ben!.id], tomorrow);
    expect(await codeOf(decide(bob, huntId, 'postpone', [Cat!.id], '2020-01-01'))).toBe('invalid_input');
    const before = await coverage(campaignId);
    await decide(bob, huntId, 'withdraw', [Cat!.id]);
    // Nothing of what marketing sees tells a withdrawn one from one that was not looked at.
    expect(await coverage(campaignId)).toEqual(before);
    expect((await maud.call(contracts.listWritten, { huntId })).items).toEqual([]);
    expect(
      (await bob.call(tasks.listTasks, { state: 'open' })).items.filter(({ note }) => note?.includes(huntId)),
    ).toEqual([]);
    await app.query(`update hunting.approach set until_on = current_date where approach_id = $1`, [Ben!.id]);
    await passDays(app.app);
    expect(await byName(bob, huntId)).toMatchObject({ Ben: { state: 'proposed' }, Cat: { state: 'withdrawn' } });
    await passTime();
    expect(mailsTo(`ann.${towns}@client.example`)).toEqual([]);
  });

  test('sees and decides on nobody else’s, however they ask', async () => {
    const { huntId, campaignId } = await hunt();
    const { Ann } = await byName(bob, huntId);
    for (const other of [carl, maud, alice, dora]) {
      expect((await decide(other, huntId, 'withdraw', [Ann!.id])).decided).toBe(0);
      expect(await codeOf(other.call(contracts.editApproach, { huntId, approachId: Ann!.id, letter: 'Mine' }))).toBe(
        'not_found',
      );
      expect(await codeOf(other.call(contracts.sayOutcome, { huntId, approachId: Ann!.id, outcome: 'answered' }))).toBe(
        'not_found',
      );
    }
    expect((await listOf(bob, huntId)).every(({ state }) => state === 'proposed')).toBe(true);
    // How far others are is told to who leads it.
    expect(await coverage(campaignId, bob)).toMatchObject([{ name: 'Bob Holder' }]);
    expect(await coverage(campaignId, dora)).toEqual([]);
  });

  test('puts contacts of their own on the list, private ones too; marketing learns how many', async () => {
    const { huntId, campaignId, people, town } = await hunt();
    // A card of his own of somebody who is on a colleague's list.
    const own = await addContact(bob, {
      name: `Dan ${town}`,
      email: `dan.${towns}@client.example`,
      organization: town,
    });
    await app.settle();
    const more = await bob.call(contracts.contribute, { huntId, personIds: [own] });
    expect(more).toEqual({ added: 0, leftOut: [{ personId: own, reason: 'in_it' }] });
    const nobody = await addContact(carl, {
      name: `Kim ${town}`,
      email: `kim.${towns}@client.example`,
      bookId: books.carl,
    });
    await app.settle();
    const added = await bob.call(contracts.contribute, { huntId, personIds: [people.secret, people.ann, nobody] });
    expect(added).toEqual({
      added: 1,
      leftOut: [
        { personId: people.ann, reason: 'in_it' },
        { personId: nobody, reason: 'not_mine' },
      ],
    });
    const { Secret, Ann } = await byName(bob, huntId);
    expect(Secret).toMatchObject({ contributed: true, state: 'proposed' });
    await decide(bob, huntId, 'accept', [Secret!.id, Ann!.id]);
    await passTime();
    expect(mailsTo(`secret.${towns}@client.example`)).toHaveLength(1);
    expect((await coverage(campaignId))[0]).toMatchObject({ proposed: 3, contributed: 1, written: 2 });
    const { items } = await maud.call(contracts.listWritten, { huntId });
    expect(items.map(({ name }) => name.split(' ')[0])).toEqual(['Ann']);
    expect(await codeOf(bob.call(contracts.listWritten, { huntId }))).toBe('forbidden');
    // What was asked leaves them out; so does the database, whatever is asked.
    const seen = await app.app.db.asActor({ workspaceId: maud.me.workspace.id, memberId: maud.me.memberId }, (tx) =>
      tx
        .selectFrom('hunting.approach')
        .select(['approach_id'])
        .where('workspace_id', '=', maud.me.workspace.id)
        .where('hunt_id', '=', huntId)
        .execute(),
    );
    expect(seen).toEqual([{ approach_id: Ann!.id }]);
  });
});

describe('a letter', () => {
  test('passes the gate when its time comes: who has objected meanwhile is not written to, and the holder learns why', async () => {
    const { huntId } = await hunt();
    const { Ann } = await byName(bob, huntId);
    await decide(bob, huntId, 'accept', [Ann!.id]);
    await app.query(
      `update cards.contact_point set consent = 'objected' where contact_point_id in (select contact_point_id from cards.card_field
        where value ->> 'normalised' = $1)`,
      [`ann.${towns}@client.example`],
    );
    await passTime();
    expect((await byName(bob, huntId)).Ann).toMatchObject({ state: 'refused', reasons: ['objected'] });
    expect(mailsTo(`ann.${towns}@client.example`)).toEqual([]);
  });

  test('that asks for what is not known is written by hand, or not at all', async () => {
    const { huntId } = await hunt({ letter: 'Dear {{ person.civility }} {{ person.givenName }}' });
    const { Ann, Ben } = await byName(bob, huntId);
    expect(Ann).toMatchObject({ letter: null, missing: ['person.civility'] });
    await bob.call(contracts.editApproach, { huntId, approachId: Ben!.id, letter: 'Dear Ben' });
    await decide(bob, huntId, 'accept', [Ann!.id, Ben!.id]);
    await passTime();
    expect(await byName(bob, huntId)).toMatchObject({
      Ann: { state: 'refused', reasons: ['missing_variable'] },
      Ben: { state: 'written' },
    });
  });

  test('waits for hours of work, whatever stood still before', async () => {
    const { huntId } = await hunt();
    const { Ann } = await byName(bob, huntId);
    await decide(bob, huntId, 'accept', [Ann!.id]);
    await app.query(`update hunting.approach set due_at = now() where state = 'accepted'`);
    await write(app.app, new Date('2026-12-06T12:00:00Z'));
    expect((await byName(bob, huntId)).Ann).toMatchObject({ state: 'accepted' });
    expect((await decide(bob, huntId, 'back', [Ann!.id])).decided).toBe(1);
  });

  test('is written once, however often and by however many it is its time', async () => {
    const { huntId } = await hunt();
    const all = (await listOf(bob, huntId)).map(({ id }) => id);
    await decide(bob, huntId, 'accept', all);
    await app.query(`update hunting.approach set due_at = now() where state = 'accepted'`);
    // A crash before the commit: what was queued is gone with it, and everything is to be done still.
    await expect(
      app.app.db.asActor({ workspaceId: bob.me.workspace.id, memberId: bob.me.memberId }, async (tx) => {
        const { takeDue } = await import('./queries.ts');
        expect(await takeDue(tx, { workspaceId: bob.me.workspace.id, memberId: bob.me.memberId }, 10)).toHaveLength(3);
        throw new Error('crash');
      }),
    ).rejects.toThrow('crash');
    for (let run = 0; run < 3; run++)
      await Promise.all([write(app.app, workday), write(app.app, workday), write(app.app, workday)]);
    await app.settle();
    for (const name of ['ann', 'ben', 'cat']) expect(mailsTo(`${name}.${towns}@client.example`), name).toHaveLength(1);
  });

  test('no longer leaves once its campaign is in the archive; an ended hunt takes no more decisions', async () => {
    const { huntId, campaignId } = await hunt();
    const { Ann, Ben } = await byName(bob, huntId);
    await decide(bob, huntId, 'accept', [Ann!.id]);
    await maud.call(contracts.endHunt, { huntId });
    await app.settle();
    expect(await codeOf(decide(bob, huntId, 'accept', [Ben!.id]))).toBe('conflict');
    expect(
      (await bob.call(tasks.listTasks, { state: 'open' })).items.filter(({ note }) => note?.includes(huntId)),
    ).toEqual([]);
    await maud.call(plan.setArchived, { part: 'campaign', id: campaignId, archived: true });
    await passTime();
    expect((await byName(bob, huntId)).Ann).toMatchObject({ state: 'refused', reasons: ['stopped'] });
  });

  test('a hunt whose last day has passed ends by itself', async () => {
    const { huntId, campaignId } = await hunt();
    await app.query('update hunting.hunt set ends_on = current_date - 1 where hunt_id = $1', [huntId]);
    await passDays(app.app);
    expect((await maud.call(contracts.getHunt, { campaignId })).hunt).toMatchObject({ ended: true });
  });
});

describe('a list', () => {
  test('nobody learns that a colleague holds somebody privately', async () => {
    const { huntId, town } = await hunt();
    const both = { name: `Hid ${town}`, email: `hid.${towns}@client.example`, organization: 'Elsewhere' };
    const hers = await addContact(carl, both);
    expect((await carl.call(contracts.contribute, { huntId, personIds: [hers] })).added).toBe(1);
    const his = await addContact(bob, both);
    await app.settle();
    expect(await bob.call(contracts.contribute, { huntId, personIds: [his] })).toEqual({ added: 1, leftOut: [] });
  });

  test('a letter that has changed is accepted again, unless its words were the holder’s own', async () => {
    const { huntId, opened } = await hunt();
    const { Ann, Ben } = await byName(bob, huntId);
    await bob.call(contracts.editApproach, { huntId, approachId: Ben!.id, subject: 'Mine', letter: 'My own words' });
    await decide(bob, huntId, 'accept', [Ann!.id, Ben!.id]);
    const changed = { ...aHunt, letter: 'Something else, {{ person.givenName }}' };
    await maud.call(contracts.changeHunt, { huntId, version: opened.version, ...changed });
    expect(await byName(bob, huntId)).toMatchObject({
      Ann: { state: 'proposed', letter: 'Something else, Ann' },
      Ben: { state: 'accepted', letter: 'My own words' },
    });
  });

  test('a letter whose approval was taken back does not leave, and one that did not leave is decided again', async () => {
    const { huntId, campaignId } = await hunt();
    const { Ann, Ben } = await byName(bob, huntId);
    await decide(bob, huntId, 'accept', [Ann!.id]);
    await passTime();
    await app.query(
      `update outreach.message set state = 'failed' where message_id = (select message_id from hunting.approach where approach_id = $1)`,
      [Ann!.id],
    );
    await decide(bob, huntId, 'accept', [Ben!.id]);
    await alice.call(plan.moveStep, { campaignId, step: 'approval', done: false });
    await passTime();
    expect(await byName(bob, huntId)).toMatchObject({
      Ann: { state: 'refused', reasons: ['unsent'] },
      Ben: { state: 'refused', reasons: ['stopped'] },
    });
    expect((await coverage(campaignId))[0]).toMatchObject({ written: 0 });
  });

  test('what was written of a contact goes with the card', async () => {
    const { huntId, people } = await hunt();
    const { Ann } = await byName(bob, huntId);
    await decide(bob, huntId, 'accept', [Ann!.id]);
    await passTime();
    await bob.call(removeCard, { cardId: people.ann });
    await app.query(`update cards.card set purge_at = now() - interval '1 day' where card_id = $1`, [people.ann]);
    await purgeNow(app);
    expect(await app.query('select 1 from hunting.approach where approach_id = $1', [Ann!.id])).toEqual([]);
  });
});
