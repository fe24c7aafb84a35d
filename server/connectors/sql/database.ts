import { isIP, type Socket } from 'node:net';
import pg from 'pg';
import { z } from 'zod';
import { Unreached } from '../../kernel/guarded.ts';
import { type Access, Trouble } from '../connector.ts';
import type { ProblemCode } from '../contract.ts';
import type { KeySecret } from '../records/asking.ts';
import { type Asked, type Database, isServer, type Page, slowest, urlOf, usual, watchEvery } from './asking.ts';

export const settings = z.object({
  /** A host, and its port where that is another than 5432. */
  address: z.string().trim().max(500).refine(isServer, 'invalid'),
  database: z.string().trim().min(1).max(200),
  username: z.string().trim().min(1).max(200),
  /** One SELECT; `:since` in it stands for the time since when rows are wanted. */
  query: z.string().trim().min(1).max(20_000),
  /** The column that names a contact for ever. */
  key: z.string().trim().min(1).max(200),
});
export type Settings = z.output<typeof settings>;
export type SqlAccess = Access<Settings, KeySecret>;

/** Rows that are fetched at a time, which the other database puts aside before it sends them. */
const together = 100;

/** Values as PostgreSQL writes them, but for truth, which a table writes in a word. */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((type: number) => (value: string) =>
    type === pg.types.builtins.BOOL ? String(value === 't') : value) as pg.CustomTypesConfig['getTypeParser'],
};

/**
 * Connects to the address that the guard has judged. Encrypted and with a certificate that holds; within networks that the operator has
 * allowed any certificate will do, or none.
 */
async function connect({ settings: { address, database, username }, secret, guarded }: Database): Promise<pg.Client> {
  const { hostname, port } = urlOf(address)!;
  const name = hostname.replace(/^\[(.*)\]$/, '$1');
  const { address: host, inside } = await guarded.resolve(name);
  const { password } = secret;
  const open = async (ssl: pg.ClientConfig['ssl']) => {
    const to = { host, port: Number(port || 5432), user: username, password, database, ssl };
    const limits = { connectionTimeoutMillis: 15_000, query_timeout: (slowest + 30) * 1000 };
    const client = new pg.Client({ ...to, ...limits, application_name: 'Entregent', types });
    // Without a listener a broken connection would end the process; what waits for it fails by itself.
    client.on('error', () => {});
    await client.connect().catch((error) => {
      socketOf(client).destroy();
      throw error;
    });
    return client;
  };
  const encrypted = open({ rejectUnauthorized: !inside, ...(isIP(name) ? {} : { servername: name }) });
  return encrypted.catch((error: Error) => {
    if (!/does not support SSL/i.test(error.message)) throw error;
    if (!inside) throw new Unreached('not_encrypted', error);
    return open(false);
  });
}

const socketOf = (client: pg.Client): Socket =>
  (client as unknown as { connection: { stream: Socket } }).connection.stream;

/**
 * Runs the query behind a cursor, in a transaction that may only read. There is one page at least.
 * @throws Trouble | Unreached
 */
export async function* readPages(access: Database, asked: Asked): AsyncGenerator<Page> {
  const { signal } = access;
  const most = asked.most ?? usual;
  let client: pg.Client | undefined;
  let isTooLarge = false;
  const watch = setInterval(() => {
    isTooLarge ||= client !== undefined && socketOf(client).bytesRead > most.octets;
    if (client && (isTooLarge || signal.aborted)) socketOf(client).destroy();
  }, watchEvery);
  try {
    client = await connect(access);
    const began = await begin(client, asked);
    for (let count = 0; ; ) {
      const { fields, rows } = await client.query<string[]>({
        text: `fetch ${together} from entregent`,
        rowMode: 'array',
      });
      count += rows.length;
      if (count > most.rows) throw new Trouble('too_large');
      yield { headers: fields.map(({ name }) => name), began, rows };
      if (rows.length < together) return;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw isTooLarge ? new Trouble('too_large') : explain(error as Error);
  } finally {
    clearInterval(watch);
    // Whatever it is doing still ends with its connection.
    if (client) socketOf(client).destroy();
  }
}

/** Sent by the extended protocol, which takes one statement and no second one behind it. @returns the time by the database's clock */
async function begin(client: pg.Client, { text, values, zone }: Asked): Promise<number> {
  await client.query('set default_transaction_read_only = on');
  await client.query('begin transaction isolation level repeatable read, read only');
  await client.query(`set local statement_timeout = '${slowest}s'; set local datestyle = 'ISO'`);
  if (zone === 'UTC') await client.query(`set local timezone = 'UTC'`);
  const clock = await client.query<{ now: string }>('select extract(epoch from now())::text as now');
  const declared = {
    text: `declare entregent no scroll cursor for ${text}`,
    values: [...values],
    queryMode: 'extended',
  };
  await client.query(declared as pg.QueryConfig);
  return Number(clock.rows[0]!.now) * 1000;
}

/** What PostgreSQL's codes mean (Appendix A of its documentation), by how they begin. */
const meanings: [RegExp, ProblemCode][] = [
  [/^28/, 'refused'],
  [/^3D/, 'place_gone'],
  [/^42501|^25006/, 'forbidden'],
  [/^57014|^55P03/, 'timeout'],
  [/^53|^57P/, 'busy'],
  [/^(?:0A|22|25|26|34|3F|42|21|2F|38|P0)/, 'bad_query'],
  [/^[0-9A-Z]{5}$/, 'server_error'],
];

function explain(error: Error & { code?: string }): Error {
  if (error instanceof Trouble || error instanceof Unreached) return error;
  const code = error.code ?? '';
  const meaning = error instanceof pg.DatabaseError ? meanings.find(([pattern]) => pattern.test(code)) : undefined;
  if (meaning) return new Trouble(meaning[1]);
  if (/timeout/i.test(error.message)) return new Trouble('timeout');
  if (/^(?:CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|ERR_TLS_CERT)/.test(code)) return new Trouble('certificate');
  // Everything else that a connection comes to: refused, reset, ended, not spoken by a PostgreSQL.
  return new Trouble('unreachable');
}
