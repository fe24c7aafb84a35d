import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import * as delegation from '../delegation/contract.ts';
import { codeOf, type Member, openTestApp, ProblemAnswer, type TestApp } from '../kernel/testing.ts';
import * as sources from '../sources/contract.ts';
import * as contracts from './contract.ts';
import { onLoopback, sync } from './testing.ts';

const folder = mkdtempSync(join(tmpdir(), 'entregent-watched-'));
let app: TestApp;
let alice: Member;
let bob: Member;
let server: Server;
let url: string;
/** What the ERP exports, and in which state. */
let exported = {
  csv: 'First Name,Last Name,E-mail\nAnne,Aubry,anne@aubry.example\nBruno,Blanc,bruno@blanc.example\n',
  etag: '"1"',
};
let given = 0;

beforeAll(async () => {
  app = await openTestApp([...onLoopback, '--watched-folder', folder]);
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Stone');
  server = createServer((request, answer) => {
    if (request.headers.authorization !== `Basic ${Buffer.from('erp:secret').toString('base64')}`)
      return void answer.writeHead(401).end();
    if (request.headers['if-none-match'] === exported.etag) return void answer.writeHead(304).end();
    given++;
    answer.writeHead(200, { 'content-type': 'text/csv', etag: exported.etag }).end(exported.csv);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/export/clients.csv`;
});
afterAll(async () => {
  server.close();
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => expect(app.errors.splice(0)).toEqual([]));

const namesIn = async (bookId: string) =>
  (await alice.call(cards.listPeople, { bookId, limit: 200 })).items.map(({ name }) => name).sort();
const newBook = async (name: string) => (await alice.call(delegation.createBook, { name })).id;
const atAddress = (password = 'secret') => ({
  kind: 'file_at_address',
  settings: { url, username: 'erp' },
  secret: { password },
});
const inFolder = { kind: 'file_in_folder', settings: {}, secret: {} };
const problemOf = (call: Promise<unknown>) =>
  call.then(
    () => 'none',
    (error) => (error instanceof ProblemAnswer ? error.problem.fields?.problem : String(error)),
  );

test('an export at an address is imported, and again when it has changed', async () => {
  expect(await problemOf(alice.call(contracts.listPlaces, atAddress('wrong')))).toBe('refused');
  const bookId = await newBook('ERP');
  const place = (await alice.call(contracts.listPlaces, atAddress())).items[0]!;
  expect(place).toEqual({ id: url, name: 'clients.csv', writable: false });
  const { id } = await alice.call(contracts.addConnection, { ...atAddress(), name: 'ERP', place: place.id, bookId });
  await app.settle();
  expect(await namesIn(bookId)).toEqual(['Anne Aubry', 'Bruno Blanc']);
  const before = given;
  await sync(alice, id);
  expect(given).toBe(before);
  exported = {
    csv: exported.csv.replace('anne@', 'a.aubry@').replace(/Bruno.*\n/, 'Chloé,Caron,chloe@caron.example\n'),
    etag: '"2"',
  };
  expect(await sync(alice, id)).toMatchObject({ state: 'ok', counts: { files: 1 } });
  await app.settle();
  expect(await namesIn(bookId)).toEqual(['Anne Aubry', 'Bruno Blanc', 'Chloé Caron']);
  const [latest] = (await alice.call(sources.listImports, {})).items;
  expect(latest).toMatchObject({
    fileName: 'clients.csv',
    state: 'done',
    report: { created: 1, updated: 1, ended: 1 },
  });
  exported = { csv: '<html>Sign in</html>', etag: '"3"' };
  expect(await sync(alice, id)).toMatchObject({ problem: 'no_contacts', state: 'attention' });
  expect(await namesIn(bookId)).toHaveLength(3);
  await alice.call(contracts.endConnection, { connectionId: id, cards: 'remove' });
  await app.settle();
  expect(await namesIn(bookId)).toEqual([]);
});

test('a file in the folder that the operator has named is imported when it has been written', async () => {
  const file = join(folder, 'crm.csv');
  const write = (csv: string, secondsAgo: number) => {
    writeFileSync(file, csv);
    const at = Date.now() / 1000 - secondsAgo;
    utimesSync(file, at, at);
  };
  write('First Name,Last Name\nDenis,Dumas\n', 60);
  writeFileSync(join(folder, 'notes.pdf'), 'no contacts');
  const bookId = await newBook('CRM');
  const { items } = await alice.call(contracts.listPlaces, inFolder);
  expect(items.map(({ name }) => name)).toEqual(['crm.csv']);
  const { id } = await alice.call(contracts.addConnection, { ...inFolder, name: 'CRM', place: 'crm.csv', bookId });
  await app.settle();
  expect(await namesIn(bookId)).toEqual(['Denis Dumas']);
  write('First Name,Last Name\nDenis,Dumas\nElsa,Ev', 0);
  expect((await sync(alice, id)).counts).toEqual({});
  write('First Name,Last Name\nDenis,Dumas\nElsa,Evrard\n', 30);
  expect((await sync(alice, id)).counts).toEqual({ files: 1 });
  await app.settle();
  expect(await namesIn(bookId)).toEqual(['Denis Dumas', 'Elsa Evrard']);
  rmSync(file);
  expect(await sync(alice, id)).toMatchObject({ problem: 'place_gone' });
});

test('nothing outside that folder is read, and only admins connect it', async () => {
  writeFileSync(join(tmpdir(), 'entregent-outside.csv'), 'First Name,Last Name\nFarid,Fabre\n');
  symlinkSync(join(tmpdir(), 'entregent-outside.csv'), join(folder, 'link.csv'));
  const bookId = await newBook('Outside');
  for (const place of ['../entregent-outside.csv', 'link.csv', '/etc/passwd'])
    expect(await codeOf(alice.call(contracts.addConnection, { ...inFolder, name: 'x', place, bookId }))).toBe(
      'invalid_input',
    );
  // Even where one has come to be connected: the file was there, and was made a link since.
  writeFileSync(join(folder, 'swapped.csv'), 'First Name,Last Name\nGilles,Garnier\n');
  const { id } = await alice.call(contracts.addConnection, { ...inFolder, name: 'x', place: 'swapped.csv', bookId });
  await app.settle();
  rmSync(join(folder, 'swapped.csv'));
  symlinkSync(join(tmpdir(), 'entregent-outside.csv'), join(folder, 'swapped.csv'));
  expect(await sync(alice, id)).toMatchObject({ problem: 'place_gone' });
  rmSync(join(tmpdir(), 'entregent-outside.csv'));
  expect(await codeOf(bob.call(contracts.listPlaces, inFolder))).toBe('invalid_input');
  const kinds = async (member: Member) => (await member.call(contracts.listKinds, {})).items.map(({ kind }) => kind);
  expect(await kinds(alice)).toContain('file_in_folder');
  expect(await kinds(bob)).toContain('file_at_address');
  expect(await kinds(bob)).not.toContain('file_in_folder');
});
