import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { authorise, register } from '../apps/testing.ts';
import { addContact, purgeNow } from '../cards/testing.ts';
import * as delegation from '../delegation/contract.ts';
import * as home from '../home/contract.ts';
import * as identity from '../identity/contract.ts';
import { newId } from '../kernel/ids.ts';
import { type Client, codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as contracts from './contract.ts';
import { recordFacts, type ToldFact } from './index.ts';
import { anOrder, daysAgo, historyOf, openProgram, tell } from './testing.ts';

let app: TestApp;
let alice: Member;
let bob: Member;
let shop: Client;
let lea: string;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Colleague');
  shop = await openProgram(app, alice);
  lea = await addContact(alice, { name: 'Lea Moreau', email: 'lea@client.example', phone: '+33612345678' });
  await app.settle();
});
afterAll(async () => {
  expect(app.errors).toEqual([]);
  await app.close();
});

const factsOf = (personId: string) =>
  historyOf(alice, personId).then((items) =>
    items.map(({ kind, amount }) => `${kind.key} ${amount?.value ?? ''}`.trim()),
  );
const rows = (where = 'true') =>
  app.query<{ n: number }>(`select count(*)::int as n from facts.fact where ${where}`).then(([row]) => row!.n);

test('what is told of an address or a number stands on the person who has it, the newest first', async () => {
  const order = anOrder({ email: 'Lea@Client.example', at: daysAgo(3) });
  const ticket = {
    externalId: 't1',
    kind: 'ticket',
    at: daysAgo(2),
    phone: '06 12 34 56 78',
    props: { subject: 'Broken' },
  };
  expect(await tell(shop, order, ticket)).toEqual(['kept', 'kept']);
  expect(await factsOf(lea)).toEqual(['ticket', 'order 49.9']);
  const [first] = await historyOf(alice, lea);
  expect(first).toMatchObject({
    props: [{ key: 'subject', name: '', unit: '', value: 'Broken' }],
    source: { kind: 'api', name: 'api' },
    recognised: false,
  });
  const { items } = await alice.call(contracts.summarisePerson, { personId: lea });
  expect(items.map(({ kind, count, sums }) => [kind.key, count, sums])).toEqual([
    ['ticket', 1, []],
    ['order', 1, [{ value: '49.9', currency: 'EUR' }]],
  ]);
});

test('told again it stands once; told otherwise it is replaced, of somebody else, too', async () => {
  const before = await rows();
  const order = anOrder({ email: 'noe@client.example' });
  expect(await tell(shop, order)).toEqual(['kept']);
  expect(await tell(shop, order)).toEqual(['unchanged']);
  expect(await tell(shop, { ...order, amount: { value: '51.00', currency: 'EUR' } })).toEqual(['changed']);
  expect(await rows()).toBe(before + 1);
  // They corrected the address at the shop: the order is not counted for both.
  expect(await tell(shop, { ...order, email: 'lea@client.example' })).toEqual(['kept']);
  expect(await rows()).toBe(before + 1);
  expect((await factsOf(lea)).filter((one) => one.startsWith('order'))).toHaveLength(2);
  // Another system has ids of its own.
  await shop.call(contracts.recordFacts, { source: 'till', facts: [order] });
  expect(await rows()).toBe(before + 2);
});

test('a batch whose answer was never heard is told again and counts once, also by two at once', async () => {
  const facts = Array.from({ length: 200 }, (_, n) =>
    anOrder({ externalId: `cut ${n}`, email: `p${n % 9}@cut.example` }),
  );
  const body = JSON.stringify({ source: 'cut', facts });
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
  for (const after of [1, 5, 15, 40]) {
    const signal = AbortSignal.timeout(after);
    await shop.fetch('/facts/batch', { ...init, signal }).catch(() => {});
  }
  await app.settle();
  // That a caller left before they had their answer is written down, and nothing else.
  expect(app.errors.splice(0).filter((line) => !line.includes('Premature close'))).toEqual([]);
  const [first, second] = await Promise.all([shop.fetch('/facts/batch', init), shop.fetch('/facts/batch', init)]);
  expect([first.status, second.status]).toEqual([200, 200]);
  expect(await rows("source_no = (select source_no from facts.source where ref = 'cut')")).toBe(200);
  const [volume] = await app.query<{ kept: number }>(
    "select sum(kept)::int as kept from facts.volume where source_no = (select source_no from facts.source where ref = 'cut')",
  );
  expect(volume!.kept).toBe(200);
});

test('each line is answered by itself, with what to change, in the caller’s language', async () => {
  const lines: [unknown, string][] = [
    [anOrder({ email: 'x@client.example', at: daysAgo(-1) }), 'in_future'],
    [anOrder({ email: 'x@client.example', at: daysAgo(61 * 31) }), 'too_old'],
    [anOrder({ email: 'x@client.example', at: '2026-02-31T00:00:00Z' }), 'bad_time'],
    [anOrder({ email: 'x@client.example', at: '2026-01-01T00:00:00' }), 'bad_time'],
    [anOrder({ email: 'x@client.example', kind: 'nothing' }), 'unknown_kind'],
    [anOrder({ email: 'x@client.example', props: { colour: 'red' } }), 'unknown_field'],
    [anOrder({ email: 'x@client.example', props: { items: 'two' } }), 'wrong_type'],
    [anOrder({ email: 'x@client.example', props: { items: { deep: 1 } } }), 'wrong_type'],
    [anOrder({ email: 'x@client.example', props: { product: 'x'.repeat(501) } }), 'too_large'],
    [anOrder({ email: 'x@client.example', amount: { value: 1e300, currency: 'EUR' } }), 'bad_amount'],
    [anOrder({ email: 'x@client.example', amount: { value: 1, currency: 'euro' } }), 'bad_amount'],
    [anOrder({ email: 'x@client.example', externalId: 'a\u0000b' }), 'no_id'],
    [anOrder({}), 'no_subject'],
    [anOrder({ email: 'x@client.example', phone: '0612345678' }), 'several_subjects'],
    [anOrder({ email: 'nonsense' }), 'bad_subject'],
    [anOrder({ cardId: 'no id' }), 'bad_subject'],
    [anOrder({ email: 'x@client.example', more: 1 }), 'unknown_field'],
    ['no object', 'malformed'],
    [null, 'malformed'],
    [[[[]]], 'malformed'],
  ];
  const good = anOrder({ email: 'x@client.example' });
  const before = await rows();
  expect(await tell(shop, ...lines.map(([line]) => line), good, good)).toEqual([
    ...lines.map(([, code]) => code),
    'kept',
    'duplicate',
  ]);
  expect(await rows()).toBe(before + 1);
  const { items, refused } = await shop.call(
    contracts.recordFacts,
    { facts: [good, lines[5]![0]], answers: 'refused' },
    { headers: { 'accept-language': 'fr' } },
  );
  expect(refused).toBe(1);
  expect(items).toMatchObject([{ no: 1, code: 'unknown_field', field: 'props.colour' }]);
  expect(items[0]!.message).toContain('n’a pas de champ');
});

test('hostile JSON is refused, and nothing of it is kept', async () => {
  const send = (body: string, headers: Record<string, string> = {}) =>
    shop.fetch('/facts/batch', { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });
  const before = await rows();
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  expect((await send(`{"facts":[${deep}]}`)).status).toBe(200);
  expect((await send('{"facts":[{"__proto__":{"kind":"order"}}]}')).status).toBe(400);
  expect((await send('{"facts":[{"constructor":{"prototype":{"kind":"order"}}}]}')).status).toBe(400);
  expect((await send('{"facts":[1e999]}')).status).toBe(200);
  expect((await send(`{"facts":[${'{},'.repeat(1000)}{}]}`)).status).toBe(400);
  expect((await send('{"facts":[]}')).status).toBe(400);
  expect((await send(`{"facts":["${'x'.repeat(2 ** 20)}"]}`)).status).toBe(413);
  expect(await rows()).toBe(before);
});

test('what tracking tells is kept of who agreed alone: not before they did, nor against their objection', async () => {
  const open = (externalId: string, said: object) => ({
    externalId,
    kind: 'open',
    at: daysAgo(1),
    email: 'zoe@client.example',
    ...said,
  });
  expect(await tell(shop, open('o1', {}))).toEqual(['no_consent']);
  expect(await tell(shop, open('o2', { consent: true }))).toEqual(['kept']);
  const point = '(select subject_id from facts.fact where kind_no = 6 limit 1)';
  const say = (consent: string, since: string, purposes: string | null) =>
    app.query(
      `insert into cards.contact_point (workspace_id, contact_point_id, channel, consent, consent_since, consent_purposes)
       select workspace_id, ${point}, 'email', $1, $2, $3 from identity.workspace
       on conflict on constraint contact_point_pk do update set consent = $1, consent_since = $2, consent_purposes = $3`,
      [consent, since, purposes],
    );
  await say('given', daysAgo(10), null);
  expect(await tell(shop, open('o3', {}))).toEqual(['kept']);
  // They agreed to the newsletter, not to being followed; and only last week.
  await say('given', daysAgo(10), '{newsletter}');
  expect(await tell(shop, open('o4', {}))).toEqual(['no_consent']);
  await say('given', daysAgo(0.5), null);
  expect(await tell(shop, open('o5', {}))).toEqual(['no_consent']);
  await say('objected', daysAgo(0.4), null);
  expect(await tell(shop, open('o6', { consent: true }))).toEqual(['no_consent']);
  // An order is no tracking.
  expect(await tell(shop, anOrder({ email: 'zoe@client.example' }))).toEqual(['kept']);
});

test('a kind may count what it may not keep: nothing says whom that is of', async () => {
  const { items } = await alice.call(contracts.listKinds, {});
  const click = items.find(({ key }) => key === 'click')!;
  await alice.call(contracts.updateKind, { kindId: click.id, withoutConsent: 'count' });
  const before = await rows();
  expect(await tell(shop, { externalId: 'c1', kind: 'click', at: daysAgo(1), email: 'nobody@client.example' })).toEqual(
    ['counted'],
  );
  expect(await rows()).toBe(before);
  const [volume] = await app.query<{ counted: number }>('select counted from facts.volume where kind_no = 7');
  expect(volume!.counted).toBe(1);
});

test('a member who does not address contacts for the company tells nothing in its name', async () => {
  const key = await openProgram(app, bob);
  expect(await codeOf(key.call(contracts.recordFacts, { facts: [anOrder({ email: 'lea@client.example' })] }))).toBe(
    'forbidden',
  );
  const reader = await openProgram(app, alice, ['contacts:read']);
  expect(await codeOf(reader.call(contracts.recordFacts, { facts: [anOrder({ email: 'lea@client.example' })] }))).toBe(
    'forbidden',
  );
});

test('facts of a card are told by who sees it alone', async () => {
  const hidden = await addContact(bob, { name: 'Max Hidden', email: 'max@client.example' });
  expect(await tell(shop, anOrder({ cardId: hidden }), anOrder({ cardId: lea }))).toEqual(['unknown_subject', 'kept']);
});

test('an app tells of contacts that are lent to it, and learns nothing of others; their holder hears of it', async () => {
  const book = (await bob.call(delegation.createBook, { name: 'Lent' })).id;
  await addContact(bob, { name: 'Ida Lent', email: 'ida@client.example', bookId: book });
  await addContact(bob, { name: 'Uma Private', email: 'uma@client.example' });
  const program = await register(alice);
  const { client } = await authorise(app, bob, program, { bookIds: [book], acts: ['read'] });
  const said = [
    anOrder({ email: 'ida@client.example' }),
    anOrder({ email: 'uma@client.example' }),
    anOrder({ email: 'nobody@x.example' }),
  ];
  const { items } = await client.call(contracts.recordFacts, { facts: said as [unknown] });
  expect(items.map(({ code, state }) => code ?? state)).toEqual(['kept', 'unknown_subject', 'unknown_subject']);
  expect({ ...items[1], externalId: '', no: 0 }).toEqual({ ...items[2], externalId: '', no: 0 });
  // A visitor or a customer number is nothing that was lent.
  const others = [anOrder({ customer: { system: 'erp', id: '7' } }), anOrder({ visitor: 'v'.repeat(20) })];
  const more = await client.call(contracts.recordFacts, { facts: others as [unknown] });
  expect(more.items.map(({ code }) => code)).toEqual(['unknown_subject', 'unknown_subject']);
  const told = (await bob.call(home.listHappenings, {})).items;
  expect(told.map(({ kind }) => kind)).toContain('reported');
});

test('a customer number leads to a person once it is said whose it is; what stood under it moves there', async () => {
  const customer = { system: 'erp', id: '4711' };
  const old = anOrder({ customer, at: daysAgo(30) });
  expect(await tell(shop, old)).toEqual(['kept']);
  const before = (await factsOf(lea)).length;
  const is = { email: 'lea@client.example' };
  expect(await shop.call(contracts.identify, { customer, is })).toEqual({ joined: true, moved: 1 });
  expect(await shop.call(contracts.identify, { customer, is })).toEqual({ joined: true, moved: 0 });
  expect(await tell(shop, old, anOrder({ customer }))).toEqual(['unchanged', 'kept']);
  expect((await factsOf(lea)).length).toBe(before + 2);
});

test('a browser that had somebody before keeps with them what it did before; and it can be said that it was not them', async () => {
  const visitor = 'shared-device-0001';
  const visit = (externalId: string, days: number) => ({
    externalId,
    kind: 'visit',
    visitor,
    at: `${daysAgo(days).slice(0, 10)}T00:00:00Z`,
    consent: true,
    props: { page: '/' },
  });
  const noe = await addContact(alice, { name: 'Noe Second', email: 'noe2@client.example' });
  const visits = async (personId: string) =>
    (await historyOf(alice, personId)).filter(({ kind }) => kind.key === 'visit');
  expect(await tell(shop, visit('v1', 5), visit('v2', 4))).toEqual(['kept', 'kept']);
  expect(await shop.call(contracts.identify, { visitor, is: { email: 'lea@client.example' } })).toEqual({
    joined: true,
    moved: 2,
  });
  expect(await visits(lea)).toHaveLength(2);
  await shop.call(contracts.identify, { visitor, is: { email: 'noe2@client.example' } });
  const now = { ...visit('v3', 0), at: new Date().toISOString() };
  // What comes late stays with whom it was of; told again it is the same.
  expect(await tell(shop, now, visit('v4', 3), visit('v1', 5))).toEqual(['kept', 'kept', 'unchanged']);
  expect([(await visits(lea)).length, (await visits(noe)).length]).toEqual([3, 1]);
  const [seen] = await visits(lea);
  expect(seen!.recognised).toBe(true);
  expect(await codeOf(bob.call(contracts.detach, { personId: lea, factId: seen!.id }))).toBe('forbidden');
  expect(await alice.call(contracts.detach, { personId: lea, factId: seen!.id })).toEqual({ moved: 3 });
  expect([(await visits(lea)).length, (await visits(noe)).length]).toEqual([0, 1]);
});

test('who sees facts of a kind is said for each kind, and only on contacts that they see', async () => {
  const book = (await alice.call(delegation.createBook, { name: 'Shared' })).id;
  const shared = await addContact(alice, { name: 'Kim Shared', email: 'kim@client.example', bookId: book });
  await alice.call(delegation.createGrant, {
    bookId: book,
    grantee: { kind: 'workspace' },
    acts: ['read'],
    except: ['emails'],
  });
  await tell(shop, anOrder({ email: 'kim@client.example' }), anOrder({ cardId: shared }));
  expect(await historyOf(alice, shared)).toHaveLength(2);
  // The address is not lent to Bob: what is told of it is not his to see; what is told of the card is.
  expect(await historyOf(bob, shared)).toHaveLength(1);
  expect(await codeOf(historyOf(bob, lea))).toBe('not_found');
  const { items } = await alice.call(contracts.listKinds, {});
  const order = items.find(({ key }) => key === 'order')!;
  await alice.call(contracts.updateKind, { kindId: order.id, access: [{ kind: 'member', id: alice.me.memberId }] });
  expect(await historyOf(bob, shared)).toEqual([]);
  expect((await bob.call(contracts.summarisePerson, { personId: shared })).items).toEqual([]);
  expect((await bob.call(contracts.listKinds, {})).items.find(({ key }) => key === 'order')!.visible).toBe(false);
  expect(await historyOf(alice, shared)).toHaveLength(2);
  await alice.call(contracts.updateKind, { kindId: order.id, access: [{ kind: 'workspace' }] });
  expect(await historyOf(bob, shared)).toHaveLength(1);
});

test('a company adds kinds of its own; their key stays, and an ended one takes nothing any more', async () => {
  const said = {
    ...{
      key: 'tasting',
      name: 'Dégustation',
      purpose: 'Inviter aux suivantes',
      basis: 'legitimate_interest' as const,
      keepMonths: 24,
    },
    ...{
      asksConsent: false,
      fields: [
        { key: 'wine', type: 'choice' as const, choices: ['red', 'white'] },
        { key: 'on', type: 'date' as const },
      ],
    },
  };
  expect(await codeOf(bob.call(contracts.addKind, said))).toBe('forbidden');
  const made = await alice.call(contracts.addKind, said);
  expect(made).toMatchObject({ key: 'tasting', builtin: false, visible: true, ended: false });
  expect(await codeOf(alice.call(contracts.addKind, said))).toBe('conflict');
  const fact = (wine: string, on = '2026-01-31') => ({
    externalId: `w ${wine} ${on}`,
    kind: 'tasting',
    at: daysAgo(1),
    email: 'lea@client.example',
    props: { wine, on },
  });
  expect(await tell(shop, fact('red'), fact('blue'), fact('white', '2026-02-31'))).toEqual([
    'kept',
    'wrong_type',
    'wrong_type',
  ]);
  await alice.call(contracts.updateKind, { kindId: made.id, ended: true });
  expect(await tell(shop, fact('white'))).toEqual(['ended_kind']);
  expect((await historyOf(alice, lea)).some(({ kind }) => kind.name === 'Dégustation')).toBe(true);
  expect(await codeOf(alice.call(contracts.updateKind, { kindId: made.id, access: [{ kind: 'team', id: lea }] }))).toBe(
    'invalid_input',
  );
});

test('whoever follows what changes is told of whom something was, once each, and of nobody where nothing is new', async () => {
  const [workspace] = await app.query<{ id: string }>('select workspace_id as id from identity.workspace');
  const [ben, eva] = [newId(), newId()];
  const facts = [ben, ben, eva].map((subjectId, no) => ({
    externalId: `told ${no}`,
    kind: 'ticket',
    at: new Date('2026-03-04'),
    subjectId,
  }));
  const told = async (...lines: ToldFact[]) => {
    const kept: number[] = [];
    const work = app.app.db.asSystem('keeper', async (tx) => {
      await recordFacts(app.app, tx, workspace!.id, 'forms', lines);
      const { rows: found } = await sql<{
        ids: string[];
      }>`select subject_ids as ids from kernel.stirred where workspace_id = ${workspace!.id}`.execute(tx);
      kept.push(...found.map(({ ids }) => ids.length));
    });
    await work;
    return kept;
  };
  expect(await told(...facts)).toEqual([2]);
  await app.settle();
  expect(await told(...facts)).toEqual([]);
});

test('all facts of a person are deleted for good when an admin says so, with their browsers and numbers', async () => {
  const ann = await addContact(alice, { name: 'Ann Gone', email: 'ann@client.example' });
  const customer = { system: 'erp', id: 'ann' };
  await tell(shop, anOrder({ email: 'ann@client.example' }), anOrder({ customer }), anOrder({ cardId: ann }));
  await shop.call(contracts.identify, { customer, is: { email: 'ann@client.example' } });
  expect(await historyOf(alice, ann)).toHaveLength(3);
  expect(await codeOf(bob.call(contracts.forgetPerson, { personId: ann }))).toBe('forbidden');
  expect(await alice.call(contracts.forgetPerson, { personId: ann })).toEqual({ deleted: 3 });
  expect(await historyOf(alice, ann)).toEqual([]);
  // Nobody knows any more whose that number was.
  await tell(shop, anOrder({ customer }));
  expect(await historyOf(alice, ann)).toEqual([]);
});

test('the audit says who changed what is kept, without whom it is of', async () => {
  const { items } = await alice.call(identity.listAudit, {});
  expect(items.map(({ code }) => code)).toEqual(
    expect.arrayContaining(['facts.kind', 'facts.detached', 'facts.forgotten']),
  );
});

test('facts of a card go with it when it is purged', async () => {
  const gone = await addContact(alice, { name: 'Old Card' });
  await tell(shop, anOrder({ cardId: gone }));
  expect(await rows(`subject_id = '${gone}'`)).toBe(1);
  await alice.fetch(`/cards/${gone}`, { method: 'DELETE' });
  await app.query("update cards.card set purge_at = now() - interval '1 day' where purge_at is not null");
  await purgeNow(app);
  expect(await rows(`subject_id = '${gone}'`)).toBe(0);
});
