import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { AppError } from '../kernel/errors.ts';
import { openSecrets } from '../kernel/secrets.ts';
import { codeOf, type Member, openTestApp, type ProblemAnswer, type TestApp, tokenOf } from '../kernel/testing.ts';
import * as contracts from './contract.ts';
import { openSecondFactor } from './second-factor.ts';
import { totpCode, totpStep } from './totp.ts';

let app: TestApp;
let alice: Member;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
});
afterAll(() => app.close());
afterEach(() => expect(app.errors).toEqual([]));

/** What the app shows; `ahead` counts periods, of which the next one is accepted too. */
const shown = (secret: string, ahead = 0) => totpCode(secret, totpStep(Date.now()) + ahead);

/** Switches it on, which uses a code up. */
async function switchOn(member: Member): Promise<{ secret: string; used: string; recoveryCodes: string[] }> {
  const { secret } = await member.call(contracts.prepareSecondFactor, { password: member.password });
  const used = shown(secret);
  const { recoveryCodes } = await member.call(contracts.confirmSecondFactor, { code: used });
  return { secret, used, recoveryCodes };
}
/** Another device, with an address of its own. */
function signIn(member: Member, code?: string, password = member.password) {
  const { email } = member.me;
  return app.client().call(contracts.signIn, { email, password, ...(code === undefined ? {} : { code }) });
}
/** As if the codes used so far had been used a while ago. */
const forget = () => app.query(`update auth."secondFactor" set "lastStep" = 0`);
const wrongFor = (secret: string) => (shown(secret) === '123456' ? '654321' : '123456');

describe('switching on', () => {
  test('takes the password and a code of the app; nothing is asked for before', async () => {
    const bea = await app.invite(alice, 'Bea');
    const prepare = (password: string) => bea.call(contracts.prepareSecondFactor, { password });
    expect(await codeOf(prepare('not the password'))).toBe('wrong_credentials');
    const { secret, uri } = await prepare(bea.password);
    expect(uri).toContain(`secret=${secret}`);
    await signIn(bea);
    expect(await codeOf(bea.call(contracts.confirmSecondFactor, { code: wrongFor(secret) }))).toBe('wrong_code');
    const off = { hasPassword: true, on: false, since: null, recoveryCodesLeft: 0 };
    expect(await bea.call(contracts.getSecondFactor, {})).toEqual(off);
    const { recoveryCodes } = await bea.call(contracts.confirmSecondFactor, { code: shown(secret) });
    expect(recoveryCodes).toHaveLength(10);
    expect(await bea.call(contracts.getSecondFactor, {})).toMatchObject({ on: true, recoveryCodesLeft: 10 });
    expect(await codeOf(prepare(bea.password))).toBe('conflict');
    expect(await codeOf(bea.call(contracts.confirmSecondFactor, { code: shown(secret, 1) }))).toBe('conflict');
  });

  test('leaves neither the secret nor a recovery code readable in the database', async () => {
    const carl = await app.invite(alice, 'Carl');
    const { secret, recoveryCodes } = await switchOn(carl);
    const rows = JSON.stringify(await app.query(`select s.* from auth."secondFactor" s`));
    expect(rows).toContain('recoveryCodes');
    for (const word of [secret, ...recoveryCodes, ...recoveryCodes.map((code) => code.replaceAll('-', ''))])
      expect(rows).not.toContain(word);
  });
});

describe('signing in', () => {
  test('asks for a code after the right password only', async () => {
    const dora = await app.invite(alice, 'Dora');
    const { secret } = await switchOn(dora);
    expect(await codeOf(signIn(dora))).toBe('code_required');
    expect(await codeOf(signIn(dora, undefined, 'not the password'))).toBe('wrong_credentials');
    expect(await codeOf(signIn(dora, shown(secret, 1), 'not the password'))).toBe('wrong_credentials');
    expect(await codeOf(signIn(dora, wrongFor(secret)))).toBe('wrong_code');
    expect((await signIn(dora, shown(secret, 1))).memberId).toBe(dora.me.memberId);
    expect((await dora.call(contracts.listSessions, {})).items).toHaveLength(2);
  });

  test('a refused code leaves no cookie behind', async () => {
    const eve = await app.invite(alice, 'Eve');
    const { secret } = await switchOn(eve);
    const answer = await app.client().fetch('/sign-in', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: eve.me.email, password: eve.password, code: wrongFor(secret) }),
    });
    expect(answer.status).toBe(401);
    expect(answer.headers.getSetCookie()).toEqual([]);
  });

  test('a code opens once, also when two use it at the same moment', async () => {
    const fay = await app.invite(alice, 'Fay');
    const { secret, used } = await switchOn(fay);
    expect(await codeOf(signIn(fay, used))).toBe('wrong_code');
    const code = shown(secret, 1);
    const both = await Promise.allSettled([signIn(fay, code), signIn(fay, code)]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await codeOf(signIn(fay, code))).toBe('wrong_code');
  });

  test('a recovery code opens once, however it is typed', async () => {
    const gus = await app.invite(alice, 'Gus');
    const { recoveryCodes } = await switchOn(gus);
    const typed = ` ${recoveryCodes[3]!.toLowerCase().replaceAll('-', ' ')}`;
    await signIn(gus, typed);
    expect(await codeOf(signIn(gus, recoveryCodes[3]))).toBe('wrong_code');
    expect(await gus.call(contracts.getSecondFactor, {})).toMatchObject({ recoveryCodesLeft: 9 });
    await signIn(gus, recoveryCodes[4]);
  });

  test('after five wrong codes the right one is refused too, until a quarter of an hour is over', async () => {
    const hal = await app.invite(alice, 'Hal');
    const { secret, recoveryCodes } = await switchOn(hal);
    await forget();
    const codes = [];
    for (let count = 0; count < 6; count++) codes.push(await codeOf(signIn(hal, wrongFor(secret))));
    expect(codes).toEqual([...Array(5).fill('wrong_code'), 'too_many_codes']);
    expect(await codeOf(signIn(hal, shown(secret)))).toBe('too_many_codes');
    expect(await codeOf(signIn(hal, recoveryCodes[0]))).toBe('too_many_codes');
    await app.query(`update auth."secondFactor" set "failingSince" = "failingSince" - interval '15 minutes'`);
    await signIn(hal, shown(secret));
  });

  test('of many wrong codes at once no more than five are tried', async () => {
    const ida = await app.invite(alice, 'Ida');
    const { secret } = await switchOn(ida);
    const codes = await Promise.all(Array.from({ length: 12 }, () => codeOf(signIn(ida, wrongFor(secret)))));
    expect(codes.filter((code) => code === 'wrong_code')).toHaveLength(5);
  });
});

describe('joining another workspace with an account that has it', () => {
  test('takes its code, and nobody joins without', async () => {
    const jo = await app.invite(alice, 'Jo');
    const { secret } = await switchOn(jo);
    const second = await alice.call(contracts.createWorkspace, { name: 'Seconde SARL' });
    const home = alice.me.workspace.id;
    await alice.call(contracts.chooseWorkspace, { workspaceId: second.id });
    const { url } = await alice.call(contracts.createInvitation, {});
    const join = (code?: string) =>
      app.client().call(contracts.acceptInvitation, {
        token: tokenOf(url),
        name: 'Jo',
        email: jo.me.email,
        password: jo.password,
        ...(code === undefined ? {} : { code }),
      });
    expect(await codeOf(join())).toBe('code_required');
    expect(await codeOf(join(wrongFor(secret)))).toBe('wrong_code');
    expect((await alice.call(contracts.listMembers, {})).items).toHaveLength(1);
    expect((await join(shown(secret, 1))).workspace.id).toBe(second.id);
    await alice.call(contracts.chooseWorkspace, { workspaceId: home });
  });
});

describe('switching off', () => {
  test('takes the password', async () => {
    const kim = await app.invite(alice, 'Kim');
    await switchOn(kim);
    const remove = (password: string) => kim.call(contracts.removeSecondFactor, { password });
    const refused = await remove('not the password').catch((error: unknown) => error);
    expect((refused as ProblemAnswer).problem).toMatchObject({
      code: 'wrong_credentials',
      fields: { password: 'wrong' },
    });
    expect(await codeOf(signIn(kim))).toBe('code_required');
    await remove(kim.password);
    await signIn(kim);
  });

  test("an admin's link for a lost password switches it off as well", async () => {
    const lou = await app.invite(alice, 'Lou');
    await switchOn(lou);
    const { url } = await alice.call(contracts.createResetLink, { memberId: lou.me.memberId });
    await app.client().call(contracts.resetPassword, { token: tokenOf(url), password: 'nine blue kites' });
    await signIn(lou, undefined, 'nine blue kites');
  });

  test('a changed password leaves it on, and this session open', async () => {
    const mia = await app.invite(alice, 'Mia');
    await switchOn(mia);
    await mia.call(contracts.changePassword, { current: mia.password, password: 'nine blue kites' });
    expect(await mia.call(contracts.getSecondFactor, {})).toMatchObject({ on: true });
    expect(await codeOf(signIn(mia, undefined, 'nine blue kites'))).toBe('code_required');
  });
});

test('of many who use one code at the same instant one gets in, and no more than five wrong ones are tried', async () => {
  const nia = await app.invite(alice, 'Nia');
  const [account] = await app.query<{ id: string }>(`select id from auth."user" where email = $1`, [nia.me.email]);
  const pool = new pg.Pool({ connectionString: app.databaseUrl, max: 8, options: '-c search_path=auth' });
  const store = openSecondFactor(pool, openSecrets('', { ENTREGENT_MASTER_KEY: 'ab'.repeat(32) }));
  const { secret } = await store.prepare(account!.id, nia.me.email);
  await store.confirm(account!.id, shown(secret));
  const atOnce = async (code: string) =>
    (await Promise.allSettled(Array.from({ length: 8 }, () => store.demand(account!.id, code)))).map((one) =>
      one.status === 'fulfilled' ? 'in' : (one.reason as AppError).code,
    );
  // All eight connections stand open, so that none comes late.
  await Promise.all(Array.from({ length: 8 }, () => pool.query('select pg_sleep(0.1)')));
  expect((await atOnce(shown(secret, 1))).filter((outcome) => outcome === 'in')).toHaveLength(1);
  await pool.query(`update "secondFactor" set failures = 0 where "userId" = $1`, [account!.id]);
  expect((await atOnce(wrongFor(secret))).filter((outcome) => outcome === 'wrong_code')).toHaveLength(5);
  await pool.end();
});

test('an API key can neither see nor change it', async () => {
  const { key } = await alice.call(contracts.createApiKey, { name: 'k', scopes: ['workspace:write'] });
  const program = app.client(key);
  expect(await codeOf(program.call(contracts.getSecondFactor, {}))).toBe('forbidden');
  expect(await codeOf(program.call(contracts.removeSecondFactor, { password: alice.password }))).toBe('forbidden');
});
