import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { codeOf, type Member, openTestApp, type TestApp, tokenOf } from '../kernel/testing.ts';
import * as contracts from './contract.ts';

let app: TestApp;
let alice: Member;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
});
afterAll(() => app.close());
afterEach(() => expect(app.errors).toEqual([]));

const joining = (name: string) => ({
  name,
  email: `${name.toLowerCase()}@example.com`,
  password: 'seven green bicycles',
});

describe('setting up', () => {
  test('the setup token admits once', async () => {
    expect(alice.me).toMatchObject({ name: 'Alice Martin', role: 'admin', workspace: { name: 'Exemple SA' } });
    const again = app
      .client()
      .call(contracts.setUp, { token: app.setupToken!, workspace: 'Other', ...joining('Mallory') });
    expect(await codeOf(again)).toBe('link_expired');
    expect(await app.client().call(contracts.getStatus, {})).toMatchObject({ setUp: true });
  });

  test('a guessed setup token admits nobody', async () => {
    const guess = app.client().call(contracts.setUp, { token: '', workspace: 'Other', ...joining('Mallory') });
    expect(await codeOf(guess)).toBe('link_expired');
  });
});

describe('sessions', () => {
  test('signing in and out opens and closes what a member may see', async () => {
    const client = app.client();
    expect(await codeOf(client.call(contracts.getMe, {}))).toBe('unauthenticated');
    await client.call(contracts.signIn, { email: alice.me.email, password: alice.password });
    expect(await client.call(contracts.getMe, {})).toEqual(alice.me);
    await client.call(contracts.signOut, {});
    expect(await codeOf(client.call(contracts.getMe, {}))).toBe('unauthenticated');
  });

  test('a copied cookie stops working when its session is signed out', async () => {
    const client = app.client();
    const answer = await client.fetch('/sign-in', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: alice.me.email, password: alice.password }),
    });
    const cookie = answer.headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; ');
    await client.call(contracts.signOut, {});
    expect((await app.client().fetch('/me', { headers: { cookie } })).status).toBe(401);
  });

  test('a wrong password and an unknown address get the same answer', async () => {
    const attempt = (email: string) => app.client().call(contracts.signIn, { email, password: 'not the password' });
    expect(await codeOf(attempt(alice.me.email))).toBe('wrong_credentials');
    expect(await codeOf(attempt('nobody@example.com'))).toBe('wrong_credentials');
  });

  test('a write with a cookie but without the CSRF header is refused', async () => {
    const answer = await alice.fetch('/me', {
      method: 'PATCH',
      headers: { 'x-entregent-csrf': '', 'content-type': 'application/json' },
      body: JSON.stringify({ theme: 'dark' }),
    });
    expect(answer.status).toBe(403);
    expect((await alice.call(contracts.getMe, {})).theme).toBe('system');
  });

  test('guessing passwords is slowed down', async () => {
    const client = app.client();
    const codes = [];
    for (let count = 0; count < 22; count++)
      codes.push(await codeOf(client.call(contracts.signIn, { email: 'x@example.com', password: 'guess' })));
    expect(codes.at(-1)).toBe('too_many_requests');
  });

  test('changing the password ends the other sessions and keeps this one', async () => {
    const bea = await app.invite(alice, 'Bea');
    const elsewhere = app.client();
    await elsewhere.call(contracts.signIn, { email: bea.me.email, password: bea.password });
    const change = (current: string, password: string) => bea.call(contracts.changePassword, { current, password });
    expect(await codeOf(change('not the password', 'nine blue kites'))).toBe('wrong_credentials');
    expect(await codeOf(change(bea.password, 'aaaaaaaaaaaa'))).toBe('weak_password');
    await change(bea.password, 'nine blue kites');
    expect(await bea.call(contracts.getMe, {})).toEqual(bea.me);
    expect(await codeOf(elsewhere.call(contracts.getMe, {}))).toBe('unauthenticated');
  });
});

describe('invitations', () => {
  test('an invitation admits once, with its role and teams', async () => {
    const team = await alice.call(contracts.createTeam, { name: 'Sales' });
    const { url, invitation } = await alice.call(contracts.createInvitation, {
      email: 'carl@example.com',
      teamIds: [team.id],
    });
    expect(invitation).toMatchObject({ email: 'carl@example.com', role: 'member', invitedBy: 'Alice Martin' });
    const token = tokenOf(url);
    expect(await app.client().call(contracts.getInvitation, { token })).toEqual({
      workspace: 'Exemple SA',
      invitedBy: 'Alice Martin',
      email: 'carl@example.com',
    });
    // An address is taken on trust: whoever was invited by theirs cannot come as somebody else, who would find them there one day.
    const asBoss = app.client().call(contracts.acceptInvitation, { token, ...joining('Boss') });
    expect(await codeOf(asBoss)).toBe('invalid_input');
    const me = await app.client().call(contracts.acceptInvitation, { token, ...joining('Carl') });
    expect(me).toMatchObject({ role: 'member', teams: [{ name: 'Sales' }] });
    expect(await codeOf(app.client().call(contracts.acceptInvitation, { token, ...joining('Carla') }))).toBe(
      'link_expired',
    );
    expect(await codeOf(app.client().call(contracts.getInvitation, { token }))).toBe('link_expired');
  });

  test('of two who use one invitation at once, one joins', async () => {
    const { url } = await alice.call(contracts.createInvitation, {});
    const token = tokenOf(url);
    const both = await Promise.allSettled(
      ['Dora', 'Dirk'].map((name) => app.client().call(contracts.acceptInvitation, { token, ...joining(name) })),
    );
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  test('an expired and a withdrawn invitation admit nobody', async () => {
    const expired = await alice.call(contracts.createInvitation, {});
    await app.query(`update identity.link set expires_at = now() - interval '1 second' where link_id = $1`, [
      expired.invitation.id,
    ]);
    const withdrawn = await alice.call(contracts.createInvitation, {});
    await alice.call(contracts.withdrawInvitation, { invitationId: withdrawn.invitation.id });
    for (const { url, invitation } of [expired, withdrawn]) {
      const join = app.client().call(contracts.acceptInvitation, { token: tokenOf(url), ...joining('Eve') });
      expect(await codeOf(join)).toBe('link_expired');
      const open = await alice.call(contracts.listInvitations, {});
      expect(open.items.map(({ id }) => id)).not.toContain(invitation.id);
    }
  });

  test('an address that has an account cannot join a second time', async () => {
    const { url } = await alice.call(contracts.createInvitation, {});
    const join = app
      .client()
      .call(contracts.acceptInvitation, { token: tokenOf(url), ...joining('Alice'), email: alice.me.email });
    expect(await codeOf(join)).toBe('conflict');
  });
});

describe('recovery', () => {
  test('a reset link gives a new password once and ends the sessions', async () => {
    const fay = await app.invite(alice, 'Fay');
    const { url } = await alice.call(contracts.createResetLink, { memberId: fay.me.memberId });
    const reset = (password: string) => app.client().call(contracts.resetPassword, { token: tokenOf(url), password });
    expect(await codeOf(reset('aaaabbbbcccc'))).toBe('weak_password');
    await reset('nine blue kites');
    const { items } = await alice.call(contracts.listAudit, {});
    expect(items.slice(0, 2)).toMatchObject([
      { code: 'member.reset', actor: null, subject: 'Fay' },
      { code: 'member.reset_link', actor: 'Alice Martin', subject: 'Fay' },
    ]);
    expect(await codeOf(reset('ten red wagons'))).toBe('link_expired');
    expect(await codeOf(fay.call(contracts.getMe, {}))).toBe('unauthenticated');
    const client = app.client();
    expect(await codeOf(client.call(contracts.signIn, { email: fay.me.email, password: fay.password }))).toBe(
      'wrong_credentials',
    );
    await client.call(contracts.signIn, { email: fay.me.email, password: 'nine blue kites' });
  });
});

describe('roles', () => {
  test('a member cannot do what only admins may', async () => {
    const gus = await app.invite(alice, 'Gus');
    const memberId = alice.me.memberId;
    const attempts = [
      gus.call(contracts.updateMember, { memberId: gus.me.memberId, role: 'admin' }),
      gus.call(contracts.updateMember, { memberId, status: 'suspended' }),
      gus.call(contracts.createResetLink, { memberId }),
      gus.call(contracts.createInvitation, {}),
      gus.call(contracts.listInvitations, {}),
      gus.call(contracts.createTeam, { name: 'Coup' }),
    ];
    expect(await Promise.all(attempts.map(codeOf))).toEqual(attempts.map(() => 'forbidden'));
  });

  test('the last admin can neither step down nor suspend themself', async () => {
    const update = (change: object) => alice.call(contracts.updateMember, { memberId: alice.me.memberId, ...change });
    expect(await codeOf(update({ role: 'member' }))).toBe('last_admin');
    expect(await codeOf(update({ status: 'suspended' }))).toBe('last_admin');
    expect((await alice.call(contracts.getMe, {})).role).toBe('admin');
  });

  test('of two admins who demote each other at once, one remains', async () => {
    const hal = await app.invite(alice, 'Hal', { role: 'admin' });
    await Promise.allSettled([
      alice.call(contracts.updateMember, { memberId: hal.me.memberId, role: 'member' }),
      hal.call(contracts.updateMember, { memberId: alice.me.memberId, role: 'member' }),
    ]);
    const { items } = await hal.call(contracts.listMembers, {});
    const admins = items.filter(({ role }) => role === 'admin');
    expect(admins).toHaveLength(1);
    await app.query(`update identity.member set role = case when member_id = $1 then 'admin' else 'member' end`, [
      alice.me.memberId,
    ]);
  });

  test('a suspended member is out at the next request and cannot come back', async () => {
    const ida = await app.invite(alice, 'Ida');
    const { key } = await ida.call(contracts.createApiKey, { name: 'script', scopes: ['workspace:read'] });
    await alice.call(contracts.updateMember, { memberId: ida.me.memberId, status: 'suspended' });
    expect(await codeOf(ida.call(contracts.getMe, {}))).toBe('unauthenticated');
    expect(await codeOf(app.client(key).call(contracts.getMe, {}))).toBe('invalid_api_key');
    const attempt = app.client().call(contracts.signIn, { email: ida.me.email, password: ida.password });
    expect(await codeOf(attempt)).toBe('wrong_credentials');
    await alice.call(contracts.updateMember, { memberId: ida.me.memberId, status: 'active' });
    await app.client().call(contracts.signIn, { email: ida.me.email, password: ida.password });
  });
});

describe('API keys', () => {
  test('a key acts as its member, within its scopes, until it is ended', async () => {
    const { key, apiKey } = await alice.call(contracts.createApiKey, { name: 'sync', scopes: ['workspace:read'] });
    const program = app.client(key);
    expect((await program.call(contracts.getMe, {})).memberId).toBe(alice.me.memberId);
    expect((await program.call(contracts.listMembers, {})).items.length).toBeGreaterThan(0);
    expect(await codeOf(program.call(contracts.createTeam, { name: 'By key' }))).toBe('forbidden');
    expect(await codeOf(program.call(contracts.listApiKeys, {}))).toBe('forbidden');
    await alice.call(contracts.deleteApiKey, { apiKeyId: apiKey.id });
    expect(await codeOf(program.call(contracts.getMe, {}))).toBe('invalid_api_key');
    expect(await codeOf(app.client('ent_guess').call(contracts.getMe, {}))).toBe('invalid_api_key');
  });

  test('a key needs no CSRF header, because no browser sends it by itself', async () => {
    const { key } = await alice.call(contracts.createApiKey, { name: 'teams', scopes: ['workspace:write'] });
    const answer = await app.client(key).fetch('/teams', {
      method: 'POST',
      headers: { 'x-entregent-csrf': '', 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'By key' }),
    });
    expect(answer.status).toBe(200);
  });

  test("nobody can end another member's key", async () => {
    const jo = await app.invite(alice, 'Jo');
    const { apiKey } = await jo.call(contracts.createApiKey, { name: 'mine', scopes: ['contacts:read'] });
    expect(await codeOf(alice.call(contracts.deleteApiKey, { apiKeyId: apiKey.id }))).toBe('not_found');
    expect((await jo.call(contracts.listApiKeys, {})).items).toHaveLength(1);
  });
});

describe('other workspaces', () => {
  test('ids of another workspace do not exist', async () => {
    const [workspace, member, team, link] = Array.from({ length: 4 }, () => crypto.randomUUID());
    await app.query(`insert into identity.workspace (workspace_id, name, country) values ($1, 'Autre', 'FR')`, [
      workspace,
    ]);
    await app.query(
      `insert into identity.member (workspace_id, member_id, account_id, name, email) values ($1, $2, 'x', 'Max', 'max@other.example')`,
      [workspace, member],
    );
    await app.query(`insert into identity.team (workspace_id, team_id, name) values ($1, $2, 'Theirs')`, [
      workspace,
      team,
    ]);
    await app.query(
      `insert into identity.link (workspace_id, link_id, purpose, token_hash, expires_at, created_by)
       values ($1, $2, 'invitation', '\\x00', now() + interval '1 day', $3)`,
      [workspace, link, member],
    );
    const attempts = [
      alice.call(contracts.updateMember, { memberId: member!, role: 'admin' }),
      alice.call(contracts.createResetLink, { memberId: member! }),
      alice.call(contracts.updateTeam, { teamId: team!, name: 'Ours' }),
      alice.call(contracts.deleteTeam, { teamId: team! }),
      alice.call(contracts.withdrawInvitation, { invitationId: link! }),
    ];
    expect(await Promise.all(attempts.map(codeOf))).toEqual(attempts.map(() => 'not_found'));
    const names = (await alice.call(contracts.listMembers, {})).items.map(({ name }) => name);
    expect(names).not.toContain('Max');
  });

  test('a member of another workspace cannot be put into a team', async () => {
    const stranger = (
      await app.query<{ member_id: string }>(`select member_id from identity.member where name = 'Max'`)
    )[0]!;
    const attempt = alice.call(contracts.createTeam, { name: 'Mixed', memberIds: [stranger.member_id] });
    expect(await codeOf(attempt)).toMatch(/invalid_input|not_found/);
  });
});
