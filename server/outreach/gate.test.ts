import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import { addContact } from '../cards/testing.ts';
import * as delegation from '../delegation/contract.ts';
import { lend } from '../delegation/testing.ts';
import * as home from '../home/contract.ts';
import * as identity from '../identity/contract.ts';
import type { Input } from '../kernel/contract.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as contracts from './contract.ts';
import { mailMember } from './members.ts';
import { findDoubts } from './queries.ts';
import { type MailSink, openMailSink, setUpMail } from './testing.ts';

let app: TestApp;
let alice: Member;
let bob: Member;
let carol: Member;
let sink: MailSink;
let run = 0;
let bookId: string;
let anne: { personId: string; contactPointId: string };

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
afterEach(() => expect(app.errors).toEqual([]));

/** A book of Alice's with one contact in it, lent to the company to read and write. */
beforeEach(async () => {
  run++;
  sink.mails.length = 0;
  bookId = (await alice.call(delegation.createBook, { name: `Gate ${run}` })).id;
  anne = await contactOf(alice, `Anne Sas${run}`, `anne${run}@exemple.fr`, bookId);
  await lend(alice, bookId, { grantee: { kind: 'workspace' }, acts: ['read', 'contact'] });
});

async function contactOf(member: Member, name: string, email: string, book: string) {
  const personId = await addContact(member, { name, email, organization: 'Exemple', bookId: book });
  const person = await member.call(cards.getPerson, { personId });
  return { personId, contactPointId: person.values.find(({ kind }) => kind === 'email')!.contactPoint!.id };
}

const mainBook = async (who: Member) =>
  (await who.call(delegation.listBooks, {})).items.find(({ mine: own, main: first }) => own && first)!;

type Words = Pick<Input<typeof contracts.writeToContact>, 'purpose' | 'subject' | 'text'>;
const words: Words = { purpose: 'service', subject: 'Good day', text: 'First.\n\nSecond <b>line</b>.' };
const write = (who: Member, more: Partial<Words> = {}) =>
  who.call(contracts.writeToContact, { ...anne, ...words, ...more });
const ask = (who: Member, purpose: 'service' | 'newsletter' = 'service') =>
  who.call(contracts.askGate, { ...anne, purpose });
const feed = async () =>
  (await alice.call(home.listHappenings, { bookId })).items.filter(({ kind }) => kind !== 'opened');
const mine = async (who: Member) => (await who.call(contracts.listMyMessages, {})).items[0]!;
const unsubscribeUrl = (at = 0) =>
  new URL(/<(http[^>]+)>/.exec(sink.mails[at]!.mail.headers.find(({ key }) => key === 'list-unsubscribe')!.value)![1]!);
const press = (path: string, body = 'List-Unsubscribe=One-Click') =>
  fetch(`${app.url.replace('localhost', '127.0.0.1')}${path}`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });

describe('a message to a lent contact', () => {
  test('leaves, and its holder is told under which grant', async () => {
    expect(await ask(bob)).toEqual({
      allowed: true,
      reasons: [],
      laterAt: null,
      laterReasons: [],
      from: 'crm@example.com',
      repliesTo: 'bob.stone@example.com',
    });
    expect(await write(bob)).toMatchObject({ allowed: true, reasons: [] });
    await app.settle();
    const [{ mail, to, raw }] = sink.mails as [MailSink['mails'][number]];
    expect(to).toEqual([`anne${run}@exemple.fr`]);
    expect(mail).toMatchObject({
      subject: 'Good day',
      from: { name: 'Bob Stone (Exemple SA)', address: 'crm@example.com' },
      replyTo: [{ address: 'bob.stone@example.com' }],
      to: [{ name: `Anne Sas${run}` }],
    });
    expect(raw).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click\r?$/m);
    expect(await feed()).toMatchObject([{ kind: 'contacted', count: 1, user: { name: 'Bob Stone' } }]);
    const [use] = await app.query<{ grant_id: string }>(
      `select grant_id, purpose, channel from delegation.use where kind = 'contacted' and card_id = $1`,
      [anne.personId],
    );
    const [grant] = (await alice.call(delegation.listGrants, { bookId })).items;
    expect(use).toEqual({ grant_id: grant!.id, purpose: 'service', channel: 'email' });
    expect(await mine(bob)).toMatchObject({ state: 'sent', subject: 'Good day', contact: { name: `Anne Sas${run}` } });
    const { throughMe } = await alice.call(contracts.listMessagesTo, { personId: anne.personId });
    expect(throughMe).toMatchObject([{ author: 'Bob Stone', purpose: 'service' }]);
  });

  test('an invitation is told as such', async () => {
    await write(bob, { purpose: 'invitation' });
    await app.settle();
    expect(await feed()).toMatchObject([{ kind: 'invited' }]);
  });

  test('is refused to a member whom no grant lets write, with the reason, and the answer is kept', async () => {
    bookId = (await alice.call(delegation.createBook, { name: `Read ${run}` })).id;
    anne = await contactOf(alice, `Read${run} Only`, `read${run}@exemple.fr`, bookId);
    await lend(alice, bookId, { grantee: { kind: 'workspace' }, acts: ['read'] });
    expect(await write(bob)).toMatchObject({ allowed: false, reasons: ['no_grant'], messageId: null });
    await app.settle();
    expect(sink.mails).toEqual([]);
    expect(await feed()).toEqual([]);
    const kept = await app.query(
      `select moment, allowed, reasons from outreach.decision where contact_point_id = $1 and author_id = $2`,
      [anne.contactPointId, bob.me.memberId],
    );
    expect(kept).toEqual([{ moment: 'written', allowed: false, reasons: ['no_grant'] }]);
  });

  test('is refused beyond purpose and way, and for an address that is left out, all reasons told', async () => {
    await lend(
      alice,
      bookId,
      { grantee: { kind: 'workspace' }, acts: ['read'] },
      {
        grantee: { kind: 'workspace' },
        acts: ['read', 'contact'],
        purposes: ['survey'],
        channels: ['phone'],
        except: ['emails'],
      },
    );
    expect(await ask(bob)).toMatchObject({ allowed: false, reasons: ['purpose', 'channel', 'field'] });
  });

  test('is refused where its holder wants to be asked first', async () => {
    await lend(
      alice,
      bookId,
      { grantee: { kind: 'workspace' }, acts: ['read'] },
      { grantee: { kind: 'workspace' }, acts: ['read', 'contact'], askFirst: true },
    );
    expect(await ask(bob)).toMatchObject({ allowed: false, reasons: ['ask_first'] });
  });

  describe('that somebody may only read', () => {
    const copyOf = (email: string) => [{ kind: 'email' as const, value: { value: email, type: 'work' as const } }];

    beforeEach(async () => {
      bookId = (await alice.call(delegation.createBook, { name: `Read ${run}` })).id;
      anne = await contactOf(alice, `Anne Only${run}`, `only${run}@exemple.fr`, bookId);
      await lend(alice, bookId, { grantee: { kind: 'workspace' }, acts: ['read'] });
    });
    afterEach(() => app.settle());

    test('is not theirs to write to for having typed the address again, nor once it is withdrawn', async () => {
      const { personId } = anne;
      await bob.call(cards.updatePerson, { personId, set: copyOf(`only${run}@exemple.fr`), remove: [] });
      expect(await write(bob)).toMatchObject({ allowed: false, reasons: ['no_grant'] });
      const own = (await bob.call(cards.getPerson, { personId })).cards.find(({ mine: own }) => own)!;
      const takeOff = async () => {
        const { fields } = await bob.call(cards.getCard, { cardId: own.id });
        await bob.call(cards.updateCard, {
          cardId: own.id,
          remove: fields.flatMap((f) => (f.kind === 'email' ? f.no : [])),
        });
      };
      await takeOff();
      await bob.call(cards.updateCard, { cardId: own.id, add: copyOf(`only${run}@exemple.fr`) });
      expect(await write(bob)).toMatchObject({ allowed: false, reasons: ['no_grant'] });
      await lend(alice, bookId);
      await app.settle();
      anne.personId = own.id;
      expect(await write(bob)).toMatchObject({ allowed: false, reasons: ['no_grant'] });
      const { fields } = await bob.call(cards.getCard, { cardId: own.id });
      const { no } = fields.find(({ kind }) => kind === 'email')!;
      const [field] = copyOf(`only${run}@exemple.fr`);
      await bob.call(cards.updateCard, { cardId: own.id, set: [{ no, field: field! }] });
      expect(await write(bob)).toMatchObject({ allowed: false, reasons: ['no_grant'] });
    });

    test('is theirs by an address of their own', async () => {
      const { personId } = anne;
      await bob.call(cards.updatePerson, { personId, set: copyOf(`other${run}@exemple.fr`), remove: [] });
      const { values } = await bob.call(cards.getPerson, { personId });
      const value = values.find((one) => one.kind === 'email' && JSON.stringify(one).includes(`other${run}`))!;
      anne.contactPointId = value.contactPoint!.id;
      expect(await write(bob)).toMatchObject({ allowed: true });
    });

    test('stays theirs where their own card had the address before', async () => {
      await contactOf(bob, `Anne Only${run}`, `only${run}@exemple.fr`, (await mainBook(bob)).id);
      await app.settle();
      const { personId } = anne;
      await bob.call(cards.updatePerson, { personId, set: copyOf(`only${run}@exemple.fr`), remove: [] });
      expect(await write(bob)).toMatchObject({ allowed: true });
    });
  });

  test('one’s own contact needs no grant and is told to nobody', async () => {
    const main = await mainBook(bob);
    anne = await contactOf(bob, `Own${run} Contact`, `own${run}@exemple.fr`, main.id);
    expect(await write(bob)).toMatchObject({ allowed: true });
    await app.settle();
    expect(sink.mails).toHaveLength(1);
    expect(await app.query(`select from delegation.use where card_id = $1`, [anne.personId])).toEqual([]);
  });

  test('to somebody the member does not see, or to an address of somebody else, does not exist', async () => {
    await lend(alice, bookId);
    const listing = () => bob.call(contracts.listMessagesTo, { personId: anne.personId });
    for (const call of [() => write(bob), () => ask(bob), listing]) expect(await codeOf(call())).toBe('not_found');
    const other = await contactOf(alice, `Other${run} X`, `other${run}@exemple.fr`, bookId);
    const mixed = { ...words, personId: anne.personId, contactPointId: other.contactPointId };
    expect(await codeOf(alice.call(contracts.writeToContact, mixed))).toBe('not_found');
  });

  test('advertising to a private address waits for consent', async () => {
    anne = await contactOf(alice, `Private${run} P`, `private${run}@gmail.com`, bookId);
    expect(await ask(bob, 'newsletter')).toMatchObject({ reasons: ['no_consent'] });
    expect(await ask(bob)).toMatchObject({ allowed: true });
    await app.query(`update cards.contact_point set consent = 'given' where contact_point_id = $1`, [
      anne.contactPointId,
    ]);
    expect(await ask(bob, 'newsletter')).toMatchObject({ allowed: true });
  });

  test('to a suppressed address is refused to everybody, until an admin allows it again', async () => {
    const email = `Anne${run}@Exemple.fr`;
    await alice.call(contracts.suppressAddress, { email, suppressed: true });
    expect((await ask(bob)).reasons).toEqual(['suppressed']);
    expect((await ask(alice)).reasons).toEqual(['suppressed']);
    expect(JSON.stringify(await app.query('select * from outreach.suppression'))).not.toContain('exemple');
    await alice.call(contracts.suppressAddress, { email, suppressed: false });
    expect((await ask(bob)).allowed).toBe(true);
  });

  test('carries neither headers nor markup of its author’s making', async () => {
    await write(bob, { subject: 'Hello\r\nBcc: victim@example.net\r\n\r\nbody', text: '<script>alert(1)</script>' });
    await app.settle();
    const { mail, to, raw } = sink.mails[0]!;
    expect(to).toEqual([`anne${run}@exemple.fr`]);
    expect(mail.subject).toBe('Hello Bcc: victim@example.net body');
    expect(raw).not.toMatch(/^bcc:/im);
    expect(mail.html).not.toContain('<script');
    expect(mail.html).toContain('&lt;script&gt;');
  });

  test('bears a contact’s name with line ends as one line', async () => {
    const fields: cards.FieldInput[] = [
      { kind: 'name', value: { full: `Eve${run}\r\nBcc: victim@example.net` } },
      { kind: 'email', value: { value: `eve${run}@exemple.fr` } },
    ];
    const { id: personId } = await alice.call(cards.createCard, { bookId, fields });
    const person = await alice.call(cards.getPerson, { personId });
    const point = person.values.find(({ kind }) => kind === 'email')!.contactPoint!.id;
    await alice.call(contracts.writeToContact, { ...words, personId, contactPointId: point });
    await app.settle();
    expect(sink.mails[0]!.raw).not.toMatch(/^bcc:/im);
    expect(sink.mails[0]!.to).toEqual([`eve${run}@exemple.fr`]);
  });
});

describe('a quota', () => {
  test('of ten lets exactly ten of a hundred messages at once through', async () => {
    await lend(alice, bookId, {
      grantee: { kind: 'workspace' },
      acts: ['read', 'contact'],
      quota: { count: 10, period: 'month', each: false },
    });
    const answers = await Promise.all(Array.from({ length: 100 }, (_, at) => (at % 2 ? write(bob) : write(carol))));
    expect(answers.filter(({ allowed }) => allowed)).toHaveLength(10);
    expect(new Set(answers.flatMap(({ reasons }) => reasons))).toEqual(new Set(['quota']));
    await app.settle();
    expect(sink.mails).toHaveLength(10);
  });

  test('to each person counts persons apart', async () => {
    await lend(alice, bookId, {
      grantee: { kind: 'workspace' },
      acts: ['read', 'contact'],
      quota: { count: 1, period: 'week', each: true },
    });
    const first = anne;
    expect((await write(bob)).allowed).toBe(true);
    expect((await write(carol)).reasons).toEqual(['quota']);
    anne = await contactOf(alice, `Second${run} S`, `second${run}@exemple.fr`, bookId);
    expect((await write(carol)).allowed).toBe(true);
    anne = first;
    await app.settle();
  });

  test('is given back by what does not leave: refused, stopped, or failed', async () => {
    await lend(alice, bookId, {
      grantee: { kind: 'workspace' },
      acts: ['read', 'contact'],
      quota: { count: 1, period: 'year', each: false },
    });
    // The queue stands still, so that it can be stopped.
    await holding(async () => {
      const { messageId } = await write(bob);
      expect((await ask(bob)).reasons).toEqual(['quota']);
      expect(await codeOf(carol.call(contracts.cancelMessage, { messageId: messageId! }))).toBe('not_found');
      await bob.call(contracts.cancelMessage, { messageId: messageId! });
      expect(await codeOf(bob.call(contracts.cancelMessage, { messageId: messageId! }))).toBe('conflict');
    });
    expect((await ask(bob)).allowed).toBe(true);
    await app.settle();
    expect(sink.mails).toEqual([]);
  });
});

/** While the mail server ponders over one message, those behind it wait. */
async function holding(work: () => Promise<unknown>): Promise<void> {
  const confirm = sink.hold();
  const before = sink.mails.length;
  const first = {
    workspaceId: alice.me.workspace.id,
    memberId: alice.me.memberId,
    kind: 'digest' as const,
    write: () => ({ subject: 'First', paragraphs: [], footer: '' }),
  };
  await app.app.db.asSystem('keeper', (tx) => mailMember(app.app, tx, first));
  while (sink.mails.length === before) await new Promise((on) => setTimeout(on, 20));
  try {
    await work();
  } finally {
    sink.mails.splice(before, 1);
    confirm();
  }
}

describe('between writing and leaving', () => {
  test('a withdrawn grant stops the message, which says why and gives its quota back', async () => {
    await lend(alice, bookId, {
      grantee: { kind: 'workspace' },
      acts: ['read', 'contact'],
      quota: { count: 5, period: 'year', each: false },
    });
    await holding(async () => {
      await write(bob);
      await lend(alice, bookId, { grantee: { kind: 'workspace' }, acts: ['read'] });
    });
    await app.settle();
    expect(sink.mails).toEqual([]);
    expect(await mine(bob)).toMatchObject({ state: 'refused', reasons: ['ended'] });
    expect(await feed()).toEqual([]);
    const taken = await app.query(
      `select t.count from outreach.tally t join delegation.grant g using (grant_id) where g.book_id = $1`,
      [bookId],
    );
    expect(taken).toEqual([{ count: 0 }]);
    expect(
      await app.query(`select allowed, reasons from outreach.decision where contact_point_id = $1 order by at`, [
        anne.contactPointId,
      ]),
    ).toEqual([
      { allowed: true, reasons: [] },
      { allowed: false, reasons: ['ended'] },
    ]);
  });

  test('a book taken back altogether, an objection and a suspended author stop it too', async () => {
    const dora = await app.invite(alice, `Dora ${['One', 'Two', 'Three'][run % 3]}`);
    await holding(async () => {
      await write(bob);
      await write(dora);
      await alice.call(identity.updateMember, { memberId: dora.me.memberId, status: 'suspended' });
      await lend(alice, bookId);
    });
    await app.settle();
    expect(sink.mails).toEqual([]);
    expect(await mine(bob)).toMatchObject({ state: 'refused', reasons: ['out_of_sight'], contact: null });
    const states = await app.query(`select state, reasons from outreach.message where author_id = $1`, [
      dora.me.memberId,
    ]);
    expect(states).toEqual([{ state: 'refused', reasons: ['author_gone'] }]);
  });
});

describe('unsubscribing', () => {
  test('by one click acts at once, without signing in, once, and the holder hears', async () => {
    await write(bob, { purpose: 'newsletter' });
    await app.settle();
    const { pathname } = unsubscribeUrl();
    expect((await press(pathname)).status).toBe(200);
    expect((await press(pathname)).status).toBe(200);
    expect(await ask(bob, 'newsletter')).toMatchObject({ reasons: ['objected_purpose'] });
    expect(await ask(bob)).toMatchObject({ allowed: true });
    expect(await feed()).toMatchObject([
      { kind: 'objected', count: 1, user: { name: 'Bob Stone' }, contacts: [{ name: `Anne Sas${run}` }] },
      { kind: 'contacted' },
    ]);
    expect((await write(carol, { purpose: 'newsletter' })).reasons).toEqual(['objected_purpose']);
  });

  test('from everything stops everything, for everybody', async () => {
    await write(bob);
    await app.settle();
    await press(unsubscribeUrl().pathname, 'all=on');
    expect((await ask(alice)).reasons).toEqual(['objected', 'objected_purpose']);
    const person = await alice.call(cards.getPerson, { personId: anne.personId });
    expect(person.values.find(({ kind }) => kind === 'email')!.contactPoint!.consent).toBe('objected');
  });

  test('stops what is waiting already', async () => {
    await write(bob);
    await app.settle();
    const { pathname } = unsubscribeUrl();
    await holding(async () => {
      await write(bob);
      await press(pathname);
    });
    await app.settle();
    expect(sink.mails).toHaveLength(1);
    expect(await mine(bob)).toMatchObject({ state: 'refused', reasons: ['objected_purpose'] });
  });

  test('is not done by looking: link scanners change nothing', async () => {
    await write(bob);
    await app.settle();
    const { pathname, href } = unsubscribeUrl();
    expect(href).not.toMatch(/anne|exemple|%40/);
    for (const locale of ['fr', 'en']) {
      const page = await fetch(app.url.replace('localhost', '127.0.0.1') + pathname, {
        headers: { 'accept-language': locale },
      });
      expect([page.status, page.headers.get('cache-control')]).toEqual([200, 'no-store']);
      expect(await page.text()).toContain(
        locale === 'fr' ? 'Ne plus recevoir ces messages' : 'Receive no more of these messages',
      );
    }
    expect((await ask(bob)).allowed).toBe(true);
  });

  test('with a forged or altered link is refused, and changes nothing', async () => {
    await write(bob);
    await app.settle();
    const token = unsubscribeUrl().pathname.slice(3);
    const bytes = Buffer.from(token, 'base64url');
    for (const at of [0, 20, 33, 47]) {
      const altered = Buffer.from(bytes);
      altered[at]! ^= 1;
      expect((await press(`/u/${altered.toString('base64url')}`)).status).toBe(404);
    }
    for (const forged of ['x', `${token}AA`, token.slice(0, -2), 'A'.repeat(64)])
      expect((await press(`/u/${forged}`)).status).toBe(404);
    expect((await ask(bob)).allowed).toBe(true);
  });
});

test('links to unsubscribe are tried so often from one address, and no more', async () => {
  const headers = { 'x-forwarded-for': '203.0.113.9' };
  const url = `${app.url.replace('localhost', '127.0.0.1')}/u/x`;
  const answers = await Promise.all(Array.from({ length: 130 }, () => fetch(url, { method: 'POST', headers })));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([404, 429]));
});

describe('another workspace', () => {
  test('knows none of the ids, nor may its admin settle what is here', async () => {
    const { messageId } = await write(bob);
    await app.settle();
    const [{ workspace_id: elsewhere }] = (await app.query<{ workspace_id: string }>(
      `insert into identity.workspace (workspace_id, name, country) values (gen_random_uuid(), 'Elsewhere', 'FR') returning workspace_id`,
    )) as [{ workspace_id: string }];
    const actor = { workspaceId: elsewhere, memberId: bob.me.memberId };
    await app.query(
      `insert into identity.member (workspace_id, member_id, account_id, name, email, role)
       select $1, member_id, account_id, name, email, 'admin' from identity.member where member_id = $2`,
      [elsewhere, bob.me.memberId],
    );
    const seen = await app.app.db.asActor(actor, async (tx) => ({
      // As a careless query would: without naming the workspace.
      messages: await tx.selectFrom('outreach.message').selectAll().execute(),
      setup: await tx.selectFrom('outreach.mail_setup').select('host').execute(),
      decisions: await tx.selectFrom('outreach.decision').selectAll().execute(),
      tallies: await tx.selectFrom('outreach.tally').selectAll().execute(),
    }));
    expect(seen).toEqual({ messages: [], setup: [], decisions: [], tallies: [] });
    await bob.call(identity.chooseWorkspace, { workspaceId: elsewhere });
    const there = { messageId: messageId!, arrived: true };
    expect(await codeOf(bob.call(contracts.settleDoubt, there))).toBe('not_found');
    expect(await codeOf(bob.call(contracts.cancelMessage, { messageId: messageId! }))).toBe('not_found');
    expect(await codeOf(write(bob))).toBe('not_found');
    expect((await bob.call(contracts.listOutbox, {})).items).toEqual([]);
    await bob.call(identity.chooseWorkspace, { workspaceId: alice.me.workspace.id });
  });
});

describe('a message whose outcome a crash hid', () => {
  /** As if the process had died after the mail server took the message: its word is never written down. */
  async function crashAfterSending(): Promise<string> {
    await app.query(`alter table outreach.message add constraint crash check (state <> 'sent') not valid`);
    const { messageId } = await write(bob);
    // Until the word was refused, which is told as the job's failure.
    for (let waited = 0; app.errors.length === 0 && waited < 300; waited++)
      await new Promise((on) => setTimeout(on, 50));
    await app.query(`alter table outreach.message drop constraint crash`);
    // The worker takes its job up again.
    for (let waited = 0; waited < 200; waited++) {
      const [{ open }] = (await app.query(`select count(*)::int as open from kernel.outbox`)) as [{ open: number }];
      if (open === 0) break;
      await new Promise((on) => setTimeout(on, 50));
    }
    app.errors.length = 0;
    await app.query(`update outreach.message set sending_at = now() - interval '6 minutes' where state = 'sending'`);
    await app.app.db.asSystem('keeper', findDoubts);
    return messageId!;
  }

  test('is shown as in doubt, was sent once, and is never repeated by itself', async () => {
    const messageId = await crashAfterSending();
    expect(sink.mails).toHaveLength(1);
    expect(await mine(bob)).toMatchObject({ id: messageId, state: 'in_doubt', answer: 'crash' });
    expect(await feed()).toMatchObject([{ kind: 'contacted', count: 1 }]);
    expect((await alice.call(contracts.getMailHealth, {})).inDoubt).toBe(1);
    expect(await codeOf(carol.call(contracts.settleDoubt, { messageId, arrived: true }))).toBe('not_found');
    await bob.call(contracts.settleDoubt, { messageId, arrived: true });
    expect(await mine(bob)).toMatchObject({ state: 'sent' });
    expect(await codeOf(bob.call(contracts.settleDoubt, { messageId, arrived: false }))).toBe('conflict');
    expect(sink.mails).toHaveLength(1);
  });

  test('goes again when its author, or an admin, says so: with the same Message-ID, told once', async () => {
    const messageId = await crashAfterSending();
    await alice.call(contracts.settleDoubt, { messageId, arrived: false });
    await app.settle();
    expect(sink.mails.map(({ mail }) => mail.messageId)).toEqual([
      sink.mails[0]!.mail.messageId,
      sink.mails[0]!.mail.messageId,
    ]);
    expect(await mine(bob)).toMatchObject({ state: 'sent' });
    expect(await feed()).toMatchObject([{ kind: 'contacted', count: 1 }]);
  });
});
