import { loadavg } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { recordFacts } from '../server/facts/contract.ts';
import { setUp } from '../server/identity/contract.ts';
import type { Output } from '../server/kernel/contract.ts';
import { apiPrefix } from '../server/kernel/http.ts';
import { print, quantile, seconds } from './figures.ts';
import { makeFolder, startProduct } from './product.ts';

export const about =
  'facts through the API in batches of 1,000: how many a second, at a quarter and at all of them, and octets of disk for each; --count N (400,000); --kill, the product killed on the way and all told again';

const batchSize = 1000;
/** Facts of one person, as asked: 50,000,000 of 1,000,000. */
const each = 50;
const dayMs = 86_400_000;

/** Six visits of ten, of browsers that agreed; else orders, tickets and opens of people known by their address. */
function factOf(n: number, persons: number): object {
  const person = (n * 7919) % persons;
  const at = new Date(Date.now() - (n % 360) * dayMs - (n % 86_400) * 1000).toISOString();
  const email = `client.${person}@bench.example`;
  const externalId = `f${n}`;
  switch (n % 10) {
    case 6:
    case 7:
      return {
        ...{ externalId, kind: 'order', at, email, amount: { value: (n % 20_000) / 100, currency: 'EUR' } },
        props: { number: `C${n}`, items: (n % 9) + 1 },
      };
    case 8:
      return { externalId, kind: 'ticket', at, email, props: { subject: 'Delivery is late', status: 'open' } };
    case 9:
      return { externalId, kind: 'open', at, email, consent: true, props: { message: 'June letter' } };
    default:
      return {
        ...{ externalId, kind: 'visit', at, visitor: `visitor${String(person).padStart(12, '0')}`, consent: true },
        props: { page: `https://shop.example/products/${n % 500}`, title: 'A product' },
      };
  }
}

interface Teller {
  /** Tells a batch, again until it is taken. @returns how many are new */
  tell(no: number): Promise<number>;
}

async function enter(url: string, token: string | null): Promise<string> {
  const someone = {
    workspace: 'Bench',
    name: 'Claire',
    email: 'claire@bench.example',
    password: 'seven green bicycles',
    locale: 'en',
  };
  const answer = await fetch(url + apiPrefix + setUp.path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-entregent-csrf': '1' },
    body: JSON.stringify({ ...someone, token }),
  });
  return answer.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');
}

function tellerOf(url: string, cookie: string, count: number): Teller {
  const persons = Math.max(1, Math.round(count / each));
  return {
    async tell(no) {
      const facts = Array.from({ length: batchSize }, (_, at) => factOf(no * batchSize + at, persons));
      const body = JSON.stringify({ source: 'bench', facts, answers: 'refused' });
      for (;;) {
        const answer = await fetch(url + apiPrefix + recordFacts.path, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'x-entregent-csrf': '1', cookie },
          body,
        }).catch(() => null);
        if (answer?.ok) {
          const { kept, refused, items } = (await answer.json()) as Output<typeof recordFacts>;
          if (refused > 0) throw new Error(`refused: ${JSON.stringify(items[0])}`);
          return kept;
        }
        if (answer && answer.status < 500) throw new Error(`${answer.status} ${await answer.text()}`);
        await new Promise((done) => setTimeout(done, 200));
      }
    },
  };
}

/** Tells batches, two on their way at a time. @returns milliseconds of each */
async function tellAll(teller: Teller, from: number, to: number): Promise<number[]> {
  const taken: number[] = [];
  let next = from;
  const work = async () => {
    while (next < to) {
      const began = performance.now();
      await teller.tell(next++);
      taken.push(performance.now() - began);
    }
  };
  await Promise.all([work(), work()]);
  return taken;
}

async function look(folder: string) {
  const client = new pg.Client({ host: join(folder, 'socket'), user: 'postgres', database: 'entregent' });
  await client.connect();
  client.on('error', () => {});
  const { rows } = await client.query<{ facts: number; heap: number; indexes: number; visitors: number }>(`
    select (select count(*) from facts.fact)::float8 as facts, pg_table_size('facts.fact')::float8 as heap,
      pg_indexes_size('facts.fact')::float8 as indexes, pg_total_relation_size('facts.visitor')::float8 as visitors`);
  await client.end();
  return rows[0]!;
}

export async function run(args: readonly string[]): Promise<void> {
  const count = Number(args.includes('--count') ? args[args.indexOf('--count') + 1] : 400_000);
  const batches = Math.max(8, Math.ceil(count / batchSize));
  const { folder, remove } = makeFolder();
  let product = await startProduct(folder, []);
  try {
    const cookie = await enter(product.url, product.setupToken());
    const teller = tellerOf(product.url, cookie, count);
    await tellAll(teller, 0, 2);
    const parts = [0.25, 0.5, 0.75, 1].map((share) => Math.round(batches * share));
    const rates: number[] = [];
    const all: number[] = [];
    let from = 2;
    for (const to of parts) {
      const took = await seconds(async () => void all.push(...(await tellAll(teller, from, to))));
      rates.push(((to - from) * batchSize) / took);
      from = to;
    }
    print({ name: `facts a second, the first quarter of ${count}`, measured: rates[0]!, unit: '', atLeast: 5000 });
    print({ name: `facts a second, the last quarter of ${count}`, measured: rates.at(-1)!, unit: '', atLeast: 5000 });
    print({ name: 'a batch of 1,000, p95', measured: quantile(all, 0.95), unit: 'ms' });
    const { facts, heap, indexes, visitors } = await look(folder);
    print({ name: 'disk for each fact, table', measured: heap / facts, unit: 'B' });
    print({ name: 'disk for each fact, indexes', measured: indexes / facts, unit: 'B' });
    print({ name: 'disk for each fact, browsers', measured: visitors / facts, unit: 'B' });
    if (args.includes('--kill')) {
      const cut = Math.min(batches, 40);
      const telling = tellAll(tellerOf(product.url, cookie, count), batches, batches + cut);
      await new Promise((done) => setTimeout(done, 1500));
      await product.kill();
      product = await startProduct(folder, []);
      await telling;
      await tellAll(teller, 0, batches + cut);
      const { facts: kept } = await look(folder);
      const due = (batches + cut) * batchSize;
      print({
        name: `lost or doubled of ${due}, killed on the way and all told again`,
        measured: Math.abs(kept - due),
        unit: '',
        asked: 0,
      });
    }
    process.stdout.write(
      `load\t${loadavg()
        .map((one) => one.toFixed(1))
        .join(' ')}\n`,
    );
  } finally {
    await product.stop();
    remove();
  }
}
