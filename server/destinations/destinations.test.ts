// The people of a segment, kept up to date in a program of others.
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import * as delegation from '../delegation/contract.ts';
import { objects, openReceiver, type Receiver } from '../distribution/testing.ts';
import * as home from '../home/contract.ts';
import * as identity from '../identity/contract.ts';
import { codeOf, type Member, openTestApp, type ProblemAnswer, type TestApp } from '../kernel/testing.ts';
import * as notices from '../notices/contract.ts';
import * as segments from '../segments/contract.ts';
import * as contracts from './contract.ts';
import { composeSome, type Reader } from './gathering.ts';
import { lookAfterDestinations } from './jobs.ts';
import { kindOf } from './kinds.ts';
import { runDestination } from './running.ts';
import { endUnsound } from './sent.ts';

let app: TestApp;
/** An admin, in the team that may take along. */
let alice: Member;
/** The holder of a book that is lent to the team. */
let bob: Member;
let teamId: string;
let receiver: Receiver;
const others: Receiver[] = [];

beforeAll(async () => {
  app = await openTestApp(['--private-network', '127.0.0.1']);
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Stone');
  ({ id: teamId } = await alice.call(identity.createTeam, { name: 'Sales', memberIds: [alice.me.memberId] }));
});
afterAll(() => app.close());
afterEach(() => {
  receiver?.close();
  for (const one of others.splice(0)) one.close();
  expect(app.errors.splice(0)).toEqual([]);
});

const until = (what: () => unknown, wanted: unknown) => expect.poll(what, { timeout: 20_000 }).toEqual(wanted);

const families =
  'Quimper Vannes Lorient Brest Rennes Dinan Morlaix Roscoff Cancale Paimpol Carnac Pontivy Auray Redon Vitre Fougeres Concarneau Douarnenez Guingamp Lannion Perros Quiberon Ploemeur Landerneau'.split(
    ' ',
  );
let worlds = 0;
let numbers = 0;
/** A book of Bob's, lent to the team to be taken along, with people in it; and a segment of these. */
async function aWorld(people: string[], acts: ('read' | 'export')[] = ['export']) {
  const family = families[worlds++]!;
  const { id: bookId } = await bob.call(delegation.createBook, { name: family });
  const add = async (given: string) => {
    const { id } = await bob.call(cards.createCard, {
      bookId,
      fields: [
        { kind: 'name', value: { given, family } },
        { kind: 'email', value: { value: `${given}@${family}.example`.toLowerCase() } },
        {
          kind: 'phone',
          value: { raw: `+33 6 12 34 ${10 + Math.floor(++numbers / 90)} ${10 + (numbers % 90)}`, type: 'mobile' },
        },
      ],
    });
    return id;
  };
  const ids: Record<string, string> = {};
  for (const given of people) ids[given] = await add(given);
  const { id: grantId } = await bob.call(delegation.createGrant, {
    ...{ bookId, grantee: { kind: 'team', teamId }, acts },
  });
  const { id: segmentId } = await alice.call(segments.addSegment, {
    ...{
      name: family,
      kind: 'filter' as const,
      filter: `name contains ${family.toLowerCase()}`,
      audience: { kind: 'team', id: teamId },
    },
  });
  await app.settle();
  return { family, bookId, ids, add, grantId, segmentId };
}

type World = Awaited<ReturnType<typeof aWorld>>;

const make = (world: World, said: object = {}) =>
  alice.call(contracts.createDestination, {
    ...{ name: world.family, kind: 'http' as const, settings: { url: receiver.url }, segmentId: world.segmentId },
    ...{ fields: ['name', 'email'] as const, granteeKind: 'team' as const, granteeId: teamId, ...said },
  });

interface Sent {
  change: string;
  id: string;
  full: string;
  emails: string[];
  phones: unknown[];
}
/** What the receiver was told, in the order of its coming, as "+ Ada", "~ Ada" and "- id". */
const told = () =>
  receiver.got
    .filter(({ message }) => (message.type as string) === 'contacts.changed')
    .flatMap(({ message }) => {
      const { contacts, removed } = message.data as { contacts: Sent[]; removed: string[] };
      return [
        ...removed.map((id) => `- ${id}`),
        ...contacts.map(({ change, full }) => `${change === 'added' ? '+' : '~'} ${full.split(' ')[0]}`).sort(),
      ];
    });

async function start(destinationId: string) {
  const { version } = await alice.call(contracts.previewDestination, { destinationId });
  await alice.call(contracts.startDestination, { destinationId, version });
}
const shownOf = async (destinationId: string) =>
  (await alice.call(contracts.listDestinations, {})).items.find(({ id }) => id === destinationId);
/** Has it look now, and waits until it has. */
async function look(destinationId: string) {
  await app.settle();
  const { count } = (await app.query<{ count: number }>('select count(*)::int from destinations.run'))[0]!;
  await alice.call(contracts.sendNow, { destinationId });
  await expect
    .poll(
      async () =>
        (
          await app.query<{ count: number }>('select count(*)::int from destinations.run where ended_at is not null')
        )[0]!.count,
      { timeout: 20_000 },
    )
    .toBeGreaterThan(count);
}
const toldToBob = async () =>
  (await bob.call(home.listHappenings, {})).items.filter(({ kind }) => kind === 'sent_out').map(({ count }) => count);

async function aStarted(people: string[], said: object = {}) {
  receiver?.close();
  receiver = await openReceiver();
  const world = await aWorld(people);
  const { destination, secret } = await make(world, said);
  await start(destination.id);
  await until(() => told().length, people.length);
  await until(async () => (await shownOf(destination.id))?.running, false);
  return { ...world, destinationId: destination.id, secret };
}
const remove = (destinationId: string) => alice.call(contracts.removeDestination, { destinationId, takeBack: 'false' });

test('nothing leaves before a dry run was looked at, which shows counts and examples, and tells holders whom it showed', async () => {
  receiver = await openReceiver();
  const world = await aWorld(['Ada', 'Bea', 'Cleo']);
  const { destination, secret } = await make(world);
  expect(secret).toMatch(/^whsec_/);
  expect(destination).toMatchObject({ state: 'draft', counts: { there: 0, refused: 0, doubtful: 0 }, mine: true });
  const preview = await alice.call(contracts.previewDestination, { destinationId: destination.id });
  expect(preview).toMatchObject({ added: 3, changed: 0, removed: 0, unchanged: 0, leftOut: 0, unfit: 0 });
  expect(preview.examples).toHaveLength(3);
  expect(preview.examples[0]!.cells.map(([name]) => name)).toEqual(['name', 'given', 'family', 'email']);
  const opened = (await bob.call(home.listHappenings, {})).items.filter(({ kind }) => kind === 'opened');
  expect(opened.map(({ count }) => count)).toEqual([3]);
  await app.settle();
  expect(told()).toEqual([]);
  // What was changed after the look is looked at again.
  await alice.call(contracts.changeDestination, { destinationId: destination.id, fields: ['name'] });
  const asked = { destinationId: destination.id, version: preview.version };
  expect(await codeOf(alice.call(contracts.startDestination, asked))).toBe('not_as_shown');
  await alice.call(contracts.startDestination, { ...asked, version: preview.version + 1 });
  await until(told, ['+ Ada', '+ Bea', '+ Cleo']);
  const [{ headers, body, message }] = receiver.got.slice(-1) as [(typeof receiver.got)[0]];
  new Webhook(secret!).verify(body, headers as Record<string, string>);
  const [said] = (message.data as { contacts: Sent[] }).contacts;
  expect([said!.emails, said!.phones]).toEqual([[], []]);
  expect(await toldToBob()).toEqual([3]);
  await until(async () => (await shownOf(destination.id))?.counts, { there: 3, refused: 0, doubtful: 0 });
  await remove(destination.id);
});

test('only differences leave, and holders hear of these alone', async () => {
  const { destinationId, ids, add, family } = await aStarted(['Ada', 'Bea']);
  const before = (await toldToBob()).reduce((all, one) => all + one, 0);
  await look(destinationId);
  expect(told()).toHaveLength(2);
  const field = { kind: 'name' as const, value: { given: 'Alma', family } };
  await bob.call(cards.updateCard, { cardId: ids.Ada!, set: [{ no: 0, field }] });
  const cleo = await add('Cleo');
  await look(destinationId);
  await until(() => told().slice(2), ['+ Cleo', '~ Alma']);
  const after = (await toldToBob()).reduce((all, one) => all + one, 0);
  expect(after - before).toBe(2);
  await bob.call(cards.removeCard, { cardId: cleo });
  await look(destinationId);
  await until(() => told().slice(4), [`- ${cleo}`]);
  const { items } = await alice.call(contracts.listRuns, { destinationId });
  expect(
    items.map(({ counts }) => counts).filter(({ added, changed, removed }) => added + changed + removed > 0),
  ).toEqual([
    { added: 0, changed: 0, removed: 1, refused: 0 },
    { added: 1, changed: 1, removed: 0, refused: 0 },
    { added: 2, changed: 0, removed: 0, refused: 0 },
  ]);
  await remove(destinationId);
});

test('what may be read only, or is lent to nobody, does not go along, and the dry run says how many', async () => {
  receiver = await openReceiver();
  const world = await aWorld(['Ada'], ['read' as never]);
  const { destination } = await make(world);
  const preview = await alice.call(contracts.previewDestination, { destinationId: destination.id });
  expect(preview).toMatchObject({ added: 0, leftOut: 1, examples: [] });
  await remove(destination.id);
});

test('read once more before it leaves, what may only be read by then is not said', async () => {
  receiver = await openReceiver();
  const world = await aWorld(['Ada']);
  const { destination } = await make(world);
  const to = {
    ...{ workspace_id: alice.me.workspace.id, destination_id: destination.id, created_by: alice.me.memberId },
    ...{ grantee_kind: 'team' as const, grantee_id: teamId, segment_id: world.segmentId, fields: ['name', 'email'] },
  };
  const said = async () =>
    (await composeSome(app.app, to as Reader, kindOf('http'), [world.ids.Ada!])).candidates.length;
  expect(await said()).toBe(1);
  await bob.call(delegation.changeGrant, {
    ...{ grantId: world.grantId, grantee: { kind: 'team', teamId }, acts: ['read'] },
  });
  expect(await said()).toBe(0);
  await remove(destination.id);
});

test('a destination is for oneself, a team of one’s own or a named use that one runs, for nobody else', async () => {
  receiver = await openReceiver();
  const world = await aWorld([]);
  const { id: elsewhere } = await alice.call(identity.createTeam, { name: 'Elsewhere', memberIds: [bob.me.memberId] });
  for (const [granteeKind, granteeId] of [
    ['member', bob.me.memberId],
    ['team', elsewhere],
    ['process', teamId],
    ['member', teamId],
  ])
    expect(await codeOf(make(world, { granteeKind, granteeId })), `${granteeKind}`).toBe('not_found');
  const { destination } = await make(world, { granteeKind: 'member', granteeId: alice.me.memberId });
  await remove(destination.id);
});

test('what is withdrawn is removed there at once, without anybody asking', async () => {
  const { destinationId, ids, grantId } = await aStarted(['Ada', 'Bea']);
  await app.query(`update destinations.destination set ran_at = now() - interval '2 minutes'`);
  await bob.call(delegation.endGrant, { grantId });
  await until(() => told().slice(2).sort(), [`- ${ids.Ada}`, `- ${ids.Bea}`].sort());
  await until(async () => (await shownOf(destinationId))?.counts.there, 0);
  await remove(destinationId);
});

test('withdrawn between the plan and the message, nothing leaves', async () => {
  receiver = await openReceiver();
  const world = await aWorld(['Ada']);
  const { destination } = await make(world);
  await bob.call(delegation.endGrant, { grantId: world.grantId });
  await alice.call(contracts.startDestination, { destinationId: destination.id, version: destination.version });
  await until(async () => (await shownOf(destination.id))?.succeededAt !== null, true);
  expect(told()).toEqual([]);
  await remove(destination.id);
});

test('a crash between the message and its note is shown as a doubt, and what is repeated doubles nothing', async () => {
  const { destinationId } = await aStarted(['Ada', 'Bea']);
  const heard = await toldToBob();
  // As if the process had ended after the receiver had answered: what left is not settled, and its time is over.
  await app.query(`update destinations.sent set state = 'leaving', arrived = false where destination_id = $1`, [
    destinationId,
  ]);
  expect((await shownOf(destinationId))?.counts).toEqual({ there: 0, refused: 0, doubtful: 2 });
  await look(destinationId);
  await until(() => told().slice(2), ['+ Ada', '+ Bea']);
  const idsOf = receiver.got
    .slice(1)
    .map(({ message }) => (message.data as { contacts?: Sent[] }).contacts?.map(({ id }) => id).sort());
  expect(idsOf[0]).toEqual(idsOf[1]);
  expect((await shownOf(destinationId))?.counts).toEqual({ there: 2, refused: 0, doubtful: 0 });
  // Their holder has heard of it, once.
  expect(await toldToBob()).toEqual(heard);
  await remove(destinationId);
});

test('whose outcome is in doubt and who was withdrawn since is removed there, too', async () => {
  const { destinationId, ids, grantId } = await aStarted(['Ada']);
  await app.query(`update destinations.sent set state = 'leaving', arrived = false where destination_id = $1`, [
    destinationId,
  ]);
  await bob.call(delegation.endGrant, { grantId });
  await look(destinationId);
  await until(() => told().slice(1), [`- ${ids.Ada}`]);
  await remove(destinationId);
});

test('one that hangs holds up nobody else, and two processes serve each one once', async () => {
  receiver = await openReceiver();
  const hanging = await openReceiver();
  others.push(hanging);
  const world = await aWorld(['Ada']);
  const slow = await make(world, { settings: { url: hanging.url } });
  const quick = await make(world);
  hanging.answer(() => {});
  await start(slow.destination.id);
  await until(() => hanging.got.length, 2);
  await start(quick.destination.id);
  await until(told, ['+ Ada']);
  // Another process finds the slow one held.
  await app.query(`update destinations.destination set due_at = now() where destination_id = $1`, [
    slow.destination.id,
  ]);
  const which = { workspace_id: alice.me.workspace.id, destination_id: slow.destination.id };
  await runDestination(app.app, which, AbortSignal.timeout(1000));
  expect(hanging.got).toHaveLength(2);
  await remove(slow.destination.id);
  await remove(quick.destination.id);
});

test('one that is not reached says why, is tried less and less often, and admins are told after a day', async () => {
  const { destinationId, add } = await aStarted(['Ada']);
  receiver.answer((answer) => answer.writeHead(500).end());
  await add('Bea');
  await look(destinationId);
  await until(async () => (await shownOf(destinationId))?.trouble, 'server_error');
  const shown = await shownOf(destinationId);
  expect(shown).toMatchObject({ state: 'active', failures: 1, counts: { there: 1, doubtful: 1 } });
  expect(new Date(shown!.nextAt!).getTime()).toBeGreaterThan(Date.now() + 30_000);
  await app.query('update destinations.destination set failures = 7, due_at = now() where destination_id = $1', [
    destinationId,
  ]);
  await until(async () => (await shownOf(destinationId))?.state, 'failing');
  await app.settle();
  const { items } = await alice.call(notices.listNotices, {});
  expect(items.filter(({ kind }) => kind === 'destination_failed')).toHaveLength(1);
  // It goes on when it is reached again.
  receiver.answer((answer) => answer.writeHead(204).end());
  await look(destinationId);
  await until(async () => (await shownOf(destinationId))?.state, 'active');
  expect(await shownOf(destinationId)).toMatchObject({ trouble: null, failures: 0, counts: { there: 2, doubtful: 0 } });
  await remove(destinationId);
});

test('a destination ends with whom it is for: what was sent is taken back', async () => {
  const { destinationId, ids } = await aStarted(['Ada']);
  await alice.call(identity.updateTeam, { teamId, memberIds: [bob.me.memberId] });
  await app.app.db.asSystem('keeper', endUnsound);
  await until(() => told().slice(1), [`- ${ids.Ada}`]);
  await until(async () => (await shownOf(destinationId))?.state, 'ended');
  await alice.call(identity.updateTeam, { teamId, memberIds: [alice.me.memberId] });
  await remove(destinationId);
});

test('removed, what was sent there is taken back first', async () => {
  const { destinationId, ids } = await aStarted(['Ada']);
  await alice.call(contracts.removeDestination, { destinationId });
  await until(() => told().slice(1), [`- ${ids.Ada}`]);
  await until(async () => await shownOf(destinationId), undefined);
});

test('another admin neither looks through a colleague’s destination nor turns it elsewhere: they pause it and remove it', async () => {
  const { destinationId, segmentId } = await aStarted(['Ada']);
  const carol = await app.invite(alice, 'Carol Chief');
  await alice.call(identity.updateMember, { memberId: carol.me.memberId, role: 'admin' });
  const tried = [
    carol.call(contracts.previewDestination, { destinationId }),
    carol.call(contracts.startDestination, { destinationId, version: 1 }),
    carol.call(contracts.sendNow, { destinationId }),
    carol.call(contracts.changeDestination, { destinationId, settings: { url: receiver.url }, secret: {} }),
  ];
  expect(await Promise.all(tried.map(codeOf))).toEqual(tried.map(() => 'forbidden'));
  const asked = {
    name: 'Mine',
    kind: 'http' as const,
    settings: { url: receiver.url },
    segmentId,
    fields: ['name' as const],
  };
  const ofTeam = { ...asked, granteeKind: 'team' as const, granteeId: teamId };
  expect(await codeOf(carol.call(contracts.createDestination, ofTeam))).toBe('not_found');
  const ofAlice = { ...asked, granteeKind: 'member' as const, granteeId: alice.me.memberId };
  expect(await codeOf(carol.call(contracts.createDestination, ofAlice))).toBe('not_found');
  const paused = await carol.call(contracts.changeDestination, { destinationId, paused: true });
  expect(paused).toMatchObject({ state: 'paused', mine: false, nextAt: null });
  expect((await carol.call(contracts.changeDestination, { destinationId, paused: false })).state).toBe('active');
  await carol.call(contracts.removeDestination, { destinationId, takeBack: 'false' });
  expect(await shownOf(destinationId)).toBeUndefined();
});

test('private addresses are refused where they are typed, and another place is given no secret of this one', async () => {
  receiver = await openReceiver();
  const world = await aWorld(['Ada']);
  const refused = await make(world, { settings: { url: 'https://127.0.0.2/hook' } }).catch(
    (error: ProblemAnswer) => error,
  );
  expect(refused).toMatchObject({ problem: { code: 'connection_failed', fields: { problem: 'private_network' } } });
  const { destination } = await make(world);
  const elsewhere = { destinationId: destination.id, settings: { url: receiver.url } };
  expect(await codeOf(alice.call(contracts.changeDestination, elsewhere))).toBe('invalid_input');
  await remove(destination.id);
});

test('who objected to mails is said to be so to a program of one’s own', async () => {
  const { destinationId, ids } = await aStarted(['Ada']);
  await objects(app, alice.me.workspace.id, ids.Ada!);
  await look(destinationId);
  await until(() => told().slice(1), ['~ Ada']);
  const [said] = (receiver.got.at(-1)!.message.data as { contacts: (Sent & { objected: string[] })[] }).contacts;
  expect(said!.objected).toEqual(said!.emails);
  await remove(destinationId);
});

test('at another place everybody is said anew, signed as before', async () => {
  const { destinationId, secret } = await aStarted(['Ada']);
  const other = await openReceiver();
  others.push(other);
  await alice.call(contracts.changeDestination, { destinationId, settings: { url: other.url }, secret: {} });
  expect(await alice.call(contracts.previewDestination, { destinationId })).toMatchObject({ added: 1, unchanged: 0 });
  await start(destinationId);
  const saying = () => other.got.filter(({ message }) => (message.type as string) === 'contacts.changed');
  await until(() => saying().length, 1);
  const [{ body, headers, message }] = saying() as [ReturnType<typeof saying>[number]];
  expect((message.data as { contacts: Sent[] }).contacts).toMatchObject([{ change: 'added' }]);
  expect(new Webhook(secret!).verify(body, headers as Record<string, string>)).toEqual(message);
  // The same place, entered once more, is told nothing.
  await until(async () => (await shownOf(destinationId))?.running, false);
  await alice.call(contracts.changeDestination, { destinationId, settings: { url: other.url }, secret: {} });
  expect(await alice.call(contracts.previewDestination, { destinationId })).toMatchObject({ added: 0, unchanged: 1 });
  await remove(destinationId);
});

test('a door that is shut says nothing of an earlier doubt: who is withdrawn after both is removed there', async () => {
  const { destinationId, ids, grantId } = await aStarted(['Ada']);
  await app.query(`update destinations.sent set state = 'leaving', arrived = false where destination_id = $1`, [
    destinationId,
  ]);
  receiver.answer((answer) => answer.writeHead(429).end());
  await look(destinationId);
  expect((await shownOf(destinationId))?.counts).toMatchObject({ doubtful: 1 });
  receiver.answer((answer) => answer.writeHead(204).end());
  await bob.call(delegation.endGrant, { grantId });
  await look(destinationId);
  await until(() => told().at(-1), `- ${ids.Ada}`);
  await remove(destinationId);
});

test('made with a key, it ends with the key: what was sent is taken back', async () => {
  receiver = await openReceiver();
  const world = await aWorld(['Ada']);
  const made = await alice.call(identity.createApiKey, { name: 'k', scopes: ['workspace:read', 'workspace:write'] });
  const { destination } = await app.client(made.key).call(contracts.createDestination, {
    ...{ name: 'By a program', kind: 'http', settings: { url: receiver.url }, segmentId: world.segmentId },
    ...{ fields: ['name', 'email'], granteeKind: 'team', granteeId: teamId },
  });
  await start(destination.id);
  await until(told, ['+ Ada']);
  await lookAfterDestinations(app.app);
  await app.settle();
  expect(told()).toHaveLength(1);
  await alice.call(identity.deleteApiKey, { apiKeyId: made.apiKey.id });
  await lookAfterDestinations(app.app);
  await until(() => told().slice(1), [`- ${world.ids.Ada}`]);
  await remove(destination.id);
});

test('a delegation that ends by its date is noticed without anybody saying so', async () => {
  const { destinationId, ids, grantId } = await aStarted(['Ada']);
  await app.settle();
  // As if its date had just come.
  await app.query(`update delegation.grant set ends_at = now() - interval '1 second' where grant_id = $1`, [grantId]);
  expect(told()).toHaveLength(1);
  await lookAfterDestinations(app.app);
  await until(() => told().slice(1), [`- ${ids.Ada}`]);
  await remove(destinationId);
});
