import { takeBackConsents } from '../cards/consent.ts';
import type { App } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { beginUndoing } from '../sources/queries.ts';
import { removeBrought } from '../sources/undo.ts';
import type { AnyConnector } from './connector.ts';
import { beginEnding, deleteConnection, lockConnection } from './queries.ts';
import { openAccess } from './syncing.ts';

/**
 * Ends a connection: says goodbye to the service, takes out of sight what it brought where that is wished, forgets it. In steps; run again
 * after a crash it goes on where it stopped. Nothing changes at the service.
 */
export async function endConnection(
  app: App,
  connectors: readonly AnyConnector[],
  workspaceId: string,
  connectionId: string,
  cards: 'stay' | 'remove',
  signal: AbortSignal,
): Promise<void> {
  const row = await app.db.asSystem('keeper', (tx) => lockConnection(tx, workspaceId, connectionId));
  if (row?.state !== 'ending') return;
  const connector = connectors.find(({ kind }) => kind === row.kind);
  await connector?.disconnect?.(openAccess(app, row, signal)).catch(() => {});
  const brought = { workspaceId, importId: connectionId };
  while (
    cards === 'remove' &&
    (await app.db.withClient('keeper', (client, tx) => removeBrought(app, client, tx, brought)))
  )
    signal.throwIfAborted();
  await app.db.asSystem('keeper', async (tx) => {
    if (cards === 'remove') {
      if (row.deals_audience !== null) {
        const payload = { connectionId, memberId: row.member_id };
        await app.enqueue(tx, {
          workspaceId,
          task: 'opportunities.undoDeals',
          payload,
          queue: `deals ${connectionId}`,
        });
      }
      await takeBackConsents(tx, workspaceId, connectionId);
      // What came as files is undone file by file, the last one first.
      for (const importId of await beginUndoing(tx, workspaceId, row.source_id)) {
        const job = { workspaceId, task: 'sources.undoImport', payload: { importId, finalState: 'undone' } };
        await app.enqueue(tx, { ...job, queue: `undo ${row.source_id}` });
      }
    }
    await deleteConnection(tx, workspaceId, connectionId);
  });
}

/**
 * Who leaves takes their accounts along: they are read no more, and their passwords are forgotten. What becomes of the cards is said elsewhere,
 * and what of the company's accounts in `handOver`.
 */
export async function endConnectionsOf(
  app: App,
  connectors: readonly AnyConnector[],
  workspaceId: string,
  accountId: string,
): Promise<void> {
  const own = connectors.filter(({ ofCompany }) => !ofCompany).map(({ kind }) => kind);
  await app.db.asSystem('keeper', async (tx) => {
    for (const connectionId of await beginEnding(tx, workspaceId, accountId, own))
      await endLater(app, tx, workspaceId, connectionId);
  });
}

/** Has a connection that is said to end come to its end; its cards stay. */
export async function endLater(app: Pick<App, 'enqueue'>, tx: Tx, workspaceId: string, connectionId: string) {
  const job = { workspaceId, task: 'connectors.end', payload: { connectionId, cards: 'stay' } };
  await app.enqueue(tx, { ...job, queue: `connection ${connectionId}` });
}
