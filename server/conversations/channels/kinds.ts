import type { AnyChannel } from './channel.ts';
import { chat } from './local.ts';
import { mail } from './mail/index.ts';
import { instagram, messenger } from './messenger/index.ts';
import { ovh } from './sms/ovh.ts';
import { twilio } from './sms/twilio.ts';
import { telegram } from './telegram/index.ts';
import { webhook } from './webhook/index.ts';
import { whatsapp } from './whatsapp/index.ts';

/** All kinds of channel there are. */
export const channels: readonly AnyChannel[] = [
  chat,
  mail,
  whatsapp,
  messenger,
  instagram,
  telegram,
  twilio,
  ovh,
  webhook,
];
