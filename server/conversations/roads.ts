import { sql } from 'kysely';
import { Trouble, troubleOf } from '../connectors/connector.ts';
import type { App } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import type { Carried, Carrier, LeftAs, Parcel } from '../outreach/carrier-port.ts';
import type { AnyChannel, Outgoing, Sent } from './channels/channel.ts';
import { channelOf } from './channels/local.ts';
import { findWorking, type WorkingChannel } from './channels.ts';
import { accessTo } from './sending.ts';

// Messages of outreach that are no mail leave by channels of the company's: what is written to many is none of a conversation's until somebody answers.

/** Which kinds of channel carry what. */
const kindsOf: Record<Parcel['way'], readonly string[]> = {
  sms: ['sms_ovh', 'sms_twilio'],
  whatsapp: ['whatsapp'],
};

/** The first of the company's channels that carries it and works. As the keeper. */
async function findRoad(tx: Tx, workspaceId: string, way: Parcel['way']): Promise<WorkingChannel | undefined> {
  const { rows } = await sql<{ id: string }>`
    select channel_id as id from conversations.channel
    where workspace_id = ${workspaceId} and owner_id is null and state = 'working' and kind = any(${[...kindsOf[way]]}::text[])
    order by channel_no limit 1`.execute(tx);
  return rows[0] && findWorking(tx, workspaceId, rows[0].id);
}

const outgoingOf = ({ messageId, to, locale, text, advertises, template }: Parcel): Outgoing => ({
  ...{ messageId, subject: null, text, files: [], earlier: [], answering: null, signedBy: null, locale },
  to: { point: { channel: 'phone', address: to.address }, name: to.name },
  thread: to.address,
  ...(advertises ? { advertises } : {}),
  ...(template ? { template: { name: template.name, language: template.locale, values: template.values } } : {}),
});

function carriedOf(sent: Sent, channelId: string): Carried {
  switch (sent.kind) {
    case 'sent':
      return { outcome: { state: 'sent' }, as: { channelId, externalId: sent.externalId } };
    case 'refused':
      return { outcome: { state: 'failed', answer: sent.code } };
    case 'unsure':
      return { outcome: { state: 'in_doubt', answer: 'no_answer' } };
    case 'later':
      return {
        outcome: { state: 'later', answer: sent.code },
        ...(sent.afterSeconds ? { afterSeconds: sent.afterSeconds } : {}),
      };
  }
}

/** Carries what outreach sends and is no mail. */
export const carrierBy = (channels: readonly AnyChannel[]): Carrier => ({
  async carry(app: App, workspaceId: string, parcel: Parcel, signal: AbortSignal): Promise<Carried> {
    const road = await app.db.asSystem('keeper', (tx) => findRoad(tx, workspaceId, parcel.way));
    if (!road) return { outcome: { state: 'later', answer: 'no_channel' } };
    try {
      const sent = await channelOf(channels, road.kind).send!(accessTo(app, road, signal), outgoingOf(parcel));
      return carriedOf(sent, road.channel_id);
    } catch (error) {
      const trouble = troubleOf(error);
      // Before it was reached nothing has left.
      if (trouble instanceof Trouble)
        return carriedOf(
          {
            kind: 'later',
            code: trouble.code,
            ...(trouble.afterSeconds ? { afterSeconds: trouble.afterSeconds } : {}),
          },
          road.channel_id,
        );
      app.log.error('a message did not leave', { kind: road.kind, error });
      return { outcome: { state: 'in_doubt', answer: 'fault' } };
    }
  },

  async heardOf(tx: Tx, workspaceId: string, { channelId, externalId }: LeftAs): Promise<string | null> {
    const { rows } = await sql<{ reason: string | null }>`
      select news ->> 'reason' as reason from conversations.early
      where workspace_id = ${workspaceId} and channel_id = ${channelId} and external_id = ${externalId.slice(0, 500)}
        and news ->> 'kind' = 'settled' and news ->> 'state' = 'failed' limit 1`.execute(tx);
    return rows[0] ? (rows[0].reason ?? 'rejected') : null;
  },
});
