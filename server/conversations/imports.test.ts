import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as notices from '../notices/contract.ts';
import * as channels from './channels-contract.ts';
import * as contracts from './contract.ts';
import { runImport } from './importing.ts';
import * as imports from './imports-contract.ts';
import { conversationsCrons } from './jobs.ts';
import { list, messagesOf } from './testing.ts';

let app: TestApp;
let alice: Member;
let bob: Member;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Stone');
});
afterAll(() => app.close());
afterEach(() => expect(app.errors).toEqual([]));

const octets = { 'content-type': 'application/octet-stream' };
const upload = async (member: Member, kind: string, fileName: string, text: string) => {
  const path = `${imports.importsPath}?${new URLSearchParams({ kind, fileName })}`;
  return (await member.json<{ id: string }>(path, { method: 'POST', headers: octets, body: text })).id;
};
const beside = (importId: string, role: string, text: string) =>
  alice.fetch(imports.importFilePath.replace(':importId', importId).replace(':role', role), {
    method: 'PUT',
    headers: octets,
    body: text,
  });
const run = async (importId: string, more: object) => {
  await alice.call(imports.runImport, { importId, ...more });
  await app.settle();
  return (await alice.call(imports.listImports, {})).items.find(({ id }) => id === importId)!;
};
const days = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);
const table = () =>
  [
    'Review ID,Author,Star Rating,Review Text,Date,Developer Reply Text',
    `r1,Zoé,1,"Livraison en retard, service nul, je suis furieux.",${days(40)},Désolés`,
    `r2,Max,5,,${days(3)},`,
    `r3,Ada,2,,${days(3)},`,
    `r4,Bo,,,${days(3)},`,
    `r5,Cy,nine,Fine,${days(3)},`,
  ].join('\n');

describe('reviews', () => {
  let channelId: string;

  test('are shown as they are understood before anything is brought in', async () => {
    const importId = await upload(alice, 'reviews', 'play.csv', table());
    const shown = await alice.call(imports.previewImport, { importId, source: 'google_play' });
    expect(shown).toMatchObject({ messages: 5, theirs: 4, ours: 1, people: 4, problemCount: 2 });
    expect(shown.problems).toEqual([
      { row: 5, code: 'no_content' },
      { row: 6, code: 'bad_rating' },
    ]);
    expect(shown.samples[0]).toMatchObject({ name: 'Zoé', direction: 'in', rating: { value: 1, of: 5 } });
    expect((await alice.call(imports.listImports, {})).items).toEqual([]);
    expect(await app.query('select from conversations.message')).toEqual([]);
  });

  test('come on a channel made for them; what is old waits for nobody, and stars without words are a tone', async () => {
    const importId = await upload(alice, 'reviews', 'play.csv', table());
    const done = await run(importId, { source: 'google_play', name: 'Play Store' });
    expect(done).toMatchObject({
      state: 'done',
      channel: { name: 'Play Store' },
      report: { kept: 5, known: 0, problemCount: 2 },
    });
    channelId = done.channel!.id;
    const open = await list(bob, { channelId });
    expect(open.map(({ contactName }) => contactName).sort()).toEqual(['Ada', 'Cy', 'Max']);
    const closed = await list(bob, { channelId, status: 'closed' });
    expect(closed.map(({ contactName, waitingSince }) => [contactName, waitingSince])).toEqual([['Zoé', null]]);
    expect((await messagesOf(bob, closed[0]!.id)).map(({ kind }) => kind)).toEqual(['out', 'in']);
    const tones = await app.query<{ name: string; tone: string }>(
      `select c.contact_name as name, r.tone from voices.reading r join conversations.conversation c using (workspace_id, conversation_id)
       where c.channel_id = $1 order by 1`,
      [channelId],
    );
    expect(Object.fromEntries(tones.map(({ name, tone }) => [name, tone]))).toMatchObject({
      Ada: 'negative',
      Max: 'positive',
      Zoé: 'negative',
    });
    expect(
      await app.query(
        'select from conversations.import_part p join conversations.import i using (workspace_id, import_id) where i.state = $1',
        ['done'],
      ),
    ).toEqual([]);
  });

  test('twice the same change nothing; more of them bring what is new', async () => {
    const again = await run(await upload(alice, 'reviews', 'play.csv', table()), { source: 'google_play', channelId });
    expect(again.report).toMatchObject({ kept: 0, known: 5 });
    const more = `${table()}\nr6,Eve,4,Good,${days(1)},`;
    const next = await run(await upload(alice, 'reviews', 'play.csv', more), { source: 'google_play', channelId });
    expect(next.report).toMatchObject({ kept: 1, known: 5 });
  });

  test('are taken out again for thirty days, with what was read of them; what colleagues wrote stays', async () => {
    const { items } = await alice.call(imports.listImports, {});
    const first = items.find(({ report }) => report?.kept === 5)!;
    const [max] = (await list(bob, { channelId })).filter(({ contactName }) => contactName === 'Max');
    await bob.call(contracts.addNote, { conversationId: max!.id, text: 'I know them' });
    expect((await alice.call(imports.undoImport, { importId: first.id })).state).toBe('undone');
    await app.settle();
    const left = await list(bob, { channelId, status: 'any' });
    expect(left.map(({ contactName }) => contactName).sort()).toEqual(['Eve', 'Max']);
    expect((await messagesOf(bob, max!.id)).map(({ text }) => text)).toEqual(['I know them']);
    expect(left.find(({ contactName }) => contactName === 'Max')).toMatchObject({
      ...{ excerpt: 'I know them', lastKind: 'note', waitingSince: null },
    });
    const orphans = await app.query(
      `select from voices.reading r where not exists (select from conversations.message m where m.workspace_id = r.workspace_id and m.message_id = r.message_id)`,
    );
    expect(orphans).toEqual([]);
    expect(await codeOf(alice.call(imports.undoImport, { importId: first.id }))).toBe('not_undoable');
    const back = await run(await upload(alice, 'reviews', 'play.csv', table()), { source: 'google_play', channelId });
    expect(back.report).toMatchObject({ kept: 5, known: 0 });
    await app.query(`update conversations.import set finished_at = now() - interval '31 days' where import_id = $1`, [
      back.id,
    ]);
    expect(await codeOf(alice.call(imports.undoImport, { importId: back.id }))).toBe('not_undoable');
  });
});

test('what was erased stays erased when its file is taken out and brought in again', async () => {
  const said = { source: 'google_play', name: 'Erased' };
  const first = await run(await upload(alice, 'reviews', 'erased.csv', table()), said);
  const channelId = first.channel!.id;
  const namesIn = async () => (await list(bob, { channelId, status: 'any' })).map(({ contactName }) => contactName);
  const [max] = (await list(bob, { channelId })).filter(({ contactName }) => contactName === 'Max');
  await alice.call(contracts.eraseConversation, { conversationId: max!.id });
  await alice.call(imports.undoImport, { importId: first.id });
  await app.settle();
  const again = await run(await upload(alice, 'reviews', 'erased.csv', table()), { source: 'google_play', channelId });
  expect(again.report).toMatchObject({ kept: 4, known: 1 });
  expect(await namesIn()).not.toContain('Max');
});

test('tells nobody that somebody wrote', async () => {
  const done = await run(await upload(alice, 'reviews', 'told.csv', table()), { source: 'google_play', name: 'Told' });
  const channelId = done.channel!.id;
  const [max] = (await list(bob, { channelId })).filter(({ contactName }) => contactName === 'Max');
  await bob.call(contracts.follow, { conversationId: max!.id, follows: true });
  const more = `${table()}\nr7,Max,1,Worse,${days(1)},`;
  const next = await run(await upload(alice, 'reviews', 'told.csv', more), { source: 'google_play', channelId });
  expect(next.report).toMatchObject({ kept: 1 });
  const told = (await bob.call(notices.listNotices, {})).items.filter(({ kind }) => kind === 'followed_wrote');
  expect(told).toEqual([]);
});

describe('an import that comes to no end', () => {
  const begun = async (fileName: string, tried: number) => {
    const channelId = (await alice.call(channels.listChannels, {})).items.find(({ name }) => name === 'Told')!.id;
    const rows = Array.from({ length: 250 }, (_, no) => `${fileName}${no},P${no},3,Fine,${days(400 - no)},`);
    const text = ['Review ID,Author,Star Rating,Review Text,Date,Developer Reply Text', ...rows].join('\n');
    const importId = await upload(alice, 'reviews', fileName, text);
    await app.query(
      `update conversations.import set state = 'queued', channel_id = $2, tried = $3 where import_id = $1`,
      [...[importId, channelId, tried]],
    );
    return importId;
  };
  const tryIt = (importId: string) => runImport(app.app, alice.me.workspace.id, importId, new AbortController().signal);
  const get = async (importId: string) =>
    (await alice.call(imports.listImports, {})).items.find(({ id }) => id === importId)!;

  test('has failed once the worker has tried it as often as it does, and can be taken out', async () => {
    const importId = await begun('z.csv', 3);
    await app.query(
      `alter table conversations.message add constraint broken_ck check (external_id is distinct from 'z.csv249')`,
    );
    await expect(tryIt(importId)).rejects.toThrow('broken_ck');
    expect(await get(importId)).toMatchObject({ state: 'queued', undoableUntil: null });
    await tryIt(importId);
    expect(app.errors.splice(0)).toMatchObject([expect.stringContaining('import given up')]);
    const failed = await get(importId);
    expect(failed).toMatchObject({ state: 'failed', report: { kept: 200 } });
    expect(failed.undoableUntil).not.toBeNull();
    await app.query('alter table conversations.message drop constraint broken_ck');
    expect((await alice.call(imports.undoImport, { importId })).state).toBe('undone');
    await app.settle();
    const left = 'select from conversations.message where import_id = $1';
    expect(await app.query(left, [importId])).toEqual([]);
    expect(await app.query('select from conversations.import_part where import_id = $1', [importId])).toEqual([]);
  });

  test('is not begun once more where it ended the process each time', async () => {
    const importId = await begun('y.csv', 5);
    await tryIt(importId);
    expect(await get(importId)).toMatchObject({ state: 'failed', report: null, undoableUntil: null });
    const parts = () => app.query('select role from conversations.import_part where import_id = $1', [importId]);
    const forget = conversationsCrons.find(({ name }) => name === 'conversations.forget')!;
    await forget.run(app.app);
    expect(await parts()).toHaveLength(1);
    await app.query(`update conversations.import set finished_at = now() - interval '8 days' where import_id = $1`, [
      importId,
    ]);
    await forget.run(app.app);
    expect(await parts()).toEqual([]);
    expect((await get(importId)).state).toBe('failed');
  });
});

test('of a conversation of which a later file brought the end, what is left is told when that is taken out', async () => {
  const at = (ago: number, time: string) => `${days(ago).split('-').reverse().join('/')}, ${time}`;
  const before = `${at(2, '10:00')} - Ada: Bonjour`;
  const after = [before, `${at(2, '10:05')} - Exemple SA: Bonjour Ada`, `${at(1, '10:06')} - Ada: Merci`].join('\n');
  const bringIn = async (text: string, more: object) =>
    run(await upload(alice, 'whatsapp', 'WhatsApp Chat with Ada.txt', text), { own: 'Exemple SA', ...more });
  const channelId = (await bringIn(before, { name: 'Chats' })).channel!.id;
  const get = async () => {
    const [{ excerpt, lastKind, waitingSince, lastAt, id }] = (await list(bob, { channelId })) as [
      contracts.Conversation,
    ];
    const [row] = await app.query<{ last_in_at: Date }>(
      'select last_in_at from conversations.conversation where conversation_id = $1',
      [id],
    );
    return { excerpt, lastKind, waitingSince, lastAt, lastInAt: row!.last_in_at };
  };
  const was = await get();
  expect(was).toMatchObject({ excerpt: 'Bonjour', lastKind: 'in' });
  expect(was.waitingSince).not.toBeNull();
  const later = await bringIn(after, { channelId });
  expect(await get()).toMatchObject({ excerpt: 'Merci' });
  expect((await get()).waitingSince).not.toBe(was.waitingSince);
  await alice.call(imports.undoImport, { importId: later.id });
  expect(await get()).toEqual(was);
});

test('a chat that was exported says who speaks in it, and comes with our side where it is said', async () => {
  const text = [
    '01/03/2026, 10:00 - Zoé: Bonjour',
    '01/03/2026, 10:05 - Exemple SA: Bonjour Zoé',
    '01/03/2026, 10:06 - Zoé: Merci',
  ].join('\n');
  const importId = await upload(alice, 'whatsapp', 'WhatsApp Chat with Zoé.txt', text);
  const before = await alice.call(imports.previewImport, { importId });
  expect(before.speakers).toEqual(['Zoé', 'Exemple SA']);
  expect(await alice.call(imports.previewImport, { importId, own: 'Exemple SA' })).toMatchObject({
    theirs: 2,
    ours: 1,
  });
  const done = await run(importId, { own: 'Exemple SA', name: 'WhatsApp d’avant' });
  expect(done.report).toMatchObject({ kept: 3 });
  const [chat] = await list(bob, { channelId: done.channel!.id, status: 'any' });
  expect((await messagesOf(bob, chat!.id)).map(({ kind, text: said }) => [kind, said])).toEqual([
    ['in', 'Merci'],
    ['out', 'Bonjour Zoé'],
    ['in', 'Bonjour'],
  ]);
  const copy = await upload(alice, 'whatsapp', 'WhatsApp Chat with Zoé (1).txt', text);
  expect((await run(copy, { own: 'Exemple SA', channelId: done.channel!.id })).report).toMatchObject({
    kept: 0,
    known: 3,
  });
});

test('tickets come with their comments and users', async () => {
  const importId = await upload(
    alice,
    'zendesk',
    'tickets.csv',
    'id,created_at,description,requester_id,status,subject\n10,2026-03-01 10:00:00,Ça fuit,2,closed,Fuite',
  );
  expect(
    (
      await beside(
        importId,
        'comments',
        'id,body,created,public,ticket_id,user_id\n100,On arrive,2026-03-01 11:00:00,TRUE,10,1',
      )
    ).status,
  ).toBe(200);
  expect(
    (
      await beside(
        importId,
        'users',
        'id,email,name,role\n1,ana@nous.example,Ana,agent\n2,zoe@client.example,Zoé,end-user',
      )
    ).status,
  ).toBe(200);
  expect((await beside(importId, 'nonsense', 'x')).status).toBe(404);
  const done = await run(importId, { name: 'Zendesk' });
  expect(done.report).toMatchObject({ kept: 2 });
  const [ticket] = await list(bob, { channelId: done.channel!.id, status: 'any' });
  expect(ticket).toMatchObject({ address: 'zoe@client.example', subject: 'Fuite' });
});

test('what is none of these is refused, and opens no channel', async () => {
  const importId = await upload(alice, 'reviews', 'x.csv', 'sku,price\na,1');
  expect(await codeOf(alice.call(imports.previewImport, { importId }))).toBe('unreadable_file');
  expect(await codeOf(alice.call(imports.runImport, { importId, name: 'Nothing' }))).toBe('unreadable_file');
  expect((await alice.call(channels.listChannels, {})).items.map(({ name }) => name)).not.toContain('Nothing');
  const chat = await alice.call(channels.addChannel, { kind: 'chat', name: 'Chat', settings: {}, access: [] });
  const good = await upload(alice, 'reviews', 'y.csv', table());
  expect(await codeOf(alice.call(imports.runImport, { importId: good, channelId: chat.id }))).toBe('invalid_input');
});

test('is for who manages channels', async () => {
  const importId = await upload(alice, 'reviews', 'z.csv', table());
  expect(await codeOf(upload(bob, 'reviews', 'z.csv', table()))).toBe('forbidden');
  expect(await codeOf(bob.call(imports.previewImport, { importId }))).toBe('forbidden');
  expect(await codeOf(bob.call(imports.runImport, { importId, name: 'Mine' }))).toBe('forbidden');
  expect(await codeOf(bob.call(imports.undoImport, { importId }))).toBe('forbidden');
});
