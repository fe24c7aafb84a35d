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
}

/** The closed list of actors above row security; each has a role of its own and none returns rows to a member. */
export type SystemRole = 'identity' | 'keeper';

export interface Database {
  /**
   * Runs `work` in one transaction as a member or an app. Row security then shows what grants open for `act`: to read (the default), or
   * only what may be taken along. @throws AppError unauthenticated when the member is not active (any more), or nothing is lent to the app
   */
  asActor<T>(actor: Actor, work: (tx: Tx) => Promise<T>, act?: 'read' | 'export'): Promise<T>;
  asSystem<T>(role: SystemRole, work: (tx: Tx) => Promise<T>): Promise<T>;
  /** A keeper's transaction on a bare connection, for COPY. */
  withClient<T>(role: SystemRole, work: (client: pg.PoolClient, tx: Tx) => Promise<T>): Promise<T>;
  pool: pg.Pool;
  close(): Promise<void>;
}

/** What a connection is at first. */
export const openedAs = '-c role=entregent_none';

/**
 * Opens the pool. Each connection starts as `entregent_none`, which may do nothing: a query outside `asActor` or `asSystem`
 * fails instead of showing everything.
 */
export function openDatabase(url: string, connections = 12): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    options: `${openedAs} -c statement_timeout=60000`,
    application_name: 'entregent',
  });
  // A connection that breaks while idle is replaced by the pool; without a listener Node would end.
  pool.on('error', () => {});
  pool.on('connect', keepPlans);
  const kysely = new Kysely<DB>({ dialect: new PostgresDialect({ pool }) });

  async function asSystem<T>(role: SystemRole, work: (tx: Tx) => Promise<T>): Promise<T> {
    return kysely.transaction().execute(async (tx) => {
      await sql`set local role ${sql.raw(`entregent_${role}`)}`.execute(tx);
      return work(tx);
    });
  }
  async function asActor<T>(actor: Actor, work: (tx: Tx) => Promise<T>, act: 'read' | 'export' = 'read'): Promise<T> {
    return kysely.transaction().execute(async (tx) => {
      await sql`set local role entregent_member`.execute(tx);
      const entered = await sql<{
        enter: boolean;
      }>`select delegation.enter(${actor.workspaceId}, ${actor.memberId}, ${act})`.execute(tx);
      if (!entered.rows[0]?.enter) throw new AppError('unauthenticated');
      return work(tx);
    });
  }
  async function withClient<T>(role: SystemRole, work: (client: pg.PoolClient, tx: Tx) => Promise<T>): Promise<T> {
    const client = await pool.connect();
    // One connection seen through both interfaces, so that COPY and Kysely's queries share the transaction.
    const borrowed = { connect: async () => client, end: async () => {} };
    const single = new Kysely<DB>({ dialect: new PostgresDialect({ pool: borrowed as unknown as pg.Pool }) });
    const release = client.release.bind(client);
    client.release = () => {};
    try {
      return await single.transaction().execute(async (tx) => {
        await sql`set local role ${sql.raw(`entregent_${role}`)}`.execute(tx);
        return work(client, tx);
      });
    } finally {
      client.release = release;
      release();
    }
  }
  return { asActor, asSystem, withClient, pool, close: () => pool.end() };
}
