import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { onLoopback } from '../connectors/testing.ts';
import { newId } from '../kernel/ids.ts';
import { type Member, openTestApp, type TestApp } from '../kernel/testing.ts';
import { releaseWatched } from './queries.ts';
import { openTestMailbox } from './testing.ts';

let app: TestApp;
let alice: Member;
let server: Server;
/** Who waits in the inbox. */
const idle = new Set<Socket>();

/** Speaks as much IMAP (RFC 3501, 2177) as it takes to wait for mail that never comes. */
function speak(socket: Socket): void {
  socket.write('* OK ready\r\n');
  socket.on('error', () => {}).on('close', () => idle.delete(socket));
  let waiting = '';
  socket.on('data', (data) => {
    for (const line of data.toString().split('\r\n').filter(Boolean)) {
      const [tag = '', command = ''] = line.split(' ');
      if (line === 'DONE') {
        idle.delete(socket);
        socket.write(`${waiting} OK done\r\n`);
      } else if (command.toUpperCase() === 'IDLE') {
        waiting = tag;
        idle.add(socket);
        socket.write('+ idling\r\n');
      } else {
        const more: Record<string, string> = {
          CAPABILITY: '* CAPABILITY IMAP4rev1 IDLE\r\n',
          EXAMINE: '* 0 EXISTS\r\n* OK [UIDVALIDITY 1]\r\n* OK [UIDNEXT 1]\r\n',
        };
        socket.write(`${more[command.toUpperCase()] ?? ''}${tag} OK done\r\n`);
      }
    }
  });
}

beforeAll(async () => {
  server = createServer(speak).listen(0, '127.0.0.1');
  await once(server, 'listening');
  app = await openTestApp(onLoopback);
  alice = await app.setUp();
  await openTestMailbox(app, alice, 'alice@maison.example');
  const { port } = server.address() as { port: number };
  const settings = { host: '127.0.0.1', port, security: 'none', user: 'alice', addresses: [] };
  await app.query(
    `update connectors.connection set settings = $1, secret = $2, state = 'ok', next_at = now() + interval '1 day'`,
    [JSON.stringify(settings), app.app.secrets.encrypt(JSON.stringify({ password: 'secret' }))],
  );
});
afterAll(async () => {
  await app.close();
  server.close();
});

const until = async (so: () => boolean, seconds: number) => {
  for (let waited = 0; !so() && waited < seconds * 1000; waited += 100) await sleep(100);
  expect(so()).toBe(true);
};
const watchers = async () =>
  (await app.query<{ watcher_id: string }>('select watcher_id from correspondents.watch')).map((row) => row.watcher_id);

test('of two processes one watches a mailbox; another takes over from one that ends, or falls silent', {
  timeout: 240_000,
}, async () => {
  await until(() => idle.size === 1, 60);
  const [first] = await watchers();
  const other = await openTestApp(onLoopback, { database: app.databaseUrl, dataDir: app.app.config.dataDir });
  // Both have looked.
  await sleep(6000);
  expect([idle.size, await watchers()]).toEqual([1, [first]]);
  // A third process had taken it and was killed: nobody watches until its time is up, then one does.
  await app.query(`update correspondents.watch set watcher_id = $1, until = now() + interval '7 seconds'`, [newId()]);
  await until(() => idle.size === 0, 30);
  await until(() => idle.size === 1, 60);
  const [heir] = await watchers();
  const [last, survivor] = heir === first ? [app, other] : [other, app];
  await sleep(100);
  expect(idle.size).toBe(1);
  // One that ends leaves it to the other at once.
  if (last === other) await last.close();
  else await last.app.db.asSystem('keeper', (tx) => releaseWatched(tx, heir!));
  await until(() => idle.size === 1, 60);
  await expect.poll(watchers, { timeout: 30_000 }).toHaveLength(1);
  if (survivor === other) await other.close();
});
