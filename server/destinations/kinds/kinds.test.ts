// Each kind against what it speaks with: files by a server of SFTP, the others by fakes written from their public descriptions.
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { openGuarded } from '../../kernel/guarded.ts';
import type { Access, AnyKind, Batch } from '../kind.ts';
import { kindOf } from '../kinds.ts';
import { codeOf } from '../running.ts';
import { digestOf, type Said } from '../said.ts';
import { type Asked, isSignedForS3, openFake, openSftp } from '../testing.ts';
import { csvOf, fileName } from './csv.ts';
import { memberOf } from './mailchimp.ts';
import { services } from './service.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

const anId = (last: number) => `01900000-0000-7000-8000-00000000000${last}`;
const said = (last: number, more: Partial<Said> = {}): Said => ({
  ...{
    id: anId(last),
    full: 'Ada Quimper',
    given: 'Ada',
    family: 'Quimper',
    organization: '',
    department: '',
    title: '',
  },
  ...{ emails: [`ada${last}@quimper.example`], phones: [], addresses: [], urls: [], birthday: '', categories: [] },
  objected: [],
  ...more,
});
const upsert = (last: number, more: Partial<Said> = {}) => {
  const about = said(last, more);
  return { key: about.id, change: 'added' as const, said: about };
};
const aBatch = (more: Partial<Batch>): Batch => ({
  ...{ id: anId(9), at: new Date('2026-01-15T09:30:00.123Z'), upserts: [], removals: [] },
  ...more,
});

const accessTo = (kind: AnyKind, settings: object, secret: object, signal = AbortSignal.timeout(20_000)): Access => ({
  settings: kind.settings.parse(settings),
  secret: kind.secret.parse(secret),
  guarded: openGuarded(['127.0.0.1']),
  signal,
});
const troubleOf = (work: Promise<unknown>) =>
  work.then(
    () => 'none',
    (error) => codeOf(error) ?? String(error),
  );

test('a line of a file holds what was said, however it is written', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 30 }).map((one) => one.trim());
  fc.assert(
    fc.property(text, text, (given, organization) => {
      const csv = csvOf({ upserts: [upsert(1, { given, organization })], removals: [anId(2)] });
      const rows = readCsv(csv);
      expect(rows.map((row) => row.length)).toEqual([21, 21, 21]);
      // What begins like a formula is kept from being one.
      expect([given, `'${given}`]).toContain(rows[1]![3]);
      expect([organization, `'${organization}`]).toContain(rows[1]![5]);
      expect(rows[2]!.slice(0, 3)).toEqual(['removed', anId(2), '']);
    }),
  );
});

/** RFC 4180, read by nobody of ours. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  let cell = '';
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at]!;
    if (quoted && sign === '"' && text[at + 1] === '"') cell += text[++at];
    else if (sign === '"') quoted = !quoted;
    else if (!quoted && (sign === ',' || sign === '\n')) {
      rows.at(-1)!.push(cell);
      cell = '';
      if (sign === '\n') rows.push([]);
    } else if (quoted || sign !== '\r') cell += sign;
  }
  return rows.slice(0, -1);
}

test('the same is the same wherever it is sent once, and nowhere else', () => {
  expect(digestOf('a', said(1))).toBe(digestOf('a', said(1)));
  expect(digestOf('a', said(1))).not.toBe(digestOf('b', said(1)));
  expect(digestOf('a', said(1))).not.toBe(digestOf('a', said(1, { given: 'Alma' })));
});

async function anSftp(password = 'secret') {
  const folder = mkdtempSync(join(tmpdir(), 'sftp-'));
  const server = await openSftp(folder, { username: 'ada', password });
  closers.push(() => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return { folder, settings: { host: '127.0.0.1', port: server.port, username: 'ada', folder: 'in' } };
}

test('files are put by SFTP, whole and under a name of their own, and the server’s key is kept', async () => {
  const { folder, settings } = await anSftp();
  const kind = kindOf('sftp');
  const access = accessTo(kind, settings, { password: 'secret' });
  const kept = (await kind.check(access)) as { fingerprint: string };
  expect(kept.fingerprint).toMatch(/^SHA256:/);
  const batch = aBatch({ upserts: [upsert(1)], removals: [anId(2)] });
  // Sent twice under one id, as after a crash, it is one file.
  for (const _again of [1, 2]) await kind.send({ ...access, settings: kept }, batch);
  expect(readdirSync(join(folder, 'in'))).toEqual(['contacts-20260115T093000123Z-000000000009.csv']);
  expect(readFileSync(join(folder, 'in', fileName(batch)), 'utf8')).toBe(csvOf(batch));
});

test('an SFTP server says why it is not to be used, and another key is met by nothing', async () => {
  const { settings } = await anSftp();
  const kind = kindOf('sftp');
  const at = (more: object, secret: object = { password: 'secret' }) =>
    troubleOf(Promise.resolve().then(() => kind.check(accessTo(kind, { ...settings, ...more }, secret))));
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    ...{ publicKeyEncoding: { type: 'pkcs1', format: 'pem' }, privateKeyEncoding: { type: 'pkcs1', format: 'pem' } },
  });
  expect(await at({})).toBe('none');
  expect(await at({}, { password: 'wrong' })).toBe('refused');
  expect(await at({}, { privateKey })).toBe('refused');
  expect(await at({}, { privateKey: 'no key' })).toBe('refused');
  expect(await at({ folder: 'nowhere' })).toBe('place_gone');
  expect(await at({ fingerprint: `SHA256:${'A'.repeat(43)}` })).toBe('host_changed');
  expect(await at({ port: 1 })).toBe('unreachable');
  expect(await at({ host: '127.0.0.2' })).toBe('private_network');
});

test('objects are put on S3, signed as it asks for', async () => {
  const secretAccessKey = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
  const there = await openFake((asked, to) => {
    const known = isSignedForS3(asked, secretAccessKey);
    const status = !known ? 403 : asked.url.startsWith('/people') ? 200 : 404;
    to.writeHead(status).end();
  });
  closers.push(there.close);
  const kind = kindOf('s3');
  const settings = { endpoint: there.url, region: 'eu-west-3', bucket: 'people', prefix: 'from/crm' };
  const access = accessTo(kind, settings, { accessKeyId: 'AKIA', secretAccessKey });
  expect(await kind.check(access)).toEqual(settings);
  const batch = aBatch({ upserts: [upsert(1, { given: 'Zoé' })] });
  await kind.send(access, batch);
  expect(there.asked.at(-1)).toMatchObject({
    ...{ method: 'PUT', url: `/people/from/crm/${fileName(batch)}`, body: csvOf(batch) },
  });
  const refused = accessTo(kind, settings, { accessKeyId: 'AKIA', secretAccessKey: 'other' });
  expect(await troubleOf(kind.check(refused))).toBe('refused');
  expect(
    await troubleOf(
      kind.check(accessTo(kind, { ...settings, bucket: 'others' }, { accessKeyId: 'AKIA', secretAccessKey })),
    ),
  ).toBe('place_gone');
  for (const prefix of ['../up', 'a b', '?x'])
    expect(kind.settings.safeParse({ ...settings, prefix }).success).toBe(false);
});

/** Brevo as its API v3 is described: contacts by address and by `ext_id`, one list. */
async function aBrevo() {
  const held = new Map<string, { email: string; lists: number[] }>();
  const there = await openFake((asked: Asked, to) => {
    const path = new URL(asked.url, 'http://brevo').pathname;
    const end = (status: number, said?: object) => to.writeHead(status).end(said && JSON.stringify(said));
    if (asked.headers['api-key'] !== 'key') return end(401, { code: 'unauthorized' });
    if (path === '/v3/contacts/lists/7') return end(200, { id: 7 });
    if (path.startsWith('/v3/contacts/lists/')) return end(404, { code: 'document_not_found' });
    if (asked.method === 'POST' && path === '/v3/contacts') {
      const { email, ext_id, listIds } = JSON.parse(asked.body) as { email: string; ext_id: string; listIds: number[] };
      if (!/^[^@\s]+@[^@\s]+$/.test(email)) return end(400, { code: 'invalid_parameter' });
      const known = held.has(ext_id);
      held.set(ext_id, { email, lists: listIds });
      return known ? end(204) : end(201, { id: held.size });
    }
    if (asked.method === 'DELETE' && asked.url.endsWith('?identifierType=ext_id'))
      return held.delete(path.split('/').at(-1)!) ? end(204) : end(404);
    return end(405);
  });
  closers.push(there.close);
  const real = services.brevo;
  services.brevo = () => there.url;
  closers.push(() => {
    services.brevo = real;
  });
  return { there, held };
}

test('contacts are kept in a list of Brevo by our id, and what it does not take is said', async () => {
  const { held } = await aBrevo();
  const kind = kindOf('brevo');
  const access = accessTo(kind, { listId: '7' }, { apiKey: 'key' });
  await kind.check(access);
  expect(await troubleOf(kind.check(accessTo(kind, { listId: 8 }, { apiKey: 'key' })))).toBe('place_gone');
  expect(await troubleOf(kind.check(accessTo(kind, { listId: 7 }, { apiKey: 'other' })))).toBe('refused');
  const batch = aBatch({ upserts: [upsert(1), upsert(2, { emails: ['no address'] })] });
  for (const _again of [1, 2]) expect([...(await kind.send(access, batch))]).toEqual([anId(2)]);
  expect([...held]).toEqual([[anId(1), { email: 'ada1@quimper.example', lists: [7] }]]);
  for (const _again of [1, 2]) await kind.send(access, aBatch({ removals: [anId(1)] }));
  expect(held.size).toBe(0);
  expect([kind.keyOf(said(1)), kind.keyOf(said(1, { emails: [] }))]).toEqual([anId(1), null]);
});

test('members are kept in an audience of Mailchimp by their address, and nobody is subscribed again', async () => {
  const held = new Map<string, { email_address: string; status: string }>();
  const there = await openFake((asked, to) => {
    const end = (status: number, about?: object) => to.writeHead(status).end(about && JSON.stringify(about));
    if (asked.headers.authorization !== `Basic ${Buffer.from('key:key-us21').toString('base64')}`) return end(401);
    const { pathname } = new URL(asked.url, 'http://mailchimp');
    if (pathname === '/3.0/lists/abc') return end(200, { id: 'abc' });
    const [, hash] = /^\/3\.0\/lists\/abc\/members\/(\w{32})$/.exec(pathname) ?? [];
    if (!hash) return end(404);
    if (asked.method === 'DELETE') return held.delete(hash) ? end(204) : end(404);
    const { email_address, status, status_if_new } = JSON.parse(asked.body) as Record<string, string>;
    expect([status, status_if_new]).toEqual([undefined, 'subscribed']);
    if (!email_address?.includes('@')) return end(400);
    held.set(hash, { email_address, status: held.get(hash)?.status ?? status_if_new! });
    return end(200, { id: hash });
  });
  closers.push(there.close);
  const real = services.mailchimp;
  services.mailchimp = () => there.url;
  closers.push(() => {
    services.mailchimp = real;
  });
  const kind = kindOf('mailchimp');
  const access = accessTo(kind, { listId: 'abc' }, { apiKey: 'key-us21' });
  await kind.check(access);
  expect(await troubleOf(kind.check(accessTo(kind, { listId: 'other' }, { apiKey: 'key-us21' })))).toBe('place_gone');
  const key = kind.keyOf(said(1))!;
  expect([key, memberOf(' ADA1@Quimper.example ')]).toEqual([memberOf('ada1@quimper.example'), key]);
  held.set(key, { email_address: 'ada1@quimper.example', status: 'unsubscribed' });
  const bad = { ...upsert(2, { emails: ['none'] }), key: memberOf('none') };
  const refused = await kind.send(access, aBatch({ upserts: [{ ...upsert(1), key }, bad] }));
  expect([...refused]).toEqual([bad.key]);
  expect(held.get(key)!.status).toBe('unsubscribed');
  for (const _again of [1, 2]) await kind.send(access, aBatch({ removals: [key] }));
  expect(held.size).toBe(0);
});

test.each([
  [301, 'elsewhere'],
  [401, 'refused'],
  [403, 'forbidden'],
  [404, 'place_gone'],
  [429, 'busy'],
  [500, 'server_error'],
])('a program that answers %i has taken nothing: %s', async (status, trouble) => {
  const there = await openFake((_asked, to) => to.writeHead(status, { location: 'http://127.0.0.1/' }).end());
  closers.push(there.close);
  const kind = kindOf('http');
  const access = accessTo(kind, { url: there.url }, {});
  expect(await troubleOf(kind.send(access, aBatch({ removals: [anId(1)] })))).toBe(trouble);
  expect(there.asked).toHaveLength(1);
});
