import type { FastifyRequest } from 'fastify';
import type { Config } from './config.ts';
import type { Database, Tx } from './database.ts';
import type { Caller } from './http.ts';
import type { LiveHub } from './live.ts';
import type { Log } from './log.ts';
import type { Secrets } from './secrets.ts';

/** What the running application consists of; made in main.ts (and in tests), handed to operations and jobs. */
export interface App {
  config: Config;
  db: Database;
  secrets: Secrets;
  log: Log;
  /** Who looks at a page just now, and how they are told that something has changed. */
  live: LiveHub;
  /** Finds out who sent a request; null for nobody. `mcp`: an assistant, by a token that was made for them. Set by the identity module. */
  identify(request: FastifyRequest, resource?: 'api' | 'mcp'): Promise<Caller | null>;
  /** Enqueues a job in the transaction of its cause. @returns the id of the cause */
  enqueue(tx: Tx, job: JobRequest): Promise<string>;
  /** Runs a job enqueued with a delay at once, so that its caller sees the effect; the worker then finds it done. */
  runNow(workspaceId: string, outboxId: string, task: string): Promise<void>;
}

/** The application as it is at hand while a transaction is open: without the database, of which nobody may open a second one. */
export type AppInside = Omit<App, 'db'>;

export interface JobRequest {
  workspaceId: string;
  task: string;
  payload: Record<string, unknown>;
  /** Jobs of one queue run one after the other. */
  queue?: string;
  /** Not before so many seconds. */
  delaySeconds?: number;
}
