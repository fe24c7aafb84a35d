import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { expect, test } from 'vitest';
import { verifierOf } from '../bi/rules.ts';
import { openEmbedded } from './attach.ts';

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

const comeIn = async (port: number, user: string, password: string, database = 'entregent'): Promise<string> => {
  const client = new pg.Client({ host: '127.0.0.1', port, user, password, database });
  client.on('error', () => {});
  try {
    await client.connect();
    return 'in';
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  } finally {
    await client.end().catch(() => {});
  }
};

test('with a port for BI, its logins alone come in by it, by their password and to our database; without one nobody does', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'entregent-bi-'));
  chmodSync(folder, 0o711);
  const port = await freePort();
  let embedded = await openEmbedded(folder, { host: '127.0.0.1', port });
  try {
    const owner = new pg.Client({ connectionString: embedded.url });
    await owner.connect();
    await owner.query('create role entregent_bi nologin');
    for (const [name, group] of [
      ['entregent_bi_abc', 'in role entregent_bi'],
      ['somebody', ''],
    ])
      await owner.query(`create role ${name} login password '${verifierOf('right')}' ${group}`);
    await owner.query(`alter role postgres password '${verifierOf('right')}'`);
    const [kept] = (await owner.query('show superuser_reserved_connections')).rows;
    expect(kept).toEqual({ superuser_reserved_connections: '60' });
    await owner.end();
    expect(await comeIn(port, 'entregent_bi_abc', 'right')).toBe('in');
    expect(await comeIn(port, 'entregent_bi_abc', 'wrong')).toBe('28P01');
    for (const [user, database] of [
      ['postgres', 'entregent'],
      ['somebody', 'entregent'],
      ['entregent_none', 'entregent'],
      ['entregent_bi_abc', 'postgres'],
    ])
      expect([user, await comeIn(port, user!, 'right', database)]).toEqual([user, '28000']);
    await embedded.stop();
    embedded = await openEmbedded(folder);
    expect(await comeIn(port, 'entregent_bi_abc', 'right')).toBe('ECONNREFUSED');
  } finally {
    await embedded.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
