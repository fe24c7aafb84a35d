import { afterAll, beforeAll, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import { addContact, lookFor, nowhere } from '../cards/testing.ts';
import { codeOf, type Member, openTestApp, type TestApp, tokenOf } from '../kernel/testing.ts';
import * as contracts from './contract.ts';

let app: TestApp;
let admin: Member;
let bob: Member;
let carol: Member;
let auditor: Member;

beforeAll(async () => {
  app = await openTestApp();
  admin = await app.setUp();
  bob = await app.invite(admin, 'Bob Stone');
  carol = await app.invite(admin, 'Carol Wood');
  auditor = await app.invite(admin, 'Ada Ledger', { role: 'auditor' });
});
afterAll(async () => {
  expect(app.errors).toEqual([]);
  await app.close();
});

test('no role opens a contact: neither admin, auditor nor marketing sees what is private', async () => {
  const cardId = await addContact(bob, { name: 'Hedy Quietword' });
  await admin.call(contracts.updateMember, { memberId: carol.me.memberId, role: 'marketing' });
  for (const viewer of [admin, auditor, carol]) expect(await lookFor(viewer, cardId, 'Quietword')).toEqual(nowhere);
  await admin.call(contracts.updateMember, { memberId: carol.me.memberId, role: 'member' });
});

test('a lead says who is in the team, and nothing else of it', async () => {
  const { id: teamId } = await admin.call(contracts.createTeam, {
    name: 'Sales',
    memberIds: [bob.me.memberId],
    leadIds: [bob.me.memberId],
  });
  expect((await bob.call(contracts.getMe, {})).teams).toEqual([{ id: teamId, name: 'Sales', lead: true }]);
  const both = [bob.me.memberId, carol.me.memberId];
  const { members } = await bob.call(contracts.updateTeam, { teamId, memberIds: both });
  expect(members.map(({ name, lead }) => [name, lead])).toEqual([
    ['Bob Stone', true],
    ['Carol Wood', false],
  ]);
  expect(await codeOf(bob.call(contracts.updateTeam, { teamId, name: 'Mine' }))).toBe('forbidden');
  expect(await codeOf(bob.call(contracts.updateTeam, { teamId, leadIds: both }))).toBe('forbidden');
  // A lead takes no lead out, which would be saying who leads.
  expect(await codeOf(bob.call(contracts.updateTeam, { teamId, memberIds: [carol.me.memberId] }))).toBe('forbidden');
  expect(await codeOf(carol.call(contracts.updateTeam, { teamId, memberIds: both }))).toBe('forbidden');
  const other = await admin.call(contracts.createTeam, { name: 'Support' });
  expect(await codeOf(bob.call(contracts.updateTeam, { teamId: other.id, memberIds: both }))).toBe('forbidden');
});

test('who leads must be in the team', async () => {
  const wanted = { name: 'Ghosts', memberIds: [bob.me.memberId], leadIds: [carol.me.memberId] };
  expect(await codeOf(admin.call(contracts.createTeam, wanted))).toBe('invalid_input');
});

test('an auditor reads the audit and changes nothing', async () => {
  await admin.call(contracts.updateMember, { memberId: carol.me.memberId, status: 'suspended' });
  await admin.call(contracts.updateMember, { memberId: carol.me.memberId, status: 'active' });
  const { items } = await auditor.call(contracts.listAudit, {});
  expect(items[0]).toMatchObject({ actor: 'Alice Martin', code: 'member.active', subject: 'Carol Wood' });
  expect(items.map(({ code }) => code)).toEqual(
    expect.arrayContaining(['team.created', 'team.members', 'member.role']),
  );
  expect(await codeOf(auditor.call(contracts.updateMember, { memberId: bob.me.memberId, role: 'admin' }))).toBe(
    'forbidden',
  );
  expect(await codeOf(auditor.call(contracts.createInvitation, {}))).toBe('forbidden');
});

test('who was invited, and what became of it, stands in the audit', async () => {
  const { invitation } = await admin.call(contracts.createInvitation, { email: 'dora@example.com', role: 'marketing' });
  await admin.call(contracts.withdrawInvitation, { invitationId: invitation.id });
  await admin.call(contracts.createInvitation, {});
  const { items } = await auditor.call(contracts.listAudit, { limit: 3 });
  expect(items).toMatchObject([
    { actor: 'Alice Martin', code: 'invitation.made', subject: null, detail: { role: 'member' } },
    { actor: 'Alice Martin', code: 'invitation.withdrawn', subject: 'dora@example.com' },
    { actor: 'Alice Martin', code: 'invitation.made', subject: 'dora@example.com', detail: { role: 'marketing' } },
  ]);
});

test('many are invited at once, each by a link of their own; members and repetitions get none', async () => {
  const emails = ['ida@example.com', 'Jon@example.com', 'IDA@example.com', bob.me.email.toUpperCase()];
  const { id: teamId } = await admin.call(contracts.createTeam, { name: 'Newcomers' });
  const made = await admin.call(contracts.createInvitations, { emails, role: 'auditor', teamIds: [teamId] });
  expect(made.items.map(({ email }) => email)).toEqual(['ida@example.com', 'Jon@example.com']);
  expect(made.members).toEqual([bob.me.email.toUpperCase()]);
  const token = tokenOf(made.items[1]!.url);
  const newcomer = { token, name: 'Jon Gray', password: 'seven green bicycles' };
  const joining = (email: string) => app.client().call(contracts.acceptInvitation, { ...newcomer, email });
  expect(await codeOf(joining('ida@example.com'))).toBe('invalid_input');
  const jon = await joining('jon@example.com');
  expect(jon).toMatchObject({ role: 'auditor', teams: [{ name: 'Newcomers' }] });
  expect(await codeOf(joining('jon@example.com'))).toBe('link_expired');
  expect(await codeOf(bob.call(contracts.createInvitations, { emails }))).toBe('forbidden');
});

test('others do not read the audit, and nobody rewrites it', async () => {
  expect(await codeOf(bob.call(contracts.listAudit, {}))).toBe('forbidden');
  const act = (who: Member) => ({ workspaceId: who.me.workspace.id, memberId: who.me.memberId });
  const seen = await app.app.db.asActor(act(bob), (tx) =>
    tx.selectFrom('identity.audit').selectAll().where('workspace_id', '=', bob.me.workspace.id).execute(),
  );
  expect(seen).toEqual([]);
  const rewrite = app.app.db.asActor(act(admin), (tx) =>
    tx.deleteFrom('identity.audit').where('workspace_id', '=', admin.me.workspace.id).execute(),
  );
  await expect(rewrite).rejects.toThrow('permission denied');
});

test('the audit page by page shows each line once', async () => {
  const all = (await auditor.call(contracts.listAudit, { limit: 200 })).items.map(({ id }) => id);
  const seen: string[] = [];
  let after: string | undefined;
  do {
    const page = await auditor.call(contracts.listAudit, { limit: 3, ...(after ? { after } : {}) });
    seen.push(...page.items.map(({ id }) => id));
    after = page.next ?? undefined;
  } while (after);
  expect(seen).toEqual(all);
});

test('a member cannot raise themself, by operation or by SQL', async () => {
  expect(await codeOf(bob.call(contracts.updateMember, { memberId: bob.me.memberId, role: 'admin' }))).toBe(
    'forbidden',
  );
  const actor = { workspaceId: bob.me.workspace.id, memberId: bob.me.memberId };
  const raise = app.app.db.asActor(actor, (tx) =>
    tx
      .updateTable('identity.member')
      .set({ role: 'admin' })
      .where('workspace_id', '=', actor.workspaceId)
      .where('member_id', '=', actor.memberId)
      .execute(),
  );
  await expect(raise).rejects.toThrow('row-level security');
  expect((await bob.call(cards.listPeople, {})).items.length).toBeGreaterThan(0);
});
