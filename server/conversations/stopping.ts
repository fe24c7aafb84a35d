import { contactPointId } from '../cards/writing.ts';
import type { App } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { noteUndelivered } from '../outreach/returns.ts';
import { stopByAnswer } from '../outreach/unsubscribe.ts';
import type { Arrived } from './arrivals.ts';
import type { Incoming } from './channels/channel.ts';
import type { WorkingChannel } from './channels.ts';
import { isStop } from './rules.ts';

/** Kinds of channel on which one word ends it, as the law and the networks have it. */
const short: readonly string[] = ['sms_ovh', 'sms_twilio', 'whatsapp'];

/**
 * What came on a channel says something of what outreach has sent by it: they want no more, or it did not arrive. As the keeper, in the transaction in
 * which it came; the same again changes nothing.
 */
export async function tellOutreach(
  { secrets }: Pick<App, 'secrets'>,
  tx: Tx,
  {
    workspace_id: workspaceId,
    channel_id: channelId,
    kind,
  }: Pick<WorkingChannel, 'workspace_id' | 'channel_id' | 'kind'>,
  incoming: readonly Incoming[],
  { messages }: Pick<Arrived, 'messages'>,
): Promise<void> {
  if (!short.includes(kind)) return;
  // What had come before is no word of theirs now.
  const fresh = new Set(messages.flatMap((one) => (one.kind === 'in' ? [one.contactPointId] : [])));
  const stopped = incoming.flatMap((one) => {
    if (one.kind !== 'message' || one.message.direction !== 'in' || !isStop(one.message.text)) return [];
    const { point } = one.message.correspondent;
    return point.channel === 'phone' ? [contactPointId(secrets, workspaceId, point)] : [];
  });
  for (const pointId of new Set(stopped)) if (fresh.has(pointId)) await stopByAnswer(tx, workspaceId, pointId);
  for (const one of incoming)
    if (one.kind === 'settled' && one.state === 'failed')
      await noteUndelivered(tx, workspaceId, { channelId, externalId: one.externalId }, one.reason ?? 'rejected');
}
