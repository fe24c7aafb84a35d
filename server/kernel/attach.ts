import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { BiPlace, Config } from './config.ts';
import { type EmbeddedPostgres, ownDatabase, startEmbedded } from './embedded.ts';

export class AlreadyRunning extends Error {
  readonly folder: string;
  constructor(folder: string) {
    super('already running');
    this.folder = folder;
  }
}

/** Any number that no other program uses as an advisory lock; "entregent" in ASCII, folded to 63 bits. */
const instanceLock = '7308620926439829620';

/** The embedded PostgreSQL of a data folder with our database in it, started or taken over. */
export async function openEmbedded(dataDir: string, bi?: BiPlace): Promise<EmbeddedPostgres> {
  const embedded = await startEmbedded(dataDir, bi);
  const client = new pg.Client({ connectionString: embedded.url });
  await client.connect();
  const here = await client.query(`select from pg_database where datname = '${ownDatabase}'`);
  if (here.rowCount === 0) await client.query(`create database ${ownDatabase}`);
  await client.end();
  return { ...embedded, url: embedded.url.replace('/postgres?', `/${ownDatabase}?`) };
}

/** The word that this process looks after the database. */
export interface InstanceLock {
  end(): Promise<void>;
}

/** The word that this process is one of those that work on a database. */
export interface Place extends InstanceLock {
  /** Whether there was no other when it came. */
  alone: boolean;
}

/**
 * Says that this process looks after the database, until it ends the lock. One embedded database, one instance: without it a second one would
 * adopt the server, and stop it at its end. PostgreSQL forgets the lock when it starts anew after a crash of one of its processes: then
 * it is taken again, unless another process was quicker.
 * @param lost called when another process has it now
 * @returns undefined when another process holds it
 */
export async function holdLock(url: string, lost: () => void = () => {}): Promise<InstanceLock | undefined> {
  let client = await takeLock(url);
  if (!client) return undefined;
  let ended = false;
  const watch = (one: pg.Client) => one.once('end', () => void again());
  async function again(): Promise<void> {
    while (!ended) {
      const next = await takeLock(url).catch(() => null);
      if (next === undefined) return lost();
      if (next) {
        client = next;
        watch(next);
        return;
      }
      await sleep(retryAfter, undefined, { ref: false });
    }
  }
  watch(client);
  return {
    async end() {
      ended = true;
      await client?.end().catch(() => {});
    },
  };
}

/**
 * Says that this process works on a PostgreSQL of one's own, beside others that may do so too, until it ends, and whether
 * there are any.
 */
export async function joinOthers(url: string): Promise<Place> {
  const first = await takeLock(url);
  const alone = first !== undefined;
  // Each holds the lock shared; only who comes when nobody does gets it for itself, and lets the next one in at once.
  let client = await share(first ?? (await openLock(url)));
  let ended = false;
  const watch = (one: pg.Client) => one.once('end', () => void again());
  async function again(): Promise<void> {
    while (!ended) {
      const next = await openLock(url)
        .then(share)
        .catch(() => undefined);
      if (next) {
        client = next;
        watch(next);
        return;
      }
      await sleep(retryAfter, undefined, { ref: false });
    }
  }
  watch(client);
  return {
    alone,
    async end() {
      ended = true;
      await client.end().catch(() => {});
    },
  };
}

async function share(client: pg.Client): Promise<pg.Client> {
  await client.query(`select pg_advisory_lock_shared(${instanceLock})`);
  await client.query(`select pg_advisory_unlock(${instanceLock})`);
  return client;
}

/** Milliseconds: PostgreSQL is back some seconds after a crash; nobody else starts in between. */
const retryAfter = 100;

async function openLock(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: 'entregent-instance' });
  client.on('error', () => {});
  await client.connect();
  return client;
}

async function takeLock(url: string): Promise<pg.Client | undefined> {
  const client = await openLock(url);
  const { rows } = await client.query(`select pg_try_advisory_lock(${instanceLock}) as held`);
  if (rows[0].held) return client;
  await client.end();
  return undefined;
}

export interface Attached {
  url: string;
  /** Whether the application does not run on this (embedded) database, and will not start while we are attached. */
  alone: boolean;
  close(): Promise<void>;
}

/** Reaches the database from the command line: that of the running application, else the embedded one started for the while. */
export async function attach(config: Config): Promise<Attached> {
  if (config.databaseUrl) return { url: config.databaseUrl, alone: false, close: async () => {} };
  const embedded = await openEmbedded(config.dataDir);
  const lock = await holdLock(embedded.url);
  return {
    url: embedded.url,
    alone: lock !== undefined,
    async close() {
      if (!lock) return;
      await lock.end();
      await embedded.stop();
    },
  };
}
