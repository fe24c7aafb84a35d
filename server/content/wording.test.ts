import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { addChat, bring, incoming } from '../conversations/testing.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as voices from '../voices/model-contract.ts';
import type { Block } from './blocks-contract.ts';
import * as style from './style-contract.ts';
import { suggestWords } from './suggesting-contract.ts';
import { aSaying } from './testing.ts';

// A server on loopback plays a model that speaks OpenAI's interface: no real one was asked.

let app: TestApp;
let alice: Member;
let bob: Member;
let server: Server;
let url: string;
let asked: { key: string | undefined; body: string }[] = [];
let answer: { status: number; content: string };

const proposes = (...proposals: string[]) => ({ status: 200, content: JSON.stringify({ proposals }) });
/** What a model answers when it is set up. */
const reading = { status: 200, content: JSON.stringify({ tone: 'neutral', topics: [] }) };

beforeAll(async () => {
  app = await openTestApp(['--private-network', '127.0.0.0/8']);
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Writer');
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    asked.push({ key: request.headers.authorization, body: Buffer.concat(chunks).toString() });
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ choices: [{ message: { content: answer.content } }] }));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
});
afterAll(async () => {
  server.close();
  await app.close();
});
beforeEach(() => {
  asked = [];
});
afterEach(() => expect(app.errors).toEqual([]));

const set = async (more: object = {}) => {
  answer = reading;
  await alice.call(voices.setModel, {
    ...{ url, name: 'small', key: 'k-1', asks: 'none', suggests: true, mostADay: 1000, ...more },
  });
  asked = [];
};
const text =
  'Bonjour {{ person.givenName | default: "à vous" }}, voyez [nos nouvelles](https://www.exemple.fr/a) du mois.';
const suggest = (who: Member, more: object = {}) =>
  who.call(suggestWords, { language: 'fr', saying: aSaying(text), field: 'text', blockId: 'a', ...more });

test('nothing is asked, and nothing there, before an admin has switched a model on for that', async () => {
  expect(await codeOf(suggest(bob))).toBe('not_found');
  await set({ suggests: false, asks: 'unclear' });
  expect(await codeOf(suggest(bob))).toBe('not_found');
  await set({ state: 'paused' });
  expect(await codeOf(suggest(bob))).toBe('not_found');
  expect(asked).toEqual([]);
});

test('whoever writes is shown what keeps variables and links, is in its language, and was not said twice', async () => {
  await set();
  answer = proposes(
    'Bonjour ⟦0:person.givenName⟧, découvrez [les nouvelles](⟦1:link⟧) de ce mois.',
    'Hello ⟦0:person.givenName⟧, here is [what is new](⟦1:link⟧) with us and for you this month.',
    'Bonjour, découvrez [les nouvelles](https://evil.example) de ce mois.',
  );
  const { proposals, dropped, problem, sent } = await suggest(bob);
  expect(proposals).toEqual([
    'Bonjour {{ person.givenName | default: "à vous" }}, découvrez [les nouvelles](https://www.exemple.fr/a) de ce mois.',
  ]);
  expect([dropped, problem]).toEqual([2, null]);
  expect(asked).toEqual([{ key: 'Bearer k-1', body: sent }]);
  // Neither where the link leads nor what stands in for a name has left.
  expect(sent).not.toMatch(/exemple\.fr|à vous/);
  expect((await bob.call(voices.getModel, {})).model).toMatchObject({ suggests: true, asks: 'none', problem: null });
});

test('is told what the checker says of that text and how the house writes', async () => {
  await set();
  const { fr } = await alice.call(style.getHouseStyle, {});
  const rules = { ...fr.rules, address: 'vous' as const, avoid: [{ word: 'incroyable', instead: 'utile' }] };
  await alice.call(style.saveHouseStyle, { language: 'fr', version: fr.version, rules });
  answer = proposes('Une offre utile pour vous');
  const blocks: Block[] = [
    { id: 'a', kind: 'heading', level: 1, text: 'Une offre incroyable pour vous' },
    { id: 'b', kind: 'text', text: 'Tu verras.' },
  ];
  const saying = { ...aSaying(), blocks };
  const { proposals } = await suggest(bob, { saying, field: 'heading' });
  expect(proposals).toEqual(['Une offre utile pour vous']);
  expect(asked[0]!.body).toContain('The house avoids');
  // Another block's remarks are none of this one's, nor does its text leave.
  expect(asked[0]!.body).not.toMatch(/addresses readers otherwise|Tu verras/);
});

test('a subject is asked for by itself; what is not there, empty or too long is refused before anything leaves', async () => {
  await set();
  answer = proposes('Du nouveau chez nous');
  expect((await suggest(bob, { field: 'subject', blockId: null })).proposals).toEqual(['Du nouveau chez nous']);
  asked = [];
  expect(await codeOf(suggest(bob, { blockId: 'zz' }))).toBe('not_found');
  expect(await codeOf(suggest(bob, { field: 'label' }))).toBe('not_found');
  expect(await codeOf(suggest(bob, { field: 'preheader', blockId: null }))).toBe('invalid_input');
  expect(await codeOf(suggest(bob, { saying: aSaying('a'.repeat(4001)) }))).toBe('invalid_input');
  expect(asked).toEqual([]);
});

test('the text of an SMS and one for WhatsApp are asked for as what they are, and keep their places', async () => {
  await set();
  const sms = aSaying('Bonjour {{ person.givenName | default: "à vous" }}, le magasin ouvre lundi “tôt”.');
  answer = proposes(
    '⟦0:person.givenName⟧, le magasin vous ouvre ses portes lundi,\ntrès tôt.',
    'Le magasin ouvre lundi.',
  );
  expect(await suggest(bob, { saying: sms, field: 'sms' })).toMatchObject({
    proposals: ['{{ person.givenName | default: "à vous" }}, le magasin vous ouvre ses portes lundi,\ntrès tôt.'],
    dropped: 1,
  });
  expect(asked[0]!.body).toMatch(/writes an SMS.*These signs halve what an SMS holds: “ ô ”/);
  const template = { name: 'opening', locale: 'fr', category: 'utility', parameters: ['{{ person.city }}'] };
  const whatsapp = { ...aSaying(), blocks: [], template: { ...template, body: 'Le magasin de {{1}} ouvre lundi.' } };
  answer = proposes('Lundi, le magasin de ⟦0:sign⟧ ouvre.', 'Lundi, votre magasin ouvre ses portes.');
  const { proposals, sent } = await suggest(bob, { saying: whatsapp, field: 'agreed', blockId: null });
  expect(proposals).toEqual(['Lundi, le magasin de {{1}} ouvre.']);
  expect(sent).toContain('a message for WhatsApp');
  expect(await codeOf(suggest(bob, { saying: whatsapp, field: 'agreed' }))).toBe('not_found');
  expect(await codeOf(suggest(bob, { saying: sms, field: 'agreed', blockId: null }))).toBe('not_found');
});

test('what it would not do is told in a word, with what left; what keeps to no form is none', async () => {
  await set();
  answer = { status: 503, content: '' };
  expect(await suggest(bob)).toMatchObject({ proposals: [], problem: 'server_error', sent: asked[0]!.body });
  expect((await bob.call(voices.getModel, {})).model!.problem).toMatchObject({ code: 'server_error' });
  answer = { status: 200, content: 'Here you are.' };
  expect(await suggest(bob)).toMatchObject({ proposals: [], problem: 'malformed' });
  answer = { status: 401, content: '' };
  expect(await suggest(bob)).toMatchObject({ problem: 'refused' });
});

test('texts count with messages against what may leave in a day', async () => {
  await set({ mostADay: 1 });
  const { today } = (await bob.call(voices.getModel, {})).model!;
  expect(today).toBeGreaterThan(1);
  expect(await suggest(bob)).toMatchObject({ proposals: [], problem: 'used_up', sent: null });
  expect(asked).toEqual([]);
});

test('a model that is asked about no messages is asked about none', async () => {
  await set({ mostADay: 1000 });
  const chat = await addChat(alice);
  await bring(app, alice, chat.id, incoming({ text: 'Qwertz blorb, said the frumious one.' }));
  await app.settle();
  expect(asked).toEqual([]);
});
