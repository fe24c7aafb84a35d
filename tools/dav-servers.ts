import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findProgram } from './peers.ts';

const user = { username: 'alice', password: 'seven green bicycles' };
const authorization = `Basic ${Buffer.from(`${user.username}:${user.password}`).toString('base64')}`;

/** A collection as another program of its owner uses it. */
export interface Collection {
  url: string;
  get(file: string): Promise<string>;
  put(file: string, octets: string): Promise<void>;
  remove(file: string): Promise<void>;
  list(): Promise<string[]>;
}

/** A server of address books and calendars on loopback, with one user and nothing in it. */
export interface DavServer {
  account: { address: string; username: string; password: string };
  /** Makes an empty address book, or an empty calendar. */
  make(what: 'addressbook' | 'calendar', name: string): Promise<Collection>;
  close(): void;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}

async function send(method: string, url: string, body?: string, headers: Record<string, string> = {}): Promise<string> {
  const answer = await fetch(url, { method, headers: { authorization, ...headers }, ...(body ? { body } : {}) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${text}`);
  return text;
}

function openCollection(url: string, mediaType: string): Collection {
  return {
    url,
    get: (file) => send('GET', url + file),
    put: async (file, octets) => void (await send('PUT', url + file, octets, { 'content-type': mediaType })),
    remove: async (file) => void (await send('DELETE', url + file)),
    list: async () => {
      const text = await send('PROPFIND', url, undefined, { depth: '1' });
      return [...text.matchAll(/href>([^<]*\.(?:vcf|ics))</g)].map(([, href]) => href!.split('/').at(-1)!).sort();
    },
  };
}

const kinds = {
  addressbook: { namespace: 'urn:ietf:params:xml:ns:carddav', mediaType: 'text/vcard' },
  calendar: { namespace: 'urn:ietf:params:xml:ns:caldav', mediaType: 'text/calendar' },
};

async function makeCollection(url: string, what: keyof typeof kinds, name: string): Promise<Collection> {
  const { namespace, mediaType } = kinds[what];
  const body = `<?xml version="1.0"?><mkcol xmlns="DAV:" xmlns:C="${namespace}"><set><prop>
    <resourcetype><collection/><C:${what}/></resourcetype><displayname>${name}</displayname></prop></set></mkcol>`;
  await send('MKCOL', url, body, { 'content-type': 'application/xml' });
  return openCollection(url, mediaType);
}

async function start(program: string, parameters: (folder: string, port: number) => string[]) {
  const folder = mkdtempSync(join(tmpdir(), `entregent-${program}-`));
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  const child: ChildProcess = spawn(findProgram(program)!, parameters(folder, port), { stdio: 'ignore' });
  const close = () => {
    child.kill();
    rmSync(folder, { recursive: true, force: true });
  };
  for (let waited = 0; waited < 30_000; waited += 100) {
    if (await fetch(base, { headers: { authorization } }).catch(() => null)) return { base, close };
    await sleep(100);
  }
  close();
  throw new Error(`${program} did not start.`);
}

async function openRadicale(): Promise<DavServer> {
  const { base, close } = await start('radicale', (folder, port) => {
    writeFileSync(join(folder, 'users'), `${user.username}:${user.password}\n`);
    writeFileSync(
      join(folder, 'radicale.conf'),
      `[server]\nhosts = 127.0.0.1:${port}\n[auth]\ntype = htpasswd\nhtpasswd_filename = ${folder}/users\nhtpasswd_encryption = plain\ndelay = 0
[storage]\nfilesystem_folder = ${folder}/collections\n`,
    );
    return ['--config', join(folder, 'radicale.conf')];
  });
  return {
    account: { address: base, ...user },
    make: (what, name) => makeCollection(`${base}/alice/${name}/`, what, name),
    close,
  };
}

async function openXandikos(): Promise<DavServer> {
  const { base, close } = await start('xandikos', (folder, port) =>
    `-d ${folder} -l 127.0.0.1 -p ${port} --defaults --current-user-principal /alice/`.split(' '),
  );
  const homes = { addressbook: 'contacts', calendar: 'calendars' };
  return {
    account: { address: base, ...user },
    make: (what, name) => makeCollection(`${base}/alice/${homes[what]}/${name}/`, what, name),
    close,
  };
}

const servers: Record<string, () => Promise<DavServer>> = { radicale: openRadicale, xandikos: openXandikos };

/** Those that are there, as Debian packages them. */
export const davServers = (): [string, () => Promise<DavServer>][] =>
  Object.entries(servers).filter(([name]) => findProgram(name) !== undefined);
