// Address books of real servers of others: Radicale and Xandikos, as Debian packages them.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DavServer, davServers } from '../../../tools/dav-servers.ts';
import { openGuarded } from '../../kernel/guarded.ts';
import { kindOf } from '../kinds.ts';
import { codeOf } from '../running.ts';
import type { Said } from '../said.ts';

const id = '01900000-0000-7000-8000-000000000001';
const ada: Said = {
  ...{
    id,
    full: 'Ada Quimper',
    given: 'Ada',
    family: 'Quimper',
    organization: 'Phare',
    department: '',
    title: 'Gardienne',
  },
  ...{ emails: ['ada@quimper.example'], phones: [{ number: '+33612345678', mobile: true }], urls: [], birthday: '' },
  ...{ addresses: [{ street: '1 rue Kéréon', postcode: '29000', city: 'Quimper', region: '', country: 'FR' }] },
  ...{ categories: ['Salon'], objected: [] },
};

describe.each(davServers())('with %s', (_name, open) => {
  let peer: DavServer;
  beforeAll(async () => {
    peer = await open();
  });
  afterAll(() => peer?.close());

  test('a book is kept: put twice a contact stands there once, changed it is changed, removed it is gone; others are left alone', async () => {
    const there = await peer.make('addressbook', 'pushed');
    await there.put('other.vcf', 'BEGIN:VCARD\r\nVERSION:3.0\r\nUID:other\r\nFN:Other\r\nN:Other;;;;\r\nEND:VCARD\r\n');
    const kind = kindOf('carddav');
    const at = (more: object, password: string) => ({
      settings: kind.settings.parse({ url: there.url, username: peer.account.username, ...more }),
      secret: kind.secret.parse({ password }),
      ...{ guarded: openGuarded(['127.0.0.1']), signal: AbortSignal.timeout(30_000) },
    });
    const access = at({}, peer.account.password);
    await kind.check(access);
    const gone = kind.check(at({ url: `${there.url.replace(/\/$/, '')}-none/` }, peer.account.password));
    // Xandikos answers for what is not there as if it were a folder.
    expect(['place_gone', 'no_contacts']).toContain(await gone.then(() => 'none', codeOf));
    const batch = (change: 'added' | 'changed', said: Said) => ({
      ...{ id, at: new Date(), upserts: [{ key: id, change, said }], removals: [] },
    });
    for (const _again of [1, 2]) expect([...(await kind.send(access, batch('added', ada)))]).toEqual([]);
    expect(await there.list()).toHaveLength(2);
    const text = await there.get(`entregent-${id}.vcf`);
    for (const part of ['FN:Ada Quimper', 'ada@quimper.example', '+33612345678', 'Kéréon', 'Gardienne'])
      expect(text).toContain(part);
    await kind.send(access, batch('changed', { ...ada, full: 'Alma Quimper', given: 'Alma' }));
    expect(await there.get(`entregent-${id}.vcf`)).toContain('FN:Alma Quimper');
    for (const _again of [1, 2]) await kind.send(access, { ...batch('added', ada), upserts: [], removals: [id] });
    expect(await there.list()).toHaveLength(1);
  });
});
