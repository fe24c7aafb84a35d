import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openGuarded, type Unreached } from './guarded.ts';

let server: Server;
let port: number;
/** Requests that reached the server. */
let reached = 0;

beforeAll(async () => {
  server = createServer((request, answer) => {
    reached++;
    if (request.url === '/hangs') return;
    if (request.url === '/endless') {
      const more = () => void (answer.write(Buffer.alloc(65_536)) ? setImmediate(more) : answer.once('drain', more));
      answer.on('error', () => {});
      return more();
    }
    if (request.url === '/moved') return void answer.writeHead(301, { location: 'http://169.254.169.254/' }).end();
    answer.setHeader('x-method', request.method!).end('hello');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const codeOf = (asked: Promise<unknown>) =>
  asked.then(
    () => 'answered',
    (error: Unreached) => error.code,
  );

test.each([
  'http://127.0.0.1',
  'http://127.1',
  'http://2130706433',
  'http://0x7f000001',
  'http://localhost',
  'http://[::1]',
  'http://[::ffff:127.0.0.1]',
  'http://[64:ff9b::7f00:1]',
  'http://0.0.0.0',
])('%s is this machine, and is not asked', async (origin) => {
  const before = reached;
  expect(await codeOf(openGuarded([]).fetch(`${origin}:${port}/`))).toMatch(/^(private_network|not_encrypted)$/);
  expect(await codeOf(openGuarded([]).fetch(`${origin.replace('http', 'https')}:${port}/`))).toBe('private_network');
  expect(reached).toBe(before);
});

test.each([
  '10.1.2.3',
  '172.31.0.1',
  '192.168.0.1',
  '169.254.169.254',
  '100.64.0.1',
  '[fd00::1]',
  '[fe80::1]',
  '[fec0::1]',
  '[::127.0.0.1]',
  '[::ffff:0:127.0.0.1]',
])('%s is a network that is not the internet', async (host) => {
  expect(await codeOf(openGuarded([]).fetch(`https://${host}/`))).toBe('private_network');
});

test('a network that the operator allows may be asked, in the clear too', async () => {
  const { fetch } = openGuarded(['127.0.0.0/8']);
  const answer = await fetch(`http://127.0.0.1:${port}/`, { method: 'PROPFIND', body: 'x' });
  expect([answer.status, answer.headers.get('x-method'), await answer.text()]).toEqual([200, 'PROPFIND', 'hello']);
  expect(await codeOf(fetch('http://192.168.0.1/'))).toBe('private_network');
});

test('the internet is asked encrypted only', async () => {
  expect(await codeOf(openGuarded([]).fetch('http://93.184.216.34/'))).toBe('not_encrypted');
});

test.each([
  'ftp://example.com/',
  'file:///etc/passwd',
  'https://user:secret@example.com/',
  'nonsense',
])('%s is no address to ask', async (address) => {
  expect(await codeOf(openGuarded([]).fetch(address))).toBe('bad_address');
});

test('a redirect is not followed', async () => {
  const answer = await openGuarded(['127.0.0.1']).fetch(`http://127.0.0.1:${port}/moved`);
  expect(answer.status).toBe(301);
});

test('who hangs, and who never ends, is given up', async () => {
  const { fetch } = openGuarded(['127.0.0.1']);
  expect(await codeOf(fetch(`http://127.0.0.1:${port}/hangs`, { seconds: 0.2 }))).toBe('timeout');
  const endless = await fetch(`http://127.0.0.1:${port}/endless`, { limit: 1_000_000 });
  expect(await codeOf(endless.arrayBuffer())).toBe('too_large');
  expect(await codeOf(fetch('http://127.0.0.1:1/'))).toBe('unreachable');
});
