import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Problem } from './contract.ts';
import { type Member, openTestApp, type TestApp } from './testing.ts';

let app: TestApp;
let alice: Member;

beforeAll(async () => {
  app = await openTestApp();
  alice = await app.setUp();
});
afterAll(() => app.close());

async function refused(language: string, path: string, body?: object): Promise<Problem> {
  const answer = await alice.fetch(path, {
    headers: { 'accept-language': language, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
  });
  expect(answer.status).toBe(400);
  return (await answer.json()) as Problem;
}

test('what is wrong with an input is told in the language of the caller', async () => {
  const wrong = { email: 'nobody', role: 'boss', teamIds: [1] };
  expect((await refused('fr-FR,fr;q=0.9', '/invitations', wrong)).fields).toEqual({
    email: 'Une adresse électronique s’écrit nom@exemple.fr',
    role: 'Une de ces valeurs est attendue\u00a0: member, marketing, auditor, admin',
    'teamIds.0': 'Manque, ou n’est pas un texte',
  });
  expect((await refused('en-GB', '/invitations', wrong)).fields).toEqual({
    email: 'An e-mail address looks like name@example.com',
    role: 'One of these values is expected: member, marketing, auditor, admin',
    'teamIds.0': 'Missing, or not text',
  });
});

test('limits are told in numbers, and files are no exception', async () => {
  expect((await refused('fr', '/teams', { name: '' })).fields).toEqual({ name: 'Au moins un caractère' });
  expect((await refused('fr', '/teams', { name: 'x'.repeat(101) })).fields).toEqual({ name: 'Au plus 100 caractères' });
  expect((await refused('en', '/people?limit=500')).fields).toEqual({ limit: 'At most 200' });
  expect((await refused('fr', '/people/export?format=pdf')).fields).toEqual({
    format: 'Une de ces valeurs est attendue\u00a0: vcf, csv, xlsx',
  });
});

test('a wrong API key is told as such, in the language of the caller', async () => {
  const answer = await app.client('ent_guess').fetch('/me', { headers: { 'accept-language': 'fr' } });
  expect(answer.status).toBe(401);
  const { title, code } = (await answer.json()) as Problem;
  expect(code).toBe('invalid_api_key');
  expect(title).toMatch(/^Cette clé d’API est inconnue/);
});

test('a full disk is told in words, with what was and was not saved', async () => {
  await app.query(
    `create function public.full_disk() returns trigger language plpgsql as $$ begin raise exception 'could not extend file' using errcode = '53100'; end $$`,
  );
  await app.query(
    'create trigger full_disk before insert on identity.team for each row execute function public.full_disk()',
  );
  try {
    const answer = await alice.fetch('/teams', {
      method: 'POST',
      headers: { 'accept-language': 'fr', 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'Ventes' }),
    });
    expect(answer.status).toBe(507);
    const { title, code } = (await answer.json()) as Problem;
    expect(code).toBe('disk_full');
    expect(title).toMatch(/^Il n’y a plus de place sur le serveur\. Ce qui était enregistré est en sûreté/);
    expect(app.errors.splice(0)).toHaveLength(1);
  } finally {
    await app.query('drop function public.full_disk cascade');
  }
});
