import { z } from 'zod';
import { anyId, unixMilliseconds } from '../reading.ts';

const party = z.object({ id: anyId });

const attachment = z.object({
  type: z.string(),
  payload: z
    .object({
      url: z.string().optional(),
      title: z.string().optional(),
      sticker_id: anyId.optional(),
      coordinates: z.object({ lat: z.number(), long: z.number() }).optional(),
    })
    .nullish(),
  title: z.string().nullish(),
  url: z.string().nullish(),
});
export type Attachment = z.output<typeof attachment>;

const said = z.object({
  mid: z.string().min(1),
  text: z.string().optional(),
  attachments: z.array(attachment).default([]),
  reply_to: z.object({ mid: z.string().min(1).optional() }).optional(),
  /** Written by us: by this program, another one, or in the inbox of the page. */
  is_echo: z.boolean().optional(),
  /** Taken back (Instagram). */
  is_deleted: z.boolean().optional(),
  is_unsupported: z.boolean().optional(),
});
export type Said = z.output<typeof said>;

/** One event (Messenger Platform and Instagram Messaging, "webhook events"), as far as it is read here. */
const event = z.object({
  sender: party.optional(),
  recipient: party.optional(),
  timestamp: unixMilliseconds.optional(),
  message: said.optional(),
  message_edit: z.object({ mid: z.string().min(1), text: z.string() }).optional(),
  reaction: z
    .object({ mid: z.string().min(1), action: z.enum(['react', 'unreact']), emoji: z.string().optional() })
    .optional(),
  /** Up to when (Messenger), or which (Instagram). */
  read: z.object({ mid: z.string().min(1).optional() }).optional(),
  delivery: z.object({ mids: z.array(z.string().min(1)).optional() }).optional(),
  postback: z.object({ mid: z.string().min(1).optional(), title: z.string().optional() }).optional(),
});
export type MessagingEvent = z.output<typeof event>;

export const hook = z.object({
  object: z.enum(['page', 'instagram']),
  entry: z.array(
    z.object({
      id: anyId,
      messaging: z.array(event).default([]),
      /** The same, while another program answers. */
      standby: z.array(event).default([]),
      /** Comments and mentions: no messages. */
      changes: z.array(z.unknown()).default([]),
    }),
  ),
});
