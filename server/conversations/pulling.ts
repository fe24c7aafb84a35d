import { troubleOf } from '../connectors/connector.ts';
import type { App } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { arrived } from './arriving.ts';
import type { AnyChannel } from './channels/channel.ts';
import { channelOf } from './channels/local.ts';
import * as kept from './channels.ts';
import { accessTo } from './sending.ts';

/** Seconds until a channel that failed is asked again, at first and at most. */
const firstPause = 60;
const longestPause = 3600;

/** Asks a channel for all that is new since its cursor: what comes and how far it is read now are one transaction, piece by piece. */
export async function pull(
  app: App,
  channels: readonly AnyChannel[],
  { workspaceId, channelId }: { workspaceId: string; channelId: string },
  signal: AbortSignal,
): Promise<void> {
  const asKeeper = <T>(work: (tx: Tx) => Promise<T>) => app.db.asSystem('keeper', work);
  const row = await asKeeper((tx) => kept.findWorking(tx, workspaceId, channelId));
  const channel = row && channelOf(channels, row.kind);
  if (!row || !channel?.pull || row.state !== 'working') return;
  let next = channel.every ?? 300;
  let problem: string | null = null;
  try {
    for await (const { incoming, cursor } of channel.pull(accessTo(app, row, signal), row.cursor)) {
      await asKeeper(async (tx) => {
        await arrived(app, tx, row, incoming);
        await kept.keepCursor(tx, workspaceId, channelId, cursor);
      });
    }
    await asKeeper((tx) => kept.noteHeard(tx, workspaceId, channelId));
  } catch (error) {
    const trouble = troubleOf(error);
    if (!trouble) app.log.error('a channel was not read', { kind: row.kind, error });
    problem = trouble?.code ?? 'failed';
    next = Math.min(longestPause, Math.max(firstPause, trouble?.afterSeconds ?? 0, next));
  }
  await asKeeper((tx) => kept.settlePull(tx, workspaceId, channelId, problem, next));
}
