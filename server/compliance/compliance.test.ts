import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { extractText } from 'unpdf';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import * as delegation from '../delegation/contract.ts';
import { lend } from '../delegation/testing.ts';
import * as facts from '../facts/contract.ts';
import * as factImports from '../facts/imports-contract.ts';
import { anOrder, openProgram, tell } from '../facts/testing.ts';
import * as introductions from '../introductions/contract.ts';
import { backUp } from '../kernel/backup.ts';
import { translator } from '../kernel/messages.ts';
import { restore } from '../kernel/restore.ts';
import { codeOf, type Member, openTestApp, openTestDatabase, type TestApp } from '../kernel/testing.ts';
import * as notices from '../notices/contract.ts';
import * as outreach from '../outreach/contract.ts';
import { type MailSink, openMailSink, setUpMail } from '../outreach/testing.ts';
import * as sources from '../sources/contract.ts';
import { csv, importFile } from '../sources/testing.ts';
import { prepare } from '../start.ts';
import * as tasks from '../tasks/contract.ts';
import * as contracts from './contract.ts';
import { eraseHeld, readHolding } from './held.ts';
import { elsewhere, holdings } from './holdings.ts';
import { complianceCrons } from './jobs.ts';
import { carryOver, readKept } from './kept.ts';
import { agree, answerToken, hold, record, todayIs } from './testing.ts';

let app: TestApp;
/** The admin, at the desk. */
let alice: Member;
let bob: Member;
let carol: Member;
let sink: MailSink;
let run = 0;
/** Whose rights it is about: an address of its own in each test. */
let email: string;

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
beforeEach(() => {
  email = `anne${++run}@xanthe.example`;
  sink.mails.length = 0;
});
afterEach(() => expect(app.errors.splice(0)).toEqual([]));

/** Search forgives slips, and so finds others too. */
const lookFor = async (member: Member, q = email) =>
  (await member.call(cards.listPeople, { q, limit: 50 })).items.filter((one) => one.email?.startsWith(q));
const mailsTo = (address: string) => sink.mails.filter(({ to }) => to.includes(address));
const stepsOf = async (requestId: string) =>
  (await alice.call(contracts.getRequest, { requestId })).steps.map(({ kind }) => kind);

describe('what the product holds of a person', () => {
  test('is said of every table there is', async () => {
    const tables = await app.query<{ name: string }>(
      `select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where c.relkind in ('r', 'p') and n.nspname !~ '^(pg_|information_schema$|public$|graphile_worker$|auth$)'
         and n.nspname !~ '^bi_'`,
    );
    const named = [...holdings.map(({ table }) => table), ...Object.values(elsewhere).flat()];
    expect(new Set(named).size).toBe(named.length);
    expect(named.toSorted()).toEqual(tables.map(({ name }) => name).toSorted());
  });

  test('can be read of each, is called something in both languages, and can be erased', async () => {
    const workspaceId = alice.me.workspace.id;
    const subject = { workspaceId, cardIds: [], pointIds: [] };
    await app.app.db.asSystem('keeper', async (tx) => {
      for (const holding of holdings) expect(await readHolding(tx, subject, holding), holding.table).toEqual([]);
      expect(await eraseHeld(tx, subject)).toEqual({});
    });
    for (const locale of ['en', 'fr'] as const) {
      const t = translator(locale);
      for (const { table, tells } of holdings) {
        if (tells) expect(t(`privacy.table.${table}`), table).not.toBe(`privacy.table.${table}`);
        for (const name of Object.keys(tells ?? {}))
          expect(t(`privacy.column.${name}`)).not.toBe(`privacy.column.${name}`);
      }
    }
  });
});

describe('access', () => {
  test('reaches cards that the desk does not see, once their holder has confirmed them, and goes to the person alone', async () => {
    await hold(bob, 'Anne', email);
    const request = await record(app, alice, 'access', email);
    expect(request).toMatchObject({ state: 'asking', asked: 1, answered: 0, ready: false, address: email });
    expect(mailsTo(email)).toHaveLength(1);
    expect(sink.mails[0]!.mail.text).toContain('access to your data');
    expect(sink.mails[0]!.mail.text).toContain('your data goes to this address only');
    // Whoever works at the desk learns how many are asked, and no more.
    const shown = JSON.stringify(await alice.call(contracts.getRequest, { requestId: request.id }));
    expect(shown).not.toMatch(/Bob|Zephyr|Anne |dull/);
    expect(await codeOf(alice.call(contracts.sendAnswer, { requestId: request.id }))).toBe('conflict');

    const { items } = await bob.call(contracts.listAsked, {});
    expect(items[0]).toMatchObject({ kind: 'access', outcome: null, cards: [{ name: 'Anne Zephyr', leftOut: false }] });
    expect((await bob.call(notices.listNotices, {})).items[0]).toMatchObject({
      kind: 'privacy_asked',
      path: '/privacy',
    });
    expect((await bob.call(tasks.listTasks, {})).items[0]).toMatchObject({
      title: expect.stringMatching(/confirm your cards/),
    });
    await agree(bob);
    expect(await alice.call(contracts.sendAnswer, { requestId: request.id })).toEqual({ sent: true });
    await app.settle();

    expect(mailsTo(email)).toHaveLength(2);
    expect(sink.mails.filter(({ raw }) => raw.includes('privacy-answer')).flatMap(({ to }) => to)).toEqual([email]);
    const token = answerToken(sink);
    const { content } = await app.client().call(contracts.openAnswer, { token });
    expect(content).toMatchObject({ kind: 'access', address: email, incomplete: false });
    const said = JSON.stringify(content);
    expect(said).toMatch(/Secretly dull/);
    expect(said).toMatch(/Xanthe SA/);
    expect(content.vcard).toContain(`EMAIL:${email}`);
    const pdf = await app.client().fetch(contracts.answerPdfPath, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token }),
    });
    expect(pdf.headers.get('content-type')).toBe('application/pdf');
    const { text } = await extractText(new Uint8Array(await pdf.arrayBuffer()), { mergePages: true });
    expect(text).toContain('Secretly dull');
    expect(text).toContain('Xanthe SA');
    expect(await stepsOf(request.id)).toEqual([
      'recorded',
      'receipt_sent',
      'confirmed',
      'answer_sent',
      'opened',
      'opened',
    ]);
    // Not by table: how many notes there are is nobody's to know who works at the desk.
    const { steps } = await alice.call(contracts.getRequest, { requestId: request.id });
    expect(steps.find(({ kind }) => kind === 'answer_sent')!.counts).toEqual({
      rows: content.sections.reduce((sum, { rows }) => sum + rows.length, 0),
    });
  });

  test('opens for nobody else: a link that was guessed or has expired, and what is kept, tell nothing', async () => {
    await hold(bob, 'Anne', email);
    const request = await record(app, alice, 'access', email);
    await agree(bob);
    await alice.call(contracts.sendAnswer, { requestId: request.id });
    await app.settle();
    const token = answerToken(sink);
    const octets = Buffer.from(token, 'base64url');
    octets[60]! ^= 1;
    const other = octets.toString('base64url');
    for (const guess of ['guessed', other])
      expect(await codeOf(app.client().call(contracts.openAnswer, { token: guess }))).toBe('link_expired');
    const kept = await app.query<{ row: string }>(
      `select encode(content, 'escape') as row from compliance.answer union all select t::text from compliance.step t`,
    );
    expect(JSON.stringify(kept)).not.toMatch(/dull|Zephyr/);
    expect(JSON.stringify(await bob.call(outreach.listMyMessages, {}))).not.toContain('privacy-answer');
    await app.query(`update compliance.answer set expires_at = now() - interval '1 second' where request_id = $1`, [
      request.id,
    ]);
    expect(await codeOf(app.client().call(contracts.openAnswer, { token }))).toBe('link_expired');
    await complianceCrons.find(({ name }) => name === 'compliance.forgetOld')!.run(app.app);
    expect(await app.query(`select from compliance.answer where request_id = $1`, [request.id])).toEqual([]);
  });

  test('leaves out the cards of which their holder says that they are somebody else’s', async () => {
    await hold(bob, 'Anne', email, 'Of the right one');
    const other = await hold(bob, 'Namesake', email, 'Of somebody else');
    const request = await record(app, alice, 'access', email);
    const [asked] = (await bob.call(contracts.listAsked, {})).items;
    const out = asked!.cards.find(({ name }) => name === 'Namesake Zephyr')!.id;
    expect(other).toBeTruthy();
    expect(await codeOf(bob.call(contracts.answerAsked, { askedId: asked!.id, outcome: 'law' }))).toBe('invalid_input');
    await agree(bob, 'agreed', [out]);
    expect(await codeOf(bob.call(contracts.answerAsked, { askedId: asked!.id, outcome: 'agreed' }))).toBe('conflict');
    await alice.call(contracts.sendAnswer, { requestId: request.id });
    await app.settle();
    const said = JSON.stringify(await app.client().call(contracts.openAnswer, { token: answerToken(sink) }));
    expect(said).toContain('Of the right one');
    expect(said).not.toMatch(/Of somebody else|Namesake/);
  });

  test('is answered to somebody of whom nothing is held, too; and nothing is closed where no mail may go', async () => {
    const request = await record(app, alice, 'access', email);
    expect(request).toMatchObject({ asked: 0, ready: true });
    await alice.call(contracts.sendAnswer, { requestId: request.id });
    await app.settle();
    const { content } = await app.client().call(contracts.openAnswer, { token: answerToken(sink) });
    expect(content.sections.map(({ table }) => table).filter((table) => table.startsWith('cards.card'))).toEqual([]);

    const dead = `dead${run}@xanthe.example`;
    const again = await record(app, alice, 'access', dead);
    await app.query(
      `update cards.contact_point set health = 'dead' where contact_point_id = (select contact_point_id from compliance.request where request_id = $1)`,
      [again.id],
    );
    expect(await alice.call(contracts.sendAnswer, { requestId: again.id })).toEqual({ sent: false });
    expect(await alice.call(contracts.getRequest, { requestId: again.id })).toMatchObject({ state: 'asking' });
    expect(await app.query(`select from compliance.answer where request_id = $1`, [again.id])).toEqual([]);
  });

  test('leaves in the last days without whoever is silent, and says that something is missing', async () => {
    await hold(bob, 'Anne', email);
    const request = await record(app, alice, 'access', email);
    await app.query(`update compliance.request set due_on = current_date + 3 where request_id = $1`, [request.id]);
    await app.query(`update compliance.asked set due_on = current_date + 3 where request_id = $1`, [request.id]);
    const warn = complianceCrons.find(({ name }) => name === 'compliance.warn')!;
    await warn.run(app.app);
    await warn.run(app.app);
    await app.settle();
    const due = async (who: Member) =>
      (await who.call(notices.listNotices, {})).items.filter(({ kind }) => kind === 'privacy_due');
    expect([(await due(bob)).length, (await due(alice)).length, (await due(carol)).length]).toEqual([1, 1, 0]);
    expect(await alice.call(contracts.sendAnswer, { requestId: request.id })).toEqual({ sent: true });
    await app.settle();
    const { content } = await app.client().call(contracts.openAnswer, { token: answerToken(sink) });
    expect(content.incomplete).toBe(true);
    expect(JSON.stringify(content)).not.toContain('dull');
    expect(await alice.call(contracts.getRequest, { requestId: request.id })).toMatchObject({ state: 'partly' });
    // What is asked no more is no task any more.
    expect((await bob.call(contracts.listAsked, {})).items.filter(({ outcome }) => outcome === null)).toEqual([]);
    expect((await bob.call(tasks.listTasks, {})).items.filter(({ title }) => /confirm your cards/.test(title))).toEqual(
      [],
    );
  });

  test('takes two months more once, with a reason that the person reads', async () => {
    const request = await record(app, alice, 'access', email);
    const reason = 'Several people have to be asked.';
    const first = await alice.call(contracts.extendRequest, { requestId: request.id, reason });
    expect(first.sent).toBe(true);
    expect(first.dueOn > request.dueOn).toBe(true);
    await app.settle();
    expect(sink.mails.at(-1)!.mail.text).toContain(reason);
    expect(await codeOf(alice.call(contracts.extendRequest, { requestId: request.id, reason }))).toBe('conflict');
  });
});

test('what somebody takes along is what they gave, without what others wrote of them', async () => {
  await hold(bob, 'Anne', email);
  const request = await record(app, alice, 'portability', email);
  await agree(bob);
  await alice.call(contracts.sendAnswer, { requestId: request.id });
  await app.settle();
  const { content } = await app.client().call(contracts.openAnswer, { token: answerToken(sink) });
  expect(JSON.stringify(content)).not.toContain('dull');
  expect(content.vcard).toContain('Zephyr');
});

test('a rectification stands as the person’s own word on every card with their address', async () => {
  const personId = await hold(bob, 'Anne', email);
  const corrections = [{ kind: 'title' as const, to: 'Chief Zephyrist' }];
  expect(await codeOf(record(app, alice, 'rectification', email))).toBe('invalid_input');
  const request = await record(app, alice, 'rectification', email, { corrections });
  const { items } = await bob.call(cards.listOffers, { personId });
  expect(JSON.stringify(items)).toContain('Chief Zephyrist');
  await agree(bob);
  expect(await alice.call(contracts.closeRequest, { requestId: request.id })).toEqual({ sent: true });
  expect(await alice.call(contracts.getRequest, { requestId: request.id })).toMatchObject({ state: 'done' });
});

test('an objection holds at once at the address that it comes from, for everybody, and at no other of the cards that bear it', async () => {
  const personId = await hold(bob, 'Anne', email);
  const { id: withAssistant } = await carol.call(cards.createCard, {
    fields: [
      { kind: 'name', value: { given: 'Anne', family: 'Zephyr' } },
      { kind: 'email', value: { value: email, type: 'work' } },
      { kind: 'email', value: { value: `assistant.of.${email}`, type: 'work' } },
    ],
  });
  const request = await record(app, alice, 'objection', email);
  expect(request.state).toBe('done');
  const consentsOf = async (who: Member, id: string) =>
    (await who.call(cards.getPerson, { personId: id })).values
      .flatMap(({ contactPoint }) => (contactPoint ? [contactPoint.consent] : []))
      .sort();
  expect(await consentsOf(bob, personId)).toEqual(['objected', 'unknown']);
  expect(await consentsOf(carol, withAssistant)).toEqual(['objected', 'unknown']);
  expect(sink.mails.at(-1)!.mail.text).toContain('holds from now on');
});

describe('erasure', () => {
  async function everywhere() {
    const { id: bookId } = await bob.call(delegation.createBook, { name: `Clients ${run}` });
    await hold(bob, 'Anne', email, 'Secretly dull', bookId);
    await lend(bob, bookId, { grantee: { kind: 'workspace' }, acts: ['read'] });
    await hold(carol, 'Anne', email, 'Also here');
    await app.settle();
    const request = await record(app, alice, 'erasure', email);
    return { request, bookId };
  }

  test('takes cards, notes, lists and search away from everybody, keeps proof in numbers, and forgets the address', async () => {
    const { request } = await everywhere();
    expect(mailsTo(email).at(-1)!.mail.text).toContain('Tell Exemple SA at once');
    expect(await lookFor(alice)).toHaveLength(1);
    await agree(bob);
    expect(await codeOf(alice.call(contracts.eraseAll, { requestId: request.id }))).toBe('conflict');
    await agree(carol);
    await alice.call(contracts.eraseAll, { requestId: request.id });
    await app.settle();
    for (const who of [alice, bob, carol]) expect(await lookFor(who)).toEqual([]);
    const left = await app.query<{ n: number }>(
      `select count(*)::int as n from cards.card_field where value::text like $1 union all
       select count(*)::int from cards.entry where search like $1 union all
       select count(*)::int from cards.note where card_id not in (select card_id from cards.card)`,
      [`%${email}%`],
    );
    expect(left.map(({ n }) => n)).toEqual([0, 0, 0]);
    const after = await alice.call(contracts.getRequest, { requestId: request.id });
    expect(after).toMatchObject({ state: 'done', address: null });
    const erased = after.steps.find(({ kind }) => kind === 'erased')!;
    expect(erased.counts['cards.card']).toBe(2);
    expect(JSON.stringify(after)).not.toMatch(/xanthe|Zephyr/i);
    expect(mailsTo(email).at(-1)!.mail.text).toContain('It is erased');
  });

  test('cannot half-happen: what fails in the middle has erased nothing, and is carried out when it is tried again', async () => {
    const { request } = await everywhere();
    await agree(bob);
    await agree(carol);
    await app.query(
      `create function public.fall_over() returns trigger language plpgsql as $$ begin raise exception 'crash in between'; end $$`,
    );
    await app.query(
      `create trigger fall_over before delete on cards.card for each row execute function public.fall_over()`,
    );
    await alice.call(contracts.eraseAll, { requestId: request.id });
    await expect
      .poll(
        async () =>
          (
            await app.query<{ n: number }>(
              `select max(attempts)::int as n from graphile_worker.jobs where task_identifier = 'compliance.erase'`,
            )
          )[0]!.n,
      )
      .toBeGreaterThan(0);
    await expect.poll(() => app.errors.length).toBeGreaterThan(0);
    app.errors.length = 0;
    expect(
      await app.query(
        `select from cards.suppressed s join compliance.request r on r.contact_point_id = s.suppressed_id where r.request_id = $1`,
        [request.id],
      ),
    ).toEqual([]);
    expect(await app.query(`select from compliance.erasure where request_id = $1`, [request.id])).toEqual([]);
    expect(
      (
        await app.query<{ n: number }>(`select count(*)::int as n from cards.card_field where value::text like $1`, [
          `%${email}%`,
        ])
      )[0]!.n,
    ).toBe(2);
    expect(await alice.call(contracts.getRequest, { requestId: request.id })).toMatchObject({
      state: 'erasing',
      address: email,
    });

    await app.query(`drop trigger fall_over on cards.card`);
    await app.query(`drop function public.fall_over()`);
    await app.query(`update graphile_worker._private_jobs set run_at = now(), attempts = 0, last_error = null`);
    await app.settle();
    app.errors.length = 0;
    expect(await alice.call(contracts.getRequest, { requestId: request.id })).toMatchObject({ state: 'done' });
    for (const who of [bob, carol]) expect(await lookFor(who)).toEqual([]);
    expect(mailsTo(email).filter(({ mail }) => mail.text!.includes('It is erased'))).toHaveLength(1);
  });

  test('leaves what a holder has to keep, and then suppresses nothing', async () => {
    const { request } = await everywhere();
    await agree(bob);
    await agree(carol, 'contract');
    await alice.call(contracts.eraseAll, { requestId: request.id });
    await app.settle();
    expect(await lookFor(bob)).toEqual([]);
    expect(await lookFor(carol)).toHaveLength(1);
    const suppressed = await app.query(
      `select from cards.suppressed s join compliance.request r on r.contact_point_id = s.suppressed_id where r.request_id = $1`,
      [request.id],
    );
    expect(suppressed).toEqual([]);
    expect(await alice.call(contracts.getRequest, { requestId: request.id })).toMatchObject({ state: 'partly' });
    expect(mailsTo(email).at(-1)!.mail.text).toContain('some of it has to stay');
    expect(mailsTo(email).at(-1)!.mail.text).not.toContain('A hash stays');
  });

  test('says of cards that nobody knows as theirs that their holders have not said so, and names no law', async () => {
    const { request } = await everywhere();
    await agree(bob);
    await agree(carol, 'somebody_else');
    await alice.call(contracts.eraseAll, { requestId: request.id });
    await app.settle();
    expect(await lookFor(carol)).toHaveLength(1);
    expect(await alice.call(contracts.getRequest, { requestId: request.id })).toMatchObject({ state: 'partly' });
    const { subject, text } = mailsTo(email).at(-1)!.mail;
    expect(subject).toContain('your request for erasure');
    expect(text).toContain('whose holders have not said that they are yours');
    expect(text).not.toMatch(/law|contract|A hash stays|It is erased/);
  });

  test('takes introductions away that were asked to them by words alone, and access discloses these', async () => {
    const family = `Quillfeather${run}`;
    const { id: bookId } = await bob.call(delegation.createBook, { name: `Found ${run}` });
    await lend(bob, bookId, { grantee: { kind: 'workspace' }, acts: ['discover'] });
    await bob.call(cards.createCard, {
      bookId,
      fields: [
        { kind: 'name', value: { given: 'Anne', family } },
        { kind: 'email', value: { value: email, type: 'work' } },
      ],
    });
    await app.settle();
    await carol.call(introductions.askForIntroduction, {
      ...{ sought: family, purpose: 'advice', message: `To meet ${family} about kites` },
    });
    await app.settle();
    expect((await bob.call(introductions.listAsks, { waiting: 'true' })).items.map(({ sought }) => sought)).toContain(
      family,
    );
    const access = await record(app, alice, 'access', email);
    await agree(bob);
    await alice.call(contracts.sendAnswer, { requestId: access.id });
    await app.settle();
    const { content } = await app.client().call(contracts.openAnswer, { token: answerToken(sink) });
    for (const name of ['introductions.request', 'introductions.ask'])
      expect(content.sections.find(({ table }) => table === name)?.rows, name).toMatchObject([{ sought: family }]);
    const request = await record(app, alice, 'erasure', email);
    await agree(bob);
    await alice.call(contracts.eraseAll, { requestId: request.id });
    await app.settle();
    const left = await app.query(
      `select from introductions.request r where r::text like $1 union all select from introductions.ask a where a::text like $1`,
      [`%${family}%`],
    );
    expect(left).toEqual([]);
  });

  test('holds against the next import, which says so; a colleague with the same switchboard comes in', async () => {
    const file = csv(
      `Anne,Zephyr,${email},+33 6 12 99 00 ${10 + run},Xanthe SA`,
      `Zoé,Autre,zoe${run}@xanthe.example,+33 6 12 99 00 ${10 + run},Xanthe SA`,
    );
    const first = await importFile(app, bob, 'clients.csv', file);
    expect(first.report).toMatchObject({ created: 2, suppressed: 0 });
    const request = await record(app, alice, 'erasure', email);
    await agree(bob);
    await alice.call(contracts.eraseAll, { requestId: request.id });
    await app.settle();
    const again = await importFile(app, bob, 'clients.csv', file, first.sourceId);
    expect(again.report).toMatchObject({ created: 0, unchanged: 1, suppressed: 1 });
    const elsewhereToo = await importFile(app, carol, 'others.csv', file);
    expect(elsewhereToo.report).toMatchObject({ created: 1, suppressed: 1 });
    expect(await lookFor(bob)).toEqual([]);
    expect((await lookFor(carol, `zoe${run}`)).length).toBe(1);
    const [preview] = await app.query<{ n: number }>(
      `select count(*)::int as n from sources.import where import_id = $1 and preview is not null`,
      [first.id],
    );
    expect(preview!.n).toBe(0);
    expect((await carol.call(sources.getImport, { importId: elsewhereToo.id })).report.suppressed).toBe(1);
  });

  test('holds against purchases that are told again, by a file, a program or under a customer number', async () => {
    await hold(bob, 'Anne', email);
    const other = `zoe${run}@xanthe.example`;
    const importOrders = async () => {
      const { id } = await alice.json<{ id: string }>('/fact-imports?fileName=orders.csv', {
        method: 'POST',
        headers: { 'content-type': 'application/octet-stream' },
        body: `id;date;email;total\nE${run};${todayIs()};${email};5\nF${run};${todayIs()};${other};6\n`,
      });
      await alice.call(factImports.runImport, { importId: id, system: 'shop' });
      await app.settle();
      return (await alice.call(factImports.listImports, {})).items.find((one) => one.id === id)!.report;
    };
    expect(await importOrders()).toMatchObject({ kept: 2, refused: 0 });
    const request = await record(app, alice, 'erasure', email);
    await agree(bob);
    await alice.call(contracts.eraseAll, { requestId: request.id });
    await app.settle();
    expect(await importOrders()).toMatchObject({ kept: 0, unchanged: 1, refused: 1 });
    const shop = await openProgram(app, alice);
    const customer = { system: 'erp', id: `E${run}` };
    expect(await tell(shop, anOrder({ email }), anOrder({ customer }))).toEqual(['unknown_subject', 'kept']);
    expect(await shop.call(facts.identify, { customer, is: { email } })).toEqual({ joined: false, moved: 0 });
    const back = await app.query(
      `select from facts.fact f join compliance.request r on r.contact_point_id = f.subject_id where r.request_id = $1`,
      [request.id],
    );
    expect(back).toEqual([]);
  });

  test('takes what this desk has answered before, and the address of what was asked then', async () => {
    await hold(bob, 'Anne', email);
    const before = await record(app, alice, 'access', email);
    await agree(bob);
    await alice.call(contracts.sendAnswer, { requestId: before.id });
    await app.settle();
    const token = answerToken(sink);
    const request = await record(app, alice, 'erasure', email);
    await agree(bob);
    await alice.call(contracts.eraseAll, { requestId: request.id });
    await app.settle();
    expect(await codeOf(app.client().call(contracts.openAnswer, { token }))).toBe('link_expired');
    expect(await app.query(`select from compliance.answer where request_id = $1`, [before.id])).toEqual([]);
    for (const { id } of [before, request])
      expect(await alice.call(contracts.getRequest, { requestId: id })).toMatchObject({ state: 'done', address: null });
  });

  test('is kept beside the database in whole lines, though a crash has left half a line there', async () => {
    const { request } = await everywhere();
    await agree(bob);
    await agree(carol);
    await alice.call(contracts.eraseAll, { requestId: request.id });
    await app.settle();
    const folder = mkdtempSync(join(tmpdir(), 'entregent-privacy-'));
    const file = join(folder, 'erasures.jsonl');
    try {
      writeFileSync(file, '{"workspaceId":"half');
      expect(readKept(folder)).toEqual([]);
      await carryOver(app.databaseUrl, folder);
      const kept = readKept(folder);
      expect(kept.map(({ requestId }) => requestId)).toContain(request.id);
      appendFileSync(file, '{"workspaceId":"half');
      expect(readKept(folder)).toEqual(kept);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('is carried out again after a backup of before is restored, before anybody is answered', async () => {
    const { request } = await everywhere();
    const folder = mkdtempSync(join(tmpdir(), 'entregent-privacy-'));
    const file = join(folder, 'before.entregent');
    const { keyCheck } = app.app.secrets;
    await app.query(
      `insert into kernel.installation (key, value) values ('key_check', to_jsonb($1::text)) on conflict (key) do update set value = excluded.value`,
      [keyCheck],
    );
    await backUp(app.databaseUrl, file, keyCheck);
    await agree(bob);
    await agree(carol);
    await alice.call(contracts.eraseAll, { requestId: request.id });
    await app.settle();
    const { dataDir } = app.app.config;
    const kept = readKept(dataDir).length;
    expect(kept).toBeGreaterThan(0);
    expect(JSON.stringify(readKept(dataDir))).not.toMatch(/xanthe|@/);
    // It is known to the database besides; what stands in the file already is not written twice.
    await carryOver(app.databaseUrl, dataDir);
    expect(readKept(dataDir)).toHaveLength(kept);

    const database = await openTestDatabase('empty');
    await restore(database.url, file, { keyCheck, force: false });
    await prepare(database.url, app.app.config, () => {});
    const count = async () =>
      (
        await database.query<{ n: number }>(
          `select count(*)::int as n from cards.card_field where value::text like $1`,
          [`%${email}%`],
        )
      )[0]!.n;
    expect(await count()).toBe(2);
    const restored = await openTestApp([], { database: database.url, dataDir });
    try {
      expect(await count()).toBe(0);
      await restored.settle();
      const known = await database.query(
        `select from cards.suppressed s join compliance.request r on r.contact_point_id = s.suppressed_id where r.request_id = $1`,
        [request.id],
      );
      expect(known).toHaveLength(1);
      expect(restored.errors).toEqual([]);
    } finally {
      await restored.close();
      await database.drop().catch(() => {});
      rmSync(folder, { recursive: true });
    }
  });
});

test('the same request is not recorded twice while it is open, nor for a day to come or no address', async () => {
  await record(app, alice, 'access', email);
  expect(await codeOf(record(app, alice, 'access', ` ${email.toUpperCase()} `))).toBe('conflict');
  const tomorrow = new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10);
  expect(await codeOf(record(app, alice, 'access', `b${email}`, { receivedOn: tomorrow }))).toBe('invalid_input');
  expect(await codeOf(record(app, alice, 'access', 'nobody'))).toBe('invalid_input');
});

test('is the desk’s alone: members neither see nor record requests, and nobody answers for another', async () => {
  await hold(bob, 'Anne', email);
  const request = await record(app, alice, 'access', email);
  for (const call of [
    carol.call(contracts.listRequests, {}),
    carol.call(contracts.recordRequest, { kind: 'access', email, receivedOn: todayIs(), locale: 'en' }),
    carol.call(contracts.sendAnswer, { requestId: request.id }),
  ])
    expect(await codeOf(call)).toBe('forbidden');
  const [asked] = (await bob.call(contracts.listAsked, {})).items;
  expect((await carol.call(contracts.listAsked, {})).items.filter(({ id }) => id === asked!.id)).toEqual([]);
  expect(await codeOf(carol.call(contracts.answerAsked, { askedId: asked!.id, outcome: 'agreed' }))).toBe('not_found');
  const reason = 'Nothing that can be identified.';
  expect(await alice.call(contracts.refuseRequest, { requestId: request.id, reason })).toEqual({ sent: true });
  await app.settle();
  expect(sink.mails.at(-1)!.mail.text).toContain(reason);
  expect(await alice.call(contracts.getRequest, { requestId: request.id })).toMatchObject({ state: 'refused' });
});
