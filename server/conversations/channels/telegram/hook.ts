import { z } from 'zod';
import { unixSeconds } from '../reading.ts';

const id = z.int();
const user = z.object({
  id,
  is_bot: z.boolean().default(false),
  first_name: z.string().default(''),
  last_name: z.string().optional(),
});
const chat = z.object({
  id,
  type: z.enum(['private', 'group', 'supergroup', 'channel']),
  title: z.string().optional(),
});
const file = z.object({
  file_id: z.string().min(1).max(500),
  file_size: z.number().optional(),
  file_name: z.string().optional(),
  mime_type: z.string().optional(),
  duration: z.number().optional(),
});
export type TelegramFile = z.output<typeof file>;
const place = z.object({ latitude: z.number(), longitude: z.number() });

const message = z.object({
  message_id: id,
  date: unixSeconds,
  edit_date: unixSeconds.optional(),
  chat,
  from: user.optional(),
  /** For whom it was said: a channel, or the group itself. */
  sender_chat: chat.optional(),
  message_thread_id: id.optional(),
  is_topic_message: z.boolean().optional(),
  reply_to_message: z.object({ message_id: id }).optional(),
  text: z.string().optional(),
  caption: z.string().optional(),
  photo: z.array(file).optional(),
  document: file.optional(),
  audio: file.optional(),
  voice: file.optional(),
  video: file.optional(),
  video_note: file.optional(),
  animation: file.optional(),
  sticker: file.extend({ emoji: z.string().optional() }).optional(),
  location: place.optional(),
  venue: z.object({ location: place, title: z.string(), address: z.string() }).optional(),
  contact: z.object({ phone_number: z.string(), first_name: z.string(), last_name: z.string().optional() }).optional(),
});
export type TelegramMessage = z.output<typeof message>;

/** What Telegram sends (Bot API, "Update"), as far as it is read here. */
export const update = z.object({
  update_id: id,
  message: message.optional(),
  edited_message: message.optional(),
  message_reaction: z
    .object({
      chat,
      message_id: id,
      user: user.optional(),
      date: unixSeconds,
      new_reaction: z.array(z.object({ type: z.string(), emoji: z.string().optional() })),
    })
    .optional(),
});
export type Update = z.output<typeof update>;
