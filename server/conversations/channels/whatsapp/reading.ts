import type { Contact } from '../../../formats/contact.ts';
import { writeVcard } from '../../../formats/vcard/index.ts';
import type { Correspondent, Heard, Incoming, IncomingFile, IncomingMessage } from '../channel.ts';
import { Unreadable } from '../channel.ts';
import { clean, handleOf, heard, idOf, namelessFile, nameOf, phoneOf, toMessage } from '../reading.ts';
import type { Bodies, ContactCard, Value, WhatsappMessage, WhatsappStatus } from './hook.ts';
import { reasonOf } from './sending.ts';

type Said = Pick<IncomingMessage, 'text' | 'files' | 'nature'>;

/** All that one change brings. @throws Unreadable */
export function readValue({ contacts, messages, message_echoes, statuses, errors }: Value): Heard {
  const names = new Map<string, string>();
  for (const { profile, wa_id, user_id } of contacts)
    for (const id of [wa_id, user_id]) if (id) names.set(id, profile?.name ?? profile?.username ?? '');
  const nameAs = (ids: (string | undefined)[]) => ids.map((id) => names.get(id ?? '')).find(Boolean) ?? '';
  return heard(
    [
      ...messages.map((one) => readMessage(one, 'in', nameAs)),
      ...message_echoes.map((one) => readMessage(one, 'out', nameAs)),
      ...statuses.map(readStatus),
    ],
    errors.length,
  );
}

type Naming = (ids: (string | undefined)[]) => string;

function readMessage(one: WhatsappMessage, direction: 'in' | 'out', nameAs: Naming): Incoming | null {
  const { type, timestamp: at, reaction, revoke, edit } = one;
  if (type === 'system') return readSystem(one);
  if (type === 'revoke') return revoke ? { kind: 'deleted', externalId: idOf(revoke.original_message_id), at } : null;
  if (type === 'edit') return edit ? readEdit(edit.original_message_id, edit.message, at) : null;
  if (type === 'reaction' && direction === 'out') return null;
  const ids = direction === 'in' ? [one.from, one.from_user_id] : [one.to, one.to_user_id];
  const correspondent = correspondentOf(ids[0], ids[1], nameAs(ids), one.group_id);
  if (type === 'reaction') {
    if (!reaction) return null;
    const emoji = reaction.emoji ? clean(reaction.emoji) : null;
    return { kind: 'reacted', externalId: idOf(reaction.message_id), correspondent, emoji, at };
  }
  const said = sayingOf(type, one);
  if (!said) return null;
  const { group_id, context } = one;
  const thread = group_id ? `group:${group_id}` : (correspondent.replyTo ?? correspondent.point.address);
  const answers = context?.id ? { answers: [context.id] } : {};
  return toMessage({ externalId: one.id, thread, ...answers, correspondent, direction, at, ...said });
}

/** By their number; by the id that the company knows them by where they show none. @throws Unreadable */
function correspondentOf(
  number: string | undefined,
  id: string | undefined,
  name: string,
  group?: string,
): Correspondent {
  const replyTo = group ? { replyTo: idOf(group) } : {};
  if (number) return { point: phoneOf(number), name, ...replyTo };
  if (!id) throw new Unreadable('from');
  return { point: handleOf('whatsapp', id), replyTo: group ?? id, name };
}

function readSystem({ from, system, timestamp: at }: WhatsappMessage): Incoming | null {
  const number = system?.wa_id ?? system?.new_wa_id;
  const { type = '', user_id, previous_user_id } = system ?? {};
  if (/^(?:user|customer)_changed_number$/.test(type) && from && number && from !== number)
    return { kind: 'moved', from: phoneOf(from), to: phoneOf(number), at };
  if (type === 'user_changed_user_id' && user_id && previous_user_id)
    return { kind: 'moved', from: handleOf('whatsapp', previous_user_id), to: handleOf('whatsapp', user_id), at };
  return null;
}

function readEdit(original: string, bodies: Bodies & { type?: string | undefined }, at: Date): Incoming | null {
  const type = bodies.type ?? (bodies.text ? 'text' : 'image');
  const said = sayingOf(type, bodies);
  return said && { kind: 'edited', externalId: idOf(original), text: clean(said.text), at };
}

function readStatus({ id, status, timestamp: at, errors }: WhatsappStatus): Incoming | null {
  const states = { delivered: 'delivered', read: 'read', played: 'read', failed: 'failed' } as const;
  const state = Object.hasOwn(states, status) ? states[status as keyof typeof states] : undefined;
  if (!state) return null;
  const reason = errors[0] && state === 'failed' ? { reason: reasonOf(errors[0].code) } : {};
  return { kind: 'settled', externalId: idOf(id), state, at, ...reason };
}

/** What a message says, by its kind; null: nothing that anybody can read. */
function sayingOf(type: string, bodies: Bodies): Said | null {
  const { text, location, contacts, order, interactive, button } = bodies;
  if (type === 'text') return text ? { text: text.body } : null;
  if (/^(?:image|video|audio|document|sticker)$/.test(type)) return sayMedia(type as MediaKind, bodies);
  if (type === 'location' && location) return { text: placeOf(location), nature: 'location' };
  if (type === 'contacts' && contacts?.length) return sayContacts(contacts);
  if (type === 'order' && order) return { text: orderOf(order), nature: 'order' };
  if (type === 'button' && button) return { text: button.text, nature: 'choice' };
  if (type === 'interactive' && interactive) return sayInteractive(interactive);
  return null;
}

type MediaKind = 'image' | 'video' | 'audio' | 'document' | 'sticker';

function sayMedia(kind: MediaKind, bodies: Bodies): Said | null {
  const media = bodies[kind];
  if (!media) return null;
  const { id, mime_type: mediaType, caption = '', filename } = media;
  const file: IncomingFile = { name: filename || namelessFile(kind, mediaType), mediaType, content: { id } };
  const nature = kind === 'sticker' ? 'sticker' : media.voice ? 'voice' : undefined;
  return { text: caption, files: [file], ...(nature && { nature }) };
}

const lines = (...parts: (string | undefined)[]): string => parts.filter(Boolean).join('\n');

const placeOf = ({ name, address, latitude, longitude }: NonNullable<Bodies['location']>): string =>
  lines(name, address, `${latitude}, ${longitude}`);

const orderOf = ({ text, product_items }: NonNullable<Bodies['order']>): string =>
  lines(
    ...product_items.map(({ quantity, product_retailer_id, item_price, currency }) =>
      [`${quantity} × ${product_retailer_id}`, item_price !== undefined && `${item_price} ${currency ?? ''}`.trim()]
        .filter(Boolean)
        .join(', '),
    ),
    text,
  );

function sayInteractive({ button_reply, list_reply, nfm_reply }: NonNullable<Bodies['interactive']>): Said | null {
  const chosen = button_reply ?? list_reply;
  if (chosen) return { text: lines(chosen.title, chosen.description), nature: 'choice' };
  return nfm_reply?.response_json ? { text: formOf(nfm_reply.response_json), nature: 'form' } : null;
}

/** What was entered in a form (WhatsApp Flows), a line a field. */
function formOf(json: string): string {
  try {
    const said: unknown = JSON.parse(json);
    if (typeof said !== 'object' || said === null) return '';
    return Object.entries(said)
      .filter(([name, value]) => name !== 'flow_token' && /^(?:string|number|boolean)$/.test(typeof value))
      .map(([name, value]) => `${name}: ${value}`)
      .join('\n');
  } catch {
    return '';
  }
}

/** People whom they recommend: in words, and as cards that can be imported. */
function sayContacts(cards: readonly ContactCard[]): Said {
  const content = Buffer.from(cards.map((card) => writeVcard(toContact(card), '3.0')).join(''));
  const text = cards
    .map(({ name, phones, emails }) => {
      const points = [...phones.map(({ phone, wa_id }) => phone ?? wa_id), ...emails.map(({ email }) => email)];
      return [nameOf(name.formatted_name), points.filter(Boolean).join(', ')].filter(Boolean).join(': ');
    })
    .join('\n');
  return { text, nature: 'contacts', files: [{ name: 'contacts.vcf', mediaType: 'text/vcard', content }] };
}

function toContact({ name, phones, emails, org }: ContactCard): Contact {
  const { formatted_name: full, first_name: given, last_name: family } = name;
  return {
    kind: 'person',
    name: { full: clean(full), ...(given && { given: clean(given) }), ...(family && { family: clean(family) }) },
    emails: emails.flatMap(({ email }) => (email ? [{ value: clean(email) }] : [])),
    phones: phones.flatMap(({ phone, wa_id }) =>
      phone || wa_id ? [{ raw: clean(phone ?? `+${wa_id}`), e164: null }] : [],
    ),
    ...(org?.company && { organization: clean(org.company) }),
    ...(org?.title && { title: clean(org.title) }),
    addresses: [],
    urls: [],
    categories: [],
    extra: [],
    warnings: [],
    original: { mediaType: 'text/vcard', data: new Uint8Array(0) },
  };
}
