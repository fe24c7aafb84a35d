import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { z } from 'zod';
import { addDevice } from '../server/dav/contract.ts';
import { setUp } from '../server/identity/contract.ts';
import { root } from '../server/kernel/config.ts';
import { apiPrefix } from '../server/kernel/http.ts';
import { print } from './figures.ts';
import { makeFolder, startProduct } from './product.ts';

export const about =
  'devices: 10,000 contacts put, synchronised, asked for (tools/carddav/bench.mjs beside the project)';

/** The measuring program is everybody's, so that servers compare; it stands beside the project. */
const program = join(root, '../shared/tools/carddav/bench.mjs');

const rate = z.object({ per_s: z.number() });
const timed = z.object({ median_ms: z.number() });
const measured = z.object({
  a_put_1conn: rate,
  a_put_Nconn: rate,
  fill_to_total: rate,
  b_initial_cold: z.object({ total_s: z.number() }),
  b_initial_warm: z.object({ total_s: z.number() }),
  c_sync_10_changes: timed,
  c_sync_no_change: timed,
  d_query_fn_contains: timed,
  d_query_email_contains: timed,
  d_query_email_equals: timed,
  d_query_fn_broad: timed,
  get_1conn: rate,
});

/** What the machine's disk and processors give at that moment: a PUT is a commit and some trips. */
async function measureDatabase(folder: string): Promise<{ commits: number; trip: number }> {
  const client = new pg.Client({ host: join(folder, 'socket'), user: 'postgres', database: 'postgres' });
  await client.connect();
  const each = async (times: number, text: string) => {
    const began = performance.now();
    for (let no = 0; no < times; no++) await client.query(text);
    return (performance.now() - began) / times;
  };
  await client.query('create table public.yardstick (one int)');
  const commits = 1000 / (await each(300, 'insert into public.yardstick values (1)'));
  const trip = await each(1000, 'select 1');
  await client.query('drop table public.yardstick');
  await client.end();
  return { commits, trip };
}

/** @param args are handed to the program, e.g. `--puts 500 --total 2000` */
export async function run(args: readonly string[]): Promise<void> {
  if (!existsSync(program)) throw new Error(`${program} is not there.`);
  const { folder, remove } = makeFolder();
  const product = await startProduct(folder, []);
  try {
    const send = async (method: string, path: string, body: object, cookie = '') => {
      const answer = await fetch(product.url + apiPrefix + path, {
        method,
        headers: { 'content-type': 'application/json', 'x-entregent-csrf': '1', cookie },
        body: JSON.stringify(body),
      });
      return {
        json: await answer.json(),
        cookie: answer.headers
          .getSetCookie()
          .map((one) => one.split(';')[0])
          .join('; '),
      };
    };
    const someone = { workspace: 'Bench', name: 'Bench', email: 'bench@example.com', password: 'seven green bicycles' };
    const { cookie } = await send('POST', setUp.path, { ...someone, locale: 'en', token: product.setupToken() });
    const made = addDevice.output.parse((await send('POST', addDevice.path, { name: 'Bench' }, cookie)).json);
    const idle = product.residentMegabytes();
    const report = join(folder, 'dav.json');
    const all = ['--base', `${product.url}/`, '--user', made.connection.user, '--password', made.password];
    const yardstick = await measureDatabase(folder);
    let peak = idle;
    const watching = setInterval(() => (peak = Math.max(peak, product.residentMegabytes())), 50);
    const child = spawn(process.execPath, [program, ...all, ...args, '--json', report], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    await new Promise((done) => child.on('close', done));
    clearInterval(watching);
    const found = measured.parse(JSON.parse(readFileSync(report, 'utf8')));
    print({
      name: 'rows committed one after the other, on this disk (yardstick)',
      measured: yardstick.commits,
      unit: '/s',
    });
    print({ name: 'one question to PostgreSQL and its answer (yardstick)', measured: yardstick.trip, unit: 'ms' });
    print({ name: 'PUT, one connection', measured: found.a_put_1conn.per_s, unit: '/s', atLeast: 500 });
    print({ name: 'PUT, eight connections', measured: found.a_put_Nconn.per_s, unit: '/s', atLeast: 1500 });
    print({ name: 'PUT, eight connections, the others', measured: found.fill_to_total.per_s, unit: '/s' });
    print({
      name: 'first sync of all (10,000 unless said otherwise)',
      measured: found.b_initial_cold.total_s,
      unit: 's',
      asked: 1.5,
    });
    print({
      name: 'first sync of all (10,000 unless said otherwise), once more',
      measured: found.b_initial_warm.total_s,
      unit: 's',
      asked: 1.5,
    });
    print({ name: 'sync of 10 changes', measured: found.c_sync_10_changes.median_ms, unit: 'ms', asked: 3 });
    print({ name: 'sync of no change', measured: found.c_sync_no_change.median_ms, unit: 'ms', asked: 3 });
    print({ name: 'query by name', measured: found.d_query_fn_contains.median_ms, unit: 'ms', asked: 30 });
    print({ name: 'query by e-mail', measured: found.d_query_email_contains.median_ms, unit: 'ms', asked: 30 });
    print({ name: 'query by whole e-mail', measured: found.d_query_email_equals.median_ms, unit: 'ms', asked: 30 });
    print({ name: 'query that finds 500', measured: found.d_query_fn_broad.median_ms, unit: 'ms' });
    print({ name: 'GET, one connection', measured: found.get_1conn.per_s, unit: '/s' });
    print({ name: 'memory at most (at rest before)', measured: peak, unit: 'MB', asked: 250 });
    print({ name: 'memory at rest before', measured: idle, unit: 'MB' });
  } finally {
    await product.stop();
    remove();
  }
}
