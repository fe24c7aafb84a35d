import { bluesky } from './bluesky/index.ts';
import type { AnyChannel } from './channel.ts';
import { discourse } from './discourse/index.ts';
import { feed } from './feeds/index.ts';
import { form } from './form.ts';
import { calls, chat, imported, note, reviews } from './local.ts';
import { mail } from './mail/index.ts';
import { mastodon } from './mastodon/index.ts';
import { instagram, messenger } from './messenger/index.ts';
import { ovh } from './sms/ovh.ts';
import { twilio } from './sms/twilio.ts';
import { telegram } from './telegram/index.ts';
import { webhook } from './webhook/index.ts';
import { whatsapp } from './whatsapp/index.ts';

/** All kinds of channel there are. What stands on `reviews` and `imported` is read out of files (`reviews/`, `whatsapp/export.ts`, `tickets/`). */
export const channels: readonly AnyChannel[] = [
  chat,
  form,
  note,
  calls,
  mail,
  whatsapp,
  messenger,
  instagram,
  telegram,
  twilio,
  ovh,
  mastodon,
  bluesky,
  discourse,
  feed,
  webhook,
  reviews,
  imported,
];
