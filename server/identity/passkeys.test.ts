import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Client, codeOf, type Member, openTestApp, type TestApp, tokenOf } from '../kernel/testing.ts';
import * as contracts from './contract.ts';
import { passkeyHost } from './passkeys.ts';
import { totpCode, totpStep } from './totp.ts';

let app: TestApp;
let alice: Member;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
});
afterAll(() => app.close());
afterEach(() => expect(app.errors).toEqual([]));

const userPresent = 1;
const userVerified = 4;
const credentialIncluded = 64;

interface Behaviour {
  origin?: string;
  /** Whether it made sure of its user by a finger, a face or a PIN. */
  verifies?: boolean;
}

/** A security key as WebAuthn level 2 describes it: ES256, no attestation. */
class Authenticator {
  readonly id = randomBytes(32);
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
  uses = 0;
  constructor() {
    ({ publicKey: this.publicKey, privateKey: this.privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' }));
  }

  private clientData(type: string, challenge: unknown, { origin = app.url }: Behaviour): Buffer {
    return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
  }
  private data(host: string, flags: number, { verifies = true }: Behaviour, credential = Buffer.alloc(0)): Buffer {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(++this.uses);
    const all = flags | userPresent | (verifies ? userVerified : 0);
    return Buffer.concat([createHash('sha256').update(host).digest(), Buffer.from([all]), count, credential]);
  }
  private answer(response: Record<string, Buffer>) {
    const id = this.id.toString('base64url');
    const encoded = Object.entries(response).map(([name, bytes]) => [name, bytes.toString('base64url')]);
    return {
      id,
      rawId: id,
      type: 'public-key' as const,
      response: Object.fromEntries(encoded),
      clientExtensionResults: {},
    };
  }

  make(options: Record<string, unknown>, behaviour: Behaviour = {}) {
    const { x, y } = this.publicKey.export({ format: 'jwk' });
    // COSE: key type EC2, algorithm ES256, curve P-256, x and y.
    const cose = Buffer.concat([
      Buffer.from('a5010203262001215820', 'hex'),
      Buffer.from(x!, 'base64url'),
      Buffer.from('225820', 'hex'),
      Buffer.from(y!, 'base64url'),
    ]);
    const credential = Buffer.concat([Buffer.alloc(16), Buffer.from([0, this.id.length]), this.id, cose]);
    const { id: host } = options.rp as { id: string };
    const data = this.data(host, credentialIncluded, behaviour, credential);
    // CBOR: { fmt: 'none', attStmt: {}, authData: octets }
    const attestationObject = Buffer.concat([
      Buffer.from('a363666d74646e6f6e656761747453746d74a068617574684461746158', 'hex'),
      Buffer.from([data.length]),
      data,
    ]);
    const clientDataJSON = this.clientData('webauthn.create', options.challenge, behaviour);
    return this.answer({ clientDataJSON, attestationObject });
  }

  open(options: Record<string, unknown>, behaviour: Behaviour = {}) {
    const clientDataJSON = this.clientData('webauthn.get', options.challenge, behaviour);
    const authenticatorData = this.data(String(options.rpId), 0, behaviour);
    const signed = Buffer.concat([authenticatorData, createHash('sha256').update(clientDataJSON).digest()]);
    const signature = sign('sha256', signed, this.privateKey);
    return this.answer({ clientDataJSON, authenticatorData, signature });
  }
}

async function add(member: Member, key: Authenticator, behaviour?: Behaviour) {
  const { options } = await member.call(contracts.startPasskey, { password: member.password });
  return member.call(contracts.addPasskey, { name: 'Laptop', answer: key.make(options, behaviour) });
}
async function signIn(key: Authenticator, behaviour?: Behaviour, client: Client = app.client()) {
  const { options } = await client.call(contracts.startPasskeySignIn, {});
  return client.call(contracts.signInByPasskey, { answer: key.open(options, behaviour) });
}

describe('a passkey', () => {
  test('is added with the password, listed, and opens without it until it is removed', async () => {
    const bea = await app.invite(alice, 'Bea');
    expect(await codeOf(bea.call(contracts.startPasskey, { password: 'not the password' }))).toBe('wrong_credentials');
    const key = new Authenticator();
    const made = await add(bea, key);
    expect((await bea.call(contracts.listPasskeys, {})).items).toEqual([made]);
    const client = app.client();
    expect((await signIn(key, {}, client)).memberId).toBe(bea.me.memberId);
    expect((await client.call(contracts.getMe, {})).memberId).toBe(bea.me.memberId);
    await bea.call(contracts.removePasskey, { passkeyId: made.id });
    expect(await codeOf(signIn(key))).toBe('passkey_refused');
    expect((await bea.call(contracts.listPasskeys, {})).items).toEqual([]);
  });

  test('may be added by a session that has been open for long', async () => {
    const carl = await app.invite(alice, 'Carl');
    await app.query(`update auth.session set "createdAt" = now() - interval '20 days'`);
    expect((await add(carl, new Authenticator())).name).toBe('Laptop');
  });

  test('stands for password and second factor both, because its device makes sure of its user', async () => {
    const dora = await app.invite(alice, 'Dora');
    const { secret } = await dora.call(contracts.prepareSecondFactor, { password: dora.password });
    await dora.call(contracts.confirmSecondFactor, { code: totpCode(secret, totpStep(Date.now())) });
    const key = new Authenticator();
    await add(dora, key);
    expect((await signIn(key)).memberId).toBe(dora.me.memberId);
    expect(await codeOf(signIn(key, { verifies: false }))).toBe('passkey_refused');
    expect(await codeOf(add(dora, new Authenticator(), { verifies: false }))).toBe('passkey_refused');
    expect((await dora.call(contracts.listPasskeys, {})).items).toHaveLength(1);
  });

  test('opens nothing for an answer given to another site', async () => {
    const eve = await app.invite(alice, 'Eve');
    const key = new Authenticator();
    expect(await codeOf(add(eve, key, { origin: 'https://evil.example' }))).toBe('passkey_refused');
    await add(eve, key);
    const client = app.client();
    const { options } = await client.call(contracts.startPasskeySignIn, {});
    const answer = key.open(options, { origin: 'https://evil.example' });
    const lie = { headers: { origin: 'https://evil.example' } };
    expect(await codeOf(client.call(contracts.signInByPasskey, { answer }, lie))).toBe('passkey_refused');
  });

  test('opens once for each question, and only for who asked it', async () => {
    const fay = await app.invite(alice, 'Fay');
    const key = new Authenticator();
    await add(fay, key);
    const client = app.client();
    const { options } = await client.call(contracts.startPasskeySignIn, {});
    const answer = key.open(options);
    expect(await codeOf(app.client().call(contracts.signInByPasskey, { answer }))).toBe('passkey_refused');
    await client.call(contracts.signInByPasskey, { answer });
    expect(await codeOf(client.call(contracts.signInByPasskey, { answer }))).toBe('passkey_refused');
  });

  test('made for one question does not answer another member, nor sign in with what was asked for adding', async () => {
    const gus = await app.invite(alice, 'Gus');
    const { options } = await gus.call(contracts.startPasskey, { password: gus.password });
    const key = new Authenticator();
    const answer = key.make(options);
    expect(await codeOf(alice.call(contracts.addPasskey, { name: 'Theft', answer }))).toBe('passkey_refused');
    await gus.call(contracts.addPasskey, { name: 'Mine', answer });
    const again = await gus.call(contracts.startPasskey, { password: gus.password });
    const opened = key.open({ ...again.options, rpId: 'localhost' });
    expect(await codeOf(gus.call(contracts.signInByPasskey, { answer: opened }))).toBe('passkey_refused');
  });

  test('signed with another key is refused', async () => {
    const hal = await app.invite(alice, 'Hal');
    const key = new Authenticator();
    await add(hal, key);
    const forged = Object.assign(new Authenticator(), { id: key.id });
    expect(await codeOf(signIn(forged))).toBe('passkey_refused');
  });

  test('of a suspended member opens nothing', async () => {
    const ida = await app.invite(alice, 'Ida');
    const key = new Authenticator();
    await add(ida, key);
    await alice.call(contracts.updateMember, { memberId: ida.me.memberId, status: 'suspended' });
    expect(await codeOf(signIn(key))).toBe('wrong_credentials');
  });

  test('is gone after a link for a lost password', async () => {
    const jo = await app.invite(alice, 'Jo');
    const key = new Authenticator();
    await add(jo, key);
    const { url } = await alice.call(contracts.createResetLink, { memberId: jo.me.memberId });
    await app.client().call(contracts.resetPassword, { token: tokenOf(url), password: 'nine blue kites' });
    expect(await codeOf(signIn(key))).toBe('passkey_refused');
  });

  test("is nobody else's to see or remove, and no API key's", async () => {
    const kim = await app.invite(alice, 'Kim');
    const made = await add(kim, new Authenticator());
    expect((await alice.call(contracts.listPasskeys, {})).items).toEqual([]);
    expect(await codeOf(alice.call(contracts.removePasskey, { passkeyId: made.id }))).toBe('not_found');
    const { key } = await kim.call(contracts.createApiKey, { name: 'k', scopes: ['workspace:write'] });
    expect(await codeOf(app.client(key).call(contracts.listPasskeys, {}))).toBe('forbidden');
    expect((await kim.call(contracts.listPasskeys, {})).items).toHaveLength(1);
  });
});

test.each([
  ['http://localhost:8080', 'localhost'],
  ['https://crm.example.com', 'crm.example.com'],
  ['http://crm.example.com', null],
  ['https://192.0.2.7', null],
  ['https://[2001:db8::7]', null],
])('passkeys at %s are bound to %s', (publicUrl, host) => {
  expect(passkeyHost({ publicUrl })).toBe(host);
});
