import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Client, codeOf, type Member, openTestApp, type TestApp, tokenOf } from '../kernel/testing.ts';
import * as contracts from './contract.ts';

let app: TestApp;
let alice: Member;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
});
afterAll(() => app.close());
afterEach(() => expect(app.errors).toEqual([]));

const signIn = (client: Client, { me, password }: Member, typed = password) =>
  client.call(contracts.signIn, { email: me.email, password: typed });
/** The codes of as many wrong passwords, one after the other. */
async function guess(client: Client, member: Member, times: number): Promise<string[]> {
  const codes = [];
  for (let count = 0; count < times; count++) codes.push(await codeOf(signIn(client, member, `guess ${count}`)));
  return codes;
}
/** As if so long had passed since the first wrong password, however long the guesses took. */
const passed = (time: string) => app.query(`update auth."signInAttempt" set since = now() - $1::interval`, [time]);

test('the eleventh wrong password within a minute is refused, and then the right one until the minute is over', async () => {
  const bea = await app.invite(alice, 'Bea');
  const client = app.client();
  expect(await guess(client, bea, 11)).toEqual([...Array(10).fill('wrong_credentials'), 'too_many_requests']);
  expect(await codeOf(signIn(client, bea))).toBe('too_many_requests');
  await passed('55 seconds');
  expect(await codeOf(signIn(client, bea))).toBe('too_many_requests');
  await passed('61 seconds');
  expect((await signIn(client, bea)).memberId).toBe(bea.me.memberId);
});

test('guesses from one place keep nobody out elsewhere, nor another account there', async () => {
  const carl = await app.invite(alice, 'Carl');
  const client = app.client();
  expect((await guess(client, carl, 11)).at(-1)).toBe('too_many_requests');
  await signIn(app.client(), carl);
  await signIn(client, alice);
});

test('guesses from many places are counted together', async () => {
  const dora = await app.invite(alice, 'Dora');
  expect((await guess(app.client(), dora, 1)).at(-1)).toBe('wrong_credentials');
  await app.query(
    `update auth."signInAttempt" set count = 100 where since > now() - interval '1 minute' and count = 1`,
  );
  expect(await codeOf(signIn(app.client(), dora))).toBe('too_many_requests');
  await passed('59 minutes');
  expect(await codeOf(signIn(app.client(), dora))).toBe('too_many_requests');
  await passed('61 minutes');
  await signIn(app.client(), dora);
});

test('of many guesses at once no more than ten are tried', async () => {
  const eve = await app.invite(alice, 'Eve');
  const client = app.client();
  const codes = await Promise.all(Array.from({ length: 16 }, (_, nth) => codeOf(signIn(client, eve, `guess ${nth}`))));
  expect(codes.filter((code) => code === 'wrong_credentials')).toHaveLength(10);
});

test('right passwords use nothing up', async () => {
  const client = app.client();
  for (let count = 0; count < 12; count++) await signIn(client, alice);
});

test('neither an invitation nor an open session gives more guesses', async () => {
  const fay = await app.invite(alice, 'Fay');
  const { url } = await alice.call(contracts.createInvitation, {});
  const join = (nth: number) =>
    fay.call(contracts.acceptInvitation, {
      token: tokenOf(url),
      name: 'Fay',
      email: fay.me.email,
      password: `a wrong guess ${nth}`,
    });
  for (let nth = 0; nth < 5; nth++) expect(await codeOf(join(nth))).toBe('wrong_credentials');
  const change = (current: string) => fay.call(contracts.changePassword, { current, password: 'nine blue kites' });
  for (let nth = 0; nth < 4; nth++) expect(await codeOf(change(`guess ${nth}`))).toBe('wrong_credentials');
  expect(await codeOf(fay.call(contracts.prepareSecondFactor, { password: 'guess' }))).toBe('wrong_credentials');
  expect(await codeOf(join(5))).toBe('too_many_requests');
  expect(await codeOf(change(fay.password))).toBe('too_many_requests');
  expect(await codeOf(fay.call(contracts.startPasskey, { password: fay.password }))).toBe('too_many_requests');
});

test('who tries is not readable in the database', async () => {
  await guess(app.client(), alice, 1);
  const rows = JSON.stringify(await app.query(`select * from auth."signInAttempt"`));
  expect(rows).toContain('key');
  expect(rows).not.toMatch(/example\.com|198\.51/);
});
