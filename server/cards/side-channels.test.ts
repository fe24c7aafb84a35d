import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as delegation from '../delegation/contract.ts';
import { lend } from '../delegation/testing.ts';
import type { Tx } from '../kernel/database.ts';
import { sha256 } from '../kernel/ids.ts';
import { type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as matching from '../matching/contract.ts';
import { importFile } from '../sources/testing.ts';
import * as contracts from './contract.ts';
import * as queries from './queries.ts';

// What somebody may not see is not to be told by how long or how much: neither rows read nor numbers may differ from those of what is not there.

let app: TestApp;
let alice: Member;
let bob: Member;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Stone');
  const cards = Array.from({ length: 150 }, (_, n) => ({
    fields: [
      { kind: 'name' as const, value: { given: `Hidden${n}`, family: 'Zephyrinus' } },
      { kind: 'email' as const, value: { value: `h${n}@zephyrinus.example`, type: 'work' as const } },
    ],
  }));
  await alice.call(contracts.createCards, { cards });
  // Beside few rows of one's own the index of words would not be asked.
  const lines = Array.from(
    { length: 2000 },
    (_, n) => `Seen${n},${sha256(String(n)).toString('hex').replaceAll(/\d/g, '')}`,
  );
  await importFile(app, bob, 'own.csv', `First Name,Last Name\n${lines.join('\n')}\n`);
  await app.query('analyze cards.entry');
});
afterAll(async () => {
  expect(app.errors).toEqual([]);
  await app.close();
});

/** How many rows of the list's index a search reads, as Bob. */
async function rowsRead(q: string): Promise<number> {
  const actor = { workspaceId: bob.me.workspace.id, memberId: bob.me.memberId };
  const count = async (tx: Tx) =>
    (
      await sql<{ n: number }>`select (pg_stat_get_xact_tuples_fetched('cards.entry'::regclass)
        + pg_stat_get_xact_tuples_returned('cards.entry'::regclass))::int as n`.execute(tx)
    ).rows[0]!.n;
  return app.app.db.asActor(actor, async (tx) => {
    // So few rows would be read one after another; of a million they are found by the index.
    await sql`set local enable_seqscan = off`.execute(tx);
    await sql`set local enable_indexscan = off`.execute(tx);
    const before = await count(tx);
    expect(await queries.findEntries(tx, actor, { q }, 'name', null, 50)).toEqual([]);
    return (await count(tx)) - before;
  });
}

test('a search reads as many rows for a word that only others have as for one that nobody has', async () => {
  const [absent, hidden] = [await rowsRead('qwertzuiop'), await rowsRead('zephyrinus')];
  expect(hidden).toBe(absent);
});

test('numbers and proposals are the same beside somebody hidden as beside nobody', async () => {
  const answers = async () => [
    (await bob.call(contracts.getFacets, {})).total,
    (await bob.call(matching.listProposals, {})).items.length,
    await bob.call(matching.getHealth, {}),
  ];
  const added = async (given: string, family: string, email: string) => {
    const fields = [
      { kind: 'name' as const, value: { given, family } },
      { kind: 'email' as const, value: { value: email, type: 'work' as const } },
    ];
    const { id } = await bob.call(contracts.createCard, { fields });
    await app.settle();
    const told = await answers();
    await bob.call(contracts.removeCard, { cardId: id });
    await app.settle();
    return told;
  };
  const beside = await added('Hidden7', 'Zephyrinus', 'h7@zephyrinus.example');
  expect(beside).toEqual(await added('Nobody', 'Qwertzuiop', 'n@qwertzuiop.example'));
  // Lent, it is told.
  const main = (await alice.call(delegation.listBooks, {})).items.find(({ mine }) => mine)!;
  await lend(alice, main.id, { grantee: { kind: 'workspace' }, acts: ['read'] });
  await app.settle();
  expect(await added('Hidden7', 'Zephyrinus', 'h7@zephyrinus.example')).not.toEqual(beside);
  await lend(alice, main.id);
});

test('what is told of two cards of one’s own says nothing of who else has their name or address', async () => {
  // Duplicates enough for the machine to learn how much a rare value says.
  const letters = 'abcdefghijklmnopqrstuvwxyz';
  const word = (n: number) => `K${[n, n * 7 + 3, n * 11 + 5, n >> 4].map((one) => letters[one % 26]).join('')}el`;
  const cards = Array.from({ length: 450 }, (_, n) => ({
    fields: [
      { kind: 'name' as const, value: { given: word(n % 300), family: word((n % 300) + 500) } },
      { kind: 'email' as const, value: { value: `d${n % 300}@duplicate${n % 300}.example`, type: 'work' as const } },
    ],
  }));
  await alice.call(contracts.createCards, { cards });
  const pairs: string[] = [];
  for (const [family, email] of [
    ['Zephyrinus', 'h7@zephyrinus.example'],
    ['Asdfghjkl', 'n@qwertzuiop.example'],
  ] as const) {
    const fields = [
      { kind: 'name' as const, value: { given: `Jane${family.at(0)}`, family } },
      { kind: 'email' as const, value: { value: email, type: 'work' as const } },
    ];
    const { items } = await bob.call(contracts.createCards, { cards: [{ fields }, { fields }] });
    pairs.push(
      items
        .map(({ id }) => id)
        .sort()
        .join('.'),
    );
  }
  await app.settle();
  await alice.call(matching.startFullRun, {});
  await app.settle();
  const told = [];
  for (const pair of pairs) {
    const { probability, reasons } = await bob.call(matching.explainPair, { pair });
    expect(reasons.map(({ feature }) => feature)).toEqual(['given', 'family', 'email']);
    told.push({ probability, reasons });
  }
  expect(told[0]).toEqual(told[1]);
});

test('what has details to verify is the person meant, not another whom a hidden card joins to it', async () => {
  const eve = await app.invite(alice, 'Eve Long');
  // Of two persons with one name the machine keeps the second apart, until somebody else knows both addresses as one person's.
  const file = 'Name,E-mail,Phone\nQuentin Yarrow,quentin@one.example,12\n';
  await importFile(app, eve, 'one.csv', file);
  const typed = await eve.call(contracts.createCard, {
    fields: [
      { kind: 'name', value: { given: 'Q.', family: 'Y.' } },
      { kind: 'email', value: { value: 'quentin@two.example' } },
    ],
  });
  await app.settle();
  const toVerify = async () =>
    (await eve.call(contracts.listPeople, { toVerify: 'yes' })).items.map(({ name }) => name);
  expect(await toVerify()).toEqual(['Quentin Yarrow']);
  const { id: hidden } = await alice.call(contracts.createCard, {
    fields: [
      { kind: 'name', value: { given: 'Quentin', family: 'Yarrow' } },
      { kind: 'email', value: { value: 'quentin@one.example' } },
      { kind: 'email', value: { value: 'quentin@two.example' } },
    ],
  });
  await app.settle();
  const [{ clusters }] = (await app.query<{ clusters: number }>(
    `select count(distinct cluster_id)::int as clusters from cards.card where card_id = any($1) or (select array_agg(f.card_id)
       from cards.card_field f where f.value->>'value' = 'quentin@one.example') @> array[card_id]`,
    [[hidden, typed.id]],
  )) as [{ clusters: number }];
  expect(clusters, 'the hidden card joins both').toBe(1);
  expect(await toVerify()).toEqual(['Quentin Yarrow']);
  expect((await eve.call(contracts.listPeople, { q: 'quentin' })).items).toHaveLength(2);
  expect((await eve.call(contracts.getFacets, {})).total.count).toBe(2);
});

test('a number that is not lent joins nothing and parts nothing for whom it is not lent: nobody finds it out by trying', async () => {
  const nadia = await app.invite(alice, 'Nadia Lend');
  const [right, wrong] = [await app.invite(alice, 'Karim Guess'), await app.invite(alice, 'Kara Guess')];
  const contact = (given: string, family: string, mobile: string, email?: string) => [
    { kind: 'name' as const, value: { given, family } },
    { kind: 'organization' as const, value: { name: 'Boulangerie Vasseur' } },
    { kind: 'phone' as const, value: { raw: mobile } },
    ...(email ? [{ kind: 'email' as const, value: { value: email, type: 'work' as const } }] : []),
  ];
  const number = (last: number) => `+33 6 39 98 00 ${last}`;
  const contacts = [
    ['Ugo', 'Quellenbrock', 'Quelenbrok'],
    ['Ilse', 'Dornewald', 'Dornevald'],
    ['Wim', 'Ostrander', 'Ostrander', 'wim@vasseur.example'],
    ['Aga', 'Ostrovska', 'Ostrovska', 'aga@vasseur.example'],
    ['Odon', 'Perrichon', 'Lavoisier'],
  ] as const;
  const cardsOf = (family: 1 | 2, last: number) => ({
    cards: contacts.map((one, at) => ({ fields: contact(one[0], one[family], number(last + at), one[3]) })),
  });
  await nadia.call(contracts.createCards, cardsOf(1, 11));
  const main = (await nadia.call(delegation.listBooks, {})).items.find(({ mine }) => mine)!;
  const to = (member: Member) => ({
    grantee: { kind: 'member' as const, memberId: member.me.memberId },
    acts: ['read' as const],
  });
  const except = ['privateNumbers' as const];
  await lend(nadia, main.id, { ...to(right), except }, { ...to(wrong), except });
  await right.call(contracts.createCards, cardsOf(2, 11));
  await wrong.call(contracts.createCards, cardsOf(2, 81));
  await app.settle();
  const seen = async (member: Member) => {
    const lists = await Promise.all(contacts.map(([q]) => member.call(contracts.listPeople, { q: q.toLowerCase() })));
    const { items } = await member.call(matching.listProposals, {});
    return {
      persons: lists.map((list) => list.items.map((person) => person.cards).join()),
      asked: items.map(({ left, right: other, probability }) => [left.name, other.name, probability].join(' ')).sort(),
    };
  };
  const guessed = await seen(right);
  expect(guessed).toEqual(await seen(wrong));
  expect(guessed.persons.slice(2)).toEqual(['2', '2', '1,1']);
  expect(guessed.asked).not.toEqual([]);
  // With its numbers lent, the right one joins.
  await lend(nadia, main.id, to(right));
  await app.settle();
  expect((await seen(right)).persons[0]).toBe('2');
  expect(await seen(right)).not.toEqual(guessed);
});

test('details to verify of a contact do not lead to another whom a number that is not lent joins to it', async () => {
  const lender = await app.invite(alice, 'Lena Lend');
  const guesser = await app.invite(alice, 'Gus Guess');
  await lender.call(contracts.createCard, {
    fields: [
      { kind: 'name', value: { given: 'Tove', family: 'Abernatty' } },
      { kind: 'organization', value: { name: 'Fjordhavn' } },
      { kind: 'phone', value: { raw: '+33 6 39 98 01 21' } },
    ],
  });
  const main = (await lender.call(delegation.listBooks, {})).items.find(({ mine }) => mine)!;
  const terms = { grantee: { kind: 'member' as const, memberId: guesser.me.memberId }, acts: ['read' as const] };
  await lend(lender, main.id, { ...terms, except: ['privateNumbers'] });
  const file = 'First Name,Last Name,Company,Mobile Phone,Business Phone\nTove,Abernathy,Fjordhavn,+33639980121,12\n';
  await importFile(app, guesser, 'guess.csv', file);
  await app.settle();
  const joined = await app.query('select from cards.link where shown is not null and $1 = any(evidence)', ['phone']);
  expect(joined.length, 'they are one for whoever reads the number').toBeGreaterThan(0);
  const { items } = await guesser.call(contracts.listPeople, { toVerify: 'yes' });
  expect(items.map(({ name }) => name)).toEqual(['Tove Abernathy']);
});
