import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

// Which workers of the queue are alive, told by PostgreSQL itself: each holds an advisory lock, on a connection of its own, which goes with its process.

/** Milliseconds between two looks for jobs of workers that are gone. */
const lookEvery = 2000;
/** Milliseconds until a broken connection is tried again. */
const retryAfter = 100;

/**
 * A process closes its connections when it is killed; a machine that goes dark closes nothing, and PostgreSQL asks after it: 25 seconds instead of the two
 * hours that are usual. Through a socket of the machine itself these settings mean nothing.
 */
const askedAfter = '-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3';

/** What a worker locks, by the name under which it takes jobs. */
const lockOf = (name: string) => `hashtextextended('entregent worker ' || ${name}, 0)`;

/** That a worker of the queue is there. */
export interface Presence {
  /** Says under which name it takes jobs; once. */
  as(name: string): void;
  /** Settled while PostgreSQL knows that it is there: without that, no job may be taken. */
  known(): Promise<void>;
  /** No job is taken any more, and nobody waits for `known`; what is being done is still its own. */
  takeNoMore(): void;
  /** What it still holds is another's from now on. */
  end(): Promise<void>;
}

/**
 * Says to the others that this worker is there, and has jobs go on that are held by workers that are not: those found gone in two looks on end, since the
 * living ones are missed for a moment while their connection is made anew.
 * @param url straight to PostgreSQL: a lock of a pooled connection is anybody's
 */
export function holdPresence(url: string): Presence {
  const name = Promise.withResolvers<string>();
  let client: pg.Client | undefined;
  let known = Promise.withResolvers<void>();
  let taking = true;
  let ended = false;

  async function connect(): Promise<void> {
    const next = new pg.Client({ connectionString: url, options: askedAfter, application_name: 'entregent-presence' });
    next.on('error', () => {});
    await next.connect();
    try {
      // Waits where somebody looks for it just now.
      await next.query(`select pg_advisory_lock(${lockOf('$1::text')})`, [await name.promise]);
    } catch (error) {
      await next.end().catch(() => {});
      throw error;
    }
    if (ended) return void (await next.end().catch(() => {}));
    next.once('end', () => {
      client = undefined;
      if (taking) known = Promise.withResolvers();
      void stay();
    });
    client = next;
    known.resolve();
  }
  async function stay(): Promise<void> {
    while (!ended && !client) await connect().catch(() => sleep(retryAfter, undefined, { ref: false }));
  }
  async function look(): Promise<void> {
    let gone: string[] = [];
    while (!ended) {
      // A look that fails has seen nothing: it counts anew.
      gone = client ? await freeGone(client, await name.promise, gone).catch(() => []) : [];
      await sleep(lookEvery, undefined, { ref: false });
    }
  }
  void stay();
  void look();
  return {
    as: name.resolve,
    known: () => known.promise,
    takeNoMore() {
      taking = false;
      known.resolve();
    },
    async end() {
      ended = true;
      await client?.end().catch(() => {});
    },
  };
}

/** Frees the jobs of workers that are gone and were so before. @returns who is gone */
async function freeGone(client: pg.Client, own: string, before: string[]): Promise<string[]> {
  // Shared: others who look do not make each other's workers seem alive. As a query of its own, its transaction lets go of what it got. Nobody's own lock
  // stands in their way.
  const { rows } = await client.query<{ name: string }>(
    `
    select name from (
      select distinct locked_by as name from graphile_worker._private_jobs where is_available = false and locked_by is not null
      union select locked_by from graphile_worker._private_job_queues where locked_by is not null) held
    where name <> $1 and pg_try_advisory_xact_lock_shared(${lockOf('name')})`,
    [own],
  );
  const gone = rows.map(({ name }) => name);
  const still = gone.filter((name) => before.includes(name));
  if (still.length > 0) await client.query('select graphile_worker.force_unlock_workers($1)', [still]);
  return gone;
}
