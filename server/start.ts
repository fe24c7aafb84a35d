import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import pg from 'pg';
import { eraseAgain } from './compliance/kept.ts';
import { watchMailboxes } from './correspondents/watching.ts';
import { loadDemo } from './demo/load.ts';
import { startServing } from './destinations/running.ts';
import { startDelivering } from './distribution/delivering.ts';
import { spread } from './distribution/spreading.ts';
import { findTold } from './distribution/told.ts';
import { openAccounts, type Passwords } from './identity/accounts.ts';
import { makeIdentify } from './identity/identify.ts';
import { openSetup, rememberUrl } from './identity/setup.ts';
import { serveApiDocs } from './kernel/api-docs.ts';
import type { App } from './kernel/app.ts';
import { AlreadyRunning, holdLock, joinOthers, openEmbedded } from './kernel/attach.ts';
import { backUpBeforeMigration } from './kernel/backup.ts';
import { type Config, version } from './kernel/config.ts';
import { openDatabase } from './kernel/database.ts';
import type { EmbeddedPostgres } from './kernel/embedded.ts';
import { createServer, publish } from './kernel/http.ts';
import { checkVersion } from './kernel/inspect.ts';
import { enqueue, makeRunNow, migrateJobs, startWorker, type Task } from './kernel/jobs.ts';
import { startBackups } from './kernel/keeping-backups.ts';
import { checkKey, rememberKey } from './kernel/key-check.ts';
import { type LiveHub, livePaths, liveRoutes, openLiveHub } from './kernel/live.ts';
import { type Log, openLog } from './kernel/log.ts';
import { giveBackWhenAtRest } from './kernel/memory.ts';
import { migrate, pendingMigrations } from './kernel/migrate.ts';
import { describeApi } from './kernel/openapi.ts';
import { serveHealth, serveMetrics } from './kernel/operating.ts';
import { readBackupKey } from './kernel/sealing.ts';
import { openSecrets } from './kernel/secrets.ts';
import { startFollowing } from './kernel/stirring.ts';
import { buildWeb, serveWeb, serveWebInDevelopment } from './kernel/web.ts';
import { hunterOf } from './matching/hunt/hunter.ts';
import { allModules } from './modules.ts';
import { followSegments } from './segments/following.ts';
import { scannerOf } from './sources/scanning/scanner.ts';

export interface Running {
  app: App;
  url: string;
  setupToken: string | null;
  /** Calls back once when the database is lost, with the reason as a key of `start.…`. */
  onLost(callback: (why: Lost) => void): void;
  stop(): Promise<void>;
}

type Lost = 'database_died' | 'taken_over';

export type Report = (key: string, values?: Record<string, string | number>) => void;

/** An application that listens, on a database that is there and migrated. */
export interface Opened {
  app: App;
  server: FastifyInstance;
  tasks: readonly Task[];
  url: string;
  setupToken: string | null;
}

interface Opening {
  /** Settled when the interface can be served. */
  web: Promise<void>;
  /** Told of what takes long. */
  report?: Report;
  log?: Log;
  /** Whether what is due at a time is done at that time; tests ask for it. */
  clock?: boolean;
  /** Instead of hashes that cost time on purpose: for tests, which make and sign in hundreds of people. */
  passwords?: Passwords;
}

/**
 * Starts the whole product: database, migrations, worker, API and interface on one port.
 * @throws AlreadyRunning, ConfigError, EmbeddedPostgresError, or an error with code EADDRINUSE
 */
export async function start(config: Config, report: Report): Promise<Running> {
  const began = performance.now();
  // One that cannot be read would be noticed at night.
  if (config.backupKeyFile) await readBackupKey(config.backupKeyFile);
  const web = config.dev || config.role === 'worker' ? Promise.resolve() : buildWeb(() => report('building'));
  web.catch(() => {});
  const embedded = config.databaseUrl ? undefined : await startDatabase(config, report);
  const url = config.databaseUrl ?? embedded!.url;
  const closers: (() => Promise<unknown>)[] = embedded ? [() => embedded.stop()] : [];
  let lost: (why: Lost) => void = () => {};
  const stop = async () => {
    for (const close of closers.reverse()) await close().catch(() => {});
  };
  try {
    if (embedded) {
      const lock = await holdLock(url, () => {
        // It is the other's to stop.
        closers.splice(0, 1);
        lost('taken_over');
      });
      if (!lock) throw new AlreadyRunning(config.dataDir);
      closers.push(() => lock.end());
      embedded.onDeath(() => lost('database_died'));
      if (embedded.adopted) report('adopted');
    }
    if (!embedded) await meetOthers(url, report, closers);
    await prepare(url, config, report);
    const running = await openApp(config, url, { web, report }, closers);
    const stopWatching = giveBackWhenAtRest();
    closers.push(async () => stopWatching());
    report('ready', { url: running.url, seconds: Math.round((performance.now() - began) / 100) / 10 });
    if (running.setupToken) report('setup_link', { url: `${running.url}/setup#token=${running.setupToken}` });
    const { app, setupToken } = running;
    const onLost: Running['onLost'] = (callback) => {
      lost = callback;
    };
    return { app, url: running.url, setupToken, stop, onLost };
  } catch (error) {
    // A second instance must not stop the first one's database.
    if (error instanceof AlreadyRunning) closers.splice(0, 1);
    await stop();
    throw error;
  }
}

/** On a PostgreSQL of one's own several processes may work; who comes later says so. */
async function meetOthers(url: string, report: Report, closers: (() => Promise<unknown>)[]): Promise<void> {
  const place = await joinOthers(url);
  closers.push(() => place.end());
  if (!place.alone) report('database_shared');
}

async function startDatabase(config: Config, report: Report): Promise<EmbeddedPostgres> {
  report('database', { folder: config.dataDir });
  return openEmbedded(config.dataDir, config.bi);
}

/** Migrates the library's tables and ours, after a backup of what is there. */
export async function prepare(url: string, config: Config, report: Report): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await checkVersion(client);
    const keyCheck = await checkKey(client, config);
    const pending = await pendingMigrations(client);
    if (pending[0]) {
      await backUpBeforeMigration(url, config.dataDir, pending[0].name, keyCheck, (file) => report('backup', { file }));
      report('migrating', { count: pending.length });
    }
    await migrateJobs(url);
    await migrate(client, pending);
    await rememberKey(client, keyCheck);
  } finally {
    await client.end();
  }
}

/** Opens the application; what it opens is pushed on `closers`, to be closed in reverse order even when this throws. */
export async function openApp(
  config: Config,
  url: string,
  { web, report, log = openLog(), clock = true, passwords }: Opening,
  closers: (() => Promise<unknown>)[],
): Promise<Opened> {
  const secrets = openSecrets(config.dataDir, process.env);
  const db = openDatabase(url);
  closers.push(() => db.close());
  const accounts = openAccounts(url, config, secrets, passwords);
  closers.push(() => accounts.close());
  await accounts.migrate();
  const hub = await openLiveHub(url);
  closers.push(() => hub.close());
  const modules = allModules(accounts);
  const app: App = {
    config,
    db,
    secrets,
    log,
    live: hub,
    enqueue,
    runNow: makeRunNow(() => app, modules.tasks),
    identify: makeIdentify(accounts, db),
  };
  const server = await createServer(app);
  await serveMetrics(server, app);
  serveHealth(server, db.pool);
  closers.push(() => hunterOf(app).close());
  closers.push(() => scannerOf(app).close());
  if (config.role !== 'worker') await serveProduct(server, app, modules, hub, web);
  if (config.demo) await loadDemo(app, accounts, report ?? (() => {}));
  // After a backup of before was restored, before anybody is answered and anything is done.
  const erased = await eraseAgain(app);
  if (erased > 0) report?.('erased_again', { count: erased });
  if (config.role !== 'http') await startWork(app, url, clock ? modules : { ...modules, crons: [] }, closers);
  await server.listen({ port: config.port, host: config.host });
  closers.push(() => server.close());
  const { port } = server.server.address() as AddressInfo;
  if (!config.publicUrlChosen) config.publicUrl = config.publicUrl.replace(/:\d+$/, `:${port}`);
  await rememberUrl(db, config.publicUrl);
  // Who works behind answers nobody: what it prints is where it tells how it is.
  const at = config.role === 'worker' ? `http://${config.host}:${port}` : config.publicUrl;
  const setupToken = config.role === 'worker' ? null : await openSetup(db);
  return { app, server, tasks: modules.tasks, url: at, setupToken };
}

type Modules = ReturnType<typeof allModules>;

/** All that is asked over HTTP: the operations, what is no operation, the interface. */
async function serveProduct(
  server: FastifyInstance,
  app: App,
  modules: Modules,
  hub: LiveHub,
  web: Promise<void>,
): Promise<void> {
  publish(server, app, modules.operations);
  for (const routes of [...modules.routes, liveRoutes(hub)]) routes(server, app);
  const contracts = modules.operations.map((operation) => operation.contract);
  await serveApiDocs(server, () =>
    describeApi(contracts, { ...modules.paths, ...livePaths }, version, app.config.publicUrl),
  );
  await web;
  if (app.config.dev) await serveWebInDevelopment(server);
  else await serveWeb(server);
}

/** All that is done behind: jobs, what follows from changes, messages that leave, mailboxes that are read. Several processes may. */
async function startWork(app: App, url: string, work: Modules, closers: (() => Promise<unknown>)[]): Promise<void> {
  const worker = await startWorker(app, url, work);
  closers.push(() => worker.stop());
  const following = startFollowing(app, followSegments);
  closers.push(() => following.stop());
  const spreading = startFollowing(app, spread, findTold);
  closers.push(() => spreading.stop());
  const delivering = startDelivering(app);
  closers.push(() => delivering.stop());
  const serving = startServing(app);
  closers.push(() => serving.stop());
  const { backupTo, backupEvery, backupKeyFile } = app.config;
  if (backupTo) {
    const plan = { folder: backupTo, every: backupEvery, ...(backupKeyFile ? { keyFile: backupKeyFile } : {}) };
    const backups = startBackups(url, plan, app.secrets.keyCheck, app.log);
    closers.push(() => backups.stop());
  }
  const watch = watchMailboxes(app);
  closers.push(() => watch.close());
}
