import type { Correspondent, Incoming, IncomingFile, IncomingMessage } from '../channel.ts';
import { clean, handleOf, namelessFile, nameOf, toMessage } from '../reading.ts';
import type { TelegramFile, TelegramMessage, Update } from './hook.ts';

/** What an update brings; null: no message and no news of one. */
export function readUpdate({ message, edited_message: edited, message_reaction: reaction }: Update): Incoming | null {
  if (message) return readMessage(message);
  if (edited) {
    const said = sayingOf(edited);
    const at = edited.edit_date ?? edited.date;
    return said && { kind: 'edited', externalId: idIn(edited.chat.id, edited.message_id), text: clean(said.text), at };
  }
  if (!reaction?.user) return null;
  const emoji = reaction.new_reaction.findLast(({ type }) => type === 'emoji')?.emoji;
  if (!emoji && reaction.new_reaction.length > 0) return null;
  return {
    kind: 'reacted',
    externalId: idIn(reaction.chat.id, reaction.message_id),
    correspondent: correspondentOf(reaction.user, reaction.chat.id),
    emoji: emoji ? clean(emoji) : null,
    at: reaction.date,
  };
}

/** Ids of messages are counted in each chat. */
export const idIn = (chat: number, message: number): string => `${chat}/${message}`;

const correspondentOf = (
  { id, first_name, last_name }: NonNullable<TelegramMessage['from']>,
  chat: number,
): Correspondent => ({
  point: handleOf('telegram', String(id)),
  replyTo: String(chat),
  name: nameOf(first_name, last_name),
});

function readMessage(message: TelegramMessage): Incoming | null {
  const { chat, from, message_id, date: at, reply_to_message: answered } = message;
  const said = sayingOf(message);
  // A channel speaks for itself, and nobody there is spoken with.
  if (!said || !from || message.sender_chat?.type === 'channel') return null;
  const topic = message.is_topic_message && message.message_thread_id;
  return toMessage({
    externalId: idIn(chat.id, message_id),
    thread: topic ? `${chat.id}#${topic}` : String(chat.id),
    ...(answered && { answers: [idIn(chat.id, answered.message_id)] }),
    correspondent: correspondentOf(from, chat.id),
    direction: 'in',
    at,
    ...(from.is_bot && { automatic: true }),
    ...(chat.title && { subject: chat.title }),
    ...said,
  });
}

type Said = Pick<IncomingMessage, 'text' | 'files' | 'nature' | 'seconds'>;

/** Kinds of file, the more telling ones first: a document comes with an animation, too. */
const kinds = [
  ['sticker', 'image/webp', 'sticker'],
  ['animation', 'video/mp4', undefined],
  ['voice', 'audio/ogg', 'voice'],
  ['video_note', 'video/mp4', undefined],
  ['video', 'video/mp4', undefined],
  ['audio', 'audio/mpeg', undefined],
  ['document', 'application/octet-stream', undefined],
] as const;

function sayingOf(message: TelegramMessage): Said | null {
  const { text, caption = '', photo, location, venue, contact } = message;
  if (text !== undefined) return { text };
  // The last one is the largest.
  const largest = photo?.at(-1);
  if (largest) return { text: caption, files: [fileOf('image', largest, 'image/jpeg')] };
  for (const [kind, mediaType, nature] of kinds) {
    const file = message[kind];
    if (!file) continue;
    const seconds = file.duration;
    const files = [fileOf(kind, file, mediaType)];
    return { text: caption, files, ...(nature && { nature }), ...(seconds !== undefined && { seconds }) };
  }
  if (venue) return { text: [venue.title, venue.address, placeOf(venue.location)].join('\n'), nature: 'location' };
  if (location) return { text: placeOf(location), nature: 'location' };
  if (contact)
    return { text: `${nameOf(contact.first_name, contact.last_name)}: ${contact.phone_number}`, nature: 'contacts' };
  return null;
}

const placeOf = ({ latitude, longitude }: { latitude: number; longitude: number }) => `${latitude}, ${longitude}`;

function fileOf(
  kind: string,
  { file_id, file_size, file_name, mime_type }: TelegramFile,
  assumed: string,
): IncomingFile {
  const mediaType = mime_type || assumed;
  return {
    name: file_name || namelessFile(kind, mediaType),
    mediaType,
    content: { id: file_id },
    ...(file_size !== undefined && { size: file_size }),
  };
}
