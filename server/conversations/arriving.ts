import type { App } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { type Arrived, receive } from './arrivals.ts';
import type { Incoming } from './channels/channel.ts';
import type { WorkingChannel } from './channels.ts';
import { tellHeard } from './following.ts';
import { tellOutreach } from './stopping.ts';

/** Keeps what a channel brings, and what follows from it, in one transaction. As the keeper. @param told whether holders and followers hear of it: it is said now */
export async function arrived(
  app: Pick<App, 'secrets' | 'enqueue'>,
  tx: Tx,
  channel: Pick<WorkingChannel, 'workspace_id' | 'channel_id' | 'channel_no' | 'kind' | 'owner_id'>,
  incoming: readonly Incoming[],
  { told }: { told: boolean } = { told: true },
): Promise<Arrived> {
  const { workspace_id: workspaceId, channel_id: channelId, channel_no: channelNo } = channel;
  const all = await receive(tx, app, { workspaceId, channelId, channelNo }, incoming);
  for (const fileId of all.waitingFiles)
    await app.enqueue(tx, {
      workspaceId,
      task: 'conversations.fetchFile',
      payload: { fileId },
      queue: `channel ${channelId}`,
    });
  if (told) {
    await tellOutreach(app, tx, channel, incoming, all);
    await tellHeard(app, tx, channel, all.messages);
  }
  const toRead = [...all.messages.filter(({ kind, automatic }) => kind === 'in' && !automatic), ...all.changed];
  if (toRead.length > 0)
    await app.enqueue(tx, {
      workspaceId,
      task: 'voices.read',
      payload: { messages: toRead.map(({ conversationId, messageId }) => ({ conversationId, messageId })) },
    });
  return all;
}
