import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import mysql from 'mysql2';

const program = '/usr/sbin/mariadbd';
/** The user "nobody", as whom it runs. */
const nobody = 65_534;

/** Debian's MariaDB, which only root can run as somebody else. */
export const findMariadb = (): string | undefined =>
  existsSync(program) && existsSync('/usr/bin/my_print_defaults') && process.getuid?.() === 0 ? program : undefined;

/** A server on loopback with a database `shop`, and `root` without a password by its socket alone. */
export interface Mariadb {
  port: number;
  /** As root. */
  query(text: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as { port: number };
  await new Promise((done) => server.close(done));
  return port;
}

function begin(home: string, port: number): ChildProcess {
  const data = join(home, 'data');
  const made = spawnSync(
    '/usr/bin/mariadb-install-db',
    [
      '--no-defaults',
      '--user=nobody',
      `--datadir=${data}`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
    ],
    { encoding: 'utf8' },
  );
  if (made.status !== 0) throw new Error(`MariaDB's files could not be made: ${made.stdout}${made.stderr}`);
  const where = [`--datadir=${data}`, `--socket=${home}/s`, `--pid-file=${home}/pid`, `--log-error=${home}/log`];
  const small = ['--innodb-buffer-pool-size=16M', '--innodb-log-file-size=8M', '--performance-schema=OFF'];
  return spawn(
    program,
    [
      '--no-defaults',
      '--user=nobody',
      '--bind-address=127.0.0.1',
      `--port=${port}`,
      '--skip-name-resolve',
      ...where,
      ...small,
    ],
    { stdio: 'ignore' },
  );
}

export async function openMariadb(): Promise<Mariadb> {
  const home = mkdtempSync(join(tmpdir(), 'entregent-mariadb-'));
  chmodSync(home, 0o755);
  chownSync(home, nobody, nobody);
  const port = await freePort();
  const child = begin(home, port);
  const ask = (database: string | undefined, text: string, values: readonly unknown[] = []) =>
    new Promise<Record<string, unknown>[]>((done, failed) => {
      const client = mysql.createConnection({
        socketPath: join(home, 's'),
        user: 'root',
        ...(database && { database }),
      });
      client.on('error', failed);
      client.query(text, [...values], (error, rows) => {
        client.destroy();
        if (error) failed(error);
        else done(rows as Record<string, unknown>[]);
      });
    });
  for (let waited = 0; ; waited += 100) {
    const stands = await ask(undefined, 'select 1').then(
      () => true,
      () => false,
    );
    if (stands) break;
    if (waited > 30_000 || child.exitCode !== null) throw new Error(`MariaDB does not answer; see ${home}/log.`);
    await sleep(100);
  }
  await ask(undefined, 'create database shop character set utf8mb4');
  return {
    port,
    query: (text, values) => ask('shop', text, values),
    async close() {
      const ended = new Promise((done) => child.once('exit', done));
      child.kill('SIGKILL');
      await ended;
      rmSync(home, { recursive: true, force: true });
    },
  };
}
