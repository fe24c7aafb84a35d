import type { ImapFlow } from 'imapflow';
import { openImap } from '../connectors/imap-session.ts';
import { outside, want } from '../connectors/syncing.ts';
import type { App } from '../kernel/app.ts';
import { newId } from '../kernel/ids.ts';
import { claimWatched, releaseWatched, type WatchedRow, watchSeconds } from './queries.ts';

/** Milliseconds between two looks at which mailboxes there are. */
const lookEvery = 5000;
/** Milliseconds: an IDLE is begun anew before servers end it (RFC 2177: half an hour); without IDLE, a look now and then. */
const longestIdle = 10 * 60_000;
const pollEvery = 60_000;
const firstRetry = 5000;
const lastRetry = 10 * 60_000;

/** Mailboxes that are watched while the process runs. */
export interface Watch {
  close(): Promise<void>;
}

/**
 * Keeps a connection to each mailbox that tells of new mail (IDLE), and has it read then. What goes wrong is said by the next reading, not here.
 * Also has readings go on that let other work go first. Of several processes on one database one watches a mailbox; another does within
 * `watchSeconds` when that one is gone.
 */
export function watchMailboxes(app: App): Watch {
  const watcherId = newId();
  const watched = new Map<string, { control: AbortController; done: Promise<void> }>();
  const closing = new AbortController();
  /** When what is watched was last this process's for sure. */
  let claimedAt = Date.now();
  const begin = (row: WatchedRow) => {
    const control = new AbortController();
    watched.set(row.connection_id, { control, done: watchOne(app, row, control.signal) });
  };
  const keepOnly = (wanted: ReadonlySet<string>) => {
    for (const [id, { control }] of watched)
      if (!wanted.has(id)) {
        control.abort();
        watched.delete(id);
      }
  };
  const look = async () => {
    const asked = Date.now();
    const rows = await app.db.asSystem('keeper', (tx) => claimWatched(tx, watcherId));
    claimedAt = asked;
    keepOnly(new Set(rows.map((row) => row.connection_id)));
    for (const row of rows) {
      if (!watched.has(row.connection_id)) begin(row);
      if (row.unfinished) await want(app, row.workspace_id, row.connection_id);
    }
  };
  const looking = repeat(closing.signal, look, () => {
    // By now they are somebody else's.
    if (Date.now() - claimedAt > watchSeconds * 1000) keepOnly(new Set());
  });
  return {
    async close() {
      closing.abort();
      for (const { control } of watched.values()) control.abort();
      await Promise.allSettled([looking, ...[...watched.values()].map(({ done }) => done)]);
      await app.db.asSystem('keeper', (tx) => releaseWatched(tx, watcherId)).catch(() => {});
    },
  };
}

async function repeat(signal: AbortSignal, work: () => Promise<void>, failed: () => void): Promise<void> {
  while (!signal.aborted) {
    // The database may be away for a moment: the next look finds it again.
    await work().catch(failed);
    await pause(lookEvery, signal);
  }
}

/** @returns sooner where the signal says so */
function pause(milliseconds: number, signal: AbortSignal, ...others: Promise<unknown>[]): Promise<unknown> {
  if (signal.aborted) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = () => resolve();
  const timer = setTimeout(end, milliseconds);
  signal.addEventListener('abort', end, { once: true });
  return Promise.race([promise, ...others]).finally(() => {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
  });
}

async function watchOne(app: App, row: WatchedRow, signal: AbortSignal): Promise<void> {
  const { settings, workspace_id, connection_id } = row;
  const secret = JSON.parse(app.secrets.decrypt(row.secret)) as { password: string };
  let wait = firstRetry;
  while (!signal.aborted) {
    try {
      const client = await openImap({ settings, secret, signal, ...outside(app) });
      wait = firstRetry;
      await hear(client, signal, () => want(app, workspace_id, connection_id));
    } catch {
      await pause(wait, signal);
      wait = Math.min(2 * wait, lastRetry);
    }
  }
}

/** Calls for each time that mail has come, until the connection breaks. */
async function hear(client: ImapFlow, signal: AbortSignal, call: () => Promise<void>): Promise<void> {
  const closed = new Promise((done) => client.once('close', () => done('closed')));
  await client.mailboxOpen('INBOX', { readOnly: true });
  // What came while nobody listened.
  let news = true;
  client.on('exists', ({ count, prevCount }) => {
    news ||= count > prevCount;
  });
  const idles = client.capabilities.has('IDLE');
  while (!signal.aborted) {
    if (news) {
      news = false;
      await call();
    }
    const heard = new Promise((done) => client.once('exists', done));
    if (idles && !news) client.idle().catch(() => {});
    if (!news && (await pause(idles ? longestIdle : pollEvery, signal, heard, closed)) === 'closed')
      throw new Error('closed');
    // Ends the IDLE.
    if (!signal.aborted) await client.noop();
  }
  await client.logout().catch(() => client.close());
}
