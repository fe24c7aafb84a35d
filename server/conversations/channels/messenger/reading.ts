import { type Incoming, type IncomingFile, type IncomingMessage, Unreadable } from '../channel.ts';
import { clean, handleOf, idOf, namelessFile, toMessage } from '../reading.ts';
import type { Attachment, MessagingEvent, Said } from './hook.ts';

type Network = 'messenger' | 'instagram';

/** What one event brings; null: no message and no news of one. @throws Unreadable */
export function readEvent(network: Network, event: MessagingEvent): (Incoming | null)[] {
  const { message, message_edit: edit, reaction, read, delivery, postback, timestamp } = event;
  const at = () => timestamp ?? fail('timestamp');
  if (message?.is_deleted) return [{ kind: 'deleted', externalId: idOf(message.mid), at: at() }];
  if (message) return [readMessage(network, event, message, at())];
  if (edit) return [{ kind: 'edited', externalId: idOf(edit.mid), text: clean(edit.text), at: at() }];
  if (reaction) {
    const emoji = reaction.action === 'react' && reaction.emoji ? clean(reaction.emoji) : null;
    // A reaction without an emoji is one that this API has no sign for.
    if (reaction.action === 'react' && !emoji) return [null];
    const correspondent = correspondentOf(network, event.sender);
    return [{ kind: 'reacted', externalId: idOf(reaction.mid), correspondent, emoji, at: at() }];
  }
  if (read?.mid) return [{ kind: 'settled', externalId: idOf(read.mid), state: 'read', at: at() }];
  if (delivery?.mids?.length)
    return delivery.mids.map((mid) => ({ kind: 'settled', externalId: idOf(mid), state: 'delivered', at: at() }));
  if (postback?.mid && postback.title) {
    const said = { text: postback.title, nature: 'choice' };
    return [toMessage({ externalId: postback.mid, ...among(network, event, false), at: at(), ...said })];
  }
  return [null];
}

const fail = (what: string): never => {
  throw new Unreadable(what);
};

const correspondentOf = (network: Network, party: MessagingEvent['sender']) => {
  const { id } = party ?? fail('party');
  return { point: handleOf(network, id), replyTo: id, name: '' };
};

/** A conversation is the one with this person. */
function among(network: Network, { sender, recipient }: MessagingEvent, isEcho: boolean) {
  const correspondent = correspondentOf(network, isEcho ? recipient : sender);
  return { correspondent, thread: correspondent.replyTo, direction: isEcho ? ('out' as const) : ('in' as const) };
}

function readMessage(network: Network, event: MessagingEvent, said: Said, at: Date): Incoming | null {
  const { mid, text = '', attachments, reply_to: replyTo, is_echo: isEcho = false } = said;
  const parts = attachments.map(readAttachment);
  const words = [text, ...parts.map((part) => part.text)].filter(Boolean).join('\n');
  const files = parts.flatMap(({ file }) => (file ? [file] : []));
  const nature = parts.find((part) => part.nature)?.nature;
  if (words === '' && files.length === 0) return null;
  const message: IncomingMessage = {
    externalId: mid,
    ...among(network, event, isEcho),
    at,
    text: words,
    ...(replyTo?.mid && { answers: [replyTo.mid] }),
    ...(files.length > 0 && { files }),
    ...(nature && { nature }),
  };
  return toMessage(message);
}

const mediaTypes: Record<string, string> = {
  image: 'image/jpeg',
  video: 'video/mp4',
  audio: 'audio/mp4',
  file: 'application/octet-stream',
};

interface Part {
  text?: string;
  file?: IncomingFile;
  nature?: string;
}

function readAttachment({ type, payload, title, url }: Attachment): Part {
  const address = payload?.url ?? '';
  if (type === 'location' && payload?.coordinates) {
    const { lat, long } = payload.coordinates;
    return { text: [title, `${lat}, ${long}`].filter(Boolean).join('\n'), nature: 'location' };
  }
  const mediaType = Object.hasOwn(mediaTypes, type) ? mediaTypes[type]! : '';
  // Which media type it is, nobody says; it is found out from its octets.
  if (mediaType && /^https:\/\//.test(address)) {
    const file = { name: nameIn(address) ?? namelessFile(type, mediaType), mediaType, content: { url: address } };
    return { file, ...(payload?.sticker_id && { nature: 'sticker' }) };
  }
  const shared = [title ?? payload?.title, url ?? address].filter(Boolean).join('\n');
  return shared ? { text: shared, nature: 'shared' } : {};
}

/** What a file is called where the address ends in a name. */
function nameIn(address: string): string | undefined {
  const last = URL.canParse(address) ? new URL(address).pathname.split('/').at(-1) : undefined;
  return last && /^[\w.-]{1,100}\.[a-z0-9]{2,5}$/i.test(last) ? last : undefined;
}
