import { contactPointId } from '../cards/writing.ts';
import type { App } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { sha256 } from '../kernel/ids.ts';
import { type AnsweringMail, noteAnswers } from '../outreach/answered.ts';
import { type Arrived, receive } from './arrivals.ts';
import type { Incoming } from './channels/channel.ts';
import type { WorkingChannel } from './channels.ts';
import { tellHeard } from './following.ts';
import { tellOutreach } from './stopping.ts';

/** What came that says which mails it answers; what a mailbox writes by itself is no answer (RFC 3834). */
const answersIn = (secrets: App['secrets'], workspaceId: string, incoming: readonly Incoming[]): AnsweringMail[] =>
  incoming.flatMap((one) => {
    if (one.kind !== 'message' || one.message.direction !== 'in' || one.message.automatic) return [];
    const { externalId, answers = [], correspondent, at } = one.message;
    if (correspondent.point.channel !== 'email' || correspondent.claimed) return [];
    return [
      {
        key: sha256(externalId),
        answers,
        at,
        contactPointId: contactPointId(secrets, workspaceId, correspondent.point),
      },
    ];
  });

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
  await noteAnswers(tx, workspaceId, channel.owner_id, answersIn(app.secrets, workspaceId, incoming));
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
