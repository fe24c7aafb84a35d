import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { getPerson, listPeople } from '../cards/contract.ts';
import { addContact } from '../cards/testing.ts';
import { codeOf, type Member, openTestApp, type TestApp, tokenOf } from '../kernel/testing.ts';
import * as contracts from './contract.ts';

let app: TestApp;
let alice: Member;
let home: string;
let second: string;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  home = alice.me.workspace.id;
  second = (await alice.call(contracts.createWorkspace, { name: 'Seconde SARL' })).id;
});
afterAll(() => app.close());
afterEach(async () => {
  expect(app.errors).toEqual([]);
  await alice.call(contracts.chooseWorkspace, { workspaceId: home });
});

const choose = (workspaceId: string) => alice.call(contracts.chooseWorkspace, { workspaceId });
const signIn = { email: 'alice.martin@example.com', password: 'seven green bicycles' };

describe('a member of two workspaces', () => {
  test('is told of both, and works in the one chosen in this session', async () => {
    const both = [
      { id: home, name: 'Exemple SA' },
      { id: second, name: 'Seconde SARL' },
    ];
    expect(await alice.call(contracts.getMe, {})).toMatchObject({ workspace: { id: home }, workspaces: both });
    const elsewhere = app.client();
    await elsewhere.call(contracts.signIn, signIn);
    await choose(second);
    expect(await alice.call(contracts.getMe, {})).toMatchObject({ workspace: { id: second }, role: 'admin' });
    expect((await elsewhere.call(contracts.getMe, {})).workspace.id).toBe(home);
  });

  test('may say at sign-in which one, and keeps it when the password changes', async () => {
    const client = app.client();
    const me = await client.call(contracts.signIn, { ...signIn, workspaceId: second });
    expect(me.workspace.id).toBe(second);
    await client.call(contracts.changePassword, { current: signIn.password, password: signIn.password });
    expect((await client.call(contracts.getMe, {})).workspace.id).toBe(second);
    await alice.call(contracts.signIn, signIn);
  });

  test('finds in each only what stands there, by list, search, id, export and card', async () => {
    const kept = await addContact(alice, { name: 'Homer Kept', email: 'homer@home.example' });
    await choose(second);
    const { items } = await alice.call(listPeople, {});
    expect(items).toEqual([]);
    expect((await alice.call(listPeople, { q: 'homer' })).items).toEqual([]);
    expect(await codeOf(alice.call(getPerson, { personId: kept }))).toBe('not_found');
    expect((await alice.fetch(`/cards/${kept}`)).status).toBe(404);
    expect(await (await alice.fetch('/people/export?format=csv')).text()).not.toContain('Homer');
    const other = await addContact(alice, { name: 'Otto Other', email: 'homer@home.example' });
    await app.settle();
    await choose(home);
    expect((await alice.call(listPeople, {})).items.map(({ name }) => name)).toEqual(['Homer Kept']);
    expect(await codeOf(alice.call(getPerson, { personId: other }))).toBe('not_found');
  });

  test('is stopped when the page that asks shows the other one', async () => {
    const shows = (workspace: string) => ({ headers: { 'x-entregent-workspace': workspace } });
    expect((await alice.call(contracts.getMe, {}, shows(home))).workspace.id).toBe(home);
    await choose(second);
    expect(await codeOf(alice.call(contracts.createTeam, { name: 'Stale' }, shows(home)))).toBe('workspace_changed');
    expect((await alice.call(contracts.listTeams, {})).items).toEqual([]);
  });

  test('cannot choose a workspace they do not belong to', async () => {
    const bea = await app.invite(alice, 'Bea');
    expect(await codeOf(bea.call(contracts.chooseWorkspace, { workspaceId: second }))).toBe('not_found');
    expect(bea.me.workspaces).toEqual([{ id: home, name: 'Exemple SA' }]);
    const named = await app.client().call(contracts.signIn, {
      email: bea.me.email,
      password: bea.password,
      workspaceId: second,
    });
    expect(named.workspace.id).toBe(home);
  });

  test('holds API keys that open the workspace they were made in, whatever the session does', async () => {
    await choose(second);
    const { key, apiKey } = await alice.call(contracts.createApiKey, { name: 'k', scopes: ['workspace:read'] });
    await choose(home);
    const me = await app.client(key).call(contracts.getMe, {});
    expect(me).toMatchObject({ workspace: { id: second }, workspaces: [{ id: second }] });
    expect((await alice.call(contracts.listApiKeys, {})).items).toEqual([]);
    expect(await codeOf(alice.call(contracts.deleteApiKey, { apiKeyId: apiKey.id }))).toBe('not_found');
    expect(await codeOf(app.client(key).call(contracts.chooseWorkspace, { workspaceId: home }))).toBe('forbidden');
  });
});

describe('joining a second workspace', () => {
  test('takes the password of the account that is there', async () => {
    const carl = await app.invite(alice, 'Carl');
    await choose(second);
    const { url } = await alice.call(contracts.createInvitation, {});
    const join = (password: string) =>
      app.client().call(contracts.acceptInvitation, {
        token: tokenOf(url),
        name: 'Carl',
        email: carl.me.email,
        password,
      });
    expect(await codeOf(join('not the password'))).toBe('wrong_credentials');
    const me = await join(carl.password);
    expect(me.workspace.id).toBe(second);
    expect(me.workspaces.map(({ id }) => id)).toEqual([home, second]);
  });

  test('gives no admin of one a way into the other: their link for a lost password is refused', async () => {
    const dora = await app.invite(alice, 'Dora');
    const { url } = await alice.call(contracts.createResetLink, { memberId: dora.me.memberId });
    await choose(second);
    const invitation = await alice.call(contracts.createInvitation, {});
    await app.client().call(contracts.acceptInvitation, {
      token: tokenOf(invitation.url),
      name: 'Dora',
      email: dora.me.email,
      password: dora.password,
    });
    const reset = app.client().call(contracts.resetPassword, { token: tokenOf(url), password: 'nine blue kites' });
    expect(await codeOf(reset)).toBe('shared_account');
  });

  test('lets a suspension in one leave the other open', async () => {
    const eve = await app.invite(alice, 'Eve Long');
    await choose(second);
    const { url } = await alice.call(contracts.createInvitation, {});
    await eve.call(contracts.acceptInvitation, {
      token: tokenOf(url),
      name: 'Eve',
      email: eve.me.email,
      password: eve.password,
    });
    const { items } = await alice.call(contracts.listMembers, {});
    const there = items.find(({ email }) => email === eve.me.email)!;
    await alice.call(contracts.updateMember, { memberId: there.id, status: 'suspended' });
    expect(await eve.call(contracts.getMe, {})).toMatchObject({ workspace: { id: home }, workspaces: [{ id: home }] });
  });
});
