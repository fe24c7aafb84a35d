import type { Conversation, Message } from '../../../../server/conversations/contract.ts';
import { spoken, t, told } from '../../i18n.ts';

const minute = 60_000;
const day = 86_400_000;

/** When something was said, as short as it can be: the time today, the day this year. */
export function shortTime(instant: string, now = new Date()): string {
  const at = new Date(instant);
  const today = at.toDateString() === now.toDateString();
  const style: Intl.DateTimeFormatOptions = today
    ? { hour: '2-digit', minute: '2-digit' }
    : at.getFullYear() === now.getFullYear()
      ? { day: 'numeric', month: 'short' }
      : { day: 'numeric', month: 'short', year: 'numeric' };
  return new Intl.DateTimeFormat(spoken(), style).format(at);
}

/** "5 min", "2 h", "3 j": how long, in the largest unit that fits. @param ms milliseconds */
export function duration(ms: number): string {
  const [size, unit] =
    ms < minute
      ? [1000, 'second']
      : ms < 60 * minute
        ? [minute, 'minute']
        : ms < 2 * day
          ? [60 * minute, 'hour']
          : [day, 'day'];
  const style = { style: 'unit', unit: unit as string, unitDisplay: 'short', maximumFractionDigits: 0 } as const;
  return new Intl.NumberFormat(spoken(), style).format(Math.max(0, Math.round(ms / (size as number))));
}

/** Whom a conversation is with: the one contact of mine who has this address, else as they call themselves, else the address. */
export function nameOf({
  people,
  contactName,
  address,
}: Pick<Conversation, 'people' | 'contactName' | 'address'>): string {
  if (people.length === 1 && people[0]!.name !== '') return people[0]!.name;
  return contactName || address || t('conversations.visitor');
}

/** The address where it says more than the name; whoever wrote a review has none that anybody could use. */
export function addressOf(
  conversation: Pick<Conversation, 'people' | 'contactName' | 'address' | 'channel'>,
): string | null {
  const { address, channel } = conversation;
  return channel.kind === 'reviews' || address === nameOf(conversation) ? null : address;
}

/** What a list shows of the last word. */
export function excerptOf({ excerpt, lastKind }: Pick<Conversation, 'excerpt' | 'lastKind'>): string {
  const nature = /^[a-z_]+$/.test(excerpt) ? told(`conversations.nature.${excerpt}`) : undefined;
  if (nature) return nature;
  // Without a word of its own it was a file.
  const text = excerpt || t('conversations.fileLine');
  if (lastKind === 'out') return t('conversations.you', { text });
  return lastKind === 'note' ? t('conversations.noteLine', { text }) : text;
}

/** "Voice message": what a message is that is no text. */
export const natureOf = (nature: string): string =>
  told(`conversations.nature.${nature}`) ?? t('conversations.nature.other');

/** What became of a conversation, in a sentence. */
export function eventWords({ event, author }: Pick<Message, 'event' | 'author'>): string {
  const who = author?.name ?? '';
  switch (event?.kind) {
    case 'assigned':
      if (!event.to) return t('conversations.event.unassigned', { who });
      return event.to.id === author?.id
        ? t('conversations.event.assignedSelf', { who })
        : t('conversations.event.assigned', { who, name: event.to.name });
    case 'team':
      return event.to
        ? t('conversations.event.team', { who, name: event.to.name })
        : t('conversations.event.noTeam', { who });
    case 'status':
      return t(`conversations.event.status.${event.to}`, { who });
    case 'shared':
      return t(event.with === null ? 'conversations.event.unshared' : 'conversations.event.shared', { who });
    case 'identified':
      return t('conversations.event.identified', { name: event.name, address: event.address });
    case 'agreed': {
      const of = { version: event.version };
      const said = t(event.confirmed ? 'conversations.event.confirmed' : 'conversations.event.notAsked', of);
      const consents = event.consents.map(({ words, granted }) =>
        t(granted ? 'conversations.event.agreed' : 'conversations.event.agreedInVain', { words }),
      );
      return [event.confirmed || consents.length > 0 ? said : '', ...consents].filter(Boolean).join(' ');
    }
    case 'moved':
      return t('conversations.event.moved', { from: event.from, to: event.to });
    default:
      return '';
  }
}

/** When a conversation may come back: later today where the day is not over, tomorrow, next Monday, at nine. */
export function sleeps(now = new Date()): { key: 'today' | 'tomorrow' | 'week'; until: Date }[] {
  const at = (days: number, hour: number) => new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, hour);
  const inThree = new Date(now.getTime() + 3 * 60 * minute);
  const untilMonday = ((8 - now.getDay()) % 7 || 7) as number;
  return [
    ...(inThree.getDate() === now.getDate() ? [{ key: 'today' as const, until: inThree }] : []),
    { key: 'tomorrow', until: at(1, 9) },
    { key: 'week', until: at(untilMonday, 9) },
  ];
}

export const clock = (date: Date): string =>
  new Intl.DateTimeFormat(spoken(), { weekday: 'short', hour: '2-digit', minute: '2-digit' }).format(date);

/** "incoming, 12 min, with Bob": how a call or a meeting was. */
export function heldWords({ held }: Pick<Message, 'held'>): string {
  if (!held) return '';
  const { direction, seconds, agent } = held;
  return [
    direction ? t(`notes.held.${direction}`) : '',
    seconds ? duration(seconds * 1000) : '',
    agent ? t('notes.held.agent', { agent }) : '',
  ]
    .filter(Boolean)
    .join(', ');
}
