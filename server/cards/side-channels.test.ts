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
  const karim = await app.invite(alice, 'Karim Guess');
  const contact = (given: string, family: string, mobile: string, email?: string) => [
    { kind: 'name' as const, value: { given, family } },
    { kind: 'organization' as const, value: { name: 'Boulangerie Vasseur' } },
    { kind: 'phone' as const, value: { raw: mobile } },
    ...(email ? [{ kind: 'email' as const, value: { value: email, type: 'work' as const } }] : []),
  ];
  const lent = [
    contact('Ugo', 'Quellenbrock', '+33 6 39 98 00 11'),
    contact('Ilse', 'Dornewald', '+33 6 39 98 00 12'),
    contact('Wim', 'Ostrander', '+33 6 39 98 00 13', 'wim@vasseur.example'),
    contact('Aga', 'Ostrovska', '+33 6 39 98 00 14', 'aga@vasseur.example'),
  ];
  await nadia.call(contracts.createCards, { cards: lent.map((fields) => ({ fields })) });
  const main = (await nadia.call(delegation.listBooks, {})).items.find(({ mine }) => mine)!;
  const terms = { grantee: { kind: 'member' as const, memberId: karim.me.memberId }, acts: ['read' as const] };
  await lend(nadia, main.id, { ...terms, except: ['privateNumbers'] });
  // Of each two, the first number is right and the other is not.
  const guesses = [
    contact('Ugo', 'Quelenbrok', '+33 6 39 98 00 11'),
    contact('Ilse', 'Dornevald', '+33 6 39 98 00 99'),
    contact('Wim', 'Ostrander', '+33 6 39 98 00 13', 'wim@vasseur.example'),
    contact('Aga', 'Ostrovska', '+33 6 39 98 00 98', 'aga@vasseur.example'),
  ];
  await karim.call(contracts.createCards, { cards: guesses.map((fields) => ({ fields })) });
  await app.settle();
  const seen = async () => {
    const lists = await Promise.all(['ugo', 'ilse', 'wim', 'aga'].map((q) => karim.call(contracts.listPeople, { q })));
    return lists.map(({ items }) => items.map((person) => person.cards).join());
  };
  const asked = async () => (await karim.call(matching.listProposals, {})).items.length;
  expect(await seen()).toEqual(['1,1', '1,1', '2', '2']);
  expect(await asked()).toBe(2);
  // With its numbers lent, the right one joins.
  await lend(nadia, main.id, terms);
  await app.settle();
  expect((await seen())[0]).toBe('2');
});
