import { describe, expect, test } from 'vitest';
import { explain, hasNoRoom, isDatabaseUrl, partsOf } from './trouble.ts';

const config = {
  dataDir: '/srv/entregent',
  databaseUrl: 'postgresql://anne:s%2Fcret@db.example:6432/crm',
} as Parameters<typeof explain>[1];
const refused = (code: string, message = '', more = {}) => Object.assign(new Error(message), { code, ...more });

describe('an address of a PostgreSQL', () => {
  test.each([
    ['postgresql://anne:word@db.example:5432/crm', true],
    ['postgres://db.example/crm?sslmode=require', true],
    ['postgresql://anne@/crm?host=%2Frun%2Fpostgresql', true],
    ['postgresql:///crm', true],
    ['localhost:5432/crm', false],
    ['host=localhost dbname=crm', false],
    ['postgres:/localhost/crm', false],
    ['mysql://anne@db.example/crm', false],
    ['postgresql://anne:wo/rd@db.example/crm', false],
    ['postgresql://anne:wo#rd@db.example/crm', false],
    ['postgresql://anne:word@db.example:70000/crm', false],
    ['postgresql://anne:wo?rd@db.example/crm', false],
    ['postgresql://anne:word@db.example/crm?options=a@b', true],
    ['postgresql://anne:100%@db.example/crm', false],
  ])('%s: %s', (text, is) => {
    expect(isDatabaseUrl(text)).toBe(is);
  });

  test('is told without its password', () => {
    expect(partsOf(config.databaseUrl!)).toEqual({ host: 'db.example:6432', user: 'anne', database: 'crm' });
    expect(partsOf('postgresql://anne@/?host=%2Frun')).toEqual({ host: '/run', user: 'anne', database: 'anne' });
  });
});

describe('what an operator can mend', () => {
  test.each([
    ['ECONNREFUSED', '', 'start.database_refused'],
    ['ENOTFOUND', '', 'start.database_no_host'],
    ['28P01', '', 'start.database_password'],
    ['3D000', '', 'start.database_no_database'],
    ['42501', '', 'start.database_rights'],
    ['', 'The server does not support SSL connections', 'start.database_encryption'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed certificate', 'start.database_encryption'],
    ['53100', '', 'start.disk_full'],
    ['ENOSPC', '', 'start.disk_full'],
    ['EROFS', '', 'start.folder_closed'],
    ['EACCES', '', 'start.folder_closed'],
  ])('%s %s: %s', (code, message, key) => {
    expect(explain(refused(code, message), config)?.key).toBe(key);
  });

  test('a socket that is not there is no missing file', () => {
    expect(explain(refused('ENOENT', '', { syscall: 'connect' }), config)?.key).toBe('start.database_refused');
  });

  test('nothing else is hidden behind a sentence', () => {
    expect(explain(refused('EACCES', '', { syscall: 'listen' }), config)).toBeUndefined();
    expect(explain(new TypeError('x is not a function'), config)).toBeUndefined();
    expect(explain(refused('ENOENT', '', { syscall: 'open' }), config)).toBeUndefined();
    expect(explain(refused('42P01', 'relation does not exist'), config)).toBeUndefined();
    expect(explain(refused('ECONNREFUSED'), { ...config, databaseUrl: undefined } as never)).toBeUndefined();
  });

  test('a disk with room, or a folder that is not there, is no full disk', () => {
    expect(hasNoRoom('/')).toBe(false);
    expect(hasNoRoom('/no/such/folder')).toBe(false);
  });
});
