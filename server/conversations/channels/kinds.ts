import { bluesky } from './bluesky/index.ts';
import type { AnyChannel } from './channel.ts';
import { discourse } from './discourse/index.ts';
import { feed } from './feeds/index.ts';
import { mastodon } from './mastodon/index.ts';
import { instagram, messenger } from './messenger/index.ts';
import { ovh } from './sms/ovh.ts';
import { twilio } from './sms/twilio.ts';
import { telegram } from './telegram/index.ts';
import { webhook } from './webhook/index.ts';
import { whatsapp } from './whatsapp/index.ts';

/** All channels that one connects. Reviews are files and no channel (`reviews/`). */
export const channelKinds: ReadonlyMap<string, AnyChannel> = new Map<string, AnyChannel>(
  [whatsapp, messenger, instagram, telegram, twilio, ovh, mastodon, bluesky, discourse, feed, webhook].map(
    (channel) => [channel.kind, channel],
  ),
);
