import { afterAll, beforeAll, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import * as delegation from '../delegation/contract.ts';
import * as identity from '../identity/contract.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import { importFile } from '../sources/testing.ts';
import * as contracts from './contract.ts';

let app: TestApp;
let admin: Member;
let bob: Member;
let auditor: Member;

const texts = { textFr: 'Nous prêtons.', textEn: 'We lend.' };

beforeAll(async () => {
  app = await openTestApp();
  admin = await app.setUp();
  bob = await app.invite(admin, 'Bob Stone');
  auditor = await app.invite(admin, 'Ada Ledger', { role: 'auditor' });
});
afterAll(async () => {
  expect(app.errors).toEqual([]);
  await app.close();
});

const version = async () => (await admin.call(contracts.getCharter, {})).charter!.version;
const accept = async (who: Member) => who.call(contracts.acceptCharter, { version: await version() });

test('nothing is asked of anybody before a charter is published', async () => {
  expect(await bob.call(contracts.getCharter, {})).toEqual({ charter: null, acceptedAt: null, asks: null });
  expect((await bob.call(identity.getMe, {})).charterDue).toBe(false);
});

test('texts to start from are there in both languages, for whoever oversees', async () => {
  for (const locale of ['fr', 'en'] as const)
    for (const document of ['charter', 'employees', 'representatives'] as const) {
      const { text } = await auditor.call(contracts.getDocument, { document, locale });
      expect(text.length).toBeGreaterThan(800);
    }
  expect(await codeOf(bob.call(contracts.getDocument, { document: 'charter', locale: 'fr' }))).toBe('forbidden');
});

test('only an admin publishes one', async () => {
  const wanted = { ...texts, least: 'nothing', onLeaving: 'stay' } as const;
  expect(await codeOf(bob.call(contracts.publishCharter, wanted))).toBe('forbidden');
  expect(await codeOf(auditor.call(contracts.publishCharter, wanted))).toBe('forbidden');
});

test('who has not accepted it reads nothing else, by page or by key, and goes on once they have', async () => {
  const { key } = await bob.call(identity.createApiKey, {
    name: 'script',
    scopes: ['contacts:read', 'workspace:read'],
  });
  await admin.call(contracts.publishCharter, { ...texts, least: 'nothing', onLeaving: 'stay' });
  expect((await bob.call(identity.getMe, {})).charterDue).toBe(true);
  expect(await codeOf(bob.call(cards.listPeople, {}))).toBe('charter_due');
  expect(await codeOf(app.client(key).call(cards.listPeople, {}))).toBe('charter_due');
  expect((await bob.fetch('/people/export?format=csv')).status).toBe(403);
  expect((await bob.call(contracts.getCharter, {})).charter).toMatchObject({ version: 1, textEn: 'We lend.' });
  await accept(bob);
  expect((await bob.call(identity.getMe, {})).charterDue).toBe(false);
  expect((await bob.call(cards.listPeople, {})).items).toEqual([]);
  expect((await app.client(key).call(cards.listPeople, {})).items).toEqual([]);
  await accept(admin);
  await accept(auditor);
});

test('a version that has been replaced while it was read is not accepted by mistake', async () => {
  const before = await version();
  await admin.call(contracts.publishCharter, { ...texts, textEn: 'Changed.', least: 'nothing', onLeaving: 'stay' });
  expect(await codeOf(bob.call(contracts.acceptCharter, { version: before }))).toBe('conflict');
  expect((await bob.call(identity.getMe, {})).charterDue).toBe(true);
  for (const who of [bob, admin, auditor]) await accept(who);
});

test('accepting lends what it asks at least, as a grant that the member sees and can end', async () => {
  await admin.call(contracts.publishCharter, { ...texts, least: 'read', onLeaving: 'stay' });
  const { asks } = await bob.call(contracts.getCharter, {});
  expect(asks).toMatch(/may find and read the contacts of “My contacts”.*without/);
  await accept(bob);
  const { items } = await bob.call(delegation.listGrants, {});
  expect(items).toMatchObject([{ grantee: { kind: 'workspace' }, acts: ['discover', 'read'] }]);
  expect(items[0]!.except).toContain('privateNumbers');
  expect((await bob.call(contracts.getCharter, {})).asks).toBeNull();
  // Once more lends nothing twice.
  await accept(bob);
  expect((await bob.call(delegation.listGrants, {})).items).toHaveLength(1);
  await bob.call(delegation.endGrant, { grantId: items[0]!.id });
  expect((await bob.call(contracts.getCharter, {})).asks).not.toBeNull();
  expect((await bob.call(identity.getMe, {})).charterDue).toBe(false);
  for (const who of [admin, auditor]) await accept(who);
});

test('who oversees sees who has accepted, and others do not', async () => {
  const { items } = await auditor.call(contracts.listAcceptances, {});
  expect(items.map(({ member, acceptedAt }) => [member.name, acceptedAt !== null])).toEqual([
    ['Ada Ledger', true],
    ['Alice Martin', true],
    ['Bob Stone', true],
  ]);
  expect(await codeOf(bob.call(contracts.listAcceptances, {}))).toBe('forbidden');
});

test('two who publish at once make two versions', async () => {
  const before = await version();
  const wanted = { ...texts, least: 'nothing', onLeaving: 'go' } as const;
  await admin.call(contracts.publishCharter, wanted);
  await accept(admin);
  const second = app.app.db.asActor({ workspaceId: bob.me.workspace.id, memberId: bob.me.memberId }, (tx) =>
    tx
      .insertInto('charter.charter')
      .values({
        workspace_id: bob.me.workspace.id,
        version: 99,
        text_fr: 'x',
        text_en: 'x',
        least: 'nothing',
        naming: 'as_typed',
        on_leaving: 'go',
        published_by: bob.me.memberId,
      })
      .execute(),
  );
  // Row security lets nobody but an admin write one, whatever an operation may forget.
  await expect(second).rejects.toThrow('row-level security');
  expect(await version()).toBe(before + 1);
});

test('names that are typed are written as the charter says, and files keep theirs', async () => {
  const typed = async () => {
    const fields = [{ kind: 'name' as const, value: { given: 'jeanne', family: 'DUPONT' } }];
    return (await bob.call(cards.getPerson, { personId: (await bob.call(cards.createCard, { fields })).personId }))
      .name;
  };
  for (const [naming, written] of [
    ['as_typed', 'jeanne DUPONT'],
    ['usual', 'Jeanne Dupont'],
    ['capitals', 'Jeanne DUPONT'],
  ] as const) {
    await admin.call(contracts.publishCharter, { ...texts, least: 'nothing', onLeaving: 'stay', naming });
    for (const who of [bob, admin, auditor]) await accept(who);
    expect(await typed()).toBe(written);
  }
  await importFile(app, bob, 'c.csv', 'First Name,Last Name\nodette,filekept\n');
  expect((await bob.call(cards.listPeople, { q: 'filekept' })).items.map(({ name }) => name)).toEqual([
    'odette filekept',
  ]);
});
