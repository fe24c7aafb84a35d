import { Readable } from 'node:stream';
import { googleLines } from '../server/demo/files.ts';
import { contactAt, type Entry } from '../server/demo/mess.ts';
import { print } from './figures.ts';
import { makeFolder, type Product, startProduct } from './product.ts';

export const about =
  'memory of the idle application without PostgreSQL: with the demo company, and after large imports';

const imported = 100_000;
const world = { seed: 42, organizations: 125_000, reservedNumbers: false };

const sleep = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

/** The largest of some samples taken at rest. The first ones are not counted: memory is given back after some seconds of rest, and
 * the matching index of a small company after a minute. */
async function atRest(product: Product): Promise<number> {
  await sleep(80_000);
  let largest = 0;
  for (let sample = 0; sample < 5; sample++) {
    largest = Math.max(largest, product.residentMegabytes());
    await sleep(1000);
  }
  return largest;
}

function* contacts(): Generator<Entry> {
  for (let index = 0; index < imported; index++) yield contactAt(world, index);
}

/** Takes the administrator's seat. @returns the session's cookies */
async function enter(product: Product): Promise<string> {
  const answer = await fetch(`${product.url}/api/v1/setup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      token: product.setupToken(),
      workspace: 'Bench',
      name: 'Anne Bench',
      email: 'anne@bench.example',
      password: 'seven green bicycles',
    }),
  });
  if (!answer.ok) throw new Error(`The set-up answered ${answer.status}.`);
  return answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
}

/** Uploads a file, imports it and waits until it is done. */
async function importOne(product: Product, cookie: string): Promise<void> {
  const call = async (path: string, init: RequestInit & { duplex?: 'half' } = {}) => {
    const headers = { cookie, 'x-entregent-csrf': '1', ...(init.headers as Record<string, string> | undefined) };
    const answer = await fetch(`${product.url}/api/v1${path}`, { ...init, headers });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}.`);
    return (await answer.json()) as { id: string; state: string };
  };
  const { id } = await call('/imports?fileName=bench.csv', {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: Readable.toWeb(Readable.from(googleLines(contacts()))) as ReadableStream,
    duplex: 'half',
  });
  const until = async (state: string) => {
    for (;;) {
      const now = await call(`/imports/${id}`);
      if (now.state === state) return;
      if (now.state === 'failed' || now.state === 'unreadable') throw new Error(`The import is ${now.state}.`);
      await sleep(250);
    }
  };
  await until('ready');
  await call(`/imports/${id}/start`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
  await until('done');
}

/** From a file's contacts to the end of their matching memory is in use; it counts at rest, half a minute later. */
const matching = 30_000;

export async function run(): Promise<void> {
  const { folder, remove } = makeFolder();
  try {
    const making = await startProduct(folder, ['--demo']);
    print({ name: 'demo company made and ready', measured: making.secondsToAnswer, unit: 's', asked: 25 });
    print({ name: 'memory when it is ready', measured: making.residentMegabytes(), unit: 'MB' });
    const name = 'memory at rest of the process that made the demo company';
    print({ name, measured: await atRest(making), unit: 'MB', asked: 250 });
    const cookie = await enter(making);
    await importOne(making, cookie);
    print({ name: 'memory when 100,000 more are imported', measured: making.residentMegabytes(), unit: 'MB' });
    await sleep(matching);
    print({ name: 'memory at rest after that', measured: await atRest(making), unit: 'MB', asked: 250 });
    await making.stop();
    const product = await startProduct(folder, []);
    print({ name: 'memory at rest after a restart', measured: await atRest(product), unit: 'MB', asked: 250 });
    await product.stop();
  } finally {
    remove();
  }
}
