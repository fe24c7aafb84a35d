import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkSending } from './checks.ts';
import { compareKey, inPieces, keyRecord, readPolicy } from './records.ts';
import { openResolver, type Resolver } from './resolver.ts';
import { checkSpf } from './spf.ts';
import { openNameServer, type Zone } from './testing.ts';

// A real name server on loopback is asked.

let server: Awaited<ReturnType<typeof openNameServer>>;
let resolver: Resolver;

const many = (of: number) => Array.from({ length: of }, (_, at) => `include:i${at}.example`).join(' ');
const zone: Zone = {
  'ip.example': { txt: ['v=spf1 ip4:203.0.113.0/28 ip6:2001:db8::/32 -all', 'google-site-verification=x'] },
  'a.example': { txt: ['v=spf1 a a:relay.example/30 ~all'], a: ['198.51.100.7'] },
  'relay.example': { a: ['203.0.113.9'], aaaa: ['2001:db8:0:0:0:0:0:9'] },
  'mx.example': { txt: ['v=spf1 mx ?all'], mx: [[10, 'in.mx.example']] },
  'in.mx.example': { a: ['203.0.113.20'] },
  'include.example': { txt: ['v=spf1 include:ip.example -all'] },
  'redirect.example': { txt: ['v=spf1 redirect=ip.example'] },
  'astray.example': { txt: ['v=spf1 include:nowhere.example -all'] },
  'several.example': { txt: ['v=spf1 -all', 'v=spf1 +all'] },
  'typo.example': { txt: ['v=spf1 ipv4:203.0.113.9 -all'] },
  'length.example': { txt: ['v=spf1 ip4:203.0.113.9/33 -all'] },
  'eleven.example': { txt: [`v=spf1 ${many(11)} -all`] },
  'ten.example': { txt: [`v=spf1 ${many(10)} ip4:203.0.113.9 -all`] },
  ...Object.fromEntries(
    Array.from({ length: 11 }, (_, at) => [`i${at}.example`, { txt: ['v=spf1 ip4:192.0.2.1 -all'] }]),
  ),
  'circle.example': { txt: ['v=spf1 include:circle.example -all'] },
  'void.example': { txt: ['v=spf1 a:x1.example a:x2.example a:x3.example ip4:203.0.113.9 -all'] },
  'macro.example': { txt: ['v=spf1 exists:%{ir}.%{l}.list.%{d2} -all'] },
  '9.113.0.203.news.list.macro.example': { a: ['127.0.0.2'] },
  'badmacro.example': { txt: ['v=spf1 exists:%{z}.example -all'] },
  'long.example': { txt: [`v=spf1 ${'ip4:192.0.2.1 '.repeat(22)}ip4:203.0.113.9 -all`] },
  'other.example': { txt: ['v=spf10 +all'] },
  'down.example': { fails: true },
  'silent.example': { silent: true },
};

beforeAll(async () => {
  server = await openNameServer(zone);
  resolver = openResolver(server.address);
});
afterAll(() => server.close());

describe('SPF', () => {
  const ask = (domain: string, ip = '203.0.113.9') => checkSpf(resolver, { ip, domain, sender: `news@${domain}` });
  test.each<[string, string, string?, string?]>([
    ['ip.example', 'pass'],
    ['ip.example', 'fail', '203.0.113.16'],
    ['ip.example', 'pass', '2001:db8::1'],
    ['ip.example', 'fail', '2001:db9::1'],
    ['a.example', 'pass'],
    ['a.example', 'pass', '198.51.100.7'],
    ['a.example', 'softfail', '198.51.100.8'],
    ['a.example', 'pass', '2001:db8::9'],
    ['a.example', 'softfail', '2001:db8::a'],
    ['mx.example', 'pass', '203.0.113.20'],
    ['mx.example', 'neutral', '203.0.113.21'],
    ['include.example', 'pass'],
    ['include.example', 'fail', '198.51.100.1'],
    ['redirect.example', 'pass'],
    ['long.example', 'pass'],
    ['macro.example', 'pass'],
    ['macro.example', 'fail', '203.0.113.10'],
    ['other.example', 'none'],
    ['nowhere.example', 'none'],
    ['relay.example', 'none'],
    ['ten.example', 'pass'],
    ['eleven.example', 'permerror', undefined, 'lookups'],
    ['circle.example', 'permerror', undefined, 'lookups'],
    ['void.example', 'permerror', undefined, 'voids'],
    ['several.example', 'permerror', undefined, 'several'],
    ['typo.example', 'permerror', undefined, 'syntax'],
    ['length.example', 'permerror', undefined, 'syntax'],
    ['badmacro.example', 'permerror', undefined, 'syntax'],
    ['astray.example', 'permerror', undefined, 'no_target'],
    ['down.example', 'temperror'],
  ])('of %s is %s for %s (%s)', async (domain, result, ip, problem) => {
    expect(await ask(domain, ip)).toMatchObject({ result, problem: problem ?? null });
  });
  test('nobody who answers is told as such', async () => {
    expect(await ask('silent.example')).toMatchObject({ result: 'temperror' });
  });
});

describe('a sender', () => {
  const key = { domain: 'firm.example', selector: 'e1', publicKey: 'QUJD' };
  const sending = { host: 'relay.example', sender: 'crm@firm.example', key };
  const check = async (of: Zone, changed: Partial<typeof sending> | { key: null } = {}) => {
    for (const name of Object.keys(zone)) if (name.endsWith('firm.example')) delete zone[name];
    Object.assign(zone, of);
    const checks = await checkSending(resolver, { ...sending, ...changed });
    return Object.fromEntries(checks.map((one) => [one.kind, one]));
  };
  const sound: Zone = {
    'firm.example': {
      txt: ['v=spf1 a:relay.example -all'],
      mx: [
        [20, 'b.firm.example'],
        [10, 'a.firm.example'],
      ],
    },
    'e1._domainkey.firm.example': { txt: [keyRecord('QUJD')] },
    '_dmarc.firm.example': { txt: ['v=DMARC1; p=reject; rua=mailto:d@firm.example'] },
  };

  test('for whom all is published is told so', async () => {
    expect(await check(sound)).toMatchObject({
      spf: { state: 'good', code: 'pass', publish: null },
      dkim: { state: 'good', code: 'found', publish: null },
      dmarc: { state: 'good', code: 'found', about: { policy: 'reject', by: 'both' } },
      mx: { state: 'good', code: 'found', about: { hosts: 'a.firm.example, b.firm.example' } },
    });
  });
  test('for whom nothing is published is told what to publish', async () => {
    expect(await check({ 'firm.example': { a: ['203.0.113.1'] } })).toMatchObject({
      spf: { state: 'bad', code: 'none', publish: { name: 'firm.example', value: 'v=spf1 a:relay.example ~all' } },
      dkim: {
        state: 'bad',
        code: 'not_published',
        publish: { name: 'e1._domainkey.firm.example', value: 'v=DKIM1; k=rsa; p=QUJD' },
      },
      dmarc: { state: 'warning', code: 'none', publish: { name: '_dmarc.firm.example' } },
      mx: { state: 'bad', code: 'none' },
    });
    expect(await check({})).toMatchObject({ mx: { code: 'no_domain' } });
  });
  test('whose record leaves our server out is shown it with our server in it', async () => {
    const { spf } = await check(
      { 'firm.example': { txt: ['v=spf1 mx include:ip.example -all'], mx: [[1, 'a.example']] } },
      { host: 'in.mx.example' },
    );
    expect(spf).toMatchObject({
      state: 'bad',
      code: 'refuses',
      publish: { value: 'v=spf1 mx include:ip.example a:in.mx.example -all' },
    });
  });
  test('whose server stands in a private network, or has no name, is not judged by it', async () => {
    const record = { 'firm.example': { txt: ['v=spf1 ip4:203.0.113.9 -all'] } };
    expect(await check(record, { host: '127.0.0.1' })).toMatchObject({
      spf: { state: 'unknown', code: 'host_private' },
    });
    expect(await check(record, { host: 'gone.example' })).toMatchObject({
      spf: { state: 'unknown', code: 'host_unknown' },
    });
    expect(await check({ 'firm.example': { txt: ['v=spf1 a', 'v=spf1 b'] } }, { host: '10.1.2.3' })).toMatchObject({
      spf: { code: 'several' },
    });
  });
  test('whose key is another one, revoked, or stands twice, is told so', async () => {
    const dkim = async (...txt: string[]) => (await check({ 'e1._domainkey.firm.example': { txt } })).dkim!.code;
    expect(await dkim('v=DKIM1; k=rsa; p=QUJE')).toBe('other');
    expect(await dkim('v=DKIM1; p=')).toBe('revoked');
    expect(await dkim('p = QU JD')).toBe('found');
    expect(await dkim('k=rsa')).toBe('broken');
    expect(await dkim(keyRecord('QUJD'), keyRecord('QUJE'))).toBe('several');
    expect((await check({}, { key: null })).dkim!.code).toBe('no_key');
    expect((await check({}, { key: { ...key, domain: 'old.example' } })).dkim!.code).toBe('other_domain');
  });
  test('whose policy lets nothing of theirs through is warned; a domain above counts', async () => {
    const bare = {
      'firm.example': { txt: ['v=spf1 -all'] },
      '_dmarc.firm.example': { txt: ['v=DMARC1; p=reject; sp=none'] },
    };
    expect((await check(bare)).dmarc).toMatchObject({ state: 'bad', code: 'unaligned' });
    const below = { ...bare, 'news.firm.example': { txt: ['v=spf1 a:relay.example -all'] } };
    expect((await check(below, { sender: 'x@news.firm.example' })).dmarc).toMatchObject({
      ...{ state: 'good', code: 'found', about: { policy: 'none', by: 'spf', at: 'firm.example' } },
    });
    const broken = { '_dmarc.firm.example': { txt: ['v=DMARC1; p=maybe'] } };
    expect((await check(broken)).dmarc).toMatchObject({ state: 'bad', code: 'broken' });
    const twice = { '_dmarc.firm.example': { txt: ['v=DMARC1; p=none', 'v=DMARC1; p=reject'] } };
    expect((await check(twice)).dmarc).toMatchObject({ state: 'bad', code: 'several' });
  });
  test('whose domain takes no mail, or whose name server is down, is told so', async () => {
    expect((await check({ 'firm.example': { mx: [[0, '']] } })).mx).toMatchObject({ state: 'bad', code: 'null' });
    const down = {
      'firm.example': { fails: true as const },
      '_dmarc.firm.example': { fails: true as const },
      'e1._domainkey.firm.example': { fails: true as const },
    };
    for (const one of Object.values(await check(down)))
      expect(one).toMatchObject({ state: 'unknown', code: 'unreached' });
  });
});

test('records are read as their standards say', () => {
  expect(compareKey('v=DKIM2; p=QUJD', 'QUJD')).toBe('broken');
  expect(compareKey('v=DKIM1; k=ed25519; p=QUJD', 'QUJD')).toBe('other');
  expect(readPolicy('v=DMARC1; p=Quarantine; pct=20; adkim=s')).toEqual({
    ...{ policy: 'quarantine', strict: { dkim: true, spf: false }, percent: 20, reports: false },
  });
  expect(readPolicy('p=none; v=DMARC1')).toMatchObject({ policy: 'none' });
  expect(readPolicy('v=DMARC1')).toBeUndefined();
  expect(inPieces('x'.repeat(300))).toBe(`"${'x'.repeat(255)}" "${'x'.repeat(45)}"`);
});
