import type { Tx } from '../kernel/database.ts';
import { findStanding } from '../outreach/facts.ts';
import { isCarried, mailboxOf } from './carrying.ts';
import type { AnyChannel } from './channels/channel.ts';
import { channelOf } from './channels/local.ts';
import { findSettings } from './channels.ts';
import type { ConversationRow } from './queries.ts';
import { findObjection } from './queries.ts';
import type { ReplyFacts } from './rules.ts';

const unknown = { consent: 'unknown', health: 'unknown', suppressed: false } as const;

/** What `refusals` judges by, of a conversation as it stands. */
export async function findReplyFacts(
  tx: Tx,
  workspaceId: string,
  channels: readonly AnyChannel[],
  row: Pick<
    ConversationRow,
    'channel_id' | 'channel_kind' | 'channel_state' | 'last_in_at' | 'contact_point_id' | 'point_channel' | 'claimed'
  >,
): Promise<Omit<ReplyFacts, 'template' | 'length'>> {
  const channel = channelOf(channels, row.channel_kind);
  // What an address has said is not said by who only claims it, where they are answered in the place they write.
  const standing =
    row.claimed && !channel.carried ? unknown : await findStanding(tx, workspaceId, row.contact_point_id);
  return {
    channelState: row.channel_state,
    sends: channel.carried ? await carries(tx, workspaceId, row) : channel.send !== undefined || channel.local === true,
    windowHours: channel.capabilities.windowHours,
    lastInAt: row.last_in_at,
    objectedAt: standing.consent === 'objected' ? await findObjection(tx, workspaceId, row.contact_point_id) : null,
    health: standing.health,
    suppressed: standing.suppressed,
    mostCharacters: channel.capabilities.mostCharacters,
  };
}

/** An answer leaves as mail: there is an address, and mail leaves. */
async function carries(
  tx: Tx,
  workspaceId: string,
  { channel_id, point_channel }: Pick<ConversationRow, 'channel_id' | 'point_channel'>,
): Promise<boolean> {
  if (point_channel !== 'email') return false;
  return isCarried(tx, workspaceId, mailboxOf(await findSettings(tx, workspaceId, channel_id)));
}
