import { connect as connectSocket, type Socket } from 'node:net';
import type { Readable } from 'node:stream';
import mysql from 'mysql2';
import { Unreached } from '../../kernel/guarded.ts';
import { Trouble } from '../connector.ts';
import type { ProblemCode } from '../contract.ts';
import { type Asked, type Database, type Page, slowest, urlOf, usual, watchEvery } from './asking.ts';
import type { SqlRow } from './rows.ts';

/** Rows that are read at a time: as long as nobody takes them, no more come. */
const together = 100;

/** A connection with the socket under it, which counts what came and whose end ends everything. */
interface Opened {
  client: mysql.Connection;
  socket: Socket;
}

/**
 * Connects to the address that the guard has judged. Encrypted and with a certificate that holds; within networks that the operator has
 * allowed any certificate will do, or none.
 */
async function connect({ settings: { address, database, username }, secret, guarded }: Database): Promise<Opened> {
  const { hostname, port } = urlOf(address)!;
  const name = hostname.replace(/^\[(.*)\]$/, '$1');
  const { address: host, inside } = await guarded.resolve(name);
  const open = async (ssl: mysql.SslOptions | undefined) => {
    const socket = connectSocket({ host, port: Number(port || 3306), noDelay: true });
    const client = mysql.createConnection({
      ...{ host: name, user: username, password: secret.password, database, stream: () => socket },
      ...{ connectTimeout: 15_000, charset: 'utf8mb4', flags: ['-LOCAL_FILES'] },
      // As the database writes them.
      ...{ dateStrings: true, supportBigNumbers: true, bigNumberStrings: true, jsonStrings: true },
      ...(ssl && { ssl }),
    });
    // Without a listener a broken connection would end the process; what waits for it fails by itself.
    client.on('error', () => {});
    await new Promise<void>((done, failed) => client.connect((error) => (error ? failed(error) : done()))).catch(
      (error) => {
        socket.destroy();
        throw error;
      },
    );
    return { client, socket };
  };
  // Whose certificate it is is asked of a bare number, too: the client would take any that is valid.
  const encrypted = open({ rejectUnauthorized: !inside, verifyIdentity: !inside });
  return encrypted.catch((error: Error & { code?: string }) => {
    if (error.code !== 'HANDSHAKE_NO_SSL_SUPPORT') throw error;
    if (!inside) throw new Unreached('not_encrypted', error);
    return open(undefined);
  });
}

const say = (client: mysql.Connection, text: string) =>
  new Promise<Record<string, unknown>[]>((done, failed) =>
    client.query(text, (error, rows) => (error ? failed(error) : done(rows as Record<string, unknown>[]))),
  );

/**
 * Runs the query as a prepared statement, which takes one statement and no second one behind it, in a transaction that may only read. There is
 * one page at least. @throws Trouble | Unreached
 */
export async function* readPages(access: Database, asked: Asked): AsyncGenerator<Page> {
  const { signal } = access;
  let opened: Opened | undefined;
  let isTooLarge = false;
  const watch = setInterval(() => {
    isTooLarge ||= opened !== undefined && opened.socket.bytesRead > (asked.most ?? usual).octets;
    if (opened && (isTooLarge || signal.aborted)) opened.socket.destroy();
  }, watchEvery);
  try {
    opened = await connect(access);
    const began = await begin(opened.client, asked);
    yield* readRows(opened.client, asked, began);
  } catch (error) {
    signal.throwIfAborted();
    throw isTooLarge ? new Trouble('too_large') : explain(error as mysql.QueryError);
  } finally {
    clearInterval(watch);
    // Whatever it is doing still ends with its connection.
    opened?.socket.destroy();
  }
}

/** @returns the time by the database's clock */
async function begin(client: mysql.Connection, { zone }: Asked): Promise<number> {
  if (zone === 'UTC') await say(client, `set session time_zone = '+00:00'`);
  const [said] = await say(client, 'select version() as version, unix_timestamp(now(6)) as now');
  await say(
    client,
    /mariadb/i.test(String(said!.version))
      ? `set session max_statement_time = ${slowest}`
      : `set session max_execution_time = ${slowest * 1000}`,
  );
  await say(client, 'start transaction with consistent snapshot, read only');
  return Number(said!.now) * 1000;
}

async function* readRows(
  client: mysql.Connection,
  { text, values, most = usual }: Asked,
  began: number,
): AsyncGenerator<Page> {
  let fields: mysql.FieldPacket[] = [];
  const answer: Readable = client
    .execute({ sql: text, values: [...values], rowsAsArray: true })
    .on('fields', (found: mysql.FieldPacket[]) => {
      fields = found;
    })
    .stream({ highWaterMark: together });
  // A connection that breaks off tells itself, and not what waits for rows.
  client.once('error', (error) => answer.destroy(error));
  const page = (rows: SqlRow[]): Page => ({ headers: fields.map(({ name }) => name), began, rows });
  let rows: SqlRow[] = [];
  let count = 0;
  for await (const row of answer as AsyncIterable<unknown[]>) {
    if (++count > most.rows) throw new Trouble('too_large');
    rows.push(row.map((value, at) => toText(value, fields[at]!)));
    if (rows.length < together) continue;
    yield page(rows);
    rows = [];
  }
  if (rows.length > 0 || count === 0) yield page(rows);
}

/** A moment in the zone that was asked for says so; a date and time of nobody's zone does not. */
function toText(value: unknown, { columnType }: mysql.FieldPacket): string | null {
  if (value === null || value === undefined) return null;
  if (Buffer.isBuffer(value)) return value.toString('utf8');
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  // A day of zeros is how MySQL writes that there is none.
  if (/^0000-00-00/.test(text)) return null;
  return columnType === mysql.Types.TIMESTAMP ? `${text}+00` : text;
}

/** What MySQL's and MariaDB's numbers mean, else what stands before their states. */
const meanings = new Map<number, ProblemCode>([
  ...[1045, 1698, 1251].map((no): [number, ProblemCode] => [no, 'refused']),
  ...[1049].map((no): [number, ProblemCode] => [no, 'place_gone']),
  ...[1044, 1142, 1143, 1227, 1370, 1792].map((no): [number, ProblemCode] => [no, 'forbidden']),
  ...[1205, 1317, 1907, 1969, 3024].map((no): [number, ProblemCode] => [no, 'timeout']),
  ...[1040, 1041, 1053, 1129, 1203, 1226].map((no): [number, ProblemCode] => [no, 'busy']),
]);

function explain(error: mysql.QueryError): Error {
  if (error instanceof Trouble || error instanceof Unreached) return error;
  const { errno, sqlState, code = '' } = error;
  const meaning = meanings.get(errno ?? 0);
  if (meaning) return new Trouble(meaning);
  if (/^(?:21|22|42|HY000)/.test(sqlState ?? '') && (errno ?? 0) >= 1000 && !/CR_|PROTOCOL/.test(code))
    return new Trouble('bad_query');
  if (sqlState) return new Trouble('server_error');
  if (/TIMEDOUT|TIMEOUT/.test(code)) return new Trouble('timeout');
  if (/^(?:CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|ERR_TLS_CERT|HANDSHAKE_SSL)/.test(code))
    return new Trouble('certificate');
  // Everything else that a connection comes to: refused, reset, ended, not spoken by such a server.
  return new Trouble('unreachable');
}
