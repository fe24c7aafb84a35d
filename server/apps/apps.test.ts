import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import * as delegation from '../delegation/contract.ts';
import * as home from '../home/contract.ts';
import * as identity from '../identity/contract.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as contracts from './contract.ts';
import { authorise, isNobody, type Program, refresh, register } from './testing.ts';

let app: TestApp;
let alice: Member;
let bob: Member;
let program: Program;

interface Contact {
  name: string;
  email: string;
}

async function addBook(holder: Member, name: string, ...people: Contact[]): Promise<string> {
  const { id } = await holder.call(delegation.createBook, { name });
  for (const { name: family, email } of people)
    await holder.call(cards.createCard, {
      bookId: id,
      fields: [
        { kind: 'name', value: { given: 'Jeanne', family } },
        { kind: 'email', value: { value: email, type: 'work' } },
        { kind: 'note', value: { value: `Note on ${family}` } },
      ],
    });
  return id;
}
const names = async (client: Pick<Member, 'call'>) =>
  (await client.call(cards.listPeople, {})).items.map((one) => one.name).sort();

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Noir');
  program = await register(alice, { scopes: ['contacts:read', 'facts:write'] });
});
afterAll(async () => {
  expect(app.errors).toEqual([]);
  await app.close();
});

describe('an app', () => {
  let lent: string;
  let client: Awaited<ReturnType<typeof authorise>>['client'];
  let tokens: Awaited<ReturnType<typeof authorise>>['tokens'];

  beforeAll(async () => {
    lent = await addBook(bob, 'Clients', { name: 'Lent', email: 'lent@example.org' });
    await addBook(bob, 'Friends', { name: 'Private', email: 'private@example.org' });
    const shared = await addBook(alice, 'Company', { name: 'Shared', email: 'shared@example.org' });
    await alice.call(delegation.createGrant, { bookId: shared, grantee: { kind: 'workspace' }, acts: ['read'] });
    ({ client, tokens } = await authorise(app, bob, program, { bookIds: [lent], acts: ['read'], except: ['notes'] }));
    await app.settle();
  });

  test('sees what is lent to it, and nothing that its member sees besides', async () => {
    expect(await names(bob)).toEqual(['Jeanne Lent', 'Jeanne Private', 'Jeanne Shared']);
    expect(await names(client)).toEqual(['Jeanne Lent']);
    const { items } = await client.call(cards.listPeople, { q: 'Lent' });
    const person = await client.call(cards.getPerson, { personId: items[0]!.id });
    expect(person.values.map((value) => value.kind).sort()).toEqual(['email', 'name']);
    expect((await client.call(cards.getFacets, {})).total.count).toBe(1);
    expect(
      await names(
        await authorise(app, alice, program, { bookIds: [await addBook(alice, 'None')], acts: ['read'] }).then(
          ({ client: other }) => other,
        ),
      ),
    ).toEqual([]);
  });

  test('may do what its scopes say only', async () => {
    for (const call of [
      () => client.call(identity.listMembers, {}),
      () => client.call(cards.createCard, { fields: [{ kind: 'name', value: { given: 'X' } }] }),
      () => client.call(contracts.listApps, {}),
      () => client.call(home.listHappenings, {}),
      () => client.json('/sources'),
      () => client.json('/imports'),
      () => client.json('/verdicts'),
      () => client.call(contracts.endApp, { appId: lent }),
      () => client.json(`${cards.exportPath}?format=csv`),
    ])
      expect(await codeOf(call())).toBe('forbidden');
  });

  test('is told to the holder with who authorised it', async () => {
    const { items } = await bob.call(home.listHappenings, {});
    expect(
      items.map((one) => `${one.user.name}, ${one.user.authorisedBy}: ${one.kind} ${one.contacts[0]?.name}`),
    ).toContain('Mailing tool, Bob Noir: opened Jeanne Lent');
    const granted = await bob.call(delegation.listGrants, {});
    expect(granted.items.map((grant) => grant.sentence)).toEqual([
      'Mailing tool (Bob Noir) may find and read the contacts of “Clients”, without notes.',
    ]);
  });

  test('sees nothing from the moment on that its last grant is withdrawn, and sees again when it is lent to anew', async () => {
    const [grant] = (await bob.call(delegation.listGrants, {})).items;
    await bob.call(delegation.endGrant, { grantId: grant!.id });
    expect(await isNobody(client.call(cards.listPeople, {}))).toBe(true);
    await bob.call(delegation.changeGrant, {
      grantId: grant!.id,
      grantee: grant!.grantee,
      acts: ['read'],
      except: ['notes'],
    });
    await app.settle();
    expect(await names(client)).toEqual(['Jeanne Lent']);
  });

  test('is shown to the admin, who ends it without seeing a contact; token and refresh token open nothing any more', async () => {
    const { items } = await alice.call(contracts.listApps, {});
    const mine = items.find((one) => one.member.name === 'Bob Noir')!;
    expect(mine).toMatchObject({ name: 'Mailing tool', scopes: ['contacts:read', 'facts:write'] });
    expect(await codeOf((await app.invite(alice, 'Carol Roux')).call(contracts.endApp, { appId: mine.id }))).toBe(
      'not_found',
    );
    await alice.call(contracts.endApp, { appId: mine.id });
    expect(await codeOf(client.call(cards.listPeople, {}))).toBe('invalid_token');
    await app.settle();
    expect((await refresh(app, program, tokens.refresh_token)).body.error).toBe('invalid_grant');
    const ended = await bob.call(delegation.listGrants, { state: 'ended' });
    expect(ended.items.map((grant) => grant.endedBy)).toContain('Alice Martin');
    expect((await bob.call(delegation.listGrants, {})).items).toEqual([]);
  });
});

describe('a key for some books', () => {
  test('opens these books only, and ends with the key', async () => {
    const carol = await app.invite(alice, 'Carol Vert');
    const open = await addBook(carol, 'Suppliers', { name: 'Supplier', email: 'supplier@example.org' });
    await addBook(carol, 'Family', { name: 'Cousin', email: 'cousin@example.org' });
    const { apiKey, key } = await carol.call(contracts.createKey, {
      name: 'ERP',
      scopes: ['contacts:read'],
      bookIds: [open],
      acts: ['read'],
    });
    await app.settle();
    const client = app.client(key);
    expect(await names(carol)).toEqual(['Jeanne Cousin', 'Jeanne Shared', 'Jeanne Supplier']);
    expect(await names(client)).toEqual(['Jeanne Supplier']);
    expect(await codeOf(client.call(contracts.lookUp, { email: 'cousin@example.org' }))).toBe('not_found');
    expect((await client.call(contracts.lookUp, { email: 'SUPPLIER@example.org' })).name).toBe('Jeanne Supplier');
    await carol.call(identity.deleteApiKey, { apiKeyId: apiKey.id });
    expect(await codeOf(client.call(cards.listPeople, {}))).toBe('invalid_api_key');
    await app.settle();
    expect((await carol.call(delegation.listGrants, {})).items).toEqual([]);
  });

  test('is nobody’s grantee but its owner’s', async () => {
    const carol = await app.invite(alice, 'Carol Bleu');
    const bookIds = [await addBook(carol, 'Mine')];
    await carol.call(contracts.createKey, { name: 'Script', scopes: ['contacts:read'], bookIds, acts: ['read'] });
    const appId = (await carol.call(contracts.listApps, {})).items.find((one) => one.kind === 'key')!.id;
    const [book] = (await bob.call(delegation.listBooks, {})).items;
    expect(
      await codeOf(
        bob.call(delegation.createGrant, { bookId: book!.id, grantee: { kind: 'app', appId }, acts: ['read'] }),
      ),
    ).toBe('not_found');
    expect((await bob.call(contracts.listApps, {})).items.filter((one) => one.kind === 'key')).toEqual([]);
  });
});
