import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as channels from './channels-contract.ts';
import * as contracts from './contract.ts';
import * as imports from './imports-contract.ts';
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
