import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import { addContact } from '../cards/testing.ts';
import * as delegation from '../delegation/contract.ts';
import { lend } from '../delegation/testing.ts';
import type { Tx } from '../kernel/database.ts';
import { newId } from '../kernel/ids.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import { takeComplaint } from './complaints.ts';
import { sendToContacts, type Words } from './contacts.ts';
import * as contracts from './contract.ts';
import { askGates, type Wish } from './gate.ts';
import { askForPlans, dropPlansOf, type NewPlan, planMessages, setProfiles } from './planning.ts';
import { defaultRules } from './pressure.ts';
import { sendMany } from './sending.ts';
import { type MailSink, openMailSink, setUpMail } from './testing.ts';

let app: TestApp;
let alice: Member;
let bob: Member;
let carol: Member;
let sink: MailSink;
let run = 0;
let bookId: string;
let anne: { personId: string; contactPointId: string };

const still = { ...defaultRules, quiet: null };
const setRules = (rules: Partial<contracts.GateRules> = {}) =>
  alice.call(contracts.saveGateRules, { ...still, ...rules });
/** At most so much weight in a week. */
const capped = (most: number, days = 7): Partial<contracts.GateRules> => ({
  profiles: [{ key: 'default', name: '', fits: null, caps: [{ days, channel: null, most }] }],
});

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Stone');
  carol = await app.invite(alice, 'Carol Wood');
  sink = await openMailSink();
  await setUpMail(alice, sink.port);
});
afterAll(async () => {
  await app.close();
  await sink.close();
});
afterEach(async () => {
  await app.settle();
  expect(app.errors).toEqual([]);
});
beforeEach(async () => {
  run++;
  sink.mails.length = 0;
  await setRules();
  bookId = (await alice.call(delegation.createBook, { name: `Gate ${run}` })).id;
  await lend(alice, bookId, { grantee: { kind: 'workspace' }, acts: ['read', 'contact'] });
  anne = await contactOf(`Anne Sas${run}`, `anne${run}@exemple.fr`);
});

const pointsOf = async (personId: string) =>
  (await alice.call(cards.getPerson, { personId })).values.flatMap(({ kind, contactPoint }) =>
    kind === 'email' && contactPoint ? [contactPoint.id] : [],
  );

async function contactOf(name: string, email: string) {
  const personId = await addContact(alice, { name, email, organization: 'Exemple', bookId });
  return { personId, contactPointId: (await pointsOf(personId))[0]! };
}

type Purpose = 'service' | 'invitation' | 'newsletter' | 'prospecting';
const write = (who: Member, purpose: Purpose = 'invitation', to = anne) =>
  who.call(contracts.writeToContact, { ...to, purpose, subject: 'Good day', text: 'Some words.' });
const actorOf = ({ me }: Member) => ({ workspaceId: me.workspace.id, memberId: me.memberId });
const as = <T>(who: Member, work: (tx: Tx) => Promise<T>) => app.app.db.asActor(actorOf(who), work);
const asKeeper = <T>(work: (tx: Tx) => Promise<T>) => app.app.db.asSystem('keeper', work);
const words: Words = { subject: 'To all', text: 'Some words.' };
const bulk = (of: readonly (Partial<Wish> | undefined)[], who = alice) =>
  as(who, (tx) =>
    sendToContacts(
      { app: app.app, tx, actor: actorOf(who) },
      of.map((wish) => ({ ...anne, purpose: 'newsletter', manner: 'bulk' as const, ...words, ...wish })),
    ),
  );
const ask = (wish: Partial<Wish>, who = alice) =>
  as(who, async (tx) => {
    const [asked] = await askGates(
      tx,
      actorOf(who),
      [{ ...anne, purpose: 'newsletter', manner: 'bulk', ...wish }],
      'look',
    );
    return asked!;
  });
const workspaceId = () => alice.me.workspace.id;

describe('somebody’s last place', () => {
  test('is taken by one of many who write at once, whoever they are and at whichever address', async () => {
    await setRules(capped(2));
    const add = [{ kind: 'email' as const, value: { value: `second${run}@exemple.fr`, type: 'work' as const } }];
    await alice.call(cards.updatePerson, { personId: anne.personId, set: add, remove: [] });
    const points = await pointsOf(anne.personId);
    expect(points).toHaveLength(2);
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, at) =>
        write(at % 2 ? bob : carol, 'invitation', { ...anne, contactPointId: points[(at >> 1) % 2]! }),
      ),
    );
    expect(answers.filter(({ allowed }) => allowed)).toHaveLength(1);
    expect(new Set(answers.flatMap(({ reasons }) => reasons))).toEqual(new Set(['pressure']));
    await app.settle();
    expect(sink.mails).toHaveLength(1);
  });

  test('is asked for again once what took it was stopped', async () => {
    await setRules({ ...capped(2), quiet: { ...nowQuiet(), personal: true } });
    const { messageId } = await write(bob);
    expect((await write(carol)).reasons).toEqual(['pressure']);
    await bob.call(contracts.cancelMessage, { messageId: messageId! });
    expect((await write(carol)).allowed).toBe(true);
  });

  test('is free again when the days are over, and what weighs nothing needs none', async () => {
    await setRules(capped(2));
    await write(bob);
    await app.settle();
    expect((await write(carol)).reasons).toEqual(['pressure']);
    expect((await write(carol, 'service')).allowed).toBe(true);
    await app.query(`update outreach.received set at = at - interval '7 days' where contact_point_id = $1`, [
      anne.contactPointId,
    ]);
    expect((await write(carol)).allowed).toBe(true);
  });

  test('goes to what is planned of greater priority, and to the plan itself', async () => {
    await setRules(capped(3));
    const campaignId = newId();
    const plan: NewPlan = {
      ...{ campaignId, contactPointId: anne.contactPointId, plannedAt: new Date(Date.now() + 86_400_000) },
      ...{ weight: 3, priority: 5 },
    };
    const [planId] = await as(alice, (tx) => planMessages(tx, actorOf(alice), [plan]));
    expect((await write(bob)).reasons).toEqual(['pressure']);
    expect((await ask({ priority: 5 })).allowed).toBe(true);
    expect((await ask({ priority: 4 })).reasons).toEqual(['pressure']);
    expect((await ask({ priority: 4, planId: planId! })).allowed).toBe(true);
    await bulk([{ priority: 5, planId: planId! }]);
    expect(await app.query('select from outreach.plan where campaign_id = $1', [campaignId])).toEqual([]);
    await as(alice, (tx) => planMessages(tx, actorOf(alice), [plan]));
    await as(alice, (tx) => dropPlansOf(tx, workspaceId(), campaignId));
    expect(await app.query('select from outreach.plan where campaign_id = $1', [campaignId])).toEqual([]);
  });

  test('goes to a queued message of greater priority; the one that waited is refused when it is to leave', async () => {
    await setRules({ ...capped(3), quiet: nowQuiet() });
    const [first] = await bulk([{}]);
    expect(first).toMatchObject({ allowed: true, laterReasons: ['quiet_hours'] });
    expect((await ask({})).reasons).toEqual(['pressure']);
    const [second] = await bulk([{ priority: 9 }]);
    expect(second).toMatchObject({ allowed: true });
    await setRules(capped(3));
    await leave(first!.messageId!, second!.messageId!);
    expect(sink.mails).toHaveLength(1);
    expect(await stateOf(first!.messageId!)).toMatchObject({ state: 'refused', reasons: ['pressure'] });
    expect(await stateOf(second!.messageId!)).toMatchObject({ state: 'sent' });
  });

  test('is counted by the profile that is assigned to an address', async () => {
    const vip = { key: 'vip', name: 'VIP', fits: null, caps: [{ days: 30, channel: null, most: 1 }] };
    await setRules({ profiles: [...capped(9).profiles!, vip] });
    expect((await ask({})).allowed).toBe(true);
    await asKeeper((tx) => setProfiles(tx, workspaceId(), 'vip', [anne.contactPointId]));
    expect((await ask({})).reasons).toEqual(['pressure']);
    expect((await bob.call(contracts.getPressureOf, { personId: anne.personId })).profile).toEqual({
      key: 'vip',
      name: 'VIP',
    });
    await asKeeper((tx) => setProfiles(tx, workspaceId(), 'vip', []));
    expect((await ask({})).allowed).toBe(true);
  });
});

/** Quiet for two hours around now, in UTC, which is the time of whom nothing says where they are. */
function nowQuiet(): contracts.Quiet {
  const time = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString().slice(11, 16);
  return { from: time(-1), to: time(1), weekdays: [], dates: [], personal: false, zone: 'UTC' };
}

const stateOf = async (messageId: string) => {
  const [row] = await app.query<{ state: string; reasons: string[]; next_at: Date }>(
    'select state, reasons, next_at from outreach.message where message_id = $1',
    [messageId],
  );
  return row!;
};

const none = () => Promise.reject(new Error('None of these messages is a content, or goes by another way than mail.'));
const ports = {
  writeContents: none,
  carrier: { carry: none, heardOf: none },
  ownMail: { addressOf: async () => null, open: async () => undefined },
};

/** As when their time has come. */
async function leave(...messageIds: string[]): Promise<void> {
  await app.query(`update outreach.message set next_at = now() where state = 'queued' and message_id = any($1)`, [
    messageIds,
  ]);
  await sendMany(app.app, ports, workspaceId(), messageIds, new AbortController().signal);
}

test('a message that is to leave while outgoing mail is set up anew waits for it', async () => {
  await setRules({ quiet: nowQuiet() });
  const [sent] = await bulk([{}]);
  await setRules();
  await alice.call(contracts.removeMailSetup, {});
  await leave(sent!.messageId!);
  expect(await stateOf(sent!.messageId!)).toMatchObject({ state: 'queued' });
  await setUpMail(alice, sink.port);
  await setRules();
  await leave(sent!.messageId!);
  expect(await stateOf(sent!.messageId!)).toMatchObject({ state: 'sent' });
  expect(sink.mails).toHaveLength(1);
});

describe('where only time stands in the way', () => {
  test('a message waits until then, and says so', async () => {
    const quiet = nowQuiet();
    await setRules({ quiet });
    const [sent] = await bulk([{}]);
    expect(sent).toMatchObject({ allowed: true, reasons: [], laterReasons: ['quiet_hours'] });
    expect(sent!.laterAt!.toISOString().slice(11, 16)).toBe(quiet.to);
    await app.settle();
    expect(sink.mails).toEqual([]);
    const [mine] = (await alice.call(contracts.listMyMessages, {})).items;
    expect(mine).toMatchObject({
      state: 'queued',
      waits: ['quiet_hours'],
      nextAt: sent!.laterAt!.toISOString(),
      manner: 'bulk',
    });
    await setRules();
    await leave(sent!.messageId!);
    expect(sink.mails).toHaveLength(1);
    expect(await stateOf(sent!.messageId!)).toMatchObject({ state: 'sent' });
  });

  test('it is asked again when it is to leave, and waits on', async () => {
    const [sent] = await as(alice, async (tx) => {
      // Held back until the rules have changed.
      const written = await sendToContacts({ app: app.app, tx, actor: actorOf(alice) }, [
        { ...anne, purpose: 'newsletter', manner: 'bulk', ...words },
      ]);
      await tx
        .updateTable('outreach.message')
        .set({ next_at: new Date(Date.now() + 60_000) })
        .where('workspace_id', '=', workspaceId())
        .where('message_id', '=', written[0]!.messageId!)
        .execute();
      return written;
    });
    await setRules({ quiet: nowQuiet() });
    await leave(sent!.messageId!);
    expect(sink.mails).toEqual([]);
    const now = await stateOf(sent!.messageId!);
    expect(now).toMatchObject({ state: 'queued', reasons: ['quiet_hours'] });
    expect(now.next_at.getTime()).toBeGreaterThan(Date.now() + 50 * 60_000);
  });

  test('what one member writes to one person waits only where the workspace says so', async () => {
    await setRules({ quiet: nowQuiet() });
    expect(await write(bob)).toMatchObject({ allowed: true, laterAt: null });
    await setRules({ quiet: { ...nowQuiet(), personal: true } });
    expect(await write(bob)).toMatchObject({ allowed: true, laterReasons: ['quiet_hours'] });
    expect(await bob.call(contracts.askGate, { ...anne, purpose: 'service' })).toMatchObject({
      laterReasons: ['quiet_hours'],
    });
  });

  test('the time is that of where they are: by an address of theirs, else by a number', async () => {
    const quiet = { ...nowQuiet(), zone: 'UTC' };
    await setRules({ quiet });
    const { personId } = anne;
    // Nepal is five hours and three quarters ahead, and not quiet now.
    const nepal = { kind: 'phone' as const, value: { raw: '+977 1 4412 345' } };
    await alice.call(cards.updatePerson, { personId, set: [nepal], remove: [] });
    expect((await ask({})).later).toBeNull();
    const iceland = { kind: 'address' as const, value: { city: 'Reykjavík', country: 'Iceland' } };
    await alice.call(cards.updatePerson, { personId, set: [iceland], remove: [] });
    expect((await ask({})).later?.reasons).toEqual(['quiet_hours']);
  });

  test('no more leave for a domain in an hour than may, nor from the mailbox in a day', async () => {
    await setRules({ domainPerHour: 2 });
    const others = [];
    for (const at of [1, 2, 3]) others.push(await contactOf(`Other${run} ${at}`, `other${at}@quota${run}.example`));
    const sent = await bulk(others.map((to) => ({ ...to })));
    expect(sent.every(({ allowed }) => allowed)).toBe(true);
    await app.settle();
    expect(sink.mails).toHaveLength(2);
    const states = await Promise.all(sent.map(({ messageId }) => stateOf(messageId!)));
    expect(states.map(({ state }) => state).sort()).toEqual(['queued', 'sent', 'sent']);
    const waiting = states.find(({ state }) => state === 'queued')!;
    expect(waiting.reasons).toEqual(['domain_quota']);
    expect(waiting.next_at.getUTCMinutes()).toBe(0);
    expect((await ask(others[0]!)).later?.reasons).toEqual(['domain_quota']);
    await setRules({ mailboxPerDay: 1 });
    await write(bob);
    await app.settle();
    expect(await write(carol)).toMatchObject({ allowed: true, laterReasons: ['mailbox_quota'] });
  });
});

describe('cooling-off', () => {
  test('after a complaint nothing in bulk reaches them for so many days, also once they allow mail again', async () => {
    const { messageId } = await write(bob, 'newsletter');
    await app.settle();
    const [{ mail_id }] = (await app.query<{ mail_id: string }>(
      'select mail_id from outreach.message where message_id = $1',
      [messageId],
    )) as [{ mail_id: string }];
    await asKeeper((tx) => takeComplaint(app.app, tx, workspaceId(), mail_id));
    expect((await ask({})).reasons).toEqual(['objected', 'objected_purpose', 'cooling_complaint']);
    await app.query('delete from outreach.objection where contact_point_id = $1', [anne.contactPointId]);
    await app.query(`update cards.contact_point set consent = 'given' where contact_point_id = $1`, [
      anne.contactPointId,
    ]);
    expect((await ask({})).reasons).toEqual(['cooling_complaint']);
    expect((await ask({ manner: 'personal' })).allowed).toBe(true);
    await app.query(`update outreach.complaint set at = at - interval '91 days'`);
    expect((await ask({})).allowed).toBe(true);
  });

  const tell = (kind: number, at: string, props: object = {}) =>
    app.query(
      `insert into facts.fact (workspace_id, subject_id, fact_id, at, kind_no, source_no, props)
       values ($1, $2, gen_random_uuid(), now() - $3::interval, $4, 1, $5)`,
      [workspaceId(), anne.contactPointId, at, kind, JSON.stringify(props)],
    );

  test('whoever has a ticket open gets no advertising in bulk until it is closed', async () => {
    await app.query('select facts.add_kinds($1)', [workspaceId()]);
    await tell(4, '2 days', { number: '7', status: 'open' });
    expect((await ask({})).reasons).toEqual(['open_ticket']);
    expect((await ask({ purpose: 'service' })).allowed).toBe(true);
    expect((await ask({ manner: 'personal' })).allowed).toBe(true);
    await setRules({ openTicket: false });
    expect((await ask({})).allowed).toBe(true);
    await setRules();
    await tell(4, '1 day', { number: '7', status: 'Résolu' });
    expect((await ask({})).allowed).toBe(true);
  });

  test('whoever waits dissatisfied for our answer gets none, nobody learns of what', async () => {
    const [channel, conversation] = [newId(), newId()];
    await app.query(
      `insert into conversations.channel (workspace_id, channel_id, channel_no, kind, name, settings, created_by)
       values ($1, $2, 900 + $3, 'form', 'Form', '{}', $4)`,
      [workspaceId(), channel, run, alice.me.memberId],
    );
    await app.query(
      `insert into conversations.conversation (workspace_id, conversation_id, channel_id, channel_no, thread, contact_point_id, point_channel, address,
         last_at, last_in_at, opened_at, waiting_since) values ($1, $2, $3, 900 + $4, 't', $5, 'email', 'x', now(), now(), now(), now() - interval '1 day')`,
      [workspaceId(), conversation, channel, run, anne.contactPointId],
    );
    expect((await ask({})).allowed).toBe(true);
    await app.query(
      `insert into voices.reading (workspace_id, conversation_id, message_id, channel_no, contact_point_id, sent_at, language, tone, confidence, why)
       values ($1, $2, gen_random_uuid(), 900 + $3, $4, now(), 'fr', 'negative', 1, '{}')`,
      [workspaceId(), conversation, run, anne.contactPointId],
    );
    expect((await ask({}, bob)).reasons).toEqual(['open_ticket']);
    await app.query('update conversations.conversation set waiting_since = null where conversation_id = $1', [
      conversation,
    ]);
    expect((await ask({})).allowed).toBe(true);
  });

  test('a prospect of whom nothing was heard for longer than they are kept gets no advertising', async () => {
    await app.query('select facts.add_kinds($1)', [workspaceId()]);
    const age = (months: number) =>
      app.query(`update cards.card set created_at = now() - make_interval(months => $2) where card_id = $1`, [
        anne.personId,
        months,
      ]);
    await age(37);
    expect((await ask({})).reasons).toEqual(['retention']);
    expect((await ask({ manner: 'personal' })).reasons).toEqual(['retention']);
    expect((await ask({ purpose: 'service' })).allowed).toBe(true);
    await age(35);
    expect((await ask({})).allowed).toBe(true);
    // A word of theirs of long ago counts rather than a card of today; opening a mail is none.
    await tell(5, '40 months');
    await tell(6, '1 month');
    expect((await ask({})).reasons).toEqual(['retention']);
    await tell(2, '38 months');
    expect((await ask({})).reasons).toEqual(['retention']);
    await tell(2, '30 months');
    expect((await ask({})).allowed).toBe(true);
    await setRules({ retentionMonths: 12 });
    expect((await ask({})).reasons).toEqual(['retention']);
    await setRules({ retentionMonths: 0 });
    expect((await ask({})).allowed).toBe(true);
  });
});

describe('many at once', () => {
  test('are asked with as many queries as one, and answered as if one by one', async () => {
    const others = [];
    for (let at = 0; at < 12; at++) others.push(await contactOf(`Many${run} ${at}`, `many${at}.${run}@exemple.fr`));
    const count = (wishes: readonly Wish[]) =>
      as(bob, async (tx) => {
        let queries = 0;
        const counting = tx.withPlugin({
          transformQuery: ({ node }) => {
            queries++;
            return node;
          },
          transformResult: async ({ result }) => result,
        }) as Tx;
        const answers = await askGates(counting, actorOf(bob), wishes, 'look');
        return { queries, answers };
      });
    const wishes = others.map((to, at) => ({
      ...to,
      purpose: at % 2 ? 'newsletter' : 'service',
      manner: 'bulk' as const,
    }));
    const [one, all] = [await count(wishes.slice(1, 2)), await count(wishes)];
    expect(all.queries).toBe(one.queries);
    const oneByOne = [];
    for (const wish of wishes) oneByOne.push((await count([wish])).answers[0]);
    expect(all.answers.map((asked) => asked && [asked.allowed, asked.reasons, asked.address])).toEqual(
      oneByOne.map((asked) => asked && [asked.allowed, asked.reasons, asked.address]),
    );
  });

  test('take of a quota and of one person’s patience in their order; whom one does not see is out of sight', async () => {
    await setRules(capped(3));
    const hidden = await contactOf(`Hidden${run} H`, `hidden${run}@exemple.fr`);
    const other = await contactOf(`Else${run} E`, `else${run}@exemple.fr`);
    await lend(alice, bookId, {
      grantee: { kind: 'workspace' },
      acts: ['read', 'contact'],
      quota: { count: 2, period: 'month', each: false },
    });
    const third = await contactOf(`Third${run} T`, `third${run}@exemple.fr`);
    const sent = await bulk([{}, {}, other, third, { ...hidden, personId: newId() }], bob);
    expect(sent.map(({ reasons }) => reasons)).toEqual([[], ['pressure'], [], ['quota'], ['out_of_sight']]);
    await app.settle();
    expect(sink.mails.map(({ to }) => to[0]).sort()).toEqual([`anne${run}@exemple.fr`, `else${run}@exemple.fr`]);
    const [tally] = await app.query<{ count: number }>(
      `select t.count from outreach.tally t join delegation.grant g using (grant_id) where g.book_id = $1`,
      [bookId],
    );
    expect(tally).toEqual({ count: 2 });
  });

  test('leave together, each holder hearing of each', async () => {
    const others = [];
    for (let at = 0; at < 25; at++) others.push(await contactOf(`Lot${run} ${at}`, `lot${at}.${run}@exemple.fr`));
    await bulk(others, bob);
    await app.settle();
    expect(sink.mails).toHaveLength(25);
    const [{ used }] = (await app.query<{ used: number }>(
      `select count(*)::int as used from delegation.use where kind = 'contacted' and user_id = $1 and card_id = any($2)`,
      [bob.me.memberId, others.map(({ personId }) => personId)],
    )) as [{ used: number }];
    expect(used).toBe(25);
  });
});

describe('why somebody did not get it', () => {
  test('is told to whoever wrote and to admins, to nobody else, and what was only planned, too', async () => {
    await setRules(capped(2));
    await write(bob);
    await app.settle();
    await write(bob);
    await as(bob, (tx) => askForPlans(tx, actorOf(bob), [{ ...anne, purpose: 'newsletter', manner: 'bulk' }]));
    const about = async (who: Member) =>
      (await who.call(contracts.listDecisionsAbout, { personId: anne.personId })).items;
    const told = [
      { moment: 'planned', allowed: false, reasons: ['pressure'], purpose: 'newsletter', manner: 'bulk' },
      { moment: 'written', allowed: false, reasons: ['pressure'], purpose: 'invitation' },
      { moment: 'leaving', allowed: true },
      { moment: 'written', allowed: true },
    ];
    expect(await about(bob)).toMatchObject(told.map((one) => ({ ...one, mine: true, author: 'Bob Stone' })));
    expect(await about(alice)).toMatchObject(told.map((one) => ({ ...one, mine: false })));
    expect(await about(carol)).toEqual([]);
    await lend(alice, bookId);
    const { personId } = anne;
    expect(await codeOf(bob.call(contracts.listDecisionsAbout, { personId }))).toBe('not_found');
    expect(await codeOf(bob.call(contracts.getPressureOf, { personId }))).toBe('not_found');
  });

  test('how much somebody received is told to who sees them, whoever wrote; of all, numbers to admins', async () => {
    await setRules(capped(9));
    await write(bob);
    await write(carol, 'prospecting');
    await app.settle();
    const { months, caps } = await bob.call(contracts.getPressureOf, { personId: anne.personId });
    expect(months).toHaveLength(12);
    expect(months.at(-1)).toMatchObject({ weight: 5, messages: 2 });
    expect(caps).toEqual([{ days: 7, channel: null, most: 9, received: 5, planned: 0 }]);
    expect(await codeOf(bob.call(contracts.getPressure, {}))).toBe('forbidden');
    const all = await alice.call(contracts.getPressure, {});
    expect(all.spread.length).toBeGreaterThan(0);
    expect(JSON.stringify(all)).not.toContain(anne.contactPointId);
  });
});

test('the rules are for admins to say, and for everybody to read', async () => {
  expect(await codeOf(bob.call(contracts.saveGateRules, still))).toBe('forbidden');
  const twice = [...still.profiles, ...still.profiles];
  const unsound = { profiles: twice };
  expect(await codeOf(setRules(unsound))).toBe('invalid_input');
  expect(await codeOf(setRules({ quiet: { ...nowQuiet(), zone: 'Nowhere/At_All' } }))).toBe('invalid_input');
  const { changedAt } = await setRules({ complaintDays: 30 });
  expect(await bob.call(contracts.getGateRules, {})).toEqual({ rules: { ...still, complaintDays: 30 }, changedAt });
});
