import { AsyncLocalStorage } from 'node:async_hooks';
import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely';
import pg from 'pg';
import type { DB } from './db-types.ts';
import { AppError } from './errors.ts';
import { keepPlans } from './prepared.ts';

pg.types.setTypeParser(pg.types.builtins.INT8, Number);
pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text);

export type Tx = Transaction<DB>;

/** Who acts: a member, or an app that a member authorised. The transaction sees what row security lets them see. */
export interface Actor {
  workspaceId: string;
  /** Where an app acts, the app's own id: nothing that is the member's is its. */
  memberId: string;
  app?: true;
  /** Somebody else (an app, or its member), of whose reach no more is shown than both see. */
  within?: string;
}

/** The closed list of actors above row security; each has a role of its own and none returns rows to a member. */
export type SystemRole = 'identity' | 'keeper';

/** Transactions open one after the other, never one within another: `work` that asks for a second one is refused. */
export interface Database {
  /**
   * Runs `work` in one transaction as a member or an app. Row security then shows what grants open for `act`: to read (the default), or
   * only what may be taken along. @throws AppError unauthenticated when the member is not active (any more), or nothing is lent to the app
   */
  asActor<T>(actor: Actor, work: (tx: Tx) => Promise<T>, act?: 'read' | 'export'): Promise<T>;
  asSystem<T>(role: SystemRole, work: (tx: Tx) => Promise<T>): Promise<T>;
  /** A keeper's transaction on a bare connection, for COPY. */
  withClient<T>(role: SystemRole, work: (client: pg.PoolClient, tx: Tx) => Promise<T>): Promise<T>;
  /** What only the user who connects may do: logins and schemas of BI access. It reads and writes no row of a workspace. */
  asOwner<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  pool: pg.Pool;
  close(): Promise<void>;
}

/** What a connection is at first. */
export const openedAs = '-c role=entregent_none';

/**
 * No connection was to be had: all are in use, or PostgreSQL does not answer. Told apart from `AppError`, which jobs take for an
 * answer about their subject.
 */
export class NoConnection extends Error {
  override name = 'NoConnection';
}

/** Milliseconds: far longer than any queue of sound requests, and short enough for a person to hear of it. */
const patience = 10_000;

/** Gives up after a while: who waits without end waits, together with all others, for somebody who waits for them. */
class PatientPool extends pg.Pool {
  constructor(config: pg.PoolConfig, wait: number) {
    super({ ...config, connectionTimeoutMillis: wait });
    // A connection that breaks is replaced; without a listener, on the idle ones and on each in use, Node would end.
    this.on('error', () => {});
    this.on('connect', (client) => client.on('error', () => {}));
  }
  override connect(): Promise<pg.PoolClient>;
  override connect(done: Parameters<pg.Pool['connect']>[0]): void;
  override connect(done?: Parameters<pg.Pool['connect']>[0]): Promise<pg.PoolClient> | undefined {
    const failed = (cause: Error) => new NoConnection('no connection', { cause });
    if (!done)
      return super.connect().catch((error: Error) => {
        throw failed(error);
      });
    super.connect((error, client, release) => done(error && failed(error), client, release));
    return undefined;
  }
}

/** A pool that answers with `NoConnection` after `wait` milliseconds. */
export function openPool(config: pg.PoolConfig, wait = patience): pg.Pool {
  return new PatientPool(config, wait);
}

/**
 * Runs transactions one after the other in each course of events. Were one to wait for a second connection while it holds its
 * own, as many of them at once as the pool has connections would wait for ever; and what the inner one commits would stand
 * after the outer one has failed (docs/decisions/one-transaction-at-a-time.md).
 */
function oneAtATime() {
  const current = new AsyncLocalStorage<{ open: boolean }>();
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (current.getStore()?.open) throw new Error('A transaction was to be opened within another.');
    // What was begun here and goes on afterwards may open its own.
    const mine = { open: true };
    return current.run(mine, work).finally(() => {
      mine.open = false;
    });
  };
}

/** Milliseconds that a transaction may do nothing. */
const idleAtMost = 60_000;
/** For bulk work, which waits in between for the matching thread to read a large workspace into memory. */
const idleInBulk = 900_000;

/**
 * Opens the pool. Each connection starts as `entregent_none`, which may do nothing: a query outside `asActor` or `asSystem`
 * fails instead of showing everything.
 */
export function openDatabase(url: string, connections = 12, wait = patience): Database {
  const pool = openPool(
    {
      connectionString: url,
      max: connections,
      options: `${openedAs} -c statement_timeout=60000 -c idle_in_transaction_session_timeout=${idleAtMost}`,
      application_name: 'entregent',
    },
    wait,
  );
  pool.on('connect', keepPlans);
  const kysely = new Kysely<DB>({ dialect: new PostgresDialect({ pool }) });
  const alone = oneAtATime();

  /** @param opening what is said with `begin`, in one trip to the database; `work` is given the answer to its last statement */
  function inTransaction<T>(opening: string, work: (tx: Tx, opened: unknown) => Promise<T>): Promise<T> {
    return alone(() =>
      kysely.connection().execute(async (connection) => {
        const tx = connection as Tx;
        try {
          const { rows } = await sql.raw(`begin; ${opening}`).execute(tx);
          const result = await work(tx, rows[0]);
          await sql.raw('commit').execute(tx);
          return result;
        } catch (error) {
          await sql.raw('rollback').execute(tx);
          throw error;
        }
      }),
    );
  }
  const asSystem: Database['asSystem'] = (role, work) => inTransaction(`set local role entregent_${role}`, work);
  const asOwner: Database['asOwner'] = (work) => inTransaction('set local role none', work);
  async function asActor<T>(actor: Actor, work: (tx: Tx) => Promise<T>, act: 'read' | 'export' = 'read'): Promise<T> {
    const [workspace, member, other] = [actor.workspaceId, actor.memberId, actor.within ?? ''].map((id) =>
      pg.escapeLiteral(id),
    );
    // What both may take along is asked by nobody.
    if (actor.within && act !== 'read') throw new AppError('forbidden');
    const entering = actor.within
      ? `delegation.enter_both(${workspace}, ${member}, ${other})`
      : `delegation.enter(${workspace}, ${member}, '${act}')`;
    return inTransaction(`set local role entregent_member; select ${entering} as entered`, async (tx, opened) => {
      if (!(opened as { entered: boolean }).entered) throw new AppError('unauthenticated');
      return work(tx);
    });
  }
  const withClient: Database['withClient'] = (role, work) => alone(() => onClient(role, work));
  async function onClient<T>(role: SystemRole, work: (client: pg.PoolClient, tx: Tx) => Promise<T>): Promise<T> {
    const client = await pool.connect();
    // One connection seen through both interfaces, so that COPY and Kysely's queries share the transaction.
    const borrowed = { connect: async () => client, end: async () => {} };
    const single = new Kysely<DB>({ dialect: new PostgresDialect({ pool: borrowed as unknown as pg.Pool }) });
    const release = client.release.bind(client);
    client.release = () => {};
    try {
      return await single.transaction().execute(async (tx) => {
        await sql`set local role ${sql.raw(`entregent_${role}`)}`.execute(tx);
        await sql`set local idle_in_transaction_session_timeout = ${sql.raw(String(idleInBulk))}`.execute(tx);
        return work(client, tx);
      });
    } finally {
      client.release = release;
      release();
    }
  }
  return { asActor, asSystem, withClient, asOwner, pool, close: () => pool.end() };
}
