import type { Tx } from '../kernel/database.ts';
import { findStanding } from '../outreach/facts.ts';
import type { AnyChannel } from './channels/channel.ts';
import { channelOf } from './channels/local.ts';
import type { ConversationRow } from './queries.ts';
import { findObjection } from './queries.ts';
import type { ReplyFacts } from './rules.ts';

const unknown = { consent: 'unknown', health: 'unknown', suppressed: false } as const;

/** What `refusals` judges by, of a conversation as it stands. */
export async function findReplyFacts(
  tx: Tx,
  workspaceId: string,
  channels: readonly AnyChannel[],
  row: Pick<ConversationRow, 'channel_kind' | 'channel_state' | 'last_in_at' | 'contact_point_id' | 'claimed'>,
): Promise<Omit<ReplyFacts, 'template' | 'length'>> {
  const channel = channelOf(channels, row.channel_kind);
  // What an address has said is not said by who only claims it, and they are answered where they write.
  const standing = row.claimed ? unknown : await findStanding(tx, workspaceId, row.contact_point_id);
  return {
    channelState: row.channel_state,
    sends: channel.send !== undefined || channel.local === true,
    windowHours: channel.capabilities.windowHours,
    lastInAt: row.last_in_at,
    objectedAt: standing.consent === 'objected' ? await findObjection(tx, workspaceId, row.contact_point_id) : null,
    health: standing.health,
    suppressed: standing.suppressed,
    mostCharacters: channel.capabilities.mostCharacters,
  };
}
