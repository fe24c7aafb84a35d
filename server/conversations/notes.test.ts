import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import * as correspondents from '../correspondents/contract.ts';
import * as delegation from '../delegation/contract.ts';
import { lend } from '../delegation/testing.ts';
import * as home from '../home/contract.ts';
import * as identity from '../identity/contract.ts';
import type { Input } from '../kernel/contract.ts';
import { newId } from '../kernel/ids.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as channels from './channels-contract.ts';
import * as contracts from './contract.ts';
import * as notes from './notes-contract.ts';
import { list, messagesOf } from './testing.ts';

let app: TestApp;
let alice: Member;
let bob: Member;
let carol: Member;

beforeAll(async () => {
  app = await openTestApp(['--private-network', '127.0.0.0/8']);
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Stone');
  carol = await app.invite(alice, 'Carol Reed');
});
afterAll(() => app.close());
afterEach(() => expect(app.errors).toEqual([]));

async function addContact(member: Member, given: string, more: cards.FieldInput[] = []): Promise<string> {
  const email = { kind: 'email' as const, value: { value: `${given.toLowerCase()}@client.example` } };
  const name = { kind: 'name' as const, value: { given, family: 'Martin' } };
  const { personId: id } = await member.call(cards.createCard, { kind: 'person', fields: [name, email, ...more] });
  await app.settle();
  return id;
}

const write = (member: Member, personId: string, more: Partial<Input<typeof notes.writeFieldNote>> = {}) =>
  member.call(notes.writeFieldNote, {
    ...{ noteId: newId(), manner: 'visit', with: [{ personId }], at: new Date().toISOString(), minutes: 45 },
    ...{ text: 'The buyer said our demo was too long.', ...more },
  });
const get = (member: Member, conversationId: string) => member.call(contracts.getConversation, { conversationId });

describe('a note', () => {
  let lea: string;
  beforeAll(async () => {
    lea = await addContact(bob, 'Léa', [{ kind: 'phone', value: { raw: '+33612345678' } }]);
  });

  test('stands with the person, on a contact point of theirs, and waits for nobody', async () => {
    const { conversationIds } = await write(bob, lea, { manner: 'call', direction: 'out' });
    const [conversationId] = conversationIds as [string];
    expect(await get(bob, conversationId)).toMatchObject({
      ...{
        address: '+33612345678',
        status: 'closed',
        waitingSince: null,
        channel: { kind: 'note', name: 'Field notes' },
      },
      people: [{ id: lea, name: 'Léa Martin' }],
      refusals: ['not_begun', 'only_listens'],
    });
    expect(await messagesOf(bob, conversationId)).toMatchObject([
      { kind: 'note', nature: 'call', author: { id: bob.me.memberId }, held: { seconds: 2700, direction: 'out' } },
    ]);
    const found = await list(bob, { personId: lea, status: 'any' });
    expect(found.map(({ id }) => id)).toContain(conversationId);
    const { items } = await bob.call(contracts.searchMessages, { q: 'demo too long' });
    expect(items.map(({ conversation }) => conversation.id)).toContain(conversationId);
  });

  test('is theirs alone: admins and colleagues see neither it nor its channel', async () => {
    const { conversationIds } = await write(bob, lea);
    for (const other of [alice, carol]) {
      expect(await codeOf(get(other, conversationIds[0]!))).toBe('not_found');
      expect((await other.call(channels.listChannels, {})).items.filter(({ kind }) => kind === 'note')).toEqual([]);
      expect((await other.call(contracts.searchMessages, { q: 'demo' })).items).toEqual([]);
    }
  });

  test('is shared with a colleague, a team or the company, one by one or as they choose for all', async () => {
    const { id: teamId } = await alice.call(identity.createTeam, { name: 'Product', memberIds: [carol.me.memberId] });
    const seen = async (member: Member, id: string) =>
      get(member, id).then(
        () => true,
        () => false,
      );
    const [one] = (await write(bob, lea, { share: { kind: 'team', teamId } })).conversationIds as [string];
    expect([await seen(carol, one), await seen(alice, one)]).toEqual([true, false]);
    const { version } = await get(bob, one);
    const shared = await bob.call(contracts.share, {
      conversationId: one,
      version,
      with: { kind: 'member', memberId: alice.me.memberId },
    });
    expect(shared.sharing.with?.name).toBe(alice.me.name);
    expect([await seen(carol, one), await seen(alice, one)]).toEqual([false, true]);
    await bob.call(notes.saveNoteSetup, { share: { kind: 'workspace' } });
    expect(await bob.call(notes.getNoteSetup, {})).toEqual({ share: { kind: 'workspace' } });
    const [two] = (await write(bob, lea)).conversationIds as [string];
    expect([await seen(carol, two), await seen(alice, two)]).toEqual([true, true]);
    const [three] = (await write(bob, lea, { share: { kind: 'nobody' } })).conversationIds as [string];
    expect(await seen(alice, three)).toBe(false);
    await bob.call(notes.saveNoteSetup, { share: { kind: 'nobody' } });
    const strange = { kind: 'member' as const, memberId: newId() };
    expect(await codeOf(write(bob, lea, { share: strange }))).toBe('invalid_input');
  });

  test('sent again is the same', async () => {
    const noteId = newId();
    const [first, again] = await Promise.all([write(bob, lea, { noteId }), write(bob, lea, { noteId })]);
    expect(again).toEqual(first);
    expect(await messagesOf(bob, first.conversationIds[0]!)).toHaveLength(1);
  });

  test('of several stands with each of them, and is the voice of the first', async () => {
    const max = await addContact(bob, 'Max');
    const { conversationIds } = await write(bob, lea, {
      ...{
        with: [{ personId: lea }, { personId: max }],
        text: 'La livraison est toujours en retard, c’est insupportable.',
      },
    });
    expect(conversationIds).toHaveLength(2);
    const [one, other] = await Promise.all(conversationIds.map((id) => messagesOf(bob, id)));
    expect([one![0]!.others, other![0]!.others]).toEqual([['Max Martin'], ['Léa Martin']]);
    await app.settle();
    const read = await app.query<{ conversation_id: string; tone: string }>(
      'select conversation_id, tone from voices.reading where conversation_id = any($1)',
      [conversationIds],
    );
    expect(read).toEqual([{ conversation_id: conversationIds[0], tone: 'negative' }]);
  });

  test('of somebody without an address, of nobody one sees, or of tomorrow is not written', async () => {
    const { personId: nameless } = await bob.call(cards.createCard, {
      kind: 'person',
      fields: [{ kind: 'name', value: { given: 'No', family: 'Address' } }],
    });
    expect(await codeOf(write(bob, nameless))).toBe('invalid_input');
    expect(await codeOf(write(carol, lea))).toBe('not_found');
    expect(await codeOf(write(bob, lea, { with: [{ personId: lea, contactPointId: newId() }] }))).toBe('invalid_input');
    expect(await codeOf(write(bob, lea, { at: new Date(Date.now() + 86_400_000).toISOString() }))).toBe(
      'invalid_input',
    );
  });

  test('of a lent contact is told to whoever lends them', async () => {
    const [book] = (await bob.call(delegation.listBooks, {})).items;
    await lend(bob, book!.id, { grantee: { kind: 'workspace' }, acts: ['read', 'contact'] });
    await app.settle();
    await write(carol, lea, { text: 'Met at the fair.' });
    const told = (await bob.call(home.listHappenings, {})).items;
    expect(told.find(({ kind }) => kind === 'contacted')).toMatchObject({
      kind: 'contacted',
      user: { name: 'Carol Reed' },
    });
  });

  test('has a voice with it: what its octets say is a sound, and nobody else’s', async () => {
    const { conversationIds } = await write(bob, lea, { text: '' });
    const [conversationId] = conversationIds as [string];
    const path = `${notes.recordingPath.replace(':conversationId', conversationId)}?name=voice.ogg&type=audio/ogg`;
    const put = (member: Member, body: Uint8Array) =>
      member.fetch(path, {
        method: 'POST',
        headers: { 'content-type': 'application/octet-stream' },
        body: body as BodyInit,
      });
    // The beginning of an Ogg Opus stream (RFC 7845, 3).
    const opus = Buffer.concat([
      Buffer.from('OggS\0\x02', 'latin1'),
      Buffer.alloc(20),
      Buffer.from('\x01\x13OpusHead\x01\x01', 'latin1'),
      Buffer.alloc(40),
    ]);
    expect((await put(bob, opus)).status).toBe(200);
    expect((await put(bob, Buffer.from('<html><script>alert(1)</script>'))).status).toBe(422);
    expect((await put(carol, opus)).status).toBe(404);
    const [{ files }] = (await messagesOf(bob, conversationId)) as [contracts.Message];
    expect(files).toMatchObject([{ name: 'voice.ogg', shown: true, state: 'kept' }]);
    expect(files[0]!.mediaType).toMatch(/^audio\//);
    expect((await carol.fetch(contracts.filePath.replace(':fileId', files[0]!.id))).status).toBe(404);
  });

  test('is asked for after a meeting of a calendar, with who was there', async () => {
    const start = new Date(Date.now() - 3 * 3_600_000).toISOString().replaceAll(/[-:]|\.\d+/g, '');
    const text = `BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:m1\r\nDTSTAMP:${start}\r\nDTSTART:${start}\r\nDURATION:PT1H\r\nSUMMARY:Secret\r\nORGANIZER:mailto:${bob.me.email}\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:${bob.me.email}\r\nATTENDEE;PARTSTAT=ACCEPTED;CN=Lea:mailto:léa@client.example\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:max@client.example\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n`;
    expect(await bob.call(correspondents.readCalendarFile, { text })).toMatchObject({ meetings: 1 });
    const [past, ...more] = (await bob.call(correspondents.listPastMeetings, {})).items;
    expect(more).toEqual([]);
    expect(past).toMatchObject({ minutes: 60 });
    expect(past!.people.map(({ name }) => name)).toContain('Max Martin');
    expect((await carol.call(correspondents.listPastMeetings, {})).items).toEqual([]);
    await bob.call(correspondents.settleMeeting, { meeting: past!.meeting });
    expect((await bob.call(correspondents.listPastMeetings, {})).items).toEqual([]);
  });
});

describe('a telephone system', () => {
  let channelId: string;
  let site: Server;
  let fetched = 0;
  beforeAll(async () => {
    site = createServer((_request, response) => {
      fetched++;
      response.end('x');
    });
    await new Promise<void>((ready) => site.listen(0, '127.0.0.1', ready));
    ({ id: channelId } = await alice.call(channels.addChannel, {
      ...{ kind: 'calls', name: 'Standard', settings: {}, access: [{ kind: 'member', id: bob.me.memberId }] },
    }));
  });
  afterAll(() => void site.close());

  const log = (member: Member, ...calls: Input<typeof notes.logCalls>['calls']) =>
    member.call(notes.logCalls, { channelId, calls });
  const call = (externalId: string, more: Partial<Input<typeof notes.logCalls>['calls'][number]> = {}) => ({
    ...{ externalId, number: '06 99 88 77 66', direction: 'in' as const, startedAt: new Date().toISOString() },
    ...{ outcome: 'answered' as const, seconds: 125, ...more },
  });
  const of = async (address: string) =>
    (await list(bob, { channelId, status: 'any' })).filter((one) => one.address === address);

  test('tells of each call once', async () => {
    expect(await log(bob, call('a'), call('b'))).toEqual({ kept: 2, known: 0 });
    expect(await log(bob, call('b'), call('c'))).toEqual({ kept: 1, known: 1 });
    const [conversation, ...more] = await of('+33699887766');
    expect(more).toEqual([]);
    expect(await messagesOf(bob, conversation!.id)).toHaveLength(3);
    expect(conversation!.waitingSince).toBeNull();
  });

  test('of a missed call somebody waits for an answer, until they are called back', async () => {
    const number = '+33611111111';
    await log(bob, call('m1', { number, outcome: 'missed', seconds: 0, agentEmail: bob.me.email.toUpperCase() }));
    const [conversation] = (await of(number)) as [contracts.Conversation];
    expect(conversation).toMatchObject({ status: 'open', excerpt: 'missed_call' });
    expect(conversation.waitingSince).not.toBeNull();
    const [message] = (await messagesOf(bob, conversation.id)) as [contracts.Message];
    expect(message.held).toEqual({ seconds: 0, direction: 'in', outcome: 'missed', agent: 'Bob Stone' });
    await log(bob, call('m2', { number, direction: 'out', seconds: 60 }));
    expect((await of(number))[0]!.waitingSince).toBeNull();
  });

  test('says no number: each such call is nobody’s', async () => {
    await log(
      bob,
      call('w1', { number: 'anonymous', outcome: 'missed' }),
      call('w2', { number: 'anonymous', outcome: 'missed' }),
    );
    const nobodys = (await list(bob, { channelId })).filter(({ address }) => address?.startsWith('tel:'));
    expect(nobodys).toHaveLength(2);
  });

  test('has recordings that are links, and fetched only where the channel is set up to', async () => {
    const recordingUrl = `https://127.0.0.1:${(site.address() as AddressInfo).port}/r.mp3`;
    await log(bob, call('r1', { number: '+33622222222', outcome: 'voicemail', recordingUrl }));
    await app.settle();
    expect(fetched).toBe(0);
    const [conversation] = (await of('+33622222222')) as [contracts.Conversation];
    expect((await messagesOf(bob, conversation.id))[0]).toMatchObject({ url: recordingUrl, files: [] });
    await alice.call(channels.updateChannel, { channelId, settings: { fetchRecordings: 'true' } });
    await log(bob, call('r2', { number: '+33622222222', outcome: 'voicemail', recordingUrl }));
    expect((await messagesOf(bob, conversation.id))[0]!.files).toMatchObject([{ state: 'waiting' }]);
    expect(await codeOf(log(bob, call('r3', { recordingUrl: 'http://insecure.example/x' })))).toBe('invalid_input');
  });

  test('is heard from who tends the channel, and from nobody else', async () => {
    for (const other of [alice, carol]) expect(await codeOf(log(other, call('x')))).toBe('not_found');
    await alice.call(channels.updateChannel, { channelId, state: 'paused' });
    expect(await codeOf(log(bob, call('x')))).toBe('unavailable');
  });
});
