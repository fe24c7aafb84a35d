import { afterAll, beforeAll, expect, test } from 'vitest';
import { addContact } from '../cards/testing.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as contracts from './imports-contract.ts';
import { guessTargets, readNumber, readTime } from './reading.ts';
import { anOrder, daysAgo, historyOf, openProgram, tell } from './testing.ts';

let app: TestApp;
let alice: Member;
let lea: string;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  lea = await addContact(alice, { name: 'Lea Moreau', email: 'lea@client.example' });
});
afterAll(async () => {
  expect(app.errors).toEqual([]);
  await app.close();
});

const put = (text: string, fileName = 'ventes.csv', by = alice) =>
  by.json<{ id: string }>(`/fact-imports?fileName=${encodeURIComponent(fileName)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: text,
  });
const day = (ago: number) => {
  const [year, month, date] = daysAgo(ago).slice(0, 10).split('-');
  return `${date}/${month}/${year}`;
};
const file = () => `Numéro de commande;Date;E-mail;Montant;Items
C1;${day(3)} 14:05;lea@client.example;1 234,56 €;2
C2;${day(2)};lea@client.example;12,50;1
C3;hier;lea@client.example;1;1

C4;${day(1)};;1;1
C5;${day(1)};noe@client.example;"1.000,00";x
`;

test('a file is understood before anything is brought in, with the lines that would not be taken', async () => {
  const { id } = await put(file());
  const read = await alice.call(contracts.previewImport, { importId: id });
  expect(read.columns.map(({ target }) => target)).toEqual(['externalId', 'at', 'email', 'amount', 'prop:items']);
  expect([read.lines, read.good, read.problemCount]).toEqual([5, 2, 3]);
  expect(read.problems.map(({ line, code }) => [line, code])).toEqual([
    [4, 'bad_time'],
    [6, 'no_subject'],
    [7, 'wrong_type'],
  ]);
  expect(read.samples[0]).toMatchObject({
    externalId: 'C1',
    amount: { value: '1234.56', currency: 'EUR' },
    props: { items: 2 },
  });
  expect(await historyOf(alice, lea)).toEqual([]);
});

test('it is brought in by a job, again it changes nothing, and can be undone', async () => {
  const run = async () => {
    const { id } = await put(file());
    await alice.call(contracts.runImport, { importId: id, system: 'shop' });
    await app.settle();
    return (await alice.call(contracts.listImports, {})).items.find((one) => one.id === id)!;
  };
  const first = await run();
  expect(first).toMatchObject({ state: 'done', report: { kept: 2, changed: 0, unchanged: 0, refused: 3 } });
  expect((await historyOf(alice, lea)).map(({ amount, source }) => [amount!.value, source.name])).toEqual([
    ['12.50', 'shop'],
    ['1234.56', 'shop'],
  ]);
  expect((await run()).report).toEqual({ kept: 0, changed: 0, unchanged: 2, refused: 3 });
  const undone = await alice.call(contracts.undoImport, { importId: first.id });
  expect([undone.state, undone.undoableUntil]).toEqual(['undone', null]);
  expect(await historyOf(alice, lea)).toEqual([]);
  expect(await codeOf(alice.call(contracts.undoImport, { importId: first.id }))).toBe('not_undoable');
  expect(await app.query('select from facts.import_part')).toEqual(
    await app.query(
      "select from facts.import_part p join facts.import i using (workspace_id, import_id) where i.state = 'ready'",
    ),
  );
});

test('undoing takes out what the file brought, and nothing that stood here', async () => {
  const shop = await openProgram(app, alice);
  await tell(shop, anOrder({ email: 'lea@client.example', at: daysAgo(9) }));
  const { id } = await put(`id;date;email;total\nX1;${day(1)};lea@client.example;5\n`);
  await alice.call(contracts.runImport, { importId: id });
  await app.settle();
  expect(await historyOf(alice, lea)).toHaveLength(2);
  await alice.call(contracts.undoImport, { importId: id });
  expect(await historyOf(alice, lea)).toHaveLength(1);
});

test('an interrupted import goes on behind what it brought, and nothing counts twice', async () => {
  const lines = Array.from({ length: 2500 }, (_, n) => `L${n};${day(1)};p${n % 50}@client.example;1`);
  const { id } = await put(`id;date;email;total\n${lines.join('\n')}\n`);
  // As if it had been cut off behind its first batch, of which the last word was not heard.
  await alice.call(contracts.runImport, { importId: id, system: 'cut' });
  await app.settle();
  const [workspace] = await app.query<{ id: string }>('select workspace_id as id from identity.workspace');
  await app.query("update facts.import set state = 'queued', done_lines = 1001 where import_id = $1", [id]);
  const parts = `id;date;email;total\n${lines.join('\n')}\n`;
  await app.query('insert into facts.import_part (workspace_id, import_id, no, data) values ($1, $2, 0, $3)', [
    workspace!.id,
    id,
    Buffer.from(parts),
  ]);
  const task = app.tasks.find(({ name }) => name === 'facts.import')!;
  await task.run({ importId: id }, { app: app.app, workspaceId: workspace!.id, signal: new AbortController().signal });
  const [count] = await app.query<{ n: number }>(
    "select count(*)::int as n from facts.fact f join facts.source s using (workspace_id, source_no) where s.ref = 'cut'",
  );
  expect(count!.n).toBe(2500);
});

test('what is no table, or is for who addresses nobody, is refused', async () => {
  const { id } = await put('', 'empty.csv');
  expect(await codeOf(alice.call(contracts.previewImport, { importId: id }))).toBe('unreadable_file');
  const { id: picture } = await put('\u0089PNG\r\n\u001a\n', 'a.png');
  expect(await codeOf(alice.call(contracts.runImport, { importId: picture }))).toBe('invalid_input');
  const bob = await app.invite(alice, 'Bob Colleague');
  expect(await codeOf(put('id\n1', 'a.csv', bob))).toBe('forbidden');
  const { id: sound } = await put(`id;date;email\n1;${day(1)};lea@client.example`);
  expect(await codeOf(alice.call(contracts.previewImport, { importId: sound, zone: 'Nowhere/Land' }))).toBe(
    'invalid_input',
  );
});

test('times are read as people and programs write them, in their zone', () => {
  const paris = { dayFirst: true, zone: 'Europe/Paris' };
  const table: [string, string][] = [
    ['2026-01-31T14:05:00Z', '2026-01-31T14:05:00Z'],
    ['2026-01-31 14:05', '2026-01-31T13:05:00.000Z'],
    ['31/07/2026 14:05:30', '2026-07-31T12:05:30.000Z'],
    ['31/07/2026 à 14h05', '2026-07-31T12:05:00.000Z'],
    ['07/31/2026', '2026-07-31T10:00:00.000Z'],
    ['3 mars 2026', '2026-03-03T11:00:00.000Z'],
    ['31/02/2026', '31/02/2026'],
    ['yesterday', 'yesterday'],
  ];
  for (const [text, due] of table) expect(readTime(text, paris)).toBe(due);
});

test('numbers are read as the French and the English write them', () => {
  const table: [string, string][] = [
    ['1 234,56 €', '1234.56'],
    ['1,234.56', '1234.56'],
    ['1.234,56', '1234.56'],
    ['1,234', '1234'],
    ['12,5', '12.5'],
    ['(12.50)', '-12.50'],
    ['-3', '-3'],
    ['twelve', 'twelve'],
  ];
  for (const [text, due] of table) expect(readNumber(text)).toBe(due);
});

test('columns are known by their names, each once', () => {
  expect(guessTargets(['Order ID', 'Created at', 'Customer email', 'Total', 'E-mail', 'Colour'], undefined)).toEqual([
    'externalId',
    'at',
    'email',
    'amount',
    '',
    '',
  ]);
});

test.each([
  'N° commande',
  'Nº de commande',
  'Numéro de la commande',
  'Order number',
  'Order id',
  'Order_ID',
  'Ticket no',
  'Réf. facture',
])('%s is the id', (header) => {
  expect(guessTargets([header, 'Email'], undefined)).toEqual(['externalId', 'email']);
});

test('a column that is called as a field of the kind is that field: by key, by name, in either language', () => {
  const text = { type: 'text', choices: [] } as const;
  const fields: [string, { type: 'text'; choices: []; name?: string }][] = [
    ['number', { ...text, choices: [] }],
    ['product', { ...text, choices: [] }],
    ['shop_no', { ...text, choices: [], name: 'Magasin d’achat' }],
  ];
  const kind = { fields: new Map(fields) } as unknown as Parameters<typeof guessTargets>[1];
  expect(guessTargets(['N° commande', 'Numéro', 'Produit', 'Magasin d’achat', 'Teinte'], kind)).toEqual([
    ...['externalId', 'prop:number', 'prop:product', 'prop:shop_no', ''],
  ]);
  expect(guessTargets(['Order id', 'Number', 'Product', 'Shop no'], kind)).toEqual([
    ...['externalId', 'prop:number', 'prop:product', 'prop:shop_no'],
  ]);
});
