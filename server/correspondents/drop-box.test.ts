import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import * as contracts from './contract.ts';
import { letter, openTestDropBox } from './testing.ts';

const box = 'copies@maison.example';
let app: TestApp;
let alice: Member;
let bob: Member;
let drop: Awaited<ReturnType<typeof openTestDropBox>>;
let address: string;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
  bob = await app.invite(alice, 'Bob Stone');
  expect(await bob.call(contracts.getDropBox, {})).toEqual({ address: null });
  drop = await openTestDropBox(app, alice, box);
  await drop();
  address = (await bob.call(contracts.getDropBox, {})).address!;
});
afterAll(() => app.close());
afterEach(() => expect(app.errors.splice(0)).toEqual([]));

const people = async (member: Member, q: string) =>
  (await member.call(contracts.listCorrespondents, { q, show: 'all' })).items;
/** A copy of a letter of Bob's to somebody. */
const copy = (who: string, more: Partial<Parameters<typeof letter>[0]> = {}) =>
  letter({ from: `Bob Stone <${bob.me.email}>`, to: `${who} <${who}@dehors.example>`, cc: address, ...more });

test('each member has an address of their own', async () => {
  expect(address).toMatch(/^copies\+[a-z2-7]{12}@maison\.example$/);
  expect((await alice.call(contracts.getDropBox, {})).address).not.toBe(address);
});

test('a copy counts for who sent it, and for nobody else', async () => {
  expect(await drop(copy('rosa'))).toEqual({ read: 1, not_taken: 0 });
  expect(await people(bob, 'rosa')).toMatchObject([{ sent: 1, received: 0 }]);
  expect(await people(bob, 'copies')).toEqual([]);
  expect(await people(alice, 'rosa')).toEqual([]);
  expect((await bob.call(contracts.listMailboxes, {})).items).toMatchObject([{ name: 'Drop-box', read: 1 }]);
});

test('a blind copy is known by where it was delivered', async () => {
  await drop(copy('blanche', { cc: 'autre@dehors.example', headers: [`Delivered-To: ${address}`] }));
  expect(await people(bob, 'blanche')).toHaveLength(1);
});

test.each([
  ['without the member’s tag', () => copy('sanstag', { cc: box })],
  [
    'with a colleague’s tag',
    async () => copy('autretag', { cc: (await alice.call(contracts.getDropBox, {})).address! }),
  ],
  ['from an address that is not the member’s own', () => copy('faux', { from: `Bob Stone <bob.stone@mal.example>` })],
  [
    'that the provider found forged',
    () =>
      copy('forge', {
        headers: [
          'Authentication-Results: mx.maison.example; dmarc=fail header.from=example.com; spf=pass smtp.mailfrom=mal.example',
        ],
      }),
  ],
  [
    'that only another domain vouches for',
    () =>
      copy('ailleurs', {
        headers: [
          'Authentication-Results: mx.maison.example; dkim=pass header.d=mal.example; spf=pass smtp.mailfrom=x@mal.example',
        ],
      }),
  ],
])('a mail %s is not taken', async (_what, message) => {
  const text = await message();
  expect(await drop(text)).toEqual({ read: 0, not_taken: 1 });
});

test.each([
  ['dmarc=pass header.from=example.com'],
  ['spf=fail smtp.mailfrom=x@liste.example; dkim=pass header.d=example.com'],
  ['dkim=none; spf=pass smtp.mailfrom=bounces@mail.example.com'],
])('a mail of which the provider says "%s" is', async (results) => {
  expect(await drop(copy('vrai', { headers: [`Authentication-Results: mx.maison.example; ${results}`] }))).toEqual({
    read: 1,
    not_taken: 0,
  });
});

test('a message passed on counts as received, once, and its signature is proposed', async () => {
  const passed = letter({
    from: bob.me.email,
    to: address,
    subject: 'TR: Devis',
    text: [
      'Pour mémoire.',
      '',
      '-----Message d’origine-----',
      'De : Jeanne Passeur <jeanne.passeur@transit.example>',
      'Envoyé : lundi 2 novembre 2026 10:12',
      `À : ${bob.me.email}`,
      'Objet : Devis',
      '',
      'Bonjour Bob,',
      'Voici le devis.',
      'Cordialement,',
      'Jeanne Passeur',
      'Responsable logistique',
      'Transit SAS',
      '01 42 68 53 00',
    ].join('\n'),
  });
  await drop(passed, passed.replace('Pour mémoire.', 'Encore.').replace('letter-', 'again-'));
  expect(await people(bob, 'jeanne')).toMatchObject([{ name: 'Jeanne Passeur', received: 1, sent: 0 }]);
  await drop(copy('jeanne', { to: 'jeanne.passeur@transit.example' }));
  const { items } = await bob.call(contracts.listProposals, {});
  expect(
    items.find(({ email }) => email === 'jeanne.passeur@transit.example')?.values.map(({ display }) => display),
  ).toEqual(expect.arrayContaining(['Responsable logistique', 'Transit SAS']));
});

test('a private one is not read', async () => {
  await drop(copy('intime', { subject: 'Privé' }));
  expect(await people(bob, 'intime')).toEqual([]);
});

test('after a renewal the former address is good for nothing', async () => {
  const former = copy('tard');
  const { address: next } = await bob.call(contracts.renewDropBox, {});
  expect(next).not.toBe(address);
  expect(await drop(former)).toEqual({ read: 0, not_taken: 1 });
  expect(await drop(former.replace(address, next!))).toEqual({ read: 1, not_taken: 0 });
});
