import { createHash, createPublicKey, createVerify } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as cards from '../cards/contract.ts';
import { codeOf, type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as contracts from './contract.ts';
import { openNameServer, type Zone } from './domain/testing.ts';
import * as domain from './domain-contract.ts';
import { type MailSink, openMailSink, setUpMail } from './testing.ts';

let app: TestApp;
let alice: Member;
let bob: Member;
let sink: MailSink;
let names: Awaited<ReturnType<typeof openNameServer>>;
let to: { personId: string; contactPointId: string };
const zone: Zone = {};

beforeAll(async () => {
  names = await openNameServer(zone);
  app = await openTestApp(['--service-address', `dns=http://${names.address}`]);
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Stone');
  sink = await openMailSink();
});
afterAll(async () => {
  await app.close();
  await sink.close();
  await names.close();
});

/** Writes to Anne, and gives the message as it left. */
async function leave(): Promise<string> {
  sink.mails.length = 0;
  await alice.call(contracts.writeToContact, {
    ...to,
    purpose: 'service',
    subject: 'Été',
    text: 'Bonjour,\n\nà bientôt  .',
  });
  await app.settle();
  return sink.mails[0]!.raw;
}

/** Relaxed, as RFC 6376, 3.4 has it. */
const relaxedLine = (line: string): string =>
  line
    .replaceAll(/\r\n(?=[ \t])/g, '')
    .replace(/^([^:]+?)[ \t]*:[ \t]*/, (_all, name) => `${name.toLowerCase()}:`)
    .replaceAll(/[ \t]+/g, ' ')
    .trimEnd();

/** Which header fields a signature covers; undefined: it is not sound, or there is none. Made after RFC 6376, 6.1.3, without the library that signs. */
function verified(raw: string, publicKey: string): string[] | undefined {
  const end = raw.indexOf('\r\n\r\n');
  const fields = raw.slice(0, end).split(/\r\n(?![ \t])/);
  const signature = fields.find((field) => /^dkim-signature:/i.test(field));
  if (!signature) return undefined;
  const tag = (name: string) => new RegExp(`[;:\\s]${name}=([^;]*)`).exec(signature)?.[1]?.replaceAll(/\s/g, '') ?? '';
  const body = `${raw
    .slice(end + 4)
    .split('\r\n')
    .map((line) => line.replaceAll(/[ \t]+/g, ' ').trimEnd())
    .join('\r\n')
    .replace(/(\r\n)*$/, '')}\r\n`;
  if (createHash('sha256').update(body).digest('base64') !== tag('bh')) return undefined;
  const covered = tag('h').toLowerCase().split(':');
  const lines = covered.flatMap((name) =>
    fields.filter((field) => field.toLowerCase().startsWith(`${name}:`)).slice(-1),
  );
  const bare = signature.replace(/([;:\s]b=)[^;]*/, '$1');
  const text = [...lines, bare].map(relaxedLine).join('\r\n');
  const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' });
  return createVerify('sha256').update(text).verify(key, tag('b'), 'base64') ? covered : undefined;
}

const published = async () => (await alice.call(domain.getMailDomain, {})).key!;
const keyOf = ({ record }: { record: { value: string } }) => /p=(.*)$/.exec(record.value)![1]!;

test('mail is signed once the key has been seen where it is published, and not before', async () => {
  expect(await codeOf(alice.call(domain.makeSigningKey, {}))).toBe('conflict');
  expect(await codeOf(alice.call(domain.checkMailDomain, {}))).toBe('not_found');
  await setUpMail(alice, sink.port);
  const { id: personId } = await alice.call(cards.createCard, {
    fields: [
      { kind: 'name', value: { full: 'Anne Durand' } },
      { kind: 'organization', value: { name: 'Exemple' } },
      { kind: 'email', value: { value: 'anne@exemple.fr', type: 'work' } },
    ],
  });
  const { values } = await alice.call(cards.getPerson, { personId });
  to = { personId, contactPointId: values.flatMap(({ contactPoint }) => contactPoint?.id ?? [])[0]! };

  const { key } = await alice.call(domain.makeSigningKey, {});
  expect(key).toMatchObject({ domain: 'example.com', seenAt: null, confirmed: false, signs: false });
  expect(await leave()).not.toMatch(/dkim-signature/i);
  const before = await alice.call(domain.checkMailDomain, {});
  expect(before.checks.find(({ kind }) => kind === 'dkim')).toMatchObject({
    code: 'not_published',
    publish: { name: key!.record.name },
  });
  expect(before.key!.signs).toBe(false);

  zone[key!.record.name] = { txt: [key!.record.value] };
  const after = await alice.call(domain.checkMailDomain, {});
  expect(after.checks.find(({ kind }) => kind === 'dkim')).toMatchObject({ code: 'found', state: 'good' });
  expect(after.key).toMatchObject({ signs: true, seenAt: expect.any(String) });
  const raw = await leave();
  expect(raw).toMatch(new RegExp(`d=example\\.com;[\\s\\S]*s=${key!.selector}`));
  const covered = verified(raw, keyOf(key!));
  expect(covered).toEqual(
    expect.arrayContaining(['from', 'to', 'subject', 'message-id', 'list-unsubscribe', 'list-unsubscribe-post']),
  );
  expect(verified(raw.replace('Bonjour', 'Bonsoir'), keyOf(key!))).toBeUndefined();
});

test('a new key signs nothing until it has been seen or confirmed', async () => {
  const old = await published();
  const { key } = await alice.call(domain.makeSigningKey, {});
  expect(key!.selector).not.toBe(old.selector);
  expect(await leave()).not.toMatch(/dkim-signature/i);
  expect((await alice.call(domain.confirmSigningKey, {})).key).toMatchObject({ confirmed: true, signs: true });
  expect(verified(await leave(), keyOf(key!))).toBeDefined();
});

test('another sender’s domain is not signed for with this key', async () => {
  const { setup } = await alice.call(contracts.getMailSetup, {});
  const { hasPassword: _has, changedAt: _at, ...rest } = setup!;
  await alice.call(contracts.saveMailSetup, { ...rest, senderAddress: 'crm@other.example' });
  expect((await published()).signs).toBe(false);
  expect(await leave()).not.toMatch(/dkim-signature/i);
  await alice.call(contracts.saveMailSetup, rest);
  await alice.call(domain.removeSigningKey, {});
  expect(await leave()).not.toMatch(/dkim-signature/i);
  expect(await codeOf(alice.call(domain.confirmSigningKey, {}))).toBe('not_found');
});

test('the key is for admins, and the private one for nobody; it is sealed where it lies', async () => {
  await alice.call(domain.makeSigningKey, {});
  for (const one of [
    domain.getMailDomain,
    domain.makeSigningKey,
    domain.confirmSigningKey,
    domain.checkMailDomain,
    domain.removeSigningKey,
  ])
    expect(await codeOf(bob.call(one, {}))).toBe('forbidden');
  const actor = { workspaceId: alice.me.workspace.id, memberId: alice.me.memberId };
  const read = app.app.db.asActor(actor, (tx) =>
    tx.selectFrom('outreach.signing_key').select('private_key').where('workspace_id', '=', actor.workspaceId).execute(),
  );
  await expect(read).rejects.toThrow(/permission denied/);
  const [row] = await app.query<{ private_key: Buffer }>('select private_key from outreach.signing_key');
  expect(row!.private_key.toString('latin1')).not.toContain('PRIVATE KEY');
  expect(app.app.secrets.decrypt(row!.private_key)).toContain('PRIVATE KEY');
  expect(JSON.stringify(await alice.call(domain.getMailDomain, {}))).not.toContain('PRIVATE');
});
