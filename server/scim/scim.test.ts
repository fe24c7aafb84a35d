import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as identity from '../identity/contract.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as leaving from '../leaving/contract.ts';
import * as contracts from './contract.ts';

let app: TestApp;
let admin: Member;
let token: string;

beforeAll(async () => {
  app = await openTestApp();
  admin = await app.setUp();
  token = await newToken(admin);
});
afterAll(() => app?.close());

const newToken = async (by: Member) => (await by.call(contracts.createDirectoryToken, { name: 'Entra ID' })).token;

type Json = Record<string, unknown>;
// biome-ignore lint/suspicious/noExplicitAny: what SCIM answers is looked into at will.
type Answer = { status: number; body: any };

async function scim(method: string, path: string, body?: Json, bearer = token): Promise<Answer> {
  const answer = await fetch(`${app.url}/scim/v2${path}`, {
    method,
    headers: { authorization: `Bearer ${bearer}`, ...(body ? { 'content-type': 'application/scim+json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if (answer.status !== 204) expect(answer.headers.get('content-type')).toContain('application/scim+json');
  return { status: answer.status, body: answer.status === 204 ? null : await answer.json() };
}
const patch = (path: string, ...operations: Json[]) =>
  scim('PATCH', path, { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: operations });

let count = 0;
async function newUser(more: Json = {}): Promise<string> {
  const userName = `user${++count}@exemple.example`;
  const { status, body } = await scim('POST', '/Users', {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName,
    externalId: `ext-${count}`,
    name: { givenName: 'Ada', familyName: `Lovelace ${'abcdefghijklmnopqrstuvwxyz'[count]}` },
    emails: [{ value: userName, type: 'work', primary: true }],
    active: true,
    ...more,
  });
  expect(status).toBe(201);
  return body.id;
}
const memberOf = async (id: string) => (await admin.call(identity.listMembers, {})).items.find((one) => one.id === id)!;
const openDepartures = async (id: string) =>
  (await admin.call(leaving.listDepartures, {})).items.filter((one) => one.member.id === id && one.state === 'open');

describe('members', () => {
  test('who is created is a member, is found by userName and externalId, and can be created once', async () => {
    const id = await newUser();
    expect(await memberOf(id)).toMatchObject({
      name: 'Ada Lovelace b',
      email: 'user1@exemple.example',
      status: 'active',
      role: 'member',
    });
    for (const filter of ['userName eq "USER1@exemple.example"', 'externalId eq "ext-1"', `id eq "${id}"`])
      expect((await scim('GET', `/Users?filter=${encodeURIComponent(filter)}`)).body).toMatchObject({
        totalResults: 1,
        Resources: [{ id }],
      });
    expect((await scim('GET', `/Users?filter=${encodeURIComponent('externalId eq "EXT-1"')}`)).body.totalResults).toBe(
      0,
    );
    expect(await scim('POST', '/Users', { userName: 'user1@exemple.example' })).toMatchObject({
      status: 409,
      body: { scimType: 'uniqueness', status: '409' },
    });
    expect((await scim('GET', `/Users?filter=${encodeURIComponent('name co "a"')}`)).body.scimType).toBe(
      'invalidFilter',
    );
  });

  test('members whom people invited are found too, page by page', async () => {
    const { body } = await scim('GET', '/Users?startIndex=1&count=1');
    expect(body).toMatchObject({ startIndex: 1, itemsPerPage: 1, Resources: [{ userName: admin.me.email }] });
    expect((await scim('GET', '/Users?startIndex=2&count=1')).body.Resources[0].userName).not.toBe(admin.me.email);
  });

  test('the forms of Entra ID and Okta change a name, an address, and end access', async () => {
    const id = await newUser();
    const renamed = await patch(
      `/Users/${id}`,
      { op: 'Replace', path: 'name.familyName', value: 'King' },
      { op: 'Replace', path: 'emails[type eq "work"].value', value: 'ada.king@exemple.example' },
    );
    expect(renamed).toMatchObject({
      status: 200,
      body: { displayName: 'Ada King', emails: [{ value: 'ada.king@exemple.example' }] },
    });
    expect(await memberOf(id)).toMatchObject({ name: 'Ada King', email: 'ada.king@exemple.example' });
    await patch(`/Users/${id}`, { op: 'Add', value: { 'name.givenName': 'Augusta', externalId: 'new' } });
    expect((await scim('GET', `/Users/${id}`)).body).toMatchObject({ displayName: 'Augusta King', externalId: 'new' });
    expect((await patch(`/Users/${id}`, { op: 'Replace', path: 'active', value: 'False' })).body.active).toBe(false);
    expect((await patch(`/Users/${id}`, { op: 'replace', value: { active: true } })).body.active).toBe(true);
    expect((await memberOf(id)).status).toBe('active');
  });

  test('a patch that reaches for what is no attribute is refused', async () => {
    const id = await newUser();
    expect(await patch(`/Users/${id}`, { op: 'add', path: '__proto__.polluted', value: true })).toMatchObject({
      status: 400,
      body: { scimType: 'invalidPath' },
    });
    expect(
      await patch(`/Users/${id}`, { op: 'add', path: 'constructor.prototype.polluted', value: true }),
    ).toMatchObject({ status: 400 });
    expect(({} as Json).polluted).toBeUndefined();
    expect(await scim('PATCH', `/Users/${id}`, { Operations: [] })).toMatchObject({
      status: 400,
      body: { scimType: 'invalidSyntax' },
    });
  });

  test('active: false suspends at once and opens a departure for an admin to decide; active: true takes both back', async () => {
    const person = await app.invite(admin, 'Paul Leaver');
    const { memberId } = person.me;
    await patch(`/Users/${memberId}`, { op: 'replace', path: 'active', value: false });
    expect(await codeOf(person.call(identity.getMe, {}))).toBe('unauthenticated');
    expect(await openDepartures(memberId)).toMatchObject([{ origin: 'scim', openedBy: null }]);
    expect((await memberOf(memberId)).status).toBe('suspended');
    await patch(`/Users/${memberId}`, { op: 'replace', path: 'active', value: false });
    expect(await openDepartures(memberId)).toHaveLength(1);
    await patch(`/Users/${memberId}`, { op: 'replace', path: 'active', value: true });
    expect(await openDepartures(memberId)).toEqual([]);
    const again = app.client();
    await again.call(identity.signIn, { email: person.me.email, password: person.password });
    const { items } = await admin.call(identity.listAudit, {});
    const told = items.filter((one) => one.subject === 'Paul Leaver' && one.actor === null).map((one) => one.code);
    expect(told).toEqual(['departure.cancelled', 'member.active', 'departure.opened', 'member.suspended']);
  });

  test('who has left is not let in again', async () => {
    const id = await newUser();
    await patch(`/Users/${id}`, { op: 'replace', path: 'active', value: false });
    const [departure] = await openDepartures(id);
    await admin.call(leaving.confirmDeparture, { departureId: departure!.id, name: departure!.member.name });
    await app.settle();
    expect(await patch(`/Users/${id}`, { op: 'replace', path: 'active', value: true })).toMatchObject({
      status: 409,
      body: { scimType: 'mutability' },
    });
    expect((await memberOf(id)).status).toBe('left');
  });

  test('DELETE suspends, opens a departure, and the directory finds them no more until it creates them again', async () => {
    const id = await newUser();
    const { userName } = (await scim('GET', `/Users/${id}`)).body;
    // As some directories do, which name the type of a body that is not there.
    const typed = { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' };
    const deleted = await fetch(`${app.url}/scim/v2/Users/${id}`, { method: 'DELETE', headers: typed });
    expect(deleted.status).toBe(204);
    expect((await memberOf(id)).status).toBe('suspended');
    expect(await openDepartures(id)).toHaveLength(1);
    expect((await scim('GET', `/Users/${id}`)).status).toBe(404);
    expect((await scim('DELETE', `/Users/${id}`)).status).toBe(404);
    expect(await scim('POST', '/Users', { userName })).toMatchObject({ status: 201, body: { id, active: true } });
    expect((await memberOf(id)).status).toBe('active');
  });

  test('the last admin cannot be suspended', async () => {
    const path = `/Users/${admin.me.memberId}`;
    expect(await patch(path, { op: 'replace', path: 'active', value: false })).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('last admin') },
    });
    expect((await scim('DELETE', path)).status).toBe(409);
    expect(await openDepartures(admin.me.memberId)).toEqual([]);
    expect((await admin.call(identity.getMe, {})).role).toBe('admin');
  });
});

describe('teams', () => {
  test('a group is a team, whose members follow, in the forms of Entra ID and Okta', async () => {
    const [one, two] = [await newUser(), await newUser()];
    const { body } = await scim('POST', '/Groups', {
      displayName: 'Directory sales',
      externalId: 'g',
      members: [{ value: one }],
    });
    const path = `/Groups/${body.id}`;
    const members = async () =>
      ((await scim('GET', path)).body.members as { value: string }[]).map((member) => member.value).sort();
    expect(await members()).toEqual([one]);
    await patch(path, { op: 'Add', path: 'members', value: [{ value: two }] });
    expect(await members()).toEqual([one, two].sort());
    await patch(path, { op: 'Remove', path: `members[value eq "${one}"]` });
    expect(await members()).toEqual([two]);
    await patch(path, { op: 'Remove', path: 'members', value: [{ value: two }] });
    expect(await members()).toEqual([]);
    await patch(path, { op: 'replace', value: { id: body.id, displayName: 'Directory buyers' } });
    expect((await admin.call(identity.listTeams, {})).items.map((team) => team.name)).toContain('Directory buyers');
    expect(
      (
        await scim(
          'GET',
          `/Groups?filter=${encodeURIComponent('displayName eq "directory buyers"')}&excludedAttributes=members`,
        )
      ).body.Resources[0].members,
    ).toBeUndefined();
    expect(await patch(path, { op: 'add', path: 'members', value: [{ value: admin.me.workspace.id }] })).toMatchObject({
      status: 400,
    });
    expect((await scim('DELETE', path)).status).toBe(204);
    expect((await scim('GET', path)).status).toBe(404);
    await app.settle();
  });

  test('teams that people made are neither shown nor touched', async () => {
    const team = await admin.call(identity.createTeam, { name: 'Ours', memberIds: [admin.me.memberId] });
    expect((await scim('GET', '/Groups')).body.Resources).toEqual([]);
    expect((await scim('GET', `/Groups/${team.id}`)).status).toBe(404);
    expect((await scim('DELETE', `/Groups/${team.id}`)).status).toBe(404);
    expect((await scim('PUT', `/Groups/${team.id}`, { displayName: 'Theirs' })).status).toBe(404);
    expect(await scim('POST', '/Groups', { displayName: 'Ours' })).toMatchObject({
      status: 409,
      body: { scimType: 'uniqueness' },
    });
  });
});

describe('who is let in', () => {
  test('a token is kept as a hash, says when it was used, and opens nothing once it has ended', async () => {
    const other = await newToken(admin);
    expect((await scim('GET', '/Users', undefined, other)).status).toBe(200);
    const { items } = await admin.call(contracts.listDirectoryTokens, {});
    expect(items.at(-1)!.lastUsedAt).not.toBeNull();
    await admin.call(contracts.endDirectoryToken, { tokenId: items.at(-1)!.id });
    expect(await scim('GET', '/Users', undefined, other)).toMatchObject({ status: 401, body: { status: '401' } });
    for (const bad of ['', 'entd_', `${token}x`.slice(1), token.slice(0, -2)])
      expect((await scim('GET', '/Users', undefined, bad)).status).toBe(401);
    expect((await scim('POST', '/Users', { userName: 'x@exemple.example' }, 'none')).status).toBe(401);
  });

  test('only admins make tokens', async () => {
    const member = await app.invite(admin, 'Bob Member');
    expect(await codeOf(member.call(contracts.createDirectoryToken, { name: 'Mine' }))).toBe('forbidden');
    expect(await codeOf(member.call(contracts.listDirectoryTokens, {}))).toBe('forbidden');
  });

  test('a token of another workspace neither sees nor changes anybody of this one', async () => {
    const mallory = await app.invite(admin, 'Mallory Evil', { role: 'admin' });
    const { id } = await mallory.call(identity.createWorkspace, { name: 'Mallory SA' });
    await mallory.call(identity.chooseWorkspace, { workspaceId: id });
    const evil = await newToken(mallory);
    const victim = await newUser();
    expect((await scim('GET', '/Users', undefined, evil)).body.totalResults).toBe(1);
    for (const method of ['GET', 'DELETE'])
      expect((await scim(method, `/Users/${victim}`, undefined, evil)).status).toBe(404);
    expect((await scim('PUT', `/Users/${victim}`, { userName: 'a@b.example', active: false }, evil)).status).toBe(404);
    // Nor does it adopt an account that others vouch for, or change the address of one.
    expect((await scim('POST', '/Users', { userName: admin.me.email }, evil)).status).toBe(409);
    const { Resources } = (await scim('GET', '/Users', undefined, evil)).body;
    const taken = await scim('PUT', `/Users/${Resources[0].id}`, { userName: 'm@evil.example' }, evil);
    expect(taken).toMatchObject({ status: 409, body: { scimType: 'mutability' } });
    // A token whose workspace is rewritten is no token there.
    const octets = [token, evil].map((one) => Buffer.from(one.slice(5), 'base64url'));
    const mixed = `entd_${Buffer.concat([octets[0]!.subarray(0, 16), octets[1]!.subarray(16)]).toString('base64url')}`;
    expect((await scim('GET', '/Users', undefined, mixed)).status).toBe(401);
    expect((await memberOf(victim)).status).toBe('active');
  });
});

test('it says what it speaks, and errors in its own format', async () => {
  expect((await scim('GET', '/ServiceProviderConfig')).body).toMatchObject({
    patch: { supported: true },
    bulk: { supported: false },
  });
  expect((await scim('GET', '/ResourceTypes')).body.Resources.map((one: Json) => one.id)).toEqual(['User', 'Group']);
  expect((await scim('GET', '/Schemas')).body.Resources[0].attributes[0]).toMatchObject({
    name: 'userName',
    required: true,
  });
  expect(await scim('GET', '/Nothing')).toMatchObject({
    status: 404,
    body: { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'] },
  });
  expect((await scim('GET', '/Users/none')).status).toBe(404);
});
