// Writes db/backups/<version>.entregent: a small backup of this version's schema, from which later versions prove that they
// can upgrade. Run once for each release: node tools/keep-backup.ts
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { backUp } from '../server/kernel/backup.ts';
import { readConfig, root, version } from '../server/kernel/config.ts';
import { start } from '../server/start.ts';

const account = { name: 'Ada Lovelace', email: 'ada@example.com', password: 'seven green bicycles' };
const contacts = [
  'First Name,Last Name,E-mail,Mobile,Company',
  'Marie,Curie,marie@radium.example,06 12 00 00 01,Institut du Radium',
  'Louis,Pasteur,louis@pasteur.example,06 12 00 00 02,Institut Pasteur',
].join('\n');

/** Speaks to the product as the interface does. */
function openClient(url: string) {
  let cookie = '';
  return async (path: string, body?: object | string, method = 'POST'): Promise<Record<string, unknown>> => {
    const type = typeof body === 'string' ? 'application/octet-stream' : 'application/json';
    const answer = await fetch(`${url}/api/v1${path}`, {
      method: body === undefined ? 'GET' : method,
      headers: { cookie, 'x-entregent-csrf': '1', ...(body === undefined ? {} : { 'content-type': type }) },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
    const set = answer.headers.getSetCookie();
    if (set.length > 0) cookie = set.map((line) => line.split(';')[0]).join('; ');
    return (await answer.json()) as Record<string, unknown>;
  };
}

async function fill(url: string, token: string): Promise<void> {
  const call = openClient(url);
  await call('/setup', { token, workspace: 'Exemple SA', ...account });
  const { id } = await call('/imports?fileName=contacts.csv', contacts);
  const until = async (state: string) => {
    for (let tries = 0; tries < 200; tries++) {
      if ((await call(`/imports/${id}`)).state === state) return;
      await sleep(50);
    }
    throw new Error(`The import did not become ${state}.`);
  };
  await until('ready');
  await call(`/imports/${id}/start`, {});
  await until('done');
  const [book] = (await call('/books')).items as { id: string }[];
  await call(`/books/${book!.id}/sharing`, { sharing: [{ grantee: { kind: 'workspace' }, level: 'read' }] }, 'PUT');
  await call('/teams', { name: 'Sales' });
  await call('/api-keys', { name: 'sync', scopes: ['contacts:read'] });
  await call('/views', { name: 'Radium', filter: { q: 'radium' } });
}

const folder = mkdtempSync(join(tmpdir(), 'entregent-keep-'));
chmodSync(folder, 0o711);
const running = await start(readConfig(['--data', folder, '--port', '0'], {}), () => {});
try {
  await fill(running.url, running.setupToken!);
  const file = join(root, 'db/backups', `${version}.entregent`);
  const database = running.app.db.pool.options.connectionString!;
  const { rows } = await backUp(database, file, running.app.secrets.keyCheck);
  process.stdout.write(`${file}: ${rows} rows\n`);
} finally {
  await running.stop();
  rmSync(folder, { recursive: true, force: true });
}
process.exit(0);
